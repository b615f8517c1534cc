//! The index of a CRL as a file.

use std::fs::File;

use portcullis::{Crl, CrlError};
use portcullis_fixtures::{Certificate, CrlBuilder, CrlEntry, IssuingDistributionPoint, Key};

use crate::run::{Scratch, command, pki, portcullis, read};

fn words(octets: &[u8]) -> Vec<u32> {
    let (words, rest) = octets.as_chunks();
    assert!(rest.is_empty());
    words.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

#[test]
fn the_library_takes_the_index_of_each_list_and_of_no_other() {
    let scratch = Scratch::new();
    for name in ["B-xca.crl", "B-v1.crl", "B-v2.crl"] {
        let output = scratch.path("index");
        let run = portcullis([
            "index".as_ref(),
            pki(name).as_ref(),
            "-o".as_ref(),
            output.as_os_str(),
        ]);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (0, "", "")
        );
        let index = words(&std::fs::read(&output).expect("written"));
        let list = Crl::from_pem(&read(&pki(name))).expect("a list");
        assert_eq!(Ok(index.len()), Crl::index_len(list.der()));
        let with_index = Crl::with_index(list.der(), &index).expect("its index");
        let revoked = list.revocations().next().expect("an entry");
        assert_eq!(with_index.find(revoked.serial), Some(revoked));
        let other = CrlBuilder::new()
            .revoke([1])
            .issued_by(&Certificate::ca("CA", Key::p256(0)));
        assert_eq!(
            Crl::with_index(other.der(), &index).err(),
            Some(CrlError::IndexMismatch)
        );
    }
}

#[test]
fn every_entry_is_found_through_the_file_and_the_byte_order_can_be_chosen() {
    let scratch = Scratch::new();
    let entry = CrlEntry::new([]);
    let ca = Certificate::ca("CA", Key::p256(0));
    let list = CrlBuilder::new()
        .entries((1..=5000_u32).map(|serial| entry.with_serial(serial.to_be_bytes())))
        .issued_by(&ca);
    let file = scratch.file("list.der", list.der());
    let little = scratch.path("little").display().to_string();
    let big = scratch.path("big").display().to_string();
    for (output, endian) in [(&little, "little"), (&big, "big")] {
        let run = portcullis(["index", &file, "--output", output, "--endian", endian]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
    let index = words(&read(&little));
    assert!(Crl::with_index(list.der(), &index).is_ok());
    let swapped: Vec<_> = words(&read(&big))
        .into_iter()
        .map(u32::swap_bytes)
        .collect();
    assert_eq!(swapped, index);
}

#[test]
fn a_list_without_entries_has_an_empty_index() {
    let scratch = Scratch::new();
    let list = CrlBuilder::new().issued_by(&Certificate::ca("CA", Key::p256(0)));
    let file = scratch.file("list.pem", list.to_pem());
    let output = scratch.path("index").display().to_string();
    assert_eq!(portcullis(["index", &file, "-o", &output]).code, 0);
    assert_eq!(read(&output), b"");
    assert!(Crl::with_index(list.der(), &[]).is_ok());
}

#[test]
fn standard_input_and_output_serve_as_files() {
    let list = File::open(pki("B-v1.crl")).expect("readable");
    let output = command(["index", "-", "-o", "-"])
        .stdin(list)
        .output()
        .expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    let list = Crl::from_pem(&read(&pki("B-v1.crl"))).expect("a list");
    assert!(Crl::with_index(list.der(), &words(&output.stdout)).is_ok());
}

#[test]
fn an_index_replaces_the_one_that_was_there_and_leaves_nothing_behind() {
    let scratch = Scratch::new();
    let output = scratch.file("index", vec![7; 10_000]);
    let run = portcullis(["index", &pki("B-v1.crl"), "-o", &output]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(read(&output).len(), 16);
    let files = std::fs::read_dir(scratch.path("")).expect("readable");
    assert_eq!(files.count(), 1);
}

#[test]
fn a_list_that_cannot_be_read_leaves_the_old_index_as_it_is() {
    let scratch = Scratch::new();
    let output = scratch.file("index", "old");
    for (list, words) in [
        (pki("A.crt"), "it holds no CRL, only CERTIFICATE"),
        (scratch.file("garbage", [0, 1]), "not a DER-encoded CRL"),
    ] {
        let run = portcullis(["index", &list, "-o", &output]);
        assert_eq!(
            run.complaint(),
            format!("{list}: the CRL can't be used: {words}")
        );
        assert_eq!(read(&output), b"old");
    }
}

#[test]
fn an_index_that_cannot_be_written_is_told() {
    let scratch = Scratch::new();
    for output in [
        scratch.path("missing/index").display().to_string(),
        scratch.path("").display().to_string(),
    ] {
        let run = portcullis(["index", &pki("B-v1.crl"), "-o", &output]);
        assert!(run.complaint().starts_with(&output), "{run:?}");
    }
}

#[test]
fn a_list_that_no_store_will_use_is_indexed_and_told() {
    let scratch = Scratch::new();
    let list = CrlBuilder::new()
        .revoke([1])
        .issuing_distribution_point(IssuingDistributionPoint::new().indirect())
        .issued_by(&Certificate::ca("CA", Key::p256(0)));
    let file = scratch.file("list.pem", list.to_pem());
    let output = scratch.path("index").display().to_string();
    let run = portcullis(["index", &file, "-o", &output]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.stderr,
        format!("portcullis: {file}: no trust store will use this CRL: it is an indirect CRL\n")
    );
    assert_eq!(read(&output).len(), 16);
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn others_may_read_an_index_as_any_new_file() {
        let scratch = Scratch::new();
        let output = scratch.path("index");
        let arguments = ["index", &pki("B-v1.crl"), "-o"].map(str::to_owned);
        let output_name = output.display().to_string();
        assert_eq!(
            portcullis(arguments.into_iter().chain([output_name])).code,
            0
        );
        let plain = scratch.file("plain", "");
        let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(&output), mode(plain.as_ref()));
    }

    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let scratch = Scratch::new();
        let target = scratch.file("target", "old");
        let link = scratch.path("link");
        symlink(&target, &link).expect("a link");
        let link = link.display().to_string();
        assert_eq!(portcullis(["index", &pki("B-v1.crl"), "-o", &link]).code, 0);
        assert_eq!(read(&target).len(), 16);
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        let run = portcullis(["index", &pki("B-v1.crl"), "-o", "/dev/null"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(!fs::metadata("/dev/null").expect("there").is_file());
    }
}
