//! The verdict, top to bottom: what is presented, a path, its checks in ALB's order.

use core::cell::Cell;

use crate::certificate::Certificate;
use crate::certificate::{EMPTY, Facts, Version, View};
use crate::chain::Chain;
use crate::check::{
    COMPARISONS, Check, check_algorithms, check_extensions, check_issuer_purpose,
    check_issuer_role, check_leaf_purpose, check_name_constraints, check_path_length,
    check_signature, check_validity,
};
use crate::client::ClientCertificate;
use crate::failure::{Failed, Failure};
use crate::path::{LEAF, Node, Origin, Path, Slot, Step};
use crate::policy::{
    AlgorithmScope, DepthCount, Dialect, LeafVersion, MAX_PRESENTED, Policy, SecondOpinion,
};
use crate::status::VerifyStatus;
use crate::store::{Ca, Rules};
use crate::time::DateTime;

/// What is said of a chain.
pub(crate) fn status(rules: Rules<'_>, chain: Chain<'_>, now: Option<DateTime>) -> VerifyStatus {
    match judge(rules, chain, now, &mut |_| ()) {
        Ok(()) => VerifyStatus::Success,
        Err(failure) => VerifyStatus::Failed(failure.reason),
    }
}

/// Judges a chain, and shows the path, as far as there is one, to `witness`.
///
/// Facts of presented certificates are on the stack; few certificates take little of it.
pub(crate) fn judge(
    rules: Rules<'_>,
    chain: Chain<'_>,
    now: Option<DateTime>,
    witness: &mut dyn FnMut(&[Step]),
) -> Result<(), Failure> {
    match chain.len().min(readable(rules.policy)) {
        0..=FEW => judge_few(rules, chain, now, witness),
        _ => judge_many(rules, chain, now, witness),
    }
}

/// How many presented certificates are read; with more the chain is too deep.
fn readable(policy: &Policy) -> usize {
    let limit = usize::from(policy.max_depth);
    let limit = match policy.depth_count {
        DepthCount::Presented => limit,
        DepthCount::Issuers => limit.saturating_add(1),
    };
    limit.min(usize::from(MAX_PRESENTED))
}

#[inline(never)]
fn judge_few(
    rules: Rules<'_>,
    chain: Chain<'_>,
    now: Option<DateTime>,
    witness: &mut dyn FnMut(&[Step]),
) -> Result<(), Failure> {
    let mut slots = [Slot::empty(); FEW];
    let mut steps = [Step::EMPTY; FEW + 2];
    let mut signatures = [CheckedSignature::EMPTY; FEW * 5 / 2];
    let path = Path::new(&mut steps);
    Engine::new(rules, chain, now, &mut slots, path, &mut signatures).run(witness)
}

#[inline(never)]
fn judge_many(
    rules: Rules<'_>,
    chain: Chain<'_>,
    now: Option<DateTime>,
    witness: &mut dyn FnMut(&[Step]),
) -> Result<(), Failure> {
    const MANY: usize = MAX_PRESENTED as usize;
    let mut slots = [Slot::empty(); MANY];
    let mut steps = [Step::EMPTY; MANY + 2];
    let mut signatures = [CheckedSignature::EMPTY; MANY * 5 / 2];
    let path = Path::new(&mut steps);
    Engine::new(rules, chain, now, &mut slots, path, &mut signatures).run(witness)
}

/// A signature that was looked at, so that it is looked at once.
#[derive(Clone, Copy)]
pub(crate) struct CheckedSignature {
    certificate: Node,
    issuer: Node,
    result: Result<(), Check>,
}

impl CheckedSignature {
    const EMPTY: Self = Self {
        certificate: LEAF,
        issuer: LEAF,
        result: Ok(()),
    };
}

/// One verification.
pub(crate) struct Engine<'e, 'w> {
    pub(crate) rules: Rules<'e>,
    pub(crate) chain: Chain<'e>,
    pub(crate) now: Option<DateTime>,
    /// The presented certificates as far as the depth limit lets them be read.
    pub(crate) slots: &'w mut [Slot],
    pub(crate) path: Path<'w>,
    /// Room for as many signature checks as one verification may make: two and a half for each
    /// presented certificate, so that no chain costs three times what a good one costs.
    signatures: &'w mut [CheckedSignature],
    checked_signatures: usize,
    /// How many octets may still be hashed for signatures, each check counting for some more.
    octets: usize,
    comparisons: u32,
    /// How many lists may still be verified whose issuer's path does not hold.
    early_crls: u8,
    /// What [`Failed`] stands for.
    pub(crate) failure: Cell<Failure>,
}

