//! Makes the index of each list, as `portcullis index` would, and hands the linker its scripts.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use portcullis::Crl;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for kind in ["rsa", "p256", "p384", "ed25519"] {
        let path = format!("../data/kinds/{kind}/issuing.crl");
        let list = fs::read(&path).expect("the list is there");
        let mut index = vec![0; Crl::index_len(&list).expect("the list can be read")];
        Crl::parse(&list, &mut index).expect("the list can be indexed");
        let mut text = String::from("[");
        for word in index {
            write!(text, "{word:#x}, ").expect("a string takes all");
        }
        text.push(']');
        fs::write(out.join(format!("{kind}.index")), text).expect("the index can be written");
        println!("cargo::rerun-if-changed={path}");
    }
    // cortex-m-rt's script asks for memory.x itself.
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "riscv32") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
