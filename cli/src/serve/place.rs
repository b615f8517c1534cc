//! A place among the connections that may be open.

use core::sync::atomic::Ordering;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::Server;

/// Kept by whatever is left of a connection, which is open for as long.
pub(super) struct Place {
    server: Arc<Server>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    pub(super) fn take(server: &Arc<Server>, permit: OwnedSemaphorePermit) -> Arc<Self> {
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
