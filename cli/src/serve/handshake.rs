//! The handshake, step by step: a library that does it all in one would send the alert of a failure
//! by itself, and forget what had been agreed on.

use core::fmt;
use core::time::Duration;
use std::io::{self, Write};

use portcullis::rustls::HandshakeEnd;
use rustls::ServerConnection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum HandshakeError {
    /// The client closed or reset it.
    Closed(io::Error),
    /// It took too long.
    TimedOut,
    /// A message is larger than what there is room for.
    TooLarge,
    /// TLS says no.
    Tls(rustls::Error),
}

impl HandshakeError {
    pub(super) const fn end(&self) -> HandshakeEnd<'_> {
        match self {
            Self::Closed(_) | Self::TimedOut => HandshakeEnd::Broken,
            Self::TooLarge => HandshakeEnd::Overflowed,
            Self::Tls(error) => HandshakeEnd::Failed(error),
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str("the client closed the connection")
            }
            Self::Closed(error) => write!(f, "the connection broke: {error}"),
            Self::TimedOut => f.write_str("the handshake took too long"),
            Self::TooLarge => f.write_str("the client sent too large a message"),
            Self::Tls(rustls::Error::NoCertificatesPresented) => {
                f.write_str("the client presented no certificate")
            }
            Self::Tls(rustls::Error::InvalidMessage(error)) => {
                write!(f, "what the client sent is not TLS: {error:?}")
            }
            Self::Tls(rustls::Error::AlertReceived(alert)) => {
                write!(f, "the client gave up, with the alert {alert:?}")
            }
            Self::Tls(error) => write!(f, "{error}"),
        }
    }
}

/// Shakes hands, in the time there is. What the connection has to send in the end, an alert, is left
/// in it.
pub(super) async fn shake_hands(
    tcp: &mut TcpStream,
    tls: &mut ServerConnection,
    limit: Duration,
) -> Result<(), HandshakeError> {
    timeout(limit, drive(tcp, tls))
        .await
        .unwrap_or(Err(HandshakeError::TimedOut))
}

async fn drive(tcp: &mut TcpStream, tls: &mut ServerConnection) -> Result<(), HandshakeError> {
    let mut octets = [0; 4096];
    while tls.is_handshaking() {
        let length = tcp
            .read(&mut octets)
            .await
            .map_err(HandshakeError::Closed)?;
        if length == 0 {
            return Err(HandshakeError::Closed(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut received = octets.get(..length).unwrap_or_default();
        while !received.is_empty() {
            // A slice gives no error; rustls has one for when its buffer is full.
            let taken = tls.read_tls(&mut received);
            if taken.map_err(|_| HandshakeError::TooLarge)? == 0 {
                // It takes nothing after a close_notify.
                break;
            }
            tls.process_new_packets().map_err(HandshakeError::Tls)?;
        }
        send(tcp, tls).await.map_err(HandshakeError::Closed)?;
    }
    Ok(())
}

async fn send(tcp: &TcpStream, tls: &mut ServerConnection) -> io::Result<()> {
    while tls.wants_write() {
        match tls.write_tls(&mut Socket(tcp)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => tcp.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends the connection by a RST, whatever is still to be sent.
pub(super) fn reset(tcp: TcpStream) {
    // If it fails the client sees an orderly end, which is no worse.
    _ = tcp.set_zero_linger();
}

/// Sends the alert and ends the connection in order. What the client still sends is read for a
/// while: a connection with unread data is reset, and the alert may be lost by that.
pub(super) async fn alert(mut tcp: TcpStream, mut tls: ServerConnection) {
    let farewell = async {
        send(&tcp, &mut tls).await?;
        tcp.shutdown().await?;
        copy(&mut tcp.take(MAX_UNREAD), &mut sink()).await
    };
    // The client is gone or stays on, and nothing is lost either way.
    _ = timeout(FAREWELL, farewell).await;
}

/// A socket as rustls wants it, which says `WouldBlock` instead of waiting.
struct Socket<'t>(&'t TcpStream);

impl Write for Socket<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.try_write(octets)
    }

    /// Several records go out as one packet.
    fn write_vectored(&mut self, octets: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const FAREWELL: Duration = Duration::from_secs(1);
const MAX_UNREAD: u64 = 128 * 1024;
