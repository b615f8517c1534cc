//! Whether a certificate of the path is revoked (RFC 5280 6.3).

use super::{Check, check_crl_signature, check_extensions, is_valid};
use crate::crl::{Coverage, Crl, Revocation, StoredCrl};
use crate::failure::Failure;
use crate::name::DistinguishedName;
use crate::path::Node;
use crate::policy::{CrlReach, Dialect, ExpiredCrl, MissingCrl};
use crate::render::SerialNumber;
use crate::verify::Engine;

impl Engine<'_, '_> {
    /// Leaf to anchor, the anchor included: the first certificate that is revoked, or whose lists
    /// cannot tell, decides.
    pub(crate) fn check_revocation(&mut self) -> Result<(), Failure> {
        let policy = self.rules.policy;
        if self.rules.crls.is_empty() && self.missing_crl() != MissingCrl::Deny {
            return Ok(());
        }
        let length = match policy.crl_reach {
            CrlReach::Leaf => 1,
            CrlReach::Path => self.path.len(),
        };
        for index in 0..length.min(self.path.len()) {
            self.check_certificate(index)?;
        }
        Ok(())
    }

    fn check_certificate(&mut self, index: usize) -> Result<(), Failure> {
        let Some(node) = self.path.node(index) else {
            return Ok(());
        };
        let fail = |check, crl| Failure {
            crl,
            ..Failure::at(check, node)
        };
        let mut faulty = None;
        let mut covered = false;
        let mut out_of_scope = None;
        for number in 0..self.rules.crls.len() {
            let Some(list) = self.rules.crls.get(number) else {
                continue;
            };
            let number = u16::try_from(number).ok();
            match self.ask(list, index).map_err(|failure| Failure {
                crl: number,
                ..failure
            })? {
                Answer::NotConcerned => {}
                Answer::Faulty(check) => faulty = faulty.or(Some((check, number))),
                Answer::OutOfScope => out_of_scope = out_of_scope.or(number),
                Answer::Superseded => covered = true,
                Answer::Revoked => return Err(fail(Check::Revocation, number)),
                Answer::NotRevoked => covered = true,
            }
        }
        if let Some((check, number)) = faulty {
            return Err(fail(check, number));
        }
        if covered {
            return Ok(());
        }
        // s2n-tls takes lists of other scopes for a failed look-up.
        if out_of_scope.is_some() && self.rules.policy.dialect == Dialect::Alb {
            return Err(fail(Check::CrlScope, out_of_scope));
        }
        let is_anchor = index.saturating_add(1) == self.path.len();
        let is_missed = match self.missing_crl() {
            MissingCrl::Allow => false,
            MissingCrl::Deny => true,
            MissingCrl::DenyOnceThereIsOne => !self.rules.crls.is_empty(),
        };
        match is_missed && !is_anchor {
            true => Err(fail(Check::CrlPresence, None)),
            false => Ok(()),
        }
    }

    /// What one list says of one certificate of the path.
    fn ask(&mut self, list: &StoredCrl<'_>, index: usize) -> Result<Answer, Failure> {
        let Some(node) = self.path.node(index) else {
            return Ok(Answer::NotConcerned);
        };
        if !self.is_of_issuer(list, node) {
            return Ok(Answer::NotConcerned);
        }
        let Some(signer) = self.signer(list, index) else {
            return Ok(Answer::NotConcerned);
        };
        if let Some(issuer) = signer.node() {
            let usage = self.view(issuer).facts.key_usage;
            if usage.is_some_and(|usage| !usage.crl_sign()) {
                return match self.rules.policy.dialect {
                    // As AWS-LC says it; RFC 5280 6.3.3 (f) only says that the list is not valid.
                    Dialect::Alb => Err(Failure::at(Check::CrlSign, issuer)),
                    Dialect::Rfc5280 => Ok(Answer::Faulty(Check::CrlUsability)),
                };
            }
        }
        let signed = self.is_signed_by(list, signer, index);
        if signed == Signed::ByAnother {
            return Ok(Answer::NotConcerned);
        }
        if signed == Signed::No || list.fault.is_some() {
            return Ok(Answer::Faulty(Check::CrlUsability));
        }
        let certificate = self.view(node);
        if list.crl.coverage().covers(certificate) == Coverage::OutOfScope {
            return Ok(Answer::OutOfScope);
        }
        if self.is_superseded(list) {
            return Ok(Answer::Superseded);
        }
        let is_listed = list.crl.find(certificate.serial()).is_some();
        Ok(match signed {
            // Nobody can say who signed it: it lets nothing pass, and what it lists neither.
            Signed::ByNobodyKnown if is_listed => Answer::Faulty(Check::CrlUsability),
            Signed::ByNobodyKnown => Answer::NotConcerned,
            _ if is_listed => Answer::Revoked,
            _ if self.is_current(&list.crl) => Answer::NotRevoked,
            _ => Answer::Faulty(Check::CrlValidity),
        })
    }

