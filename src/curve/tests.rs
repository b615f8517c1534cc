//! Points of the standard's own, and what is nearly one.

extern crate std;
use std::vec::Vec;

use super::*;

/// The base points of SP 800-186.
fn base_points() -> [(EcCurve, Vec<u8>); 3] {
    let p256: [u8; 64] = octets(
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
         4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    );
    let p384: [u8; 96] = octets(
        "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c\
         3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0\
         0a60b1ce1d7e819d7a431d7c90ea0e5f",
    );
    let p521: [u8; 132] = octets(
        "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe7\
         5928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb4\
         2c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086\
         a272c24088be94769fd16650",
    );
    let uncompressed = |coordinates: &[u8]| [&[0x04], coordinates].concat();
    [
        (EcCurve::P256, uncompressed(&p256)),
        (EcCurve::P384, uncompressed(&p384)),
        (EcCurve::P521, uncompressed(&p521)),
    ]
}

#[test]
fn base_points_are_on_their_curves_and_survive_compression() {
    for (curve, point) in base_points() {
        assert!(is_on_curve(curve, &point));
        let size = (point.len() - 1) / 2;
        for flip in [false, true] {
            let is_odd = (point[2 * size] & 1 == 1) ^ flip;
            let form = if is_odd { 0x03 } else { 0x02 };
            let compressed = [&[form], &point[1..=size]].concat();
            let mut room = [0; MAX_POINT];
            let long = decompress(curve, &compressed, &mut room).unwrap();
            assert_eq!(&long[..=size], &point[..=size]);
            assert_eq!(long == point, !flip);
            assert!(is_on_curve(curve, long));
        }
    }
}

#[test]
fn one_bit_off_is_off_the_curve() {
    for (curve, point) in base_points() {
        for index in 0..point.len() {
            let mut wrong = point.clone();
            wrong[index] ^= 1;
            assert!(!is_on_curve(curve, &wrong), "{index}");
        }
        assert!(!is_on_curve(curve, &point[..point.len() - 1]));
        assert!(!is_on_curve(curve, &[0x00]));
        assert!(!is_on_curve(curve, &[]));
        let size = (point.len() - 1) / 2;
        assert!(!is_on_curve(
            curve,
            &[&[0x04], &*std::vec![0; 2 * size]].concat()
        ));
        assert!(!is_on_curve(
            curve,
            &[&[0x04], &*std::vec![0xff; 2 * size]].concat()
        ));
    }
}

#[test]
fn half_of_all_x_have_no_point() {
    for (curve, point) in base_points() {
        let size = (point.len() - 1) / 2;
        let mut found = 0;
        for x in 0..64_u8 {
            let mut compressed = std::vec![0; size + 1];
            compressed[0] = 0x02;
            compressed[size] = x;
            found += usize::from(is_on_curve(curve, &compressed));
        }
        assert!((16..48).contains(&found), "{found}");
    }
}

#[test]
fn what_is_known_of_a_curve_is_what_its_prime_says() {
    // The one whose prime is the easiest to write: 2^521 - 1.
    let mut prime = [0xff; 66];
    prime[0] = 0x01;
    let curve = Curve::new(&prime, &octets::<66>(&"00".repeat(66)));
    assert_eq!((curve.p, curve.n0, curve.size), (P521.p, P521.n0, 66));
    assert_eq!(curve.r2, P521.r2);
    // -1/p modulo 2^64 is 1 for p = -1, and R^2 = (2^(limbs - 521))^2.
    assert_eq!(curve.n0, 1);
    let mut square = ZERO;
    let exponent = 2 * (MAX_LIMBS * LIMB_BITS - 521);
    square[exponent / LIMB_BITS] = 1 << (exponent % LIMB_BITS);
    assert_eq!(curve.r2, square);
    assert_eq!(curve.b_reduced, ZERO);
}
