//! A list in a store, and whose signature it was found to have.

use core::fmt;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use super::{Crl, CrlFault};
use crate::failure::Failed;
use crate::verify::Engine;

/// A list, and what is known of it beyond what it says.
pub(crate) struct StoredCrl<'a> {
    pub(crate) crl: Crl<'a>,
    /// Why it cannot be used.
    pub(crate) fault: Option<CrlFault>,
    /// The CA of the store that signed it, by index.
    pub(crate) signer: Option<u16>,
    pub(crate) memo: SignerMemo,
    /// The check of a path against the lists of the store. Each list brings it, so that a program
    /// that adds none does not link it.
    pub(crate) check: fn(&mut Engine<'_, '_>) -> Result<(), Failed>,
}

impl fmt::Debug for StoredCrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCrl")
            .field("crl", &self.crl)
            .field("fault", &self.fault)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

impl StoredCrl<'_> {
    /// Whether it is of the same CA, key and scope as another. What CA it is of is known by its
    /// signature, or else by the key that it names.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn is_of_kind(&self, other: &Self) -> bool {
        let same_key = match (self.signer, other.signer) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, None) => self.crl.authority_der() == other.crl.authority_der(),
            _ => false,
        };
        same_key
            && self.fault.is_none()
            && self.crl.issuer() == other.crl.issuer()
            && self.crl.coverage() == other.crl.coverage()
    }
}

/// Which presented keys a list's signature was tried with, so that it is hashed once for each.
///
/// A key is known by the SHA-256 of its `SubjectPublicKeyInfo`, in eight words that are read and
/// written one by one, without a lock. Two threads that write at once can leave a mix of two
/// digests; a key whose digest is that mix cannot be found without breaking SHA-256, so a mix is only
/// an entry that nobody asks for. Refusals have slots of their own: no failure evicts the success.
#[derive(Debug)]
pub(crate) struct SignerMemo {
    accepted: Digest,
    refused: [Digest; REFUSALS],
    next_refusal: AtomicU8,
}

impl SignerMemo {
    pub(crate) const fn new() -> Self {
        Self {
            accepted: Digest::new(),
            refused: [const { Digest::new() }; REFUSALS],
            next_refusal: AtomicU8::new(0),
        }
    }

    /// What was found with a key, if it was tried and is remembered.
    pub(crate) fn find(&self, key: &[u8; 32]) -> Option<bool> {
        if self.accepted.is(key) {
            return Some(true);
        }
        self.refused
            .iter()
            .any(|refused| refused.is(key))
            .then_some(false)
    }

    pub(crate) fn remember(&self, key: &[u8; 32], is_signer: bool) {
        if is_signer {
            self.accepted.set(key);
            return;
        }
        let next = self.next_refusal.load(Ordering::Relaxed);
        let after = if usize::from(next) < REFUSALS.saturating_sub(1) {
            next.saturating_add(1)
        } else {
            0
        };
        self.next_refusal.store(after, Ordering::Relaxed);
        if let Some(slot) = self.refused.get(usize::from(next)) {
            slot.set(key);
        }
    }
}

/// A SHA-256 digest; all zeros before one is set.
#[derive(Debug)]
struct Digest([AtomicU32; 8]);

impl Digest {
    const fn new() -> Self {
        Self([const { AtomicU32::new(0) }; 8])
    }

    fn is(&self, digest: &[u8; 32]) -> bool {
        let words = self.0.iter().zip(words(digest));
        words.fold(true, |same, (word, theirs)| {
            same && word.load(Ordering::Relaxed) == theirs
        })
    }

    fn set(&self, digest: &[u8; 32]) {
        for (word, theirs) in self.0.iter().zip(words(digest)) {
            word.store(theirs, Ordering::Relaxed);
        }
    }
}

fn words(digest: &[u8; 32]) -> impl Iterator<Item = u32> + '_ {
    let (words, _) = digest.as_chunks();
    words.iter().map(|word| u32::from_ne_bytes(*word))
}

/// CAs of one name whose lists carry no key identifier are told apart by trial; more than this of
/// them hash a list again now and then.
const REFUSALS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_remembered_for_what_it_was() {
        let memo = SignerMemo::new();
        assert_eq!(memo.find(&[1; 32]), None);
        memo.remember(&[1; 32], true);
        memo.remember(&[2; 32], false);
        assert_eq!(memo.find(&[1; 32]), Some(true));
        assert_eq!(memo.find(&[2; 32]), Some(false));
    }

    #[test]
    fn every_octet_of_a_digest_counts() {
        let known = [0x5a; 32];
        for is_signer in [true, false] {
            let memo = SignerMemo::new();
            memo.remember(&known, is_signer);
            for position in 0..known.len() {
                let mut other = known;
                other[position] = 0x5b;
                assert_eq!(memo.find(&other), None, "{position}");
            }
            assert_eq!(memo.find(&known), Some(is_signer));
        }
    }

    #[test]
    fn three_refusals_are_remembered_and_the_fourth_takes_the_place_of_the_first() {
        let memo = SignerMemo::new();
        for key in 1..=3 {
            memo.remember(&[key; 32], false);
        }
        for key in 1..=3 {
            assert_eq!(memo.find(&[key; 32]), Some(false));
        }
        memo.remember(&[4; 32], false);
        let found = [1, 2, 3, 4].map(|key| memo.find(&[key; 32]));
        assert_eq!(found, [None, Some(false), Some(false), Some(false)]);
    }

    #[test]
    fn failures_never_evict_the_success() {
        let memo = SignerMemo::new();
        memo.remember(&[1; 32], true);
        for key in 2..200 {
            memo.remember(&[key; 32], false);
        }
        assert_eq!(memo.find(&[1; 32]), Some(true));
        assert_eq!(memo.find(&[199; 32]), Some(false));
        assert_eq!(memo.find(&[2; 32]), None);
    }
}
