//! The certificates and lists of each kind of key.

use crate::List;
use crate::measured::{Hostile, Measured};
use crate::product::Product;

/// What the images of one kind of key hold. Which of it is used is what they link.
macro_rules! kind {
    ($product:ident, $measured:ident, $folder:literal, [$($compressed:literal),*]) => {
        #[doc = concat!("What a product with keys of the kind ", $folder, " holds.")]
        pub static $product: Product = Product {
            root: der!($folder, "root.der"),
            presented: [der!($folder, "device.der"), der!($folder, "issuing.der")],
            list: LIST,
        };

        #[doc = concat!("What is measured with keys of the kind ", $folder, ".")]
        pub static $measured: Measured = Measured {
            root: der!($folder, "root.der"),
            list: LIST,
            device: &[der!($folder, "device.der"), der!($folder, "issuing.der")],
            forged: &[der!($folder, "forged.der"), der!($folder, "issuing.der")],
            revoked: &[der!($folder, "revoked.der"), der!($folder, "issuing.der")],
            deep: &[
                der!($folder, "deep.der"),
                der!($folder, "site.der"),
                der!($folder, "region.der"),
                der!($folder, "policy.der"),
            ],
            crowd: &[
                der!($folder, "crowd-1.der"),
                der!($folder, "crowd-2.der"),
                der!($folder, "crowd-3.der"),
                der!($folder, "crowd-4.der"),
            ],
            hostile: &[
                Hostile {
                    name: "namesakes, none the issuer",
                    chain: &[
                        der!($folder, "twin-leaf.der"),
                        der!($folder, "twin-1.der"),
                        der!($folder, "twin-2.der"),
                        der!($folder, "twin-3.der"),
                    ],
                },
                Hostile {
                    name: "namesakes, all forged",
                    chain: &[
                        der!($folder, "twin-leaf.der"),
                        der!($folder, "forged-twin-1.der"),
                        der!($folder, "forged-twin-2.der"),
                        der!($folder, "forged-twin-3.der"),
                    ],
                },
                Hostile {
                    name: "cross-signing ring",
                    chain: &[
                        der!($folder, "ring-leaf.der"),
                        der!($folder, "ring-1.der"),
                        der!($folder, "ring-2.der"),
                        der!($folder, "ring-exit.der"),
                    ],
                },
                $(Hostile {
                    name: "compressed keys",
                    chain: &[
                        der!($folder, concat!($compressed, "-deep.der")),
                        der!($folder, concat!($compressed, "-site.der")),
                        der!($folder, concat!($compressed, "-region.der")),
                        der!($folder, concat!($compressed, "-policy.der")),
                    ],
                },
                Hostile {
                    name: "compressed keys in a ring",
                    chain: &[
                        der!($folder, concat!($compressed, "-ring-leaf.der")),
                        der!($folder, concat!($compressed, "-ring-1.der")),
                        der!($folder, concat!($compressed, "-ring-2.der")),
                        der!($folder, concat!($compressed, "-ring-exit.der")),
                    ],
                },)*
            ],
            in_crowd: Hostile {
                name: "namesakes in the store",
                chain: &[
                    der!($folder, "crowd-leaf.der"),
                    der!($folder, "crowd-forged-1.der"),
                    der!($folder, "crowd-forged-2.der"),
                    der!($folder, "crowd-forged-3.der"),
                ],
            },
        };

        const LIST: List = List {
            der: der!($folder, "issuing.crl"),
            index: &include!(concat!(env!("OUT_DIR"), "/", $folder, ".index")),
        };
    };
}

macro_rules! der {
    ($folder:literal, $file:expr) => {
        include_bytes!(concat!("../../data/kinds/", $folder, "/", $file))
    };
}

pub mod rsa {
    //! RSA of 2048 bits, PKCS#1 v1.5 with SHA-256.
    use super::*;
    kind!(PRODUCT, MEASURED, "rsa", []);
}

pub mod p256 {
    //! ECDSA on P-256 with SHA-256.
    use super::*;
    kind!(PRODUCT, MEASURED, "p256", ["compressed"]);
}

pub mod p384 {
    //! ECDSA on P-384 with SHA-384.
    use super::*;
    kind!(PRODUCT, MEASURED, "p384", ["compressed"]);
}

pub mod ed25519 {
    //! Ed25519.
    use super::*;
    kind!(PRODUCT, MEASURED, "ed25519", []);
}
