//! `lint`: every kind of finding, and how they are told.

mod certificates;
mod crls;
mod fix;
mod form;
mod output;
mod quotas;

use std::collections::BTreeSet;
use std::process::Stdio;

use portcullis_fixtures::{Certificate, CrlBuilder, DAY, Key, NOW};

use crate::run::{Run, Scratch, command};

/// A bundle, what goes with it, and all that is found.
struct Case {
    name: &'static str,
    /// By name: `bundle.pem`, CRLs `*.crl`, chains `*.chain`.
    files: Vec<(String, Vec<u8>)>,
    /// The first line of each finding, up to its identifier, in order.
    expected: Vec<String>,
}

impl Case {
    /// A bundle and nothing else.
    fn new(
        name: &'static str,
        bundle: impl AsRef<[u8]>,
        expected: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name,
            files: vec![("bundle.pem".to_owned(), bundle.as_ref().to_vec())],
            expected: expected.into_iter().map(Into::into).collect(),
        }
    }

    /// With a file that goes with the bundle.
    fn with(mut self, file: impl Into<String>, content: impl AsRef<[u8]>) -> Self {
        self.files.push((file.into(), content.as_ref().to_vec()));
        self
    }

    /// Runs `lint` in a folder with the files.
    fn run(&self, options: &[&str]) -> Run {
        let scratch = Scratch::new();
        let mut arguments = vec!["lint", "bundle.pem", "--time", TIME];
        for (name, content) in &self.files {
            scratch.file(name, content);
            match name.rsplit_once('.') {
                Some((_, "crl")) => arguments.extend(["--crl", name]),
                Some((_, "chain")) => arguments.extend(["--chain", name]),
                _ => {}
            }
        }
        arguments.extend(options);
        run_in(&scratch, &arguments)
    }

    /// Fails unless exactly what is expected is found, and the exit code fits.
    #[track_caller]
    fn check(&self) {
        let run = self.run(&[]);
        let name = self.name;
        assert_eq!(found(&run), self.expected, "{name}: {run:?}");
        assert_eq!(run.stderr, "", "{name}");
        let is_bad = |line: &String| line.contains(": error[") || line.contains(": warning[");
        let code = i32::from(self.expected.iter().any(is_bad));
        assert_eq!(run.code, code, "{name}");
        assert!(run.stdout.is_ascii(), "{name}");
    }
}

/// Runs the program in a folder.
fn run_in(scratch: &Scratch, arguments: &[&str]) -> Run {
    let output = command(arguments)
        .current_dir(scratch.path(""))
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    Run {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The first line of each finding, up to its identifier.
fn found(run: &Run) -> Vec<String> {
    run.stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| Some(format!("{}]", line.split_once("]: ")?.0)))
        .collect()
}

/// The text of certificates, one after the other, and the line on which each begins.
fn bundle<const N: usize>(certificates: [&Certificate; N]) -> (String, [usize; N]) {
    let mut text = String::new();
    let lines = certificates.map(|certificate| {
        let line = 1 + text.lines().count();
        text.push_str(&certificate.to_pem());
        line
    });
    (text, lines)
}

/// A list that doesn't expire soon.
fn list() -> CrlBuilder {
    CrlBuilder::new().next_update(NOW + 90 * DAY)
}

fn root() -> Certificate {
    Certificate::ca("Root", Key::p256(0))
}

/// The fixtures' `NOW`.
const TIME: &str = "2027-01-15T08:00:00Z";

#[test]
fn a_case_of_every_kind_of_finding_is_tested() {
    let schema = include_str!("../../docs/lint.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
    let ids = schema["properties"]["findings"]["items"]["properties"]["id"]["enum"].as_array();
    let known: BTreeSet<&str> = ids
        .expect("a list")
        .iter()
        .map(|id| id.as_str().expect("a string"))
        .collect();
    let cases = [
        certificates::cases(),
        crls::cases(),
        form::cases(),
        quotas::cases(),
    ];
    let tested: Vec<String> = cases
        .into_iter()
        .flatten()
        .flat_map(|case| case.expected)
        .collect();
    let tested: BTreeSet<&str> = tested
        .iter()
        .filter_map(|line| line.split_once('[')?.1.strip_suffix(']'))
        .collect();
    assert_eq!(tested, known);
}
