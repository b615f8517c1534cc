//! The command line and its documentation.

use crate::run::{pki, portcullis};

#[test]
fn help_explains_exit_codes_options_and_formats() {
    for command in ["verify", "explain", "inspect", "lint", "bench"] {
        let run = portcullis([command, "--help"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("Exit codes:\n  0  "), "{}", run.stdout);
        assert!(run.stdout.contains("--password-file"), "{}", run.stdout);
    }
    let index = portcullis(["index", "--help"]).stdout;
    assert!(index.contains("Exit codes:\n  0  "), "{index}");
    assert!(index.contains("--endian"), "{index}");
    let log = portcullis(["log", "--help"]).stdout;
    for word in [
        "Exit codes:\n  0  ",
        "--explain",
        "--top",
        "gzip",
        "Memory:",
        "256 KiB",
    ] {
        assert!(log.contains(word), "{word}");
    }
    let bench = portcullis(["bench", "--help"]).stdout;
    for word in [
        "--against",
        "--batch",
        "--memo",
        "--seconds",
        "--threads",
        "Ctrl-C",
    ] {
        assert!(bench.contains(word), "{word}");
    }
    let lint = portcullis(["lint", "--help"]).stdout;
    for word in [
        "--crl",
        "--chain",
        "--fix",
        "--soon",
        "never writes an empty",
    ] {
        assert!(lint.contains(word), "{word}");
    }
    let verify = portcullis(["verify", "--help"]).stdout;
    for word in [
        "--trust-store",
        "--time",
        "--policy",
        "alb",
        "rfc5280",
        "strict",
        "--max-depth",
        "--ignore-expiry",
        "--crl",
        "--missing-crl",
        "--expired-crl",
        "--crl-reach",
        "Failed:ClientCertCrlProcessingError",
        "--batch",
        "PKCS#12",
        "64 MiB",
        "Failed:ClientCertInvalid",
    ] {
        assert!(verify.contains(word), "{word}");
    }
}

#[test]
fn version_is_the_packages() {
    let run = portcullis(["--version"]);
    assert_eq!(
        run.stdout,
        concat!("portcullis ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert_eq!(run.code, 0);
}

#[test]
fn a_wrong_command_line_exits_with_2_and_says_what_is_wrong() {
    let (chain, bundle) = (pki("chain-C.pem"), pki("bundle.pem"));
    for (arguments, word) in [
        (vec![], "Usage"),
        (vec!["verify", &chain], "--trust-store"),
        (vec!["verify", "--trust-store", &bundle], "CHAIN"),
        (
            vec![
                "verify",
                "--trust-store",
                &bundle,
                "--policy",
                "none",
                &chain,
            ],
            "alb",
        ),
        (
            vec![
                "verify",
                "--trust-store",
                &bundle,
                "--max-depth",
                "0",
                &chain,
            ],
            "1..=64",
        ),
        (
            vec![
                "verify",
                "--trust-store",
                &bundle,
                "--max-depth",
                "65",
                &chain,
            ],
            "1..=64",
        ),
        (vec!["bench", "--trust-store", &bundle], "CHAIN"),
        (vec!["inspect"], "FILE"),
        (vec!["lint"], "BUNDLE"),
        (vec!["index", &chain], "--output"),
        (vec!["log"], "FILE"),
        (vec!["log", "--top", "10001", &chain], "0..=10000"),
    ] {
        let run = portcullis(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(word), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_time_that_is_none_or_before_1970_is_refused() {
    for (time, word) in [
        ("yesterday", "2026-12-01T00:00:00Z"),
        ("2026-12-01", "RFC 3339"),
        ("1969-12-31T23:59:59Z", "times before 1970-01-01"),
    ] {
        let (bundle, chain) = (pki("bundle.pem"), pki("chain-C.pem"));
        let run = portcullis(["verify", "--trust-store", &bundle, "--time", time, &chain]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{time}");
        assert!(run.stderr.contains(word), "{time}: {}", run.stderr);
    }
}
