//! Verifiers by others that are asked the same questions.

pub mod go;
#[cfg(feature = "openssl")]
pub mod openssl;
pub mod s2n;
