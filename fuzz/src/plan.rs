//! Chains made to a plan, which is read from an input: right but for a few faults.

use core::fmt;

use arbitrary::{Result, Unstructured};
use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, DAY, Extension, GeneralName, Key, KeyUsage, NOW,
    Name, NameConstraints, SignatureScheme, Subtree, der, oid,
};

/// A store, and what is presented to it.
pub(crate) struct Plan {
    pub(crate) store: Vec<CertificateDer<'static>>,
    pub(crate) presented: Vec<CertificateDer<'static>>,
}

impl Plan {
    pub(crate) fn read(source: &mut Unstructured<'_>) -> Result<Self> {
        let count = source.int_in_range(2..=7)?;
        let mut made: Vec<Certificate> = Vec::with_capacity(count);
        for index in 0..count {
            let issuer = match source.ratio(1, 6)? {
                true if index > 0 => made.get(source.int_in_range(0..=index - 1)?),
                _ => made.last(),
            };
            let certificate = certificate(source, issuer, index + 1 == count)?;
            made.push(certificate);
        }
        let in_store: u8 = if source.ratio(1, 3)? {
            source.arbitrary()?
        } else {
            1
        };
        let store = made
            .iter()
            .enumerate()
            .filter(|(index, _)| in_store >> index & 1 == 1);
        let store = store
            .map(|(_, certificate)| certificate.to_certificate_der())
            .collect();
        let left_out: u8 = if source.ratio(1, 4)? {
            source.arbitrary()?
        } else {
            1
        };
        made.reverse();
        let presented = made.iter().enumerate().filter(|(index, _)| {
            let number = count - 1 - index;
            *index == 0 || left_out >> number & 1 == 0
        });
        let mut presented: Vec<_> = presented
            .map(|(_, certificate)| certificate.to_certificate_der())
            .collect();
        if source.ratio(1, 6)? {
            let (one, other) = (
                source.choose_index(presented.len())?,
                source.choose_index(presented.len())?,
            );
            presented.swap(one, other);
        }
        if source.ratio(1, 12)? {
            presented.push(presented[source.choose_index(presented.len())?].clone());
        }
        Ok(Self { store, presented })
    }
}

/// PEM of all, to be looked at.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (whose, certificates) in [("store", &self.store), ("presented", &self.presented)] {
            for (number, der) in certificates.iter().enumerate() {
                writeln!(f, "{whose} {number}\n{}", crate::pem::write(der))?;
            }
        }
        Ok(())
    }
}

fn certificate(
    source: &mut Unstructured<'_>,
    issuer: Option<&Certificate>,
    is_leaf: bool,
) -> Result<Certificate> {
    let (name, key) = (name(source)?, key(source)?);
    let mut builder = match is_leaf {
        true => CertificateBuilder::leaf(name, key),
        false => CertificateBuilder::ca(name, key),
    };
    let faults = match source.int_in_range(0..=7)? {
        0..=3 => 0,
        4 | 5 => 1,
        6 => 2,
        _ => 4,
    };
    for _ in 0..faults {
        builder = fault(source, builder)?;
    }
    let signs_itself = source.ratio(1, 24)?;
    Ok(match issuer {
        Some(issuer) if !signs_itself => {
            let scheme = *source.choose(&SignatureScheme::ALL)?;
            if source.ratio(1, 8)? && issuer.key().can_sign(scheme) {
                builder = builder.scheme(scheme);
            }
            builder.issued_by(issuer)
        }
        _ => builder.self_signed(),
    })
}

