//! The search for other paths, after the first one has failed.

use super::{InStore, LEAF, Next, Node, Step, bit, could_issue};
use crate::certificate::View;
use crate::check::{Check, check_algorithms, check_issuer_purpose, is_valid};
use crate::failure::Failure;
use crate::policy::AlgorithmScope;
use crate::verify::Engine;

impl Engine<'_, '_> {
    /// Goes through the other paths, after the first one has failed, until one passes.
    ///
    /// Names and facts prune before any signature is looked at; an issuer whose signature was
    /// wrong is not come back to; and certificates from which the store cannot be reached any more
    /// are left out. Both the signatures and the steps have a budget.
    pub(crate) fn search_other_paths(&mut self, first: Failure) -> Result<(), Failure> {
        if let Some(index) = self.rules.find_ca(self.view(LEAF).der) {
            self.path.restart(Node::Store(index));
            if self.check_path().is_ok() {
                return Ok(());
            }
        }
        let found = self.link_presented().and_then(|()| self.walk());
        if found.is_err() {
            // The first path names the reason; finding it again costs no signature.
            let _ = self.find_first_path();
        }
        found.map_err(|end| match end {
            End::NoPath => first,
            End::Budget => Failure::new(Check::SearchBudget, first.at),
        })
    }

    /// Depth first, from the leaf upwards.
    fn walk(&mut self) -> Result<(), End> {
        let mut budget = self.slots.len().saturating_mul(STEPS_A_CERTIFICATE);
        let mut reachable = self.reaching_store();
        let mut used = bit(0);
        self.path.restart(LEAF);
        while reachable & bit(0) != 0 {
            budget = budget.checked_sub(1).ok_or(End::Budget)?;
            match self.next_issuer(used, reachable) {
                Some(anchor @ Node::Store(_)) if self.path.push(anchor) => {
                    match self.check_path() {
                        Ok(()) => return Ok(()),
                        Err(failure) => {
                            if failure.check == Check::SearchBudget {
                                return Err(End::Budget);
                            }
                            if self.refute(failure) {
                                reachable = self.reaching_store();
                            }
                        }
                    }
                    self.path.pop();
                }
                Some(issuer @ Node::Presented(index)) if self.path.push(issuer) => {
                    used |= bit(index);
                }
                _ => {
                    let top = self.path.last_mut().map(|step| step.node);
                    if let Some(Node::Presented(index)) = top {
                        used &= !bit(index);
                    }
                    self.path.pop();
                    if self.path.len() == 0 {
                        return Err(End::NoPath);
                    }
                }
            }
        }
        Err(End::NoPath)
    }

    /// Notes that a certificate of the path was not signed by the next one, if that is what failed,
    /// so that no path goes that way again.
    fn refute(&mut self, failure: Failure) -> bool {
        let is_signature = matches!(failure.check, Check::Signature | Check::SignatureAlgorithm);
        let Some(certificate @ Node::Presented(of)) = failure.at.filter(|_| is_signature) else {
            return false;
        };
        let mut above = self
            .path
            .nodes()
            .skip_while(|node| *node != certificate)
            .skip(1);
        let issuer = above.next();
        drop(above);
        let has_anchor = self.has_anchor(certificate);
        let Some(slot) = self.slots.get_mut(usize::from(of)) else {
            return false;
        };
        slot.may_have_anchor = has_anchor;
        if let Some(Node::Presented(index)) = issuer {
            slot.issuers &= !bit(index);
        }
        true
    }

    /// The next candidate for the issuer of the path's last certificate.
    fn next_issuer(&mut self, used: u64, reachable: u64) -> Option<Node> {
        let Step { node, mut next } = *self.path.last_mut()?;
        let Node::Presented(of) = node else {
            return None;
        };
        let slot = *self.slots.get(usize::from(of))?;
        if let Next::Store(number) = next {
            let mut anchors = self
                .possible_anchors(node)
                .skip(usize::from(number))
                .zip(number..);
            let found = anchors.find(|(anchor, _)| !self.is_refuted(node, *anchor));
            drop(anchors);
            if let Some((anchor, number)) = found.filter(|_| slot.may_have_anchor) {
                self.path.last_mut()?.next = Next::Store(number.saturating_add(1));
                return Some(anchor);
            }
            next = Next::Presented(0);
        }
        let Next::Presented(start) = next else {
            return None;
        };
        let issuers = slot.issuers & reachable & !used;
        let later = issuers.checked_shr(u32::from(start)).unwrap_or(0);
        let index = start.checked_add(u8::try_from(later.trailing_zeros()).ok()?)?;
        if later == 0 {
            return None;
        }
        self.path.last_mut()?.next = Next::Presented(index.saturating_add(1));
        Some(Node::Presented(index))
    }

