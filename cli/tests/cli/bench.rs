//! Measuring: what is told, never how fast.

use serde_json::Value;

use crate::run::{Run, Scratch, data, judging, pki, portcullis, portcullis_reading};
use crate::schema::check;

/// One pass over the chains, as text.
fn bench(arguments: &[&str]) -> Run {
    let once = ["--seconds", "0"];
    portcullis(judging("bench", once.iter().chain(arguments)))
}

/// The same as JSON that follows the schema.
fn measured(arguments: &[&str]) -> (Value, i32) {
    let run = bench(&[&["--format", "json"], arguments].concat());
    assert_eq!(run.stderr, "");
    (check("bench", &run.stdout), run.code)
}

#[test]
fn verdicts_come_first_and_then_the_figures() {
    let (c, e) = (pki("chain-C.pem"), pki("chain-E.pem"));
    let run = bench(&[&c, &e]);
    let verdicts = format!("Success\t{c}\nSuccess\t{e}\n\n2 chains in turn, policy alb, ");
    assert!(run.stdout.starts_with(&verdicts), "{}", run.stdout);
    for word in [
        "2 CAs, no CRL, no memo, 1 thread, ",
        "\nverifications/s ",
        "\np50, us ",
        "\np99, us ",
        "\np99.9, us ",
        "\nsignature checks each ",
        "\ntime in these, % ",
        "\n   from us  Portcullis",
        " ##",
    ] {
        assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("refused"), "{}", run.stdout);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[test]
fn a_chain_that_is_refused_is_measured_and_said() {
    let (c, h) = (pki("chain-C.pem"), pki("chain-H.pem"));
    let run = bench(&[&c, &h]);
    let verdicts = format!("Success\t{c}\nFailed:ClientCertUntrusted\t{h}\n");
    assert!(run.stdout.starts_with(&verdicts), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("\n1 chain of 2 refused: what is measured is a refusal\n"),
        "{}",
        run.stdout
    );
    assert_eq!((run.stderr.as_str(), run.code), ("", 1));
    let (answer, code) = measured(&[&c, &h]);
    assert_eq!(
        (answer["portcullis"]["verifications"].as_u64(), code),
        (Some(2), 1)
    );
}

#[test]
fn each_thread_verifies_each_chain() {
    let (c, e, h) = (pki("chain-C.pem"), pki("chain-E.pem"), pki("chain-H.pem"));
    for (threads, verifications) in [("1", 3), ("2", 6), ("5", 15)] {
        let (answer, _) = measured(&["--threads", threads, &c, &e, &h]);
        let ours = &answer["portcullis"];
        assert_eq!(ours["verifications"], verifications, "{answer}");
        let bins = ours["histogram"].as_array().expect("bins");
        let counts = bins
            .iter()
            .map(|bin| bin["count"].as_u64().expect("a count"));
        assert_eq!(counts.sum::<u64>(), verifications);
        assert_eq!(answer["threads"].to_string(), threads);
    }
}

#[test]
fn a_fraction_of_a_second_is_enough() {
    let chain = pki("chain-C.pem");
    let arguments = ["--format", "json", "--seconds", "0.05", &chain];
    let run = portcullis(judging("bench", arguments));
    let answer = check("bench", &run.stdout);
    let verifications = answer["portcullis"]["verifications"].as_u64();
    assert!(verifications >= Some(1), "{answer}");
    assert!(answer["seconds"].as_f64() >= Some(0.05), "{answer}");
    assert_eq!(
        (answer["interrupted"].as_bool(), run.code),
        (Some(false), 0)
    );
}

#[test]
fn what_was_judged_by_is_told() {
    let (crl, chain) = (pki("B-xca.crl"), pki("chain-R.pem"));
    let (answer, code) = measured(&["--policy", "rfc5280", "--crl", &crl, &chain]);
    assert_eq!(answer["time"], "2026-12-01T00:00:00Z");
    assert_eq!(answer["policy"], "rfc5280");
    assert_eq!(answer["trust_store_size"], 2);
    assert_eq!(answer["crl_count"], 1);
    assert_eq!(answer["crl_entry_count"], 1);
    assert_eq!(answer["memo"], Value::Null);
    assert_eq!(answer["peer"], Value::Null);
    let chain = &answer["chains"][0];
    assert_eq!(chain["file"], pki("chain-R.pem"));
    assert_eq!(chain["status"], "Failed:ClientCertCrlHit");
    assert_eq!(code, 1);
}

#[test]
fn signature_checks_are_counted_and_those_that_a_memo_saves() {
    // The store has the first one's issuer, and only the root above that of the second.
    let (c, e) = (pki("chain-C.pem"), pki("chain-E.pem"));
    for (chains, checks) in [(vec![&*c], 1.0), (vec![&*e], 2.0), (vec![&*c, &*e], 1.5)] {
        let (answer, _) = measured(&chains);
        let signatures = &answer["portcullis"]["signatures"];
        assert_eq!(signatures["checks"], checks, "{answer}");
        assert_eq!(signatures["remembered"], 0.0);
        assert!(signatures["share"].as_f64() > Some(0.0), "{answer}");
        let (answer, _) = measured(&[&["--memo", "64"], &chains[..]].concat());
        let signatures = &answer["portcullis"]["signatures"];
        assert_eq!(signatures["checks"], 0.0, "{answer}");
        assert_eq!(signatures["remembered"], checks, "{answer}");
        assert_eq!(answer["memo"], 64);
    }
}

#[test]
fn a_memo_that_is_too_small_saves_less() {
    let (c, e) = (pki("chain-C.pem"), pki("chain-E.pem"));
    let (answer, _) = measured(&["--memo", "1", &c, &e]);
    let signatures = &answer["portcullis"]["signatures"];
    let [checks, remembered] = ["checks", "remembered"].map(|name| signatures[name].as_f64());
    assert!(checks > Some(0.0), "{answer}");
    assert_eq!(
        checks.zip(remembered).map(|(made, saved)| made + saved),
        Some(1.5)
    );
}

#[test]
fn allocations_are_counted_if_the_program_can() {
    let (answer, _) = measured(&["--against", "webpki", &pki("chain-C.pem")]);
    for side in ["portcullis", "peer"] {
        let allocations = &answer[side]["allocations"];
        assert_eq!(
            allocations.is_object(),
            cfg!(feature = "allocations"),
            "{answer}"
        );
    }
}

#[test]
fn a_peer_judges_the_same_chains() {
    let (crl, c, h, r) = (
        pki("B-xca.crl"),
        pki("chain-C.pem"),
        pki("chain-H.pem"),
        pki("chain-R.pem"),
    );
    let (answer, code) = measured(&["--against", "webpki", "--crl", &crl, &c, &h, &r]);
    let peer = &answer["peer"];
    assert_eq!(
        (peer["name"].as_str(), peer["disputed"].as_u64()),
        (Some("webpki"), Some(0))
    );
    assert_eq!(peer["notes"].as_array().map(Vec::len), Some(0), "{answer}");
    assert_eq!(peer["verifications"], 3);
    assert_eq!(peer["ratio"]["rounds"], 1);
    assert!(peer["ratio"]["median"].as_f64() > Some(0.0));
    let verdicts = answer["chains"].as_array().expect("chains").iter();
    let verdicts: Vec<_> = verdicts
        .map(|chain| chain["peer"]["accepts"].as_bool())
        .collect();
    assert_eq!(verdicts, [Some(true), Some(false), Some(false)]);
    assert_eq!(code, 1);
}

#[test]
fn a_peer_of_another_opinion_is_no_comparison() {
    let (bundle, chain) = (pki("bundle.pem"), pki("chain-C.pem"));
    let late = [
        "--time",
        "2040-01-01T00:00:00Z",
        "--ignore-expiry",
        "--seconds",
        "0",
    ];
    let arguments = ["bench", "--trust-store", &bundle, "--against", "webpki"];
    let run = portcullis(arguments.iter().chain(&late).copied().chain([&*chain]));
    let verdicts = format!("Success\t{chain}\n  webpki refuses: CertExpired");
    assert!(run.stdout.starts_with(&verdicts), "{}", run.stdout);
    for warning in [
        "NOT LIKE FOR LIKE: for 1 chain of 1 the verdicts differ",
        "NOT LIKE FOR LIKE: webpki has nothing like --ignore-expiry",
    ] {
        assert!(run.stdout.contains(warning), "{warning}: {}", run.stdout);
    }
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[test]
fn the_same_opinion_is_a_comparison() {
    let run = bench(&["--against", "webpki", &pki("chain-C.pem")]);
    assert!(run.stdout.contains("\nPortcullis takes "), "{}", run.stdout);
    assert!(
        run.stdout.contains(" times as long as webpki ("),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("NOT LIKE"), "{}", run.stdout);
    assert!(run.stdout.contains("\n    webpki  ##"), "{}", run.stdout);
}

#[cfg(not(feature = "openssl"))]
#[test]
fn a_peer_that_is_not_built_in_is_told() {
    let run = bench(&["--against", "openssl", &pki("chain-C.pem")]);
    assert_eq!(
        run.complaint(),
        "--against openssl: this program was built without OpenSSL (cargo install --path cli \
         --features openssl builds it in)"
    );
}

#[cfg(feature = "openssl")]
#[test]
fn openssl_judges_the_same_chains() {
    let (crl, c, h, r) = (
        pki("B-xca.crl"),
        pki("chain-C.pem"),
        pki("chain-H.pem"),
        pki("chain-R.pem"),
    );
    let peer = |arguments: &[&str]| measured(&[&["--against", "openssl"], arguments].concat()).0;
    let answer = peer(&[&c, &h]);
    assert_eq!(answer["peer"]["name"], "OpenSSL");
    assert_eq!(answer["peer"]["disputed"], 0, "{answer}");
    assert_eq!(answer["peer"]["signatures"], Value::Null);
    let answer = peer(&["--crl", &crl, "--crl-reach", "leaf", &c, &r]);
    assert_eq!(answer["peer"]["disputed"], 0, "{answer}");
    assert_eq!(
        answer["chains"][1]["peer"]["refusal"],
        "certificate revoked"
    );
    // It stops at a CA that has no CRL, where ALB does not.
    let answer = peer(&["--crl", &crl, &pki("chain-E.pem")]);
    assert_eq!(answer["peer"]["disputed"], 1, "{answer}");
}

#[test]
fn a_batch_names_chains_and_what_cannot_be_used_does_not_stop_it() {
    let scratch = Scratch::new();
    let (c, empty) = (pki("chain-C.pem"), scratch.file("empty", ""));
    let arguments = judging("bench", ["--seconds", "0", "--batch", "--format", "json"]);
    let names = format!("{c}\n{empty}\n\n{c}\n");
    let run = portcullis_reading(arguments, names.as_bytes());
    assert_eq!(
        check("bench", &run.stdout)["portcullis"]["verifications"],
        2
    );
    assert_eq!(run.stderr, format!("portcullis: {empty}: is empty\n"));
    assert_eq!(run.code, 2);
}

#[test]
fn a_batch_without_chains_is_told() {
    for names in ["", "\n\n"] {
        let arguments = judging("bench", ["--seconds", "0", "--batch"]);
        let run = portcullis_reading(arguments, names.as_bytes());
        assert_eq!(run.complaint(), "-: names no chain that could be measured");
    }
}

#[test]
fn a_chain_that_cannot_be_used_is_named() {
    let scratch = Scratch::new();
    let missing = scratch.path("missing.pem").display().to_string();
    let run = bench(&[&missing]);
    assert!(
        run.complaint().starts_with(&format!("{missing}: ")),
        "{run:?}"
    );
    let run = bench(&[&pki("chain-C.pem"), &scratch.file("empty.pem", "")]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.ends_with("empty.pem: is empty\n"), "{run:?}");
    assert!(!run.stdout.contains("verifications/s"), "{run:?}");
}

#[test]
fn a_pkcs12_file_is_a_chain() {
    let (password, chain) = (data("password.txt"), pki("E.p12"));
    let (answer, code) = measured(&["--password-file", &password, &chain]);
    assert_eq!(
        (answer["chains"][0]["status"].as_str(), code),
        (Some("Success"), 0)
    );
}

#[test]
fn numbers_that_make_no_sense_are_named() {
    let chain = pki("chain-C.pem");
    for (option, value, words) in [
        ("--threads", "0", "1..=1024"),
        ("--threads", "10000", "1..=1024"),
        ("--memo", "0", "1..=4194304"),
        ("--memo", "4194305", "1..=4194304"),
        ("--memo", "99999999999999999999", "--memo"),
        ("--seconds=-1", "", "not from 0 to 86400"),
        ("--seconds=NaN", "", "not from 0 to 86400"),
        ("--seconds", "86401", "not from 0 to 86400"),
        ("--seconds", "soon", "not a number of seconds"),
        ("--against", "nobody", "webpki"),
    ] {
        let arguments = [option, value].into_iter().filter(|it| !it.is_empty());
        let run = portcullis(judging("bench", arguments.chain([&*chain])));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{option} {value}");
        assert!(
            run.stderr.contains(words),
            "{option} {value}: {}",
            run.stderr
        );
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_the_measurement_and_tells_what_there_is() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};

    use crate::run::command;

    let chain = pki("chain-C.pem");
    let mut child = command(judging("bench", ["--seconds", "3600", &chain]))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut verdict = String::new();
    out.read_line(&mut verdict).expect("readable");
    assert_eq!(verdict, format!("Success\t{chain}\n"));
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill is there").success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("readable");
    assert!(rest.contains("\ninterrupted: "), "{rest}");
    assert!(rest.contains("\nverifications/s "), "{rest}");
    assert_eq!(child.wait().expect("the program ends").code(), Some(0));
}
