//! Signatures that verified before.

mod table;

use core::fmt;
use core::ptr;

use heapless::Vec;

use self::table::{Digest, Place, Table, Versions};
use super::{AlgorithmSet, Verifier};

/// Remembers signatures that verified, so that a known intermediate, or a client that returns, costs
/// no signature check but a hash, which is twenty to a hundred times cheaper.
///
/// A store asks it if it was told to ([`TrustStore::with_signature_memo`]). One memo serves any
/// number of stores and threads at once and best outlives them, so that a store which is replaced
/// does not begin anew:
///
/// ```
/// use portcullis::signature::{self, SignatureMemo};
/// use portcullis::{Policy, StoreError, TrustStore};
/// use portcullis::pki_types::CertificateDer;
///
/// // 128 KiB: enough for two thousand clients that return, and their intermediates.
/// static MEMO: SignatureMemo<4096> = SignatureMemo::new();
///
/// fn load(roots: Vec<CertificateDer<'static>>) -> Result<TrustStore<'static>, StoreError> {
///     let mut store = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS)
///         .with_signature_memo(&MEMO);
///     for root in roots {
///         store.add_ca(root)?;
///     }
///     Ok(store)
/// }
/// # let root = &include_bytes!("../../tests/data/root.der")[..];
/// # let store = load(vec![CertificateDer::from(root)])?;
/// # let intermediate = &include_bytes!("../../tests/data/intermediate.der")[..];
/// # let leaf = &include_bytes!("../../tests/data/leaf.der")[..];
/// # let presented = [CertificateDer::from(leaf), CertificateDer::from(intermediate)];
/// # let seconds = core::time::Duration::from_secs(1_796_083_200);
/// # let now = portcullis::pki_types::UnixTime::since_unix_epoch(seconds);
/// # assert!(store.verify_at(&presented, now).is_success());
/// # assert!(store.verify_at(&presented, now).is_success());
/// # Ok::<(), StoreError>(())
/// ```
///
/// With an allocator the size can be chosen at run time, see
/// [`with_entries`](SignatureMemo::with_entries).
///
/// # What is remembered
///
/// That one algorithm of one backend has verified one signature of one message with one key: the
/// arithmetic, and nothing else. Whether the policy allows the algorithm, times, names, constraints,
/// purposes and revocation are checked each time, so a verdict is the same with a memo as without.
/// Failures are not remembered; a forged signature costs a check each time, and never gets in.
///
/// It serves the signatures of certificates, and those of CRLs whose issuer is presented by clients.
/// That of a CRL whose issuer is in the store is verified once as it is, when the list is added.
///
/// # Why a hit can be relied on
///
/// An entry is the SHA-256 of these, one after the other: whether the key stands at the end as it is
/// or, if it is longer than that of RSA-4096, its SHA-256; which [`Verifier`] of which algorithm set
/// is to check, by its address, which no other has since it lives for ever; the SHA-256 of the whole
/// certificate or CRL in DER, whose first part is the message and whose last is the signature; the
/// key. All but the last are of fixed length, so signatures that differ in anything have different
/// entries, or else there is a collision of SHA-256, with which most signatures could be forged
/// anyway.
///
/// All 256 bits are compared. An entry that another thread writes in the meantime is recognised by a
/// version and taken for a miss, so no mix of two entries is ever a hit. Nor is an entry ever out of
/// date, since a signature that was right stays right.
///
/// # What it costs
///
/// 32 octets for each of the `ENTRIES` and 128 more, and at each signature a SHA-256 of the
/// certificate and a short one. A client whose signatures are all new pays that on top of the checks.
///
/// Entries lie in buckets of eight, and once one is full, newcomers displace one another in it. A
/// signature that is met again changes places with one that was not met for some time. So clients
/// that come once, however many, do not push out the intermediates that others present: one stays
/// that is met again before sixteen newcomers to its bucket have come, which is twice as many
/// newcomers as there are entries. Since certificates spread unevenly, take twice as many entries as
/// there are to remember. A memo that is too small costs time and nothing else.
///
/// No thread ever waits for another. On a target without compare-and-swap (Cortex-M0) nothing is
/// remembered.
///
/// # Who can see it
///
/// A verdict comes sooner for a certificate that was seen before. Whoever measures that learns that
/// somebody has presented it to this server since it was started; they must have the certificate.
///
/// [`TrustStore::with_signature_memo`]: crate::TrustStore::with_signature_memo
pub struct SignatureMemo<const ENTRIES: usize = 0> {
    versions: Versions,
    places: Places<ENTRIES>,
}

impl<const ENTRIES: usize> SignatureMemo<ENTRIES> {
    /// An empty memo. One with no entries remembers nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            versions: Versions::new(),
            places: Places::Inline([const { Place::new() }; ENTRIES]),
        }
    }

    /// How many entries there is room for.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.places.as_slice().len()
    }

    const fn table(&self) -> Table<'_> {
        Table::new(&self.versions, self.places.as_slice())
    }
}

#[cfg(feature = "alloc")]
impl SignatureMemo {
    /// An empty memo with room for so many entries, on the heap.
    ///
    /// ```
    /// use std::sync::OnceLock;
    ///
    /// use portcullis::signature::{AWS_LC_RS, SignatureMemo};
    /// use portcullis::{Policy, TrustStore};
    ///
    /// static MEMO: OnceLock<SignatureMemo> = OnceLock::new();
    ///
    /// let entries = 20_000; // from the configuration
    /// let memo = MEMO.get_or_init(|| SignatureMemo::with_entries(entries));
    /// let store: TrustStore<'static> =
    ///     TrustStore::new(Policy::RFC5280, AWS_LC_RS).with_signature_memo(memo);
    /// # assert_eq!(memo.capacity(), 20_000);
    /// ```
    #[must_use]
    pub fn with_entries(entries: usize) -> Self {
        let places = core::iter::repeat_with(Place::new).take(entries);
        Self {
            versions: Versions::new(),
            places: Places::Heap(places.collect()),
        }
    }
}

