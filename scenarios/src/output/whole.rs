//! A file that appears under its name only when it is whole.

use super::Named;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is being written beside the place where it will be. One that is dropped before it
/// is complete leaves nothing behind.
#[derive(Debug)]
pub struct Whole {
    target: PathBuf,
    temporary: PathBuf,
    out: Named<BufWriter<File>>,
    is_complete: bool,
}

impl Whole {
    /// Begins the file that will be `target`.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn begin(target: &Path) -> io::Result<Self> {
        let temporary = beside(target, ".partial");
        let file = File::create(&temporary).map_err(|error| about(target, &error))?;
        Ok(Self {
            target: target.to_owned(),
            temporary,
            out: Named::new(target.display().to_string(), BufWriter::new(file)),
            is_complete: false,
        })
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// If what is left of it cannot be written, or it cannot have its name.
    pub fn complete(mut self) -> io::Result<()> {
        self.out.flush()?;
        fs::rename(&self.temporary, &self.target).map_err(|error| about(&self.target, &error))?;
        self.is_complete = true;
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if !self.is_complete {
            // What cannot be removed stays under its temporary name; there is nobody to tell.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// The path with `end` behind its name.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// `error` with the name of the file.
pub(crate) fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
