//! Whether a certificate of the path is revoked (RFC 5280 6.3).

use super::{Check, check_crl_signature, check_extensions};
use crate::crl::{Coverage, Crl, Revocation, StoredCrl};
use crate::failure::{Failed, Failure};
use crate::name::DistinguishedName;
use crate::path::{Node, Origin};
use crate::policy::{CrlReach, Dialect, ExpiredCrl, MissingCrl};
use crate::render::SerialNumber;
use crate::verify::Engine;

/// The check of a complete path against the lists of the store, of which there is at least one.
pub(crate) fn check_lists(engine: &mut Engine<'_, '_>) -> Result<(), Failed> {
    engine.check_lists()
}

impl Engine<'_, '_> {
    /// The first certificate that is revoked, or whose lists cannot tell, decides.
    pub(crate) fn check_revocation(&mut self) -> Result<(), Failed> {
        if let Some(list) = self.rules.crls.first() {
            return (list.check)(self);
        }
        // The anchor needs none.
        let needed = match self.missing_crl() {
            MissingCrl::Deny => self.path.below_anchor().first(),
            MissingCrl::Allow | MissingCrl::DenyOnceThereIsOne => None,
        };
        match needed {
            Some(step) => Err(self.fail(Check::CrlPresence, step.node)),
            None => Ok(()),
        }
    }

    /// Leaf to anchor, the anchor included.
    fn check_lists(&mut self) -> Result<(), Failed> {
        let length = match self.rules.policy.crl_reach {
            CrlReach::Leaf => 1,
            CrlReach::Path => self.path.len(),
        };
        for index in 0..length.min(self.path.len()) {
            self.check_certificate(index)?;
        }
        Ok(())
    }

