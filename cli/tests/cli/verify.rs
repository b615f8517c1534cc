//! The verdicts of the three configurations, and what the options change.

use crate::run::{data, pki, portcullis, verify};

const SUCCESS: (&str, i32) = ("Success", 0);
const UNTRUSTED: (&str, i32) = ("Failed:ClientCertUntrusted", 1);
const EXPIRED: (&str, i32) = ("Failed:ClientCertExpired", 1);

#[test]
fn a_client_under_an_intermediate_of_the_store_passes() {
    assert_eq!(verify([pki("chain-C.pem")]).verdict(), SUCCESS);
    assert_eq!(verify([pki("C.crt")]).verdict(), SUCCESS);
}

#[test]
fn a_client_that_sends_the_intermediate_the_store_lacks_passes() {
    assert_eq!(verify([pki("chain-E.pem")]).verdict(), SUCCESS);
    assert_eq!(verify([pki("E.crt")]).verdict(), UNTRUSTED);
}

#[test]
fn a_client_under_another_root_is_untrusted() {
    assert_eq!(verify([pki("chain-H.pem")]).verdict(), UNTRUSTED);
    assert_eq!(
        verify([pki("chain-H.pem"), pki("F.crt")]).verdict(),
        UNTRUSTED
    );
}

#[test]
fn a_revoked_client_passes_where_there_is_no_crl() {
    assert_eq!(verify([pki("chain-R.pem")]).verdict(), SUCCESS);
}

#[test]
fn the_time_decides_and_its_edges_are_those_of_alb() {
    let at = |time: &str| {
        let run = portcullis([
            "verify",
            "--trust-store",
            &pki("bundle.pem"),
            "--time",
            time,
            &pki("chain-C.pem"),
        ]);
        let (status, code) = run.verdict();
        (status.to_owned(), code)
    };
    let status = |verdict: (&str, i32)| (verdict.0.to_owned(), verdict.1);
    assert_eq!(
        at("2026-11-24T12:48:46Z"),
        status(("Failed:ClientCertNotYetValid", 1))
    );
    assert_eq!(at("2026-11-24T12:48:47Z"), status(SUCCESS));
    assert_eq!(at("2027-11-24T12:48:46.9Z"), status(SUCCESS));
    assert_eq!(at("2027-11-24T12:48:47Z"), status(EXPIRED));
    assert_eq!(at("2027-11-24T21:48:47+09:00"), status(EXPIRED));
}

#[test]
fn without_a_time_the_clock_decides() {
    let run = portcullis([
        "verify",
        "--trust-store",
        &pki("bundle.pem"),
        &pki("chain-H.pem"),
    ]);
    assert_eq!(run.verdict(), UNTRUSTED);
}

#[test]
fn expiry_can_be_ignored_but_not_the_beginning() {
    let late = ["--ignore-expiry", "--time", "2040-01-01T00:00:00Z"];
    let early = ["--ignore-expiry", "--time", "2020-01-01T00:00:00Z"];
    let store = [
        "verify".to_owned(),
        "--trust-store".to_owned(),
        pki("bundle.pem"),
        pki("chain-C.pem"),
    ];
    let run = |time: [&str; 3]| portcullis(store.iter().cloned().chain(time.map(str::to_owned)));
    assert_eq!(run(late).verdict(), SUCCESS);
    assert_eq!(run(early).verdict(), ("Failed:ClientCertNotYetValid", 1));
}

#[test]
fn the_depth_limit_counts_what_the_client_sends() {
    let chain = pki("chain-C.pem");
    assert_eq!(verify(["--max-depth", "2", &chain]).verdict(), SUCCESS);
    assert_eq!(
        verify(["--max-depth", "1", &chain]).verdict(),
        ("Failed:ClientCertMaxChainDepthExceeded", 1)
    );
    let four = [pki("chain-C.pem"), pki("A.crt"), pki("F.crt")];
    assert_eq!(verify(&four).verdict(), SUCCESS);
    let five = four.iter().cloned().chain([pki("G.crt")]);
    assert_eq!(
        verify(five).verdict(),
        ("Failed:ClientCertMaxChainDepthExceeded", 1)
    );
}

#[test]
fn every_policy_judges_the_three_configurations_alike() {
    for policy in ["alb", "rfc5280", "strict"] {
        let verify = |chain: &str| verify(["--policy", policy, &pki(chain)]);
        assert_eq!(verify("chain-C.pem").verdict(), SUCCESS, "{policy}");
        assert_eq!(verify("chain-E.pem").verdict(), SUCCESS, "{policy}");
        assert_eq!(verify("chain-H.pem").verdict(), UNTRUSTED, "{policy}");
    }
}

#[test]
fn several_files_are_one_chain_in_their_order() {
    assert_eq!(verify([pki("E.crt"), pki("D.crt")]).verdict(), SUCCESS);
    // Now the CA claims to be the client, and it is not fit for that.
    assert_eq!(
        verify([pki("D.crt"), pki("E.crt")]).verdict(),
        ("Failed:ClientCertPurposeInvalid", 1)
    );
}

#[test]
fn a_pkcs12_file_and_a_pem_file_make_a_chain() {
    let run = verify([
        "--password-file",
        &data("password.txt"),
        &pki("E.p12"),
        &pki("A.crt"),
    ]);
    assert_eq!(run.verdict(), SUCCESS);
}
