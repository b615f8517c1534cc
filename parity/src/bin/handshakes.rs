//! Makes chains and asks s2n-tls, other verifiers and ourselves.
//!
//! `handshakes [--seed N] [--chains N] [--show NUMBER]`: without a seed there is a new one each
//! time, and it is printed; `--show` prints one chain of a seed, certificates and all.

use std::env;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use parity::disagreements::Disagreements;
use parity::generator::Case;
use parity::peers::go::{self, GoVerifier};
#[cfg(feature = "openssl")]
use parity::peers::openssl::OpenSsl;
use parity::session::{Asked, Findings, Peers};
use pem_rfc7468::LineEnding;

fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\nusage: handshakes [--seed N] [--chains N] [--show NUMBER]");
            return ExitCode::from(2);
        }
    };
    let mut peers = peers();
    match options.show {
        Some(number) => {
            show(&Case::generate(options.seed, number), &mut peers);
            ExitCode::SUCCESS
        }
        None => run(&options, &mut peers),
    }
}

fn run(options: &Options, peers: &mut Peers) -> ExitCode {
    println!("seed {}, {} chains", options.seed, options.chains);
    let disagreements = Disagreements::load();
    let mut findings = Findings::default();
    for number in 0..options.chains {
        let case = Case::generate(options.seed, number);
        findings.add(&Asked::of(&case, peers), &disagreements);
    }
    for complaint in &findings.complaints {
        println!("\n{complaint}");
    }
    println!("{}", findings.table());
    match findings.complaints.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn show(case: &Case, peers: &mut Peers) {
    let asked = Asked::of(case, peers);
    print!("{}", asked.describe());
    match (asked.agrees(), Disagreements::load().class_of(&asked)) {
        (true, _) => println!("    class      none is needed"),
        (false, class) => println!("    class      {}", class.unwrap_or("NONE")),
    }
    for (policy, ours) in asked.ours() {
        if asked.is_ours_alone(ours) {
            let class = Disagreements::load();
            let class = class.class_alone(&asked, policy, ours).unwrap_or("NONE");
            println!("    {policy} alone: {class}");
        }
    }
    println!("    at         {}", case.row.time().as_secs());
    let certificates = |label: &str, ders: &[portcullis::pki_types::CertificateDer<'_>]| {
        println!("\n{label}:");
        for der in ders {
            print!("{}", pem("CERTIFICATE", der));
        }
    };
    certificates("trust store", &case.row.anchors);
    certificates("presented", &case.row.chain);
    println!("\nCRLs:");
    for crl in &case.row.crls {
        print!("{}", pem("X509 CRL", crl));
    }
}

fn peers() -> Peers {
    println!("s2n-tls 0.3.47 (AWS-LC), TLS 1.3");
    #[cfg(feature = "openssl")]
    println!("{}", OpenSsl::version());
    #[cfg(not(feature = "openssl"))]
    println!("OpenSSL is not asked: built without the feature");
    let go = env::var_os(go::PROGRAM).map(|program| {
        GoVerifier::start(&program).expect("the program named by the variable runs")
    });
    if go.is_none() {
        println!("Go is not asked: {} is not set", go::PROGRAM);
    }
    Peers {
        go,
        #[cfg(feature = "openssl")]
        openssl: OpenSsl::new(),
    }
}

struct Options {
    seed: u64,
    chains: u64,
    show: Option<u64>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let mut options = Self {
            seed: since.map_or(0, |time| time.as_secs()),
            chains: 5000,
            show: None,
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().and_then(|value| value.parse().ok());
            let value = value.ok_or_else(|| format!("{name} needs a number"))?;
            match name.as_str() {
                "--seed" => options.seed = value,
                "--chains" => options.chains = value,
                "--show" => options.show = Some(value),
                _ => return Err(format!("there is no option {name}")),
            }
        }
        Ok(options)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).expect("any bytes fit into PEM")
}
