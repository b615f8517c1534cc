//! Connections of proxies, and what is told elsewhere.

use std::thread;

use portcullis::{ConnectionLogEntry, VerifyStatus};
use portcullis_fixtures::{CrlBuilder, Key, Pki};

use super::proxy::*;
use crate::client::Client;
use crate::server::{Setup, bundle, until};

#[test]
fn a_connection_is_kept_and_each_request_judged_by_itself() {
    let pki = Pki::new(0);
    let stranger = Pki::builder().keys(Key::p384).intermediates(0).build();
    let server = setup([pki.root()], TRAEFIK).start();
    let mut proxy = Proxy::connect(server.address);
    for _ in 0..20 {
        expect_passes(&proxy.ask(&[(TRAEFIK, &traefik(&pki.chain()))]));
        let answer = proxy.ask(&[(TRAEFIK, &traefik(&stranger.chain()))]);
        expect_refused(&answer, "Failed:ClientCertUntrusted");
        expect_refused(&proxy.ask(&[]), NO_CERTIFICATE);
    }
}

#[test]
fn any_method_path_and_body_ask_the_same() {
    let pki = Pki::new(0);
    let value = traefik(&pki.chain());
    let server = setup([pki.root()], TRAEFIK).start();
    let mut proxy = Proxy::connect(server.address);
    let header = format!("Host: a\r\n{TRAEFIK}: {value}\r\n");
    for line in [
        "GET / HTTP/1.1",
        "GET /some/path?with=query HTTP/1.1",
        "POST / HTTP/1.1",
        "PUT / HTTP/1.1",
        "DELETE / HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "PROPFIND / HTTP/1.1",
        "GET http://elsewhere/ HTTP/1.1",
    ] {
        expect_passes(&proxy.ask_raw(format!("{line}\r\n{header}\r\n")));
    }
    // Envoy may send the beginning of a body.
    let body = "x".repeat(1000);
    for _ in 0..2 {
        let request = format!("POST / HTTP/1.1\r\n{header}Content-Length: 1000\r\n\r\n{body}");
        expect_passes(&proxy.ask_raw(request));
    }
    let answer = proxy.ask_head(format!("HEAD / HTTP/1.1\r\n{header}\r\n"));
    assert_eq!((answer.code(), answer.body()), (200, ""));
    assert_eq!(answer.mtls().len(), 5);
    let request = format!("CONNECT a:443 HTTP/1.1\r\n{header}\r\n");
    assert_eq!(proxy.ask_raw(request).code(), 405);
    // As nginx does unless told otherwise.
    let mut proxy = Proxy::connect(server.address);
    let request = format!("GET / HTTP/1.0\r\n{header}Connection: close\r\n\r\n");
    expect_passes(&proxy.ask_raw(request));
    assert!(proxy.is_at_end());
}

#[test]
fn a_large_body_does_not_cost_the_answer() {
    let pki = Pki::new(0);
    let header = format!("Host: a\r\n{TRAEFIK}: {}\r\n", traefik(&pki.chain()));
    let server = setup([pki.root()], TRAEFIK).start();
    let mut proxy = Proxy::connect(server.address);
    let body = "x".repeat(1 << 20);
    for _ in 0..2 {
        let request = format!("POST / HTTP/1.1\r\n{header}Content-Length: 1048576\r\n\r\n{body}");
        expect_passes(&proxy.ask_raw(request));
    }
    let head = format!("POST / HTTP/1.1\r\n{header}Transfer-Encoding: chunked\r\n\r\n");
    expect_passes(&proxy.ask_raw(format!("{head}100000\r\n{body}\r\n0\r\n\r\n")));
    // What is in a body is no request.
    let inner = request(&header["Host: a\r\n".len()..]);
    let length = inner.len();
    let outer = request(&format!("Content-Length: {length}\r\n"));
    expect_refused(&proxy.ask_raw(format!("{outer}{inner}")), NO_CERTIFICATE);
    // Nor is a trailer a header.
    let outer = request("Transfer-Encoding: chunked\r\n");
    let trailer = &header["Host: a\r\n".len()..];
    expect_refused(
        &proxy.ask_raw(format!("{outer}0\r\n{trailer}\r\n")),
        NO_CERTIFICATE,
    );
    // One octet more is not read, and the answer may be lost.
    let request = format!("POST / HTTP/1.1\r\n{header}Content-Length: 1048577\r\n\r\n{body}x");
    if let Ok(answer) = proxy.try_ask(request) {
        expect_passes(&answer);
    }
    expect_refused(&Proxy::connect(server.address).ask(&[]), NO_CERTIFICATE);
}

