//! One run: made chains, everybody's answers, and what became of them.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use portcullis::pki_types::CertificateDer;
use portcullis::signature::AWS_LC_RS;
use portcullis::{
    Crl, LeafVersion, MissingCrl, PathStep, Policy, Sha1, StoreError, TrustStore, VerifyStatus,
};

use crate::disagreements::Disagreements;
use crate::generator::Case;
use crate::judges::{self, webpki_accepts};
use crate::peers::go::GoVerifier;
#[cfg(feature = "openssl")]
use crate::peers::openssl::OpenSsl;
use crate::peers::s2n;
use crate::row::Row;

/// The other verifiers.
#[derive(Debug)]
pub struct Peers {
    /// Go, if it is here.
    pub go: Option<GoVerifier>,
    /// OpenSSL.
    #[cfg(feature = "openssl")]
    pub openssl: OpenSsl,
}

impl Peers {
    fn ask(&mut self, row: &Row) -> Vec<Opinion> {
        // Go knows of no CRL, so it says nothing of a chain that comes with some.
        let go = self.go.as_mut().filter(|_| row.crls.is_empty());
        let go = go.map(|go| go.accepts(row).expect("the Go program runs"));
        #[cfg(feature = "openssl")]
        let openssl = Some(self.openssl.accepts(row));
        #[cfg(not(feature = "openssl"))]
        let openssl = None;
        let webpki = Some(webpki_accepts(row, judges::Lists::Given));
        vec![("OpenSSL", openssl), ("webpki", webpki), ("Go", go)]
    }

    fn ask_without_lists(&mut self, case: &Case, row: &Row) -> Vec<Opinion> {
        let row = row.without_lists();
        let s2n = s2n::ask_deeper(&row, case.key, s2n::Lists::Ignored);
        let mut opinions = self.ask(&row);
        opinions.push(("s2n-tls", Some(s2n.is_success())));
        opinions
    }

    fn ask_of_path(&mut self, case: &Case, row: &Row) -> OnPath {
        OnPath {
            with_lists: self.ask(row),
            without_lists: self.ask_without_lists(case, row),
        }
    }
}

/// A case and what everybody says of it.
#[derive(Debug)]
pub struct Asked<'c> {
    /// The question.
    pub case: &'c Case,
    /// What s2n-tls says.
    pub s2n: s2n::Answer,
    /// What we say under [`Policy::ALB`], of a server that speaks TLS 1.3.
    pub alb: Ours,
    /// What we say under [`Policy::RFC5280`].
    pub rfc5280: Ours,
    /// What we say under [`Policy::STRICT`].
    pub strict: Ours,
    /// Who else lets the chain pass, by name; `None` is one who was not asked.
    pub others: Vec<Opinion>,
    /// The same when everybody forgets the lists, s2n-tls too; only where it matters.
    without_lists: Vec<Opinion>,
}

