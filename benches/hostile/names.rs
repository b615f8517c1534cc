//! Names that are long to compare, and constraints on them.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, GeneralName, Name, NameConstraints, der, hostile, oid,
};

use crate::case::{Case, Kind, cases, octets, room};
use crate::search::without_key_id;

pub(crate) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for shape in Shape::ALL {
        all.extend(long_names(shape));
    }
    for names in Names::ALL {
        all.extend(constraints(names));
        for length in [1, 4, 16] {
            all.extend(everything_at_once(names, length));
        }
    }
    all
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    OneString,
    ShortRdns,
    WideRdns,
    WideRdnsOfLongStrings,
    EmptyStrings,
}

/// Strings that are equal as RFC 5280 7.1 compares them, and no octet of which is.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Upper,
    Lower,
    Bmp,
}

impl Shape {
    const ALL: [Self; 5] = [
        Self::OneString,
        Self::ShortRdns,
        Self::WideRdns,
        Self::WideRdnsOfLongStrings,
        Self::EmptyStrings,
    ];

    const fn describe(self) -> &'static str {
        match self {
            Self::OneString => "one long string",
            Self::ShortRdns => "short RDNs by the thousand",
            Self::WideRdns => "RDNs of 16 short attributes",
            Self::WideRdnsOfLongStrings => "an RDN of 16 long attributes",
            Self::EmptyStrings => "empty strings by the thousand",
        }
    }

    /// A name of about so many octets.
    fn name(self, size: usize, spelling: Spelling) -> Name {
        // Sets compare slowest when the last attribute of one comes first in the other.
        let is_reversed = matches!(spelling, Spelling::Lower);
        let rdn = |texts: Vec<String>| {
            let mut attributes: Vec<_> =
                texts.iter().map(|text| spelling.attribute(text)).collect();
            if is_reversed {
                attributes.reverse();
            }
            der::set(attributes)
        };
        let wide = |length: usize| -> Vec<String> {
            (0..16)
                .map(|n| format!("{}{n:02}", "a".repeat(length)))
                .collect()
        };
        let one = match self {
            Self::OneString => rdn(vec!["a".repeat(size / spelling.width() - 20)]),
            Self::ShortRdns => rdn(vec!["a".into()]),
            Self::WideRdns => rdn(wide(2)),
            Self::WideRdnsOfLongStrings => rdn(wide(size / 16 / spelling.width() - 20)),
            Self::EmptyStrings => rdn(vec![String::new()]),
        };
        let count = (size / one.len()).max(1);
        (0..count).fold(Name::new(), |name, _| name.raw_rdn(&one))
    }
}

impl Spelling {
    fn attribute(self, text: &str) -> Vec<u8> {
        let value = match self {
            Self::Upper => der::printable_string(&text.to_uppercase()),
            Self::Lower => der::utf8_string(text),
            Self::Bmp => der::bmp_string(text),
        };
        der::sequence([der::oid(oid::COMMON_NAME), value])
    }

    const fn width(self) -> usize {
        match self {
            Self::Upper | Self::Lower => 1,
            Self::Bmp => 2,
        }
    }
}

/// In each certificate two spellings of the one name that all have; the top is signed by the root.
fn long_names(shape: Shape) -> Vec<Case> {
    let mut all = Vec::new();
    let kind = Kind::RSA;
    let root = kind.root();
    let what = shape.describe();
    for length in [1, 2, 4, 16] {
        let size = (room(length) / length - 1500) / 2;
        let spellings = [
            (Spelling::Upper, Spelling::Lower),
            (Spelling::Lower, Spelling::Bmp),
        ];
        for (subject, issuer) in spellings {
            let case = format!("names: {what}, {subject:?} and {issuer:?}");
            let subject = shape.name(size, subject);
            let issuer = shape.name(size, issuer);
            let leaf = CertificateBuilder::leaf(&subject, (kind.key)(1))
                .without(oid::AUTHORITY_KEY_ID)
                .issuer(&issuer)
                .sign_by((kind.key)(3));
            let mut hostile = vec![leaf];
            for number in 1..length {
                let ca = CertificateBuilder::ca(&subject, (kind.key)(2))
                    .without(oid::SUBJECT_KEY_ID)
                    .without(oid::AUTHORITY_KEY_ID);
                // Not the issuer of itself, or the path would end there.
                let ca = match number + 1 == length {
                    true => ca.issued_by(&root),
                    false => ca
                        .authority_key_id([number as u8])
                        .issuer(&issuer)
                        .sign_by((kind.key)(2)),
                };
                hostile.push(ca);
            }
            all.extend(cases(&case, kind, &[&root], &hostile));
        }
    }
    all
}

#[derive(Clone, Copy, Debug)]
enum Names {
    Directory,
    Dns,
    Email,
    Ip,
    Mixed,
    Uri,
}

impl Names {
    const ALL: [Self; 6] = [
        Self::Directory,
        Self::Dns,
        Self::Email,
        Self::Ip,
        Self::Mixed,
        Self::Uri,
    ];

