//! Several lists of one CA: which of them decides, whatever the order in which they were loaded.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use portcullis::Position::Presented;
use portcullis::{Check, ExpiredCrl, MissingCrl, Policy};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Crl, CrlBuilder, DAY, Extension, GeneralName,
    IssuingDistributionPoint, Key, NOW, Pki, der, oid,
};

use crate::lists::{Failed, POLICIES, hit, processing_error, revoking, store_with, verdict};

#[test]
fn of_lists_of_one_scope_the_one_issued_last_decides() {
    for scope in scopes() {
        let scene = Scene::new(scope);
        // Since then the certificate has been revoked.
        let old = scene.list().this_update(NOW - 9 * DAY);
        let new = scene.revoking().this_update(NOW - DAY);
        scene.decides(&[old.number(9), new.number(8)], hit(Presented(0)));
        // Since then it has been taken off the list.
        let old = scene.revoking().this_update(NOW - 9 * DAY);
        let new = scene.list().this_update(NOW - DAY);
        scene.decides(&[old.number(9), new.number(8)], None);
    }
}

#[test]
fn of_lists_issued_at_the_same_second_the_higher_number_decides() {
    let scene = Scene::new(None);
    for (lower, higher) in [(1, 2), (2, 10), (127, 128), (255, 256), (0xFFFF, 0x01_0000)] {
        let lists = [scene.revoking().number(lower), scene.list().number(higher)];
        scene.decides(&lists, None);
        let lists = [scene.list().number(lower), scene.revoking().number(higher)];
        scene.decides(&lists, hit(Presented(0)));
    }
    // Without a number nothing says which is newer, and both are consulted.
    let unnumbered = scene.revoking().without(oid::CRL_NUMBER);
    scene.decides(&[unnumbered, scene.list().number(0)], hit(Presented(0)));
    // 20 octets, as many as RFC 5280 allows.
    let long = Extension::new(oid::CRL_NUMBER, der::integer_bytes([0x70; 20]));
    scene.decides(
        &[
            scene.revoking().number(u64::MAX),
            scene.list().extension(long),
        ],
        None,
    );
}

#[test]
fn of_lists_that_nothing_tells_apart_each_is_consulted() {
    let scene = Scene::new(None);
    scene.decides(&[scene.revoking(), scene.list()], hit(Presented(0)));
    let (one, other) = (scene.list().revoke([1]), scene.list().revoke([2]));
    scene.decides(&[one, other], None);
}

#[test]
fn of_three_lists_the_newest_decides_in_any_order() {
    let scene = Scene::new(None);
    let lists = [
        scene.revoking().this_update(NOW - 9 * DAY),
        scene.revoking().this_update(NOW - 5 * DAY),
        scene.list().this_update(NOW - DAY),
    ];
    scene.decides(&lists, None);
}

#[test]
fn a_list_of_another_scope_replaces_none() {
    let uri = || [GeneralName::uri("http://crl.example/a")];
    let points = [
        None,
        Some(IssuingDistributionPoint::new().only_user_certificates()),
        Some(IssuingDistributionPoint::new().full_name(uri())),
        Some(
            IssuingDistributionPoint::new()
                .only_user_certificates()
                .full_name(uri()),
        ),
    ];
    for (index, old) in points.iter().enumerate() {
        for new in points
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
        {
            let old = Scene::new(old.clone())
                .revoking()
                .this_update(NOW - 9 * DAY);
            let scene = Scene::new(new.1.clone());
            scene.decides(&[old, scene.list()], hit(Presented(0)));
        }
    }
}

#[test]
fn an_expired_list_decides_unless_the_policy_says_otherwise() {
    let scene = Scene::new(None);
    let expired = |list: CrlBuilder| list.this_update(NOW - 9 * DAY).next_update(NOW - DAY);
    let early = |list: CrlBuilder| list.this_update(NOW + DAY);
    let not_current = processing_error(Check::CrlValidity, Presented(0));
    for (_, policy) in POLICIES {
        let enforce = policy.with_expired_crl(ExpiredCrl::Enforce);
        for change in [expired, early] {
            let verdict = |policy, list: CrlBuilder| scene.verdict(policy, &[list]);
            assert_eq!(verdict(policy, change(scene.list())), None);
            assert_eq!(verdict(policy, change(scene.revoking())), hit(Presented(0)));
            assert_eq!(verdict(enforce, change(scene.list())), not_current);
            // It revoked the certificate while it was valid.
            assert_eq!(
                verdict(enforce, change(scene.revoking())),
                hit(Presented(0))
            );
        }
    }
}

#[test]
fn a_list_is_current_from_this_update_through_next_update() {
    let scene = Scene::new(None);
    let policy = Policy::RFC5280.with_expired_crl(ExpiredCrl::Enforce);
    let cases = [
        (NOW, NOW + 1, true),
        (NOW + 1, NOW + 2, false),
        (NOW - 1, NOW, true),
        (NOW - 2, NOW - 1, false),
    ];
    for (this_update, next_update, is_current) in cases {
        let list = scene
            .list()
            .this_update(this_update)
            .next_update(next_update);
        assert_eq!(
            scene.verdict(policy, &[list]).is_none(),
            is_current,
            "{this_update}"
        );
    }
    let list = scene
        .list()
        .this_update(NOW - 9000 * DAY)
        .raw_next_update([]);
    assert_eq!(scene.verdict(policy, &[list]), None);
}

