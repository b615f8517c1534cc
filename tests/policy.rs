//! What each knob of a policy changes: algorithms, keys, whose they are, the search.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::FailureReason::{
    self, ClientCertIncompatible, ClientCertTypeUnsupported, ClientCertUntrusted,
};
use portcullis::Position::{self, Presented};
use portcullis::{AlgorithmScope, Check, LeafKeys, Policy, Search, Sha1, SignatureAlgorithm};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Key, NOW, Pki, SignatureScheme as Scheme, chain, der, spki,
};

use crate::common::{failure, store};

const POLICIES: [Policy; 2] = [Policy::ALB, Policy::RFC5280];

#[test]
fn the_documented_signature_algorithms_are_allowed_one_by_one() {
    use SignatureAlgorithm as Algorithm;
    for (key, scheme, algorithm) in [
        (
            Key::rsa2048(1),
            Scheme::RsaPkcs1Sha256,
            Algorithm::RsaPkcs1Sha256,
        ),
        (
            Key::rsa2048(1),
            Scheme::RsaPkcs1Sha384,
            Algorithm::RsaPkcs1Sha384,
        ),
        (
            Key::rsa2048(1),
            Scheme::RsaPkcs1Sha512,
            Algorithm::RsaPkcs1Sha512,
        ),
        (
            Key::rsa2048(1),
            Scheme::RsaPssSha256,
            Algorithm::RsaPssSha256,
        ),
        (
            Key::rsa2048(1),
            Scheme::RsaPssSha384,
            Algorithm::RsaPssSha384,
        ),
        (
            Key::rsa2048(1),
            Scheme::RsaPssSha512,
            Algorithm::RsaPssSha512,
        ),
        (
            Key::rsa4096(),
            Scheme::RsaPkcs1Sha256,
            Algorithm::RsaPkcs1Sha256,
        ),
        (Key::p256(1), Scheme::EcdsaSha256, Algorithm::EcdsaSha256),
        (Key::p256(1), Scheme::EcdsaSha384, Algorithm::EcdsaSha384),
        (Key::p256(1), Scheme::EcdsaSha512, Algorithm::EcdsaSha512),
        (Key::p384(1), Scheme::EcdsaSha256, Algorithm::EcdsaSha256),
        (Key::p384(1), Scheme::EcdsaSha384, Algorithm::EcdsaSha384),
        (Key::p384(1), Scheme::EcdsaSha512, Algorithm::EcdsaSha512),
        (Key::p521(1), Scheme::EcdsaSha256, Algorithm::EcdsaSha256),
        (Key::p521(1), Scheme::EcdsaSha384, Algorithm::EcdsaSha384),
        (Key::p521(1), Scheme::EcdsaSha512, Algorithm::EcdsaSha512),
    ] {
        let root = Certificate::ca("Root", key);
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).scheme(scheme);
        let leaf = leaf.issued_by(&root);
        for policy in POLICIES {
            expect(policy, &root, &[&leaf], None);
            let without = policy.without_signature_algorithm(algorithm);
            expect(without, &root, &[&leaf], not_allowed(0));
            let again = without.with_signature_algorithm(algorithm);
            expect(again, &root, &[&leaf], None);
            // Another one gone is no harm.
            let other = policy.without_signature_algorithm(Algorithm::Ed25519);
            expect(other, &root, &[&leaf], None);
        }
    }
}

