//! Validity (RFC 5280 4.1.2.5).

use super::Check;
use crate::certificate::Facts;
use crate::policy::{Expiry, NotAfter, Policy};
use crate::time::DateTime;

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

/// Whether an issuer is valid: those that are come first in the search.
pub(crate) fn is_valid(issuer: &Facts, now: Option<DateTime>, policy: &Policy) -> bool {
    check_validity(issuer, false, now, policy).is_ok()
}
