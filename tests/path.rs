//! Which path is found: where issuers are looked for, which one is chosen, where the path ends.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::FailureReason::{ClientCertExpired, ClientCertInvalid, ClientCertUntrusted};
use portcullis::Position::{self, Presented, Store};
use portcullis::pki_types::CertificateDer;
use portcullis::{Check, Policy, TrustStore};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, DAY, Extension, Key, NOW, Name, chain, oid,
};

use crate::common::{at, failure, store};
use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

const POLICIES: [Policy; 2] = [Policy::ALB, Policy::RFC5280];

/// Root A, Signing B under it, and a client of B.
struct Shop {
    root: Certificate,
    signing: Certificate,
    client: Certificate,
}

impl Shop {
    fn new() -> Self {
        let root = Certificate::ca("Root A", Key::p256(0));
        let signing = Certificate::intermediate("Signing B", Key::p256(1), &root);
        let client = Certificate::leaf("Client C", Key::p256(2), &signing);
        Self {
            root,
            signing,
            client,
        }
    }
}

#[test]
fn an_intermediate_alone_is_an_anchor() {
    let Shop {
        signing, client, ..
    } = Shop::new();
    for presented in [chain([&client]), chain([&client, &signing])] {
        expect(BOTH, &[&signing], &presented, None);
        assert_eq!(path(&[&signing], &presented), [Presented(0), Store(0)]);
    }
}

#[test]
fn a_leaf_alone_passes_if_its_issuer_is_in_the_store() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    expect(BOTH, &[&root, &signing], &chain([&client]), None);
    let presented = chain([&client]);
    expect(
        BOTH,
        &[&root],
        &presented,
        untrusted(Check::Issuer, Presented(0)),
    );
    let store = store(Policy::ALB, &chain([&root]));
    let explanation = store.explain(&presented, at(NOW));
    let missing = explanation.missing_issuer().expect("one was looked for");
    assert_eq!(missing.to_string(), "CN=Signing B");
    assert!(explanation.anchor().is_none());
}

#[test]
fn intermediates_may_come_in_any_order() {
    let root = Certificate::ca("Root", Key::p256(0));
    let top = Certificate::intermediate("Top", Key::p256(1), &root);
    let middle = Certificate::intermediate("Middle", Key::p256(2), &top);
    let low = Certificate::intermediate("Low", Key::p256(3), &middle);
    let client = Certificate::leaf("Client", Key::p256(4), &low);
    for [a, b, c] in [
        [&low, &middle, &top],
        [&low, &top, &middle],
        [&middle, &low, &top],
        [&middle, &top, &low],
        [&top, &low, &middle],
        [&top, &middle, &low],
    ] {
        let presented = chain([&client, a, b, c]);
        expect(BOTH, &[&root], &presented, None);
        let position = |wanted: &Certificate| {
            let found = presented.iter().position(|der| **der == *wanted.der());
            Presented(found.expect("it was presented"))
        };
        assert_eq!(
            path(&[&root], &presented),
            [
                Presented(0),
                position(&low),
                position(&middle),
                position(&top),
                Store(0)
            ]
        );
    }
}

#[test]
fn a_missing_link_is_looked_for_where_the_path_broke() {
    let root = Certificate::ca("Root", Key::p256(0));
    let top = Certificate::intermediate("Top", Key::p256(1), &root);
    let middle = Certificate::intermediate("Middle", Key::p256(2), &top);
    let low = Certificate::intermediate("Low", Key::p256(3), &middle);
    let client = Certificate::leaf("Client", Key::p256(4), &low);
    let broken = |at| untrusted(Check::Issuer, Presented(at));
    expect(BOTH, &[&root], &chain([&client, &middle, &top]), broken(0));
    expect(BOTH, &[&root], &chain([&client, &top, &low]), broken(2));
    expect(BOTH, &[&root], &chain([&client, &low, &middle]), broken(2));
}