/// Who was asked, and whether the chain passes; `None` if it could not be asked.
pub type Opinion = (&'static str, Option<bool>);

impl<'c> Asked<'c> {
    /// Asks everybody.
    ///
    /// # Panics
    ///
    /// If a verifier breaks down, or `explain` contradicts `verify`.
    #[must_use]
    pub fn of(case: &'c Case, peers: &mut Peers) -> Self {
        let row = &case.row;
        let s2n = s2n::ask(row, case.key, s2n::Lists::Given);
        let ours = |policy| Ours::of(row, policy, &s2n.refused_anchors);
        let mut asked = Self {
            case,
            alb: ours(ALB),
            rfc5280: ours(Policy::RFC5280),
            strict: ours(Policy::STRICT),
            s2n,
            others: peers.ask(row),
            without_lists: Vec::new(),
        };
        if row.chain.len() > s2n::ALB_DEPTH.into() {
            let deep = s2n::ask_deeper(row, case.key, s2n::Lists::Given);
            let passes = Some(deep.is_success());
            asked.others.push(("s2n-tls, any depth", passes));
        }
        let is_ours_alone = |(_, ours): (_, &Ours)| asked.is_ours_alone(ours);
        if !row.crls.is_empty() && asked.ours().into_iter().any(is_ours_alone) {
            asked.without_lists = peers.ask_without_lists(case, row);
        }
        let on_path = asked.ours().map(|(_, ours)| {
            let row = ours.row_of_path(row)?;
            asked
                .is_ours_alone(ours)
                .then(|| peers.ask_of_path(case, &row))
        });
        let ours = [&mut asked.alb, &mut asked.rfc5280, &mut asked.strict];
        for (ours, on_path) in ours.into_iter().zip(on_path) {
            ours.on_path = on_path;
        }
        asked
    }

    /// Whether s2n-tls and we say the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.s2n.status == Some(self.alb.status)
    }

    /// Whether we would say what s2n-tls says if a knob were turned.
    ///
    /// # Panics
    ///
    /// If there is no such knob.
    #[must_use]
    pub fn agrees_with_knob(&self, knob: &str) -> bool {
        let policy = match knob {
            "leaf version" => ALB.with_leaf_version(LeafVersion::Any),
            "RSA size" => ALB.with_rsa_bits(0, u16::MAX),
            "missing CRL" => ALB.with_missing_crl(MissingCrl::Deny),
            _ => panic!("there is no knob {knob}"),
        };
        self.s2n.status == Some(Ours::of(&self.case.row, policy, &[]).status)
    }

    /// Whether we say what s2n-tls says when it looks for no CRL.
    #[must_use]
    pub fn agrees_without_lists(&self) -> bool {
        let answer = s2n::ask(&self.case.row, self.case.key, s2n::Lists::Ignored);
        answer.status == Some(self.alb.status)
    }

    /// Whether we say what s2n-tls says of a store that holds only the CAs that we load; a missing list
    /// does not count.
    #[must_use]
    pub fn agrees_on_loaded_cas(&self) -> bool {
        let loads = |anchor: &CertificateDer<'_>| {
            let mut store: TrustStore<'_> = TrustStore::new(ALB, AWS_LC_RS);
            store.add_ca(CertificateDer::from(anchor.as_ref())).is_ok()
        };
        let row = self.case.row.with_anchors(loads);
        let mut answer = s2n::ask(&row, self.case.key, s2n::Lists::Given);
        if answer.name == NO_LIST {
            answer = s2n::ask(&row, self.case.key, s2n::Lists::Ignored);
        }
        answer.status == Some(self.alb.status)
    }

    /// Whether nobody else lets pass what we let pass so.
    ///
    /// Which path is found is one thing, and whether it holds another: who refuses the chain because
    /// they find no path, but lets ours pass when it is all there is, agrees.
    ///
    /// To the others a certificate without a list is one to refuse, and so is an anchor that another
    /// CA has issued. Where that is all that is against a chain, and no list has any of our path,
    /// their word without lists counts.
    #[must_use]
    pub fn is_ours_alone(&self, ours: &Ours) -> bool {
        let row = &self.case.row;
        if !ours.status.is_success() || self.s2n.is_success() || accepts(&self.others) {
            return false;
        }
        let on_path = ours.on_path.as_ref();
        if on_path.is_some_and(|opinions| accepts(&opinions.with_lists)) {
            return false;
        }
        let is_list_missing =
            ours.has_issued_anchor || self.s2n.name == NO_LIST || ours.needs_no_list(row);
        !(is_list_missing && !is_any_listed(row, &ours.path) && self.pass_without_lists(ours))
    }

    /// Whether somebody else lets the chain, or our path, pass when there are no lists.
    #[must_use]
    pub fn pass_without_lists(&self, ours: &Ours) -> bool {
        let on_path = ours.on_path.as_ref();
        accepts(&self.without_lists)
            || on_path.is_some_and(|opinions| accepts(&opinions.without_lists))
    }

    /// Ours under each policy.
    #[must_use]
    pub fn ours(&self) -> [(&'static str, &Ours); 3] {
        [
            ("ALB", &self.alb),
            ("RFC5280", &self.rfc5280),
            ("STRICT", &self.strict),
        ]
    }

    /// Everything, for a person.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = format!("{}\n", self.case.row.id);
        for fault in &self.case.faults {
            _ = writeln!(text, "    fault      {fault}");
        }
        _ = writeln!(text, "    s2n-tls    {}", self.s2n.name);
        for (policy, ours) in self.ours() {
            let Ours {
                status,
                detail,
                why,
                ..
            } = ours;
            _ = writeln!(text, "    {policy:10} {status} ({detail}; {why})");
        }
        for (name, answer) in &self.others {
            let answer = match answer {
                None => "not asked",
                Some(true) => "passes",
                Some(false) => "refused",
            };
            _ = writeln!(text, "    {name:10} {answer}");
        }
        text
    }
}

