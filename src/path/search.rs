//! The search for other paths, after the first one has failed.

use super::{InStore, LEAF, Next, Node, Origin, Step, bit};
use crate::check::{Check, check_algorithms, check_issuer_purpose};
use crate::failure::{Failed, Failure};
use crate::policy::AlgorithmScope;
use crate::verify::Engine;

/// Goes through the other paths, after the first one has failed, until one passes.
///
/// Names and facts prune before any signature is looked at; an issuer whose signature was
/// wrong is not come back to; and certificates from which the store cannot be reached any more
/// are left out. Both the signatures and the steps have a budget.
pub(crate) fn search_other_paths(engine: &mut Engine<'_, '_>) -> Result<(), Failed> {
    let first = engine.failure.get();
    if let Some(index) = engine.rules.find_ca(engine.view(LEAF).der) {
        engine.path.restart(Node::store(index));
        if engine.check_path().is_ok() {
            return Ok(());
        }
    }
    engine.link_presented();
    let found = engine.walk();
    if found.is_err() {
        // The first path names the reason; finding it again costs no signature.
        let _ = engine.find_first_path();
    }
    found.map_err(|end| {
        engine.fail_with(match end {
            End::NoPath => first,
            End::Budget => Failure::new(Check::SearchBudget, first.at),
        })
    })
}

impl Engine<'_, '_> {
    /// Depth first, from the leaf upwards.
    fn walk(&mut self) -> Result<(), End> {
        let mut budget = self.slots.len().saturating_mul(STEPS_A_CERTIFICATE);
        let mut reachable = self.reaching_store();
        let mut used = bit(0);
        self.path.restart(LEAF);
        while reachable & bit(0) != 0 {
            budget = budget.checked_sub(1).ok_or(End::Budget)?;
            let issuer = self.next_issuer(used, reachable);
            let issuer = issuer.filter(|issuer| self.path.push(*issuer));
            match issuer.map(Node::origin) {
                Some(Origin::Store(_)) => {
                    if self.check_path().is_ok() {
                        return Ok(());
                    }
                    if self.failure.get().check == Check::SearchBudget {
                        return Err(End::Budget);
                    }
                    if self.refute() {
                        reachable = self.reaching_store();
                    }
                    self.path.pop();
                }
                Some(Origin::Presented(index)) => used |= bit(index),
                None => {
                    if let Some(Origin::Presented(index)) = self.path.top().map(Node::origin) {
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
    fn refute(&mut self) -> bool {
        let failure = self.failure.get();
        if !matches!(failure.check, Check::Signature | Check::SignatureAlgorithm) {
            return false;
        }
        let Some(certificate) = failure.at else {
            return false;
        };
        let position = self.path.position(certificate, 0);
        let issuer = position.and_then(|position| self.path.node(position.saturating_add(1)));
        let may_have_anchor = self.next_anchor(certificate, 0).is_some();
        let Some(slot) = self.slot_mut(certificate) else {
            return false;
        };
        slot.may_have_anchor = may_have_anchor;
        if let Some(Origin::Presented(index)) = issuer.map(Node::origin) {
            slot.issuers &= !bit(index);
        }
        true
    }

    /// The next candidate for the issuer of the path's last certificate.
    fn next_issuer(&mut self, used: u64, reachable: u64) -> Option<Node> {
        let Step { node, mut next } = *self.path.last_mut()?;
        let slot = self.slot_mut(node)?;
        let (issuers, may_have_anchor) = (slot.issuers, slot.may_have_anchor);
        if let Next::Store(from) = next {
            if may_have_anchor && let Some(anchor) = self.next_anchor(node, from) {
                self.path.last_mut()?.next = Next::Store(anchor.saturating_add(1));
                return Some(Node::store(anchor));
            }
            next = Next::Presented(0);
        }
        let Next::Presented(start) = next else {
            return None;
        };
        let issuers = issuers & reachable & !used;
        let later = issuers.checked_shr(u32::from(start)).unwrap_or(0);
        let index = start.checked_add(u8::try_from(later.trailing_zeros()).ok()?)?;
        if later == 0 {
            return None;
        }
        self.path.last_mut()?.next = Next::Presented(index.saturating_add(1));
        Some(Node::presented(usize::from(index)))
    }

    /// Finds out once which certificates could have issued which.
    fn link_presented(&mut self) {
        let mut fit = 0;
        for index in self.presented().skip(1) {
            if self.is_fit_issuer(Node::presented(usize::from(index))) {
                fit |= bit(index);
            }
        }
        for of in self.presented() {
            let node = Node::presented(usize::from(of));
            self.look_up_issuer(node);
            let may_have_anchor = self.next_anchor(node, 0).is_some();
            let mut issuers = 0;
            for index in self.presented() {
                let issuer = Node::presented(usize::from(index));
                if index != of
                    && fit & bit(index) != 0
                    && self.is_issuer_of(node, issuer)
                    && !self.is_refuted(node, issuer)
                {
                    issuers |= bit(index);
                }
            }
            if let Some(slot) = self.slot_mut(node) {
                slot.issuers = issuers;
                slot.may_have_anchor = may_have_anchor;
            }
        }
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

    /// The first of the store's certificates from an index on that may still be the issuer of this
    /// one. The name has been looked up.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next_anchor(&self, node: Node, from: u16) -> Option<u16> {
        let InStore::From(first) = self.store_of_issuer(node) else {
            return None;
        };
        let mut next = Some(first);
        while let Some(index) = next {
            let anchor = Node::store(index);
            if index >= from
                && self.could_issue(node, anchor)
                && self.is_fit_issuer(anchor)
                && !self.is_refuted(node, anchor)
            {
                return next;
            }
            next = self.rules.next_namesake(index);
        }
        None
    }

    /// Whether a certificate has no fault of its own that would fail any path through it.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn is_fit_issuer(&self, issuer: Node) -> bool {
        let policy = self.rules.policy;
        let facts = self.facts(issuer);
        let is_anchor = issuer.is_of_store();
        let asks_algorithms = policy.algorithm_scope == AlgorithmScope::Path && !is_anchor;
        facts.unknown_critical.is_none()
            && facts.is_ca(is_anchor)
            && self.is_valid(issuer)
            && (is_anchor || check_issuer_purpose(facts, policy).is_ok())
            && (!asks_algorithms || check_algorithms(facts, policy).is_ok())
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
