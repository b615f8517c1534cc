//! What each target begins with.

use std::path::Path;
use std::{env, fs};

use portcullis::{Certificate as Read, Chain, MtlsHeaders};
use portcullis_fixtures::{
    Attribute, Certificate, CertificateBuilder, CrlBuilder, CrlEntry, DistributionPoint, Extension,
    GeneralName, IssuingDistributionPoint, Key, KeyUsage, Name, NameConstraints, Pki,
    SignatureScheme, chain, hostile, ns_cert_type, oid, serials,
};

use crate::input::piece;

/// Writes the seeds of a target into the folder that the environment variable `PORTCULLIS_SEEDS`
/// names, if there is one: so the one program that fuzzes makes them as well.
///
/// # Panics
///
/// If they cannot be written.
pub fn write(target: &str) {
    let Some(folder) = env::var_os("PORTCULLIS_SEEDS") else {
        return;
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("a folder for seeds");
    let inputs = all().into_iter().find(|(name, _)| *name == target);
    let (_, inputs) = inputs.expect("each target has seeds");
    for (number, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), input).expect("a place for a seed");
    }
}

/// Inputs by target: its name, and a few of them.
fn all() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let certificates = certificates();
    let lists = lists();
    vec![
        (
            "certificate",
            certificates.iter().map(|it| it.der().to_vec()).collect(),
        ),
        ("chain", chains(&lists)),
        ("chains", random(64, 400)),
        ("constraints", random(64, 300)),
        ("crl", lists.iter().map(|list| with_serials(list)).collect()),
        (
            "crl_index",
            (0..40)
                .map(|kind| [vec![kind % 10, kind], vec![kind; 12]].concat())
                .collect(),
        ),
        (
            "crls",
            [
                random(32, 300),
                lists
                    .iter()
                    .map(|list| [&[0], &list[..]].concat())
                    .collect(),
            ]
            .concat(),
        ),
        ("headers", headers(&certificates)),
        ("log", lines()),
        ("name", names()),
        ("pem", pem(&certificates, &lists)),
        (
            "rsa",
            (0..24)
                .flat_map(|case| (0..8).map(move |kind| vec![case, kind, 1, 0, 1]))
                .collect(),
        ),
    ]
}

fn certificates() -> Vec<Certificate> {
    let root = Certificate::ca("Root", Key::p256(0));
    let leaf = || CertificateBuilder::leaf("Client", Key::p256(1));
    let names = [
        GeneralName::dns("client.example.com"),
        GeneralName::email("client@example.com"),
        GeneralName::uri("spiffe://example.com/client"),
        GeneralName::ip([10, 1, 2, 3]),
        GeneralName::directory("Client"),
        GeneralName::other("1.2.3", [5, 0]),
        GeneralName::registered_id("1.2.3"),
    ];
    let point = DistributionPoint::new()
        .full_name([GeneralName::uri("http://ca.example/crl")])
        .reasons(6);
    let rich = leaf()
        .subject_alt_name(names.clone())
        .push(Extension::distribution_points([
            point,
            DistributionPoint::new().crl_issuer("Root"),
        ]))
        .push(Extension::certificate_policies(&[oid::ANY_POLICY]))
        .push(Extension::ns_cert_type(ns_cert_type::SSL_CLIENT))
        .push(Extension::unknown(4));
    let mut certificates = vec![
        root.clone(),
        leaf().issued_by(&root),
        rich.issued_by(&root),
        leaf().v1().issued_by(&root),
        leaf()
            .version(2)
            .without_extensions()
            .issuer_unique_id([1])
            .subject_unique_id([2])
            .issued_by(&root),
        leaf()
            .authority_issuer_and_serial("Root", &[7])
            .issued_by(&root),
        leaf().serial([0xff; 20]).issued_by(&root),
        leaf()
            .not_after(4_000_000_000)
            .not_before(-1_000_000_000)
            .issued_by(&root),
        CertificateBuilder::ca("Signing", Key::p256(2))
            .basic_constraints(true, Some(1))
            .key_usage(KeyUsage(0x1ff))
            .extension(Extension::name_constraints(&hostile::permitting(
                names.clone(),
            )))
            .issued_by(&root),
        CertificateBuilder::ca("Signing", Key::p256(2))
            .extension(Extension::name_constraints(
                &NameConstraints::new().exclude(GeneralName::ip_subnet([10, 0, 0, 0], 8)),
            ))
            .issued_by(&root),
    ];
    let keys = [
        Key::rsa2048(0),
        Key::p384(0),
        Key::p521(0),
        Key::ed25519(0),
        Key::secp256k1(),
        Key::p224(),
    ];
    certificates.extend(keys.map(|key| CertificateBuilder::ca("Root", key).self_signed()));
    for scheme in SignatureScheme::ALL {
        certificates.push(
            leaf()
                .algorithm(scheme.algorithm_identifier())
                .issued_by(&root),
        );
    }
    certificates
}

