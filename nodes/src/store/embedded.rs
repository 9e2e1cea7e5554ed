//! The engine on an embedded database. Spark: `RocksDBPersistenceEngine`.
//!
//! **Differs:** the database is redb and not RocksDB: one file with checksums, in which a record
//! is there as a whole or not at all. Spark does not sync RocksDB's log, so a loss of power takes
//! the last records with it; here each call waits until its record is safe, unless the engine
//! [writes as Spark does](Writes::AsSpark).

use super::disk::{Disk, DiskCall, DiskFailure, Stopwatch};
use super::{PREFIXES, Store, StoreCall, StoreFailure, Writes, put, record_in};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::wire;
use redb::{Builder, Database, Error, ReadableDatabase, StorageBackend, TableDefinition};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The file of the database.
const FILE: &str = "records.redb";
/// The file of a database that is being made: a loss of power then leaves none, instead of half
/// of one.
const NEW_FILE: &str = "new_records.redb";
/// The records, by name.
const TABLE: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("records");
/// What the database may keep in memory, in bytes. The records of a master are few.
const CACHE_BYTES: usize = 1 << 20;

/// The embedded engine on a disk. It is opened by its first call, and again after a failure.
pub struct EmbeddedStore<D> {
    pages: Arc<Mutex<Pages<D>>>,
    database: Option<Database>,
}

impl<D: Disk + Send + 'static> EmbeddedStore<D> {
    /// An engine whose file is on this disk.
    pub fn new(disk: D, writes: Writes) -> Self {
        let pages = Pages {
            disk,
            writes,
            content: Vec::new(),
            watch: Stopwatch::default(),
            file: FILE,
        };
        Self {
            pages: Arc::new(Mutex::new(pages)),
            database: None,
        }
    }

    fn open(&mut self) -> Result<&Database, Error> {
        if self.database.is_none() {
            let is_there = lock(&self.pages).is_there()?;
            if !is_there {
                lock(&self.pages).make()?;
                drop(self.build()?);
                lock(&self.pages).finish()?;
            }
            lock(&self.pages).load()?;
            self.database = Some(self.build()?);
        }
        Ok(self.database.as_ref().expect("it was opened just now"))
    }

    fn build(&self) -> Result<Database, Error> {
        Ok(Builder::new()
            .set_cache_size(CACHE_BYTES)
            // A damaged page is an error then; without it, reading one may panic.
            .set_check_integrity_on_open(true)
            .create_with_backend(Backend(Arc::clone(&self.pages)))?)
    }

    fn insert(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let writing = self.open()?.begin_write()?;
        writing.open_table(TABLE)?.insert(name, bytes)?;
        Ok(writing.commit()?)
    }

    fn delete(&mut self, name: &str) -> Result<(), Error> {
        let writing = self.open()?.begin_write()?;
        writing.open_table(TABLE)?.remove(name)?;
        Ok(writing.commit()?)
    }

    /// Everything whose name begins with one of the prefixes, by prefix and then by name.
    fn entries(&mut self) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let reading = self.open()?.begin_read()?;
        let table = match reading.open_table(TABLE) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut entries = Vec::new();
        for prefix in PREFIXES {
            for entry in table.range(prefix..)? {
                let (name, bytes) = entry?;
                if !name.value().starts_with(prefix) {
                    break;
                }
                entries.push((name.value().to_owned(), bytes.value().to_vec()));
            }
        }
        Ok(entries)
    }

    /// What a call came to. After a failure the database is closed: it does not know what became
    /// of its file.
    fn call<T>(&mut self, outcome: Result<T, String>) -> StoreCall<T> {
        if outcome.is_err() {
            self.database = None;
        }
        let took = std::mem::take(&mut lock(&self.pages).watch).took;
        StoreCall::new(
            took,
            outcome.map_err(|reason| StoreFailure::failed(&reason)),
        )
    }
}

