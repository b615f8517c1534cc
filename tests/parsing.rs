//! Certificates that do not parse, why they do not, and odd ones that do.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;

use portcullis::CertificateError as Error;
use portcullis::FailureReason::{ClientCertInvalid, ClientCertUntrusted};
use portcullis::Position::Presented;
use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, Check, LeafVersion, Policy, StoreError};
use portcullis_fixtures::{
    Attribute, CertificateBuilder, Extension, Key, NOW, Name, Pki, SignatureScheme, der, oid, spki,
};

use crate::common::{at, failure, store};

#[test]
fn the_outermost_layer_is_der_and_nothing_more() {
    let good = leaf(|leaf| leaf);
    let (_, content, _) = der::read(&good);
    for (broken, error) in [
        (vec![], Error::NotACertificate),
        (vec![0x30], Error::NotACertificate),
        (b"no certificate".to_vec(), Error::NotACertificate),
        (der::sequence([[]; 0]), Error::NotACertificate),
        (der::set([content]), Error::NotACertificate),
        (
            der::tlv_with_indefinite_length(der::SEQUENCE, content),
            Error::NotACertificate,
        ),
        (
            der::tlv_with_long_length(der::SEQUENCE, 3, content),
            Error::NotACertificate,
        ),
        (
            der::tlv_with_long_length(der::SEQUENCE, 8, content),
            Error::NotACertificate,
        ),
        (
            der::sequence([content, &der::null()]),
            Error::NotACertificate,
        ),
        ([&good[..], &[0]].concat(), Error::TrailingData),
        ([&good[..], &good[..]].concat(), Error::TrailingData),
    ] {
        assert_error(&broken, error);
    }
}

#[test]
fn inner_lengths_are_definite_and_minimal_too() {
    let rewrap = |wrap: fn(&[u8]) -> Vec<u8>| {
        leaf(move |leaf| leaf.map_tbs(move |tbs| wrap(der::read(&tbs).1)))
    };
    let indefinite = rewrap(|body| der::tlv_with_indefinite_length(der::SEQUENCE, body));
    assert_error(&indefinite, Error::NotACertificate);
    let long = rewrap(|body| der::tlv_with_long_length(der::SEQUENCE, 4, body));
    assert_error(&long, Error::NotACertificate);
    let serial = der::tlv_with_long_length(der::INTEGER, 1, [7]);
    assert_error(
        &leaf(|leaf| leaf.raw_serial(serial.clone())),
        Error::SerialNumber,
    );
}

#[test]
fn versions_are_1_to_3_and_have_their_fields() {
    for (broken, error) in [
        (leaf(|leaf| leaf.version(4)), Error::Version),
        (leaf(|leaf| leaf.version(200)), Error::Version),
        (
            leaf(|leaf| leaf.raw_version(der::context(0, []))),
            Error::Version,
        ),
        (
            leaf(|leaf| leaf.raw_version(der::context(0, der::integer_bytes([0xff])))),
            Error::Version,
        ),
        (
            leaf(|leaf| leaf.raw_version(der::context(0, der::octet_string([2])))),
            Error::Version,
        ),
        // Extensions came with version 3, unique identifiers with version 2.
        (leaf(|leaf| leaf.version(1)), Error::FieldForVersion),
        (leaf(|leaf| leaf.version(2)), Error::FieldForVersion),
        (
            leaf(|leaf| leaf.v1().issuer_unique_id([1])),
            Error::FieldForVersion,
        ),
        (
            leaf(|leaf| leaf.v1().subject_unique_id([1])),
            Error::FieldForVersion,
        ),
    ] {
        assert_error(&broken, error);
    }
}

#[test]
fn serial_numbers_are_integers_in_their_shortest_form() {
    for content in [
        &[][..],
        &[0, 0],
        &[0, 0x7f],
        &[0xff, 0x80],
        &[0xff, 0xff],
        &[0, 0, 1],
    ] {
        assert_error(&leaf(|leaf| leaf.serial(content)), Error::SerialNumber);
    }
    let no_integer = leaf(|leaf| leaf.raw_serial(der::octet_string([1])));
    assert_error(&no_integer, Error::SerialNumber);
}

