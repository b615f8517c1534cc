//! The bundle as ALB takes it: the CA certificates, and nothing else.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use pem_rfc7468::LineEnding;
use portcullis::pki_types::CertificateDer;
use serde::Serialize;

use super::certificates::Member;
use super::form::{Bundle, Lost};
use crate::replace::replace;

/// What was written and what was not; as JSON, `fix` of docs/lint.schema.json.
#[derive(Debug, Serialize)]
pub(crate) struct Fix {
    pub(super) file: String,
    /// How many certificates it holds.
    pub(super) certificates: usize,
    /// In the order of the bundle.
    pub(super) dropped: Vec<Dropped>,
}

/// A certificate or section that was left out.
#[derive(Debug, Serialize)]
pub(crate) struct Dropped {
    pub(super) line: Option<usize>,
    pub(super) subject: Option<String>,
    pub(super) reason: String,
}

impl Fix {
    /// Writes the clean bundle. Errors name the file.
    ///
    /// Expired certificates stay: to leave one out is to change who may pass, under
    /// IgnoreClientCertificateExpiry for instance.
    pub(super) fn write(
        name: &Path,
        bundle: &Bundle,
        members: &[Member<'_>],
    ) -> anyhow::Result<Self> {
        let (kept, dropped) = sort_out(bundle, members);
        let text: String = kept
            .iter()
            .map(|der| pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, der))
            .collect::<Result<_, _>>()
            .with_context(|| name.display().to_string())?;
        if text.is_empty() {
            bail!(
                "{}: not written, for there is no CA certificate to write",
                name.display()
            );
        }
        replace(name, text.as_bytes()).with_context(|| name.display().to_string())?;
        Ok(Self {
            file: name.display().to_string(),
            certificates: kept.len(),
            dropped,
        })
    }
}

/// What is written, and what is not.
fn sort_out<'b>(
    bundle: &'b Bundle,
    members: &[Member<'_>],
) -> (Vec<CertificateDer<'b>>, Vec<Dropped>) {
    let mut kept = Vec::new();
    let mut dropped: Vec<Dropped> = bundle.lost.iter().map(Dropped::from).collect();
    let mut known = HashSet::new();
    let mut members = members.iter().peekable();
    for held in &bundle.certificates {
        // The members are those that could be read, in the same order.
        let member = members.next_if(|member| core::ptr::eq(member.certificate.der(), &*held.der));
        let reason = match member {
            None => "it can't be read",
            Some(member) if !member.is_ca() => "it is no CA certificate",
            Some(_) if !known.insert(&held.der) => "it is there already",
            Some(_) => {
                kept.push(CertificateDer::from(&*held.der));
                continue;
            }
        };
        dropped.push(Dropped {
            line: held.line,
            subject: member.map(|member| member.subject.clone()),
            reason: reason.to_owned(),
        });
    }
    dropped.sort_by_key(|dropped| dropped.line);
    (kept, dropped)
}

impl From<&Lost> for Dropped {
    fn from(lost: &Lost) -> Self {
        Self {
            line: Some(lost.line),
            subject: None,
            reason: lost.why.clone(),
        }
    }
}
