//! Chains made at random, good ones and such with several faults each; the same ones for the same
//! seed, but for the signatures of ECDSA and PSS, which are random in themselves.

mod certificates;
mod encoding;
mod extensions;
mod keys;
mod lists;
mod names;
mod paths;
mod times;
mod tree;
mod world;

use portcullis_fixtures::{Key, Random};

use self::world::World;
use crate::row::Row;

/// A question with what is known of how it was made.
#[derive(Debug)]
pub struct Case {
    /// The question.
    pub row: Row,
    /// The key of the first certificate presented.
    pub key: Key,
    /// What was done to a good chain, in order.
    pub faults: Vec<String>,
}

impl Case {
    /// The chain of this number among those of a seed.
    #[must_use]
    pub fn generate(seed: u64, number: u64) -> Self {
        plan(seed, number).build(format!("{seed}:{number}"))
    }
}

/// What is to be signed.
fn plan(seed: u64, number: u64) -> World {
    let mut random = Random::new(seed ^ number.wrapping_mul(0x9E6C_63D0_876A_3F2B));
    // A neighbour's numbers would otherwise be a step of this one's.
    let mut random = Random::new(random.next_u64());
    let mut world = World::new(&mut random);
    let count = match random.below(100) {
        0..8 => 0,
        8..45 => 1,
        45..72 => 2,
        72..88 => 3,
        _ => 4,
    };
    for _ in 0..count {
        apply_any(&mut world, &mut random);
    }
    world
}

/// One way to spoil a chain; `None` where it finds nothing to spoil.
type Fault = fn(&mut World, &mut Random) -> Option<String>;

fn apply_any(world: &mut World, random: &mut Random) {
    // Some need what a chain hasn't: an intermediate, a list.
    for _ in 0..20 {
        let group = GROUPS[random.below(GROUPS.len())];
        let (name, fault) = group[random.below(group.len())];
        if let Some(detail) = fault(world, random) {
            world.faults.push(match detail.is_empty() {
                true => name.to_owned(),
                false => format!("{name}: {detail}"),
            });
            return;
        }
    }
}

/// Each group is as likely as another; those named twice more so.
static GROUPS: [&[(&str, Fault)]; 10] = [
    certificates::FAULTS,
    encoding::FAULTS,
    extensions::FAULTS,
    extensions::FAULTS,
    keys::FAULTS,
    lists::FAULTS,
    lists::FAULTS,
    names::FAULTS,
    paths::FAULTS,
    times::FAULTS,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_number_give_the_same_faults_and_others_others() {
        let faults = |seed| -> Vec<_> {
            let cases = (0..50).map(|number| plan(seed, number).faults);
            cases.collect()
        };
        assert_eq!(faults(1), faults(1));
        assert_ne!(faults(1), faults(2));
    }

    #[test]
    fn every_fault_comes_up() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..4000 {
            for fault in plan(7, number).faults {
                let name = fault.split(": ").next().unwrap_or_default();
                seen.insert(name.to_owned());
            }
        }
        for (name, _) in GROUPS.into_iter().flatten() {
            assert!(seen.contains(*name), "{name} never comes up");
        }
    }
}
