//! The JSON of an explanation against the schema of `portcullis explain`, and against what it says.

#![expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "what makes them sound is the same for all"
)]

use core::ffi::{CStr, c_char};
use core::ptr;
use std::fs;

use portcullis::pki_types::CertificateDer;
use portcullis_capi::{
    PORTCULLIS_OK, PORTCULLIS_POLICY_ALB, PORTCULLIS_POLICY_RFC5280, PortcullisPolicy, Store,
    portcullis_store_add_ca_pem, portcullis_store_add_crl_pem, portcullis_store_explain_json,
    portcullis_store_free, portcullis_store_new, portcullis_string_free,
};
use serde_json::Value;

/// 2026-12-01T00:00:00Z
const AS_OF: i64 = 1_796_083_200;

fn data(name: &str) -> Vec<u8> {
    let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(&path).expect(&path)
}

/// A store of the test certificates with B's list.
fn store(policy: PortcullisPolicy) -> *mut Store {
    let (bundle, list) = (
        data("tests/data/pki/bundle.pem"),
        data("tests/data/pki/B-xca.crl"),
    );
    // SAFETY: no memo, and a store and octets that are there.
    unsafe {
        let store = portcullis_store_new(policy, ptr::null());
        let none = ptr::null_mut::<c_char>();
        let error = portcullis_store_add_ca_pem(
            store,
            bundle.as_ptr().cast(),
            bundle.len(),
            ptr::null_mut(),
            none,
            0,
        );
        assert_eq!(error, PORTCULLIS_OK);
        let error = portcullis_store_add_crl_pem(
            store,
            list.as_ptr().cast(),
            list.len(),
            ptr::null_mut(),
            none,
            0,
        );
        assert_eq!(error, PORTCULLIS_OK);
        store
    }
}

fn explain(policy: PortcullisPolicy, chain: &[CertificateDer<'_>]) -> Value {
    let certificates: Vec<_> = chain.iter().map(|der| der.as_ptr()).collect();
    let lengths: Vec<_> = chain.iter().map(|der| der.len()).collect();
    let store = store(policy);
    let mut json = ptr::null_mut();
    // SAFETY: everything is there, the string is read before it is freed, and each is freed once.
    let text = unsafe {
        let error = portcullis_store_explain_json(
            store,
            certificates.as_ptr(),
            lengths.as_ptr(),
            chain.len(),
            AS_OF,
            &raw mut json,
        );
        assert_eq!(error, PORTCULLIS_OK);
        let text = CStr::from_ptr(json)
            .to_str()
            .expect("it is ASCII")
            .to_owned();
        portcullis_string_free(json);
        portcullis_store_free(store);
        text
    };
    assert!(text.is_ascii());
    serde_json::from_str(&text).expect("it is JSON")
}

fn chain(name: &str) -> Vec<CertificateDer<'static>> {
    let pem = data(&format!("tests/data/pki/chain-{name}.pem"));
    portcullis::pem::certificates(&pem).expect("a chain")
}

/// The schema of the program, without what is about files and the command line, and with nothing else allowed.
fn schema() -> Value {
    let mut schema: Value =
        serde_json::from_slice(&data("cli/docs/explain.schema.json")).expect("JSON");
    let absent = ["files", "remedy", "notes"];
    for name in absent {
        let properties = schema["properties"].as_object_mut().expect("an object");
        assert!(properties.remove(name).is_some(), "{name}");
    }
    let required = schema["required"].as_array_mut().expect("a list");
    required.retain(|name| !absent.iter().any(|absent| name == absent));
    let described = schema.to_string();
    // A CRL has no file here.
    forbid_undocumented_fields(&mut schema);
    drop_file(&mut schema);
    assert_ne!(described, schema.to_string());
    schema
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

/// Takes `file` out of what describes a CRL, wherever that stands.
fn drop_file(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            properties.remove("file");
        }
        if let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name != "file");
        }
        object.values_mut().for_each(drop_file);
    } else if let Some(list) = schema.as_array_mut() {
        list.iter_mut().for_each(drop_file);
    }
}

#[test]
fn explanations_follow_the_schema_of_the_program() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let broken = vec![CertificateDer::from(vec![0x30, 0x00])];
    for (presented, status, check) in [
        (chain("C"), "Success", Value::Null),
        (chain("E"), "Success", Value::Null),
        (chain("H"), "Failed:ClientCertUntrusted", "issuer".into()),
        (chain("R"), "Failed:ClientCertCrlHit", "revocation".into()),
        (broken, "Failed:ClientCertInvalid", "parsing".into()),
    ] {
        let answer = explain(PORTCULLIS_POLICY_RFC5280, &presented);
        let errors: Vec<_> = validator
            .iter_errors(&answer)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{answer}");
        assert_eq!(answer["status"], status);
        assert_eq!(answer["check"], check);
    }
}

#[test]
fn time_policy_and_deciding_entry_are_told() {
    let answer = explain(PORTCULLIS_POLICY_ALB, &chain("R"));
    assert_eq!(answer["time"], "2026-12-01T00:00:00Z");
    assert_eq!(answer["policy"], "alb");
    assert_eq!(answer["crl"]["entry_count"], 1);
    assert_eq!(answer["failed_at"]["source"], "presented");
    assert_eq!(answer["failed_at"]["index"], 0);
    assert_eq!(
        answer["revocation"]["serial"],
        answer["path"][0]["certificate"]["serial"]
    );
    assert_eq!(answer["trust_store_size"], 2);
    assert_eq!(answer["crl_count"], 1);
}
