//! The search for a path among certificates that are made to lead it astray: that it ends, with
//! what verdict, and how many signatures it looks at.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use core::cell::Cell;
use std::thread_local;

use aws_lc_rs::digest;
use portcullis::FailureReason::{
    self, ClientCertExpired, ClientCertPurposeInvalid, ClientCertUntrusted,
};
use portcullis::Position::{Presented, Store};
use portcullis::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
};
use portcullis::signature::{AlgorithmSet, EcCurve, KeyKind, SignatureAlgorithm, Verifier};
use portcullis::{Check, Policy, Search, TrustStore};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, DAY, GeneralName, Key, NOW, Name, NameConstraints, Pki, chain,
    framed_size, hostile, oid,
};

use crate::common::{at, failure, store};

const ALB: (Policy, Search) = (Policy::ALB, Search::First);
const RFC5280: (Policy, Search) = (Policy::RFC5280, Search::Backtrack);

#[test]
fn a_good_chain_costs_one_signature_for_each_certificate_below_the_anchor() {
    for intermediates in 0..=15 {
        let pki = Pki::new(intermediates);
        let alb = (Policy::ALB.with_max_depth(16), Search::First);
        for policy in [alb, RFC5280] {
            let count = count(policy, &[pki.anchor()], &pki.chain(), None);
            assert_eq!(count, intermediates + 1);
        }
    }
}

#[test]
fn what_can_be_refused_without_a_signature_is() {
    let expired = |it: CertificateBuilder| it.not_after(NOW - DAY);
    let not_critical = |it: CertificateBuilder| it.basic_constraints(false, None);
    for policy in [ALB, RFC5280] {
        let pki = Pki::new(2);
        let stranger = Certificate::ca("Stranger", Key::p256(9));
        let untrusted = Some(ClientCertUntrusted);
        let spent = count(policy, &chain([&stranger]), &pki.chain(), untrusted);
        assert_eq!(spent, 0);
        let no_ca = Pki::builder().intermediate(0, not_critical).build();
        let spent = count(policy, &[no_ca.anchor()], &no_ca.chain(), untrusted);
        assert_eq!(spent, 0);
        let old_root = Pki::builder().root(expired).build();
        let has_expired = Some(ClientCertExpired);
        let spent = count(policy, &[old_root.anchor()], &old_root.chain(), has_expired);
        assert_eq!(spent, 0);
    }
}

#[test]
fn among_cas_of_one_name_alb_tries_one_and_rfc_5280_all() {
    let root = Certificate::ca("Root", Key::p256(0));
    for others in 0..15 {
        // Without key identifiers each is as likely as the other.
        let anonymous = |ca: CertificateBuilder| {
            ca.without(oid::SUBJECT_KEY_ID)
                .without(oid::AUTHORITY_KEY_ID)
        };
        let name = Name::from("Signing");
        let keys = |n| Key::p256(n + 20);
        let wrong = hostile::same_named_cas(&name, others, keys, &root, anonymous);
        let right = hostile::same_named_cas(&name, 1, |_| Key::p256(1), &root, anonymous);
        let client = Certificate::leaf("Client", Key::p256(2), &right[0]);
        let all = chain([&client].into_iter().chain(&wrong).chain(&right));
        let cas = chain([&root]);

        count(RFC5280, &cas, &all, None);
        let none_right = &all[..=others];
        count(RFC5280, &cas, none_right, Some(ClientCertUntrusted));
        let alb = Policy::ALB.with_max_depth(16);
        let expected = (others > 0).then_some(ClientCertUntrusted);
        let spent = count((alb, Search::First), &cas, &all, expected);
        assert_eq!(spent, 2, "the CA's and the leaf's");
        count((alb, Search::Backtrack), &cas, &all, None);
    }
}

#[test]
fn among_roots_of_one_name_rfc_5280_tries_all() {
    let root = Certificate::ca("Root", Key::p256(0));
    let signing = CertificateBuilder::ca("Signing", Key::p256(1)).without(oid::AUTHORITY_KEY_ID);
    let signing = signing.issued_by(&root);
    let client = Certificate::leaf("Client", Key::p256(2), &signing);
    let wrong = (10..13).map(|n| Certificate::ca("Root", Key::p256(n)));
    let mut store: Vec<_> = wrong.collect();
    store.push(root);
    let presented = chain([&client, &signing]);
    count(RFC5280, &chain(&store), &presented, None);
    store.pop();
    let untrusted = Some(ClientCertUntrusted);
    count(RFC5280, &chain(&store), &presented, untrusted);
}

