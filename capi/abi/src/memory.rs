//! Memory of a C program.

use core::ffi::c_void;

use heapless::Vec;
use portcullis::pki_types::CertificateDer;

use crate::error::Problem;

/// Octets of a C program; null is fine for none.
///
/// # Errors
///
/// Null with a length, or a length that cannot be.
///
/// # Safety
///
/// If `start` is not null, `length` octets there can be read, and nobody writes them during `'m`.
pub unsafe fn octets<'m>(
    start: *const c_void,
    length: usize,
    what: &'static str,
) -> Result<&'m [u8], Problem> {
    // SAFETY: as the caller promises; octets have no alignment.
    unsafe { array(start.cast(), length, what) }
}

/// An array of a C program; null is fine for none.
///
/// # Errors
///
/// Null with a count, or a count that cannot be.
///
/// # Safety
///
/// If `start` is not null it is aligned, `count` items there can be read, and nobody writes them during `'m`.
pub unsafe fn array<'m, T>(
    start: *const T,
    count: usize,
    what: &'static str,
) -> Result<&'m [T], Problem> {
    if count == 0 {
        return Ok(&[]);
    }
    if start.is_null() {
        return Err(Problem::Null(what));
    }
    let size = count.checked_mul(size_of::<T>());
    if !size.is_some_and(|size| is_possible(start.cast(), size)) {
        return Err(Problem::Length(what));
    }
    // SAFETY: it is not null and, as was looked at, not larger than an object can be, nor does it wrap; the rest is the
    // caller's promise.
    Ok(unsafe { core::slice::from_raw_parts(start, count) })
}

/// Whether there can be such an object: no longer than `isize::MAX`, and not past the last address.
pub(crate) fn is_possible(start: *const c_void, size: usize) -> bool {
    isize::try_from(size).is_ok() && start.addr().checked_add(size).is_some()
}

/// Writes a result, unless the caller does not want it.
///
/// # Safety
///
/// `to` is null, or aligned and the caller's to write.
pub unsafe fn write<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: it is not null; the rest is the caller's promise. What was there is overwritten, not dropped.
        unsafe { to.write(value) };
    }
}

