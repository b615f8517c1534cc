//! Each form as its proxy writes it.

use portcullis::MtlsPem;
use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::{Certificate, CrlBuilder, Key, NOW, Pki};

use super::proxy::*;

/// The headers of each proxy that hands over a whole chain.
fn forms(presented: &[CertificateDer<'_>]) -> Vec<Vec<(&'static str, String)>> {
    vec![
        vec![(ENVOY, envoy(presented))],
        vec![(TRAEFIK, traefik(presented))],
        vec![
            (RFC_9440, byte_sequence(&presented[0])),
            (RFC_9440_CHAIN, byte_sequences(&presented[1..])),
        ],
    ]
}

fn borrowed<'h>(headers: &'h [(&'h str, String)]) -> Vec<(&'h str, &'h str)> {
    let headers = headers.iter();
    headers
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// Asks about a client that presents this, a server of these CAs for each form.
fn answers<'c>(
    cas: impl Fn() -> Vec<&'c Certificate>,
    presented: &[CertificateDer<'_>],
) -> Vec<Answer> {
    let forms = forms(presented);
    let answers = forms.iter().map(|headers| {
        let server = setup(cas(), headers[0].0).start();
        Proxy::connect(server.address).ask(&borrowed(headers))
    });
    answers.collect()
}

#[test]
fn a_client_that_passes_is_told_of_in_alb_s_headers() {
    let pki = Pki::builder()
        .leaf(|leaf| leaf.serial([3, 0xA5, 0xB1]))
        .build();
    for answer in answers(|| vec![pki.root()], &pki.chain()) {
        expect_passes(&answer);
        for (name, value) in [
            ("x-amzn-mtls-clientcert-serial-number", "03A5B1"),
            ("x-amzn-mtls-clientcert-issuer", "CN=Intermediate 0"),
            ("x-amzn-mtls-clientcert-subject", "CN=Client"),
        ] {
            assert_eq!(answer.header(name), Some(value));
        }
        let leaf = answer.header("x-amzn-mtls-clientcert-leaf");
        let leaf = MtlsPem::leaf_der(leaf.expect("it is there").as_bytes());
        assert_eq!(leaf, Ok(pki.leaf().to_certificate_der()));
    }
}

#[test]
fn intermediates_may_come_from_the_client_where_the_proxy_hands_them_over() {
    let pki = Pki::new(2);
    for answer in answers(|| vec![pki.root()], &pki.chain()) {
        expect_passes(&answer);
    }
    for answer in answers(|| vec![pki.root()], &pki.chain()[..2]) {
        expect_refused(&answer, "Failed:ClientCertUntrusted");
    }
}

#[test]
fn nginx_hands_over_the_client_s_own_alone_so_the_store_needs_the_intermediates() {
    let pki = Pki::new(1);
    let value = nginx(&pki.leaf().to_certificate_der());
    let with_intermediate = [pki.root(), &pki.intermediates()[0]];
    for (cas, expected) in [
        (&with_intermediate[..1], Err("Failed:ClientCertUntrusted")),
        (&with_intermediate[..], Ok(())),
    ] {
        let server = setup(cas.iter().copied(), NGINX)
            .with(["--auth-form", "escaped-pem"])
            .start();
        let answer = Proxy::connect(server.address).ask(&[(NGINX, &value)]);
        match expected {
            Ok(()) => expect_passes(&answer),
            Err(status) => expect_refused(&answer, status),
        }
    }
}

#[test]
fn alb_in_passthrough_mode_is_such_a_proxy() {
    let pki = Pki::new(1);
    let chain = pki.chain();
    let headers = portcullis::MtlsHeaders::passthrough(portcullis::Chain::from(&chain[..]));
    let (name, value) = headers.iter().next().expect("there is one");
    let server = setup([pki.root()], name).start();
    let value = value.to_string();
    expect_passes(&Proxy::connect(server.address).ask(&[(name, &value)]));
}

#[test]
fn statuses_are_those_of_the_listener() {
    let good = Pki::new(1);
    let stranger = Pki::builder().keys(Key::p384).build();
    let expired = Pki::builder().leaf(|leaf| leaf.not_after(NOW - 1)).build();
    let early = Pki::builder().leaf(|leaf| leaf.not_before(NOW + 1)).build();
    let too_deep = vec![good.chain()[0].clone(); 5];
    let not_read = vec![CertificateDer::from(vec![0x30, 0])];
    for (presented, status) in [
        (stranger.chain(), "Failed:ClientCertUntrusted"),
        (expired.chain(), "Failed:ClientCertExpired"),
        (early.chain(), "Failed:ClientCertNotYetValid"),
        (too_deep, "Failed:ClientCertMaxChainDepthExceeded"),
        (not_read, "Failed:ClientCertInvalid"),
    ] {
        for answer in answers(|| vec![good.root()], &presented) {
            expect_refused(&answer, status);
        }
    }
}

#[test]
fn a_revoked_client_is_refused_whatever_the_form() {
    let pki = Pki::new(1);
    let list = CrlBuilder::new()
        .revoke(pki.leaf().serial())
        .issued_by(pki.issuer())
        .to_pem();
    for headers in forms(&pki.chain()) {
        let server = setup([pki.root(), pki.issuer()], headers[0].0)
            .with_file("--crl", "ca.crl", &list)
            .start();
        let answer = Proxy::connect(server.address).ask(&borrowed(&headers));
        expect_refused(&answer, "Failed:ClientCertCrlHit");
    }
}

#[test]
fn no_header_and_an_empty_one_are_no_certificate() {
    let pki = Pki::new(0);
    for header in [NGINX, ENVOY, TRAEFIK, RFC_9440] {
        let mut setup = setup([pki.root()], header);
        if header == NGINX {
            setup = setup.with(["--auth-form", "escaped-pem"]);
        }
        let server = setup.start();
        let mut proxy = Proxy::connect(server.address);
        for headers in [&[][..], &[(header, "")], &[(header, "  \t ")]] {
            expect_refused(&proxy.ask(headers), NO_CERTIFICATE);
        }
        let told = server.stop().stderr.into_iter();
        let told = told.filter(|line| line.contains(NO_CERTIFICATE));
        let told: Vec<_> = told.collect();
        assert_eq!(told.len(), 3);
        for line in told {
            assert!(line.contains("presented no certificate"), "{line}");
        }
    }
    // What HAProxy writes without a condition.
    let server = setup([pki.root()], RFC_9440).start();
    let answer = Proxy::connect(server.address).ask(&[(RFC_9440, "::"), (RFC_9440_CHAIN, "::")]);
    expect_refused(&answer, NO_CERTIFICATE);
}

#[test]
fn haproxy_s_chain_is_one_byte_sequence() {
    let pki = Pki::new(2);
    let chain = pki.chain();
    let server = setup([pki.root()], RFC_9440).start();
    let mut proxy = Proxy::connect(server.address);
    let leaf = byte_sequence(&chain[0]);
    let joined = byte_sequence(&[&chain[1][..], &chain[2]].concat());
    expect_passes(&proxy.ask(&[(RFC_9440, &leaf), (RFC_9440_CHAIN, &joined)]));
}

#[test]
fn a_list_may_be_split_over_lines_and_in_any_order_of_headers() {
    let pki = Pki::new(2);
    let chain = pki.chain();
    let server = setup([pki.root()], RFC_9440).start();
    let mut proxy = Proxy::connect(server.address);
    let [leaf, one, two] = [0, 1, 2].map(|index| byte_sequence(&chain[index]));
    expect_passes(&proxy.ask(&[
        (RFC_9440_CHAIN, &one),
        (RFC_9440, &leaf),
        ("client-CERT-chain", &two),
    ]));
    // The chain alone is no client.
    let answer = proxy.ask(&[(RFC_9440_CHAIN, &leaf)]);
    expect_refused(&answer, NO_CERTIFICATE);
}

#[test]
fn a_header_of_another_name_can_have_any_form() {
    let pki = Pki::new(1);
    let chain = pki.chain();
    let [leaf, issuer] = [0, 1].map(|index| byte_sequence(&chain[index]));
    let (envoy, traefik) = (envoy(&chain), traefik(&chain));
    let cases: [(&str, &[(&str, &str)]); 3] = [
        ("xfcc", &[("x-mine", &envoy)]),
        ("base64", &[("x-mine", &traefik)]),
        ("rfc9440", &[("x-mine", &leaf), ("x-mine-chain", &issuer)]),
    ];
    for (form, headers) in cases {
        let server = setup([pki.root()], "X-Mine")
            .with(["--auth-form", form])
            .start();
        expect_passes(&Proxy::connect(server.address).ask(headers));
    }
}

#[test]
fn the_form_that_is_told_counts_and_not_the_name() {
    let pki = Pki::new(0);
    let server = setup([pki.root()], ENVOY)
        .with(["--auth-form", "base64"])
        .start();
    let mut proxy = Proxy::connect(server.address);
    expect_passes(&proxy.ask(&[(ENVOY, &traefik(&pki.chain()))]));
    expect_refused(&proxy.ask(&[(ENVOY, &envoy(&pki.chain()))]), NO_CERTIFICATE);
}
