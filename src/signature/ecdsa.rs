//! ECDSA, by the `p256`, `p384` and `p256-cortex-m4` crates.

use core::fmt;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::hash::{Hash, MAX_DIGEST};
use crate::der;

/// Verifies ECDSA signatures without an allocator, by the `p256` and `p384` crates, or on a Cortex-M4 by
/// `p256-cortex-m4`.
///
/// A signature is a DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3) with nothing behind it; a key is an
/// uncompressed point. `s` may be high, as everywhere outside of cryptocurrencies. What a digest is
/// longer than the order of the curve, is cut off (FIPS 186-5 6.4.1).
///
/// With the feature `p256-cortex-m4` and for `thumbv7em-none-eabi`, `thumbv7em-none-eabihf` and
/// `thumbv8m.main-none-eabi`, `P256_SHA256_CORTEX_M4` and the same with SHA-384 and SHA-512 are there as
/// well: assembly that takes 0.7 M instructions a signature in place of 13.3 M, and accepts the same ones.
#[derive(Clone, Copy)]
pub struct EcdsaVerification {
    curve: Curve,
    hash: Hash,
    identifier: AlgorithmIdentifier,
}

#[cfg(feature = "p256")]
impl EcdsaVerification {
    /// P-256 with SHA-256.
    pub const P256_SHA256: Self = Self::new(Curve::P256, Hash::SHA256, alg_id::ECDSA_SHA256);
    /// P-256 with SHA-384.
    pub const P256_SHA384: Self = Self::new(Curve::P256, Hash::SHA384, alg_id::ECDSA_SHA384);
    /// P-256 with SHA-512.
    pub const P256_SHA512: Self = Self::new(Curve::P256, Hash::SHA512, alg_id::ECDSA_SHA512);
}

#[cfg(all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none"))]
impl EcdsaVerification {
    /// P-256 with SHA-256, by assembly for the Cortex-M4.
    pub const P256_SHA256_CORTEX_M4: Self =
        Self::new(Curve::P256_CORTEX_M4, Hash::SHA256, alg_id::ECDSA_SHA256);
    /// P-256 with SHA-384, by assembly for the Cortex-M4.
    pub const P256_SHA384_CORTEX_M4: Self =
        Self::new(Curve::P256_CORTEX_M4, Hash::SHA384, alg_id::ECDSA_SHA384);
    /// P-256 with SHA-512, by assembly for the Cortex-M4.
    pub const P256_SHA512_CORTEX_M4: Self =
        Self::new(Curve::P256_CORTEX_M4, Hash::SHA512, alg_id::ECDSA_SHA512);
}

#[cfg(feature = "p384")]
impl EcdsaVerification {
    /// P-384 with SHA-256.
    pub const P384_SHA256: Self = Self::new(Curve::P384, Hash::SHA256, alg_id::ECDSA_SHA256);
    /// P-384 with SHA-384.
    pub const P384_SHA384: Self = Self::new(Curve::P384, Hash::SHA384, alg_id::ECDSA_SHA384);
    /// P-384 with SHA-512.
    pub const P384_SHA512: Self = Self::new(Curve::P384, Hash::SHA512, alg_id::ECDSA_SHA512);
}

impl EcdsaVerification {
    const fn new(curve: Curve, hash: Hash, identifier: AlgorithmIdentifier) -> Self {
        Self {
            curve,
            hash,
            identifier,
        }
    }

    fn verify(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let mut room = [0; MAX_DIGEST];
        let digest = self.hash.digest(&[message], &mut room);
        (self.curve.verify)(key, digest, signature)
    }
}

impl SignatureVerificationAlgorithm for EcdsaVerification {
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
        self.curve.identifier
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.identifier
    }
}

/// Without what it is made of, which would bring formatting into an image that formats nothing.
impl fmt::Debug for EcdsaVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaVerification")
    }
}

/// A curve, by a pointer: an image links those that it names and no others.
#[derive(Clone, Copy)]
struct Curve {
    identifier: AlgorithmIdentifier,
    verify: Verify,
}

/// Of a key, a digest and a signature.
type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

/// The two crates have the same interface, and share no simple bound for it.
macro_rules! curve {
    ($feature:literal, $name:ident, $crate_name:ident, $scalars:literal, $identifier:expr, $module:ident) => {
        #[cfg(feature = $feature)]
        impl Curve {
            const $name: Self = Self {
                identifier: $identifier,
                verify: $module::verify,
            };
        }

        #[cfg(feature = $feature)]
        mod $module {
            use ::$crate_name::AffinePoint;
            use ::$crate_name::ecdsa::signature::hazmat::PrehashVerifier;
            use ::$crate_name::ecdsa::{Signature, VerifyingKey};
            use ::$crate_name::elliptic_curve::point::AffineCoordinates;

            #[inline(never)]
            pub(super) fn verify(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
                let mut scalars = [0; $scalars];
                super::read_scalars(&mut scalars, signature)?;
                let signature = Signature::from_slice(&scalars).ok()?;
                let key = read(key)?;
                key.verify_prehash(digest, &signature).ok()
            }

            /// By its coordinates, so that the code for compressed points is not linked. What it takes is off the
            /// stack when a signature is looked at.
            #[inline(never)]
            fn read(key: &[u8]) -> Option<VerifyingKey> {
                let (x, y) = super::coordinates(key)?;
                let point = AffinePoint::from_coordinates(x.try_into().ok()?, y.try_into().ok()?);
                VerifyingKey::from_affine(point.into_option()?).ok()
            }
        }
    };
}

curve!("p256", P256, p256, 64, alg_id::ECDSA_P256, on_p256);
curve!("p384", P384, p384, 96, alg_id::ECDSA_P384, on_p384);

#[cfg(all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none"))]
impl Curve {
    const P256_CORTEX_M4: Self = Self {
        identifier: alg_id::ECDSA_P256,
        verify: on_cortex_m4::verify,
    };
}

#[cfg(all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none"))]
mod on_cortex_m4 {
    use p256_cortex_m4::{PublicKey, Signature};

    #[inline(never)]
    pub(super) fn verify(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
        let mut scalars = [0; 64];
        super::read_scalars(&mut scalars, signature)?;
        // It looks at the range of r alone; `p256_verify`, which it calls last, at both, at the key's
        // coordinates and at whether they are on the curve.
        let signature = Signature::from_untagged_bytes(&scalars).ok()?;
        // The crate takes points in other forms as well.
        super::coordinates(key)?;
        let key: &[u8; 65] = key.try_into().ok()?;
        let key = PublicKey::from_sec1_bytes(key).ok()?;
        let digest = digest.first_chunk::<32>()?;
        key.verify_prehashed(digest, &signature).then_some(())
    }
}

/// The coordinates of an uncompressed point, which is all that is taken.
fn coordinates(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let both = key.strip_prefix(&[0x04])?;
    both.split_at_checked(both.len() / 2)
}

/// Writes `r` and `s` of an `Ecdsa-Sig-Value`, with leading zeros, into the halves of what is zero;
/// `None` if they are longer.
fn read_scalars(scalars: &mut [u8], signature: &[u8]) -> Option<()> {
    let mut reader = der::Reader::new(der::sole(signature, der::SEQUENCE)?);
    for scalar in scalars.chunks_exact_mut(scalars.len() / 2) {
        let magnitude = der::unsigned(reader.expect(der::INTEGER)?)?;
        let zeros = scalar.len().checked_sub(magnitude.len())?;
        scalar.get_mut(zeros..)?.copy_from_slice(magnitude);
    }
    reader.finish()
}
