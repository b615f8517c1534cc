//! Verifying, explaining and writing explanations allocates nothing; the backend may, and what it
//! allocates is left out of the count.
#![cfg(feature = "aws-lc-rs")]

use core::fmt::{self, Write};
use core::time::Duration;

use allocation_counter::{measure, opt_out};
use pki_types::alg_id::AlgorithmIdentifier;
use pki_types::{CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, UnixTime};
use portcullis::signature::{EcCurve, KeyKind, SignatureMemo, Verifier};
use portcullis::{
    AlgorithmSet, ClientCertificate, FailureReason, Policy, SignatureAlgorithm, TrustStore,
    VerifyStatus,
};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, GeneralName, Key, NOW, Name, NameConstraints, Pki,
    SignatureScheme, chain, hostile, oid,
};

#[test]
fn a_success_allocates_nothing() {
    for policy in policies() {
        for keys in [Key::rsa2048, Key::p256] {
            for intermediates in 0..=3 {
                let pki = Pki::builder().keys(keys).intermediates(intermediates);
                let pki = pki.leaf(with_all_names).build();
                let status = verify_and_explain(policy, &[pki.root()], &pki.chain());
                assert_eq!(status, VerifyStatus::Success);
            }
        }
    }
}

#[test]
fn as_many_certificates_as_can_be_presented_allocate_nothing() {
    let pki = Pki::new(63);
    let policy = Policy::RFC5280.with_max_depth(64);
    let status = verify_and_explain(policy, &[pki.root()], &pki.chain());
    assert_eq!(status, VerifyStatus::Success);
}

#[test]
fn no_failure_allocates_anything() {
    use FailureReason as Reason;
    let pki = Pki::new(1);
    let leaf = || CertificateBuilder::leaf("Client", Key::p256(2));
    let below = |leaf: CertificateBuilder| chain([&leaf.issued_by(pki.issuer()), pki.issuer()]);
    let stranger = Certificate::ca("Stranger", Key::p256(4));
    let broken = CertificateDer::from(&b"\x30\x03\x02\x01\x00"[..]);
    let too_long = Pki::new(5).chain();
    let failures = [
        (Reason::UnmappedConnectionError, vec![]),
        (Reason::ClientCertInvalid, vec![broken]),
        (Reason::ClientCertInvalid, below(leaf().v1())),
        (Reason::ClientCertMaxSizeExceeded, vec![pki.anchor(); 400]),
        (Reason::ClientCertMaxChainDepthExceeded, too_long),
        (
            Reason::ClientCertNotYetValid,
            below(leaf().not_before(NOW + 1)),
        ),
        (Reason::ClientCertExpired, below(leaf().not_after(NOW - 1))),
        (
            Reason::ClientCertPurposeInvalid,
            below(leaf().extended_key_usage(&[oid::SERVER_AUTH])),
        ),
        (
            Reason::ClientCertIncompatible,
            below(leaf().scheme(SignatureScheme::EcdsaSha1)),
        ),
        (
            Reason::ClientCertTypeUnsupported,
            below(leaf().key(Key::ed25519(0))),
        ),
        (Reason::ClientCertUntrusted, chain([&stranger])),
        (
            Reason::ClientCertUntrusted,
            chain([&leaf().issued_by(&stranger), &stranger]),
        ),
        (Reason::ClientCertUntrusted, below(leaf().bad_signature())),
        (
            Reason::ClientCertUntrusted,
            below(leaf().push(Extension::unknown(4).critical(true))),
        ),
        (
            Reason::ClientCertUntrusted,
            below(leaf().push(Extension::new(oid::KEY_USAGE, *b"\x05\x00"))),
        ),
    ];
    for (reason, presented) in failures {
        let status = verify_and_explain(Policy::ALB, &[pki.root()], &presented);
        assert_eq!(status, VerifyStatus::Failed(reason));
    }
}

/// There is no signature for webpki to look at, and its word for that is on the heap.
#[cfg(feature = "webpki")]
#[test]
fn neither_does_a_leaf_that_is_in_the_store_where_webpki_is_asked() {
    let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).self_signed();
    let status = verify_and_explain(Policy::STRICT, &[&leaf], &chain([&leaf]));
    assert_eq!(
        status,
        VerifyStatus::Failed(FailureReason::ClientCertUntrusted)
    );
}