#[test]
fn a_ring_of_cas_without_an_anchor_costs_no_signature() {
    let stranger = Certificate::ca("Stranger", Key::p256(9));
    for cas in 2..=8 {
        for one_name in [false, true] {
            let name = |n: usize| match one_name {
                true => Name::from("Ring"),
                false => Name::from(format!("Ring {n}")),
            };
            let ring = hostile::cross_signing_ring(cas, name, Key::p256, |ca| ca);
            let presented = led_by_client(&ring);
            for policy in deep_policies() {
                let untrusted = Some(ClientCertUntrusted);
                let spent = count(policy, &chain([&stranger]), &presented, untrusted);
                assert_eq!(spent, 0);
            }
        }
    }
}

#[test]
fn a_ring_of_cas_with_an_anchor_is_left_by_the_way_to_it() {
    for cas in 2..=8 {
        let name = |n: usize| Name::from(format!("Ring {n}"));
        let ring = hostile::cross_signing_ring(cas, name, Key::p256, |ca| ca);
        let presented = led_by_client(&ring);
        for known in 0..cas {
            let anchor = Certificate::ca(name(known), Key::p256(known));
            for policy in deep_policies() {
                count(policy, &chain([&anchor]), &presented, None);
            }
            // One of that name that has signed none of it.
            let impostor = CertificateBuilder::ca(name(known), Key::p256(99));
            let impostor = impostor.without(oid::SUBJECT_KEY_ID).self_signed();
            for policy in deep_policies() {
                let untrusted = Some(ClientCertUntrusted);
                count(policy, &chain([&impostor]), &presented, untrusted);
            }
        }
    }
}

#[test]
fn a_lattice_is_climbed_to_its_anchor() {
    for (layers, width) in [(1, 2), (2, 2), (3, 2), (2, 3), (5, 2), (3, 4)] {
        let lattice = hostile::lattice(layers, width, Key::p256, |ca| ca);
        let presented = led_by_client(&lattice);
        let top = format!("Layer {layers}");
        for place in 0..width {
            let anchor = Certificate::ca(top.as_str(), Key::p256(layers * width + place));
            let policy = (Policy::RFC5280.with_max_depth(64), Search::Backtrack);
            count(policy, &chain([&anchor]), &presented, None);
        }
    }
}

#[test]
fn a_lattice_under_an_impostor_ends_untrusted_within_the_budget() {
    for (layers, width) in [(1, 2), (2, 2), (3, 2), (5, 2), (7, 3), (3, 4), (15, 2)] {
        for named in [false, true] {
            let lattice = hostile::lattice(layers, width, Key::p256, |ca| match named {
                true => ca,
                false => ca
                    .without(oid::AUTHORITY_KEY_ID)
                    .without(oid::SUBJECT_KEY_ID),
            });
            let presented = led_by_client(&lattice);
            let impostor = CertificateBuilder::ca(format!("Layer {layers}"), Key::p256(999));
            let impostor = impostor.without(oid::SUBJECT_KEY_ID).self_signed();
            for policy in deep_policies() {
                let untrusted = Some(ClientCertUntrusted);
                count(policy, &chain([&impostor]), &presented, untrusted);
            }
        }
    }
}

#[test]
fn sixty_four_kib_of_forged_cas_are_refused_within_the_budget() {
    let root = Certificate::ca("Root", Key::p256(0));
    let name = Name::from("Signing");
    let forgeries: [fn(CertificateBuilder) -> CertificateBuilder; 4] = [
        |ca| ca.without(oid::SUBJECT_KEY_ID),
        CertificateBuilder::bad_signature,
        |ca| ca.without(oid::SUBJECT_KEY_ID).bad_signature(),
        |ca| ca.without(oid::SUBJECT_KEY_ID).issuer("Signing"),
    ];
    for forge in forgeries {
        let forge = |ca| forge(ca).size(1000);
        let cas = hostile::same_named_cas(&name, 63, |n| Key::p256(n + 50), &root, forge);
        assert_eq!(framed_size(&cas, 5), 63 * 1005);
        let client = CertificateBuilder::leaf("Client", Key::p256(1)).issuer("Signing");
        let client = client.sign_by(Key::p256(2));
        let presented = chain([&client].into_iter().chain(&cas));
        for policy in deep_policies() {
            let untrusted = Some(ClientCertUntrusted);
            count(policy, &chain([&root]), &presented, untrusted);
        }
    }
}

