//! A TLS server of s2n-tls in memory, set up as ALB's mutual TLS is: a client certificate is
//! required, under an ELB security policy.
//!
//! The safe bindings of s2n-tls lack the look-up of CRLs and give no way to add it. So this speaks
//! its C interface; all `unsafe` that it takes is in this package, which only tests use.

mod config;
mod connection;
mod crls;
mod error;
mod transport;

use crate::config::Config;
use crate::connection::Connection;
pub use crate::error::SetupError;

/// What a server is set up with.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The trust store. One that s2n-tls can't read is left out.
    pub anchors: &'a [&'a [u8]],
    /// The lists, in the order in which they are handed out: one for each presented certificate,
    /// so that more than there are certificates are not seen. `None` turns the look-up off.
    pub crls: Option<&'a [&'a [u8]]>,
    /// How many certificates may be presented.
    pub max_depth: u16,
    /// The seconds since 1970 that its clock shows.
    pub now: u64,
    /// The server's own certificate, DER.
    pub certificate: &'a [u8],
    /// Its private key, PKCS#8.
    pub private_key: &'a [u8],
}

/// A server in the middle of a handshake.
#[derive(Debug)]
pub struct Server {
    // Dropped in this order: the connection has a pointer to the configuration.
    connection: Connection,
    config: Config,
}

impl Server {
    /// A server that waits for a client.
    ///
    /// # Errors
    ///
    /// What can't be used: a list that s2n-tls can't read, first of all.
    pub fn new(setup: &Setup<'_>) -> Result<Self, SetupError> {
        s2n_tls::init::init();
        let config = Config::new(setup)?;
        let connection = Connection::new(&config)?;
        Ok(Self { connection, config })
    }

    /// Takes what the client has sent and goes on as far as that reaches.
    pub fn receive(&mut self, bytes: &[u8]) -> Progress {
        self.connection.receive(bytes)
    }

    /// What is to be sent to the client.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.connection.take_output()
    }

    /// The anchors that s2n-tls could not read, by index.
    #[must_use]
    pub fn refused_anchors(&self) -> &[usize] {
        self.config.refused_anchors()
    }
}

/// How far a handshake has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// The client is accepted.
    Accepted,
    /// It is not, and this is s2n-tls's name for why.
    Refused(&'static str),
    /// The client has to send more.
    Waiting,
}
