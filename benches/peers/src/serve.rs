//! The peers that are written in Rust, as child processes that take the commands of `peer.h`.

mod portcullis;
mod webpki;

use core::hint::black_box;
use core::time::Duration;
use std::fs;
use std::io::{BufRead, stdin};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use ::portcullis::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use ::webpki::{aws_lc_rs, ring};
use anyhow::{Context, Result, bail, ensure};
use portcullis_fixtures::der;
use rustix::time::{ClockId, clock_gettime};

use crate::peer::Verdict;
use crate::programs::Library;

/// One who verifies chains of one CA.
trait Verifier {
    /// The verdict on a chain, the leaf first.
    fn verify(&self, presented: &[CertificateDer<'_>]) -> Verdict;

    /// Who checks signatures of that CA's keys; the others are of the same kind.
    fn algorithms(&self) -> &[&'static dyn SignatureVerificationAlgorithm];
}

/// Does what it is told on standard input, until that ends.
pub(crate) fn serve(library: Library, folder: &Path) -> Result<()> {
    let inputs = Inputs::read(folder)?;
    match library {
        Library::Portcullis => inputs.serve(&portcullis::Portcullis::new(&inputs)?, folder),
        Library::AwsLcRsOwned | Library::AwsLcRsBorrowed | Library::RingOwned => {
            inputs.serve(&webpki::Webpki::new(library, &inputs)?, folder)
        }
    }
}

/// The files of the folder.
struct Inputs {
    root: CertificateDer<'static>,
    intermediate: Option<CertificateDer<'static>>,
    list: Option<Vec<u8>>,
    leaves: Vec<CertificateDer<'static>>,
}

impl Inputs {
    fn read(folder: &Path) -> Result<Self> {
        let leaves = (0..).map_while(|number| read(folder, &format!("leaf-{number}")));
        Ok(Self {
            root: read(folder, "root").context("the CA")?.into(),
            intermediate: read(folder, "intermediate").map(CertificateDer::from),
            list: read(folder, "list"),
            leaves: leaves.map(CertificateDer::from).collect(),
        })
    }

    fn serve(&self, verifier: &impl Verifier, folder: &Path) -> Result<()> {
        let chain = |leaf: CertificateDer<'static>| -> Vec<_> {
            [leaf]
                .into_iter()
                .chain(self.intermediate.clone())
                .collect()
        };
        let chains: Vec<_> = self.leaves.iter().cloned().map(chain).collect();
        let floors = self.floors(verifier)?;
        println!("ready");
        for line in stdin().lock().lines() {
            let line = line?;
            let words: Vec<_> = line.split(' ').collect();
            match words[..] {
                ["judge", file] => {
                    let leaf = read(folder, file).context("the leaf")?;
                    println!("{}", verifier.verify(&chain(leaf.into())).as_str());
                }
                ["verify", ref numbers @ ..] => {
                    let verify = |number: usize| verifier.verify(black_box(&chains[number]));
                    let passes = |number| verify(number) == Verdict::Passes;
                    println!("{}", self.measure(passes, numbers)?);
                }
                ["floor", ref numbers @ ..] => {
                    let passes =
                        |number: usize| black_box(&floors[number]).iter().all(Check::passes);
                    println!("{}", self.measure(passes, numbers)?);
                }
                _ => bail!("an unknown command"),
            }
        }
        Ok(())
    }

    /// Nanoseconds of CPU time of so many passes.
    fn measure(&self, passes: impl Fn(usize) -> bool, numbers: &[&str]) -> Result<u128> {
        let numbers: Vec<usize> = numbers
            .iter()
            .map(|word| word.parse())
            .collect::<Result<_, _>>()?;
        let [warm, count, first] = numbers[..] else {
            bail!("three numbers are needed");
        };
        let leaves = self.leaves.len();
        for pass in 0..warm {
            ensure!(passes((first + leaves - 1 - pass % leaves) % leaves));
        }
        let started = processor_time();
        for pass in 0..count {
            ensure!(passes((first + pass) % leaves), "a good leaf did not pass");
        }
        Ok((processor_time() - started).as_nanos())
    }

    /// For each leaf the bare checks that its chain needs.
    fn floors(&self, verifier: &impl Verifier) -> Result<Vec<Vec<Check>>> {
        let issuer = self.intermediate.as_ref().unwrap_or(&self.root);
        let floor = |leaf| -> Result<Vec<_>> {
            let presented = self.intermediate.as_ref();
            let mut checks = vec![Check::find(verifier, leaf, issuer)?];
            if let Some(intermediate) = presented {
                checks.push(Check::find(verifier, intermediate, &self.root)?);
            }
            Ok(checks)
        };
        self.leaves.iter().map(floor).collect()
    }
}

/// One signature, taken out of its certificate beforehand.
struct Check {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    key: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
}

impl Check {
    fn find(
        verifier: &impl Verifier,
        certificate: &CertificateDer<'_>,
        issuer: &CertificateDer<'_>,
    ) -> Result<Self> {
        let (_, content, _) = der::read(certificate);
        let (_, _, after_body) = der::read(content);
        let (_, _, after_algorithm) = der::read(after_body);
        let (_, bits, _) = der::read(after_algorithm);
        let issuer = ::portcullis::Certificate::parse(issuer)?;
        let (_, spki, _) = der::read(issuer.spki_der());
        let (_, _, key) = der::read(spki);
        let (_, key, _) = der::read(key);
        let check = |algorithm| Self {
            algorithm,
            key: key[1..].to_vec(),
            body: content[..content.len() - after_body.len()].to_vec(),
            signature: bits[1..].to_vec(),
        };
        let mut checks = verifier
            .algorithms()
            .iter()
            .map(|algorithm| check(*algorithm));
        checks
            .find(Self::passes)
            .context("nobody can check the signature")
    }

    fn passes(&self) -> bool {
        let (key, body, signature) = (&self.key, &self.body, &self.signature);
        self.algorithm
            .verify_signature(key, body, signature)
            .is_ok()
    }
}

fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    fs::read(folder.join(format!("{name}.der"))).ok()
}

/// What this process has had of processors, so that it does not count what others have in between.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.try_into().expect("it began at 0")
}

fn now() -> UnixTime {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::since_unix_epoch(elapsed.unwrap_or(Duration::ZERO))
}

static AWS_LC_RS: [&dyn SignatureVerificationAlgorithm; 4] = [
    aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    aws_lc_rs::ECDSA_P256_SHA256,
    aws_lc_rs::ECDSA_P384_SHA384,
    aws_lc_rs::ED25519,
];

static RING: [&dyn SignatureVerificationAlgorithm; 4] = [
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
];
