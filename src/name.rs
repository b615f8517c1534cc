//! Distinguished names: reading them, and comparing them as RFC 5280 7.1 says, without memory.

#[cfg(target_pointer_width = "64")]
mod ascii;
mod characters;

use core::fmt;
use core::iter;

use self::characters::Canonical;
pub(crate) use self::characters::Characters;
use crate::der;

/// The name of a certificate's subject or issuer (RFC 5280 4.1.2.4).
///
/// `==` compares as RFC 5280 7.1 asks: case of ASCII letters, leading, trailing and repeated
/// blanks, and the kind of string do not matter; other letters, and the order and grouping of the
/// RDNs, do.
///
/// `Display` writes RFC 2253 the way ALB's logs and headers do, in plain ASCII:
/// `CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP`.
#[derive(Clone, Copy)]
pub struct DistinguishedName<'a> {
    der: &'a [u8],
    sum: NameSum,
}

impl<'a> DistinguishedName<'a> {
    /// Wraps the DER of a `Name` for which [`check`] has given the sum.
    pub(crate) const fn from_checked_der(der: &'a [u8], sum: NameSum) -> Self {
        Self { der, sum }
    }

    /// Reads a `Name` from its DER.
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        let sum = check(der::sole(der, der::SEQUENCE)?)?;
        Some(Self { der, sum })
    }

    /// The DER encoding of the `Name`.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.der
    }

    pub(crate) const fn sum(&self) -> NameSum {
        self.sum
    }

    /// Whether there is no RDN in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reader().is_empty()
    }

    /// The RDNs from the first encoded, usually the country, to the last.
    pub(crate) fn rdns(&self) -> impl Iterator<Item = Rdn<'a>> + use<'a> {
        let mut reader = self.reader();
        iter::from_fn(move || Rdn::read(&mut reader))
    }

    /// Every attribute, RDN by RDN, as encoded.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes {
            rdns: self.reader(),
            set: der::Reader::new(&[]),
        }
    }

    /// Whether this name lies in the subtree of `base`: begins with all its RDNs
    /// (RFC 5280 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.below(base).is_some()
    }

    /// Whether this name is `parent` and one RDN more.
    pub(crate) fn is_child(&self, parent: &Self, last: Rdn<'_>) -> bool {
        self.below(parent).is_some_and(|mut rest| {
            Rdn::read(&mut rest).is_some_and(|rdn| rdn == last) && rest.is_empty()
        })
    }

    /// The RDNs that come after all those of `base`, if this name begins with them.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn below(&self, base: &DistinguishedName<'_>) -> Option<der::Reader<'a>> {
        let mut ours = self.reader();
        let mut theirs = base.reader();
        while let Some(rdn) = Rdn::read(&mut theirs) {
            if Rdn::read(&mut ours)? != rdn {
                return None;
            }
        }
        Some(ours)
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn reader(&self) -> der::Reader<'a> {
        der::Reader::new(der::sole(self.der, der::SEQUENCE).unwrap_or_default())
    }
}

impl PartialEq<DistinguishedName<'_>> for DistinguishedName<'_> {
    fn eq(&self, other: &DistinguishedName<'_>) -> bool {
        if self.sum != other.sum {
            return false;
        }
        if self.der == other.der {
            return true;
        }
        self.below(other).is_some_and(|rest| rest.is_empty())
    }
}

impl Eq for DistinguishedName<'_> {}

impl fmt::Debug for DistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

/// The attributes of a name, one after the other.
pub(crate) struct Attributes<'a> {
    rdns: der::Reader<'a>,
    /// What is left of the last RDN.
    set: der::Reader<'a>,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next(&mut self) -> Option<Attribute<'a>> {
        loop {
            if let Some(attribute) = Attribute::read(&mut self.set) {
                return Some(attribute);
            }
            self.set = self.rdns.nested(der::SET)?;
        }
    }
}

/// A set of attributes that together are one component of a name.
#[derive(Clone, Copy)]
pub(crate) struct Rdn<'a> {
    content: &'a [u8],
}

impl<'a> Rdn<'a> {
    fn read(name: &mut der::Reader<'a>) -> Option<Self> {
        let content = name.expect(der::SET)?;
        Some(Self { content })
    }