#[test]
fn requests_that_can_not_be_read_are_answered_and_the_endpoint_lives_on() {
    let pki = Pki::new(0);
    let value = traefik(&pki.chain());
    let server = setup([pki.root()], TRAEFIK).start();
    for request in [
        format!("GET / HTTP/1.1\r\nHost: a\r\n{TRAEFIK} : {value}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n {TRAEFIK}: {value}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{TRAEFIK}: {value}\0\r\n\r\n"),
        "\x16\x03\x01\x02\0\x01\0\x01\r\n\r\n".to_owned(),
    ] {
        let answer = Proxy::connect(server.address).ask_raw(request);
        assert_eq!(answer.code(), 400);
        assert_eq!(answer.mtls(), []);
    }
    expect_passes(&Proxy::connect(server.address).ask(&[(TRAEFIK, &value)]));
}

#[test]
fn many_proxies_ask_at_once_and_get_their_own_answers() {
    let pki = Pki::new(0);
    let stranger = Pki::builder().keys(Key::p384).intermediates(0).build();
    let server = setup([pki.root()], TRAEFIK).start();
    let (good, bad) = (traefik(&pki.chain()), traefik(&stranger.chain()));
    thread::scope(|scope| {
        for index in 0..8 {
            let (server, good, bad) = (&server, &good, &bad);
            scope.spawn(move || {
                let mut proxy = Proxy::connect(server.address);
                for round in 0..50 {
                    match (index + round) % 2 {
                        0 => expect_passes(&proxy.ask(&[(TRAEFIK, good)])),
                        _ => {
                            let answer = proxy.ask(&[(TRAEFIK, bad)]);
                            expect_refused(&answer, "Failed:ClientCertUntrusted");
                        }
                    }
                }
            });
        }
    });
    let lines = server.connections(400);
    let passed = lines.iter().filter(|line| line.contains(" Success "));
    assert_eq!(passed.count(), 200);
}

#[test]
fn two_requests_in_one_packet_are_two() {
    let pki = Pki::new(0);
    let server = setup([pki.root()], TRAEFIK).start();
    let mut proxy = Proxy::connect(server.address);
    let good = request(&format!("{TRAEFIK}: {}\r\n", traefik(&pki.chain())));
    proxy.send(format!("{good}{}", request("")));
    expect_passes(&proxy.answer(false).expect("the first"));
    expect_refused(&proxy.answer(false).expect("the second"), NO_CERTIFICATE);
}

#[test]
fn a_store_that_is_replaced_answers_the_next_request_of_an_open_connection() {
    let pki = Pki::new(0);
    let list = |serial: &[u8]| {
        CrlBuilder::new()
            .revoke(serial)
            .issued_by(pki.root())
            .to_pem()
    };
    let server = setup([pki.root()], TRAEFIK)
        .with_file("--crl", "ca.crl", list(&[9]))
        .start();
    let value = traefik(&pki.chain());
    let mut proxy = Proxy::connect(server.address);
    expect_passes(&proxy.ask(&[(TRAEFIK, &value)]));
    server.replace("ca.crl", list(pki.leaf().serial()));
    server.line(" reloaded: 1 CA certificate, 1 CRL with 1 entry");
    let answer = proxy.ask(&[(TRAEFIK, &value)]);
    expect_refused(&answer, "Failed:ClientCertCrlHit");
}

