//! What is asked of every verdict.

use core::fmt::{self, Write};
use core::time::Duration;

use allocation_counter::measure;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{Policy, TrustStore, VerifyStatus};
use portcullis_fixtures::NOW;

use crate::backend::Asked;

/// Whose word a verdict is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    Ours,
    /// webpki's as well, which allocates its errors.
    OursAndWebpkis,
}

/// Each policy.
pub(crate) const POLICIES: [(Policy, Word); 3] = [
    (Policy::ALB, Word::Ours),
    (Policy::RFC5280, Word::Ours),
    (Policy::STRICT, Word::OursAndWebpkis),
];

/// The verdict of a store, once all ways of asking it agree, none has allocated anything, and none
/// has cost more signature checks than is promised.
pub(crate) fn verdict(
    store: &TrustStore<'_>,
    word: Word,
    presented: &[CertificateDer<'_>],
    now: i64,
) -> VerifyStatus {
    let without_allocation = |run: &mut dyn FnMut()| match word {
        Word::Ours => without_allocation(run),
        Word::OursAndWebpkis => run(),
    };
    let now = at(now);
    let mut status = VerifyStatus::Success;
    Asked::forget();
    without_allocation(&mut || status = store.verify_at(presented, now));
    if store.crls().len() == 0 {
        check_work(presented);
    }
    without_allocation(&mut || {
        let explanation = store.explain(presented, now);
        assert_eq!(explanation.status(), status, "{explanation}");
        assert_eq!(explanation.check().is_none(), status.is_success());
        write(&explanation);
        explanation
            .path()
            .for_each(|step| write(&step.certificate.subject()));
        if status.is_success() {
            assert!(explanation.anchor().is_some());
        }
        if let Some(client) = explanation.client() {
            write(&client.subject());
        }
    });
    let authenticated = store.authenticate(presented, now);
    assert_eq!(authenticated.err(), status.failure());
    status
}

/// At most two and a half signature checks for each presented certificate, and no more octets hashed
/// than that many certificates have.
fn check_work(presented: &[CertificateDer<'_>]) {
    let asked = Asked::so_far();
    let octets: usize = presented
        .iter()
        .map(|der| der.len() + CHECK_IN_OCTETS)
        .sum();
    assert!(
        asked.checks <= presented.len() * 5 / 2,
        "{} checks",
        asked.checks
    );
    assert!(
        asked.octets + asked.checks * CHECK_IN_OCTETS <= octets * 5 / 2,
        "{} octets",
        asked.octets
    );
}

/// Runs something that is not to allocate.
pub(crate) fn without_allocation(run: impl FnOnce()) {
    let allocated = measure(run);
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}

/// Writes something to nowhere; it must be printable ASCII.
pub(crate) fn write(text: &dyn fmt::Display) {
    write!(Printable, "{text}").expect("printable ASCII");
}

struct Printable;

impl Write for Printable {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_printable = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
        is_printable.then_some(()).ok_or(fmt::Error)
    }
}

/// A time that fixtures are valid at, or so many days before or after.
pub(crate) fn time(offset: u8) -> i64 {
    match offset {
        0..=127 => NOW,
        _ => NOW + (i64::from(offset) - 192) * 8 * portcullis_fixtures::DAY,
    }
}

pub(crate) fn at(unix_seconds: i64) -> UnixTime {
    let seconds = u64::try_from(unix_seconds).expect("a time after 1970");
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// What the arithmetic of a check counts for in octets of hashing.
const CHECK_IN_OCTETS: usize = 8 * 1024;
