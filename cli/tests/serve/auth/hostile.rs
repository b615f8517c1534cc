//! Headers that no proxy should write, and clients that try to write them.

use portcullis_fixtures::{CertificateBuilder, Key, Pki};

use super::proxy::*;
use crate::server::Server;

fn server(pki: &Pki, header: &str) -> Server {
    let setup = setup([pki.root()], header);
    match header {
        NGINX => setup.with(["--auth-form", "escaped-pem"]),
        _ => setup,
    }
    .start()
}

/// What each proxy writes of a client that passes.
fn good(pki: &Pki) -> [(&'static str, String); 4] {
    let chain = pki.chain();
    [
        (NGINX, nginx(&chain[0])),
        (ENVOY, envoy(&chain)),
        (TRAEFIK, traefik(&chain)),
        (RFC_9440, byte_sequence(&chain[0])),
    ]
}

#[test]
fn a_header_that_is_there_twice_is_refused_whatever_it_holds() {
    let pki = Pki::new(0);
    for (header, value) in good(&pki) {
        let server = server(&pki, header);
        let mut proxy = Proxy::connect(server.address);
        expect_passes(&proxy.ask(&[(header, &value)]));
        let lower = header.to_ascii_lowercase();
        for headers in [
            [(header, value.as_str()), (header, value.as_str())],
            [(header, &value), (&lower, &value)],
            [(header, ""), (header, &value)],
            [(&lower, &value), (header, "")],
        ] {
            expect_refused(&proxy.ask(&headers), NO_CERTIFICATE);
        }
        let line = server.line(NO_CERTIFICATE);
        assert!(line.contains("it is there more than once"), "{line}");
        assert!(line.contains(&lower), "{line}");
        expect_passes(&proxy.ask(&[(&lower, &value)]));
    }
}

#[test]
fn no_other_header_is_believed() {
    let pki = Pki::new(0);
    let all = good(&pki);
    let stranger = Pki::builder().keys(Key::p384).intermediates(0).build();
    let strange = good(&stranger);
    for (header, value) in &strange {
        let server = server(&pki, header);
        let mut proxy = Proxy::connect(server.address);
        let others = all.iter().filter(|(name, _)| name != header);
        let others = others.map(|(name, value)| (*name, value.as_str()));
        let mut headers: Vec<(&str, &str)> = others.collect();
        let underscores = header.replace('-', "_");
        let good = all.iter().find(|(name, _)| name == header);
        let (_, good) = good.expect("there is one for each");
        headers.push((&underscores, good));
        for (name, value) in [
            ("X-Amzn-Mtls-Clientcert-Leaf", all[0].1.as_str()),
            ("X-Amzn-Mtls-Clientcert-Subject", "CN=Client"),
            ("X-Portcullis-Status", "Success"),
            ("X-SSL-Client-Verify", "SUCCESS"),
        ] {
            headers.push((name, value));
        }
        expect_refused(&proxy.ask(&headers), NO_CERTIFICATE);
        headers.push((header, value));
        let answer = proxy.ask(&headers);
        expect_refused(&answer, "Failed:ClientCertUntrusted");
        headers.rotate_right(1);
        let answer = proxy.ask(&headers);
        expect_refused(&answer, "Failed:ClientCertUntrusted");
    }
}

/// Sends each as the header's value; no certificate can be read out of it.
#[track_caller]
fn expect_unreadable<V: AsRef<[u8]>>(header: &str, values: impl IntoIterator<Item = V>) {
    let pki = Pki::new(0);
    let server = server(&pki, header);
    let mut proxy = Proxy::connect(server.address);
    for value in values {
        let value = value.as_ref();
        let head = request(&format!("{header}: VALUE\r\n"));
        let (before, after) = head.split_once("VALUE").expect("it is there");
        let request = [before.as_bytes(), value, after.as_bytes()].concat();
        let answer = proxy.ask_raw(request);
        let told = answer.told();
        assert_eq!(told, (403, NO_CERTIFICATE), "{}", value.escape_ascii());
    }
    let line = server.line("can't be used: ");
    assert!(line.contains(&header.to_ascii_lowercase()), "{line}");
    let good = good(&pki);
    let (_, value) = good.iter().find(|(name, _)| *name == header).expect("one");
    expect_passes(&proxy.ask(&[(header, value)]));
}

#[test]
fn escaped_pem_that_is_broken_is_refused() {
    let pki = Pki::new(0);
    let good = nginx(&pki.leaf().to_certificate_der());
    let half = good.len() / 2;
    expect_unreadable(
        NGINX,
        [
            &b"garbage"[..],
            &good.as_bytes()[..half],
            &good.as_bytes()[half..],
            good.replace("%0A", "%0").as_bytes(),
            good.replace("%0A", "%ZZ").as_bytes(),
            good.replace("%0A", " ").as_bytes(),
            good.replace("CERTIFICATE", "PUBLIC%20KEY").as_bytes(),
            good.replace("CERTIFICATE", "X509%20CRL").as_bytes(),
            good.replace("%20", "+").as_bytes(),
            good.replace('M', "\u{41c}").as_bytes(),
            &[good.as_bytes(), b"\xFF"].concat(),
            &[good.as_bytes(), b"%00"].concat(),
            &[good.as_bytes(), b"trailing"].concat(),
            &[b"\xEF\xBB\xBF", good.as_bytes()].concat(),
            format!("{good},{good}").as_bytes(),
            format!("\"{good}\"").as_bytes(),
            traefik(&pki.chain()).as_bytes(),
        ],
    );
}

#[test]
fn base64_that_is_broken_is_refused() {
    let pki = Pki::new(0);
    let good = traefik(&pki.chain());
    let cut_off = &good[..good.len() / 4 * 2 + 1];
    expect_unreadable(
        TRAEFIK,
        [
            "garbage!",
            cut_off,
            &format!("{good},"),
            &format!(",{good}"),
            &format!("{good},,{good}"),
            &format!("{good};{good}"),
            &format!("{good}, {good}"),
            &good.replace('M', "%"),
            &good.replace('M', "\u{e9}"),
            &format!("-----BEGIN CERTIFICATE-----{good}-----END CERTIFICATE-----"),
            &nginx(&pki.leaf().to_certificate_der()),
        ],
    );
}

#[test]
fn structured_fields_that_are_broken_are_refused() {
    let pki = Pki::new(0);
    let good = byte_sequence(pki.leaf().der());
    let bare = good.trim_matches(':');
    expect_unreadable(
        RFC_9440,
        [
            bare,
            &good[..good.len() / 2],
            &good[1..],
            &format!("\"{bare}\""),
            &format!("{good}, {good}"),
            &format!("({good})"),
            &format!("cert={good}"),
            &good.replace('M', "%4D"),
            &good.replace('M', "\u{41c}"),
            &good.replacen('M', " M", 2),
            "?1",
        ],
    );
}

#[test]
fn certificates_that_can_not_be_read_are_the_client_s_fault() {
    let pki = Pki::new(0);
    let server = server(&pki, RFC_9440);
    let mut proxy = Proxy::connect(server.address);
    let leaf = pki.leaf().der();
    for der in [
        &leaf[..leaf.len() - 1],
        &[leaf, b"\0"].concat(),
        b"0",
        b"garbage",
    ] {
        let answer = proxy.ask(&[(RFC_9440, &byte_sequence(der))]);
        expect_refused(&answer, "Failed:ClientCertInvalid");
    }
    let answer = proxy.ask(&[
        (RFC_9440, &byte_sequence(leaf)),
        (RFC_9440_CHAIN, &byte_sequence(b"garbage")),
    ]);
    expect_refused(&answer, "Failed:ClientCertInvalid");
    // A list that is broken is the proxy's.
    let answer = proxy.ask(&[(RFC_9440, &byte_sequence(leaf)), (RFC_9440_CHAIN, "a, b")]);
    expect_refused(&answer, NO_CERTIFICATE);
}

#[test]
fn a_thousand_certificates_are_judged_as_any_chain() {
    let pki = Pki::new(1);
    let server = setup([pki.root()], RFC_9440).start();
    let mut proxy = Proxy::connect(server.address);
    let chain = pki.chain();
    let (leaf, ca) = (byte_sequence(&chain[0]), byte_sequence(&chain[1]));
    // SEQUENCE {}
    let empty = byte_sequence(&[0x30, 0]);
    for (members, status) in [
        (vec![ca.as_str(); 3], "Success"),
        (vec![&ca; 100], "Failed:ClientCertMaxChainDepthExceeded"),
        (vec![&empty; 1000], "Failed:ClientCertInvalid"),
        // Of none at all there may be any number.
        ([vec![ca.as_str()], vec!["::"; 1000]].concat(), "Success"),
    ] {
        let members = members.join(", ");
        let answer = proxy.ask(&[(RFC_9440, &leaf), (RFC_9440_CHAIN, &members)]);
        let code = if status == "Success" { 200 } else { 403 };
        assert_eq!(answer.told(), (code, status));
    }
    let joined = byte_sequence(&[0x30, 0].repeat(1000));
    let answer = proxy.ask(&[(RFC_9440, &leaf), (RFC_9440_CHAIN, &joined)]);
    expect_refused(&answer, "Failed:ClientCertInvalid");
}

#[test]
fn what_is_too_large_is_told_so() {
    let pki = Pki::new(0);
    let issued = |size| CertificateBuilder::leaf("Large", Key::p256(0)).size(size);
    // 64 KiB with the four octets before the list and the five round each certificate that TLS 1.3
    // has.
    for (size, status) in [
        (65_536 - 9, "Success"),
        (65_537 - 9, "Failed:ClientCertMaxSizeExceeded"),
        (90_000, "Failed:ClientCertMaxSizeExceeded"),
    ] {
        let leaf = issued(size).issued_by(pki.root()).to_certificate_der();
        let chain = [leaf];
        for (header, value) in [
            (NGINX, nginx(&chain[0])),
            (ENVOY, envoy(&chain)),
            (TRAEFIK, traefik(&chain)),
            (RFC_9440, byte_sequence(&chain[0])),
        ] {
            let server = server(&pki, header);
            let answer = Proxy::connect(server.address).ask(&[(header, &value)]);
            let code = if status == "Success" { 200 } else { 403 };
            assert_eq!(answer.told(), (code, status), "{header} {size}");
        }
    }
    let long = "A".repeat((128 << 10) + 1);
    let twice = "A".repeat((256 << 10) + 1);
    // Envoy may send the client's own certificate twice.
    let element = format!("Chain={long}");
    for (header, long) in [
        (NGINX, &long),
        (ENVOY, &twice),
        (ENVOY, &element),
        (TRAEFIK, &long),
        (RFC_9440, &long),
    ] {
        let server = server(&pki, header);
        let answer = Proxy::connect(server.address).ask(&[(header, long)]);
        expect_refused(&answer, "Failed:ClientCertMaxSizeExceeded");
    }
}

#[test]
fn a_head_that_is_too_large_is_refused_and_the_next_proxy_served() {
    let pki = Pki::new(0);
    let server = server(&pki, RFC_9440);
    let long = "A".repeat(1 << 20);
    // The answer may be lost where more is still to be sent.
    let mut proxy = Proxy::connect(server.address);
    if let Ok(answer) = proxy.try_ask(request(&format!("Client-Cert: {long}\r\n"))) {
        assert_eq!(answer.code(), 431);
    }
    let many = "X: y\r\n".repeat(200);
    let mut proxy = Proxy::connect(server.address);
    if let Ok(answer) = proxy.try_ask(request(&many)) {
        assert_eq!(answer.code(), 431);
    }
    let value = byte_sequence(pki.leaf().der());
    expect_passes(&Proxy::connect(server.address).ask(&[(RFC_9440, &value)]));
}
