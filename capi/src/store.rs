//! The store: made, filled, sealed by its first use.

use core::ffi::{c_char, c_void};
use core::ptr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use portcullis::pki_types::CertificateDer;
use portcullis::signature::SignatureMemo;
use portcullis::{Added, Crl, CrlAdded, Policy, TrustStore};
use portcullis_abi::{
    PortcullisChoice, PortcullisError, PortcullisLimit, PortcullisPolicy, Problem, Text, choose,
    guard, guard_telling, limit, octets, policy, write,
};

use crate::backend::ALGORITHMS;
use crate::memo::Memo;
use crate::object::{borrow, free, give, share};

/// CA certificates, CRLs and rules: up to 25 certificates and 30 CRLs, which are ALB's quotas.
pub struct Store {
    policy: PortcullisPolicy,
    /// `None` once it is sealed.
    filling: Mutex<Option<Filling>>,
    sealed: OnceLock<Box<TrustStore<'static>>>,
    /// What the stores above point to, and therefore below them: fields are dropped in order.
    memo: Option<Arc<Memo>>,
}

/// What a CRL comes to in a store: one of `PORTCULLIS_CRL_*`.
pub type PortcullisCrlState = u32;

/// It cannot be trusted, and lets no certificate of its issuer pass.
pub const PORTCULLIS_CRL_UNUSABLE: PortcullisCrlState = 0;
/// Its signature is that of a CA of the store.
pub const PORTCULLIS_CRL_USABLE: PortcullisCrlState = 1;
/// No CA of the store is its issuer: its signature is verified when a client presents that.
pub const PORTCULLIS_CRL_UNVERIFIED: PortcullisCrlState = 2;
/// The very same list was there already, and is there once.
pub const PORTCULLIS_CRL_DUPLICATE: PortcullisCrlState = 3;

/// Makes an empty store, which trusts nobody. `memo` is null or a memo, which the store keeps as long as it needs it.
///
/// Gives null for a policy that there is not.
///
/// # Safety
///
/// `memo` is null or a memo that has not been freed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_new(
    policy: PortcullisPolicy,
    memo: *const Memo,
) -> *mut Store {
    let mut store = ptr::null();
    _ = guard(|| {
        let memo = match memo.is_null() {
            true => None,
            // SAFETY: as the caller promises.
            false => Some(unsafe { share(memo, "the memo") }?),
        };
        store = give(Arc::new(Store::new(policy, memo)?));
        Ok(())
    });
    store.cast_mut()
}

/// Gives a store back. A handle that it was put into keeps it as long as it needs it.
///
/// # Safety
///
/// `store` is null, or comes from portcullis_store_new or portcullis_handle_load and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_free(store: *const Store) {
    // SAFETY: as the caller promises.
    unsafe { free(store) };
}

/// Makes a choice that differs from the policy's, before the first certificate or CRL is added.
///
/// # Safety
///
/// `store` is null or a store that has not been freed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_choose(
    store: *mut Store,
    choice: PortcullisChoice,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        store.adjust(|policy| choose(policy, choice))
    })
}

/// Sets a limit that differs from the policy's, before the first certificate or CRL is added.
///
/// # Safety
///
/// `store` is null or a store that has not been freed.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_limit(
    store: *mut Store,
    what: PortcullisLimit,
    value: u32,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        store.adjust(|policy| limit(policy, what, value))
    })
}

/// Adds every certificate of a PEM bundle, or one in DER, root or not: all of them, or if one is refused none. Each is an anchor.
///
/// `added`, unless it is null, gets how many were new. `detail`, unless it is null, gets `detail_size` octets at most of what is
/// wrong and with which certificate, as a string: "certificate 2: ...".
///
/// # Safety
///
/// `store` is null or a store that has not been freed; `pem` is `length` octets; `added` is null or can be written; `detail` is
/// null or `detail_size` octets to write.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_ca_pem(
    store: *mut Store,
    pem: *const c_void,
    length: usize,
    added: *mut usize,
    detail: *mut c_char,
    detail_size: usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    let detail = unsafe { Text::at(detail, detail_size) };
    guard_telling(detail, || {
        // SAFETY: as the caller promises.
        unsafe { write(added, 0) };
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        // SAFETY: as the caller promises.
        let pem = unsafe { octets(pem, length, "the bundle") }?;
        let new = store.fill(|store| store.add_bundle(pem).map_err(Problem::Bundle))?;
        // SAFETY: as the caller promises.
        unsafe { write(added, new) };
        Ok(())
    })
}

/// Adds one certificate in DER, in the way of portcullis_store_add_ca_pem.
///
/// # Safety
///
/// That of portcullis_store_add_ca_pem.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_ca_der(
    store: *mut Store,
    der: *const c_void,
    length: usize,
    added: *mut usize,
    detail: *mut c_char,
    detail_size: usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    let detail = unsafe { Text::at(detail, detail_size) };
    guard_telling(detail, || {
        // SAFETY: as the caller promises.
        unsafe { write(added, 0) };
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        // SAFETY: as the caller promises.
        let der = unsafe { octets(der, length, "the certificate") }?;
        let certificate = CertificateDer::from(der.to_vec());
        let outcome = store.fill(|store| store.add_ca(certificate).map_err(Problem::Ca))?;
        // SAFETY: as the caller promises.
        unsafe { write(added, usize::from(outcome == Added::New)) };
        Ok(())
    })
}

