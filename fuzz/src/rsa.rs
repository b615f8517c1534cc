//! Our own RSA against AWS-LC's, on what is almost a valid signature.

use std::sync::LazyLock;

use aws_lc_rs::signature as aws;
use openssl::rsa::{Padding, Rsa};
use portcullis::pki_types::SignatureVerificationAlgorithm;
use portcullis::signature::{RsaVerification, rsa_limbs};
use portcullis_fixtures::{Key, SignatureScheme, der};

use crate::input::Input;

/// An octet that chooses a valid signature, one that tells what is changed, and the changes.
///
/// What is changed is the key, the message or the signature, or else the encoded message that the
/// key then signs as it is: so every encoding but one is wrong, and all have a right power.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let case = &CASES[usize::from(input.octet()) % CASES.len()];
    let kind = input.octet();
    let times = usize::from(kind / 8) + 1;
    let mut key = case.key.public_key().to_vec();
    let mut message = MESSAGE.to_vec();
    let mut signature = case.signature.clone();
    match kind % 8 {
        0 => {}
        1 => input.patch(&mut key, times),
        2 => input.patch(&mut message, times),
        3 => input.patch(&mut signature, times),
        4 => {
            let mut encoded = case.encoded.clone();
            input.patch(&mut encoded, times);
            match case.sign(&encoded) {
                Some(signed) => signature = signed,
                None => return,
            }
        }
        5 => {
            // The end of the encoding, where digest and salt are, moved.
            let mut encoded = case.encoded.clone();
            let from = 1 + usize::from(input.number()) % (encoded.len() - 1);
            let end = &mut encoded[from..];
            end.rotate_left(usize::from(input.number()) % end.len());
            match case.sign(&encoded) {
                Some(signed) => signature = signed,
                None => return,
            }
        }
        6 => key = input.rest().to_vec(),
        _ => signature = input.rest().to_vec(),
    }
    let ours = case
        .ours
        .verify_signature(&key, &message, &signature)
        .is_ok();
    let theirs = aws::UnparsedPublicKey::new(case.theirs, &key);
    let theirs = theirs.verify(&message, &signature).is_ok();
    if kind.is_multiple_of(8) {
        assert!(ours && theirs);
    }
    assert_eq!(ours, theirs);
}

/// A valid signature.
struct Case {
    key: Key,
    ours: &'static dyn SignatureVerificationAlgorithm,
    theirs: &'static dyn aws::VerificationAlgorithm,
    signature: Vec<u8>,
    /// What the signature is of, as long as the modulus.
    encoded: Vec<u8>,
    private: Rsa<openssl::pkey::Private>,
}

impl Case {
    /// Signs a number as it is, if it is less than the modulus.
    fn sign(&self, encoded: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; encoded.len()];
        self.private
            .private_encrypt(encoded, &mut signature, Padding::NONE)
            .ok()?;
        Some(signature)
    }
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    use SignatureScheme as Scheme;
    type Ours = RsaVerification<{ rsa_limbs(8192) }>;
    let algorithms: [(
        Scheme,
        &dyn SignatureVerificationAlgorithm,
        &dyn aws::VerificationAlgorithm,
    ); 6] = [
        (
            Scheme::RsaPkcs1Sha256,
            &Ours::PKCS1_SHA256,
            &aws::RSA_PKCS1_2048_8192_SHA256,
        ),
        (
            Scheme::RsaPkcs1Sha384,
            &Ours::PKCS1_SHA384,
            &aws::RSA_PKCS1_2048_8192_SHA384,
        ),
        (
            Scheme::RsaPkcs1Sha512,
            &Ours::PKCS1_SHA512,
            &aws::RSA_PKCS1_2048_8192_SHA512,
        ),
        (
            Scheme::RsaPssSha256,
            &Ours::PSS_SHA256,
            &aws::RSA_PSS_2048_8192_SHA256,
        ),
        (
            Scheme::RsaPssSha384,
            &Ours::PSS_SHA384,
            &aws::RSA_PSS_2048_8192_SHA384,
        ),
        (
            Scheme::RsaPssSha512,
            &Ours::PSS_SHA512,
            &aws::RSA_PSS_2048_8192_SHA512,
        ),
    ];
    let mut cases = Vec::new();
    for key in [
        Key::rsa2048(0),
        Key::rsa2048(1),
        Key::rsa3072(),
        Key::rsa4096(),
    ] {
        let (_, content, _) = der::read(key.pkcs8_der());
        let (_, _, content) = der::read(content);
        let (_, _, content) = der::read(content);
        let private = Rsa::private_key_from_der(der::read(content).1).expect("a private key");
        for (scheme, ours, theirs) in algorithms {
            let signature = key.sign(scheme, MESSAGE);
            let mut encoded = vec![0; signature.len()];
            private
                .public_decrypt(&signature, &mut encoded, Padding::NONE)
                .expect("a signature");
            cases.push(Case {
                key,
                ours,
                theirs,
                signature,
                encoded,
                private: private.clone(),
            });
        }
    }
    cases
});

const MESSAGE: &[u8] = b"what is signed";
