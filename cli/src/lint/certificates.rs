//! The certificates of a bundle, each by itself.

use core::time::Duration;

use portcullis::pki_types::UnixTime;
use portcullis::{Certificate, CertificateError, KeyType, SignatureAlgorithm};

use super::finding::{Findings, Id, Place, Source};
use super::form::{Bundle, Held};
use super::moment::Moment;

/// A certificate that can be read.
#[derive(Debug)]
pub(super) struct Member<'b> {
    pub(super) line: Option<usize>,
    pub(super) subject: String,
    pub(super) certificate: Certificate<'b>,
}

impl<'b> Member<'b> {
    fn read(held: &'b Held) -> Result<Self, CertificateError> {
        let certificate = Certificate::parse(&held.der)?;
        Ok(Self {
            line: held.line,
            subject: certificate.subject().to_string(),
            certificate,
        })
    }

    pub(super) fn place<'p>(&'p self, source: &'p Source) -> Place<'p> {
        Place {
            source,
            line: self.line,
            column: None,
            subject: Some(&self.subject),
        }
    }

    /// How another finding names it.
    pub(super) fn whereabouts(&self) -> String {
        match self.line {
            Some(line) => format!("the one on line {line}"),
            None => "another one".to_owned(),
        }
    }

    /// Whether an upload takes it for a CA: not asking its key usage, which is another finding.
    pub(super) fn is_ca(&self) -> bool {
        let constraints = self.certificate.basic_constraints();
        self.certificate.is_ca() || constraints.is_some_and(|constraints| constraints.ca)
    }

    /// A moment at which it is valid, if any is.
    pub(super) fn start(&self) -> UnixTime {
        let start = self.certificate.validity().not_before().unix_seconds();
        UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(start).unwrap_or(0)))
    }

    /// Whether the two have one name and one key.
    pub(super) fn is_renewal_of(&self, other: &Self) -> bool {
        self.certificate != other.certificate
            && self.certificate.subject() == other.certificate.subject()
            && self.certificate.spki_der() == other.certificate.spki_der()
    }
}

/// Parses each certificate, and tells of those that don't.
pub(super) fn read<'b>(
    source: &Source,
    bundle: &'b Bundle,
    findings: &mut Findings,
) -> Vec<Member<'b>> {
    let mut members = Vec::new();
    for held in &bundle.certificates {
        match Member::read(held) {
            Ok(member) => members.push(member),
            Err(error) => findings.push(
                Id::UnreadableCertificate,
                Place {
                    line: held.line,
                    ..Place::file(source)
                },
                format!("The section holds no certificate that can be read: {error}."),
                "Get the certificate anew from its CA.",
            ),
        }
    }
    members
}

