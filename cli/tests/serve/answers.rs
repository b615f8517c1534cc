//! Clients that may talk to a server that answers by itself.

use portcullis::{AccessLogEntry, ConnectionLogEntry, LogText};
use portcullis_fixtures::Pki;

use crate::client::{BOTH, Client};
use crate::server::Setup;

#[test]
fn three_requests_of_one_connection_are_three_lines_of_one_trace_id() {
    let pki = Pki::new(1);
    for version in BOTH {
        let server = Setup::new([pki.root()]).start();
        let mut connection = Client::of(&pki).speaking(version).connect(server.address);
        for path in ["/1", "/2?x=%22", "/3"] {
            let response = connection.get(path);
            assert_eq!(response.told(), (200, "Success"));
            let message = response.message;
            assert_eq!(message.start, "HTTP/1.1 200 OK");
            assert_eq!(
                message.header("content-type"),
                Some("text/plain; charset=utf-8")
            );
        }
        let connections = server.connections(1);
        let connection_entry = ConnectionLogEntry::parse(&connections[0]).expect("a line");
        let lines = server.accesses(3);
        for (line, path) in lines.iter().zip(["/1", "/2?x=%22", "/3"]) {
            let entry = AccessLogEntry::parse(line).expect("a line");
            assert_eq!(entry.conn_trace_id, connection_entry.conn_trace_id);
            let port = server.address.port();
            let request = format!("GET https://example.com:{port}{path} HTTP/1.1");
            assert_eq!(entry.request, Some(request.as_str().into()));
        }
    }
}

#[test]
fn every_field_of_the_access_log() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut connection = Client::of(&pki).speaking(BOTH[1]).connect(server.address);
    let request = "POST /a?b=c HTTP/1.1\r\nHost: example.com:443\r\nUser-Agent: test/1\r\n\
                   Content-Length: 5\r\n\r\nhello";
    let response = connection.ask(request);
    let lines = server.accesses(1);
    let entry = AccessLogEntry::parse(&lines[0]).expect("a line");
    let text = |text| Some(LogText::from(text));
    assert_eq!(entry.to_string(), lines[0]);
    assert_eq!(entry.kind, "https");
    let created = entry.request_creation_time.expect("it is there");
    assert!(entry.time.to_string() >= created.to_string());
    assert_eq!(entry.elb, "app/portcullis/0000000000000000");
    assert_eq!(entry.client, connection.local_address());
    assert_eq!(entry.target, None);
    assert_eq!(entry.request_processing_time, None);
    assert_eq!(entry.target_processing_time, None);
    assert_eq!(entry.response_processing_time, None);
    assert_eq!(entry.elb_status, Some(200));
    assert_eq!(entry.target_status, None);
    assert_eq!(
        entry.request,
        text("POST https://example.com:443/a?b=c HTTP/1.1")
    );
    assert_eq!(entry.user_agent, text("test/1"));
    assert_eq!(entry.ssl_cipher, Some("TLS_AES_128_GCM_SHA256"));
    assert_eq!(entry.ssl_protocol, Some("TLSv1.3"));
    assert_eq!(entry.target_group_arn, None);
    assert_eq!(entry.domain_name, text("localhost"));
    assert_eq!(entry.chosen_cert_arn, None);
    assert_eq!(entry.rule_priority, Some(0));
    assert_eq!(entry.actions, text("fixed-response"));
    assert_eq!(entry.redirect_url, None);
    assert_eq!(entry.error_reason, None);
    assert_eq!(entry.target_list, None);
    assert_eq!(entry.target_status_list, None);
    assert_eq!(entry.classification, None);
    assert_eq!(entry.classification_reason, None);
    assert_eq!(entry.transformed_host, None);
    assert_eq!(entry.transformed_uri, None);
    assert_eq!(entry.request_transform_status, None);
    // On a listener that answers by itself the trace is that of the connection (seen).
    let id = entry.conn_trace_id.expect("it is there").to_string();
    assert_eq!(entry.trace_id, text(id.as_str()));
    // In octets as they were on the wire, heads included, give or take the request line, of which
    // the log has the whole URL.
    let sent = response.message.headers.iter();
    let sent: usize = sent.map(|(name, value)| name.len() + value.len() + 4).sum();
    let sent = "HTTP/1.1 200 OK\r\n\r\nSuccess".len() + sent;
    assert_eq!(entry.sent_bytes, u64::try_from(sent).expect("it is small"));
    let received = u64::try_from(request.len()).expect("it is small");
    assert!(entry.received_bytes.abs_diff(received) <= 20, "{entry:?}");
}

