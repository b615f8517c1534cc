//! Lists in stores.

use portcullis::FailureReason::{self, ClientCertCrlHit, ClientCertCrlProcessingError};
use portcullis::{Check, Crl, CrlAdded, Policy, Position, TrustStore};
use portcullis_fixtures::{self as fixtures, Certificate, CrlBuilder, chain};

use crate::common::{at, failure, store};

/// What decided: the word, the check, the certificate.
pub(crate) type Failed = Option<(FailureReason, Check, Option<Position>)>;

/// The two dialects.
pub(crate) const POLICIES: [(&str, Policy); 2] =
    [("ALB", Policy::ALB), ("RFC 5280", Policy::RFC5280)];

/// A list that was made, read.
pub(crate) fn read(list: &fixtures::Crl) -> Crl<'static> {
    Crl::from_der(list.der().to_vec()).expect("the list reads well")
}

/// Adds a list that the store takes.
#[track_caller]
pub(crate) fn add(store: &mut TrustStore<'_>, list: &fixtures::Crl) -> CrlAdded {
    store
        .add_crl(read(list))
        .expect("the store takes this list")
}

/// A store of these CAs and lists, whatever the lists are good for.
#[track_caller]
pub(crate) fn store_with(
    policy: Policy,
    cas: &[&Certificate],
    lists: &[&fixtures::Crl],
) -> TrustStore<'static> {
    let mut store = store(policy, &chain(cas.iter().copied()));
    for list in lists {
        let _ = add(&mut store, list);
    }
    store
}

/// A list of a CA that revokes these certificates.
pub(crate) fn revoking<'c>(
    ca: &Certificate,
    certificates: impl IntoIterator<Item = &'c Certificate>,
) -> fixtures::Crl {
    let list = CrlBuilder::new();
    let revoked = certificates.into_iter();
    let list = revoked.fold(list, |list, certificate| list.revoke(certificate.serial()));
    list.issued_by(ca)
}

/// What is said of a chain; the explanation must agree with itself and with the lists.
#[track_caller]
pub(crate) fn verdict(store: &TrustStore<'_>, presented: &[&Certificate]) -> Failed {
    let presented = chain(presented.iter().copied());
    let failed = failure(store, &presented, fixtures::NOW);
    let explanation = store.explain(&presented, at(fixtures::NOW));
    assert!(!explanation.to_string().is_empty());
    let check = failed.map(|failed| failed.1);
    let revocation = explanation.revocation();
    assert_eq!(revocation.is_some(), check == Some(Check::Revocation));
    if let Some(revocation) = revocation {
        let list = explanation.crl().expect("a list revokes it");
        let certificate = explanation.failed_certificate().expect("it parses");
        assert_eq!(list.find(certificate.serial()), Some(revocation));
        assert_eq!(list.issuer(), certificate.issuer());
    }
    let names_a_list = match check {
        Some(Check::Revocation | Check::CrlUsability | Check::CrlScope | Check::CrlValidity) => {
            true
        }
        // That is said of the issuer.
        Some(Check::CrlSign) => explanation.crl().is_some(),
        _ => false,
    };
    assert_eq!(explanation.crl().is_some(), names_a_list, "{check:?}");
    failed
}

/// The certificate is on a list.
pub(crate) fn hit(at: Position) -> Failed {
    Some((ClientCertCrlHit, Check::Revocation, Some(at)))
}

/// The lists of the certificate's issuer do not tell.
pub(crate) fn processing_error(check: Check, at: Position) -> Failed {
    Some((ClientCertCrlProcessingError, check, Some(at)))
}
