//! Whether certificates may authenticate a TLS client: extended key usage, key usage, nsCertType.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::{self, ClientCertPurposeInvalid};
use portcullis::Position::{self, Presented, Store};
use portcullis::{AnyEku, Check, MissingEku, Policy};
use portcullis_fixtures::{
    CertificateBuilder, Extension, Key, KeyUsage, NOW, Pki, chain, ns_cert_type, oid,
};

use crate::common::{failure, store};

const POLICIES: [Policy; 2] = [Policy::ALB, Policy::RFC5280];

/// Purposes of an extended key usage; whether they allow client authentication; and whether they
/// do if anyExtendedKeyUsage stands for it.
const PURPOSES: [(&[&str], bool, bool); 9] = [
    (&[oid::CLIENT_AUTH], true, true),
    (&[oid::SERVER_AUTH, oid::CLIENT_AUTH], true, true),
    (&[oid::ANY_EXTENDED_KEY_USAGE, oid::CLIENT_AUTH], true, true),
    (&[oid::CLIENT_AUTH, "2.999.8"], true, true),
    (&[oid::ANY_EXTENDED_KEY_USAGE], false, true),
    (&[oid::SERVER_AUTH], false, false),
    (&[oid::CODE_SIGNING, oid::EMAIL_PROTECTION], false, false),
    (&["2.999.8"], false, false),
    (&[], false, false),
];

#[test]
fn extended_key_usage_of_leaf_and_cas_must_hold_client_auth_where_there_is_one() {
    for policy in POLICIES {
        let lenient = policy.with_any_eku(AnyEku::Allow);
        for (purposes, allowed, allowed_by_any) in PURPOSES {
            let usage = Extension::extended_key_usage(purposes);
            for usage in [usage.clone(), usage.critical(true)] {
                let leaf = Pki::builder().leaf(|leaf| leaf.extension(usage.clone()));
                let refused = purpose(Check::ExtendedKeyUsage, Presented(0));
                expect(policy, &leaf.build(), allowed, refused);
                expect(lenient, &leaf.build(), allowed_by_any, refused);
                for index in [0, 1] {
                    let ca = Pki::builder().intermediates(2);
                    let ca = ca
                        .intermediate(index, |ca| ca.extension(usage.clone()))
                        .build();
                    let refused = purpose(Check::ExtendedKeyUsage, Presented(index + 1));
                    expect(policy, &ca, allowed, refused);
                    expect(lenient, &ca, allowed_by_any, refused);
                }
            }
        }
    }
}

#[test]
fn extended_key_usage_of_the_anchor_says_nothing() {
    for policy in POLICIES {
        for (purposes, ..) in PURPOSES {
            let pki = Pki::builder().root(|root| root.extended_key_usage(purposes));
            expect(policy, &pki.build(), true, None);
            // Nor that of an anchor that is no root.
            let pki = Pki::builder()
                .intermediate(0, |ca| ca.extended_key_usage(purposes))
                .build();
            let store = store(policy, &chain(pki.intermediates()));
            assert_eq!(failure(&store, &pki.chain(), NOW), None);
        }
    }
}

#[test]
fn a_leaf_without_extended_key_usage_passes_unless_the_policy_denies_it() {
    for policy in POLICIES {
        let pki = Pki::builder().leaf(|leaf| leaf.without(oid::EXTENDED_KEY_USAGE));
        let pki = pki.build();
        expect(policy, &pki, true, None);
        let deny = policy.with_missing_eku(MissingEku::Deny);
        let refused = purpose(Check::ExtendedKeyUsage, Presented(0));
        expect(deny, &pki, false, refused);
        // CAs need none.
        expect(deny, &Pki::new(2), true, None);
    }
}

#[test]
fn key_usage_of_the_leaf_must_allow_to_sign_or_to_agree_on_keys_where_there_is_one() {
    for policy in POLICIES {
        for (usage, allowed) in [
            (KeyUsage::DIGITAL_SIGNATURE, true),
            (KeyUsage::KEY_AGREEMENT, true),
            (
                KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT,
                true,
            ),
            (KeyUsage::KEY_AGREEMENT | KeyUsage::DECIPHER_ONLY, true),
            (KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN, true),
            (KeyUsage::NON_REPUDIATION, false),
            (KeyUsage::KEY_ENCIPHERMENT, false),
            (KeyUsage::DATA_ENCIPHERMENT, false),
            (KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN, false),
            (KeyUsage::ENCIPHER_ONLY, false),
            (KeyUsage::DECIPHER_ONLY, false),
            (KeyUsage::NONE, false),
        ] {
            let usage = Extension::key_usage(usage);
            for usage in [usage.clone(), usage.critical(false)] {
                let pki = Pki::builder().leaf(|leaf| leaf.extension(usage.clone()));
                let refused = purpose(Check::KeyUsage, Presented(0));
                expect(policy, &pki.build(), allowed, refused);
            }
        }
        let none = Pki::builder().leaf(|leaf| leaf.without(oid::KEY_USAGE));
        expect(policy, &none.build(), true, None);
    }
}

