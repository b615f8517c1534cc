//! Who is revoked, and what is said when no list tells.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use std::thread;

use portcullis::Position::{Presented, Store};
use portcullis::{Certificate as Parsed, Check, CrlReach, MissingCrl, Policy};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Key, NOW, Pki, chain, serials,
};

use crate::common::{at, failure, store};
use crate::lists::{POLICIES, hit, processing_error, revoking, store_with, verdict};

#[test]
fn a_revoked_certificate_is_a_hit_wherever_it_is_in_the_path() {
    let pki = Pki::new(2);
    let path: Vec<_> = [pki.leaf()]
        .into_iter()
        .chain(pki.intermediates())
        .chain([pki.root()])
        .collect();
    for (_, policy) in POLICIES {
        for (index, revoked) in path.iter().enumerate() {
            let issuer = path.get(index + 1).copied().unwrap_or(pki.root());
            let list = revoking(issuer, [*revoked]);
            let store = store_with(policy, &[pki.root()], &[&list]);
            let position = if index < 3 {
                Presented(index)
            } else {
                Store(0)
            };
            assert_eq!(verdict(&store, &path[..3]), hit(position));
        }
    }
}

#[test]
fn a_revoked_certificate_is_a_hit_where_its_issuer_is_in_the_store() {
    let pki = Pki::new(1);
    let signing = pki.issuer();
    for (_, policy) in POLICIES {
        let list = revoking(signing, [pki.leaf()]);
        let store = store_with(policy, &[signing], &[&list]);
        assert_eq!(verdict(&store, &[pki.leaf()]), hit(Presented(0)));
        assert_eq!(verdict(&store, &[pki.leaf(), signing]), hit(Presented(0)));
    }
}

#[test]
fn a_revoked_anchor_is_a_hit_though_it_is_no_root() {
    let pki = Pki::new(1);
    let list = revoking(pki.root(), [pki.issuer()]);
    for (_, policy) in POLICIES {
        // The path ends at the intermediate; its issuer is in the store only to vouch for the list.
        let store = store_with(policy, &[pki.issuer(), pki.root()], &[&list]);
        assert_eq!(verdict(&store, &[pki.leaf()]), hit(Store(0)));
    }
}

#[test]
fn a_revoked_leaf_that_is_itself_in_the_store_is_a_hit() {
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1)).self_signed();
    let list = revoking(&leaf, [&leaf]);
    let store = store_with(Policy::ALB, &[&leaf], &[&list]);
    // Its key usage has no cRLSign.
    let failed = verdict(&store, &[&leaf]).expect("it fails");
    assert_eq!(failed.1, Check::CrlSign);
    let pki = Pki::new(0);
    let list = revoking(pki.root(), [pki.leaf()]);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.leaf(), pki.root()], &[&list]);
        assert_eq!(verdict(&store, &[pki.leaf()]), hit(Presented(0)));
    }
}

#[test]
fn a_leaf_in_the_store_is_refused_if_a_list_of_its_presented_issuer_has_it() {
    let pki = Pki::new(1);
    let presented = [pki.leaf(), pki.issuer()];
    let small = revoking(pki.issuer(), [pki.leaf()]);
    let store = store_with(Policy::ALB, &[pki.leaf()], &[&small]);
    assert_eq!(verdict(&store, &presented), hit(Presented(0)));
    // The store does not hold the issuer, so nobody vouches for its key.
    let untold = processing_error(Check::CrlUsability, Presented(0));
    let store = store_with(Policy::RFC5280, &[pki.leaf()], &[&small]);
    assert_eq!(verdict(&store, &presented), untold);
    let many = serials::random(8, 1).take(4000).map(CrlEntry::new);
    let large = CrlBuilder::new()
        .entries(many)
        .revoke(pki.leaf().serial())
        .issued_by(pki.issuer());
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.leaf()], &[&large]);
        assert_eq!(verdict(&store, &presented), untold);
    }
    let others = revoking(pki.issuer(), [pki.root()]);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.leaf()], &[&others]);
        assert_eq!(verdict(&store, &presented), None);
    }
}

#[test]
fn who_is_on_no_list_passes_with_lists_of_every_ca() {
    let pki = Pki::new(2);
    let stranger = CertificateBuilder::leaf("Stranger", Key::p256(7)).serial([7]);
    let stranger = stranger.self_signed();
    let cas = [&pki.intermediates()[0], &pki.intermediates()[1], pki.root()];
    let lists = cas.map(|ca| revoking(ca, [&stranger]));
    for (_, policy) in POLICIES {
        let strict = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(strict, &[pki.root()], &[&lists[0], &lists[1], &lists[2]]);
        assert_eq!(failure(&store, &pki.chain(), NOW), None);
    }
}

