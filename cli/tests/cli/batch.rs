//! Many chains in one run.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::run::{Run, Scratch, command, judging, pki, portcullis_reading};

fn batch(names: &str) -> Run {
    portcullis_reading(judging("verify", ["--batch"]), names.as_bytes())
}

#[test]
fn a_batch_answers_each_name_in_order() {
    let (c, e) = (pki("chain-C.pem"), pki("chain-E.pem"));
    let run = batch(&format!("{c}\n\n{e}\r\n{c}"));
    assert_eq!(
        run.stdout,
        format!("Success\t{c}\nSuccess\t{e}\nSuccess\t{c}\n")
    );
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
}

#[test]
fn a_failed_chain_in_a_batch_makes_the_exit_code_1() {
    let (c, h) = (pki("chain-C.pem"), pki("chain-H.pem"));
    let run = batch(&format!("{h}\n{c}\n"));
    assert_eq!(
        run.stdout,
        format!("Failed:ClientCertUntrusted\t{h}\nSuccess\t{c}\n")
    );
    assert_eq!((run.stderr.as_str(), run.code), ("", 1));
}

#[test]
fn a_name_that_cannot_be_used_does_not_stop_a_batch_but_makes_the_exit_code_2() {
    let scratch = Scratch::new();
    let (c, h, empty) = (
        pki("chain-C.pem"),
        pki("chain-H.pem"),
        scratch.file("empty", ""),
    );
    let run = batch(&format!("{empty}\n{h}\n-\n{c}\n"));
    assert_eq!(
        run.stdout,
        format!("Failed:ClientCertUntrusted\t{h}\nSuccess\t{c}\n")
    );
    let complaints: Vec<_> = run.stderr.lines().collect();
    assert_eq!(complaints[0], format!("portcullis: {empty}: is empty"));
    assert!(complaints[1].starts_with("portcullis: -: "), "{run:?}");
    assert_eq!((complaints.len(), run.code), (2, 2));
}

#[test]
fn a_batch_without_names_is_no_failure() {
    let run = batch("\n\n");
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str(), run.code),
        ("", "", 0)
    );
}

#[test]
fn a_batch_answers_before_the_next_name_comes() {
    let mut child = command(judging("verify", ["--batch"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut names = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for (chain, status) in [
        ("chain-C.pem", "Success"),
        ("chain-H.pem", "Failed:ClientCertUntrusted"),
    ] {
        let name = pki(chain);
        writeln!(names, "{name}").expect("the program reads");
        let answer = answers.next().expect("an answer").expect("readable");
        assert_eq!(answer, format!("{status}\t{name}"));
    }
    drop(names);
    assert_eq!(child.wait().expect("the program ends").code(), Some(1));
}

#[test]
fn a_batch_takes_no_chain_on_the_command_line() {
    let run = portcullis_reading(judging("verify", ["--batch", &pki("chain-C.pem")]), b"");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("--batch"), "{run:?}");
}

#[test]
fn a_batch_can_be_explained() {
    let (c, h) = (pki("chain-C.pem"), pki("chain-H.pem"));
    let run = portcullis_reading(
        judging("explain", ["--batch"]),
        format!("{c}\n{h}\n").as_bytes(),
    );
    assert!(
        run.stdout.starts_with(&format!("{c}:\nSuccess\n")),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains(&format!("\n\n{h}:\nFailed:ClientCertUntrusted\n")),
        "{}",
        run.stdout
    );
    assert_eq!(run.code, 1);
}
