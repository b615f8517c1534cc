//! What decided, for people.

use core::fmt;

use crate::certificate::{Certificate, CertificateError};
use crate::chain::Chain;
use crate::check::Check;
use crate::client::ClientCertificate;
use crate::crl::{Crl, CrlFault, Revocation, StoredCrl};
use crate::failure::Failure;
use crate::name::DistinguishedName;
use crate::path::{Node, Origin};
use crate::policy::MAX_PRESENTED;
use crate::status::VerifyStatus;
use crate::store::Rules;
use crate::time::DateTime;
use crate::verify;

/// A verdict and how it came about: the path, the check that failed, the certificate it failed on.
///
/// `Display` writes a sentence or two for a person, in plain ASCII; its wording may change. All
/// else is for programs.
///
/// ```
/// # use portcullis::pki_types::{CertificateDer, UnixTime};
/// # use portcullis::{Check, Policy, Position, TrustStore, signature};
/// # let leaf = [CertificateDer::from(&include_bytes!("../tests/data/leaf.der")[..])];
/// # let now = UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_796_083_200));
/// let store: TrustStore<'_> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
/// let explanation = store.explain(&leaf, now);
/// assert_eq!(explanation.check(), Some(Check::Issuer));
/// assert_eq!(explanation.failed_at(), Some(Position::Presented(0)));
/// assert!(explanation.missing_issuer().unwrap().to_string().starts_with("CN="));
/// ```
#[derive(Clone)]
pub struct Explanation<'e> {
    rules: Rules<'e>,
    chain: Chain<'e>,
    failure: Option<Failure>,
    path: heapless::Vec<Node, MAX_PATH>,
}

impl<'e> Explanation<'e> {
    pub(crate) fn new(rules: Rules<'e>, chain: Chain<'e>, now: Option<DateTime>) -> Self {
        let mut path = heapless::Vec::new();
        let judgement = verify::judge(rules, chain, now, &mut |steps| {
            path.extend(steps.iter().map(|step| step.node).take(MAX_PATH));
        });
        Self {
            rules,
            chain,
            failure: judgement.err(),
            path,
        }
    }

    /// The verdict, the same as [`verify_at`](crate::TrustStore::verify_at) gives.
    pub fn status(&self) -> VerifyStatus {
        match self.failure {
            None => VerifyStatus::Success,
            Some(failure) => VerifyStatus::Failed(failure.reason),
        }
    }

    /// The check that failed.
    #[must_use]
    pub fn check(&self) -> Option<Check> {
        self.failure.map(|failure| failure.check)
    }

    /// The certificate on which it failed, where it failed on one.
    #[must_use]
    pub fn failed_at(&self) -> Option<Position> {
        self.failure
            .and_then(|failure| failure.at)
            .map(Position::from)
    }

