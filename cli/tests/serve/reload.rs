//! A trust store and logs that follow their files.

use std::fs;
use std::thread;

use portcullis_fixtures::{Certificate, CrlBuilder, Key, Pki};

use crate::client::Client;
use crate::server::{Server, Setup, bundle};

/// Another PKI than that of `Pki::new`.
fn other() -> Pki {
    Pki::builder().keys(Key::p384).intermediates(0).build()
}

fn passes(pki: &Pki, server: &Server) -> bool {
    let connection = Client::of(pki).try_connect(server.address);
    connection.is_ok_and(|mut connection| {
        let response = connection.try_ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        response.is_ok()
    })
}

fn reloaded(count: usize, server: &Server) -> bool {
    let lines = server.lines();
    let lines = lines.iter().filter(|line| line.contains(" reloaded: "));
    lines.count() == count
}

#[test]
fn a_bundle_that_is_replaced_takes_over_and_open_connections_stay() {
    let (old, new) = (Pki::new(0), other());
    let server = Setup::new([old.root()]).start();
    let mut open = Client::of(&old).connect(server.address);
    assert_eq!(open.get("/").status, 200);
    assert!(!passes(&new, &server));
    server.replace("bundle.pem", bundle([new.root()]));
    server.line(" reloaded: 1 CA certificate, 0 CRLs with 0 entries");
    assert!(passes(&new, &server));
    assert!(!passes(&old, &server));
    assert_eq!(open.get("/").status, 200);
    let lines = server.connections(4);
    assert!(
        lines[3].contains(" Failed:ClientCertUntrusted "),
        "{lines:?}"
    );
}

#[test]
fn a_hang_up_reads_the_bundle_at_once_whether_it_has_changed_or_not() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    server.signal("HUP");
    server.line(" reloaded: 1 CA certificate");
    assert!(passes(&pki, &server));
    assert!(reloaded(1, &server));
}

#[test]
fn a_bundle_that_can_not_be_used_is_refused_and_the_old_one_goes_on() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    for (content, reason) in [
        (
            "-----BEGIN CERTIFICATE-----\nMIIB".to_owned(),
            "bundle.pem: ",
        ),
        (String::new(), "bundle.pem: "),
        (pki.root().to_pem().replace("MII", "!!!"), "bundle.pem: "),
    ] {
        let refusals = || {
            let lines = server.lines().into_iter();
            let refused = "reload refused, the old trust store goes on serving: ";
            lines
                .filter(|line| line.contains(refused))
                .collect::<Vec<_>>()
        };
        let before = refusals().len();
        server.replace("bundle.pem", content);
        let line = crate::server::until(|| refusals().get(before).cloned());
        let line = line.expect("it is refused");
        assert!(line.contains(reason), "{line}");
        assert!(passes(&pki, &server));
    }
    assert!(reloaded(0, &server));
}

#[test]
fn a_bundle_that_goes_is_refused_and_read_when_it_is_back() {
    let (old, new) = (Pki::new(0), other());
    let server = Setup::new([old.root()]).start();
    fs::remove_file(server.path("bundle.pem")).expect("it is there");
    server.line("reload refused, the old trust store goes on serving: ");
    assert!(passes(&old, &server));
    server.replace("bundle.pem", bundle([new.root()]));
    server.line(" reloaded: ");
    assert!(passes(&new, &server));
    assert!(!passes(&old, &server));
}

#[test]
fn a_list_that_is_replaced_refuses_whom_it_names() {
    let pki = Pki::new(0);
    let list = |serial: &[u8]| CrlBuilder::new().revoke(serial).issued_by(pki.root());
    let setup = Setup::new([pki.root()]).with_file("--crl", "ca.crl", list(&[9]).to_pem());
    let server = setup.start();
    assert!(passes(&pki, &server));
    server.replace("ca.crl", list(pki.leaf().serial()).to_pem());
    server.line(" reloaded: 1 CA certificate, 1 CRL with 1 entry");
    assert!(!passes(&pki, &server));
    let lines = server.connections(2);
    assert!(lines[1].contains(" Failed:ClientCertCrlHit "), "{lines:?}");
}

