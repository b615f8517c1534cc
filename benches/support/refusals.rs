//! Chains that are refused, each beside one that passes: the same but for what is wrong with it.

use pki_types::CertificateDer;
use portcullis::FailureReason::{
    self, ClientCertCrlHit, ClientCertCrlProcessingError, ClientCertExpired,
    ClientCertIncompatible, ClientCertInvalid, ClientCertMaxChainDepthExceeded,
    ClientCertMaxSizeExceeded, ClientCertNotYetValid, ClientCertPurposeInvalid, ClientCertRejected,
    ClientCertTypeUnsupported, ClientCertUntrusted, UnmappedConnectionError,
};
use portcullis::{
    ApplicationCheck, ClientCertificate, Crl, ExpiredCrl, LeafKeys, MissingCrl, Policy, TrustStore,
    VerifyStatus, signature,
};
use portcullis_fixtures::{
    self as fixtures, Certificate, CertificateBuilder, CrlBuilder, Extension, GeneralName, Key,
    KeyUsage, NOW, NameConstraints, SignatureScheme, chain, oid,
};

use crate::chains::{self, name};
use crate::clock::now;

pub(crate) struct Refusal {
    pub(crate) name: &'static str,
    pub(crate) reason: FailureReason,
    pub(crate) refused: Judged,
    pub(crate) passing: Judged,
}

/// A chain, and the store that judges it.
pub(crate) struct Judged {
    store: TrustStore<'static>,
    presented: Vec<CertificateDer<'static>>,
}

impl Judged {
    pub(crate) fn verify(&self) -> VerifyStatus {
        self.store.verify(&self.presented)
    }
}

/// The policies. ALB's limits hold in both, so that the same is refused.
pub(crate) const POLICIES: [(&str, Policy); 2] = [
    ("ALB", Policy::ALB),
    (
        "RFC5280",
        Policy::RFC5280
            .with_max_depth(4)
            .with_leaf_keys(LeafKeys::Documented),
    ),
];

/// What all certificates are signed with.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    key: fn(usize) -> Key,
    sha1: SignatureScheme,
}

pub(crate) const KINDS: [Kind; 2] = [
    Kind {
        name: "RSA-2048",
        key: Key::rsa2048,
        sha1: SignatureScheme::RsaPkcs1Sha1,
    },
    Kind {
        name: "P-256",
        key: Key::p256,
        sha1: SignatureScheme::EcdsaSha1,
    },
];

/// Every status but success, and of those that have several causes the causes.
pub(crate) fn refusals(kind: Kind, policy: Policy) -> Vec<Refusal> {
    let plan = Plan::new(kind, policy);
    let mut all = of_the_message(&plan);
    all.extend(of_the_path(&plan));
    all.extend(of_lists(&plan));
    all.extend(of_the_rest(&plan));
    for refusal in &all {
        let reason = refusal.refused.verify().failure();
        assert_eq!(reason, Some(refusal.reason), "{}", refusal.name);
        let status = refusal.passing.verify();
        assert_eq!(status, VerifyStatus::Success, "beside {}", refusal.name);
    }
    all
}

fn of_the_message(plan: &Plan) -> Vec<Refusal> {
    let padded = |octets| plan.leaf(|leaf| leaf.push(Extension::unknown(octets)));
    let strangers = |count| plan.presenting(&vec![Certificate::ca("CA", Key::p256(7)); count]);
    let timeless = Judged {
        store: plan.store(&plan.root()).with_clock(|| None),
        ..plan.judged()
    };
    vec![
        plan.refusal(
            "no certificate",
            UnmappedConnectionError,
            Judged {
                presented: Vec::new(),
                ..plan.judged()
            },
        ),
        plan.refusal("no clock", UnmappedConnectionError, timeless),
        Refusal {
            name: "64 KiB of certificates (beside 60 KiB)",
            reason: ClientCertMaxSizeExceeded,
            refused: padded(64 * 1024).judged(),
            passing: padded(60 * 1024).judged(),
        },
        Refusal {
            name: "5 certificates (beside 4)",
            reason: ClientCertMaxChainDepthExceeded,
            refused: strangers(3),
            passing: strangers(2),
        },
        plan.of_leaf("the leaf does not parse", ClientCertInvalid, |leaf| {
            leaf.trailing([0])
        }),
        plan.of_issuing("the intermediate does not parse", ClientCertInvalid, |ca| {
            ca.trailing([0])
        }),
        plan.of_leaf("SHA-1", ClientCertIncompatible, |leaf| {
            leaf.scheme(plan.kind.sha1)
        }),
        plan.of_leaf("a key of RSA-1024", ClientCertIncompatible, |leaf| {
            leaf.key(Key::rsa1024())
        }),
    ]
}

