//! Chains that make the search for a path long.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, GeneralName, NameConstraints, hostile, oid,
};

use crate::case::{Case, Kind, cases, good_chain};

pub(crate) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for (kind, lengths) in [(Kind::RSA, &[1, 4, 16][..]), (Kind::P256, &[4, 16, 64])] {
        for &length in lengths {
            all.extend(namesakes_in_store(kind, length));
            if length > 1 {
                all.extend(namesakes_presented(kind, length));
                all.extend(forged_chain(kind, length));
                for exit in [false, true] {
                    all.extend(ring(kind, length, exit));
                }
                all.extend(lattices(kind, length));
            }
        }
    }
    all
}

/// A CA that says nothing of keys, so that names alone tell what it may have issued.
pub(crate) fn without_key_id(subject: &str, kind: Kind, key: usize) -> CertificateBuilder {
    CertificateBuilder::ca(subject, (kind.key)(key))
        .without(oid::SUBJECT_KEY_ID)
        .without(oid::AUTHORITY_KEY_ID)
}

fn forged_leaf(issuer: &str, kind: Kind) -> Certificate {
    CertificateBuilder::leaf("Mallory", (kind.key)(1))
        .without(oid::AUTHORITY_KEY_ID)
        .issuer(issuer)
        .sign_by((kind.key)(3))
}

/// 25 CAs in the store have one name, and any could be the issuer; none is.
fn namesakes_in_store(kind: Kind, length: usize) -> Vec<Case> {
    let first = without_key_id("CA", kind, 0).sign_by((kind.key)(0));
    let others: Vec<_> = (1..25)
        .map(|n| {
            without_key_id("CA", kind, 0)
                .spki(kind.stray_spki(n))
                .sign_by((kind.key)(0))
        })
        .collect();
    let store: Vec<_> = [&first].into_iter().chain(&others).collect();

    let forged = |subject: &str, number: usize| {
        without_key_id(subject, kind, 2)
            .spki(kind.stray_spki(100 + number))
            .issuer("CA")
            .sign_by((kind.key)(3))
    };
    let presented = |issuer: &str| {
        let mut presented = vec![forged_leaf(issuer, kind)];
        presented.extend((1..length).map(|number| forged(issuer, number)));
        presented
    };
    let mut all = cases(
        "25 CAs of one name in the store, forged leaf and CAs of that name",
        kind,
        &store,
        &presented("CA"),
    );
    if length > 1 {
        all.extend(cases(
            "25 CAs of one name in the store, forged CAs of another",
            kind,
            &store,
            &presented("Sub"),
        ));
    }
    all
}

/// Every presented CA has the name of the leaf's issuer and comes from the root, really or not.
fn namesakes_presented(kind: Kind, length: usize) -> Vec<Case> {
    let root = kind.root();
    let mut all = Vec::new();
    for (name, signer) in [
        ("presented CAs of one name, none the leaf's", 0),
        ("presented CAs of one name, all forged", 3),
    ] {
        let twin = |_| {
            without_key_id("Twin", kind, 2)
                .issuer(root.subject())
                .sign_by((kind.key)(signer))
        };
        let mut presented = vec![forged_leaf("Twin", kind)];
        presented.extend((1..length).map(twin));
        all.extend(cases(name, kind, &[&root], &presented));
    }
    all
}

/// A good chain but for one signature.
fn forged_chain(kind: Kind, length: usize) -> Vec<Case> {
    let root = kind.root();
    let mut all = Vec::new();
    for (name, wrong) in [("forged leaf", 0), ("forged top", length - 1)] {
        let mut presented = good_chain(kind, &root, length, 0, |leaf| leaf);
        let top = if wrong == 0 { &presented[1] } else { &root };
        let builder = match wrong {
            0 => CertificateBuilder::leaf("Good Client", (kind.key)(1)),
            _ => CertificateBuilder::ca(format!("Good CA {wrong}"), (kind.key)(wrong + 1)),
        };
        presented[wrong] = builder.bad_signature().issued_by(top);
        all.extend(cases(name, kind, &[&root], &presented));
    }
    all
}

