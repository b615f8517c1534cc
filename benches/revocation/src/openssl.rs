//! The system's OpenSSL, `X509_V_FLAG_CRL_CHECK`: only the leaf is looked up, and a CRL's signature
//! is verified each time.

use std::fs;
use std::path::Path;
use std::process::Command;

use openssl::ssl::SslFiletype;
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext};
use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::NOW;

use crate::peers::{Verdict, Verifier};

/// Makes this program tell the memory of the list in the file that follows.
pub(crate) const MEMORY_FLAG: &str = "--openssl-memory";

pub(crate) struct OpenSsl(X509Store);

impl OpenSsl {
    pub(crate) fn new(root: &CertificateDer<'static>, list: Option<&Path>) -> Self {
        let mut store = X509StoreBuilder::new().expect("a store");
        let root = X509::from_der(root).expect("a CA");
        store.add_cert(root).expect("a CA");
        let mut parameters = X509VerifyParam::new().expect("parameters");
        parameters.set_time(NOW);
        parameters
            .set_purpose(X509PurposeId::SSL_CLIENT)
            .expect("a purpose");
        if let Some(list) = list {
            let flags = X509VerifyFlags::CRL_CHECK;
            parameters.set_flags(flags).expect("flags");
            load(&mut store, list);
        }
        store.set_param(&parameters).expect("parameters");
        Self(store.build())
    }
}

/// Reads the list and keeps it parsed.
fn load(store: &mut X509StoreBuilder, list: &Path) {
    let lookup = store.add_lookup(X509Lookup::file()).expect("a look-up");
    let loaded = lookup.load_crl_file(list, SslFiletype::ASN1);
    assert_eq!(loaded.expect("a list"), 1);
}

impl Verifier for OpenSsl {
    fn verify(&self, leaf: &CertificateDer<'static>) -> Verdict {
        let Ok(leaf) = X509::from_der(leaf) else {
            return Verdict::Fails;
        };
        let chain = Stack::new().expect("a stack");
        let mut context = X509StoreContext::new().expect("a context");
        let result = context.init(&self.0, &leaf, &chain, |context| {
            let passes = context.verify_cert()?;
            Ok((passes, context.error().as_raw()))
        });
        match result {
            Ok((true, _)) => Verdict::Passes,
            Ok((false, CERT_REVOKED)) => Verdict::Revoked,
            _ => Verdict::Fails,
        }
    }
}

/// By how many bytes the resident memory of a fresh process grows when it loads a list.
pub(crate) fn memory(list: &Path) -> u64 {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .arg(MEMORY_FLAG)
        .arg(list)
        .output()
        .expect("this program");
    let growth = String::from_utf8_lossy(&output.stdout);
    growth.trim().parse().expect("a number of bytes")
}

/// What [`memory`] asks for, in the fresh process.
pub(crate) fn resident_growth(list: &Path) -> u64 {
    let mut store = X509StoreBuilder::new().expect("a store");
    // So that the library itself is there already: loading nothing fails.
    let lookup = store.add_lookup(X509Lookup::file()).expect("a look-up");
    let nothing = lookup.load_crl_file("/dev/null", SslFiletype::ASN1);
    assert!(nothing.is_err());
    let before = resident();
    load(&mut store, list);
    resident() - before
}

fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    kibibytes.expect("VmRSS").parse::<u64>().expect("a number") * 1024
}

/// `X509_V_ERR_CERT_REVOKED` of `openssl/x509_vfy.h`.
const CERT_REVOKED: i32 = 23;
