//! The status of an endpoint that proxies ask.

use portcullis_fixtures::{Certificate, Key};
use serde_json::{Value, json};

use super::TIME;
use super::listener::Listener;
use crate::run::Scratch;
use crate::schema::check;

const HEADER: &str = "X-Forwarded-Tls-Client-Cert";

/// Traefik's form of it.
fn base64(certificate: &Certificate) -> String {
    let pem = certificate.to_pem();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    lines.collect()
}

#[test]
fn verdicts_for_proxies_are_shown_and_counted() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("Root A", Key::p256(0));
    let good = Certificate::leaf("Good", Key::p256(1), &ca);
    let other = Certificate::ca("Root B", Key::p256(3));
    let stranger = Certificate::leaf("Stranger", Key::p256(2), &other);
    let bundle = scratch.file("bundle.pem", ca.to_pem());
    let endpoint = Listener::start_endpoint([
        ["--time", TIME],
        ["--trust-store", &bundle],
        ["--auth-header", HEADER],
    ]);
    let text = endpoint.get("/").text();
    for sentence in [
        &format!("Answers proxies on{}", endpoint.place()),
        "Believes the headerx-forwarded-tls-client-cert",
        "No proxy has asked yet.",
        "No client has been refused.",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    for absent in ["Listens on", "Mode", "handshake"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }

    assert!(endpoint.asked_about(&format!("{HEADER}: {}", base64(&good))));
    assert!(!endpoint.asked_about(&format!("{HEADER}: {}", base64(&stranger))));
    assert!(!endpoint.asked_about("X: y"));
    let status = check("status", &endpoint.get("/status.json").body);
    assert_eq!(status["listener"], Value::Null);
    let auth = json!({
        "address": endpoint.place(),
        "header": "x-forwarded-tls-client-cert",
        "form": "base64",
    });
    assert_eq!(status["auth"], auth);
    assert_eq!(status["auth_requests"], 3);
    assert_eq!(status["requests"], 0);
    assert_eq!(status["verdicts"][0]["count"], 1);
    let refusals = status["refusals"].as_array().expect("a list");
    let told = refusals.iter().map(|it| (&it["status"], &it["subject"]));
    let expected = [
        (&json!("Failed:UnmappedConnectionError"), &Value::Null),
        (&json!("Failed:ClientCertUntrusted"), &json!("CN=Stranger")),
    ];
    assert!(told.eq(expected), "{refusals:?}");
    for refusal in refusals {
        assert_eq!(refusal["via"], "auth");
        assert_eq!(refusal["protocol"], Value::Null);
    }

    let text = endpoint.get("/").text();
    for sentence in ["Requests of proxies3", "Asked by127.0.0.1:", "CN=Stranger"] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    let metrics = endpoint.get("/metrics").body;
    for line in [
        "portcullis_auth_requests_total 3\n",
        "portcullis_verdicts_total{status=\"Success\"} 1\n",
        "portcullis_verdicts_total{status=\"Failed:ClientCertUntrusted\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
