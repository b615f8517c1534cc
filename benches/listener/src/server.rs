//! A listener as a child process.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::process;

const PATIENCE: Duration = Duration::from_secs(30);

/// A line that a listener has said on its standard error.
pub(crate) struct Line {
    pub(crate) at: Instant,
    pub(crate) text: String,
}

/// A listener that runs until this goes.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    lines: Receiver<Line>,
}

impl Server {
    /// Starts what says `listening on https://ADDRESS` when it does.
    pub(crate) fn start(command: Command) -> Result<Self> {
        let (child, lines) = spawn(command)?;
        let unspecified = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut server = Self {
            child,
            address: unspecified,
            lines,
        };
        let line = server.wait_for(PATIENCE, "listening on https://")?;
        let (_, address) = line.text.rsplit_once("https://").unwrap_or_default();
        server.address = address.trim().parse().context("no address")?;
        Ok(server)
    }

    /// Starts what says nothing: it listens when its port can be connected to.
    pub(crate) fn start_silent(command: Command, address: SocketAddr) -> Result<Self> {
        let (child, lines) = spawn(command)?;
        let mut server = Self {
            child,
            address,
            lines,
        };
        let started = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            if server.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                bail!("it does not listen: {}", server.said());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn lines(&self) -> &Receiver<Line> {
        &self.lines
    }

    /// Itself and the processes that it has started; nginx works in one of these.
    pub(crate) fn pids(&self) -> Result<Vec<u32>> {
        let pid = self.child.id();
        let mut pids = vec![pid];
        pids.extend(process::children(pid)?);
        Ok(pids)
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).context("cannot signal the server")
    }

    /// Waits for a line with this in it; those before are dropped.
    fn wait_for(&mut self, patience: Duration, wanted: &str) -> Result<Line> {
        let mut others = String::new();
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.text.contains(wanted) => return Ok(line),
                Ok(line) => others = others + &line.text + "\n",
                Err(RecvTimeoutError::Timeout) => bail!("it never says {wanted:?}: {others}"),
                Err(RecvTimeoutError::Disconnected) => bail!("it has ended: {others}"),
            }
        }
    }

    /// What it has said and nobody has read.
    fn said(&self) -> String {
        let lines = self.lines.try_iter().map(|line| line.text);
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to be done.
        if self.signal(Signal::TERM).is_ok() {
            let asked = Instant::now();
            while let Ok(None) = self.child.try_wait() {
                if asked.elapsed() > Duration::from_secs(5) {
                    drop(self.child.kill());
                    break;
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
        drop(self.child.wait());
    }
}

fn spawn(mut command: Command) -> Result<(Child, Receiver<Line>)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let stderr = child.stderr.take().context("no standard error")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for text in BufReader::new(stderr).lines().map_while(Result::ok) {
            let line = Line {
                at: Instant::now(),
                text,
            };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok((child, lines))
}
