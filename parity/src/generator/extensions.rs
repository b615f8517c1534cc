//! Faults of extensions.

use portcullis_fixtures::{
    Extension, GeneralName, KeyUsage, Name, NameConstraints, Random, Subtree, der, oid,
};

use super::Fault;
use super::world::World;

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("extended key usage", extended_key_usage),
    ("key usage", key_usage),
    ("basic constraints", basic_constraints),
    ("path length", path_length),
    ("key identifiers", key_identifiers),
    ("name constraints", name_constraints),
    ("alternative names", alternative_names),
    ("unknown extension", unknown),
    ("criticality", criticality),
    ("extension twice", twice),
    ("broken extension", broken),
    ("no extensions", none),
    ("certificate type", certificate_type),
    ("policies", policies),
];

fn extended_key_usage(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let purposes: &[&str] = match random.below(7) {
        0 => &[],
        1 => &[oid::SERVER_AUTH],
        2 => &[oid::ANY_EXTENDED_KEY_USAGE],
        3 => &[oid::CODE_SIGNING, oid::OCSP_SIGNING],
        4 => &[oid::EMAIL_PROTECTION, oid::CLIENT_AUTH],
        5 => &[oid::SERVER_AUTH, oid::ANY_EXTENDED_KEY_USAGE],
        _ => &[oid::CLIENT_AUTH, oid::CLIENT_AUTH],
    };
    let critical = random.one_in(4);
    let extension = Extension::extended_key_usage(purposes).critical(critical);
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{purposes:?} on {}", world.role(node)))
}

fn key_usage(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, usage) = match random.below(4) {
        0 => {
            world.change(node, |builder| builder.without(oid::KEY_USAGE));
            return Some(format!("none on {}", world.role(node)));
        }
        1 => ("one bit", KeyUsage(1 << random.below(9))),
        2 => ("any bits", KeyUsage(random.below(512) as u16)),
        _ => ("empty", KeyUsage::NONE),
    };
    world.change(node, |builder| builder.key_usage(usage));
    Some(format!("{what} {:#x} on {}", usage.0, world.role(node)))
}

fn basic_constraints(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let (what, extension) = match random.below(6) {
        0 => {
            world.change(node, |builder| builder.without(oid::BASIC_CONSTRAINTS));
            return Some(format!("none on {}", world.role(node)));
        }
        1 => ("no CA", Extension::basic_constraints(false, None)),
        2 => ("CA", Extension::basic_constraints(true, None)),
        3 => (
            "no CA with length",
            Extension::basic_constraints(false, Some(0)),
        ),
        4 => {
            let written = der::sequence([der::boolean(false)]);
            (
                "FALSE in full",
                Extension::new(oid::BASIC_CONSTRAINTS, written),
            )
        }
        _ => {
            let other_true = der::sequence([der::tlv(der::BOOLEAN, [1])]);
            (
                "TRUE as 1",
                Extension::new(oid::BASIC_CONSTRAINTS, other_true),
            )
        }
    };
    let extension = extension.critical(random.one_in(2));
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{what} on {}", world.role(node)))
}

fn path_length(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any_ca(random)?;
    let length = match random.below(10) {
        0 => der::integer_bytes([0xFF]),
        1 => der::integer_bytes([0x7F; 9]),
        2 => der::integer_bytes([0, 1]),
        _ => der::integer(random.below(4) as u64),
    };
    let value = der::sequence([der::boolean(true), length.clone()]);
    let extension = Extension::new(oid::BASIC_CONSTRAINTS, value).critical(true);
    world.change(node, |builder| builder.extension(extension));
    Some(format!(
        "{:02x?} on {}",
        der::read(&length).1,
        world.role(node)
    ))
}

fn key_identifiers(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let parent = world.nodes[node].parent.unwrap_or(node);
    let issuer = world.nodes[parent].parent.unwrap_or(parent);
    let issuer_name = Name::from(&world.nodes[issuer].name);
    let issuer_serial = world.nodes[parent].serial.clone();
    let random_id = random.bytes(20);
    let mut what = "";
    world.change(node, |builder| {
        let (label, builder) = match random.below(9) {
            0 => ("no SKI", builder.without(oid::SUBJECT_KEY_ID)),
            1 => ("no AKI", builder.without(oid::AUTHORITY_KEY_ID)),
            2 => ("other SKI", builder.subject_key_id(random_id)),
            3 => ("other AKI", builder.authority_key_id(random_id)),
            4 => (
                "AKI by name",
                builder.authority_issuer_and_serial(issuer_name, &issuer_serial),
            ),
            5 => (
                "AKI by other name",
                builder.authority_issuer_and_serial("Somebody else", &issuer_serial),
            ),
            6 => (
                "AKI by other serial",
                builder.authority_issuer_and_serial(issuer_name, &[9]),
            ),
            7 => (
                "empty AKI",
                builder.extension(Extension::authority(None, None)),
            ),
            _ => ("empty SKI", builder.subject_key_id([])),
        };
        what = label;
        builder
    });
    Some(format!("{what} on {}", world.role(node)))
}

