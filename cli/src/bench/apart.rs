//! What is counted apart from the measurement, so that counting disturbs no time.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use portcullis::TrustStore;
use portcullis::pki_types::CertificateDer;
use portcullis::signature::SignatureMemo;

use super::algorithms::{Checks, TIMED};
use super::contender::Contender;
use super::interrupt::Interrupt;
use super::pool::Presented;
use super::report::{AllocationFacts, SignatureFacts};
use crate::arguments::StoreArguments;
use crate::trust::policy;

/// What a contender with [`TIMED`] algorithms checks, and what part of its time that is. `None` if
/// its verdicts are not those given: then it is not the one that is measured.
pub(super) fn signatures(
    contender: &dyn Contender,
    chains: &[Presented],
    verdicts: &[bool],
    time: Duration,
    interrupt: &Interrupt,
) -> Option<SignatureFacts> {
    // Once for nothing, so that a memo knows what it will know.
    let is_the_same = chains
        .iter()
        .zip(verdicts)
        .all(|(chain, verdict)| !interrupt.came() && contender.accepts(chain) == *verdict);
    if !is_the_same {
        return None;
    }
    let started = Instant::now();
    let mut verifications = 0_u64;
    let checks = Checks::during(|| {
        // Only whole passes, but for an interruption.
        loop {
            for chain in chains.iter().take_while(|_| !interrupt.came()) {
                black_box(contender.accepts(black_box(chain)));
                verifications += 1;
            }
            if interrupt.came() || started.elapsed() >= time {
                break;
            }
        }
    });
    let elapsed = started.elapsed();
    (verifications > 0).then(|| SignatureFacts {
        checks: checks.count as f64 / verifications as f64,
        remembered: 0.0,
        share: checks.time.as_secs_f64() / elapsed.as_secs_f64(),
    })
}

/// What is allocated for a verification, if the program can count that.
pub(super) fn allocations(
    contender: &dyn Contender,
    chains: &[Presented],
    interrupt: &Interrupt,
) -> Option<AllocationFacts> {
    let mut verifications = 0_u64;
    let (count, octets) = count_allocations(|| {
        for chain in chains.iter().take_while(|_| !interrupt.came()) {
            black_box(contender.accepts(black_box(chain)));
            verifications += 1;
        }
    })?;
    (verifications > 0).then(|| AllocationFacts {
        count: count as f64 / verifications as f64,
        octets: octets as f64 / verifications as f64,
    })
}

#[cfg(feature = "allocations")]
fn count_allocations(work: impl FnOnce()) -> Option<(u64, u64)> {
    let info = allocation_counter::measure(work);
    Some((info.count_total, info.bytes_total))
}

#[cfg(not(feature = "allocations"))]
fn count_allocations(_: impl FnOnce()) -> Option<(u64, u64)> {
    None
}

/// The same store with [`TIMED`] algorithms.
pub(super) fn timed_store(
    store: &TrustStore<'static>,
    arguments: &StoreArguments,
    memo: Option<&'static SignatureMemo>,
) -> anyhow::Result<TrustStore<'static>> {
    let mut timed = TrustStore::new(policy(arguments), *TIMED);
    if let Some(memo) = memo {
        timed = timed.with_signature_memo(memo);
    }
    for ca in store.cas() {
        timed.add_ca(CertificateDer::from(ca.der().to_vec()))?;
    }
    for crl in store.crls() {
        // One that can't be used gives other verdicts, and these are looked at.
        _ = timed.add_crl(portcullis::Crl::from_der(crl.der().to_vec())?)?;
    }
    Ok(timed)
}
