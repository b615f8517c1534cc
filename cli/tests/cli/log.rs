//! `log`: sums and explanations of ALB's logs.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::run::{Run, Scratch, logs, portcullis, portcullis_reading, read};
use crate::schema::check;

#[test]
fn connections_are_summed_up_by_verdict_and_subject_with_their_requests() {
    let scratch = Scratch::new();
    let connections = scratch.file("connections", CONNECTIONS);
    let requests = scratch.file("requests", requests());
    let run = portcullis(["log", &connections, &requests]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(
        run.stdout,
        format!(
            "\
{connections}: 4 connections, 0 requests
{requests}: 0 connections, 14 requests
connections  4
requests     14
time         2026-11-24T10:00:00.000000Z to 2026-11-24T11:00:00.000000Z
handshakes   median 0.010 s, 99% within 0.300 s, longest 0.300 s, of 3

connections    requests  verdict
          3          13  Success
          1           0  Failed:ClientCertExpired

             requests  response
                   13  200
                    1  403

connections    requests  subject (2 of 2)
          3          12  CN=a\\,\\\"b\\\",O=\\00
                         1 Failed:ClientCertExpired
          1           1  CN=c

connections  with requests
          2  none
          1  1
          0  2 to 10
          1  more

   requests  connection
         12  TID_00000000000000000000000000000001 2026-11-24T10:00:00.000000Z 203.0.113.1 Success
             CN=a\\,\\\"b\\\",O=\\00
          1  TID_00000000000000000000000000000003 2026-11-24T10:00:02.000000Z 2001:db8::3 Success
             CN=c

note: 1 requests are of connections that are in none of these files
"
        )
    );
}

#[test]
fn the_same_sums_are_in_the_json() {
    let scratch = Scratch::new();
    let connections = scratch.file("connections", CONNECTIONS);
    let requests = scratch.file("requests", requests());
    let run = portcullis([
        "log",
        "--format",
        "json",
        "--top",
        "1",
        &connections,
        &requests,
    ]);
    let answer = check("log", &run.stdout);
    assert_eq!((answer["connections"].as_u64(), run.code), (Some(4), 0));
    assert_eq!(
        answer["statuses"],
        json!([
            {"status": "Success", "connections": 3, "requests": 13},
            {"status": "Failed:ClientCertExpired", "connections": 1, "requests": 0},
        ])
    );
    assert_eq!(
        answer["subjects"],
        json!([{
            "subject": "CN=a\\,\\\"b\\\",O=\\00",
            "connections": 3,
            "requests": 12,
            "statuses": {"Success": 2, "Failed:ClientCertExpired": 1},
        }])
    );
    assert_eq!(answer["subject_count"], 2);
    assert_eq!(answer["busiest"].as_array().map(Vec::len), Some(1));
    assert_eq!(answer["busiest"][0]["requests"], 12);
    assert_eq!(answer["requests_without_connection"], 1);
    assert_eq!(
        answer["requests_per_connection"],
        json!({"none": 2, "one": 1, "two_to_ten": 0, "more": 1})
    );
    assert_eq!(
        answer["handshake_latency"],
        json!({"count": 3, "median_ms": 10, "p99_ms": 300, "max_ms": 300})
    );
}

#[test]
fn aws_s_documented_lines_are_summed_up() {
    let files = ["connection.log", "access.log", "access-2018.log"].map(logs);
    let run = portcullis(
        ["log", "--format", "json"]
            .into_iter()
            .chain(files.iter().map(|it| &**it)),
    );
    let answer = check("log", &run.stdout);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(answer["files"][0]["control"], 1);
    assert_eq!(
        (&answer["connections"], &answer["requests"]),
        (&json!(4), &json!(14))
    );
    // All of the documented requests have one and the same identifier.
    assert_eq!(answer["requests_without_connection"], 7);
    assert_eq!(
        answer["without_trace_id"],
        json!({"connections": 0, "requests": 7})
    );
    assert_eq!(answer["from"], "2018-07-02T22:23:00.186641Z");
    assert_eq!(answer["to"], "2026-09-23T07:11:32.882572Z");
}

#[test]
fn gzip_is_told_by_content_and_standard_input_may_be_either() {
    let scratch = Scratch::new();
    let plain = read(&logs("connection.log"));
    // Two members, the first of which ends within a line.
    let (one, other) = plain.split_at(300);
    let packed = [gzip(one), gzip(other)].concat();
    let named_plain = scratch.file("connection.log", &packed);
    let named_gzip = scratch.file("connection.log.gz", &plain);
    for (run, packing) in [
        (json_of(&[&named_plain], b""), "gzip"),
        (json_of(&[&named_gzip], b""), "plain"),
        (json_of(&["-"], &packed), "gzip"),
        (json_of(&["-"], &plain), "plain"),
    ] {
        assert_eq!(run["files"][0]["packing"], packing);
        assert_eq!(run["connections"], 4);
    }
}

#[test]
fn lines_that_cannot_be_read_are_counted_and_five_are_named() {
    let scratch = Scratch::new();
    let file = scratch.file(
        "a.log",
        format!("x\n\n{CONNECTIONS}2026 y\n{}", "z\n".repeat(5)),
    );
    let run = portcullis(["log", &file]);
    assert_eq!(run.code, 1);
    let told: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(told.len(), 6, "{told:?}");
    let first = format!("portcullis: {file}:1: there are 1 fields; at least 18 are needed");
    assert_eq!(told[0], first);
    let second = format!("portcullis: {file}:7: there are 2 fields; at least 11 are needed");
    assert_eq!(told[1], second);
    assert_eq!(told[5], "portcullis: 2 more lines can't be read");
    assert!(run.stdout.starts_with(&format!(
        "{file}: 4 connections, 0 requests, 7 lines unreadable\n"
    )));
}

#[test]
fn a_malformed_field_is_named_by_number_and_name() {
    let line = CONNECTIONS.lines().next().expect("a line");
    let run = portcullis_reading(["log", "-"], line.replace("Success", "Succes").as_bytes());
    assert_eq!(run.code, 1);
    let told = "portcullis: -:1: field 11, tls_verify_status, is malformed\n";
    assert_eq!(run.stderr, told);
}

#[test]
fn a_file_that_cannot_be_used_does_not_keep_the_others_from_being_summed_up() {
    let scratch = Scratch::new();
    let good = scratch.file("good", CONNECTIONS);
    let missing = scratch.path("missing").display().to_string();
    let packed = gzip(&CONNECTIONS.repeat(2000).into_bytes());
    let cut = scratch.file("cut", &packed[..packed.len() - 9]);
    let folder = scratch.path("").display().to_string();
    for broken in [&missing, &cut, &folder] {
        let run = portcullis(["log", "--format", "json", broken, &good]);
        assert_eq!(run.code, 2, "{run:?}");
        let told = run
            .stderr
            .strip_prefix("portcullis: ")
            .expect("a complaint");
        assert!(told.starts_with(broken.as_str()), "{told}");
        assert_eq!(told.lines().count(), 1);
        let answer = check("log", &run.stdout);
        assert!(answer["connections"].as_u64() >= Some(4), "{broken}");
    }
}

#[test]
fn a_line_without_end_is_passed_over_and_the_next_is_read() {
    let endless = [vec![b'2'; 1 << 20], b"\n".to_vec(), CONNECTIONS.into()].concat();
    let run = portcullis_reading(["log", "-", "--format", "json"], &gzip(&endless));
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        "portcullis: -:1: the line is longer than 256 KiB\n"
    );
    assert_eq!(check("log", &run.stdout)["connections"], 4);
}

