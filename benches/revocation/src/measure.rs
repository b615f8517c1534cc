//! Times and what becomes of them.

use std::time::Instant;

/// Seconds that something takes.
pub(crate) fn seconds<T>(f: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = f();
    (started.elapsed().as_secs_f64(), result)
}
