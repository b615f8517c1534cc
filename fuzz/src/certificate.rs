//! Certificates: any octets.

use portcullis::Certificate;

use crate::agreement::{without_allocation, write};

/// Reads a certificate and all that can be asked of it.
pub fn run(data: &[u8]) {
    let mut is_read = false;
    without_allocation(|| {
        if let Ok(certificate) = Certificate::parse(data) {
            is_read = true;
            read_everything(&certificate);
        }
    });
    if is_read {
        // DER of one certificate is neither the beginning nor the end of another's.
        let longer = [data, &[0]].concat();
        assert!(Certificate::parse(&longer).is_err());
        assert!(Certificate::parse(&data[..data.len() - 1]).is_err());
        assert!(Certificate::parse(&data[1..]).is_err());
    }
}

pub(crate) fn read_everything(certificate: &Certificate<'_>) {
    let again = Certificate::parse(certificate.der()).expect("it was read before");
    assert_eq!(again, *certificate);
    assert_eq!(again.subject(), certificate.subject());
    assert_eq!(again.issuer(), certificate.issuer());
    assert!(matches!(certificate.version(), 1..=3));
    for name in [certificate.subject(), certificate.issuer()] {
        write(&name);
    }
    if certificate.is_self_issued() {
        assert_eq!(certificate.subject(), certificate.issuer());
    }
    write(&certificate.serial());
    write(&certificate.validity());
    write(&certificate.key_type());
    if let Some(algorithm) = certificate.signature_algorithm() {
        write(&algorithm);
    }
    let der = certificate.der();
    let parts = [
        certificate.spki_der(),
        certificate.serial().as_bytes(),
        certificate.subject().as_der(),
        certificate.issuer().as_der(),
        certificate.subject_key_identifier().unwrap_or_default(),
        certificate.authority_key_identifier().unwrap_or_default(),
    ];
    for part in parts {
        assert!(part.is_empty() || der.windows(part.len()).any(|window| window == part));
    }
    assert!(
        !certificate.is_ca()
            || certificate
                .key_usage()
                .is_none_or(|usage| usage.key_cert_sign())
    );
    let _ = certificate.has_malformed_extension();
    let _ = certificate.has_unknown_critical_extension();
    let _ = certificate.has_name_constraints();
    let _ = certificate.basic_constraints();
    let uris = certificate.uris().count();
    if let Some(id) = certificate.spiffe_id() {
        assert!(id.starts_with("spiffe://") && uris == 1);
    }
    certificate
        .dns_names()
        .for_each(|name| assert!(name.is_ascii()));
    certificate
        .email_addresses()
        .for_each(|name| assert!(name.is_ascii()));
    certificate
        .crl_distribution_points()
        .for_each(|uri| assert!(uri.is_ascii()));
    let _ = certificate.ip_addresses().count();
    if let Some(usages) = certificate.extended_key_usages() {
        usages.for_each(|usage| write(&usage));
    }
}
