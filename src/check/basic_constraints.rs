//! What extensions say of a certificate's place in a path (RFC 5280 4.2, 4.2.1.9, 4.2.1.3).

use super::Check;
use crate::certificate::Facts;
use crate::policy::Dialect;

/// Nothing malformed, nothing critical that is not understood.
pub(crate) fn check_extensions(certificate: &Facts) -> Result<(), Check> {
    if certificate.has_malformed_extension {
        return Err(Check::ExtensionSyntax);
    }
    match certificate.unknown_critical {
        Some(_) => Err(Check::CriticalExtension),
        None => Ok(()),
    }
}

/// An issuer must be a CA and allowed to sign certificates.
pub(crate) fn check_issuer_role(issuer: &Facts, is_anchor: bool) -> Result<(), Check> {
    if !issuer.is_ca(is_anchor) {
        return Err(Check::CaFlag);
    }
    match issuer.may_sign_certificates() {
        true => Ok(()),
        false => Err(Check::KeyCertSign),
    }
}

/// How many CA certificates, self-issued ones aside, lie below an issuer in its path.
///
/// AWS-LC counts certificates below the issuer and takes one off for the leaf, even if the leaf is
/// self-issued and was not counted; and it lets a self-issued issuer's own limit pass. RFC 5280
/// 6.1.4 has neither exception.
pub(crate) fn check_path_length(
    issuer: &Facts,
    below: impl Iterator<Item = bool>,
    dialect: Dialect,
) -> Result<(), Check> {
    let limit = issuer
        .basic_constraints
        .and_then(|constraints| constraints.path_len);
    let Some(limit) = limit else {
        return Ok(());
    };
    let below = below.enumerate();
    let length = match dialect {
        Dialect::Alb if issuer.is_self_issued => return Ok(()),
        Dialect::Alb => below
            .filter(|(_, is_self_issued)| !is_self_issued)
            .count()
            .saturating_sub(1),
        Dialect::Rfc5280 => below
            .filter(|(index, is_self_issued)| *index > 0 && !is_self_issued)
            .count(),
    };
    match u32::try_from(length).is_ok_and(|length| length <= limit) {
        true => Ok(()),
        false => Err(Check::PathLength),
    }
}
