//! Whether a public key is a point of its curve, and the long form of a compressed one.
//!
//! Everything here is public, so nothing needs constant time. The arithmetic is Montgomery's, in
//! limbs of the machine's word (SEC 1 2.3.4, FIPS 186-5).
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "arrays of limbs under loops to their length; sums of products of limbs fit the wide type"
)]

use crate::key::EcCurve;
use crate::limb::{LIMB_BITS, LIMB_BYTES, Limb, Wide, read};

/// The longest uncompressed point: that of P-521.
pub(crate) const MAX_POINT: usize = 133;

/// Whether `point` is an uncompressed or compressed point of the curve.
pub(crate) fn is_on_curve(curve: EcCurve, point: &[u8]) -> bool {
    Curve::of(curve).contains(point)
}

/// The uncompressed form of a point of the curve, in a part of `room`.
pub(crate) fn decompress<'r>(
    curve: EcCurve,
    point: &[u8],
    room: &'r mut [u8; MAX_POINT],
) -> Option<&'r [u8]> {
    Curve::of(curve).decompress(point, room)
}

const MAX_LIMBS: usize = 521_usize.div_ceil(LIMB_BITS);

/// Room for a number of any of the curves, so that the code for them is there once; what a curve
/// does not use is zero.
type Number = [Limb; MAX_LIMBS];

/// `y^2 = x^3 - 3x + b` over a prime `p` that is 3 modulo 4.
struct Curve {
    p: Number,
    /// `-1/p` modulo the limb's range.
    n0: Limb,
    /// `R^2` modulo `p`, where `R` is 2 to the bits of the limbs that `p` takes.
    r2: Number,
    /// `b/R` modulo `p`.
    b_reduced: Number,
    /// Octets of a coordinate.
    size: usize,
}

impl Curve {
    const fn new(p: &[u8], b: &[u8]) -> Self {
        let size = p.len();
        let limbs = size.div_ceil(LIMB_BYTES);
        let p = number(p);
        let b = number(b);
        let mut n0: Limb = 1;
        // Newton's iteration doubles the valid bits; 6 rounds give 64.
        let mut round = 0;
        while round < 6 {
            n0 = n0.wrapping_mul((2 as Limb).wrapping_sub(p[0].wrapping_mul(n0)));
            round += 1;
        }
        let n0 = n0.wrapping_neg();
        // 1 doubled twice the limbs' worth of times.
        let mut r2 = ONE;
        let mut bit = 0;
        while bit < 2 * limbs * LIMB_BITS {
            let half = r2;
            add(&mut r2, &half, &p);
            bit += 1;
        }
        let mut b_reduced = ZERO;
        multiply(&mut b_reduced, &b, &ONE, &p, n0, limbs);
        Self {
            p,
            n0,
            r2,
            b_reduced,
            size,
        }
    }

