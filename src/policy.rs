//! What is asked of a chain: three policies, and the knobs on top.

mod choices;

use core::fmt;

pub use self::choices::{
    AlgorithmScope, AnyEku, CrlReach, DepthCount, ExpiredCrl, Expiry, LeafKeys, LeafVersion,
    MissingClock, MissingCrl, MissingEku, NotAfter, Search, Sha1,
};
pub(crate) use self::choices::{Dialect, SecondOpinion};
use crate::failure::Failed;
use crate::key::KeyType;
use crate::path::search_other_paths;
use crate::signature::SignatureAlgorithm;
use crate::status::FailureReason;
use crate::verify::Engine;

/// The rules of a trust store. There is no default: choose [`ALB`](Self::ALB) to predict or mimic
/// what AWS ALB says, [`RFC5280`](Self::RFC5280) or [`STRICT`](Self::STRICT) to protect something.
///
/// Each knob says what ALB does and how that is known: from AWS's documentation, from s2n-tls and
/// AWS-LC (the libraries ALB's mutual TLS is built on), as seen in the field, or as a guess.
///
/// ```
/// use portcullis::{Expiry, Policy};
///
/// const POLICY: Policy = Policy::ALB.with_max_depth(3).with_expiry(Expiry::IgnoreLeaf);
/// # let _ = POLICY;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub(crate) dialect: Dialect,
    pub(crate) max_depth: u8,
    pub(crate) depth_count: DepthCount,
    pub(crate) max_message_size: u32,
    pub(crate) max_ca_size: u32,
    pub(crate) search: OtherPaths,
    pub(crate) expiry: Expiry,
    pub(crate) not_after: NotAfter,
    pub(crate) clock: MissingClock,
    pub(crate) sha1: Sha1,
    pub(crate) signatures: u32,
    pub(crate) algorithm_scope: AlgorithmScope,
    pub(crate) min_rsa_bits: u16,
    pub(crate) max_rsa_bits: u16,
    pub(crate) leaf_keys: LeafKeys,
    pub(crate) leaf_version: LeafVersion,
    pub(crate) missing_eku: MissingEku,
    pub(crate) any_eku: AnyEku,
    pub(crate) missing_crl: MissingCrl,
    pub(crate) expired_crl: ExpiredCrl,
    pub(crate) crl_reach: CrlReach,
    pub(crate) max_crl_size: u32,
    pub(crate) max_crl_entries: u32,
    pub(crate) second_opinion: SecondOpinion,
}

impl Policy {
    /// What ALB's verify mode says: the path that s2n-tls and AWS-LC choose, without backtracking,
    /// and their edges.
    pub const ALB: Self = Self {
        dialect: Dialect::Alb,
        max_depth: 4,
        depth_count: DepthCount::Presented,
        max_message_size: 64 * 1024,
        max_ca_size: 16 * 1024,
        search: OtherPaths::of(Search::First),
        expiry: Expiry::Enforce,
        not_after: NotAfter::Excluded,
        clock: MissingClock::Deny,
        sha1: Sha1::Incompatible,
        signatures: DOCUMENTED_SIGNATURES,
        algorithm_scope: AlgorithmScope::Presented,
        min_rsa_bits: 2048,
        max_rsa_bits: 8192,
        leaf_keys: LeafKeys::Documented,
        leaf_version: LeafVersion::V3,
        missing_eku: MissingEku::Allow,
        any_eku: AnyEku::Deny,
        missing_crl: MissingCrl::Allow,
        expired_crl: ExpiredCrl::Ignore,
        crl_reach: CrlReach::Path,
        max_crl_size: 50 * 1024 * 1024,
        max_crl_entries: 500_000,
        second_opinion: SecondOpinion::None,
    };

    /// Everything RFC 5280 asks of a client's chain: every path within a budget, notAfter
    /// inclusive, Ed25519 too; the same order of checks and the same words.
    pub const RFC5280: Self = Self {
        dialect: Dialect::Rfc5280,
        max_depth: 16,
        search: OtherPaths::of(Search::Backtrack),
        not_after: NotAfter::Included,
        signatures: DOCUMENTED_SIGNATURES | 1 << SignatureAlgorithm::Ed25519 as u32,
        algorithm_scope: AlgorithmScope::Path,
        leaf_keys: LeafKeys::DocumentedAndEd25519,
        max_crl_size: u32::MAX,
        max_crl_entries: u32::MAX,
        ..Self::ALB
    };

    /// [`RFC5280`](Self::RFC5280), and webpki must say yes to the path as well; a leaf without
    /// extended key usage is refused, and once the store holds a CRL, so is a certificate that no
    /// CRL covers.
    #[cfg(feature = "webpki")]
    pub const STRICT: Self = Self {
        missing_eku: MissingEku::Deny,
        missing_crl: MissingCrl::DenyOnceThereIsOne,
        second_opinion: SecondOpinion::Webpki,
        ..Self::RFC5280
    };

