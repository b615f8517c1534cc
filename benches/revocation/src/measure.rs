//! What something takes.

use crate::processor::processor_time;

/// Seconds of CPU time that something takes.
pub(crate) fn seconds<T>(f: impl FnOnce() -> T) -> (f64, T) {
    let started = processor_time();
    let result = f();
    ((processor_time() - started).as_secs_f64(), result)
}
