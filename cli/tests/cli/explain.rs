//! What an operator reads: the path, where it stopped, and what to do about it.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, NOW, Name, oid,
};

use crate::run::{Run, Scratch, explain, pki, portcullis, verify};

#[test]
fn the_first_line_is_the_verdict_of_verify_and_the_exit_code_too() {
    for chain in [
        "chain-C.pem",
        "chain-E.pem",
        "chain-H.pem",
        "chain-R.pem",
        "A.crt",
        "B.crt",
        "E.crt",
    ] {
        let (explained, verified) = (explain([pki(chain)]), verify([pki(chain)]));
        assert_eq!(
            explained.stdout.lines().next(),
            Some(verified.verdict().0),
            "{chain}"
        );
        assert_eq!(explained.code, verified.code, "{chain}");
    }
}

#[test]
fn a_success_shows_the_whole_path_up_to_the_anchor() {
    let run = explain([pki("chain-E.pem")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(
        run.stdout,
        "\
Success

client: certificate 1 of 2 sent
│  subject  CN=DarkUser,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
│  issuer   CN=Signing D,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
│  serial   40D3F7CA17B01CBF
│  valid    2026-11-24T12:48:47Z to 2027-11-24T12:48:47Z
│  key      RSA 2048
└─ issued by: certificate 2 of 2 sent
   │  subject  CN=Signing D,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
   │  issuer   CN=Root A,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
   │  serial   48A4B5F7C7BBFF73
   │  valid    2026-11-24T12:48:46Z to 2031-11-23T12:48:46Z
   │  key      RSA 2048
   └─ issued by: CA 1 of 2 in the trust store
         subject  CN=Root A,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
         issuer   CN=Root A,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
         serial   40897DD6EBE2A51B
         valid    2026-11-24T12:48:46Z to 2036-11-21T12:48:46Z
         key      RSA 2048

why      The path leads to CN=Root A,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP, which is in the trust store.
judged   as of 2026-12-01T00:00:00Z, policy alb
"
    );
}

#[test]
fn a_missing_issuer_is_named_and_the_remedy_says_who_lacks_it() {
    let run = explain([pki("chain-H.pem")]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let root = "CN=Root F,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP";
    for line in [
        "└─ issued by: certificate 2 of 2 sent  <- stopped here",
        &format!("   └─ not found: {root}"),
        "stopped  at certificate 2 of 2 sent",
    ] {
        assert!(
            run.stdout.lines().any(|found| found == line),
            "{line}\n{}",
            run.stdout
        );
    }
    assert!(
        run.stdout.contains(&format!(
            "remedy   The trust store holds no CA named {root}; the client did not send it."
        )),
        "{}",
        run.stdout
    );
}

#[test]
fn an_intermediate_the_client_forgot_is_named() {
    let run = explain([pki("E.crt")]);
    let issuer = "CN=Signing D,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP";
    assert!(
        run.stdout.contains(&format!("\n└─ not found: {issuer}\n")),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("have the client send it."),
        "{}",
        run.stdout
    );
}

#[test]
fn certificates_sent_in_vain_are_listed() {
    let run = explain([pki("chain-E.pem"), pki("F.crt")]);
    assert!(
        run.stdout
            .contains("\nunused   3 of 3, CN=Root F,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_client_that_is_itself_in_the_trust_store_is_told() {
    let run = explain([pki("A.crt")]);
    assert!(
        run.stdout
            .contains("\nclient: certificate 1 of 1 sent, which is CA 1 of 2 in the trust store\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("\nwhy      The client's certificate is itself in the trust store.\n"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("unused"), "{}", run.stdout);
}

#[test]
fn what_was_sent_is_listed_when_no_path_was_looked_for() {
    let scratch = Scratch::new();
    let run = explain([pki("C.crt"), scratch.file("binary", [0, 1, 2])]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stdout,
        "\
Failed:ClientCertInvalid

sent     1 of 2, CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP
sent     2 of 2, which can't be read: not a DER-encoded certificate
stopped  at certificate 2 of 2 sent
why      It does not parse: not a DER-encoded certificate.
remedy   Have the client send the certificate as its CA issued it. If it does, the CA has to issue it anew, in DER as RFC 5280 wants it.
judged   as of 2026-12-01T00:00:00Z, policy alb
"
    );
}

/// Root and Signing, and a client between which and them something may be wrong.
struct Case {
    scratch: Scratch,
    root: Certificate,
    signing: Certificate,
}

impl Case {
    fn new() -> Self {
        Self::with_signing(|signing| signing)
    }

    fn with_signing(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let signing = change(CertificateBuilder::ca("Signing", Key::p256(1))).issued_by(&root);
        Self {
            scratch: Scratch::new(),
            root,
            signing,
        }
    }

    fn client(&self, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Certificate {
        change(CertificateBuilder::leaf("Client", Key::p256(2))).issued_by(&self.signing)
    }

    fn explain(&self, chain: &[&Certificate], options: &[&str]) -> Run {
        let pem = |certificates: &[&Certificate]| {
            certificates
                .iter()
                .map(|certificate| certificate.to_pem())
                .collect::<String>()
        };
        let store = self.scratch.file("store.pem", pem(&[&self.root]));
        let chain = self.scratch.file("chain.pem", pem(chain));
        let mut arguments = vec![
            "explain",
            "--trust-store",
            &store,
            "--time",
            "2027-01-15T08:00:00Z",
        ];
        arguments.extend(options);
        arguments.push(&chain);
        portcullis(arguments)
    }

    /// Explains a client of this case, sent with its signing CA.
    fn remedy_for(&self, client: &Certificate, status: &str) -> String {
        remedy(&self.explain(&[client, &self.signing], &[]), status)
    }
}

fn remedy(run: &Run, status: &str) -> String {
    assert_eq!(run.stdout.lines().next(), Some(status), "{}", run.stdout);
    let remedy = run
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("remedy   "));
    remedy.expect("a remedy").to_owned()
}

#[test]
fn each_failure_of_a_clients_certificate_has_its_remedy() {
    let case = Case::new();
    let unknown = || Extension::unknown(4).critical(true);
    let cases: [(&str, &str, Certificate); 10] = [
        (
            "Failed:ClientCertExpired",
            "Have it renewed",
            case.client(|leaf| leaf.not_after(NOW - 1)),
        ),
        (
            "Failed:ClientCertNotYetValid",
            "wait for that time",
            case.client(|leaf| leaf.not_before(NOW + 1)),
        ),
        (
            "Failed:ClientCertUntrusted",
            "changed after it was signed",
            case.client(CertificateBuilder::bad_signature),
        ),
        (
            "Failed:ClientCertUntrusted",
            "not critical",
            case.client(|leaf| leaf.push(unknown())),
        ),
        (
            "Failed:ClientCertPurposeInvalid",
            "clientAuth",
            case.client(|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
        ),
        (
            "Failed:ClientCertPurposeInvalid",
            "digitalSignature",
            case.client(|leaf| leaf.key_usage(KeyUsage::KEY_ENCIPHERMENT)),
        ),
        (
            "Failed:ClientCertTypeUnsupported",
            "P-256",
            case.client(|leaf| leaf.key(Key::ed25519(0))),
        ),
        (
            "Failed:ClientCertIncompatible",
            "2048",
            case.client(|leaf| leaf.key(Key::rsa1024())),
        ),
        (
            "Failed:ClientCertInvalid",
            "as its CA issued it",
            case.client(|leaf| leaf.trailing([0])),
        ),
        (
            "Failed:ClientCertUntrusted",
            "malformed or there twice",
            case.client(|leaf| leaf.push(Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE))),
        ),
    ];
    for (status, words, client) in &cases {
        let remedy = case.remedy_for(client, status);
        assert!(remedy.contains(words), "{status}: {remedy}");
    }
}

#[test]
fn each_failure_of_a_ca_has_its_remedy() {
    type Change = fn(CertificateBuilder) -> CertificateBuilder;
    let cases: [(&str, &str, Change); 4] = [
        ("Failed:ClientCertUntrusted", "issued anew as a CA", |ca| {
            ca.basic_constraints(false, None)
        }),
        (
            "Failed:ClientCertExpired",
            "Have the client send one that is valid",
            |ca| ca.not_after(NOW - 1),
        ),
        (
            "Failed:ClientCertPurposeInvalid",
            "the CA's certificate issued anew",
            |ca| ca.extended_key_usage(&[oid::SERVER_AUTH]),
        ),
        // It can't be the issuer then, and is told of as what it is not.
        (
            "Failed:ClientCertUntrusted",
            "may not issue certificates",
            |ca| ca.key_usage(KeyUsage::CRL_SIGN),
        ),
    ];
    for (status, words, change) in cases {
        let case = Case::with_signing(change);
        let remedy = case.remedy_for(&case.client(|leaf| leaf), status);
        assert!(remedy.contains(words), "{status}: {remedy}");
    }
}

#[test]
fn an_expired_ca_of_the_store_is_to_be_replaced_there() {
    let case = Case {
        root: CertificateBuilder::ca("Root", Key::p256(0))
            .not_after(NOW - 1)
            .self_signed(),
        ..Case::new()
    };
    let remedy = case.remedy_for(&case.client(|leaf| leaf), "Failed:ClientCertExpired");
    assert!(remedy.contains("Replace it in the trust store"), "{remedy}");
}

#[test]
fn a_ca_of_the_right_name_and_another_key_is_told() {
    let case = Case::new();
    let client = case.client(|leaf| leaf);
    let impostor = CertificateBuilder::ca("Signing", Key::p256(3)).issued_by(&case.root);
    let remedy = remedy(
        &case.explain(&[&client, &impostor], &[]),
        "Failed:ClientCertUntrusted",
    );
    assert!(
        remedy
            .starts_with("A CA named CN=Signing is in what the client sent, but with another key"),
        "{remedy}"
    );
}

#[test]
fn a_wrong_signature_is_blamed_on_a_namesake_only_if_there_is_one() {
    let case = Case::new();
    let client = case.client(CertificateBuilder::bad_signature);
    let twice = case.explain(&[&client, &case.signing, &case.signing], &[]);
    let advice = remedy(&twice, "Failed:ClientCertUntrusted");
    assert!(
        advice.ends_with("Put the CA that really issued it into the trust store."),
        "{advice}"
    );

    let client = case.client(|leaf| leaf.without(oid::AUTHORITY_KEY_ID));
    let impostor = CertificateBuilder::ca("Signing", Key::p256(3)).issued_by(&case.root);
    let advice = remedy(
        &case.explain(&[&client, &impostor, &case.signing], &[]),
        "Failed:ClientCertUntrusted",
    );
    assert!(advice.ends_with("remove the wrong one."), "{advice}");
}

#[test]
fn a_chain_sent_the_wrong_way_round_is_told() {
    let case = Case::new();
    let client = case.client(|leaf| leaf);
    let remedy = remedy(
        &case.explain(&[&case.signing, &client], &[]),
        "Failed:ClientCertPurposeInvalid",
    );
    assert!(
        remedy.ends_with("Have the client send its own first."),
        "{remedy}"
    );
}

#[test]
fn a_second_opinion_that_differs_is_told() {
    let case = Case::new();
    // webpki knows no CA that is a client.
    let client = case.client(|leaf| leaf.basic_constraints(true, None));
    let run = case.explain(&[&client, &case.signing], &["--policy", "strict"]);
    let remedy = remedy(&run, "Failed:ClientCertUntrusted");
    assert!(remedy.contains("--policy rfc5280"), "{remedy}");
}

#[test]
fn names_from_certificates_cannot_speak_to_the_terminal() {
    let case = Case::new();
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\n\u{9b}31m\u{202e}";
    let client = case.client(|leaf| {
        leaf.subject(Name::new().common_name(evil))
            .push(Extension::subject_alt_name([
                GeneralName::dns(evil),
                GeneralName::email(evil),
                GeneralName::uri("\u{1b}[2J\u{7f}"),
            ]))
    });
    let file = case.scratch.file("client.pem", client.to_pem());
    for run in [
        case.explain(&[&client], &[]),
        case.explain(&[&client], &["--format", "json"]),
        portcullis(["inspect", &file]),
        portcullis(["inspect", "--format", "json", &file]),
    ] {
        let text = run.stdout.clone() + &run.stderr;
        assert!(text.contains("owned"), "{text}");
        assert!(
            text.chars()
                .all(|character| matches!(character, ' '..='~' | '\n' | '│' | '└' | '─')),
            "{text:?}"
        );
    }
}
