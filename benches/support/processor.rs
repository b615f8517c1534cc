//! Time that others on the machine have no part in.

use core::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What this thread has had of processors.
pub(crate) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.try_into().expect("it began at 0")
}
