//! JSON answers against their documented schemas.

use std::fs;

use serde_json::Value;

use crate::run::{Scratch, data, explain, judging, pki, portcullis, portcullis_reading};

fn schema(name: &str) -> Value {
    let path = format!("{}/docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("readable")).expect("JSON")
}

/// Fails if anything is missing, wrong, or not in the schema.
fn check(name: &str, json: &str) -> Value {
    let answer: Value = serde_json::from_str(json).expect("JSON");
    let mut schema = schema(name);
    forbid_undocumented_fields(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<_> = validator
        .iter_errors(&answer)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new(), "{json}");
    answer
}

fn forbid_undocumented_fields(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.contains_key("properties") {
            object.insert("additionalProperties".to_owned(), false.into());
        }
        object.values_mut().for_each(forbid_undocumented_fields);
    } else if let Some(list) = schema.as_array_mut() {
        list.iter_mut().for_each(forbid_undocumented_fields);
    }
}

#[test]
fn explanations_of_the_three_configurations_follow_the_schema() {
    for (chain, status, code) in [
        ("chain-C.pem", "Success", 0),
        ("chain-E.pem", "Success", 0),
        ("chain-H.pem", "Failed:ClientCertUntrusted", 1),
    ] {
        let run = explain(["--format", "json", &pki(chain)]);
        let answer = check("explain", &run.stdout);
        assert_eq!((answer["status"].as_str(), run.code), (Some(status), code));
        assert_eq!(answer["files"][0], pki(chain));
        assert_eq!(answer["time"], "2026-12-01T00:00:00Z");
    }
}

#[test]
fn the_missing_issuer_is_in_the_json() {
    let answer = check(
        "explain",
        &explain(["--format", "json", &pki("chain-H.pem")]).stdout,
    );
    assert_eq!(answer["check"], "issuer");
    assert_eq!(answer["failed_at"]["source"], "presented");
    assert_eq!(answer["failed_at"]["index"], 1);
    assert_eq!(
        answer["missing_issuer"],
        "CN=Root F,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP"
    );
    assert_eq!(answer["anchor"], Value::Null);
    assert_eq!(answer["path"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_anchor_is_in_the_json() {
    let answer = check(
        "explain",
        &explain(["--format", "json", &pki("chain-C.pem")]).stdout,
    );
    assert_eq!(answer["anchor"]["source"], "trust_store");
    assert_eq!(answer["anchor"]["index"], 1);
    assert_eq!(answer["check"], Value::Null);
    assert_eq!(answer["remedy"], Value::Null);
    assert_eq!(answer["presented"][0]["in_path"], true);
    assert_eq!(answer["presented"][1]["in_path"], false);
    let client = &answer["path"][0]["certificate"];
    assert_eq!(client["serial"], "43087FFBAEB66004");
    assert_eq!(client["not_before"], "2026-11-24T12:48:47Z");
    assert_eq!(client["key"], "RSA 2048");
}

#[test]
fn verdicts_before_a_path_was_looked_for_follow_the_schema() {
    let scratch = Scratch::new();
    let binary = scratch.file("binary", [0, 1, 2]);
    let answer = check(
        "explain",
        &explain(["--format", "json", &pki("C.crt"), &binary]).stdout,
    );
    assert_eq!(answer["status"], "Failed:ClientCertInvalid");
    assert_eq!(answer["path"].as_array().map(Vec::len), Some(0));
    assert_eq!(answer["presented"][1]["subject"], Value::Null);
    assert_eq!(
        answer["presented"][1]["error"],
        "not a DER-encoded certificate"
    );
    let run = explain(["--format", "json", "--max-depth", "1", &pki("chain-C.pem")]);
    let answer = check("explain", &run.stdout);
    assert_eq!(answer["check"], "chain_depth");
}

#[test]
fn a_batch_is_one_object_a_line() {
    let names = [pki("chain-C.pem"), pki("chain-H.pem")];
    let run = portcullis_reading(
        judging("explain", ["--batch", "--format", "json"]),
        names.join("\n").as_bytes(),
    );
    assert_eq!(run.stdout.lines().count(), 2);
    for (line, name) in run.stdout.lines().zip(&names) {
        assert_eq!(
            check("explain", line)["files"][0].as_str(),
            Some(name.as_str())
        );
    }
}

#[test]
fn inspections_follow_the_schema() {
    let scratch = Scratch::new();
    let binary = scratch.file("binary", [0, 1, 2]);
    let run = portcullis([
        "inspect",
        "--format",
        "json",
        "--password-file",
        &data("password.txt"),
        &pki("bundle.pem"),
        &pki("C.p12"),
        &binary,
    ]);
    let answer = check("inspect", &run.stdout);
    assert_eq!(run.code, 1);
    assert_eq!(answer[0]["format"], "PEM");
    assert_eq!(
        answer[0]["certificates"][0]["fitness"]["as_ca"]["fit"],
        true
    );
    assert_eq!(answer[1]["format"], "PKCS#12");
    assert_eq!(answer[1]["private_keys"], 1);
    assert_eq!(answer[1]["certificates"][0]["has_private_key"], true);
    assert_eq!(
        answer[1]["certificates"][0]["fitness"]["as_client"]["fit"],
        true
    );
    assert_eq!(answer[2]["certificates"][0]["certificate"], Value::Null);
}

#[test]
fn both_schemas_describe_a_certificate_alike() {
    for definition in ["certificate", "name", "time"] {
        assert_eq!(
            schema("explain")["$defs"][definition],
            schema("inspect")["$defs"][definition]
        );
    }
}

#[test]
fn the_schema_knows_every_status() {
    let known = &schema("explain")["properties"]["status"]["enum"];
    let statuses = portcullis::FailureReason::ALL
        .map(|reason| portcullis::VerifyStatus::Failed(reason).to_string());
    assert_eq!(known.as_array().map(Vec::len), Some(1 + statuses.len()));
    for status in statuses {
        assert!(
            known
                .as_array()
                .is_some_and(|known| known.contains(&status.clone().into())),
            "{status}"
        );
    }
}
