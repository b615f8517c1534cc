//! A proxy as the endpoint sees it: what it writes, by form, and its connection.

use core::net::SocketAddr;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use portcullis::pki_types::CertificateDer;

use crate::client::tcp;
use crate::http::Response;
use crate::server::Setup;
use portcullis_fixtures::Certificate;

/// Trusts these CAs, and reads this header.
pub(super) fn setup<'c>(cas: impl IntoIterator<Item = &'c Certificate>, header: &str) -> Setup {
    Setup::without_listener(cas)
        .with(["--auth", "127.0.0.1:0"])
        .with(["--auth-header", header])
}

/// A header of nginx, which has no name of its own.
pub(super) const NGINX: &str = "X-Client-Cert";
pub(super) const TRAEFIK: &str = "X-Forwarded-Tls-Client-Cert";
pub(super) const ENVOY: &str = "X-Forwarded-Client-Cert";
pub(super) const RFC_9440: &str = "Client-Cert";
pub(super) const RFC_9440_CHAIN: &str = "Client-Cert-Chain";

/// nginx's `$ssl_client_escaped_cert`: PEM of which only unreserved characters are left as they are.
pub(super) fn nginx(leaf: &CertificateDer<'_>) -> String {
    escape(&pem(leaf), |octet| {
        octet.is_ascii_alphanumeric() || b"-._~".contains(&octet)
    })
}

/// Envoy escapes what it has to.
pub(super) fn envoy_pem(presented: &[CertificateDer<'_>]) -> String {
    let pem: String = presented.iter().map(pem).collect();
    escape(&pem, |octet| !b"\n +/=".contains(&octet))
}

/// With `cert` and `chain` set.
pub(super) fn envoy(presented: &[CertificateDer<'_>]) -> String {
    let [leaf, ..] = presented else {
        panic!("it writes no header then");
    };
    let cert = envoy_pem(&presented[..1]);
    let chain = envoy_pem(presented);
    format!("Hash={};Cert=\"{cert}\";Chain=\"{chain}\"", hash(leaf))
}

/// PEM without armour and line breaks.
pub(super) fn traefik(presented: &[CertificateDer<'_>]) -> String {
    let certificates: Vec<String> = presented.iter().map(|der| base64(der)).collect();
    certificates.join(",")
}

pub(super) fn byte_sequence(octets: &[u8]) -> String {
    format!(":{}:", base64(octets))
}

/// As in `:MIIB...:, :MIIB...:`.
pub(super) fn byte_sequences(certificates: &[CertificateDer<'_>]) -> String {
    let members: Vec<String> = certificates.iter().map(|der| byte_sequence(der)).collect();
    members.join(", ")
}

pub(super) fn base64(octets: &[u8]) -> String {
    let pem = pem_rfc7468::encode_string("X", pem_rfc7468::LineEnding::LF, octets);
    let pem = pem.expect("it fits");
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    lines.collect()
}

/// SHA-256 as Envoy writes it.
pub(super) fn hash(der: &[u8]) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(der);
    hash.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn pem(der: &CertificateDer<'_>) -> String {
    let line_ending = pem_rfc7468::LineEnding::LF;
    pem_rfc7468::encode_string("CERTIFICATE", line_ending, der).expect("it fits")
}

fn escape(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let octets = text.bytes().map(|octet| match stays(octet) {
        true => char::from(octet).to_string(),
        false => format!("%{octet:02X}"),
    });
    octets.collect()
}

/// A connection that is kept.
pub(super) struct Proxy<S = TcpStream> {
    stream: S,
    unread: Vec<u8>,
}

impl Proxy {
    pub(super) fn connect(server: SocketAddr) -> Self {
        Self::over(tcp(server))
    }
}

impl<S: Read + Write> Proxy<S> {
    pub(super) fn over(stream: S) -> Self {
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Asks about a client of which it says this.
    pub(super) fn ask(&mut self, headers: &[(&str, &str)]) -> Answer {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {value}\r\n"));
        self.ask_raw(request(&headers.collect::<String>()))
    }

    /// Sends octets that are a request.
    pub(super) fn ask_raw(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.try_ask(request).expect("a response")
    }

    pub(super) fn try_ask(&mut self, request: impl AsRef<[u8]>) -> io::Result<Answer> {
        self.try_send(request)?;
        self.answer(false)
    }

    pub(super) fn ask_head(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request);
        self.answer(true).expect("a response")
    }

    pub(super) fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.try_send(octets).expect("it is open");
    }

    pub(super) fn try_send(&mut self, octets: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(octets.as_ref())
    }

    pub(super) fn answer(&mut self, is_to_head: bool) -> io::Result<Answer> {
        let response = Response::read(&mut self.stream, &mut self.unread, is_to_head)?;
        Ok(Answer(response))
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.unread.is_empty() && matches!(self.stream.read(&mut [0]), Ok(0))
    }
}

/// A request as nginx makes it.
pub(super) fn request(headers: &str) -> String {
    format!("GET /_portcullis HTTP/1.1\r\nHost: portcullis\r\n{headers}\r\n")
}

/// What the endpoint says.
#[derive(Debug)]
pub(super) struct Answer(Response);

impl Answer {
    /// The code and the status, which header and body agree on.
    pub(super) fn told(&self) -> (u16, &str) {
        let Self(Response { status, message }) = self;
        let told = message.header("x-portcullis-status").expect("a status");
        assert_eq!(message.text(), told);
        assert_eq!(message.header("cache-control"), Some("no-store"));
        (*status, told)
    }

    pub(super) fn code(&self) -> u16 {
        self.0.status
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.message.header(name)
    }

    /// Of the headers of ALB, names and values.
    pub(super) fn mtls(&self) -> Vec<(&str, &str)> {
        let headers = self.0.message.headers.iter();
        let headers = headers.filter(|(name, _)| name.starts_with("x-amzn-mtls-"));
        headers
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(super) fn body(&self) -> &str {
        self.0.message.text()
    }
}

#[track_caller]
pub(super) fn expect_passes(answer: &Answer) {
    assert_eq!(answer.told(), (200, "Success"));
    assert_eq!(answer.mtls().len(), 5);
}

#[track_caller]
pub(super) fn expect_refused(answer: &Answer, status: &str) {
    assert_eq!(answer.told(), (403, status));
    assert_eq!(answer.mtls(), []);
}

pub(super) const NO_CERTIFICATE: &str = "Failed:UnmappedConnectionError";
