//! Lines of the access log.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use crate::render::line::{
    ABSENT, Bare, Fields, Further, OrAbsent, number, seconds, write_seconds,
};
use crate::render::{ConnTraceId, LogLineError, LogText, LogTimestamp};

/// A line of ALB's access log: one request.
///
/// [`new`](Self::new) and the public fields make one of all 33 fields, and `Display` writes it,
/// without a line break after it. [`parse`](Self::parse) reads one, and it prints as it was read.
/// No text in it can break out of its field: see [`LogText`] for what stands in double quotes; in
/// a bare field what is not printable ASCII, a space or a double quote becomes `\xNN`, octet by
/// octet.
///
/// ```
/// use portcullis::{AccessLogEntry, LogTimestamp};
///
/// let time = LogTimestamp::since_unix_epoch(core::time::Duration::from_secs(1_794_700_800));
/// let mut entry = AccessLogEntry::new("https", time, "app/gate/1", ([203, 0, 113, 1], 36280).into());
/// entry.request = Some("GET https://example.com:443/ HTTP/1.1".into());
/// entry.user_agent = Some("quoting \" browser".into());
/// entry.conn_trace_id = Some("TID_3180a73013c8ca4bac2f731159d4b0fe".parse()?);
///
/// let line = entry.to_string();
/// let read = AccessLogEntry::parse(&line)?;
/// assert_eq!(read.user_agent, entry.user_agent);
/// assert_eq!(read.conn_trace_id, entry.conn_trace_id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccessLogEntry<'a> {
    /// `http`, `https`, `h2`, `grpcs`, `ws` or `wss`.
    pub kind: &'a str,
    /// When the response was generated; for WebSockets, when the connection was closed.
    pub time: LogTimestamp,
    /// The load balancer, `app/name/id`.
    pub elb: &'a str,
    /// The client's address and port. One of IPv6 has no brackets, as in ALB's own lines.
    pub client: SocketAddr,
    /// The target's address and port; none if the request went to none.
    pub target: Option<SocketAddr>,
    /// From the request's arrival until it was sent to a target; none is written `-1`.
    pub request_processing_time: Option<Duration>,
    /// Until the target began to answer; none is written `-1`.
    pub target_processing_time: Option<Duration>,
    /// Until the answer began to be sent to the client; none is written `-1`.
    pub response_processing_time: Option<Duration>,
    /// The status of the load balancer's response.
    pub elb_status: Option<u16>,
    /// The status of the target's response; none if it sent none.
    pub target_status: Option<u16>,
    /// The size of the request in octets, headers included.
    pub received_bytes: u64,
    /// The size of the response in octets, headers included.
    pub sent_bytes: u64,
    /// Method, whole URL and version of HTTP.
    pub request: Option<LogText<'a>>,
    /// The User-Agent header, of which no more than 8 KiB are written.
    pub user_agent: Option<LogText<'a>>,
    /// OpenSSL's name of the cipher suite; none without TLS.
    pub ssl_cipher: Option<&'a str>,
    /// `TLSv1.2` or `TLSv1.3`; none without TLS.
    pub ssl_protocol: Option<&'a str>,
    /// The target group.
    pub target_group_arn: Option<&'a str>,
    /// The X-Amzn-Trace-Id header: `Root=1-...`. A listener that answers by itself has the
    /// `TID_...` of `conn_trace_id` here.
    pub trace_id: Option<LogText<'a>>,
    /// The server name that the client asked for, if there is a certificate for it.
    pub domain_name: Option<LogText<'a>>,
    /// The certificate presented to the client, or `session-reused`.
    pub chosen_cert_arn: Option<LogText<'a>>,
    /// The priority of the rule that matched: 1 to 50000, 0 for the default, -1 for an error.
    pub rule_priority: Option<i32>,
    /// When the request arrived; none in lines older than the field.
    pub request_creation_time: Option<LogTimestamp>,
    /// What was done, separated by commas: `waf,forward`.
    pub actions: Option<LogText<'a>>,
    /// Where the client was sent.
    pub redirect_url: Option<LogText<'a>>,
    /// Why it failed, if it is known.
    pub error_reason: Option<LogText<'a>>,
    /// The targets, separated by spaces.
    pub target_list: Option<LogText<'a>>,
    /// The status codes of the targets, separated by spaces.
    pub target_status_list: Option<LogText<'a>>,
    /// `Acceptable`, `Ambiguous` or `Severe`, if the request does not comply with RFC 7230.
    pub classification: Option<LogText<'a>>,
    /// What it does not comply with.
    pub classification_reason: Option<LogText<'a>>,
    /// The connection: field 12 of the connection log.
    pub conn_trace_id: Option<ConnTraceId>,
    /// The host that a rule put in place of the client's.
    pub transformed_host: Option<LogText<'a>>,
    /// The URI that a rule put in place of the client's.
    pub transformed_uri: Option<LogText<'a>>,
    /// `TransformSuccess` or another word, if a rule transforms requests.
    pub request_transform_status: Option<LogText<'a>>,
    fields: usize,
    further: Option<&'a str>,
}