fn name_constraints(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let mut constraints = NameConstraints::new();
    let mut what = Vec::new();
    for _ in 0..=random.below(2) {
        let (label, base) = subtree(random);
        let subtree = match random.below(12) {
            0 => base.minimum(1),
            1 => base.maximum(2),
            _ => base,
        };
        let permits = random.one_in(2);
        constraints = match permits {
            true => constraints.permit(subtree),
            false => constraints.exclude(subtree),
        };
        what.push(format!("{}{label}", if permits { "+" } else { "-" }));
    }
    let extension = Extension::name_constraints(&constraints).critical(!random.one_in(3));
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{} on {}", what.join(" "), world.role(node)))
}

fn subtree(random: &mut Random) -> (&'static str, Subtree) {
    let (label, base) = match random.below(16) {
        0 => ("dns example", GeneralName::dns("example")),
        1 => ("dns .example", GeneralName::dns(".example")),
        2 => ("dns client.example", GeneralName::dns("client.example")),
        3 => ("dns empty", GeneralName::dns("")),
        4 => ("dns other.test", GeneralName::dns("other.test")),
        5 => ("email example.com", GeneralName::email("example.com")),
        6 => ("email .example.com", GeneralName::email(".example.com")),
        7 => ("email whole", GeneralName::email("client@example.com")),
        8 => ("uri example.org", GeneralName::uri("example.org")),
        9 => ("uri .example.org", GeneralName::uri(".example.org")),
        10 => ("ip 10/8", GeneralName::ip_subnet([10, 0, 0, 0], 8)),
        11 => (
            "ip bad mask",
            GeneralName::ip_bytes([10, 0, 0, 0, 255, 0, 255, 0]),
        ),
        12 => {
            let name = Name::new().organization("Example");
            ("directory Example", GeneralName::directory(name))
        }
        13 => ("directory empty", GeneralName::directory(Name::new())),
        14 => ("registered id", GeneralName::registered_id("1.2.3")),
        _ => (
            "other name",
            GeneralName::other("1.2.3", der::utf8_string("x")),
        ),
    };
    (label, Subtree::new(base))
}

fn alternative_names(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let mut names = Vec::new();
    let mut what = Vec::new();
    for _ in 0..random.below(3) {
        let (label, name) = match random.below(16) {
            0 => ("dns", GeneralName::dns("client.example")),
            1 => ("dns upper", GeneralName::dns("CLIENT.EXAMPLE")),
            2 => ("dns wildcard", GeneralName::dns("*.example")),
            3 => ("dns dot", GeneralName::dns("client.example.")),
            4 => ("dns bad", GeneralName::dns("client_1..example")),
            5 => ("email", GeneralName::email("client@example.com")),
            6 => ("email case", GeneralName::email("Client@EXAMPLE.com")),
            7 => ("email bad", GeneralName::email("client")),
            8 => ("uri", GeneralName::uri("https://a.example.org:8443/x?y#z")),
            9 => ("uri user", GeneralName::uri("https://user@example.org/")),
            10 => ("uri hostless", GeneralName::uri("urn:example:1")),
            11 => ("ip", GeneralName::ip([10, 1, 2, 3])),
            12 => ("ip 5 bytes", GeneralName::ip_bytes([10, 1, 2, 3, 4])),
            13 => {
                let name = Name::new().organization("Example").common_name("x");
                ("directory", GeneralName::directory(name))
            }
            14 => ("other", GeneralName::other("1.2.3", der::utf8_string("x"))),
            _ => ("registered id", GeneralName::registered_id("1.2.3")),
        };
        names.push(name);
        what.push(label);
    }
    let extension = Extension::subject_alt_name(names).critical(random.one_in(4));
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{what:?} on {}", world.role(node)))
}

fn unknown(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let critical = !random.one_in(4);
    let length = random.below(40);
    let extension = Extension::unknown(length).critical(critical);
    world.change(node, |builder| builder.push(extension));
    let critical = if critical { "critical" } else { "not critical" };
    Some(format!("{critical} on {}", world.role(node)))
}

