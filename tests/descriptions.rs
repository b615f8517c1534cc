//! What people read of keys and algorithms, and of what could not be read or taken.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

use portcullis::pem::{self, BundleError, PemError};
use portcullis::signature::AWS_LC_RS;
use portcullis::{
    CertificateError, CloudFrontStatus, ConnTraceId, KeyType, MtlsHeaderError, NginxVerify, Policy,
    SignatureAlgorithm, StoreError, TrustStore, VerifyStatus,
};
use portcullis_fixtures::{CertificateBuilder, Key};

#[test]
fn signature_algorithms_are_named_by_scheme_and_hash() {
    use SignatureAlgorithm as Signed;
    for (algorithm, words) in [
        (Signed::RsaPkcs1Md5, "RSA PKCS#1 v1.5 with MD5"),
        (Signed::RsaPkcs1Sha1, "RSA PKCS#1 v1.5 with SHA-1"),
        (Signed::RsaPkcs1Sha224, "RSA PKCS#1 v1.5 with SHA-224"),
        (Signed::RsaPkcs1Sha256, "RSA PKCS#1 v1.5 with SHA-256"),
        (Signed::RsaPkcs1Sha384, "RSA PKCS#1 v1.5 with SHA-384"),
        (Signed::RsaPkcs1Sha512, "RSA PKCS#1 v1.5 with SHA-512"),
        (Signed::RsaPssSha256, "RSA-PSS with SHA-256"),
        (Signed::RsaPssSha384, "RSA-PSS with SHA-384"),
        (Signed::RsaPssSha512, "RSA-PSS with SHA-512"),
        (Signed::EcdsaSha1, "ECDSA with SHA-1"),
        (Signed::EcdsaSha224, "ECDSA with SHA-224"),
        (Signed::EcdsaSha256, "ECDSA with SHA-256"),
        (Signed::EcdsaSha384, "ECDSA with SHA-384"),
        (Signed::EcdsaSha512, "ECDSA with SHA-512"),
        (Signed::Ed25519, "Ed25519"),
        (Signed::Ed448, "Ed448"),
    ] {
        assert_eq!(algorithm.to_string(), words);
    }
}

#[test]
fn keys_are_named_by_kind_and_size() {
    for (key, words) in [
        (KeyType::Rsa { bits: 3072 }, "RSA 3072"),
        (KeyType::P256, "P-256"),
        (KeyType::P384, "P-384"),
        (KeyType::P521, "P-521"),
        (KeyType::Ed25519, "Ed25519"),
        (KeyType::Ed448, "Ed448"),
        (KeyType::P224, "P-224"),
        (KeyType::Secp256k1, "secp256k1"),
        (KeyType::RsaPss, "RSA-PSS"),
        (KeyType::Dsa, "DSA"),
        (KeyType::X25519, "X25519"),
        (
            KeyType::ExplicitCurve,
            "elliptic curve with explicit parameters",
        ),
    ] {
        assert_eq!(key.to_string(), words);
    }
}

#[test]
fn a_store_says_why_it_takes_no_ca() {
    let (size, limit) = (65_537, 65_536);
    for (error, words) in [
        (
            StoreError::TooManyCas { capacity: 25 },
            "the store holds 25 CA certificates, which is all it can".to_owned(),
        ),
        (
            StoreError::CaTooLarge { size, limit },
            "the certificate has 65537 octets, more than the 65536 allowed".to_owned(),
        ),
        (
            StoreError::UnsupportedKey(KeyType::Dsa),
            "signatures of a CA with a key of this kind cannot be verified: DSA".to_owned(),
        ),
        (
            StoreError::Certificate(CertificateError::Version),
            CertificateError::Version.to_string(),
        ),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn broken_pem_is_told_of_by_number_and_reason() {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----\n";
    const END: &str = "-----END CERTIFICATE-----\n";
    let read = |text: &str| pem::certificates(text.as_bytes()).map(|_| ());
    let words = |text: &str| read(text).expect_err("this is broken").to_string();
    assert!(matches!(read(""), Err(PemError::Empty)));
    assert_eq!(words(""), "the input is empty");
    assert_eq!(
        words("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"),
        "there is no certificate in the PEM"
    );
    assert_eq!(
        words(&format!("{BEGIN}AAAA\n")),
        "certificate 1: its END line is missing"
    );
    assert_eq!(
        words("-----BEGIN CERTIFICATE\nAAAA\n"),
        "certificate 1: its BEGIN line is malformed"
    );
    assert_eq!(
        words(&format!("{BEGIN}AAAA\n{END}{BEGIN}A?AA\n{END}")),
        "certificate 2: its base64 is malformed"
    );

    let error = StoreError::TooManyCas { capacity: 1 };
    let error = BundleError::Certificate { number: 2, error };
    assert_eq!(
        error.to_string(),
        "certificate 2: the store holds 1 CA certificates, which is all it can"
    );
    let error = BundleError::Pem(PemError::Empty);
    assert_eq!(error.to_string(), "the input is empty");
}

#[test]
fn a_header_says_why_it_has_no_certificate() {
    for (error, words) in [
        (MtlsHeaderError::Empty, "the value is empty"),
        (MtlsHeaderError::TooLong, "the value is longer than 128 KiB"),
        (
            MtlsHeaderError::Percent,
            "a percent sign is not followed by two hexadecimal digits",
        ),
        (
            MtlsHeaderError::Boundary,
            "a BEGIN or END line of a certificate is missing or malformed",
        ),
        (
            MtlsHeaderError::Base64,
            "the base64 of a certificate is malformed",
        ),
        (
            MtlsHeaderError::MoreThanOne,
            "there is more than one certificate",
        ),
        (
            MtlsHeaderError::BufferTooSmall,
            "the certificate is larger than the buffer",
        ),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn words_that_are_none_are_told_what_they_are_not() {
    assert_eq!(
        "success"
            .parse::<VerifyStatus>()
            .expect_err("a small letter")
            .to_string(),
        "not a TLS verify status of ALB"
    );
    assert_eq!(
        "PASSED"
            .parse::<NginxVerify>()
            .expect_err("nginx says SUCCESS")
            .to_string(),
        "not a known value of nginx's $ssl_client_verify"
    );
    assert_eq!(
        "Success!"
            .parse::<CloudFrontStatus>()
            .expect_err("an exclamation mark")
            .to_string(),
        "not a connection status of CloudFront"
    );
    assert_eq!(
        "TID_0"
            .parse::<ConnTraceId>()
            .expect_err("too few digits")
            .to_string(),
        "not TID_ and 32 or 16 lower hexadecimal digits"
    );
}

#[test]
fn a_trace_id_is_its_octets_in_hexadecimal() {
    let id = ConnTraceId::from_bytes([0xa5; 16]);
    assert_eq!(id.to_string(), format!("TID_{}", "a5".repeat(16)));
    assert_eq!(id.as_bytes(), [0xa5; 16]);
    assert_eq!(id.to_string().parse(), Ok(id));
}

#[test]
fn a_debugger_shows_the_policy_of_a_store_and_its_cas() {
    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, AWS_LC_RS);
    let root = CertificateBuilder::ca("Root", Key::p256(0)).self_signed();
    store.add_ca(root.der().to_vec().into()).expect("a CA");
    let text = format!("{store:?}");
    assert!(text.starts_with("TrustStore { policy: Policy"), "{text}");
    assert!(text.contains("dialect: Alb"), "{text}");
    assert!(text.contains("key_type: P256"), "{text}");
}
