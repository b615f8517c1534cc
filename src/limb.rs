//! Large numbers in limbs of the machine's word, for RSA and for the points of curves.

/// The unit of the arithmetic, as wide as a register.
#[cfg(target_pointer_width = "64")]
pub(crate) type Limb = u64;
/// Holds a product of two limbs and two more limbs besides.
#[cfg(target_pointer_width = "64")]
pub(crate) type Wide = u128;
/// The unit of the arithmetic, as wide as a register.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Limb = u32;
/// Holds a product of two limbs and two more limbs besides.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Wide = u64;

pub(crate) const LIMB_BITS: usize = Limb::BITS as usize;
pub(crate) const LIMB_BYTES: usize = LIMB_BITS / 8;

/// Reads a big-endian number into as many limbs as it fills, the least first.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn read(limbs: &mut [Limb], octets: &[u8]) {
    for (limb, octets) in limbs.iter_mut().zip(octets.rchunks(LIMB_BYTES)) {
        *limb = match octets.first_chunk() {
            Some(octets) if cfg!(target_pointer_width = "64") => Limb::from_be_bytes(*octets),
            // The last ones, where it is not a whole limb.
            _ => octets
                .iter()
                .fold(0, |limb, octet| limb << 8 | Limb::from(*octet)),
        };
    }
}
