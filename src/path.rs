//! The search for a path: the store first, then what was presented.

use crate::certificate::{Facts, View};
use crate::check::{Check, check_algorithms, check_issuer_purpose, is_valid};
use crate::policy::{AlgorithmScope, Dialect};
use crate::verify::{Engine, Failure};

/// Where a certificate of a path comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Node {
    /// Index in the chain, the leaf's being 0.
    Presented(u8),
    /// Index in the store.
    Store(u16),
}

/// A presented certificate, and what the search for other paths knows of it.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) facts: Facts,
    /// The presented certificates that could be its issuer, one bit each.
    issuers: u128,
}

impl Slot {
    pub(crate) const EMPTY: Self = Self {
        facts: Facts::EMPTY,
        issuers: 0,
    };
}

/// A certificate of a path, and which of its possible issuers the search comes to next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) node: Node,
    next: Next,
}

impl Step {
    pub(crate) const EMPTY: Self = Self::new(Node::Presented(0));

    const fn new(node: Node) -> Self {
        Self {
            node,
            next: Next::Store(0),
        }
    }
}

/// The search goes through the store's candidates, then through the presented ones.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The candidate of this number among the store's.
    Store(u16),
    /// The presented certificate of this index or a later one.
    Presented(u8),
}

/// Certificates from the leaf upwards.
pub(crate) struct Path<'w> {
    buffer: &'w mut [Step],
    length: usize,
}

impl<'w> Path<'w> {
    pub(crate) fn new(buffer: &'w mut [Step]) -> Self {
        Self { buffer, length: 0 }
    }

    pub(crate) fn steps(&self) -> &[Step] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> {
        self.steps().iter().map(|step| step.node)
    }

    pub(crate) fn node(&self, index: usize) -> Option<Node> {
        self.steps().get(index).map(|step| step.node)
    }

    /// All but the last.
    pub(crate) fn below_anchor(&self) -> impl Iterator<Item = Node> {
        self.nodes().take(self.length.saturating_sub(1))
    }

    fn last_mut(&mut self) -> Option<&mut Step> {
        self.buffer.get_mut(self.length.checked_sub(1)?)
    }

    /// Gives whether there was room.
    fn push(&mut self, node: Node) -> bool {
        let Some(step) = self.buffer.get_mut(self.length) else {
            return false;
        };
        *step = Step::new(node);
        self.length = self.length.saturating_add(1);
        true
    }

    fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    fn restart(&mut self, node: Node) {
        self.length = 0;
        self.push(node);
    }
}

impl Engine<'_, '_> {
    /// The path that AWS-LC chooses, without looking whether it holds.
    ///
    /// Upwards from the leaf, until an issuer is in the store. A leaf with no such path is
    /// accepted if it is itself in the store; then what was presented above it still counts.
    pub(crate) fn find_first_path(&mut self) -> Result<(), Failure> {
        self.path.restart(LEAF);
        let mut used = 0_u128;
        let mut top = LEAF;
        let anchor = loop {
            let certificate = self.view(top);
            if certificate.facts.has_malformed_extension {
                return Err(Failure::at(Check::ExtensionSyntax, top));
            }
            // AWS-LC looks no further from a certificate that seems self-signed. A client may have
            // the name of its CA, though, and only the signature tells the two apart.
            let ends_path = certificate.facts.is_self_signed;
            if ends_path && self.rules.policy.dialect == Dialect::Alb {
                break None;
            }
            if let Some(anchor) = self.first_issuer_in_store(top) {
                break Some(anchor);
            }
            if ends_path {
                break None;
            }
            let Some(index) = self.first_presented_issuer(top, used) else {
                break None;
            };
            used |= bit(index);
            top = Node::Presented(index);
            if !self.path.push(top) {
                return Err(Failure::at(Check::SearchBudget, top));
            }
        };
        match anchor {
            Some(anchor) if top == LEAF && self.view(anchor).der == self.view(LEAF).der => {
                self.path.restart(anchor);
                return Ok(());
            }
            Some(anchor) => {
                self.path.push(anchor);
                return Ok(());
            }
            None => {}
        }
        if self.view(top).facts.is_self_signed {
            return self.end_at_self_signed(top);
        }
        self.end_without_anchor(top)
    }

