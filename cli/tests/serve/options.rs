//! What the command line changes.

use portcullis::pki_types::CertificateDer;
use portcullis::pki_types::pem::PemObject as _;
use portcullis::{AccessLogEntry, ConnectionLogEntry, VerifyStatus};
use portcullis_fixtures::{Certificate, Key, NOW, Pki};
use rustls::CipherSuite;
use sha2::{Digest as _, Sha256};

use crate::bad_input::{key_pem, server_certificate};
use crate::client::{BOTH, Client, TLS12, provider};
use crate::server::Setup;

#[test]
fn expiry_can_be_ignored() {
    let pki = Pki::builder().leaf(|leaf| leaf.not_after(NOW - 1)).build();
    let server = Setup::new([pki.root()]).with(["--ignore-expiry"]).start();
    assert_eq!(
        Client::of(&pki).connect(server.address).get("/").status,
        200
    );
    let line = server.connections(1).remove(0);
    let entry = ConnectionLogEntry::parse(&line).expect("a line");
    assert_eq!(entry.status, Some(VerifyStatus::Success));
}

#[test]
fn the_policy_of_rfc_5280_takes_ed25519() {
    let pki = Pki::builder().keys(Key::ed25519).build();
    for version in BOTH {
        let setup = Setup::new([pki.root()]).with(["--policy", "rfc5280"]);
        let server = setup.start();
        let client = Client::of(&pki).speaking(version);
        assert_eq!(client.connect(server.address).get("/").status, 200);
        let line = server.connections(1).remove(0);
        assert!(line.contains(" Success "), "{line}");
    }
}

#[test]
fn names_of_cas_are_told_if_they_are_to_be() {
    let pki = Pki::new(1);
    let other = Certificate::ca("Other", Key::p384(3));
    for version in BOTH {
        let client = Client::of(&pki).speaking(version);
        let silent = Setup::new([pki.root()]).start();
        assert_eq!(client.connect(silent.address).get("/").status, 200);
        assert_eq!(client.hints(), [[0; 0]; 0]);
        let setup = Setup::new([pki.root(), &other]).with(["--advertise-ca-names"]);
        let server = setup.start();
        assert_eq!(client.connect(server.address).get("/").status, 200);
        let names = [pki.root(), &other].map(|ca| ca.subject().to_der());
        assert_eq!(client.hints(), names);
    }
}

#[test]
fn the_name_of_the_load_balancer_is_in_both_logs_whatever_it_is() {
    let pki = Pki::new(0);
    for (name, logged) in [
        ("app/test/0123456789abcdef", "app/test/0123456789abcdef"),
        (
            "a b\" - \"\n2026 é",
            "a\\x20b\\x22\\x20-\\x20\\x22\\x0A2026\\x20\\xC3\\xA9",
        ),
    ] {
        let server = Setup::new([pki.root()]).with(["--elb", name]).start();
        assert_eq!(
            Client::of(&pki).connect(server.address).get("/").status,
            200
        );
        let line = server.connections(1).remove(0);
        let entry = ConnectionLogEntry::parse(&line).expect("a line");
        assert_eq!(entry.elb, Some(logged));
        assert_eq!(entry.ip_address, Some(server.address.ip()));
        let line = server.accesses(1).remove(0);
        let entry = AccessLogEntry::parse(&line).expect("a line");
        assert_eq!(entry.elb, logged);
    }
}

#[test]
fn the_servers_own_certificate_is_the_one_given() {
    let pki = Pki::new(0);
    for (key, cipher) in [
        (Key::p256(7), "ECDHE-ECDSA-AES128-GCM-SHA256"),
        (Key::p384(1), "ECDHE-ECDSA-AES128-GCM-SHA256"),
        (Key::rsa2048(1), "ECDHE-RSA-AES128-GCM-SHA256"),
    ] {
        let issuer = Certificate::ca("Server CA", Key::p256(6));
        let chain = server_certificate(key) + &issuer.to_pem();
        let server = Setup::new([pki.root()])
            .with_file("--cert", "server.crt", &chain)
            .with_file("--key", "server.key", key_pem(key))
            .start();
        for version in BOTH {
            let client = Client::of(&pki).speaking(version);
            let mut connection = client.connect(server.address);
            assert_eq!(connection.get("/").status, 200);
            let presented = connection.tls.conn.peer_certificates();
            let expected = CertificateDer::pem_slice_iter(chain.as_bytes());
            let expected: Vec<_> = expected.map(|der| der.expect("PEM")).collect();
            assert_eq!(presented, Some(&expected[..]));
        }
        let line = server.connections(2).remove(0);
        let entry = ConnectionLogEntry::parse(&line).expect("a line");
        assert_eq!(entry.tls_cipher, Some(cipher));
        let told = server.lines();
        assert_eq!(told.len(), 1, "{told:?}");
    }
}

#[test]
fn a_certificate_is_made_if_there_is_none_and_its_hash_told() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let mut connection = Client::of(&pki).connect(server.address);
    assert_eq!(connection.get("/").status, 200);
    let presented = connection.tls.conn.peer_certificates();
    let [made] = presented.expect("there is one") else {
        panic!("it is alone");
    };
    let hash = Sha256::digest(made);
    let hash: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
    let line = server.line("so this is a certificate made just now");
    assert!(line.ends_with(&format!("Its SHA-256 is {hash}")), "{line}");
}

#[test]
fn the_server_chooses_the_cipher_suite() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    // The client would rather have another.
    let first = provider().cipher_suites[0].suite();
    assert_eq!(first, CipherSuite::TLS13_AES_256_GCM_SHA384);
    for version in BOTH {
        let client = Client::of(&pki).speaking(version);
        let mut connection = client.connect(server.address);
        assert_eq!(connection.get("/").status, 200);
        let suite = connection.tls.conn.negotiated_cipher_suite();
        let expected = match version == TLS12 {
            true => CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            false => CipherSuite::TLS13_AES_128_GCM_SHA256,
        };
        assert_eq!(suite.map(|suite| suite.suite()), Some(expected));
    }
}

#[test]
fn no_session_is_resumed() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    for version in BOTH {
        let client = Client::of(&pki).speaking(version);
        let config = std::sync::Arc::new(client.config());
        for _ in 0..2 {
            let mut connection = client.connect_by(config.clone(), server.address);
            assert_eq!(connection.get("/").status, 200);
            let kind = connection.tls.conn.handshake_kind();
            assert_ne!(kind, Some(rustls::HandshakeKind::Resumed));
        }
    }
    let lines = server.connections(4);
    assert!(
        lines.iter().all(|line| line.contains("\"CN=Client\"")),
        "{lines:?}"
    );
}
