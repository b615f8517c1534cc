//! The lines that begin and end a section, and those that were meant to.

/// A BEGIN or END line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Boundary<'t> {
    pub(super) edge: Edge,
    pub(super) label: &'t [u8],
    /// Whether it is as RFC 7468 writes it.
    pub(super) is_exact: bool,
    /// The boundary that follows on the same line, and where it begins.
    pub(super) next: Option<(usize, &'t [u8])>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Edge {
    Begin,
    End,
}

impl<'t> Boundary<'t> {
    /// Reads a line without blanks around it. One with too few or too many hyphens, in lower case
    /// or with something after it is one all the same, if not an exact one.
    pub(super) fn read(line: &'t [u8]) -> Option<Self> {
        let opening = count_hyphens(line);
        if opening < 2 {
            return None;
        }
        let word = line[opening..].trim_ascii_start();
        let (edge, after) = [(Edge::Begin, "BEGIN "), (Edge::End, "END ")]
            .into_iter()
            .find_map(|(edge, prefix)| {
                let (start, after) = word.split_at_checked(prefix.len())?;
                start
                    .eq_ignore_ascii_case(prefix.as_bytes())
                    .then_some((edge, after))
            })?;
        let end = after
            .windows(2)
            .position(|pair| pair == b"--")
            .unwrap_or(after.len());
        let (label, closing) = after.split_at(end);
        let hyphens = count_hyphens(closing);
        let next = closing
            .get(HYPHENS..)
            .filter(|next| next.starts_with(b"-----BEGIN ") || next.starts_with(b"-----END "));
        // "-- BEGIN of the list" is no boundary.
        let label = label.trim_ascii();
        let is_label = !label.is_empty()
            && label
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'0'..=b'9' | b'#'));
        if !is_label && hyphens < HYPHENS {
            return None;
        }
        let exact_line = [
            &b"-----"[..],
            match edge {
                Edge::Begin => &b"BEGIN "[..],
                Edge::End => b"END ",
            },
            label,
            b"-----",
        ]
        .concat();
        Some(Self {
            edge,
            label,
            is_exact: exact_line == line,
            next: next.map(|next| (line.len() - next.len(), next)),
        })
    }
}

fn count_hyphens(text: &[u8]) -> usize {
    text.iter().take_while(|byte| **byte == b'-').count()
}

/// On either side of the words.
const HYPHENS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Edge, &str, bool)> {
        Boundary::read(line.as_bytes()).map(|boundary| {
            let label = str::from_utf8(boundary.label).expect("UTF-8");
            (boundary.edge, label, boundary.is_exact)
        })
    }

    #[test]
    fn boundaries_are_exact_only_as_rfc_7468_writes_them() {
        for (line, edge, label, is_exact) in [
            (
                "-----BEGIN CERTIFICATE-----",
                Edge::Begin,
                "CERTIFICATE",
                true,
            ),
            ("-----END X509 CRL-----", Edge::End, "X509 CRL", true),
            ("-----BEGIN a-b-----", Edge::Begin, "a-b", true),
            (
                "----BEGIN CERTIFICATE-----",
                Edge::Begin,
                "CERTIFICATE",
                false,
            ),
            (
                "------BEGIN CERTIFICATE-----",
                Edge::Begin,
                "CERTIFICATE",
                false,
            ),
            (
                "-----BEGIN CERTIFICATE----",
                Edge::Begin,
                "CERTIFICATE",
                false,
            ),
            (
                "-----BEGIN CERTIFICATE------",
                Edge::Begin,
                "CERTIFICATE",
                false,
            ),
            ("-----BEGIN CERTIFICATE", Edge::Begin, "CERTIFICATE", false),
            (
                "-----Begin CERTIFICATE-----",
                Edge::Begin,
                "CERTIFICATE",
                false,
            ),
            (
                "----- END CERTIFICATE -----",
                Edge::End,
                "CERTIFICATE",
                false,
            ),
            (
                "-----END CERTIFICATE-----x",
                Edge::End,
                "CERTIFICATE",
                false,
            ),
        ] {
            assert_eq!(read(line), Some((edge, label, is_exact)), "{line}");
        }
    }

    #[test]
    fn other_lines_with_hyphens_are_no_boundaries() {
        for line in [
            "-----",
            "-BEGIN CERTIFICATE-----",
            "-- BEGIN of a list",
            "-- END",
            "---",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn two_boundaries_on_one_line_are_told_apart() {
        let line = b"-----END CERTIFICATE----------BEGIN CERTIFICATE-----";
        let boundary = Boundary::read(line).expect("one");
        assert_eq!(
            (boundary.edge, boundary.label),
            (Edge::End, &b"CERTIFICATE"[..])
        );
        assert!(!boundary.is_exact);
        assert_eq!(boundary.next, Some((25, &line[25..])));
        let next = Boundary::read(&line[25..]).expect("another");
        assert_eq!((next.edge, next.is_exact), (Edge::Begin, true));
    }
}
