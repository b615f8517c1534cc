//! The order of checks: of any two faults that one chain can have, the earlier one is the verdict.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::{
    self, ClientCertExpired, ClientCertIncompatible, ClientCertInvalid,
    ClientCertMaxChainDepthExceeded, ClientCertMaxSizeExceeded, ClientCertNotYetValid,
    ClientCertPurposeInvalid, ClientCertRejected, ClientCertTypeUnsupported, ClientCertUntrusted,
};
use portcullis::Position::{self, Presented, Store};
use portcullis::{Check, ClientCertificate, LeafKeys, Policy};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, DAY, Extension, GeneralName, Key, KeyUsage, NOW,
    NameConstraints, Pki, PkiBuilder, SignatureScheme, ns_cert_type, oid,
};

use crate::common::{failure, store};

/// Presented are the client (0), its issuer (1) and that one's issuer (2); the root is in the
/// store.
struct Scene {
    pki: PkiBuilder<'static>,
    has_root: bool,
    has_extraneous: bool,
    application_says_no: bool,
}

struct Fault {
    /// What is at fault. No chain can have two faults of the same thing.
    of: &'static str,
    failure: (FailureReason, Check, Option<Position>),
    commit: fn(Scene) -> Scene,
}

#[test]
fn every_fault_alone_is_found() {
    for policy in policies() {
        assert_eq!(verdict(policy, &[]), None);
        for fault in &faults() {
            assert_eq!(
                verdict(policy, &[fault]),
                Some(fault.failure),
                "{}",
                fault.of
            );
        }
    }
}

#[test]
fn of_any_two_faults_the_earlier_one_decides() {
    let faults = faults();
    let mut pairs = 0;
    for (index, earlier) in faults.iter().enumerate() {
        for later in &faults[index + 1..] {
            if earlier.of == later.of {
                continue;
            }
            for policy in policies() {
                // Whichever was committed first, the chain is the same.
                for both in [[earlier, later], [later, earlier]] {
                    let names = format!("{} and {}", both[0].of, both[1].of);
                    assert_eq!(verdict(policy, &both), Some(earlier.failure), "{names}");
                }
            }
            pairs += 1;
        }
    }
    assert!(pairs > 850, "{pairs}");
}

#[test]
fn of_all_faults_at_once_the_earliest_decides() {
    let faults = faults();
    for first in 0..faults.len() {
        let mut chosen: Vec<&Fault> = Vec::new();
        for fault in &faults[first..] {
            if chosen.iter().all(|other| other.of != fault.of) {
                chosen.push(fault);
            }
        }
        let expected = chosen[0];
        assert_eq!(
            verdict(Policy::ALB, &chosen),
            Some(expected.failure),
            "{}",
            expected.of
        );
    }
}

/// ALB's, and the other dialect with those knobs of ALB's that move a check to another place.
fn policies() -> [Policy; 2] {
    use portcullis::AlgorithmScope::Presented;
    let rfc5280 = Policy::RFC5280
        .with_algorithm_scope(Presented)
        .with_leaf_keys(LeafKeys::Documented)
        .with_max_depth(4);
    [Policy::ALB, rfc5280]
}

fn verdict(policy: Policy, faults: &[&Fault]) -> Option<(FailureReason, Check, Option<Position>)> {
    let scene = Scene {
        pki: Pki::builder().intermediates(2),
        has_root: true,
        has_extraneous: false,
        application_says_no: false,
    };
    let scene = faults
        .iter()
        .fold(scene, |scene, fault| (fault.commit)(scene));
    let pki = scene.pki.build();
    let mut presented = pki.chain();
    if scene.has_extraneous {
        let stranger = Certificate::ca("Stranger", Key::p256(7)).to_certificate_der();
        presented.extend([stranger.clone(), stranger]);
    }
    let anchors = if scene.has_root {
        vec![pki.anchor()]
    } else {
        Vec::new()
    };
    let mut store = store(policy, &anchors);
    if scene.application_says_no {
        store = store.with_application_check(&|_: &ClientCertificate<'_>| false);
    }
    failure(&store, &presented, NOW)
}

/// In the order of the checks. Where two failures share a word it is our order, which is that of
/// the search or the one from which the certificates are looked at: leaf to anchor before
/// signatures, anchor to leaf from then on.
fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(faults_of_the_message());
    faults.extend(faults_of_the_path());
    faults.extend(faults_of_structure());
    faults.extend(faults_of_signature_and_time());
    faults.extend(faults_of_names_and_purpose());
    faults
}

