//! Every status that a handshake can cause, caused by one.

use std::sync::Arc;

use portcullis::FailureReason::*;
use portcullis::rustls::{CaNames, ClientAuth, MissingCertificate};
use portcullis::{
    ClientCertificate, Crl, FailureReason, MissingCrl, Policy, TrustStore, VerifyStatus, signature,
};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, DAY, Key, NOW, Pki, SignatureScheme, chain, oid,
};
use rustls::ProtocolVersion;

use crate::handshake::{BOTH, client, clients, identity, provider, shake_hands, store, verdict};

/// A leaf with one thing changed, under a CA that is trusted.
#[track_caller]
fn expect_of_leaf(
    change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    key: Key,
    expected: FailureReason,
) {
    let root = Certificate::ca("Root", Key::p256(1));
    let leaf = change(CertificateBuilder::leaf("Client", key)).issued_by(&root);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[&root]);
        let presented = vec![leaf.to_certificate_der()];
        let (verdict, client) = verdict(&clients, Some(identity(presented, key)), version);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(expected),
            "{version:?}"
        );
        assert_eq!(verdict.presented(), [leaf.to_certificate_der()]);
        let explanation = verdict.explain().expect("the store decided");
        assert_eq!(explanation.status(), verdict.status());
        assert!(client.is_err(), "the client is told");
    }
}

#[test]
fn a_good_client_is_a_success_once_the_handshake_is_complete() {
    let pki = Pki::new(1);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let me = identity(pki.chain(), pki.leaf().key());
        let (verdict, client) = verdict(&clients, Some(me), version);
        assert_eq!(verdict.status(), VerifyStatus::Success);
        assert_eq!(verdict.presented(), pki.chain());
        assert!(verdict.store().is_none(), "nobody has to keep it");
        let leaf = verdict.leaf().expect("it was presented");
        assert_eq!(leaf.subject().to_string(), "CN=Client");
        let client = client.expect("it got through");
        assert_eq!(client.protocol_version(), Some(version.version));
    }
}

#[test]
fn a_client_without_certificate_is_unmapped_and_refused() {
    let pki = Pki::new(0);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let (verdict, client) = verdict(&clients, None, version);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(UnmappedConnectionError)
        );
        assert!(verdict.leaf().is_none());
        assert!(verdict.explain().is_none());
        assert!(client.is_err());
    }
}

#[test]
fn a_client_without_certificate_may_be_let_in_but_is_nobody() {
    let pki = Pki::new(0);
    for version in BOTH {
        let clients = ClientAuth::new(store(Policy::ALB, &[pki.root()]), &provider())
            .with_missing_certificate(MissingCertificate::Allow);
        let (verdict, client) = verdict(&Arc::new(clients), None, version);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(UnmappedConnectionError)
        );
        assert!(client.is_ok());
    }
}

#[test]
fn a_client_of_a_stranger_is_untrusted() {
    let (ours, theirs) = (Pki::new(1), Pki::builder().keys(Key::p384).build());
    for version in BOTH {
        let clients = clients(Policy::ALB, &[ours.root()]);
        let me = identity(theirs.chain(), theirs.leaf().key());
        let (verdict, client) = verdict(&clients, Some(me), version);
        assert_eq!(verdict.status(), VerifyStatus::Failed(ClientCertUntrusted));
        assert_eq!(
            verdict.leaf().map(|leaf| leaf.subject().to_string()),
            Some("CN=Client".to_owned())
        );
        assert!(client.is_err());
    }
}

#[test]
fn statuses_of_validity() {
    expect_of_leaf(
        |leaf| leaf.not_after(NOW - 1),
        Key::p256(0),
        ClientCertExpired,
    );
    expect_of_leaf(
        |leaf| leaf.not_before(NOW + DAY),
        Key::p256(0),
        ClientCertNotYetValid,
    );
}

#[test]
fn statuses_of_what_the_certificate_is() {
    expect_of_leaf(
        |leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH]),
        Key::p256(0),
        ClientCertPurposeInvalid,
    );
    expect_of_leaf(|leaf| leaf, Key::ed25519(0), ClientCertTypeUnsupported);
    expect_of_leaf(
        |leaf| leaf.scheme(SignatureScheme::EcdsaSha224),
        Key::p256(0),
        ClientCertIncompatible,
    );
    expect_of_leaf(|leaf| leaf.v1(), Key::p256(0), ClientCertInvalid);
    expect_of_leaf(|leaf| leaf.trailing([0]), Key::p256(0), ClientCertInvalid);
}