#[test]
fn an_expired_list_never_hides_a_current_one() {
    let scene = Scene::new(None);
    let policies = POLICIES.map(|(_, policy)| policy.with_expired_crl(ExpiredCrl::Enforce));
    // The expired one is the newer: its CA promised the next one too early.
    let expired = |list: CrlBuilder| list.this_update(NOW - 2 * DAY).next_update(NOW - DAY);
    let current = |list: CrlBuilder| list.this_update(NOW - 9 * DAY).next_update(NOW + DAY);
    let early = |list: CrlBuilder| list.this_update(NOW + DAY);
    for policy in policies {
        for out_of_time in [expired, early] {
            let lists = [out_of_time(scene.list()), current(scene.list().revoke([1]))];
            scene.decides_under(policy, &lists, None);
            let lists = [out_of_time(scene.list()), current(scene.revoking())];
            scene.decides_under(policy, &lists, hit(Presented(0)));
            let lists = [out_of_time(scene.revoking()), current(scene.list())];
            scene.decides_under(policy, &lists, None);
        }
    }
    // Where time does not matter the newer one decides, current or not.
    let lists = [expired(scene.revoking()), current(scene.list())];
    scene.decides(&lists, hit(Presented(0)));
    let lists = [expired(scene.list()), current(scene.revoking())];
    scene.decides(&lists, None);
}

#[test]
fn an_old_expired_list_does_no_harm_beside_a_current_one() {
    let scene = Scene::new(None);
    for (_, policy) in POLICIES {
        let policy = policy.with_expired_crl(ExpiredCrl::Enforce);
        let old = scene
            .revoking()
            .this_update(NOW - 90 * DAY)
            .next_update(NOW - 60 * DAY);
        scene.decides_under(policy, &[old, scene.list()], None);
    }
}

#[test]
fn an_expired_list_of_another_scope_is_still_missed() {
    let users = Some(IssuingDistributionPoint::new().only_user_certificates());
    let of_users = Scene::new(users)
        .list()
        .this_update(NOW - 9 * DAY)
        .next_update(NOW - DAY);
    let scene = Scene::new(None);
    for (_, policy) in POLICIES {
        let policy = policy.with_expired_crl(ExpiredCrl::Enforce);
        let lists = [of_users.clone(), scene.list()];
        let not_current = processing_error(Check::CrlValidity, Presented(0));
        scene.decides_under(policy, &lists, not_current);
    }
}

#[test]
fn lists_of_presented_cas_are_compared_too() {
    let pki = Pki::new(1);
    let presented = [pki.leaf(), pki.issuer()];
    let old = CrlBuilder::new()
        .this_update(NOW - 9 * DAY)
        .revoke(pki.leaf().serial());
    let old = old.issued_by(pki.issuer());
    let new = revoking(pki.issuer(), []);
    for (_, policy) in POLICIES {
        for lists in [[&old, &new], [&new, &old]] {
            let store = store_with(policy, &[pki.root()], &lists);
            assert_eq!(verdict(&store, &presented), None);
            assert_eq!(verdict(&store, &presented), None);
        }
    }
}

#[test]
fn of_two_cas_of_one_name_each_has_its_own_lists() {
    let cas = [0, 1].map(|key| Certificate::ca("CA", Key::p256(key)));
    let serial = [7];
    let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).serial(serial);
    let leaves = [0, 1].map(|index| leaf.issued_by(&cas[index]));
    for (_, policy) in POLICIES {
        for with_key_id in [true, false] {
            let list = |index: usize, list: CrlBuilder| match with_key_id {
                true => list.issued_by(&cas[index]),
                false => list.without(oid::AUTHORITY_KEY_ID).issued_by(&cas[index]),
            };
            // The other one's list is newer and has nothing to say of this one's certificates.
            let revoking = list(
                0,
                CrlBuilder::new().revoke(serial).this_update(NOW - 9 * DAY),
            );
            let newer = list(1, CrlBuilder::new());
            for lists in [&[&revoking][..], &[&revoking, &newer], &[&newer, &revoking]] {
                let store = store_with(policy, &[&cas[0], &cas[1]], lists);
                assert_eq!(verdict(&store, &[&leaves[0]]), hit(Presented(0)));
                assert_eq!(verdict(&store, &[&leaves[1]]), None);
            }
            let deny = policy.with_missing_crl(MissingCrl::Deny);
            let store = store_with(deny, &[&cas[0], &cas[1]], &[&revoking]);
            let missing = processing_error(Check::CrlPresence, Presented(0));
            assert_eq!(verdict(&store, &[&leaves[1]]), missing);
        }
    }
}

