//! The disk, and the persistence engines on it: what each does with a key that exists or is
//! missing and with a record that cannot be read, and what a loss of power leaves.

use super::{SharedDisk, Trouble};
use crate::stream::Seeds;
use deploysim_nodes::store::{
    Disk, DiskFailure, EmbeddedStore, FileStore, RecordService, Remark, ServiceStore, Session,
    Store, StoreCall, StoreFailure, Unreachable, Writes,
};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::behaviour::UnreadableRecord;
use deploysim_protocol::event::RecordFate;
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::record::{Record, RecordKey, Records, WorkerRecord};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
use proptest::test_runner::RngSeed;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// Which engine a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Files(Writes, UnreadableRecord),
    Embedded(Writes),
}

const FILES: Engine = Engine::Files(Writes::Safe, UnreadableRecord::RenameAndGoOn);
const SPARK_FILES: Engine = Engine::Files(Writes::AsSpark, UnreadableRecord::RenameAndGoOn);
const OLD_FILES: Engine = Engine::Files(Writes::AsSpark, UnreadableRecord::Throw);
const EMBEDDED: Engine = Engine::Embedded(Writes::Safe);

fn disk() -> SharedDisk {
    let seeds = Seeds::new(7);
    SharedDisk::new(seeds.chacha("losses"), seeds.chacha("order"))
}

/// A process of the machine opens the engine.
fn open(engine: Engine, disk: &SharedDisk) -> Box<dyn Store> {
    match engine {
        Engine::Files(writes, unreadable) => {
            Box::new(FileStore::new(disk.open(), "/recovery", writes, unreadable))
        }
        Engine::Embedded(writes) => Box::new(EmbeddedStore::new(disk.open(), writes)),
    }
}

fn worker(number: u16) -> Record {
    let address = Address::new(&format!("h{number}"), 7078);
    Record::Worker(WorkerRecord {
        id: WorkerId::new(&format!("worker-{number}")),
        address,
        cores: 8,
        memory_mib: 1024,
        endpoint: Reference::unbound(address),
        web_ui_url: Text::new("http://worker:8081"),
        resources: Resources::NONE,
    })
}

fn key(number: u16) -> RecordKey {
    worker(number).key()
}

/// The file or path of a worker.
fn name(number: u16) -> String {
    key(number).to_string()
}

fn failure<T>(call: StoreCall<T>) -> String {
    match call.outcome {
        Err(StoreFailure::Failed { reason }) => reason.to_string(),
        Err(StoreFailure::Crashed) => "crashed".to_owned(),
        Ok(_) => "nothing".to_owned(),
    }
}

/// The numbers of the workers that were read, in order.
fn workers(records: &Records) -> Vec<String> {
    let found = records.workers.iter();
    found.map(|record| record.id.to_string()).collect()
}

fn sorted(records: &Records) -> Vec<String> {
    let mut found = workers(records);
    found.sort();
    found
}

fn add_all(store: &mut dyn Store, numbers: &[u16]) {
    for number in numbers {
        assert_eq!(store.add(&worker(*number)).outcome, Ok(()));
    }
}

#[test]
fn every_engine_reads_back_what_was_added_and_not_removed() {
    for engine in [FILES, SPARK_FILES, OLD_FILES, EMBEDDED] {
        let disk = disk();
        let mut store = open(engine, &disk);
        add_all(store.as_mut(), &[1, 2, 3]);
        assert_eq!(store.remove(key(2)), StoreCall::new(Duration::ZERO, Ok(())));
        drop(store);
        let read = open(engine, &disk).read_all();
        assert_eq!(read.remarks, []);
        assert_eq!(
            sorted(&read.outcome.unwrap()),
            ["worker-1", "worker-3"],
            "{engine:?}"
        );
    }
}

#[test]
fn a_file_that_exists_is_not_overwritten() {
    for engine in [FILES, SPARK_FILES] {
        let mut store = open(engine, &disk());
        add_all(store.as_mut(), &[1]);
        let said = failure(store.add(&worker(1)));
        assert_eq!(said, "File already exists: /recovery/worker_worker-1");
    }
}

