//! Runs the program as a server, and talks to it over real sockets.

mod answers;
mod auth;
mod backend;
mod bad_input;
mod client;
mod client_headers;
mod handshakes;
mod http;
mod http2;
mod limits;
mod options;
mod proxy;
mod reload;
mod server;
mod shutdown;
mod smuggling;
mod statuses;
mod websocket;
