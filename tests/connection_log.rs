//! Lines of the connection log, written and read back.

use core::net::{IpAddr, Ipv6Addr};
use core::time::Duration;

use portcullis::{
    Certificate, ConnectionLogEntry, ConnectionLogFields, FailureReason, LogLineError,
    LogTimestamp, VerifyStatus,
};
use portcullis_fixtures::{Attribute, CertificateBuilder, Key, Name, Random};

#[test]
fn the_documented_and_the_real_lines_print_as_they_were_read() {
    let mut count = 0;
    for line in SAMPLES.lines().skip(1) {
        assert_eq!(read(line).to_string(), line);
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn the_documented_success_has_what_the_documentation_says() {
    let entry = read(sample(1));
    let timestamp = Duration::from_micros(1_696_439_115_514_108);
    assert_eq!(entry.timestamp.unix_time(), timestamp);
    assert_eq!(entry.client_ip, IpAddr::from([203, 0, 113, 1]));
    assert_eq!((entry.client_port, entry.listener_port), (36280, 443));
    assert_eq!(entry.tls_protocol, Some("TLSv1.2"));
    assert_eq!(entry.tls_cipher, Some("ECDHE-RSA-AES128-GCM-SHA256"));
    let latency = Some(Duration::from_millis(4036));
    assert_eq!(entry.tls_handshake_latency, latency);
    let leaf = entry.leaf.unwrap();
    assert_eq!(
        leaf.subject().to_string(),
        "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US"
    );
    let not_after = leaf.validity().unwrap().not_after();
    assert_eq!(not_after.to_string(), "2026-06-17T22:43:21Z");
    assert_eq!(leaf.serial().to_string(), "FEF257372D5C14D4");
    assert_eq!(entry.status, Some(VerifyStatus::Success));
    let id = entry.conn_trace_id.unwrap().to_string();
    assert_eq!(id, "TID_3180a73013c8ca4bac2f731159d4b0fe");
    assert_eq!(entry.fields, ConnectionLogFields::Twelve);
    assert_eq!(
        (entry.tls_keyexchange, entry.elb, entry.ip_address),
        (None, None, None)
    );
}

#[test]
fn the_documented_failure_has_no_latency_and_still_a_subject() {
    let entry = read(sample(2));
    assert_eq!(entry.tls_handshake_latency, None);
    assert!(entry.leaf.is_some());
    let untrusted = VerifyStatus::Failed(FailureReason::ClientCertUntrusted);
    assert_eq!(entry.status, Some(untrusted));
}

#[test]
fn a_line_without_mutual_tls_has_no_leaf_and_one_without_tls_no_status() {
    let tls = read(sample(3));
    assert!(tls.leaf.is_none());
    assert_eq!(tls.status, Some(VerifyStatus::Success));
    assert_eq!(tls.tls_keyexchange, Some("secp256r1"));
    assert_eq!(tls.elb, Some("app/tiles-617dd1df30/98e3a879de9d6b42"));
    assert_eq!(tls.ip_address, Some(IpAddr::from([203, 0, 113, 57])));
    assert_eq!(tls.fields, ConnectionLogFields::Fifteen);
    let plain = read(sample(4));
    assert_eq!((plain.tls_protocol, plain.tls_cipher), (None, None));
    assert_eq!(plain.status, None);
    assert!(plain.conn_trace_id.is_some());
}

#[test]
fn an_entry_is_written_with_12_13_or_15_fields() {
    let der = std::fs::read("tests/data/leaf.der").unwrap();
    let certificate = Certificate::parse(&der).unwrap();
    let mut entry = ConnectionLogEntry::new(time(1_794_700_800, 7), client(), 36280, 443);
    entry.tls_protocol = Some("TLSv1.3");
    entry.tls_cipher = Some("TLS_AES_128_GCM_SHA256");
    entry.tls_handshake_latency = Some(Duration::from_micros(12_999));
    entry.leaf = Some((&certificate).into());
    entry.status = Some(VerifyStatus::Success);
    entry.conn_trace_id = Some("TID_0123456789abcdef0123456789abcdef".parse().unwrap());
    entry.tls_keyexchange = Some("x25519");
    entry.elb = Some("app/gate/1");
    entry.ip_address = Some(IpAddr::from([192, 0, 2, 1]));
    // The validity and serial as `openssl x509 -noout -dates -serial` has them.
    let eleven = "2026-11-15T00:00:00.000007Z 203.0.113.1 36280 443 TLSv1.3 \
                  TLS_AES_128_GCM_SHA256 0.012 \
                  \"CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP\" \
                  NotBefore=2026-11-24T12:48:47Z;NotAfter=2027-11-24T12:48:47Z \
                  43087FFBAEB66004 Success";
    let twelve = format!("{eleven} TID_0123456789abcdef0123456789abcdef");
    let thirteen = format!("{twelve} x25519");
    let fifteen = format!("{thirteen} app/gate/1 192.0.2.1");
    assert_eq!(entry.to_string(), fifteen);
    for (fields, expected) in [
        (ConnectionLogFields::Eleven, eleven),
        (ConnectionLogFields::Twelve, &twelve),
        (ConnectionLogFields::Thirteen, &thirteen),
        (ConnectionLogFields::Fifteen, &fifteen),
    ] {
        entry.fields = fields;
        assert_eq!(entry.to_string(), expected);
        let read = read(expected);
        assert_eq!(read.fields, fields);
        assert_eq!(read.to_string(), expected);
    }
}

#[test]
fn what_an_entry_does_not_say_is_written_as_a_dash() {
    let entry = ConnectionLogEntry::new(time(0, 0), Ipv6Addr::LOCALHOST.into(), 1, 80);
    let line = "1970-01-01T00:00:00.000000Z ::1 1 80 - - - \"-\" - - - - - - -";
    assert_eq!(entry.to_string(), line);
    assert_eq!(read(line).to_string(), line);
}

#[test]
fn a_time_is_cut_to_microseconds_and_kept_within_the_year_9999() {
    let cut = LogTimestamp::since_unix_epoch(Duration::new(1, 999_999_999));
    assert_eq!(cut.to_string(), "1970-01-01T00:00:01.999999Z");
    let last = "9999-12-31T23:59:59.999999Z";
    assert_eq!(time(253_402_300_799, 999_999).to_string(), last);
    assert_eq!(time(253_402_300_800, 0).to_string(), last);
    assert_eq!(
        LogTimestamp::since_unix_epoch(Duration::MAX).to_string(),
        last
    );
}

#[test]
fn quotes_round_the_status_are_read_and_stay() {
    let line = sample(2).replace(
        "Failed:ClientCertUntrusted",
        "\"Failed:ClientCertUntrusted\"",
    );
    let entry = read(&line);
    let untrusted = VerifyStatus::Failed(FailureReason::ClientCertUntrusted);
    assert_eq!(entry.status, Some(untrusted));
    assert_eq!(entry.to_string(), line);
}

#[test]
fn fields_that_are_not_known_yet_are_kept_as_they_are() {
    let line = format!("{} new \"a \\\" b\" ", sample(3));
    let entry = read(line.trim_end());
    assert_eq!(entry.further_fields(), Some("new \"a \\\" b\""));
    assert_eq!(entry.to_string(), line.trim_end());
}

#[test]
fn a_line_break_at_the_end_is_passed_over_and_none_within_is() {
    for end in ["\n", "\r\n"] {
        assert_eq!(read(&format!("{}{end}", sample(1))).to_string(), sample(1));
    }
    for within in ["\n", "\r", "\r\n"] {
        let line = sample(1).replacen(' ', within, 1);
        assert_eq!(error(&line), LogLineError::LineBreak);
    }
    assert_eq!(error("\n"), LogLineError::Empty);
    assert_eq!(error(""), LogLineError::Empty);
}

#[test]
fn a_line_about_the_log_itself_is_no_entry_and_has_its_own_error() {
    assert_eq!(error(sample(0)), LogLineError::Control);
    assert_eq!(error("Enable ConnectionLog for ELB"), LogLineError::Control);
}

#[test]
fn eleven_fields_are_enough_and_ten_are_not() {
    let fields: Vec<&str> = sample(1).split(' ').collect();
    let eleven = read(&fields[..11].join(" ")).fields;
    assert_eq!(eleven, ConnectionLogFields::Eleven);
    for count in 1..11 {
        let needed = 11;
        let found = count;
        assert_eq!(
            error(&fields[..count].join(" ")),
            LogLineError::TooFewFields { found, needed }
        );
    }
}

#[test]
fn what_a_field_cannot_hold_is_an_error_that_names_it() {
    for (number, name, wrong) in [
        (1, "timestamp", "2023-10-04T17:05:15Z"),
        (1, "timestamp", "2023-10-04T17:05:15.51410Z"),
        (1, "timestamp", "2023-10-04T17:05:15.+14108Z"),
        (1, "timestamp", "2023-10-04T17:05:15.514108"),
        (1, "timestamp", "2023-02-30T17:05:15.514108Z"),
        (1, "timestamp", "1969-12-31T23:59:59.999999Z"),
        (1, "timestamp", "-"),
        (2, "client_ip", "203.0.113.256"),
        (2, "client_ip", "-"),
        (3, "client_port", "65536"),
        (3, "client_port", "+1"),
        (4, "listener_port", "https"),
        (7, "tls_handshake_latency", "4"),
        (7, "tls_handshake_latency", "-1"),
        (7, "tls_handshake_latency", "4.0000000001"),
        (7, "tls_handshake_latency", "99999999999999999999.000"),
        (
            9,
            "leaf_client_cert_validity",
            "NotBefore=2023-09-21T22:43:21Z",
        ),
        (
            9,
            "leaf_client_cert_validity",
            "NotBefore=2023-09-21T22:43:21;NotAfter=2026-06-17T22:43:21Z",
        ),
        (11, "tls_verify_status", "success"),
        (11, "tls_verify_status", "Failed:ClientCertRevoked"),
        (12, "conn_trace_id", "TID_3180A73013C8CA4BAC2F731159D4B0FE"),
        (12, "conn_trace_id", "TID_3180a73013c8ca4bac2f731159d4b0f"),
        (12, "conn_trace_id", "3180a73013c8ca4bac2f731159d4b0fe"),
        (15, "ip_address", "nowhere"),
    ] {
        let line = with_field(number, wrong);
        assert_eq!(
            error(&line),
            LogLineError::Field { number, name },
            "{wrong}"
        );
    }
    let (number, name) = (6, "tls_cipher");
    let empty = sample(1).replace("TLSv1.2 ", "TLSv1.2  ");
    assert_eq!(error(&empty), LogLineError::Field { number, name });
    let two_spaces = sample(1).replacen(' ', "  ", 1);
    let name = "client_ip";
    assert_eq!(error(&two_spaces), LogLineError::Field { number: 2, name });
}

#[test]
fn quotes_in_the_wrong_place_are_an_error_that_names_the_field() {
    for (number, wrong) in [
        (2, "\"203.0.113.1\""),
        (5, "TLS\"v1.2"),
        (8, "CN=a"),
        (8, "\"CN=a"),
        (8, "\"CN=a\"b"),
        (8, "\"CN=a\\\""),
        (14, "\"app/gate/1\""),
    ] {
        let line = with_field(number, wrong);
        assert_eq!(error(&line), LogLineError::Quotes { number }, "{wrong}");
    }
}

#[test]
fn a_subject_with_quotes_backslashes_and_spaces_stays_in_its_field() {
    let subject = Name::new()
        .common_name("a\" - - Success \\\" x\\")
        .organization(" \n");
    let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).subject(subject);
    let leaf = leaf.sign_by(Key::p256(1));
    let leaf = Certificate::parse(leaf.der()).unwrap();
    let mut entry = ConnectionLogEntry::new(time(1, 0), client(), 1, 443);
    entry.leaf = Some((&leaf).into());
    let line = entry.to_string();
    // RFC 2253: `"` and `\` have a backslash before them.
    let expected = r#""O=\ \0A,CN=a\" - - Success \\\" x\\""#;
    assert!(line.contains(expected), "{line}");
    let entry = read(&line);
    assert_eq!(
        entry.leaf.unwrap().subject().to_string(),
        leaf.subject().to_string()
    );
    assert_eq!(entry.status, None);
    assert_eq!(entry.to_string(), line);
}

#[test]
fn text_cannot_break_out_of_a_bare_field() {
    let mut entry = ConnectionLogEntry::new(time(1, 0), client(), 1, 443);
    entry.tls_protocol = Some("TLSv1.3 \"x\"");
    entry.tls_cipher = Some("a\r\nb");
    entry.tls_keyexchange = Some("");
    entry.elb = Some("app/\u{1b}[2J\u{e9}");
    let line = entry.to_string();
    let expected = r#" TLSv1.3\x20\x22x\x22 a\x0D\x0Ab - "-" - - - - - app/\x1B[2J\xC3\xA9 -"#;
    assert!(line.ends_with(expected), "{line}");
    assert_eq!(read(&line).to_string(), line);
}

#[test]
fn control_characters_that_were_read_are_not_printed() {
    let line = format!(
        "{} \u{1b}[2J",
        sample(3)
            .replace("\"-\"", "\"CN=a\u{1b}\u{7}\"")
            .replace("secp256r1", "\u{1b}c")
    );
    let printed = read(&line).to_string();
    assert!(!printed.contains(char::is_control), "{printed:?}");
    assert_eq!(read(&printed).to_string(), printed);
}

#[test]
fn whatever_is_written_reads_back_the_same() {
    let mut random = Random::new(12);
    for _ in 0..300 {
        let mut subject = Name::new();
        for oid in ["2.5.4.3", "2.5.4.10", "1.2.3.4"]
            .into_iter()
            .take(random.below(4))
        {
            subject = subject.attribute(Attribute::utf8(oid, &text(&mut random)));
        }
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).subject(subject);
        let leaf = leaf.bad_signature().sign_by(Key::p256(1));
        let leaf = Certificate::parse(leaf.der()).unwrap();
        let texts = [0; 4].map(|_| text(&mut random));
        let text = |random: &mut Random, index: usize| {
            (!random.one_in(4)).then_some(texts[index].as_str())
        };
        let mut entry = ConnectionLogEntry::new(
            time(random.next_u64() >> 27, 0),
            <[u8; 16]>::try_from(random.bytes(16)).unwrap().into(),
            1,
            65535,
        );
        entry.tls_protocol = text(&mut random, 0);
        entry.tls_cipher = text(&mut random, 1);
        entry.tls_keyexchange = text(&mut random, 2);
        entry.elb = text(&mut random, 3);
        entry.leaf = (!random.one_in(4)).then(|| (&leaf).into());
        let failed = FailureReason::ALL[random.below(13)];
        entry.status = (!random.one_in(4)).then_some(VerifyStatus::Failed(failed));
        let line = entry.to_string();
        assert!(line.bytes().all(|octet| matches!(octet, b' '..=b'~')));
        let read = read(&line);
        assert_eq!(read.to_string(), line);
        assert_eq!(read.timestamp, entry.timestamp);
        assert_eq!(read.client_ip, entry.client_ip);
        assert_eq!(read.status, entry.status);
        let subjects = [read, entry].map(|it| it.leaf.map(|leaf| leaf.subject().to_string()));
        assert_eq!(subjects[0], subjects[1]);
        assert_eq!(read.further_fields(), None);
    }
}

