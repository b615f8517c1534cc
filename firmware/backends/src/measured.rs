//! Measured: good chains of two and four signatures, bad ones, and hostile ones of the same length.

use core::time::Duration;

use board::{Ending, Instructions, console, exit, stack};
use portcullis::Policy;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::signature::Verifier;
use static_cell::ConstStaticCell;

use crate::{List, Store, filled, store};

/// What is verified.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// The CA that the stores hold.
    pub root: &'static [u8],
    /// The revocations of the clients' CA.
    pub list: List,
    /// A client and its CA.
    pub device: &'static [&'static [u8]],
    /// The client with another signature than its CA's.
    pub forged: &'static [&'static [u8]],
    /// A client that is on the list.
    pub revoked: &'static [&'static [u8]],
    /// A client and three CAs.
    pub deep: &'static [&'static [u8]],
    /// Four CAs of one name, for stores that hold nothing else.
    pub crowd: &'static [&'static [u8]],
    /// What is to cost as much as it can.
    pub hostile: &'static [Hostile],
    /// The same before the stores with CAs of one name.
    pub in_crowd: Hostile,
}

/// A chain of four that is to cost as much as it can.
#[derive(Clone, Copy, Debug)]
pub struct Hostile {
    /// Which it is, in a few words.
    pub name: &'static str,
    /// The certificates as presented.
    pub chain: &'static [&'static [u8]],
}

/// The stores, which lie in a static.
pub struct Stores {
    /// With ALB's policy, and with RFC 5280's.
    filled: [ConstStaticCell<Store>; 2],
    /// Of each, for CAs of one name.
    crowds: [ConstStaticCell<Store>; 2],
}

impl Stores {
    /// Stores with these algorithms; `alb` is the policy called ALB.
    #[must_use]
    pub const fn new(alb: Policy, verifiers: &'static [Verifier]) -> Self {
        Self {
            filled: Self::of_each(alb, verifiers),
            crowds: Self::of_each(alb, verifiers),
        }
    }

    const fn of_each(alb: Policy, verifiers: &'static [Verifier]) -> [ConstStaticCell<Store>; 2] {
        [
            ConstStaticCell::new(store(alb, verifiers)),
            ConstStaticCell::new(store(Policy::RFC5280, verifiers)),
        ]
    }
}

/// Prints a line for each case, its fields parted by tabs: name, rules, status that is expected, status, bytes of
/// stack, instructions. Of a hostile chain no status is expected but that it is one, `-`.
pub fn run(stores: &'static Stores, measured: &Measured) -> ! {
    // The counter runs from the first time on.
    let _ = Instructions::start();
    console::write_line(&["size of a store"], &[size_of::<Store>()]);
    let [alb, rfc5280] = &stores.filled;
    let [alb_crowd, rfc5280_crowd] = &stores.crowds;
    for (rules, store, crowd) in [("ALB", alb, alb_crowd), ("RFC5280", rfc5280, rfc5280_crowd)] {
        let (Some(store), Some(crowd)) = (
            taken(store, &[measured.root], Some(measured.list)),
            taken(crowd, measured.crowd, None),
        ) else {
            exit(Ending::Failed);
        };
        for (name, chain, now, expected) in [
            (
                "two signatures, and a list's",
                measured.device,
                NOW,
                "Success",
            ),
            ("two signatures", measured.device, NOW, "Success"),
            ("two, forged", measured.forged, NOW, UNTRUSTED),
            (
                "two, revoked",
                measured.revoked,
                NOW,
                "Failed:ClientCertCrlHit",
            ),
            (
                "two, late",
                measured.device,
                LATE,
                "Failed:ClientCertExpired",
            ),
            ("four signatures", measured.deep, NOW, "Success"),
        ] {
            measure(name, rules, store, chain, now, expected);
        }
        for hostile in measured.hostile {
            measure(hostile.name, rules, store, hostile.chain, NOW, "-");
        }
        let hostile = measured.in_crowd;
        measure(hostile.name, rules, crowd, hostile.chain, NOW, "-");
    }
    exit(Ending::Done)
}

fn taken(
    cell: &'static ConstStaticCell<Store>,
    cas: &[&'static [u8]],
    list: Option<List>,
) -> Option<&'static Store> {
    filled(cell.try_take()?, cas, list)
}

fn measure(
    name: &str,
    rules: &str,
    store: &Store,
    chain: &[&'static [u8]],
    now: UnixTime,
    expected: &str,
) {
    let mut room = [const { CertificateDer::from_slice(&[]) }; 4];
    for (to, from) in room.iter_mut().zip(chain) {
        *to = CertificateDer::from_slice(from);
    }
    let Some(presented) = room.get(..chain.len()) else {
        exit(Ending::Failed);
    };
    let ((status, instructions), stack) = stack::peak(|| {
        let instructions = Instructions::start();
        let status = store.verify_at(presented, now).as_str();
        (status, instructions.count())
    });
    console::write_line(&[name, rules, expected, status], &[stack, instructions]);
}

const UNTRUSTED: &str = "Failed:ClientCertUntrusted";
/// 2027-01-15T08:00:00Z
const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));
/// 2100-01-01T00:00:00Z
const LATE: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(4_102_444_800));
