//! Instructions, counted by callgrind in a process of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What one call cost, and the profile that says where.
pub(crate) struct Count {
    pub(crate) instructions: u64,
    profile: PathBuf,
}

impl Count {
    /// The functions in which a profile's instructions are, with their share.
    pub(crate) fn hottest(&self) -> io::Result<Vec<String>> {
        let annotate = Command::new("callgrind_annotate")
            .arg("--threshold=100")
            .arg(&self.profile)
            .output()?;
        let annotated = String::from_utf8_lossy(&annotate.stdout);
        let functions = annotated.lines().filter_map(|line| {
            let (share, function) = line.split_once("%)")?;
            let (_, function) = function.split_once(':')?;
            let (_, share) = share.split_once('(')?;
            // What was running when counting began has all of it.
            let share = share
                .trim()
                .parse()
                .ok()
                .filter(|share: &f64| *share < 100.0)?;
            let (function, _) = function.rsplit_once(" [").unwrap_or((function, ""));
            Some(format!("{share:5.1}% {function}"))
        });
        Ok(functions.take(FUNCTIONS).collect())
    }
}

/// Runs this program anew with these arguments, and gives what each call of the function took, in
/// which it has to call the function so many times. It must not be inlined.
pub(crate) fn count(
    function: &str,
    calls: usize,
    arguments: &[&str],
    folder: &Path,
) -> io::Result<Vec<Count>> {
    let profiles = folder.join("profile");
    let mut callgrind = Command::new("valgrind");
    callgrind
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={function}"))
        .arg(format!("--dump-after={function}"))
        .arg(format!("--callgrind-out-file={}", profiles.display()))
        .arg(std::env::current_exe()?)
        .args(arguments);
    let status = callgrind.status().map_err(|error| {
        io::Error::other(format!(
            "valgrind, which counts the instructions, cannot be run: {error}"
        ))
    })?;
    if !status.success() {
        return Err(io::Error::other("the measured process failed"));
    }
    let count = |call| -> io::Result<Count> {
        let profile = folder.join(format!("profile.{call}"));
        Ok(Count {
            instructions: total(&profile)?,
            profile,
        })
    };
    (1..=calls).map(count).collect()
}

/// The total of a profile of callgrind's.
fn total(profile: &Path) -> io::Result<u64> {
    let profile = fs::read_to_string(profile)?;
    let line = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: "));
    let line = line.ok_or_else(|| io::Error::other("a profile without a total"))?;
    line.trim().parse().map_err(io::Error::other)
}

/// How much of a profile is shown.
const FUNCTIONS: usize = 8;
