//! The SHA-2 family, by the `sha2` crate.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// SHA-256 for [`AlgorithmSet::new`](crate::AlgorithmSet::new): the one of the signatures, so that a device
/// with a set of its own holds it once.
#[must_use]
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut room = [0; MAX_DIGEST];
    let mut digest = [0; 32];
    for (to, from) in digest
        .iter_mut()
        .zip(Hash::SHA256.digest(&[message], &mut room))
    {
        *to = *from;
    }
    digest
}

/// A hash function, by a pointer: an image links those that it names and no others.
#[derive(Clone, Copy)]
pub(super) struct Hash {
    /// Octets of a digest.
    pub(super) size: usize,
    /// A DER `DigestInfo` without the digest at its end.
    #[cfg(feature = "rsa")]
    pub(super) digest_info: [u8; 19],
    write: fn(&[&[u8]], &mut [u8; MAX_DIGEST]),
}

impl Hash {
    pub(super) const SHA256: Self = Self {
        size: 32,
        #[cfg(feature = "rsa")]
        digest_info: digest_info(32, 1),
        write: write::<Sha256>,
    };
    pub(super) const SHA384: Self = Self {
        size: 48,
        #[cfg(feature = "rsa")]
        digest_info: digest_info(48, 2),
        write: write::<Sha384>,
    };
    pub(super) const SHA512: Self = Self {
        size: 64,
        #[cfg(feature = "rsa")]
        digest_info: digest_info(64, 3),
        write: write::<Sha512>,
    };

    /// The digest of the parts, one after the other.
    pub(super) fn digest<'r>(&self, parts: &[&[u8]], room: &'r mut [u8; MAX_DIGEST]) -> &'r [u8] {
        (self.write)(parts, room);
        room.get(..self.size).unwrap_or_default()
    }
}

/// Of a hash with digests of so many octets, and an OID of 2.16.840.1.101.3.4.2 and this, with the NULL
/// that RFC 8017 A.2.4 demands.
#[cfg(feature = "rsa")]
const fn digest_info(size: u8, oid_end: u8) -> [u8; 19] {
    [
        0x30,
        size.wrapping_add(17),
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        oid_end,
        0x05,
        0x00,
        0x04,
        size,
    ]
}

/// Its own function, so that the hash is off the stack before a signature is looked at.
#[inline(never)]
fn write<D: Digest>(parts: &[&[u8]], room: &mut [u8; MAX_DIGEST]) {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    let output = room
        .get_mut(..<D as Digest>::output_size())
        .unwrap_or_default();
    if let Ok(output) = output.try_into() {
        hash.finalize_into(output);
    }
}

/// Octets of the longest digest.
pub(super) const MAX_DIGEST: usize = 64;
