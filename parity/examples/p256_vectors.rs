//! Writes keys, messages and signatures on P-256 for the firmware's image `vectors`, and what the crate `p256` and
//! AWS-LC say of them: `cargo run -p parity --example p256_vectors -- FOLDER [CHECKS]`
//!
//! Edge cases, random signatures and mutated ones, and those of the corpus where there is one.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use parity::signatures::{ALGORITHMS, Algorithm};
use parity::wycheproof;
use portcullis_fixtures::{Key, Random, SignatureScheme, der};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let checks = arguments
        .next()
        .map_or(1_000, |checks| checks.parse().expect("a number of checks"));
    let algorithm = ALGORITHMS
        .iter()
        .find(|algorithm| algorithm.is("ECDSA-SHA256", Some("secp256r1")))
        .expect("ECDSA on P-256 with SHA-256");
    let mut vectors = edge_cases();
    vectors.extend(random(checks));
    let own = vectors.len();
    if let Some(corpus) = env::var_os(parity::corpus::FOLDER) {
        vectors.extend(of_corpus(Path::new(&corpus), algorithm));
    }
    let mut stream = Vec::new();
    let mut answers = String::new();
    for vector in &vectors {
        for octets in [&vector.key, &vector.message, &vector.signature] {
            let length = u16::try_from(octets.len()).expect("a short vector");
            stream.extend(length.to_le_bytes());
            stream.extend(octets);
        }
        answers.push(if vector.is_right(algorithm) { '1' } else { '0' });
    }
    stream.extend(u16::MAX.to_le_bytes());
    answers.push('\n');
    fs::write(folder.join("vectors"), stream)?;
    fs::write(folder.join("answers"), &answers)?;
    println!(
        "{own} of our own and {} of the corpus, {} of them right",
        vectors.len() - own,
        answers.matches('1').count()
    );
    Ok(())
}

struct Vector {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Vector {
    /// What the crate `p256` says; AWS-LC must say the same, but that it takes other forms of a key too.
    fn is_right(&self, algorithm: &Algorithm) -> bool {
        let [theirs, ours] = [algorithm.aws_lc_rs, algorithm.ours].map(|backend| {
            backend
                .verify_signature(&self.key, &self.message, &self.signature)
                .is_ok()
        });
        let is_uncompressed = self.key.first() == Some(&4);
        assert_eq!(ours, theirs && is_uncompressed, "AWS-LC and p256 differ");
        ours
    }
}

/// Numbers at the ends of their ranges, and encodings that are almost right.
fn edge_cases() -> Vec<Vector> {
    let key = Key::p256(0);
    let message = b"message".to_vec();
    let good = key.sign(SignatureScheme::EcdsaSha256, &message);
    let (_, content, _) = der::read(&good);
    let (_, r, rest) = der::read(content);
    let (_, s, _) = der::read(rest);
    let signature =
        |r: &[u8], s: &[u8]| der::sequence([der::integer_bytes(r), der::integer_bytes(s)]);
    let zero: &[u8] = &[0];
    let one: &[u8] = &[1];
    let order = [zero, &ORDER].concat();
    let mut above_order = order.clone();
    above_order[32] += 1;
    let mut below_order = order.clone();
    below_order[32] -= 1;
    let most = [zero, &[0xff; 32]].concat();
    let too_long = [&[1][..], &[0; 33]].concat();
    let numbers = [
        zero,
        one,
        &order,
        &above_order,
        &below_order,
        &most,
        &too_long,
        &[],
        &[0x80],
    ];
    let mut signatures: Vec<Vec<u8>> = vec![good.clone()];
    for number in numbers {
        signatures.extend([
            signature(number, s),
            signature(r, number),
            signature(number, number),
        ]);
    }
    let padded = |number: &[u8]| [zero, number].concat();
    let plain = |number: &[u8]| match number {
        [0, rest @ ..] => rest.to_vec(),
        _ => number.to_vec(),
    };
    signatures.extend([
        signature(&padded(r), s),
        signature(r, &padded(s)),
        signature(&plain(r), &plain(s)),
        [&good[..], zero].concat(),
        der::sequence([
            der::integer_bytes(r),
            der::integer_bytes(s),
            der::integer_bytes(one),
        ]),
        der::sequence([der::integer_bytes(r)]),
        good[..good.len() - 1].to_vec(),
        der::tlv(0x31, content),
        [
            &[0x30, 0x81, u8::try_from(content.len()).expect("short")],
            content,
        ]
        .concat(),
        [&[0x30, 0x80], content, &[0, 0]].concat(),
        [plain(r), plain(s)].concat(),
        Vec::new(),
    ]);
    let mut vectors: Vec<Vector> = signatures
        .into_iter()
        .map(|signature| Vector {
            key: key.public_key().to_vec(),
            message: message.clone(),
            signature,
        })
        .collect();

    let point = key.public_key();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = point.to_vec();
        change(&mut changed);
        changed
    };
    let field = [&[4][..], &FIELD, &point[33..]].concat();
    let keys = [
        with(&|key| key[64] ^= 1),
        with(&|key| key[1] ^= 1),
        with(&|key| key[0] = 2 | (key[64] & 1)),
        with(&|key| key[0] = 6 | (key[64] & 1)),
        with(&|key| key[0] = 0),
        with(&|key| key[0] = 5),
        with(&|key| key.push(0)),
        with(&|key| key.truncate(64)),
        with(&|key| {
            key[0] = 2 | (key[64] & 1);
            key.truncate(33);
        }),
        with(&|key| key[1..].fill(0)),
        with(&|key| key[1..].fill(0xff)),
        field,
        vec![0],
        vec![4],
        Vec::new(),
    ];
    vectors.extend(keys.into_iter().map(|key| Vector {
        key,
        message: message.clone(),
        signature: good.clone(),
    }));

