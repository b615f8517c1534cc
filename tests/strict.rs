//! `Policy::STRICT`: nothing passes that RFC 5280's rules or webpki refuse.
#![cfg(all(feature = "aws-lc-rs", feature = "std", feature = "webpki"))]

mod common;

use portcullis::FailureReason::{ClientCertPurposeInvalid, ClientCertUntrusted};
use portcullis::Position::Presented;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{Check, MissingClock, Policy, TrustStore, VerifyStatus, signature};
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, DAY, Extension, GeneralName, Key, KeyUsage, NOW,
    Name, NameConstraints, Pki, SignatureScheme, Subtree, chain, der, ns_cert_type, oid,
};
use webpki::{EndEntityCert, anchor_from_trusted_cert};

use crate::common::{at, failure, store};

/// What a store holds and what a client presents.
struct Case {
    name: String,
    anchors: Vec<CertificateDer<'static>>,
    presented: Vec<CertificateDer<'static>>,
}

#[test]
fn strict_passes_nothing_that_webpki_or_rfc_5280_refuse() {
    let (mut passed, mut second_opinions) = (0, 0);
    let mut cases = cases();
    // A store refuses some of these anchors outright.
    cases.retain(|case| {
        let mut store: TrustStore<'_> = TrustStore::new(Policy::STRICT, signature::AWS_LC_RS);
        let mut anchors = case.anchors.iter();
        anchors.all(|anchor| store.add_ca(anchor.clone()).is_ok())
    });
    for case in &cases {
        let strict = failure(&store(Policy::STRICT, &case.anchors), &case.presented, NOW);
        let rfc5280 = failure(&store(Policy::RFC5280, &case.anchors), &case.presented, NOW);
        match strict {
            None => {
                passed += 1;
                assert_eq!(rfc5280, None, "{}", case.name);
                assert_eq!(webpki_says(case), Ok(()), "{}", case.name);
            }
            Some((_, Check::SecondOpinion, _)) => {
                second_opinions += 1;
                assert_eq!(rfc5280, None, "{}", case.name);
            }
            Some(_) => {}
        }
    }
    // Enough of each for the test to mean something.
    assert!(cases.len() > 200, "{}", cases.len());
    assert!(passed > 60, "{passed}");
    assert!(second_opinions >= 5, "{second_opinions}");
    assert!(cases.len() - passed > 60);
}

#[test]
fn usual_chains_pass() {
    for intermediates in 0..=6 {
        let pki = Pki::new(intermediates);
        let store = store(Policy::STRICT, &[pki.anchor()]);
        assert_eq!(failure(&store, &pki.chain(), NOW), None);
    }
    for key in [Key::rsa2048(0), Key::p384(0), Key::p521(0), Key::ed25519(0)] {
        let pki = Pki::builder().keys(|_| key).build();
        let store = store(Policy::STRICT, &[pki.anchor()]);
        assert_eq!(failure(&store, &pki.chain(), NOW), None, "{key:?}");
    }
}

#[test]
fn what_webpki_does_not_know_is_refused_as_a_second_opinion() {
    let no = Some((
        ClientCertUntrusted,
        Check::SecondOpinion,
        Some(Presented(0)),
    ));
    let directory = NameConstraints::new().permit(GeneralName::directory("Client"));
    let policies = Extension::certificate_policies(&[oid::ANY_POLICY]).critical(true);
    for pki in [
        Pki::new(7),
        Pki::builder()
            .leaf(|leaf| leaf.basic_constraints(true, None))
            .build(),
        Pki::builder()
            .leaf(|leaf| leaf.push(policies.clone()))
            .build(),
        Pki::builder()
            .intermediate(0, |ca| ca.name_constraints(&directory))
            .build(),
    ] {
        let presented = pki.chain();
        let strict = store(Policy::STRICT, &[pki.anchor()]);
        assert_eq!(failure(&strict, &presented, NOW), no);
        let rfc5280 = store(Policy::RFC5280, &[pki.anchor()]);
        assert_eq!(failure(&rfc5280, &presented, NOW), None);
    }
}

