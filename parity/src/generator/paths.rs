//! Faults of the path: what is presented, what is trusted, and who else has a name.

use portcullis_fixtures::{Name, Random};

use super::Fault;
use super::world::{Node, World};

pub(super) static FAULTS: &[(&str, Fault)] = &[
    ("order", order),
    ("presented twice", presented_twice),
    ("missing intermediate", missing),
    ("unrelated certificates", unrelated),
    ("store without the anchor", other_store),
    ("another anchor", another_anchor),
    ("cross-signed twin", cross_signed),
    ("same name, other key", same_name),
    ("leaf in the store", leaf_in_store),
    ("self-signed leaf", self_signed_leaf),
    ("leaf as issuer", leaf_as_issuer),
    ("renewed", renewed),
    ("only the leaf", only_the_leaf),
];

fn order(world: &mut World, random: &mut Random) -> Option<String> {
    let presented = &mut world.presented;
    if presented.len() < 2 {
        return None;
    }
    // Seldom another one first: then it is the client.
    let first = usize::from(!random.one_in(6));
    for index in (first + 1..presented.len()).rev() {
        presented.swap(index, first + random.below(index + 1 - first));
    }
    Some(format!("{presented:?}"))
}

fn presented_twice(world: &mut World, random: &mut Random) -> Option<String> {
    let again = world.presented[random.below(world.presented.len())];
    let place = 1 + random.below(world.presented.len());
    world.presented.insert(place, again);
    Some(format!("{:?}", world.presented))
}

fn missing(world: &mut World, random: &mut Random) -> Option<String> {
    if world.presented.len() < 2 {
        return None;
    }
    let index = 1 + random.below(world.presented.len() - 1);
    world.presented.remove(index);
    Some(format!("{:?}", world.presented))
}

fn unrelated(world: &mut World, random: &mut Random) -> Option<String> {
    for number in 0..=random.below(2) {
        let key = world.keys.of_ca(random);
        let name = Name::from(format!("Unrelated {number}").as_str());
        let node = world.add(Node::ca(name, key, None, random));
        let place = 1 + random.below(world.presented.len());
        world.presented.insert(place, node);
        if random.one_in(4) {
            world.store.push(node);
        }
    }
    Some(format!("{:?}", world.presented))
}

fn other_store(world: &mut World, random: &mut Random) -> Option<String> {
    let key = world.keys.of_ca(random);
    let name = match random.one_in(2) {
        true => Name::from("Other root"),
        false => Name::from(&world.nodes[world.path[0]].name),
    };
    let node = world.add(Node::ca(name, key, None, random));
    world.store = vec![node];
    Some(String::new())
}

fn another_anchor(world: &mut World, random: &mut Random) -> Option<String> {
    let node = world.path[random.below(world.path.len())];
    match random.one_in(2) {
        true => world.store = vec![node],
        false => world.store.push(node),
    }
    Some(world.role(node))
}

/// A CA of the path certified by somebody else too, with the same name and key.
fn cross_signed(world: &mut World, random: &mut Random) -> Option<String> {
    let original = world.any_ca(random)?;
    let key = world.keys.of_ca(random);
    let root = world.add(Node::ca(Name::from("Cross root"), key, None, random));
    let twin = &world.nodes[original];
    let (name, key) = (Name::from(&twin.name), twin.key);
    let twin = world.add(Node::ca(name, key, Some(root), random));
    place(world, twin, random);
    if random.one_in(2) {
        world.store.push(root);
    }
    Some(format!(
        "{} presented as {:?}",
        world.role(original),
        world.presented
    ))
}

fn same_name(world: &mut World, random: &mut Random) -> Option<String> {
    let original = world.any_ca(random)?;
    let key = world.keys.of_ca(random);
    let name = Name::from(&world.nodes[original].name);
    let parent = world.nodes[original].parent;
    let mut node = Node::ca(name, key, parent, random);
    if random.one_in(2) {
        // So that nothing but the signature tells the two apart.
        node.builder = node
            .builder
            .subject_key_id(world.nodes[original].key.key_id());
    }
    if random.one_in(2) {
        world.change(original, |builder| {
            builder.without(portcullis_fixtures::oid::SUBJECT_KEY_ID)
        });
    }
    let node = world.add(node);
    place(world, node, random);
    Some(format!(
        "{} presented as {:?}",
        world.role(original),
        world.presented
    ))
}

fn place(world: &mut World, node: usize, random: &mut Random) {
    if random.one_in(3) {
        let place = random.below(world.store.len() + 1);
        world.store.insert(place, node);
    } else {
        let place = 1 + random.below(world.presented.len());
        world.presented.insert(place, node);
    }
}

fn leaf_in_store(world: &mut World, random: &mut Random) -> Option<String> {
    let leaf = world.leaf();
    match random.one_in(2) {
        true => world.store = vec![leaf],
        false => world.store.push(leaf),
    }
    Some(String::new())
}

fn self_signed_leaf(world: &mut World, random: &mut Random) -> Option<String> {
    let leaf = world.leaf();
    world.nodes[leaf].parent = None;
    if random.one_in(3) {
        world.store.push(leaf);
    }
    Some(String::new())
}

/// A client that issues a client.
fn leaf_as_issuer(world: &mut World, random: &mut Random) -> Option<String> {
    let issuer = world.leaf();
    let key = world.keys.of_leaf(random);
    let mut node = Node::leaf(key, Some(issuer), random);
    let name = Name::from("Mallory");
    node.builder = node.builder.subject(name.clone());
    node.name = name;
    let node = world.add(node);
    world.presented.insert(0, node);
    Some(String::new())
}

/// A CA of the path a second time, with a validity of its own.
fn renewed(world: &mut World, random: &mut Random) -> Option<String> {
    let original = world.any_ca(random)?;
    let twin = &world.nodes[original];
    let (name, key, parent) = (Name::from(&twin.name), twin.key, twin.parent);
    let mut node = Node::ca(name, key, parent, random);
    let shift = (random.below(5) as i64 - 2) * 300 * portcullis_fixtures::DAY;
    let half = 365 * portcullis_fixtures::DAY;
    let middle = world.now + shift;
    node.builder = node
        .builder
        .not_before(middle - half)
        .not_after(middle + half);
    let node = world.add(node);
    place(world, node, random);
    Some(format!(
        "{} presented as {:?}",
        world.role(original),
        world.presented
    ))
}

fn only_the_leaf(world: &mut World, _: &mut Random) -> Option<String> {
    world.presented.truncate(1);
    Some(String::new())
}
