//! The identifier that links the two logs.

use core::fmt;
use core::str::FromStr;

/// What ALB calls `conn_trace_id`: one for each connection, field 12 of the connection log and
/// field 30 of the access log.
///
/// `Display` writes `TID_` and lower hex: 32 digits, or the 16 of AWS's documentation if it was
/// read from such.
///
/// ```
/// use portcullis::ConnTraceId;
///
/// let id: ConnTraceId = "TID_3180a73013c8ca4bac2f731159d4b0fe".parse()?;
/// assert_eq!(id.as_bytes()[..2], [0x31, 0x80]);
/// assert_eq!(ConnTraceId::from_bytes([7; 16]).to_string(), "TID_07070707070707070707070707070707");
/// # Ok::<(), portcullis::ParseConnTraceIdError>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConnTraceId {
    /// The short form has zeros after it.
    bytes: [u8; LONG],
    form: Form,
}

impl ConnTraceId {
    /// Of 16 octets, which should be random.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; LONG]) -> Self {
        Self {
            bytes,
            form: Form::Long,
        }
    }

    /// The octets, 16 or 8 of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self.form {
            Form::Long => &self.bytes,
            Form::Short => self.bytes.split_at(SHORT).0,
        }
    }
}

impl fmt::Display for ConnTraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ConnTraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnTraceId({self})")
    }
}

impl FromStr for ConnTraceId {
    type Err = ParseConnTraceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = ParseConnTraceIdError(());
        let digits = text.strip_prefix(PREFIX).ok_or(error)?.as_bytes();
        let form = match digits.len() / 2 {
            LONG => Form::Long,
            SHORT => Form::Short,
            _ => return Err(error),
        };
        let (pairs, []) = digits.as_chunks() else {
            return Err(error);
        };
        let mut bytes = [0; LONG];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let high = lower_hex(*high).ok_or(error)?;
            *byte = high << 4 | lower_hex(*low).ok_or(error)?;
        }
        Ok(Self { bytes, form })
    }
}

/// A text that is no `conn_trace_id`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseConnTraceIdError(());

impl fmt::Display for ParseConnTraceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not TID_ and 32 or 16 lower hexadecimal digits")
    }
}

impl core::error::Error for ParseConnTraceIdError {}

#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Form {
    Long,
    Short,
}

const fn lower_hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => digit.checked_sub(b'0'),
        b'a'..=b'f' => digit.checked_sub(b'a' - 10),
        _ => None,
    }
}

const PREFIX: &str = "TID_";
const LONG: usize = 16;
const SHORT: usize = 8;
