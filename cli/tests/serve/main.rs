//! Runs the program as a server, and talks to it over real sockets.

mod answers;
mod backend;
mod bad_input;
mod client;
mod client_headers;
mod handshakes;
mod http;
mod proxy;
mod reload;
mod server;
mod smuggling;
mod statuses;
mod websocket;
