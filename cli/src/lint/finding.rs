//! What was found: each kind with its identifier, its weight, and how it is known.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// A file that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As it was named.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Where it stands on the command line, for the order of the findings.
    pub(super) number: usize,
}

/// What a file is meant to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Bundle,
    Chain,
    Crl,
}

/// Where something was found. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub(super) source: &'p Source,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    /// Of the certificate, or the issuer of the CRL.
    pub(super) subject: Option<&'p str>,
}

impl<'p> Place<'p> {
    /// A file as a whole.
    pub(super) const fn file(source: &'p Source) -> Self {
        Self {
            source,
            line: None,
            column: None,
            subject: None,
        }
    }
}

/// One thing that was found; as JSON, an item of `findings` of docs/lint.schema.json.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(super) severity: Severity,
    pub(super) id: Id,
    pub(super) file: String,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) subject: Option<String>,
    /// What it is, in a sentence.
    pub(super) message: Cow<'static, str>,
    /// What to do, in a sentence.
    pub(super) advice: Cow<'static, str>,
    /// AWS's word for it.
    pub(super) aws: Option<&'static str>,
    pub(super) basis: Basis,
    #[serde(skip)]
    number: usize,
}

/// All that was found, with a limit for each kind: a file can hold millions of blank lines.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<Id, usize>,
}

impl Findings {
    /// Adds one.
    pub(super) fn push(
        &mut self,
        id: Id,
        place: Place<'_>,
        message: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) {
        let count = self.counts.entry(id).or_default();
        *count += 1;
        if *count > MAX_OF_A_KIND {
            return;
        }
        self.kept.push(Finding {
            severity: id.severity(),
            id,
            file: place.source.name.clone(),
            line: place.line,
            column: place.column,
            subject: place.subject.map(str::to_owned),
            message: message.into(),
            advice: advice.into(),
            aws: id.aws(place.source.kind),
            basis: id.basis(),
            number: place.source.number,
        });
    }

    /// How many of that weight, the ones that weren't kept too.
    pub(super) fn count(&self, severity: Severity) -> usize {
        let of_severity = self
            .counts
            .iter()
            .filter(|(id, _)| id.severity() == severity);
        of_severity.map(|(_, count)| count).sum()
    }

    /// How many weren't kept.
    pub(super) fn omitted(&self) -> usize {
        self.counts.values().sum::<usize>() - self.kept.len()
    }

    /// In the order of the files and their lines.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.kept.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.number, finding.line, finding.column);
            key(a).cmp(&key(b)).then(a.severity.cmp(&b.severity))
        });
        self.kept
    }
}

/// How much it matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// ALB refuses the upload, or every client concerned fails.
    Error,
    /// A surprise, now or later.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The word before the identifier.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// How ALB's side of it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Basis {
    /// AWS documents it.
    Documented,
    /// Seen in s2n-tls and AWS-LC, which ALB's mutual TLS is built on.
    Observed,
    /// AWS documents neither this nor the opposite.
    Undocumented,
}

/// AWS's name of the error that a kind leads to.
#[derive(Clone, Copy)]
enum Refusal {
    /// Too many entries.
    Entries,
    /// The file is not what it has to be.
    Format,
    /// None is documented.
    Unnamed,
}

impl Id {
    /// AWS's word, where the upload is refused and there is one.
    const fn aws(self, kind: Kind) -> Option<&'static str> {
        match (self.refusal(), kind) {
            (Refusal::Format, Kind::Bundle) => Some("InvalidCaCertificatesBundle"),
            (Refusal::Format, Kind::Crl) => Some("InvalidRevocationContent"),
            (Refusal::Entries, _) => Some("TooManyTrustStoreRevocationEntries"),
            _ => None,
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Makes the kinds out of a table: each with its stable identifier, severity, basis and refusal.
macro_rules! ids {
    ($($id:ident $name:literal $severity:ident $basis:ident $refusal:ident;)*) => {
        /// The kinds of findings. docs/lint.md of this crate says what each is.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub(crate) enum Id {
            $($id,)*
        }

        impl Id {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$id,)*];

            /// Never changes.
            pub(super) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$id => $name,)*
                }
            }

            const fn severity(self) -> Severity {
                match self {
                    $(Self::$id => Severity::$severity,)*
                }
            }

            const fn basis(self) -> Basis {
                match self {
                    $(Self::$id => Basis::$basis,)*
                }
            }

            const fn refusal(self) -> Refusal {
                match self {
                    $(Self::$id => Refusal::$refusal,)*
                }
            }
        }
    };
}

