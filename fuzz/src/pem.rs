//! PEM, and what is not.

use portcullis::{Crl, Policy, TrustStore, pem};

use crate::backend::REAL;

/// Reads bundles and lists; what was read is the same once written again.
pub fn run(data: &[u8]) {
    let certificates = pem::certificates(data);
    if let Ok(certificates) = &certificates {
        assert!(!certificates.is_empty());
        if certificates.iter().all(|der| !der.is_empty()) {
            let written = certificates
                .iter()
                .map(|der| write(der))
                .collect::<String>();
            let again = pem::certificates(written.as_bytes()).expect("PEM that was just written");
            assert_eq!(again, *certificates);
        }
    }
    for policy in [Policy::ALB, Policy::RFC5280] {
        let mut store: TrustStore<'_> = TrustStore::new(policy, *REAL);
        match store.add_bundle(data) {
            Ok(new) => {
                assert_eq!(store.cas().len(), new);
                let known = certificates
                    .as_ref()
                    .expect("a bundle is PEM that can be read");
                assert!(
                    store
                        .cas()
                        .all(|ca| known.iter().any(|der| der[..] == *ca.der()))
                );
                // All of them are there now.
                assert_eq!(store.add_bundle(data).ok(), Some(0));
                assert_eq!(store.cas().len(), new);
            }
            // All or none.
            Err(error) => {
                assert_eq!(store.cas().len(), 0);
                assert!(!error.to_string().is_empty());
            }
        }
    }
    if let Ok(list) = Crl::from_pem(data) {
        assert_eq!(
            Crl::from_der(list.der().to_vec()).map(|it| it.len()),
            Ok(list.len())
        );
    }
}

/// PEM of a certificate (RFC 7468 2).
pub(crate) fn write(der: &[u8]) -> String {
    let base64 = openssl::base64::encode_block(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in base64.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}
