//! What a chain is judged by: the trust store, the policy, the time.

use std::path::{Path, PathBuf};

use portcullis::pki_types::UnixTime;

use crate::arguments::{ChainArguments, PolicyName, StoreArguments};
use crate::clock;
use crate::input::{self, Password, STANDARD_INPUT};
use crate::outcome::complain;
use crate::trust::Trust;

/// Everything that stays the same from chain to chain.
pub(crate) struct Gate {
    pub(crate) trust: Trust,
    pub(crate) policy: PolicyName,
    pub(crate) now: UnixTime,
    pub(crate) password: Option<Password>,
}

impl Gate {
    /// Reads what the arguments name. Errors name the file at fault.
    pub(crate) fn open(arguments: &ChainArguments) -> anyhow::Result<Self> {
        Self::open_with(arguments, Trust::load)
    }

    /// The same with a trust store that is loaded in another way.
    pub(crate) fn open_with(
        arguments: &ChainArguments,
        load: impl FnOnce(&StoreArguments) -> anyhow::Result<Trust>,
    ) -> anyhow::Result<Self> {
        let names_of_batch = arguments.batch.then_some(Path::new(STANDARD_INPUT));
        let files = [
            Some(&arguments.store.trust_store),
            arguments.password_file.as_ref(),
        ];
        let files = files
            .into_iter()
            .flatten()
            .chain(&arguments.store.revocation.crl)
            .chain(&arguments.chain);
        input::check_standard_input(files.map(PathBuf::as_path).chain(names_of_batch))?;
        let password = arguments
            .password_file
            .as_deref()
            .map(Password::read)
            .transpose()?;
        let now = arguments.store.time.map_or_else(clock::now, Ok)?;
        let trust = load(&arguments.store)?;
        for notice in &trust.notices {
            complain(&notice.text);
        }
        Ok(Self {
            trust,
            policy: arguments.store.policy,
            now,
            password,
        })
    }
}