#[test]
fn more_certificates_than_four_are_too_many() {
    let pki = Pki::new(4);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let me = identity(pki.chain(), pki.leaf().key());
        let (verdict, client) = verdict(&clients, Some(me), version);
        let status = VerifyStatus::Failed(ClientCertMaxChainDepthExceeded);
        assert_eq!(verdict.status(), status);
        assert_eq!(verdict.presented().len(), 5);
        assert!(client.is_err());
    }
}

#[test]
fn a_message_over_64_kib_is_too_large() {
    let root = Certificate::ca("Root", Key::p256(1));
    let leaf = Certificate::leaf("Client", Key::p256(0), &root);
    let large = CertificateBuilder::ca("Large", Key::p256(2))
        .size(33_000)
        .self_signed();
    for version in BOTH {
        let clients = clients(Policy::ALB, &[&root]);
        let me = identity(chain([&leaf, &large, &large]), leaf.key());
        let (verdict, _) = verdict(&clients, Some(me), version);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(ClientCertMaxSizeExceeded)
        );
        assert!(verdict.leaf().is_none(), "rustls did not read so far");
    }
}

/// rustls counts the records as well, and has no room for a message that is just below 64 KiB.
#[test]
fn a_message_just_below_64_kib_is_too_large_too() {
    let root = Certificate::ca("Root", Key::p256(1));
    let leaf = Certificate::leaf("Client", Key::p256(0), &root);
    let room = 65_500 - leaf.der().len();
    let half = |size| {
        CertificateBuilder::ca("Large", Key::p256(2))
            .size(size)
            .self_signed()
    };
    let (one, other) = (half(room / 2), half(room - room / 2));
    let clients = clients(Policy::ALB, &[&root]);
    let verifier = clients.connection();
    let config = Arc::new(crate::handshake::server(verifier.clone()));
    let mut server = rustls::ServerConnection::new(config).expect("a server");
    let me = identity(chain([&leaf, &one, &other]), leaf.key());
    let config = Arc::new(client(Some(me), &rustls::version::TLS13));
    let name = "localhost".try_into().expect("a name");
    let mut client = rustls::ClientConnection::new(config, name).expect("a client");
    let mut end = Ok(());
    for _ in 0..4 {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).expect("a Vec takes all");
        }
        let mut wire = wire.as_slice();
        while !wire.is_empty() && end.is_ok() {
            end = server.read_tls(&mut wire).and_then(|_| {
                let processed = server.process_new_packets();
                processed.map(|_| ()).map_err(std::io::Error::other)
            });
        }
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).expect("a Vec takes all");
        }
        let mut wire = wire.as_slice();
        while !wire.is_empty() {
            client.read_tls(&mut wire).expect("a slice gives all");
            client.process_new_packets().expect("the server is good");
        }
    }
    assert!(end.is_err());
    let status = verifier.conclude(&end).status();
    assert_eq!(status, VerifyStatus::Failed(ClientCertMaxSizeExceeded));
}

#[test]
fn a_client_hello_that_is_too_large_is_not_a_certificate() {
    let pki = Pki::new(0);
    let clients = clients(Policy::ALB, &[pki.root()]);
    let verifier = clients.connection();
    let config = Arc::new(crate::handshake::server(verifier.clone()));
    let mut server = rustls::ServerConnection::new(config).expect("a server");
    // A record with the beginning of a ClientHello of 0x020000 octets (RFC 8446 4 and 5.1).
    let mut wire = &[0x16, 3, 1, 0, 4, 1, 2, 0, 0][..];
    server.read_tls(&mut wire).expect("a slice gives all");
    let end = server.process_new_packets();
    let too_large = rustls::InvalidMessage::HandshakePayloadTooLarge;
    assert_eq!(end.as_ref().err(), Some(&too_large.into()));
    let status = verifier.conclude(&end).status();
    assert_eq!(status, VerifyStatus::Failed(UnmappedConnectionError));
}

#[test]
fn statuses_of_revocation() {
    let pki = Pki::new(1);
    let revoked = CrlBuilder::new()
        .revoke(pki.leaf().serial())
        .issued_by(pki.issuer());
    let mut with_list = store(Policy::ALB, &[pki.root(), pki.issuer()]);
    let list = Crl::from_der(revoked.der().to_vec()).expect("it reads");
    let added = with_list.add_crl(list).expect("there is room");
    assert_eq!(added, portcullis::CrlAdded::Usable);
    let without = store(
        Policy::ALB.with_missing_crl(MissingCrl::Deny),
        &[pki.root()],
    );
    for (store, expected) in [
        (with_list, ClientCertCrlHit),
        (without, ClientCertCrlProcessingError),
    ] {
        let clients = Arc::new(ClientAuth::new(store, &provider()));
        for version in BOTH {
            let me = identity(pki.chain(), pki.leaf().key());
            let (verdict, client) = verdict(&clients, Some(me), version);
            assert_eq!(verdict.status(), VerifyStatus::Failed(expected));
            assert!(client.is_err());
        }
    }
}

