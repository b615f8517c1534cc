//! Where digests are kept: buckets of eight places, without a lock.
//!
//! A place is eight words, and a reader must not take a mix of two digests for one: whoever may have
//! certificates signed could look for digests whose mix is that of a signature never verified. So
//! each bucket has a version, odd while it is written, which several buckets share: what was read is
//! believed if the version before is even and the same after, to which only two thousand million
//! writes within one read could bring it back. A writer makes it odd by compare-and-swap, and one
//! that comes second leaves it be; nobody waits for anybody.
//!
//! Once a bucket is full, newcomers all go to its last place, each over the one before: so many that
//! come once displace one another. A digest that is found there trades places with one of the first
//! six, in turns. For the sake of those that come again but not before the next newcomer, one
//! newcomer in sixteen pushes the one before it on, into the first six; what was there goes to the
//! last place but one, and there it has a second chance: it is back among the six with its next hit,
//! or gives way when the next is sent there, some sixteen newcomers to this bucket later. A digest
//! that stays where it is is only read, so that threads which find the same ones share the cache
//! lines.

use core::sync::atomic::{AtomicU32, Ordering, fence};

/// A SHA-256 digest as words.
pub(super) type Digest = [u32; 8];

/// The places of a memo, wherever they are.
#[derive(Clone, Copy)]
pub(super) struct Table<'m> {
    versions: &'m Versions,
    places: &'m [Place],
}

impl<'m> Table<'m> {
    pub(super) const fn new(versions: &'m Versions, places: &'m [Place]) -> Self {
        Self { versions, places }
    }

    /// Whether the digest is here. One that a writer just moves may be overlooked.
    pub(super) fn find(&self, digest: &Digest) -> bool {
        // An empty place holds zeros, which nobody is to find there.
        let bucket = self.bucket(digest).filter(|_| *digest != EMPTY);
        bucket.is_some_and(|bucket| bucket.find(digest))
    }

    /// Puts the digest in. It may not stay, or not even get in if somebody else writes just then.
    pub(super) fn remember(&self, digest: &Digest) {
        if let Some(bucket) = self.bucket(digest) {
            bucket.remember(digest);
        }
    }

    fn bucket(&self, digest: &Digest) -> Option<Bucket<'m>> {
        let [.., selector] = *digest;
        let buckets = u64::try_from(self.places.len().div_ceil(PLACES)).ok()?;
        let index = u64::from(selector).checked_mul(buckets)? >> 32;
        let index = usize::try_from(index).ok()?;
        Some(Bucket {
            version: self.versions.0.get(index % VERSIONS)?,
            places: self.places.chunks(PLACES).nth(index)?,
        })
    }
}

/// The versions of all buckets, each for every so manieth.
pub(super) struct Versions([AtomicU32; VERSIONS]);

impl Versions {
    pub(super) const fn new() -> Self {
        Self([const { AtomicU32::new(0) }; VERSIONS])
    }
}

/// Room for one digest.
pub(super) struct Place([AtomicU32; 8]);

impl Place {
    pub(super) const fn new() -> Self {
        Self([const { AtomicU32::new(0) }; 8])
    }

    fn holds(&self, digest: &Digest) -> bool {
        let mut words = self.0.iter().zip(digest);
        words.all(|(word, theirs)| word.load(Ordering::Relaxed) == *theirs)
    }

    fn get(&self) -> Digest {
        self.0.each_ref().map(|word| word.load(Ordering::Relaxed))
    }

    fn set(&self, digest: &Digest) {
        for (word, theirs) in self.0.iter().zip(digest) {
            word.store(*theirs, Ordering::Relaxed);
        }
    }
}

struct Bucket<'m> {
    version: &'m AtomicU32,
    places: &'m [Place],
}

impl<'m> Bucket<'m> {
    fn find(&self, digest: &Digest) -> bool {
        let version = self.version.load(Ordering::Acquire);
        let Some(index) = self.places.iter().position(|place| place.holds(digest)) else {
            return false;
        };
        // Whoever has read a word of a writer now also sees that writer's odd version, or a later one.
        fence(Ordering::Acquire);
        if !is_even(version) || self.version.load(Ordering::Relaxed) != version {
            return false;
        }
        if index >= self.settled().len() {
            self.promote(index, digest, version);
        }
        true
    }

    /// Puts a digest among the settled ones, and what was there in its place.
    fn promote(&self, index: usize, digest: &Digest, version: u32) {
        let settled = turn(self.settled(), version);
        if let Some((settled, place)) = settled.zip(self.places.get(index)) {
            self.write(version, || {
                place.set(&settled.get());
                settled.set(digest);
            });
        }
    }

    fn remember(&self, digest: &Digest) {
        let version = self.version.load(Ordering::Acquire);
        if self.places.iter().any(|place| place.holds(digest)) {
            return;
        }
        let empty = self.places.iter().find(|place| place.holds(&EMPTY));
        let Some(place) = empty.or(self.places.last()) else {
            return;
        };
        let pushes = empty.is_none() && (version / 2).is_multiple_of(NEWCOMERS_FOR_A_PUSH);
        self.write(version, || {
            if pushes && let Some(settled) = turn(self.settled(), version) {
                if let [_, .., second_chance, _] = self.places {
                    second_chance.set(&settled.get());
                }
                settled.set(&place.get());
            }
            place.set(digest);
        });
    }

    /// The places but those for a second chance and for newcomers; of two, the one that is not for
    /// newcomers.
    fn settled(&self) -> &'m [Place] {
        match self.places {
            [] | [_] => &[],
            [settled, _] => core::slice::from_ref(settled),
            [settled @ .., _, _] => settled,
        }
    }

    /// Does `change` alone, if nobody has written since that version, or does nothing.
    fn write(&self, version: u32, change: impl FnOnce()) {
        if is_even(version) && claim(self.version, version) {
            // No word of the change is seen without the odd version before it.
            fence(Ordering::Release);
            change();
            self.version
                .store(version.wrapping_add(2), Ordering::Release);
        }
    }
}

/// The place whose turn it is. Every writer moves the version on; it is mixed, since not every
/// version is there to ask.
fn turn(places: &[Place], version: u32) -> Option<&Place> {
    let mixed = (version / 2).wrapping_mul(0x9e37_79b9) >> 16;
    let index = usize::try_from(mixed).ok()?.checked_rem(places.len())?;
    places.get(index)
}

const fn is_even(version: u32) -> bool {
    version.is_multiple_of(2)
}

#[cfg(target_has_atomic = "32")]
fn claim(version: &AtomicU32, even: u32) -> bool {
    let odd = even.wrapping_add(1);
    version
        .compare_exchange(even, odd, Ordering::Acquire, Ordering::Relaxed)
        .is_ok()
}

/// Without compare-and-swap nobody can be sure to write alone, so nobody writes.
#[cfg(not(target_has_atomic = "32"))]
const fn claim(_: &AtomicU32, _: u32) -> bool {
    false
}

/// What a place holds before anything.
const EMPTY: Digest = [0; 8];
/// How many places a bucket has; the last bucket may have fewer.
const PLACES: usize = 8;
const NEWCOMERS_FOR_A_PUSH: u32 = 16;
/// So few that a memo of any size can afford them, and so many that writers hardly ever meet.
const VERSIONS: usize = 32;

#[cfg(all(test, feature = "std"))]
mod tests;