fn of_the_path(plan: &Plan) -> Vec<Refusal> {
    let roots: Vec<_> = (0..25)
        .map(|number| Certificate::ca(name(&format!("Root CA {number:02}")), Key::p256(number)))
        .collect();
    let mut with_root = roots[1..].to_vec();
    with_root.push(plan.root());
    let below = |roots: &[Certificate]| Judged {
        store: plan.store_of(roots),
        ..plan.judged()
    };
    let excluded = NameConstraints::new().exclude(GeneralName::dns("example.com"));
    let elsewhere = NameConstraints::new().exclude(GeneralName::dns("example.org"));
    // ALB takes no heed of a root's own limit.
    let limited = |length| {
        plan.root_as(|root| {
            root.issuer("Another CA")
                .basic_constraints(true, Some(length))
        })
    };
    let self_signed = chains::leaf((plan.kind.key)(2)).self_signed();
    vec![
        Refusal {
            name: "an unknown issuer",
            reason: ClientCertUntrusted,
            refused: below(&roots[..1]),
            passing: plan.judged(),
        },
        Refusal {
            name: "an unknown issuer, 25 CAs",
            reason: ClientCertUntrusted,
            refused: below(&roots),
            passing: below(&with_root),
        },
        plan.refusal(
            "a self-signed leaf",
            ClientCertUntrusted,
            Judged {
                presented: chain([&self_signed]),
                ..plan.judged()
            },
        ),
        plan.of_leaf("the leaf's signature", ClientCertUntrusted, |leaf| {
            leaf.bad_signature()
        }),
        plan.of_issuing("the intermediate's signature", ClientCertUntrusted, |ca| {
            ca.bad_signature()
        }),
        plan.of_issuing("no CA", ClientCertUntrusted, |ca| {
            ca.basic_constraints(false, None)
        }),
        plan.of_issuing("no keyCertSign", ClientCertUntrusted, |ca| {
            ca.key_usage(KeyUsage::CRL_SIGN)
        }),
        Refusal {
            name: "the path's length",
            reason: ClientCertUntrusted,
            refused: limited(0).judged(),
            passing: limited(1).judged(),
        },
        plan.of_leaf(
            "an unknown critical extension",
            ClientCertUntrusted,
            |leaf| leaf.push(Extension::unknown(4).critical(true)),
        ),
        Refusal {
            name: "name constraints",
            reason: ClientCertUntrusted,
            refused: plan
                .root_as(|root| root.name_constraints(&excluded))
                .judged(),
            passing: plan
                .root_as(|root| root.name_constraints(&elsewhere))
                .judged(),
        },
    ]
}

fn of_lists(plan: &Plan) -> Vec<Refusal> {
    let (root, issuing, leaf) = plan.issue();
    let entries = fixtures::serials::random(20, 1)
        .take(1000)
        .map(fixtures::CrlEntry::new);
    let list = CrlBuilder::new().entries(entries);
    let judged = |policy, lists: &[&fixtures::Crl]| {
        let plan = Plan {
            policy,
            ..plan.clone()
        };
        let mut store = plan.store(&root);
        for list in lists {
            let list = Crl::from_der(list.der().to_vec()).expect("a list");
            // Unusable ones are wanted here, too.
            let _ = store.add_crl(list).expect("the store takes it");
        }
        let judged = Judged {
            store,
            presented: chain([&leaf, &issuing]),
        };
        // A list of an issuer that is presented is verified at first use.
        let _ = judged.verify();
        judged
    };
    let enforcing = plan.policy.with_expired_crl(ExpiredCrl::Enforce);
    let denying = plan.policy.with_missing_crl(MissingCrl::Deny);
    let [of_issuing, of_root] = [&issuing, &root].map(|issuer| list.issued_by(issuer));
    let revoking = |revoked: &Certificate, issuer: &Certificate| {
        list.clone().revoke(revoked.serial()).issued_by(issuer)
    };
    let old = list.clone().next_update(NOW - 1).issued_by(&issuing);
    let forged = list.clone().bad_signature().issued_by(&root);
    vec![
        Refusal {
            name: "a revoked leaf",
            reason: ClientCertCrlHit,
            refused: judged(plan.policy, &[&revoking(&leaf, &issuing)]),
            passing: judged(plan.policy, &[&of_issuing]),
        },
        Refusal {
            name: "a revoked intermediate",
            reason: ClientCertCrlHit,
            refused: judged(plan.policy, &[&revoking(&issuing, &root)]),
            passing: judged(plan.policy, &[&of_root]),
        },
        Refusal {
            name: "an expired list",
            reason: ClientCertCrlProcessingError,
            refused: judged(enforcing, &[&old]),
            passing: judged(enforcing, &[&of_issuing]),
        },
        Refusal {
            name: "an unusable list",
            reason: ClientCertCrlProcessingError,
            refused: judged(plan.policy, &[&forged]),
            passing: judged(plan.policy, &[&of_root]),
        },
        Refusal {
            name: "no list of the leaf's issuer",
            reason: ClientCertCrlProcessingError,
            refused: judged(denying, &[&of_root]),
            passing: judged(denying, &[&of_root, &of_issuing]),
        },
    ]
}

