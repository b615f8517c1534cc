//! What listeners with mutual TLS take for a connection: Portcullis, nginx and rustls side by side.
//!
//! `cargo run --release -p listener-bench` prints Markdown tables; `-- --help` tells the options.
//! `-- reload` checks that `portcullis serve` takes new bundles and lists while it serves.

mod client;
mod compare;
mod files;
mod fleet;
mod load;
mod measure;
mod memory;
mod peer;
mod process;
mod program;
mod reload;
mod server;

use anyhow::Result;
use clap::{Parser, Subcommand};

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.command {
        None => compare::run(&arguments.comparison),
        Some(Command::Reload(options)) => reload::run(options),
        Some(Command::Peer(options)) => peer::run(options),
    }
}

/// Measures listeners with mutual TLS under load, and prints Markdown.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    comparison: compare::Options,
}

#[derive(Subcommand)]
enum Command {
    /// Replaces bundle and CRL under load, and fails if anybody is let in or turned away wrongly.
    Reload(reload::Options),
    /// The listener of rustls that the others are measured beside.
    #[command(hide = true)]
    Peer(peer::Options),
}
