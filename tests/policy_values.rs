//! The values of the policies that there are.
#![cfg(feature = "std")]

use portcullis::{
    AlgorithmScope, AnyEku, CrlReach, DepthCount, ExpiredCrl, Expiry, LeafKeys, LeafVersion,
    MissingClock, MissingCrl, MissingEku, NotAfter, Policy, Search, Sha1, SignatureAlgorithm,
};

/// What AWS documents of ALB, and what s2n-tls and AWS-LC do.
const ALB: Policy = Policy::ALB
    .with_max_depth(4)
    .with_depth_count(DepthCount::Presented)
    .with_max_message_size(65_536)
    .with_max_ca_size(16_384)
    .with_search(Search::First)
    .with_expiry(Expiry::Enforce)
    .with_not_after(NotAfter::Excluded)
    .with_missing_clock(MissingClock::Deny)
    .with_sha1(Sha1::Incompatible)
    .with_algorithm_scope(AlgorithmScope::Presented)
    .with_rsa_bits(2048, 8192)
    .with_leaf_keys(LeafKeys::Documented)
    .with_leaf_version(LeafVersion::V3)
    .with_missing_eku(MissingEku::Allow)
    .with_any_eku(AnyEku::Deny)
    .with_missing_crl(MissingCrl::Allow)
    .with_expired_crl(ExpiredCrl::Ignore)
    .with_crl_reach(CrlReach::Path)
    .with_max_crl_size(52_428_800)
    .with_max_crl_entries(500_000);

const RFC5280: Policy = ALB
    .with_max_depth(16)
    .with_search(Search::Backtrack)
    .with_not_after(NotAfter::Included)
    .with_signature_algorithm(SignatureAlgorithm::Ed25519)
    .with_algorithm_scope(AlgorithmScope::Path)
    .with_leaf_keys(LeafKeys::DocumentedAndEd25519)
    .with_max_crl_size(u32::MAX)
    .with_max_crl_entries(u32::MAX);

#[test]
fn alb_and_rfc_5280_are_what_their_knobs_say() {
    assert_eq!(text(Policy::ALB), text(ALB));
    let rfc5280 = text(RFC5280).replace("dialect: Alb", "dialect: Rfc5280");
    assert_eq!(text(Policy::RFC5280), rfc5280);
    assert!(rfc5280.contains("search: Backtrack"), "{rfc5280}");
}

#[cfg(feature = "webpki")]
#[test]
fn the_strict_policy_is_rfc_5280_and_three_refusals() {
    let strict = Policy::RFC5280
        .with_missing_eku(MissingEku::Deny)
        .with_missing_crl(MissingCrl::DenyOnceThereIsOne);
    let strict = text(strict).replace("second_opinion: None", "second_opinion: Webpki");
    assert_eq!(text(Policy::STRICT), strict);
}

#[test]
fn the_documented_algorithms_are_allowed_and_no_others() {
    use SignatureAlgorithm as Algorithm;
    for (algorithm, alb, rfc5280) in [
        (Algorithm::RsaPkcs1Sha256, true, true),
        (Algorithm::RsaPkcs1Sha384, true, true),
        (Algorithm::RsaPkcs1Sha512, true, true),
        (Algorithm::RsaPssSha256, true, true),
        (Algorithm::RsaPssSha384, true, true),
        (Algorithm::RsaPssSha512, true, true),
        (Algorithm::EcdsaSha256, true, true),
        (Algorithm::EcdsaSha384, true, true),
        (Algorithm::EcdsaSha512, true, true),
        (Algorithm::Ed25519, false, true),
        (Algorithm::RsaPkcs1Sha224, false, false),
        (Algorithm::EcdsaSha224, false, false),
        (Algorithm::RsaPkcs1Md5, false, false),
        (Algorithm::Ed448, false, false),
    ] {
        for (policy, allowed) in [(Policy::ALB, alb), (Policy::RFC5280, rfc5280)] {
            let with = policy.with_signature_algorithm(algorithm);
            let without = policy.without_signature_algorithm(algorithm);
            assert_eq!(text(with) == text(policy), allowed, "{algorithm:?}");
            assert_eq!(text(without) != text(policy), allowed, "{algorithm:?}");
        }
    }
}

fn text(policy: Policy) -> String {
    format!("{policy:?}")
}
