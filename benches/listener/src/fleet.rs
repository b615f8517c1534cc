//! The certificates and lists that all are measured with.

use std::time::{SystemTime, UNIX_EPOCH};

use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Extension, GeneralName, Key, Name,
    oid, serials,
};

use crate::client::Credential;

/// Clients to take turns, so that no look-up finds everything in the nearest cache.
const CLIENTS: usize = 64;

/// A root, a CA below it, its clients, and a server of another CA.
///
/// Valid from yesterday by the system's clock, which the listeners go by.
pub(crate) struct Fleet {
    root: Certificate,
    issuer: Certificate,
    clients: Vec<Certificate>,
    revocable: Certificate,
    server: Certificate,
    today: i64,
}

impl Fleet {
    /// `key` gives keys by number; `name` tells fleets apart.
    pub(crate) fn new(key: fn(usize) -> Key, name: &str) -> Self {
        let today = today();
        let valid = |builder: CertificateBuilder| {
            builder.not_before(today - DAY).not_after(today + 365 * DAY)
        };
        let root = valid(CertificateBuilder::ca(subject(name, "Root CA"), key(0))).self_signed();
        let issuer = valid(CertificateBuilder::ca(subject(name, "Device CA"), key(1)));
        let issuer = issuer.issued_by(&root);
        let client = |(serial, number): (Vec<u8>, usize)| {
            let host = format!("client-{number:04}.example.com");
            valid(CertificateBuilder::leaf(subject(name, &host), key(2)))
                .serial(serial)
                .push(Extension::subject_alt_name([GeneralName::dns(&host)]))
                .push(Extension::crl_distribution_points(&[
                    "http://crl.example.com/device.crl",
                ]))
                .issued_by(&issuer)
        };
        let mut clients: Vec<_> = serials::random(16, 1)
            .zip(0..=CLIENTS)
            .map(client)
            .collect();
        let revocable = clients.remove(0);
        let server_ca = valid(CertificateBuilder::ca(subject(name, "Server CA"), key(1)));
        let server = valid(CertificateBuilder::leaf("localhost", key(3)))
            .extended_key_usage(&[oid::SERVER_AUTH])
            .push(Extension::subject_alt_name([GeneralName::dns("localhost")]))
            .issued_by(&server_ca.self_signed());
        Self {
            root,
            issuer,
            clients,
            revocable,
            server,
            today,
        }
    }

    pub(crate) fn root(&self) -> &Certificate {
        &self.root
    }

    pub(crate) fn server(&self) -> &Certificate {
        &self.server
    }

    /// Those of the clients that no list revokes.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = Credential> {
        self.clients.iter().map(|client| self.credential(client))
    }

    /// That of the client that lists can revoke.
    pub(crate) fn revocable(&self) -> Credential {
        self.credential(&self.revocable)
    }

    fn credential(&self, client: &Certificate) -> Credential {
        Credential {
            chain: vec![
                client.to_certificate_der(),
                self.issuer.to_certificate_der(),
            ],
            key: client.key().pkcs8_der(),
        }
    }

    /// The CA's list in DER, with as many entries.
    pub(crate) fn list(&self, entries: usize, revoked: Revoked) -> Vec<u8> {
        let entry = CrlEntry::new([]).date(self.today - DAY);
        let serials = serials::random(16, 2).zip(1..=entries);
        let serials = serials.map(|(serial, number)| match revoked {
            Revoked::OneClient if number == entries => self.revocable.serial().to_vec(),
            _ => serial,
        });
        self.written(
            &self.issuer,
            serials.map(|serial| entry.with_serial(serial)),
        )
    }

    /// The root's list in DER, of none: nginx wants one for each level.
    pub(crate) fn root_list(&self) -> Vec<u8> {
        self.written(&self.root, [])
    }

    fn written(
        &self,
        issuer: &Certificate,
        entries: impl IntoIterator<Item = CrlEntry> + Clone,
    ) -> Vec<u8> {
        let mut list = Vec::new();
        CrlBuilder::new()
            .this_update(self.today - DAY)
            .next_update(self.today + 30 * DAY)
            .write_issued_by(issuer, entries, &mut list)
            .expect("memory takes any list");
        list
    }
}

/// Which of the clients a list revokes; all its other entries are somebody else's.
#[derive(Clone, Copy)]
pub(crate) enum Revoked {
    Nobody,
    OneClient,
}

fn subject(fleet: &str, common_name: &str) -> Name {
    Name::new()
        .country("JP")
        .organization("Example Corporation")
        .organizational_unit(fleet)
        .common_name(common_name)
}

/// Midnight, in Unix seconds.
fn today() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs().cast_signed());
    now - now % DAY
}
