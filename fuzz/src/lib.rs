//! What the fuzz targets do with an input. Each panics if the library breaks a promise.
//!
//! A target is a function of octets, so an input that was found can be replayed without a fuzzer:
//! built by a stable toolchain, the target's program takes files.

#![forbid(unsafe_code)]

pub mod certificate;
pub mod chain;
pub mod chains;
pub mod constraints;
pub mod crl;
pub mod crl_index;
pub mod crls;
pub mod headers;
pub mod log;
pub mod name;
pub mod pem;
pub mod rsa;
pub mod seeds;

mod agreement;
mod backend;
mod input;
mod peers;
mod plan;

/// The program of a target: libFuzzer's, or one that runs it over files.
#[macro_export]
macro_rules! target {
    ($target:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(
            init: $crate::seeds::write(stringify!($target)),
            |data: &[u8]| $crate::$target::run(data)
        );

        #[cfg(not(fuzzing))]
        fn main() {
            $crate::seeds::write(stringify!($target));
            $crate::replay($crate::$target::run);
        }
    };
}

/// Runs a target over the files that the command line names, or all files of a folder.
///
/// # Panics
///
/// If one cannot be read, or breaks a promise of the library.
pub fn replay(target: fn(&[u8])) {
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        let path = std::path::PathBuf::from(argument);
        match path.read_dir() {
            Ok(folder) => files.extend(folder.flatten().map(|entry| entry.path())),
            Err(_) => files.push(path),
        }
    }
    files.sort();
    for file in &files {
        let data =
            std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        target(&data);
    }
    println!("{} inputs", files.len());
}