#[test]
fn names_hold_sound_strings_in_sets_of_attributes() {
    let value = |value: Vec<u8>| Name::new().attribute(Attribute::new(oid::COMMON_NAME, value));
    let bad_utf8: [&[u8]; 5] = [
        &[0xff],
        &[0xc3],
        &[0xc0, 0x80],
        &[0xed, 0xa0, 0x80],
        &[0xf5, 0x80, 0x80, 0x80],
    ];
    let mut broken = vec![
        value(der::tlv(der::BMP_STRING, [0x00, 0x41, 0x00])),
        value(der::tlv(der::BMP_STRING, [0xd8, 0x00])),
        value(der::tlv(der::UNIVERSAL_STRING, [0, 0, 0x41])),
        value(der::tlv(der::UNIVERSAL_STRING, [0, 0x11, 0, 0])),
        value(der::tlv(der::UNIVERSAL_STRING, [0, 0, 0xd8, 0])),
        Name::raw(der::null()),
        Name::raw(der::sequence([der::null()])),
        Name::raw(der::sequence([der::set([[]; 0])])),
        Name::raw(der::sequence([der::set([der::null()])])),
        Name::raw(der::sequence([der::set([der::sequence([der::oid(
            oid::COMMON_NAME,
        )])])])),
        Name::raw(der::sequence([der::sequence([[]; 0])])),
    ];
    broken.extend(bad_utf8.map(|bytes| value(der::tlv(der::UTF8_STRING, bytes))));
    let no_strings = [
        der::boolean(true),
        der::integer(7),
        der::octet_string([1]),
        der::null(),
        der::set([[]; 0]),
        der::time(NOW),
        der::visible_string("a"),
        der::context_primitive(0, [1]),
    ];
    broken.extend(no_strings.map(value));
    for name in &broken {
        assert_error(&leaf(|leaf| leaf.subject(name)), Error::Subject);
        assert_error(&leaf(|leaf| leaf.issuer(name)), Error::Issuer);
    }
}

#[test]
fn object_identifiers_are_whole_numbers_in_their_shortest_form() {
    let broken: [&[u8]; 4] = [&[], &[0x55, 0x84], &[0x80, 0x55, 0x04], &[0x55, 0x80, 0x04]];
    for content in broken {
        let kind = der::tlv(der::OBJECT_IDENTIFIER, content);
        let attribute = der::sequence([&kind, &der::utf8_string("a")]);
        let name = Name::raw(der::sequence([der::set([attribute])]));
        assert_error(&leaf(|leaf| leaf.subject(&name)), Error::Subject);
        assert_error(&leaf(|leaf| leaf.issuer(&name)), Error::Issuer);
        let algorithm = || der::sequence([&kind]);
        for broken in [
            leaf(|leaf| leaf.inner_algorithm(algorithm())),
            leaf(|leaf| leaf.outer_algorithm(algorithm())),
            leaf(|leaf| leaf.algorithm(algorithm())),
        ] {
            assert_error(&broken, Error::SignatureAlgorithm);
        }
        let extension = der::sequence([&kind, &der::octet_string([])]);
        let extensions = der::context(3, der::sequence([extension]));
        let unknown = leaf(|leaf| leaf.raw_extensions(extensions.clone()));
        assert_error(&unknown, Error::Extensions);
    }
}

#[test]
fn validity_is_two_times_in_the_forms_of_rfc_5280() {
    let utc = |text: &str| der::tlv(der::UTC_TIME, text);
    let generalized = |text: &str| der::tlv(der::GENERALIZED_TIME, text);
    for time in [
        utc("2701150800Z"),
        utc("270115080000"),
        utc("270115080000+0000"),
        utc("270115080000.5Z"),
        utc("270229080000Z"),
        utc("271315080000Z"),
        utc("270015080000Z"),
        utc("270115240000Z"),
        utc("270115086000Z"),
        utc("270115080060Z"),
        utc("27011508000aZ"),
        utc(" 70115080000Z"),
        utc(""),
        utc("20270115080000Z"),
        generalized("202701150800Z"),
        generalized("20270115080000"),
        generalized("20270115080000.0Z"),
        generalized("20270115080000+0000"),
        generalized("21000229080000Z"),
        generalized("270115080000Z"),
        der::printable_string("270115080000Z"),
        der::null(),
        vec![],
    ] {
        let before = leaf(|leaf| leaf.raw_not_before(time.clone()));
        assert_error(&before, Error::Validity);
        let after = leaf(|leaf| leaf.raw_not_after(time.clone()));
        assert_error(&after, Error::Validity);
    }
}

