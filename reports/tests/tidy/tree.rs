//! The files that the rules look at, what an offence is, and how a rule is checked.
//! Reading Rust is done in `source.rs`; no rule is here.

use crate::source::Source;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// A text file: its path from the root of the project, with `/`, and what it says.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The text files of the project, or of a sample.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    /// The Rust files, read.
    pub(crate) sources: Vec<Source>,
}

/// A place that breaks a rule. Prints as `file:line: rule: what`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Offence {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    pub(crate) what: String,
}

/// A house rule: everything in the tree that breaks it.
pub(crate) type Rule = fn(&Tree) -> Vec<Offence>;

/// Asserts that the project obeys a rule; the failure lists every offence.
pub(crate) fn obeyed(rule: Rule) {
    let mut offences = rule(&PROJECT);
    offences.sort();
    offences.dedup();
    let lines: Vec<String> = offences.iter().map(Offence::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

/// Asserts that a rule finds its offences at exactly these places (`path:line`) of a sample.
pub(crate) fn finds(rule: Rule, sample: &[(&str, &str)], places: &[&str]) {
    let mut offences = rule(&Tree::of(sample.iter().map(|&(path, text)| File {
        path: path.to_owned(),
        text: text.to_owned(),
    })));
    offences.sort();
    offences.dedup();
    let found: Vec<String> = offences
        .iter()
        .map(|one| format!("{}:{}", one.path, one.line))
        .collect();
    assert_eq!(found, places, "{offences:#?}");
}

static PROJECT: LazyLock<Tree> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("reports is a folder of the project");
    let mut files = Vec::new();
    collect(root, root, &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let tree = Tree::of(files);
    // A walk that missed the project would let every rule pass.
    for known in ["Cargo.toml", "src/main.rs", "reports/tests/tidy.rs"] {
        assert!(
            tree.files.iter().any(|file| file.path == known),
            "{known} was not found"
        );
    }
    tree
});

impl Tree {
    fn of(files: impl IntoIterator<Item = File>) -> Self {
        let files: Vec<File> = files.into_iter().collect();
        let sources = files
            .iter()
            .filter(|file| file.path.ends_with(".rs"))
            .map(Source::read)
            .collect();
        Self { files, sources }
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The files whose name ends so.
    pub(crate) fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(end))
    }
}

impl File {
    /// The lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    pub(crate) fn offence(
        &self,
        line: usize,
        rule: &'static str,
        what: impl Into<String>,
    ) -> Offence {
        Offence {
            path: self.path.clone(),
            line,
            rule,
            what: what.into(),
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.rule, self.what
        )
    }
}

/// Whether a file holds tests only: `tests.rs`, or anything in a folder `tests`.
pub(crate) fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.split('/').any(|part| part == "tests")
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the project can be listed") {
        let path = entry.expect("an entry of a folder can be read").path();
        let relative: Vec<_> = path
            .strip_prefix(root)
            .expect("the walk stays below the root")
            .iter()
            .map(|part| part.to_string_lossy())
            .collect();
        let relative = relative.join("/");
        if path.is_dir() {
            if !is_foreign(&relative) {
                collect(root, &path, files);
            }
        } else if is_text(&relative) {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{relative}: {error}"));
            files.push(File {
                path: relative,
                text,
            });
        }
    }
}

/// Folders that hold what was built, written by a run, or belongs to a tool.
fn is_foreign(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "target"
        || path == "out"
        || path == "reports/out"
        || (name.starts_with('.') && name != ".ci")
}

fn is_text(path: &str) -> bool {
    let ends = [".rs", ".toml", ".md", ".txt"];
    ends.iter().any(|end| path.ends_with(end)) || path.starts_with(".ci/")
}
