//! The cases. The ones of the office are those of the README.

use core::time::Duration;

use portcullis::pki_types::UnixTime;
use portcullis::{ClientCertificate, ExpiredCrl, MissingClock, MissingCrl, Policy};

use crate::data::{self, ed25519, fleet, office, p256, p384};
use crate::{Case, List};

/// What is run. Every status comes out at least once.
pub static CASES: [Case; 50] = [
    in_office(
        "office: client of the signing CA",
        &[office::C, office::B],
        SUCCESS,
    ),
    in_office(
        "office: client of another CA",
        &[office::E, office::D],
        SUCCESS,
    ),
    in_office(
        "office: client of another root",
        &[office::H, office::G],
        UNTRUSTED,
    ),
    in_office("office: revoked client", &[office::R, office::B], CRL_HIT),
    in_office("office: client alone, its CA known", &[office::C], SUCCESS),
    in_office(
        "office: client alone, its CA not known",
        &[office::E],
        UNTRUSTED,
    ),
    Case {
        now: at(2027, 12),
        ..in_office("office: after a year", &[office::C, office::B], EXPIRED)
    },
    Case {
        now: at(2026, 10),
        ..in_office("office: too early", &[office::C, office::B], NOT_YET_VALID)
    },
    of_kind(
        "P-256",
        &[p256::ROOT],
        &[p256::DEVICE, p256::ISSUING],
        SUCCESS,
    ),
    of_kind(
        "P-256, forged",
        &[p256::ROOT],
        &[p256::FORGED, p256::ISSUING],
        UNTRUSTED,
    ),
    of_kind("P-256, four", &[p256::ROOT], &DEEP, SUCCESS),
    of_kind(
        "P-256, four in any order",
        &[p256::ROOT],
        &SHUFFLED,
        SUCCESS,
    ),
    of_kind(
        "P-256, four, keys compressed",
        &[p256::ROOT],
        &COMPRESSED,
        SUCCESS,
    ),
    of_kind(
        "P-384",
        &[p384::ROOT],
        &[p384::DEVICE, p384::ISSUING],
        SUCCESS,
    ),
    of_kind(
        "P-384, forged",
        &[p384::ROOT],
        &[p384::FORGED, p384::ISSUING],
        UNTRUSTED,
    ),
    of_kind("RSA-PSS", &[fleet::RSA_ROOT], &[fleet::PSS], SUCCESS),
    Case {
        policy: Policy::RFC5280,
        ..of_kind(
            "Ed25519",
            &[ed25519::ROOT],
            &[ed25519::DEVICE, ed25519::ISSUING],
            SUCCESS,
        )
    },
    Case {
        policy: Policy::RFC5280,
        ..of_kind(
            "Ed25519, forged",
            &[ed25519::ROOT],
            &[ed25519::FORGED, ed25519::ISSUING],
            UNTRUSTED,
        )
    },
    of_kind(
        "five presented",
        &[p256::ROOT],
        &FIVE,
        "Failed:ClientCertMaxChainDepthExceeded",
    ),
    in_fleet("large CA", &[fleet::DEVICE, fleet::LARGE], SUCCESS),
    in_fleet(
        "more than 64 KiB",
        &[fleet::DEVICE, fleet::LARGE, fleet::LARGE, fleet::LARGE],
        "Failed:ClientCertMaxSizeExceeded",
    ),
    listed(
        "not on the list",
        &[p256::ROOT],
        &[p256::DEVICE, p256::ISSUING],
        &[data::OF_ISSUING],
        SUCCESS,
    ),
    listed(
        "on the list",
        &[p256::ROOT],
        &[p256::REVOKED, p256::ISSUING],
        &[data::OF_ISSUING],
        CRL_HIT,
    ),
    listed(
        "CA on the list",
        &[fleet::ROOT],
        &[fleet::DEVICE, fleet::ISSUING],
        &[data::OF_ROOT],
        CRL_HIT,
    ),
    listed(
        "forged list",
        &[fleet::ROOT],
        &[fleet::DEVICE, fleet::ISSUING],
        &[data::FORGED],
        CRL_PROCESSING,
    ),
    Case {
        policy: Policy::ALB.with_expired_crl(ExpiredCrl::Enforce),
        ..listed(
            "expired list",
            &[fleet::ROOT],
            &[fleet::DEVICE, fleet::ISSUING],
            &[data::OLD],
            CRL_PROCESSING,
        )
    },
    listed(
        "expired list, ignored",
        &[fleet::ROOT],
        &[fleet::DEVICE, fleet::ISSUING],
        &[data::OLD],
        SUCCESS,
    ),
    Case {
        policy: Policy::ALB.with_missing_crl(MissingCrl::Deny),
        ..in_fleet("no list", &[fleet::DEVICE, fleet::ISSUING], CRL_PROCESSING)
    },
    in_fleet(
        "issuer no CA",
        &[fleet::BELOW_NOT_CA, fleet::NOT_CA],
        UNTRUSTED,
    ),
    in_fleet(
        "issuer without keyCertSign",
        &[fleet::BELOW_NO_CERT_SIGN, fleet::NO_CERT_SIGN],
        UNTRUSTED,
    ),
    in_fleet(
        "path length exceeded",
        &[fleet::TOO_LOW, fleet::BELOW_LAST, fleet::LAST],
        UNTRUSTED,
    ),
    in_fleet(
        "name not permitted",
        &[fleet::ELSEWHERE, fleet::CONSTRAINED],
        UNTRUSTED,
    ),
    in_fleet(
        "unknown critical extension",
        &[fleet::CRITICAL, fleet::ISSUING],
        UNTRUSTED,
    ),
    in_fleet("self-signed", &[fleet::SELF_SIGNED], UNTRUSTED),
    in_fleet("expired", &[fleet::EXPIRED, fleet::ISSUING], EXPIRED),
    in_fleet("expired CA", &[fleet::BELOW_OLD, fleet::OLD], EXPIRED),
    in_fleet(
        "not valid yet",
        &[fleet::EARLY, fleet::ISSUING],
        NOT_YET_VALID,
    ),
    in_fleet(
        "server's purpose",
        &[fleet::SERVER, fleet::ISSUING],
        PURPOSE,
    ),
    in_fleet(
        "key not for signing",
        &[fleet::NO_SIGNING, fleet::ISSUING],
        PURPOSE,
    ),
    in_fleet(
        "octet after the certificate",
        &[fleet::TRAILING, fleet::ISSUING],
        INVALID,
    ),
    in_fleet("version 1", &[fleet::VERSION_1, fleet::ISSUING], INVALID),
    in_fleet("RSA-1024", &[fleet::RSA1024, fleet::ISSUING], INCOMPATIBLE),
    of_kind("SHA-1", &[fleet::RSA_ROOT], &[fleet::SHA1], INCOMPATIBLE),
    in_fleet("P-521 leaf", &[fleet::P521, fleet::ISSUING], SUCCESS),
    in_fleet(
        "Ed25519 leaf",
        &[fleet::ED25519, fleet::ISSUING],
        TYPE_UNSUPPORTED,
    ),
    in_fleet(
        "secp256k1 leaf",
        &[fleet::SECP256K1, fleet::ISSUING],
        TYPE_UNSUPPORTED,
    ),
    Case {
        application: Some(&is_of_another_fleet),
        ..in_fleet(
            "the application's no",
            &[fleet::DEVICE, fleet::ISSUING],
            "Failed:ClientCertRejected",
        )
    },
    in_fleet("nothing presented", &[], UNMAPPED),
    Case {
        now: None,
        ..in_fleet("no clock", &[fleet::DEVICE, fleet::ISSUING], UNMAPPED)
    },
    Case {
        policy: Policy::ALB.with_missing_clock(MissingClock::Allow),
        now: None,
        ..in_fleet(
            "no clock, allowed, and expired",
            &[fleet::EXPIRED, fleet::ISSUING],
            SUCCESS,
        )
    },
];