#[test]
fn a_connection_is_explained_with_its_requests() {
    let scratch = Scratch::new();
    let connections = scratch.file("connections", CONNECTIONS);
    let requests = scratch.file("requests", requests());
    let id = "TID_00000000000000000000000000000003";
    let run = portcullis(["log", "--explain", id, &requests, &connections]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let (request, connection) = run.stdout.split_once("\n\n").expect("two lines");
    assert!(request.starts_with(&format!("{requests}:13: request\n   1  type  ")));
    assert!(
        request.contains("  30  conn_trace_id                  TID_0"),
        "{request}"
    );
    assert!(connection.starts_with(&format!("{connections}:3: connection\n   1  timestamp ")));
    let subject =
        "\n   8  leaf_client_cert_subject       CN=c  (whom the client's certificate is for)\n";
    assert!(connection.contains(subject), "{connection}");
    assert!(
        connection.ends_with("trust store, and it may pass.\n"),
        "{connection}"
    );
}

#[test]
fn a_line_is_explained_by_its_number_with_what_to_do() {
    let run = portcullis_reading(["log", "--explain", "2", "-"], CONNECTIONS.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let end = "means   The client's certificate was not valid any more: it had expired at \
               2026-11-20T00:00:00Z.\n\
               remedy  Have the certificate that has expired renewed: the client's, or a CA's in \
               the trust store or sent by the client.\n";
    assert!(run.stdout.ends_with(end), "{}", run.stdout);
    // The same verdict before that time is about a CA.
    let earlier = CONNECTIONS.replace("2026-11-24T10:00:01", "2026-11-19T10:00:01");
    let run = portcullis_reading(["log", "--explain", "2", "-"], earlier.as_bytes());
    let means = "means   A CA on the path was not valid any more; the client's own certificate \
                 was, until 2026-11-20T00:00:00Z.\n";
    assert!(run.stdout.contains(means), "{}", run.stdout);
}

#[test]
fn the_fields_are_in_the_json_unescaped() {
    let request = requests().lines().nth(12).expect("a line").to_owned();
    let arguments = ["log", "--explain", "1", "--format", "json", "-"];
    let run = portcullis_reading(arguments, request.as_bytes());
    let answer = check("log", &run.stdout);
    let line = &answer["lines"][0];
    assert_eq!(
        (&line["kind"], &line["line"]),
        (&json!("request"), &json!(1))
    );
    assert_eq!(line["fields"].as_array().map(Vec::len), Some(33));
    let value = |number: usize| &line["fields"][number - 1]["value"];
    assert_eq!(*value(13), json!("GET https://a/\" HTTP/2.0"));
    assert_eq!(*value(14), json!("\u{1b}[2J\\\u{e9}"));
    assert_eq!(
        (value(5), value(6), value(9)),
        (&Value::Null, &Value::Null, &json!("403"))
    );
    assert_eq!(line["meaning"], Value::Null);
}

#[test]
fn control_characters_of_a_line_do_not_reach_the_terminal() {
    let hostile = requests()
        .replace("\\x1b", "\u{1b}")
        .replace("app/a/1", "app/\u{9b}\u{202e}");
    let connections = CONNECTIONS.replace("CN=c", "CN=\u{1b}]0;c\u{7}");
    for arguments in [&["log", "-"][..], &["log", "--explain", "17", "-"]] {
        let run = portcullis_reading(
            arguments,
            format!("{connections}{hostile}\u{1b}x y\n").as_bytes(),
        );
        for text in [run.stdout, run.stderr] {
            let is_plain = |it: char| it == '\n' || !(it.is_control() || it == '\u{202e}');
            assert!(text.chars().all(is_plain), "{text:?}");
        }
    }
}

#[test]
fn what_is_not_there_cannot_be_explained() {
    for (wanted, told) in [
        ("9", "portcullis: line 9: there is nothing to explain\n"),
        (
            "TID_ffffffffffffffffffffffffffffffff",
            "portcullis: TID_ffffffffffffffffffffffffffffffff: there is nothing to explain\n",
        ),
    ] {
        let run = portcullis_reading(["log", "--explain", wanted, "-"], CONNECTIONS.as_bytes());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        assert_eq!(run.stderr, told);
    }
}

#[test]
fn a_line_number_is_for_one_file_and_starts_at_1() {
    let file = logs("access.log");
    let run = portcullis(["log", "--explain", "1", &file, &file]);
    assert!(
        run.complaint()
            .starts_with("--explain: a line number is for one file")
    );
    for wrong in [
        "0",
        "-1",
        "x",
        "TID_12",
        "TID_0000000000000000000000000000000G",
    ] {
        let run = portcullis(["log", &format!("--explain={wrong}"), &file]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{wrong}");
        assert!(
            run.stderr.contains("TID_ and 32 lower hexadecimal"),
            "{}",
            run.stderr
        );
    }
    let twice = portcullis(["log", "-", "-"]);
    assert_eq!(twice.complaint(), "-: standard input can be read only once");
}

#[test]
fn of_a_connection_100_lines_are_explained_and_the_others_counted() {
    let requests = requests()
        .lines()
        .next()
        .map(|line| format!("{line}\n").repeat(103));
    let id = "TID_00000000000000000000000000000001";
    let arguments = ["log", "--explain", id, "--format", "json", "-"];
    let run = portcullis_reading(arguments, requests.expect("a line").as_bytes());
    let answer = check("log", &run.stdout);
    assert_eq!(answer["lines"].as_array().map(Vec::len), Some(100));
    assert_eq!(answer["lines_left_out"], 3);
}

fn json_of(files: &[&str], stdin: &[u8]) -> Value {
    let arguments = ["log", "--format", "json"].iter().chain(files);
    let Run {
        code,
        stdout,
        stderr,
    } = portcullis_reading(arguments, stdin);
    assert_eq!((code, stderr.as_str()), (0, ""));
    check("log", &stdout)
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// Twelve requests over the first connection, one over the third, one over none of them.
fn requests() -> String {
    let request = |id: u8, status: u16, request: &str, user_agent: &str| {
        format!(
            "h2 2026-11-24T11:00:00.000000Z app/a/1 203.0.113.1:5 - -1 -1 -1 {status} - 1 2 \
             \"{request}\" \"{user_agent}\" X TLSv1.3 - \"-\" \"-\" \"-\" 0 \
             2026-11-24T11:00:00.000000Z \"fixed-response\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" \
             TID_{id:032x} \"-\" \"-\" \"-\"\n"
        )
    };
    [
        request(1, 200, "GET https://a/ HTTP/2.0", "curl").repeat(12),
        request(3, 403, r#"GET https://a/\" HTTP/2.0"#, r"\x1b[2J\\\xC3\xA9"),
        request(9, 200, "-", "-"),
    ]
    .concat()
}

const CONNECTIONS: &str = r#"2026-11-24T10:00:00.000000Z 203.0.113.1 5 443 TLSv1.3 X 0.010 "CN=a\,\"b\",O=\00" NotBefore=2026-01-01T00:00:00Z;NotAfter=2027-01-01T00:00:00Z 02 Success TID_00000000000000000000000000000001
2026-11-24T10:00:01.000000Z 203.0.113.2 6 443 TLSv1.3 X - "CN=a\,\"b\",O=\00" NotBefore=2026-01-01T00:00:00Z;NotAfter=2026-11-20T00:00:00Z 03 "Failed:ClientCertExpired" TID_00000000000000000000000000000002
2026-11-24T10:00:02.000000Z 2001:db8::3 7 443 TLSv1.3 X 0.300 "CN=c" NotBefore=2026-01-01T00:00:00Z;NotAfter=2027-01-01T00:00:00Z 04 Success TID_00000000000000000000000000000003 x25519 app/a/1 192.0.2.1
2026-11-24T10:00:03.000000Z 203.0.113.1 8 443 TLSv1.2 X 0.001 "CN=a\,\"b\",O=\00" NotBefore=2026-01-01T00:00:00Z;NotAfter=2027-01-01T00:00:00Z 02 Success TID_00000000000000000000000000000004 x25519 app/a/1 192.0.2.1
"#;
