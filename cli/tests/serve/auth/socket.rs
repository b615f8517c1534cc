//! The endpoint on a Unix socket.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use portcullis::ConnectionLogEntry;
use portcullis_fixtures::Pki;
use tempfile::TempDir;

use super::proxy::*;
use crate::server::{DEADLINE, Server, Setup};

/// A folder of its own, and a server with a socket in it.
fn serving(pki: &Pki, more: &[&str]) -> (TempDir, PathBuf, Server) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("auth.sock");
    let server = setup_at(pki, &path).with(more.iter().copied()).start();
    (folder, path, server)
}

fn setup_at(pki: &Pki, path: &Path) -> Setup {
    let address = format!("unix:{}", path.display());
    Setup::without_listener([pki.root()])
        .with(["--auth", &address])
        .with(["--auth-header", TRAEFIK])
}

fn connect(path: &Path) -> Proxy<UnixStream> {
    let stream = UnixStream::connect(path).expect("it listens");
    stream.set_read_timeout(Some(DEADLINE)).expect("not zero");
    Proxy::over(stream)
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("it is there");
    let names = entries.map(|entry| entry.expect("readable").file_name());
    names
        .map(|name| name.into_string().expect("UTF-8"))
        .collect()
}

#[test]
fn proxies_ask_over_it_and_are_logged_as_of_nowhere() {
    let pki = Pki::new(0);
    let (_folder, path, server) = serving(&pki, &[]);
    let mut proxy = connect(&path);
    expect_passes(&proxy.ask(&[(TRAEFIK, &traefik(&pki.chain()))]));
    expect_refused(&proxy.ask(&[]), NO_CERTIFICATE);
    let line = server.line(NO_CERTIFICATE);
    let from = format!("portcullis: unix:{}: Failed:", path.display());
    assert!(line.starts_with(&from), "{line}");
    let lines = server.connections(2);
    let entry = ConnectionLogEntry::parse(&lines[0]).expect("a line");
    assert_eq!(entry.client_ip.to_string(), "0.0.0.0");
    assert_eq!((entry.client_port, entry.listener_port), (0, 0));
    assert_eq!(entry.ip_address, None);
}

#[test]
fn it_may_be_used_by_owner_and_group_unless_told_otherwise() {
    let pki = Pki::new(0);
    for (more, mode) in [
        (&[][..], 0o660),
        (&["--auth-socket-mode", "600"], 0o600),
        (&["--auth-socket-mode", "0666"], 0o666),
    ] {
        let (folder, path, _server) = serving(&pki, more);
        let metadata = fs::metadata(&path).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o7777, mode);
        assert_eq!(names(&folder), ["auth.sock"]);
    }
}

#[test]
fn it_goes_when_the_program_ends() {
    let pki = Pki::new(0);
    for signal in ["TERM", "INT"] {
        let (folder, path, server) = serving(&pki, &[]);
        let mut idle = connect(&path);
        expect_refused(&idle.ask(&[]), NO_CERTIFICATE);
        server.signal(signal);
        assert!(idle.is_at_end());
        assert_eq!(server.ended().code, Some(0));
        assert_eq!(names(&folder), [""; 0]);
    }
}

#[test]
fn what_a_program_that_was_killed_left_behind_is_replaced() {
    let pki = Pki::new(0);
    let (_folder, path, server) = serving(&pki, &[]);
    server.signal("KILL");
    assert_eq!(server.ended().code, None);
    let stale = fs::symlink_metadata(&path)
        .expect("it is still there")
        .ino();
    assert!(UnixStream::connect(&path).is_err());
    let _server = setup_at(&pki, &path).start();
    expect_refused(&connect(&path).ask(&[]), NO_CERTIFICATE);
    let new = fs::symlink_metadata(&path).expect("it is there").ino();
    assert_ne!(new, stale);
}

#[test]
fn another_s_socket_and_what_is_no_socket_stay() {
    let pki = Pki::new(0);
    let (_folder, path, _server) = serving(&pki, &[]);
    let complaint = setup_at(&pki, &path).complaint();
    let expected = "can't be listened on: another program listens there";
    assert!(complaint.ends_with(expected), "{complaint}");
    expect_refused(&connect(&path).ask(&[]), NO_CERTIFICATE);

    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, "precious").expect("writable");
    let complaint = setup_at(&pki, &path).complaint();
    let expected = "can't be listened on: there is a file of this name that is no socket";
    assert!(complaint.ends_with(expected), "{complaint}");
    assert_eq!(fs::read(&path).expect("it is there"), b"precious");

    let path = folder.path().join("missing").join("auth.sock");
    let complaint = setup_at(&pki, &path).complaint();
    assert!(complaint.contains("can't be listened on: "), "{complaint}");
    let path = folder.path().join("x".repeat(200));
    let complaint = setup_at(&pki, &path).complaint();
    assert!(complaint.contains("can't be listened on: "), "{complaint}");
    assert_eq!(names(&folder), ["file"]);
}

#[test]
fn a_socket_that_took_the_name_meanwhile_stays() {
    let pki = Pki::new(0);
    let (_folder, path, server) = serving(&pki, &[]);
    fs::remove_file(&path).expect("it is there");
    let _other = UnixListener::bind(&path).expect("the name is free");
    assert_eq!(server.stop().code, Some(0));
    assert!(UnixStream::connect(&path).is_ok());
}

#[test]
fn a_proxy_that_goes_away_in_the_middle_is_nobody_s_trouble() {
    let pki = Pki::new(0);
    let (_folder, path, _server) = serving(&pki, &[]);
    let mut gone = UnixStream::connect(&path).expect("it listens");
    gone.write_all(b"GET / HTTP/1.1\r\nHost").expect("open");
    drop(gone);
    expect_passes(&connect(&path).ask(&[(TRAEFIK, &traefik(&pki.chain()))]));
}
