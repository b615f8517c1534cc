//! The C interface of Portcullis. `include/portcullis.h` is made of this crate and says what a program in C has to know; a
//! program in Rust uses the crate `portcullis`.
//!
//! Here, and in `portcullis-abi`, stands all `unsafe` there is: reading what C gives, and turning its pointers into references.

mod backend;
mod explain;
mod handle;
mod memo;
mod object;
mod store;
mod verify;

pub use portcullis_abi::*;

pub use self::backend::*;
pub use self::explain::*;
pub use self::handle::*;
pub use self::memo::*;
pub use self::store::*;
pub use self::verify::*;
