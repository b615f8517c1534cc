//! The part of the command line about proxies that ask.

use core::net::SocketAddr;
use core::str::FromStr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hyper::header::HeaderName;
use serde::Serialize;

/// Where proxies ask, and how they say whom they mean.
#[derive(Args, Clone, Debug)]
pub(crate) struct AuthArguments {
    /// Answer proxies on this address, such as 127.0.0.1:9000 or unix:/run/portcullis.sock
    ///
    /// For nginx's auth_request, Envoy's ext_authz, HAProxy with Lua and Traefik's ForwardAuth: 200
    /// and the headers of ALB if the client may pass, 403 and the status if not.
    #[arg(long, value_name = "ADDR", requires = "auth_header")]
    pub(crate) auth: Option<AuthAddress>,

    /// The header in which the proxy sends the client's certificate; no other is believed
    #[arg(long, value_name = "NAME", requires = "auth")]
    pub(crate) auth_header: Option<HeaderName>,

    /// How the certificate stands in that header [default: as its name says, if it is one of those
    /// in --help]
    #[arg(long, value_enum, value_name = "FORM", requires = "auth")]
    pub(crate) auth_form: Option<AuthForm>,

    /// Let --auth be an address that other machines can reach
    ///
    /// Whoever can reach it and knows a client's certificate, which is no secret, is told that this
    /// client may pass; and only the proxy has made sure that the client holds the key.
    #[arg(long, requires = "auth")]
    pub(crate) auth_public: bool,

    /// Who may use the Unix socket of --auth, as chmod writes it
    #[arg(long, value_name = "MODE", value_parser = permissions, default_value = "660")]
    pub(crate) auth_socket_mode: u32,
}

/// What is listened on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum AuthAddress {
    Tcp(SocketAddr),
    /// The name of a socket.
    Unix(PathBuf),
}

/// How a certificate stands in a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AuthForm {
    /// DER in base64 without armour, several with commas between: Traefik
    Base64,
    /// PEM with percent-encoding: nginx's $ssl_client_escaped_cert, ALB in passthrough mode
    EscapedPem,
    /// RFC 9440, with a second header whose name ends in -Chain: HAProxy
    Rfc9440,
    /// X-Forwarded-Client-Cert of Envoy
    Xfcc,
}

impl AuthForm {
    /// The one that a header of this name is in, where that is well known.
    pub(crate) fn of(header: &HeaderName) -> Option<Self> {
        Some(match header.as_str() {
            "client-cert" => Self::Rfc9440,
            "x-forwarded-client-cert" => Self::Xfcc,
            "x-forwarded-tls-client-cert" => Self::Base64,
            // ALB's own; and that of nginx as an ingress of Kubernetes.
            "x-amzn-mtls-clientcert" | "x-amzn-mtls-clientcert-leaf" | "ssl-client-cert" => {
                Self::EscapedPem
            }
            _ => return None,
        })
    }
}

impl FromStr for AuthAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("there is no name of a socket after unix:"),
                path => Ok(Self::Unix(path.into())),
            };
        }
        let address = text.parse();
        address.map(Self::Tcp).map_err(
            |_| "neither an IP address and port, such as 127.0.0.1:9000, nor unix: and a file name",
        )
    }
}

/// Octal, as `chmod` has it, for owner, group and others.
fn permissions(text: &str) -> Result<u32, &'static str> {
    let mode = u32::from_str_radix(text, 8).ok();
    let mode = mode.filter(|mode| *mode <= 0o777 && text.len() <= 4);
    mode.ok_or("not a file mode in octal from 000 to 777, such as 660")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_ip_or_names_a_socket() {
        for (text, address) in [("127.0.0.1:9000", "127.0.0.1:9000"), ("[::1]:0", "[::1]:0")] {
            let address = address.parse().expect("an address");
            assert_eq!(text.parse(), Ok(AuthAddress::Tcp(address)));
        }
        for path in ["/run/portcullis.sock", "relative", "/a:b c"] {
            let parsed = format!("unix:{path}").parse();
            assert_eq!(parsed, Ok(AuthAddress::Unix(path.into())));
        }
        for text in ["", "unix:", "9000", "localhost:9000", "/run/x", "127.0.0.1"] {
            assert!(text.parse::<AuthAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_mode_is_octal_and_no_more_than_permissions() {
        for (text, mode) in [("660", 0o660), ("0600", 0o600), ("0", 0), ("777", 0o777)] {
            assert_eq!(permissions(text), Ok(mode));
        }
        for text in ["", "rw", "888", "1777", "00660", "-1"] {
            assert!(permissions(text).is_err(), "{text}");
        }
    }

    #[test]
    fn well_known_names_tell_the_form_in_any_case() {
        for (name, form) in [
            ("Client-Cert", Some(AuthForm::Rfc9440)),
            ("X-Forwarded-Client-Cert", Some(AuthForm::Xfcc)),
            ("X-FORWARDED-TLS-CLIENT-CERT", Some(AuthForm::Base64)),
            ("ssl-client-cert", Some(AuthForm::EscapedPem)),
            ("X-Amzn-Mtls-Clientcert", Some(AuthForm::EscapedPem)),
            ("X-Amzn-Mtls-Clientcert-Leaf", Some(AuthForm::EscapedPem)),
            ("Client-Cert-Chain", None),
            ("X-Client-Cert", None),
        ] {
            let name = name.parse().expect("a name");
            assert_eq!(AuthForm::of(&name), form, "{name}");
        }
    }
}
