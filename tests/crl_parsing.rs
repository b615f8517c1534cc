//! Which lists are read, what is read of them, and why others are refused.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

use core::time::Duration;

use portcullis::pki_types::UnixTime;
use portcullis::{Crl, CrlError, CrlFault, SignatureAlgorithm};
use portcullis_fixtures::{
    Certificate, CrlBuilder, CrlEntry, DAY, Extension, GeneralName, IssuingDistributionPoint, Key,
    NOW, Name, der, oid, serials,
};

#[test]
fn everything_a_list_says_is_read() {
    let issuer = Name::new().country("JP").common_name("CA");
    let list = CrlBuilder::new()
        .issuer(issuer)
        .this_update(NOW - 5)
        .next_update(NOW + 5)
        .number(300)
        .revoke([0x01])
        .entry(CrlEntry::new([0x00, 0xFE]).date(NOW - 9).reason(4))
        .sign_by(Key::p384(0));
    let crl = read(&list).expect("a good list");
    assert_eq!(crl.issuer().to_string(), "CN=CA,C=JP");
    assert_eq!(crl.this_update().unix_seconds(), NOW - 5);
    let next_update = crl.next_update().expect("there is one");
    assert_eq!(next_update.unix_seconds(), NOW + 5);
    assert_eq!(crl.number().expect("there is one").as_bytes(), [1, 44]);
    let algorithm = crl.signature_algorithm();
    assert_eq!(algorithm, Some(SignatureAlgorithm::EcdsaSha384));
    assert_eq!(crl.fault(), None);
    assert_eq!(crl.scope().to_string(), "all certificates");
    assert_eq!((crl.len(), crl.is_empty()), (2, false));
    let entries: Vec<_> = crl.revocations().collect();
    assert_eq!(entries[0].serial.to_string(), "01");
    assert_eq!(
        (entries[0].reason, entries[0].reason_str()),
        (None, "unspecified")
    );
    assert_eq!(entries[1].serial.to_string(), "FE");
    assert_eq!(entries[1].date.unix_seconds(), NOW - 9);
    assert_eq!(
        (entries[1].reason, entries[1].reason_str()),
        (Some(4), "superseded")
    );
    assert_eq!(crl.find(entries[1].serial), Some(entries[1]));
}

#[test]
fn a_list_of_version_1_without_next_update_is_read() {
    let list = builder().v1().raw_next_update([]).revoke([7]);
    let list = list.sign_by(Key::rsa2048(0));
    let crl = read(&list).expect("as openssl ca -gencrl writes it");
    assert_eq!((crl.next_update(), crl.number()), (None, None));
    assert_eq!(crl.len(), 1);
}

#[test]
fn a_list_without_entries_is_read_whether_it_has_an_empty_sequence_or_none() {
    for builder in [builder(), builder().empty_list(), builder().v1()] {
        let list = builder.sign_by(Key::p256(0));
        assert_eq!(Crl::index_len(list.der()), Ok(0));
        let crl = Crl::parse(list.der(), &mut []).expect("no index is needed");
        assert!(crl.is_empty() && crl.index().is_empty());
        assert_eq!(crl.revocations().count(), 0);
        let some = read(&self::builder().revoke([1]).sign_by(Key::p256(0))).expect("a list");
        let serial = some.revocations().next().expect("an entry").serial;
        assert_eq!(crl.find(serial), None);
        assert!(Crl::with_index(list.der(), &[]).is_ok());
        assert_eq!(
            Crl::with_index(list.der(), &[0]).err(),
            Some(CrlError::IndexMismatch)
        );
    }
}

#[test]
fn times_of_either_kind_are_read() {
    let list = builder()
        .raw_this_update(der::generalized_time(NOW))
        .next_update(253_402_300_799)
        .entry(CrlEntry::new([1]).raw_date(der::generalized_time(NOW)))
        .entry(CrlEntry::new([2]).date(-DAY))
        .sign_by(Key::p256(0));
    let crl = read(&list).expect("a good list");
    assert_eq!(crl.this_update().unix_seconds(), NOW);
    let next_update = crl.next_update().map(|next| next.to_string());
    assert_eq!(next_update.as_deref(), Some("9999-12-31T23:59:59Z"));
    let dates: Vec<_> = crl.revocations().map(|it| it.date.unix_seconds()).collect();
    assert_eq!(dates, [NOW, -DAY]);
}

