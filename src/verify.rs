//! The verdict, top to bottom: what is presented, a path, its checks in ALB's order.

use crate::certificate::Certificate;
use crate::certificate::{Facts, Version, View};
use crate::chain::Chain;
use crate::check::{
    COMPARISONS, Check, check_algorithms, check_extensions, check_issuer_purpose,
    check_issuer_role, check_leaf_purpose, check_name_constraints, check_path_length,
    check_signature, check_validity,
};
use crate::client::ClientCertificate;
use crate::failure::Failure;
use crate::path::{Node, Path, Slot, Step};
use crate::policy::{
    AlgorithmScope, DepthCount, Dialect, LeafVersion, MAX_PRESENTED, Policy, Search,
};
use crate::status::VerifyStatus;
use crate::store::Rules;
use crate::time::DateTime;

/// What is said of a chain.
pub(crate) fn status(rules: Rules<'_>, chain: Chain<'_>, now: Option<DateTime>) -> VerifyStatus {
    match judge(rules, chain, now, |_| ()) {
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
    witness: impl FnOnce(&[Step]),
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
    witness: impl FnOnce(&[Step]),
) -> Result<(), Failure> {
    let mut slots = [Slot::EMPTY; FEW];
    let mut steps = [Step::EMPTY; FEW + 2];
    let mut signatures = [CheckedSignature::EMPTY; FEW * 5 / 2];
    let path = Path::new(&mut steps);
    let mut engine = Engine::new(rules, chain, now, &mut slots, path, &mut signatures);
    let judgement = engine.judge();
    witness(engine.path.steps());
    judgement
}

#[inline(never)]
fn judge_many(
    rules: Rules<'_>,
    chain: Chain<'_>,
    now: Option<DateTime>,
    witness: impl FnOnce(&[Step]),
) -> Result<(), Failure> {
    const MANY: usize = MAX_PRESENTED as usize;
    let mut slots = [Slot::EMPTY; MANY];
    let mut steps = [Step::EMPTY; MANY + 2];
    let mut signatures = [CheckedSignature::EMPTY; MANY * 5 / 2];
    let path = Path::new(&mut steps);
    let mut engine = Engine::new(rules, chain, now, &mut slots, path, &mut signatures);
    let judgement = engine.judge();
    witness(engine.path.steps());
    judgement
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
        certificate: Node::Presented(0),
        issuer: Node::Presented(0),
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
        let octets = chain.iter().take(presented).fold(0, |sum: usize, der| {
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
        }
    }

    fn judge(&mut self) -> Result<(), Failure> {
        self.check_size()?;
        self.read_presented()?;
        if let Err(failure) = self.find_first_path().and_then(|()| self.check_path()) {
            if self.rules.policy.search == Search::First || failure.is_final() {
                return Err(failure);
            }
            self.search_other_paths(failure)?;
        }
        self.check_client()
    }

    fn check_size(&self) -> Result<(), Failure> {
        if self.chain.is_empty() {
            return Err(Failure::new(Check::Presence, None));
        }
        let limit = usize::try_from(self.rules.policy.max_message_size).unwrap_or(usize::MAX);
        match self.chain.message_size() <= limit {
            true => Ok(()),
            false => Err(Failure::new(Check::MessageSize, None)),
        }
    }

    /// Reads the presented certificates in the order of the wire, up to the depth limit, which is
    /// only then looked at: so does s2n-tls.
    fn read_presented(&mut self) -> Result<(), Failure> {
        let policy = self.rules.policy;
        let limit = readable(policy);
        let mut issuer = None;
        for ((number, der), slot) in (0..)
            .zip(self.chain.iter())
            .zip(self.slots.iter_mut())
            .take(limit)
        {
            let node = Node::Presented(number);
            slot.facts.read(der, issuer).map_err(|error| Failure {
                error: Some(error),
                ..Failure::at(Check::Parsing, node)
            })?;
            let view = View::new(der, &slot.facts);
            issuer = Some(view.issuer());
            if view.has_compressed_key() {
                self.octets = self.octets.saturating_sub(DECOMPRESSION_IN_OCTETS);
            }
            let is_leaf = number == 0;
            let wants_v3 = policy.leaf_version == LeafVersion::V3;
            if is_leaf && wants_v3 && slot.facts.version != Version::V3 {
                return Err(Failure::at(Check::Version, node));
            }
            if policy.algorithm_scope == AlgorithmScope::Presented {
                check_algorithms(view, policy)
                    .map_err(|failed| Failure::with_reason(failed, node))?;
            }
        }
        match self.chain.len() <= limit {
            true => Ok(()),
            false => {
                let first_too_many = u8::try_from(limit).ok().map(Node::Presented);
                Err(Failure::new(Check::ChainDepth, first_too_many))
            }
        }
    }

    /// The checks of a complete path, in ALB's order.
    pub(crate) fn check_path(&mut self) -> Result<(), Failure> {
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
    fn check_path_algorithms(&self) -> Result<(), Failure> {
        let policy = self.rules.policy;
        if policy.algorithm_scope == AlgorithmScope::Presented {
            return Ok(());
        }
        for node in self.path.below_anchor() {
            check_algorithms(self.view(node), policy)
                .map_err(|failed| Failure::with_reason(failed, node))?;
        }
        match policy.allows_key_size(self.view(Node::Presented(0)).facts.key_type) {
            true => Ok(()),
            false => Err(Failure::at(Check::KeySize, Node::Presented(0))),
        }
    }

    /// Leaf to anchor, the anchor included.
    fn check_structure(&self) -> Result<(), Failure> {
        for (index, node) in self.path.nodes().enumerate() {
            let certificate = self.view(node);
            let fail = |check| Failure::at(check, node);
            check_extensions(certificate).map_err(fail)?;
            if index > 0 {
                check_issuer_role(certificate, matches!(node, Node::Store(_))).map_err(fail)?;
                let below = self.path.nodes().take(index);
                let below = below.map(|node| self.view(node).facts.is_self_issued);
                check_path_length(certificate, below, self.rules.policy.dialect).map_err(fail)?;
            }
        }
        Ok(())
    }

    /// Anchor to leaf; an anchor's own signature says nothing and is not looked at.
    fn check_signatures_and_validity(&mut self) -> Result<(), Failure> {
        let mut issuer = None;
        for index in (0..self.path.len()).rev() {
            let Some(node) = self.path.node(index) else {
                continue;
            };
            if let Some(issuer) = issuer {
                self.check_signature_once(node, issuer)?;
            }
            check_validity(self.view(node), index == 0, self.now, self.rules.policy)
                .map_err(|check| Failure::at(check, node))?;
            issuer = Some(node);
        }
        Ok(())
    }

    pub(crate) fn check_signature_once(
        &mut self,
        certificate: Node,
        issuer: Node,
    ) -> Result<(), Failure> {
        let result = match self.known_signature(certificate, issuer) {
            Some(result) => result,
            None => self.check_new_signature(certificate, issuer)?,
        };
        result.map_err(|check| Failure::at(check, certificate))
    }

    /// Fails if the budget is used up.
    fn check_new_signature(
        &mut self,
        certificate: Node,
        issuer: Node,
    ) -> Result<Result<(), Check>, Failure> {
        let over_budget = Failure::new(Check::SearchBudget, None);
        let cost = self
            .view(certificate)
            .der
            .len()
            .saturating_add(CHECK_IN_OCTETS);
        let octets = self.octets.checked_sub(cost).ok_or(over_budget)?;
        if self.checked_signatures >= self.signatures.len() {
            return Err(over_budget);
        }
        let result = check_signature(self.view(certificate), self.view(issuer), self.rules);
        if let Some(entry) = self.signatures.get_mut(self.checked_signatures) {
            *entry = CheckedSignature {
                certificate,
                issuer,
                result,
            };
        }
        self.checked_signatures = self.checked_signatures.saturating_add(1);
        self.octets = octets;
        Ok(result)
    }

    pub(crate) fn known_signature(
        &self,
        certificate: Node,
        issuer: Node,
    ) -> Option<Result<(), Check>> {
        let mut checked = self.signatures.iter().take(self.checked_signatures);
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
    fn check_names(&mut self) -> Result<(), Failure> {
        for index in (0..self.path.len()).rev() {
            let Some(node) = self.path.node(index) else {
                continue;
            };
            if index > 0 && self.view(node).facts.is_self_issued {
                continue;
            }
            for above in (index.saturating_add(1)..self.path.len()).rev() {
                let Some(issuer) = self.path.node(above) else {
                    continue;
                };
                if self.view(issuer).facts.name_constraints.is_none() {
                    continue;
                }
                let mut budget = self.comparisons;
                let (certificate, issuer) = (self.view(node), self.view(issuer));
                let dialect = self.rules.policy.dialect;
                let result = check_name_constraints(certificate, issuer, dialect, &mut budget);
                self.comparisons = budget;
                result.map_err(|check| Failure::at(check, node))?;
            }
        }
        Ok(())
    }

    /// Leaf to anchor, the anchor exempt. So is a leaf that is itself the anchor for ALB; RFC 5280
    /// exempts no leaf.
    fn check_purposes(&self) -> Result<(), Failure> {
        let policy = self.rules.policy;
        for (index, node) in self.path.nodes().enumerate() {
            let is_anchor = index.saturating_add(1) == self.path.len();
            let certificate = self.view(node);
            let result = match index {
                0 if !is_anchor || policy.dialect == Dialect::Rfc5280 => {
                    check_leaf_purpose(certificate, policy)
                }
                _ if is_anchor => Ok(()),
                _ => check_issuer_purpose(certificate, policy),
            };
            result.map_err(|check| Failure::at(check, node))?;
        }
        Ok(())
    }

    #[cfg(feature = "webpki")]
    fn ask_second_opinion(&self) -> Result<(), Failure> {
        use crate::policy::SecondOpinion;
        use crate::second_opinion;
        match self.rules.policy.second_opinion {
            SecondOpinion::None => Ok(()),
            SecondOpinion::Webpki if second_opinion::agrees(self) => Ok(()),
            SecondOpinion::Webpki => Err(Failure::new(Check::SecondOpinion, self.path.node(0))),
        }
    }

    #[cfg(not(feature = "webpki"))]
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same signature with the feature"
    )]
    fn ask_second_opinion(&self) -> Result<(), Failure> {
        match self.rules.policy.second_opinion {
            crate::policy::SecondOpinion::None => Ok(()),
        }
    }

    /// What is asked of the leaf alone, whichever path it has.
    #[inline(never)]
    fn check_client(&self) -> Result<(), Failure> {
        let node = Node::Presented(0);
        let leaf = self.view(node);
        if let Some(application) = self.rules.application {
            let certificate = Certificate::from_parts(leaf.der, *leaf.facts);
            let client = ClientCertificate::new(certificate, self.rules.algorithms.sha256());
            if !application.allows(&client) {
                return Err(Failure::at(Check::Application, node));
            }
        }
        match self.rules.policy.allows_leaf_key(leaf.facts.key_type) {
            true => Ok(()),
            false => Err(Failure::at(Check::KeyType, node)),
        }
    }

    pub(crate) fn view(&self, node: Node) -> View<'_, '_> {
        match node {
            Node::Presented(index) => {
                let index = usize::from(index);
                let der = self.chain.get(index).unwrap_or_default();
                View::new(
                    der,
                    self.slots
                        .get(index)
                        .map_or(&Facts::EMPTY, |slot| &slot.facts),
                )
            }
            Node::Store(index) => match self.rules.ca(index) {
                Some(ca) => ca.view(),
                None => View::new(&[], &Facts::EMPTY),
            },
        }
    }
}

/// How many octets of hashing the arithmetic of a signature is taken for.
const CHECK_IN_OCTETS: usize = 8 * 1024;
/// And that of finding the point of a compressed key: less than what is left to a certificate over
/// the one check that it needs.
const DECOMPRESSION_IN_OCTETS: usize = CHECK_IN_OCTETS * 3 / 2;

/// How many presented certificates are handled with little stack: ALB's depth limit.
const FEW: usize = 4;