ids! {
    // The text of a file.
    BadBase64 "bad-base64" Error Documented Format;
    BareCr "bare-cr" Warning Undocumented Unnamed;
    BlankLine "blank-line" Error Documented Format;
    BrokenPem "broken-pem" Error Documented Format;
    ByteOrderMark "byte-order-mark" Error Documented Format;
    Crlf "crlf" Note Undocumented Unnamed;
    DashInComment "dash-in-comment" Error Documented Format;
    LineLength "line-length" Warning Undocumented Unnamed;
    MalformedBoundary "malformed-boundary" Error Documented Format;
    NoCertificates "no-certificates" Error Documented Format;
    NotPem "not-pem" Error Documented Format;
    OtherSection "other-section" Error Documented Format;
    OuterBlanks "outer-blanks" Warning Undocumented Unnamed;
    PrivateKey "private-key" Error Documented Format;
    TextDump "text-dump" Error Documented Format;
    TextLine "text-line" Error Documented Format;
    Utf16 "utf-16" Error Documented Format;
    // Quotas.
    CertificateTooLarge "certificate-too-large" Error Documented Unnamed;
    CrlTooLarge "crl-too-large" Error Documented Unnamed;
    SubjectsTooLong "subjects-too-long" Error Documented Unnamed;
    TooManyCertificates "too-many-certificates" Error Documented Unnamed;
    TooManyCrlEntries "too-many-crl-entries" Error Documented Entries;
    TooManyCrls "too-many-crls" Error Documented Unnamed;
    // Certificates of the bundle.
    AmbiguousIssuer "ambiguous-issuer" Warning Observed Unnamed;
    CaOutOfCrlScope "ca-out-of-crl-scope" Error Observed Unnamed;
    DuplicateCertificate "duplicate-certificate" Warning Undocumented Unnamed;
    Expired "expired" Error Documented Unnamed;
    ExpiredButRenewed "expired-but-renewed" Note Observed Unnamed;
    ExpiresSoon "expires-soon" Warning Documented Unnamed;
    IssuerInBundle "issuer-in-bundle" Note Observed Unnamed;
    IssuerNotInBundle "issuer-not-in-bundle" Note Observed Unnamed;
    KeyNotAllowed "key-not-allowed" Error Documented Unnamed;
    MalformedExtension "malformed-extension" Error Observed Unnamed;
    NameConstraints "name-constraints" Note Documented Unnamed;
    NoClientAuth "no-client-auth" Note Observed Unnamed;
    NoCrlSign "no-crl-sign" Error Observed Unnamed;
    NoKeyCertSign "no-key-cert-sign" Error Documented Unnamed;
    NotACa "not-a-ca" Error Documented Format;
    NotVersion3 "not-version-3" Warning Observed Unnamed;
    NotYetValid "not-yet-valid" Error Documented Unnamed;
    PathLength "path-length" Warning Observed Unnamed;
    RevokedCa "revoked-ca" Error Documented Unnamed;
    SameSubjectOtherKey "same-subject-other-key" Note Observed Unnamed;
    SameSubjectSameKey "same-subject-same-key" Note Observed Unnamed;
    UnknownCriticalExtension "unknown-critical-extension" Error Documented Unnamed;
    UnreadableCertificate "unreadable-certificate" Error Documented Format;
    WeakRootSignature "weak-root-signature" Note Observed Unnamed;
    WeakSignature "weak-signature" Warning Documented Unnamed;
    // CRLs.
    CrlBadSignature "crl-bad-signature" Error Documented Unnamed;
    CrlExpired "crl-expired" Warning Observed Unnamed;
    CrlExpiresSoon "crl-expires-soon" Note Observed Unnamed;
    CrlIssuerUnknown "crl-issuer-unknown" Warning Observed Unnamed;
    CrlNotYetValid "crl-not-yet-valid" Warning Observed Unnamed;
    CrlOtherSection "crl-other-section" Warning Undocumented Unnamed;
    CrlPartialScope "crl-partial-scope" Note Observed Unnamed;
    CrlSuperseded "crl-superseded" Warning Observed Unnamed;
    CrlText "crl-text" Note Undocumented Unnamed;
    CrlUnreadable "crl-unreadable" Error Documented Format;
    CrlUnusable "crl-unusable" Error Observed Unnamed;
    CrlWeakSignature "crl-weak-signature" Note Observed Unnamed;
    CrlWithoutNumber "crl-without-number" Note Observed Unnamed;
    DuplicateCrl "duplicate-crl" Warning Undocumented Unnamed;
    NoCrl "no-crl" Error Documented Format;
    SeveralCrls "several-crls" Error Documented Format;
    // Chains of clients.
    ChainRefused "chain-refused" Error Documented Unnamed;
    MissingIssuer "missing-issuer" Error Documented Unnamed;
    NeedlessCertificate "needless-certificate" Note Observed Unnamed;
    NeedlessRoot "needless-root" Note Observed Unnamed;
    SentIntermediate "sent-intermediate" Note Observed Unnamed;
}

