//! Validity to the second, the forms of time, expiry that is waived, and clocks.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use core::time::Duration;

use portcullis::FailureReason::{
    self, ClientCertExpired, ClientCertNotYetValid, UnmappedConnectionError,
};
use portcullis::Position::{self, Presented, Store};
use portcullis::pki_types::UnixTime;
use portcullis::{Check, Expiry, MissingClock, NotAfter, Policy, VerifyStatus};
use portcullis_fixtures::{CertificateBuilder, DAY, NOW, Pki, der};

use crate::common::{at, failure, store};

/// The certificates of a path, and where explain says they are.
const PATH: [(Which, Position); 3] = [
    (Which::Leaf, Presented(0)),
    (Which::Issuer, Presented(1)),
    (Which::Anchor, Store(0)),
];

#[derive(Clone, Copy, Debug)]
enum Which {
    Leaf,
    Issuer,
    Anchor,
}

#[test]
fn the_second_of_not_before_is_valid_and_the_one_before_is_not() {
    for (which, position) in PATH {
        for policy in [Policy::ALB, Policy::RFC5280] {
            let pki = pki(which, |it| it.not_before(NOW));
            assert_eq!(verdict(policy, &pki, NOW), None, "{which:?}");
            assert_eq!(verdict(policy, &pki, NOW - 1), not_yet(position));
            assert_eq!(verdict(policy, &pki, NOW + 1), None, "{which:?}");
        }
    }
}

#[test]
fn the_second_of_not_after_has_expired_for_alb_and_is_valid_for_rfc_5280() {
    for (which, position) in PATH {
        let pki = pki(which, |it| it.not_after(NOW));
        for policy in [Policy::ALB, Policy::RFC5280] {
            assert_eq!(verdict(policy, &pki, NOW - 1), None, "{which:?}");
            assert_eq!(verdict(policy, &pki, NOW + 1), expired(position));
        }
        assert_eq!(verdict(Policy::ALB, &pki, NOW), expired(position));
        assert_eq!(verdict(Policy::RFC5280, &pki, NOW), None, "{which:?}");
        let included = Policy::ALB.with_not_after(NotAfter::Included);
        assert_eq!(verdict(included, &pki, NOW), None, "{which:?}");
        let excluded = Policy::RFC5280.with_not_after(NotAfter::Excluded);
        assert_eq!(verdict(excluded, &pki, NOW), expired(position));
    }
}

#[test]
fn a_single_second_of_validity_is_enough_for_rfc_5280_and_none_for_alb() {
    let pki = pki(Which::Leaf, |it| it.not_before(NOW).not_after(NOW));
    assert_eq!(verdict(Policy::RFC5280, &pki, NOW), None);
    assert_eq!(verdict(Policy::ALB, &pki, NOW), expired(Presented(0)));
}

#[test]
fn utc_times_are_of_the_years_1950_to_2049() {
    // 2049-12-31T23:59:59Z, from `date -u -d ... +%s`.
    const LAST: i64 = 2_524_607_999;
    let until_2049 =
        |it: CertificateBuilder| it.raw_not_after(der::tlv(der::UTC_TIME, "491231235959Z"));
    let until_1950 = |it: CertificateBuilder| {
        it.raw_not_before(der::tlv(der::UTC_TIME, "500101000000Z"))
            .raw_not_after(der::tlv(der::UTC_TIME, "500101000000Z"))
    };
    for (which, position) in PATH {
        let pki_1950 = pki(which, until_1950);
        assert_eq!(verdict(Policy::ALB, &pki_1950, NOW), expired(position));
    }
    let everlasting = |it: CertificateBuilder| it.not_after(LAST + DAY);
    let pki = Pki::builder()
        .root(everlasting)
        .any_intermediate(everlasting)
        .leaf(until_2049)
        .build();
    assert_eq!(verdict(Policy::ALB, &pki, LAST - 1), None);
    assert_eq!(verdict(Policy::ALB, &pki, LAST), expired(Presented(0)));
    assert_eq!(verdict(Policy::RFC5280, &pki, LAST), None);
    assert_eq!(
        verdict(Policy::RFC5280, &pki, LAST + 1),
        expired(Presented(0))
    );
}

#[test]
fn generalized_times_reach_from_year_0_to_9999() {
    let time = |text: &str| der::tlv(der::GENERALIZED_TIME, text);
    let (first, last) = (time("00000101000000Z"), time("99991231235959Z"));
    let always =
        |it: CertificateBuilder| it.raw_not_before(first.clone()).raw_not_after(last.clone());
    let pki = Pki::builder()
        .root(always)
        .any_intermediate(always)
        .leaf(always)
        .build();
    // 9999-12-31T23:59:59Z, from `date -u -d ... +%s`.
    let end = 253_402_300_799;
    for policy in [Policy::ALB, Policy::RFC5280] {
        for now in [0, 1, NOW, end - 1] {
            assert_eq!(verdict(policy, &pki, now), None, "{now}");
        }
        // Every certificate has expired, and the anchor is looked at first.
        assert_eq!(verdict(policy, &pki, end + 1), expired(Store(0)));
        let store = store(policy, &[pki.anchor()]);
        let never = UnixTime::since_unix_epoch(Duration::from_secs(u64::MAX));
        let status = store.verify_at(&pki.chain(), never);
        assert_eq!(status, VerifyStatus::Failed(ClientCertExpired));
        assert_eq!(store.explain(&pki.chain(), never).status(), status);
    }
    assert_eq!(verdict(Policy::ALB, &pki, end), expired(Store(0)));
    assert_eq!(verdict(Policy::RFC5280, &pki, end), None);
}