#[test]
fn a_fault_of_the_leaf_itself_ends_the_search() {
    let root = Certificate::ca("Root", Key::p256(0));
    let name = Name::from("Signing");
    let twins = hostile::same_named_cas(&name, 10, |_| Key::p256(1), &root, |ca| ca);
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).not_after(NOW - DAY);
    let presented = chain([&client.issued_by(&twins[0])].into_iter().chain(&twins));
    let expired = Some(ClientCertExpired);
    let spent = count(RFC5280, &chain([&root]), &presented, expired);
    assert_eq!(spent, 2);
}

/// For ALB a client of the store may have any purpose, unless its issuer is known: then the faults of that path count,
/// however one searches.
#[test]
fn a_fault_of_the_leaf_is_not_escaped_by_the_leaf_in_the_store() {
    let root = Certificate::ca("Root", Key::p256(0));
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.extended_key_usage(&[oid::SERVER_AUTH]);
    let client = client.issued_by(&root);
    let purpose = Some(ClientCertPurposeInvalid);
    for search in [Search::First, Search::Backtrack] {
        let policy = (Policy::ALB, search);
        count(policy, &chain([&root, &client]), &chain([&client]), purpose);
        count(policy, &chain([&client]), &chain([&client]), None);
    }
}

/// Two presented certificates may cost five signatures, as long as there is little to hash.
#[test]
fn the_fifth_signature_for_two_certificates_is_the_last() {
    let ca = |key| {
        CertificateBuilder::ca("Root", Key::p256(key))
            .without(oid::SUBJECT_KEY_ID)
            .self_signed()
    };
    let roots: Vec<_> = (10..16).map(ca).collect();
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).without(oid::AUTHORITY_KEY_ID);
    let other = CertificateBuilder::leaf("Other", Key::p256(3)).size(30_000);
    let other = other.issued_by(&roots[0]);
    for (issuer, expected) in [(4, None), (5, Some(ClientCertUntrusted))] {
        let presented = chain([&client.issued_by(&roots[issuer]), &other]);
        let spent = count(RFC5280, &chain(&roots), &presented, expected);
        assert_eq!(spent, 5);
    }
}

#[test]
fn a_ca_that_led_nowhere_may_be_part_of_another_path() {
    let root = Certificate::ca("Root", Key::p256(0));
    let upper = Certificate::intermediate("Upper", Key::p256(1), &root);
    let signing = CertificateBuilder::ca("Signing", Key::p256(3));
    let constraints = NameConstraints::new().exclude(GeneralName::dns("example.com"));
    let narrow = signing.clone().name_constraints(&constraints);
    let (narrow, wide) = (narrow.issued_by(&upper), signing.issued_by(&upper));
    let client = CertificateBuilder::leaf("Client", Key::p256(2));
    let client = client.subject_alt_name([GeneralName::dns("example.com")]);
    let client = client.issued_by(&wide);
    for cas in [[&narrow, &wide, &upper], [&upper, &narrow, &wide]] {
        let presented = chain([&client].into_iter().chain(cas));
        count(RFC5280, &chain([&root]), &presented, None);
    }
}

/// RFC 5280 6.1.3 (a)(4): the issuer has the name, whoever has the key.
#[test]
fn a_ca_of_another_name_is_no_issuer_though_it_has_the_key() {
    let root = Certificate::ca("Root", Key::p256(0));
    let anonymous = |name, key| {
        let ca = CertificateBuilder::ca(name, Key::p256(key)).without(oid::SUBJECT_KEY_ID);
        ca.issued_by(&root)
    };
    let named = [anonymous("Signing", 1), anonymous("Signing", 4)];
    let others = [anonymous("Other", 3), anonymous("Another", 3)];
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).without(oid::AUTHORITY_KEY_ID);
    let client = client.issuer("Signing").sign_by(Key::p256(3));
    let untrusted = Some(ClientCertUntrusted);
    for cas in [
        [&named[0], &named[1], &others[0], &others[1]],
        [&others[0], &named[0], &named[1], &others[1]],
        [&others[0], &others[1], &named[0], &named[1]],
    ] {
        let presented = chain([&client].into_iter().chain(cas));
        count(RFC5280, &chain([&root]), &presented, untrusted);
    }
}