    /// That certificate, if it parses.
    #[must_use]
    pub fn failed_certificate(&self) -> Option<Certificate<'e>> {
        self.certificate(self.failed_at()?)
    }

    /// Why a presented certificate does not parse.
    #[must_use]
    pub fn certificate_error(&self) -> Option<CertificateError> {
        self.failure.and_then(|failure| failure.error)
    }

    /// The path as far as one was found, leaf first. When several were tried and none passed, the
    /// first.
    pub fn path(&self) -> impl Iterator<Item = PathStep<'e>> {
        self.path.iter().filter_map(|node| {
            let position = Position::from(*node);
            Some(PathStep {
                position,
                certificate: self.certificate(position)?,
            })
        })
    }

    /// The certificate of the store that anchors the path.
    #[must_use]
    pub fn anchor(&self) -> Option<PathStep<'e>> {
        let in_path = self
            .path()
            .find(|step| matches!(step.position, Position::Store(_)));
        in_path.or_else(|| {
            // A leaf that is itself in the store, with issuers above it that are not.
            let leaf = self.chain.get(0).filter(|_| self.failure.is_none())?;
            let position = Position::from(Node::store(self.rules.find_ca(leaf)?));
            Some(PathStep {
                position,
                certificate: self.certificate(position)?,
            })
        })
    }

    /// The issuer that was looked for, in the store and among what was presented, and not found.
    #[must_use]
    pub fn missing_issuer(&self) -> Option<DistinguishedName<'e>> {
        match self.check()? {
            Check::Issuer => Some(self.failed_certificate()?.issuer()),
            _ => None,
        }
    }

    /// The CRL that decided.
    #[must_use]
    pub fn crl(&self) -> Option<&'e Crl<'e>> {
        Some(&self.list()?.crl)
    }

    /// Why that CRL cannot be used, where the store knew it when the list was added.
    #[must_use]
    pub fn crl_fault(&self) -> Option<CrlFault> {
        self.list()?.fault
    }

    /// The entry of the CRL that revokes the certificate.
    #[must_use]
    pub fn revocation(&self) -> Option<Revocation<'e>> {
        match self.check()? {
            Check::Revocation => self.list()?.crl.find(self.failed_certificate()?.serial()),
            _ => None,
        }
    }

    fn list(&self) -> Option<&'e StoredCrl<'e>> {
        self.rules.crls.get(usize::from(self.failure?.crl?))
    }

    /// The leaf, if it can be read, whatever the verdict.
    #[must_use]
    pub fn client(&self) -> Option<ClientCertificate<'e>> {
        let leaf = self.certificate(Position::Presented(0))?;
        Some(ClientCertificate::new(leaf, self.rules.algorithms.sha256()))
    }

    fn certificate(&self, position: Position) -> Option<Certificate<'e>> {
        match position {
            Position::Presented(index) => Certificate::parse(self.chain.get(index)?).ok(),
            Position::Store(index) => {
                Some(self.rules.ca(u16::try_from(index).ok()?)?.certificate())
            }
        }
    }
}