/// Both ends belong to it (RFC 5280 5.1.2.4, 5.1.2.5).
#[test]
fn a_list_is_current_from_this_update_to_next_update() {
    let list = builder().this_update(NOW).next_update(NOW + 60);
    let without_end = builder().this_update(NOW).raw_next_update([]);
    let [list, without_end] = [list, without_end].map(|list| {
        let list = list.sign_by(Key::p256(0));
        read(&list).expect("a good list")
    });
    for (after, is_current, is_current_without_end) in [
        (-1, false, false),
        (0, true, true),
        (60, true, true),
        (61, false, true),
        (9000 * DAY, false, true),
    ] {
        let now = u64::try_from(NOW + after).expect("clocks begin in 1970");
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
        assert_eq!(list.is_current(now), is_current, "{after}");
        assert_eq!(without_end.is_current(now), is_current_without_end);
    }
}

#[test]
fn a_scope_is_written_for_people() {
    let uri = || [GeneralName::uri("http://crl.example/a")];
    let point = IssuingDistributionPoint::new;
    let scopes = [
        (point().only_user_certificates(), "end-entity certificates"),
        (point().only_ca_certificates(), "CA certificates"),
        (
            point().only_attribute_certificates(),
            "attribute certificates",
        ),
        (
            point().full_name(uri()),
            "all certificates of one distribution point",
        ),
        (point().indirect(), "all certificates of any issuer"),
        (
            point().some_reasons(2),
            "all certificates revoked for some reasons",
        ),
    ];
    for (point, text) in scopes {
        let list = builder().issuing_distribution_point(point);
        let crl = read(&list.sign_by(Key::p256(0))).expect("it reads well");
        assert_eq!(crl.scope().to_string(), text);
    }
}

#[test]
fn what_makes_a_list_unusable_is_told_and_the_list_still_read() {
    let point = IssuingDistributionPoint::new;
    let critical = || Extension::unknown(3).critical(true);
    let number = || Extension::new(oid::CRL_NUMBER, der::integer(7)).critical(true);
    let entry = |extension| CrlEntry::new([1]).extension(extension);
    let other = Extension::new(
        oid::CERTIFICATE_ISSUER,
        der::sequence([GeneralName::directory("Other")]),
    );
    let delta = Extension::new(oid::DELTA_CRL_INDICATOR, der::integer(1));
    let faults = [
        (builder().push(critical()), CrlFault::CriticalExtension),
        (builder().extension(number()), CrlFault::CriticalExtension),
        (
            builder().entry(entry(critical())),
            CrlFault::CriticalEntryExtension,
        ),
        (
            builder().entry(entry(CrlEntry::reason_extension(1).critical(true))),
            CrlFault::CriticalEntryExtension,
        ),
        (builder().entry(entry(other.clone())), CrlFault::Indirect),
        (
            builder().entry(entry(other.critical(true))),
            CrlFault::Indirect,
        ),
        (builder().delta(1), CrlFault::Delta),
        (builder().extension(delta), CrlFault::Delta),
        (
            builder().issuing_distribution_point(point().indirect()),
            CrlFault::Indirect,
        ),
        (
            builder().issuing_distribution_point(point().some_reasons(1 << 1)),
            CrlFault::SomeReasons,
        ),
        (
            builder().issuing_distribution_point(
                point().only_user_certificates().only_ca_certificates(),
            ),
            CrlFault::Scope,
        ),
        (
            builder().issuing_distribution_point(
                point()
                    .only_user_certificates()
                    .only_attribute_certificates(),
            ),
            CrlFault::Scope,
        ),
    ];
    for (builder, fault) in faults {
        let crl = read(&builder.sign_by(Key::p256(0))).expect("it reads well");
        assert_eq!(crl.fault(), Some(fault), "{fault}");
    }
}

#[test]
fn what_does_not_matter_is_no_fault() {
    let entry = CrlEntry::new([1])
        .reason(99)
        .extension(Extension::new(
            oid::INVALIDITY_DATE,
            der::generalized_time(NOW),
        ))
        .extension(Extension::unknown(3));
    let list = builder()
        .entry(entry)
        .push(Extension::unknown(3))
        .extension(Extension::authority_key_id([1; 20]).critical(true));
    let crl = read(&list.sign_by(Key::p256(0))).expect("a good list");
    assert_eq!(crl.fault(), None);
    let reasons: Vec<_> = crl.revocations().map(|it| it.reason).collect();
    assert_eq!(reasons, [Some(99)]);
}

