//! The program while it serves, and clients of both its ports.

use core::net::SocketAddr;
use core::time::Duration;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::thread;

use portcullis_fixtures::{AnyServer, Certificate};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Stream};
use serde_json::Value;

use crate::run::command;

/// A running `portcullis serve`; it ends when this goes.
pub(super) struct Listener {
    child: Child,
    /// Where clients connect, or proxies.
    address: SocketAddr,
    admin: SocketAddr,
}

impl Listener {
    /// With a status page for this machine.
    pub(super) fn start(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let arguments = arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned());
        let admin = ["--admin", "127.0.0.1:0"].map(Into::into);
        Self::start_with(arguments.chain(admin))
    }

    /// With the status page that the arguments ask for.
    pub(super) fn start_with(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let begin = ["serve", "--listen", "127.0.0.1:0"];
        Self::begin(begin, arguments, "portcullis: listening on https://")
    }

    /// For proxies, with a status page for this machine.
    pub(super) fn start_endpoint<'a>(options: impl IntoIterator<Item = [&'a str; 2]>) -> Self {
        let begin = ["serve", "--auth", "127.0.0.1:0"];
        let options = options.into_iter().chain([["--admin", "127.0.0.1:0"]]);
        let prefix = "portcullis: answering proxies on http://";
        Self::begin(begin, options.into_iter().flatten(), prefix)
    }

    fn begin(
        begin: [&str; 3],
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        prefix: &str,
    ) -> Self {
        let mut child = command(begin)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let mut told = Vec::new();
        let mut address = |prefix| loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("it ended: {told:?}");
            };
            match line.strip_prefix(prefix).map(str::parse::<SocketAddr>) {
                Some(address) => return address.expect("an address"),
                None => told.push(line),
            }
        };
        let own = address(prefix);
        let mut admin = address("portcullis: status page on http://");
        if admin.ip().is_unspecified() {
            admin.set_ip(own.ip());
        }
        // What it goes on to say is read, so that it never has to wait.
        thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: own,
            admin,
        }
    }

    /// Asks the status page for a path.
    pub(super) fn get(&self, path: &str) -> Response {
        let response = self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n"));
        assert_eq!(response.status, 200, "{path}: {response:?}");
        response
    }

    /// Asks with these lines and no body.
    pub(super) fn ask(&self, head: &str) -> Response {
        let mut tcp = self.connect();
        write!(tcp, "{head}Connection: close\r\n\r\n").expect("it listens");
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).expect("it answers");
        Response::parse(&answer)
    }

    pub(super) fn status(&self) -> Value {
        serde_json::from_str(&self.get("/status.json").body).expect("JSON")
    }

    /// Waits until the status says so.
    pub(super) fn wait_until(&self, is_so: impl Fn(&Value) -> bool) {
        for _ in 0..600 {
            if is_so(&self.status()) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{}", self.status());
    }

    /// A connection to the status page that says nothing yet.
    pub(super) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.admin).expect("it listens")
    }

    /// Where proxies ask.
    pub(super) fn place(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A proxy that asks with this header, and whether the client may pass.
    pub(super) fn asked_about(&self, header: &str) -> bool {
        let mut tcp = TcpStream::connect(self.address).expect("it listens");
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\n\r\n");
        tcp.write_all(request.as_bytes()).expect("it is open");
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).expect("it answers");
        answer.starts_with("HTTP/1.1 200 ")
    }

    /// A client that does not know of TLS. It is told of in the status once this returns.
    pub(super) fn talk_in_the_clear(&self) {
        let mut tcp = TcpStream::connect(self.address).expect("it listens");
        _ = tcp.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        _ = tcp.read_to_end(&mut Vec::new());
    }

    /// A client with a certificate, and whether it got an answer.
    pub(super) fn talk(&self, client: &Certificate) -> bool {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = PrivatePkcs8KeyDer::from(client.key().pkcs8_der().to_vec());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer))
            .with_client_auth_cert(vec![client.to_certificate_der()], key.into())
            .expect("a key");
        let name = ServerName::try_from("localhost").expect("a name");
        let mut tls = ClientConnection::new(config.into(), name).expect("a client");
        let mut tcp = TcpStream::connect(self.address).expect("it listens");
        let mut stream = Stream::new(&mut tls, &mut tcp);
        _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        answer.starts_with(b"HTTP/1.1 200 ")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// An answer of the status page.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Response {
    fn parse(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        Self {
            status: status.expect("a status").parse().expect("a number"),
            headers: lines
                .map(|line| line.split_once(": ").expect("a header"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// What there is to read on a page: no tags, no style, no entities.
    pub(super) fn text(&self) -> String {
        let (_, body) = self.body.split_once("<body>").expect("a page");
        let parts = body
            .split('<')
            .enumerate()
            .map(|(index, part)| match index {
                0 => part,
                _ => part.split_once('>').expect("the end of a tag").1,
            });
        [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(parts.collect(), |text: String, (entity, character)| {
            text.replace(entity, character)
        })
    }
}