#[test]
fn a_leaf_that_is_itself_in_the_store_is_refused() {
    let client = CertificateBuilder::leaf("Client", Key::p256(0)).self_signed();
    let rfc5280 = store(Policy::RFC5280, &chain([&client]));
    assert_eq!(failure(&rfc5280, &chain([&client]), NOW), None);
    let strict = store(Policy::STRICT, &chain([&client]));
    let (reason, check, _) = failure(&strict, &chain([&client]), NOW).expect("it is refused");
    assert_eq!((reason, check), (ClientCertUntrusted, Check::SecondOpinion));
}

#[test]
fn a_leaf_without_extended_key_usage_is_refused() {
    let pki = Pki::builder().leaf(|leaf| leaf.without(oid::EXTENDED_KEY_USAGE));
    let pki = pki.build();
    let store = store(Policy::STRICT, &[pki.anchor()]);
    let refused = (
        ClientCertPurposeInvalid,
        Check::ExtendedKeyUsage,
        Some(Presented(0)),
    );
    assert_eq!(failure(&store, &pki.chain(), NOW), Some(refused));
}

#[test]
fn without_a_time_there_is_no_second_opinion_and_no_pass() {
    let pki = Pki::new(1);
    let no_time: fn() -> Option<UnixTime> = || None;
    let policy = Policy::STRICT.with_missing_clock(MissingClock::Allow);
    let store = store(policy, &[pki.anchor()]).with_clock(no_time);
    let untrusted = VerifyStatus::Failed(ClientCertUntrusted);
    assert_eq!(store.verify(&pki.chain()), untrusted);
}

#[test]
fn another_path_is_tried_when_webpki_refuses_the_first() {
    let root = Certificate::ca("Root", Key::p256(0));
    let constraints = NameConstraints::new().permit(GeneralName::directory("Client"));
    let ca = CertificateBuilder::ca("Signing", Key::p256(1));
    let odd = ca.clone().name_constraints(&constraints).issued_by(&root);
    let plain = ca.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &plain);
    let store = store(Policy::STRICT, &chain([&root]));
    let presented = chain([&client, &odd, &plain]);
    assert_eq!(failure(&store, &presented, NOW), None);
    let no = Some((
        ClientCertUntrusted,
        Check::SecondOpinion,
        Some(Presented(0)),
    ));
    assert_eq!(failure(&store, &presented[..2], NOW), no);
}

/// webpki's word on everything that was presented and everything that is in the store.
fn webpki_says(case: &Case) -> Result<(), webpki::Error> {
    let anchors = case.anchors.iter().map(anchor_from_trusted_cert);
    let anchors: Vec<_> = anchors.filter_map(Result::ok).collect();
    let leaf = EndEntityCert::try_from(&case.presented[0])?;
    let usage = webpki::KeyUsage::client_auth();
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    let intermediates = &case.presented[1..];
    let now = at(NOW);
    leaf.verify_for_usage(algorithms, &anchors, intermediates, now, usage, None, None)
        .map(|_| ())
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let changes = changes();
    for (index, change) in changes.iter().enumerate() {
        let case = |on: &str, pki: Pki| Case {
            name: format!("{index} on the {on}"),
            anchors: vec![pki.anchor()],
            presented: pki.chain(),
        };
        cases.push(case("leaf", Pki::builder().leaf(change).build()));
        cases.push(case(
            "issuer",
            Pki::builder().intermediate(0, change).build(),
        ));
        cases.push(case("root", Pki::builder().root(change).build()));
        let second = Pki::builder().intermediates(2).intermediate(1, change);
        cases.push(case("second CA", second.build()));
        // The intermediate as the anchor, changed.
        let pki = Pki::builder().intermediate(0, change).build();
        cases.push(Case {
            name: format!("{index} on an intermediate in the store"),
            anchors: chain(pki.intermediates()),
            presented: pki.chain()[..1].to_vec(),
        });
    }
    for intermediates in 0..9 {
        let pki = Pki::new(intermediates);
        cases.push(Case {
            name: format!("{intermediates} intermediates and the root"),
            anchors: vec![pki.anchor()],
            presented: pki.chain_with_root(),
        });
    }
    cases
}