impl<'a> AccessLogEntry<'a> {
    /// A line of 33 fields that says `-`, `-1` or `0` but for these.
    #[must_use]
    pub const fn new(kind: &'a str, time: LogTimestamp, elb: &'a str, client: SocketAddr) -> Self {
        Self {
            kind,
            time,
            elb,
            client,
            target: None,
            request_processing_time: None,
            target_processing_time: None,
            response_processing_time: None,
            elb_status: None,
            target_status: None,
            received_bytes: 0,
            sent_bytes: 0,
            request: None,
            user_agent: None,
            ssl_cipher: None,
            ssl_protocol: None,
            target_group_arn: None,
            trace_id: None,
            domain_name: None,
            chosen_cert_arn: None,
            rule_priority: None,
            request_creation_time: None,
            actions: None,
            redirect_url: None,
            error_reason: None,
            target_list: None,
            target_status_list: None,
            classification: None,
            classification_reason: None,
            conn_trace_id: None,
            transformed_host: None,
            transformed_uri: None,
            request_transform_status: None,
            fields: NAMES.len(),
            further: None,
        }
    }

    /// Reads a line, with or without the line break after it.
    ///
    /// It may have any number of fields from 18 on, which is what ALB began with; it has added
    /// some over the years and will add more.
    ///
    /// # Errors
    ///
    /// What is wrong with the first field that is wrong. [`LogLineError::Control`] is for lines
    /// that are about no request, and nothing is wrong with those.
    pub fn parse(line: &'a str) -> Result<Self, LogLineError> {
        let mut fields = Fields::new(line, &NAMES, OLDEST)?;
        let mut entry = Self::new(
            fields.need(Some)?,
            fields.need(LogTimestamp::parse)?,
            fields.need(Some)?,
            fields.need(address)?,
        );
        entry.target = fields.read(address)?;
        entry.request_processing_time = processing_time(&mut fields)?;
        entry.target_processing_time = processing_time(&mut fields)?;
        entry.response_processing_time = processing_time(&mut fields)?;
        entry.elb_status = fields.read(status)?;
        entry.target_status = fields.read(status)?;
        entry.received_bytes = fields.need(number)?;
        entry.sent_bytes = fields.need(number)?;
        entry.request = fields.text()?;
        entry.user_agent = fields.text()?;
        entry.ssl_cipher = fields.bare()?;
        entry.ssl_protocol = fields.bare()?;
        entry.target_group_arn = fields.bare()?;
        entry.trace_id = fields.text()?;
        entry.domain_name = fields.text()?;
        entry.chosen_cert_arn = fields.text()?;
        entry.rule_priority = fields.read(number)?;
        entry.request_creation_time = fields.read(LogTimestamp::parse)?;
        entry.actions = fields.text()?;
        entry.redirect_url = fields.text()?;
        entry.error_reason = fields.text()?;
        entry.target_list = fields.text()?;
        entry.target_status_list = fields.text()?;
        entry.classification = fields.text()?;
        entry.classification_reason = fields.text()?;
        entry.conn_trace_id = fields.read(|text| text.parse().ok())?;
        entry.transformed_host = fields.text()?;
        entry.transformed_uri = fields.text()?;
        entry.request_transform_status = fields.text()?;
        entry.fields = fields.number();
        entry.further = fields.rest();
        Ok(entry)
    }

    /// What comes after the fields that are known here, as it is in the line that was read.
    #[must_use]
    pub const fn further_fields(&self) -> Option<&'a str> {
        self.further
    }

    /// The fields that ALB has added to the first 18, in their order.
    fn added(&self) -> [Added<'a>; NAMES.len() - OLDEST] {
        [
            Added::Text(self.domain_name),
            Added::Text(self.chosen_cert_arn),
            Added::Priority(self.rule_priority),
            Added::Time(self.request_creation_time),
            Added::Text(self.actions),
            Added::Text(self.redirect_url),
            Added::Text(self.error_reason),
            Added::Text(self.target_list),
            Added::Text(self.target_status_list),
            Added::Text(self.classification),
            Added::Text(self.classification_reason),
            Added::Connection(self.conn_trace_id),
            Added::Text(self.transformed_host),
            Added::Text(self.transformed_uri),
            Added::Text(self.request_transform_status),
        ]
    }
}

