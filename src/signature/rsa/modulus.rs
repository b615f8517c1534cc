//! The public operation of RSA: powers modulo an odd number, by Montgomery's method, in limbs of the
//! machine's word.
//!
//! Keys, signatures and messages are public, so what it takes in time depends on all of them: never
//! give it a secret.

use core::cell::Cell;
use core::{iter, mem};

use crate::limb::{LIMB_BYTES, Limb, Wide, read};

/// Replaces `result` by `base` to the power of `exponent` modulo `modulus`, its least limb first;
/// `None` if the modulus is longer than `LIMBS` limbs. As many limbs as the modulus fills are used.
///
/// Both numbers are big-endian, the modulus is odd and begins with another octet than zero, the
/// base is less than the modulus. The exponent is odd and not 1.
pub(super) fn power<'r, const LIMBS: usize>(
    result: &'r mut [Limb; LIMBS],
    base: &[u8],
    exponent: u32,
    modulus: &[u8],
) -> Option<&'r [Limb]> {
    let used = modulus.len().div_ceil(LIMB_BYTES);
    let mut limbs = [[0; LIMBS]; 3];
    let [modulus_limbs, power, product] = limbs.each_mut();
    let factor = result.get_mut(..used)?;
    let modulus_limbs = modulus_limbs.get_mut(..used)?;
    read(modulus_limbs, modulus);
    let modulus = Modulus::new(modulus_limbs)?;
    let mut power = power.get_mut(..used)?;
    let mut product = product.get_mut(..used)?;

    modulus.write_r_squared(&mut power, &mut product);
    read(factor, base);
    modulus.multiply(product, power, factor);
    factor.copy_from_slice(product);
    mem::swap(&mut power, &mut product);

    // The exponent's bits below its first; the last is always set.
    for bit in (1..exponent.checked_ilog2()?).rev() {
        modulus.multiply(product, power, power);
        mem::swap(&mut power, &mut product);
        if exponent.wrapping_shr(bit) & 1 == 1 {
            modulus.multiply(product, power, factor);
            mem::swap(&mut power, &mut product);
        }
    }
    modulus.multiply(product, power, power);
    // By the base itself, not by its Montgomery form: that takes the result out of the form as well.
    read(factor, base);
    modulus.multiply(power, product, factor);
    factor.copy_from_slice(power);
    Some(factor)
}

/// The octets of a number of limbs, its first first.
pub(super) fn octets(limbs: &[Limb]) -> Octets<'_> {
    let left = size_of_val(limbs);
    Octets { limbs, left }
}

/// What [`octets`] gives.
#[derive(Clone)]
pub(super) struct Octets<'l> {
    limbs: &'l [Limb],
    left: usize,
}

impl Octets<'_> {
    /// Whether these come next; as many as agree are taken.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn begins_with(&mut self, octets: &[u8]) -> bool {
        octets.iter().all(|octet| self.next() == Some(*octet))
    }
}

impl Iterator for Octets<'_> {
    type Item = u8;

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        let limb = self.limbs.get(self.left / LIMB_BYTES)?;
        limb.to_le_bytes().get(self.left % LIMB_BYTES).copied()
    }
}

/// An odd number whose last limb is not zero; `R` is 2 to the bits of all its limbs.
struct Modulus<'a> {
    limbs: &'a [Limb],
    /// The least limb, and those above it.
    first: Limb,
    rest: &'a [Limb],
    /// `-1/n` modulo the range of a limb.
    n0: Limb,
}

impl<'a> Modulus<'a> {
    fn new(limbs: &'a [Limb]) -> Option<Self> {
        let (&first, rest) = limbs.split_first()?;
        // Newton: an odd number is its own inverse modulo 8, and each step doubles the right bits.
        let inverse = iter::repeat_n((), 5).fold(first, |inverse, ()| {
            inverse.wrapping_mul((2 as Limb).wrapping_sub(first.wrapping_mul(inverse)))
        });
        Some(Self {
            limbs,
            first,
            rest,
            n0: inverse.wrapping_neg(),
        })
    }

