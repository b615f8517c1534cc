//! Faults of revocation lists.

use portcullis_fixtures::{
    CrlBuilder, CrlEntry, DAY, Extension, GeneralName, IssuingDistributionPoint, KeyUsage, Name,
    Random, SignatureScheme, der, oid,
};

use super::Fault;
use super::encoding::mutate;
use super::world::{List, World};

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("revoked", revoked),
    ("revoked", revoked),
    ("revoked", revoked),
    ("list time", time),
    ("list of another issuer", another_issuer),
    ("list with a bad signature", bad_signature),
    ("list signed by another key", other_signer),
    ("list extension", extension),
    ("list entry extension", entry_extension),
    ("list missing", missing),
    ("list version 1", version_1),
    ("two lists", two),
    ("list scope", scope),
    ("no cRLSign", no_crl_sign),
    ("list scheme", scheme),
    ("list encoding", encoding),
    ("list authority", authority),
    ("list entry", entry),
];

/// Any list, made if there are none.
fn any(world: &mut World, random: &mut Random) -> Option<usize> {
    world.add_lists(random);
    let count = world.lists.len();
    (count > 0).then(|| random.below(count))
}

fn change(world: &mut World, index: usize, change: impl FnOnce(CrlBuilder) -> CrlBuilder) {
    let list = &mut world.lists[index];
    list.builder = change(list.builder.clone());
}

fn of(world: &World, index: usize) -> String {
    format!("of {}", world.role(world.lists[index].issuer))
}

fn revoked(world: &mut World, random: &mut Random) -> Option<String> {
    world.add_lists(random);
    let node = match random.one_in(2) {
        true => world.leaf(),
        false => world.path[random.below(world.path.len())],
    };
    let issuer = world.nodes[node].parent.unwrap_or(node);
    let index = world.lists.iter().position(|list| list.issuer == issuer)?;
    let entry = CrlEntry::new(world.nodes[node].serial.clone());
    let reason = random.below(12) as u8;
    let entry = match random.below(4) {
        0 => entry.reason(reason),
        1 => entry.date(world.now + DAY),
        _ => entry,
    };
    change(world, index, |builder| builder.entry(entry));
    Some(world.role(node))
}

fn time(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let now = world.now;
    let mut what = "";
    change(world, index, |builder| {
        let (label, builder) = match random.below(8) {
            0 => ("expired", builder.next_update(now - DAY)),
            1 => (
                "future",
                builder.this_update(now + DAY).next_update(now + 2 * DAY),
            ),
            2 => ("no nextUpdate", builder.raw_next_update([])),
            3 => ("edge", builder.next_update(now)),
            4 => (
                "generalized",
                builder.raw_this_update(der::tlv(24, "20260101000000Z")),
            ),
            5 => (
                "no seconds",
                builder.raw_this_update(der::tlv(23, "2601010000Z")),
            ),
            6 => (
                "month 13",
                builder.raw_next_update(der::tlv(23, "301301000000Z")),
            ),
            _ => ("no time", builder.raw_this_update(der::null())),
        };
        what = label;
        builder
    });
    Some(format!("{what} {}", of(world, index)))
}

fn another_issuer(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let name = match random.below(3) {
        0 => Name::from("Somebody else"),
        1 => Name::new(),
        _ => Name::from(&world.nodes[world.path[0]].name),
    };
    change(world, index, |builder| builder.issuer(name));
    Some(of(world, index))
}

fn bad_signature(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    change(world, index, CrlBuilder::bad_signature);
    Some(of(world, index))
}

fn other_signer(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    world.lists[index].signer = Some(world.keys.of_ca(random));
    Some(of(world, index))
}

fn extension(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let critical = random.one_in(2);
    let (what, extension) = match random.below(8) {
        0 => ("unknown", Extension::unknown(4)),
        1 => ("number", Extension::new(oid::CRL_NUMBER, der::integer(7))),
        2 => ("bad number", Extension::new(oid::CRL_NUMBER, der::null())),
        3 => (
            "delta",
            Extension::new(oid::DELTA_CRL_INDICATOR, der::integer(1)),
        ),
        4 => (
            "freshest",
            Extension::new(oid::FRESHEST_CRL, der::sequence([[]; 0])),
        ),
        5 => (
            "issuer names",
            Extension::new(oid::ISSUER_ALT_NAME, der::sequence([[]; 0])),
        ),
        6 => (
            "empty scope",
            Extension::new(oid::ISSUING_DISTRIBUTION_POINT, der::sequence([[]; 0])),
        ),
        _ => ("key usage", Extension::key_usage(KeyUsage::CRL_SIGN)),
    };
    let extension = extension.critical(critical);
    let twice = random.one_in(6);
    change(world, index, |builder| match twice {
        true => builder.push(extension.clone()).push(extension),
        false => builder.extension(extension),
    });
    let critical = if critical { "critical" } else { "not critical" };
    let twice = if twice { " twice" } else { "" };
    Some(format!("{what} {critical}{twice} {}", of(world, index)))
}