/// Right ones and wrong ones, for CAs and for clients.
fn changes() -> Vec<Box<dyn Fn(CertificateBuilder) -> CertificateBuilder>> {
    let permit = |name| NameConstraints::new().permit(name);
    let exclude = |name| NameConstraints::new().exclude(name);
    let dns = GeneralName::dns("example.com");
    let minimum = Subtree::new(dns.clone()).minimum(1);
    let mut changes: Vec<Box<dyn Fn(CertificateBuilder) -> CertificateBuilder>> = vec![
        Box::new(|it| it),
        Box::new(|it| it.not_after(NOW)),
        Box::new(|it| it.not_after(NOW - 1)),
        Box::new(|it| it.not_before(NOW)),
        Box::new(|it| it.not_before(NOW + DAY)),
        Box::new(|it| it.raw_not_before(der::generalized_time(NOW - DAY))),
        Box::new(|it| it.bad_signature()),
        Box::new(|it| it.trailing([0])),
        Box::new(|it| it.v1()),
        Box::new(|it| it.version(2).without_extensions()),
        Box::new(|it| it.serial([0])),
        Box::new(|it| it.serial([0x80])),
        Box::new(|it| it.serial([0x7f; 40])),
        Box::new(|it| it.issuer_unique_id([1])),
        Box::new(|it| it.subject(Name::new())),
        Box::new(|it| it.subject(Name::new().attribute(Attribute::bmp(oid::COMMON_NAME, "X")))),
        Box::new(|it| it.issuer("ROOT")),
        Box::new(|it| it.issuer("Nobody")),
        Box::new(|it| it.basic_constraints(true, None)),
        Box::new(|it| it.basic_constraints(true, Some(0))),
        Box::new(|it| it.basic_constraints(false, None)),
        Box::new(|it| it.without(oid::BASIC_CONSTRAINTS)),
        Box::new(|it| it.without(oid::KEY_USAGE)),
        Box::new(|it| it.without(oid::SUBJECT_KEY_ID)),
        Box::new(|it| it.without(oid::AUTHORITY_KEY_ID)),
        Box::new(|it| it.key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::DIGITAL_SIGNATURE)),
        Box::new(|it| it.key_usage(KeyUsage::CRL_SIGN)),
        Box::new(|it| it.extended_key_usage(&[oid::CLIENT_AUTH])),
        Box::new(|it| it.extended_key_usage(&[oid::SERVER_AUTH])),
        Box::new(|it| it.extended_key_usage(&[oid::ANY_EXTENDED_KEY_USAGE])),
        Box::new(|it| it.extended_key_usage(&[])),
        Box::new(|it| it.without(oid::EXTENDED_KEY_USAGE)),
        Box::new(|it| it.ns_cert_type(ns_cert_type::SSL_CLIENT)),
        Box::new(|it| it.extension(Extension::ns_cert_type(1).critical(true))),
        Box::new(|it| it.push(Extension::unknown(2))),
        Box::new(|it| it.push(Extension::unknown(2).critical(true))),
        Box::new(|it| it.push(Extension::unknown(2)).push(Extension::unknown(3))),
        Box::new(|it| it.crl_distribution_points(&["http://ca.example/crl"])),
        Box::new(|it| it.certificate_policies(&[oid::ANY_POLICY])),
        Box::new(|it| {
            it.extension(Extension::certificate_policies(&[oid::ANY_POLICY]).critical(true))
        }),
        Box::new(|it| it.subject_alt_name([GeneralName::dns("client.example.com")])),
        Box::new(|it| it.subject_alt_name([GeneralName::ip_bytes([1, 2, 3])])),
        Box::new(|it| it.scheme(SignatureScheme::EcdsaSha1)),
        Box::new(|it| it.scheme(SignatureScheme::EcdsaSha384)),
        Box::new(|it| it.inner_algorithm(SignatureScheme::EcdsaSha384.algorithm_identifier())),
        Box::new(|it| it.key(Key::rsa1024())),
        Box::new(|it| it.key(Key::ed25519(3))),
    ];
    for constraints in [
        permit(dns.clone()),
        exclude(dns),
        permit(GeneralName::directory("Client")),
        permit(GeneralName::email("example.com")),
        exclude(GeneralName::ip_subnet([10, 0, 0, 0], 8)),
        NameConstraints::new().permit(minimum),
    ] {
        changes.push(Box::new(move |it| it.name_constraints(&constraints)));
    }
    changes
}
