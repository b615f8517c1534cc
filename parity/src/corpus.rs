//! The folder of graded chains, one JSON object a line.

use std::path::Path;
use std::{env, fs};

use portcullis::Policy;

use crate::report;
use crate::row::Row;

/// The environment variable that names the folder.
pub const FOLDER: &str = "PORTCULLIS_CORPUS";

/// All chain files of the folder, by name.
#[derive(Debug)]
pub struct Corpus {
    /// The files, sorted by name.
    pub files: Vec<CorpusFile>,
}

impl Corpus {
    /// Reads the folder named by [`FOLDER`]; `None`, with a loud line, where that is unset.
    ///
    /// # Panics
    ///
    /// If the variable is set and the folder or one of its files is missing or can't be read:
    /// a test that was asked for must not pass by doing nothing.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let Some(folder) = env::var_os(FOLDER) else {
            report::show(&format!(
                "\n!!!!!!!! SKIPPED: {FOLDER} is not set, so no corpus was run !!!!!!!!\n\n"
            ));
            return None;
        };
        match Self::read(Path::new(&folder)) {
            Ok(corpus) => Some(corpus),
            Err(error) => panic!("{FOLDER} is set, but {error}"),
        }
    }

    /// Reads every chain file in `folder`.
    ///
    /// # Errors
    ///
    /// A sentence that names the file, and the line if it is one.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, error))? {
            let path = entry.map_err(|error| cannot_read(folder, error))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "jsonl")
            {
                paths.push(path);
            }
        }
        paths.sort();

        let mut files = Vec::new();
        for path in paths {
            let name = file_name(&path);
            if name != SIGNATURES {
                files.push(CorpusFile::read(name, &path)?);
            }
        }

        match REQUIRED
            .iter()
            .find(|name| files.iter().all(|file| file.name != **name))
        {
            Some(name) => Err(format!("{name}.jsonl is missing from {}", folder.display())),
            None => Ok(Self { files }),
        }
    }

    /// Each row of each file.
    pub fn rows(&self) -> impl Iterator<Item = (&CorpusFile, &Row)> {
        self.files
            .iter()
            .flat_map(|file| file.rows.iter().map(move |row| (file, row)))
    }
}

/// One file of the corpus.
#[derive(Debug)]
pub struct CorpusFile {
    /// The file's name without `.jsonl`.
    pub name: String,
    /// Its cases, in the order of the file.
    pub rows: Vec<Row>,
}

impl CorpusFile {
    /// The policy whose answers the file holds: s2n-tls's own verdicts are ALB's, the others are
    /// what a careful reader of RFC 5280 says.
    #[must_use]
    pub fn policy(&self) -> Policy {
        match self.is_s2n_oracle() {
            true => Policy::ALB,
            false => Policy::RFC5280,
        }
    }

    /// The name of [`Self::policy()`].
    #[must_use]
    pub fn policy_name(&self) -> &'static str {
        match self.is_s2n_oracle() {
            true => "ALB",
            false => "RFC5280",
        }
    }

    /// Whether the file holds s2n-tls's own verdicts.
    #[must_use]
    pub fn is_s2n_oracle(&self) -> bool {
        self.name == "s2n-oracle"
    }

    fn read(name: String, path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| cannot_read(path, error))?;
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let place = || format!("{}, line {}", path.display(), index + 1);
            let row = serde_json::from_str::<Row>(line)
                .map_err(|error| format!("{}: {error}", place()))?;
            if !row.is_consistent() {
                return Err(format!("{}: verdict and status disagree", place()));
            }
            rows.push(row);
        }
        match rows.is_empty() {
            true => Err(format!("{} holds no case", path.display())),
            false => Ok(Self { name, rows }),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn cannot_read(path: &Path, error: impl core::fmt::Display) -> String {
    format!("{} can't be read: {error}", path.display())
}

/// Bare signatures in a row format of their own; no chains.
const SIGNATURES: &str = "signatures-wycheproof";

/// The files that must be there; others are read as well.
const REQUIRED: [&str; 10] = [
    "bettertls-nameconstraints",
    "bettertls-pathbuilding",
    "boringssl-chains",
    "boringssl-crl-x509",
    "nist-pkits",
    "openssl",
    "rustls-webpki",
    "s2n-oracle",
    "s2n-tls",
    "x509-limbo",
];

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = env::temp_dir().join("portcullis-parity-no-such-folder");
        let error = Corpus::read(&folder).unwrap_err();
        assert!(error.contains("can't be read"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = Folder::new("missing-file");
        fs::write(folder.0.join("openssl.jsonl"), ROW).unwrap();
        let error = Corpus::read(&folder.0).unwrap_err();
        assert!(
            error.starts_with("bettertls-nameconstraints.jsonl is missing"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_line_is_named() {
        let folder = Folder::new("broken-line");
        fs::write(folder.0.join("openssl.jsonl"), format!("{ROW}\n{{}}\n")).unwrap();
        let error = Corpus::read(&folder.0).unwrap_err();
        assert!(
            error.contains("openssl.jsonl, line 2: missing field"),
            "{error}"
        );
    }

    #[test]
    fn an_empty_file_is_an_error() {
        let folder = Folder::new("empty-file");
        fs::write(folder.0.join("openssl.jsonl"), "").unwrap();
        let error = Corpus::read(&folder.0).unwrap_err();
        assert!(error.ends_with("openssl.jsonl holds no case"), "{error}");
    }

    #[test]
    fn bare_signatures_are_left_out() {
        let folder = Folder::new("left-out");
        for name in REQUIRED {
            fs::write(folder.0.join(format!("{name}.jsonl")), ROW).unwrap();
        }
        fs::write(folder.0.join("signatures-wycheproof.jsonl"), "no chain").unwrap();
        let corpus = Corpus::read(&folder.0).unwrap();
        assert_eq!(corpus.files.len(), REQUIRED.len());
        assert_eq!(corpus.rows().count(), REQUIRED.len());
    }

    /// A folder that goes away with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                env::temp_dir().join(format!("portcullis-parity-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const ROW: &str = concat!(
        r#"{"id": "a", "anchors": [], "chain": [], "crls": [], "time": 1, "why": "", "#,
        r#""policy": false, "expect": "reject", "status": null}"#,
    );
}
