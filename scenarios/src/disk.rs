//! A simulated disk: what is written and what is safe are kept apart, so that a loss of power can
//! take what nobody waited for. It outlives the processes of its machine, one of which has it at
//! a time. Which machine has one is decided elsewhere.

#[cfg(test)]
mod tests;

use deploysim_nodes::store::{Disk, DiskCall, DiskFailure};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What may be written to one file and not be safe, in bytes: beyond it an operating system
/// writes it out by itself.
const UNSAFE_BYTES_MAX: usize = 16 << 20;

/// What is wrong with a disk for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// How much longer each operation takes.
    pub slow: Duration,
    /// Whether nothing can be written for want of room.
    pub is_full: bool,
    /// Whether every operation fails.
    pub is_failing: bool,
    /// Whether only a part of each write reaches the disk, and nobody is told.
    pub is_torn: bool,
}

/// A disk that a machine and its processes share.
#[derive(Clone, Debug)]
pub struct SharedDisk(Arc<Mutex<SimulatedDisk>>);

/// A disk in the hands of one process.
#[derive(Debug)]
pub struct OpenDisk {
    disk: SharedDisk,
    process: u64,
}

#[derive(Debug)]
struct SimulatedDisk {
    files: Vec<File>,
    names: Names,
    /// The names after a loss of power, without what is drawn of the changes.
    safe_names: Names,
    renamings: Vec<Naming>,
    trouble: Trouble,
    /// Which process has it: others are gone.
    process: u64,
    /// Draws what survives.
    losses: ChaCha8Rng,
    /// Draws the order in which files are listed.
    order: ChaCha8Rng,
    /// After how many more operations the power fails.
    #[cfg(test)]
    fuse: Option<u32>,
}

/// Which file has which name.
type Names = BTreeMap<String, usize>;

#[derive(Debug, Default)]
struct File {
    content: Vec<u8>,
    safe: Vec<u8>,
    changes: Vec<Change>,
    changed_bytes: usize,
}

/// A change of a file that is not safe.
#[derive(Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { length: usize },
}

/// A change of the names that is not safe.
#[derive(Debug)]
enum Naming {
    Add { name: String, file: usize },
    Rename { from: String, to: String },
    Remove { name: String },
}

impl SharedDisk {
    /// An empty disk. `losses` draws what survives a loss of power and how much of a torn write
    /// is left, `order` the order in which files are listed.
    pub fn new(losses: ChaCha8Rng, order: ChaCha8Rng) -> Self {
        Self(Arc::new(Mutex::new(SimulatedDisk {
            files: Vec::new(),
            names: Names::new(),
            safe_names: Names::new(),
            renamings: Vec::new(),
            trouble: Trouble::default(),
            process: 0,
            losses,
            order,
            #[cfg(test)]
            fuse: None,
        })))
    }

    /// Gives the disk to a process. Whoever had it before has it no more.
    pub fn open(&self) -> OpenDisk {
        let mut disk = self.lock();
        disk.process += 1;
        OpenDisk {
            disk: self.clone(),
            process: disk.process,
        }
    }

    /// The power fails: the process is gone, and of what was not safe some may be left. The
    /// changes of a file reach the disk in their order, the last of them perhaps in part; so do
    /// the changes of names.
    pub fn lose_power(&self) {
        self.lock().lose_power();
    }

    /// The power fails when so many more operations are over.
    #[cfg(test)]
    fn lose_power_after(&self, operations: u32) {
        self.lock().fuse = Some(operations);
    }

    /// Everything on it is lost, and the process that had it is gone.
    pub fn wipe(&self) {
        let mut disk = self.lock();
        disk.process += 1;
        disk.files.clear();
        disk.names.clear();
        disk.safe_names.clear();
        disk.renamings.clear();
    }

    /// What is wrong with it from here on.
    pub fn trouble(&self, trouble: Trouble) {
        self.lock().trouble = trouble;
    }

    /// Nobody else has it: a run is on one thread.
    fn lock(&self) -> MutexGuard<'_, SimulatedDisk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenDisk {
    /// The process is gone: nothing that it still does reaches the disk.
    pub fn close(&self) {
        let mut disk = self.disk.lock();
        if disk.process == self.process {
            disk.process += 1;
        }
    }

    /// A second hand of the same process.
    pub fn again(&self) -> Self {
        Self {
            disk: self.disk.clone(),
            process: self.process,
        }
    }

    fn call<T>(
        &self,
        operation: impl FnOnce(&mut SimulatedDisk) -> Result<T, DiskFailure>,
    ) -> DiskCall<T> {
        let mut disk = self.disk.lock();
        #[cfg(test)]
        disk.burn();
        let outcome = if disk.process != self.process {
            Err(DiskFailure::Gone)
        } else if disk.trouble.is_failing {
            Err(DiskFailure::Broken)
        } else {
            operation(&mut disk)
        };
        DiskCall {
            took: disk.trouble.slow,
            outcome,
        }
    }
}

impl SimulatedDisk {
    fn lose_power(&mut self) {
        self.process += 1;
        #[cfg(test)]
        {
            self.fuse = None;
        }
        for file in (self.files.iter_mut()).filter(|file| !file.changes.is_empty()) {
            // The operating system has often written everything out by then.
            let survives_bytes = if self.losses.random_bool(0.5) {
                file.changed_bytes
            } else {
                self.losses.random_range(0..=file.changed_bytes)
            };
            file.lose(survives_bytes);
        }
        if !self.renamings.is_empty() {
            let survive = self.losses.random_range(0..=self.renamings.len());
            for naming in std::mem::take(&mut self.renamings).iter().take(survive) {
                naming.apply(&mut self.safe_names);
            }
            self.names = self.safe_names.clone();
        }
    }