#[test]
fn the_nearest_to_the_leaf_is_told_first() {
    let pki = Pki::new(1);
    let of_leaf = revoking(pki.issuer(), [pki.leaf()]);
    let of_cas = revoking(pki.root(), [pki.issuer(), pki.root()]);
    for (_, policy) in POLICIES {
        for lists in [[&of_leaf, &of_cas], [&of_cas, &of_leaf]] {
            let store = store_with(policy, &[pki.root()], &lists);
            assert_eq!(
                verdict(&store, &[pki.leaf(), pki.issuer()]),
                hit(Presented(0))
            );
        }
        let store = store_with(policy, &[pki.root()], &[&of_cas]);
        assert_eq!(
            verdict(&store, &[pki.leaf(), pki.issuer()]),
            hit(Presented(1))
        );
    }
}

#[test]
fn an_explanation_tells_the_list_the_entry_the_reason_and_the_date() {
    let pki = Pki::new(1);
    let good = revoking(pki.root(), [pki.leaf()]);
    let entry = CrlEntry::new(pki.leaf().serial())
        .reason(1)
        .date(NOW - 7 * DAY);
    let list = CrlBuilder::new()
        .revoke([1])
        .entry(entry)
        .number(5)
        .issued_by(pki.issuer());
    let store = store_with(Policy::ALB, &[pki.root()], &[&good, &list]);
    let presented = pki.chain();
    let explanation = store.explain(&presented, at(NOW));
    assert_eq!(explanation.crl().expect("a list decided").der(), list.der());
    assert_eq!(explanation.crl_fault(), None);
    let revocation = explanation.revocation().expect("an entry decided");
    assert_eq!(revocation.serial.as_bytes(), pki.leaf().serial());
    assert_eq!(revocation.date.unix_seconds(), NOW - 7 * DAY);
    assert_eq!(revocation.reason_str(), "keyCompromise");
    let text = explanation.to_string();
    assert!(
        text.contains("2027-01-08T08:00:00Z") && text.contains("keyCompromise"),
        "{text}"
    );
}

#[test]
fn any_reason_counts_and_so_does_any_date() {
    let pki = Pki::new(0);
    let entry = CrlEntry::new(pki.leaf().serial());
    let mut entries: Vec<_> = (0..=10).map(|code| entry.clone().reason(code)).collect();
    entries.extend([99, 128, 255].map(|code| entry.clone().reason(code)));
    entries.extend([NOW + DAY, NOW + 9000 * DAY, -DAY].map(|date| entry.clone().date(date)));
    for (_, policy) in POLICIES {
        for entry in &entries {
            let list = CrlBuilder::new().entry(entry.clone()).issued_by(pki.root());
            let store = store_with(policy, &[pki.root()], &[&list]);
            assert_eq!(
                verdict(&store, &[pki.leaf()]),
                hit(Presented(0)),
                "{entry:?}"
            );
        }
    }
}

#[test]
fn serials_are_compared_as_signed_numbers() {
    let root = Certificate::ca("Root", Key::p256(0));
    let long = [0x7F; 40];
    let cases: [(&[u8], &[u8], bool); 14] = [
        (&[0xFF], &[0x00, 0xFF], false),
        (&[0xFF], &[0xFF], true),
        (&[0xFF], &[0xFF, 0xFF, 0xFF], true),
        (&[0x00, 0xFF], &[0xFF], false),
        (&[0x00, 0xFF], &[0x00, 0xFF], true),
        (&[0x00, 0xFF], &[0x00, 0x00, 0xFF], true),
        (&[0x01], &[0x00, 0x00, 0x01], true),
        (&[0x01], &[0xFF, 0x01], false),
        (&[0x00], &[0x00], true),
        (&[0x00], &[0x00, 0x00], true),
        (&[0x80], &[0xFF, 0x80], true),
        (&[0x01, 0x00], &[0x01], false),
        (&long, &long, true),
        (&long, &long[..39], false),
    ];
    for (_, policy) in POLICIES {
        for (of_certificate, of_list, is_hit) in cases {
            let leaf = CertificateBuilder::leaf("Client", Key::p256(1)).serial(of_certificate);
            let leaf = leaf.issued_by(&root);
            let list = CrlBuilder::new().revoke(of_list).issued_by(&root);
            let store = store_with(policy, &[&root], &[&list]);
            let expected = if is_hit { hit(Presented(0)) } else { None };
            assert_eq!(
                verdict(&store, &[&leaf]),
                expected,
                "{of_certificate:x?} {of_list:x?}"
            );
        }
    }
}