#[test]
fn no_answer_is_lost_or_wrong_while_stores_come_and_go() {
    let one = Pki::new(0);
    let two = Pki::builder().keys(Key::p384).intermediates(0).build();
    let server = setup([one.root()], TRAEFIK).start();
    let value = traefik(&one.chain());
    thread::scope(|scope| {
        let proxies: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut proxy = Proxy::connect(server.address);
                    for _ in 0..500 {
                        expect_passes(&proxy.ask(&[(TRAEFIK, &value)]));
                    }
                })
            })
            .collect();
        let mut round = 0;
        while !proxies.iter().all(thread::ScopedJoinHandle::is_finished) {
            let cas = match round % 2 {
                0 => bundle([one.root(), two.root()]),
                _ => bundle([one.root()]),
            };
            server.replace("bundle.pem", cas);
            server.signal("HUP");
            round += 1;
        }
    });
    server.replace("bundle.pem", bundle([two.root()]));
    let mut proxy = Proxy::connect(server.address);
    let refused = until(|| {
        let answer = proxy.ask(&[(TRAEFIK, &value)]);
        (answer.told() == (403, "Failed:ClientCertUntrusted")).then_some(())
    });
    assert_eq!(refused, Some(()));
}

#[test]
fn the_connection_log_has_a_line_for_each_request() {
    let pki = Pki::builder()
        .leaf(|leaf| leaf.serial([3, 0xA5, 0xB1]))
        .build();
    let server = setup([pki.root()], TRAEFIK)
        .with(["--elb", "app/auth/1"])
        .start();
    let mut proxy = Proxy::connect(server.address);
    expect_passes(&proxy.ask(&[(TRAEFIK, &traefik(&pki.chain()))]));
    expect_refused(&proxy.ask(&[(TRAEFIK, "garbage!")]), NO_CERTIFICATE);
    let lines = server.connections(2);
    let entries = lines.iter().map(|line| ConnectionLogEntry::parse(line));
    let entries: Vec<_> = entries.map(|entry| entry.expect("a line")).collect();
    for entry in &entries {
        assert_eq!(entry.client_ip, server.address.ip());
        assert_eq!(entry.listener_port, server.address.port());
        assert_eq!(entry.tls_protocol, None);
        assert_eq!(entry.tls_cipher, None);
        assert_eq!(entry.tls_handshake_latency, None);
        assert_eq!(entry.elb, Some("app/auth/1"));
        assert_eq!(entry.ip_address, Some(server.address.ip()));
    }
    assert_ne!(entries[0].conn_trace_id, entries[1].conn_trace_id);
    assert_eq!(entries[0].status, Some(VerifyStatus::Success));
    assert!(
        lines[0].contains(" \"CN=Client\" NotBefore="),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains(" 03A5B1 Success TID_"), "{}", lines[0]);
    assert!(
        lines[1].contains(" - \"-\" - - Failed:Unmapped"),
        "{}",
        lines[1]
    );
}

#[test]
fn who_is_refused_and_why_is_told_with_what_would_mend_it() {
    let pki = Pki::new(1);
    let server = setup([pki.root()], TRAEFIK).start();
    let mut proxy = Proxy::connect(server.address);
    expect_refused(
        &proxy.ask(&[(TRAEFIK, &traefik(&pki.chain()[..1]))]),
        "Failed:ClientCertUntrusted",
    );
    let line = server.line("Failed:ClientCertUntrusted");
    assert!(line.contains("\"CN=Client\""), "{line}");
    assert!(line.contains("no CA named CN=Intermediate 0 "), "{line}");
    assert!(line.ends_with("have the client send it."), "{line}");
}

#[test]
fn that_nginx_hands_over_no_intermediate_is_told() {
    let pki = Pki::new(1);
    let server = setup([pki.root()], NGINX)
        .with(["--auth-form", "escaped-pem"])
        .start();
    let value = nginx(&pki.leaf().to_certificate_der());
    let answer = Proxy::connect(server.address).ask(&[(NGINX, &value)]);
    expect_refused(&answer, "Failed:ClientCertUntrusted");
    let line = server.line("Failed:ClientCertUntrusted");
    assert!(
        line.ends_with(
            "nginx hands over the client's own alone: then it has to be in the trust store."
        ),
        "{line}"
    );
}