fn lists() -> Vec<Vec<u8>> {
    let ca = Certificate::ca("Root", Key::p256(0));
    let numbers = |count| serials::random(8, 1).take(count).map(CrlEntry::new);
    let points = [
        IssuingDistributionPoint::new().only_user_certificates(),
        IssuingDistributionPoint::new().only_ca_certificates(),
        IssuingDistributionPoint::new()
            .only_attribute_certificates()
            .indirect(),
        IssuingDistributionPoint::new()
            .full_name([GeneralName::uri("http://ca.example/crl")])
            .some_reasons(6),
        IssuingDistributionPoint::new().relative_name([Attribute::utf8(oid::COMMON_NAME, "crl")]),
    ];
    let mut lists = vec![
        CrlBuilder::new(),
        CrlBuilder::new().v1().entries(numbers(2)),
        CrlBuilder::new().entries(numbers(40)),
        CrlBuilder::new().empty_list(),
        CrlBuilder::new()
            .revoke([0xff])
            .revoke([0, 0xff])
            .revoke([0, 0, 1])
            .revoke([1]),
        CrlBuilder::new()
            .entry(CrlEntry::new([1]).reason(1))
            .entry(CrlEntry::new([2]).reason(8)),
        CrlBuilder::new()
            .entry(CrlEntry::new([1]).extension(Extension::new(oid::INVALIDITY_DATE, [5, 0]))),
        CrlBuilder::new().delta(1).number(2),
        CrlBuilder::new().push(Extension::unknown(3).critical(true)),
    ];
    lists.extend(points.map(|point| {
        CrlBuilder::new()
            .issuing_distribution_point(point)
            .revoke([9])
    }));
    lists
        .iter()
        .map(|list| list.issued_by(&ca).der().to_vec())
        .collect()
}

fn with_serials(list: &[u8]) -> Vec<u8> {
    [
        &piece(&[1])[..],
        &piece(&[0xff]),
        &piece(&[0, 0xff]),
        &piece(&[]),
        list,
    ]
    .concat()
}

fn chains(lists: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let input = |knobs, cas: &[&Certificate], list: &[u8], presented: &[Vec<u8>]| {
        let mut input = vec![knobs, 0, cas.len() as u8];
        cas.iter().for_each(|ca| input.extend(piece(ca.der())));
        input.extend(piece(list));
        presented.iter().for_each(|der| input.extend(piece(der)));
        input
    };
    let mut inputs = Vec::new();
    for keys in [Key::p256, Key::ed25519, Key::p384] {
        for intermediates in 0..=3 {
            let pki = Pki::builder()
                .keys(keys)
                .intermediates(intermediates)
                .build();
            let presented: Vec<_> = pki.chain().iter().map(|der| der.to_vec()).collect();
            inputs.push(input(intermediates as u8, &[pki.root()], &[], &presented));
            let list = CrlBuilder::new()
                .revoke(pki.leaf().serial())
                .issued_by(pki.issuer());
            inputs.push(input(4, &[pki.root()], list.der(), &presented));
        }
    }
    let root = Certificate::ca("Root", Key::p256(0));
    for certificate in certificates() {
        inputs.push(input(0, &[&root], &lists[2], &[certificate.der().to_vec()]));
    }
    let anonymous = |ca: CertificateBuilder| {
        ca.without(oid::SUBJECT_KEY_ID)
            .without(oid::AUTHORITY_KEY_ID)
    };
    let leaf = CertificateBuilder::leaf("Client", Key::p256(1))
        .issuer("Layer 0")
        .sign_by(Key::p256(2));
    let lattice = hostile::lattice(3, 2, |_| Key::p256(2), anonymous);
    let presented: Vec<_> = chain([&leaf].into_iter().chain(&lattice))
        .iter()
        .map(|der| der.to_vec())
        .collect();
    let top = Certificate::ca("Layer 3", Key::p256(2));
    inputs.push(input(3, &[&top], &[], &presented));
    inputs
}

fn headers(certificates: &[Certificate]) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for certificate in certificates.iter().take(4) {
        let der = certificate.der();
        let leaf = Read::parse(der).expect("a certificate");
        let value = MtlsHeaders::verify(&leaf)
            .iter()
            .last()
            .expect("the leaf")
            .1
            .to_string();
        inputs.push([&[0], value.as_bytes()].concat());
        inputs.push([&[1], &piece(der)[..], &piece(der)].concat());
        inputs.push([&[2], der].concat());
    }
    let presented = chain(certificates.iter().take(2));
    let chain = MtlsHeaders::passthrough(Chain::from(&presented))
        .iter()
        .next()
        .expect("one")
        .1
        .to_string();
    inputs.push([&[0], chain.as_bytes()].concat());
    inputs.push(
        b"\0-----BEGIN%20CERTIFICATE-----%0D%0AMAA%3d%0D%0A-----END%20CERTIFICATE-----".to_vec(),
    );
    inputs
}

