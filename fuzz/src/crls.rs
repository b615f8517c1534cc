//! Revocation lists against OpenSSL: the same serial numbers are revoked.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use openssl::ssl::SslFiletype;
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509StoreBuilder};
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{CrlStatus, X509, X509Crl, X509RevokedRef, X509StoreContext};
use portcullis::{Certificate as Read, Crl, TrustStore};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Extension, GeneralName,
    IssuingDistributionPoint, Key, NOW, chain, der, oid,
};

use crate::agreement::{POLICIES, verdict};
use crate::backend::REAL;
use crate::crl::is_same;
use crate::peers::parameters;

/// An octet, then a list, or the plan of one that the CA signs.
pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    match kind {
        0 => compare(rest),
        _ => {
            if let Ok(list) = plan(&mut Unstructured::new(rest)) {
                let list = list.issued_by(&CLIENTS.0);
                compare(list.der());
                verify(list.der());
            }
        }
    }
}

/// Entry by entry, where both can read the list.
fn compare(list: &[u8]) {
    let (Ok(ours), Ok(theirs)) = (Crl::from_der(list.to_vec()), X509Crl::from_der(list)) else {
        return;
    };
    let revoked: Vec<_> = theirs
        .get_revoked()
        .into_iter()
        .flatten()
        .map(serial)
        .collect();
    assert_eq!(ours.len(), revoked.len());
    for (entry, serial) in ours.revocations().zip(&revoked) {
        assert!(is_same(entry.serial.as_bytes(), serial));
    }
    for client in &CLIENTS.1 {
        let read = Read::parse(client.der()).expect("a certificate");
        let is_listed = ours.find(read.serial()).is_some();
        let client = X509::from_der(client.der()).expect("a certificate");
        let theirs = theirs.get_by_serial(client.serial_number());
        assert_eq!(is_listed, !matches!(theirs, CrlStatus::NotRevoked));
    }
}

/// The content of the INTEGER.
fn serial(entry: &X509RevokedRef) -> Vec<u8> {
    let entry = entry.to_der().expect("an entry");
    let (_, content, _) = der::read(&entry);
    der::read(content).1.to_vec()
}

/// Whom OpenSSL calls revoked, we do not let pass.
fn verify(list: &[u8]) {
    let Ok(crl) = Crl::from_der(list.to_vec()) else {
        return;
    };
    let (ca, clients) = &*CLIENTS;
    for (policy, word) in POLICIES {
        let mut store: TrustStore<'_> = TrustStore::new(policy, *REAL);
        store.add_ca(ca.to_certificate_der()).expect("a CA");
        let _ = store.add_crl(Crl::from_der(crl.der().to_vec()).expect("a list"));
        for client in clients {
            if verdict(&store, word, &chain([client]), NOW).is_success() {
                assert!(!is_revoked(ca, client, list));
            }
        }
    }
}

/// Whether OpenSSL finds the client revoked.
fn is_revoked(ca: &Certificate, client: &Certificate, list: &[u8]) -> bool {
    fs::write(&*FILE, list).expect("a place for a list");
    let mut store = X509StoreBuilder::new().expect("a store");
    store
        .add_cert(X509::from_der(ca.der()).expect("a CA"))
        .expect("room");
    let mut parameters = parameters(NOW);
    parameters
        .set_flags(X509VerifyFlags::CRL_CHECK)
        .expect("a flag");
    store.set_param(&parameters).expect("parameters");
    let lookup = store.add_lookup(X509Lookup::file()).expect("a look-up");
    if lookup.load_crl_file(&*FILE, SslFiletype::ASN1).is_err() {
        return false;
    }
    let client = X509::from_der(client.der()).expect("a client");
    let chain = Stack::new().expect("a stack");
    let mut context = X509StoreContext::new().expect("a context");
    let error = context.init(&store.build(), &client, &chain, |it| {
        it.verify_cert()?;
        Ok(it.error().as_raw())
    });
    error.expect("an answer") == CERT_REVOKED
}

fn plan(source: &mut Unstructured<'_>) -> Result<CrlBuilder> {
    let mut list = CrlBuilder::new();
    for _ in 0..source.int_in_range(0..=40)? {
        let length = source.int_in_range(0..=4)?;
        let serial = match source.ratio(1, 3)? {
            true => source.bytes(length)?,
            false => source.choose(&SERIALS)?,
        };
        let mut entry = CrlEntry::new(serial);
        match source.int_in_range(0..=15)? {
            0..=10 => {}
            11 | 12 => entry = entry.reason(source.arbitrary()?),
            13 => entry = entry.date(NOW + DAY),
            14 => {
                let date = der::generalized_time(NOW);
                entry = entry.extension(Extension::new(oid::INVALIDITY_DATE, date));
            }
            _ => entry = entry.extension(Extension::unknown(2).critical(source.arbitrary()?)),
        }
        list = list.entry(entry);
    }
    for _ in 0..source.int_in_range(0..=2)? {
        list = match source.int_in_range(0..=9)? {
            0 => list.v1(),
            1 => list.this_update(NOW + DAY),
            2 => list.next_update(NOW - DAY),
            3 => list.number(source.arbitrary()?),
            4 => list.authority_key_id(Key::p256(source.int_in_range(0..=1)?).key_id()),
            5 => list.push(Extension::unknown(2).critical(source.arbitrary()?)),
            6 => list.bad_signature(),
            7 => list.without_extensions(),
            _ => list.issuing_distribution_point(point(source)?),
        };
    }
    Ok(list)
}

fn point(source: &mut Unstructured<'_>) -> Result<IssuingDistributionPoint> {
    let point = IssuingDistributionPoint::new();
    Ok(match source.int_in_range(0..=6)? {
        0 => point.only_user_certificates(),
        1 => point.only_ca_certificates(),
        2 => point.only_attribute_certificates(),
        3 => point.indirect(),
        4 => point.some_reasons(source.int_in_range(0..=0x1ff)?),
        5 => point.full_name([GeneralName::uri("http://ca.example/crl")]),
        _ => point.full_name([GeneralName::uri("http://ca.example/other")]),
    })
}

/// A CA, and clients with each of the serial numbers.
static CLIENTS: LazyLock<(Certificate, Vec<Certificate>)> = LazyLock::new(|| {
    let ca = Certificate::ca("Root", Key::p256(0));
    let clients = SERIALS.iter().map(|serial| {
        let client = CertificateBuilder::leaf("Client", Key::p256(1)).serial(serial);
        client
            .push(Extension::crl_distribution_points(&[
                "http://ca.example/crl",
            ]))
            .issued_by(&ca)
    });
    let clients = clients.collect();
    (ca, clients)
});

/// OpenSSL takes lists from files only.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() {
        shared
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("portcullis-fuzz-{}.crl", std::process::id()))
});

const SERIALS: [&[u8]; 8] = [
    &[1],
    &[0],
    &[0xff],
    &[0, 0xff],
    &[0x80],
    &[0, 0x80],
    &[1, 0],
    &[0x7f; 20],
];
/// `X509_V_ERR_CERT_REVOKED` of `openssl/x509_vfy.h`.
const CERT_REVOKED: i32 = 23;