#[test]
fn signatures_with_broken_or_rare_algorithms_are_incompatible() {
    for (key, scheme) in [
        (Key::p256(1), Scheme::EcdsaSha1),
        (Key::p256(1), Scheme::EcdsaSha224),
        (Key::rsa2048(1), Scheme::RsaPkcs1Sha1),
        (Key::rsa2048(1), Scheme::RsaPkcs1Sha224),
        (Key::rsa2048(1), Scheme::RsaPkcs1Md5),
        (Key::rsa2048(1), Scheme::RsaPssSha1),
        (Key::p256(1), Scheme::Ed448),
        (Key::p256(1), Scheme::DsaSha256),
    ] {
        let root = Certificate::ca("Root", key);
        let ca = CertificateBuilder::ca("Signing", Key::p256(2)).scheme(scheme);
        let ca = ca.issued_by(&root);
        let of_ca = Certificate::leaf("Client", Key::p256(0), &ca);
        let of_root = CertificateBuilder::leaf("Client", Key::p256(0)).scheme(scheme);
        let of_root = of_root.issued_by(&root);
        for policy in POLICIES {
            expect(policy, &root, &[&of_root], not_allowed(0));
            expect(policy, &root, &[&of_ca, &ca], not_allowed(1));
            // An anchor's own signature is nobody's concern.
            expect(policy, &ca, &[&of_ca], None);
        }
    }
}

#[test]
fn pss_has_one_hash_throughout_and_a_salt_of_its_length() {
    let hash = |last: u8| {
        let oid = der::oid(&format!("2.16.840.1.101.3.4.2.{last}"));
        der::sequence([oid, der::null()])
    };
    let pss = |digest: u8, mask: u8, salt: u64, trailer: u64| {
        let mask = der::sequence([der::oid("1.2.840.113549.1.1.8"), hash(mask)]);
        let parameters = der::sequence([
            der::context(0, hash(digest)),
            der::context(1, mask),
            der::context(2, der::integer(salt)),
            der::context(3, der::integer(trailer)),
        ]);
        der::sequence([der::oid(spki::RSASSA_PSS), parameters])
    };
    let root = Certificate::ca("Root", Key::rsa2048(1));
    for algorithm in [
        pss(1, 1, 20, 1),
        pss(1, 1, 33, 1),
        pss(2, 2, 32, 1),
        pss(3, 3, 48, 1),
        pss(1, 2, 32, 1),
        pss(1, 1, 32, 2),
        der::sequence([der::oid(spki::RSASSA_PSS)]),
        der::sequence([der::oid(spki::RSASSA_PSS), der::null()]),
    ] {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0));
        let leaf = leaf.scheme(Scheme::RsaPssSha256).algorithm(algorithm);
        let leaf = leaf.issued_by(&root);
        for policy in POLICIES {
            expect(policy, &root, &[&leaf], not_allowed(0));
        }
    }
}

#[test]
fn the_word_for_sha_1_is_a_knob() {
    let root = Certificate::ca("Root", Key::p256(1));
    let leaf = |scheme| {
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).scheme(scheme);
        leaf.issued_by(&root)
    };
    let (sha1, sha224) = (leaf(Scheme::EcdsaSha1), leaf(Scheme::EcdsaSha224));
    for policy in POLICIES {
        let policy = policy.with_sha1(Sha1::Untrusted);
        let untrusted = (
            ClientCertUntrusted,
            Check::SignatureAlgorithm,
            Some(Presented(0)),
        );
        expect(policy, &root, &[&sha1], Some(untrusted));
        expect(policy, &root, &[&sha224], not_allowed(0));
        let policy = policy.with_sha1(Sha1::Incompatible);
        expect(policy, &root, &[&sha1], not_allowed(0));
    }
}

#[test]
fn ed25519_is_for_rfc_5280_only_unless_told_otherwise() {
    let root = Certificate::ca("Root", Key::ed25519(1));
    let signed = Certificate::leaf("Client", Key::p256(0), &root);
    expect(Policy::ALB, &root, &[&signed], not_allowed(0));
    expect(Policy::RFC5280, &root, &[&signed], None);
    let ed25519 = SignatureAlgorithm::Ed25519;
    let allowed = Policy::ALB.with_signature_algorithm(ed25519);
    expect(allowed, &root, &[&signed], None);

    let root = Certificate::ca("Root", Key::p256(1));
    let client = Certificate::leaf("Client", Key::ed25519(0), &root);
    expect(Policy::ALB, &root, &[&client], unsupported());
    expect(Policy::RFC5280, &root, &[&client], None);
    let allowed = Policy::ALB.with_leaf_keys(LeafKeys::DocumentedAndEd25519);
    expect(allowed, &root, &[&client], None);
    let documented = Policy::RFC5280.with_leaf_keys(LeafKeys::Documented);
    expect(documented, &root, &[&client], unsupported());
}