    fn is_of_issuer(&self, list: &StoredCrl<'_>, node: Node) -> bool {
        list.crl.issuer() == self.view(node).issuer()
    }

    /// Who could have signed a list for this certificate: its issuer, or another certificate of the
    /// issuer's name further up or beside the path, since a CA that has a new key may sign with
    /// either (RFC 5280 6.3.3 (f)).
    fn signer(&mut self, list: &StoredCrl<'_>, index: usize) -> Option<Signer> {
        let is_anchor = index.saturating_add(1) == self.path.len();
        let from = if is_anchor {
            index
        } else {
            index.saturating_add(1)
        };
        let mut in_path = self.path.nodes().skip(from);
        let found = in_path.find(|node| is_signer(list, *node) || self.could_sign(list, *node));
        drop(in_path);
        if let Some(node) = found {
            return Some(Signer::InPath(node));
        }
        if self.rules.policy.dialect == Dialect::Rfc5280
            && let Some(node) = self.signer_beside_path(list, from)
        {
            return Some(Signer::BesidePath(node));
        }
        if !is_anchor {
            return None;
        }
        // The issuer of an anchor that is not self-issued is not in the path; it may be in the
        // store all the same.
        let anchor = self.view(self.path.node(index)?);
        match list.signer {
            Some(signer) => {
                let issued = anchor.names_as_issuer(&self.rules.ca(signer)?.view());
                issued.then_some(Signer::OfStore(Node::Store(signer)))
            }
            None => Some(Signer::Unknown),
        }
    }

    fn could_sign(&self, list: &StoredCrl<'_>, node: Node) -> bool {
        let candidate = self.view(node);
        candidate.subject() == list.crl.issuer()
            && list
                .crl
                .authority()
                .is_none_or(|authority| authority.agrees_with(&candidate))
    }

    /// A certificate of the CA's other key, presented or of the store, that a certificate of the path
    /// has issued, so that both have the same anchor.
    fn signer_beside_path(&mut self, list: &StoredCrl<'_>, from: usize) -> Option<Node> {
        let of_store = list.signer.map(Node::Store);
        for node in self.presented().map(Node::Presented).chain(of_store) {
            let is_in_path = self.path.nodes().any(|other| other == node);
            let certificate = self.view(node);
            let is_fit = !is_in_path
                && self.could_sign(list, node)
                && check_extensions(certificate).is_ok()
                && is_valid(certificate, self.now, self.rules.policy);
            for position in from..self.path.len() {
                let Some(issuer) = self.path.node(position).filter(|_| is_fit) else {
                    continue;
                };
                if self.is_issuer_of(node, issuer)
                    && self.holds_from(issuer, from)
                    && self.check_signature_once(node, issuer).is_ok()
                {
                    return Some(node);
                }
            }
        }
        None
    }

    /// Whether the list is signed with the key of its signer.
    ///
    /// That of a CA of the store was verified when the list was added. That of a presented issuer
    /// is verified here and remembered, but only once the issuer's own path is known to hold:
    /// nobody makes us hash a list for a CA of their own making.
    fn is_signed_by(&mut self, list: &StoredCrl<'_>, signer: Signer, index: usize) -> Signed {
        let node = match signer {
            Signer::OfStore(_) => return Signed::Yes,
            Signer::Unknown => return Signed::ByNobodyKnown,
            Signer::InPath(node) | Signer::BesidePath(node) => node,
        };
        if is_signer(list, node) {
            return Signed::Yes;
        }
        if let Some(ca) = list.signer.and_then(|ca| self.rules.ca(ca)) {
            return match ca.view().has_key_of(&self.view(node)) {
                true => Signed::Yes,
                false => Signed::ByAnother,
            };
        }
        // What the list says of itself is reason enough, whoever signed it.
        if list.fault.is_some() {
            return Signed::No;
        }
        let holds = matches!(signer, Signer::BesidePath(_)) || self.holds_from(node, index);
        if !holds && !self.may_verify_early(list) {
            return Signed::ByAnother;
        }
        let key = (self.rules.algorithms.sha256())(self.view(node).spki());
        let is_signer = list.memo.find(&key).unwrap_or_else(|| {
            let is_signer = check_crl_signature(&list.crl, self.view(node), self.rules);
            if holds {
                list.memo.remember(&key, is_signer);
            }
            is_signer
        });
        if is_signer { Signed::Yes } else { Signed::No }
    }

