//! The knobs on top of a policy: choices, each of which names what it is about, and limits.

use portcullis::{
    AlgorithmScope, AnyEku, CrlReach, DepthCount, ExpiredCrl, Expiry, LeafKeys, LeafVersion,
    MissingClock, MissingCrl, MissingEku, NotAfter, Policy, Search, Sha1,
};

use crate::error::Problem;

/// A choice that differs from the policy's: one of `PORTCULLIS_CHOICE_*`. Of two about the same thing the later one holds.
pub type PortcullisChoice = u32;

/// Every presented certificate but the leaf counts towards the depth limit.
pub const PORTCULLIS_CHOICE_DEPTH_COUNT_ISSUERS: PortcullisChoice = 0x0101;
/// Every presented certificate counts (ALB).
pub const PORTCULLIS_CHOICE_DEPTH_COUNT_PRESENTED: PortcullisChoice = 0x0102;
/// Other paths are tried when one fails, within a budget (RFC5280, STRICT).
pub const PORTCULLIS_CHOICE_SEARCH_BACKTRACK: PortcullisChoice = 0x0201;
/// One path: at each step the first candidate (ALB).
pub const PORTCULLIS_CHOICE_SEARCH_FIRST: PortcullisChoice = 0x0202;
/// Every certificate of the path must still be valid (ALB).
pub const PORTCULLIS_CHOICE_EXPIRY_ENFORCE: PortcullisChoice = 0x0301;
/// No certificate of the path need still be valid; notBefore is checked all the same.
pub const PORTCULLIS_CHOICE_EXPIRY_IGNORE: PortcullisChoice = 0x0302;
/// The leaf need not still be valid, its CAs must.
pub const PORTCULLIS_CHOICE_EXPIRY_IGNORE_LEAF: PortcullisChoice = 0x0303;
/// The second that notAfter names is the first that is not valid (ALB).
pub const PORTCULLIS_CHOICE_NOT_AFTER_EXCLUDED: PortcullisChoice = 0x0401;
/// It is the last that is valid (RFC5280, STRICT).
pub const PORTCULLIS_CHOICE_NOT_AFTER_INCLUDED: PortcullisChoice = 0x0402;
/// Without a time, validity is not checked: for devices that have no clock. An expired certificate passes.
pub const PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW: PortcullisChoice = 0x0501;
/// Without a time, nobody passes.
pub const PORTCULLIS_CHOICE_MISSING_CLOCK_DENY: PortcullisChoice = 0x0502;
/// A certificate signed with SHA-1 is `Failed:ClientCertIncompatible`.
pub const PORTCULLIS_CHOICE_SHA1_INCOMPATIBLE: PortcullisChoice = 0x0601;
/// A certificate signed with SHA-1 is `Failed:ClientCertUntrusted`.
pub const PORTCULLIS_CHOICE_SHA1_UNTRUSTED: PortcullisChoice = 0x0602;
/// The algorithms of the certificates of the path must be allowed (RFC5280, STRICT).
pub const PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PATH: PortcullisChoice = 0x0701;
/// The algorithms of every presented certificate must be allowed (ALB).
pub const PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PRESENTED: PortcullisChoice = 0x0702;
/// A leaf's key is RSA or ECDSA on P-256, P-384 or P-521 (ALB).
pub const PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED: PortcullisChoice = 0x0801;
/// These and Ed25519 (RFC5280, STRICT).
pub const PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED_AND_ED25519: PortcullisChoice = 0x0802;
/// A leaf may be X.509 version 1, 2 or 3.
pub const PORTCULLIS_CHOICE_LEAF_VERSION_ANY: PortcullisChoice = 0x0901;
/// A leaf must be X.509 version 3.
pub const PORTCULLIS_CHOICE_LEAF_VERSION_V3: PortcullisChoice = 0x0902;
/// A leaf without extended key usage may pass (ALB, RFC5280).
pub const PORTCULLIS_CHOICE_MISSING_EKU_ALLOW: PortcullisChoice = 0x0a01;
/// It may not (STRICT).
pub const PORTCULLIS_CHOICE_MISSING_EKU_DENY: PortcullisChoice = 0x0a02;
/// anyExtendedKeyUsage stands for clientAuth.
pub const PORTCULLIS_CHOICE_ANY_EKU_ALLOW: PortcullisChoice = 0x0b01;
/// It does not.
pub const PORTCULLIS_CHOICE_ANY_EKU_DENY: PortcullisChoice = 0x0b02;
/// A certificate that no CRL covers counts as not revoked (ALB, RFC5280).
pub const PORTCULLIS_CHOICE_MISSING_CRL_ALLOW: PortcullisChoice = 0x0c01;
/// It is `Failed:ClientCertCrlProcessingError`.
pub const PORTCULLIS_CHOICE_MISSING_CRL_DENY: PortcullisChoice = 0x0c02;
/// The same, once there is any CRL in the store (STRICT).
pub const PORTCULLIS_CHOICE_MISSING_CRL_DENY_ONCE_THERE_IS_ONE: PortcullisChoice = 0x0c03;
/// A CRL past its nextUpdate, or before its thisUpdate, cannot be used.
pub const PORTCULLIS_CHOICE_EXPIRED_CRL_ENFORCE: PortcullisChoice = 0x0d01;
/// It decides as any other.
pub const PORTCULLIS_CHOICE_EXPIRED_CRL_IGNORE: PortcullisChoice = 0x0d02;
/// The leaf is looked up in CRLs.
pub const PORTCULLIS_CHOICE_CRL_REACH_LEAF: PortcullisChoice = 0x0e01;
/// Every certificate of the path is.
pub const PORTCULLIS_CHOICE_CRL_REACH_PATH: PortcullisChoice = 0x0e02;

