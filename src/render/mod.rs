//! How names and numbers are written in ALB's logs and headers, which is AWS-LC's way.

mod distinguished_name;
mod serial_number;

pub use serial_number::SerialNumber;
