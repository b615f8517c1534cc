//! As many connections as a listener can take.

use core::cell::Cell;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::process;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{Clients, attempt};
use crate::process::cpu_time;

/// So many connections at a time, each begun when another is done.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) in_flight: usize,
    pub(crate) warm_up: Duration,
    pub(crate) length: Duration,
}

/// What one listener did in one round.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    /// Connections a second: handshake, request, answer and end.
    pub(crate) rate: f64,
    /// Microseconds of CPU time that the listener took for each.
    pub(crate) cost: f64,
    /// The part of its CPU that the listener used.
    pub(crate) server_share: f64,
    /// The part of their CPU that the clients used.
    pub(crate) client_share: f64,
}

impl Load {
    /// # Errors
    ///
    /// If any connection fails.
    pub(crate) async fn put_on(
        self,
        clients: &Clients,
        address: SocketAddr,
        pids: &[u32],
    ) -> Result<Turn> {
        let state = Rc::new(State::default());
        let mut tasks = JoinSet::new();
        for _ in 0..self.in_flight {
            let (clients, state) = (clients.clone(), Rc::clone(&state));
            tasks.spawn_local(async move {
                while !state.is_over.get() {
                    attempt(&clients, address).await?;
                    state.done.set(state.done.get() + 1);
                }
                io::Result::Ok(())
            });
        }
        let turn = tokio::select! {
            turn = self.watch(&state, pids) => turn?,
            Some(ended) = tasks.join_next() => {
                ended?.context("a connection failed")?;
                unreachable!("nobody has told it to stop");
            }
        };
        state.is_over.set(true);
        while let Some(ended) = tasks.join_next().await {
            ended?.context("a connection failed")?;
        }
        Ok(turn)
    }

    /// What happens between two moments. Connections that are under way at the first make up for
    /// those at the second.
    async fn watch(self, state: &State, pids: &[u32]) -> Result<Turn> {
        sleep(self.warm_up).await;
        let before = Moment::now(state, pids)?;
        sleep(self.length).await;
        let after = Moment::now(state, pids)?;

        let done = (after.done - before.done) as f64;
        let seconds = (after.at - before.at).as_secs_f64();
        let server = (after.server - before.server).as_secs_f64();
        let clients = (after.clients - before.clients).as_secs_f64();
        Ok(Turn {
            rate: done / seconds,
            cost: server * 1e6 / done,
            server_share: server / seconds,
            client_share: clients / seconds,
        })
    }
}

#[derive(Default)]
struct State {
    done: Cell<u64>,
    is_over: Cell<bool>,
}

struct Moment {
    at: Instant,
    done: u64,
    server: Duration,
    clients: Duration,
}

impl Moment {
    fn now(state: &State, pids: &[u32]) -> io::Result<Self> {
        let server = pids.iter().map(|pid| cpu_time(*pid));
        Ok(Self {
            at: Instant::now(),
            done: state.done.get(),
            server: server.sum::<io::Result<_>>()?,
            clients: cpu_time(process::id())?,
        })
    }
}
