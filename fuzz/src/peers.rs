//! Other verifiers, asked about the same chain.

use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext};
use portcullis::pki_types::CertificateDer;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::agreement::at;

/// What webpki and OpenSSL have against a client.
pub(crate) fn answers(
    store: &[CertificateDer<'_>],
    presented: &[CertificateDer<'_>],
    now: i64,
) -> [Result<(), String>; 2] {
    [
        webpki(store, presented, now),
        openssl(store, presented, now),
    ]
}

/// What webpki has against a client, with what it can read of the store.
fn webpki(
    store: &[CertificateDer<'_>],
    presented: &[CertificateDer<'_>],
    now: i64,
) -> Result<(), String> {
    let (leaf, intermediates) = presented.split_first().ok_or("nobody")?;
    let anchors = store
        .iter()
        .filter_map(|ca| anchor_from_trusted_cert(ca).ok());
    let anchors = anchors.collect::<Vec<_>>();
    let leaf = EndEntityCert::try_from(leaf).map_err(|error| error.to_string())?;
    let path = leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &anchors,
        intermediates,
        at(now),
        KeyUsage::client_auth(),
        None,
        None,
    );
    path.map(drop).map_err(|error| error.to_string())
}

/// What OpenSSL has against it. Every certificate of the store is an anchor for it, too.
fn openssl(
    store: &[CertificateDer<'_>],
    presented: &[CertificateDer<'_>],
    now: i64,
) -> Result<(), String> {
    let mut certificates = presented.iter().map(|der| X509::from_der(der));
    let leaf = certificates
        .next()
        .ok_or("nobody")?
        .map_err(|error| error.to_string())?;
    let mut intermediates = Stack::new().expect("a stack");
    for certificate in certificates.flatten() {
        intermediates.push(certificate).expect("room");
    }
    let mut builder = X509StoreBuilder::new().expect("a store");
    for ca in store.iter().flat_map(|der| X509::from_der(der)) {
        builder.add_cert(ca).expect("room");
    }
    builder.set_param(&parameters(now)).expect("parameters");
    let mut context = X509StoreContext::new().expect("a context");
    let answer = context.init(&builder.build(), &leaf, &intermediates, |it| {
        let passes = it.verify_cert()?;
        Ok((passes, format!("{} at {}", it.error(), it.error_depth())))
    });
    match answer.map_err(|error| error.to_string())? {
        (true, _) => Ok(()),
        (false, error) => Err(error),
    }
}

pub(crate) fn parameters(now: i64) -> X509VerifyParam {
    let mut parameters = X509VerifyParam::new().expect("parameters");
    parameters.set_time(now);
    parameters
        .set_flags(X509VerifyFlags::PARTIAL_CHAIN)
        .expect("a flag");
    parameters
        .set_purpose(X509PurposeId::SSL_CLIENT)
        .expect("a purpose");
    parameters
}
