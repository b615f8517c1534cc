//! What a file is, told by its first bytes and never by its name.

use anyhow::bail;

use crate::printable::Ascii;

/// The kinds of file that certificates come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// One certificate, or what is taken for one.
    Der,
    /// Text with `-----BEGIN ...-----` sections.
    Pem,
    /// A client's certificate with its private key, under a password.
    Pkcs12,
}

impl Format {
    /// Recognises a file. Anything that is not text is taken for a certificate, as a client could
    /// have sent it; a file that can't be a chain at all is refused with the reason.
    pub(crate) fn of(bytes: &[u8]) -> anyhow::Result<Self> {
        if bytes.is_empty() {
            bail!("is empty");
        }
        if let Some(content) = der_sequence(bytes) {
            if content.starts_with(PKCS7_SIGNED_DATA) {
                bail!(
                    "is a PKCS#7 file: take the certificates out with `openssl pkcs7 -inform DER \
                     -print_certs`"
                );
            }
            // A certificate begins with a SEQUENCE, a PFX with its version, 3.
            return Ok(if content.starts_with(PFX_VERSION_3) {
                Self::Pkcs12
            } else {
                Self::Der
            });
        }
        if !pem_labels(bytes).is_empty() {
            return Ok(Self::Pem);
        }
        if utf16_text(bytes).is_some() {
            bail!("is UTF-16 text: save it as ASCII or UTF-8");
        }
        let Some(text) = as_text(bytes) else {
            return Ok(Self::Der);
        };
        if text.trim().is_empty() {
            bail!("is empty but for blanks");
        }
        // The first bytes of every certificate in base64.
        if text.trim_start().starts_with("MII") {
            bail!(
                "is base64 without its -----BEGIN CERTIFICATE----- and -----END CERTIFICATE----- \
                 lines"
            );
        }
        bail!("is text without a -----BEGIN CERTIFICATE----- line")
    }

    /// What people call it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Der => "DER",
            Self::Pem => "PEM",
            Self::Pkcs12 => "PKCS#12",
        }
    }
}

/// The labels of the PEM sections that begin in a text, each once, fit to print.
pub(super) fn pem_labels(text: &[u8]) -> Vec<String> {
    let mut labels = Vec::new();
    for (_, label) in section_starts(text) {
        let label = Ascii(&String::from_utf8_lossy(label)).to_string();
        if labels.len() < MAX_LABELS && !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// Whether a PEM text has a section of that label.
pub(super) fn has_section(text: &[u8], label: &str) -> bool {
    section_starts(text).any(|(_, found)| found == label.as_bytes())
}

/// PEM without what stands before its first section: a byte order mark, or the `0 s:CN=...` of
/// `openssl s_client -showcerts`, which looks like DER. Everything else is given back as it is.
pub(super) fn trim_to_pem(bytes: &[u8]) -> &[u8] {
    match section_starts(bytes).next() {
        Some((start, _)) if der_sequence(bytes).is_none() => &bytes[start..],
        _ => bytes,
    }
}

/// The line, from 1, on which a certificate of a PEM text begins, itself counted from 1.
pub(super) fn line_of_certificate(text: &[u8], number: usize) -> Option<usize> {
    lines_of_certificates(text).nth(number.checked_sub(1)?)
}

/// The lines, from 1, on which the certificates of a PEM text begin.
pub(super) fn lines_of_certificates(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut line = 1;
    let mut counted = 0;
    section_starts(text)
        .filter(|(_, label)| *label == b"CERTIFICATE")
        .map(move |(start, _)| {
            let between = &text[counted..start];
            line += between.iter().filter(|byte| **byte == b'\n').count();
            counted = start;
            line
        })
}

/// Where PEM sections begin, and their labels.
fn section_starts(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    text[start..]
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(move |line| {
            let at = start;
            start += line.len() + 1;
            (at, line)
        })
        .filter_map(|(at, line)| {
            let label = line.strip_prefix(b"-----BEGIN ")?;
            let end = label.windows(5).position(|window| window == b"-----");
            Some((at, &label[..end.unwrap_or(label.len())]))
        })
}

/// The content of a DER or BER SEQUENCE over 127 bytes or of indefinite length, not looking whether
/// all of it is there. Text can't look like one: after an ASCII `0` no UTF-8 has a byte from 0x80
/// to 0x84.
fn der_sequence(bytes: &[u8]) -> Option<&[u8]> {
    let [0x30, length @ 0x80..=0x84, rest @ ..] = bytes else {
        return None;
    };
    rest.get(usize::from(length & 0x7F)..)
}

/// What a person could have typed.
pub(crate) fn as_text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|text| {
        text.chars().all(|character| {
            !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\x0C')
        })
    })
}