#[test]
fn public_keys_are_keys() {
    let point = Key::p256(0).public_key();
    let off_curve = {
        let mut point = point.to_vec();
        *point.last_mut().expect("a point has octets") ^= 1;
        point
    };
    let modulus = {
        let mut modulus = vec![0xb5; 256];
        modulus[255] = 0x57;
        modulus
    };
    let even = {
        let mut even = modulus.clone();
        even[255] = 0x56;
        even
    };
    let rsa = || spki::algorithm(spki::RSA, der::null());
    let ed25519 = || spki::algorithm(spki::ED25519, []);
    let unused_bits = der::sequence([
        spki::algorithm(spki::EC_PUBLIC_KEY, der::oid(spki::P256)),
        der::bit_string_with_unused(1, [point, &[0]].concat()),
    ]);
    for key in [
        spki::ec(spki::P256, &off_curve),
        spki::ec(spki::P256, &point[..64]),
        spki::ec(spki::P256, [point, &[0]].concat()),
        spki::ec(spki::P256, [0]),
        spki::ec(spki::P256, []),
        spki::ec(spki::P384, point),
        spki::ec(spki::P521, point),
        spki::rsa(&even, [1, 0, 1]),
        spki::rsa(&modulus, [0]),
        spki::rsa(&modulus, [1]),
        spki::rsa(&modulus, [2]),
        spki::rsa(&modulus, [1, 0, 0]),
        spki::rsa([0], [3]),
        spki::with_algorithm(rsa(), der::null()),
        spki::with_algorithm(rsa(), der::sequence([der::unsigned_integer(&modulus)])),
        spki::with_algorithm(
            rsa(),
            der::sequence([der::integer_bytes(&modulus), der::integer(65_537)]),
        ),
        spki::with_algorithm(ed25519(), [7; 31]),
        spki::with_algorithm(ed25519(), [7; 33]),
        spki::with_algorithm(ed25519(), []),
        unused_bits,
        der::sequence([rsa()]),
        der::null(),
    ] {
        let broken = leaf(|leaf| leaf.spki(key.clone()));
        assert_error(&broken, Error::PublicKey);
    }
    for algorithm in ["2.999.5", "1.2.840.113549.1.1.5"] {
        let key = spki::with_algorithm(spki::algorithm(algorithm, []), [7; 32]);
        let unknown = leaf(|leaf| leaf.spki(key.clone()));
        assert_error(&unknown, Error::PublicKeyAlgorithm);
    }
    let unknown = leaf(|leaf| leaf.spki(spki::ec("2.999.6", point)));
    assert_error(&unknown, Error::PublicKeyAlgorithm);
}

#[test]
fn extensions_are_a_list_of_extensions_and_the_last_field() {
    let good = || Extension::unknown(1).to_der();
    let list = |extension: Vec<u8>| der::context(3, der::sequence([extension]));
    let flag = Extension::unknown(1).raw_critical(der::tlv(der::BOOLEAN, [1]));
    let (_, fields, _) = {
        let good = good();
        let (tag, content, rest) = der::read(&good);
        (tag, content.to_vec(), rest.to_vec())
    };
    for (field, error) in [
        (der::context(3, []), Error::Extensions),
        (der::context(3, der::null()), Error::Extensions),
        (der::context(3, der::set([good()])), Error::Extensions),
        (
            der::context(3, [der::sequence([good()]), der::null()].concat()),
            Error::Extensions,
        ),
        (list(der::null()), Error::Extensions),
        (list(flag.to_der()), Error::Extensions),
        (
            list(der::sequence([der::oid("2.999.1")])),
            Error::Extensions,
        ),
        (
            list(der::sequence([der::oid("2.999.1"), der::null()])),
            Error::Extensions,
        ),
        (
            list(der::sequence([fields, der::null()])),
            Error::Extensions,
        ),
        (
            [list(good()), der::context(4, der::null())].concat(),
            Error::UnknownField,
        ),
        ([list(good()), list(good())].concat(), Error::UnknownField),
        (der::null(), Error::UnknownField),
    ] {
        let broken = leaf(|leaf| leaf.raw_extensions(field.clone()));
        assert_error(&broken, error);
    }
}

#[test]
fn algorithms_and_signatures_have_their_types() {
    for (broken, error) in [
        (
            leaf(|leaf| leaf.inner_algorithm(der::null())),
            Error::SignatureAlgorithm,
        ),
        (
            leaf(|leaf| leaf.inner_algorithm(der::sequence([der::null()]))),
            Error::SignatureAlgorithm,
        ),
        (
            leaf(|leaf| leaf.outer_algorithm(der::null())),
            Error::SignatureAlgorithm,
        ),
        (
            leaf(|leaf| replace_signature(leaf, |bits| der::octet_string(&bits[1..]))),
            Error::Signature,
        ),
        (
            leaf(|leaf| replace_signature(leaf, |_| der::tlv(der::BIT_STRING, []))),
            Error::Signature,
        ),
    ] {
        assert_error(&broken, error);
    }
}