#[test]
fn key_usage_of_a_ca_must_allow_to_sign_certificates_where_there_is_one() {
    for policy in POLICIES {
        let unknown = |at| Some((FailureReason::ClientCertUntrusted, Check::Issuer, Some(at)));
        for (usage, allowed) in [
            (KeyUsage::KEY_CERT_SIGN, true),
            (KeyUsage::KEY_CERT_SIGN | KeyUsage::DECIPHER_ONLY, true),
            (KeyUsage::CRL_SIGN, false),
            (KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT, false),
            (KeyUsage::NONE, false),
        ] {
            let ca = Pki::builder()
                .intermediate(0, |ca| ca.key_usage(usage))
                .build();
            expect(policy, &ca, allowed, unknown(Presented(0)));
            let root = Pki::builder().root(|root| root.key_usage(usage)).build();
            expect(policy, &root, allowed, unknown(Presented(1)));
        }
        let none = |ca: CertificateBuilder| ca.without(oid::KEY_USAGE);
        let pki = Pki::builder().root(none).any_intermediate(none);
        expect(policy, &pki.build(), true, None);
    }
}

#[test]
fn ns_cert_type_of_the_leaf_must_hold_ssl_client_where_there_is_one() {
    for policy in POLICIES {
        for (bits, allowed) in [
            (ns_cert_type::SSL_CLIENT, true),
            (ns_cert_type::SSL_CLIENT | ns_cert_type::SSL_SERVER, true),
            (ns_cert_type::SSL_SERVER, false),
            (ns_cert_type::SMIME | ns_cert_type::OBJECT_SIGNING, false),
            (ns_cert_type::SSL_CA, false),
            (0, false),
        ] {
            let leaf = Pki::builder().leaf(|leaf| leaf.ns_cert_type(bits)).build();
            let refused = purpose(Check::NetscapeCertType, Presented(0));
            expect(policy, &leaf, allowed, refused);
            // That of a CA is not looked at.
            let ca = Pki::builder()
                .intermediate(0, |ca| ca.ns_cert_type(bits))
                .root(|root| root.ns_cert_type(bits));
            expect(policy, &ca.build(), true, None);
        }
    }
}

#[test]
fn a_leaf_in_the_store_is_an_anchor_to_alb_and_a_client_to_rfc_5280() {
    let leaf = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        change(CertificateBuilder::bare("Client", Key::p256(0))).self_signed()
    };
    for (leaf, check) in [
        (
            leaf(|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
            Check::ExtendedKeyUsage,
        ),
        (
            leaf(|leaf| leaf.key_usage(KeyUsage::KEY_CERT_SIGN)),
            Check::KeyUsage,
        ),
        (
            leaf(|leaf| leaf.ns_cert_type(ns_cert_type::SSL_SERVER)),
            Check::NetscapeCertType,
        ),
    ] {
        let alb = store(Policy::ALB, &chain([&leaf]));
        assert_eq!(failure(&alb, &chain([&leaf]), NOW), None);
        let rfc5280 = store(Policy::RFC5280, &chain([&leaf]));
        let refused = purpose(check, Store(0));
        assert_eq!(failure(&rfc5280, &chain([&leaf]), NOW), refused);
    }
}

fn purpose(check: Check, at: Position) -> Option<(FailureReason, Check, Option<Position>)> {
    Some((ClientCertPurposeInvalid, check, Some(at)))
}

#[track_caller]
fn expect(
    policy: Policy,
    pki: &Pki,
    passes: bool,
    otherwise: Option<(FailureReason, Check, Option<Position>)>,
) {
    let store = store(policy, &[pki.anchor()]);
    let expected = if passes { None } else { otherwise };
    assert_eq!(failure(&store, &pki.chain(), NOW), expected);
}
