//! Where in a DER encoding something lies.

use core::fmt;
use core::num::{NonZeroU32, NonZeroU64};

/// Octets of an encoding, as offsets of just the size that they need: facts about certificates are
/// many and live on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<T: Offset>(T::Both);

/// An unsigned integer for offsets.
pub(crate) trait Offset: fmt::Debug {
    /// The offsets of beginning and end in one integer, so that having none takes no more room:
    /// nothing ends where the encoding begins.
    type Both: Copy + fmt::Debug;

    fn join(start: usize, end: usize) -> Option<Self::Both>;
    fn split(both: Self::Both) -> (usize, usize);
}

impl Offset for u16 {
    type Both = NonZeroU32;

    fn join(start: usize, end: usize) -> Option<NonZeroU32> {
        let (start, end) = (Self::try_from(start).ok()?, Self::try_from(end).ok()?);
        NonZeroU32::new(u32::from(start) << Self::BITS | u32::from(end))
    }

    fn split(both: NonZeroU32) -> (usize, usize) {
        let both = both.get();
        (
            usize::from((both >> Self::BITS) as Self),
            usize::from(both as Self),
        )
    }
}

impl Offset for u32 {
    type Both = NonZeroU64;

    fn join(start: usize, end: usize) -> Option<NonZeroU64> {
        let (start, end) = (Self::try_from(start).ok()?, Self::try_from(end).ok()?);
        NonZeroU64::new(u64::from(start) << Self::BITS | u64::from(end))
    }

    fn split(both: NonZeroU64) -> (usize, usize) {
        let both = both.get();
        (
            (both >> Self::BITS) as usize,
            (both & u64::from(Self::MAX)) as usize,
        )
    }
}

impl Span<u16> {
    pub(crate) const EMPTY: Self = match NonZeroU32::new(0x0001_0001) {
        Some(both) => Self(both),
        None => Self(NonZeroU32::MIN),
    };
}

impl Span<u32> {
    /// Nothing: no encoding is that long.
    pub(crate) const NONE: Self = Self(NonZeroU64::MAX);
}

impl<T: Offset> Span<T> {
    /// Where `part` lies in `whole`, which it must have been taken from.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn of(whole: &[u8], part: &[u8]) -> Option<Self> {
        let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        if end > whole.len() {
            return None;
        }
        T::join(start, end).map(Self)
    }

    pub(crate) fn start(self) -> usize {
        T::split(self.0).0
    }

    /// The octets. Empty if `whole` is not what the span was made from, which never happens.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn get(self, whole: &[u8]) -> &[u8] {
        let (start, end) = T::split(self.0);
        whole.get(start..end).unwrap_or_default()
    }
}
