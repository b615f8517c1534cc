//! Writing the answer, whoever reads it.

use std::io::Write;
use std::process::Stdio;

use crate::run::{command, judging, pki};

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic_and_no_success() {
    let mut child = command(judging("verify", ["--batch"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut names = child.stdin.take().expect("a pipe");
    writeln!(names, "{}", pki("chain-C.pem")).expect("the program reads");
    drop(names);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_is_no_success() {
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let output = command(judging("verify", [pki("chain-C.pem")]))
        .stdout(full)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("portcullis: standard output: No space left"),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn nobody_to_complain_to_is_no_panic() {
    let mut child = command(judging("verify", ["missing.pem"]))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(2));
}
