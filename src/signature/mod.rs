//! Signature algorithms: their names in certificates, and what verifies them.

/// What webpki does not have, for a backend with ring's interface: SHA-256 by itself, and SHA-1 for
/// the signatures of CRLs.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
macro_rules! digests {
    (::$backend:ident) => {
        /// SHA-1 is broken where an attacker chooses what is signed; a CA chooses what is on its list.
        static CRL_VERIFIERS: [Verifier; 1] = [Verifier::new(
            KeyKind::Rsa,
            SignatureAlgorithm::RsaPkcs1Sha1,
            &RsaPkcs1Sha1,
        )];

        /// Which webpki does not have, rightly.
        #[derive(Debug)]
        struct RsaPkcs1Sha1;

        impl pki_types::SignatureVerificationAlgorithm for RsaPkcs1Sha1 {
            fn verify_signature(
                &self,
                public_key: &[u8],
                message: &[u8],
                signature: &[u8],
            ) -> Result<(), pki_types::InvalidSignature> {
                ::$backend::signature::UnparsedPublicKey::new(
                    &::$backend::signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    public_key,
                )
                .verify(message, signature)
                .map_err(|_| pki_types::InvalidSignature)
            }

            fn public_key_alg_id(&self) -> pki_types::AlgorithmIdentifier {
                pki_types::alg_id::RSA_ENCRYPTION
            }

            fn signature_alg_id(&self) -> pki_types::AlgorithmIdentifier {
                // sha1WithRSAEncryption and NULL (RFC 3279 2.2.1).
                pki_types::AlgorithmIdentifier::from_slice(&[
                    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
                ])
            }
        }

        fn sha256(message: &[u8]) -> [u8; 32] {
            let mut output = [0; 32];
            for (to, from) in output
                .iter_mut()
                .zip(::$backend::digest::digest(&::$backend::digest::SHA256, message).as_ref())
            {
                *to = *from;
            }
            output
        }
    };
}

#[cfg(feature = "aws-lc-rs")]
mod aws_lc_rs;
#[cfg(any(
    feature = "p256",
    feature = "p384",
    all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none")
))]
mod ecdsa;
#[cfg(feature = "ed25519")]
mod ed25519;
#[cfg(any(
    feature = "p256",
    feature = "p384",
    feature = "rsa",
    all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none")
))]
mod hash;
mod memo;
mod observed;
#[cfg(feature = "ring")]
mod ring;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(any(
    feature = "ed25519",
    feature = "p256",
    feature = "p384",
    feature = "rsa"
))]
mod rustcrypto;

use core::fmt;

use pki_types::SignatureVerificationAlgorithm;

#[cfg(feature = "aws-lc-rs")]
pub use self::aws_lc_rs::AWS_LC_RS;
#[cfg(any(
    feature = "p256",
    feature = "p384",
    all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none")
))]
pub use self::ecdsa::EcdsaVerification;
#[cfg(feature = "ed25519")]
pub use self::ed25519::Ed25519Verification;
#[cfg(any(
    feature = "p256",
    feature = "p384",
    feature = "rsa",
    all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none")
))]
pub use self::hash::sha256;
pub(crate) use self::memo::Recall;
pub use self::memo::SignatureMemo;
pub use self::observed::ObservedVerification;
#[cfg(feature = "ring")]
pub use self::ring::RING;
#[cfg(feature = "rsa")]
pub use self::rsa::{RsaVerification, rsa_limbs};
#[cfg(any(
    feature = "ed25519",
    feature = "p256",
    feature = "p384",
    feature = "rsa"
))]
pub use self::rustcrypto::RUSTCRYPTO;
use crate::key::KeyType;
pub use crate::key::{EcCurve, KeyKind};
use crate::{der, oid};

