//! The command line: what can be asked, and the words that explain it.

#[cfg(unix)]
mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use portcullis::pki_types::UnixTime;

#[cfg(unix)]
use self::serve::SERVE_HELP;
#[cfg(unix)]
pub(crate) use self::serve::{
    AuthAddress, AuthForm, FixedResponse, Mode, OnFailure, ServeArguments, Target,
};
use crate::bench::{BENCH_HELP, BenchArguments};
use crate::clock;
use crate::log::{LOG_HELP, LogArguments};

/// Tells what AWS ALB's mutual TLS would say of a client's certificate chain, and why.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 100, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What is asked.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The questions the program answers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the verdict on a client's certificate chain, and nothing else
    ///
    /// The verdict is one line on standard output in the words of ALB's connection log: Success, or
    /// Failed: and a reason such as Failed:ClientCertUntrusted.
    #[command(override_usage = VERIFY_USAGE, after_long_help = VERDICT_HELP)]
    Verify(ChainArguments),

    /// Show how the verdict on a client's chain comes about, and what would mend it
    ///
    /// Takes what verify takes. The first line is verify's verdict; below it stands the path from
    /// the client's certificate to the CA that anchors it, as far as it was found, where it
    /// stopped, why, and what to do.
    #[command(override_usage = EXPLAIN_USAGE, after_long_help = VERDICT_HELP)]
    Explain(ExplainArguments),

    /// Show what is in certificates, CA bundles, PKCS#12 files and CRLs
    ///
    /// For each certificate: names, validity, key, extensions, fingerprints, and what ALB would
    /// take it for, as a CA in a trust store and as a client. For each CRL: issuer, number, dates,
    /// scope and entries, and whether it can be used. Nothing is verified but that.
    #[command(after_long_help = INSPECT_HELP)]
    Inspect(InspectArguments),

    /// Write the index of a CRL, for firmware that keeps both in flash
    ///
    /// What the library's Crl::with_index takes beside the CRL in DER. It belongs to this very CRL.
    #[command(after_long_help = INDEX_HELP)]
    Index(IndexArguments),

    /// Find what is wrong with a trust store's bundle and CRLs before they are uploaded to ALB
    ///
    /// Everything at once: what ALB refuses, what would make clients fail, what will surprise
    /// later, and how much of the quotas is used.
    #[command(after_long_help = LINT_HELP)]
    Lint(LintArguments),

    /// Sum up ALB's connection and access logs, or explain lines of them
    ///
    /// Tells how many connections there were by verdict and by client, how many requests were made
    /// over them, and how long handshakes took. With --explain, what each field of a line means,
    /// and what to do about the verdict.
    #[command(after_long_help = LOG_HELP)]
    Log(LogArguments),

    /// Measure how fast clients' chains are verified on this machine
    ///
    /// Tells the verdicts, verifications a second, how long they take, what part of that is
    /// signature checks, and with --against how another verifier does beside it.
    #[command(override_usage = BENCH_USAGE, after_long_help = BENCH_HELP)]
    Bench(Box<BenchArguments>),

    /// Serve as ALB's mutual TLS does, on this machine
    ///
    /// A TLS listener that verifies its clients: those that pass get a fixed response or go on to a
    /// target, with the headers that ALB adds; the others see what a client of ALB sees, a reset,
    /// and standard error, the connection log and the status page say why.
    #[cfg(unix)]
    #[command(after_long_help = SERVE_HELP)]
    Serve(Box<ServeArguments>),
}

/// What clients are judged by: the trust store and the rules.
#[derive(Args, Clone, Debug)]
pub(crate) struct StoreArguments {
    /// The CA certificates that are trusted, as uploaded to an ALB trust store; - is standard input
    ///
    /// PEM with any number of certificates, or one in DER. Every certificate in it is an anchor, a
    /// root or not. A bundle with a broken certificate is refused whole (exit code 2).
    #[arg(long, value_name = "BUNDLE")]
    pub(crate) trust_store: PathBuf,

    /// Judge as of this time, such as 2026-12-01T00:00:00Z, and not now
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    pub(crate) time: Option<UnixTime>,

    /// Whose rules to judge by
    #[arg(long, value_enum, default_value_t = PolicyName::Alb)]
    pub(crate) policy: PolicyName,

    /// Accept at most N certificates from the client, its own included [default: 4 for alb, 16 for
    /// the others]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) max_depth: Option<u8>,

    /// Let expired certificates pass, wherever in the path they stand
    ///
    /// As ALB's IgnoreClientCertificateExpiry. A certificate that is not valid yet still fails.
    #[arg(long)]
    pub(crate) ignore_expiry: bool,

    #[command(flatten)]
    pub(crate) revocation: RevocationArguments,
}

