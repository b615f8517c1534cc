//! What a chain is judged by: the trust store, the policy, the time.

use std::path::{Path, PathBuf};

use portcullis::pki_types::UnixTime;
use portcullis::signature::AWS_LC_RS;
use portcullis::{Expiry, Policy, TrustStore};

use crate::arguments::{ChainArguments, PolicyName};
use crate::clock;
use crate::input::{self, Password, STANDARD_INPUT};

/// Everything that stays the same from chain to chain.
pub(crate) struct Gate {
    pub(crate) store: TrustStore<'static>,
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
        let files = files.into_iter().flatten().chain(&arguments.chain);
        input::check_standard_input(files.map(PathBuf::as_path).chain(names_of_batch))?;
        let password = arguments
            .password_file
            .as_deref()
            .map(Password::read)
            .transpose()?;
        let now = arguments.time.map_or_else(clock::now, Ok)?;
        let mut store = TrustStore::new(policy(arguments), AWS_LC_RS);
        input::fill_store(&mut store, &arguments.trust_store)?;
        Ok(Self {
            store,
            policy: arguments.policy,
            now,
            password,
        })
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
    policy
}
