//! The verdict in a real handshake: a client and a server of rustls, TLS 1.2 and 1.3, in memory.

mod alerts;
mod handshake;
mod proof;
mod replacement;
mod statuses;