#[test]
fn of_two_presented_cas_of_one_name_each_has_its_own_lists() {
    let root = Certificate::ca("Root", Key::p256(0));
    let cas = [1, 2].map(|key| Certificate::intermediate("CA", Key::p256(key), &root));
    let leaf = CertificateBuilder::leaf("Client", Key::p256(3)).serial([7]);
    let leaves = [0, 1].map(|index| leaf.issued_by(&cas[index]));
    let revoking = CrlBuilder::new().revoke([7]).this_update(NOW - 9 * DAY);
    let revoking = revoking.issued_by(&cas[0]);
    let newer = CrlBuilder::new().issued_by(&cas[1]);
    for (_, policy) in POLICIES {
        for lists in [&[&revoking][..], &[&revoking, &newer], &[&newer, &revoking]] {
            let store = store_with(policy, &[&root], lists);
            for _ in 0..3 {
                assert_eq!(verdict(&store, &[&leaves[0], &cas[0]]), hit(Presented(0)));
                assert_eq!(verdict(&store, &[&leaves[1], &cas[1]]), None);
            }
        }
    }
}

#[test]
fn a_store_tells_which_list_decides_in_place_of_another() {
    let cas = [0, 1].map(|key| Certificate::ca("CA", Key::p256(key)));
    let old = CrlBuilder::new().this_update(NOW - 9 * DAY);
    let point = IssuingDistributionPoint::new().only_user_certificates();
    let scoped = old.clone().issuing_distribution_point(point);
    let renumbered = CrlBuilder::new().number(2);
    let old = old.issued_by(&cas[0]);
    let other_scope = scoped.issued_by(&cas[0]);
    let other_ca = CrlBuilder::new().issued_by(&cas[1]);
    let new = CrlBuilder::new().issued_by(&cas[0]);
    let newest = renumbered.issued_by(&cas[0]);
    let unusable = CrlBuilder::new().this_update(NOW).delta(1);
    let unusable = unusable.issued_by(&cas[0]);
    for (_, policy) in POLICIES {
        let store = |lists: &[&Crl]| store_with(policy, &[&cas[0], &cas[1]], lists);
        let newer = |lists: &[&Crl], list: &Crl| {
            let store = store(lists);
            let newer = store.find_newer_crl(&lists::read(list));
            newer.map(|newer| newer.der().to_vec())
        };
        let unrelated = [&old, &other_scope, &other_ca, &unusable];
        for list in unrelated {
            assert_eq!(newer(&unrelated, list), None);
        }
        assert_eq!(newer(&[&old, &new], &old).as_deref(), Some(new.der()));
        assert_eq!(newer(&[&old, &new], &new), None);
        let newest_of_two = newer(&[&newest, &new], &new);
        assert_eq!(newest_of_two.as_deref(), Some(newest.der()));
        // One that the store does not hold.
        assert_eq!(newer(&[&new], &old), None);
    }
}

/// A client and the scope of its issuer's lists.
struct Scene {
    root: Certificate,
    leaf: Certificate,
    point: Option<IssuingDistributionPoint>,
}

impl Scene {
    fn new(point: Option<IssuingDistributionPoint>) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(1))
            .crl_distribution_points(&["http://crl.example/a"])
            .serial([7])
            .issued_by(&root);
        Self { root, leaf, point }
    }

    fn list(&self) -> CrlBuilder {
        let list = CrlBuilder::new();
        match &self.point {
            Some(point) => list.issuing_distribution_point(point.clone()),
            None => list,
        }
    }

    fn revoking(&self) -> CrlBuilder {
        self.list().revoke(self.leaf.serial())
    }

    /// Asserts the verdict under each policy, with the lists in each order.
    #[track_caller]
    fn decides(&self, lists: &[CrlBuilder], expected: Failed) {
        for (_, policy) in POLICIES {
            self.decides_under(policy, lists, expected);
        }
    }

    #[track_caller]
    fn decides_under(&self, policy: Policy, lists: &[CrlBuilder], expected: Failed) {
        let mut lists = lists.to_vec();
        for _ in 0..lists.len() {
            lists.rotate_left(1);
            assert_eq!(self.verdict(policy, &lists), expected);
            lists.reverse();
            assert_eq!(self.verdict(policy, &lists), expected);
            lists.reverse();
        }
    }

    #[track_caller]
    fn verdict(&self, policy: Policy, lists: &[CrlBuilder]) -> Failed {
        let mut lists: Vec<_> = lists
            .iter()
            .map(|list| list.issued_by(&self.root))
            .collect();
        if self.point.is_some() {
            // What the root itself needs, where the others are about leaves.
            let cas = IssuingDistributionPoint::new().only_ca_certificates();
            let of_cas = CrlBuilder::new().issuing_distribution_point(cas);
            lists.push(of_cas.issued_by(&self.root));
        }
        let lists: Vec<&Crl> = lists.iter().collect();
        verdict(&store_with(policy, &[&self.root], &lists), &[&self.leaf])
    }
}

fn scopes() -> [Option<IssuingDistributionPoint>; 3] {
    let uri = GeneralName::uri("http://crl.example/a");
    [
        None,
        Some(IssuingDistributionPoint::new().only_user_certificates()),
        Some(IssuingDistributionPoint::new().full_name([uri])),
    ]
}