#[test]
fn the_embedded_engine_overwrites() {
    let mut store = open(EMBEDDED, &disk());
    add_all(store.as_mut(), &[1, 1]);
    assert_eq!(workers(&store.read_all().outcome.unwrap()), ["worker-1"]);
}

#[test]
fn removing_a_file_that_is_missing_is_only_remarked() {
    for engine in [FILES, SPARK_FILES] {
        let call = open(engine, &disk()).remove(key(1));
        let remark = Remark::NotRemoved {
            record: key(1),
            reason: Text::new("No such file or directory"),
        };
        assert_eq!((call.outcome, call.remarks), (Ok(()), vec![remark]));
    }
}

#[test]
fn removing_a_missing_record_is_nothing_to_the_embedded_engine() {
    let call = open(EMBEDDED, &disk()).remove(key(1));
    assert_eq!((call.outcome, call.remarks), (Ok(()), vec![]));
}

#[test]
fn an_unreadable_file_is_renamed_and_reading_goes_on() {
    for engine in [FILES, SPARK_FILES] {
        let disk = disk();
        add_all(open(engine, &disk).as_mut(), &[1, 2]);
        disk.open().resize(&name(1), 12).outcome.unwrap();
        let call = open(engine, &disk).read_all();
        assert_eq!(workers(&call.outcome.unwrap()), ["worker-2"]);
        let [
            Remark::Unreadable {
                name: found, fate, ..
            },
        ] = call.remarks[..]
        else {
            panic!("{:?}", call.remarks);
        };
        assert_eq!(
            (&*found.as_str(), fate),
            ("worker_worker-1", RecordFate::Renamed)
        );
        let mut hand = disk.open();
        assert_eq!(hand.exists("corrupted_worker_worker-1").outcome, Ok(true));
        assert_eq!(hand.exists(&name(1)).outcome, Ok(false));
        // It is not looked at again, and its key is free.
        let mut store = open(engine, &disk);
        assert_eq!(store.read_all().remarks, []);
        add_all(store.as_mut(), &[1]);
    }
}

/// S-58: before, the exception ended the recovery.
#[test]
fn an_unreadable_file_was_thrown_at_before() {
    let disk = disk();
    add_all(open(OLD_FILES, &disk).as_mut(), &[1]);
    disk.open().resize(&name(1), 12).outcome.unwrap();
    let said = failure(open(OLD_FILES, &disk).read_all());
    assert!(said.starts_with("/recovery/worker_worker-1: "), "{said}");
    assert_eq!(disk.open().exists(&name(1)).outcome, Ok(true));
}

#[test]
fn a_checksum_finds_what_the_form_of_a_record_does_not() {
    let disk = disk();
    add_all(open(FILES, &disk).as_mut(), &[1]);
    let mut hand = disk.open();
    let last = hand.read(&name(1)).outcome.unwrap().len() - 1;
    hand.write(&name(1), last as u64 - 20, b"x")
        .outcome
        .unwrap();
    let call = open(FILES, &disk).read_all();
    assert_eq!(call.remarks.len(), 1);
}

#[test]
fn a_record_under_the_name_of_another_is_unreadable() {
    let disk = disk();
    add_all(open(SPARK_FILES, &disk).as_mut(), &[1]);
    disk.open().rename(&name(1), &name(2)).outcome.unwrap();
    let call = open(SPARK_FILES, &disk).read_all();
    assert!(call.outcome.unwrap().is_empty());
    assert_eq!(call.remarks.len(), 1);
}