/// What we say.
#[derive(Clone, Debug)]
pub struct Ours {
    /// The status.
    pub status: VerifyStatus,
    /// What decided, in a word: the check that failed, or the part that does not parse.
    pub detail: String,
    /// The same for a person.
    pub why: String,
    /// Whether the path ends at an anchor that another CA has issued, or is the client's certificate
    /// alone: the lists of the anchor's issuer are no others' business then.
    pub has_issued_anchor: bool,
    policy: Policy,
    path: Vec<CertificateDer<'static>>,
    anchor: Option<CertificateDer<'static>>,
    /// What the others say of our path; only where it matters.
    on_path: Option<OnPath>,
}

#[derive(Clone, Debug)]
struct OnPath {
    with_lists: Vec<Opinion>,
    without_lists: Vec<Opinion>,
}

impl Ours {
    /// `unloaded` are the anchors that s2n-tls could not read.
    fn of(row: &Row, policy: Policy, unloaded: &[usize]) -> Self {
        let mut store: TrustStore<'_> = TrustStore::new(policy, AWS_LC_RS);
        let mut refused = None;
        for (index, anchor) in row.anchors.iter().enumerate() {
            let added = store.add_ca(CertificateDer::from(anchor.as_ref()));
            if !unloaded.contains(&index) {
                refused = refused.or(added.err());
            }
        }
        for list in &row.crls {
            let added = Crl::from_der(list.clone()).and_then(|list| store.add_crl(list));
            if let Err(error) = added {
                // No server would start with it.
                return Self {
                    status: CRL_PROCESSING_ERROR,
                    detail: format!("CRL {error:?}"),
                    why: format!("a list is refused: {error}"),
                    has_issued_anchor: false,
                    policy,
                    path: Vec::new(),
                    anchor: None,
                    on_path: None,
                };
            }
        }
        let status = store.verify_at(row.presented(), row.time());
        let explanation = store.explain(row.presented(), row.time());
        assert_eq!(
            status,
            explanation.status(),
            "{}: explain contradicts",
            row.id
        );
        let detail = match (explanation.certificate_error(), explanation.crl_fault()) {
            (Some(error), _) => format!("{error:?}"),
            (None, Some(fault)) => format!("CRL {fault:?}"),
            (None, None) => match explanation.check() {
                Some(check) => format!("{check:?}"),
                None => "none".to_owned(),
            },
        };
        let der = |step: PathStep<'_>| CertificateDer::from(step.certificate.der()).into_owned();
        let path = explanation.path().map(der).collect::<Vec<_>>();
        let has_issued_anchor = explanation.anchor().is_some_and(|anchor| {
            anchor.certificate.issuer() != anchor.certificate.subject() || path.len() == 1
        });
        Self {
            status,
            detail: match refused {
                None => detail,
                Some(StoreError::Certificate(error)) => format!("CA {error:?}"),
                Some(StoreError::CaTooLarge { .. }) => "CA too large".to_owned(),
                Some(StoreError::UnsupportedKey(_)) => "CA of an unsupported key".to_owned(),
                Some(_) => "CA refused".to_owned(),
            },
            why: match refused {
                None => explanation.to_string(),
                Some(error) => format!("{explanation}; an anchor is refused: {error}"),
            },
            has_issued_anchor,
            policy,
            path,
            anchor: explanation.anchor().map(der),
            on_path: None,
        }
    }

    /// The question whether our path holds, if there is one.
    fn row_of_path(&self, row: &Row) -> Option<Row> {
        Some(row.of_path(&self.path, self.anchor.clone()?))
    }

    /// Whether it is by the policy alone that a certificate without a list passes.
    fn needs_no_list(&self, row: &Row) -> bool {
        let strict = self.policy.with_missing_crl(MissingCrl::Deny);
        !Self::of(row, strict, &[]).status.is_success()
    }
}

