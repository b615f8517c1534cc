//! Makes DER of the certificates that are kept as PEM, and the index of each list, as `portcullis index` would.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use portcullis::Crl;
use portcullis::pki_types::CertificateDer;
use portcullis::pki_types::pem::PemObject;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let pki = Path::new("../../tests/data/pki");
    for name in ["A", "B", "C", "D", "E", "G", "H", "R"] {
        let pem = read(&pki.join(format!("{name}.crt")));
        let der = CertificateDer::from_pem_slice(&pem).expect("a certificate");
        fs::write(out.join(format!("{name}.der")), der).expect("the certificate can be written");
    }
    for path in [
        "../../tests/data/pki/B-xca.crl",
        "../data/kinds/p256/issuing.crl",
        "../data/verdicts/forged.crl",
        "../data/verdicts/old.crl",
        "../data/verdicts/root.crl",
    ] {
        let path = Path::new(path);
        let crl = Crl::from_pem(&read(path)).expect("a list");
        let name = path.file_stem().expect("a name").display();
        fs::write(out.join(format!("{name}.crl")), crl.der()).expect("the list can be written");
        let mut index = String::from("[");
        for word in crl.index() {
            write!(index, "{word:#x}, ").expect("a string takes all");
        }
        index.push(']');
        fs::write(out.join(format!("{name}.index")), index).expect("the index can be written");
    }
}

fn read(path: &Path) -> Vec<u8> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).expect("the file is there")
}
