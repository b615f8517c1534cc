//! What every image does: verify three chains of its own kind of key, and say what came out, how much stack it took and
//! how many instructions.

#![no_std]

use core::time::Duration;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::debug::ExitStatus;
use engine::{console, stack};
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::signature::Verifier;
use portcullis::{AlgorithmSet, Policy, TrustStore};
use sha2::{Digest, Sha256};
use static_cell::ConstStaticCell;

/// A store for up to four CAs, and none of the room that CRLs would need.
pub type Store = TrustStore<'static, 4, 0>;

/// The certificates of one kind of key.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    /// The CA that the store holds.
    pub root: &'static [u8],
    /// The CA that it has signed.
    pub issuing: &'static [u8],
    /// What that has signed.
    pub device: &'static [u8],
    /// The same with another signature.
    pub forged: &'static [u8],
}

/// A store with these algorithms and no CA yet.
#[must_use]
pub const fn store(policy: Policy, verifiers: &'static [Verifier]) -> ConstStaticCell<Store> {
    ConstStaticCell::new(Store::new(policy, AlgorithmSet::new(verifiers, sha256)))
}

/// Prints a line for each case, its fields parted by tabs: name, status that is expected, status, bytes of stack,
/// instructions.
pub fn run(store: &'static ConstStaticCell<Store>, chain: &Chain) -> ! {
    let (Some(store), Some(peripherals)) = (store.try_take(), cortex_m::Peripherals::take()) else {
        console::exit(ExitStatus::Err(()));
    };
    let mut clock = peripherals.SYST;
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(CLOCK_MASK);
    clock.clear_current();
    clock.enable_counter();
    if store
        .add_ca(CertificateDer::from_slice(chain.root))
        .is_err()
    {
        console::exit(ExitStatus::Err(()));
    }
    let store = &*store;
    let mut console = console::Console::open();
    let presented = |leaf| [leaf, chain.issuing].map(CertificateDer::from_slice);
    for (name, presented, now, expected) in [
        ("two signatures", presented(chain.device), VALID, "Success"),
        (
            "forged",
            presented(chain.forged),
            VALID,
            "Failed:ClientCertUntrusted",
        ),
        (
            "long after",
            presented(chain.device),
            LATE,
            "Failed:ClientCertExpired",
        ),
    ] {
        let ((status, ticks), stack) = stack::peak(|| {
            let before = SYST::get_current();
            let status = store.verify_at(&presented, now).as_str();
            // It counts down.
            (
                status,
                before.wrapping_sub(SYST::get_current()) & CLOCK_MASK,
            )
        });
        for field in [name, expected, status] {
            console.write(field);
            console.write("\t");
        }
        console.write_number(stack);
        console.write("\t");
        console.write_number(ticks as usize * INSTRUCTIONS_IN_A_TICK);
        console.write("\n");
    }
    console::exit(ExitStatus::Ok(()))
}

fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// What a SysTick counter can hold.
const CLOCK_MASK: u32 = 0x00ff_ffff;
/// With `-icount shift=0`, QEMU lets an instruction take 1 ns; the board's clock runs at 25 MHz.
const INSTRUCTIONS_IN_A_TICK: usize = 40;

/// 2030-01-01T00:00:00Z
const VALID: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
/// 2100-01-01T00:00:00Z
const LATE: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(4_102_444_800));
