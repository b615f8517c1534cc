//! The store, in memory of the caller's.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use portcullis::pki_types::CertificateDer;
use portcullis::signature::RUSTCRYPTO;
use portcullis::{Policy, TrustStore};
use portcullis_abi::{
    PortcullisChoice, PortcullisError, PortcullisLimit, PortcullisPolicy, Problem, choose, guard,
    limit, octets, policy, write,
};

/// CA certificates, CRLs and rules, in memory that the caller gives: up to 4 certificates and 2 CRLs.
pub struct Store {
    policy: Policy,
    pub(crate) trust: TrustStore<'static, 4, 2>,
}

/// How many octets a store takes at most, with room to grow in a later version.
#[cfg(target_pointer_width = "32")]
pub const PORTCULLIS_STORE_SIZE: usize = 1408;
/// How many octets a store takes at most, with room to grow in a later version.
#[cfg(target_pointer_width = "64")]
pub const PORTCULLIS_STORE_SIZE: usize = 1536;

/// What its address is a multiple of.
pub const PORTCULLIS_STORE_ALIGN: usize = 8;

const _: () = assert!(size_of::<Store>() <= PORTCULLIS_STORE_SIZE);
const _: () = assert!(align_of::<Store>() <= PORTCULLIS_STORE_ALIGN);

/// Makes an empty store, which trusts nobody, in `size` octets of memory, which have to be PORTCULLIS_STORE_SIZE at least and
/// aligned to PORTCULLIS_STORE_ALIGN. `store` gets a pointer to it, or null. The memory is the store's from then on; there is
/// nothing to be freed.
///
/// # Safety
///
/// `memory` is null or `size` octets to write, and nobody else uses them as long as the store is used; `store` is null or can be
/// written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_init(
    memory: *mut c_void,
    size: usize,
    rules: PortcullisPolicy,
    store: *mut *mut Store,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        unsafe { write(store, core::ptr::null_mut()) };
        if memory.is_null() || store.is_null() {
            return Err(Problem::Null("the memory or the store"));
        }
        let place = memory.cast::<MaybeUninit<Store>>();
        if size < PORTCULLIS_STORE_SIZE || !memory.addr().is_multiple_of(PORTCULLIS_STORE_ALIGN) {
            return Err(Problem::Memory);
        }
        let policy = policy(rules)?;
        // SAFETY: it is not null, aligned, large enough, and the caller's to give.
        let place = unsafe { &mut *place };
        let made = place.write(Store {
            policy,
            trust: TrustStore::new(policy, RUSTCRYPTO),
        });
        // SAFETY: as the caller promises.
        unsafe { write(store, made) };
        Ok(())
    })
}

/// Makes a choice that differs from the policy's, before the first certificate or CRL is added.
///
/// # Safety
///
/// `store` is null or a store that nobody else uses meanwhile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_choose(
    store: *mut Store,
    choice: PortcullisChoice,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow_mut(store) }?;
        store.adjust(|policy| choose(policy, choice))
    })
}

/// Sets a limit that differs from the policy's, before the first certificate or CRL is added. Whatever the depth, no more than 16
/// certificates are looked at.
///
/// # Safety
///
/// `store` is null or a store that nobody else uses meanwhile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_limit(
    store: *mut Store,
    what: PortcullisLimit,
    value: u32,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow_mut(store) }?;
        store.adjust(|policy| limit(policy, what, value))
    })
}

/// Adds a CA certificate in DER, root or not. It is not copied: it can be in flash.
///
/// # Safety
///
/// `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets that stay as they are as long as the store
/// is used.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_ca(
    store: *mut Store,
    der: *const c_void,
    length: usize,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow_mut(store) }?;
        // SAFETY: as the caller promises.
        let der = unsafe { octets(der, length, "the certificate") }?;
        let added = store.trust.add_ca(CertificateDer::from(der));
        added.map(|_| ()).map_err(Problem::Ca)
    })
}

impl Store {
    fn adjust(
        &mut self,
        change: impl FnOnce(Policy) -> Result<Policy, Problem>,
    ) -> Result<(), Problem> {
        if self.trust.cas().len() > 0 || self.trust.crls().len() > 0 {
            return Err(Problem::Order);
        }
        self.policy = change(self.policy)?;
        self.trust = TrustStore::new(self.policy, RUSTCRYPTO);
        Ok(())
    }
}

/// # Safety
///
/// `store` is null, or comes from [`portcullis_store_init`] and nobody else uses it during `'s`.
pub(crate) unsafe fn borrow_mut<'s>(store: *mut Store) -> Result<&'s mut Store, Problem> {
    // SAFETY: it is null, or points to a store that is the caller's alone.
    unsafe { store.as_mut() }.ok_or(Problem::Null("the store"))
}