impl<'e, 'w> Engine<'e, 'w> {
    fn new(
        rules: Rules<'e>,
        chain: Chain<'e>,
        now: Option<DateTime>,
        slots: &'w mut [Slot],
        path: Path<'w>,
        signatures: &'w mut [CheckedSignature],
    ) -> Self {
        let presented = chain.len().min(slots.len());
        let slots = slots.get_mut(..presented).unwrap_or_default();
        let budget = presented.saturating_mul(5) / 2;
        let octets = (0..presented).fold(0, |sum: usize, index| {
            let der = chain.get(index).unwrap_or_default();
            sum.saturating_add(der.len())
                .saturating_add(CHECK_IN_OCTETS)
        });
        let signatures = signatures.get_mut(..budget).unwrap_or_default();
        Self {
            rules,
            chain,
            now,
            slots,
            path,
            signatures,
            checked_signatures: 0,
            octets: octets.saturating_mul(5) / 2,
            comparisons: COMPARISONS,
            early_crls: 1,
            failure: Cell::new(Failure::new(Check::Presence, None)),
        }
    }

    fn run(mut self, witness: &mut dyn FnMut(&[Step])) -> Result<(), Failure> {
        let judgement = self.judge();
        witness(self.path.steps());
        judgement.map_err(|Failed| self.failure.get())
    }

    fn judge(&mut self) -> Result<(), Failed> {
        self.check_size()?;
        self.read_presented()?;
        let first = self.find_first_path().and_then(|()| self.check_path());
        if first.is_err() {
            match self.rules.policy.search.0 {
                Some(search) if !self.failure.get().is_final() => search(self)?,
                _ => return first,
            }
        }
        self.check_client()
    }

    fn check_size(&self) -> Result<(), Failed> {
        if self.chain.is_empty() {
            return Err(self.fail_with(Failure::new(Check::Presence, None)));
        }
        let limit = usize::try_from(self.rules.policy.max_message_size).unwrap_or(usize::MAX);
        match self.chain.message_size() <= limit {
            true => Ok(()),
            false => Err(self.fail_with(Failure::new(Check::MessageSize, None))),
        }
    }

    /// Reads the presented certificates in the order of the wire, up to the depth limit, which is
    /// only then looked at: so does s2n-tls.
    fn read_presented(&mut self) -> Result<(), Failed> {
        let policy = self.rules.policy;
        let limit = readable(policy);
        // Most likely each certificate's subject is the issuer of the one before.
        let mut known = None;
        for index in 0..limit {
            let (Some(der), Some(slot)) = (self.chain.get(index), self.slots.get_mut(index)) else {
                break;
            };
            let node = Node::presented(index);
            slot.facts.read(der, known).map_err(|error| {
                self.failure.set(Failure {
                    error: Some(error),
                    ..Failure::at(Check::Parsing, node)
                });
                Failed
            })?;
            let view = View::new(der, &slot.facts);
            known = Some(view.issuer());
            if view.has_compressed_key() {
                self.octets = self.octets.saturating_sub(DECOMPRESSION_IN_OCTETS);
            }
            let wants_v3 = policy.leaf_version == LeafVersion::V3;
            if index == 0 && wants_v3 && slot.facts.version != Version::V3 {
                return Err(self.fail(Check::Version, node));
            }
            if policy.algorithm_scope == AlgorithmScope::Presented {
                self.check_algorithms(node)?;
            }
        }
        match self.chain.len() <= limit {
            true => Ok(()),
            false => {
                let first_too_many = Some(Node::presented(limit));
                Err(self.fail_with(Failure::new(Check::ChainDepth, first_too_many)))
            }
        }
    }

    fn check_algorithms(&self, node: Node) -> Result<(), Failed> {
        check_algorithms(self.facts(node), self.rules.policy)
            .map_err(|failed| self.fail_with(Failure::with_reason(failed, node)))
    }