impl<const ENTRIES: usize> Default for SignatureMemo<ENTRIES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ENTRIES: usize> fmt::Debug for SignatureMemo<ENTRIES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureMemo")
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

enum Places<const ENTRIES: usize> {
    Inline([Place; ENTRIES]),
    #[cfg(feature = "alloc")]
    Heap(alloc::boxed::Box<[Place]>),
}

impl<const ENTRIES: usize> Places<ENTRIES> {
    const fn as_slice(&self) -> &[Place] {
        match self {
            Self::Inline(places) => places.as_slice(),
            #[cfg(feature = "alloc")]
            Self::Heap(places) => places,
        }
    }
}

/// A memo of any size. The engine knows it by this alone, so that who has none links none.
pub(crate) trait Recall: Send + Sync {
    /// Does `verify`, which is to check what is signed in `der` with this verifier and key, unless
    /// its success is remembered.
    fn recall(
        &self,
        verifier: &'static Verifier,
        algorithms: &AlgorithmSet,
        key: &[u8],
        der: &[u8],
        verify: &mut dyn FnMut() -> Option<()>,
    ) -> Option<()>;
}

impl<const ENTRIES: usize> Recall for SignatureMemo<ENTRIES> {
    fn recall(
        &self,
        verifier: &'static Verifier,
        algorithms: &AlgorithmSet,
        key: &[u8],
        der: &[u8],
        verify: &mut dyn FnMut() -> Option<()>,
    ) -> Option<()> {
        let Some(digest) = digest(verifier, algorithms, key, der) else {
            return verify();
        };
        if self.table().find(&digest) {
            return Some(());
        }
        verify()?;
        self.table().remember(&digest);
        Some(())
    }
}

/// What is remembered of the signature of a certificate or list, whole and in DER.
///
/// Not inlined, so that its stack is free again when the signature is checked.
#[inline(never)]
fn digest(
    verifier: &'static Verifier,
    algorithms: &AlgorithmSet,
    key: &[u8],
    der: &[u8],
) -> Option<Digest> {
    let sha256 = algorithms.sha256();
    let hashed_key;
    let is_long = key.len() > LONGEST_KEY;
    let key = if is_long {
        hashed_key = sha256(key);
        &hashed_key
    } else {
        key
    };
    let mut input = Vec::<u8, { FIXED_FIELDS + LONGEST_KEY }>::new();
    let form = [u8::from(is_long), 0, 0, 0, 0, 0, 0, 0];
    for field in [&form, &address(verifier), &sha256(der)[..], key] {
        input.extend_from_slice(field).ok()?;
    }
    let mut digest = Digest::default();
    for (word, octets) in digest.iter_mut().zip(sha256(&input).as_chunks().0) {
        *word = u32::from_le_bytes(*octets);
    }
    Some(digest)
}

fn address(verifier: &'static Verifier) -> [u8; 8] {
    let address = ptr::from_ref(verifier).addr();
    u64::try_from(address).unwrap_or(u64::MAX).to_le_bytes()
}

/// The form of the key, the address of the verifier, and the digest of what is signed.
const FIXED_FIELDS: usize = 8 + 8 + 32;
/// An RSA key of 4,096 bits has 526 octets. A longer key is hashed by itself.
const LONGEST_KEY: usize = 528;

#[cfg(all(test, feature = "aws-lc-rs"))]
mod tests {
    use super::*;
    use crate::key::KeyType;
    use crate::signature::{AWS_LC_RS, SignatureAlgorithm};

    #[test]
    fn an_entry_is_of_its_verifier_document_and_key() {
        let memo = SignatureMemo::<64>::new();
        let verifier = |algorithm| {
            AWS_LC_RS
                .find(KeyType::Rsa { bits: 2048 }, algorithm)
                .unwrap()
        };
        let ours = verifier(SignatureAlgorithm::RsaPkcs1Sha256);
        let theirs = verifier(SignatureAlgorithm::RsaPkcs1Sha384);
        for length in [0, 1, LONGEST_KEY, LONGEST_KEY + 1, 100_000] {
            let key = &[7; 100_001][..length];
            let longer = &[7; 100_001][..=length];
            let is_known = |verifier, key, der: &[u8]| {
                let mut checks = 0;
                memo.recall(verifier, &AWS_LC_RS, key, der, &mut || {
                    checks += 1;
                    None
                });
                checks == 0
            };
            let digest = AWS_LC_RS.sha256()(key);
            assert!(!is_known(ours, key, b"document"));
            let verified = memo.recall(ours, &AWS_LC_RS, key, b"document", &mut || Some(()));
            assert_eq!(verified, Some(()));
            assert!(is_known(ours, key, b"document"));
            assert!(!is_known(theirs, key, b"document"));
            assert!(!is_known(ours, key, b"Document"));
            assert!(!is_known(ours, longer, b"document"));
            assert!(!is_known(ours, &digest, b"document"));
        }
    }

    #[test]
    fn an_entry_takes_thirty_two_octets() {
        let sizes = [
            size_of::<SignatureMemo<4096>>(),
            size_of::<SignatureMemo<1>>(),
        ];
        #[cfg(not(feature = "alloc"))]
        assert_eq!(sizes, [4096 * 32 + 128, 32 + 128]);
        #[cfg(feature = "alloc")]
        assert!(sizes[0] <= 4096 * 32 + 128 + 16 && sizes[1] <= 32 + 128 + 16);
    }
}
