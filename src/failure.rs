//! What failed.

use crate::certificate::CertificateError;
use crate::check::Check;
use crate::path::{LEAF, Node};
use crate::status::FailureReason;

/// That a check failed. What and where stands in the engine, so that this fits a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// The first check that failed, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    pub(crate) check: Check,
    pub(crate) reason: FailureReason,
    pub(crate) at: Option<Node>,
    pub(crate) error: Option<CertificateError>,
    /// The CRL that decided, by index.
    pub(crate) crl: Option<u16>,
}

impl Failure {
    pub(crate) const fn new(check: Check, at: Option<Node>) -> Self {
        Self {
            check,
            reason: check.reason(),
            at,
            error: None,
            crl: None,
        }
    }

    pub(crate) const fn at(check: Check, node: Node) -> Self {
        Self::new(check, Some(node))
    }

    /// A check that knows the word for its failure itself.
    pub(crate) const fn with_reason(failed: (Check, FailureReason), node: Node) -> Self {
        let (check, reason) = failed;
        Self {
            reason,
            ..Self::at(check, node)
        }
    }

    /// Whether it is the leaf's own fault, so that no other path could do without it.
    pub(crate) fn is_final(&self) -> bool {
        let is_of_leaf = matches!(
            self.check,
            Check::ExtensionSyntax
                | Check::CriticalExtension
                | Check::KeySize
                | Check::NotBefore
                | Check::NotAfter
                | Check::ExtendedKeyUsage
                | Check::KeyUsage
                | Check::NetscapeCertType
        );
        is_of_leaf && self.at == Some(LEAF)
    }
}