#[test]
fn the_keys_of_clients_are_rsa_and_the_three_curves() {
    let root = Certificate::ca("Root", Key::p256(1));
    for key in [
        Key::rsa2048(0),
        Key::rsa3072(),
        Key::rsa4096(),
        Key::p256(0),
        Key::p384(0),
        Key::p521(0),
    ] {
        let client = Certificate::leaf("Client", key, &root);
        for policy in POLICIES {
            expect(policy, &root, &[&client], None);
        }
    }
    let explicit = der::sequence([der::integer(1)]);
    for key in [
        Key::p224().spki_der().to_vec(),
        Key::secp256k1().spki_der().to_vec(),
        spki::with_algorithm(spki::algorithm("1.3.101.110", []), [7; 32]),
        spki::with_algorithm(spki::algorithm(spki::ED448, []), [7; 57]),
        spki::with_algorithm(spki::algorithm(spki::DSA, []), der::integer(5)),
        spki::with_algorithm(spki::algorithm(spki::EC_PUBLIC_KEY, explicit), [4; 65]),
    ] {
        let client = CertificateBuilder::leaf("Client", Key::p256(0)).spki(key);
        let client = client.issued_by(&root);
        for policy in POLICIES {
            expect(policy, &root, &[&client], unsupported());
        }
    }
}

#[test]
fn rsa_keys_have_2048_to_8192_bits() {
    let root = Certificate::ca("Root", Key::p256(1));
    let client = |bits| {
        let client = CertificateBuilder::leaf("Client", Key::p256(0));
        client.spki(spki::rsa_of_bits(bits)).issued_by(&root)
    };
    let refused = |at| Some((ClientCertIncompatible, Check::KeySize, Some(Presented(at))));
    for policy in POLICIES {
        for (bits, fits) in [
            (1024, false),
            (2047, false),
            (2048, true),
            (2049, true),
            (8192, true),
            (8193, false),
            (16_384, false),
        ] {
            let expected = if fits { None } else { refused(0) };
            expect(policy, &root, &[&client(bits)], expected);
        }
        let narrow = policy.with_rsa_bits(3072, 4096);
        for (bits, fits) in [(3071, false), (3072, true), (4096, true), (4097, false)] {
            let expected = if fits { None } else { refused(0) };
            expect(narrow, &root, &[&client(bits)], expected);
        }
        let wide = policy.with_rsa_bits(1024, 16_384);
        expect(wide, &root, &[&client(1024)], None);
        expect(wide, &root, &[&client(16_384)], None);
        // No algorithm set verifies with such a key, whatever the policy says.
        let small = Pki::builder()
            .intermediate(0, |ca| ca.key(Key::rsa1024()))
            .build();
        let small = [small.root(), small.leaf(), small.issuer()].map(Clone::clone);
        expect(policy, &small[0], &[&small[1], &small[2]], refused(1));
        let store = store(wide, &chain([&small[0]]));
        let (reason, ..) = failure(&store, &chain([&small[1], &small[2]]), NOW).expect("it fails");
        assert!(matches!(
            reason,
            ClientCertUntrusted | ClientCertIncompatible
        ));
    }
}