#[test]
fn a_generalized_time_before_2050_counts_as_the_same_second() {
    for (which, position) in PATH {
        let pki = pki(which, |it| {
            it.raw_not_before(der::generalized_time(NOW))
                .raw_not_after(der::generalized_time(NOW + 10))
        });
        assert_eq!(verdict(Policy::ALB, &pki, NOW - 1), not_yet(position));
        assert_eq!(verdict(Policy::ALB, &pki, NOW), None);
        assert_eq!(verdict(Policy::ALB, &pki, NOW + 9), None);
        assert_eq!(verdict(Policy::ALB, &pki, NOW + 10), expired(position));
    }
}

#[test]
fn ignored_expiry_waives_not_after_of_the_leaf_or_of_all_and_never_not_before() {
    let leaf_only = |policy: Policy| policy.with_expiry(Expiry::IgnoreLeaf);
    let all = |policy: Policy| policy.with_expiry(Expiry::Ignore);
    for policy in [Policy::ALB, Policy::RFC5280] {
        for (which, position) in PATH {
            let old = pki(which, |it| it.not_after(NOW - DAY));
            assert_eq!(verdict(policy, &old, NOW), expired(position));
            assert_eq!(verdict(all(policy), &old, NOW), None, "{which:?}");
            let waived = matches!(which, Which::Leaf);
            let expected = if waived { None } else { expired(position) };
            assert_eq!(verdict(leaf_only(policy), &old, NOW), expected);

            let new = pki(which, |it| it.not_before(NOW + DAY));
            for policy in [policy, leaf_only(policy), all(policy)] {
                assert_eq!(verdict(policy, &new, NOW), not_yet(position));
            }
        }
    }
}

#[test]
fn verify_asks_the_stores_clock() {
    let pki = pki(Which::Leaf, |it| it.not_after(NOW + 1));
    let clock_of =
        |clock: fn() -> Option<UnixTime>| store(Policy::ALB, &[pki.anchor()]).with_clock(clock);
    let in_time = clock_of(|| Some(at(NOW)));
    assert_eq!(in_time.verify(&pki.chain()), VerifyStatus::Success);
    let too_late = clock_of(|| Some(at(NOW + 1)));
    let expired = VerifyStatus::Failed(ClientCertExpired);
    assert_eq!(too_late.verify(&pki.chain()), expired);
}

#[test]
fn without_a_time_nothing_passes_unless_the_policy_knows_of_no_clock() {
    let pki = Pki::new(1);
    let no_time: fn() -> Option<UnixTime> = || None;
    let unmapped = VerifyStatus::Failed(UnmappedConnectionError);
    for policy in [Policy::ALB, Policy::RFC5280] {
        let strict = store(policy, &[pki.anchor()]).with_clock(no_time);
        assert_eq!(strict.verify(&pki.chain()), unmapped);
        assert_eq!(strict.verify(&[]), unmapped);
        let lenient = policy.with_missing_clock(MissingClock::Allow);
        for odd in [
            pki.clone(),
            Pki::builder().leaf(|it| it.not_after(NOW - DAY)).build(),
            Pki::builder().root(|it| it.not_before(NOW + DAY)).build(),
        ] {
            let store = store(lenient, &[odd.anchor()]).with_clock(no_time);
            assert_eq!(store.verify(&odd.chain()), VerifyStatus::Success);
        }
        // With a time that policy checks it.
        let old = Pki::builder().leaf(|it| it.not_after(NOW - DAY)).build();
        assert_eq!(verdict(lenient, &old, NOW), expired(Presented(0)));
        // And all else is checked without one.
        let forged = Pki::builder()
            .leaf(CertificateBuilder::bad_signature)
            .build();
        let store = store(lenient, &[forged.anchor()]).with_clock(no_time);
        let untrusted = VerifyStatus::Failed(FailureReason::ClientCertUntrusted);
        assert_eq!(store.verify(&forged.chain()), untrusted);
    }
}

fn verdict(
    policy: Policy,
    pki: &Pki,
    now: i64,
) -> Option<(FailureReason, Check, Option<Position>)> {
    failure(&store(policy, &[pki.anchor()]), &pki.chain(), now)
}

fn expired(at: Position) -> Option<(FailureReason, Check, Option<Position>)> {
    Some((ClientCertExpired, Check::NotAfter, Some(at)))
}

fn not_yet(at: Position) -> Option<(FailureReason, Check, Option<Position>)> {
    Some((ClientCertNotYetValid, Check::NotBefore, Some(at)))
}

fn pki(which: Which, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Pki {
    let builder = Pki::builder();
    match which {
        Which::Leaf => builder.leaf(change),
        Which::Issuer => builder.intermediate(0, change),
        Which::Anchor => builder.root(change),
    }
    .build()
}