#[test]
fn what_does_not_belong_to_the_path_is_passed_over() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let stranger = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        change(CertificateBuilder::ca("Stranger", Key::p256(6))).self_signed()
    };
    for odd in [
        stranger(|ca| ca),
        stranger(|ca| ca.not_after(NOW - DAY)),
        stranger(|ca| ca.not_before(NOW + DAY)),
        stranger(|ca| ca.push(Extension::unknown(3).critical(true))),
        stranger(|ca| ca.push(Extension::new(oid::CRL_DISTRIBUTION_POINTS, [0x30, 0x01]))),
        stranger(|ca| ca.bad_signature()),
        stranger(|ca| ca.extended_key_usage(&[oid::SERVER_AUTH])),
        stranger(|ca| ca.v1()),
        stranger(|ca| ca.key(Key::ed25519(0))),
        client.clone(),
    ] {
        expect(BOTH, &[&root], &chain([&client, &odd, &signing]), None);
        expect(BOTH, &[&root], &chain([&client, &signing, &odd]), None);
    }
    let broken = stranger(|ca| ca.trailing([0]));
    let presented = chain([&client, &signing, &broken]);
    let expected = Some((ClientCertInvalid, Check::Parsing, Some(Presented(2))));
    expect(BOTH, &[&root], &presented, expected);
}

#[test]
fn the_root_may_be_sent_too_but_sending_it_makes_it_no_anchor() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let presented = chain([&client, &signing, &root]);
    expect(BOTH, &[&root], &presented, None);
    assert_eq!(
        path(&[&root], &presented),
        [Presented(0), Presented(1), Store(0)]
    );
    let stranger = Certificate::ca("Stranger", Key::p256(6));
    expect(
        BOTH,
        &[&stranger],
        &presented,
        untrusted(Check::Issuer, Presented(1)),
    );
    let impostor = Certificate::ca("Root A", Key::p256(6));
    expect(
        ALB,
        &[&impostor],
        &presented,
        untrusted(Check::Issuer, Presented(1)),
    );
    // To RFC 5280 a root is a certificate like any other, which a CA of its name may have issued.
    expect(
        RFC5280,
        &[&impostor],
        &presented,
        untrusted(Check::Signature, Presented(2)),
    );
}

#[test]
fn the_three_cases_of_the_samples_come_out_as_in_the_log() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let dark_signing = Certificate::intermediate("Signing D", Key::p256(3), &root);
    let dark_client = Certificate::leaf("DarkUser", Key::p256(4), &dark_signing);
    let foreign_root = Certificate::ca("Root F", Key::p256(5));
    let foreign_signing = Certificate::intermediate("Signing G", Key::p256(6), &foreign_root);
    let foreign_client = Certificate::leaf("User H", Key::p256(7), &foreign_signing);

    let store = [&root, &signing];
    expect(BOTH, &store, &chain([&client]), None);
    assert_eq!(path(&store, &chain([&client])), [Presented(0), Store(1)]);
    let presented = chain([&dark_client, &dark_signing]);
    expect(BOTH, &store, &presented, None);
    assert_eq!(
        path(&store, &presented),
        [Presented(0), Presented(1), Store(0)]
    );
    let presented = chain([&foreign_client, &foreign_signing]);
    expect(
        BOTH,
        &store,
        &presented,
        untrusted(Check::Issuer, Presented(1)),
    );
    let presented = chain([&foreign_client, &foreign_signing, &foreign_root]);
    expect(
        BOTH,
        &store,
        &presented,
        untrusted(Check::Issuer, Presented(1)),
    );
}

#[test]
fn the_store_comes_before_what_is_presented() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let renewed = CertificateBuilder::ca("Signing B", signing.key()).serial([9]);
    let renewed = renewed.issued_by(&root);
    let presented = chain([&client, &renewed]);
    let store = [&root, &signing];
    expect(BOTH, &store, &presented, None);
    assert_eq!(path(&store, &presented), [Presented(0), Store(1)]);
}

#[test]
fn of_two_cas_of_one_name_the_key_identifier_tells_the_right_one() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let namesake = Certificate::intermediate("Signing B", Key::p256(6), &root);
    for store in [[&namesake, &signing], [&signing, &namesake]] {
        expect(BOTH, &store, &chain([&client]), None);
    }
    for between in [[&namesake, &signing], [&signing, &namesake]] {
        let presented = chain([&client, between[0], between[1]]);
        expect(BOTH, &[&root], &presented, None);
    }
    expect(
        BOTH,
        &[&namesake],
        &chain([&client]),
        untrusted(Check::Issuer, Presented(0)),
    );
}

