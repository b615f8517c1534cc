//! Signatures, and which algorithms they may use (RFC 5280 6.1.3 (a)(1)).

use pki_types::SignatureVerificationAlgorithm;

use super::Check;
use crate::certificate::{Facts, View};
use crate::crl::Crl;
use crate::curve;
use crate::key::{EcCurve, KeyKind};
use crate::policy::Policy;
use crate::signature::Verifier;
use crate::status::FailureReason;
use crate::store::Rules;

/// Whether the policy allows how a certificate is signed and how large its key is.
///
/// A certificate whose issuer is its subject is exempt from the first: nobody relies on its
/// signature.
pub(crate) fn check_algorithms(
    facts: &Facts,
    policy: &Policy,
) -> Result<(), (Check, FailureReason)> {
    let algorithm = facts.signature_algorithm;
    if !facts.is_self_issued && !algorithm.is_some_and(|known| policy.allows_signature(known)) {
        let reason = match algorithm {
            Some(known) if known.is_sha1() => policy.sha1_reason(),
            _ => FailureReason::ClientCertIncompatible,
        };
        return Err((Check::SignatureAlgorithm, reason));
    }
    match policy.allows_key_size(facts.key_type) {
        true => Ok(()),
        false => Err((Check::KeySize, Check::KeySize.reason())),
    }
}

/// Verifies the signature of `certificate` with the key of `issuer`.
pub(crate) fn check_signature(
    certificate: &View<'_, '_>,
    issuer: &View<'_, '_>,
    rules: &Rules<'_>,
) -> Result<(), Check> {
    if !certificate.facts.is_signature_sound {
        return Err(Check::Signature);
    }
    let Some(kind) = issuer.facts.key_type.kind() else {
        return Err(Check::Signature);
    };
    let algorithm = certificate.facts.signature_algorithm;
    let Some(algorithm) = algorithm.filter(|algorithm| rules.policy.allows_signature(*algorithm))
    else {
        return Err(Check::SignatureAlgorithm);
    };
    if !algorithm.is_of(kind) {
        return Err(Check::Signature);
    }
    let Some(verifier) = rules.algorithms.find(issuer.facts.key_type, algorithm) else {
        return Err(Check::SignatureAlgorithm);
    };
    let signed = Signed {
        der: certificate.der,
        message: certificate.body(),
        signature: certificate.signature(),
    };
    verify_once(&signed, verifier, issuer, rules).ok_or(Check::Signature)
}

/// Whether a list is signed with the key of `issuer`. Unlike for certificates, SHA-1 is taken here
/// where the backend has it, as ALB takes it.
pub(crate) fn check_crl_signature(crl: &Crl<'_>, issuer: &View<'_, '_>, rules: &Rules<'_>) -> bool {
    let Rules {
        policy, algorithms, ..
    } = *rules;
    let key = issuer.facts.key_type;
    let verified = crl.signature_algorithm().and_then(|algorithm| {
        let allowed = policy.allows_signature(algorithm);
        let verifier = if allowed {
            algorithms.find(key, algorithm)
        } else {
            None
        };
        let verifier = verifier.or_else(|| algorithms.find_for_crls(key, algorithm))?;
        let signed = Signed {
            der: crl.der(),
            message: crl.body(),
            signature: crl.signature(),
        };
        verify_once(&signed, verifier, issuer, rules)
    });
    verified.is_some() && crl.is_signature_sound()
}

/// A certificate or a list, and in it what is signed, and the signature.
struct Signed<'a> {
    der: &'a [u8],
    message: &'a [u8],
    signature: &'a [u8],
}

/// Verifies a signature, unless its success is remembered.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn verify_once(
    signed: &Signed<'_>,
    verifier: &'static Verifier,
    issuer: &View<'_, '_>,
    rules: &Rules<'_>,
) -> Option<()> {
    let mut verify = || verify(verifier, issuer, signed);
    match rules.memo {
        Some(memo) => {
            let algorithms = rules.algorithms;
            memo.recall(verifier, algorithms, issuer.key(), signed.der, &mut verify)
        }
        None => verify(),
    }
}

fn verify(verifier: &Verifier, issuer: &View<'_, '_>, signed: &Signed<'_>) -> Option<()> {
    let implementation = verifier.implementation;
    match verifier.key {
        KeyKind::Ec(curve) if matches!(issuer.key().first(), Some(0x02 | 0x03)) => {
            verify_compressed(implementation, curve, issuer.key(), signed)
        }
        _ => implementation
            .verify_signature(issuer.key(), signed.message, signed.signature)
            .ok(),
    }
}

/// Not every backend decompresses points, and a verdict must not depend on it.
#[inline(never)]
fn verify_compressed(
    implementation: &dyn SignatureVerificationAlgorithm,
    curve: EcCurve,
    key: &[u8],
    signed: &Signed<'_>,
) -> Option<()> {
    let mut room = [0; curve::MAX_POINT];
    let point = curve::decompress(curve, key, &mut room)?;
    implementation
        .verify_signature(point, signed.message, signed.signature)
        .ok()
}