/// CAs that have all signed each other, and a leaf of one. With an exit the root has signed one,
/// and only the leaf is forged.
fn ring(kind: Kind, length: usize, exit: bool) -> Vec<Case> {
    let root = kind.root();
    let members = (1..).find(|k| k * (k - 1) + 2 >= length).unwrap_or(1);
    let mut all = Vec::new();
    for (names, name) in [
        (
            "",
            (|n| format!("Ring {n}").as_str().into()) as fn(usize) -> portcullis_fixtures::Name,
        ),
        (" of one name", |_| "Ring".into()),
    ] {
        let ring = hostile::cross_signing_ring(
            members,
            name,
            |_| (kind.key)(2),
            |ca| {
                ca.without(oid::SUBJECT_KEY_ID)
                    .without(oid::AUTHORITY_KEY_ID)
            },
        );
        let issuer = if names.is_empty() { "Ring 0" } else { "Ring" };
        let mut presented = vec![forged_leaf(issuer, kind)];
        presented.extend(ring.into_iter().take(length - 1));
        if exit {
            let last = presented.last_mut().expect("the leaf at least");
            let member = last.subject().clone();
            *last = CertificateBuilder::ca(member, (kind.key)(2))
                .without(oid::SUBJECT_KEY_ID)
                .issued_by(&root);
        }
        let way_out = if exit { "one exit" } else { "no exit" };
        let name = format!("cross-signing ring{names}, {way_out}");
        all.extend(cases(&name, kind, &[&root], &presented));
    }
    all
}

/// CAs in layers, each signed by all of the layer above; the top one's issuer is in the store.
fn lattices(kind: Kind, length: usize) -> Vec<Case> {
    let layers = (length - 1) / 4;
    if layers == 0 {
        return Vec::new();
    }
    let top = format!("Layer {layers}");
    // All have one key, so every signature is good.
    let anchor = CertificateBuilder::ca(top.as_str(), (kind.key)(2));
    let anchor = anchor.without(oid::SUBJECT_KEY_ID).self_signed();
    let excluding = CertificateBuilder::ca(top.as_str(), (kind.key)(2))
        .without(oid::SUBJECT_KEY_ID)
        .name_constraints(&NameConstraints::new().exclude(GeneralName::dns("mallory.example")))
        .self_signed();
    let lattice = |path_length| {
        let change = move |ca: CertificateBuilder| {
            ca.without(oid::SUBJECT_KEY_ID)
                .without(oid::AUTHORITY_KEY_ID)
                .basic_constraints(true, path_length)
        };
        hostile::lattice(layers, 2, |_| (kind.key)(2), change)
    };
    let leaf = CertificateBuilder::leaf("Mallory", (kind.key)(1))
        .without(oid::AUTHORITY_KEY_ID)
        .issuer("Layer 0");
    let with = |leaf: Certificate, rest: Vec<Certificate>| {
        let mut presented = vec![leaf];
        presented.extend(rest);
        presented
    };
    let excluded = leaf
        .clone()
        .subject_alt_name([GeneralName::dns("mallory.example")]);
    let mut all = Vec::new();
    for (name, anchor, presented) in [
        (
            "lattice, forged leaf",
            &anchor,
            with(leaf.sign_by((kind.key)(3)), lattice(None)),
        ),
        (
            "lattice, path lengths exceeded",
            &anchor,
            with(leaf.sign_by((kind.key)(2)), lattice(Some(0))),
        ),
        (
            "lattice, all signed, a name excluded",
            &excluding,
            with(excluded.sign_by((kind.key)(2)), lattice(None)),
        ),
        (
            "long stem under a lattice, path lengths exceeded",
            &anchor,
            stem_under_lattice(kind, length),
        ),
    ] {
        all.extend(cases(name, kind, &[anchor], &presented));
    }
    all
}

/// Half of the certificates one below the other, the others a lattice on top, which the path length
/// of each forbids: so each way is long and none is stopped by a signature.
fn stem_under_lattice(kind: Kind, length: usize) -> Vec<Certificate> {
    let layers = (length - 1) / 4;
    let in_stem = length / 2;
    let in_lattice = length - in_stem;
    let change = |ca: CertificateBuilder| {
        ca.without(oid::SUBJECT_KEY_ID)
            .without(oid::AUTHORITY_KEY_ID)
            .basic_constraints(true, Some(0))
    };
    let lattice = hostile::lattice(layers, 2, |_| (kind.key)(2), change);
    // The top of the lattice is what the store has.
    let lattice = &lattice[lattice.len().saturating_sub(in_lattice) / 4 * 4..];
    let foot = lattice.first().expect("a lattice").subject().clone();
    let mut stem = Vec::new();
    for number in 0..in_stem {
        let subject = format!("Stem {number}");
        let builder = match number {
            0 => CertificateBuilder::leaf(subject, (kind.key)(1)),
            _ => without_key_id(&subject, kind, 2),
        };
        let builder = builder.without(oid::AUTHORITY_KEY_ID);
        let issuer = match number + 1 == in_stem {
            true => foot.clone(),
            false => format!("Stem {}", number + 1).into(),
        };
        stem.push(builder.issuer(issuer).sign_by((kind.key)(2)));
    }
    stem.extend(lattice.iter().cloned());
    stem.truncate(length);
    stem
}
