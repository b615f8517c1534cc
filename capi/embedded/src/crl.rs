//! CRLs, with an index in memory of the caller's or in flash.

use core::ffi::c_void;

use portcullis::{Crl, CrlAdded};
use portcullis_abi::{PortcullisError, Problem, array, guard, octets, write};

use crate::store::{Store, borrow_mut};

/// Says how many words of 32 bits the index of a CRL in DER has.
///
/// # Safety
///
/// `der` is `length` octets; `words` is null or can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_crl_index_words(
    der: *const c_void,
    length: usize,
    words: *mut usize,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        unsafe { write(words, 0) };
        // SAFETY: as the caller promises.
        let der = unsafe { octets(der, length, "the CRL") }?;
        let needed = Crl::index_len(der).map_err(Problem::Crl)?;
        // SAFETY: as the caller promises.
        unsafe { write(words, needed) };
        Ok(())
    })
}

/// Adds a CRL in DER and makes its index in `words` words of memory. Neither is copied. Add the CAs first: its signature is
/// verified here, once, with those of them that are its issuer.
///
/// A list that reads well but cannot be trusted is kept all the same, lets no certificate of its issuer pass, and gives
/// PORTCULLIS_ERROR_CRL_UNUSABLE.
///
/// # Safety
///
/// `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets and `index` `words` words, both of which
/// stay as they are as long as the store is used, and nobody else uses the words until this returns.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_crl(
    store: *mut Store,
    der: *const c_void,
    length: usize,
    index: *mut u32,
    words: usize,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow_mut(store) }?;
        // SAFETY: as the caller promises.
        let der = unsafe { octets(der, length, "the CRL") }?;
        if words > 0 && index.is_null() {
            return Err(Problem::Null("the index"));
        }
        let needed = Crl::index_len(der).map_err(Problem::Crl)?;
        if words < needed {
            return Err(Problem::Memory);
        }
        let index: &mut [u32] = match needed {
            0 => &mut [],
            _ => {
                // SAFETY: there is room for so few words, and it is the caller's to give. They are written first, as they
                // need not be initialised.
                unsafe { index.write_bytes(0, needed) };
                // SAFETY: they were just initialised.
                unsafe { core::slice::from_raw_parts_mut(index, needed) }
            }
        };
        store.add_crl(Crl::parse(der, index).map_err(Problem::Crl)?)
    })
}

/// Adds a CRL in DER with an index that was made before, by `portcullis index`; both can be in flash. All else is as with
/// portcullis_store_add_crl.
///
/// # Safety
///
/// `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets and `index` `words` words, both of which
/// stay as they are as long as the store is used.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_store_add_indexed_crl(
    store: *mut Store,
    der: *const c_void,
    length: usize,
    index: *const u32,
    words: usize,
) -> PortcullisError {
    guard(|| {
        // SAFETY: as the caller promises.
        let store = unsafe { borrow_mut(store) }?;
        // SAFETY: as the caller promises.
        let der = unsafe { octets(der, length, "the CRL") }?;
        // SAFETY: as the caller promises.
        let index = unsafe { array(index, words, "the index") }?;
        store.add_crl(Crl::with_index(der, index).map_err(Problem::Crl)?)
    })
}

impl Store {
    fn add_crl(&mut self, crl: Crl<'static>) -> Result<(), Problem> {
        match self.trust.add_crl(crl).map_err(Problem::Crl)? {
            CrlAdded::Unusable(fault) => Err(Problem::CrlUnusable(fault)),
            CrlAdded::Duplicate | CrlAdded::Unverified | CrlAdded::Usable => Ok(()),
            _ => Err(Problem::Panic),
        }
    }
}