#[test]
fn a_list_that_nobody_has_signed_is_refused_and_the_old_one_goes_on() {
    let pki = Pki::new(0);
    let list = CrlBuilder::new().revoke([9]);
    let good = list.issued_by(pki.root());
    let setup = Setup::new([pki.root()]).with_file("--crl", "ca.crl", good.to_pem());
    let server = setup.start();
    server.replace(
        "ca.crl",
        list.bad_signature().issued_by(pki.root()).to_pem(),
    );
    let line = server.line("reload refused, the old trust store goes on serving: ");
    assert!(line.contains("ca.crl: this CRL can't be used"), "{line}");
    assert!(passes(&pki, &server));
    server.replace("ca.crl", good.to_pem());
    server.line(" reloaded: 1 CA certificate, 1 CRL with 1 entry");
    assert!(passes(&pki, &server));
}

#[test]
fn logs_that_are_moved_away_are_begun_anew_and_no_line_is_lost() {
    let pki = Pki::new(0);
    let server = Setup::new([pki.root()]).start();
    let client = Client::of(&pki);
    let mut open = client.connect(server.address);
    assert_eq!(open.get("/before").status, 200);
    let [connections, accesses] = ["connection.log", "access.log"].map(|log| {
        let moved = server.path(&format!("{log}.1"));
        fs::rename(server.path(log), &moved).expect("it is there");
        moved
    });
    // Until they are told, they go on in the old files.
    assert_eq!(open.get("/between").status, 200);
    server.log("access.log.1", 2);
    server.signal("HUP");
    server.line(" reloaded: ");
    assert_eq!(open.get("/after").status, 200);
    assert_eq!(client.connect(server.address).get("/other").status, 200);
    let moved = [connections, accesses].map(|file| {
        let text = fs::read_to_string(file).expect("it is there");
        text.lines().count()
    });
    assert_eq!(moved, [1, 2]);
    let stopped = server.stop();
    assert_eq!(stopped.connections.len(), 1);
    assert_eq!(stopped.accesses.len(), 2);
}

#[test]
fn no_client_is_lost_while_stores_come_and_go() {
    let (one, two) = (Pki::new(0), other());
    let server = Setup::new([one.root()]).start();
    let both = || bundle([one.root(), two.root()]);
    thread::scope(|scope| {
        let clients = scope.spawn(|| {
            for _ in 0..40 {
                assert!(passes(&one, &server));
            }
        });
        let mut round = 0;
        while !clients.is_finished() {
            let content = match round % 2 {
                0 => both(),
                _ => bundle([one.root()]),
            };
            server.replace("bundle.pem", content);
            // As the files change, and as it is told, at once.
            server.signal("HUP");
            server.signal("HUP");
            round += 1;
        }
    });
    server.replace("bundle.pem", both());
    server.line(" reloaded: 2 CA certificates");
    let taken = crate::server::until(|| passes(&two, &server).then_some(()));
    assert_eq!(taken, Some(()));
}

#[test]
fn names_that_are_advertised_are_those_of_the_new_store() {
    let (old, new) = (Pki::new(0), Certificate::ca("Other", Key::p384(3)));
    let server = Setup::new([old.root()])
        .with(["--advertise-ca-names"])
        .start();
    let client = Client::of(&old);
    assert_eq!(client.connect(server.address).get("/").status, 200);
    assert_eq!(client.hints(), [old.root().subject().to_der()]);
    server.replace("bundle.pem", bundle([old.root(), &new]));
    server.line(" reloaded: 2 CA certificates");
    assert_eq!(client.connect(server.address).get("/").status, 200);
    let names = [old.root(), &new].map(|ca| ca.subject().to_der());
    assert_eq!(client.hints(), names);
}
