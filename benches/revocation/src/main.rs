//! What a CRL of a CA of the store costs: Portcullis, webpki and OpenSSL in one run, with the same
//! certificates and lists.
//!
//! `cargo run --release -p revocation-bench [--features openssl] [-- KEY]`; Markdown tables come out.

mod load;
mod measure;
#[cfg(feature = "openssl")]
mod openssl;
mod peers;
#[path = "../../support/processor.rs"]
mod processor;
#[path = "../../support/sorted.rs"]
mod sorted;
mod subject;
mod verify;

use portcullis_fixtures::Key;

use crate::subject::Subject;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 500_000];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    #[cfg(feature = "openssl")]
    if let [flag, file] = &arguments[..]
        && flag == openssl::MEMORY_FLAG
    {
        println!("{}", openssl::resident_growth(file.as_ref()));
        return;
    }
    let filter = arguments.first().map_or("", String::as_str);
    for (name, key) in [
        ("RSA-2048", Key::rsa2048 as fn(usize) -> Key),
        ("P-256", Key::p256),
    ] {
        if name.contains(filter) {
            report(name, key);
        }
    }
    if cfg!(not(feature = "openssl")) {
        println!("\nOpenSSL: not built in (`--features openssl`).");
    }
}

fn report(name: &str, key: fn(usize) -> Key) {
    let without = Subject::new(key, 0);
    let subjects: Vec<_> = SIZES.iter().map(|size| Subject::new(key, *size)).collect();

    println!("\n### {name}: extra per verification, in us\n");
    println!("{}", verify::HEADER);
    let mut whole = Vec::new();
    for subject in [&without].into_iter().chain(&subjects) {
        for is_hit in [false, true] {
            if is_hit && subject.entries == 0 {
                continue;
            }
            let row = verify::Row::measure(subject, is_hit);
            println!("{}", row.extra());
            whole.push(row.whole());
        }
    }
    println!("\n### {name}: whole verification, in us\n");
    println!("{}", verify::WHOLE_HEADER);
    println!("{}", whole.join("\n"));

    println!("\n### {name}: `is_revoked` of Portcullis, in ns\n");
    println!("| entries | miss | hit |\n|--:|--:|--:|");
    for subject in &subjects {
        println!("{}", verify::look_up(subject));
    }

    println!("\n### {name}: loading, in ms\n");
    println!("{}", load::HEADER);
    for subject in &subjects {
        println!("{}", load::row(subject));
    }
    println!("\n### {name}: memory beside the DER, in KiB\n");
    println!("{}", load::MEMORY_HEADER);
    for subject in &subjects {
        println!("{}", load::memory_row(subject));
    }
}
