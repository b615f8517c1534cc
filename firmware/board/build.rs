//! Lets the linker find the memory layout of the board.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets CARGO_CFG_TARGET_ARCH");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let layout = format!("{architecture}.x");
    if architecture == "arm" || architecture == "riscv32" {
        fs::copy(&layout, out.join("memory.x")).expect("the layout can be copied");
    }
    if architecture == "arm" {
        // cortex-m-rt asks for the names of a device's interrupts; no handler of ours has one.
        fs::write(out.join("device.x"), "").expect("a file can be written");
    }
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rerun-if-changed=arm.x");
    println!("cargo::rerun-if-changed=riscv32.x");
}