/// Known extensions where they are critical, or not, against custom.
fn criticality(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let empty = der::sequence([[]; 0]);
    let extension = match random.below(12) {
        0 => Extension::subject_key_id([1, 2, 3]),
        1 => Extension::new(
            oid::ISSUER_ALT_NAME,
            der::sequence([GeneralName::dns("a.example")]),
        ),
        2 => Extension::new(oid::AUTHORITY_INFO_ACCESS, empty),
        3 => Extension::certificate_policies(&[oid::ANY_POLICY]),
        4 => Extension::new(
            oid::POLICY_CONSTRAINTS,
            der::sequence([der::context_primitive(0, [0])]),
        ),
        5 => Extension::new(oid::INHIBIT_ANY_POLICY, der::integer(0)),
        6 => Extension::new(oid::POLICY_MAPPINGS, empty),
        7 => Extension::crl_distribution_points(&["http://crl.example/b.crl"]),
        8 => Extension::new(oid::FRESHEST_CRL, empty),
        9 => Extension::ns_cert_type(portcullis_fixtures::ns_cert_type::SSL_CLIENT),
        10 => Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN),
        _ => Extension::basic_constraints(world.leaf() != node, None),
    };
    let critical = random.one_in(2);
    let what = format!("{:02x?}", &extension.to_der()[2..11]);
    let extension = match random.below(6) {
        0 => extension.raw_critical(der::boolean(false)),
        1 => extension.raw_critical(der::tlv(der::BOOLEAN, [1])),
        _ => extension.critical(critical),
    };
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{what} {critical} on {}", world.role(node)))
}

fn twice(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let extension = match random.below(6) {
        0 => Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE),
        1 => Extension::basic_constraints(true, None),
        2 => Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
        3 => Extension::subject_key_id([1; 20]),
        4 => Extension::subject_alt_name([GeneralName::dns("client.example")]),
        _ => Extension::unknown(3),
    };
    let what = format!("{:02x?}", &extension.to_der()[2..9]);
    world.change(node, |builder| {
        builder.push(extension.clone()).push(extension)
    });
    Some(format!("{what} on {}", world.role(node)))
}

fn broken(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let types = [
        oid::KEY_USAGE,
        oid::BASIC_CONSTRAINTS,
        oid::EXTENDED_KEY_USAGE,
        oid::SUBJECT_KEY_ID,
        oid::AUTHORITY_KEY_ID,
        oid::SUBJECT_ALT_NAME,
        oid::NAME_CONSTRAINTS,
        oid::CRL_DISTRIBUTION_POINTS,
        oid::CERTIFICATE_POLICIES,
        oid::NS_CERT_TYPE,
        oid::POLICY_CONSTRAINTS,
        oid::ISSUER_ALT_NAME,
        oid::AUTHORITY_INFO_ACCESS,
    ];
    let oid = types[random.below(types.len())];
    let (what, value) = match random.below(6) {
        0 => ("empty", Vec::new()),
        1 => ("NULL", der::null()),
        2 => ("noise", random.bytes(5)),
        3 => ("empty SEQUENCE", der::sequence([[]; 0])),
        4 => ("cut", vec![0x30, 0x05, 0x01]),
        _ => ("trailing", [der::sequence([[]; 0]), vec![0]].concat()),
    };
    let extension = Extension::new(oid, value).critical(random.one_in(3));
    world.change(node, |builder| builder.extension(extension));
    Some(format!("{oid} {what} on {}", world.role(node)))
}

fn none(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let empty_list = random.one_in(3);
    world.change(node, |builder| match empty_list {
        true => builder.raw_extensions(der::context(3, der::sequence([[]; 0]))),
        false => builder.without_extensions(),
    });
    Some(format!("{empty_list} on {}", world.role(node)))
}

fn certificate_type(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let bits = random.below(256) as u16;
    world.change(node, |builder| builder.ns_cert_type(bits));
    Some(format!("{bits:#x} on {}", world.role(node)))
}

fn policies(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.any(random);
    let extension = match random.below(3) {
        0 => Extension::certificate_policies(&["1.2.3.4", "1.2.3.4"]),
        1 => Extension::certificate_policies(&["1.2.3.5"]),
        _ => Extension::certificate_policies(&[]),
    };
    let extension = extension.critical(random.one_in(2));
    world.change(node, |builder| builder.extension(extension));
    Some(world.role(node))
}
