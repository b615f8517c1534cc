//! `GeneralName` (RFC 5280 4.2.1.6).

use core::iter;

use crate::der;
use crate::name::DistinguishedName;

/// One name of a subjectAltName, a constraint or a distribution point.
#[derive(Clone, Copy)]
pub(crate) enum GeneralName<'a> {
    Email(&'a [u8]),
    Dns(&'a [u8]),
    Directory(DistinguishedName<'a>),
    Uri(&'a [u8]),
    Ip(&'a [u8]),
    /// The other kinds, by tag and content.
    Other(u8, &'a [u8]),
}

impl<'a> GeneralName<'a> {
    pub(crate) fn read(name: der::Tlv<'a>) -> Option<Self> {
        Some(match name.tag {
            EMAIL => Self::Email(name.value),
            DNS => Self::Dns(name.value),
            DIRECTORY => Self::Directory(DistinguishedName::parse(name.value)?),
            URI => Self::Uri(name.value),
            IP => Self::Ip(name.value),
            OTHER | X400 | EDI_PARTY | REGISTERED_ID => Self::Other(name.tag, name.value),
            _ => return None,
        })
    }
}

impl GeneralName<'_> {
    /// The tag with which a name of this kind is encoded.
    pub(crate) const fn tag(&self) -> u8 {
        match self {
            Self::Email(_) => EMAIL,
            Self::Dns(_) => DNS,
            Self::Directory(_) => DIRECTORY,
            Self::Uri(_) => URI,
            Self::Ip(_) => IP,
            Self::Other(tag, _) => *tag,
        }
    }

    /// Whether both are the same name of the same kind. Nothing says how the other kinds compare.
    pub(crate) fn is_same(&self, other: &GeneralName<'_>) -> bool {
        match (self, other) {
            (Self::Directory(ours), GeneralName::Directory(theirs)) => ours == theirs,
            (Self::Email(ours), GeneralName::Email(theirs))
            | (Self::Dns(ours), GeneralName::Dns(theirs))
            | (Self::Uri(ours), GeneralName::Uri(theirs))
            | (Self::Ip(ours), GeneralName::Ip(theirs)) => ours == theirs,
            (Self::Other(kind, ours), GeneralName::Other(theirs, content)) => {
                kind == theirs && ours == content
            }
            _ => false,
        }
    }
}

/// The names of a list that has been checked.
pub(crate) fn general_names<'a>(
    content: &'a [u8],
) -> impl Iterator<Item = GeneralName<'a>> + use<'a> {
    let mut reader = der::Reader::new(content);
    iter::from_fn(move || next(&mut reader))
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn next<'a>(reader: &mut der::Reader<'a>) -> Option<GeneralName<'a>> {
    reader.any().and_then(GeneralName::read)
}

/// Whether the content of a `GeneralNames` has this name.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn has_directory_name(names: &[u8], wanted: &DistinguishedName<'_>) -> bool {
    general_names(names).any(|name| matches!(name, GeneralName::Directory(name) if name == *wanted))
}

/// Whether every name of the content of a `GeneralNames` is one. An empty list is let through, and
/// so are octets above 0x7F, as AWS-LC lets them.
pub(crate) fn check_list(content: &[u8]) -> Option<()> {
    let mut reader = der::Reader::new(content);
    while !reader.is_empty() {
        GeneralName::read(reader.any()?)?;
    }
    Some(())
}

const OTHER: u8 = der::context_constructed(0);
const EMAIL: u8 = der::context(1);
const DNS: u8 = der::context(2);
const X400: u8 = der::context_constructed(3);
const DIRECTORY: u8 = der::context_constructed(4);
const EDI_PARTY: u8 = der::context_constructed(5);
const URI: u8 = der::context(6);
const IP: u8 = der::context(7);
const REGISTERED_ID: u8 = der::context(8);