/// How a certificate or CRL is signed.
///
/// `Display` writes it for people: `RSA PKCS#1 v1.5 with SHA-256`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055 5).
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, MGF1 of the same and a salt of 32 octets (RFC 4055 3.1).
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, MGF1 of the same and a salt of 48 octets.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, MGF1 of the same and a salt of 64 octets.
    RsaPssSha512,
    /// ECDSA with SHA-256 (RFC 5758 3.2).
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-1, which is broken.
    RsaPkcs1Sha1,
    /// ECDSA with SHA-1, which is broken.
    EcdsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-224.
    RsaPkcs1Sha224,
    /// ECDSA with SHA-224.
    EcdsaSha224,
    /// RSASSA-PKCS1-v1_5 with MD5, which is broken.
    RsaPkcs1Md5,
    /// Ed448 (RFC 8410).
    Ed448,
}

impl SignatureAlgorithm {
    /// Reads the content of an `AlgorithmIdentifier`; `None` for one that is not in the list.
    ///
    /// RFC 4055 5 wants NULL parameters with RSA and RFC 5758 3.2 none with ECDSA. Like AWS-LC,
    /// this takes either with both, since parameters that say nothing can change nothing.
    pub(crate) fn parse(identifier: &[u8]) -> Option<Self> {
        let mut reader = der::Reader::new(identifier);
        let oid = reader.expect(der::OBJECT_IDENTIFIER)?;
        let pkcs1 = oid::below(oid, PKCS1);
        if pkcs1 == Some(RSASSA_PSS) {
            let parameters = reader.expect(der::SEQUENCE)?;
            reader.finish()?;
            return Self::parse_pss(parameters);
        }
        let null = reader.optional(der::NULL);
        reader.finish()?;
        if null.is_some_and(|content| !content.is_empty()) {
            return None;
        }
        if let Some(last) = pkcs1 {
            return Some(match last {
                [0x04] => Self::RsaPkcs1Md5,
                [0x05] => Self::RsaPkcs1Sha1,
                [0x0b] => Self::RsaPkcs1Sha256,
                [0x0c] => Self::RsaPkcs1Sha384,
                [0x0d] => Self::RsaPkcs1Sha512,
                [0x0e] => Self::RsaPkcs1Sha224,
                _ => return None,
            });
        }
        if let Some(last) = oid::below(oid, ECDSA) {
            return Some(match last {
                [0x01] => Self::EcdsaSha1,
                [0x03, 0x01] => Self::EcdsaSha224,
                [0x03, 0x02] => Self::EcdsaSha256,
                [0x03, 0x03] => Self::EcdsaSha384,
                [0x03, 0x04] => Self::EcdsaSha512,
                _ => return None,
            });
        }
        // RFC 8410 3: the parameters MUST be absent.
        match (oid, null) {
            ([0x2b, 0x65, 0x70], None) => Some(Self::Ed25519),
            ([0x2b, 0x65, 0x71], None) => Some(Self::Ed448),
            _ => None,
        }
    }

    /// Reads the content of `RSASSA-PSS-params` (RFC 4055 3.1). Only the three that everybody uses
    /// are in the list: one hash throughout, a salt as long as its digest, the usual trailer.
    fn parse_pss(parameters: &[u8]) -> Option<Self> {
        let mut reader = der::Reader::new(parameters);
        let hash = hash_oid(reader.expect(der::context_constructed(0))?)?;
        let mask = reader.expect(der::context_constructed(1))?;
        let salt = der::sole(reader.expect(der::context_constructed(2))?, der::INTEGER)?;
        let trailer = reader.optional(der::context_constructed(3));
        reader.finish()?;
        if trailer.is_some_and(|trailer| der::sole(trailer, der::INTEGER) != Some(&[1])) {
            return None;
        }
        let mut mask = der::Reader::new(der::sole(mask, der::SEQUENCE)?);
        if oid::below(mask.expect(der::OBJECT_IDENTIFIER)?, PKCS1)? != MGF1 {
            return None;
        }
        if hash_oid(mask.rest())? != hash {
            return None;
        }
        match (oid::below(hash, SHA2)?, salt) {
            ([0x01], [32]) => Some(Self::RsaPssSha256),
            ([0x02], [48]) => Some(Self::RsaPssSha384),
            ([0x03], [64]) => Some(Self::RsaPssSha512),
            _ => None,
        }
    }

