//! The headers of mutual TLS, written and read back.
#![cfg(feature = "alloc")]

use base64ct::Encoding as _;
use portcullis::pki_types::CertificateDer;
use portcullis::pki_types::pem::PemObject;
use portcullis::{Certificate, Chain, MtlsHeaderError as Error, MtlsHeaders, MtlsPem};
use portcullis_fixtures::{Attribute, CertificateBuilder, Key, Name, Random};

#[test]
fn verify_mode_has_five_headers_in_alb_s_order() {
    let der = der("C.crt");
    let certificate = Certificate::parse(&der).unwrap();
    let headers: Vec<(&str, String)> = MtlsHeaders::verify(&certificate)
        .iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    // As `openssl x509 -noout -serial -issuer -subject -dates -nameopt RFC2253` has them.
    let expected = [
        ("X-Amzn-Mtls-Clientcert-Serial-Number", "43087FFBAEB66004"),
        (
            "X-Amzn-Mtls-Clientcert-Issuer",
            "CN=Signing B,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP",
        ),
        (
            "X-Amzn-Mtls-Clientcert-Subject",
            "CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP",
        ),
        (
            "X-Amzn-Mtls-Clientcert-Validity",
            "NotBefore=2026-11-24T12:48:47Z;NotAfter=2027-11-24T12:48:47Z",
        ),
    ];
    for ((name, value), expected) in headers.iter().zip(expected) {
        assert_eq!((*name, value.as_str()), expected);
    }
    assert_eq!(headers.len(), 5);
    assert_eq!(headers[4].0, "X-Amzn-Mtls-Clientcert-Leaf");
}

#[test]
fn the_leaf_is_the_file_that_openssl_writes_with_space_and_line_feed_percent_encoded() {
    let pem = std::fs::read_to_string("tests/data/pki/C.crt").unwrap();
    let pem = &pem[pem.find("-----BEGIN").unwrap()..];
    let expected = pem
        .replace("\r\n", "\n")
        .replace(' ', "%20")
        .replace('\n', "%0A");
    assert_eq!(leaf_value(&der("C.crt")), expected);
}

#[test]
fn passthrough_mode_has_the_whole_chain_leaf_first() {
    let [leaf, issuer] = ["C.crt", "B.crt"].map(|name| CertificateDer::from(der(name)));
    let presented = [leaf, issuer];
    let headers: Vec<(&str, String)> = MtlsHeaders::passthrough(Chain::from(&presented))
        .iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    let expected = presented.iter().map(|der| leaf_value(der)).collect();
    assert_eq!(headers, [("X-Amzn-Mtls-Clientcert", expected)]);
    let read = MtlsPem::chain_der(headers[0].1.as_bytes()).unwrap();
    assert_eq!(read, presented);
    let none: &[CertificateDer<'_>] = &[];
    assert_eq!(MtlsHeaders::passthrough(none.into()).iter().count(), 0);
}

#[test]
fn a_chain_is_passed_through_even_if_it_holds_no_certificates() {
    let presented = [CertificateDer::from(&b"\x00"[..])];
    let (_, value) = MtlsHeaders::passthrough(Chain::from(&presented))
        .iter()
        .next()
        .unwrap();
    // From `printf '\0' | base64`.
    assert_eq!(value.to_string(), pem("AA=="));
    assert_eq!(read_chain(&value.to_string()), Ok(presented.to_vec()));
}

#[test]
fn the_names_of_the_family_are_told_in_any_case() {
    for name in [
        MtlsHeaders::SERIAL_NUMBER,
        MtlsHeaders::ISSUER,
        MtlsHeaders::SUBJECT,
        MtlsHeaders::VALIDITY,
        MtlsHeaders::LEAF,
        MtlsHeaders::CHAIN,
        MtlsHeaders::PREFIX,
        "x-amzn-mtls-clientcert",
        "X-AMZN-MTLS-CLIENTCERT-SUBJECT",
        "x-amzn-mtls-something-new",
        "X_Amzn_Mtls_Clientcert_Leaf",
        "x-amzn_mtls-clientcert",
    ] {
        assert!(MtlsHeaders::is_name(name), "{name}");
    }
    for name in [
        "",
        "X-Amzn-Mtls",
        "X-Amzn-Trace-Id",
        "X-Amzn-Mtls.Clientcert",
        "Amzn-Mtls-Clientcert",
        " X-Amzn-Mtls-Clientcert",
        "X-Am_n-Mtls-Clientcert",
        "XX-Amzn-Mtls-Clientcert",
    ] {
        assert!(!MtlsHeaders::is_name(name), "{name}");
    }
    assert!(MtlsHeaders::is_name(b"X-Amzn-Mtls-\xff"));
}

#[test]
fn no_name_in_a_certificate_breaks_out_of_its_header() {
    let subject = Name::new()
        .common_name("a\r\nX-Amzn-Mtls-Clientcert-Subject: CN=admin")
        .organization("J\u{f6}rg\0\u{7f}");
    let leaf = CertificateBuilder::leaf("Client", Key::p256(0)).subject(subject);
    let leaf = leaf.sign_by(Key::p256(1));
    let leaf = Certificate::parse(leaf.der()).unwrap();
    for (_, value) in MtlsHeaders::verify(&leaf).iter() {
        let value = value.to_string();
        assert!(value.bytes().all(|octet| matches!(octet, b' '..=b'~')));
    }
    let subject = MtlsHeaders::verify(&leaf).iter().nth(2).unwrap().1;
    assert_eq!(
        subject.to_string(),
        "O=J\\C3\\B6rg\\00\\7F,CN=a\\0D\\0AX-Amzn-Mtls-Clientcert-Subject: CN=admin"
    );
}

#[test]
fn a_plus_in_the_header_stays_a_plus() {
    // From `printf '\xfb\xef\xbe\xff\xff\xff' | base64`.
    let expected = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff];
    assert_eq!(read_leaf(&pem("++++////")), Ok(expected.to_vec()));
    assert_eq!(read_leaf(&pem("%2B%2b++%2F%2f//")), Ok(expected.to_vec()));
    // A form would have spaces there.
    let as_form = pem("++++////").replace("%20", "+");
    assert_eq!(read_leaf(&as_form), Err(Error::Boundary));
    assert_eq!(read_leaf(&pem("%20%20%20%20////")), Err(Error::Base64));
    assert_eq!(read_leaf(&pem("    ////")), Err(Error::Base64));
}

