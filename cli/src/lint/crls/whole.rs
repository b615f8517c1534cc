//! All CRLs together: which of them decide, and what they do to the CAs of the bundle.

use portcullis::Check;
use portcullis::pki_types::CertificateDer;

use super::Reader;
use crate::lint::certificates::MAX_COMPARED;
use crate::lint::finding::{Id, Place};

impl Reader<'_, '_> {
    /// Tells of the lists that others decide in place of.
    pub(super) fn compare(&mut self) {
        for (crl, (source, line, issuer)) in self.store.crls().zip(&self.kept) {
            let Some(newer) = self.store.find_newer_crl(crl) else {
                continue;
            };
            let newer = self
                .store
                .crls()
                .position(|other| core::ptr::eq(other, newer));
            let newer = newer.and_then(|index| self.kept.get(index));
            let newer = newer.map_or("another one", |(newer, ..)| newer.name.as_str());
            self.findings.push(
                Id::CrlSuperseded,
                Place {
                    source,
                    line: *line,
                    column: None,
                    subject: Some(issuer),
                },
                format!(
                    "The CRL is older than the one of the same issuer and scope in {newer}, which \
                     alone decides (seen in s2n-tls, ALB's library)."
                ),
                "Leave the older one out.",
            );
        }
    }

    /// Tells of the CAs of the bundle that fail for a list, and all clients with them.
    pub(super) fn look_up_cas(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        let cas = self.members.iter().filter(|member| member.is_ca());
        for member in cas.take(MAX_COMPARED) {
            let presented = [CertificateDer::from(member.certificate.der())];
            let explanation = self.store.explain(&presented, member.start());
            let Some(crl) = explanation.crl() else {
                continue;
            };
            if explanation.failed_certificate() != Some(member.certificate) {
                continue;
            }
            let index = self
                .store
                .crls()
                .position(|known| core::ptr::eq(known, crl));
            let file = index.and_then(|index| self.kept.get(index));
            let file = file.map_or("a CRL", |(source, ..)| source.name.as_str());
            let status = explanation.status();
            match (explanation.check(), crl.find(member.certificate.serial())) {
                // The second where the issuer is not in the bundle to verify the list with.
                (Some(Check::Revocation | Check::CrlUsability), Some(entry))
                    if explanation.crl_fault().is_none() =>
                {
                    self.findings.push(
                        Id::RevokedCa,
                        member.place(self.bundle),
                        format!(
                            "The CA is revoked in {file} since {} ({}), so every client under it \
                             fails: {status}.",
                            entry.date,
                            entry.reason_str()
                        ),
                        "Take the CA out of the bundle.",
                    );
                }
                (Some(Check::CrlScope), _) => self.findings.push(
                    Id::CaOutOfCrlScope,
                    member.place(self.bundle),
                    format!(
                        "The CRLs of the CA's issuer, such as the one in {file}, are about other \
                         certificates: every client under the CA fails for that in s2n-tls, ALB's \
                         library: {status}."
                    ),
                    "Upload a list of the issuer that covers CAs as well, or none of it.",
                ),
                _ => {}
            }
        }
    }
}
