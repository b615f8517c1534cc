//! Reads Certificate messages from the UART into a fixed buffer, and writes a line for each: the status and how often
//! the watchdog was fed meanwhile. A message of another type ends the run.

#![cfg_attr(target_os = "none", no_main, no_std)]
#![forbid(unsafe_code)]

#[cfg(target_os = "none")]
mod device {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use core::time::Duration;

    use board::{Ending, console, entry, exit};
    use gateway::CertificateMessage;
    use portcullis::pki_types::{CertificateDer, UnixTime};
    use portcullis::signature::{
        EcCurve, EcdsaVerification, KeyKind, ObservedVerification, Verifier,
    };
    use portcullis::{
        AlgorithmSet, FailureReason, Policy, SignatureAlgorithm, TrustStore, VerifyStatus,
    };
    use sha2::{Digest, Sha256};
    use static_cell::ConstStaticCell;

    /// Room for one CA, and for no list.
    type Store = TrustStore<'static, 1, 0>;

    static STORE: ConstStaticCell<Store> =
        ConstStaticCell::new(Store::new(POLICY, AlgorithmSet::new(&VERIFIERS, sha256)));
    static BUFFER: ConstStaticCell<[u8; ROOM]> = ConstStaticCell::new([0; ROOM]);
    static VERIFIERS: [Verifier; 1] = [Verifier::new(
        KeyKind::Ec(EcCurve::P256),
        SignatureAlgorithm::EcdsaSha256,
        &OBSERVED,
    )];
    static OBSERVED: ObservedVerification =
        ObservedVerification::new(&EcdsaVerification::P256_SHA256, feed_watchdog);

    const POLICY: Policy = Policy::ALB.with_max_message_size(ROOM as u32);
    /// What a message may have without its header.
    const ROOM: usize = 4096;
    static ROOT: &[u8] = include_bytes!("../../data/kinds/p256/root.der");

    #[entry]
    fn main() -> ! {
        let (Some(store), Some(buffer)) = (STORE.try_take(), BUFFER.try_take()) else {
            exit(Ending::Failed);
        };
        if store.add_ca(CertificateDer::from_slice(ROOT)).is_err() {
            exit(Ending::Failed);
        }
        loop {
            let mut header = [0; 4];
            console::read(&mut header);
            let [CERTIFICATE, length @ ..] = header else {
                exit(Ending::Done);
            };
            let length = length
                .iter()
                .fold(0, |length, octet| length << 8 | usize::from(*octet));
            let before = FED.load(Ordering::Relaxed);
            let status = receive(store, buffer, length);
            console::write_line(
                &[status.as_str()],
                &[FED.load(Ordering::Relaxed).wrapping_sub(before)],
            );
        }
    }

    fn receive(store: &Store, buffer: &mut [u8], length: usize) -> VerifyStatus {
        let Some(body) = buffer.get_mut(..length) else {
            for _ in 0..length {
                console::read(&mut [0]);
            }
            return VerifyStatus::Failed(FailureReason::ClientCertMaxSizeExceeded);
        };
        console::read(body);
        match CertificateMessage::parse(body) {
            Some(message) => store.verify_at(message.certificates(), now()),
            None => VerifyStatus::Failed(FailureReason::ClientCertInvalid),
        }
    }

    /// A device would write to its watchdog's register here.
    fn feed_watchdog() {
        let fed = FED.load(Ordering::Relaxed);
        FED.store(fed.wrapping_add(1), Ordering::Relaxed);
    }

    static FED: AtomicUsize = AtomicUsize::new(0);

    /// A device would ask its clock here; one that has none decides for `MissingClock::Allow`.
    const fn now() -> UnixTime {
        // 2027-01-15T08:00:00Z
        UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000))
    }

    fn sha256(message: &[u8]) -> [u8; 32] {
        Sha256::digest(message).into()
    }

    /// The handshake type of a Certificate message (RFC 8446 4).
    const CERTIFICATE: u8 = 11;
}

/// There is nothing for a computer.
#[cfg(not(target_os = "none"))]
fn main() {}
