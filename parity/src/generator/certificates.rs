//! Faults of the fields of a certificate beside its extensions.

use portcullis_fixtures::{Random, der};

use super::Fault;
use super::world::World;

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("version", version),
    ("version 1", version_1),
    ("odd version", odd_version),
    ("serial", serial),
    ("unique id", unique_id),
    ("size", size),
];

fn version(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let version = 1 + random.below(5) as u8;
    world.change(node, |builder| builder.version(version));
    Some(format!("{version} on {}", world.role(node)))
}

/// A whole one, without extensions.
fn version_1(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    world.change(node, |builder| builder.v1());
    Some(world.role(node))
}

fn odd_version(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, version) = match random.below(5) {
        0 => ("v1 in full", der::context(0, der::integer(0))),
        1 => ("padded", der::context(0, der::integer_bytes([0, 2]))),
        2 => ("negative", der::context(0, der::integer_bytes([0xFE]))),
        3 => ("not explicit", der::context_primitive(0, [2])),
        _ => ("empty", der::context(0, [])),
    };
    world.change(node, |builder| builder.raw_version(version));
    Some(format!("{what} on {}", world.role(node)))
}

fn serial(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, serial) = match random.below(8) {
        0 => ("0", vec![0]),
        1 => ("negative", vec![0xFF]),
        2 => ("negative", vec![0x80, 1, 2, 3]),
        3 => ("20 bytes", random.bytes(20)),
        4 => ("40 bytes", [&[0x7F], &random.bytes(39)[..]].concat()),
        5 => ("padded", vec![0, 1]),
        6 => ("empty", Vec::new()),
        _ => ("255", vec![0, 0xFF]),
    };
    world.nodes[node].serial.clone_from(&serial);
    world.change(node, |builder| builder.serial(serial));
    Some(format!("{what} on {}", world.role(node)))
}

fn unique_id(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let bytes = random.bytes(4);
    world.change(node, |builder| match random.below(2) {
        0 => builder.issuer_unique_id(bytes),
        _ => builder.subject_unique_id(bytes),
    });
    Some(world.role(node))
}

/// Large ones: the message has room for 64 KiB.
fn size(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let size = [9_000, 16_385, 33_000, 66_000][random.below(4)];
    let padding = portcullis_fixtures::Extension::unknown(size);
    world.change(node, |builder| builder.push(padding));
    Some(format!("{size} on {}", world.role(node)))
}