#[test]
fn a_certificate_must_name_one_algorithm_twice_and_sign_whole_octets() {
    let sha384 = SignatureScheme::EcdsaSha384.algorithm_identifier();
    let pki = |change: &dyn Fn(CertificateBuilder) -> CertificateBuilder| {
        Pki::builder().leaf(change).build()
    };
    // The very octets of a good signature, of which the last bit is declared unused. DER wants
    // such a bit to be zero, as in one signature out of two it is.
    let shortened = (0..64).map(|_| {
        pki(&|leaf| {
            replace_signature(leaf, |bits| match bits {
                [.., last] if last & 1 == 0 => der::bit_string_with_unused(1, &bits[1..]),
                _ => der::null(),
            })
        })
    });
    let mut shortened = shortened.filter(|pki| Certificate::parse(pki.leaf().der()).is_ok());
    let shortened = shortened.next().expect("64 signatures are enough");
    let inner = pki(&|leaf| leaf.inner_algorithm(sha384.clone()));
    let outer = pki(&|leaf| leaf.outer_algorithm(sha384.clone()));
    let untrusted = Some((ClientCertUntrusted, Check::Signature, Some(Presented(0))));
    for pki in [inner, outer, shortened] {
        for policy in [Policy::ALB, Policy::RFC5280] {
            let store = store(policy, &[pki.anchor()]);
            assert_eq!(failure(&store, &pki.chain(), NOW), untrusted);
        }
    }
}

#[test]
fn odd_forms_that_are_taken() {
    let forty = [0x7f; 40];
    let before_2050 = der::generalized_time(NOW - 1);
    let table: Vec<Box<dyn Fn(CertificateBuilder) -> CertificateBuilder>> = vec![
        Box::new(|leaf| leaf.subject(Name::new())),
        Box::new(|leaf| leaf.serial([0])),
        Box::new(|leaf| leaf.serial([0x80])),
        Box::new(|leaf| leaf.serial([0xff])),
        Box::new(move |leaf| leaf.serial(forty)),
        Box::new(move |leaf| leaf.raw_not_before(before_2050.clone())),
        Box::new(|leaf| leaf.raw_not_after(der::tlv(der::GENERALIZED_TIME, "99991231235959Z"))),
        Box::new(|leaf| leaf.raw_not_before(der::tlv(der::UTC_TIME, "500101000000Z"))),
        Box::new(|leaf| leaf.issuer_unique_id([1]).subject_unique_id([2])),
        Box::new(|leaf| leaf.basic_constraints(true, None)),
    ];
    for change in table {
        let pki = Pki::builder().leaf(change).build();
        for policy in [Policy::ALB, Policy::RFC5280] {
            let store = store(policy, &[pki.anchor()]);
            assert_eq!(failure(&store, &pki.chain(), NOW), None);
        }
    }
}

#[test]
fn a_leaf_of_version_1_or_2_parses_and_is_invalid_all_the_same() {
    let v2 = |leaf: CertificateBuilder| leaf.without_extensions().version(2);
    for change in [CertificateBuilder::v1, v2] {
        let pki = Pki::builder().leaf(change).build();
        assert!(Certificate::parse(pki.leaf().der()).is_ok());
        for policy in [Policy::ALB, Policy::RFC5280] {
            let invalid = Some((ClientCertInvalid, Check::Version, Some(Presented(0))));
            let default = store(policy, &[pki.anchor()]);
            assert_eq!(failure(&default, &pki.chain(), NOW), invalid);
            let lenient = policy.with_leaf_version(LeafVersion::Any);
            let lenient = store(lenient, &[pki.anchor()]);
            assert_eq!(failure(&lenient, &pki.chain(), NOW), None);
        }
    }
}

/// A client's certificate, changed.
fn leaf(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Vec<u8> {
    let pki = Pki::builder().leaf(change).build();
    pki.leaf().der().to_vec()
}

/// Puts another element in the place of the signature, made from the content of its BIT STRING.
fn replace_signature(
    leaf: CertificateBuilder,
    change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> CertificateBuilder {
    leaf.map_der(move |certificate| {
        let (_, content, _) = der::read(&certificate);
        let (_, _, after_body) = der::read(content);
        let (_, _, signature) = der::read(after_body);
        let kept = &content[..content.len() - signature.len()];
        let (_, bits, _) = der::read(signature);
        der::sequence([kept, &change(bits)])
    })
}

/// The certificate does not parse, whoever is asked.
#[track_caller]
fn assert_error(broken: &[u8], error: Error) {
    assert_eq!(Certificate::parse(broken).err(), Some(error));
    let pki = Pki::new(1);
    let broken = CertificateDer::from(broken.to_vec());
    let mut store = store(Policy::ALB, &[pki.anchor()]);
    let refused = store.add_ca(broken.clone());
    assert_eq!(refused, Err(StoreError::Certificate(error)));
    assert_eq!(store.cas().len(), 1);
    for index in 0..3 {
        let mut presented = pki.chain();
        presented.insert(index, broken.clone());
        let invalid = (ClientCertInvalid, Check::Parsing, Some(Presented(index)));
        assert_eq!(failure(&store, &presented, NOW), Some(invalid));
        let explanation = store.explain(&presented, at(NOW));
        assert_eq!(explanation.certificate_error(), Some(error));
        assert!(explanation.failed_certificate().is_none());
        assert_eq!(explanation.client().is_none(), index == 0);
    }
}
