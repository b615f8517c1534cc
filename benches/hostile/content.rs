//! Certificates that hold more than anybody needs.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, Key, KeyUsage, der, oid, spki,
};

use crate::case::{Case, Kind, cases, cases_with, good_chain, octets, padded, room};
use crate::search::without_key_id;

pub(crate) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for (name, extensions) in stuffed_extensions() {
        all.extend(stuffed(name, &extensions));
    }
    all.extend(large());
    all.extend(compressed_points());
    all
}

/// Extension lists made of the smallest elements that DER has.
fn stuffed_extensions() -> Vec<(&'static str, Vec<u8>)> {
    let room = room(1) - 1000;
    let times = |element: &[u8]| element.repeat(room / element.len());
    let list =
        |oid, element: &[u8]| Extension::new(oid, der::tlv(der::SEQUENCE, times(element))).to_der();
    let oid = der::oid("1.2");
    let extension = der::sequence([&oid[..], &der::octet_string([])]);
    let empty_dns = der::context_primitive(2, []);
    vec![
        ("extensions by the thousand", times(&extension)),
        (
            "purposes by the thousand",
            list(oid::EXTENDED_KEY_USAGE, &oid),
        ),
        (
            "empty alternative names by the thousand",
            list(oid::SUBJECT_ALT_NAME, &empty_dns),
        ),
        (
            "empty distribution points by the thousand",
            list(oid::CRL_DISTRIBUTION_POINTS, &der::sequence([[]; 0])),
        ),
        (
            "distribution points with names by the thousand",
            list(
                oid::CRL_DISTRIBUTION_POINTS,
                &der::sequence([der::context(0, der::context(0, &empty_dns))]),
            ),
        ),
        (
            "empty constraints by the thousand, in a leaf",
            Extension::new(
                oid::NAME_CONSTRAINTS,
                der::sequence([der::context(1, times(&der::sequence([&empty_dns])))]),
            )
            .to_der(),
        ),
        (
            "key usages by the thousand",
            times(&Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE).to_der()),
        ),
        (
            "policies by the thousand",
            times(&Extension::new(oid::CERTIFICATE_POLICIES, []).to_der()),
        ),
    ]
}

/// All of it in the leaf; in the leaf and three CAs; in 16.
fn stuffed(name: &str, extensions: &[u8]) -> Vec<Case> {
    let root = Kind::RSA.root();
    let leaf = CertificateBuilder::leaf("Mallory", (Kind::RSA.key)(1));
    let usual = |builder: &CertificateBuilder| {
        let plain = builder.issued_by(&root);
        let (_, content, _) = der::read(plain.der());
        let (_, mut body, _) = der::read(content);
        // What comes in [3], after seven other fields.
        while let (tag, _, rest) = der::read(body)
            && tag != 0xa3
        {
            body = rest;
        }
        let (_, list, _) = der::read(der::read(body).1);
        list.to_vec()
    };
    let list = der::tlv(der::SEQUENCE, [extensions, &usual(&leaf)].concat());
    let hostile = leaf.raw_extensions(der::context(3, list)).issued_by(&root);
    cases(
        &format!("{name}, 64 KiB leaf"),
        Kind::RSA,
        &[&root],
        &[hostile],
    )
}

/// Plain size, split in every way.
fn large() -> Vec<Case> {
    let root = Kind::RSA.root();
    let mut all = Vec::new();
    for (kind, length) in [
        (Kind::RSA, 1),
        (Kind::RSA, 4),
        (Kind::RSA, 16),
        (Kind::P256, 64),
    ] {
        let root = if kind.name == Kind::RSA.name {
            root.clone()
        } else {
            kind.root()
        };
        let mut hostile = good_chain(kind, &root, length, room(length), |leaf| leaf);
        let leaf = CertificateBuilder::leaf("Good Client", (kind.key)(1)).bad_signature();
        hostile[0] = match length {
            1 => padded(&leaf, room(1), &root),
            _ => padded(&leaf, room(length) / length, &hostile[1]),
        };
        all.extend(cases("padding, forged leaf", kind, &[&root], &hostile));
    }
    all
}

/// Public keys as compressed points, which backends and we must take a root for.
fn compressed_points() -> Vec<Case> {
    let mut all = Vec::new();
    for length in [1, 4, 16, 64] {
        let kind = Kind::P256;
        let root = kind.root();
        let mut hostile: Vec<Certificate> = Vec::new();
        for number in (0..length).rev() {
            let key = (kind.key)(number + 1);
            let point = compressed(key.public_key(), 32);
            let builder = match number {
                0 => CertificateBuilder::leaf("Good Client", key),
                _ => CertificateBuilder::ca(format!("Good CA {number}"), key),
            };
            let issuer = hostile.last().unwrap_or(&root);
            hostile.push(builder.spki(spki::ec(spki::P256, point)).issued_by(issuer));
        }
        hostile.reverse();
        let good = good_chain(kind, &root, length, octets(&hostile), |leaf| leaf);
        all.extend(cases_with(
            "compressed keys",
            kind,
            &[&root],
            &hostile,
            &good,
        ));
    }
    for (curve, size, key) in [
        (spki::P384, 48, Key::p384(0)),
        (spki::P521, 66, Key::p521(0)),
    ] {
        for length in [1, 4, 16] {
            let kind = Kind::RSA;
            let root = kind.root();
            let point = compressed(key.public_key(), size);
            let stray = CertificateBuilder::ca("Stray", key)
                .spki(spki::ec(curve, &point))
                .issued_by(&root);
            let leaf = CertificateBuilder::leaf("Mallory", key)
                .spki(spki::ec(curve, &point))
                .issued_by(&root);
            let mut hostile = vec![leaf];
            hostile.resize(length, stray);
            all.extend(cases(
                &format!("compressed {size}-octet keys in all"),
                kind,
                &[&root],
                &hostile,
            ));
        }
    }
    all.extend(compressed_and_named_alike());
    all
}

/// The first of two CAs of one name has not signed, the second has, and the key is the dearest.
fn compressed_and_named_alike() -> Vec<Case> {
    let kind = Kind::RSA;
    let cas = [0, 1].map(|key| without_key_id("CA", kind, key).self_signed());
    let key = Key::p521(0);
    let leaf = CertificateBuilder::leaf("Mallory", key)
        .spki(spki::ec(spki::P521, compressed(key.public_key(), 66)))
        .issued_by(&cas[1]);
    let store: Vec<_> = cas.iter().collect();
    cases(
        "compressed key and two CAs of one name",
        kind,
        &store,
        &[leaf],
    )
}

fn compressed(point: &[u8], size: usize) -> Vec<u8> {
    let parity = point[2 * size] & 1;
    [&[2 | parity], &point[1..=size]].concat()
}
