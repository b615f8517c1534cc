//! The verdict in the words of OpenSSL, nginx, HAProxy and CloudFront.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

use core::time::Duration;

use portcullis::FailureReason::*;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::{
    CloudFrontStatus, Crl, Explanation, FailureReason, HaproxyVerify, NginxVerify, OpensslVerify,
    Policy, TrustStore, VerifyStatus, signature,
};
use portcullis_fixtures::{Certificate, CertificateBuilder, CrlBuilder, Extension, Key, NOW, Pki};

const OK: VerifyStatus = VerifyStatus::Success;

const fn failed(reason: FailureReason) -> VerifyStatus {
    VerifyStatus::Failed(reason)
}

/// What each says of a verdict.
struct Words {
    status: VerifyStatus,
    cloudfront: Option<&'static str>,
    nginx: &'static str,
    /// HAProxy's `ssl_c_used` and `ssl_c_verify`.
    haproxy: (u16, u16),
}

const fn row(
    status: VerifyStatus,
    cloudfront: Option<&'static str>,
    nginx: &'static str,
    haproxy: (u16, u16),
) -> Words {
    Words {
        status,
        cloudfront,
        nginx,
        haproxy,
    }
}

const TABLE: [Words; 14] = [
    row(OK, Some("Success"), "SUCCESS", (1, 0)),
    row(
        failed(UnmappedConnectionError),
        Some("Failed:ClientCertMissing"),
        "FAILED:unspecified certificate verification error",
        (1, 1),
    ),
    row(
        failed(ClientCertUntrusted),
        Some("Failed:ClientCertUntrusted"),
        "FAILED:unable to get local issuer certificate",
        (1, 20),
    ),
    row(
        failed(ClientCertNotYetValid),
        Some("Failed:ClientCertNotYetValid"),
        "FAILED:certificate is not yet valid",
        (1, 9),
    ),
    row(
        failed(ClientCertExpired),
        Some("Failed:ClientCertExpired"),
        "FAILED:certificate has expired",
        (1, 10),
    ),
    row(
        failed(ClientCertCrlHit),
        Some("Failed:ClientCertRejected"),
        "FAILED:certificate revoked",
        (1, 23),
    ),
    row(
        failed(ClientCertCrlProcessingError),
        None,
        "FAILED:unable to get certificate CRL",
        (1, 3),
    ),
    row(
        failed(ClientCertPurposeInvalid),
        Some("Failed:ClientCertIntentInvalid"),
        "FAILED:unsuitable certificate purpose",
        (1, 26),
    ),
    row(
        failed(ClientCertMaxChainDepthExceeded),
        Some("Failed:ClientCertMaxChainDepthExceeded"),
        "FAILED:certificate chain too long",
        (1, 22),
    ),
    row(
        failed(ClientCertMaxSizeExceeded),
        Some("Failed:ClientCertMaxSizeExceeded"),
        "FAILED:unspecified certificate verification error",
        (1, 1),
    ),
    row(
        failed(ClientCertTypeUnsupported),
        Some("Failed:ClientCertTypeUnsupported"),
        "FAILED:certificate rejected",
        (1, 28),
    ),
    row(
        failed(ClientCertInvalid),
        Some("Failed:ClientCertInvalid"),
        "FAILED:unspecified certificate verification error",
        (1, 1),
    ),
    row(
        failed(ClientCertRejected),
        Some("Failed:ClientCertRejected"),
        "FAILED:application verification failure",
        (1, 50),
    ),
    row(
        failed(ClientCertIncompatible),
        None,
        "FAILED:CA signature digest algorithm too weak",
        (1, 68),
    ),
];

#[test]
fn each_status_has_its_words() {
    for row in TABLE {
        let status = row.status;
        let said = CloudFrontStatus::from_status(status);
        let said = said.map(CloudFrontStatus::as_str);
        assert_eq!(said, row.cloudfront, "{status}");
        assert_eq!(NginxVerify::from(status).to_string(), row.nginx, "{status}");
        let haproxy = HaproxyVerify::from(status);
        let said = (haproxy.ssl_c_used(), haproxy.ssl_c_verify());
        assert_eq!(said, row.haproxy, "{status}");
    }
    for reason in FailureReason::ALL {
        let has_row = TABLE.iter().any(|row| row.status == failed(reason));
        assert!(has_row, "{reason}");
    }
}

#[test]
fn only_a_success_looks_like_one() {
    for Words { status, .. } in TABLE {
        let is_success = status.is_success();
        assert_eq!(
            NginxVerify::from(status) == NginxVerify::Success,
            is_success
        );
        let haproxy = HaproxyVerify::from(status);
        assert_eq!(haproxy.is_success(), is_success);
        // A configuration may look at it alone.
        assert_eq!(haproxy.ssl_c_verify() == 0, is_success);
        assert_eq!(OpensslVerify::from(status) == OpensslVerify::OK, is_success);
        let cloudfront = CloudFrontStatus::from_status(status);
        assert_eq!(cloudfront == Some(CloudFrontStatus::Success), is_success);
    }
}

