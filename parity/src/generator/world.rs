//! A public key infrastructure before it is signed, so that anything in it can still be changed.

use portcullis::pki_types::CertificateDer;
use portcullis_fixtures::{
    Certificate, CertificateBuilder, CrlBuilder, GeneralName, Key, NOW, Name, Random, oid,
};

use super::Case;
use super::keys::Pool;
use crate::row::Row;

/// A chain, its surroundings and its lists.
pub(super) struct World {
    /// Issuers come before what they issue.
    pub(super) nodes: Vec<Node>,
    /// The nodes of the good path, root first, leaf last.
    pub(super) path: Vec<usize>,
    /// What the client presents, leaf first.
    pub(super) presented: Vec<usize>,
    pub(super) store: Vec<usize>,
    pub(super) lists: Vec<List>,
    /// The seconds since 1970 of the verdict.
    pub(super) now: i64,
    pub(super) keys: Pool,
    pub(super) faults: Vec<String>,
}

/// A certificate before it is signed.
pub(super) struct Node {
    pub(super) builder: CertificateBuilder,
    pub(super) name: Name,
    pub(super) key: Key,
    pub(super) serial: Vec<u8>,
    /// Who issues it; nobody else does without.
    pub(super) parent: Option<usize>,
    /// The key it is signed with in place of the issuer's.
    pub(super) signer: Option<Key>,
}

/// A CRL before it is signed.
pub(super) struct List {
    pub(super) builder: CrlBuilder,
    pub(super) issuer: usize,
    /// The key it is signed with in place of the issuer's.
    pub(super) signer: Option<Key>,
}

impl World {
    /// A good one.
    pub(super) fn new(random: &mut Random) -> Self {
        let mut world = Self {
            nodes: Vec::new(),
            path: Vec::new(),
            presented: Vec::new(),
            store: Vec::new(),
            lists: Vec::new(),
            now: NOW,
            keys: Pool::default(),
            faults: Vec::new(),
        };
        let cas = match random.below(20) {
            0 => 0,
            1..5 => 1,
            5..13 => 2,
            13..16 => 3,
            16..18 => 4,
            18 => 5,
            _ => 6,
        };
        for number in 0..cas {
            let parent = world.path.last().copied();
            let key = world.keys.of_ca(random);
            let node = Node::ca(ca_name(number, random), key, parent, random);
            world.nodes.push(node);
            world.path.push(world.nodes.len() - 1);
        }
        let parent = world.path.last().copied();
        let key = world.keys.of_leaf(random);
        world.nodes.push(Node::leaf(key, parent, random));
        world.path.push(world.nodes.len() - 1);
        world.present(random);
        if random.one_in(3) {
            world.add_lists(random);
        }
        world
    }

    /// Adds a certificate beside the path.
    pub(super) fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Changes the builder of a node.
    pub(super) fn change(
        &mut self,
        node: usize,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) {
        let builder = self.nodes[node].builder.clone();
        self.nodes[node].builder = change(builder);
    }

    /// Gives a node another name, which its children then have as issuer.
    pub(super) fn rename(&mut self, node: usize, name: Name) {
        self.change(node, |builder| builder.subject(name.clone()));
        self.nodes[node].name = name;
    }

    pub(super) fn leaf(&self) -> usize {
        *self.path.last().expect("there is always a leaf")
    }

    /// Any certificate of the path.
    pub(super) fn any(&self, random: &mut Random) -> usize {
        // The leaf is in every chain, and most is asked of it.
        match random.one_in(3) {
            true => self.leaf(),
            false => self.path[random.below(self.path.len())],
        }
    }

    /// Any CA of the path, the root included.
    pub(super) fn any_ca(&self, random: &mut Random) -> Option<usize> {
        let cas = self.path.len() - 1;
        (cas > 0).then(|| self.path[random.below(cas)])
    }

    /// Any certificate of the path that another one issues.
    pub(super) fn any_issued(&self, random: &mut Random) -> Option<usize> {
        let issued = self.path.len() - 1;
        (issued > 0).then(|| self.path[1 + random.below(issued)])
    }

    /// What a node is called in the description of a fault.
    pub(super) fn role(&self, node: usize) -> String {
        match self.path.iter().position(|&member| member == node) {
            Some(position) if position + 1 == self.path.len() => "leaf".to_owned(),
            Some(0) => "root".to_owned(),
            Some(position) => format!("CA {position}"),
            None => format!("node {node}"),
        }
    }

    /// A list of each CA of the path, if there are none yet.
    pub(super) fn add_lists(&mut self, random: &mut Random) {
        if !self.lists.is_empty() {
            return;
        }
        for &issuer in &self.path[..self.path.len() - 1] {
            let serial = random.bytes(8);
            self.lists.push(List {
                builder: CrlBuilder::new().revoke([&[0x11], &serial[..]].concat()),
                issuer,
                signer: None,
            });
        }
        // The nearest to the leaf is the first that is asked for.
        self.lists.reverse();
    }