fn fault(source: &mut Unstructured<'_>, it: CertificateBuilder) -> Result<CertificateBuilder> {
    Ok(match source.int_in_range(0..=31)? {
        0 => it.version(source.int_in_range(1..=4)?),
        1 => it.v1(),
        2 => it.serial(source.choose(&SERIALS)?),
        3 => it.issuer(name(source)?),
        4 => it.not_before(time(source)?),
        5 => it.not_after(time(source)?),
        6 => it.key(key(source)?),
        7 => it.bad_signature(),
        8 => it.trailing([0]),
        9 => it.basic_constraints(source.arbitrary()?, path_length(source)?),
        10 => it.key_usage(KeyUsage(source.int_in_range(0..=0x1ff)?)),
        11 => {
            let count = source.int_in_range(0..=2)?;
            let usages = (0..count).map(|_| source.choose(&USAGES).copied());
            it.extended_key_usage(&usages.collect::<Result<Vec<_>>>()?)
        }
        12 => it.subject_key_id(source.choose(&SERIALS)?),
        13 => it.authority_key_id(source.choose(&SERIALS)?),
        14 => it.authority_issuer_and_serial(name(source)?, source.choose(&SERIALS)?),
        15 => it.without(source.choose(&EXTENSIONS)?),
        16 | 17 => {
            let count = source.int_in_range(0..=3)?;
            let names = (0..count).map(|_| general_name(source));
            it.extension(
                Extension::subject_alt_name(names.collect::<Result<Vec<_>>>()?)
                    .critical(source.arbitrary()?),
            )
        }
        18..=20 => {
            let mut constraints = NameConstraints::new();
            for _ in 0..source.int_in_range(0..=3)? {
                let mut subtree = Subtree::new(constraint(source)?);
                if source.ratio(1, 10)? {
                    subtree = subtree.minimum(1);
                }
                constraints = match source.arbitrary()? {
                    true => constraints.permit(subtree),
                    false => constraints.exclude(subtree),
                };
            }
            it.extension(Extension::name_constraints(&constraints).critical(source.ratio(3, 4)?))
        }
        21 => it.extension(Extension::ns_cert_type(source.int_in_range(0..=0xff)?)),
        22 => it.push(Extension::unknown(2).critical(source.arbitrary()?)),
        23 => {
            let oid = source.choose(&EXTENSIONS)?;
            it.push(Extension::new(oid, raw(source, oid)?).critical(source.arbitrary()?))
        }
        24 => {
            let oid = source.choose(&EXTENSIONS)?;
            it.extension(Extension::new(oid, raw(source, oid)?).critical(source.arbitrary()?))
        }
        25 => it.extension(
            Extension::certificate_policies(&[oid::ANY_POLICY, "1.2.3"])
                .critical(source.arbitrary()?),
        ),
        26 => it.extension(
            Extension::crl_distribution_points(&["http://ca.example/crl"])
                .critical(source.arbitrary()?),
        ),
        27 => it.issuer_unique_id([1]).subject_unique_id([2]),
        28 => it.inner_algorithm(source.choose(&SignatureScheme::ALL)?.algorithm_identifier()),
        29 => it.algorithm(source.choose(&SignatureScheme::ALL)?.algorithm_identifier()),
        30 => {
            let (position, change) = (source.arbitrary::<u16>()?, source.arbitrary::<u8>()?);
            it.map_tbs(move |octets| changed(octets, position, change))
        }
        _ => {
            let (position, change) = (source.arbitrary::<u16>()?, source.arbitrary::<u8>()?);
            it.map_der(move |octets| changed(octets, position, change))
        }
    })
}

fn changed(mut octets: Vec<u8>, position: u16, change: u8) -> Vec<u8> {
    let position = usize::from(position) % octets.len();
    octets[position] ^= change;
    octets
}

fn key(source: &mut Unstructured<'_>) -> Result<Key> {
    let number = usize::from(source.arbitrary::<u8>()?);
    Ok(match number {
        0..200 => Key::p256(number % 6),
        200..220 => Key::ed25519(number % 4),
        220..236 => Key::p384(number),
        236..248 => Key::rsa2048(number),
        248..250 => Key::p521(number),
        250..252 => Key::rsa1024(),
        252..254 => Key::secp256k1(),
        _ => Key::p224(),
    })
}

fn name(source: &mut Unstructured<'_>) -> Result<Name> {
    let name = |text: &str| {
        Name::new()
            .country("JP")
            .organization("Example")
            .common_name(text)
    };
    Ok(match source.int_in_range(0..=15)? {
        0..=2 => name("Root"),
        3..=5 => name("Signing"),
        6 | 7 => name("Another"),
        8 | 9 => name("Client"),
        10 => Name::new()
            .country("jp")
            .organization(" example")
            .common_name("ROOT"),
        11 => Name::new()
            .country("JP")
            .organization("Example")
            .attribute(Attribute::printable(oid::COMMON_NAME, "Root")),
        12 => Name::new(),
        13 => Name::new()
            .country("JP")
            .organization("Other")
            .common_name("client.example.com"),
        14 => name("Client").email_address("client@example.com"),
        _ => Name::new().rdn([
            Attribute::utf8(oid::COMMON_NAME, "a"),
            Attribute::utf8(oid::USER_ID, "b"),
        ]),
    })
}

