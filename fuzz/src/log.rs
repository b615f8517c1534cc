//! Lines of the logs, read and written.

use core::net::{IpAddr, SocketAddr};
use core::str;
use core::time::Duration;

use arbitrary::{Result, Unstructured};
use portcullis::{
    AccessLogEntry, ConnTraceId, ConnectionLogEntry, FailureReason, LogText, LogTimestamp,
    VerifyStatus,
};

use crate::agreement::without_allocation;

/// An octet, then a line, or what an entry is made of.
pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let mut source = Unstructured::new(rest);
    match (kind % 4, str::from_utf8(rest)) {
        (0, Ok(line)) => read_connection(line),
        (1, Ok(line)) => read_access(line),
        (2, _) => write_connection(&mut source).unwrap_or_default(),
        (3, _) => write_access(&mut source).unwrap_or_default(),
        _ => {}
    }
}

fn read_connection(line: &str) {
    let mut is_read = false;
    without_allocation(|| is_read = ConnectionLogEntry::parse(line).is_ok());
    if is_read {
        let entry = ConnectionLogEntry::parse(line).expect("it was read before");
        let written = written(&entry);
        let again = ConnectionLogEntry::parse(&written).expect("a line that was just written");
        assert_eq!(again.to_string(), written);
        assert_eq!(again.timestamp, entry.timestamp);
        assert_eq!(again.client_ip, entry.client_ip);
        assert_eq!(again.status, entry.status);
        assert_eq!(again.conn_trace_id, entry.conn_trace_id);
        assert_eq!(again.ip_address, entry.ip_address);
        assert_eq!(again.fields, entry.fields);
    }
}

fn read_access(line: &str) {
    let mut is_read = false;
    without_allocation(|| is_read = AccessLogEntry::parse(line).is_ok());
    if is_read {
        let entry = AccessLogEntry::parse(line).expect("it was read before");
        let written = written(&entry);
        let again = AccessLogEntry::parse(&written).expect("a line that was just written");
        assert_eq!(again.to_string(), written);
        assert_same(&entry, &again);
    }
}

/// One line, without control characters.
fn written(entry: &dyn core::fmt::Display) -> String {
    let line = entry.to_string();
    assert!(!line.contains(|character: char| character.is_ascii_control()));
    line
}

fn write_connection(source: &mut Unstructured<'_>) -> Result<()> {
    let mut entry = ConnectionLogEntry::new(
        time(source)?,
        address(source)?,
        source.arbitrary()?,
        source.arbitrary()?,
    );
    entry.tls_handshake_latency = latency(source)?;
    entry.status = *source.choose(&STATUSES)?;
    entry.conn_trace_id = id(source)?;
    entry.ip_address = Some(address(source)?);
    entry.tls_protocol = source.arbitrary()?;
    entry.tls_cipher = source.arbitrary()?;
    entry.tls_keyexchange = source.arbitrary()?;
    entry.elb = source.arbitrary()?;
    let line = written(&entry);
    assert!(line.is_ascii());
    let read = ConnectionLogEntry::parse(&line).expect("a line that was just written");
    assert_eq!(read.timestamp, entry.timestamp);
    assert_eq!(read.client_ip, entry.client_ip);
    assert_eq!(read.client_port, entry.client_port);
    assert_eq!(read.listener_port, entry.listener_port);
    assert_eq!(read.tls_handshake_latency, entry.tls_handshake_latency);
    assert_eq!(read.status, entry.status);
    assert_eq!(read.conn_trace_id, entry.conn_trace_id);
    assert_eq!(read.ip_address, entry.ip_address);
    assert_eq!(read.further_fields(), None);
    for (read, made) in [
        (read.tls_protocol, entry.tls_protocol),
        (read.tls_cipher, entry.tls_cipher),
        (read.tls_keyexchange, entry.tls_keyexchange),
        (read.elb, entry.elb),
    ] {
        assert_same_bare(read, made);
    }
    assert_eq!(read.to_string().contains("\\x5C"), line.contains("\\x5C"));
    Ok(())
}

