//! The program as a server: started, listened to, stopped.

use core::net::SocketAddr;
use core::time::Duration;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use portcullis_fixtures::Certificate;
use tempfile::TempDir;

/// The fixtures' time, at which what they make is valid.
pub(crate) const TIME: &str = "2027-01-15T08:00:00Z";

/// How long anything may take before a test gives up; no test waits for it to pass.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// The files and arguments of a server that is not started yet.
pub(crate) struct Setup {
    folder: TempDir,
    arguments: Vec<String>,
}

impl Setup {
    /// Trusts these CAs, logs to both logs.
    pub(crate) fn new<'c>(cas: impl IntoIterator<Item = &'c Certificate>) -> Self {
        let setup = Self::without_listener(cas);
        let access_log = name(&setup.path("access.log"));
        setup
            .with(["--listen", "127.0.0.1:0"])
            .with(["--access-log", &access_log])
    }

    /// Trusts these CAs, and has still to be told what to do.
    pub(crate) fn without_listener<'c>(cas: impl IntoIterator<Item = &'c Certificate>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let setup = Self {
            folder,
            arguments: vec!["serve".to_owned()],
        };
        let bundle = setup.file("bundle.pem", bundle(cas));
        let connection_log = name(&setup.path("connection.log"));
        setup
            .with(["--time", TIME, "--trust-store", &bundle])
            .with(["--connection-log", &connection_log])
    }

    /// More arguments.
    pub(crate) fn with<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let arguments = arguments.into_iter().map(str::to_owned);
        self.arguments.extend(arguments);
        self
    }

    /// A file of this content, named by the argument before it.
    pub(crate) fn with_file(self, argument: &str, file: &str, content: impl AsRef<[u8]>) -> Self {
        let file = self.file(file, content);
        self.with([argument, &file])
    }

    /// Writes a file into the folder, and gives its path.
    pub(crate) fn file(&self, file: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(file);
        fs::write(&path, content).expect("writable");
        name(&path)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Starts the program, and waits until it listens.
    pub(crate) fn start(self) -> Server {
        let mut child = command(&self.arguments).spawn().expect("it starts");
        let lines = Arc::new(Lines::default());
        let stderr = child.stderr.take().expect("a pipe");
        let reader = thread::spawn({
            let lines = lines.clone();
            move || {
                for line in BufReader::new(stderr).lines() {
                    lines.push(line.expect("UTF-8"));
                }
                lines.close();
            }
        });
        let mut server = Server {
            child,
            address: SocketAddr::from(([0; 4], 0)),
            folder: self.folder,
            lines,
            reader: Some(reader),
        };
        let is_listening = self.arguments.iter().any(|it| it == "--listen");
        let line = server.line(match is_listening {
            true => "listening on https://",
            false => "answering proxies on ",
        });
        if let Some((_, address)) = line.split_once("://") {
            server.address = address.parse().expect("an address");
        }
        server
    }

    /// Starts the program, and reads no more of what it says once it listens.
    pub(crate) fn start_unheard(self) -> (Server, impl Sized) {
        let mut child = command(&self.arguments).spawn().expect("it starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("listening on https://") {
            line.clear();
            let length = stderr.read_line(&mut line).expect("UTF-8");
            assert_ne!(length, 0, "it ended");
        }
        let address = line.trim_end().rsplit('/').next().expect("an address");
        let server = Server {
            child,
            address: address.parse().expect("an address"),
            folder: self.folder,
            lines: Arc::default(),
            reader: None,
        };
        (server, stderr)
    }

    /// Runs a program that can't begin: what it said, the one line without the program's name.
    pub(crate) fn complaint(&self) -> String {
        complaint(&self.arguments)
    }
}

/// Runs the program with arguments with which it can't begin.
pub(crate) fn complaint(arguments: &[impl AsRef<OsStr>]) -> String {
    let mut child = command(arguments).spawn().expect("it starts");
    let code = wait(&mut child);
    // It would not end by itself.
    _ = child.kill();
    let mut stderr = String::new();
    let pipe = child.stderr.as_mut().expect("a pipe");
    pipe.read_to_string(&mut stderr).expect("UTF-8");
    assert_eq!(code, Some(Some(2)), "{stderr}");
    let line = stderr.strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n'), "{line}");
    let complaint = line.strip_prefix("portcullis: ");
    complaint.expect("the program's name").to_owned()
}

