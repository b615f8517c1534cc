//! Connections that have switched from HTTP to WebSocket.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};

use super::access::{Access, octets};

/// Carries octets both ways, once both sides have switched, until one ends.
pub(super) async fn run(client: OnUpgrade, target: OnUpgrade, access: Access) {
    if let (Ok(client), Ok(target)) = (client.await, target.await) {
        let stream = TokioIo::new(client);
        let (mut client, mut target) = (Tallied { stream, access }, TokioIo::new(target));
        // However it ends, it has ended for both.
        _ = copy_bidirectional(&mut client, &mut target).await;
    }
}

/// The client's side, which counts what passes: an end that is not in order would forget it.
struct Tallied {
    stream: TokioIo<Upgraded>,
    access: Access,
}

impl AsyncRead for Tallied {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len().saturating_sub(before);
        self.access.add_received(octets(read));
        poll
    }
}

impl AsyncWrite for Tallied {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, buffer);
        if let Poll::Ready(Ok(written)) = &poll {
            self.access.add_sent(octets(*written));
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
