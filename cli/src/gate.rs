//! What a chain is judged by: the trust store, the policy, the time.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use portcullis::pki_types::UnixTime;
use portcullis::signature::AWS_LC_RS;
use portcullis::{Crl, CrlAdded, CrlReach, ExpiredCrl, Expiry, MissingCrl, Policy, TrustStore};

use crate::arguments::{ChainArguments, ExpiredCrlRule, MissingCrlRule, PolicyName, Reach};
use crate::clock;
use crate::input::{self, Password, STANDARD_INPUT};
use crate::outcome::complain;

/// Everything that stays the same from chain to chain.
pub(crate) struct Gate {
    pub(crate) store: TrustStore<'static>,
    /// The file of each CRL of the store.
    pub(crate) crl_files: Vec<PathBuf>,
    pub(crate) policy: PolicyName,
    pub(crate) now: UnixTime,
    pub(crate) password: Option<Password>,
}

impl Gate {
    /// Reads what the arguments name. Errors name the file at fault.
    pub(crate) fn open(arguments: &ChainArguments) -> anyhow::Result<Self> {
        let names_of_batch = arguments.batch.then_some(Path::new(STANDARD_INPUT));
        let files = [
            Some(&arguments.trust_store),
            arguments.password_file.as_ref(),
        ];
        let files = files
            .into_iter()
            .flatten()
            .chain(&arguments.revocation.crl)
            .chain(&arguments.chain);
        input::check_standard_input(files.map(PathBuf::as_path).chain(names_of_batch))?;
        let password = arguments
            .password_file
            .as_deref()
            .map(Password::read)
            .transpose()?;
        let now = arguments.time.map_or_else(clock::now, Ok)?;
        let mut store = TrustStore::new(policy(arguments), AWS_LC_RS);
        input::fill_store(&mut store, &arguments.trust_store)?;
        let mut gate = Self {
            store,
            crl_files: Vec::new(),
            policy: arguments.policy,
            now,
            password,
        };
        for file in &arguments.revocation.crl {
            gate.add_crl(file)?;
        }
        Ok(gate)
    }

    /// Adds a CRL, and tells the operator if it can't count.
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
            complain(format_args!(
                "{}: is the same CRL as {}, and counts once",
                file.display(),
                twin.display()
            ));
            return Ok(());
        }
        self.crl_files.push(file.to_path_buf());
        let issuer = self.store.crls().last().map(Crl::issuer);
        match (added, issuer) {
            (CrlAdded::Unusable(fault), Some(issuer)) => complain(format_args!(
                "{}: this CRL can't be used, so no certificate of {issuer} passes: {fault}",
                file.display()
            )),
            (CrlAdded::Unverified, Some(issuer)) => complain(format_args!(
                "{}: this CRL is of none of the trust store's CAs, so it counts only for clients \
                 that send its own, {issuer}",
                file.display()
            )),
            _ => {}
        }
        Ok(())
    }
}

fn policy(arguments: &ChainArguments) -> Policy {
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
