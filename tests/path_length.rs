//! Path lengths: which CAs count, and whose limit does.
#![cfg(all(feature = "aws-lc-rs", feature = "std"))]

mod common;
#[path = "common/expect.rs"]
mod expect;

use portcullis::Check;
use portcullis::Position::{Presented, Store};
use portcullis_fixtures::{Certificate, CertificateBuilder, Extension, Key, Pki, chain, der, oid};

use crate::expect::{ALB, BOTH, RFC5280, expect, untrusted};

#[test]
fn so_many_cas_may_be_below_as_the_path_length_says() {
    // Presented are the leaf (0) and three CAs, the farthest from the leaf being 3.
    for (index, below) in [(0, 0), (1, 1), (2, 2)] {
        for limit in 0..4 {
            let pki = Pki::builder()
                .intermediates(3)
                .intermediate(index, |ca| ca.basic_constraints(true, Some(limit)))
                .build();
            let exceeded = untrusted(Check::PathLength, Presented(index + 1));
            let expected = if below <= limit { None } else { exceeded };
            expect(BOTH, &[pki.root()], &pki.chain(), expected);
        }
    }
}

#[test]
fn a_path_length_of_an_anchor_counts_unless_alb_has_a_root_for_it() {
    for limit in 0..3 {
        let pki = Pki::builder()
            .intermediates(2)
            .root(|root| root.basic_constraints(true, Some(limit)))
            .build();
        expect(ALB, &[pki.root()], &pki.chain(), None);
        let exceeded = untrusted(Check::PathLength, Store(0));
        let expected = if limit >= 2 { None } else { exceeded };
        expect(RFC5280, &[pki.root()], &pki.chain(), expected);

        // The same limit on an anchor that is no root.
        let pki = Pki::builder()
            .intermediates(3)
            .intermediate(2, |ca| ca.basic_constraints(true, Some(limit)))
            .build();
        let anchor = &pki.intermediates()[2];
        expect(BOTH, &[anchor], &pki.chain()[..3], expected);
    }
}

#[test]
fn self_issued_cas_do_not_count() {
    let root = Certificate::ca("Root", Key::p256(0));
    let top = CertificateBuilder::ca("Top", Key::p256(1)).basic_constraints(true, Some(1));
    let top = top.issued_by(&root);
    let again = Certificate::intermediate("Top", Key::p256(2), &top);
    let low = Certificate::intermediate("Low", Key::p256(3), &again);
    let client = Certificate::leaf("Client", Key::p256(4), &low);
    expect(BOTH, &[&root], &chain([&client, &low, &again, &top]), None);
    let lowest = Certificate::intermediate("Lowest", Key::p256(5), &again);
    let client = Certificate::leaf("Client", Key::p256(4), &lowest);
    expect(
        BOTH,
        &[&root],
        &chain([&client, &lowest, &again, &top]),
        None,
    );

    let strict = CertificateBuilder::ca("Top", Key::p256(1)).basic_constraints(true, Some(0));
    let strict = strict.issued_by(&root);
    let again = Certificate::intermediate("Top", Key::p256(2), &strict);
    let client = Certificate::leaf("Client", Key::p256(4), &again);
    expect(BOTH, &[&root], &chain([&client, &again, &strict]), None);
    let low = Certificate::intermediate("Low", Key::p256(3), &again);
    let client = Certificate::leaf("Client", Key::p256(4), &low);
    let exceeded = untrusted(Check::PathLength, Presented(3));
    expect(
        BOTH,
        &[&root],
        &chain([&client, &low, &again, &strict]),
        exceeded,
    );
}

#[test]
fn a_leaf_that_is_a_ca_does_not_count() {
    let pki = Pki::builder()
        .intermediate(0, |ca| ca.basic_constraints(true, Some(0)))
        .leaf(|leaf| leaf.basic_constraints(true, None))
        .build();
    expect(BOTH, &[pki.root()], &pki.chain(), None);
}

#[test]
fn a_path_length_past_all_numbers_is_no_limit() {
    for number in [
        &[0x7f, 0xff, 0xff, 0xff][..],
        &[0x01, 0, 0, 0, 0],
        &[0x7f; 30],
    ] {
        let value = der::sequence([der::boolean(true), der::integer_bytes(number)]);
        let constraints = Extension::new(oid::BASIC_CONSTRAINTS, value).critical(true);
        let pki = Pki::builder()
            .intermediates(3)
            .any_intermediate(|ca| ca.extension(constraints.clone()))
            .build();
        expect(BOTH, &[pki.root()], &pki.chain(), None);
    }
}

#[test]
fn every_limit_of_the_path_counts_the_nearest_to_the_leaf_first() {
    let pki = Pki::builder()
        .intermediates(3)
        .intermediate(1, |ca| ca.basic_constraints(true, Some(0)))
        .intermediate(2, |ca| ca.basic_constraints(true, Some(0)))
        .build();
    let exceeded = untrusted(Check::PathLength, Presented(2));
    expect(BOTH, &[pki.root()], &pki.chain(), exceeded);
}
