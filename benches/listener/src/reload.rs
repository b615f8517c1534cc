//! New bundles and lists while clients come in: nobody is let in or turned away wrongly.

mod replace;
mod timeline;

use core::cell::{Cell, RefCell};
use core::net::SocketAddr;
use core::time::Duration;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::Args;
use portcullis_fixtures::Key;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{interval, timeout};

use crate::client::{Clients, attempt};
use crate::files::{Files, pem};
use crate::fleet::{Fleet, Revoked};
use crate::measure::Sorted;
use crate::process;
use crate::program::{Kind, Program};
use crate::reload::replace::{Done, How, Outcome, Replaced, Replacements};
use crate::reload::timeline::Answer;

/// Longer than that is a failure of its own.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that it takes, at least
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Connections a second
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// How often a file is replaced, the broken one included
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(4..))]
    replacements: u32,
    /// Entries of the CRL
    #[arg(long, default_value_t = 100_000, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    entries: usize,
    /// The program `portcullis`; without this it is built
    #[arg(long)]
    portcullis: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    process::allow_files(4096)?;
    let program = Program::find(Kind::Portcullis, options.portcullis.as_deref())?;
    let fleet = Fleet::new(Key::p256, "Device Fleet");
    let departing = Fleet::new(|number| Key::p256(number + 4), "Other Fleet");
    let files = Files::new(&fleet)?;
    let Some(lists) = files.lists(&fleet, options.entries)? else {
        bail!("a list has entries");
    };
    let replacements = replacements(options, &fleet, &departing, &files, lists.each[1].clone());
    fs::write(&replacements.bundle, &replacements.bundles[0])?;
    fs::write(&replacements.list, &replacements.lists[0])?;
    let server = program.start_portcullis(&files, Some(&lists))?;

    let clients = [
        Clients::new(fleet.credentials())?,
        Clients::new([fleet.revocable()])?,
        Clients::new(departing.credentials())?,
    ];
    let address = server.address();
    let replacing = thread::spawn(move || {
        let replaced = replacements.make(&server);
        // The listener is there until the last client is done.
        (server, replaced)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let attempts = LocalSet::new().block_on(&runtime, async {
        let is_over = || replacing.is_finished();
        come_in(options.rate, address, &clients, is_over).await
    })?;
    let Ok((_server, replaced)) = replacing.join() else {
        bail!("the thread that replaces has panicked");
    };
    report(&program.version, &attempts, &replaced?)
}

fn replacements(
    options: &Options,
    fleet: &Fleet,
    departing: &Fleet,
    files: &Files,
    list: PathBuf,
) -> Replacements {
    let root = fleet.root().to_pem();
    let both = root.clone() + &departing.root().to_pem();
    // It ends in the middle of the second certificate.
    let broken_bundle = both[..root.len() + root.len() / 2].to_owned();
    let lists = [Revoked::Nobody, Revoked::OneClient];
    let lists = lists.map(|revoked| pem("X509 CRL", &fleet.list(options.entries, revoked)));
    Replacements {
        bundle: files.bundle.clone(),
        list,
        bundles: [both, root],
        broken_bundle,
        lists,
        count: options.replacements,
        every: Duration::from_secs(options.seconds.into()) / (options.replacements + 1),
    }
}

/// Whom the replacements concern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    /// Its root is in every bundle, and no list has it.
    Good,
    /// Every other list has it.
    Revocable,
    /// Every other bundle lacks its root.
    Departing,
}

struct Attempt {
    role: Role,
    started: Instant,
    ended: Instant,
    result: io::Result<()>,
}