    /// For ALB a revoked certificate is revoked even if its issuer's signature is wrong. That is
    /// looked at for small lists, and few of them, so that it costs no more than certificates do.
    fn may_verify_early(&mut self, list: &StoredCrl<'_>) -> bool {
        let policy = self.rules.policy;
        let is_small =
            u32::try_from(list.crl.der().len()).is_ok_and(|size| size <= policy.max_message_size);
        policy.dialect == Dialect::Alb && is_small && self.take_early_crl()
    }

    /// Whether every signature from the anchor down to this certificate of the path is right.
    fn holds_from(&mut self, node: Node, index: usize) -> bool {
        let position = self
            .path
            .nodes()
            .skip(index)
            .position(|other| other == node);
        // A leaf that is itself in the store anchors nobody above it.
        let is_anchored = matches!(self.path.nodes().last(), Some(Node::Store(_)));
        let start = position.map_or(index, |position| position.saturating_add(index));
        is_anchored
            && (start..self.path.len()).rev().all(|lower| {
                let upper = self.path.node(lower.saturating_add(1));
                let pair = self.path.node(lower).zip(upper);
                pair.is_none_or(|(lower, upper)| self.check_signature_once(lower, upper).is_ok())
            })
    }

    /// Whether another list of the same issuer and scope decides in place of this one. Under
    /// `ExpiredCrl::Enforce` a list that is not current decides in place of none that is.
    fn is_superseded(&self, list: &StoredCrl<'_>) -> bool {
        self.rules.crls.iter().any(|other| {
            let rank = (self.is_current(&other.crl), self.is_current(&list.crl));
            let is_newer = match rank {
                (true, false) => true,
                (false, true) => false,
                _ => other.crl.is_newer(&list.crl),
            };
            is_newer && other.is_of_kind(list)
        })
    }

    /// Whether a list is current, or that does not matter.
    fn is_current(&self, crl: &Crl<'_>) -> bool {
        match (self.rules.policy.expired_crl, self.now) {
            (ExpiredCrl::Enforce, Some(now)) => crl.is_current_at(now),
            _ => true,
        }
    }

    fn missing_crl(&self) -> MissingCrl {
        let anchor = match self.path.nodes().last() {
            Some(Node::Store(index)) => self.rules.ca(index),
            _ => None,
        };
        anchor
            .and_then(|ca| ca.missing_crl)
            .unwrap_or(self.rules.policy.missing_crl)
    }
}

/// What one list says of one certificate.
enum Answer {
    /// The list is of another issuer, or of another key of that name.
    NotConcerned,
    /// The list is of the issuer and cannot be used.
    Faulty(Check),
    /// The list is of the issuer and about other certificates.
    OutOfScope,
    /// A newer list of the same kind is there.
    Superseded,
    Revoked,
    NotRevoked,
}

#[derive(Clone, Copy)]
enum Signer {
    /// A certificate of the path.
    InPath(Node),
    /// A certificate that a certificate of the path has issued.
    BesidePath(Node),
    /// A CA of the store that is not in the path, whose signature was verified.
    OfStore(Node),
    /// The issuer of the anchor, which is nowhere.
    Unknown,
}

impl Signer {
    const fn node(self) -> Option<Node> {
        match self {
            Self::InPath(node) | Self::BesidePath(node) | Self::OfStore(node) => Some(node),
            Self::Unknown => None,
        }
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Signed {
    Yes,
    No,
    /// By another CA of that name, or it cannot be known.
    ByAnother,
    /// By the issuer of an anchor, whose key is not known.
    ByNobodyKnown,
}

/// Whether the list's signature was verified with this very certificate of the store.
fn is_signer(list: &StoredCrl<'_>, node: Node) -> bool {
    list.signer
        .is_some_and(|signer| node == Node::Store(signer))
}

/// The entry for a serial number in the newest usable lists of an issuer.
pub(crate) fn find_revocation<'s>(
    crls: &'s [StoredCrl<'_>],
    issuer: DistinguishedName<'_>,
    serial: SerialNumber<'_>,
) -> Option<Revocation<'s>> {
    let usable = || crls.iter().filter(|list| list.fault.is_none());
    let of_issuer = usable().filter(|list| list.crl.issuer() == issuer);
    let decisive = of_issuer.filter(|list| {
        !usable().any(|other| other.crl.is_newer(&list.crl) && other.is_of_kind(list))
    });
    let mut found = decisive.filter_map(|list| list.crl.find(serial));
    found.next()
}
