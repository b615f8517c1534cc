//! What CRLs change of the verdict, and what is told of them.

use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Extension, GeneralName,
    IssuingDistributionPoint, Key, KeyUsage, NOW, NameConstraints, oid,
};

use crate::run::{Run, Scratch, explain, judging, pki, portcullis, portcullis_reading, verify};

/// Root and Signing in the store or not, a client, and a list.
struct Case {
    scratch: Scratch,
    root: Certificate,
    signing: Certificate,
    client: Certificate,
    serial: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        Self::with_client(|client| client)
    }

    fn with_client(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        Self::with(|signing| signing, change)
    }

    fn with(
        change_signing: impl Fn(CertificateBuilder) -> CertificateBuilder,
        change_client: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let signing =
            change_signing(CertificateBuilder::ca("Signing", Key::p256(1))).issued_by(&root);
        let serial = vec![0x2A, 0x01];
        let client = CertificateBuilder::leaf("Client", Key::p256(2)).serial(&serial);
        Self {
            scratch: Scratch::new(),
            client: change_client(client).issued_by(&signing),
            root,
            signing,
            serial,
        }
    }

    /// A list with the client in it.
    fn revoking(&self) -> CrlBuilder {
        CrlBuilder::new().entry(CrlEntry::new(&self.serial[..]).reason(1))
    }

    /// `command` on the client, sent with Signing, under lists made with Signing's key, Root in the
    /// store.
    fn run(&self, command: &str, lists: &[&CrlBuilder], options: &[&str]) -> Run {
        let lists: Vec<_> = lists
            .iter()
            .enumerate()
            .map(|(index, list)| {
                let list = list.issued_by(&self.signing);
                self.scratch.file(&format!("{index}.crl"), list.to_pem())
            })
            .collect();
        self.run_on(command, &[&self.root], &lists, options)
    }

    fn run_on(
        &self,
        command: &str,
        store: &[&Certificate],
        lists: &[String],
        options: &[&str],
    ) -> Run {
        let pem = |certificates: &[&Certificate]| {
            certificates
                .iter()
                .map(|certificate| certificate.to_pem())
                .collect::<String>()
        };
        let store = self.scratch.file("store.pem", pem(store));
        let chain = pem(&[&self.client, &self.signing]);
        let chain = self.scratch.file("chain.pem", chain);
        let mut arguments = vec![command, "--trust-store", &store, "--time", TIME];
        for list in lists {
            arguments.extend(["--crl", list]);
        }
        arguments.extend(options);
        arguments.push(&chain);
        portcullis(arguments)
    }

    fn status(&self, lists: &[&CrlBuilder], options: &[&str]) -> String {
        self.run("verify", lists, options)
            .stdout
            .trim_end()
            .to_owned()
    }

    /// The remedy for a client under lists made with Signing's key, which must be `status`.
    fn remedy(&self, lists: &[&CrlBuilder], options: &[&str], status: &str) -> String {
        let run = self.run("explain", lists, options);
        assert_eq!(run.stdout.lines().next(), Some(status), "{}", run.stdout);
        line(&run, "remedy").to_owned()
    }
}

/// A line of an explanation.
fn line<'r>(run: &'r Run, name: &str) -> &'r str {
    run.stdout
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or_else(|| panic!("{name} in {}", run.stdout))
        .trim_start()
}

/// The fixtures' `NOW`.
const TIME: &str = "2027-01-15T08:00:00Z";

const HIT: &str = "Failed:ClientCertCrlHit";
const PROCESSING_ERROR: &str = "Failed:ClientCertCrlProcessingError";

#[test]
fn a_list_with_a_wrong_signature_is_told_on_standard_error_and_the_verdict_printed() {
    let case = Case::new();
    let list = case.scratch.file(
        "bad.crl",
        CrlBuilder::new()
            .bad_signature()
            .issued_by(&case.signing)
            .to_pem(),
    );
    let store = [&case.root, &case.signing];
    let run = case.run_on("verify", &store, core::slice::from_ref(&list), &[]);
    assert_eq!(run.stdout, format!("{PROCESSING_ERROR}\n"));
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        format!(
            "portcullis: {list}: this CRL can't be used, so no certificate of CN=Signing passes: \
             its signature is not by a CA of that name in the store\n"
        )
    );
    let run = case.run_on("explain", &store, core::slice::from_ref(&list), &[]);
    assert!(run.stdout.starts_with(PROCESSING_ERROR), "{}", run.stdout);
    assert!(line(&run, "CRL").starts_with(&list), "{}", run.stdout);
    assert!(line(&run, "remedy").contains("Fetch it anew"));
}