#[test]
fn without_key_identifiers_alb_takes_the_first_and_rfc_5280_looks_on() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let signing = Certificate::intermediate("Signing B", Key::p256(1), &root);
    let namesake = Certificate::intermediate("Signing B", Key::p256(6), &root);
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).without(oid::AUTHORITY_KEY_ID);
    let client = client.issued_by(&signing);
    let no_luck = untrusted(Check::Signature, Presented(0));
    let alone = chain([&client]);
    expect(ALB, &[&namesake, &signing], &alone, no_luck);
    expect(RFC5280, &[&namesake, &signing], &alone, None);
    expect(BOTH, &[&signing, &namesake], &alone, None);
    expect(BOTH, &[&namesake], &alone, no_luck);

    let wrong_first = chain([&client, &namesake, &signing]);
    expect(ALB, &[&root], &wrong_first, no_luck);
    expect(RFC5280, &[&root], &wrong_first, None);
    expect(BOTH, &[&root], &chain([&client, &signing, &namesake]), None);
}

#[test]
fn a_key_identifier_that_only_one_side_has_tells_nothing() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let anonymous = |key| {
        let ca = CertificateBuilder::ca("Signing B", key);
        ca.without(oid::SUBJECT_KEY_ID).issued_by(&root)
    };
    let (signing, namesake) = (anonymous(Key::p256(1)), anonymous(Key::p256(6)));
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.authority_key_id([1, 2, 3]).issued_by(&signing);
    expect(BOTH, &[&signing, &namesake], &chain([&client]), None);
    let store = [&namesake, &signing];
    expect(
        ALB,
        &store,
        &chain([&client]),
        untrusted(Check::Signature, Presented(0)),
    );
    expect(RFC5280, &store, &chain([&client]), None);
}

#[test]
fn two_roots_of_one_name_the_wrong_key_first() {
    let wrong = Certificate::ca("Root A", Key::p256(6));
    let root = Certificate::ca("Root A", Key::p256(0));
    let bare = CertificateBuilder::ca("Signing B", Key::p256(1)).without(oid::AUTHORITY_KEY_ID);
    let bare = bare.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &bare);
    let presented = chain([&client, &bare]);
    let no_luck = untrusted(Check::Signature, Presented(1));
    expect(ALB, &[&wrong, &root], &presented, no_luck);
    expect(RFC5280, &[&wrong, &root], &presented, None);
    expect(BOTH, &[&root, &wrong], &presented, None);

    let named = Certificate::intermediate("Signing B", Key::p256(1), &root);
    expect(BOTH, &[&wrong, &root], &chain([&client, &named]), None);
}

#[test]
fn an_authority_may_be_named_by_issuer_and_serial() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let ca = |serial: [u8; 1]| {
        let ca = CertificateBuilder::ca("Signing B", Key::p256(1)).serial(serial);
        ca.issued_by(&root)
    };
    let (first, second) = (ca([1]), ca([2]));
    let client = |issuer: &str, serial: [u8; 1]| {
        let client = CertificateBuilder::leaf("Client", Key::p256(2));
        let client = client.authority_issuer_and_serial(issuer, &serial);
        chain([&client.issued_by(&first)])
    };
    let store = [&first, &second];
    expect(BOTH, &store, &client("Root A", [1]), None);
    assert_eq!(
        path(&store, &client("Root A", [2])),
        [Presented(0), Store(1)]
    );
    let unknown = untrusted(Check::Issuer, Presented(0));
    expect(BOTH, &store, &client("Root A", [3]), unknown);
    expect(BOTH, &store, &client("Root B", [1]), unknown);
}

#[test]
fn a_ca_renewed_with_its_key_is_found_while_the_old_one_is_still_there() {
    let root = Certificate::ca("Root A", Key::p256(0));
    let ca = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        change(CertificateBuilder::ca("Signing B", Key::p256(1))).issued_by(&root)
    };
    let old = ca(|ca| ca.not_after(NOW - DAY));
    let new = ca(|ca| ca);
    let future = ca(|ca| ca.not_before(NOW + DAY));
    let client = Certificate::leaf("Client", Key::p256(2), &old);
    for store in [[&old, &new], [&new, &old], [&future, &new]] {
        expect(BOTH, &store, &chain([&client]), None);
    }
    for between in [[&old, &new], [&new, &old], [&future, &new]] {
        let presented = chain([&client, between[0], between[1]]);
        expect(BOTH, &[&root], &presented, None);
    }
    // In the store the old one only: ALB looks no further.
    let presented = chain([&client, &new]);
    let expired = Some((ClientCertExpired, Check::NotAfter, Some(Store(0))));
    expect(ALB, &[&old, &root], &presented, expired);
    expect(RFC5280, &[&old, &root], &presented, None);
    expect(BOTH, &[&old], &presented, expired);
}

