//! What a listener keeps, at rest and with many connections open.

use core::time::Duration;

use anyhow::{Context, Result};
use tokio::time::sleep;

use crate::client::{Clients, attempt, request};
use crate::process::{self, cpu_time};
use crate::server::Server;

pub(crate) const HEADER: &str = "\
| CRL entries | server | at rest, KiB | its peak | connections | with these, KiB | its peak | KiB each |
|--:|---|--:|--:|--:|--:|--:|--:|";

/// Handshakes under way while connections are opened.
const AT_A_TIME: usize = 32;

/// KiB of a listener's memory before and after it got connections.
pub(crate) struct Memory {
    rest: process::Memory,
    loaded: process::Memory,
    connections: usize,
}

impl Memory {
    /// Opens as many connections that do nothing after their handshake, and looks.
    pub(crate) async fn measure(
        server: &Server,
        clients: &Clients,
        connections: usize,
    ) -> Result<Self> {
        // The first connection finds out whether the listener is at rest.
        attempt(clients, server.address()).await?;
        settle(server).await?;
        let rest = memory(server)?;

        let mut open = Vec::with_capacity(connections);
        while open.len() < connections {
            let count = AT_A_TIME.min(connections - open.len());
            let handshakes = (0..count).map(|_| {
                let clients = clients.clone();
                let address = server.address();
                tokio::task::spawn_local(async move { clients.connect(address).await })
            });
            for handshake in handshakes.collect::<Vec<_>>() {
                open.push(handshake.await?.context("a connection failed")?);
            }
        }
        settle(server).await?;
        let loaded = memory(server)?;
        // They were let in, all of them, and are still there.
        for connection in open {
            request(connection).await.context("a connection was lost")?;
        }
        Ok(Self {
            rest,
            loaded,
            connections,
        })
    }

    /// The columns after the server's name.
    pub(crate) fn columns(&self) -> String {
        let growth = self.loaded.resident.saturating_sub(self.rest.resident);
        format!(
            "{} | {} | {} | {} | {} | {:.1}",
            self.rest.resident,
            self.rest.peak,
            self.connections,
            self.loaded.resident,
            self.loaded.peak,
            growth as f64 / self.connections as f64,
        )
    }
}

/// Of the process that serves, the last one started; the peak is the highest of all, since nginx
/// reads lists before it starts its worker.
fn memory(server: &Server) -> Result<process::Memory> {
    let all = server.pids()?.into_iter().map(process::Memory::of);
    let all = all.collect::<Result<Vec<_>, _>>()?;
    let peak = all.iter().map(|memory| memory.peak).max();
    let last = all.last().context("no process")?;
    Ok(process::Memory {
        resident: last.resident,
        peak: peak.unwrap_or(last.peak),
    })
}

/// Waits until the listener has nothing left to do.
async fn settle(server: &Server) -> Result<()> {
    let pids = server.pids()?;
    let time = || {
        pids.iter()
            .map(|pid| cpu_time(*pid))
            .sum::<Result<Duration, _>>()
    };
    let mut before = time()?;
    loop {
        sleep(Duration::from_millis(500)).await;
        let after = time()?;
        if after == before {
            return Ok(());
        }
        before = after;
    }
}