#[test]
fn everything_may_be_percent_encoded_and_a_space_need_not_be() {
    let value = pem("AA==");
    let encoded: String = value
        .replace("%20", " ")
        .replace("%0A", "\n")
        .bytes()
        .map(|octet| format!("%{octet:02x}"))
        .collect();
    assert_eq!(read_leaf(&encoded), Ok(vec![0]));
    assert_eq!(read_leaf(&value.replace("%20", " ")), Ok(vec![0]));
    assert_eq!(read_leaf(&value.replace("%0A", "%0D%0A")), Ok(vec![0]));
    let without_last = value.strip_suffix("%0A").unwrap();
    assert_eq!(read_leaf(without_last), Ok(vec![0]));
}

#[test]
fn lines_may_be_of_any_length_and_not_empty() {
    // From `printf 0123456789 | base64`.
    let digits = b"0123456789".to_vec();
    for lines in [
        "MDEyMzQ1Njc4OQ==",
        "MDEyMzQ1%0ANjc4OQ==",
        "M%0ADEyMzQ1Njc4OQ=%0A=",
    ] {
        assert_eq!(read_leaf(&pem(lines)), Ok(digits.clone()), "{lines}");
    }
    for lines in ["%0AMDEy", "MDEy%0A%0AMzQ1", "MDEy%0A", "%0D%0AMDEy"] {
        assert_eq!(read_leaf(&pem(lines)), Err(Error::Base64), "{lines}");
    }
}

#[test]
fn bad_base64_is_refused() {
    for base64 in [
        "A",
        "AA",
        "AAA",
        "AAAAA",
        "AA=",
        "A===",
        "====",
        "AA==AAAA",
        "AA==%0AAAAA",
        "AAA=%0A=",
        "AB==",
        "AAB=",
        "A-__",
        "AAA.",
        "AAAA%0A=",
        "AAA%00",
        "AAA%C3%A9",
        "AA==-",
    ] {
        let read = read_leaf(&pem(base64));
        assert_eq!(read, Err(Error::Base64), "{base64}");
    }
    // `-` at the start of a line can be the END line only.
    assert_eq!(read_leaf(&pem("-AAA")), Err(Error::Base64));
    assert_eq!(read_leaf(&pem("AAAA%0A-AAA")), Err(Error::Boundary));
}

