//! Strings that are written into a C program's memory.

use core::ffi::{c_char, c_void};
use core::fmt::{self, Write as _};
use core::mem::MaybeUninit;

use crate::error::Problem;
use crate::memory;

/// Room for a string, its NUL included; maybe none.
pub struct Text<'t> {
    room: &'t mut [MaybeUninit<u8>],
    /// How much was written or would have been, without the NUL.
    length: usize,
}

impl<'t> Text<'t> {
    /// So much room.
    pub fn new(room: &'t mut [MaybeUninit<u8>]) -> Self {
        Self { room, length: 0 }
    }

    /// The room that a caller gives. One that cannot be, null or too long, is none.
    ///
    /// # Safety
    ///
    /// `start` is null, or `size` octets there are the caller's to write, and stay so for `'t`.
    #[must_use]
    pub unsafe fn at(start: *mut c_char, size: usize) -> Self {
        let is_possible = memory::is_possible(start.cast::<c_void>().cast_const(), size);
        if start.is_null() || !is_possible {
            return Self::new(&mut []);
        }
        // SAFETY: it is not null, does not wrap, and is the caller's to write; it need not be initialised.
        Self::new(unsafe { core::slice::from_raw_parts_mut(start.cast(), size) })
    }

    /// Writes as much as there is room for.
    pub fn cut(mut self, text: &dyn fmt::Display) {
        _ = write!(self, "{text}");
        self.end();
    }

    /// Writes all of it or nothing but a NUL, and gives the octets that it needs, the NUL included.
    ///
    /// # Errors
    ///
    /// Room that is too small.
    pub fn whole(mut self, text: &dyn fmt::Display) -> Result<usize, Problem> {
        _ = write!(self, "{text}");
        let needed = self.length.saturating_add(1);
        if needed > self.room.len() {
            self.length = 0;
            self.end();
            return Err(Problem::Buffer(needed));
        }
        self.end();
        Ok(needed)
    }

    fn end(self) {
        let last = self.room.len().saturating_sub(1).min(self.length);
        if let Some(octet) = self.room.get_mut(last) {
            octet.write(0);
        }
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.room.iter_mut().skip(self.length);
        for (to, from) in room.zip(text.bytes()) {
            to.write(from);
        }
        self.length = self.length.saturating_add(text.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::ffi::CStr;

    use super::*;

    /// Writes into the first `size` of eight octets, and gives all eight; `#` is what was there before.
    fn written(size: usize, write: impl FnOnce(Text<'_>)) -> [u8; 8] {
        let mut room = [MaybeUninit::new(b'#'); 8];
        write(Text::new(&mut room[..size]));
        // SAFETY: each octet was initialised above.
        room.map(|octet| unsafe { octet.assume_init() })
    }

    #[test]
    fn a_string_that_fits_is_written_with_its_nul() {
        assert_eq!(&written(5, |text| text.cut(&"abcd")), b"abcd\0###");
        assert_eq!(
            &written(5, |text| assert_eq!(text.whole(&"abcd").unwrap(), 5)),
            b"abcd\0###"
        );
    }

    #[test]
    fn one_that_does_not_is_cut_or_left_out() {
        assert_eq!(&written(4, |text| text.cut(&"abcd")), b"abc\0####");
        let whole = |text: Text<'_>| {
            assert!(matches!(text.whole(&"abcd"), Err(Problem::Buffer(5))));
        };
        assert_eq!(&written(4, whole), b"\0bcd####");
        assert_eq!(&written(1, whole), b"\0#######");
        assert_eq!(&written(0, whole), b"########");
        assert_eq!(&written(0, |text| text.cut(&"abcd")), b"########");
    }

    #[test]
    fn room_that_cannot_be_is_none() {
        // SAFETY: null.
        unsafe { Text::at(core::ptr::null_mut(), 9) }.cut(&"abc");
        let mut room = [0x23_u8; 4];
        for size in [usize::MAX, isize::MAX as usize + 1] {
            // SAFETY: so much room there cannot be, so none is written.
            unsafe { Text::at(room.as_mut_ptr().cast(), size) }.cut(&"abc");
        }
        assert_eq!(&room, b"####");
        // SAFETY: it is as large as it says.
        unsafe { Text::at(room.as_mut_ptr().cast(), 4) }.cut(&"abc");
        assert_eq!(CStr::from_bytes_until_nul(&room), Ok(c"abc"));
    }
}
