//! The text of a bundle.

use portcullis_fixtures::{CrlBuilder, Key};

use super::{Case, root};
use crate::run::{data, pki, read};

pub(super) fn cases() -> Vec<Case> {
    let ca = root().to_pem();
    let lines: Vec<&str> = ca.lines().collect();
    let count = lines.len();
    // With one line, counted from 1, in another form.
    let change = |number: usize, change: &dyn Fn(&str) -> String| -> String {
        (1..)
            .zip(&lines)
            .map(|(at, line)| match at == number {
                true => change(line) + "\n",
                false => (*line).to_owned() + "\n",
            })
            .collect()
    };
    let utf16: Vec<u8> = ca.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let body = lines[1..count - 1].concat();
    let wide: String = body
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
        .collect();
    let section = |label: &str, body: &[u8]| {
        pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, body).expect("PEM")
    };
    let crl = CrlBuilder::new().issued_by(&root()).to_pem();
    vec![
        Case::new("one CA", &ca, [""; 0]),
        Case::new("no final line ending", ca.trim_end(), [""; 0]),
        Case::new("a comment", format!("# Our CA\n{ca}#\n"), [""; 0]),
        Case::new(
            "a blank line before",
            format!(" \t\n\n{ca}"),
            ["bundle.pem:1: error[blank-line]"],
        ),
        Case::new(
            "a blank line within",
            change(3, &|line| format!("{line}\n")),
            ["bundle.pem:4: error[blank-line]"],
        ),
        Case::new(
            "OpenSSL's text",
            format!("Certificate:\n    Data:\n        Version: 3 (0x2)\n{ca}"),
            ["bundle.pem:1: error[text-dump]"],
        ),
        Case::new(
            "attributes of a bag",
            format!("Bag Attributes\n    friendlyName: CA\nsubject=CN = Root\n{ca}"),
            ["bundle.pem:1: error[text-dump]"],
        ),
        Case::new(
            "a comment without its sign",
            format!("{ca}Our CA\n"),
            [format!("bundle.pem:{}: error[text-line]", count + 1)],
        ),
        Case::new(
            "an indented comment",
            format!(" # Our CA\n{ca}"),
            ["bundle.pem:1: error[text-line]"],
        ),
        Case::new(
            "a hyphen in a comment",
            format!("# our-ca\n{ca}"),
            ["bundle.pem:1:6: error[dash-in-comment]"],
        ),
        Case::new(
            "a byte order mark",
            format!("\u{feff}{ca}"),
            ["bundle.pem:1:1: error[byte-order-mark]"],
        ),
        Case::new(
            "UTF-16",
            [b"\xFE\xFF", &*utf16].concat(),
            ["bundle.pem: error[utf-16]"],
        ),
        Case::new(
            "CR and LF",
            ca.replace('\n', "\r\n"),
            ["bundle.pem:1: note[crlf]"],
        ),
        Case::new(
            "CR alone",
            ca.replace('\n', "\r"),
            ["bundle.pem:1: warning[bare-cr]"],
        ),
        Case::new(
            "trailing blanks",
            change(3, &|line| format!("{line} ")),
            ["bundle.pem:3: warning[outer-blanks]"],
        ),
        Case::new(
            "an indented section",
            change(1, &|line| format!("  {line}")),
            ["bundle.pem:1: warning[outer-blanks]"],
        ),
        Case::new(
            "76 characters a line",
            format!("{}\n{wide}{}\n", lines[0], lines[count - 1]),
            ["bundle.pem:2: warning[line-length]"],
        ),
        Case::new(
            "all on one line",
            format!("{}\n{body}\n{}\n", lines[0], lines[count - 1]),
            ["bundle.pem:2: warning[line-length]"],
        ),
        Case::new(
            "cut off, and another one",
            format!("{}\n{}\n{ca}", lines[0], lines[1]),
            ["bundle.pem:1: error[broken-pem]"],
        ),
        Case::new(
            "joined without a line ending",
            format!("{}{ca}", ca.trim_end()),
            [
                format!("bundle.pem:{count}: warning[duplicate-certificate]"),
                format!("bundle.pem:{count}:26: error[broken-pem]"),
            ],
        ),
        Case::new(
            "an END line too many",
            format!("{ca}-----END CERTIFICATE-----\n"),
            [format!("bundle.pem:{}: error[broken-pem]", count + 1)],
        ),
        Case::new(
            "an END line of another section",
            format!("{}\n{}\n-----END X509 CRL-----\n{ca}", lines[0], lines[1]),
            ["bundle.pem:3: error[broken-pem]"],
        ),
        Case::new(
            "a section that is empty",
            format!("{}\n{}\n{ca}", lines[0], lines[count - 1]),
            ["bundle.pem:1: error[broken-pem]"],
        ),
        Case::new(
            "four hyphens",
            change(1, &|line| line.replacen('-', "", 1)),
            ["bundle.pem:1:1: error[malformed-boundary]"],
        ),
        Case::new(
            "no base64",
            change(2, &|line| line.replacen(&line[4..5], "*", 1)) + &ca,
            ["bundle.pem:2:5: error[bad-base64]"],
        ),
        Case::new(
            "a character of base64 missing",
            change(count - 1, &|line| line[1..].to_owned()) + &ca,
            ["bundle.pem:1: error[bad-base64]"],
        ),
        Case::new(
            "a private key",
            ca.clone() + &section("PRIVATE KEY", Key::p256(0).pkcs8_der()),
            [format!("bundle.pem:{}: error[private-key]", count + 1)],
        ),
        Case::new(
            "a private key under a password, with a blank line",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n\
             -----END RSA PRIVATE KEY-----\n"
                .to_owned()
                + &ca,
            ["bundle.pem:1: error[private-key]"],
        ),
        Case::new(
            "a request and a CRL",
            section("CERTIFICATE REQUEST", b"0") + &crl + &ca,
            [
                "bundle.pem:1: error[other-section]",
                "bundle.pem:4: error[other-section]",
            ],
        ),
        Case::new("DER", root().der(), ["bundle.pem: error[not-pem]"]),
        Case::new("binary", [0, 1, 2], ["bundle.pem: error[not-pem]"]),
        Case::new(
            "PKCS#7",
            read(&data("bundle.p7b")),
            ["bundle.pem: error[not-pem]"],
        ),
        Case::new(
            "PKCS#12",
            read(&pki("C.p12")),
            ["bundle.pem: error[not-pem]"],
        ),
        Case::new("empty", "", ["bundle.pem: error[no-certificates]"]),
        Case::new(
            "only comments",
            "# Our CA\n\n",
            [
                "bundle.pem: error[no-certificates]",
                "bundle.pem:2: error[blank-line]",
            ],
        ),
        Case::new(
            "base64 by itself",
            format!("{body}\n"),
            [
                "bundle.pem: error[no-certificates]",
                "bundle.pem:1: error[text-line]",
            ],
        ),
        Case::new(
            "no certificate in the section",
            section("CERTIFICATE", &root().der()[1..]) + &ca,
            ["bundle.pem:1: error[unreadable-certificate]"],
        ),
    ]
}

