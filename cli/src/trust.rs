//! The trust store of the command line: its bundle, its CRLs, its rules.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use portcullis::signature::{AWS_LC_RS, SignatureMemo};
use portcullis::{Crl, CrlAdded, CrlReach, ExpiredCrl, Expiry, MissingCrl, Policy, TrustStore};

use crate::arguments::{ExpiredCrlRule, MissingCrlRule, PolicyName, Reach, StoreArguments};
use crate::input;

/// A trust store as it was read.
pub(crate) struct Trust {
    pub(crate) store: TrustStore<'static>,
    /// The file of each CRL of the store.
    pub(crate) crl_files: Vec<PathBuf>,
    /// What an operator wants to know, though the store can be used.
    pub(crate) notices: Vec<Notice>,
}

/// Something odd about a CRL.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) text: String,
    /// Whether the CRL can't be trusted, so that its issuer's clients are refused.
    pub(crate) is_fault: bool,
}

/// Signatures that verified: intermediates that many clients present, and clients that come again.
/// It serves every store, so that one that is replaced does not begin anew. 256 KiB, of which
/// nothing is touched that is not used.
static MEMO: SignatureMemo<8192> = SignatureMemo::new();

impl Trust {
    /// Reads what the arguments name. Errors name the file at fault.
    pub(crate) fn load(arguments: &StoreArguments) -> anyhow::Result<Self> {
        let store = TrustStore::new(policy(arguments), AWS_LC_RS).with_signature_memo(&MEMO);
        Self::fill(store, arguments)
    }

    /// The same into a store that is still empty.
    pub(crate) fn fill(
        store: TrustStore<'static>,
        arguments: &StoreArguments,
    ) -> anyhow::Result<Self> {
        let mut trust = Self {
            store,
            crl_files: Vec::new(),
            notices: Vec::new(),
        };
        input::fill_store(&mut trust.store, &arguments.trust_store)?;
        for file in &arguments.revocation.crl {
            trust.add_crl(file)?;
        }
        Ok(trust)
    }

    fn add_crl(&mut self, file: &Path) -> anyhow::Result<()> {
        let crl = input::crl(file)?;
        let twin = self
            .store
            .crls()
            .position(|known| known.der() == crl.der())
            .and_then(|index| self.crl_files.get(index));
        let added = self
            .store
            .add_crl(crl)
            .with_context(|| format!("{}: the CRL can't be used", file.display()))?;
        if let (CrlAdded::Duplicate, Some(twin)) = (added, twin) {
            let text = format!(
                "{}: is the same CRL as {}, and counts once",
                file.display(),
                twin.display()
            );
            self.notices.push(Notice {
                text,
                is_fault: false,
            });
            return Ok(());
        }
        self.crl_files.push(file.to_path_buf());
        let issuer = self.store.crls().last().map(Crl::issuer);
        let notice = match (added, issuer) {
            (CrlAdded::Unusable(fault), Some(issuer)) => Notice {
                text: format!(
                    "{}: this CRL can't be used, so no certificate of {issuer} passes: {fault}",
                    file.display()
                ),
                is_fault: true,
            },
            (CrlAdded::Unverified, Some(issuer)) => Notice {
                text: format!(
                    "{}: this CRL is of none of the trust store's CAs, so it counts only for \
                     clients that send its own, {issuer}",
                    file.display()
                ),
                is_fault: false,
            },
            _ => return Ok(()),
        };
        self.notices.push(notice);
        Ok(())
    }
}

/// The rules that the arguments name.
pub(crate) fn policy(arguments: &StoreArguments) -> Policy {
    let mut policy = match arguments.policy {
        PolicyName::Alb => Policy::ALB,
        PolicyName::Rfc5280 => Policy::RFC5280,
        PolicyName::Strict => Policy::STRICT,
    };
    if let Some(depth) = arguments.max_depth {
        policy = policy.with_max_depth(depth);
    }
    if arguments.ignore_expiry {
        policy = policy.with_expiry(Expiry::Ignore);
    }
    let rules = &arguments.revocation;
    if let Some(missing) = rules.missing_crl {
        policy = policy.with_missing_crl(match missing {
            MissingCrlRule::Allow => MissingCrl::Allow,
            MissingCrlRule::Deny => MissingCrl::Deny,
        });
    }
    if let Some(expired) = rules.expired_crl {
        policy = policy.with_expired_crl(match expired {
            ExpiredCrlRule::Enforce => ExpiredCrl::Enforce,
            ExpiredCrlRule::Ignore => ExpiredCrl::Ignore,
        });
    }
    if let Some(reach) = rules.crl_reach {
        policy = policy.with_crl_reach(match reach {
            Reach::Leaf => CrlReach::Leaf,
            Reach::Path => CrlReach::Path,
        });
    }
    policy
}