#[test]
fn words_read_back_as_the_nearest_status() {
    for row in TABLE {
        let (status, nginx) = (row.status, row.nginx);
        // Where several statuses have one word, the likeliest.
        let expected = match status {
            VerifyStatus::Failed(ClientCertMaxSizeExceeded | ClientCertInvalid) => {
                failed(UnmappedConnectionError)
            }
            VerifyStatus::Failed(ClientCertTypeUnsupported) => failed(ClientCertRejected),
            status => status,
        };
        let read: NginxVerify = nginx.parse().expect(nginx);
        assert_eq!(read.to_string(), nginx);
        assert_eq!(read.status(), expected, "{nginx}");
        let Some(cloudfront) = row.cloudfront else {
            continue;
        };
        let expected = match status {
            VerifyStatus::Failed(ClientCertCrlHit) => failed(ClientCertRejected),
            status => status,
        };
        let read: CloudFrontStatus = cloudfront.parse().expect(cloudfront);
        assert_eq!(read.to_string(), cloudfront);
        assert_eq!(read.status(), expected, "{cloudfront}");
    }
}

#[test]
fn older_openssl_and_boringssl_are_read_too() {
    for (text, code) in [
        ("FAILED:unsupported certificate purpose", 26),
        ("FAILED:self signed certificate", 18),
        ("FAILED:self signed certificate in certificate chain", 19),
        ("FAILED:self-signed certificate", 18),
        ("FAILED:unable to verify the first certificate", 21),
    ] {
        let Ok(NginxVerify::Failed(result)) = text.parse() else {
            panic!("{text}");
        };
        assert_eq!(result.code(), code);
        assert_eq!(OpensslVerify::from_code(code), Some(result));
    }
}

#[test]
fn other_texts_and_numbers_are_refused() {
    for text in [
        "",
        "success",
        "SUCCESS ",
        "FAILED",
        "FAILED:",
        "FAILED:ok",
        "FAILED: certificate revoked",
        "certificate revoked",
        "FAILED:something new",
    ] {
        assert!(text.parse::<NginxVerify>().is_err(), "{text}");
    }
    for text in [
        "",
        "success",
        "Failed:",
        "ClientCertMissing",
        "Failed:ClientCertCrlHit",
    ] {
        assert!(text.parse::<CloudFrontStatus>().is_err(), "{text}");
    }
    // Out of memory, host names, what is beyond the list.
    for code in [17, 62, 999, u16::MAX] {
        assert_eq!(OpensslVerify::from_code(code), None);
    }
}

#[test]
fn the_documented_codes_of_cloudfront_are_all_there() {
    let documented = "\
        Success \
        Failed:ClientCertMaxChainDepthExceeded Failed:ClientCertMaxSizeExceeded \
        Failed:ClientCertUntrusted Failed:ClientCertNotYetValid Failed:ClientCertExpired \
        Failed:ClientCertTypeUnsupported Failed:ClientCertInvalid Failed:ClientCertIntentInvalid \
        Failed:ClientCertRejected Failed:ClientCertMissing Failed:TcpError Failed:TcpTimeout \
        Failed:ConnectionFunctionError Failed:ConnectionFunctionDenied Failed:Internal \
        Failed:UnmappedConnectionError";
    let codes: Vec<&str> = CloudFrontStatus::ALL.map(CloudFrontStatus::as_str).into();
    assert_eq!(codes.join(" "), documented);
    for code in codes {
        let read: CloudFrontStatus = code.parse().expect(code);
        assert_eq!(read.as_str(), code);
        assert_eq!(read.status().is_success(), code == "Success");
    }
}

/// The clock of the fixtures.
fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.try_into().expect("after 1970")))
}

fn store(cas: &[&Certificate]) -> TrustStore<'static> {
    let mut store = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS);
    for ca in cas {
        store
            .add_ca(ca.to_certificate_der())
            .expect("there is room");
    }
    store
}

/// nginx's reason, `ssl_c_verify`, `ssl_c_err`, `ssl_c_ca_err` and `ssl_c_ca_err_depth`.
type Said = (String, u16, Option<u16>, Option<u16>, Option<u8>);

fn said_of(explanation: &Explanation<'_>) -> Said {
    let haproxy = HaproxyVerify::from(explanation);
    assert_eq!(haproxy.is_success(), explanation.status().is_success());
    (
        NginxVerify::from(explanation).to_string(),
        haproxy.ssl_c_verify(),
        haproxy.ssl_c_err(),
        haproxy.ssl_c_ca_err(),
        haproxy.ssl_c_ca_err_depth(),
    )
}

