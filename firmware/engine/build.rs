//! Hands the linker its scripts, whatever RUSTFLAGS holds.

use std::env;

fn main() {
    // cortex-m-rt's script asks for memory.x itself.
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "riscv32") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
