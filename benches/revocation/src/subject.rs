//! The certificates and the list that all are measured with.

use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, Extension, GeneralName, Key, Name,
    serials,
};

/// Leaves to take turns, so that no look-up finds everything in the nearest cache.
pub(crate) const LEAVES: usize = 128;

/// A CA, clients of whom half are revoked, and the list that says so.
pub(crate) struct Subject {
    pub(crate) entries: usize,
    pub(crate) root: CertificateDer<'static>,
    /// The list in DER; `None` for one of no size.
    pub(crate) list: Option<Vec<u8>>,
    pub(crate) revoked: Vec<CertificateDer<'static>>,
    pub(crate) others: Vec<CertificateDer<'static>>,
}

impl Subject {
    pub(crate) fn new(key: fn(usize) -> Key, entries: usize) -> Self {
        let root = Certificate::ca(name("Root CA"), key(0));
        let leaves = |seed| {
            let serials = serials::mixed(seed).take(LEAVES);
            let leaves = serials.map(|serial| leaf(key(1), &serial, &root));
            leaves.collect::<Vec<_>>()
        };
        let (revoked, others) = (leaves(1), leaves(2));
        let list = (entries > 0).then(|| list(&root, &revoked, entries));
        let to_der = |leaves: &[Certificate]| leaves.iter().map(CertificateDer::from).collect();
        Self {
            entries,
            list,
            revoked: to_der(&revoked),
            others: to_der(&others),
            root: root.to_certificate_der(),
        }
    }

    pub(crate) fn leaves(&self, is_hit: bool) -> &[CertificateDer<'static>] {
        if is_hit { &self.revoked } else { &self.others }
    }

    pub(crate) fn list(&self) -> &[u8] {
        self.list.as_deref().expect("a list")
    }
}

fn leaf(key: Key, serial: &[u8], issuer: &Certificate) -> Certificate {
    let host = "client-0001.example.com";
    CertificateBuilder::leaf(name(host), key)
        .serial(serial)
        .push(Extension::subject_alt_name([GeneralName::dns(host)]))
        .push(Extension::crl_distribution_points(&[
            "http://crl.example.com/root.crl",
        ]))
        .issued_by(issuer)
}

/// As many entries, those of the leaves spread among them.
fn list(root: &Certificate, revoked: &[Certificate], entries: usize) -> Vec<u8> {
    let distance = entries / LEAVES;
    let entry = CrlEntry::new([]);
    let serials = (0..entries)
        .zip(serials::mixed(3))
        .map(|(position, serial)| {
            let leaf = revoked.get(position / distance);
            let serial = match leaf {
                Some(leaf) if position % distance == 0 => leaf.serial().to_vec(),
                _ => serial,
            };
            entry.with_serial(serial)
        });
    let mut list = Vec::new();
    CrlBuilder::new()
        .write_issued_by(root, serials, &mut list)
        .expect("a list");
    list.shrink_to_fit();
    list
}

fn name(common_name: &str) -> Name {
    Name::new()
        .country("JP")
        .organization("Example Corporation")
        .organizational_unit("Device Fleet")
        .common_name(common_name)
}
