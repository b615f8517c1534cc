//! How many instructions a verification takes, counted by callgrind in a process of its own.

use std::fs;
use std::io;
use std::path::Path;

use core::hint::black_box;

use pki_types::CertificateDer;
use portcullis::{TrustStore, VerifyStatus};

use crate::callgrind::{self, Count};
use crate::case::{Case, Rules, verify};

/// The instructions of every case's good and hostile chain, in this order.
pub(crate) fn count(cases: &[Case], folder: &Path) -> io::Result<Vec<[Count; 2]>> {
    let chains = folder.join("chains");
    fs::write(&chains, encode(cases))?;
    let arguments = [CHILD, &chains.display().to_string()];
    let mut counts = callgrind::count(MEASURED, 2 * cases.len(), &arguments, folder)?.into_iter();
    Ok(core::iter::from_fn(|| Some([counts.next()?, counts.next()?])).collect())
}

/// What the measured process does: verifies every chain in the file once.
pub(crate) fn child(chains: &Path) -> io::Result<()> {
    let chains = fs::read(chains)?;
    let mut input = &chains[..];
    while !input.is_empty() {
        let rules = Rules::ALL[read_number(&mut input)];
        let store = rules.store(&read_certificates(&mut input));
        let good = read_certificates(&mut input);
        let hostile = read_certificates(&mut input);
        // Whatever is done once in the life of a process is done now.
        let _ = black_box(verify(&store, &good));
        let _ = measured(&store, &good);
        let _ = measured(&store, &hostile);
    }
    Ok(())
}

/// How the process that is measured is told what to do.
pub(crate) const CHILD: &str = "--verify-chains-in";

/// Callgrind finds it by name.
const MEASURED: &str = concat!(module_path!(), "::measured");

#[inline(never)]
fn measured(store: &TrustStore<'_>, chain: &[CertificateDer<'_>]) -> VerifyStatus {
    black_box(verify(black_box(store), black_box(chain)))
}

fn encode(cases: &[Case]) -> Vec<u8> {
    let mut output = Vec::new();
    for case in cases {
        write_number(&mut output, case.rules as usize);
        for certificates in [&case.store, &case.good, &case.hostile] {
            write_number(&mut output, certificates.len());
            for certificate in certificates {
                write_number(&mut output, certificate.len());
                output.extend_from_slice(certificate);
            }
        }
    }
    output
}

fn read_certificates(input: &mut &[u8]) -> Vec<CertificateDer<'static>> {
    let count = read_number(input);
    let certificates = (0..count).map(|_| {
        let length = read_number(input);
        let (certificate, rest) = input.split_at(length);
        *input = rest;
        CertificateDer::from(certificate.to_vec())
    });
    certificates.collect()
}

fn write_number(output: &mut Vec<u8>, number: usize) {
    output.extend_from_slice(&(number as u64).to_le_bytes());
}

fn read_number(input: &mut &[u8]) -> usize {
    let (number, rest) = input.split_first_chunk().expect("a number");
    *input = rest;
    u64::from_le_bytes(*number) as usize
}