/// A limit that differs from the policy's: one of `PORTCULLIS_LIMIT_*`.
pub type PortcullisLimit = u32;

/// How many certificates may be presented, 1 to 64. ALB: 4; RFC5280 and STRICT: 16.
pub const PORTCULLIS_LIMIT_DEPTH: PortcullisLimit = 1;
/// The largest Certificate message in octets, framed as in TLS 1.3. ALB: 65536.
pub const PORTCULLIS_LIMIT_MESSAGE_SIZE: PortcullisLimit = 2;
/// The largest CA certificate in octets that a store takes. ALB: 16384.
pub const PORTCULLIS_LIMIT_CA_SIZE: PortcullisLimit = 3;
/// The largest CRL in octets that a store takes. ALB: 52428800.
pub const PORTCULLIS_LIMIT_CRL_SIZE: PortcullisLimit = 4;
/// How many entries the CRLs of a store may have together. ALB: 500000.
pub const PORTCULLIS_LIMIT_CRL_ENTRIES: PortcullisLimit = 5;

/// Makes a choice.
///
/// # Errors
///
/// A number that is none.
#[rustfmt::skip]
pub const fn choose(policy: Policy, choice: PortcullisChoice) -> Result<Policy, Problem> {
    Ok(match choice {
        PORTCULLIS_CHOICE_DEPTH_COUNT_ISSUERS => policy.with_depth_count(DepthCount::Issuers),
        PORTCULLIS_CHOICE_DEPTH_COUNT_PRESENTED => policy.with_depth_count(DepthCount::Presented),
        PORTCULLIS_CHOICE_SEARCH_BACKTRACK => policy.with_search(Search::Backtrack),
        PORTCULLIS_CHOICE_SEARCH_FIRST => policy.with_search(Search::First),
        PORTCULLIS_CHOICE_EXPIRY_ENFORCE => policy.with_expiry(Expiry::Enforce),
        PORTCULLIS_CHOICE_EXPIRY_IGNORE => policy.with_expiry(Expiry::Ignore),
        PORTCULLIS_CHOICE_EXPIRY_IGNORE_LEAF => policy.with_expiry(Expiry::IgnoreLeaf),
        PORTCULLIS_CHOICE_NOT_AFTER_EXCLUDED => policy.with_not_after(NotAfter::Excluded),
        PORTCULLIS_CHOICE_NOT_AFTER_INCLUDED => policy.with_not_after(NotAfter::Included),
        PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW => policy.with_missing_clock(MissingClock::Allow),
        PORTCULLIS_CHOICE_MISSING_CLOCK_DENY => policy.with_missing_clock(MissingClock::Deny),
        PORTCULLIS_CHOICE_SHA1_INCOMPATIBLE => policy.with_sha1(Sha1::Incompatible),
        PORTCULLIS_CHOICE_SHA1_UNTRUSTED => policy.with_sha1(Sha1::Untrusted),
        PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PATH => policy.with_algorithm_scope(AlgorithmScope::Path),
        PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PRESENTED => policy.with_algorithm_scope(AlgorithmScope::Presented),
        PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED => policy.with_leaf_keys(LeafKeys::Documented),
        PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED_AND_ED25519 => policy.with_leaf_keys(LeafKeys::DocumentedAndEd25519),
        PORTCULLIS_CHOICE_LEAF_VERSION_ANY => policy.with_leaf_version(LeafVersion::Any),
        PORTCULLIS_CHOICE_LEAF_VERSION_V3 => policy.with_leaf_version(LeafVersion::V3),
        PORTCULLIS_CHOICE_MISSING_EKU_ALLOW => policy.with_missing_eku(MissingEku::Allow),
        PORTCULLIS_CHOICE_MISSING_EKU_DENY => policy.with_missing_eku(MissingEku::Deny),
        PORTCULLIS_CHOICE_ANY_EKU_ALLOW => policy.with_any_eku(AnyEku::Allow),
        PORTCULLIS_CHOICE_ANY_EKU_DENY => policy.with_any_eku(AnyEku::Deny),
        PORTCULLIS_CHOICE_MISSING_CRL_ALLOW => policy.with_missing_crl(MissingCrl::Allow),
        PORTCULLIS_CHOICE_MISSING_CRL_DENY => policy.with_missing_crl(MissingCrl::Deny),
        PORTCULLIS_CHOICE_MISSING_CRL_DENY_ONCE_THERE_IS_ONE => policy.with_missing_crl(MissingCrl::DenyOnceThereIsOne),
        PORTCULLIS_CHOICE_EXPIRED_CRL_ENFORCE => policy.with_expired_crl(ExpiredCrl::Enforce),
        PORTCULLIS_CHOICE_EXPIRED_CRL_IGNORE => policy.with_expired_crl(ExpiredCrl::Ignore),
        PORTCULLIS_CHOICE_CRL_REACH_LEAF => policy.with_crl_reach(CrlReach::Leaf),
        PORTCULLIS_CHOICE_CRL_REACH_PATH => policy.with_crl_reach(CrlReach::Path),
        _ => return Err(Problem::Value("the choice")),
    })
}