    /// The path has come to a self-signed certificate that was presented.
    fn end_at_self_signed(&mut self, top: Node) -> Result<(), Failure> {
        if top == LEAF {
            // The leaf must be the very certificate that a search of the store comes to.
            return match self.first_issuer_in_store(LEAF) {
                Some(anchor) if self.view(anchor).der == self.view(LEAF).der => {
                    self.path.restart(anchor);
                    Ok(())
                }
                _ => Err(Failure::at(Check::SelfSignedLeaf, LEAF)),
            };
        }
        // What it signed may have an issuer of the same name in the store, but that was looked
        // for; all that is left is the leaf itself.
        self.path.pop();
        let below = self
            .path
            .node(self.path.len().saturating_sub(1))
            .unwrap_or(LEAF);
        self.end_without_anchor(below)
    }

    fn end_without_anchor(&mut self, top: Node) -> Result<(), Failure> {
        match self.rules.find_ca(self.view(LEAF).der) {
            Some(index) if top == LEAF => {
                self.path.restart(Node::Store(index));
                Ok(())
            }
            // What was presented above the leaf is checked as well, as AWS-LC does.
            Some(_) => Ok(()),
            None => Err(Failure::at(Check::Issuer, top)),
        }
    }

    /// Of the store's certificates that could be the issuer the first that is valid, else the last.
    fn first_issuer_in_store(&self, node: Node) -> Option<Node> {
        let certificate = self.view(node);
        let mut candidate = None;
        for (index, issuer) in self.rules.cas_named(certificate.issuer()) {
            if could_issue(certificate, issuer) {
                candidate = Some(Node::Store(index));
                if is_valid(issuer, self.now, self.rules.policy) {
                    break;
                }
            }
        }
        candidate
    }