    /// Finds out once which certificates could have issued which.
    fn link_presented(&mut self) -> Result<(), End> {
        let fit = self.presented().skip(1).fold(0, |fit, index| {
            let issuer = self.view(Node::Presented(index));
            if self.is_fit_issuer(issuer, false) {
                fit | bit(index)
            } else {
                fit
            }
        });
        for of in self.presented() {
            let node = Node::Presented(of);
            self.look_up_issuer(node);
            let may_have_anchor = self.has_anchor(node);
            let mut issuers = 0;
            for index in self
                .presented()
                .filter(|index| *index != of && fit & bit(*index) != 0)
            {
                let issuer = Node::Presented(index);
                if self.is_issuer_of(node, issuer) && !self.is_refuted(node, issuer) {
                    issuers |= bit(index);
                }
            }
            let slot = self.slots.get_mut(usize::from(of)).ok_or(End::NoPath)?;
            slot.issuers = issuers;
            slot.may_have_anchor = may_have_anchor;
        }
        Ok(())
    }

    /// The presented certificates from which a path to the store may still lead.
    fn reaching_store(&self) -> u64 {
        let slots = || (0..).zip(self.slots.iter());
        let mut reaching = 0;
        loop {
            let before = reaching;
            for (index, slot) in slots() {
                if slot.may_have_anchor || slot.issuers & reaching != 0 {
                    reaching |= bit(index);
                }
            }
            if reaching == before {
                return reaching;
            }
        }
    }

    /// Whether a certificate of the store may still be the issuer.
    fn has_anchor(&self, node: Node) -> bool {
        self.possible_anchors(node)
            .any(|anchor| !self.is_refuted(node, anchor))
    }

    /// The store's certificates that could have issued this one, but for its signature. The name
    /// has been looked up.
    fn possible_anchors(&self, node: Node) -> impl Iterator<Item = Node> {
        let certificate = self.view(node);
        let store = match node {
            Node::Presented(index) => self.slots.get(usize::from(index)).map(|slot| slot.store),
            Node::Store(_) => None,
        };
        let first = match store {
            Some(InStore::From(first)) => Some(first),
            _ => None,
        };
        let possible = self.rules.cas_from(first).filter(move |(_, issuer)| {
            could_issue(certificate, *issuer) && self.is_fit_issuer(*issuer, true)
        });
        possible.map(|(index, _)| Node::Store(index))
    }

    /// Whether a certificate has no fault of its own that would fail any path through it.
    fn is_fit_issuer(&self, issuer: View<'_, '_>, is_anchor: bool) -> bool {
        let policy = self.rules.policy;
        let asks_algorithms = policy.algorithm_scope == AlgorithmScope::Path && !is_anchor;
        issuer.facts.unknown_critical.is_none()
            && issuer.is_ca(is_anchor)
            && is_valid(issuer, self.now, policy)
            && (is_anchor || check_issuer_purpose(issuer, policy).is_ok())
            && (!asks_algorithms || check_algorithms(issuer, policy).is_ok())
    }

    /// Whether the signature was looked at and is not the issuer's.
    fn is_refuted(&self, certificate: Node, issuer: Node) -> bool {
        matches!(self.known_signature(certificate, issuer), Some(Err(_)))
    }
}

/// Why the search for other paths ended without one.
#[derive(Clone, Copy)]
enum End {
    NoPath,
    Budget,
}

/// Steps of the search for each presented certificate; ours. The densest graph of the public test
/// suites, 36 certificates, takes less than 10.
const STEPS_A_CERTIFICATE: usize = 32;
