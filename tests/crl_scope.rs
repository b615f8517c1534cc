//! Which certificates a list is about: the issuing distribution point of the list against the
//! distribution points of the certificate.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/lists.rs"]
mod lists;

use portcullis::Position::{Presented, Store};
use portcullis::{Check, FailureReason, MissingCrl, Policy};
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, Crl, CrlBuilder, CrlEntry, DistributionPoint,
    Extension, GeneralName, IssuingDistributionPoint, Key, Name, Pki, der, oid,
};

use crate::lists::{Failed, POLICIES, hit, processing_error, revoking, store_with, verdict};

#[test]
fn a_list_of_user_certificates_is_about_the_leaf_and_not_about_cas() {
    let pki = Pki::new(1);
    let point = IssuingDistributionPoint::new().only_user_certificates();
    let of_leaf = scoped(pki.issuer(), &point, &[pki.leaf()]);
    let of_cas = scoped(pki.root(), &point, &[pki.issuer(), pki.root()]);
    let presented = [pki.leaf(), pki.issuer()];
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.root()], &[&of_leaf]);
        assert_eq!(verdict(&store, &presented), hit(Presented(0)));
    }
    out_of_scope(&[pki.root()], &[&of_cas], &presented, 1);
}

#[test]
fn a_list_of_ca_certificates_is_about_cas_and_not_about_the_leaf() {
    let pki = Pki::new(1);
    let point = IssuingDistributionPoint::new().only_ca_certificates();
    let of_leaf = scoped(pki.issuer(), &point, &[pki.leaf()]);
    let of_issuer = scoped(pki.root(), &point, &[pki.issuer()]);
    let of_root = scoped(pki.root(), &point, &[pki.root()]);
    let presented = [pki.leaf(), pki.issuer()];
    for (_, policy) in POLICIES {
        let store = store_with(policy, &[pki.root()], &[&of_issuer]);
        assert_eq!(verdict(&store, &presented), hit(Presented(1)));
        let store = store_with(policy, &[pki.root()], &[&of_root]);
        assert_eq!(verdict(&store, &presented), hit(Store(0)));
    }
    out_of_scope(&[pki.root()], &[&of_leaf], &presented, 0);
}

#[test]
fn what_counts_as_a_ca_is_the_ca_flag() {
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
    let flagged = leaf.clone().basic_constraints(true, None).issued_by(&root);
    let denied = leaf.clone().basic_constraints(false, None).issued_by(&root);
    let silent = leaf.issued_by(&root);
    let users = IssuingDistributionPoint::new().only_user_certificates();
    let cas = IssuingDistributionPoint::new().only_ca_certificates();
    for (_, policy) in POLICIES {
        for (leaf, point) in [(&flagged, &cas), (&denied, &users), (&silent, &users)] {
            let list = scoped(&root, point, &[leaf]);
            let store = store_with(policy, &[&root], &[&list]);
            assert_eq!(verdict(&store, &[leaf]), hit(Presented(0)));
        }
    }
    for (leaf, point) in [(&flagged, &users), (&denied, &cas), (&silent, &cas)] {
        let list = scoped(&root, point, &[leaf]);
        out_of_scope(&[&root], &[&list], &[leaf], 0);
    }
}

#[test]
fn a_list_of_attribute_certificates_is_about_none_of_ours() {
    let pki = Pki::new(0);
    let point = IssuingDistributionPoint::new().only_attribute_certificates();
    let list = scoped(pki.root(), &point, &[pki.leaf()]);
    out_of_scope(&[pki.root()], &[&list], &[pki.leaf()], 0);
}

#[test]
fn a_distribution_point_without_a_name_covers_all() {
    let leaf_points = [None, Some(full(&["http://crl.example/a"]))];
    let root = Certificate::ca("Root", Key::p256(0));
    for points in leaf_points {
        let leaf = leaf(points.into_iter().collect(), &root);
        let list = scoped(&root, &IssuingDistributionPoint::new(), &[&leaf]);
        for (_, policy) in POLICIES {
            let store = store_with(policy, &[&root], &[&list]);
            assert_eq!(verdict(&store, &[&leaf]), hit(Presented(0)));
        }
    }
}

