//! What a certificate tells of itself.
#![cfg(feature = "std")]

use portcullis::{BasicConstraints, Certificate, CertificateError, SignatureAlgorithm};
use portcullis_fixtures::{
    CertificateBuilder, DistributionPoint, Extension, GeneralName, Key, KeyUsage, der, oid,
};

#[test]
fn a_bare_certificate_has_no_extension_to_tell_of() {
    let made = CertificateBuilder::bare("Bare", Key::p256(0)).self_signed();
    let certificate = Certificate::parse(made.der()).expect("it parses");
    assert_eq!(certificate.version(), 3);
    assert_eq!(certificate.basic_constraints(), None);
    assert_eq!(certificate.key_usage(), None);
    assert!(certificate.extended_key_usages().is_none());
    assert_eq!(certificate.subject_key_identifier(), None);
    assert_eq!(certificate.authority_key_identifier(), None);
    assert_eq!(certificate.crl_distribution_points().count(), 0);
    assert!(!certificate.is_ca());
    assert!(!certificate.has_malformed_extension());
    assert!(!certificate.has_unknown_critical_extension());
}

#[test]
fn a_certificate_tells_its_extensions() {
    let point = |names: &[GeneralName]| DistributionPoint::new().full_name(names.iter().cloned());
    let made = CertificateBuilder::bare("Full", Key::p256(0))
        .push(Extension::basic_constraints(true, Some(2)))
        .push(Extension::key_usage(KeyUsage::KEY_CERT_SIGN))
        .push(Extension::extended_key_usage(&[
            oid::SERVER_AUTH,
            oid::CLIENT_AUTH,
        ]))
        .push(Extension::subject_key_id([1, 2]))
        .push(Extension::authority_key_id([3, 4]))
        .push(Extension::distribution_points([
            point(&[
                GeneralName::dns("crl.example"),
                GeneralName::uri("http://crl.example/a"),
            ]),
            point(&[GeneralName::uri("http://crl.example/b")]),
            DistributionPoint::new().crl_issuer("Issuer"),
        ]))
        .self_signed();
    let certificate = Certificate::parse(made.der()).expect("it parses");
    let constraints = BasicConstraints {
        ca: true,
        path_len: Some(2),
    };
    assert_eq!(certificate.basic_constraints(), Some(constraints));
    let usage = certificate.key_usage().expect("it has one");
    assert!(usage.key_cert_sign() && !usage.digital_signature());
    let usages = certificate.extended_key_usages().expect("it has them");
    let usages: Vec<_> = usages.map(|usage| usage.to_string()).collect();
    assert_eq!(usages, [oid::SERVER_AUTH, oid::CLIENT_AUTH]);
    assert_eq!(certificate.subject_key_identifier(), Some(&[1, 2][..]));
    assert_eq!(certificate.authority_key_identifier(), Some(&[3, 4][..]));
    let points: Vec<_> = certificate.crl_distribution_points().collect();
    assert_eq!(points, ["http://crl.example/a", "http://crl.example/b"]);
}

#[test]
fn a_ca_has_the_flag_and_may_sign_certificates() {
    let bare = || CertificateBuilder::bare("CA", Key::p256(0));
    for (made, is_ca) in [
        (bare().basic_constraints(true, None), true),
        (bare().basic_constraints(false, None), false),
        (bare().key_usage(KeyUsage::KEY_CERT_SIGN), false),
        (
            bare()
                .basic_constraints(true, None)
                .key_usage(KeyUsage::DIGITAL_SIGNATURE),
            false,
        ),
        (bare().v1(), true),
    ] {
        let made = made.self_signed();
        let certificate = Certificate::parse(made.der()).expect("it parses");
        assert_eq!(certificate.is_ca(), is_ca);
    }
    let version = bare().v1().self_signed();
    let certificate = Certificate::parse(version.der()).expect("it parses");
    assert_eq!(certificate.version(), 1);
    let version = bare().version(2).self_signed();
    let certificate = Certificate::parse(version.der()).expect("it parses");
    assert_eq!(certificate.version(), 2);
}

#[test]
fn a_certificate_tells_what_is_wrong_with_its_extensions() {
    for (extension, malformed, unknown) in [
        (Extension::new(oid::KEY_USAGE, der::null()), true, false),
        (Extension::unknown(4).critical(true), false, true),
        (Extension::unknown(4), false, false),
    ] {
        let made = CertificateBuilder::bare("Odd", Key::p256(0)).push(extension);
        let made = made.self_signed();
        let certificate = Certificate::parse(made.der()).expect("it parses");
        assert_eq!(certificate.has_malformed_extension(), malformed);
        assert_eq!(certificate.has_unknown_critical_extension(), unknown);
    }
}

#[test]
fn a_certificate_has_65_535_octets_at_most() {
    for (size, error) in [(65_535, None), (65_536, Some(CertificateError::TooLarge))] {
        let made = CertificateBuilder::bare("Large", Key::p256(0)).size(size);
        let made = made.self_signed();
        assert_eq!(made.der().len(), size);
        assert_eq!(Certificate::parse(made.der()).err(), error);
    }
}

#[test]
fn certificates_are_equal_if_their_octets_are() {
    let made = [1, 2].map(|serial| {
        let made = CertificateBuilder::bare("Same", Key::p256(0)).serial([serial]);
        made.self_signed()
    });
    let [one, other] = [0, 1].map(|index| Certificate::parse(made[index].der()).expect("good"));
    let copy = made[0].der().to_vec();
    assert!(one == Certificate::parse(&copy).expect("good"));
    assert!(one != other);
    let algorithm = Some(SignatureAlgorithm::EcdsaSha256);
    assert_eq!(one.signature_algorithm(), algorithm);
}