#[test]
fn the_text_of_a_bundle_is_read_as_alb_does() {
    cases().iter().for_each(Case::check);
}

#[test]
fn a_private_key_is_told_loudly_and_never_printed() {
    let mut keys = 0;
    for case in cases() {
        let run = case.run(&[]);
        let bundle = String::from_utf8_lossy(&case.files[0].1).into_owned();
        let Some((_, key)) = bundle.split_once("PRIVATE KEY-----\n") else {
            continue;
        };
        keys += 1;
        assert!(run.stdout.contains("PRIVATE KEY"), "{}", run.stdout);
        let key = key.lines().take_while(|line| !line.starts_with("-----"));
        for line in key.filter(|line| !line.is_empty()) {
            assert!(!run.stdout.contains(line), "{line}");
        }
    }
    assert_eq!(keys, 2);
}

#[test]
fn what_aws_calls_it_is_told() {
    let run = Case::new("blank", format!("\n{}", root().to_pem()), [""; 0]).run(&[]);
    assert!(
        run.stdout.starts_with(
            "bundle.pem:1: error[blank-line]: The line is blank, and there may be no blank lines.\n    \
             Delete what is blank.\n    \
             AWS: InvalidCaCertificatesBundle\n\n"
        ),
        "{}",
        run.stdout
    );
}
