//! The extensions of lists (RFC 5280 5.2) and of their entries (RFC 5280 5.3).

use super::CrlFault;
use super::parse::Facts;
use super::scope::Scope;
use crate::certificate::{AuthorityKeyIdentifier, Extension};
use crate::span::Span;
use crate::{der, oid};

impl Facts {
    /// Reads the content of `crlExtensions [0]`; `None` if it is malformed.
    pub(super) fn read_extensions(&mut self, der: &[u8], content: &[u8]) -> Option<()> {
        let mut list = der::Reader::new(der::sole(content, der::SEQUENCE)?);
        while !list.is_empty() {
            let extension = Extension::read(&mut list)?;
            match extension.of_id_ce() {
                Some(oid::CRL_NUMBER) if self.number.is_none() => {
                    let number = der::integer(der::sole(extension.value, der::INTEGER)?)?;
                    self.number = Some(Span::of(der, number)?);
                    // RFC 5280 5.2.3: it MUST NOT be critical, and AWS-LC then does not know it.
                    if extension.is_critical {
                        self.blame(CrlFault::CriticalExtension);
                    }
                }
                Some(oid::AUTHORITY_KEY_IDENTIFIER) if self.authority_key_identifier.is_none() => {
                    let content = der::sole(extension.value, der::SEQUENCE)?;
                    AuthorityKeyIdentifier::read(content)?;
                    self.authority_key_identifier = Some(Span::of(der, content)?);
                }
                Some(oid::ISSUING_DISTRIBUTION_POINT) if self.distribution_point.is_none() => {
                    let content = der::sole(extension.value, der::SEQUENCE)?;
                    if let Some(fault) = Scope::check(content)? {
                        self.blame(fault);
                    }
                    self.distribution_point = Some(Span::of(der, content)?);
                }
                Some(
                    oid::CRL_NUMBER
                    | oid::AUTHORITY_KEY_IDENTIFIER
                    | oid::ISSUING_DISTRIBUTION_POINT,
                ) => return None,
                Some(oid::DELTA_CRL_INDICATOR) => self.blame(CrlFault::Delta),
                _ if extension.is_critical => self.blame(CrlFault::CriticalExtension),
                _ => {}
            }
        }
        Some(())
    }

    /// The first fault is the one that is told.
    fn blame(&mut self, fault: CrlFault) {
        self.fault = self.fault.or(Some(fault));
    }
}

/// What the extensions of an entry make its list unusable for; the outer `None` if they are
/// malformed.
pub(super) fn check_entry(content: &[u8]) -> Option<Option<CrlFault>> {
    let mut list = der::Reader::new(content);
    let mut fault = None;
    while !list.is_empty() {
        let extension = Extension::read(&mut list)?;
        let this = match extension.of_id_ce() {
            // RFC 5280 5.3.3: the entry, and those after it, are of another issuer.
            Some(oid::CERTIFICATE_ISSUER) => Some(CrlFault::Indirect),
            _ if extension.is_critical => Some(CrlFault::CriticalEntryExtension),
            _ => None,
        };
        fault = fault.or(this);
    }
    Some(fault)
}

/// The reason code among the extensions of an entry, if it is one.
pub(super) fn reason(content: &[u8]) -> Option<u8> {
    let mut list = der::Reader::new(content);
    while !list.is_empty() {
        let extension = Extension::read(&mut list)?;
        if extension.of_id_ce() == Some(oid::REASON_CODE) {
            return match der::sole(extension.value, der::ENUMERATED)? {
                [code] => Some(*code),
                _ => None,
            };
        }
    }
    None
}