    /// How many certificates may be presented, 1 to 64; a number out of that range is moved into
    /// it. More are `ClientCertMaxChainDepthExceeded`.
    ///
    /// ALB: 4 (documented). RFC 5280 has no limit; ours is 16 there.
    #[must_use]
    pub const fn with_max_depth(mut self, certificates: u8) -> Self {
        self.max_depth = match certificates {
            0 => 1,
            1..=MAX_PRESENTED => certificates,
            _ => MAX_PRESENTED,
        };
        self
    }

    /// Whether the leaf counts towards the depth limit.
    ///
    /// ALB: it counts (seen in s2n-tls).
    #[must_use]
    pub const fn with_depth_count(mut self, count: DepthCount) -> Self {
        self.depth_count = count;
        self
    }

    /// The largest Certificate message in octets, without the handshake header. More is
    /// `ClientCertMaxSizeExceeded`.
    ///
    /// ALB: 64 KiB (documented, and s2n-tls's limit of a handshake message).
    #[must_use]
    pub const fn with_max_message_size(mut self, octets: u32) -> Self {
        self.max_message_size = octets;
        self
    }

    /// The largest CA certificate in octets that [`add_ca`](crate::TrustStore::add_ca) takes.
    ///
    /// ALB: 16 KB (documented).
    #[must_use]
    pub const fn with_max_ca_size(mut self, octets: u32) -> Self {
        self.max_ca_size = octets;
        self
    }

    /// How a path is searched.
    ///
    /// ALB: the first, without backtracking (seen in s2n-tls).
    #[must_use]
    pub const fn with_search(mut self, search: Search) -> Self {
        self.search = OtherPaths::of(search);
        self
    }

    /// Whether certificates that are no longer valid may pass.
    ///
    /// ALB: they may not, unless `IgnoreClientCertificateExpiry` is set (documented); how far that
    /// reaches is not documented.
    #[must_use]
    pub const fn with_expiry(mut self, expiry: Expiry) -> Self {
        self.expiry = expiry;
        self
    }

    /// Whether the second of notAfter is itself valid.
    ///
    /// ALB: it is not (seen in s2n-tls). RFC 5280 4.1.2.5: it is.
    #[must_use]
    pub const fn with_not_after(mut self, not_after: NotAfter) -> Self {
        self.not_after = not_after;
        self
    }

    /// What happens when the store's clock has no time.
    #[must_use]
    pub const fn with_missing_clock(mut self, clock: MissingClock) -> Self {
        self.clock = clock;
        self
    }

    /// The word for a certificate signed with SHA-1, which is refused in any case.
    ///
    /// ALB: s2n-tls says untrusted in TLS 1.3 and incompatible in TLS 1.2; that ALB says
    /// incompatible is what its documentation of the code suggests.
    #[must_use]
    pub const fn with_sha1(mut self, sha1: Sha1) -> Self {
        self.sha1 = sha1;
        self
    }

