//! Comparing strings of ASCII, as a client's names mostly are, many octets at a time.

/// Compares as [`Canonical`](super::Canonical) does, where each octet is a character.
pub(super) fn is_same_ascii(ours: &[u8], theirs: &[u8]) -> bool {
    let (mut ours, mut theirs) = (trim(ours), trim(theirs));
    loop {
        // Sixteen at a time, as long as a run of blanks does not reach past them.
        while let (Some((a, our_rest)), Some((b, their_rest))) = (
            ours.split_first_chunk::<16>(),
            theirs.split_first_chunk::<16>(),
        ) && a.eq_ignore_ascii_case(b)
            && !a.last().is_some_and(|last| is_blank_octet(*last))
        {
            (ours, theirs) = (our_rest, their_rest);
        }
        let pairs = ours.iter().zip(theirs);
        let same = pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b) && !is_blank_octet(**a));
        let length = same.count();
        ours = ours.get(length..).unwrap_or_default();
        theirs = theirs.get(length..).unwrap_or_default();
        match (ours.first(), theirs.first()) {
            (None, None) => return true,
            (Some(a), Some(b)) if is_blank_octet(*a) && is_blank_octet(*b) => {
                (ours, theirs) = (trim_start(ours), trim_start(theirs));
            }
            _ => return false,
        }
    }
}

fn trim(octets: &[u8]) -> &[u8] {
    let mut octets = trim_start(octets);
    while let [rest @ .., last] = octets
        && is_blank_octet(*last)
    {
        octets = rest;
    }
    octets
}

fn trim_start(mut octets: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = octets
        && is_blank_octet(*first)
    {
        octets = rest;
    }
    octets
}

const fn is_blank_octet(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t'..=b'\r')
}