fn lines() -> Vec<Vec<u8>> {
    let connection = "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 \
        ECDHE-RSA-AES128-GCM-SHA256 4.036 \"CN=example.com,O=a\\\"b\" \
        NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4 Success \
        TID_3180a73013c8ca4bac2f731159d4b0fe secp256r1 app/gate/1 2001:db8::1 further fields";
    let access = "h2 2023-10-04T17:05:15.514108Z app/gate/1 203.0.113.1:36280 [2001:db8::1]:80 0.001 -1 0.000 \
        200 - 34 366 \"GET https://example.com:443/ HTTP/1.1\" \"curl \\x22\\\\\" TLS_AES_128_GCM_SHA256 TLSv1.3 \
        arn:aws:x \"Root=1-2\" \"example.com\" \"-\" 0 2023-10-04T17:05:15.514108Z \"forward\" \"-\" \"-\" \
        \"192.0.2.1:80\" \"200\" \"-\" \"-\" TID_3180a73013c8ca4bac2f731159d4b0fe \"-\" \"-\" \"-\"";
    let mut inputs = vec![
        [b"\0", connection.as_bytes()].concat(),
        [b"\x01", access.as_bytes()].concat(),
    ];
    let without_mtls = "2023-10-04T17:05:15.514108Z 203.0.113.1 1 80 - - - \"-\" - - -";
    inputs.push([b"\0", without_mtls.as_bytes()].concat());
    inputs.push(b"\0Enable ConnectionLog for ELB: app/gate/1".to_vec());
    inputs.extend(
        random(8, 300)
            .into_iter()
            .map(|octets| [&[2], &octets[..]].concat()),
    );
    inputs.extend(
        random(8, 600)
            .into_iter()
            .map(|octets| [&[3], &octets[..]].concat()),
    );
    inputs
}

fn names() -> Vec<Vec<u8>> {
    let text = " #a+\"b\\,;<>\u{e9}\u{0}\u{1f600} ";
    let names = [
        Name::new()
            .country("JP")
            .state("Tokyo")
            .organization("Example")
            .common_name("Client"),
        Name::new().rdn([
            Attribute::utf8(oid::COMMON_NAME, text),
            Attribute::printable(oid::SURNAME, "b"),
        ]),
        Name::new()
            .attribute(Attribute::bmp(oid::COMMON_NAME, "a  B"))
            .email_address("a@b"),
        Name::new().attribute(Attribute::universal(oid::ORGANIZATION, "A b ")),
        Name::new().attribute(Attribute::teletex(oid::USER_ID, "\u{e9}")),
        Name::new().attribute(Attribute::new("1.2.3", [4, 1, 0])),
        Name::new()
            .attribute(Attribute::ia5(oid::DOMAIN_COMPONENT, "EXAMPLE"))
            .common_name("a"),
        hostile::many_rdns(20),
    ];
    let contents = names
        .iter()
        .map(|name| portcullis_fixtures::der::read(&name.to_der()).1.to_vec());
    let contents: Vec<_> = contents.collect();
    let pairs = contents.iter().flat_map(|ours| {
        contents
            .iter()
            .map(move |theirs| [&piece(ours)[..], theirs].concat())
    });
    pairs.collect()
}

fn pem(certificates: &[Certificate], lists: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let ca = |index| {
        certificates
            .get::<usize>(index)
            .expect("a certificate")
            .to_pem()
    };
    let list = openssl::base64::encode_block(&lists[1]);
    vec![
        ca(0).into_bytes(),
        [ca(0), ca(8)].concat().into_bytes(),
        [
            "# comment\r\n",
            &ca(0).replace('\n', "\r\n"),
            "text\n",
            &ca(1),
        ]
        .concat()
        .into_bytes(),
        certificates[0].der().to_vec(),
        format!("-----BEGIN X509 CRL-----\n{list}\n-----END X509 CRL-----\n").into_bytes(),
        format!(
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{}",
            ca(0)
        )
        .into_bytes(),
        b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----".to_vec(),
    ]
}

/// Octets for targets that make of them what they need.
fn random(count: u64, length: usize) -> Vec<Vec<u8>> {
    (1..=count)
        .map(|seed| portcullis_fixtures::Random::new(seed).bytes(length))
        .collect()
}