#[test]
fn a_damaged_database_throws_and_says_so_again() {
    let disk = disk();
    add_all(open(EMBEDDED, &disk).as_mut(), &[1, 2]);
    let mut hand = disk.open();
    let content = hand.read("records.redb").outcome.unwrap();
    let needle = b"http://worker:8081";
    let places = content.windows(needle.len()).enumerate();
    let found: Vec<usize> = places
        .filter(|(_, window)| *window == needle)
        .map(|(at, _)| at)
        .collect();
    assert!(!found.is_empty());
    for at in found {
        hand.write("records.redb", at as u64, b"x").outcome.unwrap();
    }
    let mut store = open(EMBEDDED, &disk);
    assert_ne!(failure(store.read_all()), "nothing");
    assert_ne!(failure(store.read_all()), "nothing");
}

#[test]
fn files_are_read_in_an_order_of_the_disks_own() {
    let disk = disk();
    let numbers = [1, 2, 3, 4, 5, 6];
    add_all(open(FILES, &disk).as_mut(), &numbers);
    let orders: BTreeSet<Vec<String>> = (0..8)
        .map(|_| workers(&open(FILES, &disk).read_all().outcome.unwrap()))
        .collect();
    assert!(orders.len() > 1);
}

#[test]
fn the_embedded_engine_reads_in_the_order_of_keys() {
    let disk = disk();
    add_all(open(EMBEDDED, &disk).as_mut(), &[3, 1, 2]);
    let read = open(EMBEDDED, &disk).read_all().outcome.unwrap();
    assert_eq!(workers(&read), ["worker-1", "worker-2", "worker-3"]);
}

#[test]
fn a_name_does_not_leave_the_folder() {
    let mut store = open(FILES, &disk());
    let Record::Worker(mut record) = worker(1) else {
        unreachable!("it is a worker");
    };
    record.id = WorkerId::new("/../../x");
    let said = failure(store.add(&Record::Worker(record)));
    assert_eq!(said, "/recovery/worker_/../../x: No such file or directory");
}

#[test]
fn a_full_disk_fails_an_add_and_later_ones_succeed() {
    let full = Trouble {
        is_full: true,
        ..Trouble::default()
    };
    for engine in [FILES, SPARK_FILES, EMBEDDED] {
        let disk = disk();
        let mut store = open(engine, &disk);
        add_all(store.as_mut(), &[1]);
        disk.trouble(full);
        let said = failure(store.add(&worker(2)));
        assert!(
            said.contains("No space left on device"),
            "{engine:?}: {said}"
        );
        disk.trouble(Trouble::default());
        add_all(store.as_mut(), &[3]);
        let read = store.read_all().outcome.unwrap();
        assert_eq!(sorted(&read), ["worker-1", "worker-3"], "{engine:?}");
    }
}

/// Spark's file is there, empty: its key is taken, and the next start finds it unreadable.
#[test]
fn a_failed_add_leaves_a_file_behind_only_where_spark_does() {
    for (engine, left) in [(FILES, false), (SPARK_FILES, true)] {
        let disk = disk();
        let mut store = open(engine, &disk);
        disk.trouble(Trouble {
            is_full: true,
            ..Trouble::default()
        });
        failure(store.add(&worker(1)));
        disk.trouble(Trouble::default());
        assert_eq!(disk.open().exists(&name(1)).outcome, Ok(left));
    }
}

#[test]
fn a_failing_disk_fails_every_call_but_a_removal_of_a_file() {
    let failing = Trouble {
        is_failing: true,
        ..Trouble::default()
    };
    let disk = disk();
    disk.trouble(failing);
    let mut store = open(FILES, &disk);
    assert!(failure(store.add(&worker(1))).contains("Input/output error"));
    assert!(failure(store.read_all()).contains("Input/output error"));
    assert_eq!(store.remove(key(1)).outcome, Ok(()));
    let mut store = open(EMBEDDED, &disk);
    for said in [
        failure(store.add(&worker(1))),
        failure(store.remove(key(1))),
        failure(store.read_all()),
    ] {
        assert!(said.contains("Input/output error"), "{said}");
    }
}

