//! A store as the engine sees it.

use pki_types::CertificateDer;

use super::ApplicationCheck;
use crate::certificate::{Certificate, Facts, View};
use crate::crl::StoredCrl;
use crate::name::DistinguishedName;
use crate::policy::{MissingCrl, Policy};
use crate::signature::{AlgorithmSet, Recall};

/// A CA certificate of the store.
#[derive(Debug)]
pub(crate) struct Ca<'a> {
    pub(super) der: CertificateDer<'a>,
    pub(super) facts: Facts,
    /// Index of the first CA of the store with the same subject.
    pub(super) name: u16,
    /// The caller's word for those under this anchor.
    pub(crate) missing_crl: Option<MissingCrl>,
}

impl Ca<'_> {
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) const fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(crate) fn view(&self) -> View<'_, '_> {
        View::new(&self.der, &self.facts)
    }

    pub(crate) fn certificate(&self) -> Certificate<'_> {
        Certificate::from_parts(&self.der, self.facts)
    }
}

/// A store without its capacities, so that the engine is compiled once.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'s> {
    pub(crate) policy: &'s Policy,
    pub(crate) algorithms: &'s AlgorithmSet,
    pub(crate) memo: Option<&'s dyn Recall>,
    pub(crate) application: Option<&'s dyn ApplicationCheck>,
    pub(super) cas: &'s [Ca<'s>],
    pub(crate) crls: &'s [StoredCrl<'s>],
}

impl<'s> Rules<'s> {
    pub(crate) fn ca(&self, index: u16) -> Option<&'s Ca<'s>> {
        self.cas.get(usize::from(index))
    }

    /// The CA that is this very certificate.
    pub(crate) fn find_ca(&self, der: &[u8]) -> Option<u16> {
        let index = self.cas.iter().position(|ca| ca.der.as_ref() == der);
        index.and_then(|index| u16::try_from(index).ok())
    }

    /// The first CA with this subject.
    pub(crate) fn find_name(&self, name: DistinguishedName<'_>) -> Option<u16> {
        let found = self.cas.iter().find(|ca| ca.view().subject() == name);
        found.map(|ca| ca.name)
    }

    /// The next CA with the subject of this one, in the order of the store.
    pub(crate) fn next_namesake(&self, index: u16) -> Option<u16> {
        let name = self.ca(index)?.name;
        let after = usize::from(index).saturating_add(1);
        let distance = self
            .cas
            .get(after..)?
            .iter()
            .position(|ca| ca.name == name)?;
        u16::try_from(after.saturating_add(distance)).ok()
    }
}