#[test]
fn a_name_of_the_list_may_be_any_name_of_any_point_of_the_certificate() {
    const A: &str = "http://crl.example/a";
    const B: &str = "http://crl.example/b";
    const C: &str = "http://crl.example/c";
    let cases: [(&[&str], Vec<DistributionPoint>, bool); 9] = [
        (&[A], vec![full(&[A])], true),
        (&[A], vec![full(&[B])], false),
        (&[A], vec![full(&[A]), full(&[B])], true),
        (&[B], vec![full(&[A]), full(&[B])], true),
        (&[B], vec![full(&[A, B])], true),
        (&[A, B], vec![full(&[C]), full(&[C, B])], true),
        (&[A, B], vec![full(&[C])], false),
        (&[A], vec![], false),
        (
            &[A],
            vec![DistributionPoint::new().crl_issuer("Root")],
            false,
        ),
    ];
    let root = Certificate::ca("Root", Key::p256(0));
    for (index, (of_list, of_leaf, is_covered)) in cases.into_iter().enumerate() {
        let leaf = leaf(of_leaf, &root);
        let names = of_list.iter().map(GeneralName::uri);
        let point = IssuingDistributionPoint::new().full_name(names);
        check(&root, &point, &leaf, is_covered, &format!("case {index}"));
    }
}

#[test]
fn names_of_any_kind_are_compared_in_their_own_way() {
    let name = |text: &str| Name::new().country("JP").common_name(text);
    let cases = [
        (
            GeneralName::uri("http://a/"),
            GeneralName::uri("http://b/"),
            false,
        ),
        (
            GeneralName::directory(name("List 1")),
            GeneralName::directory(name("LIST  1")),
            true,
        ),
        (
            GeneralName::directory(name("List 1")),
            GeneralName::directory(name("List 2")),
            false,
        ),
        (
            GeneralName::dns("crl.example"),
            GeneralName::dns("crl.example"),
            true,
        ),
        (
            GeneralName::dns("crl.example"),
            GeneralName::uri("crl.example"),
            false,
        ),
        (
            GeneralName::email("a@crl.example"),
            GeneralName::dns("a@crl.example"),
            false,
        ),
    ];
    let root = Certificate::ca("Root", Key::p256(0));
    for (index, (of_list, of_leaf, is_covered)) in cases.into_iter().enumerate() {
        let leaf = leaf(vec![DistributionPoint::new().full_name([of_leaf])], &root);
        let point = IssuingDistributionPoint::new().full_name([of_list]);
        check(&root, &point, &leaf, is_covered, &format!("case {index}"));
    }
}

#[test]
fn a_relative_name_stands_below_the_name_of_the_issuer() {
    let root = Certificate::ca(Name::new().country("JP").common_name("Root"), Key::p256(0));
    let rdn = |text| [Attribute::utf8(oid::COMMON_NAME, text)];
    let whole = |text| GeneralName::directory(root.subject().clone().rdn(rdn(text)));
    let ours = IssuingDistributionPoint::new;
    let theirs = DistributionPoint::new;
    let cases = [
        (
            ours().relative_name(rdn("1")),
            theirs().relative_name(rdn("1")),
            true,
        ),
        (
            ours().relative_name(rdn("1")),
            theirs().relative_name(rdn("2")),
            false,
        ),
        (
            ours().relative_name(rdn("1")),
            theirs().full_name([whole("1")]),
            true,
        ),
        (
            ours().relative_name(rdn("1")),
            theirs().full_name([whole("2")]),
            false,
        ),
        (
            ours().full_name([whole("1")]),
            theirs().relative_name(rdn("1")),
            true,
        ),
        (
            ours().full_name([whole("2")]),
            theirs().relative_name(rdn("1")),
            false,
        ),
        (
            ours().full_name([whole("2"), whole("1")]),
            theirs().relative_name(rdn("1")),
            true,
        ),
        (
            ours().full_name([GeneralName::directory(Name::new().rdn(rdn("1")))]),
            theirs().relative_name(rdn("1")),
            false,
        ),
    ];
    for (index, (point, of_leaf, is_covered)) in cases.into_iter().enumerate() {
        let leaf = leaf(vec![of_leaf], &root);
        check(&root, &point, &leaf, is_covered, &format!("case {index}"));
    }
}