const fn in_office(
    name: &'static str,
    chain: &'static [&'static [u8]],
    expected: &'static str,
) -> Case {
    Case {
        lists: &[data::OF_OFFICE],
        now: at(2026, 12),
        ..of_kind(name, &[office::A, office::B], chain, expected)
    }
}

const fn in_fleet(
    name: &'static str,
    chain: &'static [&'static [u8]],
    expected: &'static str,
) -> Case {
    of_kind(name, &[fleet::ROOT], chain, expected)
}

const fn listed(
    name: &'static str,
    cas: &'static [&'static [u8]],
    chain: &'static [&'static [u8]],
    lists: &'static [List],
    expected: &'static str,
) -> Case {
    Case {
        lists,
        ..of_kind(name, cas, chain, expected)
    }
}

const fn of_kind(
    name: &'static str,
    cas: &'static [&'static [u8]],
    chain: &'static [&'static [u8]],
    expected: &'static str,
) -> Case {
    Case {
        name,
        expected,
        policy: Policy::ALB,
        cas,
        lists: &[],
        application: None,
        chain,
        // 2027-01-15T08:00:00Z
        now: Some(UnixTime::since_unix_epoch(Duration::from_secs(
            1_800_000_000,
        ))),
    }
}

/// Midnight of the first day of a month of 2026 or 2027, UTC.
const fn at(year: u64, month: u64) -> Option<UnixTime> {
    /// 2026-01-01T00:00:00Z
    const START: u64 = 1_767_225_600;
    const DAYS_BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let days = (year - 2026) * 365 + DAYS_BEFORE[(month - 1) as usize];
    Some(UnixTime::since_unix_epoch(Duration::from_secs(
        START + days * 86_400,
    )))
}

fn is_of_another_fleet(client: &ClientCertificate<'_>) -> bool {
    client.spiffe_id() == Some("spiffe://another-fleet.example.com/device")
}

static DEEP: [&[u8]; 4] = [p256::DEEP, p256::SITE, p256::REGION, p256::POLICY];
static SHUFFLED: [&[u8]; 4] = [p256::DEEP, p256::POLICY, p256::SITE, p256::REGION];
static COMPRESSED: [&[u8]; 4] = [
    p256::COMPRESSED_DEEP,
    p256::COMPRESSED_SITE,
    p256::COMPRESSED_REGION,
    p256::COMPRESSED_POLICY,
];
static FIVE: [&[u8]; 5] = [
    p256::DEEP,
    p256::SITE,
    p256::REGION,
    p256::POLICY,
    p256::ROOT,
];

const SUCCESS: &str = "Success";
const CRL_HIT: &str = "Failed:ClientCertCrlHit";
const CRL_PROCESSING: &str = "Failed:ClientCertCrlProcessingError";
const UNTRUSTED: &str = "Failed:ClientCertUntrusted";
const NOT_YET_VALID: &str = "Failed:ClientCertNotYetValid";
const EXPIRED: &str = "Failed:ClientCertExpired";
const TYPE_UNSUPPORTED: &str = "Failed:ClientCertTypeUnsupported";
const INVALID: &str = "Failed:ClientCertInvalid";
const PURPOSE: &str = "Failed:ClientCertPurposeInvalid";
const INCOMPATIBLE: &str = "Failed:ClientCertIncompatible";
const UNMAPPED: &str = "Failed:UnmappedConnectionError";
