//! `portcullis verify`: the verdict and nothing else.

use std::io::Write;

use crate::arguments::ChainArguments;
use crate::chains;
use crate::gate::Gate;
use crate::outcome::{Failure, Outcome};

/// Prints the status of the chain, or of each chain of a batch with its name.
pub(crate) fn run(arguments: &ChainArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let gate = Gate::open(arguments)?;
    chains::for_each(arguments, &gate, |chain| {
        let status = gate.trust.store.verify_at(&chain.certificates, gate.now);
        match chain.batch_name {
            // Byte for byte as it was read, so that the reader finds its own name again.
            Some(name) => {
                write!(out, "{status}\t")?;
                out.write_all(name)?;
                writeln!(out)?;
            }
            None => writeln!(out, "{status}")?,
        }
        Ok(status)
    })
}