    pub(crate) const fn is_sha1(self) -> bool {
        matches!(self, Self::RsaPkcs1Sha1 | Self::EcdsaSha1)
    }

    /// Whether a key of this kind could have made such a signature at all.
    pub(crate) const fn is_of(self, key: KeyKind) -> bool {
        match key {
            KeyKind::Rsa => !matches!(
                self,
                Self::EcdsaSha1
                    | Self::EcdsaSha224
                    | Self::EcdsaSha256
                    | Self::EcdsaSha384
                    | Self::EcdsaSha512
                    | Self::Ed25519
                    | Self::Ed448
            ),
            KeyKind::Ec(_) => matches!(
                self,
                Self::EcdsaSha1
                    | Self::EcdsaSha224
                    | Self::EcdsaSha256
                    | Self::EcdsaSha384
                    | Self::EcdsaSha512
            ),
            KeyKind::Ed25519 => matches!(self, Self::Ed25519),
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::RsaPkcs1Sha256 => "RSA PKCS#1 v1.5 with SHA-256",
            Self::RsaPkcs1Sha384 => "RSA PKCS#1 v1.5 with SHA-384",
            Self::RsaPkcs1Sha512 => "RSA PKCS#1 v1.5 with SHA-512",
            Self::RsaPssSha256 => "RSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSA-PSS with SHA-512",
            Self::EcdsaSha256 => "ECDSA with SHA-256",
            Self::EcdsaSha384 => "ECDSA with SHA-384",
            Self::EcdsaSha512 => "ECDSA with SHA-512",
            Self::Ed25519 => "Ed25519",
            Self::RsaPkcs1Sha1 => "RSA PKCS#1 v1.5 with SHA-1",
            Self::EcdsaSha1 => "ECDSA with SHA-1",
            Self::RsaPkcs1Sha224 => "RSA PKCS#1 v1.5 with SHA-224",
            Self::EcdsaSha224 => "ECDSA with SHA-224",
            Self::RsaPkcs1Md5 => "RSA PKCS#1 v1.5 with MD5",
            Self::Ed448 => "Ed448",
        })
    }
}

/// One way of verifying signatures: a kind of key, a signature algorithm, and the code for them.
#[derive(Clone, Copy, Debug)]
pub struct Verifier {
    pub(crate) key: KeyKind,
    pub(crate) algorithm: SignatureAlgorithm,
    max_rsa_bits: u16,
    pub(crate) implementation: &'static dyn SignatureVerificationAlgorithm,
}

impl Verifier {
    /// Names what `implementation` verifies. It is given EC keys uncompressed.
    #[must_use]
    pub const fn new(
        key: KeyKind,
        algorithm: SignatureAlgorithm,
        implementation: &'static dyn SignatureVerificationAlgorithm,
    ) -> Self {
        Self {
            key,
            algorithm,
            max_rsa_bits: u16::MAX,
            implementation,
        }
    }

    /// Says that the implementation takes no longer RSA keys.
    #[must_use]
    pub const fn with_max_rsa_bits(mut self, bits: u16) -> Self {
        self.max_rsa_bits = bits;
        self
    }

    /// The code that verifies.
    #[must_use]
    pub const fn implementation(&self) -> &'static dyn SignatureVerificationAlgorithm {
        self.implementation
    }

    /// The same with other code, which counts or times what it hands on, say.
    #[must_use]
    pub const fn with_implementation(
        mut self,
        implementation: &'static dyn SignatureVerificationAlgorithm,
    ) -> Self {
        self.implementation = implementation;
        self
    }

    fn is_for(&self, key: KeyType) -> bool {
        key.kind() == Some(self.key)
            && !matches!(key, KeyType::Rsa { bits } if bits > self.max_rsa_bits)
    }
}

