//! The trust store: CA certificates, rules, and the verdict.

mod outcome;
mod rules;

use core::fmt;
#[cfg(feature = "std")]
use std::time::{SystemTime, UNIX_EPOCH};

use heapless::Vec;
use pki_types::{CertificateDer, UnixTime};

pub use self::outcome::{Added, CrlAdded, StoreError};
pub(crate) use self::rules::{Ca, Rules};
use crate::certificate::{Certificate, EMPTY};
use crate::chain::Chain;
use crate::check::check_crl_signature;
use crate::check::revocation::{check_lists, find_revocation};
use crate::client::ClientCertificate;
use crate::crl::{Crl, CrlError, CrlFault, Revocation, SignerMemo, StoredCrl};
use crate::explain::Explanation;
use crate::name::DistinguishedName;
use crate::policy::{MissingClock, MissingCrl, Policy};
use crate::render::SerialNumber;
use crate::signature::{AlgorithmSet, Recall, SignatureMemo};
use crate::status::{FailureReason, VerifyStatus};
use crate::time::DateTime;
use crate::verify;

/// The CA certificates against which chains are verified, and the rules.
///
/// It is built once, then read from any number of threads; to change it, build another and swap the
/// two. `CAS` and `CRLS` are how many certificates and CRLs it can hold, by default ALB's quotas; so
/// it needs no allocator and can be a `static`. Certificates are borrowed, from flash for instance,
/// or owned: `TrustStore<'static>`.
///
/// ```
/// use portcullis::pki_types::{CertificateDer, UnixTime};
/// use portcullis::{Policy, TrustStore, VerifyStatus, signature};
///
/// # fn main() -> Result<(), portcullis::StoreError> {
/// # let (root, intermediate, leaf) = (
/// #     &include_bytes!("../tests/data/root.der")[..],
/// #     &include_bytes!("../tests/data/intermediate.der")[..],
/// #     &include_bytes!("../tests/data/leaf.der")[..],
/// # );
/// let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
/// store.add_ca(CertificateDer::from(root))?;
///
/// let presented = [CertificateDer::from(leaf), CertificateDer::from(intermediate)];
/// let now = UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_796_083_200));
/// assert_eq!(store.verify_at(&presented, now), VerifyStatus::Success);
/// # Ok(())
/// # }
/// ```
pub struct TrustStore<'a, const CAS: usize = 25, const CRLS: usize = 30> {
    policy: Policy,
    algorithms: AlgorithmSet,
    memo: Option<&'a dyn Recall>,
    clock: fn() -> Option<UnixTime>,
    application: Option<&'a dyn ApplicationCheck>,
    cas: Vec<Ca<'a>, CAS>,
    crls: Vec<StoredCrl<'a>, CRLS>,
}

impl<'a, const CAS: usize, const CRLS: usize> TrustStore<'a, CAS, CRLS> {
    /// An empty store, which trusts nobody.
    ///
    /// With the feature `std` its clock is the system's; without, it has none, and
    /// [`verify`](Self::verify) fails until [`with_clock`](Self::with_clock) gives it one.
    #[must_use]
    pub const fn new(policy: Policy, algorithms: AlgorithmSet) -> Self {
        Self {
            policy,
            algorithms,
            memo: None,
            clock: default_clock,
            application: None,
            cas: Vec::new(),
            crls: Vec::new(),
        }
    }

