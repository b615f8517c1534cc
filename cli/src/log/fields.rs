//! What the fields of a line are.

use core::fmt::Display;
use core::time::Duration;

use portcullis::{AccessLogEntry, ConnectionLogEntry};

use super::explanation::Field;

/// The fields of a line of the connection log.
pub(super) fn connection_fields(entry: &ConnectionLogEntry<'_>) -> Vec<Field> {
    let leaf = entry.leaf;
    let validity = leaf.and_then(|leaf| leaf.validity());
    numbered([
        (
            "timestamp",
            shown(entry.timestamp),
            "when the connection was established, or failed",
        ),
        ("client_ip", shown(entry.client_ip), "the client's address"),
        ("client_port", shown(entry.client_port), "the client's port"),
        (
            "listener_port",
            shown(entry.listener_port),
            "the port of the listener",
        ),
        (
            "tls_protocol",
            text(entry.tls_protocol),
            "the version of TLS",
        ),
        (
            "tls_cipher",
            text(entry.tls_cipher),
            "the cipher suite, by OpenSSL's name",
        ),
        (
            "tls_handshake_latency",
            entry.tls_handshake_latency.map(seconds),
            "how long the handshake took, in seconds; none if it was not completed",
        ),
        (
            "leaf_client_cert_subject",
            text(leaf.map(|leaf| leaf.subject())),
            "whom the client's certificate is for",
        ),
        (
            "leaf_client_cert_validity",
            text(validity),
            "when the client's certificate is valid",
        ),
        (
            "leaf_client_cert_serial_number",
            text(leaf.map(|leaf| leaf.serial())),
            "the serial number of the client's certificate, in hexadecimal",
        ),
        (
            "tls_verify_status",
            text(entry.status),
            "the verdict on the client",
        ),
        (
            "conn_trace_id",
            text(entry.conn_trace_id),
            "the identifier that the access log has in field 30",
        ),
        (
            "tls_keyexchange",
            text(entry.tls_keyexchange),
            "the group of the key exchange",
        ),
        ("elb", text(entry.elb), "the load balancer"),
        (
            "ip_address",
            text(entry.ip_address),
            "the load balancer's address",
        ),
    ])
}

/// The fields of a line of the access log.
pub(super) fn request_fields(entry: &AccessLogEntry<'_>) -> Vec<Field> {
    numbered([
        (
            "type",
            shown(entry.kind),
            "http, https, h2, grpcs, ws or wss",
        ),
        ("time", shown(entry.time), "when the response was generated"),
        ("elb", shown(entry.elb), "the load balancer"),
        (
            "client:port",
            shown(entry.client),
            "the client's address and port",
        ),
        (
            "target:port",
            text(entry.target),
            "the target's address and port",
        ),
        (
            "request_processing_time",
            entry.request_processing_time.map(seconds),
            "seconds until the request was sent to a target",
        ),
        (
            "target_processing_time",
            entry.target_processing_time.map(seconds),
            "seconds until the target began to answer",
        ),
        (
            "response_processing_time",
            entry.response_processing_time.map(seconds),
            "seconds until the answer began to be sent to the client",
        ),
        (
            "elb_status_code",
            text(entry.elb_status),
            "the status of the response",
        ),
        (
            "target_status_code",
            text(entry.target_status),
            "the status of the target's response",
        ),
        (
            "received_bytes",
            shown(entry.received_bytes),
            "the size of the request",
        ),
        (
            "sent_bytes",
            shown(entry.sent_bytes),
            "the size of the response",
        ),
        (
            "request",
            text(entry.request),
            "method, URL and version of HTTP",
        ),
        (
            "user_agent",
            text(entry.user_agent),
            "the User-Agent header",
        ),
        (
            "ssl_cipher",
            text(entry.ssl_cipher),
            "the cipher suite, by OpenSSL's name",
        ),
        (
            "ssl_protocol",
            text(entry.ssl_protocol),
            "the version of TLS",
        ),
        (
            "target_group_arn",
            text(entry.target_group_arn),
            "the target group",
        ),
        (
            "trace_id",
            text(entry.trace_id),
            "the X-Amzn-Trace-Id header",
        ),
        (
            "domain_name",
            text(entry.domain_name),
            "the server name the client asked for",
        ),
        (
            "chosen_cert_arn",
            text(entry.chosen_cert_arn),
            "the certificate presented to the client",
        ),
        (
            "matched_rule_priority",
            text(entry.rule_priority),
            "the rule that matched; 0 is the default, -1 an error",
        ),
        (
            "request_creation_time",
            text(entry.request_creation_time),
            "when the request arrived",
        ),
        ("actions_executed", text(entry.actions), "what was done"),
        (
            "redirect_url",
            text(entry.redirect_url),
            "where the client was sent",
        ),
        ("error_reason", text(entry.error_reason), "why it failed"),
        ("target:port_list", text(entry.target_list), "the targets"),
        (
            "target_status_code_list",
            text(entry.target_status_list),
            "the statuses of the targets' responses",
        ),
        (
            "classification",
            text(entry.classification),
            "whether the request is Acceptable, Ambiguous or Severe, if it breaks the rules of HTTP",
        ),
        (
            "classification_reason",
            text(entry.classification_reason),
            "which rule of HTTP it breaks",
        ),
        (
            "conn_trace_id",
            text(entry.conn_trace_id),
            "the identifier that the connection log has in field 12",
        ),
        (
            "transformed_host",
            text(entry.transformed_host),
            "the host that a rule put in place of the client's",
        ),
        (
            "transformed_uri",
            text(entry.transformed_uri),
            "the URI that a rule put in place of the client's",
        ),
        (
            "request_transform_status",
            text(entry.request_transform_status),
            "how transforming the request went",
        ),
    ])
}

type Row = (&'static str, Option<String>, &'static str);

fn numbered<const N: usize>(rows: [Row; N]) -> Vec<Field> {
    (1..)
        .zip(rows)
        .map(|(number, (name, value, about))| Field {
            number,
            name,
            value,
            about,
        })
        .collect()
}

fn shown(value: impl Display) -> Option<String> {
    Some(value.to_string())
}

fn text(value: Option<impl Display>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}
