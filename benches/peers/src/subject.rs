//! The chains and lists that all peers get, as files.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DAY, Key, oid, serials,
};

use crate::chains::{leaf, name};

/// Leaves to take turns, so that no look-up finds everything in the nearest cache.
const LEAVES: usize = 64;

/// The kinds of keys.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    key: fn(usize) -> Key,
}

pub(crate) const KINDS: [Kind; 4] = [
    Kind {
        name: "RSA-2048",
        key: Key::rsa2048,
    },
    Kind {
        name: "P-256",
        key: Key::p256,
    },
    Kind {
        name: "P-384",
        key: Key::p384,
    },
    Kind {
        name: "Ed25519",
        key: Key::ed25519,
    },
];

/// What is verified.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    /// 1: the store's CA has issued the leaf. 2: an intermediate has, which is presented.
    pub(crate) signatures: usize,
    /// Those of the list of the leaf's issuer; 0: there is no list.
    pub(crate) entries: usize,
}

impl Subject {
    pub(crate) fn chain(self) -> String {
        let plural = if self.signatures == 1 { "" } else { "s" };
        format!("{}, {} signature{plural}", self.kind.name, self.signatures)
    }

    /// Writes what the programs read. Everything is valid now, since not every library can be told
    /// another time.
    pub(crate) fn write(self, folder: &Path) -> Result<()> {
        let write = |name: &str, der: &[u8]| fs::write(folder.join(format!("{name}.der")), der);
        let valid = |builder: CertificateBuilder| {
            let today = today();
            builder
                .not_before(today - 365 * DAY)
                .not_after(today + 365 * DAY)
        };
        let root = CertificateBuilder::ca(name("Root CA"), (self.kind.key)(0));
        let root = valid(root).self_signed();
        write("root", root.der())?;
        let mut issuer = root.clone();
        if self.signatures == 2 {
            let issuing = CertificateBuilder::ca(name("Issuing CA"), (self.kind.key)(1));
            issuer = valid(issuing).issued_by(&root);
            write("intermediate", issuer.der())?;
        }
        let leaf = |serial: Vec<u8>| valid(leaf((self.kind.key)(2)).serial(serial));
        for (number, serial) in serials::mixed(1).take(LEAVES).enumerate() {
            write(
                &format!("leaf-{number}"),
                leaf(serial).issued_by(&issuer).der(),
            )?;
        }
        let mut others = serials::mixed(2);
        let mut next = || leaf(others.next().expect("there is no end"));
        let server = next().extended_key_usage(&[oid::SERVER_AUTH]);
        write("for-servers", server.issued_by(&issuer).der())?;
        write("forged", next().bad_signature().issued_by(&issuer).der())?;
        let revoked = next().issued_by(&issuer);
        write("revoked", revoked.der())?;
        if self.entries > 0 {
            let list = list(&issuer, revoked.serial(), self.entries)?;
            write("list", &list)?;
        }
        Ok(())
    }
}

/// As many entries, the revoked one in the middle.
fn list(issuer: &Certificate, revoked: &[u8], entries: usize) -> Result<Vec<u8>> {
    let entry = CrlEntry::new([]).date(today() - 2 * DAY);
    let serials = (0..entries)
        .zip(serials::mixed(3))
        .map(|(position, serial)| {
            entry.with_serial(match position == entries / 2 {
                true => revoked.to_vec(),
                false => serial,
            })
        });
    let mut list = Vec::new();
    CrlBuilder::new()
        .this_update(today() - DAY)
        .next_update(today() + 30 * DAY)
        .write_issued_by(issuer, serials, &mut list)?;
    Ok(list)
}

/// When the day began.
fn today() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = elapsed
        .expect("clocks begin in 1970")
        .as_secs()
        .cast_signed();
    seconds - seconds % DAY
}