#[test]
fn the_application_may_reject() {
    let pki = Pki::new(0);
    let mut store = TrustStore::new(Policy::ALB, signature::AWS_LC_RS)
        .with_application_check(&|_: &ClientCertificate<'_>| false);
    store.add_ca(pki.anchor()).expect("a CA");
    let clients = Arc::new(ClientAuth::new(store, &provider()));
    for version in BOTH {
        let me = identity(pki.chain(), pki.leaf().key());
        let (verdict, _) = verdict(&clients, Some(me), version);
        assert_eq!(verdict.status(), VerifyStatus::Failed(ClientCertRejected));
    }
}

#[test]
fn one_verifier_is_for_one_handshake() {
    let pki = Pki::new(0);
    let clients = clients(Policy::ALB, &[pki.root()]);
    let verifier = clients.connection();
    let me = || Some(identity(pki.chain(), pki.leaf().key()));
    let (first, _) = shake_hands(verifier.clone(), me(), &rustls::version::TLS13);
    assert!(first.is_ok());
    let (second, _) = shake_hands(verifier.clone(), me(), &rustls::version::TLS13);
    assert!(second.is_err());
}

#[test]
fn no_session_is_resumed() {
    let pki = Pki::new(0);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let config = Arc::new(client(
            Some(identity(pki.chain(), pki.leaf().key())),
            version,
        ));
        for _ in 0..2 {
            let server = crate::handshake::server(clients.verifier());
            let server = rustls::ServerConnection::new(Arc::new(server)).expect("a server");
            let name = "localhost".try_into().expect("a name");
            let client = rustls::ClientConnection::new(config.clone(), name).expect("a client");
            let (server, client) = crate::handshake::drive(server, client);
            for kind in [
                server.expect("it got through").handshake_kind(),
                client.expect("it got through").handshake_kind(),
            ] {
                assert_ne!(kind, Some(rustls::HandshakeKind::Resumed));
            }
        }
    }
    assert_eq!(BOTH[0].version, ProtocolVersion::TLSv1_2);
}

#[test]
fn names_of_cas_are_sent_only_if_wanted_and_each_once() {
    let old = Certificate::ca("Root", Key::p256(0));
    let renewed = Certificate::ca("Root", Key::p256(1));
    let other = Certificate::ca("Other", Key::p256(2));
    let auth = || ClientAuth::new(store(Policy::ALB, &[&old, &renewed, &other]), &provider());
    assert!(Arc::new(auth()).verifier().root_hint_subjects().is_empty());
    let advertised = Arc::new(auth().with_ca_names(CaNames::Advertise));
    let connection = advertised.connection();
    for verifier in [advertised.verifier(), advertised.connection()] {
        let names: Vec<_> = verifier
            .root_hint_subjects()
            .iter()
            .map(|name| name.as_ref().to_vec())
            .collect();
        assert_eq!(names, [old.subject().to_der(), other.subject().to_der()]);
    }
    // Another store: the connection that has begun keeps its names.
    advertised.replace(store(Policy::ALB, &[&other]));
    let connection: Arc<dyn rustls::server::danger::ClientCertVerifier> = connection;
    assert_eq!(connection.root_hint_subjects().len(), 2);
    let later: Arc<dyn rustls::server::danger::ClientCertVerifier> = advertised.connection();
    assert_eq!(later.root_hint_subjects().len(), 1);
}

#[test]
fn a_name_that_is_too_long_leaves_room_for_the_others() {
    let long = Certificate::ca("x".repeat(10_000).as_str(), Key::p256(0));
    let other = Certificate::ca("Other", Key::p256(1));
    let policy = Policy::ALB.with_max_ca_size(64 * 1024);
    let auth = ClientAuth::new(store(policy, &[&long, &other]), &provider());
    let verifier = Arc::new(auth.with_ca_names(CaNames::Advertise)).verifier();
    let names: Vec<_> = verifier
        .root_hint_subjects()
        .iter()
        .map(|name| name.as_ref().to_vec())
        .collect();
    assert_eq!(names, [other.subject().to_der()]);
}
