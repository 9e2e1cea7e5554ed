//! What is kept of a live run: the log of each master and worker, and every state document in which
//! a master said something new. It is written while the run is played, so that it is there however
//! the run ends.

use deploysim_protocol::time::Time;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The folder of the logs, below that of the run.
pub const LOGS: &str = "logs";

/// The file of the state documents.
pub const DOCUMENTS: &str = "documents.jsonl";

/// The files of what is kept.
#[derive(Debug)]
pub struct Keeping {
    logs: PathBuf,
    documents: BufWriter<File>,
    /// The nodes whose logs have begun.
    begun: BTreeSet<String>,
    /// What each master said last.
    last: BTreeMap<String, Vec<u8>>,
}

/// A line of the documents.
#[derive(Serialize)]
struct Line<'a> {
    /// When it was seen.
    at_ns: u64,
    /// Which master said it.
    node: &'a str,
    /// What it said.
    document: Value,
}

impl Keeping {
    /// Begins the files in a folder.
    ///
    /// # Errors
    /// If they cannot be made; the error names the path.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let about = |path: &Path, error: &io::Error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        };
        let logs = folder.join(LOGS);
        fs::create_dir_all(&logs).map_err(|error| about(&logs, &error))?;
        let path = folder.join(DOCUMENTS);
        let documents = File::create(&path).map_err(|error| about(&path, &error))?;
        Ok(Self {
            logs,
            documents: BufWriter::new(documents),
            begun: BTreeSet::new(),
            last: BTreeMap::new(),
        })
    }

    /// The log of a node, to which each of its processes adds its own. The first one's is all that
    /// there is.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(super) fn log(&mut self, node: &str) -> io::Result<File> {
        let path = self.logs.join(format!("{node}.log"));
        if self.begun.insert(node.to_owned()) {
            File::create(&path)?;
        }
        File::options().append(true).open(path)
    }

    /// Writes down what a master said, if it is not what it said last.
    ///
    /// # Errors
    /// If it cannot be written, or is no JSON.
    pub(super) fn document(&mut self, at: Time, node: &str, text: Vec<u8>) -> io::Result<()> {
        if self.last.get(node) == Some(&text) {
            return Ok(());
        }
        let line = Line {
            at_ns: at.as_nanos(),
            node,
            document: serde_json::from_slice(&text)?,
        };
        serde_json::to_writer(&mut self.documents, &line)?;
        self.documents.write_all(b"\n")?;
        self.last.insert(node.to_owned(), text);
        self.documents.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENTS, Keeping, LOGS};
    use deploysim_protocol::time::Time;
    use std::fs;
    use std::io::Write;

    #[test]
    fn a_document_that_says_nothing_new_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let mut keeping = Keeping::begin(folder.path()).unwrap();
        for (at, node, status) in [
            (1, "master-1", "STANDBY"),
            (2, "master-2", "STANDBY"),
            (3, "master-1", "STANDBY"),
            (4, "master-1", "ALIVE"),
        ] {
            let text = format!("{{\n \"status\": \"{status}\"}}");
            let at = Time::from_nanos(at);
            keeping.document(at, node, text.into_bytes()).unwrap();
        }
        let kept = fs::read_to_string(folder.path().join(DOCUMENTS)).unwrap();
        let lines: Vec<&str> = kept.lines().collect();
        assert_eq!(
            lines,
            [
                r#"{"at_ns":1,"node":"master-1","document":{"status":"STANDBY"}}"#,
                r#"{"at_ns":2,"node":"master-2","document":{"status":"STANDBY"}}"#,
                r#"{"at_ns":4,"node":"master-1","document":{"status":"ALIVE"}}"#,
            ]
        );
    }

    #[test]
    fn the_processes_of_a_node_share_a_log_and_those_of_another_run_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOGS).join("worker-1.log");
        for _run in 0..2 {
            let mut keeping = Keeping::begin(folder.path()).unwrap();
            for process in ["first", "second"] {
                writeln!(keeping.log("worker-1").unwrap(), "{process}").unwrap();
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), "first\nsecond\n");
        }
    }
}