#[test]
fn neither_does_a_search_without_end() {
    let root = Certificate::ca("Layer 3", Key::p256(2));
    let anonymous = |ca: CertificateBuilder| {
        ca.without(oid::SUBJECT_KEY_ID)
            .without(oid::AUTHORITY_KEY_ID)
    };
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1))
        .issuer("Layer 0")
        .bad_signature()
        .sign_by(Key::p256(2));
    let lattice = hostile::lattice(3, 2, |_| Key::p256(2), anonymous);
    let presented = chain([&leaf].into_iter().chain(&lattice));
    for policy in policies().into_iter().skip(1) {
        let status = verify_and_explain(policy, &[&root], &presented);
        assert_eq!(
            status,
            VerifyStatus::Failed(FailureReason::ClientCertUntrusted)
        );
    }
}

#[test]
fn neither_do_name_constraints_of_every_kind() {
    let names = [
        GeneralName::dns("client.example.com"),
        GeneralName::email("client@example.com"),
        GeneralName::uri("spiffe://example.com/client"),
        GeneralName::ip([10, 1, 2, 3]),
        GeneralName::directory("Client"),
    ];
    let permitted = [
        GeneralName::dns("example.com"),
        GeneralName::email("example.com"),
        GeneralName::uri("example.com"),
        GeneralName::ip_subnet([10, 0, 0, 0], 8),
        GeneralName::directory("Client"),
    ];
    let constraints = hostile::permitting(permitted);
    let outside = constraints
        .clone()
        .exclude(GeneralName::dns("client.example.com"));
    let expected = [
        (constraints, VerifyStatus::Success),
        (
            outside,
            VerifyStatus::Failed(FailureReason::ClientCertUntrusted),
        ),
        (
            NameConstraints::new().permit(GeneralName::dns("example.org")),
            VerifyStatus::Failed(FailureReason::ClientCertUntrusted),
        ),
    ];
    for (constraints, expected) in expected {
        let pki = Pki::builder()
            .root(|root| root.name_constraints(&constraints))
            .intermediates(0)
            .leaf(|leaf| leaf.subject_alt_name(names.clone()))
            .build();
        for policy in [Policy::ALB, Policy::RFC5280] {
            let status = verify_and_explain(policy, &[pki.root()], &pki.chain());
            assert_eq!(status, expected);
        }
    }
}

#[test]
fn neither_does_an_application_that_refuses() {
    let pki = Pki::new(1);
    let refuse = |client: &ClientCertificate<'_>| client.spiffe_id().is_some();
    let mut store: TrustStore<'_> =
        TrustStore::new(Policy::ALB, algorithms()).with_application_check(&refuse);
    store.add_ca(pki.anchor()).expect("a CA");
    let presented = pki.chain();
    let mut status = VerifyStatus::Success;
    let count = measure(|| {
        status = store.verify_at(&presented, now());
        write_all(&store, &presented);
    });
    assert_eq!(
        status,
        VerifyStatus::Failed(FailureReason::ClientCertRejected)
    );
    assert_eq!(count.count_total, 0);
}

#[test]
fn neither_does_loading_a_store() {
    let pki = Pki::new(1);
    let [root, issuer] = [pki.root(), pki.issuer()].map(|ca| CertificateDer::from(ca.der()));
    let count = measure(|| {
        let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, algorithms());
        store.add_ca(root.clone()).expect("a CA");
        store.add_ca(issuer.clone()).expect("a CA");
        store.add_ca(root.clone()).expect("the same again");
    });
    // Cloning what is borrowed copies a reference.
    assert_eq!(count.count_total, 0);
}

#[test]
fn what_allocates_is_counted() {
    let count = measure(|| drop(core::hint::black_box(Box::new(1))));
    assert_eq!(count.count_total, 1);
}

fn policies() -> Vec<Policy> {
    vec![
        Policy::ALB,
        Policy::RFC5280,
        #[cfg(feature = "webpki")]
        Policy::STRICT,
    ]
}