impl fmt::Debug for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation")
            .field("failure", &self.failure)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(failure) = self.failure else {
            return match self.anchor() {
                Some(anchor) if self.path.len() == 1 => {
                    write!(
                        f,
                        "The client's certificate is itself in the store ({}).",
                        anchor.position
                    )
                }
                Some(anchor) => {
                    write!(
                        f,
                        "The path leads to {} of the store.",
                        anchor.certificate.subject()
                    )
                }
                None => f.write_str("The client's certificate is itself in the store."),
            };
        };
        let policy = self.rules.policy;
        match (self.failed_at(), self.failed_certificate()) {
            (Some(position), Some(certificate)) => {
                write!(f, "{position} ({}): ", certificate.subject())?;
            }
            (Some(position), None) => write!(f, "{position}: ")?,
            (None, _) => {}
        }
        let failed = self.failed_certificate();
        match failure.check {
            Check::Presence => f.write_str("The client presented no certificate."),
            Check::Clock => f.write_str("There is no time to verify at."),
            Check::MessageSize => write!(
                f,
                "The Certificate message has {} octets; the limit is {}.",
                self.chain.message_size(),
                policy.max_message_size
            ),
            Check::Parsing => match failure.error {
                Some(error) => write!(f, "it does not parse: {error}."),
                None => f.write_str("it does not parse."),
            },
            Check::Version => f.write_str("it is not an X.509 version 3 certificate."),
            Check::SignatureAlgorithm => match failed.and_then(|it| it.signature_algorithm()) {
                Some(algorithm) => write!(
                    f,
                    "its signature, {algorithm}, is not allowed or supported."
                ),
                None => f.write_str("its signature algorithm is not allowed."),
            },
            Check::KeySize => match failed.map(|it| it.key_type()) {
                Some(key) => write!(f, "its key, {key}, is not of an allowed size."),
                None => f.write_str("its key is not of an allowed size."),
            },
            Check::ChainDepth => write!(
                f,
                "{} certificates were presented; the limit is {}.",
                self.chain.len(),
                policy.max_depth
            ),
            Check::Issuer => match failed {
                Some(it) => write!(
                    f,
                    "no CA named {} that could have issued it is in the store, nor was one presented.",
                    it.issuer()
                ),
                None => f.write_str("its issuer is unknown."),
            },
            Check::SelfSignedLeaf => f.write_str("it is self-signed and not in the store."),
            Check::ExtensionSyntax => f.write_str("an extension is malformed or there twice."),
            Check::CriticalExtension => f.write_str("it has a critical extension that is unknown."),
            Check::CaFlag => f.write_str("it issued a certificate of the path and is not a CA."),
            Check::KeyCertSign => f.write_str("its key usage does not allow signing certificates."),
            Check::PathLength => f.write_str("more CAs are below it than its path length allows."),
            Check::Revocation => match self.revocation() {
                Some(entry) => write!(
                    f,
                    "it has been revoked since {} ({}).",
                    entry.date,
                    entry.reason_str()
                ),
                None => f.write_str("it is revoked."),
            },
            Check::CrlSign => f.write_str("it issued a CRL, and its key usage has no cRLSign."),
            Check::CrlUsability => match self.crl_fault() {
                Some(fault) => write!(f, "its issuer's CRL cannot be used: {fault}."),
                None => f.write_str("its issuer's CRL is not signed by its issuer."),
            },
            Check::CrlScope => f.write_str("its issuer's CRLs are about other certificates."),
            Check::CrlValidity => f.write_str("its issuer's CRL has expired or is not yet valid."),
            Check::CrlPresence => f.write_str("there is no CRL of its issuer."),
            Check::Signature => f.write_str("its signature is not by the key of its issuer."),
            Check::NotBefore => match failed {
                Some(it) => write!(f, "it is not valid before {}.", it.validity().not_before()),
                None => f.write_str("it is not valid yet."),
            },
            Check::NotAfter => match failed {
                Some(it) => write!(
                    f,
                    "it has not been valid since {}.",
                    it.validity().not_after()
                ),
                None => f.write_str("it is not valid any more."),
            },
            Check::NameConstraints => {
                f.write_str("a name is outside its issuers' name constraints.")
            }
            Check::ComparisonBudget => {
                f.write_str("it has too many names for its issuers' many name constraints.")
            }
            Check::ExtendedKeyUsage => f.write_str("its extended key usage has no clientAuth."),
            Check::KeyUsage => {
                f.write_str("its key usage has neither digitalSignature nor keyAgreement.")
            }
            Check::NetscapeCertType => f.write_str("its nsCertType does not have SSL client."),
            Check::SecondOpinion => f.write_str("the second opinion, webpki, refuses the path."),
            Check::Application => f.write_str("the application refuses it."),
            Check::KeyType => match failed.map(|it| it.key_type()) {
                Some(key) => write!(f, "its key is of a type that is not supported: {key}."),
                None => f.write_str("its key is of a type that is not supported."),
            },
            Check::SearchBudget => {
                f.write_str("the search for a path was given up: too many ways.")
            }
        }
    }
}

/// A certificate of the path.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PathStep<'e> {
    /// Where it comes from.
    pub position: Position,
    /// What it says.
    pub certificate: Certificate<'e>,
}

/// Where a certificate comes from. `Display` writes it for people: `presented certificate 0`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Position {
    /// The client, with the index in what it presented; the leaf's is 0.
    Presented(usize),
    /// The store, with the index in the order in which CAs were added.
    Store(usize),
}

impl From<Node> for Position {
    fn from(node: Node) -> Self {
        match node.origin() {
            Origin::Presented(index) => Self::Presented(usize::from(index)),
            Origin::Store(index) => Self::Store(usize::from(index)),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Presented(index) => write!(f, "presented certificate {index}"),
            Self::Store(index) => write!(f, "CA certificate {index} of the store"),
        }
    }
}

/// A path has at most every presented certificate, the leaf once more in a loop, and an anchor.
const MAX_PATH: usize = MAX_PRESENTED as usize + 2;
