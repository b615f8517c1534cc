//! What a client that is refused is told, and what the log of the simple verifier gets.

use core::error::Error as StdError;
use core::fmt;
use std::io;
use std::sync::Arc;

use portcullis::rustls::{ClientAuth, Rejection};
use portcullis::{Crl, FailureReason, MissingCrl, Policy, VerifyStatus};
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, Key, NOW, Pki, SignatureScheme, oid,
};
use rustls::{AlertDescription, Error};

use crate::handshake::{BOTH, clients, identity, provider, shake_hands, store, verdict};

/// RFC 8446 6.2, by the words there.
#[test]
fn each_reason_has_the_alert_that_fits() {
    let root = Certificate::ca("Root", Key::p256(1));
    let leaf = |change: &dyn Fn(CertificateBuilder) -> CertificateBuilder| {
        change(CertificateBuilder::leaf("Client", Key::p256(0))).issued_by(&root)
    };
    let good = leaf(&|leaf| leaf);
    let revoked = CrlBuilder::new().revoke(good.serial()).issued_by(&root);
    let mut revoking = store(Policy::ALB, &[&root]);
    let list = Crl::from_der(revoked.der().to_vec()).expect("it reads");
    let _ = revoking.add_crl(list).expect("there is room");
    let wants_list = store(Policy::ALB.with_missing_crl(MissingCrl::Deny), &[&root]);
    let trusting = || store(Policy::ALB, &[&root]);
    let strangers = store(Policy::ALB, &[&Certificate::ca("Other", Key::p256(2))]);
    use AlertDescription as Alert;
    for (store, leaf, alert) in [
        (
            trusting(),
            leaf(&|leaf| leaf.trailing([0])),
            Alert::BadCertificate,
        ),
        (
            trusting(),
            leaf(&|leaf| leaf.extended_key_usage(&[oid::SERVER_AUTH])),
            Alert::UnsupportedCertificate,
        ),
        (
            trusting(),
            leaf(&|leaf| leaf.scheme(SignatureScheme::EcdsaSha224)),
            Alert::UnsupportedCertificate,
        ),
        (revoking, good.clone(), Alert::CertificateRevoked),
        (
            trusting(),
            leaf(&|leaf| leaf.not_after(NOW - 1)),
            Alert::CertificateExpired,
        ),
        (
            trusting(),
            leaf(&|leaf| leaf.not_before(NOW + 1)),
            Alert::CertificateExpired,
        ),
        (strangers, good.clone(), Alert::UnknownCA),
        (wants_list, good.clone(), Alert::UnknownCA),
    ] {
        let clients = Arc::new(ClientAuth::new(store, &provider()));
        for version in BOTH {
            let me = identity(vec![leaf.to_certificate_der()], leaf.key());
            let (verdict, client) = verdict(&clients, Some(me), version);
            let status = verdict.status();
            assert_eq!(client.err(), Some(Error::AlertReceived(alert)), "{status}");
        }
    }
}

#[test]
fn too_many_certificates_are_certificate_unknown_and_none_is_certificate_required() {
    let pki = Pki::new(4);
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        for (me, alert) in [
            (
                Some(identity(pki.chain(), pki.leaf().key())),
                AlertDescription::CertificateUnknown,
            ),
            (None, AlertDescription::CertificateRequired),
        ] {
            let (_, client) = verdict(&clients, me, version);
            assert_eq!(client.err(), Some(Error::AlertReceived(alert)));
        }
    }
}

#[test]
fn the_error_of_the_verifier_of_all_connections_holds_status_and_leaf() {
    let pki = Pki::builder().leaf(|leaf| leaf.not_after(NOW - 1)).build();
    for version in BOTH {
        let clients = clients(Policy::ALB, &[pki.root()]);
        let me = identity(pki.chain(), pki.leaf().key());
        let (server, client) = shake_hands(clients.verifier(), Some(me), version);
        let error = server.expect_err("it is expired");
        let inside = io::Error::new(io::ErrorKind::InvalidData, error.clone());
        for error in [
            &error as &(dyn StdError + 'static),
            &inside,
            &Outer(inside_again(&error)),
        ] {
            let rejection = Rejection::find(error).expect("it is in there");
            let expired = VerifyStatus::Failed(FailureReason::ClientCertExpired);
            assert_eq!(rejection.status(), expired);
            assert_eq!(rejection.to_string(), "Failed:ClientCertExpired");
            assert_eq!(*rejection.leaf(), pki.leaf().to_certificate_der());
            assert_eq!(
                format!("{rejection:?}"),
                "Rejection(Failed:ClientCertExpired)"
            );
        }
        // The certificate is as long as the client likes, and a log line must not be.
        assert!(error.to_string().len() < 200, "{error}");
        let told = Error::AlertReceived(AlertDescription::CertificateUnknown);
        assert_eq!(client.err(), Some(told));
    }
    assert!(Rejection::find(&Error::DecryptError).is_none());
    assert!(Rejection::find(&io::Error::other("another")).is_none());
}

fn inside_again(error: &Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.clone())
}

#[test]
fn an_error_that_is_its_own_source_is_searched_for_a_while_only() {
    assert!(Rejection::find(&Circle).is_none());
}

#[derive(Debug)]
struct Circle;

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("again")
    }
}

impl StdError for Circle {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self)
    }
}

/// An error of a server's, with another as its source.
#[derive(Debug)]
struct Outer(io::Error);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the handshake failed")
    }
}

impl StdError for Outer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}
