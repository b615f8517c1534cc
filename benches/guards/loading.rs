//! What happens at other times than in a verdict: loading, explaining, logging.

use core::fmt::Write as _;
use core::hint::black_box;
use core::time::Duration;

use portcullis::{
    Certificate, ConnectionLogEntry, Crl, CrlAdded, FailureReason, LogTimestamp, Policy,
    TrustStore, VerifyStatus,
};
use portcullis_fixtures::CertificateBuilder;

use crate::backend::NODDING;
use crate::case::{Case, Kind, self_signed};
use crate::chains::name;
use crate::clock::now;
use crate::verdicts::{Hierarchy, list};

pub(crate) fn all() -> Vec<Case> {
    vec![bundle(), crl(), explanation(), connection_log()]
}

fn bundle() -> Case {
    let mut pem = String::new();
    for number in 0..25 {
        let key = (Kind::P256.key)(number);
        let ca = CertificateBuilder::ca(name(&format!("Root CA {number:02}")), key);
        pem += &self_signed(ca, key).to_pem();
    }
    Case::new("a bundle of 25 CAs is loaded", move || {
        let mut store: TrustStore<'_> = TrustStore::new(Policy::ALB, NODDING);
        let added = black_box(&mut store).add_bundle(black_box(pem.as_bytes()));
        assert_eq!(added.expect("a bundle"), 25);
    })
}

fn crl() -> Case {
    let hierarchy = Hierarchy::new(Kind::P256);
    let list = list(&hierarchy.root);
    let mut store = hierarchy.store(Policy::ALB);
    Case::new("a CRL of 10000 is loaded", move || {
        let list = Crl::from_der(black_box(list.clone())).expect("a list");
        let added = black_box(&mut store).add_crl(list);
        assert_eq!(added, Ok(CrlAdded::Usable));
    })
}

fn explanation() -> Case {
    let hierarchy = Hierarchy::new(Kind::P256);
    let store = hierarchy.store(Policy::ALB);
    // Without the issuing CA there is something to explain.
    let mut presented = hierarchy.chain(|leaf| leaf);
    presented.truncate(1);
    let status = store.verify_at(&presented, now());
    assert_eq!(
        status,
        VerifyStatus::Failed(FailureReason::ClientCertUntrusted)
    );
    let mut text = String::with_capacity(4096);
    Case::new("a refusal is explained", move || {
        let explanation = black_box(&store).explain(black_box(&presented), now());
        write!(text, "{explanation}").expect("room");
        black_box(&text);
    })
}

fn connection_log() -> Case {
    let presented = Hierarchy::new(Kind::P256).chain(|leaf| leaf);
    let mut text = String::with_capacity(4096);
    Case::new("a line of the connection log", move || {
        let leaf = Certificate::parse(black_box(&presented[0])).expect("a certificate");
        let time = LogTimestamp::since_unix_epoch(Duration::from_secs(1_794_700_800));
        let mut entry = ConnectionLogEntry::new(time, [203, 0, 113, 1].into(), 36280, 443);
        entry.tls_protocol = Some("TLSv1.3");
        entry.tls_cipher = Some("TLS_AES_128_GCM_SHA256");
        entry.tls_handshake_latency = Some(Duration::from_micros(12_999));
        entry.leaf = Some((&leaf).into());
        entry.status = Some(VerifyStatus::Success);
        entry.tls_keyexchange = Some("x25519");
        entry.elb = Some("app/gate/1");
        entry.ip_address = Some([192, 0, 2, 1].into());
        write!(text, "{entry}").expect("room");
        black_box(&text);
    })
}
