//! Lines of the access log, written and read back.

use core::net::{Ipv6Addr, SocketAddr};
use core::time::Duration;

use portcullis::{AccessLogEntry, LogLineError, LogText, LogTimestamp};
use portcullis_fixtures::Random;

#[test]
fn the_documented_lines_print_as_they_were_read() {
    let mut count = 0;
    for line in SAMPLES.lines().chain(SAMPLES_OF_2018.lines()) {
        assert_eq!(read(line).to_string(), line);
        count += 1;
    }
    assert_eq!(count, 14);
}

#[test]
fn the_documented_https_line_has_what_the_documentation_says() {
    let entry = read(sample(1));
    assert_eq!(entry.kind, "https");
    let time = Duration::from_micros(1_530_570_180_186_641);
    assert_eq!(entry.time.unix_time(), time);
    assert_eq!(entry.elb, "app/my-loadbalancer/50dc6c495c0c9188");
    assert_eq!(entry.client, ([192, 168, 131, 39], 2817).into());
    assert_eq!(entry.target, Some(([10, 0, 0, 1], 80).into()));
    let times = [
        entry.request_processing_time,
        entry.target_processing_time,
        entry.response_processing_time,
    ];
    assert_eq!(
        times,
        [86, 48, 37].map(|time| Some(Duration::from_millis(time)))
    );
    assert_eq!(
        (entry.elb_status, entry.target_status),
        (Some(200), Some(200))
    );
    assert_eq!((entry.received_bytes, entry.sent_bytes), (0, 57));
    assert_text(entry.request, "GET https://www.example.com:443/ HTTP/1.1");
    assert_text(entry.user_agent, "curl/7.46.0");
    assert_eq!(entry.ssl_cipher, Some("ECDHE-RSA-AES128-GCM-SHA256"));
    assert_eq!(entry.ssl_protocol, Some("TLSv1.2"));
    let group = entry.target_group_arn.unwrap();
    assert!(group.ends_with(":targetgroup/my-targets/73e2d6bc24d8a067"));
    assert_text(entry.trace_id, "Root=1-58337281-1d84f3d73c47ec4e58577259");
    assert_text(entry.domain_name, "www.example.com");
    assert_text(
        entry.chosen_cert_arn,
        "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    );
    assert_eq!(entry.rule_priority, Some(1));
    let created = entry.request_creation_time.unwrap().to_string();
    assert_eq!(created, "2018-07-02T22:22:48.364000Z");
    assert_text(entry.actions, "authenticate,forward");
    assert_eq!((entry.redirect_url, entry.error_reason), (None, None));
    assert_text(entry.target_list, "10.0.0.1:80");
    assert_text(entry.target_status_list, "200");
    assert_eq!(
        (entry.classification, entry.classification_reason),
        (None, None)
    );
    let id = entry.conn_trace_id.unwrap();
    assert_eq!(id.to_string(), "TID_1234abcd5678ef90");
    assert_eq!(
        id.as_bytes(),
        [0x12, 0x34, 0xab, 0xcd, 0x56, 0x78, 0xef, 0x90]
    );
    assert_text(entry.transformed_host, "m.example.com");
    assert_eq!(entry.transformed_uri, None);
    assert_text(entry.request_transform_status, "TransformSuccess");
}

#[test]
fn a_lambda_function_has_no_target_and_may_have_failed() {
    let entry = read(sample(6));
    assert_eq!((entry.target, entry.target_status), (None, None));
    assert_eq!(entry.elb_status, Some(502));
    assert_text(entry.error_reason, "LambdaInvalidResponse");
}

#[test]
fn a_redirect_and_a_web_socket_are_read_too() {
    assert_text(read(sample(2)).redirect_url, "https://example.com:80/");
    let web_socket = read(sample(4));
    assert_eq!((web_socket.kind, web_socket.elb_status), ("wss", Some(101)));
    assert_eq!(web_socket.user_agent, None);
}

#[test]
fn what_never_reached_a_target_has_times_of_minus_one() {
    let line = sample(0)
        .replace("10.0.0.1:80 0.000 0.001 0.000 200 200", "- -1 -1 -1 000 -")
        .replace("\"-\" \"-\" 0 2018", "\"-\" \"-\" -1 2018");
    let entry = read(&line);
    assert_eq!(entry.request_processing_time, None);
    assert_eq!(entry.target_processing_time, None);
    assert_eq!(entry.response_processing_time, None);
    assert_eq!(entry.elb_status, Some(0));
    assert_eq!(entry.rule_priority, Some(-1));
    assert_eq!(entry.to_string(), line);
}

#[test]
fn an_ipv6_client_has_no_brackets_in_alb_s_lines_and_may_have_some_in_others() {
    let address = Ipv6Addr::new(0x2001, 0xdb8, 0x4538, 1, 0xbcf4, 0x5264, 0xe01c, 0xf215);
    let line = sample(0).replace(
        "192.168.131.39:2817",
        "2001:db8:4538:1:bcf4:5264:e01c:f215:50718",
    );
    let client = SocketAddr::from((address, 50718));
    assert_eq!(read(&line).client, client);
    assert_eq!(read(&line).to_string(), line);
    let line = line.replace(
        "2001:db8:4538:1:bcf4:5264:e01c:f215:50718",
        "[2001:db8:4538:1:bcf4:5264:e01c:f215]:50718",
    );
    assert_eq!(read(&line).client, client);
}

#[test]
fn every_count_of_fields_from_18_on_is_read_and_kept() {
    // No field of the sample has a space within but the request.
    let line = sample(0)
        .replace("GET http", "GET_http")
        .replace("/ HTTP", "/_HTTP");
    let fields: Vec<&str> = line.split(' ').collect();
    assert_eq!(fields.len(), 33);
    for count in 18..=33 {
        let line = fields[..count].join(" ");
        assert_eq!(read(&line).to_string(), line);
        assert_eq!(read(&line).further_fields(), None);
    }
    assert_eq!(read(&fields[..18].join(" ")).request_creation_time, None);
    for found in 1..18 {
        let line = fields[..found].join(" ");
        let needed = 18;
        assert_eq!(error(&line), LogLineError::TooFewFields { found, needed });
    }
    let line = format!("{line} \"one more\" 7");
    assert_eq!(read(&line).further_fields(), Some("\"one more\" 7"));
    assert_eq!(read(&line).to_string(), line);
}

#[test]
fn an_entry_is_written_with_all_33_fields_in_their_order() {
    let mut entry = entry();
    assert_eq!(
        entry.to_string(),
        "https 1970-01-01T00:00:01.000000Z app/gate/1 203.0.113.1:36280 - -1 -1 -1 - - 0 0 \
         \"-\" \"-\" - - - \"-\" \"-\" \"-\" - - \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" - \
         \"-\" \"-\" \"-\""
    );
    entry.target = Some((Ipv6Addr::LOCALHOST, 5).into());
    entry.request_processing_time = Some(Duration::from_micros(6_999));
    entry.target_processing_time = Some(Duration::from_secs(7));
    entry.response_processing_time = Some(Duration::ZERO);
    entry.elb_status = Some(9);
    entry.target_status = Some(210);
    entry.received_bytes = 11;
    entry.sent_bytes = 12;
    entry.request = Some("13".into());
    entry.user_agent = Some("14".into());
    entry.ssl_cipher = Some("15");
    entry.ssl_protocol = Some("16");
    entry.target_group_arn = Some("17");
    entry.trace_id = Some("18".into());
    entry.domain_name = Some("19".into());
    entry.chosen_cert_arn = Some("20".into());
    entry.rule_priority = Some(21);
    entry.request_creation_time = Some(time(22));
    entry.actions = Some("23".into());
    entry.redirect_url = Some("24".into());
    entry.error_reason = Some("25".into());
    entry.target_list = Some("26".into());
    entry.target_status_list = Some("27".into());
    entry.classification = Some("28".into());
    entry.classification_reason = Some("29".into());
    entry.conn_trace_id = Some("TID_30303030303030303030303030303030".parse().unwrap());
    entry.transformed_host = Some("31".into());
    entry.transformed_uri = Some("32".into());
    entry.request_transform_status = Some("33".into());
    let line = "https 1970-01-01T00:00:01.000000Z app/gate/1 203.0.113.1:36280 ::1:5 0.006 7.000 \
                0.000 009 210 11 12 \"13\" \"14\" 15 16 17 \"18\" \"19\" \"20\" 21 \
                1970-01-01T00:00:22.000000Z \"23\" \"24\" \"25\" \"26\" \"27\" \"28\" \"29\" \
                TID_30303030303030303030303030303030 \"31\" \"32\" \"33\"";
    assert_eq!(entry.to_string(), line);
    assert_eq!(read(line).to_string(), line);
}

#[test]
fn quotes_and_backslashes_get_a_backslash_and_what_is_not_printable_becomes_hexadecimal() {
    let mut entry = entry();
    entry.request = Some("GET /\"\\ \r\n\0\t\u{7f}\u{e9} HTTP/1.1".into());
    entry.user_agent = Some(LogText::from(&b"\xff\" 200 \"x"[..]));
    let line = entry.to_string();
    let expected = r#" "GET /\"\\ \x0D\x0A\x00\x09\x7F\xC3\xA9 HTTP/1.1" "\xFF\" 200 \"x" "#;
    assert!(line.contains(expected), "{line}");
    let read = read(&line);
    assert_text(read.request, "GET /\"\\ \r\n\0\t\u{7f}\u{e9} HTTP/1.1");
    assert_text(read.user_agent, "\u{fffd}\" 200 \"x");
    let octets: Vec<u8> = read.user_agent.unwrap().bytes().collect();
    assert_eq!(octets, b"\xff\" 200 \"x");
    assert_eq!(
        (read.request, read.user_agent),
        (entry.request, entry.user_agent)
    );
    assert_eq!(read.to_string(), line);
}

#[test]
fn hexadecimal_is_read_in_either_case_and_printed_as_it_was() {
    let line = sample(0).replace("curl/7.46.0", r"\x1b\x1B\xC3\xa9 \x4 \xg1 \n \\x41 \");
    let line = line.replace(r#" \" "#, r#" \\" "#);
    let entry = read(&line);
    assert_text(
        entry.user_agent,
        "\u{1b}\u{1b}\u{e9} \\x4 \\xg1 \\n \\x41 \\",
    );
    assert_eq!(entry.to_string(), line);
}

#[test]
fn control_characters_that_were_read_are_not_printed() {
    let line = sample(0).replace("curl/7.46.0", "\u{1b}[2J\u{e9}");
    let printed = read(&line).to_string();
    assert!(printed.contains(" \"\\x1B[2J\u{e9}\" "), "{printed}");
    assert_eq!(read(&printed).user_agent, read(&line).user_agent);
}

#[test]
fn a_backslash_before_a_control_character_stays_one() {
    for (text, printed) in [
        ("\\\0", r"\\\x00"),
        ("\\\\\0", r"\\\x00"),
        ("\\\\\\\0", r"\\\\\x00"),
        ("\\x\0", r"\x\x00"),
    ] {
        let line = sample(0).replace("curl/7.46.0", text);
        let written = read(&line).to_string();
        assert!(written.contains(&format!(" \"{printed}\" ")), "{written}");
        assert_eq!(read(&written).user_agent, read(&line).user_agent);
    }
}

#[test]
fn broken_utf_8_becomes_replacement_characters_and_nothing_else_is_lost() {
    for octets in [
        &b"\xc3"[..],
        b"\xc3a\xc3\xa9",
        b"\xe2\x82a",
        b"\xe2\x82\xe2\x82\xac",
        b"\xf0\x9f\x94\x92\x80",
        b"\xff\xfe\xc3\xc3\xa9",
        b"a\xed\xa0\x80b",
    ] {
        let text = LogText::from(octets).to_string();
        let expected = String::from_utf8_lossy(octets);
        let others = |text: &str| text.replace('\u{fffd}', "");
        assert_eq!(others(&text), others(&expected), "{octets:x?}");
        assert_eq!(text.contains('\u{fffd}'), expected.contains('\u{fffd}'));
    }
}

#[test]
fn no_more_than_8_kib_of_a_user_agent_are_written() {
    let mut entry = entry();
    let long = "a".repeat(8193);
    entry.user_agent = Some(long.as_str().into());
    assert_eq!(
        read(&entry.to_string()).user_agent,
        Some(long[..8192].into())
    );
    entry.user_agent = Some(long[..8191].into());
    assert_eq!(read(&entry.to_string()).user_agent, entry.user_agent);
}

#[test]
fn text_cannot_break_out_of_a_bare_field() {
    let mut entry = AccessLogEntry::new("", time(1), "a b\"\n", ([203, 0, 113, 1], 1).into());
    entry.ssl_cipher = Some(" ");
    entry.ssl_protocol = Some("\u{7f}");
    entry.target_group_arn = Some("");
    let line = entry.to_string();
    assert!(line.starts_with("- 1970-01-01T00:00:01.000000Z a\\x20b\\x22\\x0A 203.0.113.1:1 "));
    assert!(line.contains(r#" \x20 \x7F - "-" "#), "{line}");
}

#[test]
fn what_a_field_cannot_hold_is_an_error_that_names_it() {
    for (number, name, wrong) in [
        (1, "type", "-"),
        (2, "time", "2018-07-02T22:23:00Z"),
        (4, "client:port", "192.168.131.39"),
        (4, "client:port", "2817"),
        (4, "client:port", "[192.168.131.39]:2817"),
        (4, "client:port", "-"),
        (5, "target:port", "10.0.0.1:65536"),
        (6, "request_processing_time", "-2"),
        (7, "target_processing_time", "1"),
        (8, "response_processing_time", "x"),
        (9, "elb_status_code", "20"),
        (9, "elb_status_code", "+20"),
        (10, "target_status_code", "2000"),
        (11, "received_bytes", "-"),
        (12, "sent_bytes", "-1"),
        (21, "matched_rule_priority", "+1"),
        (22, "request_creation_time", "0"),
        (30, "conn_trace_id", "TID_1234abcd5678ef9"),
        (30, "conn_trace_id", "TID_1234abcd5678ef9\u{e9}"),
    ] {
        let line = with_field(number, wrong);
        assert_eq!(
            error(&line),
            LogLineError::Field { number, name },
            "{wrong}"
        );
    }
    for (number, wrong) in [(13, "GET"), (14, "-"), (15, "\"-\""), (33, "\"")] {
        let line = with_field(number, wrong);
        assert_eq!(error(&line), LogLineError::Quotes { number }, "{wrong}");
    }
    assert_eq!(
        error("Enable AccessLog for ELB: app/gate/1"),
        LogLineError::Control
    );
}

#[test]
fn whatever_is_written_reads_back_the_same() {
    let mut random = Random::new(30);
    for _ in 0..500 {
        let texts: [Vec<u8>; 8] = core::array::from_fn(|_| {
            let length = random.below(12);
            random.bytes(length)
        });
        let text = |index: usize| Some(LogText::from(texts[index].as_slice()));
        let mut entry = entry();
        entry.request = text(0);
        entry.user_agent = text(1);
        entry.trace_id = text(2);
        entry.domain_name = text(3);
        entry.redirect_url = text(4);
        entry.classification = text(5);
        entry.transformed_uri = text(6);
        entry.request_transform_status = text(7);
        entry.sent_bytes = random.next_u64();
        let line = entry.to_string();
        assert!(line.bytes().all(|octet| matches!(octet, b' '..=b'~')));
        let read = read(&line);
        // A text that is a dash is none.
        let not_dash = |text: Option<LogText<'_>>| text.is_some_and(|it| it != "-".into());
        for (read, written) in [
            (read.request, entry.request),
            (read.user_agent, entry.user_agent),
            (read.trace_id, entry.trace_id),
            (read.domain_name, entry.domain_name),
            (read.redirect_url, entry.redirect_url),
            (read.classification, entry.classification),
            (read.transformed_uri, entry.transformed_uri),
            (
                read.request_transform_status,
                entry.request_transform_status,
            ),
        ] {
            assert!(read == written || !not_dash(written));
        }
        assert_eq!(read.sent_bytes, entry.sent_bytes);
        assert_eq!(read.to_string(), line);
    }
}

#[test]
fn no_line_makes_the_reader_panic() {
    let mut random = Random::new(4);
    for line in SAMPLES.lines() {
        for _ in 0..1000 {
            let mut octets = line.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(octets.len());
                octets[at] = *b" \"\\-:.Z0x[]\n\x7f"
                    .get(random.below(16))
                    .unwrap_or(&b'a');
            }
            let changed = String::from_utf8_lossy(&octets);
            if let Ok(entry) = AccessLogEntry::parse(&changed) {
                let printed = entry.to_string();
                assert_eq!(read(&printed).to_string(), printed);
            }
        }
    }
}

#[track_caller]
fn assert_text(text: Option<LogText<'_>>, expected: &str) {
    assert_eq!(text.map(|text| text.to_string()).as_deref(), Some(expected));
}

#[track_caller]
fn read(line: &str) -> AccessLogEntry<'_> {
    AccessLogEntry::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn error(line: &str) -> LogLineError {
    AccessLogEntry::parse(line).unwrap_err()
}

fn sample(index: usize) -> &'static str {
    SAMPLES.lines().nth(index).unwrap()
}

/// A documented line with one of its fields replaced.
fn with_field(number: usize, text: &str) -> String {
    let line = sample(0)
        .replace("GET http", "GET_http")
        .replace("/ HTTP", "/_HTTP");
    let mut fields: Vec<&str> = line.split(' ').collect();
    fields[number - 1] = text;
    fields.join(" ")
}

fn entry() -> AccessLogEntry<'static> {
    AccessLogEntry::new(
        "https",
        time(1),
        "app/gate/1",
        ([203, 0, 113, 1], 36280).into(),
    )
}

fn time(seconds: u64) -> LogTimestamp {
    LogTimestamp::since_unix_epoch(Duration::from_secs(seconds))
}

const SAMPLES: &str = include_str!("data/logs/access.log");
const SAMPLES_OF_2018: &str = include_str!("data/logs/access-2018.log");
