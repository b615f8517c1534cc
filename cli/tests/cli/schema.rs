//! JSON answers against their documented schemas.

use std::fs;

use portcullis_fixtures::{Certificate, CrlBuilder, CrlEntry, Key};
use serde_json::Value;

use crate::run::{Scratch, TIME, data, explain, judging, pki, portcullis, portcullis_reading};

fn schema(name: &str) -> Value {
    let path = format!("{}/docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("readable")).expect("JSON")
}

/// Fails if anything is missing, wrong, or not in the schema.
pub(crate) fn check(name: &str, json: &str) -> Value {
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
fn the_list_that_decided_is_in_the_json() {
    let run = explain([
        "--format",
        "json",
        "--crl",
        &pki("B-v2.crl"),
        &pki("chain-R.pem"),
    ]);
    let answer = check("explain", &run.stdout);
    assert_eq!(answer["status"], "Failed:ClientCertCrlHit");
    assert_eq!(answer["check"], "revocation");
    assert_eq!(answer["crl_count"], 1);
    let crl = &answer["crl"];
    assert_eq!(crl["file"], pki("B-v2.crl"));
    assert_eq!(crl["number"], "01");
    assert_eq!(crl["this_update"], "2026-11-24T12:48:47Z");
    assert_eq!(crl["fault"], Value::Null);
    let entry = &answer["revocation"];
    assert_eq!(entry["serial"], "4E971A08D2441667");
    assert_eq!(entry["date"], "2026-11-24T12:48:47Z");
    assert_eq!(entry["reason"], "unspecified");
    assert_eq!(entry["reason_code"], Value::Null);

    let run = explain(["--format", "json", &pki("chain-R.pem")]);
    let answer = check("explain", &run.stdout);
    assert_eq!(answer["crl"], Value::Null);
    assert_eq!(answer["revocation"], Value::Null);
    assert_eq!(answer["crl_count"], 0);
}

#[test]
fn what_the_store_holds_against_a_list_is_in_the_json() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("CA", Key::p256(0));
    let client = Certificate::leaf("Client", Key::p256(1), &ca);
    let list = CrlBuilder::new().bad_signature().issued_by(&ca);
    let run = portcullis([
        "explain",
        "--format",
        "json",
        "--time",
        "2027-01-15T08:00:00Z",
        "--trust-store",
        &scratch.file("store.pem", ca.to_pem()),
        "--crl",
        &scratch.file("list.crl", list.to_pem()),
        &scratch.file("client.pem", client.to_pem()),
    ]);
    let answer = check("explain", &run.stdout);
    assert_eq!(answer["check"], "crl_usability");
    assert_eq!(
        answer["crl"]["fault"],
        "its signature is not by a CA of that name in the store"
    );
    assert_eq!(answer["revocation"], Value::Null);
}

#[test]
fn inspections_of_lists_follow_the_schema() {
    let scratch = Scratch::new();
    let broken = CrlBuilder::new()
        .entry(CrlEntry::raw([0x30, 0x00]))
        .issued_by(&Certificate::ca("CA", Key::p256(0)));
    let run = portcullis([
        "inspect",
        "--format",
        "json",
        "--time",
        "2027-01-01T00:00:00Z",
        &pki("B-xca.crl"),
        &pki("B-v1.crl"),
        &scratch.file("broken.der", broken.der()),
    ]);
    let answer = check("inspect", &run.stdout);
    assert_eq!(run.code, 1);
    assert_eq!(answer[0]["certificates"].as_array().map(Vec::len), Some(0));
    let xca = &answer[0]["crls"][0]["crl"];
    assert_eq!(xca["currency"], "expired");
    assert_eq!(xca["number"], Value::Null);
    assert_eq!(xca["entry_count"], 1);
    assert_eq!(xca["entries"][0]["serial"], "4E971A08D2441667");
    assert_eq!(xca["entries"][0]["date"], "2026-11-01T00:00:00Z");
    assert_eq!(answer[1]["crls"][0]["crl"]["currency"], "current");
    assert_eq!(answer[2]["format"], "DER");
    assert_eq!(answer[2]["crls"][0]["crl"], Value::Null);
    assert_eq!(answer[2]["crls"][0]["error"], "entry 1 is malformed");
}

#[test]
fn findings_follow_the_schema() {
    let scratch = Scratch::new();
    let root = Certificate::ca("Root", Key::p256(0));
    let client = Certificate::leaf("Client", Key::p256(1), &root);
    let bundle = format!("\n{}{}", client.to_pem(), root.to_pem());
    let bundle = scratch.file("bundle.pem", bundle);
    let out = scratch.path("out.pem").display().to_string();
    let chain = scratch.file("chain.pem", client.to_pem());
    let list = scratch.file("list.crl", CrlBuilder::new().issued_by(&root).der());
    let time = "2027-01-15T08:00:00Z";
    let arguments = [
        "lint", &bundle, "--format", "json", "--time", time, "--chain", &chain, "--crl", &list,
        "--fix", &out,
    ];
    let run = portcullis(arguments);
    let answer = check("lint", &run.stdout);
    assert_eq!(run.code, 1);
    assert_eq!(answer["time"], time);
    let counts = ["errors", "warnings", "notes", "omitted"].map(|name| answer[name].as_u64());
    assert_eq!(counts, [Some(3), Some(0), Some(1), Some(0)]);
    let blank = &answer["findings"][0];
    assert_eq!(blank["id"], "blank-line");
    assert_eq!(blank["severity"], "error");
    assert_eq!(blank["file"].as_str(), Some(bundle.as_str()));
    assert_eq!(
        (blank["line"].as_u64(), blank["column"].as_u64()),
        (Some(1), None)
    );
    assert_eq!(blank["aws"], "InvalidCaCertificatesBundle");
    assert_eq!(blank["basis"], "documented");
    let leaf = &answer["findings"][1];
    assert_eq!(
        (leaf["id"].as_str(), leaf["line"].as_u64()),
        (Some("not-a-ca"), Some(2))
    );
    assert_eq!(leaf["subject"], "CN=Client");
    assert_eq!(answer["findings"][2]["aws"], "InvalidRevocationContent");
    assert_eq!(answer["findings"][3]["aws"], Value::Null);
    let quota = &answer["quotas"][0];
    assert_eq!(quota["name"], "ca_certificates");
    let numbers = ["used", "limit", "left"].map(|name| quota[name].as_i64());
    assert_eq!(numbers, [Some(2), Some(25), Some(23)]);
    let chain = &answer["chains"][0];
    assert_eq!(chain["status"], "Success");
    assert_eq!(chain["depth_left"], 3);
    assert_eq!(answer["fix"]["certificates"], 1);
    assert_eq!(answer["fix"]["dropped"][0]["line"], 2);
    assert_eq!(answer["fix"]["dropped"][0]["subject"], "CN=Client");

    let run = portcullis([
        "lint",
        &pki("bundle.pem"),
        "--format",
        "json",
        "--time",
        TIME,
    ]);
    let answer = check("lint", &run.stdout);
    assert_eq!((&answer["fix"], run.code), (&Value::Null, 0));
}

#[test]
fn both_schemas_describe_certificates_and_entries_alike() {
    for definition in ["certificate", "name", "revocation", "time"] {
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
