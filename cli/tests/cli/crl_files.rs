//! CRL files: which of them are taken, and what is said of the others.

use portcullis_fixtures::{Certificate, CrlBuilder, CrlEntry, Key};

use crate::run::{Run, Scratch, explain, judging, pki, portcullis_reading, read, verify};

const LISTS: [&str; 3] = ["B-xca.crl", "B-v1.crl", "B-v2.crl"];

/// The DER inside a PEM file of one section.
fn der(name: &str) -> Vec<u8> {
    let pem = String::from_utf8(read(&pki(name))).expect("ASCII");
    let (_, der) = pem_rfc7468::decode_vec(pem.as_bytes()).expect("PEM");
    der
}

/// `verify` of a chain of the repository under a file as its CRL.
fn verify_under(crl: &str, chain: &str) -> Run {
    verify(["--crl", crl, &pki(chain)])
}

#[test]
fn the_revoked_client_fails_under_each_of_the_three_lists_and_no_other_does() {
    for list in LISTS {
        let run = verify_under(&pki(list), "chain-R.pem");
        assert_eq!(run.verdict(), ("Failed:ClientCertCrlHit", 1), "{list}");
        for chain in ["chain-C.pem", "chain-E.pem"] {
            let run = verify_under(&pki(list), chain);
            assert_eq!(run.verdict(), ("Success", 0), "{list} {chain}");
        }
    }
}

#[test]
fn der_is_as_good_as_pem_and_standard_input_as_a_file() {
    let scratch = Scratch::new();
    for list in LISTS {
        let file = scratch.file("list", der(list));
        let run = verify_under(&file, "chain-R.pem");
        assert_eq!(run.verdict(), ("Failed:ClientCertCrlHit", 1), "{list}");
    }
    let arguments = judging("verify", ["--crl", "-", &pki("chain-R.pem")]);
    let run = portcullis_reading(arguments, &read(&pki("B-v1.crl")));
    assert_eq!(run.verdict(), ("Failed:ClientCertCrlHit", 1));
}

#[test]
fn a_byte_order_mark_and_text_around_the_pem_do_no_harm() {
    let scratch = Scratch::new();
    let text = [
        "\u{feff}".as_bytes(),
        &read(&pki("B-v1.crl")),
        b"\nthe end\n",
    ];
    let file = scratch.file("list.pem", text.concat());
    let run = verify_under(&file, "chain-R.pem");
    assert_eq!(run.verdict(), ("Failed:ClientCertCrlHit", 1));
}

#[test]
fn a_file_that_is_no_crl_is_refused_with_its_name_and_the_reason() {
    let scratch = Scratch::new();
    let list = read(&pki("B-v2.crl"));
    let half = list.len() / 2;
    let certificate = Certificate::ca("CA", Key::p256(0));
    let cases: [(&str, Vec<u8>, &str); 11] = [
        ("empty", Vec::new(), "the input is empty"),
        ("garbage", vec![0, 1, 2], "not a DER-encoded CRL"),
        (
            "text",
            b"hello\n".to_vec(),
            "it is text without a -----BEGIN X509 CRL----- line",
        ),
        (
            "certificate.pem",
            read(&pki("A.crt")),
            "it holds no CRL, only CERTIFICATE",
        ),
        (
            "certificate.der",
            certificate.der().to_vec(),
            "it is a certificate, not a CRL",
        ),
        (
            "two.pem",
            [&list[..], &read(&pki("B-v1.crl"))].concat(),
            "there is more than one CRL; a file holds one",
        ),
        (
            "two.der",
            [der("B-v1.crl"), der("B-v2.crl")].concat(),
            "there is data after the end of the CRL",
        ),
        (
            "trailing",
            [&der("B-v1.crl")[..], &[0]].concat(),
            "there is data after the end of the CRL",
        ),
        ("cut.pem", list[..half].to_vec(), "the PEM is broken"),
        (
            "cut.der",
            der("B-v1.crl")[..100].to_vec(),
            "not a DER-encoded CRL",
        ),
        (
            "entry",
            CrlBuilder::new()
                .revoke([1])
                .entry(CrlEntry::raw([0x30, 0x00]))
                .issued_by(&certificate)
                .into_der(),
            "entry 2 is malformed",
        ),
    ];
    for (name, content, reason) in cases {
        let file = scratch.file(name, content);
        let run = verify_under(&file, "chain-C.pem");
        let expected = format!("{file}: the CRL can't be used: {reason}");
        assert_eq!(run.complaint(), expected);
        let run = explain(["--crl", &file, &pki("chain-C.pem")]);
        assert_eq!(run.complaint(), expected);
    }
    let missing = scratch.path("missing").display().to_string();
    let run = verify_under(&missing, "chain-C.pem");
    assert!(
        run.complaint()
            .starts_with(&format!("{missing}: No such file")),
        "{run:?}"
    );
}