/// Adds the one CRL of a PEM file, or one in DER. Add the CAs first: its signature is verified here, once, with those of them
/// that are its issuer.
///
/// A list that reads well but cannot be trusted is kept all the same, and gives PORTCULLIS_ERROR_CRL_UNUSABLE. `state`, unless it
/// is null, gets what became of the list; `detail` gets what is wrong.
///
/// # Safety
///
/// `store` is null or a store that has not been freed; `pem` is `length` octets; `state` is null or can be written; `detail` is
/// null or `detail_size` octets to write.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_crl_pem(
    store: *mut Store,
    pem: *const c_void,
    length: usize,
    state: *mut PortcullisCrlState,
    detail: *mut c_char,
    detail_size: usize,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    unsafe {
        add_crl(
            store,
            pem,
            length,
            state,
            detail,
            detail_size,
            Crl::from_pem,
        )
    }
}

/// Adds one CRL in DER, in the way of portcullis_store_add_crl_pem.
///
/// # Safety
///
/// That of portcullis_store_add_crl_pem.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_crl_der(
    store: *mut Store,
    der: *const c_void,
    length: usize,
    state: *mut PortcullisCrlState,
    detail: *mut c_char,
    detail_size: usize,
) -> PortcullisError {
    let read = |der: &[u8]| Crl::from_der(der.to_vec());
    // SAFETY: as the caller promises.
    unsafe { add_crl(store, der, length, state, detail, detail_size, read) }
}

/// # Safety
///
/// That of [`portcullis_store_add_crl_pem`].
unsafe fn add_crl(
    store: *mut Store,
    list: *const c_void,
    length: usize,
    state: *mut PortcullisCrlState,
    detail: *mut c_char,
    detail_size: usize,
    read: impl FnOnce(&[u8]) -> Result<Crl<'static>, portcullis::CrlError>,
) -> PortcullisError {
    // SAFETY: as the caller promises.
    let detail = unsafe { Text::at(detail, detail_size) };
    guard_telling(detail, || {
        // SAFETY: as the caller promises.
        unsafe { write(state, PORTCULLIS_CRL_UNUSABLE) };
        // SAFETY: as the caller promises.
        let store = unsafe { borrow(store, "the store") }?;
        // SAFETY: as the caller promises.
        let list = unsafe { octets(list, length, "the CRL") }?;
        let crl = read(list).map_err(Problem::Crl)?;
        let became = match store.fill(|store| store.add_crl(crl).map_err(Problem::Crl))? {
            CrlAdded::Duplicate => PORTCULLIS_CRL_DUPLICATE,
            CrlAdded::Unverified => PORTCULLIS_CRL_UNVERIFIED,
            CrlAdded::Usable => PORTCULLIS_CRL_USABLE,
            CrlAdded::Unusable(fault) => return Err(Problem::CrlUnusable(fault)),
            _ => return Err(Problem::Panic),
        };
        // SAFETY: as the caller promises.
        unsafe { write(state, became) };
        Ok(())
    })
}

/// A store that is being filled: what was asked for, and from the first certificate on the store, which is too large to be moved
/// about on the small stack of a thread.
struct Filling {
    policy: Policy,
    store: Option<Box<TrustStore<'static>>>,
}

impl Store {
    fn new(number: PortcullisPolicy, memo: Option<Arc<Memo>>) -> Result<Self, Problem> {
        let filling = Filling {
            policy: policy(number)?,
            store: None,
        };
        Ok(Self {
            policy: number,
            filling: Mutex::new(Some(filling)),
            sealed: OnceLock::new(),
            memo,
        })
    }

    pub(crate) const fn policy(&self) -> PortcullisPolicy {
        self.policy
    }

    /// The store as it is from now on.
    pub(crate) fn sealed(&self) -> Result<&TrustStore<'static>, Problem> {
        if let Some(store) = self.sealed.get() {
            return Ok(store);
        }
        // Two threads may come here at once; the second finds nothing to seal.
        if let Some(filling) = self.filling()?.take() {
            let store = self.started(filling.policy, filling.store);
            _ = self.sealed.set(store);
        }
        // While the lock was held, or else it was poisoned.
        self.sealed.get().map(Box::as_ref).ok_or(Problem::Panic)
    }

    fn adjust(
        &self,
        change: impl FnOnce(Policy) -> Result<Policy, Problem>,
    ) -> Result<(), Problem> {
        let mut filling = self.filling()?;
        let filling = filling.as_mut().ok_or(Problem::Sealed)?;
        if filling.store.is_some() {
            return Err(Problem::Order);
        }
        filling.policy = change(filling.policy)?;
        Ok(())
    }

    fn fill<T>(
        &self,
        add: impl FnOnce(&mut TrustStore<'static>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut filling = self.filling()?;
        let filling = filling.as_mut().ok_or(Problem::Sealed)?;
        let store = filling.store.take();
        let store = self.started(filling.policy, store);
        add(filling.store.insert(store))
    }

    fn started(
        &self,
        policy: Policy,
        store: Option<Box<TrustStore<'static>>>,
    ) -> Box<TrustStore<'static>> {
        store.unwrap_or_else(|| {
            let store = TrustStore::new(policy, ALGORITHMS);
            Box::new(match self.memo() {
                Some(memo) => store.with_signature_memo(memo),
                None => store,
            })
        })
    }

    /// For the stores inside only, which are not there for longer.
    fn memo(&self) -> Option<&'static SignatureMemo> {
        let memo = self.memo.as_ref()?;
        // SAFETY: the `Arc` keeps it where it is. That is dropped after both places of the store, which hand out no
        // reference to the memo and come out of here by reference alone.
        Some(unsafe { &(*Arc::as_ptr(memo)).0 })
    }

    fn filling(&self) -> Result<MutexGuard<'_, Option<Filling>>, Problem> {
        self.filling.lock().map_err(|_| Problem::Panic)
    }
}
