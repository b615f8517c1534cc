//! A store that can be replaced while others verify with it.

use core::ptr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use portcullis_abi::{PortcullisError, PortcullisStatus, guard};

use crate::object::{borrow, free, give, share};
use crate::store::Store;
use crate::verify::verify_by;

/// Holds a store, in whose place another can be put while threads verify: none of them waits for a lock.
pub struct Handle {
    current: ArcSwap<Store>,
}

/// Makes a handle that holds this store, and seals the store. Gives null for null. The handle keeps the store as long as it
/// needs it; the pointer to it stays the caller's, to be freed.
///
/// # Safety
///
/// `store` is null or a store that has not been freed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_handle_new(store: *const Store) -> *mut Handle {
    let mut handle = ptr::null();
    _ = guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { share(store, "the store") }?;
        store.sealed()?;
        handle = give(Arc::new(Handle {
            current: ArcSwap::new(store),
        }));
        Ok(())
    });
    handle.cast_mut()
}

/// Gives a handle back, and with it the store, unless that is in use elsewhere.
///
/// # Safety
///
/// `handle` is null or comes from portcullis_handle_new and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_handle_free(handle: *mut Handle) {
    // SAFETY: as the caller promises.
    unsafe { free(handle) };
}

/// Puts another store in the place of the one in use, and seals it. Every verification that begins after that is by the new one;
/// the old one is freed when the last that uses it has ended. Do not put in a store with a CRL that is unusable: the one in use
/// is better.
///
/// # Safety
///
/// `handle` is null or a handle, and `store` null or a store; neither has been freed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_handle_replace(
    handle: *mut Handle,
    store: *const Store,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let handle = unsafe { borrow(handle, "the handle") }?;
        // SAFETY: as the caller promises.
        let store = unsafe { share(store, "the store") }?;
        store.sealed()?;
        handle.current.store(store);
        Ok(())
    })
}

/// Gives the store in use, to verify and explain with the same one. It is the caller's, to be freed. Gives null for null.
///
/// # Safety
///
/// `handle` is null or a handle that is not freed meanwhile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_handle_load(handle: *const Handle) -> *const Store {
    let mut store = ptr::null();
    _ = guard(|| {
        // SAFETY: as the caller promises.
        let handle = unsafe { borrow(handle, "the handle") }?;
        store = give(handle.current.load_full());
        Ok(())
    });
    store
}

/// Verifies with the store in use, in the way of portcullis_store_verify.
///
/// # Safety
///
/// That of portcullis_store_verify, for the handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_handle_verify(
    handle: *const Handle,
    certificates: *const *const u8,
    lengths: *const usize,
    count: usize,
    now: i64,
    status: *mut PortcullisStatus,
) -> PortcullisError {
    let store = || {
        // SAFETY: as the caller promises.
        let handle = unsafe { borrow(handle, "the handle") }?;
        Ok(Loaded(handle.current.load()))
    };
    // SAFETY: as the caller promises.
    unsafe { verify_by(store, certificates, lengths, count, now, status) }
}

/// The store in use, for one verification.
struct Loaded(arc_swap::Guard<Arc<Store>>);

impl core::ops::Deref for Loaded {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}