    const fn of(curve: EcCurve) -> &'static Self {
        match curve {
            EcCurve::P256 => &P256,
            EcCurve::P384 => &P384,
            EcCurve::P521 => &P521,
        }
    }

    fn contains(&self, point: &[u8]) -> bool {
        match point.first() {
            Some(0x04) => self.is_uncompressed_point(point),
            _ => self.write_y(&mut { ZERO }, point).is_some(),
        }
    }

    fn is_uncompressed_point(&self, point: &[u8]) -> bool {
        let coordinates = point.get(1..);
        let Some((x, y)) = coordinates.and_then(|both| both.split_at_checked(self.size)) else {
            return false;
        };
        let (mut right, mut root) = (ZERO, ZERO);
        self.read_coordinate(&mut root, y).is_some()
            && self.write_right_side(&mut right, x).is_some()
            && self.is_square_of(&right, &root)
    }

    /// `(x^3 - 3x + b) / R`
    #[inline(never)]
    fn write_right_side(&self, right: &mut Number, x: &[u8]) -> Option<()> {
        let (mut number, mut square) = (ZERO, ZERO);
        self.read_coordinate(&mut number, x)?;
        self.multiply(right, &number, &self.r2);
        self.multiply(&mut square, &number, right);
        let mut three = ZERO;
        three[0] = 3;
        subtract_modulo(&mut square, &three, &self.p);
        self.multiply(right, &square, &number);
        add(right, &self.b_reduced, &self.p);
        Some(())
    }

    fn is_square_of(&self, square_reduced: &Number, root: &Number) -> bool {
        let mut square = ZERO;
        self.multiply(&mut square, root, root);
        square == *square_reduced
    }

    #[inline(never)]
    fn write_y(&self, y: &mut Number, point: &[u8]) -> Option<()> {
        let (form @ (0x02 | 0x03), x) = point.split_first()? else {
            return None;
        };
        let mut right = ZERO;
        self.write_right_side(&mut right, x)?;
        // y = v^((p+1)/4) with v = right * R, in Montgomery form v * R.
        let mut v = ZERO;
        self.multiply(y, &right, &self.r2);
        self.multiply(&mut v, y, &self.r2);
        let root = self.power_of_quarter(&v);
        self.multiply(y, &root, &ONE);
        if !self.is_square_of(&right, y) {
            return None;
        }
        let is_odd = y[0] & 1 == 1;
        if is_odd != (*form == 0x03) {
            let root = *y;
            *y = self.p;
            subtract(y, &root);
        }
        Some(())
    }

    fn decompress<'r>(&self, point: &[u8], room: &'r mut [u8; MAX_POINT]) -> Option<&'r [u8]> {
        let mut y = ZERO;
        self.write_y(&mut y, point)?;
        let length = self.size.checked_mul(2)?.checked_add(1)?;
        let output = room.get_mut(..length)?;
        let (form, rest) = output.split_first_mut()?;
        let (x_octets, y_octets) = rest.split_at_mut_checked(self.size)?;
        *form = 0x04;
        x_octets.copy_from_slice(point.get(1..)?.get(..self.size)?);
        for (index, octet) in y_octets.iter_mut().rev().enumerate() {
            *octet = (y.get(index / LIMB_BYTES)? >> (8 * (index % LIMB_BYTES))) as u8;
        }
        Some(output)
    }

    /// Reads a coordinate, which must be of the curve's size and less than `p`, into what is zero.
    #[inline(never)]
    fn read_coordinate(&self, value: &mut Number, octets: &[u8]) -> Option<()> {
        if octets.len() != self.size {
            return None;
        }
        read(value, octets);
        is_less(value, &self.p).then_some(())
    }

    /// Large machines get a copy of the multiplication for each size, small ones the only one.
    #[inline(never)]
    fn multiply(&self, product: &mut Number, a: &Number, b: &Number) {
        let (p, n0, limbs) = (&self.p, self.n0, self.size.div_ceil(LIMB_BYTES));
        #[cfg(target_pointer_width = "64")]
        match limbs {
            4 => multiply(product, a, b, p, n0, 4),
            6 => multiply(product, a, b, p, n0, 6),
            _ => multiply(product, a, b, p, n0, MAX_LIMBS),
        }
        #[cfg(not(target_pointer_width = "64"))]
        multiply(product, a, b, p, n0, limbs);
    }

    /// `v` to the power of `(p + 1) / 4`, in Montgomery form.
    fn power_of_quarter(&self, v: &Number) -> Number {
        let mut power = ZERO;
        self.multiply(&mut power, &ONE, &self.r2);
        // Hardly a bit of p + 1 is set, while those of p nearly all are. It does not overflow: the lowest limb of p is all
        // ones, and its highest is not.
        let mut exponent = self.p;
        add_raw(&mut exponent, &ONE);
        for bit in (2..8 * self.size).rev() {
            let base = power;
            self.multiply(&mut power, &base, &base);
            let limb = exponent.get(bit / LIMB_BITS).copied().unwrap_or(0);
            if (limb >> (bit % LIMB_BITS)) & 1 == 1 {
                let base = power;
                self.multiply(&mut power, &base, v);
            }
        }
        power
    }
}

const ZERO: Number = [0; MAX_LIMBS];
const ONE: Number = {
    let mut one = ZERO;
    one[0] = 1;
    one
};

/// Big-endian octets as little-endian limbs, when this crate is compiled.
const fn number(octets: &[u8]) -> Number {
    let mut result = ZERO;
    let mut index = 0;
    while index < octets.len() {
        let octet = octets[octets.len() - 1 - index] as Limb;
        result[index / LIMB_BYTES] |= octet << (8 * (index % LIMB_BYTES));
        index += 1;
    }
    result
}