    /// Reads the content of a `RelativeDistinguishedName`.
    pub(crate) fn parse(content: &'a [u8]) -> Option<Self> {
        check_rdn(content).map(|_| Self { content })
    }

    pub(crate) fn attributes(self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let mut reader = der::Reader::new(self.content);
        iter::from_fn(move || Attribute::read(&mut reader))
    }
}

impl PartialEq<Rdn<'_>> for Rdn<'_> {
    fn eq(&self, other: &Rdn<'_>) -> bool {
        if self.content == other.content {
            return true;
        }
        let mut ours = self.attributes();
        let mut theirs = other.attributes();
        match (ours.next(), ours.next(), theirs.next(), theirs.next()) {
            (Some(ours), None, Some(theirs), None) => ours == theirs,
            _ => self.has_same_attributes(other),
        }
    }
}

impl Rdn<'_> {
    /// The order of attributes in a set does not matter.
    #[inline(never)]
    fn has_same_attributes(&self, other: &Rdn<'_>) -> bool {
        // Each attribute of ours takes one of theirs that none has taken. Equality is transitive,
        // so taking the first that fits is enough.
        let mut taken = [false; MAX_RDN_ATTRIBUTES];
        let every_one_matches = self.attributes().all(|ours| {
            let mut free = taken
                .iter_mut()
                .zip(other.attributes())
                .filter(|(taken, _)| !**taken);
            let found = free.find(|(_, theirs)| ours == *theirs);
            found.map(|(taken, _)| *taken = true).is_some()
        });
        every_one_matches && self.attributes().count() == other.attributes().count()
    }
}

/// `AttributeTypeAndValue` (RFC 5280 4.1.2.4).
#[derive(Clone, Copy)]
pub(crate) struct Attribute<'a> {
    /// Content octets of the OBJECT IDENTIFIER.
    pub(crate) kind: &'a [u8],
    pub(crate) value: der::Tlv<'a>,
}

impl<'a> Attribute<'a> {
    fn read(set: &mut der::Reader<'a>) -> Option<Self> {
        let mut reader = set.nested(der::SEQUENCE)?;
        let kind = reader.expect(der::OBJECT_IDENTIFIER)?;
        let value = reader.any()?;
        reader.finish()?;
        Some(Self { kind, value })
    }

    /// The characters of a value that is a string of characters.
    pub(crate) fn characters(&self) -> Option<Characters<'a>> {
        Characters::new(self.value.tag, self.value.value)
    }

    /// The characters of a value that is compared by its characters.
    fn comparable(&self) -> Option<Characters<'a>> {
        self.characters()
            .filter(|_| self.value.tag != der::NUMERIC_STRING)
    }

    #[inline(never)]
    fn has_same_characters(&self, other: &Attribute<'_>) -> bool {
        match (self.comparable(), other.comparable()) {
            (Some(ours), Some(theirs)) => Canonical::new(ours).eq(Canonical::new(theirs)),
            _ => false,
        }
    }

    /// The octets of such a value, if each is a character of ASCII.
    #[cfg(target_pointer_width = "64")]
    fn ascii(&self) -> Option<&'a [u8]> {
        let value = self.value.value;
        Some(value).filter(|value| is_of_octets(self.value.tag) && value.is_ascii())
    }

    /// This attribute's part of the sum of its name; `None` if it is a string that is broken.
    fn sum(&self) -> Option<u32> {
        let der::Tlv { tag, value } = self.value;
        let sum = match tag {
            der::BMP_STRING | der::UNIVERSAL_STRING => {
                let characters = Characters::new(tag, value)?;
                characters.fold(0, |sum: u32, character| {
                    let octet = u8::try_from(character).unwrap_or(u8::MAX);
                    sum.wrapping_add(sum_of_word(usize::from(octet)))
                })
            }
            _ if is_of_octets(tag) => {
                let (sum, is_ascii) = sum(value);
                if tag == der::UTF8_STRING && !is_ascii {
                    Characters::new(tag, value)?;
                }
                sum
            }
            _ => 0,
        };
        let kind = self.kind.last()?;
        Some(sum.wrapping_mul(u32::from(*kind).wrapping_add(1)))
    }
}

