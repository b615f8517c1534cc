//! Validity (RFC 5280 4.1.2.5).

use super::Check;
use crate::certificate::Facts;
use crate::path::Node;
use crate::policy::{Expiry, NotAfter, Policy};
use crate::time::DateTime;
use crate::verify::Engine;

/// Without a time, on a device that has no clock and whose policy allows that,
/// every certificate is valid.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn check_validity(
    certificate: &Facts,
    is_leaf: bool,
    now: Option<DateTime>,
    policy: &Policy,
) -> Result<(), Check> {
    let Some(now) = now else {
        return Ok(());
    };
    let validity = certificate.validity;
    if now < validity.not_before {
        return Err(Check::NotBefore);
    }
    let is_waived = match policy.expiry {
        Expiry::Enforce => false,
        Expiry::Ignore => true,
        Expiry::IgnoreLeaf => is_leaf,
    };
    let not_after = validity.not_after;
    let has_expired = match policy.not_after {
        NotAfter::Excluded => now >= not_after,
        NotAfter::Included => now > not_after,
    };
    match has_expired && !is_waived {
        true => Err(Check::NotAfter),
        false => Ok(()),
    }
}

impl Engine<'_, '_> {
    /// Whether an issuer is valid: those that are come first in the search.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn is_valid(&self, issuer: Node) -> bool {
        check_validity(self.facts(issuer), false, self.now, self.rules.policy).is_ok()
    }
}
