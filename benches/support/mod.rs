//! Chains to verify, backends to verify them with, and the three ways that are compared: the bare
//! signature checks, this library, and webpki.

mod chains;
mod check;
mod clock;

use pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor};
use portcullis::{AlgorithmSet, Policy, TrustStore, VerifyStatus, signature};
use portcullis_fixtures::{Certificate, Key, chain};
use webpki::{EndEntityCert, KeyUsage};

use self::chains::{leaf, name};
use self::check::SignatureCheck;
use self::clock::now;

/// A backend's algorithms: as our set, and as webpki takes them.
pub(crate) struct Backend {
    pub(crate) name: &'static str,
    set: AlgorithmSet,
    algorithms: [&'static dyn SignatureVerificationAlgorithm; 4],
}

pub(crate) fn backends() -> Vec<Backend> {
    vec![
        Backend {
            name: "aws-lc-rs",
            set: signature::AWS_LC_RS,
            algorithms: [
                webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
                webpki::aws_lc_rs::ECDSA_P256_SHA256,
                webpki::aws_lc_rs::ECDSA_P384_SHA384,
                webpki::aws_lc_rs::ED25519,
            ],
        },
        #[cfg(feature = "ring")]
        Backend {
            name: "ring",
            set: signature::RING,
            algorithms: [
                webpki::ring::RSA_PKCS1_2048_8192_SHA256,
                webpki::ring::ECDSA_P256_SHA256,
                webpki::ring::ECDSA_P384_SHA384,
                webpki::ring::ED25519,
            ],
        },
    ]
}

/// A chain that passes, ready to be verified in three ways.
pub(crate) struct Case {
    pub(crate) name: String,
    store: TrustStore<'static>,
    presented: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
    algorithms: [&'static dyn SignatureVerificationAlgorithm; 4],
    floor: Vec<SignatureCheck>,
}

impl Case {
    /// Only the signature checks that the chain needs.
    pub(crate) fn floor(&self) -> bool {
        self.floor.iter().all(SignatureCheck::passes)
    }

    /// The whole verdict.
    pub(crate) fn portcullis(&self) -> bool {
        self.store.verify_at(&self.presented, now()) == VerifyStatus::Success
    }

    /// What webpki does by itself: its own parsing, path building and checks.
    pub(crate) fn webpki(&self) -> bool {
        let Some((leaf, intermediates)) = self.presented.split_first() else {
            return false;
        };
        let verify = |leaf: EndEntityCert<'_>| {
            let usage = KeyUsage::client_auth();
            let (algorithms, anchors) = (&self.algorithms, &self.anchors);
            leaf.verify_for_usage(algorithms, anchors, intermediates, now(), usage, None, None)
                .is_ok()
        };
        EndEntityCert::try_from(leaf).is_ok_and(verify)
    }
}

/// Every kind of key with one and with two signatures, and the last of 25 CAs as the anchor.
pub(crate) fn cases(backend: &Backend) -> Vec<Case> {
    let [rsa, p256, p384, ed25519] = backend.algorithms;
    let kinds = [
        Kind::new("RSA-2048", rsa, Key::rsa2048, Policy::ALB),
        Kind::new("P-256", p256, Key::p256, Policy::ALB),
        Kind::new("P-384", p384, Key::p384, Policy::ALB),
        Kind::new("Ed25519", ed25519, Key::ed25519, Policy::RFC5280),
    ];
    let mut cases = Vec::new();
    for kind in kinds {
        for signatures in [1, 2] {
            cases.push(case(backend, &kind, signatures, Roots::One));
        }
        cases.push(case(backend, &kind, 2, Roots::OneOf25));
        // Of the other kinds there are not so many keys.
        if kind.name == "P-256" {
            cases.push(case(backend, &kind, 2, Roots::OneOf25Namesakes));
        }
    }
    cases
}

/// What else is in the store.
#[derive(Clone, Copy)]
enum Roots {
    One,
    OneOf25,
    /// All have one name, and keys of their own.
    OneOf25Namesakes,
}

impl Roots {
    fn others(self) -> Vec<Certificate> {
        let (count, name_of): (_, fn(usize) -> String) = match self {
            Self::One => (0, |_| String::new()),
            Self::OneOf25 => (24, |number| format!("Root CA {number:02}")),
            Self::OneOf25Namesakes => (24, |_| "Root CA 99".to_owned()),
        };
        // The first keys are those of the chain.
        let other = |number| Certificate::ca(name(&name_of(number)), Key::p256(8 + number));
        (1..=count).map(other).collect()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::One => "",
            Self::OneOf25 => ", last of 25 CAs",
            Self::OneOf25Namesakes => ", last of 25 CAs of one name",
        }
    }
}

struct Kind {
    name: &'static str,
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    keys: fn(usize) -> Key,
    policy: Policy,
}

impl Kind {
    const fn new(
        name: &'static str,
        algorithm: &'static dyn SignatureVerificationAlgorithm,
        keys: fn(usize) -> Key,
        policy: Policy,
    ) -> Self {
        Self {
            name,
            algorithm,
            keys,
            policy,
        }
    }
}

fn case(backend: &Backend, kind: &Kind, signatures: usize, others: Roots) -> Case {
    let root = Certificate::ca(name("Root CA 99"), (kind.keys)(0));
    let issuing = Certificate::intermediate(name("Issuing CA"), (kind.keys)(1), &root);
    let issuer = if signatures == 1 { &root } else { &issuing };
    let leaf = leaf((kind.keys)(2)).issued_by(issuer);

    let mut store = TrustStore::new(kind.policy, backend.set);
    let roots: Vec<CertificateDer<'static>> = others
        .others()
        .into_iter()
        .chain([root.clone()])
        .map(CertificateDer::from)
        .collect();
    for root in &roots {
        store.add_ca(root.clone()).expect("a CA");
    }
    let anchor = |root| {
        let anchor = webpki::anchor_from_trusted_cert(root).expect("a CA");
        anchor.to_owned()
    };

    let presented = match signatures {
        1 => chain([&leaf]),
        _ => chain([&leaf, &issuing]),
    };
    let mut floor = vec![SignatureCheck::new(kind.algorithm, &leaf, issuer.key())];
    if signatures == 2 {
        floor.push(SignatureCheck::new(kind.algorithm, &issuing, root.key()));
    }
    let case = Case {
        name: format!("{}, {signatures} signatures{}", kind.name, others.name())
            .replace("1 signatures", "1 signature"),
        store,
        presented,
        anchors: roots.iter().map(anchor).collect(),
        algorithms: backend.algorithms,
        floor,
    };
    assert!(
        case.floor() && case.portcullis() && case.webpki(),
        "{} passes in all three ways",
        case.name
    );
    case
}
