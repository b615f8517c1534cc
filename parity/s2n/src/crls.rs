//! Revocation lists for s2n-tls, which asks for one for each presented certificate.

use core::cell::Cell;
use core::ffi::{c_int, c_void};
use core::ptr::{self, NonNull};

use s2n_tls_sys::{
    s2n_config, s2n_config_set_crl_lookup_cb, s2n_crl, s2n_crl_free, s2n_crl_load_pem,
    s2n_crl_lookup, s2n_crl_lookup_ignore, s2n_crl_lookup_set, s2n_crl_new,
};

use crate::config::to_pem;
use crate::error::{LastError, SetupError, check};

/// The lists of one server, handed out one by one. s2n-tls puts all that it gets together before
/// it looks for any certificate's.
pub(crate) struct Crls {
    lists: Vec<Crl>,
    next: Cell<usize>,
}

impl Crls {
    pub(crate) fn read(lists: &[&[u8]]) -> Result<Self, SetupError> {
        let lists = lists.iter().enumerate();
        let lists = lists.map(|(index, der)| Crl::read(der).ok_or(SetupError::Crl(index)));
        Ok(Self {
            lists: lists.collect::<Result<_, _>>()?,
            next: Cell::new(0),
        })
    }

    /// Makes the configuration ask for these lists, which must outlive it.
    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    pub(crate) fn install(&self, config: NonNull<s2n_config>) -> Result<(), SetupError> {
        let context = ptr::from_ref(self).cast_mut().cast();
        // SAFETY: the configuration is alive, and frees itself before its lists; `look_up` only
        // ever makes a shared reference of the pointer.
        check(unsafe { s2n_config_set_crl_lookup_cb(config.as_ptr(), Some(look_up), context) })
    }
}

struct Crl(NonNull<s2n_crl>);

impl Crl {
    #[expect(unsafe_code, reason = "functions of s2n-tls")]
    fn read(der: &[u8]) -> Option<Self> {
        let mut pem = to_pem("X509 CRL", der).into_bytes();
        // SAFETY: `Server` has initialized s2n-tls.
        let list = Self(NonNull::new(unsafe { s2n_crl_new() })?);
        // SAFETY: the list is the one just made; the text is lent for the time of the call.
        let status = unsafe { s2n_crl_load_pem(list.0.as_ptr(), pem.as_mut_ptr(), pem.len()) };
        match status {
            0 => Some(list),
            _ => {
                LastError::take();
                None
            }
        }
    }
}

impl Drop for Crl {
    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    fn drop(&mut self) {
        let mut list = self.0.as_ptr();
        // SAFETY: made by `s2n_crl_new`, owned by this alone, and freed once.
        unsafe { s2n_crl_free(&mut list) };
    }
}

#[expect(unsafe_code, reason = "called by s2n-tls")]
unsafe extern "C" fn look_up(lookup: *mut s2n_crl_lookup, context: *mut c_void) -> c_int {
    // SAFETY: the context set in `install`: lists that outlive the configuration.
    let crls = unsafe { &*context.cast::<Crls>() };
    let index = crls.next.get();
    crls.next.set(index + 1);
    match crls.lists.get(index) {
        // SAFETY: s2n-tls lends the look-up, and does not free the list.
        Some(list) => unsafe { s2n_crl_lookup_set(lookup, list.0.as_ptr()) },
        // SAFETY: s2n-tls lends the look-up.
        None => unsafe { s2n_crl_lookup_ignore(lookup) },
    }
}
