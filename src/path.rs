//! The search for a path: the store first, then what was presented.

mod search;

pub(crate) use self::search::search_other_paths;
use crate::certificate::{EMPTY, Facts};
use crate::check::Check;
use crate::failure::Failed;
use crate::policy::Dialect;
use crate::verify::Engine;

/// A certificate of a path, by where it comes from: an [`Origin`] in one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Node(u32);

/// Where a certificate of a path comes from.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// Index in the chain, the leaf's being 0.
    Presented(u8),
    /// Index in the store.
    Store(u16),
}

impl Node {
    const STORE: u32 = 1 << 16;

    /// Of presented certificates the first 64 are read, so that their indices are small.
    pub(crate) fn presented(index: usize) -> Self {
        Self(u32::from(u8::try_from(index).unwrap_or(u8::MAX)))
    }

    pub(crate) const fn store(index: u16) -> Self {
        Self(index as u32 | Self::STORE)
    }

    pub(crate) const fn origin(self) -> Origin {
        match self.is_of_store() {
            true => Origin::Store(self.0 as u16),
            false => Origin::Presented(self.0 as u8),
        }
    }

    pub(crate) const fn is_of_store(self) -> bool {
        self.0 & Self::STORE != 0
    }
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
    pub(crate) fn empty() -> Self {
        Self {
            facts: EMPTY,
            issuers: 0,
            may_have_anchor: false,
            store: InStore::Unknown,
        }
    }
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
    pub(crate) const EMPTY: Self = Self::new(LEAF);

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

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn steps(&self) -> &[Step] {
        self.buffer.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn node(&self, index: usize) -> Option<Node> {
        self.steps().get(index).map(|step| step.node)
    }

    /// Where a certificate stands in it, at this index or a later one.
    pub(crate) fn position(&self, node: Node, from: usize) -> Option<usize> {
        let later = self.steps().get(from..)?;
        let distance = later.iter().position(|step| step.node == node)?;
        Some(from.saturating_add(distance))
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn top(&self) -> Option<Node> {
        self.steps().last().map(|step| step.node)
    }

    /// All but the last.
    pub(crate) fn below_anchor(&self) -> &[Step] {
        self.steps().split_last().map_or(&[], |(_, below)| below)
    }

    fn last_mut(&mut self) -> Option<&mut Step> {
        self.buffer.get_mut(self.length.checked_sub(1)?)
    }

    /// Gives whether there was room.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
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
    #[inline(never)]
    pub(crate) fn find_first_path(&mut self) -> Result<(), Failed> {
        self.path.restart(LEAF);
        let mut top = LEAF;
        let anchor = loop {
            let facts = self.facts(top);
            if facts.has_malformed_extension {
                return Err(self.fail(Check::ExtensionSyntax, top));
            }
            // AWS-LC looks no further from a certificate that seems self-signed. A client may have
            // the name of its CA, though, and only the signature tells the two apart.
            let ends_path = facts.is_self_signed;
            if ends_path && self.rules.policy.dialect == Dialect::Alb {
                break None;
            }
            if let Some(anchor) = self.first_issuer_in_store(top) {
                break Some(anchor);
            }
            if ends_path {
                break None;
            }
            let Some(issuer) = self.first_presented_issuer(top) else {
                break None;
            };
            top = issuer;
            if !self.path.push(top) {
                return Err(self.fail(Check::SearchBudget, top));
            }
        };
        if let Some(anchor) = anchor {
            if top == LEAF && self.is_leaf(anchor) {
                self.path.restart(anchor);
            } else {
                self.path.push(anchor);
            }
            return Ok(());
        }
        if !self.facts(top).is_self_signed {
            return self.end_without_anchor(top);
        }
        // The path has come to a self-signed certificate that was presented.
        if top == LEAF {
            // The leaf must be the very certificate that a search of the store comes to.
            return match self.first_issuer_in_store(LEAF) {
                Some(anchor) if self.is_leaf(anchor) => {
                    self.path.restart(anchor);
                    Ok(())
                }
                _ => Err(self.fail(Check::SelfSignedLeaf, LEAF)),
            };
        }
        // What it signed may have an issuer of the same name in the store, but that was looked
        // for; all that is left is the leaf itself.
        self.path.pop();
        let below = self.path.top().unwrap_or(LEAF);
        self.end_without_anchor(below)
    }

    fn end_without_anchor(&mut self, top: Node) -> Result<(), Failed> {
        match self.rules.find_ca(self.view(LEAF).der) {
            Some(index) if top == LEAF => {
                self.path.restart(Node::store(index));
                Ok(())
            }
            // What was presented above the leaf is checked as well, as AWS-LC does.
            Some(_) => Ok(()),
            None => Err(self.fail(Check::Issuer, top)),
        }
    }

    fn is_leaf(&self, node: Node) -> bool {
        self.view(node).der == self.view(LEAF).der
    }

    /// Of the store's certificates that could be the issuer the first that is valid, else the last.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn first_issuer_in_store(&mut self, node: Node) -> Option<Node> {
        let mut next = self.look_up_issuer(node);
        let mut candidate = None;
        while let Some(index) = next {
            let issuer = Node::store(index);
            if self.could_issue(node, issuer) {
                candidate = Some(issuer);
                if self.is_valid(issuer) {
                    break;
                }
            }
            next = self.rules.next_namesake(index);
        }
        candidate
    }

    /// The first of the store's certificates that have the name of the issuer. Looked up once: to
    /// compare names takes as long as they are.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn look_up_issuer(&mut self, node: Node) -> Option<u16> {
        match self.store_of_issuer(node) {
            InStore::From(first) => return Some(first),
            InStore::Absent => return None,
            InStore::Unknown => {}
        }
        let first = self.rules.find_name(self.view(node).issuer());
        if let Some(slot) = self.slot_mut(node) {
            slot.store = first.map_or(InStore::Absent, InStore::From);
        }
        first
    }

