//! Certificates and lists.

use crate::List;

macro_rules! certificates {
    ($folder:expr; $($name:ident = $file:literal),* $(,)?) => {
        $(pub(crate) const $name: &[u8] = include_bytes!(concat!($folder, $file));)*
    };
}

macro_rules! lists {
    ($($name:ident = $file:literal),* $(,)?) => {
        $(pub(crate) const $name: List = List {
            der: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".crl")),
            index: &include!(concat!(env!("OUT_DIR"), "/", $file, ".index")),
        };)*
    };
}

/// A small office with RSA, as XCA makes it: roots A and F, signing CAs B, D and G, clients C, E, H and R.
pub(crate) mod office {
    certificates! {
        concat!(env!("OUT_DIR"), "/");
        A = "A.der",
        B = "B.der",
        C = "C.der",
        D = "D.der",
        E = "E.der",
        G = "G.der",
        H = "H.der",
        R = "R.der",
    }
}

/// The same chains as in the images of each kind of key.
pub(crate) mod p256 {
    certificates! {
        "../../data/kinds/p256/";
        ROOT = "root.der",
        ISSUING = "issuing.der",
        DEVICE = "device.der",
        FORGED = "forged.der",
        REVOKED = "revoked.der",
        POLICY = "policy.der",
        REGION = "region.der",
        SITE = "site.der",
        DEEP = "deep.der",
        COMPRESSED_POLICY = "compressed-policy.der",
        COMPRESSED_REGION = "compressed-region.der",
        COMPRESSED_SITE = "compressed-site.der",
        COMPRESSED_DEEP = "compressed-deep.der",
    }
}

pub(crate) mod p384 {
    certificates! {
        "../../data/kinds/p384/";
        ROOT = "root.der",
        ISSUING = "issuing.der",
        DEVICE = "device.der",
        FORGED = "forged.der",
    }
}

pub(crate) mod ed25519 {
    certificates! {
        "../../data/kinds/ed25519/";
        ROOT = "root.der",
        ISSUING = "issuing.der",
        DEVICE = "device.der",
        FORGED = "forged.der",
    }
}

/// Each with one defect.
pub(crate) mod fleet {
    certificates! {
        "../../data/verdicts/";
        ROOT = "root.der",
        ISSUING = "issuing.der",
        DEVICE = "device.der",
        TRAILING = "trailing.der",
        VERSION_1 = "v1.der",
        NOT_CA = "not-ca.der",
        BELOW_NOT_CA = "below-not-ca.der",
        NO_CERT_SIGN = "no-cert-sign.der",
        BELOW_NO_CERT_SIGN = "below-no-cert-sign.der",
        LAST = "last.der",
        BELOW_LAST = "below-last.der",
        TOO_LOW = "too-low.der",
        CONSTRAINED = "constrained.der",
        ELSEWHERE = "elsewhere.der",
        OLD = "old.der",
        BELOW_OLD = "below-old.der",
        CRITICAL = "critical.der",
        EXPIRED = "expired.der",
        EARLY = "early.der",
        SERVER = "server.der",
        NO_SIGNING = "no-signing.der",
        SELF_SIGNED = "self-signed.der",
        RSA1024 = "rsa1024.der",
        ED25519 = "ed25519.der",
        SECP256K1 = "secp256k1.der",
        P521 = "p521.der",
        LARGE = "large.der",
        SHA1 = "sha1.der",
        PSS = "pss.der",
        RSA_ROOT = "rsa-root.der",
    }
}

lists! {
    OF_OFFICE = "B-xca",
    OF_ISSUING = "issuing",
    OF_ROOT = "root",
    FORGED = "forged",
    OLD = "old",
}
