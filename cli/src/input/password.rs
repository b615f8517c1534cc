//! The password of PKCS#12 files. It comes from a file, for a command line is seen by every user of
//! the machine.

use core::fmt;
use std::path::Path;

use anyhow::Context as _;

use super::read;

/// A password that doesn't print itself.
pub(crate) struct Password(String);

impl Password {
    /// Reads the first line of a file, without its line ending. Errors name the file.
    pub(crate) fn read(name: &Path) -> anyhow::Result<Self> {
        Self::first_line(read(name)?)
            .with_context(|| format!("{}: the password is not UTF-8", name.display()))
    }

    /// Gives the password away.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn first_line(mut bytes: Vec<u8>) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        bytes.truncate(end.unwrap_or(bytes.len()));
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        String::from_utf8(bytes).ok().map(Self)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_line_counts_and_only_its_ending_is_cut() {
        for (bytes, password) in [
            (&b"blog"[..], "blog"),
            (b"blog\n", "blog"),
            (b"blog\r\n", "blog"),
            (b" b l \nsecond", " b l "),
            (b"", ""),
            (b"\r\r\n", "\r"),
        ] {
            assert_eq!(
                Password::first_line(bytes.to_vec())
                    .expect("UTF-8")
                    .as_str(),
                password
            );
        }
        assert!(Password::first_line(b"\xFF\n".to_vec()).is_none());
    }

    #[test]
    fn a_password_does_not_print_itself() {
        let password = Password::first_line(b"blog".to_vec()).expect("UTF-8");
        assert_eq!(format!("{password:?}"), "Password(..)");
    }
}