impl<D: Disk + Send + 'static> Store for EmbeddedStore<D> {
    /// Spark: `RocksDBPersistenceEngine.persist`, which overwrites.
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        let bytes = wire::encode_record(record);
        let inserted = self.insert(&record.key().to_string(), &bytes);
        self.call(inserted.map_err(|error| error.to_string()))
    }

    /// Spark: `RocksDBPersistenceEngine.unpersist`, to which a missing record is nothing.
    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        let deleted = self.delete(&key.to_string());
        self.call(deleted.map_err(|error| error.to_string()))
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let entries = self.entries().map_err(|error| error.to_string());
        let read = entries.and_then(|entries| {
            let mut records = Records::default();
            for (name, bytes) in entries {
                let record = record_in(&name, &bytes);
                put(
                    &mut records,
                    record.map_err(|reason| format!("{name}: {reason}"))?,
                );
            }
            Ok(records)
        });
        self.call(read)
    }
}

/// The database's file: what the operating system has of it in memory, and the disk below.
struct Pages<D> {
    disk: D,
    writes: Writes,
    content: Vec<u8>,
    watch: Stopwatch,
    file: &'static str,
}

impl<D: Disk> Pages<D> {
    fn is_there(&mut self) -> io::Result<bool> {
        self.watch.after(self.disk.exists(FILE)).map_err(into_io)
    }

    /// Begins with an empty file.
    fn make(&mut self) -> io::Result<()> {
        self.file = NEW_FILE;
        self.content.clear();
        self.watch
            .after(self.disk.create(NEW_FILE))
            .map_err(into_io)
    }

    /// The file is a database: it gets its name.
    fn finish(&mut self) -> io::Result<()> {
        self.sync()?;
        let renamed = self.disk.rename(NEW_FILE, FILE);
        self.watch.after(renamed).map_err(into_io)?;
        self.watch
            .after(self.disk.sync_directory())
            .map_err(into_io)
    }

    fn load(&mut self) -> io::Result<()> {
        self.file = FILE;
        self.content = self.watch.after(self.disk.read(FILE)).map_err(into_io)?;
        Ok(())
    }

    fn resize(&mut self, length_bytes: u64) -> DiskCall<()> {
        self.disk.resize(self.file, length_bytes)
    }

    fn write(&mut self, offset_bytes: u64, bytes: &[u8]) -> DiskCall<()> {
        self.disk.write(self.file, offset_bytes, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.writes {
            Writes::Safe => (self.watch.after(self.disk.sync_file(self.file))).map_err(into_io),
            Writes::AsSpark => Ok(()),
        }
    }
}

/// What the database reads and writes.
struct Backend<D>(Arc<Mutex<Pages<D>>>);

impl<D> fmt::Debug for Backend<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Backend")
    }
}

impl<D: Disk + Send + 'static> StorageBackend for Backend<D> {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(&self.0).content.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let pages = lock(&self.0);
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let found = from.checked_add(out.len());
        let found = found.and_then(|to| pages.content.get(from..to));
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut pages = lock(&self.0);
        let call = pages.resize(len);
        pages.watch.after(call).map_err(into_io)?;
        let length = usize::try_from(len).map_err(io::Error::other)?;
        pages.content.resize(length, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        lock(&self.0).sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut pages = lock(&self.0);
        let call = pages.write(offset, data);
        pages.watch.after(call).map_err(into_io)?;
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let to = from + data.len();
        if pages.content.len() < to {
            pages.content.resize(to, 0);
        }
        pages.content[from..to].copy_from_slice(data);
        Ok(())
    }
}

/// Nobody else has the pages: an engine and its database are on one thread.
fn lock<D>(pages: &Mutex<Pages<D>>) -> MutexGuard<'_, Pages<D>> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_io(failure: DiskFailure) -> io::Error {
    io::Error::other(failure.to_string())
}

impl<D> fmt::Debug for EmbeddedStore<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmbeddedStore")
    }
}