    #[cfg(test)]
    fn burn(&mut self) {
        match self.fuse {
            Some(0) => self.lose_power(),
            Some(left) => self.fuse = Some(left - 1),
            None => {}
        }
    }

    fn file(&mut self, name: &str) -> Result<&mut File, DiskFailure> {
        let file = self.names.get(name).ok_or(DiskFailure::Missing)?;
        Ok(&mut self.files[*file])
    }

    fn rename(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.renamings.push(naming);
    }

    fn create(&mut self, name: &str) {
        match self.file(name) {
            Ok(file) => file.change(Change::Resize { length: 0 }),
            Err(_) => {
                let file = self.files.len();
                self.files.push(File::default());
                let name = name.to_owned();
                self.rename(Naming::Add { name, file });
            }
        }
    }

    fn write(&mut self, name: &str, offset: usize, bytes: &[u8]) -> Result<(), DiskFailure> {
        let trouble = self.trouble;
        let torn_bytes = if trouble.is_torn && !bytes.is_empty() {
            Some(self.losses.random_range(0..bytes.len()))
        } else {
            None
        };
        let file = self.file(name)?;
        if trouble.is_full {
            return Err(DiskFailure::Full);
        }
        let bytes = &bytes[..torn_bytes.unwrap_or(bytes.len())];
        file.change(Change::Write {
            offset,
            bytes: bytes.to_vec(),
        });
        Ok(())
    }

    fn list(&mut self) -> Vec<String> {
        let mut names: Vec<String> = self.names.keys().cloned().collect();
        shuffle(&mut names, &mut self.order);
        names
    }
}

/// Puts names into an order that is drawn.
pub fn shuffle(names: &mut [String], dice: &mut ChaCha8Rng) {
    for last in (1..names.len()).rev() {
        names.swap(last, dice.random_range(0..=last));
    }
}

impl File {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.content);
        self.changed_bytes += change.size_bytes();
        self.changes.push(change);
        if self.changed_bytes > UNSAFE_BYTES_MAX {
            self.sync();
        }
    }

    fn sync(&mut self) {
        for change in self.changes.drain(..) {
            change.apply(&mut self.safe);
        }
        self.changed_bytes = 0;
    }

    /// Keeps so many bytes of what is not safe.
    fn lose(&mut self, mut survives_bytes: usize) {
        for mut change in std::mem::take(&mut self.changes) {
            let size_bytes = change.size_bytes();
            if size_bytes > survives_bytes {
                change.tear(survives_bytes);
                change.apply(&mut self.safe);
                break;
            }
            survives_bytes -= size_bytes;
            change.apply(&mut self.safe);
        }
        self.changed_bytes = 0;
        self.content = self.safe.clone();
    }
}

impl Change {
    /// Its bytes; a new length counts as one.
    const fn size_bytes(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Resize { .. } => 1,
        }
    }

    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
            Self::Resize { length } => content.resize(*length, 0),
        }
    }

    /// Only the beginning of it happens; a new length happens as a whole or not at all.
    fn tear(&mut self, survives_bytes: usize) {
        match self {
            Self::Write { bytes, .. } => bytes.truncate(survives_bytes),
            Self::Resize { .. } => {
                *self = Self::Write {
                    offset: 0,
                    bytes: Vec::new(),
                };
            }
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Add { name, file } => drop(names.insert(name.clone(), *file)),
            Self::Rename { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Remove { name } => drop(names.remove(name)),
        }
    }
}

impl Disk for OpenDisk {
    fn list(&mut self) -> DiskCall<Vec<String>> {
        self.call(|disk| Ok(disk.list()))
    }

    fn exists(&mut self, name: &str) -> DiskCall<bool> {
        self.call(|disk| Ok(disk.names.contains_key(name)))
    }

    fn read(&mut self, name: &str) -> DiskCall<Vec<u8>> {
        self.call(|disk| Ok(disk.file(name)?.content.clone()))
    }

    fn create(&mut self, name: &str) -> DiskCall<()> {
        self.call(|disk| {
            disk.create(name);
            Ok(())
        })
    }

    fn write(&mut self, name: &str, offset_bytes: u64, bytes: &[u8]) -> DiskCall<()> {
        self.call(|disk| disk.write(name, place(offset_bytes)?, bytes))
    }

    fn resize(&mut self, name: &str, length_bytes: u64) -> DiskCall<()> {
        self.call(|disk| {
            let (length, is_full) = (place(length_bytes)?, disk.trouble.is_full);
            let file = disk.file(name)?;
            if is_full && length > file.content.len() {
                return Err(DiskFailure::Full);
            }
            file.change(Change::Resize { length });
            Ok(())
        })
    }

    fn sync_file(&mut self, name: &str) -> DiskCall<()> {
        self.call(|disk| {
            disk.file(name)?.sync();
            Ok(())
        })
    }

    fn sync_directory(&mut self) -> DiskCall<()> {
        self.call(|disk| {
            for naming in std::mem::take(&mut disk.renamings) {
                naming.apply(&mut disk.safe_names);
            }
            Ok(())
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> DiskCall<()> {
        self.call(|disk| {
            disk.file(from)?;
            let (from, to) = (from.to_owned(), to.to_owned());
            disk.rename(Naming::Rename { from, to });
            Ok(())
        })
    }

    fn remove(&mut self, name: &str) -> DiskCall<()> {
        self.call(|disk| {
            disk.file(name)?;
            let name = name.to_owned();
            disk.rename(Naming::Remove { name });
            Ok(())
        })
    }
}

fn place(bytes: u64) -> Result<usize, DiskFailure> {
    usize::try_from(bytes).map_err(|_| DiskFailure::Full)
}
