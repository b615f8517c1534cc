//! Lines of the connection log.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use crate::render::line::{
    ABSENT, Bare, Fields, Further, OrAbsent, Token, number, seconds, write_seconds,
};
use crate::render::{ConnTraceId, LogLeaf, LogLineError, LogTimestamp};
use crate::status::VerifyStatus;

/// A line of ALB's connection log: one connection to a listener, whether its handshake succeeded
/// or not.
///
/// [`new`](Self::new) and the public fields make one, and `Display` writes it, without a line
/// break after it. [`parse`](Self::parse) reads one, and it prints as it was read. No text in it
/// can break out of its field: what is not printable ASCII, a space or a double quote in a bare
/// field becomes `\xNN`, octet by octet.
///
/// ```
/// use portcullis::{Certificate, ConnectionLogEntry, LogTimestamp, VerifyStatus};
///
/// let time = LogTimestamp::since_unix_epoch(core::time::Duration::from_secs(1_794_700_800));
/// let mut entry = ConnectionLogEntry::new(time, [203, 0, 113, 1].into(), 36280, 443);
/// entry.tls_protocol = Some("TLSv1.3");
/// entry.tls_cipher = Some("TLS_AES_128_GCM_SHA256");
/// entry.leaf = Some((&Certificate::parse(include_bytes!("../../tests/data/leaf.der"))?).into());
/// entry.status = Some(VerifyStatus::Success);
///
/// let line = entry.to_string();
/// assert!(line.starts_with("2026-11-15T00:00:00.000000Z 203.0.113.1 36280 443 TLSv1.3 "));
/// let read = ConnectionLogEntry::parse(&line)?;
/// assert_eq!(read.status, Some(VerifyStatus::Success));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionLogEntry<'a> {
    /// When the connection was established, or failed to be.
    pub timestamp: LogTimestamp,
    /// The client's address.
    pub client_ip: IpAddr,
    /// The client's port.
    pub client_port: u16,
    /// The port of the listener.
    pub listener_port: u16,
    /// `TLSv1.2` or `TLSv1.3`; none for a listener without TLS.
    pub tls_protocol: Option<&'a str>,
    /// OpenSSL's name of the cipher suite: `ECDHE-RSA-AES128-GCM-SHA256`, and for TLS 1.3
    /// `TLS_AES_128_GCM_SHA256`.
    pub tls_cipher: Option<&'a str>,
    /// How long the handshake took, written in seconds with three decimals, the rest cut off;
    /// none if it was not completed.
    pub tls_handshake_latency: Option<Duration>,
    /// The client's certificate; none if there was none that could be read.
    pub leaf: Option<LogLeaf<'a>>,
    /// The verdict; none for a listener without TLS. (Without mutual TLS ALB logs `Success`.)
    pub status: Option<VerifyStatus>,
    /// The identifier that the access log has as well; none in lines of 11 fields.
    pub conn_trace_id: Option<ConnTraceId>,
    /// The group of the key exchange, `x25519` or `secp256r1`; none in older lines.
    pub tls_keyexchange: Option<&'a str>,
    /// The load balancer, `app/name/id`; none in older lines.
    pub elb: Option<&'a str>,
    /// The load balancer's address; none in older lines.
    pub ip_address: Option<IpAddr>,
    /// How many fields are written.
    pub fields: ConnectionLogFields,
    is_status_quoted: bool,
    further: Option<&'a str>,
}

impl<'a> ConnectionLogEntry<'a> {
    /// A line of 15 fields that says `-` but for these.
    #[must_use]
    pub const fn new(
        timestamp: LogTimestamp,
        client_ip: IpAddr,
        client_port: u16,
        listener_port: u16,
    ) -> Self {
        Self {
            timestamp,
            client_ip,
            client_port,
            listener_port,
            tls_protocol: None,
            tls_cipher: None,
            tls_handshake_latency: None,
            leaf: None,
            status: None,
            conn_trace_id: None,
            tls_keyexchange: None,
            elb: None,
            ip_address: None,
            fields: ConnectionLogFields::Fifteen,
            is_status_quoted: false,
            further: None,
        }
    }