/// Whether a list that OpenSSL can read has a certificate of a path, whoever signed the list.
#[cfg(feature = "openssl")]
fn is_any_listed(row: &Row, path: &[CertificateDer<'_>]) -> bool {
    OpenSsl::lists_any(&row.crls, path)
}

#[cfg(not(feature = "openssl"))]
fn is_any_listed(_: &Row, _: &[CertificateDer<'_>]) -> bool {
    false
}

fn accepts(opinions: &[Opinion]) -> bool {
    opinions.iter().any(|(_, answer)| *answer == Some(true))
}

/// What a run has found so far.
#[derive(Debug, Default)]
pub struct Findings {
    /// How often s2n-tls and we said what, in this order.
    matrix: BTreeMap<(String, String), usize>,
    /// How often each listed class came up.
    classes: BTreeMap<String, usize>,
    /// What must not be.
    pub complaints: Vec<String>,
    chains: usize,
    agreed: usize,
    passed: BTreeMap<&'static str, usize>,
}

impl Findings {
    /// Takes the answers to one case into account.
    pub fn add(&mut self, asked: &Asked<'_>, disagreements: &Disagreements) {
        self.chains += 1;
        let s2n = match asked.s2n.status {
            Some(VerifyStatus::Success) | None => asked.s2n.name.clone(),
            Some(status) => status.to_string(),
        };
        *self
            .matrix
            .entry((s2n, asked.alb.status.to_string()))
            .or_default() += 1;
        for (name, passes) in [("s2n-tls", asked.s2n.is_success())]
            .into_iter()
            .chain(
                asked
                    .others
                    .iter()
                    .map(|&(name, answer)| (name, answer == Some(true))),
            )
            .chain(
                asked
                    .ours()
                    .map(|(name, ours)| (name, ours.status.is_success())),
            )
        {
            *self.passed.entry(name).or_default() += usize::from(passes);
        }
        match (asked.agrees(), disagreements.class_of(asked)) {
            (true, _) => self.agreed += 1,
            (false, Some(class)) => self.count(class),
            (false, None) => {
                let text = format!("s2n-tls and ALB differ: {}", asked.describe());
                self.complaints.push(text);
            }
        }
        for (policy, ours) in asked.ours() {
            if !asked.is_ours_alone(ours) {
                continue;
            }
            match disagreements.class_alone(asked, policy, ours) {
                Some(class) => self.count(class),
                None => {
                    let text = format!("{policy} alone lets this pass: {}", asked.describe());
                    self.complaints.push(text);
                }
            }
        }
    }

    /// The tables.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::from(
            "\n s2n-tls                                  ALB policy                               chains\n",
        );
        for ((s2n, ours), count) in &self.matrix {
            let mark = if s2n == ours { ' ' } else { '*' };
            _ = writeln!(text, "{mark}{s2n:40} {ours:40} {count:6}");
        }
        text.push_str("\nlisted disagreements                                                               chains\n");
        for (class, count) in &self.classes {
            _ = writeln!(text, "{class:82} {count:6}");
        }
        text.push_str("\nwho lets how many pass\n");
        for (name, count) in &self.passed {
            _ = writeln!(text, "{name:10} {count:6}");
        }
        _ = writeln!(
            text,
            "\n{} chains, {} with the same status, {} in listed classes, {} complaints",
            self.chains,
            self.agreed,
            self.chains - self.agreed - self.differences(),
            self.complaints.len()
        );
        text
    }

    fn differences(&self) -> usize {
        let differ = |text: &&String| text.starts_with("s2n-tls");
        self.complaints.iter().filter(differ).count()
    }

    fn count(&mut self, class: &str) {
        *self.classes.entry(class.to_owned()).or_default() += 1;
    }
}

/// s2n-tls has another word for SHA-1 in TLS 1.3, and there is a knob for that.
const ALB: Policy = Policy::ALB.with_sha1(Sha1::Untrusted);

/// How s2n-tls calls it that a certificate has no list.
const NO_LIST: &str = "S2N_ERR_CRL_LOOKUP_FAILED";

const CRL_PROCESSING_ERROR: VerifyStatus =
    VerifyStatus::Failed(portcullis::FailureReason::ClientCertCrlProcessingError);