    /// The same of the presented certificates; the leaf is one of them.
    fn first_presented_issuer(&self, node: Node, used: u128) -> Option<u8> {
        let certificate = self.view(node);
        let name = certificate.issuer();
        let mut candidate = None;
        for index in self.presented().filter(|index| used & bit(*index) == 0) {
            let issuer = self.view(Node::Presented(index));
            if issuer.subject() == name && could_issue(certificate, issuer) {
                candidate = Some(index);
                if is_valid(issuer, self.now, self.rules.policy) {
                    break;
                }
            }
        }
        candidate
    }

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
                        Err(Failure {
                            check: Check::SearchBudget,
                            ..
                        }) => return Err(End::Budget),
                        Err(Failure {
                            check: Check::Signature | Check::SignatureAlgorithm,
                            ..
                        }) => {
                            reachable = self.reaching_store();
                        }
                        Err(_) => {}
                    }
                    self.path.pop();
                }
                Some(issuer @ Node::Presented(index)) if self.path.push(issuer) => {
                    used |= bit(index);
                }
                _ => {
                    if let Some(Node::Presented(index)) = self.path.last_mut().map(|step| step.node)
                    {
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

    /// The next candidate for the issuer of the path's last certificate.
    fn next_issuer(&mut self, used: u128, reachable: u128) -> Option<Node> {
        let Step { node, mut next } = *self.path.last_mut()?;
        let Node::Presented(of) = node else {
            return None;
        };
        if let Next::Store(number) = next {
            let mut candidates = self.possible_anchors(node).skip(usize::from(number));
            let anchor = candidates.next();
            drop(candidates);
            if let Some(anchor) = anchor {
                self.path.last_mut()?.next = Next::Store(number.saturating_add(1));
                return Some(anchor);
            }
            next = Next::Presented(0);
        }
        let Next::Presented(start) = next else {
            return None;
        };
        let issuers = self.slots.get(usize::from(of))?.issuers & reachable & !used;
        let is_candidate = |index: &u8| {
            let issuer = Node::Presented(*index);
            issuers & bit(*index) != 0 && !self.is_refuted(node, issuer)
        };
        let index = self
            .presented()
            .skip(usize::from(start))
            .find(is_candidate)?;
        self.path.last_mut()?.next = Next::Presented(index.saturating_add(1));
        Some(Node::Presented(index))
    }

    /// Finds out once which presented certificate could have issued which.
    fn link_presented(&mut self) -> Result<(), End> {
        for of in self.presented() {
            let certificate = self.view(Node::Presented(of));
            let name = certificate.issuer();
            let mut issuers = 0;
            for index in self.presented().filter(|index| *index != of && *index != 0) {
                let issuer = self.view(Node::Presented(index));
                if self.is_fit_issuer(issuer, false)
                    && issuer.subject() == name
                    && could_issue(certificate, issuer)
                {
                    issuers |= bit(index);
                }
            }
            self.slots
                .get_mut(usize::from(of))
                .ok_or(End::NoPath)?
                .issuers = issuers;
        }
        Ok(())
    }

    /// The presented certificates from which a path to the store may still lead.
    fn reaching_store(&self) -> u128 {
        let presented = || {
            self.presented()
                .map(|index| (index, Node::Presented(index)))
        };
        let mut reaching = presented().fold(0, |reaching, (index, node)| {
            let reaches = self
                .possible_anchors(node)
                .any(|anchor| !self.is_refuted(node, anchor));
            if reaches {
                reaching | bit(index)
            } else {
                reaching
            }
        });
        loop {
            let before = reaching;
            for (index, node) in presented() {
                let issuers = self
                    .slots
                    .get(usize::from(index))
                    .map_or(0, |slot| slot.issuers);
                let leads_on = |issuer: &u8| {
                    issuers & reaching & bit(*issuer) != 0
                        && !self.is_refuted(node, Node::Presented(*issuer))
                };
                if reaching & bit(index) == 0 && self.presented().any(|issuer| leads_on(&issuer)) {
                    reaching |= bit(index);
                }
            }
            if reaching == before {
                return reaching;
            }
        }
    }

    /// The store's certificates that could have issued this one, but for its signature.
    fn possible_anchors(&self, node: Node) -> impl Iterator<Item = Node> {
        let certificate = self.view(node);
        let named = self.rules.cas_named(certificate.issuer());
        let possible = named.filter(move |(_, issuer)| {
            could_issue(certificate, *issuer) && self.is_fit_issuer(*issuer, true)
        });
        possible.map(|(index, _)| Node::Store(index))
    }

    /// Whether a certificate has no fault of its own that would fail any path through it.
    fn is_fit_issuer(&self, issuer: View<'_, '_>, is_anchor: bool) -> bool {
        let policy = self.rules.policy;
        let asks_algorithms = policy.algorithm_scope == AlgorithmScope::Path && !is_anchor;
        issuer.facts.unknown_critical.is_none()
            && issuer.is_ca()
            && is_valid(issuer, self.now, policy)
            && (is_anchor || check_issuer_purpose(issuer, policy).is_ok())
            && (!asks_algorithms || check_algorithms(issuer, policy).is_ok())
    }

    /// Whether the signature was looked at and is not the issuer's.
    fn is_refuted(&self, certificate: Node, issuer: Node) -> bool {
        matches!(self.known_signature(certificate, issuer), Some(Err(_)))
    }

    /// Whether one could be the issuer of the other, but for the signature.
    pub(crate) fn is_issuer_of(&self, certificate: Node, issuer: Node) -> bool {
        let (certificate, issuer) = (self.view(certificate), self.view(issuer));
        certificate.issuer() == issuer.subject() && could_issue(certificate, issuer)
    }

    pub(crate) fn presented(&self) -> impl Iterator<Item = u8> + use<> {
        0..u8::try_from(self.slots.len()).unwrap_or(u8::MAX)
    }
}

/// Whether a certificate of the right name may be the issuer: it may sign certificates, and is not
/// another than the authority key identifier names.
fn could_issue(certificate: View<'_, '_>, issuer: View<'_, '_>) -> bool {
    !issuer.facts.has_malformed_extension
        && issuer.may_sign_certificates()
        && certificate.names_as_issuer(&issuer)
}

const fn bit(index: u8) -> u128 {
    match 1_u128.checked_shl(index as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

/// Why the search for other paths ended without one.
#[derive(Clone, Copy)]
enum End {
    NoPath,
    Budget,
}

const LEAF: Node = Node::Presented(0);

/// Steps of the search for each presented certificate; ours. The densest graph of the public test
/// suites, 36 certificates, takes less than 10.
const STEPS_A_CERTIFICATE: usize = 32;