#[test]
fn the_last_of_several_cas_of_one_name_is_tried_too() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = |key| {
        CertificateBuilder::ca("Signing", Key::p256(key))
            .without(oid::SUBJECT_KEY_ID)
            .issued_by(&root)
    };
    let cas = [11, 12, 13, 14].map(ca);
    let client = CertificateBuilder::leaf("Client", Key::p256(2)).without(oid::AUTHORITY_KEY_ID);
    for right in &cas {
        let client = client.issued_by(right);
        let presented = chain([&client].into_iter().chain(&cas));
        count(RFC5280, &chain([&root]), &presented, None);
    }
}

/// Where a path is too long, the CA above is not to blame.
#[test]
fn a_ca_may_be_reached_by_a_shorter_way() {
    let root = Certificate::ca("Root", Key::p256(0));
    let top = Certificate::intermediate("Top", Key::p256(1), &root);
    let upper = CertificateBuilder::ca("Upper", Key::p256(2)).basic_constraints(true, Some(1));
    let upper = upper.issued_by(&top);
    let between = Certificate::intermediate("Between", Key::p256(3), &upper);
    let signing = CertificateBuilder::ca("Signing", Key::p256(4));
    let (long, short) = (signing.issued_by(&between), signing.issued_by(&upper));
    let client = Certificate::leaf("Client", Key::p256(5), &long);
    let presented = chain([&client, &long, &short, &between, &upper, &top]);
    count(RFC5280, &chain([&root]), &presented, None);
}

/// No path holds a certificate twice, so that all paths through a mesh have been tried soon; and one from which there is
/// no way to the store is not gone into.
#[test]
fn a_mesh_of_cas_is_gone_through_within_the_budget() {
    let ca = |name: &str, key, path_len| {
        let ca = CertificateBuilder::ca(name, Key::p256(key)).without(oid::SUBJECT_KEY_ID);
        let ca = ca.without(oid::AUTHORITY_KEY_ID);
        ca.basic_constraints(true, path_len)
    };
    let issued = |name, key, issuer: &str, issuer_key| {
        let ca = ca(name, key, None).issuer(issuer);
        ca.sign_by(Key::p256(issuer_key))
    };
    for (anchor, count, upper) in [("Y", 2, "X"), ("Z", 4, "W")] {
        let upper_key = if upper == "X" { 0 } else { 3 };
        let root = ca(anchor, 1, Some(0)).self_signed();
        let mut cas = vec![issued("X", 0, anchor, 1)];
        cas.extend((0..count).map(|_| issued("X", 0, "Y", 1)));
        cas.extend((0..count).map(|_| issued("Y", 1, upper, upper_key)));
        if upper == "W" {
            cas.extend((0..count).map(|_| issued("W", 3, "Y", 1)));
        }
        let store = store(Policy::RFC5280, &chain([&root]));
        let expected = Some((ClientCertUntrusted, Check::PathLength, Some(Store(0))));
        assert_eq!(failure(&store, &led_by_client(&cas), NOW), expected);
    }
}

/// Once the only ways to the store are known to be forged, the ways to them through a mesh are not gone through: that
/// would take more than the budget.
#[test]
fn the_ways_to_a_ca_whose_signature_is_forged_are_not_searched() {
    let root = Certificate::ca("Root", Key::p256(0));
    let ca = |name, key| {
        let ca = CertificateBuilder::ca(name, Key::p256(key)).without(oid::SUBJECT_KEY_ID);
        ca.without(oid::AUTHORITY_KEY_ID)
    };
    let mesh = (0..6).map(|number| {
        let (name, issuer, key) = [("X", "Y", 1), ("Y", "X", 2)][number % 2];
        ca(name, key).issuer(issuer).sign_by(Key::p256(3 - key))
    });
    for forged in [1, 2] {
        let tops = (0..forged).map(|_| ca("X", 1).bad_signature().issued_by(&root));
        let cas: Vec<_> = tops.chain(mesh.clone()).collect();
        let store = store(Policy::RFC5280, &chain([&root]));
        let expected = Some((ClientCertUntrusted, Check::Signature, Some(Presented(1))));
        assert_eq!(failure(&store, &led_by_client(&cas), NOW), expected);
    }
}

