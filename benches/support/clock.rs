//! The fixtures' time.

use core::time::Duration;

use pki_types::UnixTime;
use portcullis_fixtures::NOW;

pub(crate) fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()))
}
