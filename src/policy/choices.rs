//! What the knobs can be set to.

/// Where ALB's libraries differ from RFC 5280 in ways too small for a knob each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    Alb,
    Rfc5280,
}

/// What the depth limit counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DepthCount {
    /// Every presented certificate but the leaf.
    Issuers,
    /// Every presented certificate.
    Presented,
}

/// How a path to the store is searched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Search {
    /// Other paths are tried when one fails a check, within a budget; the first one's failure is
    /// the status if none passes. The budget is two and a half signature checks for each presented
    /// certificate: of three CAs of one name without key identifiers the third is not tried for a
    /// leaf that is presented alone.
    Backtrack,
    /// One path: at each step the first candidate, the store's before the presented ones.
    First,
}

/// Whether notAfter is checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Expiry {
    /// Every certificate of the path must still be valid.
    Enforce,
    /// No certificate of the path need be; notBefore is checked all the same.
    Ignore,
    /// The leaf need not be, its CAs must.
    IgnoreLeaf,
}

/// Whether the second that notAfter names is valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotAfter {
    /// It is the first second that is not.
    Excluded,
    /// It is the last second that is.
    Included,
}

/// What happens when the clock has no time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MissingClock {
    /// Validity is not checked: for devices that have no clock. An expired certificate passes.
    Allow,
    /// `UnmappedConnectionError`
    Deny,
}

/// The word for SHA-1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sha1 {
    /// `ClientCertIncompatible`
    Incompatible,
    /// `ClientCertUntrusted`
    Untrusted,
}

/// Whose algorithms are looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AlgorithmScope {
    /// Those of the certificates of the path.
    Path,
    /// Those of every presented certificate.
    Presented,
}

/// The types of key that a leaf may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LeafKeys {
    /// RSA, P-256, P-384, P-521.
    Documented,
    /// These and Ed25519.
    DocumentedAndEd25519,
}

/// The versions of X.509 that a leaf may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LeafVersion {
    /// 1, 2 or 3.
    Any,
    /// 3 only.
    V3,
}

/// A leaf without extended key usage.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MissingEku {
    /// It may authenticate a client.
    Allow,
    /// `ClientCertPurposeInvalid`
    Deny,
}

/// anyExtendedKeyUsage where clientAuth is not listed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnyEku {
    /// It stands for clientAuth.
    Allow,
    /// `ClientCertPurposeInvalid`
    Deny,
}

/// A certificate that no CRL covers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MissingCrl {
    /// It counts as not revoked.
    Allow,
    /// `ClientCertCrlProcessingError`
    Deny,
    /// The same, once there is any CRL in the store.
    DenyOnceThereIsOne,
}

/// A CRL whose time has passed or not come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExpiredCrl {
    /// `ClientCertCrlProcessingError`, unless another one of the same issuer and scope is current.
    Enforce,
    /// It decides as any other.
    Ignore,
}

/// Which certificates of a path are looked up in CRLs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CrlReach {
    /// The leaf.
    Leaf,
    /// Every certificate.
    Path,
}

/// Who else must say yes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SecondOpinion {
    None,
    #[cfg(feature = "webpki")]
    Webpki,
}