/// A program that serves. It ends with this.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    folder: TempDir,
    lines: Arc<Lines>,
    reader: Option<thread::JoinHandle<()>>,
}

/// What a program that was stopped left behind.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// None if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stderr: Vec<String>,
    pub(crate) connections: Vec<String>,
    pub(crate) accesses: Vec<String>,
}

impl Server {
    /// Waits for a line on standard error with this text, and gives it.
    pub(crate) fn line(&self, text: &str) -> String {
        self.lines.wait(text)
    }

    /// Every line on standard error so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().lines.clone()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Puts another file in the place of one, in one go.
    pub(crate) fn replace(&self, file: &str, content: impl AsRef<[u8]>) {
        let new = self.path("new");
        fs::write(&new, content).expect("writable");
        fs::rename(new, self.path(file)).expect("in the same folder");
    }

    /// The lines of the connection log, once there are so many.
    pub(crate) fn connections(&self, count: usize) -> Vec<String> {
        self.log("connection.log", count)
    }

    /// The lines of the access log, once there are so many.
    pub(crate) fn accesses(&self, count: usize) -> Vec<String> {
        self.log("access.log", count)
    }

    /// The lines of a log, once there are so many, and no more.
    pub(crate) fn log(&self, file: &str, count: usize) -> Vec<String> {
        let path = self.path(file);
        let lines = until(|| {
            let lines = lines_of(&path);
            (lines.len() >= count).then_some(lines)
        });
        let lines = lines.unwrap_or_else(|| {
            panic!("{file} has {:?}, not {count} lines", lines_of(&path));
        });
        assert_eq!(lines.len(), count, "{lines:?}");
        lines
    }

    /// `TERM`, `HUP` or `INT`.
    pub(crate) fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill is there").success());
    }

    /// Stops it in order.
    pub(crate) fn stop(self) -> Stopped {
        self.signal("TERM");
        self.ended()
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> Stopped {
        let code = wait(&mut self.child).expect("it ends");
        let reader = self.reader.take().expect("it is joined once");
        reader.join().expect("all was UTF-8");
        Stopped {
            code,
            stderr: self.lines(),
            connections: lines_of(&self.path("connection.log")),
            accesses: lines_of(&self.path("access.log")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        _ = self.child.kill();
        _ = self.child.wait();
        let panicked = self.lines().into_iter().find(|it| it.contains("panicked"));
        if !thread::panicking() {
            assert_eq!(panicked, None);
        }
    }
}

/// The lines of standard error, as they come.
#[derive(Default)]
struct Lines {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    is_closed: bool,
}

impl Lines {
    /// A test that failed while it waited leaves them whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: String) {
        self.lock().lines.push(line);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn wait(&self, text: &str) -> String {
        let begun = Instant::now();
        let mut state = self.lock();
        loop {
            if let Some(line) = state.lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let left = DEADLINE.saturating_sub(begun.elapsed());
            let lines = &state.lines;
            assert!(
                !state.is_closed && !left.is_zero(),
                "no {text:?} in {lines:#?}"
            );
            let (next, _) = self
                .changed
                .wait_timeout(state, left)
                .expect("nobody panicked");
            state = next;
        }
    }
}

/// PEM of these, one after the other.
pub(crate) fn bundle<'c>(cas: impl IntoIterator<Item = &'c Certificate>) -> String {
    cas.into_iter().map(Certificate::to_pem).collect()
}

/// Asks again and again, until there is an answer or the deadline has passed.
pub(crate) fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || begun.elapsed() > DEADLINE {
            return answer;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn command(arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The exit code of a program that ends before the deadline.
fn wait(child: &mut Child) -> Option<Option<i32>> {
    let status = until(|| child.try_wait().expect("it is our child"));
    status.map(|status| status.code())
}

/// Complete ones: the last may still be on its way.
fn lines_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let complete = text.split_inclusive('\n');
    let complete = complete.filter_map(|line| line.strip_suffix('\n'));
    complete.map(str::to_owned).collect()
}

fn name(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