fn faults_of_the_message() -> Vec<Fault> {
    vec![
        fault(
            "size",
            (ClientCertMaxSizeExceeded, Check::MessageSize, None),
            |scene| leaf(scene, |leaf| leaf.push(Extension::unknown(64 * 1024))),
        ),
        fault(
            "end of the leaf",
            (ClientCertInvalid, Check::Parsing, Some(Presented(0))),
            |scene| leaf(scene, |leaf| leaf.trailing([0])),
        ),
        fault(
            "algorithm of the leaf",
            (
                ClientCertIncompatible,
                Check::SignatureAlgorithm,
                Some(Presented(0)),
            ),
            |scene| leaf(scene, |leaf| leaf.scheme(SignatureScheme::EcdsaSha1)),
        ),
        fault(
            "key of the leaf",
            (ClientCertIncompatible, Check::KeySize, Some(Presented(0))),
            |scene| leaf(scene, |leaf| leaf.key(Key::rsa1024())),
        ),
        fault(
            "end of the issuer",
            (ClientCertInvalid, Check::Parsing, Some(Presented(1))),
            |scene| ca(scene, 0, |ca| ca.trailing([0])),
        ),
        fault(
            "algorithm of the issuer",
            (
                ClientCertIncompatible,
                Check::SignatureAlgorithm,
                Some(Presented(1)),
            ),
            |scene| ca(scene, 0, |ca| ca.scheme(SignatureScheme::EcdsaSha224)),
        ),
        fault(
            "key of the issuer",
            (ClientCertIncompatible, Check::KeySize, Some(Presented(1))),
            |scene| ca(scene, 0, |ca| ca.key(Key::rsa1024())),
        ),
        fault(
            "end of the second CA",
            (ClientCertInvalid, Check::Parsing, Some(Presented(2))),
            |scene| ca(scene, 1, |ca| ca.serial([])),
        ),
        fault(
            "algorithm of the second CA",
            (
                ClientCertIncompatible,
                Check::SignatureAlgorithm,
                Some(Presented(2)),
            ),
            |scene| {
                let ed448 = SignatureScheme::Ed448.algorithm_identifier();
                ca(scene, 1, move |ca| ca.algorithm(ed448.clone()))
            },
        ),
        fault(
            "number of certificates",
            (
                ClientCertMaxChainDepthExceeded,
                Check::ChainDepth,
                Some(Presented(4)),
            ),
            |scene| Scene {
                has_extraneous: true,
                ..scene
            },
        ),
    ]
}

fn faults_of_the_path() -> Vec<Fault> {
    vec![
        fault(
            "CRL distribution points of the leaf",
            (
                ClientCertUntrusted,
                Check::ExtensionSyntax,
                Some(Presented(0)),
            ),
            |scene| leaf(scene, |leaf| leaf.push(malformed_extension())),
        ),
        fault(
            "key usage of the issuer",
            (ClientCertUntrusted, Check::Issuer, Some(Presented(0))),
            |scene| ca(scene, 0, |ca| ca.key_usage(KeyUsage::CRL_SIGN)),
        ),
        fault(
            "key usage of the second CA",
            (ClientCertUntrusted, Check::Issuer, Some(Presented(1))),
            |scene| ca(scene, 1, |ca| ca.key_usage(KeyUsage::DIGITAL_SIGNATURE)),
        ),
        fault(
            "issuer of the second CA",
            (ClientCertUntrusted, Check::Issuer, Some(Presented(2))),
            |scene| root(scene, |root| root.key_usage(KeyUsage::CRL_SIGN)),
        ),
        fault(
            "issuer of the second CA",
            (ClientCertUntrusted, Check::Issuer, Some(Presented(2))),
            |scene| Scene {
                has_root: false,
                ..scene
            },
        ),
    ]
}