#[test]
fn what_is_no_list_is_refused() {
    let certificate = Certificate::ca("CA", Key::p256(0));
    let inside = der::read(good().der()).1.to_vec();
    let inputs = [
        vec![0x04, 0x00],
        vec![0x30],
        vec![0x30, 0x00],
        b"not a list".to_vec(),
        certificate.into_der(),
        der::tlv_with_long_length(der::SEQUENCE, 4, &inside),
        der::tlv_with_indefinite_length(der::SEQUENCE, &inside),
        der::tlv(der::SET, &inside),
        der::tlv(der::SEQUENCE, [&inside[..], &der::null()].concat()),
        builder()
            .map_tbs(|tbs| der::tlv(der::SET, der::read(&tbs).1))
            .sign_by(Key::p256(0))
            .into_der(),
        builder()
            .map_tbs(|tbs| der::sequence([der::read(&tbs).1, &der::null()]))
            .sign_by(Key::p256(0))
            .into_der(),
        builder()
            .inner_algorithm(der::null())
            .sign_by(Key::p256(0))
            .into_der(),
        builder()
            .outer_algorithm(der::null())
            .sign_by(Key::p256(0))
            .into_der(),
    ];
    for input in inputs {
        assert_eq!(read(&input).err(), Some(CrlError::NotACrl), "{input:02x?}");
    }
    assert_eq!(read(b"").err(), Some(CrlError::Empty));
}

#[test]
fn more_than_the_list_is_refused() {
    for trailing in [&[0][..], b"\n", good().der()] {
        let list = builder().trailing(trailing).sign_by(Key::p256(0));
        assert_eq!(read(&list).err(), Some(CrlError::TrailingData));
    }
}

#[test]
fn a_wrong_version_is_refused() {
    let versions = [
        builder().raw_version(der::integer(0)),
        builder().raw_version(der::integer(2)),
        builder().raw_version(der::integer_bytes([])),
        builder().raw_version(der::integer_bytes([0, 1])),
        builder().raw_version([]),
    ];
    for builder in versions {
        let list = builder.sign_by(Key::p256(0));
        assert_eq!(read(&list).err(), Some(CrlError::Version));
    }
}

#[test]
fn malformed_fields_are_refused_by_name() {
    use CrlError::{Extensions, Issuer, SignatureAlgorithm, Time};
    let fractions = der::tlv(der::GENERALIZED_TIME, "20270115080000.5Z");
    let no_seconds = || der::tlv(der::UTC_TIME, "2701150800Z");
    let aki = || Extension::authority_key_id([1]);
    let idp = || Extension::new(oid::ISSUING_DISTRIBUTION_POINT, [0x05, 0x00]);
    let scope = || {
        let point = IssuingDistributionPoint::new();
        point.only_user_certificates().to_extension()
    };
    let no_choice = der::sequence([der::context(0, der::context(2, []))]);
    let defaults_written = der::sequence([der::context_primitive(1, [0x01])]);
    let extension = |oid, value: &[u8]| builder().extension(Extension::new(oid, value));
    let fields = [
        (
            builder().inner_algorithm(der::sequence([der::null()])),
            SignatureAlgorithm,
        ),
        (
            builder().outer_algorithm(der::sequence([der::tlv(der::OBJECT_IDENTIFIER, [])])),
            SignatureAlgorithm,
        ),
        (
            builder().inner_algorithm(der::sequence([[]; 0])),
            SignatureAlgorithm,
        ),
        (builder().issuer(Name::raw(der::null())), Issuer),
        (
            builder().issuer(Name::raw(der::sequence([der::null()]))),
            Issuer,
        ),
        (builder().raw_this_update([]).raw_next_update([]), Time),
        (builder().raw_this_update(no_seconds()), Time),
        (builder().raw_this_update(fractions), Time),
        (builder().raw_next_update(no_seconds()), Time),
        (builder().raw_extensions(der::context(0, [])), Extensions),
        (
            builder().raw_extensions(der::context(0, der::null())),
            Extensions,
        ),
        (
            builder().raw_extensions(der::context(0, der::sequence([der::null()]))),
            Extensions,
        ),
        (builder().push(aki()).push(aki()), Extensions),
        (builder().push(scope()).push(scope()), Extensions),
        (
            builder()
                .number(1)
                .push(Extension::new(oid::CRL_NUMBER, der::integer(1))),
            Extensions,
        ),
        (builder().push(idp()), Extensions),
        (
            extension(oid::ISSUING_DISTRIBUTION_POINT, &no_choice),
            Extensions,
        ),
        (
            extension(oid::ISSUING_DISTRIBUTION_POINT, &defaults_written),
            Extensions,
        ),
        (extension(oid::CRL_NUMBER, &der::null()), Extensions),
        (
            extension(oid::CRL_NUMBER, &der::integer_bytes([])),
            Extensions,
        ),
        (extension(oid::AUTHORITY_KEY_ID, &der::null()), Extensions),
    ];
    for (index, (builder, error)) in fields.into_iter().enumerate() {
        let list = builder.sign_by(Key::p256(0));
        assert_eq!(read(&list).err(), Some(error), "{index}");
    }
}

