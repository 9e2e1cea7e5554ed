//! Which scenario files the paths of a command mean: a file means itself, a folder every `.toml`
//! file below it, in order of their names.

use super::Failure;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::scenario::{self, ReadError};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The scenario files that `paths` mean, each once.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path, &mut found)
            .map_err(|error| Failure::BadInput(format!("error: {}: {error}", path.display())))?;
        if found.len() == before {
            return Err(Failure::BadInput(format!(
                "error: there is no scenario file (*.toml) below {}",
                path.display()
            )));
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

/// Reads every file; each with its plan or what is wrong with it.
pub(crate) fn read(files: Vec<PathBuf>) -> Vec<(PathBuf, Result<Plan, ReadError>)> {
    let read = |path: PathBuf| {
        let plan = scenario::read(&path, &[]);
        (path, plan)
    };
    files.into_iter().map(read).collect()
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    entries.sort();
    for entry in entries {
        let is_folder = fs::metadata(&entry)?.is_dir();
        if is_folder
            || entry
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            collect(&entry, found)?;
        }
    }
    Ok(())
}

/// Says everything that is wrong, if anything is.
pub(crate) fn all_sound(wrong: Vec<ReadError>) -> Result<(), Failure> {
    let texts: Vec<String> = wrong
        .into_iter()
        .map(|error| match Failure::from(error) {
            Failure::BadInput(text) | Failure::Machine(text) => text,
        })
        .collect();
    if texts.is_empty() {
        return Ok(());
    }
    Err(Failure::BadInput(texts.join("\n\n")))
}
