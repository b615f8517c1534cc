//! The answers in which made chains differ, and are meant to.

use serde::Deserialize;

use crate::peers::s2n::Answer;
use crate::session::{Asked, Ours};

/// The list of wanted disagreements.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disagreements {
    #[serde(default)]
    class: Vec<Class>,
    #[serde(default)]
    alone: Vec<Alone>,
}

impl Disagreements {
    /// The list of this package.
    ///
    /// # Panics
    ///
    /// If `disagreements.toml` can't be read.
    #[must_use]
    pub fn load() -> Self {
        match Self::parse(include_str!("../disagreements.toml")) {
            Ok(disagreements) => disagreements,
            Err(error) => panic!("disagreements.toml: {error}"),
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let list = toml::from_str::<Self>(text).map_err(|error| error.to_string())?;
        for class in &list.class {
            if class.reason.trim().is_empty() {
                return Err(format!("{} gives no reason", class.name));
            }
            let may_pass = class.ours.iter().any(|ours| ours == SUCCESS || ours == ANY);
            if may_pass && class.allowed_by.is_none() {
                return Err(format!("{}: who allows us to be laxer?", class.name));
            }
        }
        match list
            .alone
            .iter()
            .find(|alone| alone.reason.trim().is_empty())
        {
            Some(alone) => Err(format!("{} gives no reason", alone.name)),
            None => Ok(list),
        }
    }

    /// The class of a chain on which s2n-tls and we differ.
    #[must_use]
    pub fn class_of(&self, asked: &Asked<'_>) -> Option<&str> {
        let class = self.class.iter().find(|class| class.covers(asked))?;
        Some(&class.name)
    }

    /// The class of a chain that we alone let pass, under this policy.
    #[must_use]
    pub fn class_alone(&self, asked: &Asked<'_>, policy: &str, ours: &Ours) -> Option<&str> {
        let alone = self.alone.iter().find(|alone| {
            alone.policies.iter().any(|listed| listed == policy)
                && has_fault(&alone.faults, &asked.case.faults)
                && (alone.alb.is_empty() || alone.alb.contains(&asked.alb.detail))
                && (!alone.without_lists || asked.pass_without_lists(ours))
        })?;
        Some(&alone.name)
    }
}

/// Chains on which s2n-tls and we differ for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    name: String,
    reason: String,
    /// What we say, or "refused" for all but Success, or "any".
    ours: Vec<String>,
    /// Which check of ours failed, or which part does not parse; any if there are none.
    #[serde(default)]
    details: Vec<String>,
    /// What s2n-tls says, by its own name, or "refused", or "any".
    s2n: Vec<String>,
    /// What one of the chain's faults is called, or part of that; none is needed if there are none.
    #[serde(default)]
    faults: Vec<String>,
    /// The knob with which we agree.
    knob: Option<String>,
    /// Whether we agree with what s2n-tls says without CRLs.
    #[serde(default)]
    as_without_lists: bool,
    /// Whether we agree with what s2n-tls says when its store holds only the CAs that we load.
    #[serde(default)]
    on_loaded_cas: bool,
    /// Whether the anchor of our path is one that another CA has issued.
    #[serde(default)]
    issued_anchor: bool,
    /// Who says that we may let pass what s2n-tls refuses.
    allowed_by: Option<String>,
}

impl Class {
    fn covers(&self, asked: &Asked<'_>) -> bool {
        let ours = &asked.alb;
        names(&self.ours, &ours.status.to_string())
            && (self.details.is_empty() || self.details.contains(&ours.detail))
            && self.is_said_by(&asked.s2n)
            && (!self.issued_anchor || ours.has_issued_anchor)
            && has_fault(&self.faults, &asked.case.faults)
            && (self.knob.as_ref()).is_none_or(|knob| asked.agrees_with_knob(knob))
            && (!self.as_without_lists || asked.agrees_without_lists())
            && (!self.on_loaded_cas || asked.agrees_on_loaded_cas())
    }
}

impl Class {
    /// A proof that nobody could give is no refusal of the chain.
    fn is_said_by(&self, answer: &Answer) -> bool {
        let says = |name: &str| self.s2n.iter().any(|listed| listed == name);
        let verdict = match answer.is_success() {
            true => SUCCESS,
            false => REFUSED,
        };
        says(ANY) || says(verdict) || says(&answer.name)
    }
}

/// Chains that no other verifier lets pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alone {
    name: String,
    reason: String,
    policies: Vec<String>,
    #[serde(default)]
    faults: Vec<String>,
    /// Which check failed under ALB; any if there are none.
    #[serde(default)]
    alb: Vec<String>,
    /// Whether somebody else lets it pass when there are no lists.
    #[serde(default)]
    without_lists: bool,
}

fn names(listed: &[String], name: &str) -> bool {
    listed.iter().any(|listed| match listed.as_str() {
        ANY => true,
        REFUSED => name != SUCCESS,
        listed => listed == name,
    })
}

fn has_fault(listed: &[String], faults: &[String]) -> bool {
    let is_listed = |fault: &String| listed.iter().any(|listed| fault.contains(listed));
    listed.is_empty() || faults.iter().any(is_listed)
}

const ANY: &str = "any";
const REFUSED: &str = "refused";
const SUCCESS: &str = "Success";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        assert!(Disagreements::load().class.len() > 20);
    }

    #[test]
    fn a_class_without_a_reason_is_an_error() {
        let error = Disagreements::parse(&CLASS.replace("stricter", " ")).unwrap_err();
        assert_eq!(error, "a gives no reason");
    }

    #[test]
    fn a_class_that_may_let_pass_says_who_allows_it() {
        for laxer in ["Success", "any"] {
            let laxer = CLASS.replace("Failed:ClientCertExpired", laxer);
            let error = Disagreements::parse(&laxer).unwrap_err();
            assert_eq!(error, "a: who allows us to be laxer?");
            let allowed = format!("{laxer}allowed_by = \"a document\"\n");
            assert!(Disagreements::parse(&allowed).is_ok());
        }
    }

    #[test]
    fn refused_names_all_but_success() {
        let listed = [REFUSED.to_owned()];
        assert!(names(&listed, "Failed:ClientCertExpired"));
        assert!(!names(&listed, SUCCESS));
        assert!(names(&[ANY.to_owned()], SUCCESS));
    }

    #[test]
    fn a_fault_is_listed_by_part_of_its_name() {
        let faults = ["outer length: long on leaf".to_owned()];
        assert!(has_fault(&["outer length: long".to_owned()], &faults));
        assert!(!has_fault(&["inner length".to_owned()], &faults));
        assert!(has_fault(&[], &faults));
    }

    const CLASS: &str = r#"
[[class]]
name = "a"
reason = "stricter"
ours = ["Failed:ClientCertExpired"]
s2n = ["Success"]
"#;
}
