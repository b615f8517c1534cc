//! DER as a tree, of which one element can be changed and all lengths still fit.

use portcullis_fixtures::{Random, der};

/// An element and what is within it.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    tag: u8,
    /// What stands before the children: the count of unused bits, where a BIT STRING wraps DER.
    prefix: Vec<u8>,
    content: Content,
    length: Length,
}

#[derive(Clone, Debug)]
enum Content {
    Bytes(Vec<u8>),
    Children(Vec<Tree>),
}

#[derive(Clone, Copy, Debug)]
enum Length {
    Indefinite,
    Long,
    Shortest,
}

impl Tree {
    /// One element and nothing after it.
    pub(super) fn parse(encoded: &[u8]) -> Option<Self> {
        match &Self::parse_all(encoded)?[..] {
            [tree] => Some(tree.clone()),
            _ => None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let content = match &self.content {
            Content::Bytes(bytes) => bytes.clone(),
            Content::Children(children) => der::concat(children.iter().map(Self::encode)),
        };
        let content = [&self.prefix[..], &content].concat();
        match self.length {
            Length::Indefinite => der::tlv_with_indefinite_length(self.tag, content),
            Length::Long => der::tlv_with_long_length(self.tag, 4, content),
            Length::Shortest => der::tlv(self.tag, content),
        }
    }

    /// Changes one element, and says how.
    pub(super) fn mutate(&mut self, random: &mut Random) -> &'static str {
        let target = random.below(self.count());
        self.mutate_at(&mut { target }, random).unwrap_or("nothing")
    }

    fn parse_all(mut encoded: &[u8]) -> Option<Vec<Self>> {
        let mut trees = Vec::new();
        while !encoded.is_empty() {
            let (tag, content, rest) = read(encoded)?;
            trees.push(Self::new(tag, content));
            encoded = rest;
        }
        Some(trees)
    }

    fn new(tag: u8, content: &[u8]) -> Self {
        let (prefix, inner) = match (tag, content.split_first()) {
            (der::BIT_STRING, Some((0, inner))) => (vec![0], inner),
            _ => (Vec::new(), content),
        };
        let may_wrap = tag & 0x20 != 0 || tag == der::OCTET_STRING || !prefix.is_empty();
        let children = may_wrap.then(|| Self::parse_all(inner)).flatten();
        let (prefix, content) = match children {
            Some(children) if !children.is_empty() => (prefix, Content::Children(children)),
            _ => (Vec::new(), Content::Bytes(content.to_vec())),
        };
        Self {
            tag,
            prefix,
            content,
            length: Length::Shortest,
        }
    }

    fn count(&self) -> usize {
        match &self.content {
            Content::Bytes(_) => 1,
            Content::Children(children) => 1 + children.iter().map(Self::count).sum::<usize>(),
        }
    }

    fn mutate_at(&mut self, target: &mut usize, random: &mut Random) -> Option<&'static str> {
        if *target == 0 {
            return Some(self.mutate_this(random));
        }
        *target -= 1;
        let Content::Children(children) = &mut self.content else {
            return None;
        };
        for child in children {
            let count = child.count();
            if *target < count {
                return child.mutate_at(target, random);
            }
            *target -= count;
        }
        None
    }

    fn mutate_this(&mut self, random: &mut Random) -> &'static str {
        match random.below(8) {
            0 => {
                let tags = [
                    2, 3, 4, 5, 6, 12, 19, 22, 23, 24, 30, 48, 49, 0xA0, 0x80, 0x82,
                ];
                self.tag = tags[random.below(tags.len())];
                return "tag";
            }
            1 => {
                self.length = Length::Long;
                return "long length";
            }
            2 if self.tag & 0x20 != 0 => {
                self.length = Length::Indefinite;
                return "indefinite length";
            }
            _ => {}
        }
        match &mut self.content {
            Content::Bytes(bytes) => mutate_bytes(bytes, random),
            Content::Children(children) => mutate_children(children, random),
        }
    }
}

fn mutate_bytes(bytes: &mut Vec<u8>, random: &mut Random) -> &'static str {
    match random.below(5) {
        0 => {
            bytes.insert(0, 0);
            "a zero before"
        }
        1 => {
            bytes.push(random.below(256) as u8);
            "a byte after"
        }
        2 if !bytes.is_empty() => {
            bytes.pop();
            "a byte less"
        }
        3 => {
            bytes.clear();
            "empty"
        }
        _ => {
            if let Some(count) = bytes.len().checked_mul(8).filter(|&count| count > 0) {
                let bit = random.below(count);
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            "a bit"
        }
    }
}

fn mutate_children(children: &mut Vec<Tree>, random: &mut Random) -> &'static str {
    let index = random.below(children.len());
    match random.below(5) {
        0 => {
            children.remove(index);
            "an element less"
        }
        1 => {
            let again = children[index].clone();
            children.insert(index, again);
            "an element twice"
        }
        2 => {
            let other = random.below(children.len());
            children.swap(index, other);
            "elements swapped"
        }
        3 => {
            let null = Tree::new(der::NULL, &[]);
            children.push(null);
            "a NULL after"
        }
        _ => {
            children.clear();
            "no elements"
        }
    }
}

/// Only what comes out as it went in: what is within a string need not be DER.
fn read(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, content, rest) = der::checked_read(input)?;
    let header = &input[..input.len() - content.len() - rest.len()];
    let is_single_byte = tag & 0x1F != 0x1F;
    (is_single_byte && der::header(tag, content.len()) == header).then_some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use portcullis_fixtures::{Certificate, Key};

    use super::*;

    #[test]
    fn what_is_not_changed_comes_out_as_it_went_in() {
        for key in [Key::p256(0), Key::rsa2048(0)] {
            let certificate = Certificate::ca("CA", key);
            let tree = Tree::parse(certificate.der()).expect("a certificate is DER");
            assert!(tree.count() > 40);
            assert_eq!(tree.encode(), certificate.der());
        }
    }

    #[test]
    fn every_element_can_be_changed() {
        let certificate = Certificate::ca("CA", Key::p256(0));
        let tree = Tree::parse(certificate.der()).expect("a certificate is DER");
        for target in 0..tree.count() {
            let changed = tree.clone().mutate_at(&mut { target }, &mut Random::new(1));
            assert!(changed.is_some());
        }
        let beyond = tree.count();
        assert_eq!(
            tree.clone().mutate_at(&mut { beyond }, &mut Random::new(1)),
            None
        );
    }
}
