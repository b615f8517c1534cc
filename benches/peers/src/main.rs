//! What a verification costs Portcullis and its peers, in one run, with the same certificates and
//! lists; each is a process of its own, and all take turns.
//!
//! `cargo run --release -p peers-bench [-- --chart FILE] [FILTER]`; Markdown tables come out.

#[path = "../../support/chains.rs"]
mod chains;
mod chart;
mod measure;
mod peer;
mod programs;
mod serve;
#[path = "../../support/sorted.rs"]
mod sorted;
mod subject;
mod table;

use core::time::Duration;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

use crate::programs::Library;
use crate::subject::{KINDS, Subject};

const SIZES: [usize; 5] = [0, 1_000, 10_000, 100_000, 500_000];

#[derive(Parser)]
#[command(about = "Measures verifications of Portcullis and its peers side by side")]
struct Arguments {
    /// Only chains whose name contains this, as in "RSA-2048, 1 signature"
    filter: Option<String>,
    /// Where to draw what lists cost, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// How long a chain with one size of list is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    seconds: f64,
    /// See that everybody gives the right verdicts, and measure nothing
    #[arg(long)]
    check: bool,
    /// Be the peer of this name, with the files of the folder that follows
    #[arg(long, hide = true, requires = "filter")]
    serve: Option<Library>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let (Some(library), Some(folder)) = (arguments.serve, &arguments.filter) {
        return serve::serve(library, folder.as_ref());
    }
    let folder = tempfile::tempdir()?;
    let (programs, missing) = programs::find(folder.path())?;
    for line in &missing {
        println!("{line}");
    }
    let filter = arguments.filter.unwrap_or_default();
    let subjects = subjects().filter(|subject| subject.chain().contains(&filter));
    if arguments.check {
        for subject in subjects.filter(|subject| subject.entries <= 1000) {
            measure::check(&programs, subject)?;
        }
        let names: Vec<_> = programs.iter().map(|program| program.name).collect();
        println!("right verdicts: {}", names.join("; "));
        return Ok(());
    }
    let length = Duration::from_secs_f64(arguments.seconds);
    let mut measured = Vec::new();
    for subject in subjects {
        eprintln!("{}, {} entries", subject.chain(), subject.entries);
        measured.push(measure::measure(&programs, subject, length)?);
    }
    table::print(&programs, &measured);
    if let Some(file) = arguments.chart {
        fs::write(file, chart::draw(&programs, &measured)?)?;
    }
    Ok(())
}

fn subjects() -> impl Iterator<Item = Subject> {
    let with_sizes = |kind, signatures| {
        SIZES.map(|entries| Subject {
            kind,
            signatures,
            entries,
        })
    };
    KINDS
        .into_iter()
        .flat_map(move |kind| [1, 2].map(|signatures| with_sizes(kind, signatures)))
        .flatten()
}