fn general_name(source: &mut Unstructured<'_>) -> Result<GeneralName> {
    Ok(match source.int_in_range(0..=7)? {
        0 | 1 => GeneralName::dns(source.choose(&HOSTS)?),
        2 => GeneralName::email(source.choose(&ADDRESSES)?),
        3 => GeneralName::uri(source.choose(&URIS)?),
        4 => GeneralName::ip([10, 0, 0, source.arbitrary::<u8>()?]),
        5 => GeneralName::directory(name(source)?),
        6 => GeneralName::other("1.2.3", der::null()),
        _ => GeneralName::ip_bytes(source.choose(&SERIALS)?),
    })
}

fn constraint(source: &mut Unstructured<'_>) -> Result<GeneralName> {
    Ok(match source.int_in_range(0..=7)? {
        0 | 1 => GeneralName::dns(source.choose(&HOSTS)?),
        2 => GeneralName::email(source.choose(&HOSTS)?),
        3 => GeneralName::email(source.choose(&ADDRESSES)?),
        4 => GeneralName::uri(source.choose(&HOSTS)?),
        5 => GeneralName::ip_subnet([10, 0, 0, 0], u32::from(source.arbitrary::<u8>()? % 33)),
        6 => GeneralName::directory(Name::new().country("JP").organization("Example")),
        _ => general_name(source)?,
    })
}

/// Times on either side of [`NOW`], and far from it.
fn time(source: &mut Unstructured<'_>) -> Result<i64> {
    Ok(*source.choose(&[
        NOW - 1,
        NOW,
        NOW + 1,
        NOW - DAY,
        NOW + DAY,
        -2_000_000_000,
        100_000_000_000,
    ])?)
}

fn path_length(source: &mut Unstructured<'_>) -> Result<Option<u64>> {
    Ok(*source.choose(&[None, Some(0), Some(1), Some(2), Some(1 << 40)])?)
}

/// What an extension may hold, seldom the right thing.
fn raw(source: &mut Unstructured<'_>, oid: &str) -> Result<Vec<u8>> {
    Ok(match source.int_in_range(0..=5)? {
        0 => der::null(),
        1 => der::sequence([[]; 0]),
        2 => der::sequence([der::boolean(true), der::integer(0)]),
        3 => der::named_bits(source.int_in_range(0..=0x1ff)?),
        4 => der::octet_string([1, 2, 3]),
        _ => {
            let length = usize::from(source.arbitrary::<u8>()? % 24);
            let octets = source.bytes(length.min(source.len()))?;
            // What is issued names this as its issuer's key, so that it must be an element.
            match oid {
                oid::SUBJECT_KEY_ID => der::octet_string(octets),
                _ => octets.to_vec(),
            }
        }
    })
}

const SERIALS: [&[u8]; 7] = [&[], &[0], &[1], &[0xff], &[0, 1], &[0x7f; 20], &[0x7f; 4]];
const HOSTS: [&str; 9] = [
    "example.com",
    ".example.com",
    "client.example.com",
    "a.client.example.com",
    "*.example.com",
    "CLIENT.example.COM",
    "example.org",
    "",
    "example.com.",
];
const ADDRESSES: [&str; 5] = [
    "client@example.com",
    "Client@EXAMPLE.com",
    "client@client.example.com",
    "\"a@b\"@example.com",
    "@",
];
const URIS: [&str; 6] = [
    "spiffe://example.com/client",
    "https://client.example.com:443/",
    "https://user@example.org",
    "urn:a:b",
    "https://10.0.0.1/",
    "https://",
];
const USAGES: [&str; 4] = [
    oid::CLIENT_AUTH,
    oid::SERVER_AUTH,
    oid::ANY_EXTENDED_KEY_USAGE,
    oid::EMAIL_PROTECTION,
];
const EXTENSIONS: [&str; 14] = [
    oid::SUBJECT_KEY_ID,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::AUTHORITY_KEY_ID,
    oid::POLICY_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::INHIBIT_ANY_POLICY,
    oid::NS_CERT_TYPE,
];
