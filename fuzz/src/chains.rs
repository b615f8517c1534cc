//! Chains made to a plan, against webpki and OpenSSL: what we let pass one of them lets pass too.

use arbitrary::Unstructured;
use portcullis::pki_types::CertificateDer;
use portcullis::signature::{RUSTCRYPTO, SignatureMemo};
use portcullis::{Position, TrustStore};
use portcullis_fixtures::NOW;

use crate::agreement::{POLICIES, at, verdict};
use crate::backend::REAL;
use crate::peers;
use crate::plan::Plan;

/// The octets of a plan.
pub fn run(data: &[u8]) {
    let Ok(plan) = Plan::read(&mut Unstructured::new(data)) else {
        return;
    };
    // What in Rust takes most of the time, done once for all policies.
    let right_in_rust = SignatureMemo::<64>::new();
    for (number, (policy, word)) in POLICIES.into_iter().enumerate() {
        let memo = SignatureMemo::<16>::new();
        let mut store: TrustStore<'_> = TrustStore::new(policy, *REAL);
        let mut remembering = TrustStore::new(policy, *REAL).with_signature_memo(&memo);
        let mut in_rust: TrustStore<'_> =
            TrustStore::new(policy, RUSTCRYPTO).with_signature_memo(&right_in_rust);
        for ca in &plan.store {
            let _ = store.add_ca(ca.clone());
            let _ = remembering.add_ca(ca.clone());
            let _ = in_rust.add_ca(ca.clone());
        }
        let status = verdict(&store, word, &plan.presented, NOW);
        // What is remembered changes nothing.
        for _ in 0..2 {
            assert_eq!(verdict(&remembering, word, &plan.presented, NOW), status);
        }
        // Nor does the backend let pass what another does not.
        if verdict(&in_rust, word, &plan.presented, NOW).is_success() {
            assert!(status.is_success());
        }
        if status.is_success() && !is_known_to_differ(&plan, &store) {
            let answers = judges(&plan, &store);
            assert!(
                answers.iter().any(Result::is_ok),
                "policy {number}: {}\n{answers:?}\n{plan}",
                store.explain(&plan.presented, at(NOW))
            );
        }
    }
}

/// What webpki and OpenSSL say of the path that we chose: OpenSSL tries one path only, webpki takes
/// names octet by octet, and neither may find it among all that is presented.
fn judges(plan: &Plan, store: &TrustStore<'_>) -> [Result<(), String>; 2] {
    let explanation = store.explain(&plan.presented, at(NOW));
    let certificates = |is_anchor: bool| {
        let path = explanation.path();
        let path = path.filter(|step| matches!(step.position, Position::Store(_)) == is_anchor);
        let path = path.map(|step| CertificateDer::from(step.certificate.der().to_vec()));
        path.collect::<Vec<_>>()
    };
    let (anchors, presented) = (certificates(true), certificates(false));
    peers::answers(&anchors, &presented, NOW)
}

/// Whom we let pass, and neither of the others does.
///
/// - A leaf that is in the store byte for byte is trusted as it is. OpenSSL looks at its issuer, if it
///   knows one, and webpki lets no anchor be a client.
/// - A certificate may have the name and the key of one above it (RFC 5280 6.1 only forbids that a
///   certificate is there twice). webpki takes that for a circle, and OpenSSL a self-issued certificate
///   without key identifiers for self-signed.
/// - An anchor may have the name of a CA below it. OpenSSL goes from what that CA issued to the anchor at
///   once, finds that the signature is not its own, and gives up; webpki takes names octet by octet.
/// - The purposes of an anchor do not matter, and the second of notAfter is valid (RFC 5280 4.1.2.5). For
///   OpenSSL they do, and it is not; webpki may have another reason.
fn is_known_to_differ(plan: &Plan, store: &TrustStore<'_>) -> bool {
    let explanation = store.explain(&plan.presented, at(NOW));
    let path = explanation.path().map(|step| step.certificate);
    let path = path.collect::<Vec<_>>();
    let has_one_key_twice = path.iter().enumerate().any(|(index, it)| {
        path.iter()
            .skip(index + 1)
            .any(|above| it.subject() == above.subject() && it.spki_der() == above.spki_der())
    });
    let [below @ .., _, anchor] = &path[..] else {
        return true;
    };
    let skips = below.iter().any(|it| it.issuer() == anchor.subject());
    let is_for_others = anchor.extended_key_usages().is_some();
    let ends_now = path
        .iter()
        .any(|it| it.validity().not_after().unix_seconds() == NOW);
    has_one_key_twice
        || skips
        || is_for_others
        || ends_now
        || plan.store.contains(&plan.presented[0])
}