    /// The checks of a complete path, in ALB's order.
    #[inline(never)]
    pub(crate) fn check_path(&mut self) -> Result<(), Failed> {
        self.check_path_algorithms()?;
        self.check_structure()?;
        self.check_revocation()?;
        self.check_signatures_and_validity()?;
        self.check_names()?;
        self.check_purposes()?;
        self.ask_second_opinion()
    }

    /// Where only the algorithms of the path count; the anchor's own signature does not. Nor does
    /// that of a leaf which is the anchor, but the size of its key does.
    fn check_path_algorithms(&self) -> Result<(), Failed> {
        let policy = self.rules.policy;
        if policy.algorithm_scope == AlgorithmScope::Presented {
            return Ok(());
        }
        for step in self.path.below_anchor() {
            self.check_algorithms(step.node)?;
        }
        match policy.allows_key_size(self.facts(LEAF).key_type) {
            true => Ok(()),
            false => Err(self.fail(Check::KeySize, LEAF)),
        }
    }

    /// Leaf to anchor, the anchor included.
    fn check_structure(&self) -> Result<(), Failed> {
        for (index, step) in self.path.steps().iter().enumerate() {
            self.check_role(index, step.node)
                .map_err(|check| self.fail(check, step.node))?;
        }
        Ok(())
    }

    fn check_role(&self, index: usize, node: Node) -> Result<(), Check> {
        let facts = self.facts(node);
        check_extensions(facts)?;
        if index == 0 {
            return Ok(());
        }
        check_issuer_role(facts, node.is_of_store())?;
        let below = self.path.steps().iter().take(index);
        let below = below.map(|step| self.facts(step.node).is_self_issued);
        check_path_length(facts, below, self.rules.policy.dialect)
    }

