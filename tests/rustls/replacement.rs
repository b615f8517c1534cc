//! A store that is replaced while the server serves.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;

use portcullis::FailureReason::{ClientCertCrlHit, ClientCertUntrusted};
use portcullis::rustls::ClientAuth;
use portcullis::{Crl, Policy, VerifyStatus};
use portcullis_fixtures::{CrlBuilder, Key, Pki};
use rustls::version::TLS13;

use crate::handshake::{clients, identity, provider, shake_hands, store, verdict};

#[test]
fn what_is_verified_after_the_replacement_is_judged_by_the_new_store() {
    let (ours, theirs) = (Pki::new(1), Pki::builder().keys(Key::p384).build());
    let clients = clients(Policy::ALB, &[ours.root()]);
    let us = || Some(identity(ours.chain(), ours.leaf().key()));
    // It began with the old store.
    let begun = clients.connection();
    assert_eq!(
        verdict(&clients, us(), &TLS13).0.status(),
        VerifyStatus::Success
    );

    let old = clients.replace(store(Policy::ALB, &[theirs.root()]));
    assert_eq!(old.cas().len(), 1);
    let untrusted = VerifyStatus::Failed(ClientCertUntrusted);
    assert_eq!(verdict(&clients, us(), &TLS13).0.status(), untrusted);
    let (server, _) = shake_hands(begun.clone(), us(), &TLS13);
    assert_eq!(begun.conclude(&server).status(), untrusted);
}

#[test]
fn an_explanation_is_that_of_the_store_that_decided() {
    let (ours, theirs) = (Pki::new(1), Pki::builder().keys(Key::p384).build());
    let clients = clients(Policy::ALB, &[ours.root()]);
    let them = Some(identity(theirs.chain(), theirs.leaf().key()));
    let (verdict, _) = verdict(&clients, them, &TLS13);
    clients.replace(store(Policy::ALB, &[theirs.root()]));
    let explanation = verdict.explain().expect("the store decided");
    assert_eq!(
        explanation.status(),
        VerifyStatus::Failed(ClientCertUntrusted)
    );
}

#[test]
fn two_may_replace_while_others_shake_hands() {
    let pki = Pki::new(1);
    let revoked = CrlBuilder::new()
        .revoke(pki.leaf().serial())
        .issued_by(pki.issuer());
    let good = || store(Policy::ALB, &[pki.root(), pki.issuer()]);
    let revoking = || {
        let mut store = good();
        let list = Crl::from_der(revoked.der().to_vec()).expect("it reads");
        let _ = store.add_crl(list).expect("there is room");
        store
    };
    let clients = Arc::new(ClientAuth::new(good(), &provider()));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for replacing in [&good as &(dyn Fn() -> _ + Sync), &revoking] {
            let (clients, stop) = (&clients, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    clients.replace(replacing());
                }
            });
        }
        for _ in 0..50 {
            let me = identity(pki.chain(), pki.leaf().key());
            let status = verdict(&clients, Some(me), &TLS13).0.status();
            let hit = VerifyStatus::Failed(ClientCertCrlHit);
            assert!([VerifyStatus::Success, hit].contains(&status), "{status}");
        }
        stop.store(true, Ordering::Relaxed);
    });
    clients.replace(revoking());
    let me = identity(pki.chain(), pki.leaf().key());
    let status = verdict(&clients, Some(me), &TLS13).0.status();
    assert_eq!(status, VerifyStatus::Failed(ClientCertCrlHit));
}