fn of_the_rest(plan: &Plan) -> Vec<Refusal> {
    let asking = |check: &'static dyn ApplicationCheck| Judged {
        store: plan.store(&plan.root()).with_application_check(check),
        ..plan.judged()
    };
    vec![
        plan.of_leaf("a leaf not valid yet", ClientCertNotYetValid, |leaf| {
            leaf.not_before(NOW + 1)
        }),
        plan.of_root("a root not valid yet", ClientCertNotYetValid, |root| {
            root.not_before(NOW + 1)
        }),
        plan.of_leaf("an expired leaf", ClientCertExpired, |leaf| {
            leaf.not_after(NOW - 1)
        }),
        plan.of_issuing("an expired intermediate", ClientCertExpired, |ca| {
            ca.not_after(NOW - 1)
        }),
        plan.of_root("an expired root", ClientCertExpired, |root| {
            root.not_after(NOW - 1)
        }),
        plan.of_leaf("a purpose of servers", ClientCertPurposeInvalid, |leaf| {
            leaf.extended_key_usage(&[oid::SERVER_AUTH])
        }),
        Refusal {
            name: "the application's no",
            reason: ClientCertRejected,
            refused: asking(&|_: &ClientCertificate<'_>| false),
            passing: asking(&|_: &ClientCertificate<'_>| true),
        },
        plan.of_leaf("a key of Ed25519", ClientCertTypeUnsupported, |leaf| {
            leaf.key(Key::ed25519(0))
        }),
    ]
}

/// A root, an intermediate and a leaf, not yet issued.
#[derive(Clone)]
struct Plan {
    kind: Kind,
    policy: Policy,
    root: CertificateBuilder,
    issuing: CertificateBuilder,
    leaf: CertificateBuilder,
}

impl Plan {
    fn new(kind: Kind, policy: Policy) -> Self {
        Self {
            kind,
            policy,
            root: CertificateBuilder::ca(name("Root CA 99"), (kind.key)(0)),
            issuing: CertificateBuilder::ca(name("Issuing CA"), (kind.key)(1)),
            leaf: chains::leaf((kind.key)(2)),
        }
    }

    fn root_as(&self, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        let root = change(self.root.clone());
        Self {
            root,
            ..self.clone()
        }
    }

    fn leaf(&self, change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Self {
        let leaf = change(self.leaf.clone());
        Self {
            leaf,
            ..self.clone()
        }
    }

    fn of_root(
        &self,
        name: &'static str,
        reason: FailureReason,
        change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Refusal {
        self.refusal(name, reason, self.root_as(change).judged())
    }

    fn of_issuing(
        &self,
        name: &'static str,
        reason: FailureReason,
        change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Refusal {
        let changed = Self {
            issuing: change(self.issuing.clone()),
            ..self.clone()
        };
        self.refusal(name, reason, changed.judged())
    }

    fn of_leaf(
        &self,
        name: &'static str,
        reason: FailureReason,
        change: impl Fn(CertificateBuilder) -> CertificateBuilder,
    ) -> Refusal {
        self.refusal(name, reason, self.leaf(change).judged())
    }

    /// Beside the chain as it is planned here.
    fn refusal(&self, name: &'static str, reason: FailureReason, refused: Judged) -> Refusal {
        Refusal {
            name,
            reason,
            refused,
            passing: self.judged(),
        }
    }

    fn root(&self) -> Certificate {
        self.root.self_signed()
    }

    fn issue(&self) -> (Certificate, Certificate, Certificate) {
        let root = self.root();
        let issuing = self.issuing.issued_by(&root);
        let leaf = self.leaf.issued_by(&issuing);
        (root, issuing, leaf)
    }

    fn judged(&self) -> Judged {
        self.presenting(&[])
    }

    /// The chain, and others after it that nobody needs.
    fn presenting(&self, others: &[Certificate]) -> Judged {
        let (root, issuing, leaf) = self.issue();
        Judged {
            store: self.store(&root),
            presented: chain([&leaf, &issuing].into_iter().chain(others)),
        }
    }

    fn store(&self, root: &Certificate) -> TrustStore<'static> {
        self.store_of(core::slice::from_ref(root))
    }

    fn store_of(&self, roots: &[Certificate]) -> TrustStore<'static> {
        let mut store =
            TrustStore::new(self.policy, signature::AWS_LC_RS).with_clock(|| Some(now()));
        for root in roots {
            store.add_ca(root.to_certificate_der()).expect("a CA");
        }
        store
    }
}