impl PartialEq<Attribute<'_>> for Attribute<'_> {
    fn eq(&self, other: &Attribute<'_>) -> bool {
        if self.kind != other.kind {
            return false;
        }
        if self.value.tag == other.value.tag && self.value.value == other.value.value {
            return true;
        }
        // Where flash counts, the characters are compared one by one.
        #[cfg(target_pointer_width = "64")]
        if let (Some(ours), Some(theirs)) = (self.ascii(), other.ascii()) {
            return ascii::is_same_ascii(ours, theirs);
        }
        self.has_same_characters(other)
    }
}

/// Something that equal names share and others hardly ever do, so that a search among many names
/// reads few of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NameSum(u32);

impl NameSum {
    pub(crate) const ZERO: Self = Self(0);
}

/// The sum of the content of a `Name`, if it is as RFC 5280 4.1.2.4 says: sets of at least one
/// attribute, and no string broken.
pub(crate) fn check(content: &[u8]) -> Option<NameSum> {
    let mut reader = der::Reader::new(content);
    let mut total = 0_u32;
    for _ in 0..MAX_RDNS {
        if reader.is_empty() {
            break;
        }
        let rdn = check_rdn(reader.expect(der::SET)?)?;
        total = total.wrapping_mul(31).wrapping_add(rdn);
    }
    reader.finish().map(|()| NameSum(total))
}

/// The order of attributes in a set does not matter, and so they are just added.
fn check_rdn(content: &[u8]) -> Option<u32> {
    let mut set = der::Reader::new(content);
    let mut attributes = 0_usize;
    let mut total = 0_u32;
    while !set.is_empty() {
        let attribute = Attribute::read(&mut set)?;
        if !is_value_tag(attribute.value.tag) || !der::is_object_identifier(attribute.kind) {
            return None;
        }
        attributes = attributes.saturating_add(1);
        total = total.wrapping_add(attribute.sum()?);
    }
    (1..=MAX_RDN_ATTRIBUTES)
        .contains(&attributes)
        .then_some(total)
}

/// Adds up what [`sum_of_word`] does of a string, and says whether it is in ASCII alone.
fn sum(octets: &[u8]) -> (u32, bool) {
    let (words, rest) = octets.as_chunks();
    let rest = rest
        .iter()
        .fold(0, |word: usize, octet| word << 8 | usize::from(*octet));
    let (mut sum, mut all) = (sum_of_word(rest), rest);
    for word in words {
        let word = usize::from_ne_bytes(*word);
        sum = sum.wrapping_add(sum_of_word(word));
        all |= word;
    }
    (sum, all & EACH_OCTET << 7 == 0)
}

/// Of each octet in a word the five lowest bits, added up, if it is ASCII and has bit 4 or bit 6: all
/// letters and digits do and no blank does, and the case of letters is in bit 5. So strings that
/// compare equal have one sum.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn sum_of_word(word: usize) -> u32 {
    let counts = (word >> 4 | word >> 6) & !(word >> 7) & EACH_OCTET;
    let parts = word & counts.wrapping_mul(0x1f);
    // Eight times 31 fit an octet.
    (parts.wrapping_mul(EACH_OCTET) >> (usize::BITS - 8)) as u32
}

/// Values are strings, or of a type that OpenSSL and AWS-LC take for one: they name these, and all
/// that no other use is known for.
const fn is_value_tag(tag: u8) -> bool {
    matches!(
        tag,
        der::UTF8_STRING
            | der::BMP_STRING
            | der::UNIVERSAL_STRING
            | der::BIT_STRING
            | der::NUMERIC_STRING..=der::T61_STRING
            | der::IA5_STRING
            | 0x07..=0x0f
            | 0x1d
            | der::SEQUENCE
    )
}

/// A one in each octet.
const EACH_OCTET: usize = usize::MAX / 0xff;

/// Whether a string has one octet a character, at least in ASCII, and is compared by its characters.
const fn is_of_octets(tag: u8) -> bool {
    matches!(
        tag,
        der::UTF8_STRING | der::PRINTABLE_STRING | der::T61_STRING | der::IA5_STRING
    )
}

/// So that comparing two sets takes a bounded number of steps. Names with more than two attributes
/// in one RDN are hardly ever seen; ours is the limit, no standard's.
const MAX_RDN_ATTRIBUTES: usize = 4;
/// So that a name costs about what its octets cost to hash. Names with more than ten RDNs are hardly
/// ever seen; ours is the limit, no standard's.
const MAX_RDNS: usize = 64;