#[test]
fn a_relative_name_that_cannot_be_read_lets_no_revoked_certificate_pass() {
    let root = Certificate::ca("Root", Key::p256(0));
    let common_name = |text| Attribute::utf8(oid::COMMON_NAME, text);
    let point = IssuingDistributionPoint::new().relative_name([common_name("1")]);
    let visible = Attribute::new(oid::COMMON_NAME, der::visible_string("1"));
    let of_five = ["1", "2", "3", "4", "5"].map(common_name);
    let of_root = IssuingDistributionPoint::new().only_ca_certificates();
    let of_root = scoped(&root, &of_root, &[]);
    for attributes in [vec![visible], of_five.to_vec()] {
        let leaf = leaf(
            vec![DistributionPoint::new().relative_name(attributes)],
            &root,
        );
        let list = scoped(&root, &point, &[&leaf]);
        for (name, policy) in POLICIES {
            let store = store_with(policy, &[&root], &[&list, &of_root]);
            let expected = (
                FailureReason::ClientCertUntrusted,
                Check::ExtensionSyntax,
                Some(Presented(0)),
            );
            assert_eq!(verdict(&store, &[&leaf]), Some(expected), "{name}");
        }
    }
}

#[test]
fn a_point_whose_list_another_issuer_writes_is_not_that_of_this_list() {
    const A: &str = "http://crl.example/a";
    let root = Certificate::ca("Root", Key::p256(0));
    let point = IssuingDistributionPoint::new().full_name([GeneralName::uri(A)]);
    let of_other = full(&[A]).crl_issuer("Other");
    let of_root = full(&[A]).crl_issuer("ROOT");
    let cases = [
        (vec![of_other.clone()], false),
        (vec![of_root.clone()], true),
        (vec![of_other, of_root], true),
    ];
    for (index, (points, is_covered)) in cases.into_iter().enumerate() {
        check(
            &root,
            &point,
            &leaf(points, &root),
            is_covered,
            &format!("case {index}"),
        );
    }
}

#[test]
fn rfc_5280_takes_a_list_named_as_its_issuer_for_one_about_all_it_issued() {
    let root = Certificate::ca("Root", Key::p256(0));
    let name = GeneralName::directory(Name::from("Root"));
    let point = IssuingDistributionPoint::new().full_name([name]);
    for points in [vec![], vec![full(&["http://crl.example/a"])]] {
        let leaf = leaf(points, &root);
        let list = scoped(&root, &point, &[&leaf]);
        let of_root = IssuingDistributionPoint::new().only_ca_certificates();
        let of_root = scoped(&root, &of_root, &[]);
        for (policy_name, policy) in POLICIES {
            let store = store_with(policy, &[&root], &[&list, &of_root]);
            let expected = match policy_name {
                "ALB" => processing_error(Check::CrlScope, Presented(0)),
                _ => hit(Presented(0)),
            };
            assert_eq!(verdict(&store, &[&leaf]), expected, "{policy_name}");
        }
    }
}

#[test]
fn a_point_without_a_name_has_that_of_the_issuer_of_its_list() {
    let root = Certificate::ca("Root", Key::p256(0));
    let named = |name: &str| {
        let name = GeneralName::directory(Name::from(name));
        IssuingDistributionPoint::new().full_name([name])
    };
    let of_root = leaf(vec![DistributionPoint::new().crl_issuer("Root")], &root);
    check(&root, &named("Root"), &of_root, true, "its own name");
    check(&root, &named("Part"), &of_root, false, "another name");
}

#[test]
fn a_point_that_is_not_critical_counts_all_the_same() {
    let pki = Pki::new(0);
    let point = IssuingDistributionPoint::new().only_ca_certificates();
    let list = CrlBuilder::new()
        .revoke(pki.leaf().serial())
        .extension(point.to_extension().critical(false))
        .issued_by(pki.root());
    out_of_scope(&[pki.root()], &[&list], &[pki.leaf()], 0);
}

#[test]
fn name_and_kind_must_both_fit() {
    const A: &str = "http://crl.example/a";
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = leaf(vec![full(&[A])], &root);
    let named = |uri: &str| IssuingDistributionPoint::new().full_name([GeneralName::uri(uri)]);
    check(
        &root,
        &named(A).only_user_certificates(),
        &leaf,
        true,
        "both",
    );
    check(
        &root,
        &named(A).only_ca_certificates(),
        &leaf,
        false,
        "kind",
    );
    check(
        &root,
        &named("http://b/").only_user_certificates(),
        &leaf,
        false,
        "name",
    );
}