#[test]
fn names_of_issuers_are_compared_as_rfc_5280_says() {
    let root = Certificate::ca("Root  Of All", Key::p256(0));
    let leaf = Certificate::leaf("Client", Key::p256(1), &root);
    let list = CrlBuilder::new()
        .issuer("root of ALL")
        .revoke(leaf.serial());
    let list = list.issued_by(&root);
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[&root], &[&list]);
        assert_eq!(verdict(&store, &[&leaf]), hit(Presented(0)));
    }
}

#[test]
fn the_same_serial_of_another_issuer_is_not_revoked() {
    let pki = Pki::new(1);
    let other = Certificate::ca("Other", Key::p256(5));
    let lists = [
        revoking(pki.root(), [pki.leaf()]),
        revoking(&other, [pki.leaf()]),
    ];
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.root(), &other], &[&lists[0], &lists[1]]);
        assert_eq!(verdict(&store, &[pki.leaf(), pki.issuer()]), None);
    }
}

#[test]
fn without_a_list_a_certificate_passes_or_not_as_the_policy_says() {
    let pki = Pki::new(1);
    let presented = [pki.leaf(), pki.issuer()];
    let of_root = revoking(pki.root(), []);
    let of_issuer = revoking(pki.issuer(), []);
    let of_other = revoking(&Certificate::ca("Other", Key::p256(5)), []);
    let missing = |index| processing_error(Check::CrlPresence, Presented(index));
    for (_, policy) in POLICIES {
        let verdict = |missing, lists: &[_]| {
            let store = store_with(policy.with_missing_crl(missing), &[pki.root()], lists);
            verdict(&store, &presented)
        };
        for lists in [&[][..], &[&of_root], &[&of_issuer], &[&of_other]] {
            assert_eq!(verdict(MissingCrl::Allow, lists), None);
        }
        assert_eq!(verdict(MissingCrl::Deny, &[]), missing(0));
        assert_eq!(verdict(MissingCrl::Deny, &[&of_root]), missing(0));
        assert_eq!(verdict(MissingCrl::Deny, &[&of_issuer]), missing(1));
        // The root itself is on its own list or not; it needs none.
        assert_eq!(verdict(MissingCrl::Deny, &[&of_issuer, &of_root]), None);
        let once = MissingCrl::DenyOnceThereIsOne;
        assert_eq!(verdict(once, &[]), None);
        assert_eq!(verdict(once, &[&of_other]), missing(0));
        assert_eq!(verdict(once, &[&of_issuer]), missing(1));
        assert_eq!(verdict(once, &[&of_issuer, &of_root]), None);
    }
}

#[test]
fn an_anchor_needs_no_list_root_or_not() {
    let pki = Pki::new(1);
    let list = revoking(pki.issuer(), []);
    for (_, policy) in POLICIES {
        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(policy, &[pki.issuer()], &[&list]);
        assert_eq!(verdict(&store, &[pki.leaf()]), None);
        // Nor does a leaf that is itself in the store.
        let store = store_with(policy, &[pki.leaf()], &[]);
        assert_eq!(verdict(&store, &[pki.leaf()]), None);
    }
}

#[test]
fn whether_a_list_may_be_missing_can_be_said_of_each_ca() {
    let strict = Pki::new(1);
    let lax = Pki::builder()
        .keys(|index| Key::p256(index + 4))
        .root(|root| root.subject("Lax Root"))
        .build();
    for (_, policy) in POLICIES {
        let missing = processing_error(Check::CrlPresence, Presented(0));
        let verdicts = |store: &portcullis::TrustStore<'_>| {
            let of = |pki: &Pki| verdict(store, &[pki.leaf(), pki.issuer()]);
            (of(&strict), of(&lax))
        };
        let mut store = store(policy, &[strict.anchor(), lax.anchor()]);
        assert_eq!(verdicts(&store), (None, None));
        assert!(store.set_missing_crl(&strict.anchor(), MissingCrl::Deny));
        assert_eq!(verdicts(&store), (missing, None));

        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let mut store = common::store(policy, &[strict.anchor(), lax.anchor()]);
        assert_eq!(verdicts(&store), (missing, missing));
        assert!(store.set_missing_crl(&lax.anchor(), MissingCrl::Allow));
        assert_eq!(verdicts(&store), (missing, None));
        let unknown = Certificate::ca("Unknown", Key::p256(7)).to_certificate_der();
        assert!(!store.set_missing_crl(&unknown, MissingCrl::Allow));
    }
}

