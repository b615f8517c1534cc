//! `portcullis index`: the index of a CRL, made where the firmware is built.

use std::io::Write;

use anyhow::Context as _;

use crate::arguments::{Endian, IndexArguments};
use crate::input;
use crate::outcome::{Failure, Outcome, complain};
use crate::replace::replace;

/// Writes the index. A CRL that a store would keep as unusable has one, too.
pub(crate) fn run(arguments: &IndexArguments, out: &mut impl Write) -> Result<Outcome, Failure> {
    let crl = input::crl(&arguments.crl)?;
    if let Some(fault) = crl.fault() {
        complain(format_args!(
            "{}: no trust store will use this CRL: {fault}",
            arguments.crl.display()
        ));
    }
    let octets: Vec<u8> = crl
        .index()
        .iter()
        .flat_map(|word| match arguments.endian {
            Endian::Big => word.to_be_bytes(),
            Endian::Little => word.to_le_bytes(),
        })
        .collect();
    if input::is_standard_stream(&arguments.output) {
        out.write_all(&octets)?;
    } else {
        replace(&arguments.output, &octets)
            .with_context(|| arguments.output.display().to_string())?;
    }
    Ok(Outcome::Good)
}