    /// Allows one more signature algorithm. SHA-1, SHA-224, MD5 and Ed448 stay refused, since no
    /// algorithm set has them.
    ///
    /// ALB: PKCS#1 v1.5, PSS and ECDSA with SHA-256, SHA-384 and SHA-512 (documented).
    #[must_use]
    pub const fn with_signature_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.signatures |= 1 << algorithm as u32;
        self
    }

    /// Takes a signature algorithm away. Certificates signed with it are
    /// `ClientCertIncompatible`.
    #[must_use]
    pub const fn without_signature_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.signatures &= !(1 << algorithm as u32);
        self
    }

    /// Whose signature algorithm and RSA key size must be allowed: every presented certificate's,
    /// or those of the path.
    ///
    /// ALB: every presented one's, before a path is looked for (seen in s2n-tls). Certificates
    /// whose issuer is their subject are exempt from the signature rule, since nobody relies on
    /// that signature.
    #[must_use]
    pub const fn with_algorithm_scope(mut self, scope: AlgorithmScope) -> Self {
        self.algorithm_scope = scope;
        self
    }

    /// The smallest and largest RSA key in bits. Others are `ClientCertIncompatible`. Whatever
    /// stands here, the algorithm sets verify with keys of 2048 to 8192 bits only.
    ///
    /// ALB: 2048 to 8192 (documented; that the word is `ClientCertIncompatible`, and at which step,
    /// is a guess).
    #[must_use]
    pub const fn with_rsa_bits(mut self, min: u16, max: u16) -> Self {
        self.min_rsa_bits = min;
        self.max_rsa_bits = max;
        self
    }

    /// The types of key a leaf may have. Others are `ClientCertTypeUnsupported`.
    ///
    /// ALB: RSA, P-256, P-384 and P-521 (documented; the word is a guess).
    #[must_use]
    pub const fn with_leaf_keys(mut self, keys: LeafKeys) -> Self {
        self.leaf_keys = keys;
        self
    }

    /// Whether a leaf of X.509 version 1 or 2 is taken. If not it is `ClientCertInvalid`.
    ///
    /// ALB: version 3 only (documented; the word is a guess, and s2n-tls by itself takes all).
    #[must_use]
    pub const fn with_leaf_version(mut self, version: LeafVersion) -> Self {
        self.leaf_version = version;
        self
    }

    /// Whether a leaf without extended key usage may authenticate a client.
    ///
    /// ALB: it may (seen in s2n-tls; RFC 5280 4.2.1.12 says the same).
    #[must_use]
    pub const fn with_missing_eku(mut self, missing: MissingEku) -> Self {
        self.missing_eku = missing;
        self
    }

    /// Whether anyExtendedKeyUsage stands for client authentication.
    ///
    /// ALB: it does not (seen in s2n-tls).
    #[must_use]
    pub const fn with_any_eku(mut self, any: AnyEku) -> Self {
        self.any_eku = any;
        self
    }

    /// Whether a certificate that no CRL covers may pass. The anchor needs none in any case.
    ///
    /// ALB: it may (a guess, since a store works without any CRL; s2n-tls by itself refuses it, and
    /// so would refuse every client of a store whose anchor is an intermediate).
    #[must_use]
    pub const fn with_missing_crl(mut self, missing: MissingCrl) -> Self {
        self.missing_crl = missing;
        self
    }

    /// Whether a CRL decides although its nextUpdate has passed, or its thisUpdate not come.
    ///
    /// ALB: it does (seen in s2n-tls).
    #[must_use]
    pub const fn with_expired_crl(mut self, expired: ExpiredCrl) -> Self {
        self.expired_crl = expired;
        self
    }

    /// Which certificates of the path are looked up.
    ///
    /// ALB: all, the anchor included (documented for the issuing CAs; the anchor seen in s2n-tls).
    #[must_use]
    pub const fn with_crl_reach(mut self, reach: CrlReach) -> Self {
        self.crl_reach = reach;
        self
    }

    /// The largest CRL in octets that [`add_crl`](crate::TrustStore::add_crl) takes; 64 MiB is the
    /// largest that can be indexed.
    ///
    /// ALB: 50 MB (documented).
    #[must_use]
    pub const fn with_max_crl_size(mut self, octets: u32) -> Self {
        self.max_crl_size = octets;
        self
    }

    /// How many entries the CRLs of a store may have together.
    ///
    /// ALB: 500 000 (documented).
    #[must_use]
    pub const fn with_max_crl_entries(mut self, entries: u32) -> Self {
        self.max_crl_entries = entries;
        self
    }

    pub(crate) const fn allows_signature(&self, algorithm: SignatureAlgorithm) -> bool {
        self.signatures & (1 << algorithm as u32) != 0
    }

    pub(crate) const fn allows_key_size(&self, key: KeyType) -> bool {
        match key {
            KeyType::Rsa { bits } => self.min_rsa_bits <= bits && bits <= self.max_rsa_bits,
            _ => true,
        }
    }

    pub(crate) const fn allows_leaf_key(&self, key: KeyType) -> bool {
        match key {
            KeyType::Rsa { .. } | KeyType::P256 | KeyType::P384 | KeyType::P521 => true,
            KeyType::Ed25519 => matches!(self.leaf_keys, LeafKeys::DocumentedAndEd25519),
            _ => false,
        }
    }

    pub(crate) const fn sha1_reason(&self) -> FailureReason {
        match self.sha1 {
            Sha1::Incompatible => FailureReason::ClientCertIncompatible,
            Sha1::Untrusted => FailureReason::ClientCertUntrusted,
        }
    }
}

/// The search for other paths, if there is to be one. A policy with [`Search::Backtrack`] brings it, so
/// that a program that has none does not link it.
#[derive(Clone, Copy)]
pub(crate) struct OtherPaths(pub(crate) Option<SearchOtherPaths>);

type SearchOtherPaths = fn(&mut Engine<'_, '_>) -> Result<(), Failed>;

impl OtherPaths {
    const fn of(search: Search) -> Self {
        Self(match search {
            Search::Backtrack => Some(search_other_paths),
            Search::First => None,
        })
    }
}

impl fmt::Debug for OtherPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let search = match self.0 {
            Some(_) => Search::Backtrack,
            None => Search::First,
        };
        search.fmt(f)
    }
}

/// The most certificates that can be presented, whatever the policy: their facts are held on the
/// stack. The longest chain of the public test suites that may pass has 36.
pub(crate) const MAX_PRESENTED: u8 = 64;

const DOCUMENTED_SIGNATURES: u32 = 1 << SignatureAlgorithm::RsaPkcs1Sha256 as u32
    | 1 << SignatureAlgorithm::RsaPkcs1Sha384 as u32
    | 1 << SignatureAlgorithm::RsaPkcs1Sha512 as u32
    | 1 << SignatureAlgorithm::RsaPssSha256 as u32
    | 1 << SignatureAlgorithm::RsaPssSha384 as u32
    | 1 << SignatureAlgorithm::RsaPssSha512 as u32
    | 1 << SignatureAlgorithm::EcdsaSha256 as u32
    | 1 << SignatureAlgorithm::EcdsaSha384 as u32
    | 1 << SignatureAlgorithm::EcdsaSha512 as u32;
