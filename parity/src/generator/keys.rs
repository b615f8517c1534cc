//! Keys, and faults of keys and signatures.

use portcullis_fixtures::{Key, Random, SignatureScheme, der, spki};

use super::Fault;
use super::world::World;

/// Keys, so that no two certificates of a world share one by chance as long as there are enough.
#[derive(Default)]
pub(super) struct Pool(usize);

impl Pool {
    /// A key that can sign, mostly one that every verifier takes.
    pub(super) fn of_ca(&mut self, random: &mut Random) -> Key {
        let next = self.next();
        match random.below(64) {
            0..36 => Key::p256(next),
            36..48 => Key::rsa2048(next),
            48..57 => Key::p384(next),
            57..61 => Key::p521(next),
            61 => Key::rsa3072(),
            62 => Key::rsa4096(),
            _ => Key::ed25519(next),
        }
    }

    /// A key of a client.
    pub(super) fn of_leaf(&mut self, random: &mut Random) -> Key {
        let next = self.next();
        match random.below(64) {
            0..34 => Key::p256(next),
            34..46 => Key::rsa2048(next),
            46..54 => Key::p384(next),
            54..59 => Key::p521(next),
            59 => Key::rsa3072(),
            60 => Key::rsa4096(),
            61 => Key::ed25519(next),
            62 => Key::rsa1024(),
            _ => Key::secp256k1(),
        }
    }

    fn next(&mut self) -> usize {
        self.0 += 1;
        self.0
    }
}

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("bad signature", bad_signature),
    ("signed by another key", other_signer),
    ("scheme", scheme),
    ("algorithm", algorithm),
    ("algorithms differ", algorithms_differ),
    ("client key", client_key),
    ("CA key", ca_key),
    ("public key", public_key),
    ("RSA size", rsa_size),
];

fn bad_signature(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    world.change(node, |builder| builder.bad_signature());
    Some(world.role(node))
}

fn other_signer(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_issued(random)?;
    world.nodes[node].signer = Some(world.keys.of_ca(random));
    Some(world.role(node))
}

/// Sound for the issuer's key, or not: what it cannot do gives a signature that is none.
fn scheme(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let scheme = SignatureScheme::ALL[random.below(SignatureScheme::ALL.len())];
    world.change(node, |builder| builder.scheme(scheme));
    Some(format!("{scheme:?} on {}", world.role(node)))
}

/// An AlgorithmIdentifier that is not quite one.
fn algorithm(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let parent = world.nodes[node].parent.unwrap_or(node);
    let scheme = world.nodes[parent].key.default_scheme();
    let right = scheme.algorithm_identifier();
    let (_, content, _) = der::read(&right);
    let (_, oid, parameters) = der::read(content);
    let oid = der::tlv(der::OBJECT_IDENTIFIER, oid);
    let (what, parameters) = match random.below(5) {
        0 => ("no parameters", Vec::new()),
        1 => ("NULL", der::null()),
        2 => ("OID parameters", der::oid("1.2.840.10045.3.1.7")),
        3 => ("empty SEQUENCE", der::sequence([[]; 0])),
        _ => ("twice", [parameters, &der::null()].concat()),
    };
    let identifier = der::sequence([oid, parameters]);
    world.change(node, |builder| match random.below(4) {
        0 => builder.inner_algorithm(identifier),
        1 => builder.outer_algorithm(identifier),
        _ => builder.algorithm(identifier),
    });
    Some(format!("{what} on {}", world.role(node)))
}

fn algorithms_differ(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let scheme = SignatureScheme::ALL[random.below(SignatureScheme::ALL.len())];
    let identifier = scheme.algorithm_identifier();
    let inner = random.one_in(2);
    world.change(node, |builder| match inner {
        true => builder.inner_algorithm(identifier),
        false => builder.outer_algorithm(identifier),
    });
    let which = if inner { "inner" } else { "outer" };
    Some(format!("{which} {scheme:?} on {}", world.role(node)))
}

fn client_key(world: &mut World, random: &mut Random) -> Option<String> {
    let key = match random.below(7) {
        0 => Key::ed25519(1),
        1 => Key::secp256k1(),
        2 => Key::p224(),
        3 => Key::rsa1024(),
        4 => Key::rsa4096(),
        5 => Key::p521(1),
        _ => Key::rsa3072(),
    };
    let leaf = world.leaf();
    replace_key(world, leaf, key);
    Some(format!("{key:?}"))
}

fn ca_key(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_ca(random)?;
    let key = match random.below(6) {
        0 => Key::ed25519(1),
        1 => Key::secp256k1(),
        2 => Key::rsa4096(),
        3 => Key::p521(1),
        4 => Key::rsa1024(),
        _ => Key::rsa3072(),
    };
    replace_key(world, node, key);
    Some(format!("{key:?} on {}", world.role(node)))
}

fn replace_key(world: &mut World, node: usize, key: Key) {
    world.nodes[node].key = key;
    world.change(node, |builder| {
        builder.key(key).subject_key_id(key.key_id())
    });
}

fn public_key(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let key = world.nodes[node].key;
    let mut point = key.public_key().to_vec();
    let (what, spki) = match random.below(9) {
        0 => {
            let last = point.len() - 1;
            point[last] ^= 1;
            ("changed point", spki::ec(spki::P256, point))
        }
        1 => (
            "P-384 named P-256",
            spki::ec(spki::P256, Key::p384(0).public_key()),
        ),
        2 => ("empty point", spki::ec(spki::P256, [])),
        3 => {
            let key = spki::with_algorithm(spki::algorithm(spki::EC_PUBLIC_KEY, []), point);
            ("no curve", key)
        }
        4 => (
            "RSA exponent 1",
            spki::rsa(Key::rsa2048(0).public_key(), [1]),
        ),
        5 => ("RSA even modulus", spki::rsa([0x80; 256], [1, 0, 1])),
        6 => (
            "DSA",
            spki::with_algorithm(spki::algorithm(spki::DSA, []), der::integer(5)),
        ),
        7 => {
            let algorithm = spki::algorithm(spki::RSA, []);
            let key = Key::rsa2048(1).public_key();
            ("RSA without NULL", spki::with_algorithm(algorithm, key))
        }
        _ => {
            let algorithm = spki::algorithm(spki::RSASSA_PSS, []);
            let key = Key::rsa2048(1).public_key();
            ("RSASSA-PSS key", spki::with_algorithm(algorithm, key))
        }
    };
    world.change(node, |builder| builder.spki(spki));
    Some(format!("{what} on {}", world.role(node)))
}

fn rsa_size(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let sizes = [512, 1024, 2047, 2048, 2049, 3071, 4097, 8192, 8193, 16384];
    let bits = sizes[random.below(sizes.len())];
    world.change(node, |builder| builder.spki(spki::rsa_of_bits(bits)));
    Some(format!("{bits} on {}", world.role(node)))
}