/// Sets a limit.
///
/// # Errors
///
/// A limit that is none, or a number out of its range.
pub fn limit(policy: Policy, limit: PortcullisLimit, value: u32) -> Result<Policy, Problem> {
    Ok(match limit {
        PORTCULLIS_LIMIT_DEPTH => {
            let depth = u8::try_from(value)
                .ok()
                .filter(|depth| (1..=64).contains(depth));
            policy.with_max_depth(depth.ok_or(Problem::Value("the depth"))?)
        }
        PORTCULLIS_LIMIT_MESSAGE_SIZE => policy.with_max_message_size(value),
        PORTCULLIS_LIMIT_CA_SIZE => policy.with_max_ca_size(value),
        PORTCULLIS_LIMIT_CRL_SIZE => policy.with_max_crl_size(value),
        PORTCULLIS_LIMIT_CRL_ENTRIES => policy.with_max_crl_entries(value),
        _ => return Err(Problem::Value("the limit")),
    })
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::String;

    use super::*;

    /// What is different between a policy and the same with a choice: the last name stands for its value.
    fn chosen(choice: PortcullisChoice) -> String {
        std::format!("{:?}", choose(Policy::ALB, choice).unwrap())
    }

    #[test]
    fn each_choice_does_what_its_name_says() {
        for (choice, field) in [
            (
                PORTCULLIS_CHOICE_DEPTH_COUNT_ISSUERS,
                "depth_count: Issuers",
            ),
            (
                PORTCULLIS_CHOICE_DEPTH_COUNT_PRESENTED,
                "depth_count: Presented",
            ),
            (PORTCULLIS_CHOICE_SEARCH_BACKTRACK, "search: Backtrack"),
            (PORTCULLIS_CHOICE_SEARCH_FIRST, "search: First"),
            (PORTCULLIS_CHOICE_EXPIRY_ENFORCE, "expiry: Enforce"),
            (PORTCULLIS_CHOICE_EXPIRY_IGNORE, "expiry: Ignore,"),
            (PORTCULLIS_CHOICE_EXPIRY_IGNORE_LEAF, "expiry: IgnoreLeaf"),
            (PORTCULLIS_CHOICE_NOT_AFTER_EXCLUDED, "not_after: Excluded"),
            (PORTCULLIS_CHOICE_NOT_AFTER_INCLUDED, "not_after: Included"),
            (PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW, "clock: Allow"),
            (PORTCULLIS_CHOICE_MISSING_CLOCK_DENY, "clock: Deny"),
            (PORTCULLIS_CHOICE_SHA1_INCOMPATIBLE, "sha1: Incompatible"),
            (PORTCULLIS_CHOICE_SHA1_UNTRUSTED, "sha1: Untrusted"),
            (
                PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PATH,
                "algorithm_scope: Path",
            ),
            (
                PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PRESENTED,
                "algorithm_scope: Presented",
            ),
            (
                PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED,
                "leaf_keys: Documented,",
            ),
            (
                PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED_AND_ED25519,
                "leaf_keys: DocumentedAndEd25519",
            ),
            (PORTCULLIS_CHOICE_LEAF_VERSION_ANY, "leaf_version: Any"),
            (PORTCULLIS_CHOICE_LEAF_VERSION_V3, "leaf_version: V3"),
            (PORTCULLIS_CHOICE_MISSING_EKU_ALLOW, "missing_eku: Allow"),
            (PORTCULLIS_CHOICE_MISSING_EKU_DENY, "missing_eku: Deny"),
            (PORTCULLIS_CHOICE_ANY_EKU_ALLOW, "any_eku: Allow"),
            (PORTCULLIS_CHOICE_ANY_EKU_DENY, "any_eku: Deny"),
            (PORTCULLIS_CHOICE_MISSING_CRL_ALLOW, "missing_crl: Allow"),
            (PORTCULLIS_CHOICE_MISSING_CRL_DENY, "missing_crl: Deny,"),
            (
                PORTCULLIS_CHOICE_MISSING_CRL_DENY_ONCE_THERE_IS_ONE,
                "missing_crl: DenyOnceThereIsOne",
            ),
            (
                PORTCULLIS_CHOICE_EXPIRED_CRL_ENFORCE,
                "expired_crl: Enforce",
            ),
            (PORTCULLIS_CHOICE_EXPIRED_CRL_IGNORE, "expired_crl: Ignore"),
            (PORTCULLIS_CHOICE_CRL_REACH_LEAF, "crl_reach: Leaf"),
            (PORTCULLIS_CHOICE_CRL_REACH_PATH, "crl_reach: Path"),
        ] {
            let policy = chosen(choice);
            assert!(policy.contains(field), "{choice:#06x}: {field} in {policy}");
        }
    }

    #[test]
    fn numbers_that_are_no_choice_are_refused() {
        for choice in [0, 1, 0x0100, 0x0103, 0x0304, 0x0c04, 0x0f01, u32::MAX] {
            assert_eq!(
                choose(Policy::ALB, choice).unwrap_err().code(),
                3,
                "{choice:#06x}"
            );
        }
    }

    #[test]
    fn each_limit_does_what_its_name_says() {
        for (number, field) in [
            (PORTCULLIS_LIMIT_DEPTH, "max_depth: 17,"),
            (PORTCULLIS_LIMIT_MESSAGE_SIZE, "max_message_size: 17,"),
            (PORTCULLIS_LIMIT_CA_SIZE, "max_ca_size: 17,"),
            (PORTCULLIS_LIMIT_CRL_SIZE, "max_crl_size: 17,"),
            (PORTCULLIS_LIMIT_CRL_ENTRIES, "max_crl_entries: 17,"),
        ] {
            let policy = std::format!("{:?}", limit(Policy::ALB, number, 17).unwrap());
            assert!(policy.contains(field), "{field} in {policy}");
        }
    }

    #[test]
    fn a_depth_is_1_to_64() {
        assert!(limit(Policy::ALB, PORTCULLIS_LIMIT_DEPTH, 1).is_ok());
        assert!(limit(Policy::ALB, PORTCULLIS_LIMIT_DEPTH, 64).is_ok());
        for value in [0, 65, 257, u32::MAX] {
            let refused = limit(Policy::ALB, PORTCULLIS_LIMIT_DEPTH, value);
            assert_eq!(refused.unwrap_err().code(), 3, "{value}");
        }
        assert_eq!(limit(Policy::ALB, 0, 1).unwrap_err().code(), 3);
        assert_eq!(limit(Policy::ALB, 6, 1).unwrap_err().code(), 3);
    }
}
