//! Exit codes, both formats, hostile names.

use portcullis_fixtures::{Certificate, CertificateBuilder, Key, Name};

use super::{Case, TIME, found, list, root, run_in};
use crate::run::{Scratch, data, pki, portcullis, portcullis_reading};

#[test]
fn the_bundle_of_the_repository_is_good() {
    let at = crate::run::TIME;
    let run = portcullis([
        "lint",
        &pki("bundle.pem"),
        "--crl",
        &pki("B-v2.crl"),
        "--soon",
        "0",
        "--time",
        at,
    ]);
    // B is beside its issuer, which is a choice.
    let file = pki("bundle.pem");
    assert_eq!(found(&run), [format!("{file}:23: note[issuer-in-bundle]")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn a_finding_says_where_what_whose_and_what_to_do() {
    let root = root();
    let client = Certificate::leaf("Client", Key::p256(1), &root).to_pem();
    let run = Case::new("a client", client + &root.to_pem(), [""; 0]).run(&[]);
    assert!(
        run.stdout.starts_with(
            "bundle.pem:1: error[not-a-ca]: The certificate is no CA's (basicConstraints), and a \
             bundle holds CA certificates only.\n    \
             CN=Client\n    \
             Take it out; a client's certificate is trusted through the CA that issued it.\n    \
             AWS: InvalidCaCertificatesBundle\n\n\
             bundle.pem: 1 error, 0 warnings, 0 notes\n\n"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn one_file_that_can_t_be_used_keeps_none_of_the_others_from_being_told() {
    let crl = list().bad_signature().issued_by(&root()).to_pem();
    let case = Case::new("good", format!("\n{}", root().to_pem()), [""; 0]).with("1.crl", crl);
    let run = case.run(&["--crl", "missing.crl", "--chain", "missing.pem"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        found(&run),
        [
            "bundle.pem:1: error[blank-line]",
            "1.crl:1: error[crl-bad-signature]"
        ]
    );
    let complaints: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(complaints.len(), 2, "{run:?}");
    assert!(complaints[0].starts_with("portcullis: missing.crl: No such file"));
    assert!(complaints[1].starts_with("portcullis: missing.pem: No such file"));
}

#[test]
fn without_a_bundle_there_is_nothing_to_tell() {
    let run = portcullis(["lint", "missing.pem"]);
    assert!(run.complaint().starts_with("missing.pem: No such file"));
    assert_eq!(portcullis(["lint"]).code, 2);
    let run = portcullis(["lint", "-", "--crl", "-"]);
    assert_eq!(run.complaint(), "-: standard input can be read only once");
}

#[test]
fn a_bundle_may_come_from_standard_input() {
    let run = portcullis_reading(["lint", "-", "--time", TIME], b"\n");
    assert_eq!(
        found(&run),
        ["-: error[no-certificates]", "-:1: error[blank-line]"]
    );
    assert_eq!(run.code, 1);
}

#[test]
fn a_chain_may_be_a_pkcs_12_file_under_a_password() {
    let (password, chain) = (data("password.txt"), pki("C.p12"));
    let run = portcullis([
        "lint",
        &pki("bundle.pem"),
        "--time",
        crate::run::TIME,
        "--chain",
        &chain,
        "--password-file",
        &password,
    ]);
    assert!(
        run.stdout.contains(&format!("\n{chain}: Success, 2 ")),
        "{run:?}"
    );
    assert_eq!(run.code, 0);
}

#[cfg(unix)]
#[test]
fn a_hostile_name_injects_neither_lines_nor_escapes() {
    let evil = "x\u{1b}[2J\nbundle.pem:1: error[fake]: y\u{202e}";
    let ca = CertificateBuilder::ca(Name::new().common_name(evil), Key::p256(0));
    let ca = ca.basic_constraints(false, None).self_signed().to_pem();
    let label = format!("-----BEGIN \u{1b}[2J{}-----\n", "x".repeat(1000));
    let scratch = Scratch::new();
    let name = "evil\u{1b}[2J\n1.pem";
    scratch.file(name, format!("{ca}{label}"));
    for format in ["text", "json"] {
        let run = run_in(
            &scratch,
            &["lint", name, "--time", TIME, "--format", format],
        );
        assert_eq!(run.code, 1);
        assert!(
            run.stdout
                .bytes()
                .all(|byte| matches!(byte, b'\n' | b' '..=b'~')),
            "{run:?}"
        );
        assert!(!run.stdout.contains("\nbundle.pem:1"), "{run:?}");
        assert!(run.stdout.lines().all(|line| line.len() < 400), "{run:?}");
    }
}

#[test]
fn of_one_kind_only_the_first_hundred_are_shown_and_all_are_counted() {
    let run = Case::new("comments", "# -\n".repeat(150) + &root().to_pem(), [""; 0]).run(&[]);
    assert_eq!(found(&run).len(), 100);
    assert!(
        run.stdout
            .contains("\nbundle.pem: 150 errors, 0 warnings, 0 notes (50 of them not shown)\n"),
        "{}",
        run.stdout
    );
}
