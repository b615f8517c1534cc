//! The certificates of a bundle to each other: twins, issuers, path lengths.

use std::collections::HashMap;

use portcullis::pki_types::CertificateDer;
use portcullis::signature::AWS_LC_RS;
use portcullis::{Check, Policy, TrustStore};

use super::certificates::{MAX_COMPARED, Member};
use super::finding::{Findings, Id, Source};

/// Compares them.
pub(super) fn check(source: &Source, members: &[Member<'_>], findings: &mut Findings) {
    let unique = tell_duplicates(source, members, findings);
    let cas: Vec<&Member<'_>> = unique
        .into_iter()
        .filter(|member| member.is_ca())
        .take(MAX_COMPARED)
        .collect();
    for (index, member) in cas.iter().enumerate() {
        tell_namesake(source, member, &cas[..index], findings);
    }
    let parents: Vec<Option<usize>> = cas.iter().map(|member| parent(member, &cas)).collect();
    for (index, member) in cas.iter().enumerate() {
        if member.certificate.is_self_issued() {
            continue;
        }
        match parents[index] {
            Some(parent) => {
                tell_issuer(source, member, cas[parent], findings);
                tell_path_length(source, &cas, &parents, index, findings);
            }
            None => findings.push(
                Id::IssuerNotInBundle,
                member.place(source),
                format!(
                    "The CA is an intermediate whose issuer is not in the bundle ({}): it is an \
                     anchor all the same, as every certificate of a trust store is.",
                    member.certificate.issuer()
                ),
                "Nothing, if only this intermediate is to be trusted; otherwise add the issuer.",
            ),
        }
    }
}

/// Gives each certificate once.
fn tell_duplicates<'m, 'b>(
    source: &Source,
    members: &'m [Member<'b>],
    findings: &mut Findings,
) -> Vec<&'m Member<'b>> {
    let mut known: HashMap<&[u8], &Member<'_>> = HashMap::new();
    let mut unique = Vec::new();
    for member in members {
        if let Some(first) = known.get(member.certificate.der()) {
            findings.push(
                Id::DuplicateCertificate,
                member.place(source),
                format!(
                    "The certificate is the same as {}, and may count twice towards the quota.",
                    first.whereabouts()
                ),
                "Take one of them out.",
            );
            continue;
        }
        known.insert(member.certificate.der(), member);
        unique.push(member);
    }
    unique
}

fn tell_namesake(
    source: &Source,
    member: &Member<'_>,
    before: &[&Member<'_>],
    findings: &mut Findings,
) {
    let certificate = &member.certificate;
    let place = member.place(source);
    let of_name = |other: &&&Member<'_>| other.certificate.subject() == certificate.subject();
    if let Some(other) = before
        .iter()
        .filter(of_name)
        .find(|other| member.is_renewal_of(other))
    {
        findings.push(
            Id::SameSubjectSameKey,
            place,
            format!(
                "The CA has the name and the key of {}: either works, and s2n-tls, ALB's library, takes one that is valid, in order of the bundle.",
                other.whereabouts()
            ),
            "Take the older one out once it has expired.",
        );
        return;
    }
    let Some(other) = before.iter().find(of_name) else {
        return;
    };
    let ids = (
        certificate.subject_key_identifier(),
        other.certificate.subject_key_identifier(),
    );
    if matches!(ids, (Some(ours), Some(theirs)) if ours != theirs) {
        findings.push(
            Id::SameSubjectOtherKey,
            place,
            format!(
                "The CA has the name of {} and another key: the certificates they issue must name \
                 the key (authorityKeyIdentifier), since s2n-tls, ALB's library, tries one \
                 of the two only.",
                other.whereabouts()
            ),
            "Look with portcullis explain whether a client of each passes.",
        );
    } else {
        findings.push(
            Id::AmbiguousIssuer,
            place,
            format!(
                "The CA has the name of {} and another key, and no subjectKeyIdentifier tells them \
                 apart: s2n-tls, ALB's library, tries one of the two only, so clients of \
                 the other fail.",
                other.whereabouts()
            ),
            "Put the two into separate trust stores, or have them issued anew with \
             subjectKeyIdentifiers.",
        );
    }
}

fn tell_issuer(source: &Source, member: &Member<'_>, issuer: &Member<'_>, findings: &mut Findings) {
    findings.push(
        Id::IssuerInBundle,
        member.place(source),
        format!(
            "The CA is an intermediate whose issuer is in the bundle too ({}): it lets clients \
             pass that don't send it, and counts towards the quota.",
            issuer.whereabouts()
        ),
        "Nothing, or take it out if all clients send it.",
    );
}

/// Goes up from a CA and tells of the first one above that allows fewer CAs below it.
fn tell_path_length(
    source: &Source,
    cas: &[&Member<'_>],
    parents: &[Option<usize>],
    index: usize,
    findings: &mut Findings,
) {
    let member = cas[index];
    let mut above = parents[index];
    // The CA itself; every one on the way adds to it. A circle of issuers ends with the number of
    // CAs there are.
    for below in 1..=cas.len() {
        let Some(ancestor) = above.map(|above| cas[above]) else {
            return;
        };
        let constraints = ancestor.certificate.basic_constraints();
        let allowed = constraints.and_then(|constraints| constraints.path_len);
        let is_exceeded = allowed
            .and_then(|allowed| usize::try_from(allowed).ok())
            .is_some_and(|allowed| below > allowed);
        if let (Some(allowed), true) = (allowed, is_exceeded) {
            let consequence = match ancestor.certificate.is_self_issued() {
                true => {
                    "s2n-tls, ALB's library, overlooks the limit of a self-signed root, and others \
                     don't"
                }
                false => {
                    "its clients pass only because it is in the bundle itself, where the path ends"
                }
            };
            findings.push(
                Id::PathLength,
                member.place(source),
                format!(
                    "The CA is number {below} below {}, which allows {allowed} \
                     (pathLenConstraint): {consequence}.",
                    ancestor.subject
                ),
                "Have one of the two issued anew.",
            );
            return;
        }
        if ancestor.certificate.is_self_issued() {
            return;
        }
        above = above.and_then(|above| parents[above]);
    }
}

/// The CA of the bundle that issued this one.
fn parent(member: &Member<'_>, cas: &[&Member<'_>]) -> Option<usize> {
    cas.iter().position(|candidate| {
        candidate.certificate != member.certificate
            && candidate.certificate.subject() == member.certificate.issuer()
            && has_issued(candidate, member)
    })
}

/// Whether the library would go from one to the other, and find the signature good if it comes to
/// look at it.
fn has_issued(issuer: &Member<'_>, issued: &Member<'_>) -> bool {
    let policy = Policy::ALB.with_max_ca_size(u32::MAX);
    let mut store = TrustStore::<1, 0>::new(policy, AWS_LC_RS);
    let anchor = CertificateDer::from(issuer.certificate.der());
    if store.add_ca(anchor).is_err() {
        // Its key can't verify anything; the name is all there is to go by.
        return true;
    }
    let presented = [CertificateDer::from(issued.certificate.der())];
    let explanation = store.explain(&presented, issued.start());
    !matches!(explanation.check(), Some(Check::Issuer | Check::Signature))
}