    /// Signs everything.
    pub(super) fn build(self, id: String) -> Case {
        let mut certificates: Vec<Certificate> = Vec::new();
        for node in &self.nodes {
            let certificate = match (node.parent, node.signer) {
                (None, None) => node.builder.self_signed(),
                (None, Some(key)) => node.builder.sign_by(key),
                (Some(parent), None) => node.builder.issued_by(&certificates[parent]),
                (Some(parent), Some(key)) => {
                    let issuer = certificates[parent].subject();
                    node.builder.clone().issuer(issuer).sign_by(key)
                }
            };
            certificates.push(certificate);
        }
        let der = |nodes: &[usize]| -> Vec<CertificateDer<'static>> {
            let certificates = nodes.iter().map(|&node| &certificates[node]);
            certificates.map(CertificateDer::from).collect()
        };
        let mut presented = self.presented;
        // s2n-tls takes one list for each certificate presented.
        while presented.len() < self.lists.len().min(MAX_DEPTH) {
            presented.push(self.path[0]);
        }
        let lists = self.lists.iter().take(presented.len());
        let crls = lists.map(|list| match list.signer {
            None => list.builder.issued_by(&certificates[list.issuer]),
            Some(key) => {
                let issuer = certificates[list.issuer].subject();
                list.builder.clone().issuer(issuer).sign_by(key)
            }
        });
        let crls = crls.map(|crl| crl.into_der()).collect();
        Case {
            key: self.nodes[presented[0]].key,
            row: Row::ungraded(
                id,
                der(&self.store),
                der(&presented),
                crls,
                u64::try_from(self.now).unwrap_or(0),
            ),
            faults: self.faults,
        }
    }

    /// The usual: the leaf and what is between it and the store.
    fn present(&mut self, random: &mut Random) {
        let root = self.path[0];
        let anchor = match random.below(8) {
            0 => random.below(self.path.len()),
            _ => 0,
        };
        self.store.push(self.path[anchor]);
        if anchor > 0 && random.one_in(2) {
            self.store.push(root);
        }
        let first = match random.below(4) {
            0 => 0,
            // A CA of the store that is presented too does no harm.
            1 => anchor,
            _ => anchor + 1,
        };
        let first = first.min(self.path.len() - 1);
        self.presented = self.path[first..].iter().rev().copied().collect();
    }
}

impl Node {
    pub(super) fn ca(name: Name, key: Key, parent: Option<usize>, random: &mut Random) -> Self {
        let mut builder = CertificateBuilder::ca(name.clone(), key);
        if parent.is_some() && random.one_in(4) {
            builder = builder.extended_key_usage(&[oid::SERVER_AUTH, oid::CLIENT_AUTH]);
        }
        if random.one_in(4) {
            builder = builder.basic_constraints(true, Some(6));
        }
        if random.one_in(8) {
            builder = builder.certificate_policies(&[oid::ANY_POLICY]);
        }
        Self::new(builder, name, key, parent, random)
    }

    pub(super) fn leaf(key: Key, parent: Option<usize>, random: &mut Random) -> Self {
        let name = Name::new().organization("Example");
        let name = name.common_name(["Client", "device 17", "client.example"][random.below(3)]);
        let mut builder = CertificateBuilder::leaf(name.clone(), key);
        if random.one_in(3) {
            builder = builder.subject_alt_name([
                GeneralName::dns("client.example"),
                GeneralName::email("client@example.com"),
                GeneralName::uri("spiffe://example.org/client"),
            ]);
        }
        if random.one_in(6) {
            builder = builder.without(oid::EXTENDED_KEY_USAGE);
        }
        if random.one_in(8) {
            builder = builder.crl_distribution_points(&["http://crl.example/a.crl"]);
        }
        Self::new(builder, name, key, parent, random)
    }

    fn new(
        builder: CertificateBuilder,
        name: Name,
        key: Key,
        parent: Option<usize>,
        random: &mut Random,
    ) -> Self {
        let serial = [&[0x2A], &random.bytes(7)[..]].concat();
        Self {
            builder: builder.serial(&serial),
            name,
            key,
            serial,
            parent,
            signer: None,
        }
    }
}

fn ca_name(number: usize, random: &mut Random) -> Name {
    let common_name = format!("CA {number}");
    match random.below(3) {
        0 => Name::from(common_name.as_str()),
        1 => Name::new().country("US").common_name(&common_name),
        _ => Name::new()
            .country("JP")
            .organization("Example")
            .organizational_unit("Keys")
            .common_name(&common_name),
    }
}

const MAX_DEPTH: usize = 4;
