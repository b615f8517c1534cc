//! What the two C libraries of Portcullis share: the numbers of statuses, errors, policies and knobs, and the one place where
//! memory of a C program is read and written. Not for programs in Rust: they use `portcullis`.
#![no_std]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[cfg(feature = "std")]
extern crate std;

mod certificate;
mod error;
mod guard;
mod knob;
mod memory;
mod policy;
mod status;
mod text;
mod time;
mod version;

pub use self::certificate::*;
pub use self::error::*;
pub use self::guard::{guard, guard_telling};
pub use self::knob::*;
pub use self::memory::{MAX_ON_STACK, array, octets, presented, write};
pub use self::policy::*;
pub use self::status::*;
pub use self::text::Text;
pub use self::time::*;
pub use self::version::*;
