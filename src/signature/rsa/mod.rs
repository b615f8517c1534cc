//! RSA signatures, verified without an allocator.

mod encoding;
mod modulus;

use core::fmt;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::hash::{Hash, MAX_DIGEST};
use crate::key;
use crate::limb::{LIMB_BITS, Limb};

/// Verifies RSA signatures by keys of 2048 bits to as many as `LIMBS` limbs hold, 4096 by default.
///
/// What has no place in a signature is refused: one that is not as long as the modulus or not less
/// than it (RFC 8017 8.1.2 and 8.2.2), and any encoding but the one of PKCS#1. What has no place in a
/// key as well: less than 2048 bits, an even modulus, an exponent that is even, less than 3 or of
/// more than 32 bits, numbers that are not DER. (AWS-LC and ring take exponents of 33 bits.)
///
/// It works on what everybody may know, in a time that depends on it. On the stack it takes four
/// numbers of `LIMBS` limbs, whatever the size of the key: 2 KB for 4096 bits.
///
/// ```
/// use portcullis::signature::{KeyKind, RsaVerification, Verifier, rsa_limbs};
/// use portcullis::{AlgorithmSet, SignatureAlgorithm};
///
/// /// For keys of up to 8192 bits.
/// type LargeRsa = RsaVerification<{ rsa_limbs(8192) }>;
///
/// static VERIFIERS: [Verifier; 1] = [Verifier::new(
///     KeyKind::Rsa,
///     SignatureAlgorithm::RsaPkcs1Sha256,
///     &LargeRsa::PKCS1_SHA256,
/// )];
/// ```
#[derive(Clone, Copy)]
pub struct RsaVerification<const LIMBS: usize = { rsa_limbs(4096) }> {
    is_encoding: IsEncoding,
    hash: Hash,
    identifier: AlgorithmIdentifier,
}

/// The limbs that a number of so many bits takes: 64 bits each on machines of 64 bits, else 32.
#[must_use]
pub const fn rsa_limbs(bits: usize) -> usize {
    bits.div_ceil(LIMB_BITS)
}

impl<const LIMBS: usize> RsaVerification<LIMBS> {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub const PKCS1_SHA256: Self =
        Self::new(encoding::is_pkcs1, Hash::SHA256, alg_id::RSA_PKCS1_SHA256);
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    pub const PKCS1_SHA384: Self =
        Self::new(encoding::is_pkcs1, Hash::SHA384, alg_id::RSA_PKCS1_SHA384);
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    pub const PKCS1_SHA512: Self =
        Self::new(encoding::is_pkcs1, Hash::SHA512, alg_id::RSA_PKCS1_SHA512);
    /// RSASSA-PSS with SHA-256, MGF1 of the same and a salt of 32 octets.
    pub const PSS_SHA256: Self = Self::new(encoding::is_pss, Hash::SHA256, alg_id::RSA_PSS_SHA256);
    /// RSASSA-PSS with SHA-384, MGF1 of the same and a salt of 48 octets.
    pub const PSS_SHA384: Self = Self::new(encoding::is_pss, Hash::SHA384, alg_id::RSA_PSS_SHA384);
    /// RSASSA-PSS with SHA-512, MGF1 of the same and a salt of 64 octets.
    pub const PSS_SHA512: Self = Self::new(encoding::is_pss, Hash::SHA512, alg_id::RSA_PSS_SHA512);

    const fn new(is_encoding: IsEncoding, hash: Hash, identifier: AlgorithmIdentifier) -> Self {
        Self {
            is_encoding,
            hash,
            identifier,
        }
    }

    fn verify(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let key = PublicKey::read(key)?;
        // RFC 8017 5.2.2: not as long as the modulus, or not less, is no signature.
        if signature.len() != key.modulus.len() || signature >= key.modulus {
            return None;
        }
        let mut room = [0; MAX_DIGEST];
        let digest = self.hash.digest(&[message], &mut room);
        let mut room = [0; LIMBS];
        let limbs = modulus::power(&mut room, signature, key.exponent, key.modulus)?;
        (self.is_encoding)(limbs, usize::from(key.bits), &self.hash, digest).then_some(())
    }
}

impl<const LIMBS: usize> SignatureVerificationAlgorithm for RsaVerification<LIMBS> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.verify(public_key, message, signature)
            .ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.identifier
    }
}

/// Without what it is made of, which would bring formatting into an image that formats nothing.
impl<const LIMBS: usize> fmt::Debug for RsaVerification<LIMBS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaVerification")
    }
}

/// Whether limbs, as many as a modulus of so many bits fills, are the encoding of a digest by the
/// hash. By a pointer: an image links those encodings that it names and no others.
type IsEncoding = fn(&[Limb], usize, &Hash, &[u8]) -> bool;

/// An `RSAPublicKey` (RFC 8017 A.1.1).
struct PublicKey<'a> {
    /// Big-endian, without leading zero octets.
    modulus: &'a [u8],
    /// How long the modulus is.
    bits: u16,
    exponent: u32,
}

impl<'a> PublicKey<'a> {
    fn read(key: &'a [u8]) -> Option<Self> {
        let (modulus, exponent) = key::rsa_numbers(key)?;
        if exponent.len() > size_of::<u32>() {
            return None;
        }
        let exponent = exponent.iter().fold(0, |exponent: u32, octet| {
            exponent.wrapping_shl(8) | u32::from(*octet)
        });
        let bits = key::bits(modulus)?;
        (exponent >= 3 && bits >= MIN_BITS).then_some(Self {
            modulus,
            bits,
            exponent,
        })
    }
}

/// The least that AWS-LC and ring verify with.
const MIN_BITS: u16 = 2048;

#[cfg(all(test, not(miri)))]
mod tests {
    use portcullis_fixtures::der;

    use super::*;

    #[test]
    fn a_key_has_an_odd_modulus_and_an_odd_exponent_of_3_to_32_bits() {
        let reads = |last: u8, exponent: u64| {
            let mut modulus = [0xff; 256];
            modulus[255] = last;
            let modulus = der::unsigned_integer(modulus);
            let key = der::sequence([modulus, der::integer(exponent)]);
            PublicKey::read(&key).map(|key| (key.bits, key.exponent))
        };
        assert_eq!(reads(0x01, 3), Some((2048, 3)));
        assert_eq!(reads(0x01, 0xffff_ffff), Some((2048, 0xffff_ffff)));
        assert_eq!(reads(0x00, 3), None);
        assert_eq!(reads(0x01, 0), None);
        assert_eq!(reads(0x01, 1), None);
        assert_eq!(reads(0x01, 4), None);
        assert_eq!(reads(0x01, 0x1_0000_0001), None);
    }
}