#[test]
fn long_base64_is_read_whatever_its_lines_and_what_is_escaped() {
    for length in [46, 47, 48, 49, 95, 96, 97, 500] {
        let octets: Vec<u8> = (0..length)
            .map(|octet: u16| octet.to_le_bytes()[0])
            .collect();
        let base64 = base64ct::Base64::encode_string(&octets);
        let escaped: String = base64
            .bytes()
            .map(|octet| format!("%{octet:02X}"))
            .collect();
        let mixed = base64.replace('A', "%41").replace('=', "%3D");
        let halves = base64.split_at(base64.len() / 2);
        let lines = format!("{}%0D%0A{}", halves.0, halves.1);
        for text in [&base64, &escaped, &mixed, &lines] {
            assert_eq!(read_leaf(&pem(text)), Ok(octets.clone()), "{text}");
        }
        // Three quarters of a group, and a group after the padding or after it all.
        let cut = &base64[..base64.len() - 1];
        assert_eq!(read_leaf(&pem(cut)), Err(Error::Base64), "{cut}");
        let more = format!("{base64}AAAA");
        let read = read_leaf(&pem(&more));
        assert_eq!(read.is_ok(), !base64.ends_with('='), "{more}");
    }
}

#[test]
fn bad_percent_encoding_is_refused() {
    for base64 in ["AA%3", "AA%", "AA%3G", "AA%+3", "AA%%3D", "%AA%0"] {
        let read = read_leaf(&pem(base64));
        assert!(
            matches!(read, Err(Error::Percent | Error::Base64)),
            "{base64}"
        );
    }
    for value in ["%", "%2", "%2G", "%+2", "%%2D", "%-1"] {
        assert_eq!(read_leaf(value), Err(Error::Percent), "{value}");
    }
    let cut = pem("AA==");
    assert_eq!(read_leaf(&cut[..cut.len() - 1]), Err(Error::Percent));
}

#[test]
fn what_is_not_one_certificate_and_nothing_else_is_no_leaf() {
    let one = pem("AA==");
    for (value, error) in [
        (String::new(), Error::Empty),
        ("-".to_owned(), Error::Boundary),
        (format!("{one}{one}"), Error::MoreThanOne),
        (format!("{one}x"), Error::Boundary),
        (format!("{one}%0A"), Error::Boundary),
        (format!("{one}%20"), Error::Boundary),
        (format!("{one},{one}"), Error::Boundary),
        (format!("{one}{}", pem("A")), Error::Base64),
        (format!("%0A{one}"), Error::Boundary),
        (format!("Subject:{one}"), Error::Boundary),
        (one.replace("CERTIFICATE", "X509%20CRL"), Error::Boundary),
        (one.replace("CERTIFICATE", "certificate"), Error::Boundary),
        (
            one.replace("BEGIN%20CERTIFICATE-----%0A", "BEGIN%20CERTIFICATE-----"),
            Error::Boundary,
        ),
        (one.replace("-----END", "-----end"), Error::Boundary),
        (one.replace("AA==%0A", ""), Error::Base64),
        (one[..40].to_owned(), Error::Boundary),
        ("MAA=".to_owned(), Error::Boundary),
    ] {
        assert_eq!(read_leaf(&value), Err(error), "{value}");
    }
    assert_eq!(read_chain(&one).map(|chain| chain.len()), Ok(1));
    assert_eq!(read_chain(&one.repeat(3)).map(|chain| chain.len()), Ok(3));
    assert_eq!(read_chain(&format!("{one}x")), Err(Error::Boundary));
    let without_break = one.strip_suffix("%0A").unwrap();
    let joined = format!("{without_break}{one}");
    assert_eq!(read_chain(&joined), Err(Error::Boundary));
    assert_eq!(read_chain(""), Err(Error::Empty));
}

#[test]
fn a_value_of_just_the_limit_is_read_and_one_octet_more_is_refused() {
    assert_eq!(MtlsPem::MAX_VALUE, 131_072);
    assert!(MtlsPem::new(&[b'A'; 131_072]).is_ok());
    let too_long = MtlsPem::new(&[b'A'; 131_073]).unwrap_err();
    assert_eq!(too_long, Error::TooLong);
    // Of one certificate whose base64 is as long as can be.
    let room = 131_072 - pem("").len();
    let base64 = "A".repeat(room / 4 * 4);
    let value = pem(&base64);
    assert_eq!(read_leaf(&value), Ok(vec![0; base64.len() / 4 * 3]));
    let value = pem(&(base64 + "AAAA"));
    assert_eq!(read_leaf(&value), Err(Error::TooLong));
    assert_eq!(read_chain(&value), Err(Error::TooLong));
}