#[test]
fn a_slow_disk_takes_its_time_for_every_operation() {
    let disk = disk();
    let mut store = open(SPARK_FILES, &disk);
    disk.trouble(Trouble {
        slow: Duration::from_secs(1),
        ..Trouble::default()
    });
    // It looks, creates and writes; removes; lists three times.
    assert_eq!(store.add(&worker(1)).took, Duration::from_secs(3));
    assert_eq!(store.remove(key(1)).took, Duration::from_secs(1));
    assert_eq!(store.read_all().took, Duration::from_secs(3));
}

#[test]
fn a_torn_write_is_found_when_it_is_read() {
    for engine in [FILES, SPARK_FILES] {
        let disk = disk();
        let mut store = open(engine, &disk);
        disk.trouble(Trouble {
            is_torn: true,
            ..Trouble::default()
        });
        add_all(store.as_mut(), &[1]);
        disk.trouble(Trouble::default());
        let call = open(engine, &disk).read_all();
        assert_eq!(call.remarks.len(), 1, "{engine:?}");
        assert!(call.outcome.unwrap().is_empty());
    }
}

#[test]
fn nothing_of_a_process_that_is_gone_reaches_the_disk() {
    for engine in [FILES, EMBEDDED] {
        let disk = disk();
        let mut former = open(engine, &disk);
        add_all(former.as_mut(), &[1]);
        let mut present = open(engine, &disk);
        assert!(failure(former.add(&worker(2))).contains("the process is gone"));
        drop(former);
        assert_eq!(workers(&present.read_all().outcome.unwrap()), ["worker-1"]);
    }
}

#[test]
fn a_wiped_disk_is_empty() {
    let disk = disk();
    add_all(open(FILES, &disk).as_mut(), &[1]);
    disk.wipe();
    assert_eq!(disk.open().list().outcome, Ok(vec![]));
}

#[test]
fn without_syncing_a_loss_of_power_takes_records_on_some_seeds() {
    let left = |seed| {
        let seeds = Seeds::new(seed);
        let disk = SharedDisk::new(seeds.chacha("losses"), seeds.chacha("order"));
        add_all(open(SPARK_FILES, &disk).as_mut(), &[1, 2, 3]);
        disk.lose_power();
        let read = open(SPARK_FILES, &disk).read_all();
        read.outcome.unwrap().workers.len()
    };
    let counts: BTreeSet<usize> = (0..50).map(left).collect();
    assert!(counts.contains(&0) && counts.len() > 2, "{counts:?}");
}

#[test]
fn a_disk_without_power_belongs_to_nobody() {
    let disk = disk();
    let mut hand = disk.open();
    disk.lose_power();
    assert_eq!(hand.create("a").outcome, Err(DiskFailure::Gone));
}

/// A service that answers at once, or after some answers no more.
struct Line {
    answers: u32,
}

impl Session for Line {
    fn round_trip(&mut self) -> Result<Duration, Unreachable> {
        if self.answers == 0 {
            return Err(Unreachable {
                after: Duration::from_secs(15),
                reason: "KeeperErrorCode = ConnectionLoss".to_owned(),
            });
        }
        self.answers -= 1;
        Ok(Duration::from_millis(2))
    }

    fn order(&mut self, names: &mut [String]) {
        names.reverse();
    }
}

fn service(answers: u32, service: &Rc<RefCell<RecordService>>) -> ServiceStore<Line> {
    let path = "/spark/master_status".to_owned();
    ServiceStore::new(Rc::clone(service), Line { answers }, path)
}

#[test]
fn the_service_refuses_a_record_that_exists_and_one_that_is_missing() {
    let records = Rc::default();
    let mut store = service(9, &records);
    add_all(&mut store, &[1]);
    let exists = "KeeperErrorCode = NodeExists for /spark/master_status/worker_worker-1";
    assert_eq!(failure(store.add(&worker(1))), exists);
    let missing = "KeeperErrorCode = NoNode for /spark/master_status/worker_worker-2";
    assert_eq!(failure(store.remove(key(2))), missing);
    assert_eq!(store.remove(key(1)).outcome, Ok(()));
}

