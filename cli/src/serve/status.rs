//! What has happened so far, for the status page.

use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use portcullis::{FailureReason, VerifyStatus};

use super::refusal::{Refusal, Story};
use crate::trust::{Notice, Trust};

/// Counters, and what was refused last.
pub(super) struct Status {
    pub(super) started: Timestamp,
    /// Connections that are open, those whose handshake is under way too.
    pub(super) open: AtomicU64,
    /// Connections that were reset since too many were open.
    pub(super) over_limit: AtomicU64,
    /// Of clients that were let in.
    pub(super) requests: AtomicU64,
    /// Requests of proxies about clients.
    pub(super) questions: AtomicU64,
    statuses: [AtomicU64; STATUSES],
    refused: Mutex<VecDeque<Refusal>>,
    store: Mutex<StoreHistory>,
    telling: Mutex<Telling>,
}

/// How much has been told on standard error in this second.
struct Telling {
    second: i64,
    told: u32,
    untold: u64,
}

/// Where the trust store comes from.
#[derive(Clone)]
pub(super) struct StoreHistory {
    pub(super) loaded: Timestamp,
    /// How often it was replaced.
    pub(super) reloads: u64,
    /// How often its replacement was refused.
    pub(super) refusals: u64,
    /// Why the last time, if that was after it was loaded.
    pub(super) last_refusal: Option<(Timestamp, String)>,
    /// The file of each CRL.
    pub(super) crl_files: Vec<String>,
    /// What is odd about them.
    pub(super) notices: Vec<Notice>,
}

impl Status {
    pub(super) fn new(trust: &Trust) -> Self {
        let now = Timestamp::now();
        Self {
            started: now,
            open: AtomicU64::new(0),
            over_limit: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            questions: AtomicU64::new(0),
            statuses: [const { AtomicU64::new(0) }; STATUSES],
            refused: Mutex::new(VecDeque::with_capacity(KEPT)),
            store: Mutex::new(StoreHistory {
                loaded: now,
                reloads: 0,
                refusals: 0,
                last_refusal: None,
                crl_files: crl_files(trust),
                notices: trust.notices.clone(),
            }),
            telling: Mutex::new(Telling {
                second: now.as_second(),
                told: 0,
                untold: 0,
            }),
        }
    }

    /// Whether one more refusal may be told on standard error, which a flood of them would fill; and
    /// how many were not in the second before.
    pub(super) fn may_tell(&self) -> Option<u64> {
        let mut telling = lock(&self.telling);
        let second = Timestamp::now().as_second();
        let mut untold = 0;
        if telling.second != second {
            untold = telling.untold;
            *telling = Telling {
                second,
                told: 0,
                untold: 0,
            };
        }
        if telling.told < TOLD_A_SECOND {
            telling.told += 1;
            return Some(untold);
        }
        telling.untold += 1;
        None
    }

    pub(super) fn count(&self, status: VerifyStatus) {
        let index = all_statuses().position(|known| known == status);
        if let Some(counter) = index.and_then(|index| self.statuses.get(index)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each status was given, in the order of AWS's documentation.
    pub(super) fn statuses(&self) -> impl Iterator<Item = (VerifyStatus, u64)> {
        let counts = self.statuses.iter();
        all_statuses().zip(counts.map(|count| count.load(Ordering::Relaxed)))
    }

    /// Keeps a refusal, for as long as it is one of the last.
    pub(super) fn refuse(&self, refusal: Refusal) {
        let mut refused = lock(&self.refused);
        refused.truncate(KEPT - 1);
        refused.push_front(refusal);
    }

    /// What was refused last, the newest first.
    pub(super) fn refused(&self) -> Vec<Refusal> {
        lock(&self.refused).iter().cloned().collect()
    }

    /// Puts into words what was refused so far, so that nothing holds on to the store that
    /// refused it. It takes a while, but nobody has to wait for it.
    pub(super) fn settle(&self) {
        for refusal in self.refused() {
            let told = refusal.story.tell();
            let mut refused = lock(&self.refused);
            let id = refusal.conn_trace_id;
            let kept = refused.iter_mut().find(|kept| kept.conn_trace_id == id);
            if let Some(kept) = kept {
                kept.story = Story::Told(told);
            }
        }
    }

    pub(super) fn store(&self) -> StoreHistory {
        lock(&self.store).clone()
    }

    pub(super) fn replaced(&self, trust: &Trust) {
        let mut store = lock(&self.store);
        store.loaded = Timestamp::now();
        store.reloads += 1;
        store.last_refusal = None;
        store.crl_files = crl_files(trust);
        store.notices = trust.notices.clone();
    }

    /// Notes that files can't be used; whether that is news, as it always is to who told to read them.
    pub(super) fn refused_replacement(&self, reason: String, is_told: bool) -> bool {
        let mut store = lock(&self.store);
        let last = store.last_refusal.as_ref();
        let is_news = is_told || last.is_none_or(|(_, last)| *last != reason);
        if is_news {
            store.refusals += 1;
            store.last_refusal = Some((Timestamp::now(), reason));
        }
        is_news
    }
}

fn crl_files(trust: &Trust) -> Vec<String> {
    let files = trust.crl_files.iter();
    files.map(|file| file.display().to_string()).collect()
}

fn all_statuses() -> impl Iterator<Item = VerifyStatus> {
    let failures = FailureReason::ALL.into_iter().map(VerifyStatus::Failed);
    core::iter::once(VerifyStatus::Success).chain(failures)
}

/// What is behind the lock is whole even if somebody panicked with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const TOLD_A_SECOND: u32 = 20;

const STATUSES: usize = FailureReason::ALL.len() + 1;

/// How many refusals are kept. Each may hold the 64 KiB that a client can present.
const KEPT: usize = 50;
