//! PKCS#12 files of several programs.

use p12_keystore::{
    EncryptionAlgorithm, KeyStore, KeyStoreEntry, Pkcs12ImportPolicy, PrivateKeyChain,
};

use crate::run::{Run, Scratch, data, pki, portcullis, read, verify};

const SUCCESS: (&str, i32) = ("Success", 0);

fn verify_with(password: &str, file: &str) -> Run {
    let scratch = Scratch::new();
    let password = scratch.file("password", password);
    verify(["--password-file", &password, file])
}

#[test]
fn the_three_configurations_pass_and_fail_as_pkcs12() {
    assert_eq!(verify_with("blog\n", &pki("C.p12")).verdict(), SUCCESS);
    assert_eq!(verify_with("blog\r\n", &pki("E.p12")).verdict(), SUCCESS);
    assert_eq!(
        verify_with("blog", &pki("H.p12")).verdict(),
        ("Failed:ClientCertUntrusted", 1)
    );
}

#[test]
fn old_ciphers_a_missing_mac_and_an_empty_password_are_read() {
    assert_eq!(
        verify_with("blog\nsecond line", &data("legacy.p12")).verdict(),
        SUCCESS
    );
    assert_eq!(verify_with("blog", &data("no-mac.p12")).verdict(), SUCCESS);
    assert_eq!(
        verify_with("", &data("empty-password.p12")).verdict(),
        SUCCESS
    );
    assert_eq!(verify([data("empty-password.p12")]).verdict(), SUCCESS);
}

#[test]
fn a_wrong_password_is_told() {
    for file in [pki("C.p12"), data("legacy.p12"), data("empty-password.p12")] {
        let run = verify_with("wrong", &file);
        let expected = format!(
            "{file}: is a PKCS#12 file, and the password in --password-file is wrong for it"
        );
        assert_eq!(run.complaint(), expected);
    }
    // Without a MAC it can't be told from a damaged file.
    let run = verify_with("wrong", &data("no-mac.p12"));
    assert!(run.complaint().contains("wrong password"), "{run:?}");
}

#[test]
fn a_missing_password_is_told() {
    let file = pki("C.p12");
    let run = verify([&file]);
    let expected = format!(
        "{file}: is a PKCS#12 file under a password: name the file that holds it with --password-file"
    );
    assert_eq!(run.complaint(), expected);
}

#[test]
fn a_password_file_that_cannot_be_used_is_told() {
    let scratch = Scratch::new();
    let binary = scratch.file("binary", b"\xFF\xFE\n");
    let run = verify(["--password-file", &binary, &pki("C.p12")]);
    assert_eq!(
        run.complaint(),
        format!("{binary}: the password is not UTF-8")
    );
    let missing = scratch.path("missing").display().to_string();
    let run = verify(["--password-file", &missing, &pki("C.p12")]);
    assert!(
        run.complaint()
            .starts_with(&format!("{missing}: No such file")),
        "{run:?}"
    );
}

#[test]
fn a_file_without_a_private_key_does_not_tell_the_client() {
    let file = data("no-key.p12");
    let run = verify_with("blog", &file);
    assert!(
        run.complaint()
            .starts_with(&format!("{file}: can't tell which of its 2 certificates")),
        "{run:?}"
    );
}

#[test]
fn the_clients_certificate_is_found_wherever_it_is_stored() {
    let mut store = KeyStore::new();
    store.add_entry(
        "issuer first",
        KeyStoreEntry::Certificate(key_chain("E").certs()[1].clone()),
    );
    store.add_entry(
        "client",
        KeyStoreEntry::PrivateKeyChain(only_leaf(&key_chain("E"))),
    );
    let scratch = Scratch::new();
    let file = scratch.file("issuer-first.p12", write(&store));
    assert_eq!(verify_with("blog", &file).verdict(), SUCCESS);
    let inspected = portcullis(["inspect", &file, "--password-file", &data("password.txt")]);
    assert!(
        inspected
            .stdout
            .contains("certificate 2 of 2, with its private key"),
        "{}",
        inspected.stdout
    );
}

#[test]
fn a_file_with_two_clients_does_not_tell_which() {
    let mut store = KeyStore::new();
    for name in ["C", "E"] {
        store.add_entry(
            name,
            KeyStoreEntry::PrivateKeyChain(only_leaf(&key_chain(name))),
        );
    }
    let scratch = Scratch::new();
    let file = scratch.file("two.p12", write(&store));
    let run = verify_with("blog", &file);
    let expected = format!(
        "{file}: can't tell which certificate is the client's: 2 of them have a private key"
    );
    assert_eq!(run.complaint(), expected);
}

#[test]
fn a_damaged_file_is_refused_and_never_a_panic() {
    let scratch = Scratch::new();
    let original = read(&pki("C.p12"));
    for at in (8..original.len()).step_by(original.len() / 40) {
        let mut damaged = original.clone();
        damaged[at] ^= 0x5A;
        let file = scratch.file("damaged.p12", &damaged);
        let run = verify_with("blog", &file);
        assert!(
            run.complaint().starts_with(&format!("{file}: ")),
            "byte {at}: {run:?}"
        );
    }
    for length in [8, 100, original.len() - 1] {
        let file = scratch.file("cut.p12", &original[..length]);
        let run = verify_with("blog", &file);
        assert!(run.complaint().contains("damaged"), "{length}: {run:?}");
    }
}

fn key_chain(name: &str) -> PrivateKeyChain {
    let bytes = read(&pki(&format!("{name}.p12")));
    let store =
        KeyStore::from_pkcs12(&bytes, "blog", Pkcs12ImportPolicy::Strict).expect("a PKCS#12 file");
    let (_, chain) = store.private_key_chain().expect("a private key");
    chain.clone()
}

fn only_leaf(chain: &PrivateKeyChain) -> PrivateKeyChain {
    PrivateKeyChain::new(
        chain.local_key_id().clone(),
        chain.key().clone(),
        [chain.certs()[0].clone()],
    )
}

fn write(store: &KeyStore) -> Vec<u8> {
    let writer = store
        .writer("blog")
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .encryption_iterations(1)
        .mac_iterations(1);
    writer.write().expect("a PKCS#12 file")
}
