//! Before anybody is measured, everybody who is here has to give the right verdicts.

use std::process::Command;

#[test]
fn every_peer_accepts_the_good_and_refuses_the_revoked_the_forged_and_the_servers() {
    let output = Command::new(env!("CARGO_BIN_EXE_peers-bench"))
        .arg("--check")
        .output()
        .expect("the program of this package");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert!(
        said.contains("right verdicts: Portcullis; webpki, aws-lc-rs;"),
        "{said}"
    );
}
