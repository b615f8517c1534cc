//! What it takes to load a list, and to keep it.

use std::io::Write;

use allocation_counter::measure;
use tempfile::NamedTempFile;
use webpki::{BorrowedCertRevocationList, OwnedCertRevocationList};

use crate::measure::seconds;
use crate::peers::Portcullis;
use crate::sorted::Sorted;
use crate::subject::Subject;

pub(crate) const HEADER: &str = "\
| entries | DER, KiB | Portcullis: parse, index, signature | webpki Borrowed: parse | webpki Owned: parse, index | OpenSSL: read, parse |
|--:|--:|--:|--:|--:|--:|";
pub(crate) const MEMORY_HEADER: &str = "\
| entries | DER | Portcullis | webpki Borrowed | webpki Owned | OpenSSL |
|--:|--:|--:|--:|--:|--:|";

const ROUNDS: usize = 15;
const WAYS: usize = if cfg!(feature = "openssl") { 4 } else { 3 };

pub(crate) fn row(subject: &Subject) -> String {
    let list = subject.list();
    let file = file_of(list);
    let mut times = [const { Vec::new() }; 4];
    for round in 0..ROUNDS {
        for turn in 0..WAYS {
            let way = (turn + round) % WAYS;
            times[way].push(1e3 * load(way, subject, &file));
        }
    }
    let mut row = format!("| {} | {}", subject.entries, list.len() / 1024);
    for times in times {
        row += &format!(" | {}", Sorted::new(times));
    }
    row + " |"
}

/// Seconds for one way to load a list; what is thrown away afterwards is not counted.
fn load(way: usize, subject: &Subject, file: &NamedTempFile) -> f64 {
    let list = subject.list();
    match way {
        0 => {
            let (mut ours, list) = (Portcullis::new(&subject.root), list.to_vec());
            seconds(|| ours.load(list)).0
        }
        1 => seconds(|| BorrowedCertRevocationList::from_der(list).expect("a list")).0,
        2 => seconds(|| OwnedCertRevocationList::from_der(list).expect("a list")).0,
        _ => load_openssl(subject, file),
    }
}

#[cfg(feature = "openssl")]
fn load_openssl(subject: &Subject, file: &NamedTempFile) -> f64 {
    seconds(|| crate::openssl::OpenSsl::new(&subject.root, Some(file.path()))).0
}

#[cfg(not(feature = "openssl"))]
fn load_openssl(_: &Subject, _: &NamedTempFile) -> f64 {
    unreachable!("it is not among the ways")
}

/// The memory that is in use after loading, less the size of the list in DER.
pub(crate) fn memory_row(subject: &Subject) -> String {
    let list = subject.list();
    let size = list.len() as i64;
    let mut ours = Portcullis::new(&subject.root);
    let portcullis = measure(|| ours.load(list.to_vec())).bytes_current - size;
    let mut borrowed = None;
    // It needs the list in DER, which is not among what it allocates.
    let by_borrowed = measure(|| borrowed = BorrowedCertRevocationList::from_der(list).ok());
    let mut owned = None;
    let by_owned = measure(|| owned = OwnedCertRevocationList::from_der(list).ok());
    assert!(borrowed.is_some() && owned.is_some());
    let mut row = format!("| {} | {}", subject.entries, size / 1024);
    for bytes in [
        portcullis,
        by_borrowed.bytes_current,
        by_owned.bytes_current - size,
    ] {
        row += &format!(" | {}", bytes / 1024);
    }
    #[cfg(feature = "openssl")]
    {
        let growth = crate::openssl::memory(file_of(list).path()).cast_signed();
        row += &format!(" | {}", (growth - size) / 1024);
    }
    #[cfg(not(feature = "openssl"))]
    {
        row += " | -";
    }
    row + " |"
}

/// A temporary file with a list: OpenSSL's stores read files.
pub(crate) fn file_of(list: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(list).expect("a file");
    file
}
