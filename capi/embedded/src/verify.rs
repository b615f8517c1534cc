//! The verdict.

use portcullis_abi::{
    MAX_ON_STACK, Moment, PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED,
    PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR, PortcullisError, PortcullisStatus, Problem, guard,
    presented, status_number, write,
};

use crate::store::Store;

/// Verifies what a client presents: `count` certificates in DER, leaf first, in the order of the wire, each with its length.
///
/// `now` is seconds since 1970-01-01T00:00:00Z. PORTCULLIS_NOW says that there is no clock: nobody passes then, unless
/// PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW was chosen. `status` gets the verdict. Success counts when the client has proved that it
/// holds the key, which is when its handshake is complete, and not before.
///
/// PORTCULLIS_OK says that there is a verdict, whichever. On an error `status` lets nobody pass.
///
/// # Safety
///
/// `store` is null or a store that nobody changes meanwhile; `certificates` and `lengths` are arrays of `count`, each of the
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
    guard(|| {
        if status.is_null() {
            return Err(Problem::Null("the status"));
        }
        // SAFETY: as the caller promises.
        unsafe { write(status, PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR) };
        // SAFETY: as the caller promises.
        let store = unsafe { store.as_ref() }.ok_or(Problem::Null("the store"))?;
        let moment = Moment::read(now)?;
        if count > MAX_ON_STACK {
            // SAFETY: as the caller promises.
            unsafe {
                write(
                    status,
                    PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED,
                )
            };
            return Ok(());
        }
        // SAFETY: as the caller promises.
        let said = unsafe {
            presented(certificates, lengths, count, |chain| match moment {
                Moment::At(time) => store.trust.verify_at(chain, time),
                // The store has no clock.
                Moment::Now => store.trust.verify(chain),
            })
        }?;
        // SAFETY: as the caller promises.
        unsafe { write(status, status_number(said)) };
        Ok(())
    })
}
