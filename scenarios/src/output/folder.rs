//! The folder that a run is written into. Files are written under temporary names and get their
//! final ones when all of them are complete. What the files hold is not known here.

use super::{Named, named};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The name of the file that says that a folder holds a run: it is the last to get its name.
pub const MANIFEST: &str = "manifest.json";

/// What to do with a run or a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Keep it, and write nothing.
    Refuse,
    /// Replace it when the new one is complete.
    Replace,
}

impl Existing {
    /// Whether a file may be written at `target`.
    ///
    /// # Errors
    /// If there is one that is to be kept: the words for it.
    pub fn may_be_written(self, target: &Path) -> Result<(), String> {
        if self == Self::Refuse && target.symlink_metadata().is_ok() {
            return Err(format!(
                "{} is there already; --force replaces it",
                target.display()
            ));
        }
        Ok(())
    }
}

/// Why there is no folder.
#[derive(Debug)]
pub enum FolderError {
    /// It holds a run already.
    HoldsARun(PathBuf),
    /// It cannot be written; the text names the path.
    Unwritable(io::Error),
}

/// A file of the folder that is not complete.
pub type Part = Named<BufWriter<File>>;

/// A folder whose files are being written. One that is dropped before it is complete leaves
/// nothing behind.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    names: Vec<&'static str>,
    /// Folders that were made for it, innermost first.
    made: Vec<PathBuf>,
    is_complete: bool,
}

impl Folder {
    /// Opens the folder at `path`; it is made if it is not there.
    ///
    /// # Errors
    /// If it holds a run and `existing` says to refuse, or if it cannot be made.
    pub fn open(path: &Path, existing: Existing) -> Result<Self, FolderError> {
        let holds_a_run = path.join(MANIFEST).symlink_metadata().is_ok();
        if holds_a_run && existing == Existing::Refuse {
            return Err(FolderError::HoldsARun(path.to_owned()));
        }
        let made: Vec<PathBuf> = path
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .map(Path::to_owned)
            .collect();
        let folder = Self {
            path: path.to_owned(),
            names: Vec::new(),
            made,
            is_complete: false,
        };
        fs::create_dir_all(path)
            .map_err(|error| FolderError::Unwritable(named(&path.display().to_string(), &error)))?;
        Ok(folder)
    }

    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn begin(&mut self, name: &'static str) -> io::Result<Part> {
        let temporary = self.temporary(name);
        self.names.push(name);
        let file = File::create(&temporary).map_err(|error| self.about(name, &error))?;
        let path = self.path.join(name);
        Ok(Named::new(path.display().to_string(), BufWriter::new(file)))
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, name: &'static str, contents: &[u8]) -> io::Result<()> {
        let mut part = self.begin(name)?;
        part.write_all(contents)?;
        part.flush()
    }

    /// Gives every file its final name, the manifest last; a former manifest goes first, so
    /// that a folder with a manifest always holds one whole run. The writers of all parts must
    /// have been flushed.
    ///
    /// # Errors
    /// If a file cannot be renamed.
    pub fn complete(mut self) -> io::Result<()> {
        match fs::remove_file(self.path.join(MANIFEST)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.about(MANIFEST, &error));
            }
            Ok(()) | Err(_) => {}
        }
        self.names.sort_by_key(|name| *name == MANIFEST);
        for name in &self.names {
            fs::rename(self.temporary(name), self.path.join(name))
                .map_err(|error| self.about(name, &error))?;
        }
        self.is_complete = true;
        Ok(())
    }

    fn temporary(&self, name: &str) -> PathBuf {
        self.path.join(format!(".{name}.partial"))
    }

    fn about(&self, name: &str, error: &io::Error) -> io::Error {
        named(&self.path.join(name).display().to_string(), error)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_complete {
            return;
        }
        // What cannot be removed stays under its temporary name; there is nobody to tell.
        for name in &self.names {
            let _ = fs::remove_file(self.temporary(name));
        }
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}
