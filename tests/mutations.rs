//! Certificates cut short and certificates with an octet changed: never a panic, never a pass.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::ClientCertInvalid;
use portcullis::Position::Presented;
use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, Check, Policy};
use portcullis_fixtures::{Extension, NOW, Pki};

use crate::common::{at, failure, store};

#[test]
fn a_truncated_certificate_is_an_error_wherever_it_ends() {
    let pki = Pki::new(1);
    let store = store(Policy::ALB, &[pki.anchor()]);
    let der = pki.leaf().der();
    for length in 0..der.len() {
        assert!(Certificate::parse(&der[..length]).is_err(), "{length}");
        let mut presented = pki.chain();
        presented[0] = CertificateDer::from(&der[..length]);
        let invalid = Some((ClientCertInvalid, Check::Parsing, Some(Presented(0))));
        assert_eq!(failure(&store, &presented, NOW), invalid, "{length}");
    }
}

#[test]
fn a_changed_octet_never_panics_and_never_passes() {
    let pki = Pki::new(1);
    let mut stores = vec![
        store(Policy::ALB, &[pki.anchor()]),
        store(Policy::RFC5280, &[pki.anchor()]),
    ];
    #[cfg(feature = "webpki")]
    stores.push(store(Policy::STRICT, &[pki.anchor()]));
    for store in &stores {
        assert_eq!(failure(store, &pki.chain(), NOW), None);
    }
    for index in 0..2 {
        let good = pki.chain()[index].to_vec();
        for position in 0..good.len() {
            for bit in 0..8 {
                let mut presented = pki.chain();
                let mut changed = good.clone();
                changed[position] ^= 1 << bit;
                presented[index] = CertificateDer::from(changed);
                for store in &stores {
                    let failed = failure(store, &presented, NOW);
                    assert!(failed.is_some(), "bit {bit} of octet {position} of {index}");
                    let _ = store.explain(&presented, at(NOW)).to_string();
                }
            }
        }
    }
}

#[test]
fn whatever_an_octet_is_reading_a_certificate_never_panics() {
    let pki = Pki::builder()
        .leaf(|leaf| {
            leaf.push(Extension::crl_distribution_points(&[
                "http://ca.example/crl",
            ]))
            .ns_cert_type(1)
            .authority_issuer_and_serial("Root", &[7])
        })
        .build();
    for good in [pki.leaf().der(), pki.root().der()] {
        for position in 0..good.len() {
            let mut changed = good.to_vec();
            for value in 0..=255 {
                changed[position] = value;
                if let Ok(certificate) = Certificate::parse(&changed) {
                    read_everything(&certificate);
                }
            }
        }
    }
}

fn read_everything(certificate: &Certificate<'_>) {
    let _ = certificate.subject().to_string();
    let _ = certificate.issuer().to_string();
    let _ = certificate.serial().to_string();
    let _ = certificate.validity().to_string();
    let _ = certificate.key_type().to_string();
    let _ = certificate.is_ca();
    let _ = certificate.spiffe_id();
    let _ = certificate.dns_names().count() + certificate.email_addresses().count();
    let _ = certificate.uris().count() + certificate.ip_addresses().count();
    let _ = certificate.crl_distribution_points().count();
    if let Some(usages) = certificate.extended_key_usages() {
        usages.for_each(|usage| drop(usage.to_string()));
    }
}
