//! Who takes part: this program under another name, and programs in C and Go that are compiled here
//! if their libraries are there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::subject::Subject;

/// The peers in Rust.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Library {
    Portcullis,
    /// webpki on aws-lc-rs, lists indexed.
    AwsLcRsOwned,
    /// The same, lists as they are.
    AwsLcRsBorrowed,
    /// webpki on ring, lists indexed.
    RingOwned,
}

/// A peer that can be started.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    lists: Lists,
    /// The kinds of keys that it cannot verify with.
    lacks: &'static [&'static str],
    command: Vec<OsString>,
    /// After the folder.
    argument: Option<&'static str>,
}

/// With which sizes of lists it is measured.
#[derive(Clone, Copy)]
enum Lists {
    /// Without one only: it knows none.
    Absent,
    /// With one and without.
    Any,
    /// With one only: without, another peer is the same.
    Present,
}

impl Program {
    /// What starts it on a folder of inputs.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let (program, arguments) = self.command.split_first().expect("a program");
        let mut command = Command::new(program);
        command.args(arguments).arg(folder).args(self.argument);
        command
    }

    pub(crate) fn takes(&self, subject: Subject) -> bool {
        let has_list = subject.entries > 0;
        let takes_lists = match self.lists {
            Lists::Absent => !has_list,
            Lists::Any => true,
            Lists::Present => has_list,
        };
        takes_lists && !self.lacks.contains(&subject.kind.name)
    }

    fn rust(name: &'static str, library: &str, lists: Lists) -> Result<Self> {
        Ok(Self {
            name,
            lists,
            lacks: &[],
            command: vec![
                std::env::current_exe()?.into(),
                "--serve".into(),
                library.into(),
            ],
            argument: None,
        })
    }
}

/// Those that are here, and a line for each that is not. Programs are compiled into the folder.
pub(crate) fn find(folder: &Path) -> Result<(Vec<Program>, Vec<String>)> {
    let mut found = vec![
        Program::rust("Portcullis", "portcullis", Lists::Any)?,
        Program::rust("webpki, aws-lc-rs", "aws-lc-rs-owned", Lists::Any)?,
        Program::rust(
            "webpki, aws-lc-rs, Borrowed",
            "aws-lc-rs-borrowed",
            Lists::Present,
        )?,
        Program::rust("webpki, ring", "ring-owned", Lists::Any)?,
    ];
    let mut missing = Vec::new();
    for source in &SOURCES {
        match source.compile(folder) {
            Ok(program) => found.extend(source.names.iter().map(|(name, argument)| Program {
                name,
                lists: source.lists,
                lacks: source.lacks,
                command: vec![program.clone().into()],
                argument: *argument,
            })),
            Err(error) => missing.push(format!("{}: not here ({error:#}).", source.library)),
        }
    }
    Ok((found, missing))
}

struct Source {
    library: &'static str,
    file: &'static str,
    text: &'static str,
    link: &'static [&'static str],
    lists: Lists,
    lacks: &'static [&'static str],
    names: &'static [(&'static str, Option<&'static str>)],
}

impl Source {
    fn compile(&self, folder: &Path) -> Result<PathBuf> {
        let source = folder.join(self.file);
        let program = source.with_extension("program");
        fs::write(&source, self.text)?;
        let mut command;
        if self.file.ends_with(".go") {
            command = Command::new("go");
            command.arg("build").arg("-o").arg(&program).arg(&source);
            command.current_dir(folder).env("GO111MODULE", "off");
        } else {
            fs::write(folder.join("peer.h"), include_str!("../programs/peer.h"))?;
            command = Command::new("cc");
            command
                .args(["-O2", "-Wall", "-Wextra", "-o"])
                .arg(&program);
            command.arg(&source).args(self.link);
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{} cannot be run", command.get_program().display()))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            let first = errors.lines().find(|line| line.contains("error"));
            bail!(
                "{}",
                first.or(errors.lines().next()).unwrap_or("no reason given")
            );
        }
        Ok(program)
    }
}

static SOURCES: [Source; 4] = [
    Source {
        library: "OpenSSL",
        file: "openssl.c",
        text: include_str!("../programs/openssl.c"),
        link: &["-lcrypto"],
        lists: Lists::Any,
        lacks: &[],
        names: &[("OpenSSL, parsed ahead", Some("ahead")), ("OpenSSL", None)],
    },
    Source {
        library: "Go",
        file: "x509.go",
        text: include_str!("../programs/x509.go"),
        link: &[],
        lists: Lists::Absent,
        lacks: &[],
        names: &[("Go", None)],
    },
    Source {
        library: "mbedTLS",
        file: "mbedtls.c",
        text: include_str!("../programs/mbedtls.c"),
        link: &["-lmbedx509", "-lmbedcrypto"],
        lists: Lists::Any,
        lacks: &["Ed25519"],
        names: &[("mbedTLS", None)],
    },
    Source {
        library: "GnuTLS",
        file: "gnutls.c",
        text: include_str!("../programs/gnutls.c"),
        link: &["-lgnutls"],
        lists: Lists::Any,
        lacks: &[],
        names: &[("GnuTLS", None)],
    },
];