#[test]
fn cas_that_are_no_longer_valid_cost_no_signature() {
    let root = Certificate::ca("Root", Key::p256(0));
    let name = Name::from("Signing");
    let anonymous = |ca: CertificateBuilder| {
        ca.without(oid::SUBJECT_KEY_ID)
            .without(oid::AUTHORITY_KEY_ID)
    };
    let old = |ca: CertificateBuilder| anonymous(ca).not_after(NOW - DAY);
    let wrong = hostile::same_named_cas(&name, 1, |_| Key::p256(20), &root, anonymous);
    let expired = hostile::same_named_cas(&name, 8, |n| Key::p256(n + 30), &root, old);
    let right = hostile::same_named_cas(&name, 1, |_| Key::p256(1), &root, anonymous);
    let client = Certificate::leaf("Client", Key::p256(2), &right[0]);
    let presented = [client]
        .into_iter()
        .chain(wrong)
        .chain(expired)
        .chain(right);
    let presented: Vec<_> = presented.collect();
    let spent = count(RFC5280, &chain([&root]), &chain(&presented), None);
    assert_eq!(spent, 4, "two of the first path and two of the right one");
}

/// Those that take whatever fits into a message.
fn deep_policies() -> [(Policy, Search); 3] {
    [
        (Policy::ALB.with_max_depth(64), Search::First),
        (Policy::ALB.with_max_depth(64), Search::Backtrack),
        (Policy::RFC5280.with_max_depth(64), Search::Backtrack),
    ]
}

/// A client of the first CA, and all of them.
fn led_by_client(cas: &[Certificate]) -> Vec<CertificateDer<'static>> {
    let client = Certificate::leaf("Client", Key::p256(1000), &cas[0]);
    chain([&client].into_iter().chain(cas))
}

/// Verifies a chain, and gives how many signatures that took.
///
/// No chain takes three or more for each certificate presented, and without backtracking none takes
/// more than one for each certificate of the path; explain takes the same.
#[track_caller]
fn count(
    (policy, search): (Policy, Search),
    cas: &[CertificateDer<'static>],
    presented: &[CertificateDer<'static>],
    expected: Option<FailureReason>,
) -> usize {
    let policy = policy.with_search(search);
    let mut counted: TrustStore<'_> = TrustStore::new(policy, COUNTING);
    for ca in cas {
        counted.add_ca(ca.clone()).expect("the store takes this CA");
    }
    SIGNATURES.set(0);
    let status = counted.verify_at(presented, at(NOW));
    let spent = SIGNATURES.replace(0);
    let explanation = counted.explain(presented, at(NOW));
    assert_eq!(SIGNATURES.get(), spent);
    assert_eq!(status.failure(), expected, "{explanation}");
    assert_eq!(explanation.status(), status);
    assert!(spent < 3 * presented.len(), "{spent}: {explanation}");
    if search == Search::First {
        assert!(
            spent <= explanation.path().count(),
            "{spent}: {explanation}"
        );
    }
    let uncounted = failure(&store(policy, cas), presented, NOW);
    assert_eq!(uncounted.map(|(reason, ..)| reason), expected);
    spent
}

thread_local! {
    static SIGNATURES: Cell<usize> = const { Cell::new(0) };
}

/// ECDSA on P-256 with SHA-256, counted.
static COUNTING: AlgorithmSet = AlgorithmSet::new(&VERIFIERS, |message| {
    let digest = digest::digest(&digest::SHA256, message);
    digest.as_ref().try_into().expect("SHA-256 has 32 octets")
});

static VERIFIERS: [Verifier; 1] = [Verifier::new(
    KeyKind::Ec(EcCurve::P256),
    SignatureAlgorithm::EcdsaSha256,
    &Counting(webpki::aws_lc_rs::ECDSA_P256_SHA256),
)];

#[derive(Debug)]
struct Counting(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for Counting {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        SIGNATURES.set(SIGNATURES.get() + 1);
        self.0.verify_signature(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}
