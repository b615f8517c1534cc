//! What is in a CRL.

use portcullis_fixtures::{
    Certificate, CrlBuilder, CrlEntry, Extension, IssuingDistributionPoint, Key, NOW,
};

use crate::run::{Run, Scratch, pki, portcullis, portcullis_reading, read};

/// The fixtures' `NOW`.
const TIME: &str = "2027-01-15T08:00:00Z";

fn inspect(files: &[&str]) -> Run {
    portcullis(["inspect", "--time", TIME].iter().chain(files))
}

fn ca() -> Certificate {
    Certificate::ca("CA", Key::p256(0))
}

#[test]
fn a_list_is_shown_with_all_it_says() {
    let run = inspect(&[&pki("B-v2.crl")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let expected = format!(
        "\
{}: PEM, 1 CRL

CRL 1 of 1
  issuer              CN=Signing B,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
  number              01
  this update         2026-11-24T12:48:47Z
  next update         2036-11-21T12:48:47Z
  signed with         RSA PKCS#1 v1.5 with SHA-256
  scope               all certificates
  usable              yes, if it is signed by its issuer
  entries             1
    2026-11-24T12:48:47Z 4E971A08D2441667, unspecified
",
        pki("B-v2.crl")
    );
    assert_eq!(run.stdout, expected);
}

#[test]
fn whether_a_list_has_expired_is_told_as_of_the_time() {
    let scratch = Scratch::new();
    for (list, words) in [
        (
            CrlBuilder::new().next_update(NOW - 1),
            "next update         2027-01-15T07:59:59Z, which has passed\n",
        ),
        (
            CrlBuilder::new().next_update(NOW),
            "next update         2027-01-15T08:00:00Z\n",
        ),
        (
            CrlBuilder::new().this_update(NOW + 1),
            "this update         2027-01-15T08:00:01Z, which has not come\n",
        ),
        (
            CrlBuilder::new().raw_next_update([]),
            "next update         none\n",
        ),
    ] {
        let file = scratch.file("list.pem", list.issued_by(&ca()).to_pem());
        let run = inspect(&[&file]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains(words), "{words}{}", run.stdout);
    }
}

#[test]
fn several_files_are_shown_each_in_its_format() {
    let scratch = Scratch::new();
    let list = CrlBuilder::new()
        .entry(CrlEntry::new([1]).reason(1))
        .issued_by(&ca());
    let der = scratch.file("list.pem", list.der());
    let pem = scratch.file("list.der", list.to_pem());
    let run = inspect(&[&der, &pem, &pki("A.crt"), &pki("B-v1.crl")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for (file, what) in [
        (der, "DER, 1 CRL"),
        (pem, "PEM, 1 CRL"),
        (pki("A.crt"), "PEM, 1 certificate"),
        (pki("B-v1.crl"), "PEM, 1 CRL"),
    ] {
        let heading = format!("{file}: {what}\n");
        assert!(run.stdout.contains(&heading), "{heading}{}", run.stdout);
    }
    assert_eq!(run.stdout.matches(" 01, keyCompromise\n").count(), 2);
    let run = portcullis_reading(["inspect", "-"], &read(&pki("B-v1.crl")));
    assert!(run.stdout.starts_with("-: PEM, 1 CRL\n"), "{}", run.stdout);
}

#[test]
fn certificates_and_lists_of_one_file_are_shown_each() {
    let scratch = Scratch::new();
    let parts = ["B-v1.crl", "A.crt", "B-v2.crl"].map(|name| read(&pki(name)));
    let file = scratch.file("mixed.pem", parts.concat());
    let run = inspect(&[&file]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout
            .starts_with(&format!("{file}: PEM, 1 certificate, 2 CRLs\n")),
        "{}",
        run.stdout
    );
    for heading in ["\ncertificate 1 of 1\n", "\nCRL 1 of 2\n", "\nCRL 2 of 2\n"] {
        assert!(run.stdout.contains(heading), "{heading}{}", run.stdout);
    }
}

#[test]
fn the_first_ten_entries_are_shown_or_all() {
    let scratch = Scratch::new();
    let entry = CrlEntry::new([]);
    let list = CrlBuilder::new()
        .entries((1..=11_u8).map(|serial| entry.with_serial([serial])))
        .issued_by(&ca());
    let file = scratch.file("list.pem", list.to_pem());
    let shown = |run: &Run| run.stdout.matches(", unspecified\n").count();
    let run = inspect(&[&file]);
    assert_eq!(shown(&run), 10);
    assert!(run.stdout.contains("\n  entries             11\n"));
    assert!(
        run.stdout
            .ends_with("\n    and 1 more (--all shows them)\n"),
        "{}",
        run.stdout
    );
    let run = inspect(&["--all", &file]);
    assert_eq!(shown(&run), 11);
    assert!(!run.stdout.contains("--all"), "{}", run.stdout);
}

#[test]
fn scope_and_fault_are_shown() {
    let scratch = Scratch::new();
    for (list, scope, usable) in [
        (
            CrlBuilder::new().issuing_distribution_point(
                IssuingDistributionPoint::new().only_user_certificates(),
            ),
            "end-entity certificates",
            "yes, if it is signed by its issuer",
        ),
        (
            CrlBuilder::new()
                .issuing_distribution_point(IssuingDistributionPoint::new().indirect()),
            "all certificates of any issuer",
            "no: it is an indirect CRL",
        ),
        (
            CrlBuilder::new().push(Extension::unknown(4).critical(true)),
            "all certificates",
            "no: it has a critical extension that is unknown",
        ),
    ] {
        let file = scratch.file("list.pem", list.issued_by(&ca()).to_pem());
        let run = inspect(&[&file]);
        assert_eq!(run.code, 0);
        for line in [
            format!("\n  scope               {scope}\n"),
            format!("\n  usable              {usable}\n"),
        ] {
            assert!(run.stdout.contains(&line), "{line}{}", run.stdout);
        }
    }
}

#[test]
fn a_list_that_cannot_be_read_is_shown_with_the_reason() {
    let scratch = Scratch::new();
    let list = CrlBuilder::new()
        .entry(CrlEntry::raw([0x30, 0x00]))
        .issued_by(&ca());
    for content in [list.der(), list.to_pem().as_bytes()] {
        let run = inspect(&[&scratch.file("list", content)]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""));
        assert!(
            run.stdout
                .ends_with("\nCRL 1 of 1\n  can't be read       entry 1 is malformed\n"),
            "{}",
            run.stdout
        );
    }
    let trailing = CrlBuilder::new().trailing([0]).issued_by(&ca());
    let run = inspect(&[&scratch.file("list", trailing.der())]);
    assert!(
        run.stdout
            .contains("there is data after the end of the CRL"),
        "{}",
        run.stdout
    );
}

#[test]
fn pem_of_a_list_that_is_cut_off_is_refused() {
    let scratch = Scratch::new();
    let list = read(&pki("B-v1.crl"));
    let file = scratch.file("list.pem", &list[..list.len() / 2]);
    let run = inspect(&[&file]);
    assert_eq!(run.complaint(), format!("{file}: CRL 1: the PEM is broken"));
}