fn entry_extension(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let critical = random.one_in(2);
    let (what, extension) = match random.below(4) {
        0 => ("unknown", Extension::unknown(2)),
        1 => ("reason", CrlEntry::reason_extension(random.below(12) as u8)),
        2 => (
            "date",
            Extension::new(oid::INVALIDITY_DATE, der::generalized_time(world.now)),
        ),
        _ => {
            let issuer = der::sequence([GeneralName::directory("Somebody else")]);
            ("issuer", Extension::new(oid::CERTIFICATE_ISSUER, issuer))
        }
    };
    // Of the client, or of nobody.
    let serial = match random.one_in(2) {
        true => world.nodes[world.leaf()].serial.clone(),
        false => vec![0x33, 0x44],
    };
    let entry = CrlEntry::new(serial).extension(extension.critical(critical));
    change(world, index, |builder| builder.entry(entry));
    let critical = if critical { "critical" } else { "not critical" };
    Some(format!("{what} {critical} {}", of(world, index)))
}

fn missing(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let what = of(world, index);
    world.lists.remove(index);
    Some(what)
}

fn version_1(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let what = ["v1", "v1 with extensions", "v3"][random.below(3)];
    change(world, index, |builder| match what {
        "v1" => builder.v1(),
        "v3" => builder.raw_version(der::integer(2)),
        _ => builder.raw_version([]),
    });
    Some(format!("{what} {}", of(world, index)))
}

/// A second list of an issuer, older or newer, which revokes or not.
fn two(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let issuer = world.lists[index].issuer;
    let age = (random.below(3) as i64 - 1) * DAY / 2;
    let number = random.below(3) as u64;
    let start = world.now - DAY + age;
    let mut builder = CrlBuilder::new().this_update(start).number(number);
    let revokes = random.one_in(2);
    if revokes {
        builder = builder.revoke(world.nodes[world.leaf()].serial.clone());
    }
    let list = List {
        builder,
        issuer,
        signer: None,
    };
    let place = random.below(world.lists.len() + 1);
    world.lists.insert(place, list);
    Some(format!(
        "age {age}, number {number}, revokes {revokes}, at {place}"
    ))
}

fn scope(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let point = IssuingDistributionPoint::new();
    let (what, point) = match random.below(8) {
        0 => ("users", point.only_user_certificates()),
        1 => ("CAs", point.only_ca_certificates()),
        2 => ("attributes", point.only_attribute_certificates()),
        3 => (
            "users and CAs",
            point.only_user_certificates().only_ca_certificates(),
        ),
        4 => ("reasons", point.some_reasons(6)),
        5 => ("indirect", point.indirect()),
        6 => (
            "name",
            point.full_name([GeneralName::uri("http://crl.example/a.crl")]),
        ),
        _ => (
            "other name",
            point.full_name([GeneralName::uri("http://crl.example/z.crl")]),
        ),
    };
    change(world, index, |builder| {
        builder.issuing_distribution_point(point)
    });
    Some(format!("{what} {}", of(world, index)))
}

fn no_crl_sign(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let issuer = world.lists[index].issuer;
    world.change(issuer, |builder| builder.key_usage(KeyUsage::KEY_CERT_SIGN));
    Some(of(world, index))
}

fn scheme(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let scheme = SignatureScheme::ALL[random.below(SignatureScheme::ALL.len())];
    change(world, index, |builder| builder.scheme(scheme));
    Some(format!("{scheme:?} {}", of(world, index)))
}

fn encoding(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let seed = random.next_u64();
    let bytes = random.bytes(1 + random.clone().below(3));
    let mut what = "";
    change(world, index, |builder| {
        let (label, builder) = match random.below(4) {
            0 => ("trailing", builder.trailing(bytes)),
            1 => ("cut", builder.map_der(|der| der[..der.len() - 3].to_vec())),
            2 => (
                "list signed after mutation",
                builder.map_tbs(move |tbs| mutate(&tbs, &mut Random::new(seed)).0),
            ),
            _ => (
                "bit",
                builder.map_der(move |mut der| {
                    let bit = Random::new(seed).below(der.len() * 8);
                    der[bit / 8] ^= 1 << (bit % 8);
                    der
                }),
            ),
        };
        what = label;
        builder
    });
    Some(format!("{what} {}", of(world, index)))
}

fn authority(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let id = random.bytes(20);
    let absent = random.one_in(2);
    change(world, index, |builder| match absent {
        true => builder.without(oid::AUTHORITY_KEY_ID),
        false => builder.authority_key_id(id),
    });
    let what = if absent { "none" } else { "another" };
    Some(format!("{what} {}", of(world, index)))
}

/// Entries that are not quite: the serial number of the client in other forms, odd dates.
fn entry(world: &mut World, random: &mut Random) -> Option<String> {
    let index = any(world, random)?;
    let serial = world.nodes[world.leaf()].serial.clone();
    let (what, entry) = match random.below(6) {
        0 => ("padded serial", CrlEntry::new([&[0], &serial[..]].concat())),
        1 => ("empty serial", CrlEntry::new([])),
        2 => ("serial of 30 bytes", CrlEntry::new(vec![0x55; 30])),
        3 => (
            "date without seconds",
            CrlEntry::new(serial).raw_date(der::tlv(23, "2601010000Z")),
        ),
        4 => ("no date", CrlEntry::new(serial).raw_date([])),
        _ => ("empty extensions", CrlEntry::new(serial).raw_extensions([])),
    };
    change(world, index, |builder| builder.entry(entry));
    Some(format!("{what} {}", of(world, index)))
}