/// UTF-16 after its byte order mark, as UTF-8.
pub(crate) fn utf16_text(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let (mark, units) = units.split_first()?;
    let decode: fn([u8; 2]) -> u16 = match mark {
        b"\xFF\xFE" => u16::from_le_bytes,
        b"\xFE\xFF" => u16::from_be_bytes,
        _ => return None,
    };
    let characters = char::decode_utf16(units.iter().map(|unit| decode(*unit)));
    let cut_off = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    Some(
        characters
            .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
            .chain(cut_off)
            .collect(),
    )
}

/// What editors on Windows put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// `version INTEGER { v3(3) }` and the SEQUENCE that follows it, RFC 7292 section 4.
const PFX_VERSION_3: &[u8] = b"\x02\x01\x03\x30";

/// The object identifier of pkcs7-signedData.
const PKCS7_SIGNED_DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";

/// Enough to tell what a file is.
const MAX_LABELS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        Format::of(bytes).expect_err("not usable").to_string()
    }

    #[test]
    fn anything_that_is_not_text_is_taken_for_a_certificate() {
        for bytes in [
            &b"\x30\x82\x01\x00\x30"[..],
            b"\x30\x03\x02\x01\x03",
            b"\x00",
            b"\xFF\xD8\xFF\xE0JFIF",
            b"\x30\x80",
        ] {
            assert_eq!(
                Format::of(bytes).expect("usable"),
                Format::Der,
                "{bytes:x?}"
            );
        }
    }

    #[test]
    fn pem_is_recognised_after_other_text_and_with_any_line_ending() {
        for text in [
            "-----BEGIN X-----",
            "0 s:CN=a\r\n-----BEGIN X-----\r\n",
            "a\r-----BEGIN X-----",
            "\u{feff}-----BEGIN X-----",
        ] {
            assert_eq!(
                Format::of(text.as_bytes()).expect("usable"),
                Format::Pem,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_pfx_is_told_from_a_certificate_by_its_version() {
        assert_eq!(
            Format::of(b"\x30\x82\x0E\xCF\x02\x01\x03\x30").expect("usable"),
            Format::Pkcs12
        );
        assert_eq!(
            Format::of(b"\x30\x80\x02\x01\x03\x30\x80").expect("usable"),
            Format::Pkcs12
        );
    }

    #[test]
    fn files_that_no_client_could_have_sent_are_refused_with_the_reason() {
        assert_eq!(refusal(b""), "is empty");
        assert_eq!(refusal(b" \r\n"), "is empty but for blanks");
        assert_eq!(
            refusal(b"hello\n"),
            "is text without a -----BEGIN CERTIFICATE----- line"
        );
        assert!(refusal(b"MIID6zCC\n").contains("base64"));
        assert!(refusal(b"\xFF\xFE-\0-\0").contains("UTF-16"));
        assert!(
            refusal(b"\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02")
                .contains("PKCS#7")
        );
    }

    #[test]
    fn utf_16_is_read_in_either_order_and_nothing_else_is() {
        let text = "-é\u{1f512}\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little = units.iter().flat_map(|unit| unit.to_le_bytes());
        let big = units.iter().flat_map(|unit| unit.to_be_bytes());
        let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(little).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(big).collect();
        assert_eq!(utf16_text(&little).as_deref(), Some(text));
        assert_eq!(utf16_text(&big).as_deref(), Some(text));
        assert_eq!(
            utf16_text(b"\xFF\xFE\x00\xD8-").as_deref(),
            Some("\u{fffd}\u{fffd}")
        );
        assert_eq!(utf16_text(text.as_bytes()), None);
        assert_eq!(utf16_text(b"\xFF"), None);
    }

    #[test]
    fn labels_are_listed_once_and_fit_to_print() {
        assert_eq!(
            pem_labels(
                b"-----BEGIN A-----\n-----BEGIN A-----\n-----BEGIN B\x1B[2J-----\r\n \
                  x-----BEGIN C-----"
            ),
            ["A", r"B\u{1b}[2J"]
        );
    }

    #[test]
    fn pem_is_handed_on_from_its_first_section() {
        let pem = b"-----BEGIN X-----\nAAAA\n-----END X-----\n";
        for before in ["", "\u{feff}", "0 s:CN=a\r\n", "\n\n"] {
            let text = [before.as_bytes(), pem].concat();
            assert_eq!(trim_to_pem(&text), pem, "{before:?}");
        }
        let der = b"\x30\x82\x00\x20\n-----BEGIN X-----\n";
        assert_eq!(trim_to_pem(der), der);
        assert_eq!(trim_to_pem(b"text"), b"text");
    }

    #[test]
    fn a_certificate_is_found_by_its_line() {
        let text = b"\xEF\xBB\xBF-----BEGIN CERTIFICATE-----\r\n-----BEGIN KEY-----\r\n\r\n\
            -----BEGIN CERTIFICATE-----\r\n";
        assert_eq!(line_of_certificate(text, 0), None);
        assert_eq!(line_of_certificate(text, 1), Some(1));
        assert_eq!(line_of_certificate(text, 2), Some(4));
        assert_eq!(line_of_certificate(text, 3), None);
    }
}
