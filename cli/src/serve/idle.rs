//! A stream on which something has to happen now and then.

use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Fails with `TimedOut` when nothing has been read or written for a while, and nothing is waited
/// for but the client.
pub(super) struct Idle<S> {
    stream: S,
    limit: Duration,
    alarm: Pin<Box<Sleep>>,
    waits: Waits,
}

/// How many requests of a connection wait for the target, each within a limit of its own.
#[derive(Clone, Default)]
pub(super) struct Waits(Arc<AtomicUsize>);

/// One of them, for as long as it lives.
pub(super) struct Wait(Waits);

impl Waits {
    pub(super) fn begin(&self) -> Wait {
        self.0.fetch_add(1, Ordering::Relaxed);
        Wait(self.clone())
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S> Idle<S> {
    pub(super) fn new(stream: S, limit: Duration, waits: Waits) -> Self {
        Self {
            stream,
            limit,
            alarm: Box::pin(sleep(limit)),
            waits,
        }
    }

    /// Sets the alarm anew when something happened; asks it when nothing did.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.alarm.as_mut().reset(Instant::now() + self.limit);
            return poll;
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            if self.waits.0.load(Ordering::Relaxed) == 0 {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(Instant::now() + self.limit);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Idle<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(context, poll)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Idle<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, octets);
        self.watch(context, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Not an event: hyper flushes whenever it has nothing else to do.
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, octets);
        self.watch(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_when_nothing_happens_and_lives_while_something_does() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = Idle::new(server, Duration::from_secs(60), Waits::default());
        for _ in 0..3 {
            advance(Duration::from_secs(59)).await;
            client.write_all(b"x").await.expect("it is open");
            assert_eq!(server.read_u8().await.expect("in time"), b'x');
        }
        advance(Duration::from_secs(59)).await;
        server.write_all(b"y").await.expect("it is open");
        advance(Duration::from_secs(59)).await;
        let read = tokio::time::timeout(Duration::from_secs(2), server.read_u8());
        let error = read.await.expect("before that").expect_err("nothing came");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_the_target_is_no_idleness() {
        let (mut client, server) = tokio::io::duplex(64);
        let waits = Waits::default();
        let mut server = Idle::new(server, Duration::from_secs(60), waits.clone());
        let wait = waits.begin();
        let read = tokio::time::timeout(Duration::from_secs(600), server.read_u8());
        assert!(read.await.is_err(), "it neither ends nor fails");
        client.write_all(b"x").await.expect("it is open");
        assert_eq!(server.read_u8().await.expect("in time"), b'x');
        drop(wait);
        let error = server.read_u8().await.expect_err("nothing came");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
