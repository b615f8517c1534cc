//! The verdict.

use std::time::SystemTime;

use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis_abi::{
    Moment, PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR, PortcullisError, PortcullisStatus,
    Problem, guard, presented, status_number, write,
};

use crate::object::borrow;
use crate::store::Store;

/// Verifies what a client presents: `count` certificates in DER, leaf first, in the order of the wire, each with its length.
///
/// `now` is seconds since 1970-01-01T00:00:00Z, or PORTCULLIS_NOW for the system clock. `status` gets the verdict. Success counts
/// when the client has proved that it holds the key, which is when its handshake is complete, and not before. The first use of a
/// store seals it.
///
/// PORTCULLIS_OK says that there is a verdict, whichever. On an error `status` lets nobody pass.
///
/// # Safety
///
/// `store` is null or a store that is not freed meanwhile; `certificates` and `lengths` are arrays of `count`, each of the
/// certificates as long as its length says; `status` is null or can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_verify(
    store: *const Store,
    certificates: *const *const u8,
    lengths: *const usize,
    count: usize,
    now: i64,
    status: *mut PortcullisStatus,
) -> PortcullisError {
    let store = || {
        // SAFETY: as the caller promises.
        unsafe { borrow(store, "the store") }
    };
    // SAFETY: as the caller promises.
    unsafe { verify_by(store, certificates, lengths, count, now, status) }
}

/// Verifies with the store that `find` gives, and writes the status in any case.
///
/// # Safety
///
/// That of [`portcullis_store_verify`] but for the store.
pub(crate) unsafe fn verify_by<S: core::ops::Deref<Target = Store>>(
    find: impl FnOnce() -> Result<S, Problem>,
    certificates: *const *const u8,
    lengths: *const usize,
    count: usize,
    now: i64,
    status: *mut PortcullisStatus,
) -> PortcullisError {
    guard(|| {
        if status.is_null() {
            return Err(Problem::Null("the status"));
        }
        // SAFETY: as the caller promises.
        unsafe { write(status, PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR) };
        let found = find()?;
        let trust = found.sealed()?;
        let now = time(now)?;
        let judge = |chain: &[CertificateDer<'_>]| trust.verify_at(chain, now);
        // SAFETY: as the caller promises.
        let said = unsafe { presented(certificates, lengths, count, judge) }?;
        // SAFETY: as the caller promises.
        unsafe { write(status, status_number(said)) };
        Ok(())
    })
}

/// The time that a caller means.
pub(crate) fn time(now: i64) -> Result<UnixTime, Problem> {
    match Moment::read(now)? {
        Moment::At(time) => Ok(time),
        Moment::Now => {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let since = since.map_err(|_| Problem::Time)?;
            Ok(UnixTime::since_unix_epoch(since))
        }
    }
}
