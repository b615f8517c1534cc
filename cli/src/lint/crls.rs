//! The CRLs that are uploaded beside a bundle.

mod list;
mod whole;

use std::path::PathBuf;

use portcullis::pki_types::CertificateDer;
use portcullis::signature::AWS_LC_RS;
use portcullis::{Crl, CrlAdded, CrlError, CrlFault, Policy, SignatureAlgorithm, TrustStore};

use super::certificates::Member;
use super::finding::{Findings, Id, Kind, Place, Source};
use super::form;
use super::moment::Moment;
use super::pem::{self, OddityKind};
use super::quota::{CrlUse, MAX_CRL_SIZE};
use crate::input::{self, Format, as_text, utf16_text};
use crate::outcome::complain;

/// The trust store as it would be, and what its CRLs use.
pub(super) struct Loaded {
    pub(super) store: TrustStore<'static>,
    pub(super) usage: CrlUse,
    /// Whether every file could be read.
    pub(super) all_read: bool,
}

/// Reads every CRL, and tells of each by itself, with the bundle and with the others.
pub(super) fn check(
    files: &[PathBuf],
    bundle: &Source,
    members: &[Member<'_>],
    moment: Moment,
    findings: &mut Findings,
) -> Loaded {
    let mut reader = Reader {
        bundle,
        members,
        moment,
        findings,
        store: store(members),
        usage: CrlUse::default(),
        kept: Vec::new(),
        without_crl_sign: vec![false; members.len()],
    };
    let mut all_read = true;
    for (number, file) in (1..).zip(files) {
        match input::read_large(file) {
            Ok(bytes) => {
                let name = file.display().to_string();
                let kind = Kind::Crl;
                reader.read(Source { name, kind, number }, &bytes);
            }
            Err(error) => {
                complain(error);
                all_read = false;
            }
        }
    }
    reader.compare();
    reader.look_up_cas();
    Loaded {
        store: reader.store,
        usage: reader.usage,
        all_read,
    }
}

/// As ALB would fill it, but for the quotas, which are findings of their own.
fn store(members: &[Member<'_>]) -> TrustStore<'static> {
    let policy = Policy::ALB
        .with_max_ca_size(u32::MAX)
        .with_max_crl_size(u32::MAX)
        .with_max_crl_entries(u32::MAX);
    let mut store = TrustStore::new(policy, AWS_LC_RS);
    for member in members {
        let der = CertificateDer::from(member.certificate.der().to_vec());
        // What it refuses is told of as a certificate.
        _ = store.add_ca(der);
    }
    store
}

struct Reader<'r, 'b> {
    bundle: &'r Source,
    members: &'r [Member<'b>],
    moment: Moment,
    findings: &'r mut Findings,
    store: TrustStore<'static>,
    usage: CrlUse,
    /// Of each CRL of the store: its file, line and issuer.
    kept: Vec<(Source, Option<usize>, String)>,
    /// Of each certificate of the bundle: whether that finding was made.
    without_crl_sign: Vec<bool>,
}

impl Reader<'_, '_> {
    fn read(&mut self, source: Source, bytes: &[u8]) {
        self.usage.files += 1;
        self.usage.largest = self.usage.largest.max(bytes.len());
        let file = Place::file(&source);
        if bytes.len() > MAX_CRL_SIZE {
            self.findings.push(
                Id::CrlTooLarge,
                file,
                format!(
                    "The file has {} octets, and ALB takes {MAX_CRL_SIZE}.",
                    bytes.len()
                ),
                "Have the CA leave expired certificates out of its list.",
            );
        }
        if let Some(text) = utf16_text(bytes) {
            self.findings.push(
                Id::Utf16,
                file,
                "The file is UTF-16, and PEM is ASCII.",
                "Save it as ASCII or UTF-8 without a byte order mark.",
            );
            return self.read_text(source, text.as_bytes());
        }
        match Format::of(bytes) {
            Ok(Format::Pem) => self.read_text(source, bytes),
            Err(_) if as_text(bytes).is_some() => self.read_text(source, bytes),
            _ => self.read_der(source, bytes),
        }
    }

    fn read_text(&mut self, source: Source, text: &[u8]) {
        // Where text first stands beside the list. Runs of lines aren't told in their order.
        let mut text_line: Option<usize> = None;
        let mut is_broken = false;
        let findings = &mut *self.findings;
        let sections = pem::scan(text, "X509 CRL", &mut |oddity| match oddity.kind {
            OddityKind::BlankLine
            | OddityKind::ByteOrderMark
            | OddityKind::DashInComment
            | OddityKind::TextDump
            | OddityKind::TextLine => {
                text_line = Some(text_line.map_or(oddity.line, |line| line.min(oddity.line)));
            }
            OddityKind::OtherSection(label) => findings.push(
                Id::CrlOtherSection,
                Place {
                    line: Some(oddity.line),
                    ..Place::file(&source)
                },
                format!(
                    "The section is a {}, and a file holds one CRL; whether ALB overlooks it is \
                     not documented.",
                    form::printable(label)
                ),
                "Delete the section.",
            ),
            kind => {
                is_broken |= form::is_loss(kind);
                form::tell(&source, oddity, findings);
            }
        });
        if text_line.is_some() {
            self.findings.push(
                Id::CrlText,
                Place {
                    line: text_line,
                    ..Place::file(&source)
                },
                "There is more in the file than the CRL; that bundles may hold no such text is \
                 documented, whether CRLs may is not.",
                "Delete everything outside the section if an upload fails.",
            );
        }
        if let [_, second, ..] = &*sections {
            self.findings.push(
                Id::SeveralCrls,
                Place {
                    line: Some(second.line),
                    ..Place::file(&source)
                },
                format!(
                    "Another CRL begins here ({} in all), and a file holds one.",
                    sections.len()
                ),
                "Put each CRL into a file of its own.",
            );
        }
        if sections.is_empty() && !is_broken {
            self.findings.push(
                Id::NoCrl,
                Place::file(&source),
                "The file holds no X509 CRL section.",
                "Upload the CRL in PEM: openssl crl -outform PEM writes it.",
            );
        }
        for section in sections {
            self.add(source.clone(), Some(section.line), section.der);
        }
    }

    fn read_der(&mut self, source: Source, bytes: &[u8]) {
        let reason = Crl::index_len(bytes).err();
        let what = match reason {
            None => "a CRL in DER".to_owned(),
            Some(error) => format!("binary, and no CRL in DER either ({error})"),
        };
        self.findings.push(
            Id::NotPem,
            Place::file(&source),
            format!("The file is {what}, and ALB takes PEM."),
            "Write it as PEM: openssl crl -inform DER does.",
        );
        if reason.is_none() {
            self.add(source, None, bytes.to_vec());
        }
    }

    fn add(&mut self, source: Source, line: Option<usize>, der: Vec<u8>) {
        let crl = match Crl::from_der(der) {
            Ok(crl) => crl,
            // Its file is too large for ALB as well, which has been told.
            Err(CrlError::TooLarge { .. }) => return,
            Err(error) => {
                self.findings.push(
                    Id::CrlUnreadable,
                    Place {
                        line,
                        ..Place::file(&source)
                    },
                    format!("The CRL can't be read: {error}."),
                    "Get it anew from its CA.",
                );
                return;
            }
        };
        self.usage.entries += crl.len();
        let issuer = crl.issuer().to_string();
        let place = Place {
            source: &source,
            line,
            column: None,
            subject: Some(&issuer),
        };
        self.check_times(&crl, place);
        self.check_content(&crl, place);
        self.check_issuers(&crl);
        let algorithm = crl.signature_algorithm();
        let twin = self.store.crls().position(|known| known.der() == crl.der());
        match self.store.add_crl(crl) {
            Ok(CrlAdded::Duplicate) => {
                let twin = twin.and_then(|index| self.kept.get(index));
                self.findings.push(
                    Id::DuplicateCrl,
                    place,
                    match twin {
                        Some((twin, ..)) => format!(
                            "The CRL is the same as the one in {}, and may count twice towards the \
                             quotas.",
                            twin.name
                        ),
                        None => "The CRL is there twice.".to_owned(),
                    },
                    "Leave one of them out.",
                );
                return;
            }
            Ok(CrlAdded::Unusable(CrlFault::Signature)) => {
                self.tell_signature(algorithm, place);
            }
            Ok(CrlAdded::Unverified) => self.tell_unknown_issuer(place),
            Ok(_) if is_sha1(algorithm) => self.findings.push(
                Id::CrlWeakSignature,
                place,
                "The CRL is signed with SHA-1, which s2n-tls, ALB's library, accepts of lists.",
                "Have the CA sign its lists with SHA-256, SHA-384 or SHA-512.",
            ),
            Ok(_) => {}
            // Full, which is a finding about the quota.
            Err(_) => return,
        }
        self.kept.push((source, line, issuer));
    }
}

fn is_sha1(algorithm: Option<SignatureAlgorithm>) -> bool {
    matches!(
        algorithm,
        Some(SignatureAlgorithm::RsaPkcs1Sha1 | SignatureAlgorithm::EcdsaSha1)
    )
}