/// `t = a * b / R` modulo `p`, for factors of `n` limbs less than `p` (Montgomery, operands scanned
/// coarsely). What is above these limbs of `t` must be zero.
#[inline(always)]
const fn multiply(t: &mut Number, a: &Number, b: &Number, p: &Number, n0: Limb, n: usize) {
    // Always so, and the compiler now knows that no index is out of bounds.
    if n == 0 || n > MAX_LIMBS {
        return;
    }
    let mut i = 0;
    while i < n {
        t[i] = 0;
        i += 1;
    }
    let mut top: Limb = 0;
    let mut i = 0;
    while i < n {
        let mut carry: Limb = 0;
        let mut j = 0;
        while j < n {
            let sum = t[j] as Wide + a[j] as Wide * b[i] as Wide + carry as Wide;
            t[j] = sum as Limb;
            carry = (sum >> LIMB_BITS) as Limb;
            j += 1;
        }
        let upper = top as Wide + carry as Wide;
        let m = t[0].wrapping_mul(n0);
        if cfg!(target_pointer_width = "64") && n == MAX_LIMBS {
            top = reduce_by_p521(t, upper, m);
            i += 1;
            continue;
        }
        let mut carry = ((t[0] as Wide + m as Wide * p[0] as Wide) >> LIMB_BITS) as Limb;
        // The second bound says nothing new, but in code made for size the compiler needs it.
        let mut j = 1;
        while j < n && j < MAX_LIMBS {
            let sum = t[j] as Wide + m as Wide * p[j] as Wide + carry as Wide;
            t[j - 1] = sum as Limb;
            carry = (sum >> LIMB_BITS) as Limb;
            j += 1;
        }
        let sum = upper + carry as Wide;
        t[n - 1] = sum as Limb;
        top = (sum >> LIMB_BITS) as Limb;
        i += 1;
    }
    // Of a curve that takes every limb, P-521, no sum goes past them.
    if n < MAX_LIMBS {
        t[n] = top;
    }
    if !is_less(t, p) {
        subtract(t, p);
    }
}

/// `(t + m * p)` without its lowest limb, which is zero, where `upper` is what is above the limbs of `t`; gives
/// what is above them then.
///
/// P-521's `p` is 2^521 - 1, and `m` the lowest limb of `t`: taking away `m` clears that, and no limb but the
/// upper two is left to be added to. Without it a key of P-521 in its short form costs several signatures.
#[inline(always)]
const fn reduce_by_p521(t: &mut Number, upper: Wide, m: Limb) -> Limb {
    const SHIFT: usize = 521 % LIMB_BITS;
    let mut j = 1;
    while j < MAX_LIMBS {
        t[j - 1] = t[j];
        j += 1;
    }
    let sum = t[MAX_LIMBS - 1] as Wide + (m << SHIFT) as Wide;
    t[MAX_LIMBS - 2] = sum as Limb;
    let sum = upper + (sum >> LIMB_BITS) + (m >> (LIMB_BITS - SHIFT)) as Wide;
    t[MAX_LIMBS - 1] = sum as Limb;
    (sum >> LIMB_BITS) as Limb
}

/// `a += b` modulo `p`, for terms less than `p`.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn add(a: &mut Number, b: &Number, p: &Number) {
    add_raw(a, b);
    if !is_less(a, p) {
        subtract(a, p);
    }
}

/// `a -= b` modulo `p`, for terms less than `p`.
const fn subtract_modulo(a: &mut Number, b: &Number, p: &Number) {
    if is_less(a, b) {
        add_raw(a, p);
    }
    subtract(a, b);
}

/// `a += b`, for which there is room: no curve's `p` takes the highest bit of the last limb.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn add_raw(a: &mut Number, b: &Number) {
    let mut carry: Limb = 0;
    let mut i = 0;
    while i < MAX_LIMBS {
        let wide = a[i] as Wide + b[i] as Wide + carry as Wide;
        a[i] = wide as Limb;
        carry = (wide >> LIMB_BITS) as Limb;
        i += 1;
    }
}

/// `a -= b`, which is no more than `a`.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn subtract(a: &mut Number, b: &Number) {
    let mut borrow = false;
    let mut i = 0;
    while i < MAX_LIMBS {
        let (without, first) = a[i].overflowing_sub(b[i]);
        let (value, second) = without.overflowing_sub(borrow as Limb);
        a[i] = value;
        borrow = first || second;
        i += 1;
    }
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn is_less(a: &Number, b: &Number) -> bool {
    let mut i = MAX_LIMBS;
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return a[i] < b[i];
        }
    }
    false
}

// NIST SP 800-186 3.2.1.3 to 3.2.1.5.
static P256: Curve = Curve::new(
    &octets::<32>("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
    &octets::<32>("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
);
static P384: Curve = Curve::new(
    &octets::<48>(
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
         ffffffff0000000000000000ffffffff",
    ),
    &octets::<48>(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a\
         c656398d8a2ed19d2a85c8edd3ec2aef",
    ),
);
static P521: Curve = Curve::new(
    &octets::<66>(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
         ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    &octets::<66>(
        "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1\
         09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    ),
);

/// Hexadecimal digits as octets, when this crate is compiled.
const fn octets<const LENGTH: usize>(hex: &str) -> [u8; LENGTH] {
    let hex = hex.as_bytes();
    assert!(hex.len() == 2 * LENGTH, "two digits an octet");
    let mut result = [0; LENGTH];
    let mut i = 0;
    while i < 2 * LENGTH {
        let digit = match hex[i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => digit - b'a' + 10,
        };
        result[i / 2] = result[i / 2] << 4 | digit;
        i += 1;
    }
    result
}

#[cfg(test)]
mod tests;
