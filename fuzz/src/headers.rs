//! The headers of mutual TLS, read and written.

use portcullis::pki_types::CertificateDer;
use portcullis::{Certificate, Chain, LogLeaf, MtlsHeaders, MtlsPem};

use crate::agreement::{without_allocation, write};
use crate::input::Input;

/// An octet, then a value that somebody sent, or certificates to be written into one.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.octet() % 3 {
        0 => read(input.rest()),
        1 => {
            let mut chain = Vec::new();
            while !input.is_empty() && chain.len() < 8 {
                chain.push(CertificateDer::from(input.piece()));
            }
            chain.retain(|der| !der.is_empty());
            round_trip(&chain);
        }
        _ => describe(input.rest()),
    }
}

fn read(value: &[u8]) {
    let mut buffer = vec![0; value.len()];
    let mut first = None;
    let mut count = 0;
    without_allocation(|| {
        let Ok(mut pem) = MtlsPem::new(value) else {
            return;
        };
        while let Ok(Some(der)) = pem.next_into(&mut buffer) {
            first = first.or(Some(der.len()));
            count += 1;
        }
        // Nothing can be read after an error, and there is nothing after the last.
        assert!(matches!(pem.next_into(&mut buffer), Ok(None)));
    });
    let chain = MtlsPem::chain_der(value);
    let leaf = MtlsPem::leaf_der(value);
    if let Ok(chain) = &chain {
        assert_eq!(chain.len(), count);
        round_trip(chain);
    }
    match (&leaf, &chain) {
        (Ok(leaf), Ok(chain)) => assert_eq!(chain[..], *std::slice::from_ref(leaf)),
        (Ok(_), Err(error)) => panic!("a leaf, but no chain: {error}"),
        (Err(_), Ok(chain)) => assert!(chain.len() != 1),
        (Err(_), Err(_)) => {}
    }
    let _ = MtlsHeaders::is_name(value);
}

/// What is written is read as it was, and a certificate too long for the buffer is an error.
fn round_trip(chain: &[CertificateDer<'_>]) {
    let headers = MtlsHeaders::passthrough(Chain::from(chain));
    let Some((name, value)) = headers.iter().next() else {
        assert!(chain.is_empty());
        return;
    };
    assert_eq!(name, MtlsHeaders::CHAIN);
    write(&value);
    let value = value.to_string();
    assert!(!value.contains([' ', '"']));
    if value.len() > MtlsPem::MAX_VALUE {
        assert!(MtlsPem::chain_der(value.as_bytes()).is_err());
        return;
    }
    let read = MtlsPem::chain_der(value.as_bytes()).expect("a value that was just written");
    assert_eq!(read, chain);
    let mut buffer = vec![0; chain[0].len() - 1];
    let mut pem = MtlsPem::new(value.as_bytes()).expect("a value");
    assert!(pem.next_into(&mut buffer).is_err());
}

/// The headers and log fields about a leaf.
fn describe(der: &[u8]) {
    let Ok(leaf) = Certificate::parse(der) else {
        return;
    };
    without_allocation(|| {
        let headers = MtlsHeaders::verify(&leaf);
        assert_eq!(headers.iter().count(), 5);
        for (name, value) in headers.iter() {
            assert!(MtlsHeaders::is_name(name));
            write(&value);
        }
        let in_log = LogLeaf::from(&leaf);
        write(&in_log.subject());
        write(&in_log.serial());
    });
    let pem = MtlsHeaders::verify(&leaf)
        .iter()
        .last()
        .expect("the leaf")
        .1
        .to_string();
    if pem.len() <= MtlsPem::MAX_VALUE {
        assert_eq!(MtlsPem::leaf_der(pem.as_bytes()).as_deref(), Ok(der));
    }
}
