//! The ground that the tests stand on: a folder of their own, scenarios in it, and the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A scenario whose expectation holds.
pub(crate) const HOLDS: &str = r#"title = "A worker registers"
seed = 3
until = "30s"

[cluster]
worker = { count = 2 }

[[expect]]
by = "10s"
worker = "worker-1"
state = "ALIVE"
"#;

/// The same with an expectation that does not hold.
pub(crate) fn fails() -> String {
    HOLDS.replace("ALIVE", "DEAD")
}

/// A folder that is removed after the test.
pub(crate) struct Ground(TempDir);

impl Ground {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// The names of what is in the folder below the ground, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

/// The program, started but not run.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploysim"));
    command.env("NO_COLOR", "1");
    command
}

/// What became of a process.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a command line in which `PATH` stands for `path`.
pub(crate) fn deploysim(line: &str, path: &Path) -> Ran {
    let words = line.split_whitespace();
    let words = words.map(|word| match word {
        "PATH" => path.as_os_str().to_owned(),
        word => word.into(),
    });
    program().args(words).output().unwrap().into()
}

/// The scenario library of the project.
pub(crate) fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/files")
}
