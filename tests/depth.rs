//! How many certificates may be presented, and how large their message may be.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::{
    self, ClientCertIncompatible, ClientCertInvalid, ClientCertMaxChainDepthExceeded,
    ClientCertMaxSizeExceeded, ClientCertUntrusted, UnmappedConnectionError,
};
use portcullis::Position::{self, Presented};
use portcullis::pki_types::CertificateDer;
use portcullis::{Chain, Check, DepthCount, Policy, Protocol, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Key, NOW, Pki, SignatureScheme, chain, framed_size,
};

use crate::common::{at, failure, store};

const SIZE_LIMIT: usize = 64 * 1024;

#[test]
fn alb_takes_4_certificates_and_no_5th() {
    for presented in 1..=6 {
        let pki = Pki::new(presented - 1);
        assert_eq!(pki.chain().len(), presented);
        let expected = if presented <= 4 { None } else { too_many(4) };
        assert_eq!(verdict(Policy::ALB, &pki), expected, "{presented}");
    }
}

#[test]
fn rfc_5280_takes_16_certificates_and_no_17th() {
    for (presented, expected) in [(1, None), (5, None), (16, None), (17, too_many(16))] {
        let pki = Pki::new(presented - 1);
        assert_eq!(verdict(Policy::RFC5280, &pki), expected, "{presented}");
    }
}

#[test]
fn the_limit_is_a_knob() {
    for (limit, fits) in [(1, 1), (2, 2), (5, 5), (36, 36), (63, 63), (0, 1)] {
        for policy in [Policy::ALB, Policy::RFC5280] {
            let policy = policy.with_max_depth(limit);
            assert_eq!(verdict(policy, &Pki::new(fits - 1)), None, "{limit}");
            assert_eq!(verdict(policy, &Pki::new(fits)), too_many(fits), "{limit}");
        }
    }
}

#[test]
fn there_is_an_end_to_the_knob() {
    for policy in [Policy::ALB, Policy::RFC5280] {
        let policy = policy
            .with_max_depth(u8::MAX)
            .with_max_message_size(u32::MAX);
        for policy in [policy, policy.with_depth_count(DepthCount::Issuers)] {
            assert_eq!(verdict(policy, &Pki::new(63)), None);
            for intermediates in [128, 254, 300] {
                let (reason, check, _) = verdict(policy, &Pki::new(intermediates)).expect("no");
                let too_many = (ClientCertMaxChainDepthExceeded, Check::ChainDepth);
                assert_eq!((reason, check), too_many);
            }
        }
    }
}

#[test]
fn the_leaf_may_be_left_out_of_the_count() {
    let policy = Policy::ALB.with_depth_count(DepthCount::Issuers);
    assert_eq!(verdict(policy, &Pki::new(4)), None);
    assert_eq!(verdict(policy, &Pki::new(5)), too_many(5));
    let one = policy.with_max_depth(1);
    assert_eq!(verdict(one, &Pki::new(1)), None);
    assert_eq!(verdict(one, &Pki::new(2)), too_many(2));
}

#[test]
fn all_that_is_presented_counts_and_nothing_of_the_store_does() {
    let pki = Pki::new(2);
    let stranger = Certificate::ca("Stranger", Key::p256(9));
    let store = store(Policy::ALB, &[pki.anchor()]);
    let mut presented = pki.chain_with_root();
    assert_eq!(failure(&store, &presented, NOW), None);
    presented.push(stranger.to_certificate_der());
    assert_eq!(failure(&store, &presented, NOW), too_many(4));
    let copies = vec![pki.chain()[0].clone(); 5];
    assert_eq!(failure(&store, &copies, NOW), too_many(4));

    let long = Pki::new(6);
    let mut cas = chain(long.intermediates());
    cas.push(long.anchor());
    let store = common::store(Policy::ALB, &cas);
    assert_eq!(failure(&store, &long.chain()[..1], NOW), None);
    assert_eq!(failure(&store, &long.chain()[..4], NOW), None);
}

#[test]
fn two_hundred_certificates_are_too_many_or_too_large() {
    let bare = CertificateBuilder::bare("c", Key::ed25519(0)).self_signed();
    let small = vec![bare.to_certificate_der(); 200];
    let pki = Pki::new(199);
    for (policy, limit) in [
        (Policy::ALB, 4),
        (Policy::RFC5280, 16),
        (Policy::ALB.with_max_depth(60), 60),
        (Policy::RFC5280.with_max_depth(60), 60),
    ] {
        let empty = store(policy, &[]);
        assert_eq!(failure(&empty, &small, NOW), too_many(limit));
        assert_eq!(verdict(policy, &pki), too_large());
        let roomy = policy.with_max_message_size(1 << 20);
        assert_eq!(verdict(roomy, &pki), too_many(limit));
    }
}