    fn check_certificate(&mut self, index: usize) -> Result<(), Failed> {
        let Some(node) = self.path.node(index) else {
            return Ok(());
        };
        let mut faulty = None;
        let mut covered = false;
        let mut out_of_scope = None;
        for (number, list) in self.rules.crls.iter().enumerate() {
            let number = u16::try_from(number).ok();
            match self.ask(list, node, index) {
                Answer::NotConcerned => {}
                Answer::Faulty(check) => faulty = faulty.or(Some((check, number))),
                Answer::OutOfScope => out_of_scope = out_of_scope.or(number),
                Answer::Superseded | Answer::NotRevoked => covered = true,
                Answer::Refused(check, at) => return Err(self.fail_by(check, at, number)),
            }
        }
        if let Some((check, number)) = faulty {
            return Err(self.fail_by(check, node, number));
        }
        if covered {
            return Ok(());
        }
        // s2n-tls takes lists of other scopes for a failed look-up.
        if out_of_scope.is_some() && self.rules.policy.dialect == Dialect::Alb {
            return Err(self.fail_by(Check::CrlScope, node, out_of_scope));
        }
        let is_anchor = index.saturating_add(1) == self.path.len();
        let is_missed = match self.missing_crl() {
            MissingCrl::Allow => false,
            MissingCrl::Deny | MissingCrl::DenyOnceThereIsOne => true,
        };
        match is_missed && !is_anchor {
            true => Err(self.fail(Check::CrlPresence, node)),
            false => Ok(()),
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn fail_by(&self, check: Check, at: Node, crl: Option<u16>) -> Failed {
        self.fail_with(Failure {
            crl,
            ..Failure::at(check, at)
        })
    }

    /// What one list says of one certificate of the path.
    fn ask(&mut self, list: &StoredCrl<'_>, node: Node, index: usize) -> Answer {
        if list.crl.issuer() != self.view(node).issuer() {
            return Answer::NotConcerned;
        }
        let Some(signer) = self.signer(list, node, index) else {
            return Answer::NotConcerned;
        };
        if let Some(issuer) = signer.node() {
            let usage = self.facts(issuer).key_usage;
            if usage.is_some_and(|usage| !usage.crl_sign()) {
                return match self.rules.policy.dialect {
                    // As AWS-LC says it; RFC 5280 6.3.3 (f) only says that the list is not valid.
                    Dialect::Alb => Answer::Refused(Check::CrlSign, issuer),
                    Dialect::Rfc5280 => Answer::Faulty(Check::CrlUsability),
                };
            }
        }
        let signed = match self.is_signed_by(list, signer, index) {
            Signed::ByAnother if self.is_anchored() => return Answer::NotConcerned,
            // What a client presents above a leaf of the store takes no list away from it.
            Signed::ByAnother => Signed::ByNobodyKnown,
            signed => signed,
        };
        if signed == Signed::No || list.fault.is_some() {
            return Answer::Faulty(Check::CrlUsability);
        }
        let certificate = self.view(node);
        let dialect = self.rules.policy.dialect;
        if list.crl.coverage().covers(&certificate, dialect) == Coverage::OutOfScope {
            return Answer::OutOfScope;
        }
        if self.is_superseded(list) {
            return Answer::Superseded;
        }
        let is_listed = list.crl.lists(certificate.serial());
        match signed {
            // Nobody can say who signed it: it lets nothing pass, and what it lists neither.
            Signed::ByNobodyKnown if is_listed => Answer::Faulty(Check::CrlUsability),
            Signed::ByNobodyKnown => Answer::NotConcerned,
            _ if is_listed => Answer::Refused(Check::Revocation, node),
            _ if self.is_current(&list.crl) => Answer::NotRevoked,
            _ => Answer::Faulty(Check::CrlValidity),
        }
    }

    /// Who could have signed a list for this certificate: its issuer, or another certificate of the
    /// issuer's name further up or beside the path, since a CA that has a new key may sign with
    /// either (RFC 5280 6.3.3 (f)).
    fn signer(&mut self, list: &StoredCrl<'_>, node: Node, index: usize) -> Option<Signer> {
        let is_anchor = index.saturating_add(1) == self.path.len();
        let from = if is_anchor {
            index
        } else {
            index.saturating_add(1)
        };
        let mut named = None;
        for position in from..self.path.len() {
            let node = self.path.node(position)?;
            if is_signer(list, node) || self.could_have_signed(list, node) {
                return Some(Signer::InPath(node));
            }
            named = named.or(self.could_sign(list, node).then_some(node));
        }
        if self.rules.policy.dialect == Dialect::Rfc5280
            && let Some(node) = self.signer_beside_path(list, from)
        {
            return Some(Signer::BesidePath(node));
        }
        if let Some(node) = named {
            return Some(Signer::InPath(node));
        }
        if !is_anchor && self.is_anchored() {
            return None;
        }
        // The issuer of an anchor that is not self-issued is not in the path; it may be in the
        // store all the same. Above a leaf that is its own anchor nobody vouches for the path.
        match list.signer.map(Node::store) {
            Some(signer) => {
                let issued = self.view(node).names_as_issuer(&self.view(signer));
                issued.then_some(Signer::OfStore(signer))
            }
            None => Some(Signer::Unknown),
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn could_sign(&self, list: &StoredCrl<'_>, node: Node) -> bool {
        let candidate = self.view(node);
        candidate.subject() == list.crl.issuer()
            && list
                .crl
                .authority()
                .is_none_or(|authority| authority.agrees_with(&candidate))
    }

    /// The same, and not another than the one of the store whose signature it is: a list need not
    /// name a key.
    fn could_have_signed(&self, list: &StoredCrl<'_>, node: Node) -> bool {
        let signer = list.signer.map(Node::store);
        self.could_sign(list, node)
            && signer.is_none_or(|signer| self.view(signer).has_key_of(&self.view(node)))
    }

    /// A certificate of the CA's other key, presented or of the store, that a certificate of the path
    /// has issued, so that both have the same anchor.
    fn signer_beside_path(&mut self, list: &StoredCrl<'_>, from: usize) -> Option<Node> {
        let presented = self.presented();
        let presented = presented.map(|index| Node::presented(usize::from(index)));
        for node in presented.chain(list.signer.map(Node::store)) {
            let facts = self.facts(node);
            let is_fit = self.path.position(node, 0).is_none()
                && self.could_have_signed(list, node)
                && check_extensions(facts).is_ok()
                && self.is_valid(node);
            if !is_fit {
                continue;
            }
            for position in from..self.path.len() {
                let issuer = self.path.node(position)?;
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
        if let Some(ca) = list.signer.map(Node::store) {
            return match self.view(ca).has_key_of(&self.view(node)) {
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
        let issuer = self.view(node);
        let key = (self.rules.algorithms.sha256())(issuer.spki());
        let is_signer = list.memo.find(&key).unwrap_or_else(|| {
            let is_signer = check_crl_signature(&list.crl, &issuer, &self.rules);
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
        if !self.is_anchored() {
            return false;
        }
        let start = self.path.position(node, index).unwrap_or(index);
        (start..self.path.len()).rev().all(|lower| {
            let upper = self.path.node(lower.saturating_add(1));
            let pair = self.path.node(lower).zip(upper);
            pair.is_none_or(|(lower, upper)| self.check_signature_once(lower, upper).is_ok())
        })
    }

    /// Whether the path ends in the store. A leaf that is itself in the store anchors nobody above it.
    fn is_anchored(&self) -> bool {
        self.path.top().is_some_and(Node::is_of_store)
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
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn is_current(&self, crl: &Crl<'_>) -> bool {
        match (self.rules.policy.expired_crl, self.now) {
            (ExpiredCrl::Enforce, Some(now)) => crl.is_current_at(now),
            _ => true,
        }
    }

    fn missing_crl(&self) -> MissingCrl {
        let anchor = match self.path.top().map(Node::origin) {
            Some(Origin::Store(index)) => self.rules.ca(index),
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
    NotRevoked,
    /// It decides, against this certificate.
    Refused(Check, Node),
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
        .is_some_and(|signer| node == Node::store(signer))
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
