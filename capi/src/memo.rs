//! Signatures that verified before.

use core::ptr;
use std::sync::Arc;

use portcullis::signature::SignatureMemo;
use portcullis_abi::guard;

use crate::object::{free, give};

/// Signatures that verified, so that a known intermediate or a client that returns costs no signature check. Only the
/// arithmetic is remembered: a verdict is the same with a memo as without.
pub struct Memo(pub(crate) SignatureMemo);

/// The most entries a memo can have: 512 MiB.
pub const PORTCULLIS_MEMO_MAX_ENTRIES: usize = 16_777_216;

/// Makes a memo of so many entries, of 32 octets each; twice as many as there are certificates to remember is a good choice.
/// One memo best serves all stores of a program, so that a store that is put in the place of another does not begin anew.
///
/// Gives null for more than PORTCULLIS_MEMO_MAX_ENTRIES.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn portcullis_memo_new(entries: usize) -> *mut Memo {
    let mut memo = ptr::null();
    _ = guard(|| {
        if entries <= PORTCULLIS_MEMO_MAX_ENTRIES {
            memo = give(Arc::new(Memo(SignatureMemo::with_entries(entries))));
        }
        Ok(())
    });
    memo.cast_mut()
}

/// Gives a memo back. Stores that were made with it keep it as long as they need it.
///
/// # Safety
///
/// `memo` is null or comes from portcullis_memo_new and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn portcullis_memo_free(memo: *mut Memo) {
    // SAFETY: as the caller promises.
    unsafe { free(memo) };
}