/// Enough to mend a file by; more help nobody.
const MAX_OF_A_KIND: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of the rows of docs/lint.md that are about findings.
    fn documented() -> Vec<(&'static str, &'static str, &'static str)> {
        include_str!("../../docs/lint.md")
            .lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix("| `")?.split(" | ");
                let id = cells.next()?.strip_suffix('`')?;
                Some((id, cells.next()?, cells.next()?))
            })
            .collect()
    }

    #[test]
    fn every_kind_is_documented_with_its_weight_and_basis() {
        let known: Vec<_> = Id::ALL
            .iter()
            .map(|id| {
                let basis = match id.basis() {
                    Basis::Documented => "documented",
                    Basis::Observed => "observed",
                    Basis::Undocumented => "undocumented",
                };
                (id.as_str(), id.severity().as_str(), basis)
            })
            .collect();
        assert_eq!(documented(), known);
    }

    #[test]
    fn the_schema_lists_every_kind() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../docs/lint.schema.json")).expect("JSON");
        let ids = &schema["properties"]["findings"]["items"]["properties"]["id"]["enum"];
        let known: Vec<_> = Id::ALL.iter().map(|id| id.as_str()).collect();
        assert_eq!(*ids, serde_json::Value::from(known));
    }

    #[test]
    fn of_a_kind_only_so_many_are_kept_and_all_are_counted() {
        let source = Source {
            name: "bundle.pem".to_owned(),
            kind: Kind::Bundle,
            number: 0,
        };
        let mut findings = Findings::default();
        for _ in 0..=MAX_OF_A_KIND {
            findings.push(Id::BlankLine, Place::file(&source), "what", "do");
        }
        findings.push(Id::Crlf, Place::file(&source), "what", "do");
        assert_eq!(findings.count(Severity::Error), 101);
        assert_eq!(findings.count(Severity::Note), 1);
        assert_eq!(findings.omitted(), 1);
        assert_eq!(findings.into_sorted().len(), 101);
    }

    #[test]
    fn the_word_of_aws_is_that_of_the_upload_that_is_refused() {
        let words = |id: Id| [Kind::Bundle, Kind::Crl, Kind::Chain].map(|kind| id.aws(kind));
        assert_eq!(
            words(Id::BrokenPem),
            [
                Some("InvalidCaCertificatesBundle"),
                Some("InvalidRevocationContent"),
                None
            ]
        );
        assert_eq!(words(Id::Crlf), [None; 3]);
        assert_eq!(
            words(Id::TooManyCrlEntries),
            [Some("TooManyTrustStoreRevocationEntries"); 3]
        );
    }
}
