//! The corpus of bare signatures, made of Wycheproof's.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A key, a message, a signature, and whether it is right.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Row {
    /// Which row it is.
    pub id: String,
    /// The algorithm.
    pub alg: String,
    /// The curve of the key.
    pub curve: Option<String>,
    /// `accept` or `reject`.
    pub expect: String,
    /// Whether either answer is a matter of policy.
    pub policy: bool,
    /// What is special about it.
    pub why: String,
    msg: String,
    sig: String,
    spki: String,
}

impl Row {
    /// The public key, out of its well-formed `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        let spki = decoded(&self.spki);
        let (fields, _) = element(&spki);
        let (_, after_algorithm) = element(fields);
        let (bits, _) = element(after_algorithm);
        bits[1..].to_vec()
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        decoded(&self.msg)
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Vec<u8> {
        decoded(&self.sig)
    }
}

/// Every row of the corpus in the folder.
#[must_use]
pub fn rows(folder: &Path) -> Vec<Row> {
    let path = folder.join("signatures-wycheproof.jsonl");
    let text = fs::read_to_string(&path).expect("the folder holds the signatures");
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().expect("rows")
}

fn decoded(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).expect("base64")
}

/// The content of the first DER element, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, content) = match der[1] {
        short @ ..=0x7f => (usize::from(short), &der[2..]),
        0x81 => (usize::from(der[2]), &der[3..]),
        _ => (usize::from(u16::from_be_bytes([der[2], der[3]])), &der[4..]),
    };
    content.split_at(length)
}