#[test]
fn only_the_leaf_is_looked_up_if_the_policy_says_so() {
    let pki = Pki::new(1);
    let presented = [pki.leaf(), pki.issuer()];
    let of_cas = revoking(pki.root(), [pki.issuer(), pki.root()]);
    let of_leaf = revoking(pki.issuer(), [pki.leaf()]);
    let of_nobody = revoking(pki.issuer(), []);
    for (_, policy) in POLICIES {
        let policy = policy.with_crl_reach(CrlReach::Leaf);
        let store = store_with(policy, &[pki.root()], &[&of_cas]);
        assert_eq!(verdict(&store, &presented), None);
        let store = store_with(policy, &[pki.root()], &[&of_cas, &of_leaf]);
        assert_eq!(verdict(&store, &presented), hit(Presented(0)));
        let deny = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(deny, &[pki.root()], &[&of_cas]);
        let missing = processing_error(Check::CrlPresence, Presented(0));
        assert_eq!(verdict(&store, &presented), missing);
        let store = store_with(deny, &[pki.root()], &[&of_nobody]);
        assert_eq!(verdict(&store, &presented), None);
    }
}

#[test]
fn a_connection_already_open_can_be_looked_up() {
    let pki = Pki::new(0);
    let other = Certificate::leaf("Other", Key::p256(3), pki.root());
    let entry = CrlEntry::new(pki.leaf().serial()).reason(5);
    let list = CrlBuilder::new().entry(entry).issued_by(pki.root());
    let store = store_with(Policy::ALB, &[pki.root()], &[&list]);
    let parse = |der| Parsed::parse(der).expect("a good certificate");
    let (revoked, other) = (parse(pki.leaf().der()), parse(other.der()));
    assert!(store.is_revoked(revoked.issuer(), revoked.serial()));
    let found = store.find_revocation(revoked.issuer(), revoked.serial());
    assert_eq!(found.expect("it is revoked").reason, Some(5));
    assert!(!store.is_revoked(other.issuer(), other.serial()));
    assert!(!store.is_revoked(revoked.subject(), revoked.serial()));
    // A list that cannot be used revokes nobody, nor does one that a newer one has replaced.
    let bad = CrlBuilder::new()
        .revoke(other.serial().as_bytes())
        .bad_signature();
    let newer = CrlBuilder::new().this_update(NOW - 1).issued_by(pki.root());
    let store = store_with(
        Policy::ALB,
        &[pki.root()],
        &[&list, &bad.issued_by(pki.root())],
    );
    assert!(!store.is_revoked(other.issuer(), other.serial()));
    let store = store_with(Policy::ALB, &[pki.root()], &[&list, &newer]);
    assert!(!store.is_revoked(revoked.issuer(), revoked.serial()));
}

#[test]
fn another_path_is_tried_where_one_has_a_revoked_ca() {
    let first = Certificate::ca("First Root", Key::p256(0));
    let second = Certificate::ca("Second Root", Key::p256(1));
    let signing = |root| CertificateBuilder::ca("Signing", Key::p256(2)).issued_by(root);
    let (by_first, by_second) = (signing(&first), signing(&second));
    let leaf = Certificate::leaf("Client", Key::p256(3), &by_first);
    let list = revoking(&first, [&by_first]);
    let roots = [&first, &second];
    let presented = [&leaf, &by_first, &by_second];
    let store = store_with(Policy::ALB, &roots, &[&list]);
    assert_eq!(verdict(&store, &presented), hit(Presented(1)));
    let store = store_with(Policy::RFC5280, &roots, &[&list]);
    assert_eq!(verdict(&store, &presented), None);
    assert_eq!(verdict(&store, &[&leaf, &by_second, &by_first]), None);
    // The first path names the reason where all are revoked, and where there is no other.
    let other = revoking(&second, [&by_second]);
    let store = store_with(Policy::RFC5280, &roots, &[&list, &other]);
    assert_eq!(verdict(&store, &presented), hit(Presented(1)));
    assert_eq!(verdict(&store, &[&leaf, &by_first]), hit(Presented(1)));
    // The leaf is revoked by its issuer's key, whichever path leads there.
    let of_leaf = revoking(&by_first, [&leaf]);
    let store = store_with(Policy::RFC5280, &roots, &[&of_leaf]);
    assert_eq!(verdict(&store, &presented), hit(Presented(0)));
}

#[test]
fn a_store_with_lists_serves_many_threads() {
    let pki = Pki::new(1);
    let other = Certificate::leaf("Other", Key::p256(5), pki.issuer());
    let of_issuer = revoking(pki.issuer(), [pki.leaf()]);
    let of_root = revoking(pki.root(), []);
    for (_, policy) in POLICIES {
        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(policy, &[pki.root()], &[&of_issuer, &of_root]);
        let revoked = pki.chain();
        let good = chain([&other, pki.issuer()]);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        assert_eq!(failure(&store, &revoked, NOW), hit(Presented(0)));
                        assert_eq!(failure(&store, &good, NOW), None);
                    }
                });
            }
        });
    }
}