#[test]
fn a_list_that_nobody_can_use_is_told_with_its_fault() {
    for (list, fault) in [
        (CrlBuilder::new().delta(1), "it is a delta CRL"),
        (
            CrlBuilder::new()
                .issuing_distribution_point(IssuingDistributionPoint::new().indirect()),
            "it is an indirect CRL",
        ),
        (
            CrlBuilder::new().push(Extension::unknown(4).critical(true)),
            "it has a critical extension that is unknown",
        ),
    ] {
        let case = Case::new();
        let run = case.run("verify", &[&list], &[]);
        assert_eq!(run.stdout, format!("{PROCESSING_ERROR}\n"), "{fault}");
        let told = run.stderr.lines().collect::<Vec<_>>();
        assert!(
            matches!(&told[..], [line] if line.contains("0.crl: ") && line.ends_with(fault)),
            "{told:?}"
        );
    }
}

#[test]
fn a_list_of_a_ca_that_is_not_in_the_store_is_told_and_counts_for_its_clients() {
    let case = Case::new();
    let run = case.run("verify", &[&case.revoking()], &[]);
    assert_eq!(run.stdout, format!("{HIT}\n"));
    assert!(
        run.stderr.contains(
            "0.crl: this CRL is of none of the trust store's CAs, so it counts only for clients \
             that send its own, CN=Signing\n"
        ),
        "{}",
        run.stderr
    );
    let ca = Certificate::ca("Somebody", Key::p256(3));
    let other = CrlBuilder::new().revoke([1]).issued_by(&ca);
    let other = case.scratch.file("other.crl", other.to_pem());
    let run = verify(["--crl", &other, &pki("chain-C.pem")]);
    assert_eq!((run.stdout.as_str(), run.code), ("Success\n", 0));
    assert!(run.stderr.contains(&other), "{}", run.stderr);
}

#[test]
fn an_explanation_tells_the_list_the_entry_and_what_to_do() {
    let run = explain(["--crl", &pki("B-v2.crl"), &pki("chain-R.pem")]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert_eq!(
        line(&run, "CRL"),
        format!(
            "{}: number 01 of CN=Signing B,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP, issued \
             2026-11-24T12:48:47Z, the next one due 2036-11-21T12:48:47Z",
            pki("B-v2.crl")
        )
    );
    assert_eq!(
        line(&run, "entry"),
        "4E971A08D2441667, 2026-11-24T12:48:47Z, unspecified"
    );
    assert!(line(&run, "remedy").contains("new certificate"));
    assert!(line(&run, "judged").ends_with(", 1 CRL"));
    let run = explain(["--crl", &pki("B-v2.crl"), &pki("chain-C.pem")]);
    assert!(!run.stdout.contains("\nCRL "), "{}", run.stdout);
}

#[test]
fn the_list_that_decided_is_named_among_several() {
    let case = Case::new();
    let other = CrlBuilder::new()
        .issuing_distribution_point(IssuingDistributionPoint::new().only_ca_certificates());
    let run = case.run("explain", &[&other, &case.revoking()], &[]);
    assert!(
        line(&run, "CRL").starts_with(&case.scratch.path("1.crl").display().to_string()),
        "{}",
        run.stdout
    );
    assert!(line(&run, "entry").ends_with(", keyCompromise"));
}

#[test]
fn the_rules_for_missing_and_expired_lists_and_their_reach_can_be_chosen() {
    let case = Case::new();
    let current = CrlBuilder::new();
    let expired = CrlBuilder::new().next_update(NOW - 1);
    let future = CrlBuilder::new().this_update(NOW + DAY);
    for (lists, options, status) in [
        (&[][..], &[][..], "Success"),
        (&[], &["--missing-crl", "allow"], "Success"),
        (&[], &["--missing-crl", "deny"], PROCESSING_ERROR),
        // Signing's own certificate has no list.
        (&[&current], &["--missing-crl", "deny"], PROCESSING_ERROR),
        (
            &[&current],
            &["--missing-crl", "deny", "--crl-reach", "leaf"],
            "Success",
        ),
        (
            &[&current],
            &["--missing-crl", "deny", "--crl-reach", "path"],
            PROCESSING_ERROR,
        ),
        (&[&expired], &[], "Success"),
        (&[&expired], &["--expired-crl", "ignore"], "Success"),
        (&[&expired], &["--expired-crl", "enforce"], PROCESSING_ERROR),
        (&[&future], &["--expired-crl", "enforce"], PROCESSING_ERROR),
        (&[&current], &["--expired-crl", "enforce"], "Success"),
    ] {
        assert_eq!(case.status(lists, options), status, "{options:?}");
    }
}

#[test]
fn a_list_that_has_expired_is_noted_though_it_decides() {
    let case = Case::new();
    let expired = CrlBuilder::new().next_update(NOW - 1);
    let future = CrlBuilder::new().number(2).this_update(NOW + 1);
    let run = case.run("explain", &[&expired, &future], &[]);
    for note in [
        "0.crl expired at 2027-01-15T07:59:59Z, which ALB overlooks",
        "1.crl is not valid before 2027-01-15T08:00:01Z, which ALB overlooks",
    ] {
        assert!(run.stdout.contains(note), "{}", run.stdout);
    }
    let exact = CrlBuilder::new().this_update(NOW).next_update(NOW);
    let run = case.run("explain", &[&exact], &[]);
    assert!(!run.stdout.contains("\nnote "), "{}", run.stdout);
}

#[test]
fn each_failure_that_is_about_lists_has_its_remedy() {
    let case =
        Case::with_client(|client| client.crl_distribution_points(&["http://ca.example/list.crl"]));
    let entry = |reason| CrlBuilder::new().entry(CrlEntry::new(&case.serial[..]).reason(reason));
    let point = IssuingDistributionPoint::new();
    let cases: [(&str, CrlBuilder, &[&str], &str); 9] = [
        (HIT, case.revoking(), &[], "a new certificate"),
        (HIT, entry(6), &[], "on hold"),
        (HIT, entry(8), &[], "delta CRLs only"),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().delta(1),
            &[],
            "the complete CRL",
        ),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().issuing_distribution_point(point.clone().some_reasons(2)),
            &[],
            "for all reasons",
        ),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().issuing_distribution_point(point.clone().only_ca_certificates()),
            &[],
            "says it is at http://ca.example/list.crl.",
        ),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().next_update(NOW - 1),
            &["--expired-crl", "enforce"],
            "says it is at http://ca.example/list.crl, or check the clocks",
        ),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().issuer("Somebody"),
            &["--missing-crl", "deny"],
            "--missing-crl allow",
        ),
        (
            PROCESSING_ERROR,
            CrlBuilder::new().bad_signature(),
            &[],
            "Fetch it anew: the certificate says it is at http://ca.example/list.crl.",
        ),
    ];
    for (status, list, options, words) in &cases {
        let remedy = case.remedy(&[list], options, status);
        assert!(remedy.contains(words), "{words}: {remedy}");
    }
}

