//! Threads that verify when they are told to, all at once, and remember how long each took.

use core::hint::black_box;
use core::time::Duration;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use hdrhistogram::Histogram;
use portcullis::pki_types::CertificateDer;

use super::contender::Contender;
use super::interrupt::Interrupt;

/// A chain as a client presents it.
pub(super) type Presented = Vec<CertificateDer<'static>>;

/// Who verifies what.
#[derive(Clone, Copy)]
pub(super) struct Load<'l> {
    pub(super) contenders: &'l [&'l dyn Contender],
    /// There is one at least.
    pub(super) chains: &'l [Presented],
    pub(super) interrupt: &'l Interrupt,
}

/// What each thread is to do.
#[derive(Clone, Copy)]
pub(super) struct Task {
    /// Which of the load's.
    pub(super) contender: usize,
    pub(super) work: Work,
}

#[derive(Clone, Copy)]
pub(super) enum Work {
    /// All chains so many times; each verification is recorded.
    Measure { passes: u64 },
    /// One chain after the other for that long, and one at least; nothing is recorded.
    WarmUp(Duration),
}

/// What the threads did of a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) verifications: u64,
    started: Instant,
    ended: Instant,
}

impl Slice {
    /// From the first thread's beginning to the last one's end.
    pub(super) fn time(&self) -> Duration {
        self.ended - self.started
    }

    /// The time of one verification, in seconds, if they came one after the other.
    pub(super) fn each(&self) -> f64 {
        self.time().as_secs_f64() / self.verifications as f64
    }

    fn join(self, other: Self) -> Self {
        Self {
            verifications: self.verifications + other.verifications,
            started: self.started.min(other.started),
            ended: self.ended.max(other.ended),
        }
    }
}

/// Nanoseconds of single verifications.
pub(super) type Latencies = Histogram<u64>;

/// The threads.
pub(super) struct Pool {
    workers: Vec<Worker>,
}

struct Worker {
    tasks: Sender<Task>,
    slices: Receiver<Slice>,
}

impl Pool {
    /// Starts the threads, lets `conduct` hand out tasks, and gives what each contender took.
    pub(super) fn with<R>(
        load: Load<'_>,
        threads: u16,
        conduct: impl FnOnce(&Self) -> anyhow::Result<R>,
    ) -> anyhow::Result<(R, Vec<Latencies>)> {
        thread::scope(|scope| {
            let mut pool = Self {
                workers: Vec::new(),
            };
            let mut handles = Vec::new();
            for number in 0..threads {
                let (tasks, coming_tasks) = channel();
                let (finished_slices, slices) = channel();
                // If this fails, the pool is dropped, and the threads that are there end.
                let handle: ScopedJoinHandle<'_, Vec<Latencies>> = thread::Builder::new()
                    .name(format!("bench-{number}"))
                    .spawn_scoped(scope, move || {
                        let begin = load.chains.len() * usize::from(number) / usize::from(threads);
                        serve(load, begin, &coming_tasks, &finished_slices)
                    })
                    .with_context(|| {
                        format!("thread {} of {threads} can't be started", number + 1)
                    })?;
                pool.workers.push(Worker { tasks, slices });
                handles.push(handle);
            }
            let conducted = conduct(&pool);
            drop(pool);
            let mut sum = vec![latencies(); load.contenders.len()];
            for handle in handles {
                let parts = handle.join().map_err(|_| anyhow!("a thread died"))?;
                for (sum, part) in sum.iter_mut().zip(&parts) {
                    sum.add(part).context("latencies can't be added up")?;
                }
            }
            Ok((conducted?, sum))
        })
    }

    pub(super) fn threads(&self) -> usize {
        self.workers.len()
    }

    /// Lets every thread do the task, and waits for all.
    pub(super) fn run(&self, task: Task) -> anyhow::Result<Slice> {
        for worker in &self.workers {
            worker.tasks.send(task).context("a thread died")?;
        }
        let mut sum: Option<Slice> = None;
        for worker in &self.workers {
            let slice = worker.slices.recv().context("a thread died")?;
            sum = Some(sum.map_or(slice, |sum| sum.join(slice)));
        }
        sum.context("there is no thread")
    }
}

/// What a thread does, until nobody has tasks for it. It begins with the chain of that number.
fn serve(
    load: Load<'_>,
    begin: usize,
    tasks: &Receiver<Task>,
    slices: &Sender<Slice>,
) -> Vec<Latencies> {
    let mut histograms = vec![latencies(); load.contenders.len()];
    let mut chains = load.chains.iter().cycle().skip(begin);
    for task in tasks {
        let contender = load.contenders[task.contender];
        let mut verify_next = || {
            if let Some(chain) = chains.next() {
                black_box(contender.accepts(black_box(chain)));
            }
        };
        let started = Instant::now();
        let mut now = started;
        let mut verifications = 0;
        match task.work {
            Work::Measure { passes } => {
                let wanted = passes.saturating_mul(load.chains.len() as u64);
                let histogram = &mut histograms[task.contender];
                while verifications < wanted && !load.interrupt.came() {
                    let before = now;
                    verify_next();
                    // The only look at the clock: it costs about what it costs to record.
                    now = Instant::now();
                    let taken = u64::try_from((now - before).as_nanos()).unwrap_or(u64::MAX);
                    // It grows as need be, so nothing is out of its range.
                    _ = histogram.record(taken);
                    verifications += 1;
                }
            }
            Work::WarmUp(time) => loop {
                verify_next();
                verifications += 1;
                now = Instant::now();
                if now - started >= time || load.interrupt.came() {
                    break;
                }
            },
        }
        let slice = Slice {
            verifications,
            started,
            ended: now,
        };
        if slices.send(slice).is_err() {
            break;
        }
    }
    histograms
}

/// An empty one that tells three digits.
pub(super) fn latencies() -> Latencies {
    Histogram::new(DIGITS).expect("hdrhistogram takes 0 to 5 digits")
}

const DIGITS: u8 = 3;
