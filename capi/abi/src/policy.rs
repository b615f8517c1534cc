//! Policies.

use portcullis::Policy;

use crate::error::Problem;

/// The rules of a store: one of `PORTCULLIS_POLICY_*`. None is the default.
pub type PortcullisPolicy = u32;

/// For predicting and mimicking AWS ALB: the path that s2n-tls and AWS-LC choose, no backtracking, their edges.
pub const PORTCULLIS_POLICY_ALB: PortcullisPolicy = 1;
/// For protecting something: every path within a budget, notAfter inclusive, Ed25519 too.
pub const PORTCULLIS_POLICY_RFC5280: PortcullisPolicy = 2;
/// For protecting something: RFC5280, and a second validator (webpki) must accept the path as well; a leaf needs an extended key
/// usage, and once the store holds a CRL, each certificate needs one that covers it. Not in the library for firmware.
pub const PORTCULLIS_POLICY_STRICT: PortcullisPolicy = 3;

/// Finds a policy by its number.
///
/// # Errors
///
/// A number that is none.
pub const fn policy(number: PortcullisPolicy) -> Result<Policy, Problem> {
    match number {
        PORTCULLIS_POLICY_ALB => Ok(Policy::ALB),
        PORTCULLIS_POLICY_RFC5280 => Ok(Policy::RFC5280),
        #[cfg(feature = "webpki")]
        PORTCULLIS_POLICY_STRICT => Ok(Policy::STRICT),
        _ => Err(Problem::Value("the policy")),
    }
}

/// What a policy is called in JSON.
#[must_use]
pub const fn policy_name(number: PortcullisPolicy) -> &'static str {
    match number {
        PORTCULLIS_POLICY_ALB => "alb",
        PORTCULLIS_POLICY_RFC5280 => "rfc5280",
        _ => "strict",
    }
}
