//! A place among the connections that may be open.

use core::sync::atomic::Ordering;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Server;
use crate::outcome::complain;

/// All places that there are.
pub(super) struct Places {
    free: Arc<Semaphore>,
    limit: u32,
}

impl Places {
    pub(super) fn new(limit: u32) -> Self {
        let places = limit.try_into().unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(places)),
            limit,
        }
    }

    /// One of them, if there is one left. The first time that there is none it is told.
    pub(super) fn take(&self, server: &Arc<Server>) -> Option<Arc<Place>> {
        if let Ok(permit) = self.free.clone().try_acquire_owned() {
            return Some(Place::take(server, permit));
        }
        if server.status.over_limit.fetch_add(1, Ordering::Relaxed) == 0 {
            complain(format_args!(
                "{} connections are open, which is the limit: more are reset, and not logged",
                self.limit
            ));
        }
        None
    }
}

/// Kept by whatever is left of a connection, which is open for as long.
pub(super) struct Place {
    server: Arc<Server>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn take(server: &Arc<Server>, permit: OwnedSemaphorePermit) -> Arc<Self> {
        server.status.open.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            server: server.clone(),
            _permit: permit,
        })
    }

    /// Returns when the connection has to end, in order or not.
    pub(super) async fn lost(&self) {
        let mut cut = self.server.cut.subscribe();
        // An error is that nobody can say so any more.
        _ = cut.wait_for(|is_cut| *is_cut).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.server.status.open.fetch_sub(1, Ordering::Relaxed);
    }
}
