//! Every status that a handshake can cause, caused by one, with what the log says of it and what
//! the client sees.

use std::io::ErrorKind;

use portcullis::FailureReason::*;
use portcullis::{ConnectionLogEntry, FailureReason, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, DAY, Key, NOW, Pki, SignatureScheme, chain, oid,
};
use rustls::{AlertDescription as Alert, Error};

use crate::client::{BOTH, Client, tls_error};
use crate::server::{Server, Setup};

/// A client that may not pass.
struct Case {
    reason: FailureReason,
    /// None where the end comes without one.
    alert: Option<Alert>,
    client: Client,
    /// Of the leaf, as the log has it: subject and serial number.
    leaf: Option<(&'static str, &'static str)>,
}

impl Case {
    fn new(reason: FailureReason, alert: Alert, client: Client) -> Self {
        Self {
            reason,
            alert: Some(alert),
            client,
            leaf: Some(("CN=Client,O=Tests", "03A5B1")),
        }
    }

    fn without_leaf(self) -> Self {
        Self { leaf: None, ..self }
    }
}

fn root() -> Certificate {
    Certificate::ca("Root", Key::p256(1))
}

/// A leaf with one thing changed, under a CA that is trusted.
fn leaf(key: Key, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Certificate {
    let name = portcullis_fixtures::Name::new()
        .organization("Tests")
        .common_name("Client");
    let leaf = CertificateBuilder::leaf(name, key).serial([3, 0xA5, 0xB1]);
    change(leaf).issued_by(&root())
}

fn changed(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Client {
    Client::alone(&leaf(Key::p256(0), change))
}

/// What a store of the root says, without any list. The alerts are those of RFC 8446 6.2.
fn without_lists() -> Vec<Case> {
    let good = leaf(Key::p256(0), |leaf| leaf);
    let ca = |number: usize| Certificate::ca(format!("CA {number}").as_str(), Key::p256(number));
    let large = CertificateBuilder::ca("Large", Key::p256(2)).size(33_000);
    let large = large.self_signed();
    let with = |others: &[&Certificate]| {
        let all = core::iter::once(&good).chain(others.iter().copied());
        Client::new(chain(all), good.key())
    };
    let strangers = CertificateBuilder::leaf("Client", Key::p256(0)).serial([0, 0xFE, 1]);
    let strangers = strangers.issued_by(&Certificate::ca("Other", Key::p256(3)));
    vec![
        Case::new(
            ClientCertMaxChainDepthExceeded,
            Alert::CertificateUnknown,
            with(&[&ca(2), &ca(3), &ca(4), &ca(5)]),
        ),
        // rustls refuses the message before it has all of it, and has no alert for that.
        Case {
            reason: ClientCertMaxSizeExceeded,
            alert: None,
            client: with(&[&large, &large]),
            leaf: None,
        },
        Case {
            leaf: Some(("CN=Client", "FE01")),
            ..Case::new(
                ClientCertUntrusted,
                Alert::UnknownCA,
                Client::alone(&strangers),
            )
        },
        Case::new(
            ClientCertNotYetValid,
            Alert::CertificateExpired,
            changed(|leaf| leaf.not_before(NOW + 1)),
        ),
        Case::new(
            ClientCertExpired,
            Alert::CertificateExpired,
            changed(|leaf| leaf.not_after(NOW - 1)),
        ),
        Case::new(
            ClientCertTypeUnsupported,
            Alert::UnsupportedCertificate,
            Client::alone(&leaf(Key::ed25519(0), |leaf| leaf)),
        ),
        Case::new(
            ClientCertInvalid,
            Alert::BadCertificate,
            changed(|leaf| leaf.trailing([0])),
        )
        .without_leaf(),
        Case::new(
            ClientCertPurposeInvalid,
            Alert::UnsupportedCertificate,
            changed(|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
        ),
        Case::new(
            ClientCertIncompatible,
            Alert::UnsupportedCertificate,
            changed(|leaf| leaf.scheme(SignatureScheme::EcdsaSha224)),
        ),
        Case::new(
            UnmappedConnectionError,
            Alert::CertificateRequired,
            Client::nobody(),
        )
        .without_leaf(),
        // It can't prove that the certificate is its own.
        Case::new(
            UnmappedConnectionError,
            Alert::DecryptError,
            Client::new(chain([&good]), Key::p256(5)),
        ),
    ]
}

fn revoked() -> Case {
    Case::new(
        ClientCertCrlHit,
        Alert::CertificateRevoked,
        changed(|leaf| leaf),
    )
}

fn without_usable_list() -> Case {
    Case::new(
        ClientCertCrlProcessingError,
        Alert::UnknownCA,
        changed(|leaf| leaf),
    )
}

fn crl() -> CrlBuilder {
    CrlBuilder::new().revoke([3, 0xA5, 0xB1])
}

/// Refuses each client with each version of TLS, once by a reset and once by an alert.
fn refuse(cases: &[Case], setup: impl Fn() -> Setup) {
    for way in ["reset", "alert"] {
        let server = setup().with(["--on-failure", way]).start();
        let mut count = 0;
        for version in BOTH {
            for case in cases {
                let error = case.client.speaking(version).refusal(server.address);
                let alert = case.alert.map(Error::AlertReceived);
                match (way, &alert) {
                    ("reset", _) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
                    (_, None) => assert_eq!(error.kind(), ErrorKind::UnexpectedEof),
                    (_, Some(_)) => {
                        assert_eq!(tls_error(&error), alert.as_ref(), "{}", case.reason);
                    }
                }
                count += 1;
                let lines = server.connections(count);
                let line = lines.last().expect("there is one");
                check(line, case, &server, version.version);
            }
        }
        let stopped = server.stop();
        assert_eq!(stopped.code, Some(0));
        assert_eq!(stopped.accesses, [""; 0]);
        assert_eq!(stopped.connections.len(), count);
    }
}

fn check(line: &str, case: &Case, server: &Server, version: rustls::ProtocolVersion) {
    let entry = ConnectionLogEntry::parse(line).expect(line);
    assert_eq!(entry.status, Some(VerifyStatus::Failed(case.reason)));
    assert_eq!(entry.client_ip, server.address.ip());
    assert_eq!(entry.listener_port, server.address.port());
    let (protocol, cipher) = match version {
        rustls::ProtocolVersion::TLSv1_2 => ("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        _ => ("TLSv1.3", "TLS_AES_128_GCM_SHA256"),
    };
    assert_eq!(entry.tls_protocol, Some(protocol));
    assert_eq!(entry.tls_cipher, Some(cipher));
    assert_eq!(entry.tls_handshake_latency, None, "{line}");
    let leaf = entry.leaf.map(|leaf| {
        let validity = leaf.validity().expect("a leaf has one");
        assert!(validity.to_string().starts_with("NotBefore=202"), "{line}");
        (leaf.subject().to_string(), leaf.serial().to_string())
    });
    let expected = case
        .leaf
        .map(|(subject, serial)| (subject.to_owned(), serial.to_owned()));
    assert_eq!(leaf, expected, "{line}");
    assert!(entry.conn_trace_id.is_some());
    assert_eq!(entry.elb, Some("app/portcullis/0000000000000000"));
    assert_eq!(entry.ip_address, Some(server.address.ip()));
}

#[test]
fn what_a_store_of_a_root_refuses() {
    refuse(&without_lists(), || Setup::new([&root()]));
}

#[test]
fn a_client_on_the_list_is_refused() {
    refuse(&[revoked()], || {
        let list = crl().issued_by(&root());
        Setup::new([&root()]).with_file("--crl", "ca.crl", list.to_pem())
    });
}

#[test]
fn a_client_without_a_list_is_refused_if_there_has_to_be_one() {
    refuse(&[without_usable_list()], || {
        Setup::new([&root()]).with(["--missing-crl", "deny"])
    });
}

#[test]
fn a_list_that_nobody_has_signed_refuses_every_client_of_its_issuer() {
    let list = || crl().bad_signature().issued_by(&root());
    let setup = || Setup::new([&root()]).with_file("--crl", "ca.crl", list().der());
    refuse(&[without_usable_list()], setup);
    let server = setup().start();
    let line = server.line("this CRL can't be used, so no certificate of CN=Root passes: ");
    assert!(line.contains("ca.crl"), "{line}");
}

/// The words that no handshake with the program can cause: there is no application in it that
/// could say no.
const OUT_OF_REACH: [FailureReason; 1] = [ClientCertRejected];

#[test]
fn every_status_is_caused_but_that_of_an_application() {
    let cases = without_lists().into_iter();
    let cases = cases.chain([revoked(), without_usable_list()]);
    let caused: Vec<FailureReason> = cases.map(|case| case.reason).collect();
    for reason in FailureReason::ALL {
        let is_caused = caused.contains(&reason);
        assert_eq!(is_caused, !OUT_OF_REACH.contains(&reason), "{reason}");
    }
}

#[test]
fn a_client_that_passes_has_a_latency_and_its_certificate_in_the_log() {
    for (intermediates, version) in [(0, BOTH[0]), (1, BOTH[1])] {
        let pki = Pki::builder()
            .intermediates(intermediates)
            .leaf(|leaf| leaf.serial([0x7F]).not_before(NOW).not_after(NOW + DAY))
            .build();
        let server = Setup::new([pki.root()]).start();
        let mut connection = Client::of(&pki).speaking(version).connect(server.address);
        assert_eq!(connection.get("/").told(), (200, "Success"));
        let lines = server.connections(1);
        let entry = ConnectionLogEntry::parse(&lines[0]).expect("a line");
        assert_eq!(entry.status, Some(VerifyStatus::Success));
        assert_eq!(entry.client_port, connection.local_address().port());
        assert!(entry.tls_handshake_latency.is_some());
        let leaf = entry.leaf.expect("it was presented");
        assert_eq!(leaf.subject().to_string(), "CN=Client");
        assert_eq!(leaf.serial().to_string(), "7F");
        assert_eq!(
            leaf.validity().expect("it has one").to_string(),
            "NotBefore=2027-01-15T08:00:00Z;NotAfter=2027-01-16T08:00:00Z"
        );
        assert!(entry.tls_keyexchange.is_some());
        assert_eq!(entry.to_string(), lines[0]);
    }
}
