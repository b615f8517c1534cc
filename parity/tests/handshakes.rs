//! s2n-tls as a judge: its own words in handshakes, and what becomes of an answer that differs.

use parity::disagreements::Disagreements;
use parity::generator::Case;
use parity::peers::s2n::{Answer, Lists, ask, ask_deeper};
use parity::row::Row;
use parity::session::{Asked, Findings, Peers};
use portcullis_fixtures::{Certificate, CertificateBuilder, CrlBuilder, DAY, Key, NOW, chain};

#[test]
fn a_good_client_of_any_kind_of_key_is_accepted() {
    for key in [Key::p256(2), Key::p384(0), Key::p521(0), Key::rsa2048(0)] {
        let world = World::new(|leaf| leaf.key(key));
        assert_eq!(world.ask().name, "Success", "{key:?}");
    }
}

#[test]
fn the_clock_of_the_server_is_that_of_the_question() {
    let world = World::new(|leaf| leaf.not_after(NOW));
    assert_eq!(world.ask().name, "S2N_ERR_CERT_EXPIRED");
    let world = World::new(|leaf| leaf.not_after(NOW + 1));
    assert_eq!(world.ask().name, "Success");
}

#[test]
fn lists_are_looked_at_unless_they_are_to_be_ignored() {
    let mut world = World::new(|leaf| leaf.serial([7]));
    let of_ca = CrlBuilder::new().revoke([7]).issued_by(&world.ca);
    let of_root = CrlBuilder::new().issued_by(&world.root);
    world.crls = vec![of_ca.into_der(), of_root.into_der()];
    assert_eq!(world.ask().name, "S2N_ERR_CERT_REVOKED");
    let answer = ask(&world.row(), world.leaf.key(), Lists::Ignored);
    assert_eq!(answer.name, "Success");
    world.crls.pop();
    world.crls[0] = CrlBuilder::new().issued_by(&world.ca).into_der();
    assert_eq!(world.ask().name, "S2N_ERR_CRL_LOOKUP_FAILED");
    world.crls[0].pop();
    assert_eq!(world.ask().name, "UNREADABLE_LIST");
}

#[test]
fn four_certificates_may_be_presented_and_more_to_a_deeper_server() {
    let world = World::new(|leaf| leaf);
    let mut row = world.row();
    let more = chain([&world.root, &world.root, &world.root]);
    row.chain.extend_from_slice(&more[..2]);
    assert_eq!(ask(&row, world.leaf.key(), Lists::Given).name, "Success");
    row.chain.extend_from_slice(&more[2..]);
    let answer = ask(&row, world.leaf.key(), Lists::Given);
    assert_eq!(answer.name, "S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED");
    assert!(ask_deeper(&row, world.leaf.key(), Lists::Given).is_success());
}

#[test]
fn a_client_with_the_key_of_another_is_past_the_chain_but_not_in() {
    let world = World::new(|leaf| leaf);
    let answer = ask(&world.row(), Key::p256(7), Lists::Given);
    assert_eq!(answer.name, "S2N_ERR_VERIFY_SIGNATURE");
    assert!(answer.is_success());
}

#[test]
fn a_difference_is_a_complaint_unless_a_class_has_its_fault_and_its_cause() {
    let trailing = World::new(|leaf| leaf.trailing([0]));
    assert_eq!(complaints(&trailing, &["trailing bytes: leaf"]), 0);
    assert_eq!(complaints(&trailing, &["outer length: long on leaf"]), 1);
    assert_eq!(complaints(&trailing, &[]), 1);
    let good = World::new(|leaf| leaf);
    assert_eq!(complaints(&good, &[]), 0);
}

fn complaints(world: &World, faults: &[&str]) -> usize {
    let case = Case {
        row: world.row(),
        key: world.leaf.key(),
        faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
    };
    let mut peers = Peers {
        go: None,
        #[cfg(feature = "openssl")]
        openssl: parity::peers::openssl::OpenSsl::new(),
    };
    let mut findings = Findings::default();
    findings.add(&Asked::of(&case, &mut peers), &Disagreements::load());
    findings.complaints.len()
}

struct World {
    root: Certificate,
    ca: Certificate,
    leaf: Certificate,
    crls: Vec<Vec<u8>>,
}

impl World {
    fn new(change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        let root = Certificate::ca("Root", Key::p256(0));
        let ca = Certificate::intermediate("CA", Key::p256(1), &root);
        let leaf = CertificateBuilder::leaf("Client", Key::p256(2)).not_after(NOW + DAY);
        Self {
            leaf: change(leaf).issued_by(&ca),
            root,
            ca,
            crls: Vec::new(),
        }
    }

    fn ask(&self) -> Answer {
        ask(&self.row(), self.leaf.key(), Lists::Given)
    }

    fn row(&self) -> Row {
        Row::ungraded(
            String::from("a row"),
            chain([&self.root]),
            chain([&self.leaf, &self.ca]),
            self.crls.clone(),
            NOW as u64,
        )
    }
}
