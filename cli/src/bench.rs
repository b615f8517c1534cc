//! `portcullis bench`: how fast chains are verified on this machine.

mod algorithms;
mod apart;
mod arguments;
mod contender;
mod interrupt;
mod pool;
mod report;
mod rounds;
mod text;

use core::time::Duration;
use std::io::Write;
use std::path::PathBuf;
use std::slice;

use anyhow::anyhow;
use portcullis::TrustStore;
use portcullis::pki_types::CertificateDer;
use portcullis::signature::{AWS_LC_RS, SignatureMemo};

pub(crate) use self::arguments::{BENCH_HELP, BenchArguments};
use self::contender::{Contender, Peer, Portcullis};
use self::interrupt::Interrupt;
use self::pool::{Load, Presented};
use self::report::{
    ChainFacts, PeerFacts, PeerVerdict, RatioFacts, Report, SideFacts, SignatureFacts, edges,
};
use self::rounds::Measurement;
use crate::arguments::Format;
use crate::chains;
use crate::gate::Gate;
use crate::outcome::{Failure, Outcome};
use crate::printable::json_document;
use crate::trust::{Trust, policy};

/// Tells the verdicts, then measures all chains in turn.
pub(crate) fn run(arguments: &BenchArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    contender::check(arguments.against)?;
    let interrupt = Interrupt::watch()?;
    let gate = Gate::open_with(&arguments.chain_arguments(), |store| {
        let empty = TrustStore::new(policy(store), AWS_LC_RS);
        let empty = match arguments.memo {
            Some(entries) => empty.with_signature_memo(new_memo(entries)),
            None => empty,
        };
        Trust::fill(empty, store)
    })?;
    let ours = Portcullis {
        store: &gate.trust.store,
        now: gate.now,
    };
    let peer = arguments
        .against
        .map(|name| Peer::new(name, &arguments.store, &gate))
        .transpose()?;

    let mut subjects = Subjects::default();
    let outcome = subjects.collect(arguments, &gate, &ours, peer.as_ref(), out)?;
    if subjects.chains.is_empty() {
        return Err(anyhow!("-: names no chain that could be measured").into());
    }
    // Who waits for the numbers can read the verdicts.
    out.flush()?;
    let report = measure(arguments, &gate, &ours, peer, subjects, interrupt)?;
    match arguments.format {
        Format::Json => writeln!(out, "{}", json_document(&report)?)?,
        Format::Text => text::write_report(&report, out)?,
    }
    Ok(outcome)
}

/// The chains, and what is said of each.
#[derive(Default)]
struct Subjects {
    chains: Vec<Presented>,
    facts: Vec<ChainFacts>,
}

impl Subjects {
    /// Reads all chains. Of text, each verdict is written as it is made.
    fn collect(
        &mut self,
        arguments: &BenchArguments,
        gate: &Gate,
        ours: &Portcullis<'_>,
        peer: Option<&Peer>,
        out: &mut impl Write,
    ) -> Result<Outcome, Failure> {
        let mut worst = Outcome::Good;
        let mut chain_arguments = arguments.chain_arguments();
        // Each file is a chain of its own, and one that can't be used ends the run, but not in a
        // batch.
        let files: Vec<&[PathBuf]> = match arguments.batch {
            true => vec![&[]],
            false => arguments.chains.iter().map(slice::from_ref).collect(),
        };
        for chain in files {
            chain_arguments.chain = chain.to_vec();
            let outcome = chains::for_each(&chain_arguments, gate, |chain| {
                let status = ours.store.verify_at(&chain.certificates, ours.now);
                let facts = ChainFacts {
                    file: chain
                        .files
                        .iter()
                        .map(|file| file.display().to_string())
                        .collect(),
                    certificates: chain.certificates.len(),
                    status: status.to_string(),
                    peer: peer.map(|peer| verdict(peer, &chain.certificates)),
                };
                if arguments.format == Format::Text {
                    text::write_verdict(&facts, peer.map(|peer| peer.name), out)?;
                }
                self.chains.push(chain.certificates.clone());
                self.facts.push(facts);
                Ok(status)
            })?;
            worst = worst.max(outcome);
        }
        Ok(worst)
    }

    fn verdicts(&self) -> Vec<bool> {
        self.facts.iter().map(ChainFacts::accepted).collect()
    }
}