#[test]
fn a_malformed_entry_is_refused_with_its_number() {
    let date = der::time(NOW);
    let serial = der::integer(1);
    let extensions = |content: &[u8]| CrlEntry::new([1]).raw_extensions(content);
    let malformed = [
        CrlEntry::new([]),
        CrlEntry::new([1]).raw_date(der::tlv(der::UTC_TIME, "2701150800Z")),
        CrlEntry::new([1]).raw_date([]),
        CrlEntry::raw(der::null()),
        CrlEntry::raw(der::sequence([[]; 0])),
        CrlEntry::raw(der::sequence([&serial])),
        CrlEntry::raw(der::sequence([&date, &serial])),
        CrlEntry::raw(der::sequence([&serial, &date, &der::null()])),
        CrlEntry::raw(der::tlv(der::SET, der::concat([&serial, &date]))),
        CrlEntry::raw(der::sequence([&der::octet_string([1]), &date])),
        extensions(&der::null()),
        extensions(&[0x30, 0x05]),
    ];
    for (index, entry) in malformed.into_iter().enumerate() {
        let list = builder().revoke([1]).revoke([2]).entry(entry).revoke([3]);
        let error = Some(CrlError::Entry { number: 3 });
        assert_eq!(read(&list.sign_by(Key::p256(0))).err(), error, "{index}");
    }
    let list = builder().v1().entry(CrlEntry::new([1]).reason(1));
    let error = Some(CrlError::Entry { number: 1 });
    assert_eq!(read(&list.sign_by(Key::p256(0))).err(), error);
}

#[test]
fn a_signature_that_is_no_bit_string_is_refused() {
    let fields = [
        Vec::new(),
        der::octet_string([1, 2, 3]),
        der::tlv(der::BIT_STRING, []),
        der::bit_string_with_unused(8, [0]),
        der::bit_string_with_unused(1, []),
    ];
    for field in fields {
        let list = builder().map_der(move |der| {
            let (_, content, _) = der::read(&der);
            let (_, _, rest) = der::read(content);
            let signature = der::read(rest).2.len();
            der::sequence([&content[..content.len() - signature], &field])
        });
        let list = list.sign_by(Key::p256(0));
        assert_eq!(read(&list).err(), Some(CrlError::Signature));
    }
}

#[test]
fn an_index_that_is_too_short_is_told_its_length() {
    let list = builder().entries(serials::counting_up(1).take(50).map(CrlEntry::new));
    let list = list.sign_by(Key::p256(0));
    let needed = Crl::index_len(list.der()).expect("a good list");
    assert!((50..=80).contains(&needed), "{needed}");
    for given in 0..needed {
        let error = Some(CrlError::IndexTooShort { needed, given });
        assert_eq!(Crl::parse(list.der(), &mut vec![0; given]).err(), error);
        assert_eq!(Crl::with_index(list.der(), &vec![0; given]).err(), error);
    }
    // A longer one is taken, and as much of it as is needed.
    let mut index = vec![u32::MAX; needed + 9];
    let crl = Crl::parse(list.der(), &mut index).expect("there is room");
    assert_eq!(crl.index().len(), needed);
}

#[test]
fn a_truncated_list_is_an_error_wherever_it_ends() {
    let point = IssuingDistributionPoint::new().only_user_certificates();
    let list = builder()
        .issuing_distribution_point(point)
        .authority_key_id([1; 20])
        .revoke([1])
        .entry(CrlEntry::new([2]).reason(1))
        .sign_by(Key::p256(0));
    assert!(read(&list).is_ok());
    for length in 0..list.der().len() {
        assert!(read(&list.der()[..length]).is_err(), "{length}");
    }
}

/// Reads a list in each of the ways there are, which must agree.
fn read(der: &(impl AsRef<[u8]> + ?Sized)) -> Result<Crl<'static>, CrlError> {
    let der = der.as_ref();
    let owned = Crl::from_der(der.to_vec());
    let error = owned.as_ref().err().copied();
    let needed = Crl::index_len(der);
    assert_eq!(needed.err(), error);
    let mut index = vec![0; needed.unwrap_or(0)];
    match Crl::parse(der, &mut index) {
        Ok(crl) => {
            assert_eq!(error, None);
            assert_eq!(Some(crl.index()), owned.as_ref().ok().map(Crl::index));
            assert_eq!(crl.der(), der);
            let index = crl.index().to_vec();
            assert!(Crl::with_index(der, &index).is_ok());
        }
        Err(other) => {
            assert_eq!(error, Some(other));
            assert_eq!(Crl::with_index(der, &[]).err(), error);
            assert!(!other.to_string().is_empty());
        }
    }
    owned
}

fn builder() -> CrlBuilder {
    CrlBuilder::new().issuer("CA")
}

fn good() -> portcullis_fixtures::Crl {
    builder().revoke([1]).sign_by(Key::p256(0))
}
