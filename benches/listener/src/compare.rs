//! Listeners in turns, under the same load of the same clients.

use core::time::Duration;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use portcullis_fixtures::Key;
use tokio::task::LocalSet;

use crate::client::{Clients, attempt};
use crate::files::{Files, Lists};
use crate::fleet::Fleet;
use crate::load::{Load, Turn};
use crate::measure::Sorted;
use crate::memory::{self, Memory};
use crate::process::{self, Cpus};
use crate::program::{Kind, Program};

#[derive(Args)]
pub(crate) struct Options {
    /// RSA-2048 for all keys instead of P-256
    #[arg(long)]
    rsa: bool,
    /// Turns of each server
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Seconds of a turn, after half a second to warm up
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Connections at a time
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// Open connections with which memory is measured
    #[arg(long, default_value_t = 1000)]
    connections: usize,
    /// Sizes of the CRL; 0 for none
    #[arg(long, value_delimiter = ',', default_values_t = [0, 100_000, 500_000])]
    entries: Vec<usize>,
    /// What to measure
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Kind::Nginx, Kind::Rustls, Kind::Portcullis])]
    servers: Vec<Kind>,
    /// The program `portcullis`; without this it is built
    #[arg(long)]
    portcullis: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    ensure!(options.in_flight > 0, "at least one connection at a time");
    ensure!(options.connections > 0, "at least one open connection");
    ensure!(
        (0.1..=3600.0).contains(&options.seconds),
        "a turn takes 0.1 to 3600 seconds"
    );
    let mut programs = Vec::new();
    let mut missing = Vec::new();
    for kind in &options.servers {
        match Program::find(*kind, options.portcullis.as_deref()) {
            Ok(program) => programs.push(program),
            Err(error) => missing.push(format!("{kind} is missing: {error:#}.")),
        }
    }
    ensure!(!programs.is_empty(), "{}", missing.join("\n"));
    process::allow_files(options.connections + 256)?;
    let cpus = Cpus::split()?;
    let (name, key) = match options.rsa {
        true => ("RSA-2048", Key::rsa2048 as fn(usize) -> Key),
        false => ("P-256", Key::p256 as fn(usize) -> Key),
    };
    let fleet = Fleet::new(key, "Device Fleet");
    let comparison = Comparison {
        options,
        cpus,
        programs,
        clients: Clients::new(fleet.credentials())?,
        revoked: Clients::new([fleet.revocable()])?,
        files: Files::new(&fleet)?,
        fleet,
    };
    println!("### {name}\n");
    for program in &comparison.programs {
        println!("- {}", program.version);
    }
    for line in missing {
        println!("- {line}");
    }
    if cpus.share_a_core() {
        println!("- Server and clients are on two threads of one core, and slow each other down.");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, comparison.report())
}

struct Comparison<'o> {
    options: &'o Options,
    cpus: Cpus,
    programs: Vec<Program>,
    clients: Clients,
    revoked: Clients,
    fleet: Fleet,
    files: Files,
}

/// What all did in one round, in the order of the programs.
type Round = Vec<Turn>;

impl Comparison<'_> {
    async fn report(&self) -> Result<()> {
        println!("\n{HEADER}");
        let mut ratios = Vec::new();
        let mut memory = Vec::new();
        for entries in &self.options.entries {
            let lists = self.files.lists(&self.fleet, *entries)?;
            let name = match entries {
                0 => "no CRL".to_owned(),
                _ => entries.to_string(),
            };
            let rounds = self.rounds(lists.as_ref()).await?;
            for (position, program) in self.programs.iter().enumerate() {
                println!(
                    "| {name} | {} | {} |",
                    program.kind,
                    columns(&rounds, position)
                );
            }
            ratios.extend(self.ratios(&name, &rounds));
            for program in &self.programs {
                let server = program.start(self.cpus, &self.files, lists.as_ref())?;
                let connections = self.options.connections;
                let memory_of = Memory::measure(&server, &self.clients, connections).await?;
                let columns = memory_of.columns();
                memory.push(format!("| {name} | {} | {columns} |", program.kind));
            }
        }
        if !ratios.is_empty() {
            println!("\n{RATIOS_HEADER}\n{}", ratios.join("\n"));
        }
        println!("\n{}\n{}", memory::HEADER, memory.join("\n"));
        Ok(())
    }

    /// All are there all the time; who is not in turn has nothing to do.
    async fn rounds(&self, lists: Option<&Lists>) -> Result<Vec<Round>> {
        let start = |program: &Program| program.start(self.cpus, &self.files, lists);
        let servers = self.programs.iter().map(start);
        let servers = servers.collect::<Result<Vec<_>>>()?;
        for (server, program) in servers.iter().zip(&self.programs) {
            let answer = attempt(&self.revoked, server.address()).await;
            ensure!(
                answer.is_ok() == lists.is_none(),
                "{} does not heed the list: {answer:?}",
                program.kind
            );
        }
        let load = Load {
            in_flight: self.options.in_flight,
            warm_up: Duration::from_millis(500),
            length: Duration::from_secs_f64(self.options.seconds),
        };
        let mut rounds = Vec::new();
        for round in 0..usize::from(self.options.rounds) {
            let mut turns = vec![None; servers.len()];
            for turn in 0..servers.len() {
                // Nobody is always the first.
                let position = (round + turn) % servers.len();
                let server = &servers[position];
                let pids = server.pids()?;
                let turn = load.put_on(&self.clients, server.address(), &pids).await?;
                turns[position] = Some(turn);
            }
            rounds.push(turns.into_iter().flatten().collect());
        }
        Ok(rounds)
    }

    /// Each of those named first beside each named later.
    fn ratios(&self, entries: &str, rounds: &[Round]) -> Vec<String> {
        let order = [Kind::Portcullis, Kind::Rustls, Kind::Nginx];
        let position = |kind: &Kind| {
            self.programs
                .iter()
                .position(|program| program.kind == *kind)
        };
        let mut rows = Vec::new();
        for (number, one) in order.iter().enumerate() {
            for other in &order[number + 1..] {
                let (Some(first), Some(second)) = (position(one), position(other)) else {
                    continue;
                };
                let ratio = |value: fn(&Turn) -> f64| {
                    let ratio = |round: &Round| value(&round[first]) / value(&round[second]);
                    Sorted::new(rounds.iter().map(ratio))
                };
                let rate = ratio(|turn| turn.rate);
                let cost = ratio(|turn| turn.cost);
                rows.push(format!("| {entries} | {one} / {other} | {rate} | {cost} |"));
            }
        }
        rows
    }
}

fn columns(rounds: &[Round], position: usize) -> String {
    let of = |value: fn(&Turn) -> f64| {
        let values = rounds.iter().map(|round| value(&round[position]));
        Sorted::new(values)
    };
    let cost = of(|turn| turn.cost);
    format!(
        "{} | {cost} | {:.0} | {:.0} | {:.0}",
        of(|turn| turn.rate),
        1e6 / cost.median(),
        100.0 * of(|turn| turn.server_share).median(),
        100.0 * of(|turn| turn.client_share).median(),
    )
}

const HEADER: &str = "\
| CRL entries | server | connections/s | server CPU for each, us | a full core's, /s | server CPU, % | client CPU, % |
|--:|---|--:|--:|--:|--:|--:|";
const RATIOS_HEADER: &str = "\
| CRL entries | | connections/s | server CPU for each |
|--:|---|--:|--:|";
