//! What every test needs: a store, a time, and a verdict.

use core::time::Duration;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{Check, FailureReason, Policy, Position, TrustStore, VerifyStatus, signature};

/// A store of these CA certificates.
pub(crate) fn store(policy: Policy, cas: &[CertificateDer<'static>]) -> TrustStore<'static> {
    let mut store = TrustStore::new(policy, signature::AWS_LC_RS);
    for ca in cas {
        store.add_ca(ca.clone()).expect("the store takes this CA");
    }
    store
}

/// What failed, on which check and where; `None` is Success.
///
/// Whatever is asked of the store, `verify_at`, `explain` and `authenticate` must agree.
pub(crate) fn failure(
    store: &TrustStore<'_>,
    presented: &[CertificateDer<'_>],
    now: i64,
) -> Option<(FailureReason, Check, Option<Position>)> {
    let now = at(now);
    let status = store.verify_at(presented, now);
    let explanation = store.explain(presented, now);
    assert_eq!(explanation.status(), status, "{explanation}");
    let authenticated = store.authenticate(presented, now);
    assert_eq!(authenticated.err(), status.failure(), "{explanation}");
    match status {
        VerifyStatus::Success => {
            assert_eq!(explanation.check(), None);
            assert_eq!(explanation.failed_at(), None);
            None
        }
        VerifyStatus::Failed(reason) => {
            let check = explanation
                .check()
                .expect("a failure is of some check's making");
            Some((reason, check, explanation.failed_at()))
        }
    }
}

/// A time after 1970.
pub(crate) fn at(unix_seconds: i64) -> UnixTime {
    let seconds = u64::try_from(unix_seconds).expect("clocks begin in 1970");
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}
