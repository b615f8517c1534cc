//! A hostile chain, and the good one that it is measured against.

use core::time::Duration;

use pki_types::{CertificateDer, UnixTime};
use portcullis::{Policy, TrustStore, VerifyStatus, signature};
use portcullis_fixtures::{Certificate, CertificateBuilder, Key, NOW, chain, spki};

/// What so many certificates may hold together in a Certificate message of 64 KiB.
pub(crate) const fn room(certificates: usize) -> usize {
    /// TLS 1.3's, with the list's own.
    const FRAMING: usize = 5;
    64 * 1024 - FRAMING * (certificates + 2)
}

/// Two chains of as many certificates, octets and algorithms for one store.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) rules: Rules,
    pub(crate) store: Vec<CertificateDer<'static>>,
    pub(crate) hostile: Vec<CertificateDer<'static>>,
    pub(crate) good: Vec<CertificateDer<'static>>,
}

/// The policies, by number for the process that measures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rules {
    Alb,
    Rfc5280,
    /// RFC 5280's with room for 64 presented certificates.
    Deep,
}

impl Rules {
    pub(crate) const ALL: [Self; 3] = [Self::Alb, Self::Rfc5280, Self::Deep];

    /// Those that take so many certificates.
    pub(crate) fn for_length(certificates: usize) -> &'static [Self] {
        match certificates {
            ..=4 => &[Self::Alb, Self::Rfc5280],
            5..=16 => &[Self::Rfc5280],
            _ => &[Self::Deep],
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alb => "ALB",
            Self::Rfc5280 => "RFC5280",
            Self::Deep => "RFC5280, depth 64",
        }
    }

    pub(crate) fn store(self, cas: &[CertificateDer<'static>]) -> TrustStore<'static> {
        let policy = match self {
            Self::Alb => Policy::ALB,
            Self::Rfc5280 => Policy::RFC5280,
            Self::Deep => Policy::RFC5280.with_max_depth(64),
        };
        let mut store = TrustStore::new(policy, signature::AWS_LC_RS);
        for ca in cas {
            store.add_ca(ca.clone()).expect("a CA");
        }
        store
    }
}

pub(crate) fn verify(store: &TrustStore<'_>, chain: &[CertificateDer<'_>]) -> VerifyStatus {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()));
    store.verify_at(chain, now)
}

/// What certificates are signed with.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) key: fn(usize) -> Key,
}

impl Kind {
    /// The cheapest signature to verify in ALB's list, so the one beside which all else weighs
    /// most.
    pub(crate) const RSA: Self = Self {
        name: "RSA-2048",
        key: Key::rsa2048,
    };
    /// The smallest certificates in ALB's list, so the one of which most fit into a message.
    pub(crate) const P256: Self = Self {
        name: "P-256",
        key: Key::p256,
    };

    /// A root for the store.
    pub(crate) fn root(self) -> Certificate {
        Certificate::ca("Good Root", (self.key)(0))
    }

    /// Another public key each, for which nothing was ever signed.
    pub(crate) fn stray_spki(self, number: usize) -> Vec<u8> {
        if self.name == Self::P256.name {
            return Key::p256(100 + number).spki_der().to_vec();
        }
        let mut state = number as u64 + 1;
        let mut modulus: Vec<u8> = core::iter::repeat_with(|| {
            // Knuth's MMIX generator.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .take(256)
        .collect();
        modulus[0] |= 0x80;
        modulus[255] |= 1;
        spki::rsa(modulus, [1, 0, 1])
    }
}

/// Makes a case for each policy that takes chains of the length; the good chain is made to measure.
pub(crate) fn cases(
    name: &str,
    kind: Kind,
    store: &[&Certificate],
    hostile: &[Certificate],
) -> Vec<Case> {
    let anchor = store.first().expect("an anchor");
    let good = good_chain(kind, anchor, hostile.len(), octets(hostile), |leaf| leaf);
    cases_with(name, kind, store, hostile, &good)
}

pub(crate) fn cases_with(
    name: &str,
    kind: Kind,
    store: &[&Certificate],
    hostile: &[Certificate],
    good: &[Certificate],
) -> Vec<Case> {
    let case = |rules: &Rules| Case {
        name: format!("{name} ({})", kind.name),
        rules: *rules,
        store: chain(store.iter().copied()),
        hostile: chain(hostile),
        good: chain(good),
    };
    Rules::for_length(hostile.len()).iter().map(case).collect()
}

/// So many certificates from a leaf to one that `anchor` issued, and so many octets, all padding.
pub(crate) fn good_chain(
    kind: Kind,
    anchor: &Certificate,
    certificates: usize,
    total: usize,
    change: impl Fn(CertificateBuilder) -> CertificateBuilder,
) -> Vec<Certificate> {
    let mut good: Vec<Certificate> = Vec::new();
    for number in (0..certificates).rev() {
        let issuer = good.last().unwrap_or(anchor);
        let builder = match number {
            0 => change(CertificateBuilder::leaf("Good Client", (kind.key)(1))),
            _ => CertificateBuilder::ca(format!("Good CA {number}"), (kind.key)(number + 1)),
        };
        let left = total.saturating_sub(octets(&good)) / (number + 1);
        good.push(padded(&builder, left, issuer));
    }
    good.reverse();
    good
}

/// The certificate in so many octets, or a few more if it cannot be made so small.
pub(crate) fn padded(
    builder: &CertificateBuilder,
    octets: usize,
    issuer: &Certificate,
) -> Certificate {
    /// An extension without content takes less.
    const SMALLEST_PADDING: usize = 40;
    let plain = builder.issued_by(issuer);
    if plain.der().len() + SMALLEST_PADDING > octets {
        return plain;
    }
    builder.clone().size(octets).issued_by(issuer)
}

pub(crate) fn octets(certificates: &[Certificate]) -> usize {
    certificates.iter().map(|it| it.der().len()).sum()
}