/// Reads what a client presented, and does something with it.
///
/// # Errors
///
/// Null or lengths that cannot be; without an allocator, more than [`MAX_ON_STACK`].
///
/// # Safety
///
/// `certificates` and `lengths` are arrays of `count`, as [`array()`] asks; each of the certificates has its length, as [`octets`]
/// asks. All that until this returns.
pub unsafe fn presented<T>(
    certificates: *const *const u8,
    lengths: *const usize,
    count: usize,
    judge: impl FnOnce(&[CertificateDer<'_>]) -> T,
) -> Result<T, Problem> {
    // SAFETY: as the caller promises.
    let certificates = unsafe { array(certificates, count, "the certificates") }?;
    // SAFETY: as the caller promises.
    let lengths = unsafe { array(lengths, count, "the lengths") }?;
    let read = certificates.iter().zip(lengths).map(|(start, length)| {
        // SAFETY: as the caller promises.
        let der = unsafe { octets(start.cast(), *length, "a certificate") };
        der.map(CertificateDer::from)
    });
    if count <= MAX_ON_STACK {
        let mut chain = Vec::<_, MAX_ON_STACK>::new();
        for certificate in read {
            _ = chain.push(certificate?);
        }
        return Ok(judge(&chain));
    }
    #[cfg(feature = "std")]
    return Ok(judge(&read.collect::<Result<std::vec::Vec<_>, _>>()?));
    #[cfg(not(feature = "std"))]
    return Err(Problem::Length("the certificates"));
}

/// Longer chains than this take an allocation.
pub const MAX_ON_STACK: usize = 16;

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn null_is_nothing_and_only_nothing() {
        // SAFETY: null.
        let read = |length| unsafe { octets(ptr::null(), length, "it") };
        assert_eq!(read(0).unwrap(), b"");
        assert!(matches!(read(1), Err(Problem::Null("it"))));
        assert!(matches!(read(usize::MAX), Err(Problem::Null("it"))));
    }

    #[test]
    fn lengths_that_no_object_has_are_refused() {
        let there = [7_u8; 3];
        // SAFETY: three octets can be read, and what is longer is refused.
        let read = |length| unsafe { octets(there.as_ptr().cast(), length, "it") };
        assert_eq!(read(3).unwrap(), [7, 7, 7]);
        for length in [isize::MAX as usize + 1, usize::MAX] {
            assert!(matches!(read(length), Err(Problem::Length("it"))));
        }
        // Short enough, and past the last address.
        assert!(!is_possible(ptr::without_provenance(usize::MAX - 1), 2));
        assert!(is_possible(ptr::without_provenance(usize::MAX - 2), 2));
        let numbers = [1_u32, 2];
        // SAFETY: what is longer than two is refused.
        let read = |count| unsafe { array(numbers.as_ptr(), count, "they") };
        assert_eq!(read(2).unwrap(), [1, 2]);
        for count in [isize::MAX as usize / 4 + 1, usize::MAX / 4 + 2, usize::MAX] {
            assert!(matches!(read(count), Err(Problem::Length("they"))));
        }
    }

    /// How many were read, and the sum of their lengths.
    fn sum(
        certificates: &[*const u8],
        lengths: &[usize],
        count: usize,
    ) -> Result<(usize, usize), Problem> {
        let sum =
            |chain: &[CertificateDer<'_>]| (chain.len(), chain.iter().map(|der| der.len()).sum());
        // SAFETY: the tests give no count beyond both arrays, and lengths that are there or refused.
        unsafe { presented(certificates.as_ptr(), lengths.as_ptr(), count, sum) }
    }

    #[test]
    fn a_chain_is_read_as_it_lies() {
        let (leaf, issuer) = ([1_u8; 5], [2_u8; 7]);
        assert_eq!(
            sum(&[leaf.as_ptr(), issuer.as_ptr()], &[5, 7], 2).unwrap(),
            (2, 12)
        );
        assert_eq!(sum(&[], &[], 0).unwrap(), (0, 0));
        assert_eq!(sum(&[ptr::null()], &[0], 1).unwrap(), (1, 0));
        assert!(matches!(
            sum(&[leaf.as_ptr(), ptr::null()], &[5, 7], 2),
            Err(Problem::Null("a certificate"))
        ));
        assert!(matches!(
            sum(&[leaf.as_ptr()], &[usize::MAX], 1),
            Err(Problem::Length("a certificate"))
        ));
    }

    #[test]
    fn a_long_chain_is_read_too_where_there_is_an_allocator() {
        let octet = 1_u8;
        let (certificates, lengths) = ([ptr::from_ref(&octet); 17], [1; 17]);
        assert_eq!(sum(&certificates, &lengths, 16).unwrap(), (16, 16));
        let long = sum(&certificates, &lengths, 17);
        #[cfg(feature = "std")]
        assert_eq!(long.unwrap(), (17, 17));
        #[cfg(not(feature = "std"))]
        assert!(matches!(long, Err(Problem::Length(_))));
    }

    #[test]
    fn arrays_that_are_not_there_are_told_by_name() {
        let judge = |_: &[CertificateDer<'_>]| ();
        // SAFETY: null.
        let read = unsafe { presented(ptr::null(), ptr::null(), 1, judge) };
        assert!(matches!(read, Err(Problem::Null("the certificates"))));
        let octet = ptr::from_ref(&1_u8);
        // SAFETY: one is there, and of the other null.
        let read = unsafe { presented(&raw const octet, ptr::null(), 1, judge) };
        assert!(matches!(read, Err(Problem::Null("the lengths"))));
    }

    #[test]
    fn a_result_that_nobody_wants_is_not_written() {
        // SAFETY: null.
        unsafe { write(ptr::null_mut(), 1_u32) };
        let mut number = 0_u32;
        // SAFETY: it is a local.
        unsafe { write(&raw mut number, 1) };
        assert_eq!(number, 1);
    }
}
