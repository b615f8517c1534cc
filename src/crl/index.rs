//! The index of a list: open addressing over mixed serial numbers.
//!
//! The first word is a seed, each other one a slot: zero, or the offset of an entry in the list (26
//! bits) under a tag of its serial number (6 bits). With tags a look-up that finds nothing hardly
//! ever reads the list. Slots are ten for seven entries, and no search goes over more than
//! [`MAX_PROBES`]: an index with a longer one is made again with another seed.

use super::CrlError;
use super::parse::{Entry, Facts, entries};
use crate::der;
use crate::span::Span;

/// How many words the index of a list with so many entries has.
pub(super) fn words(entries: u32) -> usize {
    let entries = usize::try_from(entries).unwrap_or(usize::MAX);
    match entries {
        0 => 0,
        _ => slots(entries).saturating_add(1),
    }
}

fn slots(entries: usize) -> usize {
    entries.saturating_mul(10).div_ceil(7).saturating_add(1)
}

/// An index that has been filled, or is being checked.
#[derive(Clone, Copy)]
pub(super) struct Index<'i> {
    seed: u32,
    slots: &'i [u32],
}

impl<'i> Index<'i> {
    /// `None` for that of a list without entries.
    pub(super) fn new(words: &'i [u32]) -> Option<Self> {
        let (&seed, slots) = words.split_first()?;
        Some(Self { seed, slots })
    }

    /// The entry of a serial number.
    pub(super) fn find<'a>(
        &self,
        der: &'a [u8],
        facts: &Facts,
        serial: &[u8],
    ) -> Option<Entry<'a>> {
        let serial = canonical(serial);
        let hash = hash(self.seed, serial);
        for position in probes(hash, self.slots.len()) {
            let slot = *self.slots.get(position)?;
            if slot == EMPTY {
                return None;
            }
            if slot >> OFFSET_BITS != tag(hash) {
                continue;
            }
            let entry = entry_at(der, facts, slot & OFFSET_MASK)?;
            if canonical(entry.serial) == serial {
                return Some(entry);
            }
        }
        None
    }
}

/// Fills the index of a list; gives the part of `words` that it takes.
pub(super) fn fill<'i>(
    der: &[u8],
    facts: &Facts,
    index: &'i mut [u32],
) -> Result<&'i [u32], CrlError> {
    let needed = words(facts.entries_count);
    let given = index.len();
    let index = index
        .get_mut(..needed)
        .ok_or(CrlError::IndexTooShort { needed, given })?;
    let Some((seed, slots)) = index.split_first_mut() else {
        return Ok(index);
    };
    for attempt in 0..ATTEMPTS {
        // Nobody chooses serial numbers for a seed that comes out of the signature over them.
        *seed = attempt ^ fold(facts.signature.get(der));
        slots.fill(EMPTY);
        if entries(der, facts).all(|entry| insert(der, facts, *seed, slots, &entry)) {
            return Ok(index);
        }
    }
    Err(CrlError::NoIndex)
}

/// Whether there was a slot near enough. An entry for the same serial number folds into the first.
fn insert(der: &[u8], facts: &Facts, seed: u32, slots: &mut [u32], entry: &Entry<'_>) -> bool {
    let serial = canonical(entry.serial);
    let hash = hash(seed, serial);
    let offset = Span::<u32>::of(der, entry.full).map(Span::start);
    let Some(offset) = offset.and_then(|offset| u32::try_from(offset).ok()) else {
        return false;
    };
    for position in probes(hash, slots.len()) {
        let Some(slot) = slots.get_mut(position) else {
            return false;
        };
        if *slot == EMPTY {
            *slot = tag(hash) << OFFSET_BITS | offset;
            return true;
        }
        let is_same = *slot >> OFFSET_BITS == tag(hash)
            && entry_at(der, facts, *slot & OFFSET_MASK)
                .is_some_and(|known| canonical(known.serial) == serial);
        if is_same {
            return true;
        }
    }
    false
}

/// Proves that an index is that of a list: each entry is found through it, and there are as many
/// full slots as entries that are the first of their serial number.
pub(super) fn check(der: &[u8], facts: &Facts, words: &[u32]) -> Result<(), CrlError> {
    let needed = self::words(facts.entries_count);
    if words.len() < needed {
        return Err(CrlError::IndexTooShort {
            needed,
            given: words.len(),
        });
    }
    if words.len() > needed {
        return Err(CrlError::IndexMismatch);
    }
    let Some(index) = Index::new(words) else {
        return Ok(());
    };
    let mut found = 0_usize;
    for entry in entries(der, facts) {
        let through_index = index
            .find(der, facts, entry.serial)
            .ok_or(CrlError::IndexMismatch)?;
        // The very entry, not one with the same serial number.
        if core::ptr::eq(through_index.full, entry.full) {
            found = found.saturating_add(1);
        }
    }
    // Each entry that was found has a slot of its own; with as many slots full there is no other.
    let full = index.slots.iter().filter(|slot| **slot != EMPTY).count();
    if full == found {
        Ok(())
    } else {
        Err(CrlError::IndexMismatch)
    }
}

fn entry_at<'a>(der: &'a [u8], facts: &Facts, offset: u32) -> Option<Entry<'a>> {
    let entries = facts.entries.get(der);
    let offset = usize::try_from(offset).ok()?;
    let rest = entries.get(offset.checked_sub(facts.entries.start())?..)?;
    Entry::read(&mut der::Reader::new(rest))
}

/// Where to look, one slot after the other from where the hash says.
fn probes(hash: u64, slots: usize) -> impl Iterator<Item = usize> {
    // The high half of the hash scaled to the number of slots (Lemire).
    let scaled = u64::try_from(slots)
        .unwrap_or(u64::MAX)
        .saturating_mul(hash >> 32)
        >> 32;
    let start = usize::try_from(scaled).unwrap_or(0);
    (0..slots.min(MAX_PROBES)).map(move |step| {
        let position = start.saturating_add(step);
        position.checked_sub(slots).unwrap_or(position)
    })
}

/// Six bits of the hash that do not choose the slot.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash & 0x3f).unwrap_or(0)
}

/// Mixes a serial number, eight octets at a time, so that common prefixes and suffixes and numbers
/// that count up spread like any other.
fn hash(seed: u32, serial: &[u8]) -> u64 {
    let start = u64::from(seed) ^ u64::try_from(serial.len()).unwrap_or(0);
    let mut hash = start.wrapping_mul(MULTIPLIER);
    for chunk in serial.chunks(8) {
        let word = chunk
            .iter()
            .fold(0_u64, |word, octet| (word << 8) | u64::from(*octet));
        hash = (hash ^ word).wrapping_mul(MULTIPLIER);
        hash ^= hash >> 32;
    }
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^ (hash >> 29)
}

fn fold(octets: &[u8]) -> u32 {
    octets
        .iter()
        .fold(0, |sum: u32, octet| sum.rotate_left(5) ^ u32::from(*octet))
}

/// The octets of a signed integer without superfluous sign octets.
pub(super) fn canonical(integer: &[u8]) -> &[u8] {
    let mut rest = integer;
    while let [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = rest {
        rest = rest.get(1..).unwrap_or_default();
    }
    rest
}

const EMPTY: u32 = 0;
const OFFSET_BITS: u32 = 26;
const OFFSET_MASK: u32 = (1 << OFFSET_BITS) - 1;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// Half a million entries have runs of some 250 slots; this allows twice that.
const MAX_PROBES: usize = 512;
const ATTEMPTS: u32 = 8;

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers are the tests' own"
)]
mod tests;