#[test]
fn of_cross_signed_twins_alb_follows_the_first_and_rfc_5280_both() {
    let Shop {
        root,
        signing,
        client,
    } = Shop::new();
    let stranger = Certificate::ca("Stranger", Key::p256(6));
    let twin = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        change(CertificateBuilder::ca("Signing B", signing.key())).issued_by(&stranger)
    };
    let good_first = chain([&client, &signing, &twin(|ca| ca)]);
    expect(BOTH, &[&root], &good_first, None);
    let twin_first = chain([&client, &twin(|ca| ca), &signing]);
    expect(
        ALB,
        &[&root],
        &twin_first,
        untrusted(Check::Issuer, Presented(1)),
    );
    expect(RFC5280, &[&root], &twin_first, None);
    let found = store(Policy::RFC5280, &chain([&root]));
    let found = found.explain(&twin_first, at(NOW));
    let positions: Vec<_> = found.path().map(|step| step.position).collect();
    assert_eq!(positions, [Presented(0), Presented(2), Store(0)]);

    // Whichever root is known.
    expect(
        ALB,
        &[&stranger],
        &good_first,
        untrusted(Check::Issuer, Presented(1)),
    );
    expect(RFC5280, &[&stranger], &good_first, None);
    expect(BOTH, &[&stranger], &twin_first, None);

    // Valid ones come first, so an expired twin does no harm.
    let expired = twin(|ca| ca.not_after(NOW - DAY));
    expect(BOTH, &[&root], &chain([&client, &expired, &signing]), None);
    // Its CA flag and its signature are no part of ALB's choice.
    for faulty in [
        twin(|ca| ca.basic_constraints(false, None)),
        twin(|ca| ca.bad_signature()),
    ] {
        let presented = chain([&client, &faulty, &signing]);
        let no_luck = untrusted(Check::Issuer, Presented(1));
        expect(ALB, &[&root], &presented, no_luck);
        expect(RFC5280, &[&root], &presented, None);
    }
}

#[test]
fn cas_that_issue_each_other_lead_nowhere() {
    let keys = [Key::p256(0), Key::p256(1)];
    let ca = |name: &str, key, issuer: &str, by| {
        let ca = CertificateBuilder::ca(name, key).without(oid::AUTHORITY_KEY_ID);
        ca.issuer(issuer).sign_by(by)
    };
    let x = ca("X", keys[0], "Y", keys[1]);
    let y = ca("Y", keys[1], "X", keys[0]);
    let client = Certificate::leaf("Client", Key::p256(2), &x);
    let presented = chain([&client, &x, &y]);
    let stranger = Certificate::ca("Stranger", Key::p256(6));
    for policy in POLICIES {
        let store = store(policy, &chain([&stranger]));
        let (reason, check, _) = failure(&store, &presented, NOW).expect("there is no anchor");
        assert_eq!((reason, check), (ClientCertUntrusted, Check::Issuer));
    }
    expect(BOTH, &[&y], &presented, None);
    expect(BOTH, &[&x], &presented, None);

    // A CA that has issued itself a certificate for another key.
    let issuer = Certificate::ca("Z", keys[1]);
    let itself = Certificate::intermediate("Z", keys[0], &issuer);
    let client = Certificate::leaf("Client", Key::p256(2), &itself);
    let presented = chain([&client, &itself]);
    expect(
        BOTH,
        &[&stranger],
        &presented,
        untrusted(Check::Issuer, Presented(1)),
    );
    expect(BOTH, &[&issuer], &presented, None);
}

#[test]
fn names_lead_to_an_issuer_however_they_are_written() {
    let root = Certificate::ca(Name::new().common_name("Root  A"), Key::p256(0));
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).issuer(" ROOT a ");
    let client = client.issued_by(&root);
    expect(BOTH, &[&root], &chain([&client]), None);
    let other = CertificateBuilder::leaf("Client", Key::p256(2)).issuer("RootA");
    let other = other.issued_by(&root);
    let unknown = untrusted(Check::Issuer, Presented(0));
    expect(BOTH, &[&root], &chain([&other]), unknown);
}

/// The path under ALB's rules.
fn path(anchors: &[&Certificate], presented: &[CertificateDer<'static>]) -> Vec<Position> {
    let store: TrustStore<'_> = store(Policy::ALB, &chain(anchors.iter().copied()));
    let explanation = store.explain(presented, at(NOW));
    explanation.path().map(|step| step.position).collect()
}