#[test]
fn alb_looks_at_the_algorithms_of_all_that_is_presented_and_rfc_5280_at_the_paths() {
    let pki = Pki::new(1);
    let other = Certificate::ca("Other", Key::p256(8));
    let sha1 = CertificateBuilder::ca("Stranger", Key::p256(9)).scheme(Scheme::EcdsaSha1);
    let sha1 = sha1.issued_by(&other);
    let small = CertificateBuilder::ca("Stranger", Key::rsa1024()).issued_by(&other);
    let small_root = Certificate::ca("Stranger", Key::rsa1024());
    let size = Some((ClientCertIncompatible, Check::KeySize, Some(Presented(1))));
    for (stranger, refused) in [(&sha1, not_allowed(1)), (&small, size), (&small_root, size)] {
        let presented = [pki.leaf(), stranger, pki.issuer()];
        expect(Policy::ALB, pki.root(), &presented, refused);
        expect(Policy::RFC5280, pki.root(), &presented, None);
        let path = Policy::ALB.with_algorithm_scope(AlgorithmScope::Path);
        expect(path, pki.root(), &presented, None);
        let all = Policy::RFC5280.with_algorithm_scope(AlgorithmScope::Presented);
        expect(all, pki.root(), &presented, refused);
    }
}

#[test]
fn the_signature_algorithm_of_a_self_issued_certificate_does_not_matter() {
    for scheme in [Scheme::EcdsaSha1, Scheme::EcdsaSha224, Scheme::Ed448] {
        let root = CertificateBuilder::ca("Root", Key::p256(1)).scheme(scheme);
        let root = root.self_signed();
        let client = Certificate::leaf("Client", Key::p256(0), &root);
        let alone = CertificateBuilder::leaf("Alone", Key::p256(2)).scheme(scheme);
        let alone = alone.self_signed();
        for policy in POLICIES {
            expect(policy, &root, &[&client, &root], None);
            expect(policy, &alone, &[&alone], None);
        }
    }
}

#[test]
fn a_signature_that_does_not_go_with_the_issuers_key_is_bad() {
    let root = Certificate::ca("Root", Key::p256(1));
    for scheme in [Scheme::RsaPkcs1Sha256, Scheme::RsaPssSha384] {
        let client = CertificateBuilder::leaf("Client", Key::p256(0)).scheme(scheme);
        let client = client.issued_by(&root);
        for policy in POLICIES {
            let bad = Some((ClientCertUntrusted, Check::Signature, Some(Presented(0))));
            expect(policy, &root, &[&client], bad);
        }
    }
}

#[test]
fn the_search_is_a_knob_of_its_own() {
    let root = Certificate::ca("Root", Key::p256(1));
    let stranger = Certificate::ca("Stranger", Key::p256(2));
    let known = Certificate::intermediate("Signing", Key::p256(3), &root);
    let unknown = Certificate::intermediate("Signing", Key::p256(3), &stranger);
    let client = Certificate::leaf("Client", Key::p256(0), &known);
    let presented = [&client, &unknown, &known];
    let no_issuer = Some((ClientCertUntrusted, Check::Issuer, Some(Presented(1))));
    for policy in POLICIES {
        let first = policy.with_search(Search::First);
        expect(first, &root, &presented, no_issuer);
        let all = policy.with_search(Search::Backtrack);
        expect(all, &root, &presented, None);
    }
}

fn not_allowed(at: usize) -> Option<(FailureReason, Check, Option<Position>)> {
    let at = Some(Presented(at));
    Some((ClientCertIncompatible, Check::SignatureAlgorithm, at))
}

fn unsupported() -> Option<(FailureReason, Check, Option<Position>)> {
    Some((
        ClientCertTypeUnsupported,
        Check::KeyType,
        Some(Presented(0)),
    ))
}

#[track_caller]
fn expect(
    policy: Policy,
    anchor: &Certificate,
    presented: &[&Certificate],
    expected: Option<(FailureReason, Check, Option<Position>)>,
) {
    let store = store(policy, &chain([anchor]));
    let presented = chain(presented.iter().copied());
    assert_eq!(failure(&store, &presented, NOW), expected);
}