fn faults_of_structure() -> Vec<Fault> {
    let critical = |of, at, commit| Fault {
        of,
        failure: (ClientCertUntrusted, Check::CriticalExtension, Some(at)),
        commit,
    };
    let untrusted = |of, check, at, commit| Fault {
        of,
        failure: (ClientCertUntrusted, check, Some(at)),
        commit,
    };
    vec![
        critical("unknown extension of the leaf", Presented(0), |scene| {
            leaf(scene, |leaf| leaf.push(unknown_critical()))
        }),
        critical("unknown extension of the issuer", Presented(1), |scene| {
            ca(scene, 0, |ca| ca.push(unknown_critical()))
        }),
        untrusted(
            "basic constraints of the issuer",
            Check::CaFlag,
            Presented(1),
            |scene| ca(scene, 0, |ca| ca.basic_constraints(false, None)),
        ),
        critical(
            "unknown extension of the second CA",
            Presented(2),
            |scene| ca(scene, 1, |ca| ca.push(unknown_critical())),
        ),
        untrusted(
            "basic constraints of the second CA",
            Check::CaFlag,
            Presented(2),
            |scene| ca(scene, 1, |ca| ca.without(oid::BASIC_CONSTRAINTS)),
        ),
        untrusted(
            "basic constraints of the second CA",
            Check::PathLength,
            Presented(2),
            |scene| ca(scene, 1, |ca| ca.basic_constraints(true, Some(0))),
        ),
        critical("unknown extension of the anchor", Store(0), |scene| {
            root(scene, |root| root.push(unknown_critical()))
        }),
        untrusted(
            "basic constraints of the anchor",
            Check::CaFlag,
            Store(0),
            |scene| root(scene, |root| root.without(oid::BASIC_CONSTRAINTS)),
        ),
    ]
}

fn faults_of_signature_and_time() -> Vec<Fault> {
    let signature = |of, at, commit| Fault {
        of,
        failure: (ClientCertUntrusted, Check::Signature, Some(at)),
        commit,
    };
    let not_before = |of, at, commit| Fault {
        of,
        failure: (ClientCertNotYetValid, Check::NotBefore, Some(at)),
        commit,
    };
    let not_after = |of, at, commit| Fault {
        of,
        failure: (ClientCertExpired, Check::NotAfter, Some(at)),
        commit,
    };
    vec![
        not_before("notBefore of the anchor", Store(0), |scene| {
            root(scene, |root| root.not_before(NOW + 1))
        }),
        not_after("notAfter of the anchor", Store(0), |scene| {
            root(scene, |root| root.not_after(NOW - 1))
        }),
        signature("signature of the second CA", Presented(2), |scene| {
            ca(scene, 1, CertificateBuilder::bad_signature)
        }),
        not_before("notBefore of the second CA", Presented(2), |scene| {
            ca(scene, 1, |ca| ca.not_before(NOW + 1))
        }),
        not_after("notAfter of the second CA", Presented(2), |scene| {
            ca(scene, 1, |ca| ca.not_after(NOW - 1))
        }),
        signature("signature of the issuer", Presented(1), |scene| {
            ca(scene, 0, CertificateBuilder::bad_signature)
        }),
        not_before("notBefore of the issuer", Presented(1), |scene| {
            ca(scene, 0, |ca| ca.not_before(NOW + DAY))
        }),
        not_after("notAfter of the issuer", Presented(1), |scene| {
            ca(scene, 0, |ca| ca.not_after(NOW - DAY))
        }),
        signature("signature of the leaf", Presented(0), |scene| {
            leaf(scene, CertificateBuilder::bad_signature)
        }),
        not_before("notBefore of the leaf", Presented(0), |scene| {
            leaf(scene, |leaf| leaf.not_before(NOW + 1))
        }),
        not_after("notAfter of the leaf", Presented(0), |scene| {
            leaf(scene, |leaf| leaf.not_after(NOW - 1))
        }),
    ]
}