/// Looks at each certificate.
pub(super) fn check(
    source: &Source,
    members: &[Member<'_>],
    moment: Moment,
    findings: &mut Findings,
) {
    for member in members {
        let place = member.place(source);
        if !member.is_ca() {
            findings.push(
                Id::NotACa,
                place,
                "The certificate is no CA's (basicConstraints), and a bundle holds CA \
                 certificates only.",
                "Take it out; a client's certificate is trusted through the CA that issued it.",
            );
            continue;
        }
        check_validity(member, place, members, moment, findings);
        check_algorithms(&member.certificate, place, findings);
        check_extensions(&member.certificate, place, findings);
    }
}

fn check_validity(
    member: &Member<'_>,
    place: Place<'_>,
    members: &[Member<'_>],
    moment: Moment,
    findings: &mut Findings,
) {
    let validity = member.certificate.validity();
    let (not_before, not_after) = (validity.not_before(), validity.not_after());
    if moment.is_before(not_before) {
        findings.push(
            Id::NotYetValid,
            place,
            format!(
                "The CA's certificate is not valid before {not_before}, and until then no client \
                 under it is."
            ),
            "Wait, or have it issued anew with an earlier start.",
        );
    }
    if moment.has_reached(not_after) {
        let renewed = members.iter().take(MAX_COMPARED).find(|other| {
            let validity = other.certificate.validity();
            other.is_renewal_of(member)
                && !moment.is_before(validity.not_before())
                && !moment.has_reached(validity.not_after())
        });
        match renewed {
            Some(renewed) => findings.push(
                Id::ExpiredButRenewed,
                place,
                format!(
                    "The CA's certificate has expired at {not_after}, but {} is valid and of the \
                     same name and key; s2n-tls, ALB's library, takes that one.",
                    renewed.whereabouts()
                ),
                "Take the old one out.",
            ),
            None => findings.push(
                Id::Expired,
                place,
                format!(
                    "The CA's certificate has expired at {not_after}, so every client under it \
                     fails, unless IgnoreClientCertificateExpiry lets it pass."
                ),
                "Replace it with the CA's renewed certificate.",
            ),
        }
    } else if moment.is_soon(not_after) {
        findings.push(
            Id::ExpiresSoon,
            place,
            format!("The CA's certificate expires at {not_after}, and every client under it then."),
            "Add the CA's renewed certificate before that.",
        );
    }
}

fn check_algorithms(certificate: &Certificate<'_>, place: Place<'_>, findings: &mut Findings) {
    if certificate.version() != 3 {
        findings.push(
            Id::NotVersion3,
            place,
            format!(
                "The certificate is of X.509 version {}, and AWS documents version 3; s2n-tls, ALB's library, takes a root of version 1.",
                certificate.version()
            ),
            "Have the CA's certificate issued anew as version 3.",
        );
    }
    let key = certificate.key_type();
    if !is_key_allowed(key) {
        findings.push(
            Id::KeyNotAllowed,
            place,
            format!(
                "The key of the CA is {key}, and ALB takes RSA of 2048 to 8192 bits, P-256, P-384 \
                 and P-521."
            ),
            "Have the CA set up anew with another key.",
        );
    }
    let algorithm = certificate.signature_algorithm();
    if algorithm.is_some_and(is_signature_allowed) {
        return;
    }
    let name = algorithm.map_or_else(
        || "an algorithm that is not known here".to_owned(),
        |known| known.to_string(),
    );
    if certificate.is_self_issued() {
        findings.push(
            Id::WeakRootSignature,
            place,
            format!(
                "The certificate is signed with {name}, but nobody looks at how a root has signed \
                 itself (seen in s2n-tls, ALB's library)."
            ),
            "Nothing; other software may warn of it.",
        );
    } else {
        findings.push(
            Id::WeakSignature,
            place,
            format!(
                "The certificate is signed with {name}, which ALB does not allow: it can be an \
                 anchor here, but a client that sends it is refused."
            ),
            "Have it issued anew, signed with SHA-256, SHA-384 or SHA-512.",
        );
    }
}

fn check_extensions(certificate: &Certificate<'_>, place: Place<'_>, findings: &mut Findings) {
    if certificate.has_malformed_extension() {
        findings.push(
            Id::MalformedExtension,
            place,
            "An extension of the certificate is malformed or there twice, so every client under \
             it is untrusted (seen in s2n-tls, ALB's library).",
            "Have the CA's certificate issued anew.",
        );
    }
    if certificate.has_unknown_critical_extension() {
        findings.push(
            Id::UnknownCriticalExtension,
            place,
            "A critical extension of the certificate is not known to ALB, so every client under \
             it is untrusted.",
            "Have the CA's certificate issued anew without it, or with it as not critical.",
        );
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.key_cert_sign())
    {
        findings.push(
            Id::NoKeyCertSign,
            place,
            "The key usage of the CA has no keyCertSign, so every client under it is untrusted.",
            "Have the CA's certificate issued anew with keyCertSign.",
        );
    }
    if certificate.has_name_constraints() {
        findings.push(
            Id::NameConstraints,
            place,
            "The CA has name constraints, which ALB enforces of an anchor too: clients with other \
             names are untrusted.",
            "See that the names of all clients lie within them.",
        );
    }
    if let Some(mut purposes) = certificate.extended_key_usages()
        && !purposes.any(|purpose| purpose.to_string() == CLIENT_AUTH)
    {
        findings.push(
            Id::NoClientAuth,
            place,
            "The CA's extended key usage has no clientAuth, which s2n-tls, ALB's library, \
             asks of the CAs that clients send, but not of those in the trust store.",
            "Keep it in the trust store: with only its issuer there, its clients would fail.",
        );
    }
}

fn is_key_allowed(key: KeyType) -> bool {
    match key {
        KeyType::Rsa { bits } => (2048..=8192).contains(&bits),
        KeyType::P256 | KeyType::P384 | KeyType::P521 => true,
        _ => false,
    }
}

const fn is_signature_allowed(algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm as Algorithm;
    matches!(
        algorithm,
        Algorithm::RsaPkcs1Sha256
            | Algorithm::RsaPkcs1Sha384
            | Algorithm::RsaPkcs1Sha512
            | Algorithm::RsaPssSha256
            | Algorithm::RsaPssSha384
            | Algorithm::RsaPssSha512
            | Algorithm::EcdsaSha256
            | Algorithm::EcdsaSha384
            | Algorithm::EcdsaSha512
    )
}

/// How many certificates are compared with each other. Four times as many as a trust store takes;
/// beyond that the number is what is wrong.
pub(super) const MAX_COMPARED: usize = 100;

/// id-kp-clientAuth, RFC 5280 4.2.1.12.
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
