//! The listeners that are compared, and how each is started.

use core::fmt;
use core::net::SocketAddr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::files::{Files, Lists};
use crate::process::Cpus;
use crate::server::Server;

/// The body that all answer with.
pub(crate) const BODY: &str = "welcome";

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Kind {
    Nginx,
    Portcullis,
    Rustls,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nginx => "nginx",
            Self::Portcullis => "Portcullis",
            Self::Rustls => "rustls",
        })
    }
}

/// A listener that is there and can be started.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) kind: Kind,
    pub(crate) version: String,
    path: PathBuf,
}

impl Program {
    /// Looks for it; `portcullis` is where that program is, if not to be built now.
    pub(crate) fn find(kind: Kind, portcullis: Option<&Path>) -> Result<Self> {
        let (path, version) = match kind {
            Kind::Nginx => {
                let path = PathBuf::from("nginx");
                let version = said(Command::new(&path).arg("-v"))?;
                (path, version)
            }
            Kind::Portcullis => {
                let path = portcullis.map_or_else(build, |path| Ok(path.to_owned()))?;
                said(Command::new(&path).args(["serve", "--help"]))?;
                let version = said(Command::new(&path).arg("--version"))?;
                (path, version)
            }
            Kind::Rustls => (env::current_exe()?, "rustls 0.23 with hyper 1".to_owned()),
        };
        Ok(Self {
            kind,
            version,
            path,
        })
    }

    pub(crate) fn start(&self, cpus: Cpus, files: &Files, lists: Option<&Lists>) -> Result<Server> {
        let server = cpus.on_server(|| match self.kind {
            Kind::Nginx => self.start_nginx(files, lists),
            Kind::Portcullis => self.start_portcullis(files, lists),
            Kind::Rustls => self.start_rustls(files, lists),
        });
        server?.with_context(|| format!("{} does not start", self.kind))
    }

    fn start_nginx(&self, files: &Files, lists: Option<&Lists>) -> Result<Server> {
        // It cannot tell which port it was given.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let configuration = files.path().join(format!("nginx-{}.conf", address.port()));
        fs::write(&configuration, nginx(address, files, lists))?;
        let mut command = Command::new(&self.path);
        command.args(["-e", "stderr", "-c"]).arg(configuration);
        Server::start_silent(command, address)
    }

    /// Starts Portcullis on any CPU.
    pub(crate) fn start_portcullis(&self, files: &Files, lists: Option<&Lists>) -> Result<Server> {
        let mut command = Command::new(&self.path);
        command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "1"]);
        command.arg(format!("--fixed-response=200:{BODY}"));
        command.arg("--trust-store").arg(&files.bundle);
        command.arg("--cert").arg(&files.certificate);
        command.arg("--key").arg(&files.key);
        for list in lists.into_iter().flat_map(|lists| &lists.each) {
            command.arg("--crl").arg(list);
        }
        Server::start(command)
    }

    fn start_rustls(&self, files: &Files, lists: Option<&Lists>) -> Result<Server> {
        let mut command = Command::new(&self.path);
        command.arg("peer");
        command.arg("--trust-store").arg(&files.bundle);
        command.arg("--cert").arg(&files.certificate);
        command.arg("--key").arg(&files.key);
        for list in lists.into_iter().flat_map(|lists| &lists.each) {
            command.arg("--crl").arg(list);
        }
        Server::start(command)
    }
}

/// Builds the program beside this one, unless it is up to date.
fn build() -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cli/Cargo.toml");
    let directory = env::current_exe()?;
    let directory = directory.parent().context("no directory")?;
    let target = directory.parent().context("no directory")?;
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--manifest-path", manifest])
        .arg("--target-dir")
        .arg(target)
        .status()?;
    ensure!(status.success(), "it cannot be built");
    Ok(target.join("release/portcullis"))
}

/// The first line that a command says, to standard output or else to standard error.
fn said(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let program = command.get_program().display().to_string();
    let output = output.with_context(|| format!("cannot start {program}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().next().unwrap_or_default();
    ensure!(output.status.success(), "{program}: {line}");
    Ok(line.to_owned())
}

/// One worker, TLS 1.3 without tickets, and nothing that the others do not do.
fn nginx(address: SocketAddr, files: &Files, lists: Option<&Lists>) -> String {
    let directory = files.path().display();
    let crl = lists.map_or_else(String::new, |lists| {
        format!("ssl_crl {};", lists.together.display())
    });
    format!(
        "\
daemon off;
worker_processes 1;
pid {directory}/nginx-{port}.pid;
error_log stderr crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    fastcgi_temp_path {directory}/fastcgi;
    proxy_temp_path {directory}/proxy;
    scgi_temp_path {directory}/scgi;
    uwsgi_temp_path {directory}/uwsgi;
    server {{
        listen {address} ssl backlog=1024;
        ssl_protocols TLSv1.3;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_client_certificate {bundle};
        ssl_verify_client on;
        ssl_verify_depth 4;
        {crl}
        ssl_session_cache off;
        ssl_session_tickets off;
        ssl_conf_command NumTickets 0;
        return 200 \"{BODY}\";
    }}
}}
",
        port = address.port(),
        certificate = files.certificate.display(),
        key = files.key.display(),
        bundle = files.bundle.display(),
    )
}
