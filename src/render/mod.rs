//! How names, numbers, log lines and headers are written in ALB's way, which is AWS-LC's for what
//! stands in a certificate, and read back; and the verdict in the words of others.

mod access_log;
mod cloudfront_status;
mod conn_trace_id;
mod connection_log;
mod distinguished_name;
mod haproxy_verify;
mod line;
mod log_leaf;
mod log_text;
mod mtls_headers;
mod mtls_pem;
mod nginx_verify;
mod openssl_verify;
mod serial_number;
mod timestamp;

pub use access_log::AccessLogEntry;
pub use cloudfront_status::{CloudFrontStatus, ParseCloudFrontStatusError};
pub use conn_trace_id::{ConnTraceId, ParseConnTraceIdError};
pub use connection_log::{ConnectionLogEntry, ConnectionLogFields};
pub use haproxy_verify::HaproxyVerify;
pub use line::LogLineError;
pub use log_leaf::LogLeaf;
pub use log_text::LogText;
pub use mtls_headers::{MtlsHeaderValue, MtlsHeaders};
pub use mtls_pem::{MtlsHeaderError, MtlsPem};
pub use nginx_verify::{NginxVerify, ParseNginxVerifyError};
pub use openssl_verify::OpensslVerify;
pub use serial_number::SerialNumber;
pub use timestamp::LogTimestamp;
