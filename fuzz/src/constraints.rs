//! Names of a client and the name constraints of its CA, against webpki and OpenSSL: what we let pass one of
//! them lets pass too. But not under `Policy::ALB`, which compares names as AWS-LC does.

use arbitrary::{Result, Unstructured};
use portcullis::TrustStore;
use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, Extension, GeneralName, Key, NOW, Name,
    NameConstraints, Subtree, der, oid,
};

use crate::agreement::{POLICIES, at, verdict};
use crate::backend::REAL;
use crate::peers;

/// The octets of names and constraints.
pub fn run(data: &[u8]) {
    let root = Certificate::ca("Root", Key::p256(0));
    let Ok(presented) = presented(&mut Unstructured::new(data), &root) else {
        return;
    };
    let anchor = root.to_certificate_der();
    for (number, (policy, word)) in POLICIES.into_iter().enumerate() {
        let mut store: TrustStore<'_> = TrustStore::new(policy, *REAL);
        let _ = store.add_ca(anchor.clone()).expect("a CA");
        let status = verdict(&store, word, &presented, NOW);
        if number == ALB || !status.is_success() {
            continue;
        }
        let answers = peers::answers(core::slice::from_ref(&anchor), &presented, NOW);
        assert!(
            answers.iter().any(Result::is_ok),
            "{}\n{answers:?}\n{}\n{}",
            store.explain(&presented, at(NOW)),
            crate::pem::write(&presented[0]),
            crate::pem::write(&presented[1])
        );
    }
}

/// The client and its CA, which the root has issued.
fn presented(
    source: &mut Unstructured<'_>,
    root: &Certificate,
) -> Result<[CertificateDer<'static>; 2]> {
    let mut constraints = NameConstraints::new();
    for _ in 0..source.int_in_range(1..=3)? {
        let mut subtree = Subtree::new(base(source)?);
        if source.ratio(1, 24)? {
            subtree = subtree.minimum(source.int_in_range(0..=1)?);
        }
        constraints = match source.arbitrary()? {
            true => constraints.permit(subtree),
            false => constraints.exclude(subtree),
        };
    }
    let ca = CertificateBuilder::ca("Signing", Key::p256(1))
        .extension(Extension::name_constraints(&constraints))
        .issued_by(root);
    let subject = subject(source)?;
    let mut leaf = CertificateBuilder::leaf(subject, Key::p256(2));
    let count = source.int_in_range(0..=3)?;
    let names = (0..count).map(|_| name(source));
    let names = names.collect::<Result<Vec<_>>>()?;
    if !names.is_empty() {
        leaf = leaf.subject_alt_name(names);
    }
    let leaf = leaf.issued_by(&ca);
    Ok([leaf.to_certificate_der(), ca.to_certificate_der()])
}

fn name(source: &mut Unstructured<'_>) -> Result<GeneralName> {
    Ok(match source.int_in_range(0..=9)? {
        0..=2 => GeneralName::dns(dns(source)?),
        3 | 4 => GeneralName::email(address(source)?),
        5 | 6 => GeneralName::uri(uri(source)?),
        7 => GeneralName::ip_bytes(octets(source, &[4, 4, 4, 16, 5])?),
        8 => GeneralName::directory(subject(source)?),
        // One in ASCII is compared as an address here, and by OpenSSL with hosts alone.
        _ => {
            let address = format!("\u{e4}{}", address(source)?);
            GeneralName::other(SMTP_UTF8_MAILBOX, der::utf8_string(&address))
        }
    })
}

fn base(source: &mut Unstructured<'_>) -> Result<GeneralName> {
    Ok(match source.int_in_range(0..=9)? {
        0..=2 => GeneralName::dns(dns(source)?),
        3 | 4 => match source.arbitrary()? {
            true => GeneralName::email(address(source)?),
            false => GeneralName::email(text(source)?),
        },
        5 | 6 => GeneralName::uri(text(source)?),
        7 => GeneralName::ip_bytes(octets(source, &[8, 8, 8, 32, 4, 9])?),
        8 => GeneralName::directory(subject(source)?),
        _ => name(source)?,
    })
}

/// Hosts, domains, and what resembles them, of few parts, so that many agree.
fn text(source: &mut Unstructured<'_>) -> Result<String> {
    let count = source.int_in_range(0..=5)?;
    let parts = (0..count).map(|_| source.choose(&PARTS).copied());
    let mut text = parts.collect::<Result<String>>()?;
    if source.ratio(1, 2)? {
        text.push_str("b.example");
    }
    Ok(text)
}

fn address(source: &mut Unstructured<'_>) -> Result<String> {
    let host = text(source)?;
    let local = *source.choose(&["a@", "A@", "a.b@", "\"a@b\"@", "\u{e4}@", "@", ""])?;
    Ok(format!("{local}{host}"))
}

/// None whose host is followed by a query or a fragment at once, which OpenSSL takes for a part of it.
fn uri(source: &mut Unstructured<'_>) -> Result<String> {
    let scheme = *source.choose(&["https://", "spiffe://", "urn:", "https:", "https://a@", ""])?;
    let host = text(source)?;
    let rest = *source.choose(&["", "/", "/a@b", "/?a#b", ":443", ":443/", ":a@b"])?;
    Ok(format!("{scheme}{host}{rest}"))
}

fn octets(source: &mut Unstructured<'_>, lengths: &[usize]) -> Result<Vec<u8>> {
    let length = *source.choose(lengths)?;
    let octets = (0..length).map(|_| source.choose(&[0, 10, 0xff, 0xfe, 0x80]).copied());
    octets.collect()
}

fn subject(source: &mut Unstructured<'_>) -> Result<Name> {
    let mut name = Name::new();
    for _ in 0..source.int_in_range(0..=3)? {
        name = match source.int_in_range(0..=6)? {
            0 => name.country("JP"),
            1 => name.organization("Example"),
            2 => name.organization(" example"),
            3 => name.attribute(Attribute::printable(oid::ORGANIZATION, "EXAMPLE")),
            4 => name.common_name(&common_name(source)?),
            5 => name.attribute(Attribute::bmp(oid::COMMON_NAME, &common_name(source)?)),
            _ => name.email_address(&address(source)?),
        };
    }
    Ok(name)
}

/// Without a dot at the end, which AWS-LC and we leave out, and the others do not.
fn dns(source: &mut Unstructured<'_>) -> Result<String> {
    Ok(text(source)?.trim_end_matches('.').to_owned())
}

/// OpenSSL refuses one with a NUL even where no name of its kind is constrained.
fn common_name(source: &mut Unstructured<'_>) -> Result<String> {
    Ok(dns(source)?.replace('\0', ""))
}

/// Its place among the [`POLICIES`].
const ALB: usize = 0;

/// RFC 9598.
const SMTP_UTF8_MAILBOX: &str = "1.3.6.1.5.5.7.8.9";

const PARTS: [&str; 16] = [
    "a", "b", "B", ".", ".", "example", "EXAMPLE", "a.", "b.", "*.", "*", "-", "_", "\u{e4}", "\0",
    " ",
];
