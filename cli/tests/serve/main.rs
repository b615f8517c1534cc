//! Runs the program as a server, and talks to it over real sockets.

mod answers;
mod backend;
mod client;
mod handshakes;
mod http;
mod proxy;
mod server;
mod statuses;