#[test]
fn masters_share_the_records_of_the_service_and_read_them_in_its_order() {
    let records = Rc::default();
    add_all(&mut service(9, &records), &[1, 2, 3]);
    let read = service(9, &records).read_all();
    // Three listings and three records.
    assert_eq!(read.took, Duration::from_millis(12));
    let found = workers(&read.outcome.unwrap());
    assert_eq!(found, ["worker-3", "worker-2", "worker-1"]);
}

#[test]
fn the_service_deletes_what_cannot_be_read() {
    let records: Rc<RefCell<RecordService>> = Rc::default();
    add_all(&mut service(9, &records), &[1, 2]);
    let torn = records.borrow().records()[&name(1)][..5].to_vec();
    records.borrow_mut().records_mut().insert(name(1), torn);
    let call = service(9, &records).read_all();
    assert_eq!(workers(&call.outcome.unwrap()), ["worker-2"]);
    assert_eq!(call.remarks.len(), 1);
    let left = records.borrow();
    assert_eq!(left.records().keys().collect::<Vec<_>>(), [&name(2)]);
}

#[test]
fn a_service_that_does_not_answer_fails_the_call_after_its_time_and_changes_nothing() {
    let records = Rc::default();
    let call = service(0, &records).add(&worker(1));
    assert_eq!(call.took, Duration::from_secs(15));
    assert_eq!(failure(call), "KeeperErrorCode = ConnectionLoss");
    assert!(records.borrow().records().is_empty());
    let said = failure(service(3, &records).read_all());
    assert_eq!(said, "nothing");
    assert_eq!(
        failure(service(2, &records).read_all()),
        "KeeperErrorCode = ConnectionLoss"
    );
}

/// Plays additions and removals until the power fails, and compares what is found after it with
/// what had returned before.
fn survives(
    engine: Engine,
    seed: u64,
    calls: &[(bool, u16)],
    operations: u32,
) -> Result<(), String> {
    let seeds = Seeds::new(seed);
    let disk = SharedDisk::new(seeds.chacha("losses"), seeds.chacha("order"));
    let mut store = open(engine, &disk);
    disk.lose_power_after(operations);
    let (mut certain, mut possible) = (BTreeSet::new(), BTreeSet::new());
    for (is_add, number) in calls {
        let id = format!("worker-{number}");
        if *is_add {
            if store.add(&worker(*number)).outcome.is_ok() {
                certain.insert(id.clone());
            }
            possible.insert(id);
        } else {
            certain.remove(&id);
            let call = store.remove(key(*number));
            if call.outcome.is_ok() && call.remarks.is_empty() {
                possible.remove(&id);
            }
        }
    }
    disk.lose_power();
    drop(store);
    let call = open(engine, &disk).read_all();
    let found: BTreeSet<String> = match &call.outcome {
        Ok(records) => workers(records).into_iter().collect(),
        Err(failure) => return Err(format!("{failure:?}")),
    };
    if call.remarks.is_empty() && found.is_superset(&certain) && found.is_subset(&possible) {
        Ok(())
    } else {
        let remarks = call.remarks;
        Err(format!(
            "{found:?} of {certain:?} to {possible:?}, {remarks:?}"
        ))
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_an_add_has_promised_survives_a_loss_of_power_in_files(
        seed in any::<u64>(),
        calls in proptest::collection::vec((any::<bool>(), 0_u16..5), 1..12),
        operations in 0_u32..60,
    ) {
        let survived = survives(FILES, seed, &calls, operations);
        prop_assert!(survived.is_ok(), "{}", survived.unwrap_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_an_add_has_promised_survives_a_loss_of_power_in_the_database(
        seed in any::<u64>(),
        calls in proptest::collection::vec((any::<bool>(), 0_u16..5), 1..12),
        operations in 0_u32..120,
    ) {
        let survived = survives(EMBEDDED, seed, &calls, operations);
        prop_assert!(survived.is_ok(), "{}", survived.unwrap_err());
    }
}
