//! How names, numbers, log lines and headers are written in ALB's way, which is AWS-LC's for what
//! stands in a certificate, and read back.

mod access_log;
mod conn_trace_id;
mod connection_log;
mod distinguished_name;
mod line;
mod log_leaf;
mod log_text;
mod mtls_headers;
mod mtls_pem;
mod serial_number;
mod timestamp;

pub use access_log::AccessLogEntry;
pub use conn_trace_id::{ConnTraceId, ParseConnTraceIdError};
pub use connection_log::{ConnectionLogEntry, ConnectionLogFields};
pub use line::LogLineError;
pub use log_leaf::LogLeaf;
pub use log_text::LogText;
pub use mtls_headers::{MtlsHeaderValue, MtlsHeaders};
pub use mtls_pem::{MtlsHeaderError, MtlsPem};
pub use serial_number::SerialNumber;
pub use timestamp::LogTimestamp;
