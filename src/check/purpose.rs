//! Whether certificates may be used to authenticate a TLS client (RFC 5280 4.2.1.12 and 4.2.1.3).

use super::Check;
use crate::certificate::Facts;
use crate::policy::{AnyEku, MissingEku, Policy};

/// Bit 0 of nsCertType: SSL client.
const NETSCAPE_SSL_CLIENT: u8 = 0x80;

/// The leaf: extKeyUsage, then a keyUsage with which a client can sign or agree on keys, then
/// nsCertType, in AWS-LC's order.
pub(crate) fn check_leaf_purpose(leaf: &Facts, policy: &Policy) -> Result<(), Check> {
    if leaf.extended_key_usage.is_none() && policy.missing_eku == MissingEku::Deny {
        return Err(Check::ExtendedKeyUsage);
    }
    check_issuer_purpose(leaf, policy)?;
    let key_usage = leaf.key_usage;
    if key_usage.is_some_and(|usage| !usage.digital_signature() && !usage.key_agreement()) {
        return Err(Check::KeyUsage);
    }
    match leaf.netscape_cert_type {
        Some(bits) if bits & NETSCAPE_SSL_CLIENT == 0 => Err(Check::NetscapeCertType),
        _ => Ok(()),
    }
}

/// Any certificate of the path below the anchor: where there is an extKeyUsage it must hold
/// clientAuth. RFC 5280 says nothing of CAs; that theirs limit what they issue is what everybody
/// does.
pub(crate) fn check_issuer_purpose(certificate: &Facts, policy: &Policy) -> Result<(), Check> {
    let Some(usage) = certificate.extended_key_usage else {
        return Ok(());
    };
    match usage.client_auth || usage.any && policy.any_eku == AnyEku::Allow {
        true => Ok(()),
        false => Err(Check::ExtendedKeyUsage),
    }
}
