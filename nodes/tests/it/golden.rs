//! Decisions of real Spark 4.3.0, and where they are read from: compressed beside these tests,
//! or as plain lines from the folder that `DEPLOYSIM_GOLDEN` names (a relative one is looked for
//! from the root of the workspace). The comparisons are in `golden/`.

mod assign;
mod pass;
#[cfg(feature = "gateway")]
mod rest;
mod shuffle;

use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Calls `check` with each case of `file`, one at a time, and says how many there were.
///
/// # Panics
/// If the file is missing, is not what it should be, or holds no case.
fn check_all<Case: DeserializeOwned>(file: &str, check: impl Fn(Case)) {
    let (from, lines) = read(file);
    let mut cases = 0;
    for (number, line) in lines.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let case = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{}/{file}:{}: {error}", from.display(), number + 1));
        check(case);
        cases += 1;
    }
    assert!(cases > 0, "{}/{file} holds no case", from.display());
    // Not `println`, which the test runner keeps to itself when a test passes.
    let told = format!("golden: {cases} cases from {}\n", from.display());
    std::io::stdout().write_all(told.as_bytes()).unwrap();
}

/// The folder that `DEPLOYSIM_GOLDEN` names.
fn named_folder() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().expect("the package lies in the workspace");
    std::env::var_os("DEPLOYSIM_GOLDEN").map(|folder| root.join(folder))
}

/// The folder beside these tests.
fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The folder and the text of a file.
fn read(file: &str) -> (PathBuf, String) {
    if let Some(folder) = named_folder() {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("DEPLOYSIM_GOLDEN: {}: {error}", path.display()));
        return (folder, text);
    }
    let folder = own_folder();
    let path = folder.join(format!("{file}.zst"));
    let compressed =
        std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    ruzstd::decoding::StreamingDecoder::new(compressed)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .read_to_string(&mut text)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (folder, text)
}

/// How many addresses of a named resource a worker has, and how many of them are taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    total: i32,
    used: i32,
}

/// Resource name → amount, as requirements.
fn requirements(amounts: &BTreeMap<String, i32>) -> Vec<ResourceRequirement> {
    let requirements = amounts.iter().map(|(name, amount)| ResourceRequirement {
        name: Text::new(name),
        amount: *amount,
    });
    requirements.collect()
}

/// The first addresses of each resource: `0`, `1`, …
fn addresses(resources: &BTreeMap<String, Amount>, count: impl Fn(&Amount) -> i32) -> Resources {
    let resources = resources.iter().map(|(name, amount)| ResourceInformation {
        name: Text::new(name),
        addresses: (0..count(amount))
            .map(|address| Text::new(&address.to_string()))
            .collect(),
    });
    Resources(resources.collect())
}
