//! Ctrl-C ends the measurement, not the program: what was measured is still told.

use core::future::{Future as _, poll_fn};
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::Poll;
use std::process;
use std::sync::mpsc;
use std::thread;

use anyhow::Context as _;
use tokio::runtime::Builder;

use crate::outcome::Outcome;

/// Whether somebody wants an end.
#[derive(Debug, Default)]
pub(super) struct Interrupt(AtomicBool);

impl Interrupt {
    /// Watches for Ctrl-C as soon as this returns. A second one ends the program at once.
    pub(super) fn watch() -> anyhow::Result<&'static Self> {
        static INTERRUPT: Interrupt = Interrupt(AtomicBool::new(false));
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .context("Ctrl-C can't be watched for")?;
        let (ready, is_ready) = mpsc::channel();
        let watch = async move {
            let mut first = pin!(tokio::signal::ctrl_c());
            // To poll it registers, so that from then on Ctrl-C doesn't kill.
            let polled = poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await;
            _ = ready.send(());
            let first = match polled {
                Poll::Ready(result) => result,
                Poll::Pending => first.await,
            };
            if first.is_ok() {
                INTERRUPT.0.store(true, Ordering::Relaxed);
                if tokio::signal::ctrl_c().await.is_ok() {
                    process::exit(Outcome::Unusable.code().into());
                }
            }
        };
        thread::Builder::new()
            .name("interrupt".to_owned())
            .spawn(move || runtime.block_on(watch))
            .context("Ctrl-C can't be watched for")?;
        is_ready.recv().context("Ctrl-C can't be watched for")?;
        Ok(&INTERRUPT)
    }

    pub(super) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