/// Everything that can be had of a chain, counted; gives the status.
#[track_caller]
fn verify_and_explain(
    policy: Policy,
    cas: &[&Certificate],
    presented: &[CertificateDer<'_>],
) -> VerifyStatus {
    let mut store: TrustStore<'_> = TrustStore::new(policy, algorithms());
    for ca in cas {
        store.add_ca(ca.to_certificate_der()).expect("a CA");
    }
    let store = store.with_clock(|| Some(now()));
    let mut status = VerifyStatus::Success;
    let verifying = measure(|| status = store.verify(presented));
    assert_eq!(verifying.count_total, 0, "verify: {status}");
    let verifying = measure(|| status = store.verify_at(presented, now()));
    assert_eq!(verifying.count_total, 0, "verify_at: {status}");
    let explaining = measure(|| write_all(&store, presented));
    assert_eq!(explaining.count_total, 0, "explain: {status}");
    let authenticating = measure(|| {
        let client = store.authenticate(presented, now());
        assert_eq!(client.is_ok(), status.is_success());
    });
    assert_eq!(authenticating.count_total, 0, "authenticate: {status}");
    let store = store.with_clock(|| None);
    let without_time = measure(|| status_without_time(&store, presented));
    assert_eq!(without_time.count_total, 0, "verify without a clock");
    let memo = SignatureMemo::<64>::new();
    let store = store.with_signature_memo(&memo);
    for _ in 0..2 {
        let mut remembering = VerifyStatus::Success;
        let verifying = measure(|| remembering = store.verify_at(presented, now()));
        assert_eq!(verifying.count_total, 0, "verify_at with a memo: {status}");
        assert_eq!(remembering, status);
    }
    status
}

fn status_without_time(store: &TrustStore<'_>, presented: &[CertificateDer<'_>]) {
    let status = store.verify(presented);
    assert_eq!(
        status.failure(),
        Some(FailureReason::UnmappedConnectionError)
    );
}

/// Writes all that an explanation says to nowhere.
fn write_all(store: &TrustStore<'_>, presented: &[CertificateDer<'_>]) {
    let explanation = store.explain(presented, now());
    write(format_args!("{explanation} {explanation:?}"));
    write(format_args!(
        "{} {:?}",
        explanation.status(),
        explanation.check()
    ));
    write(format_args!("{:?}", explanation.failed_at()));
    write(format_args!("{:?}", explanation.certificate_error()));
    write(format_args!("{:?}", explanation.missing_issuer()));
    for step in explanation.path() {
        let certificate = step.certificate;
        write(format_args!("{} {}", step.position, certificate.subject()));
        write(format_args!(
            "{} {}",
            certificate.issuer(),
            certificate.serial()
        ));
        write(format_args!("{}", certificate.validity()));
        write(format_args!("{}", certificate.key_type()));
    }
    if let Some(client) = explanation.client() {
        write(format_args!(
            "{} {:#}",
            client.sha256(),
            client.spki_sha256()
        ));
        client
            .dns_names()
            .for_each(|name| write(format_args!("{name}")));
        client.uris().for_each(|name| write(format_args!("{name}")));
        client
            .email_addresses()
            .for_each(|name| write(format_args!("{name}")));
        client
            .ip_addresses()
            .for_each(|name| write(format_args!("{name}")));
        write(format_args!("{:?}", client.spiffe_id()));
    }
}

fn write(arguments: fmt::Arguments<'_>) {
    struct Nowhere;

    impl Write for Nowhere {
        fn write_str(&mut self, _: &str) -> fmt::Result {
            Ok(())
        }
    }

    Nowhere.write_fmt(arguments).expect("nowhere takes all");
}

fn with_all_names(leaf: CertificateBuilder) -> CertificateBuilder {
    let subject = Name::new()
        .country("JP")
        .organization("Example, \"Inc\"")
        .common_name("J\u{f6}rg");
    leaf.subject(subject).subject_alt_name([
        GeneralName::dns("client.example.com"),
        GeneralName::email("client@example.com"),
        GeneralName::uri("spiffe://example.com/client"),
        GeneralName::ip([10, 1, 2, 3]),
    ])
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}

/// AWS-LC, whose allocations are not counted.
fn algorithms() -> AlgorithmSet {
    static VERIFIERS: [Verifier; 2] = [
        Verifier::new(
            KeyKind::Rsa,
            SignatureAlgorithm::RsaPkcs1Sha256,
            &Uncounted(webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256),
        ),
        Verifier::new(
            KeyKind::Ec(EcCurve::P256),
            SignatureAlgorithm::EcdsaSha256,
            &Uncounted(webpki::aws_lc_rs::ECDSA_P256_SHA256),
        ),
    ];

    fn sha256(data: &[u8]) -> [u8; 32] {
        let mut digest = [0; 32];
        opt_out(|| {
            let of_data = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data);
            digest.copy_from_slice(of_data.as_ref());
        });
        digest
    }

    AlgorithmSet::new(&VERIFIERS, sha256)
}

#[derive(Debug)]
struct Uncounted(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for Uncounted {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let mut verified = Err(InvalidSignature);
        opt_out(|| verified = self.0.verify_signature(public_key, message, signature));
        verified
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}
