//! The command line of `portcullis serve`.

mod auth;

use core::net::SocketAddr;
use core::str::FromStr;
use core::time::Duration;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use hyper::StatusCode;
use hyper::http::uri::{Authority, Scheme, Uri};
use serde::Serialize;

pub(crate) use self::auth::{AuthAddress, AuthArguments, AuthForm};
use super::StoreArguments;

/// `serve`: where to listen, whom to let in, what to answer.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeArguments {
    /// Listen on this address for TLS, such as 127.0.0.1:8443; port 0 takes any that is free
    #[arg(long, value_name = "ADDR", required_unless_present = "auth")]
    pub(crate) listen: Option<SocketAddr>,

    #[command(flatten)]
    pub(crate) auth: AuthArguments,

    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// The server's certificate chain in PEM, its own certificate first
    ///
    /// Without it the program makes itself a certificate for localhost, which no client trusts by
    /// itself.
    #[arg(long, value_name = "PEM", requires = "key", requires = "listen")]
    pub(crate) cert: Option<PathBuf>,

    /// The private key of the server's certificate in PEM
    #[arg(long, value_name = "PEM", requires = "cert")]
    pub(crate) key: Option<PathBuf>,

    /// What is done about clients' certificates
    #[arg(long, value_enum, default_value_t = Mode::Verify)]
    pub(crate) mode: Mode,

    /// Answer every request with this status and text, such as 200:hello [default: 200:Success]
    #[arg(
        long,
        value_name = "STATUS:TEXT",
        conflicts_with = "target",
        requires = "listen"
    )]
    pub(crate) fixed_response: Option<FixedResponse>,

    /// Forward requests to this server, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", requires = "listen")]
    pub(crate) target: Option<Target>,

    /// Append a line for each connection, and for each answer to a proxy, to this file; - is
    /// standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) connection_log: Option<PathBuf>,

    /// Append a line for each request to this file; - is standard output
    #[arg(long, value_name = "FILE", requires = "listen")]
    pub(crate) access_log: Option<PathBuf>,

    /// The name of the load balancer in both logs
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        default_value = "app/portcullis/0000000000000000"
    )]
    pub(crate) elb: String,

    /// Send the names of the trust store's CAs to clients, so that they can choose a certificate
    ///
    /// As ALB's AdvertiseTrustStoreCaNames.
    #[arg(long, requires = "listen")]
    pub(crate) advertise_ca_names: bool,

    /// What a client sees that does not pass
    #[arg(long, value_enum, default_value_t = OnFailure::Reset)]
    pub(crate) on_failure: OnFailure,

    /// Show a status page on this address: / for people, /status.json and /metrics for programs
    #[arg(long, value_name = "ADDR")]
    pub(crate) admin: Option<SocketAddr>,

    /// Let --admin be an address that other machines can reach
    ///
    /// The page asks nobody who they are, and it names clients and CAs.
    #[arg(long, requires = "admin")]
    pub(crate) admin_public: bool,

    /// Don't tell on standard error which clients are refused, and why
    #[arg(long)]
    pub(crate) quiet: bool,

    /// How long a client may take for its handshake
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub(crate) handshake_timeout: Duration,

    /// How long a connection may be idle between requests, and a target take to answer
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub(crate) idle_timeout: Duration,

    /// The largest head of a request, in octets; that of a proxy which asks may have 327680 at least
    #[arg(
        long,
        value_name = "OCTETS",
        value_parser = clap::value_parser!(u32).range(8192..=1 << 20),
        default_value_t = 65_536
    )]
    pub(crate) max_header_size: u32,

    /// How many connections may be open at once; more are reset at once
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        default_value_t = 10_000
    )]
    pub(crate) max_connections: u32,

    /// How many threads serve [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,
}

/// What is done about clients' certificates.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// Nobody is asked for one
    Off,
    /// Clients are asked, and what they present goes on to the target, unverified
    Passthrough,
    /// Clients must present one that passes
    Verify,
}

/// What a client sees that does not pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum OnFailure {
    /// The TLS alert that fits
    Alert,
    /// A reset of the connection, as with ALB
    Reset,
}

/// One answer for all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct FixedResponse {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Default for FixedResponse {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            text: "Success".to_owned(),
        }
    }
}

impl FromStr for FixedResponse {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (status, text) = text
            .split_once(':')
            .ok_or("there is no colon between status and text, as in 200:hello")?;
        let status = StatusCode::from_bytes(status.as_bytes())
            .ok()
            .filter(|status| matches!(status.as_u16(), 200..=299 | 400..=599))
            .ok_or("the status is not one of 200 to 299 and 400 to 599, as ALB takes them")?;
        Ok(Self {
            status,
            text: text.to_owned(),
        })
    }
}

