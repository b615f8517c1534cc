//! What checks are called.

use portcullis::Check;

/// The names for machines are those of the variants in snake case, and do not change.
#[test]
fn checks_have_a_name_for_machines_and_one_for_people() {
    for (check, name, text) in [
        (Check::Presence, "presence", "presence of a certificate"),
        (Check::Clock, "clock", "the clock"),
        (
            Check::MessageSize,
            "message_size",
            "size of the Certificate message",
        ),
        (Check::Parsing, "parsing", "parsing"),
        (Check::Version, "version", "X.509 version"),
        (
            Check::SignatureAlgorithm,
            "signature_algorithm",
            "signature algorithm",
        ),
        (Check::KeySize, "key_size", "key size"),
        (Check::ChainDepth, "chain_depth", "chain depth"),
        (Check::Issuer, "issuer", "search for the issuer"),
        (
            Check::SelfSignedLeaf,
            "self_signed_leaf",
            "search for the self-signed leaf in the store",
        ),
        (
            Check::ExtensionSyntax,
            "extension_syntax",
            "syntax of extensions",
        ),
        (
            Check::CriticalExtension,
            "critical_extension",
            "critical extensions",
        ),
        (Check::CaFlag, "ca_flag", "CA flag"),
        (Check::KeyCertSign, "key_cert_sign", "keyCertSign"),
        (Check::PathLength, "path_length", "path length"),
        (Check::Revocation, "revocation", "revocation"),
        (Check::CrlSign, "crl_sign", "cRLSign"),
        (Check::CrlUsability, "crl_usability", "usability of the CRL"),
        (Check::CrlScope, "crl_scope", "scope of the CRL"),
        (Check::CrlValidity, "crl_validity", "validity of the CRL"),
        (Check::CrlPresence, "crl_presence", "presence of a CRL"),
        (Check::Signature, "signature", "signature"),
        (Check::NotBefore, "not_before", "notBefore"),
        (Check::NotAfter, "not_after", "notAfter"),
        (
            Check::NameConstraints,
            "name_constraints",
            "name constraints",
        ),
        (
            Check::ExtendedKeyUsage,
            "extended_key_usage",
            "extended key usage",
        ),
        (Check::KeyUsage, "key_usage", "key usage"),
        (Check::NetscapeCertType, "netscape_cert_type", "nsCertType"),
        (Check::SecondOpinion, "second_opinion", "second opinion"),
        (Check::Application, "application", "the application's check"),
        (Check::KeyType, "key_type", "key type"),
        (
            Check::ComparisonBudget,
            "comparison_budget",
            "comparison budget",
        ),
        (Check::SearchBudget, "search_budget", "search budget"),
    ] {
        assert_eq!(check.as_str(), name);
        assert_eq!(check.to_string(), text);
        assert_eq!(format!("{check:>60}"), format!("{text:>60}"));
    }
}
