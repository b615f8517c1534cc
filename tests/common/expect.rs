//! Verdicts by policy.

use portcullis::FailureReason::{self, ClientCertUntrusted};
use portcullis::pki_types::CertificateDer;
use portcullis::{Check, Policy, Position};
use portcullis_fixtures::{Certificate, NOW, chain};

use crate::common::{failure, store};

pub(crate) const ALB: &[(&str, Policy)] = &[("ALB", Policy::ALB)];
pub(crate) const RFC5280: &[(&str, Policy)] = &[("RFC 5280", Policy::RFC5280)];
pub(crate) const BOTH: &[(&str, Policy)] = &[ALB[0], RFC5280[0]];

/// Asserts what fails, if anything does, under each policy.
#[track_caller]
pub(crate) fn expect(
    policies: &[(&str, Policy)],
    anchors: &[&Certificate],
    presented: &[CertificateDer<'_>],
    expected: Option<(FailureReason, Check, Option<Position>)>,
) {
    for (name, policy) in policies {
        let store = store(*policy, &chain(anchors.iter().copied()));
        assert_eq!(failure(&store, presented, NOW), expected, "{name}");
    }
}

/// The failure of a check whose word is `Failed:ClientCertUntrusted`.
pub(crate) fn untrusted(
    check: Check,
    at: Position,
) -> Option<(FailureReason, Check, Option<Position>)> {
    Some((ClientCertUntrusted, check, Some(at)))
}
