//! The engine that keeps one file per record. Spark: `FileSystemPersistenceEngine`.
//!
//! **Differs:** by default a record is written to a file of another name, synced and renamed, and
//! carries a checksum. Spark writes in place and does not sync, which [`Writes::AsSpark`] does
//! too. `spark.deploy.recoveryCompressionCodec` changes nothing: no length of a file matters.

use super::disk::{Disk, DiskFailure, Stopwatch};
use super::{PREFIXES, Remark, Store, StoreCall, StoreFailure, Writes, put, record_in};
use deploysim_protocol::behaviour::UnreadableRecord;
use deploysim_protocol::event::RecordFate;
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire;

/// What the name of a file begins with that is not a record yet.
const NEW: &str = "new_";
/// What the name of a file begins with that could not be read.
const CORRUPTED: &str = "corrupted_";
/// Bytes of the checksum, before the record.
const CHECKSUM_BYTES: usize = blake3::OUT_LEN;

/// The file engine on a disk.
#[derive(Debug)]
pub struct FileStore<D> {
    disk: D,
    folder: String,
    writes: Writes,
    unreadable: UnreadableRecord,
}

impl<D: Disk> FileStore<D> {
    /// An engine whose files are in `folder`, as it is named in messages.
    pub fn new(disk: D, folder: &str, writes: Writes, unreadable: UnreadableRecord) -> Self {
        Self {
            disk,
            folder: folder.to_owned(),
            writes,
            unreadable,
        }
    }

    /// Spark: `FileSystemPersistenceEngine.serializeIntoFile`.
    fn write(&mut self, name: &str, record: &Record, watch: &mut Stopwatch) -> Result<(), String> {
        if name.contains(['/', '\0']) {
            return Err(format!("{}/{name}: {}", self.folder, DiskFailure::Missing));
        }
        if (watch.after(self.disk.exists(name))).map_err(|failure| self.said(name, &failure))? {
            return Err(format!("File already exists: {}/{name}", self.folder));
        }
        let bytes = wire::encode_record(record);
        let written = match self.writes {
            Writes::AsSpark => self.write_in_place(name, &bytes, watch),
            Writes::Safe => self.write_and_rename(name, &bytes, watch),
        };
        written.map_err(|failure| self.said(name, &failure))
    }

    /// A failure leaves the file with what was written of it, as in Spark.
    fn write_in_place(
        &mut self,
        name: &str,
        bytes: &[u8],
        watch: &mut Stopwatch,
    ) -> Result<(), DiskFailure> {
        watch.after(self.disk.create(name))?;
        watch.after(self.disk.write(name, 0, bytes))
    }

    /// A failure leaves no record.
    fn write_and_rename(
        &mut self,
        name: &str,
        bytes: &[u8],
        watch: &mut Stopwatch,
    ) -> Result<(), DiskFailure> {
        let new = format!("{NEW}{name}");
        let mut checked = checksum(name, bytes).to_vec();
        checked.extend_from_slice(bytes);
        let mut write = || {
            watch.after(self.disk.create(&new))?;
            watch.after(self.disk.write(&new, 0, &checked))?;
            watch.after(self.disk.sync_file(&new))?;
            watch.after(self.disk.rename(&new, name))?;
            watch.after(self.disk.sync_directory())
        };
        let written = write();
        if written.is_err() {
            // The failure is what is thrown; one of these two is there.
            for left in [new.as_str(), name] {
                drop(watch.after(self.disk.remove(left)));
            }
        }
        written
    }

    /// Spark: `FileSystemPersistenceEngine.read`, which lists the folder for each kind of record.
    fn read(
        &mut self,
        remarks: &mut Vec<Remark>,
        watch: &mut Stopwatch,
    ) -> Result<Records, String> {
        let mut records = Records::default();
        for prefix in PREFIXES {
            let listed = watch.after(self.disk.list());
            let names = listed.map_err(|failure| format!("{}: {failure}", self.folder))?;
            for name in names.iter().filter(|name| name.starts_with(prefix)) {
                match self.read_record(name, watch) {
                    Ok(record) => put(&mut records, record),
                    Err(reason) => remarks.push(self.set_aside(name, &reason, watch)?),
                }
            }
        }
        Ok(records)
    }

    fn read_record(&mut self, name: &str, watch: &mut Stopwatch) -> Result<Record, String> {
        let read = watch.after(self.disk.read(name));
        let bytes = read.map_err(|failure| failure.to_string())?;
        match self.writes {
            Writes::AsSpark => record_in(name, &bytes),
            Writes::Safe => match bytes.split_first_chunk::<CHECKSUM_BYTES>() {
                Some((sum, record)) if *sum == checksum(name, record) => record_in(name, record),
                Some(_) | None => Err("its checksum is wrong".to_owned()),
            },
        }
    }

    /// S-58: since some release between 3.5 and 4.3.0 the file is renamed and reading goes on.
    fn set_aside(
        &mut self,
        name: &str,
        reason: &str,
        watch: &mut Stopwatch,
    ) -> Result<Remark, String> {
        match self.unreadable {
            UnreadableRecord::Throw => Err(format!("{}/{name}: {reason}", self.folder)),
            UnreadableRecord::RenameAndGoOn => {
                // Whether this succeeds is not looked at, as in Spark.
                drop(watch.after(self.disk.rename(name, &format!("{CORRUPTED}{name}"))));
                Ok(Remark::Unreadable {
                    name: Text::new(name),
                    fate: RecordFate::Renamed,
                    reason: Text::new(reason),
                })
            }
        }
    }

    fn said(&self, name: &str, failure: &DiskFailure) -> String {
        format!("{}/{name}: {failure}", self.folder)
    }
}

impl<D: Disk> Store for FileStore<D> {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        let mut watch = Stopwatch::default();
        let written = self.write(&record.key().to_string(), record, &mut watch);
        let outcome = written.map_err(|reason| StoreFailure::failed(&reason));
        StoreCall::new(watch.took, outcome)
    }

    /// Never throws: what cannot be removed is only logged.
    /// Spark: `FileSystemPersistenceEngine.unpersist`.
    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        let mut watch = Stopwatch::default();
        let mut removed = watch.after(self.disk.remove(&key.to_string()));
        if self.writes == Writes::Safe && removed.is_ok() {
            removed = watch.after(self.disk.sync_directory());
        }
        let mut call = StoreCall::new(watch.took, Ok(()));
        if let Err(failure) = removed {
            call.remarks.push(Remark::NotRemoved {
                record: key,
                reason: Text::new(&failure.to_string()),
            });
        }
        call
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let (mut watch, mut remarks) = (Stopwatch::default(), Vec::new());
        let read = self.read(&mut remarks, &mut watch);
        StoreCall {
            took: watch.took,
            remarks,
            outcome: read.map_err(|reason| StoreFailure::failed(&reason)),
        }
    }
}

/// Of a record under its name.
fn checksum(name: &str, record: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes());
    hasher.update(&[0]);
    hasher.update(record);
    *hasher.finalize().as_bytes()
}