/// A client's chain, and what it is judged by.
#[derive(Args, Debug)]
pub(crate) struct ChainArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,

    /// Read the password of PKCS#12 files from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Judge many chains: read file names from standard input, one a line, a chain in each
    ///
    /// Answers in the order of the names and as they come. A name that can't be used is told on
    /// standard error, the others go on, and the exit code at the end is 2; otherwise it is 1 if
    /// any chain failed. Empty lines are skipped.
    #[arg(long, conflicts_with = "chain")]
    pub(crate) batch: bool,

    /// The chain as the client sends it, its own certificate first; - is standard input
    ///
    /// PEM, DER or PKCS#12, told apart by content. Several files are joined in the order given.
    #[arg(value_name = "CHAIN", required_unless_present = "batch")]
    pub(crate) chain: Vec<PathBuf>,
}

/// The CRLs of a trust store, and the rules for them.
#[derive(Args, Clone, Debug)]
pub(crate) struct RevocationArguments {
    /// A CRL of the trust store, one a file, in PEM or DER; may be given 30 times
    ///
    /// One that can't be read is refused (exit code 2). One that can be read but not trusted makes
    /// every certificate of its issuer fail; standard error says so.
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,

    /// What becomes of a certificate that no CRL is about [default: allow; for strict: deny once
    /// there is a CRL]
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) missing_crl: Option<MissingCrlRule>,

    /// What becomes of a CRL that has expired or is not valid yet [default: ignore]
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) expired_crl: Option<ExpiredCrlRule>,

    /// Which certificates are looked up in CRLs [default: path]
    #[arg(long, value_enum, value_name = "REACH")]
    pub(crate) crl_reach: Option<Reach>,
}

/// `explain`: a chain, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) chain: ChainArguments,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// `inspect`: files, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct InspectArguments {
    /// PEM, DER or PKCS#12, told apart by content; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Read the password of PKCS#12 files from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Show every entry of a CRL, and not the first 10
    #[arg(long)]
    pub(crate) all: bool,

    /// Tell whether a CRL has expired as of this time, and not now
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    pub(crate) time: Option<UnixTime>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// `index`: a CRL, and where to.
#[derive(Args, Debug)]
pub(crate) struct IndexArguments {
    /// The CRL, in PEM or DER; - is standard input
    #[arg(value_name = "CRL")]
    pub(crate) crl: PathBuf,

    /// The file to write, replaced in one go if it is there; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// The order of the octets in a word
    #[arg(long, value_enum, default_value_t = Endian::Little)]
    pub(crate) endian: Endian,
}

/// `lint`: a trust store, what clients send, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct LintArguments {
    /// The CA certificates as they would be uploaded; - is standard input
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,

    /// A CRL as it would be uploaded; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,

    /// A chain as a client sends it, its own certificate first; may be given more than once
    ///
    /// PEM, DER or PKCS#12, told apart by content. Tells whether that client would pass, and which
    /// certificates it sends in vain or too few.
    #[arg(long, value_name = "FILE")]
    pub(crate) chain: Vec<PathBuf>,

    /// Read the password of PKCS#12 files from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Write a clean bundle to this file, replaced in one go if it is there
    #[arg(long, value_name = "OUT")]
    pub(crate) fix: Option<PathBuf>,

    /// Tell of what expires within this many days
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(crate) soon: u32,

    /// Judge as of this time, and not now
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    pub(crate) time: Option<UnixTime>,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Which end of a word comes first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Endian {
    /// Most significant octet first
    Big,
    /// Least significant octet first
    Little,
}

/// What becomes of a certificate that no CRL is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum MissingCrlRule {
    /// It counts as not revoked
    Allow,
    /// Failed:ClientCertCrlProcessingError
    Deny,
}

/// What becomes of a CRL whose time has passed or not come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ExpiredCrlRule {
    /// Failed:ClientCertCrlProcessingError, unless another one is current
    Enforce,
    /// It counts all the same
    Ignore,
}

/// Which certificates are looked up in CRLs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Reach {
    /// The client's
    Leaf,
    /// Every one, up to the anchor
    Path,
}

/// The policies of the library, by name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum PolicyName {
    /// What ALB does, its edges included: to predict it
    Alb,
    /// All that RFC 5280 asks of a client's chain, other paths tried too: to protect
    Rfc5280,
    /// As rfc5280; webpki has to agree, and the leaf must name client authentication
    Strict,
}

impl PolicyName {
    /// The word on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Alb => "alb",
            Self::Rfc5280 => "rfc5280",
            Self::Strict => "strict",
        }
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For a person
    Text,
    /// For a program, by the schema in docs/ of this crate
    Json,
}

const VERIFY_USAGE: &str = "\
portcullis verify [OPTIONS] --trust-store <BUNDLE> <CHAIN>...
       portcullis verify [OPTIONS] --trust-store <BUNDLE> --batch";

