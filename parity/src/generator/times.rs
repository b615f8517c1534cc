//! Faults of time.

use portcullis_fixtures::{DAY, Random, der};

use super::Fault;
use super::world::World;

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("expired", expired),
    ("not yet valid", not_yet_valid),
    ("time edge", edge),
    ("time edge", edge),
    ("odd time", odd),
    ("time form", form),
    ("validity reversed", reversed),
    ("another now", another_now),
];

fn expired(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let end = world.now - 1 - random.below(400) as i64 * DAY;
    world.change(node, |builder| builder.not_after(end));
    Some(world.role(node))
}

fn not_yet_valid(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let start = world.now + 1 + random.below(400) as i64 * DAY;
    world.change(node, |builder| builder.not_before(start));
    Some(world.role(node))
}

fn edge(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let distance = random.below(3) as i64 - 1;
    let time = world.now + distance;
    let is_start = random.one_in(2);
    world.change(node, |builder| match is_start {
        true => builder.not_before(time),
        false => builder.not_after(time),
    });
    let which = if is_start { "notBefore" } else { "notAfter" };
    Some(format!("{which} {distance:+} on {}", world.role(node)))
}

/// Sound times far from now.
fn odd(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, is_start, time) = match random.below(8) {
        0 => ("1950", true, utc("500101000000Z")),
        1 => ("1949", true, generalized("19491231235959Z")),
        2 => ("1969", true, utc("691231235959Z")),
        3 => ("2049", false, utc("491231235959Z")),
        4 => ("2050", false, generalized("20500101000000Z")),
        5 => ("9999", false, generalized("99991231235959Z")),
        6 => ("1969", false, utc("691231235959Z")),
        _ => ("0001", true, generalized("00010101000000Z")),
    };
    world.change(node, |builder| match is_start {
        true => builder.raw_not_before(time),
        false => builder.raw_not_after(time),
    });
    let which = if is_start { "notBefore" } else { "notAfter" };
    Some(format!("{which} {what} on {}", world.role(node)))
}

/// Times that DER or RFC 5280 write otherwise, or not at all.
fn form(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, time) = match random.below(16) {
        0 => ("generalized before 2050", generalized("20260101000000Z")),
        1 => ("no seconds", utc("2601010000Z")),
        2 => ("offset", utc("260101000000+0000")),
        3 => ("fraction", generalized("20260101000000.5Z")),
        4 => ("no Z", utc("260101000000")),
        5 => ("month 13", utc("261301000000Z")),
        6 => ("30 February", utc("260230000000Z")),
        7 => ("29 February 2024", utc("240229000000Z")),
        8 => ("29 February 2023", utc("230229000000Z")),
        9 => ("hour 24", utc("260101240000Z")),
        10 => ("second 60", utc("260101000060Z")),
        11 => ("no digits", utc("2601010000AAZ")),
        12 => ("empty", utc("")),
        13 => ("another type", der::utf8_string("260101000000Z")),
        14 => ("day 0", utc("260100000000Z")),
        _ => ("year 0", generalized("00000101000000Z")),
    };
    let is_start = random.one_in(3);
    let time = match is_start {
        true => time,
        false => twenty_years_later(time),
    };
    world.change(node, |builder| match is_start {
        true => builder.raw_not_before(time),
        false => builder.raw_not_after(time),
    });
    let which = if is_start { "notBefore" } else { "notAfter" };
    Some(format!("{which} {what} on {}", world.role(node)))
}

/// The same oddity in the future.
fn twenty_years_later(mut time: Vec<u8>) -> Vec<u8> {
    let decade = match time.first() {
        Some(&der::GENERALIZED_TIME) => 4,
        _ => 2,
    };
    if let Some(digit @ b'2') = time.get_mut(decade) {
        *digit = b'4';
    }
    time
}

fn reversed(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let now = world.now;
    world.change(node, |builder| {
        builder.not_before(now + DAY).not_after(now - DAY)
    });
    Some(world.role(node))
}

fn another_now(world: &mut World, random: &mut Random) -> Option<String> {
    world.now += (random.below(5) as i64 - 2) * 190 * DAY;
    Some(format!("{}", world.now))
}

fn utc(text: &str) -> Vec<u8> {
    der::tlv(der::UTC_TIME, text)
}

fn generalized(text: &str) -> Vec<u8> {
    der::tlv(der::GENERALIZED_TIME, text)
}