#[test]
fn the_largest_chain_that_alb_takes_fits_in_the_limit() {
    let certificate = CertificateDer::from(vec![0x30; 16 << 10]);
    let presented = vec![certificate; 4];
    let (_, value) = MtlsHeaders::passthrough(Chain::from(&presented))
        .iter()
        .next()
        .unwrap();
    assert_eq!(read_chain(&value.to_string()), Ok(presented.clone()));
}

#[test]
fn a_buffer_that_is_just_large_enough_is_enough() {
    let value = pem("MDEyMzQ1Njc4OQ==");
    let mut buffer = [0; 10];
    let read = MtlsPem::leaf(value.as_bytes(), &mut buffer);
    assert_eq!(read, Ok(&b"0123456789"[..]));
    for size in 0..10 {
        let mut buffer = vec![0; size];
        let read = MtlsPem::leaf(value.as_bytes(), &mut buffer);
        assert_eq!(read, Err(Error::BufferTooSmall));
    }
}

#[test]
fn nothing_is_read_after_an_error() {
    let value = [pem("AA=="), pem("A"), pem("AA==")].concat();
    let mut reader = MtlsPem::new(value.as_bytes()).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(reader.next_into(&mut buffer), Ok(Some(&[0][..])));
    assert_eq!(reader.next_into(&mut buffer), Err(Error::Base64));
    assert_eq!(reader.next_into(&mut buffer), Ok(None));
}

#[test]
fn whatever_is_written_reads_back_the_same() {
    let mut random = Random::new(7);
    for _ in 0..200 {
        let presented: Vec<_> = (0..=random.below(4))
            .map(|_| {
                let length = 1 + random.below(200);
                CertificateDer::from(random.bytes(length))
            })
            .collect();
        let (_, value) = MtlsHeaders::passthrough(Chain::from(&presented))
            .iter()
            .next()
            .unwrap();
        let value = value.to_string();
        assert_eq!(read_chain(&value), Ok(presented.clone()));
        let plain = value.replace("%20", " ").replace("%0A", "\n");
        let by_others: Vec<_> = CertificateDer::pem_slice_iter(plain.as_bytes())
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(by_others, presented);
    }
}

#[test]
fn no_value_makes_the_reader_panic() {
    let mut random = Random::new(8);
    let value = [pem("MDEyMzQ1%0ANjc4OQ=="), pem("AA==")].concat();
    for _ in 0..20_000 {
        let mut octets = value.clone().into_bytes();
        for _ in 0..=random.below(2) {
            let at = random.below(octets.len());
            octets[at] = *b"%%-A=+0 \n\xff".get(random.below(12)).unwrap_or(&b'2');
        }
        octets.truncate(1 + random.below(octets.len()));
        _ = MtlsPem::chain_der(&octets);
        _ = MtlsPem::leaf_der(&octets);
    }
}

#[test]
fn serial_numbers_and_names_of_other_types_are_written_too() {
    let leaf = CertificateBuilder::leaf("Client", Key::p256(0))
        .subject(Name::new().attribute(Attribute::utf8("1.2.3.4", "x")))
        .sign_by(Key::p256(1));
    let leaf = Certificate::parse(leaf.der()).unwrap();
    let subject = MtlsHeaders::verify(&leaf).iter().nth(2).unwrap().1;
    assert_eq!(subject.to_string(), "1.2.3.4=#0C0178");
}

fn leaf_value(der: &[u8]) -> String {
    let certificate = Certificate::parse(der).unwrap();
    let (name, value) = MtlsHeaders::verify(&certificate).iter().last().unwrap();
    assert_eq!(name, MtlsHeaders::LEAF);
    value.to_string()
}

/// Reads a leaf both ways.
fn read_leaf(value: &str) -> Result<Vec<u8>, Error> {
    let mut buffer = vec![0; value.len()];
    let read = MtlsPem::leaf(value.as_bytes(), &mut buffer).map(<[u8]>::to_vec);
    let allocated = MtlsPem::leaf_der(value.as_bytes()).map(|der| der.to_vec());
    assert_eq!(read, allocated);
    read
}

fn read_chain(value: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    MtlsPem::chain_der(value.as_bytes())
}

/// A header's value round this base64.
fn pem(base64: &str) -> String {
    format!("-----BEGIN%20CERTIFICATE-----%0A{base64}%0A-----END%20CERTIFICATE-----%0A")
}

fn der(name: &str) -> Vec<u8> {
    let pem = std::fs::read(format!("tests/data/pki/{name}")).unwrap();
    CertificateDer::from_pem_slice(&pem).unwrap().to_vec()
}