const EXPLAIN_USAGE: &str = "\
portcullis explain [OPTIONS] --trust-store <BUNDLE> <CHAIN>...
       portcullis explain [OPTIONS] --trust-store <BUNDLE> --batch";

const BENCH_USAGE: &str = "\
portcullis bench [OPTIONS] --trust-store <BUNDLE> <CHAIN>...
       portcullis bench [OPTIONS] --trust-store <BUNDLE> --batch";

// Lines below 80 columns: clap breaks longer ones without regard to their indentation.

const EXAMPLES: &str = "\
Examples:
  portcullis verify --trust-store bundle.pem client-chain.pem
  portcullis explain --trust-store bundle.pem client.crt signing-ca.crt
  portcullis explain --trust-store bundle.pem --time 2026-12-01T00:00:00Z \\
      --password-file password.txt client.p12
  portcullis explain --trust-store bundle.pem --crl signing.crl client-chain.pem
  find . -name '*.pem' | portcullis verify --trust-store bundle.pem --batch
  portcullis inspect bundle.pem signing.crl
  portcullis index signing.crl -o signing.idx
  portcullis log connection.log.gz access.log.gz
  portcullis lint bundle.pem --crl signing.crl --fix clean-bundle.pem
  portcullis log --explain TID_3180a73013c8ca4bac2f731159d4b0fe *.log.gz
  portcullis bench --trust-store bundle.pem --against webpki client-chain.pem
  portcullis serve --listen 127.0.0.1:8443 --trust-store bundle.pem";

const VERDICT_HELP: &str = "\
Exit codes:
  0  the verdict is Success
  1  the verdict is Failed
  2  there is no verdict: an input can't be used (standard error names it and
     says why), or the command line is wrong

What is a verdict, and what is an unusable input:
  What a client could have sent is judged: a PEM section labelled CERTIFICATE,
  whatever it holds, and a file that is not text. Where it is no certificate,
  the verdict is Failed:ClientCertInvalid.
  What no client could have sent can't be used: a file that is missing, empty
  or over 64 MiB; PEM that is cut off or holds bad base64; text without a
  CERTIFICATE section, a private key for instance; PKCS#7; a PKCS#12 file whose
  password is wrong, or that doesn't tell which certificate is the client's.
  Nor can a CRL that is none or is malformed, two CRLs in one file, or more than
  a trust store takes: 30 CRLs, and for alb 50 MiB each, 500000 entries in all.

CRLs:
  A CRL that can be read is kept, and the verdict is printed. Standard error
  tells of one that can't be used (a signature that is not its issuer's, an
  unknown critical extension, a delta), of one whose issuer is not in the trust
  store, which counts once the client sends that CA, and of one given twice.

PKCS#12:
  The client's certificate is the one that belongs to the private key (by
  localKeyID); the others follow as they are stored. Without --password-file
  the empty password is tried.";

const INSPECT_HELP: &str = "\
Exit codes:
  0  every certificate and CRL could be read
  1  one could not be read; it is shown with the reason
  2  a file can't be used: standard error names it and says why; the other
     files are shown

What ALB would take a certificate for:
  in ALB trust store  whether an upload to a trust store takes it as a CA
  as client of ALB    whether a client may use it, where its issuer is trusted
                      and the time is right (nsCertType is not looked at)

Private keys in a PKCS#12 file are counted, never shown. Without
--password-file the empty password is tried.";

const INDEX_HELP: &str = "\
Exit codes:
  0  the index was written
  2  it was not: the CRL can't be used or the file not written (standard error
     names it and says why), or the command line is wrong

The file holds 32-bit words and nothing else; docs/index.md of this crate tells
how firmware reads them. The CRL goes beside it in DER:
  openssl crl -in signing.crl -outform DER -out signing.crl.der
Make it anew with each CRL, and with the version of the library that reads it:
Crl::with_index refuses an index that is not the CRL's.";

const LINT_HELP: &str = "\
Exit codes:
  0  there is no error and no warning; notes are fine
  1  there is an error or a warning
  2  a file can't be used (standard error names it and says why; the others are
     looked at), --fix wrote nothing, or the command line is wrong

Findings:
  error    ALB refuses the upload, or the clients concerned fail
  warning  a surprise, now or later
  note     good to know
  Each has an identifier that never changes; docs/lint.md of this crate lists
  them, and says whether AWS documents it or it was seen in the libraries that
  ALB is built on. Of one kind no more than 100 are shown.

--fix:
  Writes the CA certificates and nothing else: PEM, LF, 64 characters a line,
  each certificate once, in the order of the bundle. What can't be read, what is
  no CA and all text is left out, and told. Expired CAs stay, since leaving one
  out changes which clients pass. It doesn't mend what is wrong with a
  certificate itself, and never writes an empty bundle.";