    /// Replaces `square` by the square of `R`, which takes a number into Montgomery form.
    ///
    /// By doubling as far as the form of 2 to the bits of one limb, and from there by squaring to as
    /// many limbs as there are.
    fn write_r_squared<'b>(&self, square: &mut &'b mut [Limb], scratch: &mut &'b mut [Limb]) {
        square.fill(0);
        let top_bit = self.limbs.last().and_then(|last| last.checked_ilog2());
        let top_bit = top_bit.unwrap_or_default();
        if let Some(last) = square.last_mut() {
            *last = (1 as Limb).wrapping_shl(top_bit);
        }
        self.double(square, Limb::BITS.wrapping_sub(top_bit));
        self.double(square, Limb::BITS);
        let limbs = self.limbs.len();
        for bit in (0..limbs.checked_ilog2().unwrap_or_default()).rev() {
            self.multiply(scratch, square, square);
            mem::swap(square, scratch);
            if limbs.wrapping_shr(bit) & 1 == 1 {
                self.double(square, Limb::BITS);
            }
        }
    }

    fn double(&self, number: &mut [Limb], times: u32) {
        for _ in 0..times {
            let mut carry = 0;
            for limb in &mut *number {
                let above = limb.wrapping_shr(Limb::BITS.wrapping_sub(1));
                *limb = limb.wrapping_shl(1) | carry;
                carry = above;
            }
            self.reduce(carry, number);
        }
    }

    /// Replaces `product` by `a * b / R`; both are less than the modulus, and so is the product.
    ///
    /// A limb of `a` at a time, the multiple of the modulus that clears the least limb is added and
    /// that limb dropped (Koc, Acar and Kaliski 1996, "finely integrated operand scanning").
    fn multiply(&self, product: &mut [Limb], a: &[Limb], b: &[Limb]) {
        product.fill(0);
        let mut above: Limb = 0;
        let cells = Cell::from_mut(&mut *product).as_slice_of_cells();
        let (Some((least, upper)), Some(top)) = (cells.split_first(), cells.last()) else {
            return;
        };
        let Some((&b_first, b_rest)) = b.split_first() else {
            return;
        };
        for &a in a {
            let (sum, mut carry) = multiply_add(a, b_first, least.get(), 0);
            let m = sum.wrapping_mul(self.n0);
            let (_, mut carry_of_m) = multiply_add(m, self.first, sum, 0);
            let columns = cells.iter().zip(upper).zip(b_rest.iter().zip(self.rest));
            for ((below, limb), (&b, &n)) in columns {
                let sum;
                (sum, carry) = multiply_add(a, b, limb.get(), carry);
                let dropped;
                (dropped, carry_of_m) = multiply_add(m, n, sum, carry_of_m);
                below.set(dropped);
            }
            let sum = Wide::from(above)
                .wrapping_add(Wide::from(carry))
                .wrapping_add(Wide::from(carry_of_m));
            let limb;
            (limb, above) = halves(sum);
            top.set(limb);
        }
        self.reduce(above, product);
    }

    /// Subtracts the modulus, once, from a number that is not less; `above` is its limb beyond the
    /// slice.
    fn reduce(&self, above: Limb, number: &mut [Limb]) {
        let mut limbs = number.iter().zip(self.limbs).rev();
        let differing = limbs.find(|(limb, n)| limb != n);
        if above == 0 && differing.is_some_and(|(limb, n)| limb < n) {
            return;
        }
        let mut borrow = false;
        for (limb, n) in number.iter_mut().zip(self.limbs) {
            let (difference, below) = limb.overflowing_sub(*n);
            let (difference, still_below) = difference.overflowing_sub(Limb::from(borrow));
            *limb = difference;
            borrow = below | still_below;
        }
    }
}