#[track_caller]
fn expect(
    store: &TrustStore<'_>,
    presented: &[CertificateDer<'_>],
    nginx: &str,
    code: u16,
    depth: u8,
) {
    let found = said_of(&store.explain(presented, now()));
    let (leaf, ca) = if depth == 0 { (code, 0) } else { (0, code) };
    let expected = (nginx.to_owned(), code, Some(leaf), Some(ca), Some(depth));
    assert_eq!(found, expected);
}

#[test]
fn an_explanation_tells_which_certificate_and_which_error() {
    let pki = Pki::new(1);
    let trusted = store(&[pki.root()]);
    expect(&trusted, &pki.chain(), "SUCCESS", 0, 0);
    expect(&trusted, &[], "NONE", 0, 0);
    let issuer = "FAILED:unable to get local issuer certificate";
    expect(&trusted, &pki.chain()[..1], issuer, 20, 0);
    expect(&store(&[]), &pki.chain(), issuer, 20, 1);
    let alone = Certificate::ca("Alone", Key::p256(5)).to_certificate_der();
    expect(&trusted, &[alone], "FAILED:self-signed certificate", 18, 0);

    let change =
        |leaf: fn(CertificateBuilder) -> CertificateBuilder| Pki::builder().leaf(leaf).build();
    let forged = change(CertificateBuilder::bad_signature);
    let forged = (store(&[forged.root()]), forged.chain());
    let signature = "FAILED:certificate signature failure";
    expect(&forged.0, &forged.1, signature, 7, 0);
    let critical = change(|leaf| leaf.extension(Extension::unknown(4).critical(true)));
    let store_of_it = store(&[critical.root()]);
    let unhandled = "FAILED:unhandled critical extension";
    expect(&store_of_it, &critical.chain(), unhandled, 34, 0);

    let late = Pki::builder()
        .intermediate(0, |ca| ca.not_after(NOW - 1))
        .build();
    let expired = "FAILED:certificate has expired";
    expect(&store(&[late.root()]), &late.chain(), expired, 10, 1);
    let no_ca = Pki::builder()
        .intermediate(0, |ca| {
            ca.extension(Extension::basic_constraints(false, None))
        })
        .build();
    let invalid = "FAILED:invalid CA certificate";
    expect(&store(&[no_ca.root()]), &no_ca.chain(), invalid, 79, 1);
}

#[test]
fn a_list_that_is_not_to_be_trusted_is_told_apart_from_a_revocation() {
    let pki = Pki::new(0);
    let revoking = CrlBuilder::new().revoke(pki.leaf().serial());
    for (list, nginx, code) in [
        (
            revoking.issued_by(pki.root()),
            "FAILED:certificate revoked",
            23,
        ),
        (
            revoking.bad_signature().issued_by(pki.root()),
            "FAILED:CRL signature failure",
            8,
        ),
    ] {
        let mut store = store(&[pki.root()]);
        let list = Crl::from_der(list.into_der()).expect("it reads");
        let _ = store.add_crl(list).expect("there is room");
        expect(&store, &pki.chain(), nginx, code, 0);
    }
}

#[test]
fn a_store_without_a_clock_is_not_taken_for_a_missing_certificate() {
    let pki = Pki::new(0);
    let store = store(&[pki.root()]).with_clock(|| None);
    assert_eq!(store.verify(&pki.chain()), failed(UnmappedConnectionError));
    let nginx = NginxVerify::from(store.verify(&pki.chain()));
    let unspecified = "FAILED:unspecified certificate verification error";
    assert_eq!(nginx.to_string(), unspecified);
    let haproxy = HaproxyVerify::from(store.verify(&pki.chain()));
    assert!(!haproxy.is_success());
    assert_eq!((haproxy.ssl_c_used(), haproxy.ssl_c_verify()), (1, 1));
}

#[test]
fn a_missing_certificate_is_told_by_name_or_by_an_explanation_and_not_by_a_status() {
    let none = store(&[]).explain(&[], now()).status();
    assert_eq!(none, failed(UnmappedConnectionError));
    assert_ne!(NginxVerify::from(none), NginxVerify::None);
    assert_ne!(
        HaproxyVerify::from(none),
        HaproxyVerify::without_certificate()
    );

    let trusted = store(&[]);
    let explanation = trusted.explain(&[], now());
    assert_eq!(NginxVerify::from(&explanation), NginxVerify::None);
    let haproxy = HaproxyVerify::from(&explanation);
    assert_eq!(haproxy, HaproxyVerify::without_certificate());
    assert!(!haproxy.is_success());
    assert_eq!((haproxy.ssl_c_used(), haproxy.ssl_c_verify()), (0, 0));
    let errors = (haproxy.ssl_c_err(), haproxy.ssl_c_ca_err());
    assert_eq!(errors, (Some(0), Some(0)));
}