#[test]
fn the_second_of_two_lists_is_refused_by_its_own_name() {
    let scratch = Scratch::new();
    let file = scratch.file("garbage", [0]);
    let run = verify([
        "--crl",
        &pki("B-v1.crl"),
        "--crl",
        &file,
        &pki("chain-C.pem"),
    ]);
    assert!(run.complaint().starts_with(&file), "{run:?}");
}

#[test]
fn thirty_lists_are_taken_and_one_more_is_refused() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("Somebody", Key::p256(0));
    let mut arguments = Vec::new();
    for number in 1..=31 {
        let list = CrlBuilder::new().number(number).issued_by(&ca);
        let file = scratch.file(&format!("{number}.crl"), list.to_pem());
        arguments.extend(["--crl".to_owned(), file]);
    }
    let with = |lists: usize| {
        let lists = arguments[..2 * lists].iter().cloned();
        verify(lists.chain([pki("chain-C.pem")]))
    };
    let run = with(30);
    assert_eq!((run.stdout.as_str(), run.code), ("Success\n", 0));
    let run = with(31);
    assert_eq!((run.stdout.as_str(), run.code), ("", 2));
    assert!(
        run.stderr.lines().last().is_some_and(|line| line.ends_with(
            "31.crl: the CRL can't be used: the store holds 30 CRLs, which is all it can"
        )),
        "{}",
        run.stderr
    );
}

#[test]
fn half_a_million_entries_are_taken_and_one_more_is_refused() {
    let scratch = Scratch::new();
    let ca = Certificate::ca("Somebody", Key::p256(0));
    let entry = CrlEntry::new([]);
    let mut verdicts = Vec::new();
    for count in [500_000_u32, 500_001] {
        let mut list = Vec::new();
        let entries = (1..=count).map(|serial| entry.with_serial(serial.to_be_bytes()));
        CrlBuilder::new()
            .write_issued_by(&ca, entries, &mut list)
            .expect("memory is writable");
        let file = scratch.file("big.crl", list);
        for policy in ["alb", "rfc5280"] {
            let run = verify(["--policy", policy, "--crl", &file, &pki("chain-C.pem")]);
            verdicts.push((run.code, run.stderr.contains("more than 500000 entries")));
        }
    }
    assert_eq!(verdicts, [(0, false), (0, false), (2, true), (0, false)]);
}

#[test]
fn a_list_given_twice_counts_once_and_is_told() {
    let scratch = Scratch::new();
    let (pem, der) = (pki("B-v1.crl"), scratch.file("same.der", der("B-v1.crl")));
    let run = verify(["--crl", &pem, "--crl", &der, &pki("chain-R.pem")]);
    assert_eq!(
        (run.stdout, run.code),
        ("Failed:ClientCertCrlHit\n".to_owned(), 1)
    );
    assert_eq!(
        run.stderr,
        format!("portcullis: {der}: is the same CRL as {pem}, and counts once\n")
    );
}