    /// Sets the clock that [`verify`](Self::verify) asks. One that has no time gives `None`.
    #[must_use]
    pub const fn with_clock(mut self, clock: fn() -> Option<UnixTime>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets where signatures that verified are remembered, so that they are not checked again. By
    /// default nowhere; [`SignatureMemo`] has an example.
    #[must_use]
    pub const fn with_signature_memo<const ENTRIES: usize>(
        mut self,
        memo: &'a SignatureMemo<ENTRIES>,
    ) -> Self {
        self.memo = Some(memo);
        self
    }

    /// Sets the application's own check, asked last but for the type of the leaf's key, of leaves
    /// that pass all else. No is `Failed:ClientCertRejected`.
    ///
    /// ```
    /// use portcullis::{ClientCertificate, Policy, TrustStore, signature};
    ///
    /// let store: TrustStore<'_> = TrustStore::new(Policy::RFC5280, signature::AWS_LC_RS)
    ///     .with_application_check(&|client: &ClientCertificate<'_>| {
    ///         client.spiffe_id() == Some("spiffe://example.org/billing")
    ///     });
    /// # let _ = store;
    /// ```
    #[must_use]
    pub const fn with_application_check(mut self, check: &'a dyn ApplicationCheck) -> Self {
        self.application = Some(check);
        self
    }

    /// Adds a CA certificate, root or not: every certificate of the store is an anchor.
    ///
    /// Any certificate that parses may go in; one that is no CA anchors only itself.
    ///
    /// # Errors
    ///
    /// A certificate that does not parse, is too large, or is a CA with a key that the policy or
    /// the algorithm set cannot verify with; a store that is full. The store stays as it was.
    pub fn add_ca(&mut self, certificate: CertificateDer<'a>) -> Result<Added, StoreError> {
        let size = certificate.len();
        let limit = self.policy.max_ca_size;
        if u32::try_from(size).is_ok_and(|size| size > limit) || u32::try_from(size).is_err() {
            return Err(StoreError::CaTooLarge { size, limit });
        }
        // Read where it is pushed from: facts are large, and each copy of them takes flash.
        let mut ca = Ca {
            der: certificate,
            facts: EMPTY,
            name: 0,
            missing_crl: None,
        };
        ca.facts
            .read(&ca.der, None)
            .map_err(StoreError::Certificate)?;
        let rules = self.rules();
        if rules.find_ca(&ca.der).is_some() {
            return Ok(Added::Duplicate);
        }
        let key = ca.facts.key_type;
        let is_usable = self.algorithms.supports(key) && self.policy.allows_key_size(key);
        if ca.facts.is_ca(true) && !is_usable {
            return Err(StoreError::UnsupportedKey(key));
        }
        let index = u16::try_from(self.cas.len()).unwrap_or(u16::MAX);
        ca.name = rules.find_name(ca.view().subject()).unwrap_or(index);
        let full = StoreError::TooManyCas {
            capacity: CAS.min(usize::from(u16::MAX)),
        };
        if index == u16::MAX {
            return Err(full);
        }
        self.cas.push(ca).map(|()| Added::New).map_err(|_| full)
    }

    /// Adds every certificate of a PEM bundle, or one certificate in DER: all or none.
    ///
    /// Gives how many were new.
    ///
    /// # Errors
    ///
    /// A bundle without certificates, one that cannot be read, or a certificate that
    /// [`add_ca`](Self::add_ca) refuses, with its number. The store stays as it was.
    #[cfg(feature = "alloc")]
    pub fn add_bundle(&mut self, pem_or_der: &[u8]) -> Result<usize, crate::pem::BundleError> {
        let before = self.cas.len();
        let added = self.add_each(pem_or_der);
        if added.is_err() {
            self.cas.truncate(before);
        }
        added
    }

    #[cfg(feature = "alloc")]
    fn add_each(&mut self, pem_or_der: &[u8]) -> Result<usize, crate::pem::BundleError> {
        use crate::pem::BundleError;
        let mut new = 0_usize;
        let certificates = crate::pem::certificates(pem_or_der).map_err(BundleError::Pem)?;
        for (number, certificate) in (1..).zip(certificates) {
            match self.add_ca(certificate) {
                Ok(Added::New) => new = new.saturating_add(1),
                Ok(Added::Duplicate) => {}
                Err(error) => return Err(BundleError::Certificate { number, error }),
            }
        }
        Ok(new)
    }

    /// Adds a CRL. Add the CAs first: its signature is verified here, once, with those of them that
    /// have the issuer's name.
    ///
    /// A list that reads well but cannot be trusted is kept all the same, and each certificate of
    /// its issuer is then `Failed:ClientCertCrlProcessingError`. Who replaces a store that serves
    /// should rather keep the old one.
    ///
    /// If no CA of the store has that name, or the key that the list names, it is verified when a
    /// client first presents its issuer.
    ///
    /// # Errors
    ///
    /// A store that is full; a list that is larger than the policy allows, or with which the lists
    /// have more entries than it allows. The store stays as it was.
    ///
    /// ```
    /// use portcullis::{Crl, CrlAdded, Policy, TrustStore, signature};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, signature::AWS_LC_RS);
    /// store.add_bundle(&std::fs::read("tests/data/bundle.pem")?)?;
    /// let crl = Crl::from_der(std::fs::read("tests/data/signing.crl.der")?)?;
    /// assert_eq!(store.add_crl(crl)?, CrlAdded::Usable);
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_crl(&mut self, crl: Crl<'a>) -> Result<CrlAdded, CrlError> {
        let limit = usize::try_from(self.policy.max_crl_size).unwrap_or(usize::MAX);
        let size = crl.der().len();
        if size > limit {
            return Err(CrlError::TooLarge { size, limit });
        }
        if self.crls.iter().any(|known| known.crl.der() == crl.der()) {
            return Ok(CrlAdded::Duplicate);
        }
        let limit = self.policy.max_crl_entries;
        let entries = self
            .crls
            .iter()
            .fold(crl.len(), |sum, known| sum.saturating_add(known.crl.len()));
        if u32::try_from(entries).map_or(true, |entries| entries > limit) {
            return Err(CrlError::TooManyEntries { limit });
        }
        if self.crls.is_full() {
            return Err(CrlError::TooManyCrls { capacity: CRLS });
        }
        let mut signer = None;
        let mut has_candidate = false;
        // It is verified once as it is; hashing it for the memo too would double the time.
        let rules = Rules {
            memo: None,
            ..self.rules()
        };
        let mut next = rules.find_name(crl.issuer());
        while let Some((index, ca)) = next.zip(next.and_then(|index| rules.ca(index))) {
            next = rules.next_namesake(index);
            let ca = ca.view();
            let authority = crl.authority();
            if authority.is_some_and(|authority| !authority.agrees_with(&ca)) {
                continue;
            }
            has_candidate = true;
            if check_crl_signature(&crl, &ca, &rules) {
                signer = Some(index);
                break;
            }
        }
        let fault = match (has_candidate, signer) {
            (true, None) => Some(CrlFault::Signature),
            _ => crl.fault(),
        };
        let list = StoredCrl {
            crl,
            fault,
            signer,
            memo: SignerMemo::new(),
            check: check_lists,
        };
        self.crls
            .push(list)
            .map_err(|_| CrlError::TooManyCrls { capacity: CRLS })?;
        Ok(match (fault, signer) {
            (Some(fault), _) => CrlAdded::Unusable(fault),
            (None, Some(_)) => CrlAdded::Usable,
            (None, None) => CrlAdded::Unverified,
        })
    }

    /// Sets whether certificates under one anchor may pass without a CRL, whatever the policy says.
    /// Gives whether the store holds that CA.
    pub fn set_missing_crl(&mut self, ca: &CertificateDer<'_>, missing: MissingCrl) -> bool {
        let found = self.cas.iter_mut().find(|known| known.der == *ca);
        found
            .map(|known| known.missing_crl = Some(missing))
            .is_some()
    }

    /// The CRLs in the order in which they were added.
    pub fn crls(&self) -> impl ExactSizeIterator<Item = &Crl<'a>> {
        self.crls.iter().map(|list| &list.crl)
    }

