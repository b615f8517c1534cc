//! The search for a path: the store first, then what was presented.

mod search;

use crate::certificate::{Facts, View};
use crate::check::{Check, is_valid};
use crate::failure::Failure;
use crate::policy::Dialect;
use crate::verify::Engine;

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
    /// The presented certificates that may still be its issuer, one bit each.
    issuers: u64,
    /// Whether a certificate of the store may.
    may_have_anchor: bool,
    /// Where the store's CAs of its issuer's name are.
    store: InStore,
}

impl Slot {
    pub(crate) const EMPTY: Self = Self {
        facts: Facts::EMPTY,
        issuers: 0,
        may_have_anchor: false,
        store: InStore::Unknown,
    };
}

/// The outcome of looking a name up in the store, once.
#[derive(Clone, Copy)]
enum InStore {
    Unknown,
    Absent,
    /// Index of the first CA of that name.
    From(u16),
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
        let mut used = 0_u64;
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
    fn first_issuer_in_store(&mut self, node: Node) -> Option<Node> {
        let first = self.look_up_issuer(node);
        let certificate = self.view(node);
        let mut candidate = None;
        for (index, issuer) in self.rules.cas_from(first) {
            if could_issue(certificate, issuer) {
                candidate = Some(Node::Store(index));
                if is_valid(issuer, self.now, self.rules.policy) {
                    break;
                }
            }
        }
        candidate
    }

    /// The first of the store's certificates that have the name of the issuer. Looked up once: to
    /// compare names takes as long as they are.
    fn look_up_issuer(&mut self, node: Node) -> Option<u16> {
        let found = match node {
            Node::Presented(index) => self.slots.get(usize::from(index)).map(|slot| slot.store),
            Node::Store(_) => None,
        };
        match found {
            Some(InStore::From(first)) => return Some(first),
            Some(InStore::Absent) => return None,
            Some(InStore::Unknown) | None => {}
        }
        let first = self.rules.find_name(self.view(node).issuer());
        if let Node::Presented(index) = node
            && let Some(slot) = self.slots.get_mut(usize::from(index))
        {
            slot.store = first.map_or(InStore::Absent, InStore::From);
        }
        first
    }

    /// The same of the presented certificates; the leaf is one of them.
    fn first_presented_issuer(&self, node: Node, used: u64) -> Option<u8> {
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

const fn bit(index: u8) -> u64 {
    match 1_u64.checked_shl(index as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

const LEAF: Node = Node::Presented(0);