#[test]
fn no_line_makes_the_reader_panic() {
    let mut random = Random::new(3);
    for line in SAMPLES.lines() {
        for _ in 0..2000 {
            let mut octets = line.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(octets.len());
                octets[at] = *b" \"\\-:.Z0=;\n\x7f".get(random.below(16)).unwrap_or(&b'x');
            }
            let changed = String::from_utf8_lossy(&octets);
            if let Ok(entry) = ConnectionLogEntry::parse(&changed) {
                let printed = entry.to_string();
                assert_eq!(read(&printed).to_string(), printed);
            }
        }
    }
}

#[track_caller]
fn read(line: &str) -> ConnectionLogEntry<'_> {
    ConnectionLogEntry::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn error(line: &str) -> LogLineError {
    ConnectionLogEntry::parse(line).unwrap_err()
}

fn sample(index: usize) -> &'static str {
    SAMPLES.lines().nth(index).unwrap()
}

/// A line of 15 fields with one of them replaced. No field of it has a space within.
fn with_field(number: usize, text: &str) -> String {
    let line = sample(3).replace("\"-\"", "\"CN=a\"");
    let mut fields: Vec<&str> = line.split(' ').collect();
    fields[number - 1] = text;
    fields.join(" ")
}

/// Up to eight characters, most of which mean something somewhere.
fn text(random: &mut Random) -> String {
    const CHARACTERS: [char; 16] = [
        ' ',
        '"',
        '\\',
        ',',
        '+',
        '=',
        '#',
        '\n',
        '\r',
        '\0',
        '\u{7f}',
        '-',
        'a',
        '%',
        '\u{e9}',
        '\u{1f512}',
    ];
    (0..random.below(9))
        .map(|_| CHARACTERS[random.below(16)])
        .collect()
}

fn time(seconds: u64, micros: u32) -> LogTimestamp {
    LogTimestamp::since_unix_epoch(Duration::new(seconds, micros * 1000))
}

fn client() -> IpAddr {
    IpAddr::from([203, 0, 113, 1])
}

const SAMPLES: &str = include_str!("data/logs/connection.log");