    // With the base point for a key, r is n less the digest: the sum of the two points is none.
    let digest = DIGEST_OF_MESSAGE;
    let mut r = [0; 32];
    let mut borrow = 0;
    for place in (0..32).rev() {
        let difference = i16::from(ORDER[place]) - i16::from(digest[place]) - borrow;
        borrow = i16::from(difference < 0);
        r[place] = difference.rem_euclid(256) as u8;
    }
    assert!(r[0] < 0x80, "a positive number as it is");
    let below_order = &below_order;
    for s in [one, &[2], &[0x12, 0x34], below_order] {
        for r in [&r[..], &padded(&digest)] {
            vectors.push(Vector {
                key: BASE_POINT.to_vec(),
                message: message.clone(),
                signature: signature(r, s),
            });
        }
    }
    vectors
}

/// Signatures as they are and mutated in every part.
fn random(checks: usize) -> Vec<Vector> {
    let mut random = Random::new(0x7032_3536);
    let mut vectors = Vec::with_capacity(checks);
    while vectors.len() < checks {
        let key = Key::p256(random.below(8));
        let length = random.below(200);
        let message = random.bytes(length);
        let signature = key.sign(SignatureScheme::EcdsaSha256, &message);
        let mut parts = [key.public_key().to_vec(), message, signature];
        let part = random.below(6);
        if let Some(octets) = parts.get_mut(part)
            && !octets.is_empty()
        {
            let place = random.below(octets.len());
            match random.below(4) {
                0 => drop(octets.remove(place)),
                1 => octets.insert(place, 0),
                2 => octets[place] = [0x00, 0x01, 0x7f, 0x80, 0xff][random.below(5)],
                _ => octets[place] ^= 1 << random.below(8),
            }
        }
        let [key, message, signature] = parts;
        vectors.push(Vector {
            key,
            message,
            signature,
        });
    }
    vectors
}

fn of_corpus(folder: &Path, algorithm: &Algorithm) -> Vec<Vector> {
    wycheproof::rows(folder)
        .into_iter()
        .filter(|row| algorithm.is(&row.alg, row.curve.as_deref()))
        .map(|row| Vector {
            key: row.public_key(),
            message: row.message(),
            signature: row.signature(),
        })
        .collect()
}

/// The order of the curve's group (SEC 2, 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The prime of its field.
const FIELD: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];
/// Its base point, uncompressed.
const BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];
/// SHA-256 of `message`.
const DIGEST_OF_MESSAGE: [u8; 32] = [
    0xab, 0x53, 0x0a, 0x13, 0xe4, 0x59, 0x14, 0x98, 0x2b, 0x79, 0xf9, 0xb7, 0xe3, 0xfb, 0xa9, 0x94,
    0xcf, 0xd1, 0xf3, 0xfb, 0x22, 0xf7, 0x1c, 0xea, 0x1a, 0xfb, 0xf0, 0x2b, 0x46, 0x0c, 0x6d, 0x1d,
];
