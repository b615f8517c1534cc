//! Faults of the encoding.

use portcullis_fixtures::{Random, der};

use super::Fault;
use super::tree::Tree;
use super::world::World;

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("bit flipped", bit_flipped),
    ("bit flipped, then signed", bit_flipped_and_signed),
    ("mutated, then signed", mutated_and_signed),
    ("mutated, then signed", mutated_and_signed),
    ("mutated", mutated),
    ("trailing bytes", trailing),
    ("cut short", cut),
    ("outer length", outer_length),
];

fn bit_flipped(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let seed = random.next_u64();
    world.change(node, |builder| {
        builder.map_der(move |der| flip(der, &mut Random::new(seed)))
    });
    Some(world.role(node))
}

fn bit_flipped_and_signed(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let seed = random.next_u64();
    world.change(node, |builder| {
        builder.map_tbs(move |tbs| flip(tbs, &mut Random::new(seed)))
    });
    Some(world.role(node))
}

fn mutated_and_signed(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let seed = random.next_u64();
    world.change(node, |builder| {
        builder.map_tbs(move |tbs| mutate(&tbs, &mut Random::new(seed)).0)
    });
    Some(world.role(node))
}

fn mutated(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let seed = random.next_u64();
    world.change(node, |builder| {
        builder.map_der(move |der| mutate(&der, &mut Random::new(seed)).0)
    });
    Some(world.role(node))
}

fn trailing(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let bytes = random.bytes(1 + random.clone().below(4));
    world.change(node, |builder| builder.trailing(bytes));
    Some(world.role(node))
}

fn cut(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let keep = random.next_u64();
    world.change(node, |builder| {
        builder.map_der(move |der| {
            let length = der.len() as u64 - 1;
            der[..=(keep % length) as usize].to_vec()
        })
    });
    Some(world.role(node))
}

/// Lengths that BER allows and DER doesn't.
fn outer_length(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let indefinite = random.one_in(2);
    world.change(node, |builder| {
        builder.map_der(move |encoded| match encoded.first() {
            Some(&der::SEQUENCE) if encoded.len() > 300 && encoded[1] == 0x82 => {
                let content = &encoded[4..];
                match indefinite {
                    true => der::tlv_with_indefinite_length(der::SEQUENCE, content),
                    false => der::tlv_with_long_length(der::SEQUENCE, 4, content),
                }
            }
            _ => encoded,
        })
    });
    let what = if indefinite { "indefinite" } else { "long" };
    Some(format!("{what} on {}", world.role(node)))
}

fn flip(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(2) {
        let bit = random.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    bytes
}

/// Changes one element somewhere within DER; the lengths around it stay right.
pub(super) fn mutate(encoded: &[u8], random: &mut Random) -> (Vec<u8>, &'static str) {
    match Tree::parse(encoded) {
        None => (encoded.to_vec(), "unreadable"),
        Some(mut tree) => {
            let what = tree.mutate(random);
            (tree.encode(), what)
        }
    }
}
