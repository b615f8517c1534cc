//! `X-Forwarded-Client-Cert`, whose parts a client can have a hand in: whoever makes a certificate
//! chooses the names in it.

use portcullis_fixtures::{Certificate, Key, Pki};

use super::proxy::*;

/// The store's client, whose certificate everybody knows, and another one, who makes up names.
struct Parts {
    pki: Pki,
    /// The client's.
    hash: String,
    cert: String,
    chain: String,
    /// The other one's.
    other_hash: String,
    other_cert: String,
}

fn parts() -> Parts {
    let pki = Pki::new(1);
    let chain = pki.chain();
    let other = Certificate::ca("Other", Key::p384(3)).to_certificate_der();
    Parts {
        hash: hash(&chain[0]),
        cert: envoy_pem(&chain[..1]),
        chain: envoy_pem(&chain),
        other_hash: hash(&other),
        other_cert: envoy_pem(&[other]),
        pki,
    }
}

#[track_caller]
fn expect_all(values: &[String], expected: Result<(), &str>) {
    let Parts { pki, .. } = parts();
    let server = setup([pki.root(), pki.issuer()], ENVOY).start();
    let mut proxy = Proxy::connect(server.address);
    for value in values {
        let answer = proxy.ask(&[(ENVOY, value)]);
        let expected = expected.map_or_else(|status| (403, status), |()| (200, "Success"));
        assert_eq!(answer.told(), expected, "{value}");
    }
}

#[test]
fn an_element_has_certificate_or_chain_among_other_parts_in_any_order() {
    let Parts {
        hash, cert, chain, ..
    } = parts();
    let upper = hash.to_uppercase();
    expect_all(
        &[
            format!("Hash={hash};Cert=\"{cert}\""),
            format!("Hash={hash};Chain=\"{chain}\""),
            format!("Hash={upper};Cert=\"{cert}\""),
            format!("Hash=\"{hash}\";Cert=\"{cert}\""),
            format!("Cert=\"{cert}\""),
            format!("Cert={cert}"),
            format!("CERT=\"{cert}\";hash={hash}"),
            format!(
                "By=spiffe://a/b=c;Hash={hash};Cert=\"{cert}\";Chain=\"{chain}\";Subject=\"\";URI=;DNS=a"
            ),
            format!("By=a;By=b;Hash={hash};Chain=\"{chain}\";URI=a;URI=b;DNS=a;DNS=b;New=1"),
        ],
        Ok(()),
    );
}

#[test]
fn quotes_hold_what_would_end_a_value_outside_of_them() {
    let Parts { hash, cert, .. } = parts();
    for subject in [
        "CN=a,O=b;c",
        r#"CN=\"a\""#,
        r"CN=a\\",
        r#"CN=\\\";Cert=\"x\",Cert=\"y"#,
        "CN=,;Cert=x",
    ] {
        expect_all(
            &[
                format!("Hash={hash};Subject=\"{subject}\";Cert=\"{cert}\""),
                format!("Hash={hash};Cert=\"{cert}\";Subject=\"{subject}\""),
            ],
            Ok(()),
        );
    }
}

#[test]
fn several_elements_are_refused_whichever_would_pass() {
    let Parts {
        hash,
        cert,
        other_hash,
        other_cert,
        ..
    } = parts();
    let good = format!("Hash={hash};Cert=\"{cert}\"");
    let other = format!("Hash={other_hash};Cert=\"{other_cert}\"");
    expect_all(
        &[
            format!("{good},{other}"),
            format!("{other},{good}"),
            format!("{good},{good}"),
            format!("{good},"),
            format!("{other}, {good}"),
            format!("{good},By=x"),
        ],
        Err(NO_CERTIFICATE),
    );
}

#[test]
fn a_name_that_goes_on_as_a_part_or_an_element_makes_nobody_pass() {
    let Parts {
        hash,
        cert,
        chain,
        other_hash,
        other_cert,
        ..
    } = parts();
    let begin = format!("Hash={other_hash};Cert=\"{other_cert}\"");
    let begin_without = format!("Hash={other_hash}");
    let mut values = Vec::new();
    // Written by Envoy as they are.
    for name in ["URI=spiffe://a", "DNS=a"] {
        for end in [
            format!(",Hash={hash};Cert=\"{cert}\""),
            format!(";Cert=\"{cert}\""),
            format!(";Hash={hash};Cert=\"{cert}\""),
            format!(";Chain=\"{chain}\""),
            format!(";Hash={hash};Chain=\"{chain}\""),
            format!(";cert={cert}"),
            format!("\";Cert=\"{cert}"),
        ] {
            values.push(format!("{begin};{name}{end}"));
            values.push(format!("{begin_without};{name}{end}"));
            values.push(format!("{begin_without};{name}{end};DNS=b"));
        }
    }
    // A proxy that adds to what the client sent, with a quote still open.
    values.push(format!("Hash={hash};Cert=\"{cert}\";X=\",{begin}"));
    values.push(format!("X=\",{begin},Hash={hash};Cert=\"{cert}\""));
    values.push(format!("Hash={hash};Cert=\"{cert}\";X=\\\",{begin}"));
    expect_all(&values, Err(NO_CERTIFICATE));
}

#[test]
fn certificate_chain_and_hash_have_to_agree() {
    let Parts {
        hash,
        cert,
        chain,
        other_hash,
        other_cert,
        ..
    } = parts();
    expect_all(
        &[
            format!("Hash={other_hash};Cert=\"{cert}\""),
            format!("Hash={other_hash};Chain=\"{chain}\""),
            format!("Hash=;Cert=\"{cert}\""),
            format!("Hash={};Cert=\"{cert}\"", &hash[1..]),
            format!("Cert=\"{other_cert}\";Chain=\"{chain}\""),
            format!("Hash={hash};Cert=\"{other_cert}\";Chain=\"{chain}\""),
            format!("Hash={hash};Cert=\"{cert}\";Chain=\"{other_cert}\""),
            // One is meant.
            format!("Hash={hash};Cert=\"{chain}\""),
        ],
        Err(NO_CERTIFICATE),
    );
}

#[test]
fn elements_that_are_broken_are_refused() {
    let Parts { hash, cert, .. } = parts();
    expect_all(
        &[
            "garbage".to_owned(),
            "=".to_owned(),
            ";".to_owned(),
            ",".to_owned(),
            "By=spiffe://a".to_owned(),
            format!("Hash={hash}"),
            format!("Hash={hash};Cert=\"\""),
            format!("Hash={hash};Cert="),
            format!("Hash={hash};Cert=\"{cert}"),
            format!("Hash={hash};Cert=\"{cert}\";"),
            format!(";Hash={hash};Cert=\"{cert}\""),
            format!("Hash={hash};;Cert=\"{cert}\""),
            format!("Hash={hash};Cert\"{cert}\""),
            format!("Hash={hash};Cert=\"{cert}\"x"),
            format!("Hash={hash};Cert=x\"{cert}\""),
            format!("Hash={hash};Cert=\"{cert}\" ") + "x",
            format!("Hash={hash}; Cert=\"{cert}\""),
            format!("Hash={hash};Cert =\"{cert}\""),
            format!("Hash={hash};C\u{e9}rt=\"{cert}\""),
            format!("Hash={hash};Cert=\"{}\"", cert.replace("%0A", "%0")),
            format!("Hash={hash};Cert=\"{}\"", &cert[..cert.len() / 2]),
            cert,
        ],
        Err(NO_CERTIFICATE),
    );
}