    /// The list that decides in place of one of the store's, since it is of the same CA, key and
    /// scope and was issued later, or at the same time with a higher number.
    ///
    /// `None` where that one decides itself, or is not in the store.
    pub fn find_newer_crl(&self, crl: &Crl<'_>) -> Option<&Crl<'a>> {
        let list = self
            .crls
            .iter()
            .find(|known| known.crl.der() == crl.der())?;
        let newer = self
            .crls
            .iter()
            .find(|other| other.crl.is_newer(&list.crl) && other.is_of_kind(list));
        newer.map(|newer| &newer.crl)
    }

    /// The entry that revokes a serial number of an issuer, in a list that can be used: for
    /// connections that were let in before the lists were renewed.
    ///
    /// The newest lists of the issuer's name decide, whether their signature was verified when they
    /// were added or waits for a client to present its issuer. Neither their scope is looked at,
    /// since that takes a certificate, nor whether they have expired.
    pub fn find_revocation(
        &self,
        issuer: DistinguishedName<'_>,
        serial: SerialNumber<'_>,
    ) -> Option<Revocation<'_>> {
        find_revocation(&self.crls, issuer, serial)
    }

    /// Whether a serial number of an issuer is revoked, as
    /// [`find_revocation`](Self::find_revocation) tells.
    pub fn is_revoked(&self, issuer: DistinguishedName<'_>, serial: SerialNumber<'_>) -> bool {
        self.find_revocation(issuer, serial).is_some()
    }

