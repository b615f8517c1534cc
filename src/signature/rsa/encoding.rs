//! What an RSA signature says, once it is raised to the public exponent: the encoded message of
//! PKCS#1 (RFC 8017 9).

use super::super::hash::{Hash, MAX_DIGEST};
use super::modulus::{Octets, octets};
use crate::limb::Limb;

/// Whether the octets of the limbs, as many as the modulus has, are those of EMSA-PKCS1-v1_5 for the
/// digest.
///
/// There is one encoding, and it is compared as a whole (RFC 8017 8.2.2): nothing is parsed, so there
/// is nothing to hide in, neither in the padding nor in the `DigestInfo` nor behind it.
pub(super) fn is_pkcs1(limbs: &[Limb], modulus_bits: usize, hash: &Hash, digest: &[u8]) -> bool {
    let length = modulus_bits.div_ceil(8);
    let Some(mut encoded) = last_octets(limbs, length) else {
        return false;
    };
    let info = hash.digest_info.len();
    let rest = info.saturating_add(digest.len()).saturating_add(3);
    let Some(padding) = length.checked_sub(rest) else {
        return false;
    };
    // RFC 8017 9.2 wants eight octets of padding; no modulus here leaves less than 170.
    encoded.begins_with(&[0x00, 0x01])
        && (0..padding).all(|_| encoded.begins_with(&[0xff]))
        && encoded.begins_with(&[0x00])
        && encoded.begins_with(&hash.digest_info)
        && encoded.begins_with(digest)
        && encoded.next().is_none()
}

/// Whether the limbs are an EMSA-PSS encoding of the digest, with MGF1 of the same hash and a salt as
/// long as the digest (RFC 8017 9.1.2).
///
/// It has one bit less than the modulus, which is one octet less where that begins with 0x01.
pub(super) fn is_pss(limbs: &[Limb], modulus_bits: usize, hash: &Hash, digest: &[u8]) -> bool {
    let bits = modulus_bits.saturating_sub(1);
    let length = bits.div_ceil(8);
    let Some(encoded) = last_octets(limbs, length) else {
        return false;
    };
    let unused_bits = length.wrapping_mul(8).wrapping_sub(bits);
    // Padding, 0x01, salt; then the hash and the trailer.
    let block = length.checked_sub(hash.size.saturating_add(1));
    let Some((block, padding)) = block.and_then(|block| {
        let padding = block.checked_sub(hash.size.saturating_add(1))?;
        Some((block, padding))
    }) else {
        return false;
    };

    let mut seed = [0; MAX_DIGEST];
    let mut tail = encoded.clone().skip(block);
    for (to, from) in seed.iter_mut().zip(tail.by_ref().take(hash.size)) {
        *to = from;
    }
    let seed = seed.get(..hash.size).unwrap_or_default();
    if tail.next() != Some(TRAILER) {
        return false;
    }

    let mut salt = [0; MAX_DIGEST];
    let mut salt_octets = salt.iter_mut();
    let mut masked = encoded.take(block).enumerate();
    let unused = !0xff_u8.checked_shr(unused_bits as u32).unwrap_or_default();
    let mut is_sound = true;
    let mut unmasked = 0;
    for counter in 0..u32::MAX {
        if unmasked >= block {
            break;
        }
        unmasked = unmasked.saturating_add(hash.size);
        let mut room = [0; MAX_DIGEST];
        let mask = hash.digest(&[seed, &counter.to_be_bytes()], &mut room);
        // The mask comes first, so that its end takes no octet of the block.
        for (mask, (position, masked)) in mask.iter().zip(masked.by_ref()) {
            let mut octet = masked ^ mask;
            if position == 0 {
                is_sound &= masked & unused == 0;
                octet &= !unused;
            }
            if position < padding {
                is_sound &= octet == 0x00;
            } else if position == padding {
                is_sound &= octet == 0x01;
            } else if let Some(to) = salt_octets.next() {
                *to = octet;
            }
        }
    }

    let salt = salt.get(..hash.size).unwrap_or_default();
    let mut room = [0; MAX_DIGEST];
    is_sound && hash.digest(&[&[0; 8], digest, salt], &mut room) == seed
}

/// The last octets of a number, if those before them are zero.
fn last_octets(limbs: &[Limb], length: usize) -> Option<Octets<'_>> {
    let before = size_of_val(limbs).checked_sub(length)?;
    let mut octets = octets(limbs);
    let is_less = octets.by_ref().take(before).all(|octet| octet == 0);
    is_less.then_some(octets)
}

/// `trailerField` 1, the only one (RFC 8017 A.2.3).
const TRAILER: u8 = 0xbc;

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;
    use crate::limb::{LIMB_BITS, read};

    fn is_pkcs1_of(encoded: &[u8], digest: &[u8]) -> bool {
        let mut limbs = [0; 2048 / LIMB_BITS];
        read(&mut limbs, encoded);
        is_pkcs1(&limbs, 2048, &Hash::SHA256, digest)
    }

    /// The prefix is that of RFC 8017 9.2, note 1.
    #[test]
    fn each_octet_of_the_pkcs1_encoding_counts() {
        let info = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let digest = [0x5a; 32];
        let padding = [0xff; 256 - 3 - 19 - 32];
        let encoded: Vec<u8> = [&[0x00, 0x01], &padding[..], &[0x00], &info, &digest].concat();
        assert!(is_pkcs1_of(&encoded, &digest));
        for position in 0..encoded.len() {
            let mut changed = encoded.clone();
            changed[position] ^= 0x80;
            assert!(!is_pkcs1_of(&changed, &digest), "octet {position}");
        }
    }
}
