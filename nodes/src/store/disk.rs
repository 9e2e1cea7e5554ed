//! A disk as engines see it: one folder of files, of which each operation takes time and can
//! fail. What a loss of power leaves of it is the business of whoever simulates one.

use std::fmt;
use std::time::Duration;

/// One folder on one disk. What is written is there for every reader at once; only what was
/// synced is there after a loss of power.
pub trait Disk {
    /// The names of all files, in an order of the disk's own.
    fn list(&mut self) -> DiskCall<Vec<String>>;
    /// Whether there is a file of this name.
    fn exists(&mut self, name: &str) -> DiskCall<bool>;
    /// Everything in a file.
    fn read(&mut self, name: &str) -> DiskCall<Vec<u8>>;
    /// Makes a file without content; one that is there is emptied.
    fn create(&mut self, name: &str) -> DiskCall<()>;
    /// Writes into a file, from a place up to its end on. A failure may leave a part.
    fn write(&mut self, name: &str, offset_bytes: u64, bytes: &[u8]) -> DiskCall<()>;
    /// Makes a file as long as this: cut, or filled with zeros.
    fn resize(&mut self, name: &str, length_bytes: u64) -> DiskCall<()>;
    /// Waits until a file's content is safe from a loss of power.
    fn sync_file(&mut self, name: &str) -> DiskCall<()>;
    /// Waits until it is safe which files there are, and under which names.
    fn sync_directory(&mut self) -> DiskCall<()>;
    /// Gives a file another name. One that had it is gone.
    fn rename(&mut self, from: &str, to: &str) -> DiskCall<()>;
    /// Removes a file.
    fn remove(&mut self, name: &str) -> DiskCall<()>;
}

/// What one operation of a disk came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskCall<T> {
    /// How long it took.
    pub took: Duration,
    /// What came of it.
    pub outcome: Result<T, DiskFailure>,
}

/// Why an operation of a disk failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskFailure {
    /// There is no such file.
    Missing,
    /// There is no room.
    Full,
    /// The device reports an error.
    Broken,
    /// The process that had the disk is gone.
    Gone,
    /// Anything else, in the operating system's words.
    Other(String),
}

/// In the words of an operating system.
impl fmt::Display for DiskFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "No such file or directory",
            Self::Full => "No space left on device",
            Self::Broken => "Input/output error",
            Self::Gone => "the process is gone",
            Self::Other(reason) => reason,
        })
    }
}

/// Adds up how long operations took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stopwatch {
    pub(super) took: Duration,
}

impl Stopwatch {
    /// What came of an operation, whose time is added.
    pub(super) fn after<T>(&mut self, call: DiskCall<T>) -> Result<T, DiskFailure> {
        self.took += call.took;
        call.outcome
    }
}