    /// The CA certificates in the order in which they were added.
    pub fn cas(&self) -> impl ExactSizeIterator<Item = Certificate<'_>> {
        self.cas.iter().map(Ca::certificate)
    }

    /// Verifies a chain at the time of the store's clock.
    pub fn verify<'c>(&self, chain: impl Into<Chain<'c>>) -> VerifyStatus {
        let now = (self.clock)();
        if now.is_none() && self.policy.clock == MissingClock::Deny {
            return VerifyStatus::Failed(FailureReason::UnmappedConnectionError);
        }
        verify::status(self.rules(), chain.into(), now.map(DateTime::from))
    }

    /// Verifies a chain at a given time.
    pub fn verify_at<'c>(&self, chain: impl Into<Chain<'c>>, now: UnixTime) -> VerifyStatus {
        verify::status(self.rules(), chain.into(), Some(now.into()))
    }

    /// Verifies a chain at a given time and says what decided: the status is always that of
    /// [`verify_at`](Self::verify_at).
    pub fn explain<'e>(&'e self, chain: impl Into<Chain<'e>>, now: UnixTime) -> Explanation<'e> {
        Explanation::new(self.rules(), chain.into(), Some(now.into()))
    }

    /// Verifies a chain at a given time, and hands over the client's certificate if it passes.
    ///
    /// # Errors
    ///
    /// Why it does not pass; [`explain`](Self::explain) gives the certificate then, too.
    pub fn authenticate<'c>(
        &self,
        chain: impl Into<Chain<'c>>,
        now: UnixTime,
    ) -> Result<ClientCertificate<'c>, FailureReason> {
        let chain = chain.into();
        if let VerifyStatus::Failed(reason) = self.verify_at(chain, now) {
            return Err(reason);
        }
        let leaf = chain.get(0).and_then(|der| Certificate::parse(der).ok());
        let leaf = leaf.ok_or(FailureReason::UnmappedConnectionError)?;
        Ok(ClientCertificate::new(leaf, self.algorithms.sha256()))
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            policy: &self.policy,
            algorithms: &self.algorithms,
            memo: self.memo,
            application: self.application,
            cas: &self.cas,
            crls: &self.crls,
        }
    }
}

impl<const CAS: usize, const CRLS: usize> fmt::Debug for TrustStore<'_, CAS, CRLS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("policy", &self.policy)
            .field("cas", &self.cas)
            .field("crls", &self.crls)
            .finish_non_exhaustive()
    }
}

/// An application's say about a client whose certificate passes all else.
///
/// Implemented by functions and closures that take `&ClientCertificate<'_>`.
pub trait ApplicationCheck: Send + Sync {
    /// Whether this client may pass.
    fn allows(&self, client: &ClientCertificate<'_>) -> bool;
}

impl<F> ApplicationCheck for F
where
    F: Fn(&ClientCertificate<'_>) -> bool + Send + Sync,
{
    fn allows(&self, client: &ClientCertificate<'_>) -> bool {
        self(client)
    }
}

#[cfg(feature = "std")]
fn default_clock() -> Option<UnixTime> {
    // `UnixTime::now` panics where the system's clock is before 1970.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.ok().map(UnixTime::since_unix_epoch)
}

#[cfg(not(feature = "std"))]
const fn default_clock() -> Option<UnixTime> {
    None
}