impl fmt::Display for AccessLogEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {} {} {} {} {} {} {} {} ",
            Bare(Some(self.kind)),
            self.time,
            Bare(Some(self.elb)),
            Address(self.client),
            OrAbsent(self.target.map(Address)),
            ProcessingTime(self.request_processing_time),
            ProcessingTime(self.target_processing_time),
            ProcessingTime(self.response_processing_time),
            OrAbsent(self.elb_status.map(Status)),
            OrAbsent(self.target_status.map(Status)),
            self.received_bytes,
            self.sent_bytes
        )?;
        write_text(f, self.request, None)?;
        f.write_str(" ")?;
        write_text(f, self.user_agent, Some(MAX_USER_AGENT))?;
        write!(
            f,
            " {} {} {} ",
            Bare(self.ssl_cipher),
            Bare(self.ssl_protocol),
            Bare(self.target_group_arn)
        )?;
        write_text(f, self.trace_id, None)?;
        let added = self.fields.saturating_sub(OLDEST);
        for field in self.added().iter().take(added) {
            f.write_str(" ")?;
            match field {
                Added::Text(text) => write_text(f, *text, None)?,
                Added::Priority(priority) => OrAbsent(*priority).fmt(f)?,
                Added::Time(time) => OrAbsent(*time).fmt(f)?,
                Added::Connection(id) => OrAbsent(*id).fmt(f)?,
            }
        }
        match self.further {
            Some(further) => write!(f, " {}", Further(further)),
            None => Ok(()),
        }
    }
}

enum Added<'a> {
    Text(Option<LogText<'a>>),
    Priority(Option<i32>),
    Time(Option<LogTimestamp>),
    Connection(Option<ConnTraceId>),
}

fn write_text(
    f: &mut fmt::Formatter<'_>,
    text: Option<LogText<'_>>,
    limit: Option<usize>,
) -> fmt::Result {
    match text {
        Some(text) => text.write_quoted(f, limit),
        None => write!(f, "\"{ABSENT}\""),
    }
}

/// Reads an address and port, brackets round one of IPv6 or not.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.rsplit_once(':')?;
    let port = number(port)?;
    let bracketed = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']'));
    let ip = match bracketed {
        Some(ip) => IpAddr::V6(ip.parse().ok()?),
        None => ip.parse().ok()?,
    };
    Some(SocketAddr::new(ip, port))
}

struct Address(SocketAddr);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.ip(), self.0.port())
    }
}

fn processing_time(fields: &mut Fields<'_>) -> Result<Option<Duration>, LogLineError> {
    let time = fields.read(|text| match text {
        NO_TIME => Some(None),
        text => seconds(text).map(Some),
    })?;
    Ok(time.flatten())
}

struct ProcessingTime(Option<Duration>);

impl fmt::Display for ProcessingTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => write_seconds(f, time),
            None => f.write_str(NO_TIME),
        }
    }
}

/// Reads the status code of a response, or the 000 that stands for none.
fn status(text: &str) -> Option<u16> {
    (text.len() == 3).then(|| number(text))?
}

struct Status(u16);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

/// AWS's names.
const NAMES: [&str; 33] = [
    "type",
    "time",
    "elb",
    "client:port",
    "target:port",
    "request_processing_time",
    "target_processing_time",
    "response_processing_time",
    "elb_status_code",
    "target_status_code",
    "received_bytes",
    "sent_bytes",
    "request",
    "user_agent",
    "ssl_cipher",
    "ssl_protocol",
    "target_group_arn",
    "trace_id",
    "domain_name",
    "chosen_cert_arn",
    "matched_rule_priority",
    "request_creation_time",
    "actions_executed",
    "redirect_url",
    "error_reason",
    "target:port_list",
    "target_status_code_list",
    "classification",
    "classification_reason",
    "conn_trace_id",
    "transformed_host",
    "transformed_uri",
    "request_transform_status",
];

/// Fields of the oldest lines known, those of 2016.
const OLDEST: usize = 18;

/// What stands for a time that there is none of.
const NO_TIME: &str = "-1";

/// AWS cuts longer ones off.
const MAX_USER_AGENT: usize = 8 << 10;