fn verdict(peer: &Peer, chain: &[CertificateDer<'static>]) -> PeerVerdict {
    let refusal = peer.contender.refusal(chain);
    PeerVerdict {
        accepts: refusal.is_none(),
        refusal,
    }
}

fn measure(
    arguments: &BenchArguments,
    gate: &Gate,
    ours: &Portcullis<'_>,
    peer: Option<Peer>,
    subjects: Subjects,
    interrupt: &Interrupt,
) -> anyhow::Result<Report> {
    let chains = &subjects.chains;
    let signatures = our_signatures(arguments, gate, &subjects, interrupt)?;
    let their_signatures = peer.as_ref().and_then(|peer| {
        let verdicts = subjects
            .facts
            .iter()
            .filter_map(|facts| facts.peer.as_ref());
        let verdicts: Vec<_> = verdicts.map(|verdict| verdict.accepts).collect();
        let timed = peer.timed.as_deref()?;
        apart::signatures(timed, chains, &verdicts, time_apart(arguments), interrupt)
    });
    let mut contenders: Vec<&dyn Contender> = vec![ours];
    contenders.extend(peer.as_ref().map(|peer| &*peer.contender));
    let allocations: Vec<_> = contenders
        .iter()
        .map(|contender| apart::allocations(*contender, chains, interrupt))
        .collect();

    let load = Load {
        contenders: &contenders,
        chains,
        interrupt,
    };
    let measurement = Measurement::take(load, arguments.threads, arguments.seconds)?;
    let edges = edges(&measurement.sides);
    let mut sides: Vec<_> = measurement
        .sides
        .iter()
        .zip(allocations)
        .zip([signatures, their_signatures])
        .map(|((side, allocations), signatures)| SideFacts {
            signatures,
            allocations,
            ..SideFacts::new(side, &edges)
        })
        .collect();
    let their_side = peer.is_some().then(|| sides.pop()).flatten();
    let store = &gate.trust.store;
    Ok(Report {
        time: portcullis::DateTime::from(gate.now).to_string(),
        policy: gate.policy.as_str(),
        trust_store_size: store.cas().len(),
        crl_count: store.crls().len(),
        crl_entry_count: store.crls().map(portcullis::Crl::len).sum(),
        memo: arguments.memo,
        threads: arguments.threads,
        seconds: measurement.elapsed.as_secs_f64(),
        interrupted: interrupt.came(),
        portcullis: sides.pop().ok_or_else(|| anyhow!("nothing was measured"))?,
        peer: peer.zip(their_side).map(|(peer, side)| PeerFacts {
            name: peer.name,
            notes: peer.notes,
            disputed: subjects.facts.iter().filter(|it| it.is_disputed()).count(),
            ratio: RatioFacts::new(&measurement),
            side,
        }),
        chains: subjects.facts,
    })
}

/// What Portcullis checks, with the memo and without.
fn our_signatures(
    arguments: &BenchArguments,
    gate: &Gate,
    subjects: &Subjects,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<SignatureFacts>> {
    let count = |memo, time| -> anyhow::Result<_> {
        let store = apart::timed_store(&gate.trust.store, &arguments.store, memo)?;
        let timed = Portcullis {
            store: &store,
            now: gate.now,
        };
        let verdicts = subjects.verdicts();
        let chains = &subjects.chains;
        Ok(apart::signatures(
            &timed, chains, &verdicts, time, interrupt,
        ))
    };
    let time = time_apart(arguments);
    let Some(entries) = arguments.memo else {
        return count(None, time);
    };
    let all = count(None, Duration::ZERO)?;
    let made = count(Some(new_memo(entries)), time)?;
    Ok(all.zip(made).map(|(all, made)| SignatureFacts {
        remembered: all.checks - made.checks,
        ..made
    }))
}

/// How long signature checks are timed.
fn time_apart(arguments: &BenchArguments) -> Duration {
    Duration::from_millis(500).min(arguments.seconds / 10)
}

/// It serves to the end of the program.
fn new_memo(entries: u32) -> &'static SignatureMemo {
    let entries = usize::try_from(entries).unwrap_or(usize::MAX);
    Box::leak(Box::new(SignatureMemo::with_entries(entries)))
}
