//! The quotas of a trust store, each at its limit and over it.

use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, CrlEntry, Key, Name, der, oid, serials,
};

use super::{Case, list, root};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (count, expected) in [
        (25, &[][..]),
        (26, &["bundle.pem: error[too-many-certificates]"]),
    ] {
        let text: String = (0..count)
            .map(|number| Certificate::ca(format!("CA {number}").as_str(), Key::p256(0)).to_pem())
            .collect();
        cases.push(Case::new("CAs", text, expected.iter().copied()));
    }
    for (size, expected) in [
        (16_384, &[][..]),
        (16_385, &["bundle.pem:1: error[certificate-too-large]"]),
    ] {
        let ca = CertificateBuilder::ca("CA", Key::p256(0)).size(size);
        let text = ca.self_signed().to_pem();
        cases.push(Case::new("size", text, expected.iter().copied()));
    }
    for (size, expected) in [
        (5_000, &[][..]),
        (5_001, &["bundle.pem: error[subjects-too-long]"]),
    ] {
        let text: String = [subject(5_000, b'a'), subject(size, b'b')]
            .map(|name| Certificate::ca(name, Key::p256(0)).to_pem())
            .concat();
        cases.push(Case::new("subjects", text, expected.iter().copied()));
    }
    let crl = list().issued_by(&root()).to_pem();
    for count in [30, 31] {
        let mut case = Case::new("CRLs", root().to_pem(), [""; 0]);
        if count > 30 {
            case.expected
                .push("bundle.pem: error[too-many-crls]".to_owned());
        }
        for number in 1..=count {
            let name = format!("{number}.crl");
            if number > 1 {
                case.expected
                    .push(format!("{name}:1: warning[duplicate-crl]"));
            }
            case = case.with(name, &crl);
        }
        cases.push(case);
    }
    for (more, expected) in [(0, &[][..]), (1, &["1.crl: error[crl-too-large]"])] {
        let padding = (50 << 20) - crl.len() - 2 + more;
        let padded = format!("{crl}#{}\n", "x".repeat(padding));
        let case = Case::new("size of a CRL", root().to_pem(), expected.iter().copied());
        cases.push(case.with("1.crl", padded));
    }
    cases.extend(entries());
    cases
}

/// Two lists that have as many entries together as is allowed, and one more.
fn entries() -> Vec<Case> {
    let entry = CrlEntry::new([]);
    let list = |count, number| {
        let entries = serials::counting_up(1).map(|serial| entry.with_serial(serial));
        let mut der = Vec::new();
        list()
            .number(number)
            .write_issued_by(&root(), entries.take(count), &mut der)
            .expect("memory");
        pem_rfc7468::encode_string("X509 CRL", pem_rfc7468::LineEnding::LF, &der).expect("PEM")
    };
    let many = list(400_000, 1);
    [100_000, 100_001]
        .map(|count| {
            let mut expected = vec!["1.crl:1: warning[crl-superseded]"];
            if count > 100_000 {
                expected.insert(0, "bundle.pem: error[too-many-crl-entries]");
            }
            Case::new("entries", root().to_pem(), expected)
                .with("1.crl", &many)
                .with("2.crl", list(count, 2))
        })
        .into()
}

/// A name of so many bytes.
fn subject(size: usize, letter: u8) -> Name {
    let name = |length| {
        let value = der::utf8_string(&String::from_utf8(vec![letter; length]).expect("ASCII"));
        let attribute = der::sequence([der::oid(oid::COMMON_NAME), value]);
        Name::new().attribute(Attribute::raw(attribute))
    };
    let overhead = name(size - 100).to_der().len() - (size - 100);
    let name = name(size - overhead);
    assert_eq!(name.to_der().len(), size);
    name
}

#[test]
fn a_quota_is_kept_at_its_limit_and_exceeded_one_over_it() {
    cases().iter().for_each(Case::check);
}

#[test]
fn what_is_left_is_told_even_when_all_is_well() {
    let crl = list().revoke([1]).revoke([2]).issued_by(&root());
    let case = Case::new("good", root().to_pem(), [""; 0]).with("1.crl", crl.to_pem());
    let run = case.run(&[]);
    let size = root().der().len();
    let pem = crl.to_pem().len();
    let rows = [
        (
            "quota",
            "used".to_owned(),
            "of".to_owned(),
            "left".to_owned(),
        ),
        row("CA certificates", 1, 25),
        row("largest CA certificate, bytes", size, 16_384),
        // SEQUENCE, SET, SEQUENCE, OBJECT IDENTIFIER of 3 bytes and four letters.
        row("subjects of all CAs, bytes", 17, 10_000),
        row("CRLs", 1, 30),
        row("largest CRL, bytes", pem, 52_428_800),
        row("entries of all CRLs", 2, 500_000),
    ];
    let table: String = rows
        .iter()
        .map(|(name, used, of, left)| format!("{name:<32}{used:>10}{of:>10}{left:>10}\n"))
        .collect();
    assert_eq!(
        run.stdout,
        format!("bundle.pem: 0 errors, 0 warnings, 0 notes\n\n{table}")
    );
    assert_eq!(run.code, 0);
}

fn row(name: &str, used: usize, of: usize) -> (&str, String, String, String) {
    let left = of - used;
    (name, used.to_string(), of.to_string(), left.to_string())
}
