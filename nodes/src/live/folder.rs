//! A real folder as a persistence engine's disk. The caller is blocked for as long as the system
//! takes, so that nothing is left to wait for afterwards.

use crate::store::{Disk, DiskCall, DiskFailure};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as nobody else may have the folder.
    _lock: Option<File>,
}

/// The file that is locked by whoever has a folder alone.
const LOCK: &str = "lock";

impl Folder {
    /// The folder at `path`, made if it is not there; the one above has to be.
    /// Spark: `FileSystemPersistenceEngine`, `new File(dir).mkdir()`.
    ///
    /// # Errors
    /// If it cannot be made, or is no folder.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        match fs::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        if !fs::metadata(path)?.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        let path = path.to_owned();
        Ok(Self { path, _lock: None })
    }

    /// As [`Folder::open`], as long as this value lives for nobody else: for engines whose file
    /// two processes would spoil. The system takes the lock away from a process that is ended.
    ///
    /// # Errors
    /// Also if another process has it.
    pub(super) fn open_alone(path: &Path) -> io::Result<Self> {
        let folder = Self::open(path)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.file(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                _lock: Some(lock),
                ..folder
            }),
            Err(TryLockError::WouldBlock) => {
                Err(io::Error::other("another process has its records open"))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn write_at(&self, name: &str, offset_bytes: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::options().write(true).open(self.file(name))?;
        file.seek(SeekFrom::Start(offset_bytes))?;
        file.write_all(bytes)
    }
}

fn call<T>(outcome: io::Result<T>) -> DiskCall<T> {
    let outcome = outcome.map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            DiskFailure::Missing
        } else if error.kind() == ErrorKind::StorageFull {
            DiskFailure::Full
        } else {
            DiskFailure::Other(error.to_string())
        }
    });
    let took = Duration::ZERO;
    DiskCall { took, outcome }
}

impl Disk for Folder {
    fn list(&mut self) -> DiskCall<Vec<String>> {
        call(self.names())
    }

    fn exists(&mut self, name: &str) -> DiskCall<bool> {
        call(self.file(name).try_exists())
    }

    fn read(&mut self, name: &str) -> DiskCall<Vec<u8>> {
        call(fs::read(self.file(name)))
    }

    fn create(&mut self, name: &str) -> DiskCall<()> {
        call(File::create(self.file(name)).map(drop))
    }

    fn write(&mut self, name: &str, offset_bytes: u64, bytes: &[u8]) -> DiskCall<()> {
        call(self.write_at(name, offset_bytes, bytes))
    }

    fn resize(&mut self, name: &str, length_bytes: u64) -> DiskCall<()> {
        let file = File::options().write(true).open(self.file(name));
        call(file.and_then(|file| file.set_len(length_bytes)))
    }

    fn sync_file(&mut self, name: &str) -> DiskCall<()> {
        let file = File::options().write(true).open(self.file(name));
        call(file.and_then(|file| file.sync_all()))
    }

    fn sync_directory(&mut self) -> DiskCall<()> {
        call(File::open(&self.path).and_then(|folder| folder.sync_all()))
    }

    fn rename(&mut self, from: &str, to: &str) -> DiskCall<()> {
        call(fs::rename(self.file(from), self.file(to)))
    }

    fn remove(&mut self, name: &str) -> DiskCall<()> {
        call(fs::remove_file(self.file(name)))
    }
}
