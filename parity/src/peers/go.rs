//! Go's crypto/x509, asked through a program that reads from its standard input.

use std::ffi::OsStr;
use std::io::{self, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use portcullis::pki_types::CertificateDer;

use crate::row::Row;

/// The environment variable that names the program, built from `go/main.go`.
pub const PROGRAM: &str = "PORTCULLIS_GO_VERIFIER";

/// The program, running.
#[derive(Debug)]
pub struct GoVerifier {
    child: Child,
    questions: BufWriter<ChildStdin>,
    answers: ChildStdout,
}

impl GoVerifier {
    /// Starts the program.
    ///
    /// # Errors
    ///
    /// If there is no such program.
    pub fn start(program: &OsStr) -> io::Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the program has no pipes"));
        };
        Ok(Self {
            child,
            questions: BufWriter::new(questions),
            answers,
        })
    }

    /// Whether Go lets the chain pass. It knows nothing of CRLs.
    ///
    /// # Errors
    ///
    /// If the program has ended.
    pub fn accepts(&mut self, row: &Row) -> io::Result<bool> {
        let seconds = row.time().as_secs();
        self.questions.write_all(&seconds.to_be_bytes())?;
        self.write(&row.anchors)?;
        self.write(&row.chain)?;
        self.questions.flush()?;
        let mut answer = [0];
        self.answers.read_exact(&mut answer)?;
        Ok(answer == [1])
    }

    fn write(&mut self, certificates: &[CertificateDer<'_>]) -> io::Result<()> {
        self.write_length(certificates.len())?;
        for certificate in certificates {
            self.write_length(certificate.len())?;
            self.questions.write_all(certificate)?;
        }
        Ok(())
    }

    fn write_length(&mut self, length: usize) -> io::Result<()> {
        let length = u32::try_from(length).map_err(io::Error::other)?;
        self.questions.write_all(&length.to_be_bytes())
    }
}

impl Drop for GoVerifier {
    fn drop(&mut self) {
        // It would end by itself when its input does, but that is dropped only after this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