/// Clients come in at a steady pace, however long the ones before them take.
async fn come_in(
    rate: u32,
    address: SocketAddr,
    clients: &[Clients; 3],
    is_over: impl Fn() -> bool,
) -> Result<Vec<Attempt>> {
    let attempts = Rc::new(RefCell::new(Vec::new()));
    let under_way = Rc::new(Cell::new(0_usize));
    let mut tasks = JoinSet::new();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    let roles = [Role::Good, Role::Revocable, Role::Good, Role::Departing];
    for role in roles.into_iter().cycle() {
        ticks.tick().await;
        if is_over() {
            break;
        }
        let [good, revocable, departing] = clients;
        let clients = match role {
            Role::Good => good.clone(),
            Role::Revocable => revocable.clone(),
            Role::Departing => departing.clone(),
        };
        let (attempts, under_way) = (Rc::clone(&attempts), Rc::clone(&under_way));
        under_way.set(under_way.get() + 1);
        ensure!(under_way.get() < 1000, "the server does not keep up");
        tasks.spawn_local(async move {
            let started = Instant::now();
            let result = timeout(PATIENCE, attempt(&clients, address)).await;
            let attempt = Attempt {
                role,
                started,
                ended: Instant::now(),
                result: result.unwrap_or_else(|elapsed| Err(elapsed.into())),
            };
            under_way.set(under_way.get() - 1);
            attempts.borrow_mut().push(attempt);
        });
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    Ok(attempts.take())
}

/// Prints what happened.
///
/// # Errors
///
/// If anything went wrong.
fn report(version: &str, attempts: &[Attempt], replaced: &Replaced) -> Result<()> {
    println!("- {version}\n");
    println!("| replaced | by | files | told after, ms |\n|---|---|--:|--:|");
    for outcome in [Outcome::Reloaded, Outcome::Refused] {
        for how in [How::Signal, How::Notices] {
            let is_such = |done: &&Done| done.outcome == outcome && done.how == how;
            let done = replaced.done.iter().filter(is_such);
            let times = done.map(|done| 1e3 * done.told_after.as_secs_f64());
            let times: Vec<_> = times.collect();
            if !times.is_empty() {
                let count = times.len();
                println!("| {outcome} | {how} | {count} | {} |", Sorted::new(times));
            }
        }
    }

    println!("\n{HEADER}");
    let mut wrong = Vec::new();
    for role in [Role::Good, Role::Revocable, Role::Departing] {
        let attempts = attempts.iter().filter(|attempt| attempt.role == role);
        let mut row = Row::default();
        for attempt in attempts {
            if !row.add(attempt, replaced) {
                wrong.push(attempt);
            }
        }
        println!("| {} | {} |", name(role), row.columns());
    }
    for attempt in wrong.iter().take(10) {
        eprintln!("{:?}: {:?}", attempt.role, attempt.result);
    }
    ensure!(
        wrong.is_empty(),
        "{} clients were let in or turned away wrongly",
        wrong.len()
    );
    Ok(())
}

#[derive(Default)]
struct Row {
    passed: usize,
    refused: usize,
    without_alert: usize,
    undecided: usize,
    wrong: usize,
    milliseconds: Vec<f64>,
}

impl Row {
    /// Whether it went as it had to.
    fn add(&mut self, attempt: &Attempt, replaced: &Replaced) -> bool {
        let expected = match attempt.role {
            Role::Good => Some(Answer::Passes),
            Role::Revocable => replaced.revocable.expected(attempt.started, attempt.ended),
            Role::Departing => replaced.departing.expected(attempt.started, attempt.ended),
        };
        let answer = match &attempt.result {
            Ok(()) => Some(Answer::Passes),
            Err(error) => refusal(error).map(|refusal| {
                self.without_alert += usize::from(refusal == Refusal::Silent);
                Answer::Refused
            }),
        };
        match answer {
            Some(Answer::Passes) => {
                self.passed += 1;
                let time = attempt.ended - attempt.started;
                self.milliseconds.push(1e3 * time.as_secs_f64());
            }
            Some(Answer::Refused) => self.refused += 1,
            None => {}
        }
        self.undecided += usize::from(expected.is_none());
        let is_right = answer.is_some() && expected.is_none_or(|expected| answer == Some(expected));
        self.wrong += usize::from(!is_right);
        is_right
    }

    fn columns(self) -> String {
        let times = match self.milliseconds.is_empty() {
            true => "- | - | -".to_owned(),
            false => {
                let times = Sorted::new(self.milliseconds);
                let [median, most, all] = [0.5, 0.99, 1.0].map(|part| times.quantile(part));
                format!("{median:.1} | {most:.1} | {all:.1}")
            }
        };
        format!(
            "{} | {} | {} | {} | {} | {times}",
            self.passed, self.refused, self.without_alert, self.undecided, self.wrong
        )
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Refusal {
    Alert,
    /// The connection was closed, and no alert came through.
    Silent,
}

/// `None` for what a listener never does to refuse somebody.
fn refusal(error: &io::Error) -> Option<Refusal> {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match (inner, error.kind()) {
        (Some(rustls::Error::AlertReceived(_)), _) => Some(Refusal::Alert),
        (_, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
            Some(Refusal::Silent)
        }
        _ => None,
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Good => "good",
        Role::Revocable => "on every other CRL",
        Role::Departing => "root in every other bundle",
    }
}

const HEADER: &str = "\
| clients | passed | refused | of these without an alert | either would do | wrong | median, ms | 99 percent | all |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";