#[test]
fn every_scope_that_covers_a_certificate_is_consulted() {
    const A: &str = "http://crl.example/a";
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = leaf(vec![full(&[A])], &root);
    let points = [
        IssuingDistributionPoint::new().full_name([GeneralName::uri(A)]),
        IssuingDistributionPoint::new().only_user_certificates(),
        IssuingDistributionPoint::new().only_ca_certificates(),
    ];
    let anyone = revoking(&root, []);
    for (_, policy) in POLICIES {
        for revoking in 0..2 {
            let list_of = |index: usize| match index == revoking {
                true => scoped(&root, &points[index], &[&leaf]),
                false => scoped(&root, &points[index], &[]),
            };
            let lists = [list_of(0), list_of(1), list_of(2)];
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
                let [a, b, c] = order.map(|index| &lists[index]);
                let store = store_with(policy, &[&root], &[a, b, c, &anyone]);
                assert_eq!(verdict(&store, &[&leaf]), hit(Presented(0)));
            }
        }
    }
}

#[test]
fn one_list_in_scope_is_enough() {
    let pki = Pki::new(0);
    let cas = IssuingDistributionPoint::new().only_ca_certificates();
    let users = IssuingDistributionPoint::new().only_user_certificates();
    let lists = [
        scoped(pki.root(), &cas, &[]),
        scoped(pki.root(), &users, &[]),
    ];
    for (_, policy) in POLICIES {
        let policy = policy.with_missing_crl(MissingCrl::Deny);
        let store = store_with(policy, &[pki.root()], &[&lists[0], &lists[1]]);
        assert_eq!(verdict(&store, &[pki.leaf()]), None);
    }
}

/// What both policies say of a leaf that a list of its issuer has an entry for.
#[track_caller]
fn check(
    root: &Certificate,
    point: &IssuingDistributionPoint,
    leaf: &Certificate,
    is_covered: bool,
    name: &str,
) {
    // A second list is about the root itself, which is not the matter here.
    let list = scoped(root, point, &[leaf]);
    let of_root = IssuingDistributionPoint::new().only_ca_certificates();
    let of_root = scoped(root, &of_root, &[]);
    for (policy_name, policy) in POLICIES {
        let store = store_with(policy, &[root], &[&list, &of_root]);
        let expected = match (is_covered, policy_name) {
            (true, _) => hit(Presented(0)),
            (false, "ALB") => processing_error(Check::CrlScope, Presented(0)),
            (false, _) => None,
        };
        assert_eq!(verdict(&store, &[leaf]), expected, "{name}, {policy_name}");
    }
}

/// Where all lists of the issuer are about other certificates, s2n-tls and so ALB take that for a
/// failure to look up. For RFC 5280 it is the same as if there were no list.
#[track_caller]
fn out_of_scope(cas: &[&Certificate], lists: &[&Crl], presented: &[&Certificate], at: usize) {
    let verdict =
        |policy: Policy| -> Failed { verdict(&store_with(policy, cas, lists), presented) };
    let error = |check| processing_error(check, Presented(at));
    let deny = |policy: Policy| policy.with_missing_crl(MissingCrl::DenyOnceThereIsOne);
    assert_eq!(verdict(Policy::ALB), error(Check::CrlScope));
    assert_eq!(verdict(Policy::RFC5280), None);
    let denied = verdict(deny(Policy::RFC5280)).expect("no list covers it");
    assert_eq!(denied.1, Check::CrlPresence);
}

fn scoped(ca: &Certificate, point: &IssuingDistributionPoint, revoked: &[&Certificate]) -> Crl {
    let entries = revoked.iter().map(|it| CrlEntry::new(it.serial()));
    CrlBuilder::new()
        .issuing_distribution_point(point.clone())
        .entries(entries)
        .issued_by(ca)
}

fn full(uris: &[&str]) -> DistributionPoint {
    DistributionPoint::new().full_name(uris.iter().map(GeneralName::uri))
}

fn leaf(points: Vec<DistributionPoint>, issuer: &Certificate) -> Certificate {
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1));
    let leaf = match points.is_empty() {
        true => leaf,
        false => leaf.extension(Extension::distribution_points(points)),
    };
    leaf.issued_by(issuer)
}