#[test]
fn listener_and_endpoint_run_side_by_side() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()])
        .with(["--auth", "127.0.0.1:0", "--auth-header", TRAEFIK])
        .start();
    let line = server.line("answering proxies on http://");
    let address = line.rsplit('/').next().expect("an address");
    let mut proxy = Proxy::connect(address.parse().expect("an address"));
    expect_passes(&proxy.ask(&[(TRAEFIK, &traefik(&pki.chain()))]));
    let mut connection = Client::of(&pki).connect(server.address);
    // The header means nothing there.
    let response = connection.ask(format!("GET / HTTP/1.1\r\nHost: a\r\n{TRAEFIK}: x\r\n\r\n"));
    assert_eq!(response.told(), (200, "Success"));
    assert_eq!(server.connections(2).len(), 2);
    assert_eq!(server.accesses(1).len(), 1);
}

#[test]
fn idle_connections_are_closed_at_the_end_and_the_log_is_whole() {
    let pki = Pki::new(0);
    let value = traefik(&pki.chain());
    let server = setup([pki.root()], TRAEFIK).start();
    let mut idle: Vec<Proxy> = (0..5).map(|_| Proxy::connect(server.address)).collect();
    for proxy in &mut idle {
        for _ in 0..20 {
            expect_passes(&proxy.ask(&[(TRAEFIK, &value)]));
        }
    }
    server.signal("TERM");
    for proxy in &mut idle {
        assert!(proxy.is_at_end());
    }
    let stopped = server.ended();
    assert_eq!(stopped.code, Some(0));
    assert_eq!(stopped.connections.len(), 100);
    let last = stopped.stderr.last().map(String::as_str);
    assert_eq!(last, Some("portcullis: stopping"));
}

#[test]
fn a_proxy_that_says_nothing_is_left_after_a_while() {
    let pki = Pki::new(0);
    let server = setup([pki.root()], TRAEFIK)
        .with(["--idle-timeout", "1"])
        .start();
    let mut silent = Proxy::connect(server.address);
    assert!(silent.is_at_end());
    let mut slow = Proxy::connect(server.address);
    slow.send("GET / HTTP/1.1\r\nHost: a\r\n");
    if let Ok(answer) = slow.answer(false) {
        assert_eq!(answer.code(), 408);
    }
}

#[test]
fn heads_that_come_octet_by_octet_are_given_up_and_keep_nobody_waiting() {
    let pki = Pki::new(0);
    let server = setup([pki.root()], TRAEFIK)
        .with(["--idle-timeout", "1"])
        .start();
    let mut slow: Vec<Proxy> = (0..100).map(|_| Proxy::connect(server.address)).collect();
    for proxy in &mut slow {
        proxy.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    }
    let value = traefik(&pki.chain());
    expect_passes(&Proxy::connect(server.address).ask(&[(TRAEFIK, &value)]));
    // There is always something to read, so that the connection is never idle.
    let ended = until(|| slow[0].try_send("x").err());
    assert!(ended.is_some());
    expect_passes(&Proxy::connect(server.address).ask(&[(TRAEFIK, &value)]));
}

#[test]
fn connections_over_the_limit_are_closed() {
    let pki = Pki::new(0);
    let value = traefik(&pki.chain());
    let server = setup([pki.root()], TRAEFIK)
        .with(["--max-connections", "1"])
        .start();
    let mut first = Proxy::connect(server.address);
    expect_passes(&first.ask(&[(TRAEFIK, &value)]));
    let mut second = Proxy::connect(server.address);
    assert!(second.try_ask(request("")).is_err());
    server.line("1 connections are open, which is the limit");
    expect_passes(&first.ask(&[(TRAEFIK, &value)]));
    drop(first);
    let served = until(|| {
        let mut proxy = Proxy::connect(server.address);
        proxy.try_ask(request("")).ok().map(drop)
    });
    assert_eq!(served, Some(()));
}
