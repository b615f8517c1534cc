//! Log files, each written by a thread of its own, so that no connection waits for a disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use crate::input;
use crate::outcome::complain;

/// A log that lines are appended to.
pub(super) struct Log {
    sender: Sender<Message>,
}

enum Message {
    Line(String),
    Reopen,
    Close(oneshot::Sender<()>),
}

impl Log {
    /// Opens a file, which is made if it is not there, or standard output for `-`. Errors name it.
    pub(super) fn open(name: &Path) -> anyhow::Result<Self> {
        let context = || format!("{}: the log can't be written", name.display());
        let writer = Writer::open(name).with_context(context)?;
        Self::start(writer).with_context(context)
    }

    /// What is told on standard error while serving. Nobody may read it, and nobody waits for that.
    pub(super) fn standard_error() -> io::Result<Self> {
        Self::start(Writer {
            name: PathBuf::from("standard error"),
            to: Box::new(io::stderr()),
            is_failing: false,
        })
    }

    fn start(writer: Writer) -> io::Result<Self> {
        let (sender, receiver) = channel(CAPACITY);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(receiver))?;
        Ok(Self { sender })
    }

    /// Appends a line if there is room for it.
    pub(super) fn offer(&self, line: String) {
        _ = self.sender.try_send(Message::Line(line));
    }

    /// Appends a line, once there is room for it.
    pub(super) async fn write(&self, mut line: String) {
        line.push('\n');
        self.send(Message::Line(line)).await;
    }

    /// Returns once there is room for a line.
    pub(super) async fn has_room(&self) {
        // The thread ends with the last sender, and not before.
        _ = self.sender.reserve().await;
    }

    /// Appends a line, for those who can't wait but have waited for room before they began.
    pub(super) fn write_soon(&self, mut line: String) {
        line.push('\n');
        if let Err(TrySendError::Full(message)) = self.sender.try_send(Message::Line(line))
            && let Ok(runtime) = Handle::try_current()
        {
            let sender = self.sender.clone();
            runtime.spawn(async move { sender.send(message).await });
        }
    }

    /// Closes the file and opens what now has its name.
    pub(super) async fn reopen(&self) {
        self.send(Message::Reopen).await;
    }

    /// Returns when all that was appended before is written.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        self.send(Message::Close(done)).await;
        _ = wait.await;
    }

    async fn send(&self, message: Message) {
        // The thread ends with the last sender, and not before.
        _ = self.sender.send(message).await;
    }
}

struct Writer {
    name: PathBuf,
    to: Box<dyn Write + Send>,
    /// Whether the last line could not be written: that is told once, and not for each line.
    is_failing: bool,
}

impl Writer {
    fn open(name: &Path) -> io::Result<Self> {
        let to: Box<dyn Write + Send> = match input::is_standard_stream(name) {
            true => Box::new(io::stdout()),
            false => Box::new(append(name)?),
        };
        Ok(Self {
            name: name.to_path_buf(),
            to,
            is_failing: false,
        })
    }

    fn run(mut self, mut receiver: Receiver<Message>) {
        let mut lines = String::new();
        while let Some(message) = receiver.blocking_recv() {
            let mut next = Some(message);
            // All that is waiting is written at once.
            while let Some(message) = next {
                match message {
                    Message::Line(line) => lines.push_str(&line),
                    Message::Reopen => {
                        self.write(&mut lines);
                        self.reopen();
                    }
                    Message::Close(done) => {
                        self.write(&mut lines);
                        _ = done.send(());
                    }
                }
                next = match lines.len() < MAX_BATCH {
                    true => receiver.try_recv().ok(),
                    false => None,
                };
            }
            self.write(&mut lines);
        }
    }

    fn write(&mut self, lines: &mut String) {
        let written = self
            .to
            .write_all(lines.as_bytes())
            .and_then(|()| self.to.flush());
        lines.clear();
        match written {
            Ok(()) => self.is_failing = false,
            Err(error) if !self.is_failing => {
                self.is_failing = true;
                let name = self.name.display();
                complain(format_args!("{name}: lines of the log are lost: {error}"));
            }
            Err(_) => {}
        }
    }

    fn reopen(&mut self) {
        if input::is_standard_stream(&self.name) {
            return;
        }
        match append(&self.name) {
            Ok(file) => self.to = Box::new(file),
            Err(error) => complain(format_args!(
                "{}: can't be opened again, so the log goes on where it was: {error}",
                self.name.display()
            )),
        }
    }
}

fn append(name: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(name)
}

/// Lines that may wait for the disk before connections do.
const CAPACITY: usize = 8192;
const MAX_BATCH: usize = 256 * 1024;
