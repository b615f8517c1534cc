//! The two directions of a connection, in memory.

use core::cell::RefCell;
use core::ffi::{c_int, c_void};
use core::slice;
use std::collections::VecDeque;

use errno::{Errno, set_errno};

/// What was received and not yet read, and what was sent and not yet taken.
#[derive(Default)]
pub(crate) struct Transport(RefCell<Buffers>);

#[derive(Default)]
struct Buffers {
    received: VecDeque<u8>,
    sent: Vec<u8>,
}

impl Transport {
    pub(crate) fn push(&self, bytes: &[u8]) {
        self.0.borrow_mut().received.extend(bytes);
    }

    pub(crate) fn take_sent(&self) -> Vec<u8> {
        core::mem::take(&mut self.0.borrow_mut().sent)
    }

    fn read(&self, out: &mut [u8]) -> usize {
        let received = &mut self.0.borrow_mut().received;
        let count = out.len().min(received.len());
        for (to, from) in out.iter_mut().zip(received.drain(..count)) {
            *to = from;
        }
        count
    }

    fn write(&self, bytes: &[u8]) {
        self.0.borrow_mut().sent.extend_from_slice(bytes);
    }
}

#[expect(unsafe_code, reason = "called by s2n-tls")]
pub(crate) unsafe extern "C" fn receive(
    context: *mut c_void,
    buffer: *mut u8,
    length: u32,
) -> c_int {
    // SAFETY: the context is the connection's transport, which is freed after it.
    let transport = unsafe { &*context.cast::<Transport>() };
    // SAFETY: s2n-tls lends a buffer of that many bytes for the time of the call.
    let out = unsafe { slice::from_raw_parts_mut(buffer, length as usize) };
    match transport.read(out) {
        0 => {
            set_errno(Errno(libc::EWOULDBLOCK));
            -1
        }
        count => c_int::try_from(count).unwrap_or(c_int::MAX),
    }
}

#[expect(unsafe_code, reason = "called by s2n-tls")]
pub(crate) unsafe extern "C" fn send(
    context: *mut c_void,
    buffer: *const u8,
    length: u32,
) -> c_int {
    // SAFETY: the context is the connection's transport, which is freed after it.
    let transport = unsafe { &*context.cast::<Transport>() };
    // SAFETY: s2n-tls lends that many bytes for the time of the call.
    let bytes = unsafe { slice::from_raw_parts(buffer, length as usize) };
    transport.write(bytes);
    c_int::try_from(length).unwrap_or(c_int::MAX)
}