#[test]
fn a_fixed_response_is_what_was_asked_for() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--fixed-response", "404:nope"]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    assert_eq!(connection.get("/").told(), (404, "nope"));
    let head = connection.ask_for_head("HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    assert_eq!(head.told(), (404, ""));
    assert_eq!(head.message.header("content-length"), Some("4"));
    // Nothing of a body is in the way of the next response.
    assert_eq!(connection.get("/").told(), (404, "nope"));
    let lines = server.accesses(3);
    let sent = |line| AccessLogEntry::parse(line).expect("a line").sent_bytes;
    assert_eq!(sent(&lines[1]) + 4, sent(&lines[0]));
    assert_eq!(sent(&lines[2]), sent(&lines[0]));
}

#[test]
fn no_content_has_no_body_and_no_length() {
    let pki = Pki::new(0);
    let setup = Setup::new([pki.root()]).with(["--fixed-response", "204:ignored"]);
    let server = setup.start();
    let mut connection = Client::of(&pki).connect(server.address);
    for _ in 0..2 {
        let response = connection.get("/");
        assert_eq!(response.told(), (204, ""));
        assert_eq!(response.message.header("content-length"), None);
    }
}

#[test]
fn no_request_can_break_out_of_its_line() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut connection = Client::of(&pki).connect(server.address);
    let agents: [&[u8]; 4] = [
        b"\" 200 - \"forged",
        b"back\\slash\\\" end\\",
        b"tab\there \xFF\xFE\xC3\xA9",
        b"- \"-\"",
    ];
    for agent in agents {
        let request = [
            b"GET /\"\\x22\xC3\xA9' HTTP/1.1\r\nHost: a\"b\\c\r\nUser-Agent: ",
            agent,
            b"\r\n\r\n",
        ];
        let response = connection.try_ask(request.concat());
        assert!(matches!(response, Ok(response) if response.status == 200));
    }
    let lines = server.accesses(4);
    for (line, agent) in lines.iter().zip(agents) {
        let entry = AccessLogEntry::parse(line).expect(line);
        assert_eq!(entry.user_agent, Some(LogText::from(agent)));
        assert_eq!(entry.elb_status, Some(200));
        assert_eq!(entry.actions, Some("fixed-response".into()));
        assert!(line.is_ascii());
        assert_eq!(entry.further_fields(), None);
    }
}

#[test]
fn requests_that_can_not_be_read_are_answered_and_the_listener_lives_on() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let client = Client::of(&pki);
    let large = "a".repeat(1 << 20);
    let many = "X: y\r\n".repeat(5000);
    for (request, status) in [
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {large}\r\n\r\n"),
            431,
        ),
        (format!("GET /{large} HTTP/1.1\r\nHost: a\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), 431),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n".to_owned(),
            400,
        ),
        ("GET / HTTP/9.9\r\nHost: a\r\n\r\n".to_owned(), 400),
        ("\0\r\n\r\n".to_owned(), 400),
    ] {
        let mut connection = client.connect(server.address);
        match connection.try_ask(&request) {
            Ok(response) => assert_eq!(response.status, status, "{:.40}", request),
            // What it had still to send came after the end, and the answer was lost by that.
            Err(_) => assert!(request.len() > 65_536, "{:.40}", request),
        }
    }
    assert_eq!(client.connect(server.address).get("/").status, 200);
    server.accesses(1);
}
