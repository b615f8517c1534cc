//! Where revocation stands among the checks: after the path and what its certificates may do,
//! before signatures, time, names and purpose.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use portcullis::Position::{Presented, Store};
use portcullis::{Check, ClientCertificate, FailureReason, MissingCrl, Policy};
use portcullis_fixtures::{
    CertificateBuilder, Crl, CrlBuilder, Extension, GeneralName, Key, KeyUsage, NOW,
    NameConstraints, Pki, PkiBuilder, SignatureScheme, oid,
};

use crate::lists::{Failed, POLICIES, hit, processing_error, revoking, store_with, verdict};

type Change = fn(CertificateBuilder) -> CertificateBuilder;

/// What a list of the root, or the want of one, does to the intermediate.
struct Fault {
    lists: fn(&Pki) -> Vec<Crl>,
    missing: MissingCrl,
    expected: Failed,
}

#[test]
fn a_fault_of_the_path_comes_before_any_of_lists() {
    use FailureReason::{ClientCertIncompatible, ClientCertInvalid, ClientCertUntrusted};
    let earlier: [(PkiBuilder<'_>, FailureReason); 7] = [
        (leaf(|leaf| leaf.trailing([0])), ClientCertInvalid),
        (
            leaf(|leaf| leaf.algorithm(SignatureScheme::EcdsaSha1.algorithm_identifier())),
            ClientCertIncompatible,
        ),
        (
            leaf(|leaf| leaf.push(Extension::unknown(1).critical(true))),
            ClientCertUntrusted,
        ),
        (
            intermediate(|ca| ca.push(Extension::unknown(1).critical(true))),
            ClientCertUntrusted,
        ),
        (
            intermediate(|ca| ca.basic_constraints(false, None)),
            ClientCertUntrusted,
        ),
        (
            root(|ca| ca.basic_constraints(false, None)),
            ClientCertUntrusted,
        ),
        (
            intermediate(|ca| ca.key_usage(KeyUsage::CRL_SIGN)),
            ClientCertUntrusted,
        ),
    ];
    for (index, (pki, reason)) in earlier.into_iter().enumerate() {
        let pki = pki.build();
        for (name, policy) in POLICIES {
            for fault in faults() {
                let failed = fault.verdict(policy, &pki).expect("it fails");
                assert_eq!(failed.0, reason, "{index}, {name}");
            }
        }
    }
}

#[test]
fn too_many_certificates_come_before_any_fault_of_lists() {
    let pki = Pki::new(1);
    let list = revoking(pki.root(), [pki.issuer()]);
    for (_, policy) in POLICIES {
        let store = store_with(policy.with_max_depth(1), &[pki.root()], &[&list]);
        let failed = verdict(&store, &[pki.leaf(), pki.issuer()]).expect("there are two");
        assert_eq!(failed.1, Check::ChainDepth);
    }
}

#[test]
fn any_fault_of_lists_comes_before_signatures_time_names_and_purpose() {
    let elsewhere = NameConstraints::new().permit(GeneralName::directory("Elsewhere"));
    let later: [PkiBuilder<'_>; 12] = [
        leaf(CertificateBuilder::bad_signature),
        intermediate(CertificateBuilder::bad_signature),
        leaf(|leaf| leaf.not_after(NOW - 1)),
        leaf(|leaf| leaf.not_before(NOW + 1)),
        intermediate(|ca| ca.not_after(NOW - 1)),
        intermediate(|ca| ca.not_before(NOW + 1)),
        root(|ca| ca.not_after(NOW - 1)),
        Pki::builder().root(move |ca| ca.name_constraints(&elsewhere)),
        leaf(|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
        intermediate(|ca| ca.extended_key_usage(&[oid::SERVER_AUTH])),
        leaf(|leaf| leaf.ns_cert_type(0)),
        leaf(|leaf| leaf.key(Key::secp256k1())),
    ];
    for (index, pki) in later.into_iter().enumerate() {
        let pki = pki.build();
        for (name, policy) in POLICIES {
            for fault in faults() {
                assert_eq!(
                    fault.verdict(policy, &pki),
                    fault.expected,
                    "{index}, {name}"
                );
            }
        }
    }
}

#[test]
fn any_fault_of_lists_comes_before_the_application() {
    let pki = Pki::new(1);
    let list = revoking(pki.root(), [pki.issuer()]);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.root()], &[&list]);
        let store = store.with_application_check(&|_: &ClientCertificate<'_>| false);
        assert_eq!(
            verdict(&store, &[pki.leaf(), pki.issuer()]),
            hit(Presented(1))
        );
    }
}

#[test]
fn a_revoked_leaf_is_a_hit_though_it_is_expired_or_badly_signed() {
    let changes: [Change; 4] = [
        CertificateBuilder::bad_signature,
        |leaf| leaf.not_after(NOW - 1),
        |leaf| leaf.not_before(NOW + 1),
        |leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH]),
    ];
    for change in changes {
        let pki = leaf(change).build();
        let list = revoking(pki.issuer(), [pki.leaf()]);
        for (_, policy) in POLICIES {
            // The list's issuer is presented, or in the store.
            for anchor in [pki.root(), pki.issuer()] {
                let store = store_with(policy, &[anchor], &[&list]);
                assert_eq!(
                    verdict(&store, &[pki.leaf(), pki.issuer()]),
                    hit(Presented(0))
                );
            }
        }
    }
}

#[test]
fn an_expired_anchor_still_revokes() {
    let pki = root(|ca| ca.not_after(NOW - 1)).build();
    let list = revoking(pki.root(), [pki.root()]);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.root()], &[&list]);
        assert_eq!(verdict(&store, &[pki.leaf(), pki.issuer()]), hit(Store(0)));
    }
}

impl Fault {
    #[track_caller]
    fn verdict(&self, policy: Policy, pki: &Pki) -> Failed {
        let lists = (self.lists)(pki);
        let lists: Vec<_> = lists.iter().collect();
        let policy = policy.with_missing_crl(self.missing);
        let store = store_with(policy, &[pki.root()], &lists);
        verdict(&store, &[pki.leaf(), pki.issuer()])
    }
}

fn faults() -> [Fault; 4] {
    [
        Fault {
            lists: |pki| vec![revoking(pki.root(), [pki.issuer()])],
            missing: MissingCrl::Allow,
            expected: hit(Presented(1)),
        },
        Fault {
            lists: |pki| vec![revoking(pki.root(), [pki.root()])],
            missing: MissingCrl::Allow,
            expected: hit(Store(0)),
        },
        Fault {
            lists: |pki| vec![CrlBuilder::new().bad_signature().issued_by(pki.root())],
            missing: MissingCrl::Allow,
            expected: processing_error(Check::CrlUsability, Presented(1)),
        },
        Fault {
            lists: |_| Vec::new(),
            missing: MissingCrl::Deny,
            expected: processing_error(Check::CrlPresence, Presented(0)),
        },
    ]
}

fn leaf<'a>(change: Change) -> PkiBuilder<'a> {
    Pki::builder().leaf(change)
}

fn intermediate<'a>(change: Change) -> PkiBuilder<'a> {
    Pki::builder().intermediate(0, change)
}

fn root<'a>(change: Change) -> PkiBuilder<'a> {
    Pki::builder().root(change)
}