    /// Reads a line, with or without the line break after it.
    ///
    /// It may have any number of fields from 11 on, as ALB has added some over the years and will
    /// add more; the status may be in double quotes.
    ///
    /// # Errors
    ///
    /// What is wrong with the first field that is wrong. [`LogLineError::Control`] is for lines
    /// that are about no connection, and nothing is wrong with those.
    pub fn parse(line: &'a str) -> Result<Self, LogLineError> {
        let mut fields = Fields::new(line, &NAMES, OLDEST)?;
        let mut entry = Self::new(
            fields.need(LogTimestamp::parse)?,
            fields.need(|text| text.parse().ok())?,
            fields.need(number)?,
            fields.need(number)?,
        );
        entry.tls_protocol = fields.bare()?;
        entry.tls_cipher = fields.bare()?;
        entry.tls_handshake_latency = fields.read(seconds)?;
        entry.leaf = LogLeaf::read(&mut fields)?;
        let status = fields.token()?;
        entry.is_status_quoted = matches!(status, Some(Token::Quoted(_)));
        entry.status = match status {
            Some(Token::Bare(ABSENT) | Token::Quoted(ABSENT)) | None => None,
            Some(Token::Bare(text) | Token::Quoted(text)) => {
                Some(text.parse().map_err(|_| fields.malformed())?)
            }
        };
        entry.conn_trace_id = fields.read(|text| text.parse().ok())?;
        entry.tls_keyexchange = fields.bare()?;
        entry.elb = fields.bare()?;
        entry.ip_address = fields.read(|text| text.parse().ok())?;
        entry.fields = match fields.number() {
            ..=11 => ConnectionLogFields::Eleven,
            12 => ConnectionLogFields::Twelve,
            13 => ConnectionLogFields::Thirteen,
            14.. => ConnectionLogFields::Fifteen,
        };
        entry.further = fields.rest();
        Ok(entry)
    }

    /// What comes after the fields that are known here, as it is in the line that was read.
    #[must_use]
    pub const fn further_fields(&self) -> Option<&'a str> {
        self.further
    }
}

impl fmt::Display for ConnectionLogEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {} {} ",
            self.timestamp,
            self.client_ip,
            self.client_port,
            self.listener_port,
            Bare(self.tls_protocol),
            Bare(self.tls_cipher)
        )?;
        match self.tls_handshake_latency {
            Some(latency) => write_seconds(f, latency)?,
            None => f.write_str(ABSENT)?,
        }
        f.write_str(" ")?;
        LogLeaf::write(self.leaf, f)?;
        let quote = if self.is_status_quoted { "\"" } else { "" };
        write!(f, " {quote}{}{quote}", OrAbsent(self.status))?;
        if self.fields == ConnectionLogFields::Eleven {
            return Ok(());
        }
        write!(f, " {}", OrAbsent(self.conn_trace_id))?;
        if self.fields == ConnectionLogFields::Twelve {
            return Ok(());
        }
        write!(f, " {}", Bare(self.tls_keyexchange))?;
        if self.fields == ConnectionLogFields::Thirteen {
            return Ok(());
        }
        write!(f, " {} {}", Bare(self.elb), OrAbsent(self.ip_address))?;
        match self.further {
            Some(further) => write!(f, " {}", Further(further)),
            None => Ok(()),
        }
    }
}

/// How many fields a line of the connection log has, and thereby how old the reader may be.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConnectionLogFields {
    /// Up to the status.
    Eleven,
    /// And `conn_trace_id`, which links it to the access log.
    Twelve,
    /// And the group of the key exchange.
    Thirteen,
    /// And the load balancer and its address.
    #[default]
    Fifteen,
}

/// AWS's names.
const NAMES: [&str; 15] = [
    "timestamp",
    "client_ip",
    "client_port",
    "listener_port",
    "tls_protocol",
    "tls_cipher",
    "tls_handshake_latency",
    "leaf_client_cert_subject",
    "leaf_client_cert_validity",
    "leaf_client_cert_serial_number",
    "tls_verify_status",
    "conn_trace_id",
    "tls_keyexchange",
    "elb",
    "ip_address",
];

/// Fields of the oldest lines known.
const OLDEST: usize = 11;