/// What a backend can verify, and its SHA-256.
///
/// Which algorithms are *allowed* is the policy's business. A CA for whose key the set has nothing
/// is refused when it is loaded, and a presented certificate that needs what the set lacks is
/// `Failed:ClientCertIncompatible`, so that a Success never depends on the backend.
#[derive(Clone, Copy, Debug)]
pub struct AlgorithmSet {
    verifiers: &'static [Verifier],
    crl_verifiers: &'static [Verifier],
    sha256: fn(&[u8]) -> [u8; 32],
}

impl AlgorithmSet {
    /// Makes a set. Of two verifiers for the same pair the first is used that takes the key.
    ///
    /// `sha256` must be just that: fingerprints, and what a [`SignatureMemo`] and the store take for
    /// verified, rest on it.
    #[must_use]
    pub const fn new(verifiers: &'static [Verifier], sha256: fn(&[u8]) -> [u8; 32]) -> Self {
        Self {
            verifiers,
            crl_verifiers: &[],
            sha256,
        }
    }

    /// Adds verifiers for the signatures of CRLs alone, whatever the policy allows for
    /// certificates: SHA-1, with which old CAs still sign their lists.
    #[must_use]
    pub const fn with_crl_verifiers(mut self, verifiers: &'static [Verifier]) -> Self {
        self.crl_verifiers = verifiers;
        self
    }

    /// What verifies the signatures of certificates, in the order in which it is looked for; what there is
    /// for those of CRLs alone is not among it.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// use portcullis::AlgorithmSet;
    /// use portcullis::signature::{AWS_LC_RS, ObservedVerification, Verifier};
    ///
    /// let observed = |verifier: &Verifier| {
    ///     let implementation = ObservedVerification::new(verifier.implementation(), || {});
    ///     verifier.with_implementation(Box::leak(Box::new(implementation)))
    /// };
    /// let verifiers: Vec<Verifier> = AWS_LC_RS.verifiers().iter().map(observed).collect();
    /// let algorithms = AlgorithmSet::new(verifiers.leak(), AWS_LC_RS.sha256());
    /// # let _ = algorithms;
    /// # }
    /// ```
    #[must_use]
    pub const fn verifiers(&self) -> &'static [Verifier] {
        self.verifiers
    }

    pub(crate) fn find(
        &self,
        key: KeyType,
        algorithm: SignatureAlgorithm,
    ) -> Option<&'static Verifier> {
        find(self.verifiers, key, algorithm)
    }

    pub(crate) fn find_for_crls(
        &self,
        key: KeyType,
        algorithm: SignatureAlgorithm,
    ) -> Option<&'static Verifier> {
        find(self.crl_verifiers, key, algorithm)
    }

    pub(crate) fn supports(&self, key: KeyType) -> bool {
        self.verifiers.iter().any(|verifier| verifier.is_for(key))
    }

    /// The hash that fingerprints are made with.
    #[must_use]
    pub const fn sha256(&self) -> fn(&[u8]) -> [u8; 32] {
        self.sha256
    }
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn find(
    verifiers: &'static [Verifier],
    key: KeyType,
    algorithm: SignatureAlgorithm,
) -> Option<&'static Verifier> {
    let mut verifiers = verifiers.iter();
    verifiers.find(|known| known.algorithm == algorithm && known.is_for(key))
}

/// The OID of a hash's `AlgorithmIdentifier`. RFC 4055 2.1: NULL parameters and none are the same.
fn hash_oid(identifier: &[u8]) -> Option<&[u8]> {
    let mut reader = der::Reader::new(der::sole(identifier, der::SEQUENCE)?);
    let oid = reader.expect(der::OBJECT_IDENTIFIER)?;
    let null = reader.optional(der::NULL);
    reader.finish()?;
    null.is_none_or(<[u8]>::is_empty).then_some(oid)
}

/// 2.16.840.1.101.3.4.2, the arc of the SHA-2 family.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
/// 1.2.840.113549.1.1, the arc of PKCS #1.
const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// 1.2.840.10045.4, the arc of ECDSA's signatures.
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
/// What follows that arc.
const MGF1: &[u8] = &[0x08];
const RSASSA_PSS: &[u8] = &[0x0a];
