//! That the client holds its key, for every kind of certificate that may pass.

use std::sync::Arc;

use portcullis::FailureReason::UnmappedConnectionError;
use portcullis::rustls::{ClientAuth, HandshakeEnd, MissingCertificate};
use portcullis::{Policy, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, Extension, Key, NOW, Pki, ns_cert_type,
};
use rustls::server::danger::ClientCertVerifier as _;

use crate::handshake::{BOTH, at, clients, identity, provider, shake_hands, store, verdict};

#[test]
fn a_client_with_the_key_of_another_certificate_is_no_success() {
    let pki = Pki::new(1);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let thief = identity(pki.chain(), Key::p256(5));
        let (verdict, client) = verdict(&clients, Some(thief), version);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(UnmappedConnectionError)
        );
        assert!(verdict.leaf().is_some(), "whom it pretended to be");
        assert!(verdict.explain().is_none(), "the store had no objection");
        assert!(client.is_err());
    }
}

#[test]
fn the_same_through_the_verifier_of_all_connections() {
    let pki = Pki::new(1);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let thief = identity(pki.chain(), Key::p256(5));
        let (server, client) = shake_hands(clients.verifier(), Some(thief), version);
        assert!(server.is_err());
        assert!(client.is_err());
    }
}

#[test]
fn every_kind_of_key_can_prove_itself() {
    for key in [
        Key::rsa2048(0),
        Key::rsa4096(),
        Key::p256(0),
        Key::p384(0),
        Key::p521(0),
        Key::ed25519(0),
    ] {
        let root = Certificate::ca("Root", Key::p256(1));
        let leaf = Certificate::leaf("Client", key, &root);
        for version in BOTH {
            let clients = clients(Policy::RFC5280, &[&root]);
            let me = identity(vec![leaf.to_certificate_der()], key);
            let (verdict, client) = verdict(&clients, Some(me), version);
            assert_eq!(
                verdict.status(),
                VerifyStatus::Success,
                "{key:?} {version:?}"
            );
            assert!(client.is_ok());
        }
    }
}

/// Whatever a caller takes for the end of a handshake.
#[test]
fn a_certificate_without_proof_is_no_success() {
    let pki = Pki::new(1);
    let clients = clients(Policy::ALB, &[pki.root()]);
    let verifier = clients.connection();
    let (leaf, intermediates) = (pki.leaf().to_certificate_der(), pki.chain().split_off(1));
    let now = at(NOW);
    let said = verifier.verify_client_cert(&leaf, &intermediates, now);
    assert!(said.is_ok());
    let status = verifier.conclude(HandshakeEnd::Completed).status();
    assert_eq!(status, VerifyStatus::Failed(UnmappedConnectionError));
}

/// A `ServerConfig` is usually for all, and one with such a verifier must not be.
#[test]
fn a_second_client_is_not_taken_for_the_first() {
    let pki = Pki::new(1);
    for version in BOTH {
        let clients = ClientAuth::new(store(Policy::ALB, &[pki.root()]), &provider())
            .with_missing_certificate(MissingCertificate::Allow);
        let clients = Arc::new(clients);
        let verifier = clients.connection();
        let me = || Some(identity(pki.chain(), pki.leaf().key()));
        let (first, _) = shake_hands(verifier.clone(), me(), version);
        assert!(first.is_ok());
        let (nobody, _) = shake_hands(verifier.clone(), None, version);
        assert!(nobody.is_err());
        let verdict = verifier.conclude(&nobody);
        assert_eq!(
            verdict.status(),
            VerifyStatus::Failed(UnmappedConnectionError)
        );
        assert!(verdict.leaf().is_none());

        let verifier = clients.connection();
        let (first, _) = shake_hands(verifier.clone(), me(), version);
        assert_eq!(verifier.conclude(&first).status(), VerifyStatus::Success);
        let again = verifier.conclude(&first).status();
        assert_eq!(again, VerifyStatus::Failed(UnmappedConnectionError));
    }
}

/// rustls-webpki reads neither, and rustls's own functions would fail with it.
#[test]
fn certificates_that_webpki_does_not_read_can_prove_themselves() {
    for extension in [
        Extension::certificate_policies(&["1.3.6.1.4.1.99999.1"]).critical(true),
        Extension::ns_cert_type(ns_cert_type::SSL_CLIENT).critical(true),
    ] {
        let root = Certificate::ca("Root", Key::p256(1));
        let leaf = CertificateBuilder::leaf("Client", Key::p256(0))
            .push(extension)
            .issued_by(&root);
        let der = leaf.to_certificate_der();
        assert!(webpki::EndEntityCert::try_from(&der).is_err());
        for version in BOTH {
            let clients = clients(Policy::ALB, &[&root]);
            let me = identity(vec![der.clone()], leaf.key());
            let (verdict, _) = verdict(&clients, Some(me), version);
            assert_eq!(verdict.status(), VerifyStatus::Success);
            let thief = identity(vec![der.clone()], Key::p256(5));
            let (verdict, _) = crate::handshake::verdict(&clients, Some(thief), version);
            assert_eq!(
                verdict.status(),
                VerifyStatus::Failed(UnmappedConnectionError)
            );
        }
    }
}

#[test]
fn passthrough_takes_any_certificate_but_not_without_its_key() {
    let pki = Pki::new(1);
    let verifier = || portcullis::rustls::passthrough(&provider());
    for version in BOTH {
        let stranger = identity(pki.chain(), pki.leaf().key());
        let (server, _) = shake_hands(verifier(), Some(stranger), version);
        let server = server.expect("anybody may");
        assert_eq!(server.peer_certificates(), Some(&pki.chain()[..]));
        let (server, _) = shake_hands(verifier(), None, version);
        assert!(server.is_ok());
        let thief = identity(pki.chain(), Key::p256(5));
        let (server, _) = shake_hands(verifier(), Some(thief), version);
        assert!(server.is_err());
    }
}
