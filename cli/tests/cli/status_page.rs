//! The status page of `portcullis serve`.

mod auth;
mod exposition;
mod listener;

use std::fs;
use std::io::{ErrorKind, Read, Write};

use portcullis_fixtures::{Certificate, CertificateBuilder, CrlBuilder, DAY, Key, NOW, Name};
use serde_json::Value;

use self::exposition::Exposition;
use self::listener::Listener;
use crate::run::{Scratch, pki, portcullis};
use crate::schema::check;

/// [`NOW`].
const TIME: &str = "2027-01-15T08:00:00Z";

fn of_repository() -> Listener {
    Listener::start(["--trust-store", &pki("bundle.pem")])
}

#[test]
fn at_first_the_page_says_that_nothing_has_happened() {
    let listener = of_repository();
    let page = listener.get("/");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(
        page.header("content-security-policy"),
        Some(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.body.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    for nothing in ["<script", "http-equiv", "src=", "url(", "@import"] {
        assert!(!page.body.contains(nothing), "{nothing}");
    }
    let text = page.text();
    for sentence in [
        "No handshake has ended yet.",
        "No client has been refused.",
        "There are none: nothing is revoked.",
        "verify: clients must present a certificate that passes",
        "CN=Root A,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP",
        "not affiliated with Amazon Web Services",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    assert!(!text.contains("Warning"), "{text}");
    for link in ["href=\"/status.json\"", "href=\"/metrics\""] {
        assert!(page.body.contains(link), "{link}");
    }
    let status = check("status", &listener.get("/status.json").body);
    assert_eq!(status["mode"], "verify");
    assert_eq!(status["judged_as_of"], Value::Null);
    assert_eq!(status["refusals"], Value::Array(Vec::new()));
    assert_eq!(status["verdicts"][0]["status"], "Success");
    assert_eq!(status["verdicts"].as_array().map(Vec::len), Some(14));
}

#[test]
fn refused_clients_are_shown_with_reason_and_remedy_and_counted() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("Root A", Key::p256(0));
    let good = Certificate::leaf("Good", Key::p256(1), &ca);
    let stranger = Certificate::leaf(
        "Stranger",
        Key::p256(2),
        &Certificate::ca("Root B", Key::p256(3)),
    );
    let listener = Listener::start([
        "--time",
        TIME,
        "--trust-store",
        &scratch.file("store.pem", ca.to_pem()),
    ]);
    assert!(listener.talk(&good));
    assert!(!listener.talk(&stranger));
    listener.talk_in_the_clear();

    let status = check("status", &listener.get("/status.json").body);
    let refusals = status["refusals"].as_array().expect("a list");
    assert_eq!(refusals.len(), 2, "{status}");
    assert_eq!(refusals[0]["status"], "Failed:UnmappedConnectionError");
    assert_eq!(
        refusals[0]["explanation"],
        "What the client sent is not TLS: InvalidContentType."
    );
    assert_eq!(refusals[0]["subject"], Value::Null);
    assert_eq!(refusals[0]["protocol"], Value::Null);
    assert_eq!(refusals[1]["status"], "Failed:ClientCertUntrusted");
    assert_eq!(refusals[1]["subject"], "CN=Stranger");
    assert_eq!(refusals[1]["protocol"], "TLSv1.3");
    assert_eq!(status["judged_as_of"], TIME);

    let text = listener.get("/").text();
    for field in ["client", "conn_trace_id", "status", "explanation", "remedy"] {
        let value = refusals[1][field].as_str().expect("a text");
        assert!(text.contains(value), "{value}: {text}");
    }
    for sentence in [
        "Success133.3%",
        "Failed:ClientCertUntrusted133.3%",
        "Not so far: 11 other statuses",
        "No certificate that can be read",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    assert!(!text.contains("No client has been refused."));

    let metrics = Exposition::parse(&listener.get("/metrics").body);
    let verdicts = "portcullis_verdicts_total";
    assert_eq!(metrics.count(verdicts), 14);
    for (status, count) in [
        ("Success", 1.0),
        ("Failed:ClientCertUntrusted", 1.0),
        ("Failed:UnmappedConnectionError", 1.0),
        ("Failed:ClientCertExpired", 0.0),
    ] {
        assert_eq!(metrics.value(verdicts, &[("status", status)]), Some(count));
    }
    assert_eq!(metrics.value("portcullis_requests_total", &[]), Some(1.0));
}

#[test]
fn only_the_last_50_refusals_are_kept_and_ten_are_unfolded() {
    let listener = of_repository();
    for _ in 0..51 {
        listener.talk_in_the_clear();
    }
    let page = listener.get("/");
    assert_eq!(page.body.matches("<article>").count(), 50);
    let (unfolded, _) = page.body.split_once("40 more refusals").expect("the rest");
    assert_eq!(unfolded.matches("<article>").count(), 10);
}

#[test]
fn markup_and_marks_in_names_are_shown_and_do_nothing() {
    let scratch = Scratch::new();
    let name = Name::new().common_name("<script>alert(1)</script>\"&");
    let ca = Certificate::ca(name, Key::p256(0));
    let client = Certificate::leaf(
        Name::new().common_name("<img src=x onerror=alert(1)>"),
        Key::p256(1),
        &Certificate::ca("Other", Key::p256(2)),
    );
    let list = CrlBuilder::new().revoke([7]).issued_by(&ca);
    let file = scratch.file("\u{202e}\"<b>\n\u{200b}\\é.crl", list.to_pem());
    let listener = Listener::start([
        "--time",
        TIME,
        "--trust-store",
        &scratch.file("store.pem", ca.to_pem()),
        "--crl",
        &file,
    ]);
    assert!(!listener.talk(&client));

    // RFC 2253 puts a backslash before some of them.
    let subject = r#"CN=\<script\>alert(1)\</script\>\"&"#;
    let page = listener.get("/");
    for tag in ["<script", "<img", "<b>"] {
        assert!(!page.body.contains(tag), "{tag}");
    }
    assert!(
        page.body
            .contains(r"CN=\&lt;script\&gt;alert(1)\&lt;/script\&gt;\&quot;&amp;")
    );
    assert!(!page.body.contains(['\u{202e}', '\u{200b}']));
    let text = page.text();
    let shown = r#"/\u{202e}"<b>\n\u{200b}\é.crl"#;
    for name in [subject, r"CN=\<img src=x onerror=alert(1)\>", shown] {
        assert!(text.contains(name), "{name}: {text}");
    }

    let json = listener.get("/status.json").body;
    assert!(json.is_ascii());
    let status = check("status", &json);
    assert_eq!(status["trust_store"]["cas"][0]["subject"], subject);
    assert_eq!(status["trust_store"]["crls"][0]["file"], file);

    let metrics = Exposition::parse(&listener.get("/metrics").body);
    let serial = status["trust_store"]["cas"][0]["serial"]
        .as_str()
        .expect("a serial");
    assert_eq!(
        metrics.value(
            "portcullis_ca_not_after_timestamp_seconds",
            &[("subject", subject), ("serial", serial)]
        ),
        Some((NOW + 365 * DAY) as f64)
    );
    let (folder, _) = file.rsplit_once('/').expect("a folder");
    assert_eq!(
        metrics.value(
            "portcullis_crl_entries",
            &[("issuer", subject), ("file", &format!("{folder}{shown}"))]
        ),
        Some(1.0)
    );
}

#[test]
fn what_has_ended_or_not_begun_is_marked_and_warned_of() {
    let scratch = Scratch::new();
    let ca = |name, from: i64, to: i64| {
        CertificateBuilder::ca(name, Key::p256(0))
            .not_before(NOW + from * DAY)
            .not_after(NOW + to * DAY)
            .serial([5])
            .self_signed()
    };
    let good = ca("Good", -400, 400);
    let cas = [
        &good,
        &ca("Old", -400, -1),
        &ca("Ending", -400, 30),
        &ca("New", 1, 400),
        // Renewed under the same serial number, as should not be.
        &ca("Old", -400, 100),
    ];
    let list = CrlBuilder::new()
        .this_update(NOW - 9 * DAY)
        .next_update(NOW - 2 * DAY)
        .issued_by(&good);
    let listener = Listener::start([
        "--time",
        TIME,
        "--trust-store",
        &scratch.file("store.pem", cas.map(Certificate::to_pem).concat()),
        "--crl",
        &scratch.file("list.crl", list.to_pem()),
    ]);
    let text = listener.get("/").text();
    for sentence in [
        "Warning: 1 CA certificate is expired.",
        "Warning: 1 CA certificate is not valid yet.",
        "Warning: 1 CA certificate is about to end.",
        "Warning: 1 CRL is past the time of the next one.",
        "2027-01-14T08:00:00Z-1✕ expired",
        "2027-02-14T08:00:00Z30! ends soon",
        "✕ not valid yetfrom 2027-01-16T08:00:00Z",
        "2028-02-19T08:00:00Z400✓ valid",
        "Judges as of2027-01-15T08:00:00Z, and not now",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    let status = check("status", &listener.get("/status.json").body);
    let cas = status["trust_store"]["cas"].as_array().expect("a list");
    let validities: Vec<_> = cas.iter().map(|ca| &ca["validity"]).collect();
    assert_eq!(
        validities,
        [
            "current",
            "expired",
            "ends_soon",
            "not_yet_valid",
            "current"
        ]
    );
    let metrics = Exposition::parse(&listener.get("/metrics").body);
    let ends = "portcullis_ca_not_after_timestamp_seconds";
    assert_eq!(
        metrics.value(ends, &[("subject", "CN=Old"), ("serial", "05")]),
        Some((NOW - DAY) as f64)
    );
    assert_eq!(metrics.count(ends), 4);
    let cas = metrics.value("portcullis_trust_store_ca_certificates", &[]);
    assert_eq!(cas, Some(5.0));
}

#[test]
fn a_crl_that_can_not_be_trusted_is_warned_of() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("CA", Key::p256(0));
    let list = CrlBuilder::new().bad_signature().issued_by(&ca);
    let file = scratch.file("list.crl", list.to_pem());
    let listener = Listener::start([
        "--time",
        TIME,
        "--trust-store",
        &scratch.file("store.pem", ca.to_pem()),
        "--crl",
        &file,
    ]);
    let warning = format!(
        "{file}: this CRL can't be used, so no certificate of CN=CA passes: its signature is not \
         by a CA of that name in the store"
    );
    let text = listener.get("/").text();
    assert!(text.contains(&format!("Warning: {warning}")), "{text}");
    let status = check("status", &listener.get("/status.json").body);
    let notice = &status["trust_store"]["notices"][0];
    assert_eq!(notice["text"], warning);
    assert_eq!(notice["is_fault"], true);
}

#[test]
fn a_refused_reload_is_warned_of_until_the_files_are_good() {
    let scratch = Scratch::new();
    let good = fs::read(pki("bundle.pem")).expect("readable");
    let store = scratch.file("store.pem", &good);
    let listener = Listener::start(["--trust-store", &store]);
    fs::write(&store, "nothing").expect("writable");
    listener.wait_until(|status| status["trust_store"]["refused_reloads"] == 1);

    let status = check("status", &listener.get("/status.json").body);
    let reason = status["trust_store"]["last_refusal"]["reason"].as_str();
    let reason = reason.expect("a reason");
    assert!(reason.starts_with(&store), "{reason}");
    let text = listener.get("/").text();
    let warning = "Warning: the last reload was refused; the old trust store goes on serving.";
    assert!(text.contains(&format!("{warning}{reason}")), "{text}");
    assert!(text.contains("CN=Root A"), "{text}");
    let reloads = || {
        let metrics = Exposition::parse(&listener.get("/metrics").body);
        [
            "reloads_total",
            "refused_reloads_total",
            "last_reload_successful",
        ]
        .map(|name| metrics.value(&format!("portcullis_trust_store_{name}"), &[]))
    };
    assert_eq!(reloads(), [0.0, 1.0, 0.0].map(Some));

    fs::write(&store, &good).expect("writable");
    listener.wait_until(|status| status["trust_store"]["reloads"] == 1);
    assert!(!listener.get("/").text().contains("Warning"));
    assert_eq!(reloads(), [1.0, 1.0, 1.0].map(Some));
}

#[test]
fn metrics_are_in_the_text_format() {
    let listener = of_repository();
    let response = listener.get("/metrics");
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let metrics = Exposition::parse(&response.body);
    for (name, value) in [
        ("portcullis_open_connections", 0.0),
        ("portcullis_max_connections", 10_000.0),
        ("portcullis_connections_over_limit_total", 0.0),
        ("portcullis_requests_total", 0.0),
        ("portcullis_trust_store_ca_certificates", 2.0),
    ] {
        assert_eq!(metrics.value(name, &[]), Some(value), "{name}");
    }
    let started = metrics.value("portcullis_start_time_seconds", &[]);
    let loaded = metrics.value("portcullis_trust_store_loaded_timestamp_seconds", &[]);
    assert!(started >= Some(1_700_000_000.0) && loaded >= started);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(metrics.value("portcullis_build_info", &version), Some(1.0));
}

#[test]
fn where_clients_are_not_verified_the_page_says_so() {
    for (mode, sentence) in [
        ("off", "off: clients are not asked for a certificate"),
        ("passthrough", "is not verified"),
    ] {
        let listener = Listener::start(["--mode", mode, "--trust-store", &pki("bundle.pem")]);
        let text = listener.get("/").text();
        assert!(text.contains(sentence), "{text}");
        assert!(text.contains("Clients are not verified in this mode."));
        let status = check("status", &listener.get("/status.json").body);
        assert_eq!(status["mode"], mode);
    }
}

#[test]
fn only_get_and_head_of_three_paths_are_answered() {
    let listener = of_repository();
    let ask = |line: &str| listener.ask(&format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n"));
    for path in ["/favicon.ico", "/index.html", "//", "/metrics/"] {
        assert_eq!(ask(&format!("GET {path}")).status, 404, "{path}");
    }
    assert_eq!(ask("GET /?query").status, 200);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let response = ask(&format!("{method} /"));
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("GET, HEAD"));
    }
    for path in ["/", "/status.json", "/metrics"] {
        let response = ask(&format!("HEAD {path}"));
        assert_eq!((response.status, response.body.as_str()), (200, ""));
        let length = response.header("content-length").map(str::parse::<u32>);
        assert!(matches!(length, Some(Ok(1..))), "{length:?}");
    }
}

#[test]
fn a_page_elsewhere_can_not_read_it_by_a_name_that_leads_here() {
    let listener = of_repository();
    for path in ["/", "/status.json", "/metrics"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: rebound.example.com\r\n");
        let response = listener.ask(&head);
        assert_eq!(response.status, 421, "{path}");
        assert!(!response.body.contains("Root A"), "{}", response.body);
    }
    let head = "GET / HTTP/1.1\r\nHost: [::1]:9443\r\n";
    assert_eq!(listener.ask(head).status, 200);
}

#[test]
fn other_machines_are_let_in_only_if_that_is_asked_for() {
    let (bundle, open) = (pki("bundle.pem"), ["--admin", "0.0.0.0:0"]);
    let store = ["--trust-store", &bundle];
    let run = portcullis(
        ["serve", "--listen", "127.0.0.1:0"]
            .iter()
            .chain(&store)
            .chain(&open),
    );
    assert_eq!(
        run.complaint(),
        "0.0.0.0:0: the status page asks nobody who they are; give --admin-public too if other \
         machines are to reach it"
    );
    let listener = Listener::start_with(store.iter().chain(&open).chain(&["--admin-public"]));
    let head = "GET / HTTP/1.1\r\nHost: gate.example.com\r\n";
    assert_eq!(listener.ask(head).status, 200);
}

#[test]
fn a_hundred_clients_that_stay_lock_nobody_out() {
    let listener = of_repository();
    let mut slow: Vec<_> = (0..100)
        .map(|_| {
            let mut tcp = listener.connect();
            tcp.write_all(b"GET / HTTP/1.1\r\n").expect("it listens");
            tcp
        })
        .collect();
    listener.get("/");
    // 64 stay at once, of which the last was answered: the oldest have gone for it.
    let (gone, open) = slow.split_at_mut(37);
    for tcp in gone {
        let read = tcp.read(&mut [0]).map_err(|error| error.kind());
        assert!(
            matches!(read, Ok(0) | Err(ErrorKind::ConnectionReset)),
            "{read:?}"
        );
    }
    for tcp in open {
        tcp.set_nonblocking(true).expect("a socket");
        let read = tcp.read(&mut [0]).map_err(|error| error.kind());
        assert_eq!(read, Err(ErrorKind::WouldBlock));
    }
}