/// `a * b + c + d`, which fits two limbs whatever they are: the lower and the upper one.
#[inline(always)]
fn multiply_add(a: Limb, b: Limb, c: Limb, d: Limb) -> (Limb, Limb) {
    halves(
        Wide::from(a)
            .wrapping_mul(Wide::from(b))
            .wrapping_add(Wide::from(c))
            .wrapping_add(Wide::from(d)),
    )
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn halves(wide: Wide) -> (Limb, Limb) {
    (wide as Limb, wide.wrapping_shr(Limb::BITS) as Limb)
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers are the tests' own"
)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::limb::LIMB_BITS;

    /// Modulo `2^k - 1`, the powers of 2 go round in a circle of `k`.
    #[test]
    fn powers_of_two_go_round_modulo_a_mersenne_number() {
        for bits in [2048, 2049, 2055, 2080, 2111, 3072, 4095, 4096] {
            let modulus = power_of_two_less_one(bits);
            for (base, exponent) in [(1, 3), (2047, 5), (77, 65_537), (1234, 0xffff_ffff)] {
                let power = usize::try_from(base as u64 * exponent % bits as u64).unwrap();
                let expected = power_of_two(power, modulus.len());
                let base = power_of_two(base, modulus.len());
                let exponent = u32::try_from(exponent).unwrap();
                let found = power_of(&base, exponent, &modulus);
                assert_eq!(found, expected, "{bits} {exponent}");
            }
        }
    }

    #[test]
    fn an_odd_power_of_minus_one_is_minus_one() {
        for bits in [2048, 2049, 3072, 4096] {
            // The least and the greatest modulus of so many bits.
            let mut least = power_of_two(bits - 1, bits.div_ceil(8));
            *least.last_mut().unwrap() |= 1;
            for modulus in [least, power_of_two_less_one(bits)] {
                let mut minus_one = modulus.clone();
                *minus_one.last_mut().unwrap() ^= 1;
                for exponent in [3, 17, 65_537, 0xffff_ffff] {
                    assert_eq!(power_of(&minus_one, exponent, &modulus), minus_one);
                }
            }
        }
    }

    #[test]
    fn zero_and_one_are_their_own_powers() {
        let modulus = power_of_two_less_one(2048);
        for number in [0, 1] {
            let mut base = vec![0; modulus.len()];
            *base.last_mut().unwrap() = number;
            assert_eq!(power_of(&base, 65_537, &modulus), base);
        }
    }

    #[test]
    fn a_modulus_of_more_limbs_than_there_are_has_no_powers() {
        let mut result = [0; 2048 / LIMB_BITS];
        let modulus = power_of_two_less_one(2049);
        assert_eq!(power(&mut result, &modulus, 3, &modulus), None);
    }

    /// A number of up to 192 bits, its least part first.
    type Number = [u64; 3];

    fn is_less(a: &Number, b: &Number) -> bool {
        a.iter().rev().lt(b.iter().rev())
    }

    /// `a + b`, both less than `n`, by adding and at most one subtraction of 193 bits.
    fn add_by_the_book(a: &Number, b: &Number, n: &Number) -> Number {
        let mut sum = [0_i128; 4];
        for place in 0..3 {
            let part = sum[place] + i128::from(a[place]) + i128::from(b[place]);
            sum[place] = part & i128::from(u64::MAX);
            sum[place + 1] = part >> 64;
        }
        let mut less = sum;
        for place in 0..3 {
            less[place] -= i128::from(n[place]);
            if less[place] < 0 {
                less[place] += 1 << 64;
                less[place + 1] -= 1;
            }
        }
        let [parts @ .., top] = if less[3] < 0 { sum } else { less };
        assert_eq!(top, 0);
        parts.map(|part| u64::try_from(part).unwrap())
    }

    /// By doubling and adding.
    fn multiply_by_the_book(a: &Number, b: &Number, n: &Number) -> Number {
        let bits = (0..192).rev().map(|bit| b[bit / 64] >> (bit % 64) & 1);
        bits.skip_while(|bit| *bit == 0)
            .fold([0; 3], |product, bit| {
                let doubled = add_by_the_book(&product, &product, n);
                match bit {
                    1 => add_by_the_book(&doubled, a, n),
                    _ => doubled,
                }
            })
    }

    fn assert_power_by_the_book(base: &Number, exponent: u32, n: &Number) {
        let octets = |number: &Number| {
            let octets = number.iter().rev().flat_map(|part| part.to_be_bytes());
            octets.collect::<Vec<_>>()
        };
        let expected = (0..exponent.ilog2()).rev().fold(*base, |power, bit| {
            let square = multiply_by_the_book(&power, &power, n);
            match exponent >> bit & 1 {
                1 => multiply_by_the_book(&square, base, n),
                _ => square,
            }
        });
        let modulus = octets(n);
        let start = modulus.iter().position(|octet| *octet != 0).unwrap();
        let found = power_of(&octets(base)[start..], exponent, &modulus[start..]);
        assert_eq!(
            found,
            octets(&expected)[start..],
            "{n:x?} {base:x?} {exponent}"
        );
    }

    /// Every odd modulus of eight bits, and every base.
    #[test]
    fn every_power_of_eight_bits_is_that_of_the_book() {
        let step = if cfg!(miri) { 37 } else { 1 };
        for n in (3..256).step_by(2 * step) {
            for base in (0..n).step_by(step) {
                for exponent in [3, 5, 7, 65_537] {
                    assert_power_by_the_book(&[base, 0, 0], exponent, &[n, 0, 0]);
                }
            }
        }
    }

    /// Moduli and bases of one to three limbs, or twice as many, where something overflows or
    /// borrows.
    #[test]
    fn every_power_at_the_edges_of_limbs_is_that_of_the_book() {
        const EDGES: [u64; 6] = [0, 1, 0xffff_ffff, 1 << 63, u64::MAX - 1, u64::MAX];
        let edges = if cfg!(miri) { &EDGES[4..] } else { &EDGES };
        let pick = |number: usize, place: u32| edges[number / edges.len().pow(place) % edges.len()];
        let numbers =
            || (0..edges.len().pow(3)).map(|number| [0, 1, 2].map(|place| pick(number, place)));
        for mut n in numbers() {
            n[0] |= 1;
            if n == [1, 0, 0] {
                continue;
            }
            for base in numbers().filter(|base| is_less(base, &n)) {
                assert_power_by_the_book(&base, 3, &n);
            }
            // The greatest there is, and one that differs from the modulus in the middle.
            let least_cleared = [n[0] - 1, n[1], n[2]];
            assert_power_by_the_book(&least_cleared, u32::MAX, &n);
        }
    }

    fn power_of(base: &[u8], exponent: u32, modulus: &[u8]) -> Vec<u8> {
        let mut result = [0; 4096 / LIMB_BITS];
        let limbs = power(&mut result, base, exponent, modulus).unwrap();
        let octets: Vec<_> = octets(limbs).collect();
        octets[octets.len() - modulus.len()..].to_vec()
    }

    fn power_of_two(power: usize, length: usize) -> Vec<u8> {
        let mut octets = vec![0; length];
        octets[length - 1 - power / 8] = 1 << (power % 8);
        octets
    }

    fn power_of_two_less_one(power: usize) -> Vec<u8> {
        let mut octets = vec![0xff; power.div_ceil(8)];
        octets[0] >>= octets.len() * 8 - power;
        octets
    }
}