    /// The alternative name and the subtree, different to the last.
    fn pair(self, n: usize) -> (GeneralName, GeneralName) {
        let label = format!("{n:04}");
        match self {
            Self::Directory => {
                let name = |last: &str| {
                    GeneralName::directory(Name::new().country("JP").common_name(last))
                };
                (name(&label), name(&format!("{label}x")))
            }
            Self::Dns => (
                GeneralName::dns(format!("a{label}.test")),
                GeneralName::dns(format!("b{label}.test")),
            ),
            Self::Email => (
                GeneralName::email(format!("a@a{label}.test")),
                GeneralName::email(format!("b@b{label}.test")),
            ),
            Self::Ip => {
                let bytes = (n as u32).to_be_bytes();
                (
                    GeneralName::ip([10, 0, bytes[2], bytes[3]]),
                    GeneralName::ip_subnet([11, 0, bytes[2], bytes[3]], 32),
                )
            }
            // Names and subtrees of different kinds, which are passed over.
            Self::Mixed => (GeneralName::dns("a"), GeneralName::uri("b")),
            Self::Uri => (
                GeneralName::uri(format!("u://a{label}.test")),
                GeneralName::uri(format!("b{label}.test")),
            ),
        }
    }
}

impl Names {
    /// So many octets of alternative names.
    fn alternative(self, octets: usize) -> Vec<GeneralName> {
        let mut names = Vec::new();
        let mut left = octets;
        for name in (0..).map(|n| self.pair(n).0) {
            match left.checked_sub(name.as_der().len()) {
                Some(rest) => left = rest,
                None => break,
            }
            names.push(name);
        }
        names
    }

    /// So many octets of subtrees that exclude none of them.
    fn excluded(self, octets: usize) -> NameConstraints {
        let mut subtrees = Vec::new();
        let mut left = octets;
        for name in (0..).map(|n| self.pair(n).1) {
            match left.checked_sub(name.as_der().len() + 2) {
                Some(rest) => left = rest,
                None => break,
            }
            subtrees.push(name);
        }
        hostile::excluding(subtrees)
    }
}

/// Constraints and alternative names by the thousand: in an intermediate that the root has signed,
/// and in the root itself.
fn constraints(names: Names) -> Vec<Case> {
    let kind = Kind::RSA;
    let mut all = Vec::new();
    let leaf = |octets| {
        CertificateBuilder::leaf("Some Client", (kind.key)(1))
            .subject_alt_name(names.alternative(octets))
    };

    let root = kind.root();
    let ca = CertificateBuilder::ca("Constrained CA", (kind.key)(2))
        .name_constraints(&names.excluded(room(2) / 2 - 2000))
        .issued_by(&root);
    let leaf_below = leaf(room(2) / 2 - 2000).issued_by(&ca);
    all.extend(cases(
        &format!("{names:?} constraints in a CA, by the thousand"),
        kind,
        &[&root],
        &[leaf_below, ca],
    ));

    // As large as ALB takes them.
    let anchor = CertificateBuilder::ca("Constrained Root", (kind.key)(0))
        .name_constraints(&names.excluded(14_000))
        .self_signed();
    let leaf_below = leaf(room(1) - 2000).issued_by(&anchor);
    all.extend(cases(
        &format!("{names:?} constraints in the root, by the thousand"),
        kind,
        &[&anchor],
        &[leaf_below],
    ));

    // Every CA of a path constrains all below it.
    for length in [4, 16] {
        let mut hostile: Vec<Certificate> = Vec::new();
        let share = room(length) / length - 1200;
        for number in (0..length).rev() {
            let issuer = hostile.last().unwrap_or(&root);
            let certificate = match number {
                0 => leaf(share),
                _ => CertificateBuilder::ca(format!("CA {number}"), (kind.key)(number))
                    .subject_alt_name(names.alternative(share / 2))
                    .name_constraints(&names.excluded(share / 2)),
            };
            hostile.push(certificate.issued_by(issuer));
        }
        hostile.reverse();
        all.extend(cases(
            &format!(
                "{names:?} constraints in every CA, {} octets",
                octets(&hostile)
            ),
            kind,
            &[&root],
            &hostile,
        ));
    }
    all
}

/// Issuers that could all have signed and did not, and the one that did constrains names.
fn everything_at_once(names: Names, length: usize) -> Vec<Case> {
    let kind = Kind::RSA;
    let named_alike = |key| without_key_id("CA", kind, key);
    let first = named_alike(0).self_signed();
    let constrained = named_alike(1)
        .name_constraints(&names.excluded(14_000))
        .self_signed();
    let strays: Vec<_> = (2..25)
        .map(|n| named_alike(0).spki(kind.stray_spki(n)).self_signed())
        .collect();
    let store: Vec<_> = [&first, &constrained].into_iter().chain(&strays).collect();

    let forged = |number: usize| {
        named_alike(2)
            .spki(kind.stray_spki(100 + number))
            .sign_by((kind.key)(3))
    };
    let mut hostile: Vec<_> = (1..length).map(forged).collect();
    let left = room(length) - octets(&hostile) - 2000;
    let leaf = CertificateBuilder::leaf("Some Client", (kind.key)(1))
        .subject_alt_name(names.alternative(left))
        .issued_by(&constrained);
    hostile.insert(0, leaf);
    let name = format!("{names:?} constraints and 25 CAs of one name");
    cases(&name, kind, &store, &hostile)
}
