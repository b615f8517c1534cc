//! Reads Prometheus's text format, and takes less than Prometheus does: every family has its help
//! and its type, once and in this order, and nothing stands between its samples.

use std::collections::BTreeMap;

/// The samples of a text.
#[derive(Debug)]
pub(super) struct Exposition(BTreeMap<(String, Labels), f64>);

type Labels = BTreeMap<String, String>;

impl Exposition {
    /// Panics if anything is not as it should be.
    pub(super) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends");
        let (mut samples, mut families) = (BTreeMap::new(), Vec::new());
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let help = line.strip_prefix("# HELP ").expect(line);
            let (family, help) = help.split_once(' ').expect(line);
            assert!(is_name(family) && !help.is_empty(), "{line}");
            assert!(!families.contains(&family), "{family} is there twice");
            families.push(family);
            let kind = lines.next().expect("a type");
            let kind = kind.strip_prefix(&format!("# TYPE {family} "));
            match kind {
                Some("counter") => assert!(family.ends_with("_total"), "{family}"),
                Some("gauge") => assert!(!family.ends_with("_total"), "{family}"),
                _ => panic!("{family}: {kind:?}"),
            }
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                let (name, labels, value) = sample(line);
                assert_eq!(name, family);
                let value = value.parse().expect(line);
                let former = samples.insert((name.to_owned(), labels), value);
                assert_eq!(former, None, "{line}");
            }
        }
        Self(samples)
    }

    /// The value of the sample with exactly these labels.
    pub(super) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter();
        let labels = labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.0.get(&(name.to_owned(), labels.collect())).copied()
    }

    /// How many samples a family has.
    pub(super) fn count(&self, name: &str) -> usize {
        self.0.keys().filter(|(known, _)| known == name).count()
    }
}

fn sample(line: &str) -> (&str, Labels, &str) {
    let (name, value) = line.split_once(['{', ' ']).expect(line);
    if !line.contains('{') {
        return (name, Labels::new(), value);
    }
    let mut labels = Labels::new();
    let mut rest = value;
    loop {
        let (label, quoted) = rest.split_once("=\"").expect(line);
        assert!(is_name(label), "{line}");
        let (value, after) = unquoted(quoted);
        let former = labels.insert(label.to_owned(), value);
        assert_eq!(former, None, "{line}");
        rest = match after.strip_prefix("} ") {
            Some(value) => return (name, labels, value),
            None => after.strip_prefix(',').expect(line),
        };
    }
}

/// The value of a label, and what follows its closing quotation mark.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        value.push(match characters.next() {
            Some('"') => return (value, characters.as_str()),
            Some('\\') => match characters.next() {
                Some('n') => '\n',
                Some(escaped @ ('\\' | '"')) => escaped,
                other => panic!("{text}: {other:?} is escaped"),
            },
            Some(character) => character,
            None => panic!("{text}: no end"),
        });
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|character| matches!(character, 'a'..='z' | '0'..='9' | '_'))
}
