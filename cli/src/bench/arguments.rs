//! The command line of `bench`, and the words that explain it.

use core::time::Duration;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::arguments::{ChainArguments, Format, StoreArguments};

/// `bench`: chains, what they are judged by, and how to measure that.
#[derive(Args, Debug)]
pub(crate) struct BenchArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// Remember up to N signatures that verified, as servers do for clients that come again
    ///
    /// All chains are known after the warm-up if N is twice the number of their certificates: what
    /// is measured then is a client that returns. Without it every signature is checked each time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_MEMO))]
    pub(crate) memo: Option<u32>,

    /// How many threads verify at once, each all chains in turn
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS)
    )]
    pub(crate) threads: u16,

    /// How long to measure, not counting the warm-up; 0 is one pass over the chains
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    pub(crate) seconds: Duration,

    /// Measure another verifier as well, in turns with Portcullis
    #[arg(long, value_enum, value_name = "PEER")]
    pub(crate) against: Option<PeerName>,

    /// Read the password of PKCS#12 files from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the file names of the chains from standard input, one a line
    ///
    /// A name that can't be used is told on standard error, the others are measured, and the exit
    /// code at the end is 2. Empty lines are skipped.
    #[arg(long, conflicts_with = "chains")]
    pub(crate) batch: bool,

    /// Chains as clients send them, their own certificate first, one a file; - is standard input
    ///
    /// PEM, DER or PKCS#12, told apart by content. Other than with verify each file is a chain of
    /// its own.
    #[arg(value_name = "CHAIN", required_unless_present = "batch")]
    pub(crate) chains: Vec<PathBuf>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl BenchArguments {
    /// The same as for the commands that judge.
    pub(super) fn chain_arguments(&self) -> ChainArguments {
        ChainArguments {
            store: self.store.clone(),
            password_file: self.password_file.clone(),
            batch: self.batch,
            chain: self.chains.clone(),
        }
    }
}

/// Another verifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum PeerName {
    /// The system's OpenSSL; only in programs built with the feature openssl
    Openssl,
    /// rustls' own verifier, with the same signature code as Portcullis
    Webpki,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| *time <= LONGEST)
        .ok_or_else(|| format!("not from 0 to {}", LONGEST.as_secs()))
}

/// 128 MiB.
const MAX_MEMO: i64 = 1 << 22;
const MAX_THREADS: i64 = 1024;
/// A day.
const LONGEST: Duration = Duration::from_secs(86_400);

// Lines below 80 columns: clap breaks longer ones without regard to their indentation.

pub(crate) const BENCH_HELP: &str = "\
Examples:
  portcullis bench --trust-store bundle.pem client-chain.pem
  portcullis bench --trust-store bundle.pem --crl signing.crl \\
      --against webpki a.pem b.pem
  find . -name '*.pem' | portcullis bench --trust-store bundle.pem \\
      --memo 4096 --threads 4 --seconds 30 --format json --batch

What is measured:
  First each chain gets its verdict, one a line; one that is refused is measured
  all the same. Then the chains are verified in turn, certificates parsed and
  all, and each verification is timed by itself. The handshake around it is not
  measured. Each thread begins with another chain.
  Times are rounded to three digits. The share of the signature checks and the
  allocations are counted apart from that, by one thread, so that counting
  disturbs no time. Allocations are those of Rust code: AWS-LC and OpenSSL are
  written in C. They are counted by programs built with the feature allocations.

Against a peer:
  Both take turns in short rounds, each in changing order, so that whatever the
  machine does meanwhile happens to both. The ratio is the median of each
  round's own, with the 10th and 90th percentile. A round is at least a pass
  over all chains by each, so a slow peer makes the run longer than --seconds.
  The peer is told the CAs, the CRLs, the time and what it has options for, and
  parses what the client sends each time, as servers do. OpenSSL wants a CRL of
  each CA in the path once there is one at all, unless --crl-reach is leaf.
  Where a peer's verdict is another, that is told: the one who refuses may stop
  early, so the times say little.

Ctrl-C ends the measurement, and tells what there is.

Exit codes:
  0  every verdict is Success
  1  a chain was refused
  2  an input can't be used (standard error names it and says why), the peer is
     not built in, or the command line is wrong";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_from_0_to_a_day() {
        assert_eq!(seconds("0"), Ok(Duration::ZERO));
        assert_eq!(seconds("0.1"), Ok(Duration::from_millis(100)));
        assert_eq!(seconds("86400"), Ok(Duration::from_secs(86_400)));
        for text in ["", "-1", "-0.1", "NaN", "inf", "86400.1", "1e300", "5s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
