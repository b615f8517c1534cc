//! Counting, by callgrind in a process of its own.

use core::hint::black_box;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::case::Case;

/// Every case and its instructions.
pub(crate) fn count() -> io::Result<Vec<(String, u64)>> {
    let folder = std::env::temp_dir().join(format!("portcullis-guards-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let counts = count_in(&folder);
    fs::remove_dir_all(&folder)?;
    counts
}

fn count_in(folder: &Path) -> io::Result<Vec<(String, u64)>> {
    let program = std::env::current_exe()?;
    let profiles = folder.join("profile");
    let child = Command::new("valgrind")
        // What is in the environment moves the stack.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .args(["--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--toggle-collect={MEASURED}"))
        .arg(format!("--dump-after={MEASURED}"))
        .arg(format!("--callgrind-out-file={}", profiles.display()))
        .arg(&program)
        .arg(CHILD)
        .output()
        .map_err(|error| {
            io::Error::other(format!(
                "valgrind, which counts the instructions, cannot be run: {error}"
            ))
        })?;
    if !child.status.success() {
        let words = String::from_utf8_lossy(&child.stderr).into_owned();
        return Err(io::Error::other(format!(
            "the measured process failed: {words}"
        )));
    }
    let names = String::from_utf8_lossy(&child.stdout).into_owned();
    (1..)
        .zip(names.lines())
        .map(|(number, name)| {
            let profile = fs::read_to_string(folder.join(format!("profile.{number}")))?;
            Ok((name.to_owned(), ours(&profile, &program.to_string_lossy())?))
        })
        .collect()
}

/// What the measured process does: every case once, and its name on a line.
pub(crate) fn child(cases: Vec<Case>) {
    for mut case in cases {
        measured(&mut case.work);
        println!("{}", case.name);
    }
}

/// How the process that is measured is told what to do.
pub(crate) const CHILD: &str = "--counted";

/// Callgrind finds it by name.
const MEASURED: &str = concat!(module_path!(), "::measured");

#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    black_box(work)();
}

/// The instructions of a profile that are in the program itself, and not in its backend.
///
/// What they call in the C library is in another object. There memcpy, memcmp and their like are
/// others on each kind of processor.
fn ours(profile: &str, program: &str) -> io::Result<u64> {
    let mut sum = 0;
    let (mut is_program, mut is_backend) = (false, false);
    let mut is_of_a_call = false;
    for line in profile.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            is_program = object == program;
        } else if let Some(function) = line.strip_prefix("fn=") {
            is_backend = function.contains(BACKEND);
        } else if line.starts_with("calls=") {
            // The next line has what the called function took, which stands at that function too.
            is_of_a_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let count = line.split_ascii_whitespace().nth(1);
            let count: u64 = count
                .and_then(|count| count.parse().ok())
                .ok_or_else(|| io::Error::other(format!("a profile with the line {line}")))?;
            if !core::mem::take(&mut is_of_a_call) && is_program && !is_backend {
                sum += count;
            }
        }
    }
    match sum {
        0 => Err(io::Error::other("a profile without an instruction of ours")),
        sum => Ok(sum),
    }
}

const BACKEND: &str = "guards::backend::";
