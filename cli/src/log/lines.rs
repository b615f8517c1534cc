//! Files into lines, whatever their size: plain or as gzip, one line held at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde::Serialize;

use crate::input::is_standard_stream;

/// How a file is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Packing {
    Plain,
    Gzip,
}

/// The lines of a file.
pub(crate) struct Lines {
    source: Box<dyn BufRead>,
    pub(crate) packing: Packing,
    buffer: Vec<u8>,
    /// Of the line read last, from 1.
    pub(crate) number: u64,
}

impl Lines {
    /// Opens the file of that name, or standard input for `-`.
    pub(crate) fn open(name: &Path) -> io::Result<Self> {
        if is_standard_stream(name) {
            Self::new(io::stdin().lock())
        } else {
            Self::new(File::open(name)?)
        }
    }

    fn new(mut source: impl Read + 'static) -> io::Result<Self> {
        let mut start = Vec::new();
        source.by_ref().take(2).read_to_end(&mut start)?;
        let is_gzip = start == GZIP;
        let source = BufReader::with_capacity(BUFFER, Cursor::new(start).chain(source));
        let (source, packing): (Box<dyn BufRead>, _) = if is_gzip {
            let unpacked = MultiGzDecoder::new(source);
            let unpacked = BufReader::with_capacity(BUFFER, unpacked);
            (Box::new(unpacked), Packing::Gzip)
        } else {
            (Box::new(source), Packing::Plain)
        };
        Ok(Self {
            source,
            packing,
            buffer: Vec::new(),
            number: 0,
        })
    }

    /// The next line without its end; none after the last. An inner error is the line's alone.
    pub(crate) fn next(&mut self) -> io::Result<Option<Result<&str, LineError>>> {
        self.buffer.clear();
        // One octet more than the limit tells a line of just that length from a longer one.
        let read = (&mut self.source)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        } else if self.buffer.len() as u64 > MAX_LINE {
            self.source.skip_until(b'\n')?;
            return Ok(Some(Err(LineError::TooLong)));
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        let line = core::str::from_utf8(&self.buffer);
        Ok(Some(line.map_err(|_| LineError::NotText)))
    }
}

/// Why a line can't even be looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LineError {
    TooLong,
    NotText,
}

impl LineError {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "the line is longer than 256 KiB",
            Self::NotText => "the line is not UTF-8",
        }
    }
}

/// How a gzip file begins (RFC 1952 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// ALB takes 16 KiB of a URL and logs 8 KiB of a user agent; escaped, an octet becomes four.
const MAX_LINE: u64 = 256 << 10;

const BUFFER: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn all(source: Vec<u8>) -> io::Result<Vec<Result<String, LineError>>> {
        let mut lines = Lines::new(Cursor::new(source))?;
        let mut all = Vec::new();
        while let Some(line) = lines.next()? {
            all.push(line.map(str::to_owned));
        }
        assert_eq!(lines.number, all.len() as u64);
        Ok(all)
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    }

    fn texts(lines: &[&str]) -> Vec<Result<String, LineError>> {
        lines.iter().map(|line| Ok((*line).to_owned())).collect()
    }

    #[test]
    fn lines_end_in_lf_or_cr_lf_and_the_last_one_need_not() {
        let lines = all(b"a\nb\r\n\nc\rd".to_vec()).expect("readable");
        assert_eq!(lines, texts(&["a", "b", "", "c\rd"]));
        assert_eq!(all(Vec::new()).expect("readable"), []);
        assert_eq!(all(b"\x1f".to_vec()).expect("readable"), texts(&["\x1f"]));
    }

    #[test]
    fn every_member_of_a_gzip_file_is_read() {
        let members = [gzip(b"a\nb"), gzip(b"c\n"), gzip(b""), gzip(b"d\n")].concat();
        let lines = all(members).expect("readable");
        assert_eq!(lines, texts(&["a", "bc", "d"]));
    }

    #[test]
    fn a_gzip_file_that_is_cut_off_or_has_something_after_it_is_an_error() {
        let whole = gzip(b"a\nb\n");
        for length in 2..whole.len() {
            assert!(all(whole[..length].to_vec()).is_err(), "{length}");
        }
        let mut changed = whole.clone();
        let checksum = whole.len() - 5;
        changed[checksum] ^= 1;
        assert!(all(changed).is_err());
        assert!(all([&whole[..], b"a\n"].concat()).is_err());
    }

    #[test]
    fn a_line_of_just_the_limit_is_read_and_a_longer_one_passed_over() {
        let limit = MAX_LINE as usize;
        for end in ["", "\n"] {
            let just = "a".repeat(limit);
            let lines = all(format!("{just}{end}").into_bytes()).expect("readable");
            assert_eq!(lines, texts(&[&just]));
            let lines = all(format!("{just}a{end}").into_bytes()).expect("readable");
            assert_eq!(lines, [Err(LineError::TooLong)]);
        }
        let long = "a".repeat(5 * limit);
        let lines = all(format!("x\n{long}\ny\n").into_bytes()).expect("readable");
        assert_eq!(lines[1], Err(LineError::TooLong));
        assert_eq!(
            (lines[0].as_deref(), lines[2].as_deref()),
            (Ok("x"), Ok("y"))
        );
    }

    #[test]
    fn a_gzip_bomb_of_one_line_takes_no_more_memory_than_a_line_may() {
        // 64 MiB in 64 KiB.
        let bomb = gzip(&vec![b'a'; 64 << 20]);
        let mut lines = Lines::new(Cursor::new(bomb)).expect("readable");
        let line = lines.next().expect("readable").expect("a line");
        assert_eq!(line, Err(LineError::TooLong));
        assert!(lines.buffer.capacity() as u64 <= 4 * MAX_LINE);
        assert!(lines.next().expect("readable").is_none());
    }

    #[test]
    fn a_line_that_is_no_text_is_one_line_and_the_next_is_read() {
        let lines = all(b"a\n\xff\nb\n".to_vec()).expect("readable");
        assert_eq!(lines[1], Err(LineError::NotText));
        assert_eq!(lines[2].as_deref(), Ok("b"));
    }
}