#[test]
fn no_certificate_is_no_client() {
    for policy in [Policy::ALB, Policy::RFC5280] {
        let store = store(policy, &[Pki::new(0).anchor()]);
        let expected = Some((UnmappedConnectionError, Check::Presence, None));
        assert_eq!(failure(&store, &[], NOW), expected);
        assert!(store.explain(&[], at(NOW)).client().is_none());
    }
}

#[test]
fn a_message_of_64_kib_fits_and_one_octet_more_does_not() {
    // RFC 8446 4.4.2: an empty context, the length of the list, and with each certificate its
    // length and that of its extensions. RFC 5246 7.4.2 has neither context nor extensions.
    for (protocol, message, certificate) in [(Protocol::Tls12, 3, 3), (Protocol::Tls13, 4, 5)] {
        for intermediates in [0, 1, 3] {
            for excess in [0, 1] {
                let pki = Pki::new(intermediates);
                let rest = framed_size(pki.intermediates(), certificate);
                let size = SIZE_LIMIT - message - rest - certificate + excess;
                let pki = Pki::builder()
                    .intermediates(intermediates)
                    .leaf(|leaf| leaf.size(size))
                    .build();
                let store = store(Policy::ALB, &[pki.anchor()]);
                let presented = pki.chain();
                let presented = Chain::new(&presented[0], &presented[1..]).presented_in(protocol);
                let expected = if excess == 0 {
                    VerifyStatus::Success
                } else {
                    VerifyStatus::Failed(ClientCertMaxSizeExceeded)
                };
                assert_eq!(store.verify_at(presented, at(NOW)), expected);
                let explanation = store.explain(presented, at(NOW));
                assert_eq!(explanation.status(), expected);
                let check = (excess == 1).then_some(Check::MessageSize);
                assert_eq!(explanation.check(), check);
            }
        }
    }
}

#[test]
fn without_word_of_the_protocol_it_is_tls_1_3() {
    let rest = 4 + 5;
    for (excess, expected) in [(0, None), (1, too_large())] {
        let pki = Pki::builder()
            .intermediates(0)
            .leaf(|leaf| leaf.size(SIZE_LIMIT - rest + excess))
            .build();
        assert_eq!(verdict(Policy::ALB, &pki), expected);
        assert_eq!(verdict(Policy::RFC5280, &pki), expected);
    }
}

#[test]
fn the_size_limit_is_a_knob() {
    let pki = Pki::new(1);
    let size = 4 + framed_size([pki.leaf(), pki.issuer()], 5);
    let limit = u32::try_from(size).expect("it is small");
    assert_eq!(
        verdict(Policy::ALB.with_max_message_size(limit), &pki),
        None
    );
    let less = Policy::ALB.with_max_message_size(limit - 1);
    assert_eq!(verdict(less, &pki), too_large());
}

#[test]
fn what_is_wrong_with_the_first_4_comes_before_their_number() {
    let broken = CertificateBuilder::ca("Broken", Key::p256(8)).trailing([0]);
    let broken = broken.self_signed().to_certificate_der();
    let root = Certificate::ca("Root", Key::p256(9));
    let sha1 = CertificateBuilder::ca("Old", Key::p256(8)).scheme(SignatureScheme::EcdsaSha1);
    let sha1 = sha1.issued_by(&root).to_certificate_der();
    let pki = Pki::new(4);
    let store = store(Policy::ALB, &[pki.anchor()]);
    for index in 0..7 {
        for (odd, reason, check) in [
            (&broken, ClientCertInvalid, Check::Parsing),
            (&sha1, ClientCertIncompatible, Check::SignatureAlgorithm),
        ] {
            let mut presented: Vec<CertificateDer<'_>> = pki.chain();
            presented.insert(index.min(5), odd.clone());
            let expected = match index {
                0..4 => Some((reason, check, Some(Presented(index)))),
                _ => too_many(4),
            };
            assert_eq!(failure(&store, &presented, NOW), expected, "{index}");
        }
    }
}

#[test]
fn too_many_come_before_an_unknown_issuer() {
    let pki = Pki::new(4);
    let stranger = Certificate::ca("Stranger", Key::p256(9));
    let store = store(Policy::ALB, &chain([&stranger]));
    assert_eq!(failure(&store, &pki.chain(), NOW), too_many(4));
    let unknown = Some((ClientCertUntrusted, Check::Issuer, Some(Presented(3))));
    assert_eq!(failure(&store, &Pki::new(3).chain(), NOW), unknown);
}

fn verdict(policy: Policy, pki: &Pki) -> Option<(FailureReason, Check, Option<Position>)> {
    failure(&store(policy, &[pki.anchor()]), &pki.chain(), NOW)
}

/// The first that is too many is named.
fn too_many(limit: usize) -> Option<(FailureReason, Check, Option<Position>)> {
    let first = Some(Presented(limit));
    Some((ClientCertMaxChainDepthExceeded, Check::ChainDepth, first))
}

fn too_large() -> Option<(FailureReason, Check, Option<Position>)> {
    Some((ClientCertMaxSizeExceeded, Check::MessageSize, None))
}
