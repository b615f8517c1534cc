//! One handshake.

use core::ptr::{self, NonNull};

use s2n_tls_sys::{
    s2n_blinding, s2n_blocked_status, s2n_connection, s2n_connection_free, s2n_connection_new,
    s2n_connection_set_blinding, s2n_connection_set_config, s2n_connection_set_recv_cb,
    s2n_connection_set_recv_ctx, s2n_connection_set_send_cb, s2n_connection_set_send_ctx, s2n_mode,
    s2n_negotiate,
};

use crate::Progress;
use crate::config::Config;
use crate::error::{LastError, SetupError, check};
use crate::transport::{Transport, receive, send};

pub(crate) struct Connection {
    raw: NonNull<s2n_connection>,
    // The connection has a pointer to it; it stays in its box.
    transport: Box<Transport>,
}

impl Connection {
    /// The configuration must outlive the connection.
    #[expect(unsafe_code, reason = "functions of s2n-tls")]
    pub(crate) fn new(config: &Config) -> Result<Self, SetupError> {
        // SAFETY: s2n-tls is initialized, since there is a configuration.
        let raw = NonNull::new(unsafe { s2n_connection_new(s2n_mode::SERVER) });
        let raw = raw.ok_or_else(|| SetupError::Other(LastError::take().name()))?;
        let connection = Self {
            raw,
            transport: Box::default(),
        };
        let context = ptr::from_ref(&*connection.transport).cast_mut().cast();
        // SAFETY: the connection is alive and owned by this alone; `Server` drops it before the
        // configuration. The transport is freed after it, and the two functions only ever make a
        // shared reference of the pointer.
        unsafe {
            check(s2n_connection_set_config(raw.as_ptr(), config.as_ptr()))?;
            // Without this, every refusal would cost up to half a minute.
            let at_once = s2n_blinding::SELF_SERVICE_BLINDING;
            check(s2n_connection_set_blinding(raw.as_ptr(), at_once))?;
            check(s2n_connection_set_recv_cb(raw.as_ptr(), Some(receive)))?;
            check(s2n_connection_set_recv_ctx(raw.as_ptr(), context))?;
            check(s2n_connection_set_send_cb(raw.as_ptr(), Some(send)))?;
            check(s2n_connection_set_send_ctx(raw.as_ptr(), context))?;
        }
        Ok(connection)
    }

    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    pub(crate) fn receive(&mut self, bytes: &[u8]) -> Progress {
        self.transport.push(bytes);
        let mut blocked = s2n_blocked_status::NOT_BLOCKED;
        // SAFETY: the connection is alive, and nobody else has it.
        match unsafe { s2n_negotiate(self.raw.as_ptr(), &mut blocked) } {
            0 => Progress::Accepted,
            _ => {
                let error = LastError::take();
                match error.is_blocked() {
                    true => Progress::Waiting,
                    false => Progress::Refused(error.name()),
                }
            }
        }
    }

    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        self.transport.take_sent()
    }
}

impl Drop for Connection {
    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    fn drop(&mut self) {
        // SAFETY: made by `s2n_connection_new`, owned by this alone, and freed once, before the
        // transport that it points to.
        unsafe { s2n_connection_free(self.raw.as_ptr()) };
    }
}

impl core::fmt::Debug for Connection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