fn faults_of_names_and_purpose() -> Vec<Fault> {
    let purpose = |of, check, at, commit| Fault {
        of,
        failure: (ClientCertPurposeInvalid, check, Some(at)),
        commit,
    };
    vec![
        fault(
            "constraints of the anchor",
            (
                ClientCertUntrusted,
                Check::NameConstraints,
                Some(Presented(1)),
            ),
            |scene| {
                let excluded = GeneralName::directory("Intermediate 0");
                let constraints = NameConstraints::new().exclude(excluded);
                root(scene, move |root| root.name_constraints(&constraints))
            },
        ),
        fault(
            "constraints of the issuer",
            (
                ClientCertUntrusted,
                Check::NameConstraints,
                Some(Presented(0)),
            ),
            |scene| {
                let permitted = GeneralName::dns("permitted.example");
                let constraints = NameConstraints::new().permit(permitted);
                let scene = ca(scene, 0, move |ca| ca.name_constraints(&constraints));
                leaf(scene, |leaf| {
                    leaf.subject_alt_name([GeneralName::dns("other.example")])
                })
            },
        ),
        purpose(
            "extended key usage of the leaf",
            Check::ExtendedKeyUsage,
            Presented(0),
            |scene| leaf(scene, |leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
        ),
        purpose(
            "key usage of the leaf",
            Check::KeyUsage,
            Presented(0),
            |scene| leaf(scene, |leaf| leaf.key_usage(KeyUsage::KEY_ENCIPHERMENT)),
        ),
        purpose(
            "nsCertType of the leaf",
            Check::NetscapeCertType,
            Presented(0),
            |scene| leaf(scene, |leaf| leaf.ns_cert_type(ns_cert_type::SSL_SERVER)),
        ),
        purpose(
            "extended key usage of the issuer",
            Check::ExtendedKeyUsage,
            Presented(1),
            |scene| ca(scene, 0, |ca| ca.extended_key_usage(&[oid::SERVER_AUTH])),
        ),
        purpose(
            "extended key usage of the second CA",
            Check::ExtendedKeyUsage,
            Presented(2),
            |scene| ca(scene, 1, |ca| ca.extended_key_usage(&[oid::CODE_SIGNING])),
        ),
        fault(
            "application",
            (ClientCertRejected, Check::Application, Some(Presented(0))),
            |scene| Scene {
                application_says_no: true,
                ..scene
            },
        ),
        fault(
            "key of the leaf",
            (
                ClientCertTypeUnsupported,
                Check::KeyType,
                Some(Presented(0)),
            ),
            |scene| leaf(scene, |leaf| leaf.key(Key::ed25519(0))),
        ),
    ]
}

fn fault(
    of: &'static str,
    failure: (FailureReason, Check, Option<Position>),
    commit: fn(Scene) -> Scene,
) -> Fault {
    Fault {
        of,
        failure,
        commit,
    }
}

fn malformed_extension() -> Extension {
    Extension::new(oid::CRL_DISTRIBUTION_POINTS, [0x30, 0x01])
}

fn unknown_critical() -> Extension {
    Extension::unknown(1).critical(true)
}

fn leaf(
    scene: Scene,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder + 'static,
) -> Scene {
    Scene {
        pki: scene.pki.leaf(change),
        ..scene
    }
}

fn ca(
    scene: Scene,
    index: usize,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder + 'static,
) -> Scene {
    Scene {
        pki: scene.pki.intermediate(index, change),
        ..scene
    }
}

fn root(
    scene: Scene,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder + 'static,
) -> Scene {
    Scene {
        pki: scene.pki.root(change),
        ..scene
    }
}