#[test]
fn a_ca_that_may_not_sign_lists_is_told() {
    let case = Case::with(|ca| ca.key_usage(KeyUsage::KEY_CERT_SIGN), |client| client);
    for (policy, status) in [
        ("alb", "Failed:ClientCertUntrusted"),
        ("rfc5280", PROCESSING_ERROR),
    ] {
        let remedy = case.remedy(&[&CrlBuilder::new()], &["--policy", policy], status);
        assert!(remedy.contains("with cRLSign"), "{remedy}");
    }
}

#[test]
fn a_revoked_intermediate_is_not_blamed_on_the_client() {
    let case = Case::with(|ca| ca.serial([7]), |client| client);
    let list = CrlBuilder::new().revoke([7]).issued_by(&case.root);
    let list = [case.scratch.file("root.crl", list.to_pem())];
    let run = case.run_on("explain", &[&case.root], &list, &[]);
    assert_eq!(run.stdout.lines().next(), Some(HIT));
    assert!(line(&run, "remedy").contains("a CA that is not revoked"));
    assert_eq!(line(&run, "stopped"), "at certificate 2 of 2 sent");
    let run = case.run_on("explain", &[&case.root, &case.signing], &list, &[]);
    assert!(line(&run, "remedy").starts_with("Remove it from the trust store"));
}

#[test]
fn a_budget_for_names_that_is_used_up_has_its_remedy() {
    let names =
        |count: u32| (0..count).map(|number| GeneralName::dns(format!("n{number}.example")));
    let constraints = names(400).fold(NameConstraints::new(), |constraints, name| {
        constraints.exclude(name)
    });
    let case = Case::with(
        |ca| ca.extension(Extension::name_constraints(&constraints).critical(true)),
        |client| client.extension(Extension::subject_alt_name(names(1000).skip(500))),
    );
    let remedy = case.remedy(&[], &["--policy", "rfc5280"], "Failed:ClientCertUntrusted");
    assert!(remedy.contains("fewer names"), "{remedy}");
}

#[test]
fn a_batch_tells_of_a_list_once() {
    let case = Case::new();
    let list = CrlBuilder::new().issued_by(&case.signing);
    let list = case.scratch.file("list.crl", list.to_pem());
    let names = [pki("chain-C.pem"), pki("chain-E.pem")].join("\n");
    let arguments = judging("verify", ["--batch", "--crl", &list]);
    let run = portcullis_reading(arguments, names.as_bytes());
    assert_eq!(run.stdout.lines().count(), 2);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[test]
fn names_from_lists_cannot_speak_to_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\n\u{9b}31m\u{202e}";
    let case = Case::with_client(|client| {
        client.push(Extension::new(
            oid::CRL_DISTRIBUTION_POINTS,
            Extension::crl_distribution_points(&["http://owned/\u{1b}[2J"]).value(),
        ))
    });
    let list = CrlBuilder::new().issuer(evil).issued_by(&case.signing);
    let list = case.scratch.file("evil.crl", list.to_pem());
    for run in [
        case.run_on(
            "explain",
            &[&case.root],
            core::slice::from_ref(&list),
            &["--missing-crl", "deny"],
        ),
        portcullis(["inspect", &list]),
        portcullis(["inspect", "--format", "json", &list]),
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