/// A server to forward to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target(pub(crate) Authority);

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| "not a URL")?;
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err("only http:// targets are served, such as http://127.0.0.1:8080");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("a target has no path: that of the request is used");
        }
        let authority = uri.authority().ok_or("there is no host")?;
        if authority.as_str().contains('@') {
            return Err("a target has no user name");
        }
        Ok(Self(authority.clone()))
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u32 = text.parse().map_err(|_| "not a number of seconds")?;
    match seconds {
        1..=4000 => Ok(Duration::from_secs(seconds.into())),
        _ => Err("not from 1 to 4000 seconds".to_owned()),
    }
}

pub(super) const SERVE_HELP: &str = "\
Try it:
  portcullis serve --listen 127.0.0.1:8443 --trust-store bundle.pem \\
      --connection-log - --admin 127.0.0.1:9443
  curl -k --cert client.pem --key client.key https://localhost:8443/

For a proxy that shakes hands itself and asks who may pass:
  portcullis serve --auth unix:/run/portcullis/auth.sock \\
      --auth-header X-Client-Cert --auth-form escaped-pem \\
      --trust-store bundle.pem

  The proxy has to ask clients for a certificate and take any; to set the header
  from the handshake, whatever the client has sent under that name; and to let
  nobody pass without a 200. The repository has configurations for nginx,
  HAProxy, Envoy and Traefik in examples/proxies.

  The answer is 200 with the headers that a target would get, or 403; its body
  and X-Portcullis-Status are the status. Without the header, or with an empty
  one, that is Failed:UnmappedConnectionError, ALB's word for no certificate; so
  it is if the header is there twice or can't be read, and standard error says
  which. All else in a request is ignored, its path and method too.

  Names that tell the form: Client-Cert is rfc9440, with Client-Cert-Chain;
  X-Forwarded-Client-Cert xfcc; X-Forwarded-Tls-Client-Cert base64;
  Ssl-Client-Cert, X-Amzn-Mtls-Clientcert and X-Amzn-Mtls-Clientcert-Leaf
  escaped-pem. nginx hands over none but the client's own certificate, so there
  the trust store has to hold the intermediates.

  The proxy has made sure that the client holds the key. The endpoint can't, and
  a certificate is no secret: whoever reaches it is believed. So it listens on
  this machine alone, unless --auth-public says otherwise.

Signals:
  SIGHUP            reads the trust store and the CRLs again, and reopens the
                    logs
  SIGTERM, SIGINT   stops: no new connections, 10 seconds for open ones; a
                    second one stops at once

Trust store and CRLs are also read again when the files change. The new ones
take over for every handshake from then on, and no connection is dropped. What
can't be used is refused: standard error says why, and the old ones go on
serving. Log lines are never rewritten; move a log away and send SIGHUP.

What is ALB's and what is not:
  Logs and headers are written as AWS documents them. Targets get, in verify
  mode, X-Amzn-Mtls-Clientcert-Serial-Number, -Issuer, -Subject, -Validity and
  -Leaf, in passthrough X-Amzn-Mtls-Clientcert; whatever of that name a client
  sends is dropped. Sessions are not resumed. Requests that can't be read
  (400, 431) are answered and not logged. CONNECT and TRACE are answered with
  405; no other upgrade than WebSocket's goes through. A client that goes away
  before its answer is logged as 460.

Exit codes:
  0  it was stopped
  2  it could not begin: an input can't be used or the address not be listened
     on (standard error says why), or the command line is wrong";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_response_is_a_status_and_any_text() {
        let response: FixedResponse = "403:no: really\n".parse().expect("it is one");
        assert_eq!(response.status, StatusCode::FORBIDDEN);
        assert_eq!(response.text, "no: really\n");
        assert_eq!("204:".parse::<FixedResponse>().expect("it is one").text, "");
        for text in ["", "200", "abc:x", "99:x", "302:x", "100:x", "600:x", ":x"] {
            assert!(text.parse::<FixedResponse>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_is_a_host_and_a_port() {
        for (text, authority) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:8080/", "[::1]:8080"),
            ("http://backend", "backend"),
        ] {
            assert_eq!(text.parse::<Target>().expect("it is one").0, authority);
        }
        for text in [
            "",
            "127.0.0.1:8080",
            "https://127.0.0.1",
            "http://a/path",
            "http://a/?q",
            "http://user@a/",
            "http:///",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
