//! A trust store that follows its files.

use core::time::Duration;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use std::{fs, io};

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Server;
use crate::arguments::StoreArguments;
use crate::outcome::complain;
use crate::printable::counted;
use crate::trust::Trust;

/// The signals that stop the program.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Returns when one has come.
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The signal to read everything again.
pub(super) fn hang_up() -> anyhow::Result<Signal> {
    listen(SignalKind::hangup())
}

fn listen(kind: SignalKind) -> anyhow::Result<Signal> {
    signal(kind).context("signals can't be listened to")
}

/// Reads the trust store again whenever its files are not as they were loaded, and on SIGHUP, which
/// also reopens the logs.
pub(super) async fn watch(server: Arc<Server>, mut loaded: Files, mut hang_up: Signal) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = loaded.clone();
    let mut again = None;
    loop {
        let is_told = tokio::select! {
            _ = hang_up.recv() => true,
            _ = ticks.tick() => false,
        };
        if is_told {
            let logs = [&server.connection_log, &server.access_log];
            for log in logs.into_iter().flatten() {
                log.reopen().await;
            }
        }
        let arguments = server.arguments.store.clone();
        let Ok(files) = spawn_blocking(move || Files::look(&arguments)).await else {
            continue;
        };
        // Files that are still being written are left alone until nothing changes any more.
        let has_changed = files != loaded && files == seen;
        if is_told || has_changed || again.is_some_and(|again| again <= Instant::now()) {
            loaded = files.clone();
            again = match reload(&server, is_told).await {
                Reload::Done => None,
                Reload::Again => Some(Instant::now() + PAUSE),
            };
        }
        seen = files;
    }
}

enum Reload {
    /// What the files hold serves, or can't.
    Done,
    /// They could not be read, which may pass: too many files are open, or one is not there for a
    /// moment.
    Again,
}

/// Puts what the files now hold in the place of the store in use, if it can be used.
async fn reload(server: &Arc<Server>, is_told: bool) -> Reload {
    let arguments = server.arguments.store.clone();
    let trust = spawn_blocking(move || load(&arguments)).await;
    let trust = trust.unwrap_or_else(|error| Err(error.into()));
    let error = match trust {
        Ok(trust) => {
            replace(server, trust);
            return Reload::Done;
        }
        Err(error) => error,
    };
    // What is tried by itself is told once, however often it is.
    let is_news = server
        .status
        .refused_replacement(format!("{error:#}"), is_told);
    if is_news {
        complain(format_args!(
            "reload refused, the old trust store goes on serving: {error:#}"
        ));
    }
    match error.chain().any(|cause| cause.is::<io::Error>()) {
        true => Reload::Again,
        false => Reload::Done,
    }
}

/// A CRL that can't be trusted is refused here: it would refuse clients that now pass.
fn load(arguments: &StoreArguments) -> anyhow::Result<Trust> {
    let trust = Trust::load(arguments)?;
    match trust.notices.iter().find(|notice| notice.is_fault) {
        Some(fault) => Err(anyhow::Error::msg(fault.text.clone())),
        None => Ok(trust),
    }
}

fn replace(server: &Arc<Server>, trust: Trust) {
    for notice in &trust.notices {
        complain(&notice.text);
    }
    let cas = counted(trust.store.cas().len(), "CA certificate");
    let crls = counted(trust.store.crls().len(), "CRL");
    let entries = trust.store.crls().map(portcullis::Crl::len).sum();
    let entries = match entries {
        1 => "1 entry".to_owned(),
        entries => format!("{entries} entries"),
    };
    server.status.replaced(&trust);
    server.clients.replace(trust.store);
    let settling = server.clone();
    spawn_blocking(move || settling.status.settle());
    complain(format_args!("reloaded: {cas}, {crls} with {entries}"));
}

/// What tells one state of the files from another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Files(Vec<Option<File>>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct File {
    length: u64,
    modified: Option<SystemTime>,
    /// Device, inode and the time of its last change: another file under the same name, or a copy
    /// that kept its times.
    identity: (u64, u64, i64, i64),
}

impl Files {
    pub(super) fn look(arguments: &StoreArguments) -> Self {
        let crls = arguments.revocation.crl.iter();
        let files = core::iter::once(&arguments.trust_store).chain(crls);
        Self(files.map(|file| File::look(file)).collect())
    }
}

impl File {
    /// None for a file that is not there, which is a state as well.
    fn look(name: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(name).ok()?;
        Some(Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            identity: (
                metadata.dev(),
                metadata.ino(),
                metadata.ctime(),
                metadata.ctime_nsec(),
            ),
        })
    }
}

/// How often the files are looked at; a change is read when they have not changed for as long.
const PERIOD: Duration = Duration::from_millis(500);
/// How long after files could not be read they are tried again.
const PAUSE: Duration = Duration::from_secs(5);