    /// Anchor to leaf; an anchor's own signature says nothing and is not looked at.
    fn check_signatures_and_validity(&mut self) -> Result<(), Failed> {
        for index in (0..self.path.len()).rev() {
            let Some(node) = self.path.node(index) else {
                continue;
            };
            if let Some(issuer) = self.path.node(index.saturating_add(1)) {
                self.check_signature_once(node, issuer)?;
            }
            check_validity(self.facts(node), index == 0, self.now, self.rules.policy)
                .map_err(|check| self.fail(check, node))?;
        }
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn check_signature_once(
        &mut self,
        certificate: Node,
        issuer: Node,
    ) -> Result<(), Failed> {
        let result = match self.known_signature(certificate, issuer) {
            Some(result) => result,
            None => self.check_new_signature(certificate, issuer)?,
        };
        result.map_err(|check| self.fail(check, certificate))
    }

    /// Fails if the budget is used up.
    fn check_new_signature(
        &mut self,
        certificate: Node,
        issuer: Node,
    ) -> Result<Result<(), Check>, Failed> {
        let view = self.view(certificate);
        let cost = view.der.len().saturating_add(CHECK_IN_OCTETS);
        let octets = self.octets.checked_sub(cost);
        let entry = self.checked_signatures;
        let (Some(octets), true) = (octets, entry < self.signatures.len()) else {
            return Err(self.fail_with(Failure::new(Check::SearchBudget, None)));
        };
        let result = check_signature(&view, &self.view(issuer), &self.rules);
        if let Some(entry) = self.signatures.get_mut(entry) {
            *entry = CheckedSignature {
                certificate,
                issuer,
                result,
            };
        }
        self.checked_signatures = entry.saturating_add(1);
        self.octets = octets;
        Ok(result)
    }

    pub(crate) fn known_signature(
        &self,
        certificate: Node,
        issuer: Node,
    ) -> Option<Result<(), Check>> {
        let checked = self.signatures.get(..self.checked_signatures);
        let mut checked = checked.unwrap_or_default().iter();
        let found =
            checked.find(|entry| entry.certificate == certificate && entry.issuer == issuer);
        found.map(|entry| entry.result)
    }

    pub(crate) fn take_early_crl(&mut self) -> bool {
        let left = self.early_crls.checked_sub(1);
        self.early_crls = left.unwrap_or(0);
        left.is_some()
    }

    /// Each certificate, from the anchor down, against every one above it; self-issued CAs are
    /// exempt (RFC 5280 6.1.3 (b)).
    fn check_names(&mut self) -> Result<(), Failed> {
        for index in (0..self.path.len()).rev() {
            for above in (index.saturating_add(1)..self.path.len()).rev() {
                let (Some(node), Some(issuer)) = (self.path.node(index), self.path.node(above))
                else {
                    continue;
                };
                if self.facts(issuer).name_constraints.is_none()
                    || index > 0 && self.facts(node).is_self_issued
                {
                    continue;
                }
                let mut budget = self.comparisons;
                let (certificate, issuer) = (self.view(node), self.view(issuer));
                let dialect = self.rules.policy.dialect;
                let result = check_name_constraints(&certificate, &issuer, dialect, &mut budget);
                self.comparisons = budget;
                result.map_err(|check| self.fail(check, node))?;
            }
        }
        Ok(())
    }

    /// Leaf to anchor, the anchor exempt. So is a leaf that is itself the anchor for ALB; RFC 5280
    /// exempts no leaf.
    fn check_purposes(&self) -> Result<(), Failed> {
        let policy = self.rules.policy;
        for (index, step) in self.path.steps().iter().enumerate() {
            let is_anchor = index.saturating_add(1) == self.path.len();
            let facts = self.facts(step.node);
            let result = match index {
                0 if !is_anchor || policy.dialect == Dialect::Rfc5280 => {
                    check_leaf_purpose(facts, policy)
                }
                _ if is_anchor => Ok(()),
                _ => check_issuer_purpose(facts, policy),
            };
            result.map_err(|check| self.fail(check, step.node))?;
        }
        Ok(())
    }

    fn ask_second_opinion(&self) -> Result<(), Failed> {
        match self.rules.policy.second_opinion {
            SecondOpinion::None => Ok(()),
            #[cfg(feature = "webpki")]
            SecondOpinion::Webpki if crate::second_opinion::agrees(self) => Ok(()),
            #[cfg(feature = "webpki")]
            SecondOpinion::Webpki => {
                Err(self.fail_with(Failure::new(Check::SecondOpinion, self.path.node(0))))
            }
        }
    }

    /// What is asked of the leaf alone, whichever path it has.
    #[inline(never)]
    fn check_client(&self) -> Result<(), Failed> {
        if let Some(application) = self.rules.application {
            let leaf = self.view(LEAF);
            let certificate = Certificate::from_parts(leaf.der, *leaf.facts);
            let client = ClientCertificate::new(certificate, self.rules.algorithms.sha256());
            if !application.allows(&client) {
                return Err(self.fail(Check::Application, LEAF));
            }
        }
        match self.rules.policy.allows_leaf_key(self.facts(LEAF).key_type) {
            true => Ok(()),
            false => Err(self.fail(Check::KeyType, LEAF)),
        }
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn fail(&self, check: Check, node: Node) -> Failed {
        self.fail_with(Failure::at(check, node))
    }

    pub(crate) fn fail_with(&self, failure: Failure) -> Failed {
        self.failure.set(failure);
        Failed
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn view(&self, node: Node) -> View<'_, '_> {
        let der = match node.origin() {
            Origin::Presented(index) => self.chain.get(usize::from(index)),
            Origin::Store(index) => self.rules.ca(index).map(Ca::der),
        };
        View::new(der.unwrap_or_default(), self.facts(node))
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn facts(&self, node: Node) -> &Facts {
        let facts = match node.origin() {
            Origin::Presented(index) => {
                let slot = self.slots.get(usize::from(index));
                slot.map(|slot| &slot.facts)
            }
            Origin::Store(index) => self.rules.ca(index).map(Ca::facts),
        };
        facts.unwrap_or(&EMPTY)
    }
}

/// How many octets of hashing the arithmetic of a signature is taken for.
const CHECK_IN_OCTETS: usize = 8 * 1024;
/// And that of finding the point of a compressed key: less than what is left to a certificate over
/// the one check that it needs.
const DECOMPRESSION_IN_OCTETS: usize = CHECK_IN_OCTETS * 3 / 2;

/// How many presented certificates are handled with little stack: ALB's depth limit.
const FEW: usize = 4;
