//! HTTP/1.1 by hand, so that nothing is put right on the way.

use std::io::{self, Read};

/// A message: a request as the target got it, or a response as the client did.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The first line.
    pub(crate) start: String,
    /// Names and values as they came.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Every value of a header, whose name may be written in any case.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter();
        let named = named.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The only value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let values = self.all(name);
        assert!(values.len() < 2, "{name} twice: {values:?}");
        values.first().copied()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("UTF-8")
    }

    /// Reads the head up to the empty line, and leaves in `unread` what comes after it.
    pub(crate) fn read_head(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<Self> {
        let end = loop {
            if let Some(end) = find(unread, b"\r\n\r\n") {
                break end;
            }
            more(stream, unread)?;
        };
        let head: Vec<u8> = unread.drain(..end + 4).collect();
        // One character for each octet.
        let head: String = head[..end].iter().map(|&octet| char::from(octet)).collect();
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_owned(), value.trim().to_owned())
        });
        Ok(Self {
            start,
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    /// Reads a body that has a length or comes in chunks; none otherwise.
    pub(crate) fn read_body(
        &mut self,
        stream: &mut impl Read,
        unread: &mut Vec<u8>,
    ) -> io::Result<()> {
        if self.header("transfer-encoding") == Some("chunked") {
            return self.read_chunks(stream, unread);
        }
        let length = self.header("content-length").unwrap_or("0");
        let length: usize = length.parse().expect("a length");
        self.body.extend(take(stream, unread, length)?);
        Ok(())
    }

    fn read_chunks(&mut self, stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let end = loop {
                if let Some(end) = find(unread, b"\r\n") {
                    break end;
                }
                more(stream, unread)?;
            };
            let size: Vec<u8> = unread.drain(..end + 2).collect();
            let size = str::from_utf8(&size[..end]).expect("a size");
            let size = usize::from_str_radix(size, 16).expect("a size in hexadecimal");
            let chunk = take(stream, unread, size)?;
            let line_break = take(stream, unread, 2)?;
            assert_eq!(line_break, b"\r\n");
            if size == 0 {
                return Ok(());
            }
            self.body.extend(chunk);
        }
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) message: Message,
}

impl Response {
    pub(crate) fn read(
        stream: &mut impl Read,
        unread: &mut Vec<u8>,
        is_to_head: bool,
    ) -> io::Result<Self> {
        let mut message = Message::read_head(stream, unread)?;
        let status = message.start.split(' ').nth(1).expect("a status");
        let status = status.parse().expect("a status");
        if !is_to_head && !matches!(status, 100..=199 | 204 | 304) {
            message.read_body(stream, unread)?;
        }
        Ok(Self { status, message })
    }

    /// Status and text, which is all there is to most of them.
    pub(crate) fn told(&self) -> (u16, &str) {
        (self.status, self.message.text())
    }
}

fn take(stream: &mut impl Read, unread: &mut Vec<u8>, count: usize) -> io::Result<Vec<u8>> {
    while unread.len() < count {
        more(stream, unread)?;
    }
    Ok(unread.drain(..count).collect())
}

fn more(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<()> {
    let mut octets = [0; 16 * 1024];
    // With a time limit, a read is not taken up again by itself where the machine was stopped for a while.
    let read = loop {
        match stream.read(&mut octets) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    match read {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        read => {
            unread.extend_from_slice(&octets[..read]);
            Ok(())
        }
    }
}

fn find(octets: &[u8], what: &[u8]) -> Option<usize> {
    octets.windows(what.len()).position(|window| window == what)
}
