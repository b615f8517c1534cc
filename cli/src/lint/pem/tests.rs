use super::OddityKind as Kind;
use super::*;

/// An oddity with line, column and count.
type Odd<'t> = (Kind<'t>, usize, Option<usize>, usize);

/// What is odd, and where the sections are.
fn look(text: &str) -> (Vec<Odd<'_>>, Vec<usize>) {
    let mut odd = Vec::new();
    let sections = scan(text.as_bytes(), "CERTIFICATE", &mut |oddity| {
        odd.push((oddity.kind, oddity.line, oddity.column, oddity.lines));
    });
    (odd, sections.iter().map(|section| section.line).collect())
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

#[test]
fn a_clean_text_has_nothing_odd_with_or_without_a_final_line_ending() {
    let line = "A".repeat(64);
    for ending in ["", "\n"] {
        let text =
            format!("# A comment\n{BEGIN}\n{line}\nAAAA\n{END}\n{BEGIN}\nAAAA\n{END}{ending}");
        assert_eq!(look(&text), (vec![], vec![2, 6]));
    }
    assert_eq!(look(""), (vec![], vec![]));
}

#[test]
fn lines_that_follow_on_each_other_are_told_as_one() {
    let text = format!("\n \t\nnotes\nmore\n\n{BEGIN}\n\nAAAA\n{END}\n");
    assert_eq!(
        look(&text),
        (
            vec![
                (Kind::BlankLine, 1, None, 2),
                (Kind::BlankLine, 5, None, 1),
                (Kind::TextLine, 3, None, 2),
                (Kind::BlankLine, 7, None, 1),
            ],
            vec![6]
        )
    );
}

#[test]
fn a_dump_goes_on_to_the_section() {
    let text =
        format!("Bag Attributes\n    localKeyID: 01\nsubject=CN = A\n{BEGIN}\nAAAA\n{END}\n");
    assert_eq!(look(&text), (vec![(Kind::TextDump, 1, None, 3)], vec![4]));
}

#[test]
fn columns_count_characters_from_1() {
    let comment = "# Zürich-West";
    assert_eq!(look(comment).0, [(Kind::DashInComment, 1, Some(9), 1)]);
    let text = format!("{BEGIN}\nAA*A\n{END}\n");
    assert_eq!(
        look(&text),
        (vec![(Kind::BadCharacter, 2, Some(3), 1)], vec![])
    );
    let text = format!("{BEGIN}\nAAAA\n{END}{BEGIN}\nAAAA\n{END}\n");
    assert_eq!(
        look(&text),
        (vec![(Kind::JoinedBoundaries, 3, Some(26), 1)], vec![1, 3])
    );
}

#[test]
fn the_scan_goes_on_after_a_broken_section() {
    for (broken, odd) in [
        (format!("{BEGIN}\nAAAA\n"), (Kind::MissingEnd, 1, None, 1)),
        (
            format!("{BEGIN}\nAAA\n{END}\n"),
            (Kind::BadBase64, 1, None, 1),
        ),
        (
            format!("{BEGIN}\nAA==AAAA\n{END}\n"),
            (Kind::BadBase64, 1, None, 1),
        ),
        (
            format!("{BEGIN}\nA===\n{END}\n"),
            (Kind::BadBase64, 1, None, 1),
        ),
        (
            format!("{BEGIN}\n{END}\n"),
            (Kind::EmptySection, 1, None, 1),
        ),
        (
            format!("{BEGIN}\nAAAA\n-----END X-----\n"),
            (Kind::WrongEnd, 3, None, 1),
        ),
        (format!("{END}\n"), (Kind::StrayEnd, 1, None, 1)),
        (
            "-----BEGIN X-----\n*\n-----END X-----\n".to_owned(),
            (Kind::OtherSection(b"X"), 1, None, 1),
        ),
        (
            "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n".to_owned(),
            (Kind::PrivateKey(b"EC PRIVATE KEY"), 1, None, 1),
        ),
    ] {
        let lines = broken.lines().count();
        let text = format!("{broken}{BEGIN}\nAAAA\n{END}\n");
        assert_eq!(look(&text), (vec![odd], vec![lines + 1]), "{broken}");
    }
    let text = format!("{BEGIN}\nAAAA\n");
    assert_eq!(look(&text), (vec![(Kind::MissingEnd, 1, None, 1)], vec![]));
}

#[test]
fn line_endings_blanks_and_lengths_are_told_once_with_their_number() {
    let text = format!("{BEGIN}\r\nAAAA\r\n{END}\r\n");
    assert_eq!(look(&text), (vec![(Kind::Crlf, 1, None, 3)], vec![1]));
    let text = format!("{BEGIN}\rAAAA\r{END}");
    assert_eq!(look(&text), (vec![(Kind::BareCr, 1, None, 2)], vec![1]));
    let text = format!("{BEGIN} \n\tAAAA\n{END}\n");
    assert_eq!(
        look(&text),
        (vec![(Kind::OuterBlanks, 1, None, 2)], vec![1])
    );
    let (short, long) = ("AAAA", "A".repeat(68));
    let text = format!("{BEGIN}\n{short}\n{long}\n{END}\n{BEGIN}\n{long}\n{END}\n");
    assert_eq!(
        look(&text),
        (vec![(Kind::LineLength, 2, None, 3)], vec![1, 5])
    );
}

#[test]
fn a_byte_order_mark_hides_no_section() {
    let text = format!("\u{feff}{BEGIN}\nAAAA\n{END}\n");
    assert_eq!(
        look(&text),
        (vec![(Kind::ByteOrderMark, 1, Some(1), 1)], vec![1])
    );
}

#[test]
fn nearly_a_boundary_is_told_and_taken_for_one() {
    let text = "----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE----\n";
    assert_eq!(
        look(text),
        (
            vec![
                (Kind::MalformedBoundary, 1, Some(1), 1),
                (Kind::MalformedBoundary, 3, Some(1), 1)
            ],
            vec![1]
        )
    );
}