fn write_access(source: &mut Unstructured<'_>) -> Result<()> {
    let client = SocketAddr::new(address(source)?, source.arbitrary()?);
    let mut entry = AccessLogEntry::new(
        source.arbitrary()?,
        time(source)?,
        source.arbitrary()?,
        client,
    );
    if source.arbitrary()? {
        entry.target = Some(SocketAddr::new(address(source)?, source.arbitrary()?));
    }
    entry.request_processing_time = latency(source)?;
    entry.target_processing_time = latency(source)?;
    entry.response_processing_time = latency(source)?;
    entry.elb_status = Some(source.int_in_range(0..=999)?);
    entry.received_bytes = source.arbitrary()?;
    entry.sent_bytes = source.arbitrary()?;
    entry.rule_priority = source.arbitrary()?;
    entry.request_creation_time = Some(time(source)?);
    entry.conn_trace_id = id(source)?;
    entry.ssl_cipher = source.arbitrary()?;
    entry.target_group_arn = source.arbitrary()?;
    for text in [
        &mut entry.request,
        &mut entry.user_agent,
        &mut entry.trace_id,
        &mut entry.domain_name,
        &mut entry.actions,
        &mut entry.error_reason,
        &mut entry.transformed_uri,
    ] {
        *text = source.arbitrary::<Option<&[u8]>>()?.map(LogText::from);
    }
    let line = written(&entry);
    assert!(line.is_ascii());
    // An empty text and a dash have no place where no value is a dash as well.
    let is_plain = |text: &str| !text.is_empty() && text != "-";
    if !is_plain(entry.kind) || !is_plain(entry.elb) {
        return Ok(());
    }
    // Else the line tells of no request.
    if entry.kind.starts_with("Enable") {
        return Ok(());
    }
    let read = AccessLogEntry::parse(&line).expect("a line that was just written");
    assert_same_bare(read.ssl_cipher, entry.ssl_cipher);
    assert_same_bare(read.target_group_arn, entry.target_group_arn);
    assert_same(&entry, &read);
    assert_eq!(read.further_fields(), None);
    Ok(())
}

/// Whether two entries say the same, however it is written.
fn assert_same(one: &AccessLogEntry<'_>, other: &AccessLogEntry<'_>) {
    assert_eq!(one.time, other.time);
    assert_eq!(one.client, other.client);
    assert_eq!(one.target, other.target);
    assert_eq!(one.elb_status, other.elb_status);
    assert_eq!(one.target_status, other.target_status);
    assert_eq!(
        (one.received_bytes, one.sent_bytes),
        (other.received_bytes, other.sent_bytes)
    );
    assert_eq!(one.rule_priority, other.rule_priority);
    assert_eq!(one.request_creation_time, other.request_creation_time);
    assert_eq!(one.conn_trace_id, other.conn_trace_id);
    let texts = |entry: &AccessLogEntry<'_>| {
        let texts = [
            entry.request,
            entry.user_agent,
            entry.trace_id,
            entry.domain_name,
            entry.chosen_cert_arn,
            entry.actions,
            entry.redirect_url,
            entry.error_reason,
            entry.target_list,
            entry.target_status_list,
            entry.classification,
            entry.classification_reason,
            entry.transformed_host,
            entry.transformed_uri,
            entry.request_transform_status,
        ];
        texts.map(|text| {
            text.map(|text| text.bytes().take(MOST).collect::<Vec<_>>())
                .filter(|text| text != b"-")
        })
    };
    assert_eq!(texts(one), texts(other));
}

/// A bare field escapes what would end it, and nothing takes that back.
fn assert_same_bare(read: Option<&str>, made: Option<&str>) {
    let is_plain = |text: &str| {
        text.bytes()
            .all(|octet| matches!(octet, b'!' | b'#'..=b'~'))
    };
    match made {
        None | Some("" | "-") => assert_eq!(read, None),
        Some(made) if is_plain(made) => assert_eq!(read, Some(made)),
        Some(_) => assert!(read.is_some_and(is_plain)),
    }
}

fn time(source: &mut Unstructured<'_>) -> Result<LogTimestamp> {
    let micros = source.int_in_range(0..=300_000_000_000_000_000)?;
    Ok(LogTimestamp::since_unix_epoch(Duration::from_micros(
        micros,
    )))
}

fn latency(source: &mut Unstructured<'_>) -> Result<Option<Duration>> {
    let millis = source.arbitrary::<Option<u64>>()?;
    Ok(millis.map(Duration::from_millis))
}

fn address(source: &mut Unstructured<'_>) -> Result<IpAddr> {
    Ok(match source.arbitrary::<bool>()? {
        true => IpAddr::from(source.arbitrary::<[u8; 4]>()?),
        false => IpAddr::from(source.arbitrary::<[u8; 16]>()?),
    })
}

fn id(source: &mut Unstructured<'_>) -> Result<Option<ConnTraceId>> {
    let octets = source.arbitrary::<Option<[u8; 16]>>()?;
    Ok(octets.map(ConnTraceId::from_bytes))
}

const STATUSES: [Option<VerifyStatus>; 4] = [
    None,
    Some(VerifyStatus::Success),
    Some(VerifyStatus::Failed(FailureReason::ClientCertUntrusted)),
    Some(VerifyStatus::Failed(FailureReason::UnmappedConnectionError)),
];

/// The log cuts longer texts off.
const MOST: usize = 8 << 10;