    fn store_of_issuer(&self, node: Node) -> InStore {
        match node.origin() {
            Origin::Presented(index) => self.slots.get(usize::from(index)),
            Origin::Store(_) => None,
        }
        .map_or(InStore::Unknown, |slot| slot.store)
    }

    fn slot_mut(&mut self, node: Node) -> Option<&mut Slot> {
        match node.origin() {
            Origin::Presented(index) => self.slots.get_mut(usize::from(index)),
            Origin::Store(_) => None,
        }
    }

    /// The same of the presented certificates that are not in the path yet; the leaf is one of them.
    fn first_presented_issuer(&self, node: Node) -> Option<Node> {
        let mut candidate = None;
        for index in self.presented() {
            let issuer = Node::presented(usize::from(index));
            let is_used = self.path.position(issuer, 1).is_some();
            if !is_used && self.is_issuer_of(node, issuer) {
                candidate = Some(issuer);
                if self.is_valid(issuer) {
                    break;
                }
            }
        }
        candidate
    }

    /// Whether one could be the issuer of the other, but for the signature.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn is_issuer_of(&self, certificate: Node, issuer: Node) -> bool {
        self.view(certificate).issuer() == self.view(issuer).subject()
            && self.could_issue(certificate, issuer)
    }

    /// Whether a certificate of the right name may be the issuer: it may sign certificates, and is not
    /// another than the authority key identifier names.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn could_issue(&self, certificate: Node, issuer: Node) -> bool {
        let facts = self.facts(issuer);
        !facts.has_malformed_extension
            && facts.may_sign_certificates()
            && self.view(certificate).names_as_issuer(&self.view(issuer))
    }

    pub(crate) fn presented(&self) -> impl Iterator<Item = u8> + use<> {
        0..u8::try_from(self.slots.len()).unwrap_or(u8::MAX)
    }
}

const fn bit(index: u8) -> u64 {
    match 1_u64.checked_shl(index as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

pub(crate) const LEAF: Node = Node(0);
