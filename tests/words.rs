//! What people read of errors and faults, and what a debugger shows.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

use portcullis::signature::{AWS_LC_RS, SignatureMemo};
use portcullis::{
    Certificate, CertificateError, Crl, CrlAdded, CrlError, CrlFault, Policy, TrustStore,
};
use portcullis_fixtures::{CertificateBuilder, CrlBuilder, DAY, Key, NOW, Name};

#[test]
fn each_fault_of_a_list_has_its_words() {
    for (fault, words) in [
        (
            CrlFault::Signature,
            "its signature is not by a CA of that name in the store",
        ),
        (
            CrlFault::CriticalExtension,
            "it has a critical extension that is unknown",
        ),
        (
            CrlFault::CriticalEntryExtension,
            "an entry has a critical extension that is unknown",
        ),
        (CrlFault::Delta, "it is a delta CRL"),
        (CrlFault::Indirect, "it is an indirect CRL"),
        (
            CrlFault::SomeReasons,
            "it lists certificates revoked for some reasons only",
        ),
        (CrlFault::Scope, "its scope contradicts itself"),
    ] {
        assert_eq!(fault.to_string(), words);
    }
}

#[test]
fn each_reason_to_refuse_a_list_has_its_words() {
    let (size, limit) = (52_428_801, 52_428_800);
    for (error, words) in [
        (CrlError::NotACrl, "not a DER-encoded CRL"),
        (CrlError::OtherPem, "there is PEM, but no CRL in it"),
        (CrlError::BrokenPem, "the PEM is broken"),
        (CrlError::Empty, "the input is empty"),
        (CrlError::MoreThanOne, "there is more than one CRL"),
        (
            CrlError::TrailingData,
            "there is data after the end of the CRL",
        ),
        (
            CrlError::TooLarge { size, limit },
            "the CRL has 52428801 octets, more than the 52428800 allowed",
        ),
        (
            CrlError::Version,
            "the version is neither v1 nor v2, or v1 has extensions",
        ),
        (
            CrlError::SignatureAlgorithm,
            "a signature algorithm is malformed",
        ),
        (CrlError::Issuer, "the issuer name is malformed"),
        (CrlError::Time, "thisUpdate or nextUpdate is malformed"),
        (CrlError::Entry { number: 3 }, "entry 3 is malformed"),
        (
            CrlError::Extensions,
            "an extension is malformed or there twice",
        ),
        (CrlError::Signature, "the signature is not a BIT STRING"),
        (
            CrlError::IndexTooShort {
                needed: 12,
                given: 4,
            },
            "the index has 4 words and needs 12",
        ),
        (CrlError::IndexMismatch, "the index is not that of this CRL"),
        (
            CrlError::NoIndex,
            "no index with short look-ups could be made",
        ),
        (
            CrlError::TooManyCrls { capacity: 8 },
            "the store holds 8 CRLs, which is all it can",
        ),
        (
            CrlError::TooManyEntries { limit: 500_000 },
            "the CRLs of the store would have more than 500000 entries",
        ),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn each_reason_to_refuse_a_certificate_has_its_words() {
    use CertificateError as Error;
    for (error, words) in [
        (Error::NotACertificate, "not a DER-encoded certificate"),
        (
            Error::TrailingData,
            "there is data after the end of the certificate",
        ),
        (Error::TooLarge, "the certificate is too large"),
        (Error::Version, "the version is none of v1, v2 and v3"),
        (
            Error::FieldForVersion,
            "a field that certificates of this version do not have",
        ),
        (
            Error::SerialNumber,
            "the serial number is not a DER INTEGER",
        ),
        (
            Error::SignatureAlgorithm,
            "a signature algorithm is malformed",
        ),
        (Error::Issuer, "the issuer name is malformed"),
        (Error::Validity, "the validity is malformed"),
        (Error::Subject, "the subject name is malformed"),
        (
            Error::PublicKey,
            "the public key is malformed or not a valid key",
        ),
        (
            Error::PublicKeyAlgorithm,
            "the public key is of an unknown algorithm",
        ),
        (Error::Extensions, "the list of extensions is malformed"),
        (Error::UnknownField, "there is an unknown field at the end"),
        (Error::Signature, "the signature is not a BIT STRING"),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

/// NOW is 2027-01-15 08:00:00.
#[test]
fn debuggers_show_what_tells_one_from_another() {
    let issuer = Name::new().country("JP").common_name("CA");
    let made = CertificateBuilder::bare(&issuer, Key::p256(0)).self_signed();
    let certificate = Certificate::parse(made.der()).expect("it is sound");
    let name = format!("{:?}", certificate.subject());
    assert_eq!(name, "DistinguishedName(CN=CA,C=JP)");

    let list = CrlBuilder::new()
        .issuer(issuer)
        .this_update(NOW - DAY)
        .revoke([1])
        .revoke([2])
        .sign_by(Key::p256(0));
    let list = Crl::from_der(list.into_der()).expect("a good list");
    let shown = format!("{list:?}");
    let start = "Crl { issuer: DistinguishedName(CN=CA,C=JP), this_update: ";
    assert!(shown.starts_with(start), "{shown}");
    assert!(shown.ends_with(", entries: 2, .. }"), "{shown}");

    let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, AWS_LC_RS);
    assert_eq!(store.add_crl(list), Ok(CrlAdded::Unverified));
    let store = format!("{store:?}");
    let start = format!("crls: [StoredCrl {{ crl: {shown}, fault: None, signer: ");
    assert!(store.contains(&start), "{store}");
}

#[test]
fn a_memo_shows_how_many_entries_it_has_room_for() {
    assert_eq!(SignatureMemo::<0>::new().capacity(), 0);
    let fixed = SignatureMemo::<12>::new();
    assert_eq!(fixed.capacity(), 12);
    assert_eq!(format!("{fixed:?}"), "SignatureMemo { capacity: 12, .. }");
    for entries in [0, 1, 7, 8, 9, 4096] {
        let memo = SignatureMemo::with_entries(entries);
        assert_eq!(memo.capacity(), entries);
        let shown = format!("SignatureMemo {{ capacity: {entries}, .. }}");
        assert_eq!(format!("{memo:?}"), shown);
    }
}

#[cfg(feature = "rustcrypto")]
#[test]
fn algorithms_of_this_crate_are_shown_by_name() {
    let shown = format!("{:?}", portcullis::signature::RUSTCRYPTO);
    for name in ["RsaVerification", "EcdsaVerification"] {
        assert!(
            shown.contains(&format!("implementation: {name}")),
            "{shown}"
        );
    }
}
