//! What Linux knows of a process, and which CPU it may run on.

use core::time::Duration;
use std::{fs, io};

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit};
use rustix::thread::CpuSet;

/// The CPU time that a process has taken, all its threads and the kernel on its behalf.
///
/// To a hundredth of a second, as the system counts.
pub(crate) fn cpu_time(pid: u32) -> io::Result<Duration> {
    let fields = stat(pid)?;
    let ticks = |position: usize| {
        fields
            .get(position)
            .and_then(|ticks| ticks.parse::<u64>().ok())
    };
    // Fields 14 and 15 of proc_pid_stat(5), of which the first two are cut off.
    let (Some(user), Some(system)) = (ticks(11), ticks(12)) else {
        return Err(io::Error::other("no times"));
    };
    let ticks = (user + system) as f64;
    let per_second = rustix::param::clock_ticks_per_second() as f64;
    Ok(Duration::from_secs_f64(ticks / per_second))
}

/// The processes that one has started.
pub(crate) fn children(parent: u32) -> io::Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // It may have ended in the meantime.
        let fields = stat(pid).unwrap_or_default();
        if fields.get(1).is_some_and(|pid| *pid == parent.to_string()) {
            children.push(pid);
        }
    }
    Ok(children)
}

/// The fields of `/proc/PID/stat` after the name, which may hold blanks and brackets.
fn stat(pid: u32) -> io::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

/// KiB of memory.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

impl Memory {
    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            value.ok_or_else(|| io::Error::other(format!("no {name}")))
        };
        Ok(Self {
            resident: value("VmRSS:")?,
            peak: value("VmHWM:")?,
        })
    }
}

/// Two CPUs that this process may use: one for the server, one for the clients.
#[derive(Clone, Copy)]
pub(crate) struct Cpus {
    server: usize,
    clients: usize,
}

impl Cpus {
    /// Takes the first two, and puts this process on the second.
    pub(crate) fn split() -> Result<Self> {
        let allowed = rustix::thread::sched_getaffinity(None)?;
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
        let (Some(server), Some(clients)) = (allowed.next(), allowed.next()) else {
            anyhow::bail!("server and clients need a CPU each");
        };
        stay_on(clients)?;
        Ok(Self { server, clients })
    }

    /// Runs something, such as the start of a process, on the server's CPU.
    pub(crate) fn on_server<T>(self, f: impl FnOnce() -> T) -> Result<T> {
        stay_on(self.server)?;
        let result = f();
        stay_on(self.clients)?;
        Ok(result)
    }

    /// Whether the two are threads of one core, and slow each other down.
    pub(crate) fn share_a_core(self) -> bool {
        let siblings = |cpu: usize| {
            fs::read_to_string(format!(
                "/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
            ))
            .ok()
        };
        let server = siblings(self.server);
        server.is_some() && server == siblings(self.clients)
    }
}

fn stay_on(cpu: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu);
    rustix::thread::sched_setaffinity(None, &set)
        .with_context(|| format!("cannot stay on CPU {cpu}"))
}

/// Lets this process and those that it starts have as many open files.
pub(crate) fn allow_files(files: usize) -> Result<()> {
    let files = files as u64;
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let suffices = |limit: Option<u64>| limit.is_none_or(|limit| limit >= files);
    if suffices(limit.current) {
        return Ok(());
    }
    ensure!(
        suffices(limit.maximum),
        "{files} open files are needed, and `ulimit -Hn` is less"
    );
    let current = limit.maximum;
    rustix::process::setrlimit(Resource::Nofile, Rlimit { current, ..limit })
        .context("cannot raise the limit of open files")
}
