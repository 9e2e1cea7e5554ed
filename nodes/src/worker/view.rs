//! What can be read from a worker without changing it: for the audit of a run, for the worker's
//! page, and for the masters that it registers with.

use super::books::{Books, DriverEntry, ExecutorEntry};
use super::{WorkDirectory, Worker};
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::ExecutorDescription;
use deploysim_protocol::id::{DriverId, WorkerId};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{DriverReport, ExecutorReport, WorkerStateResponse};
use deploysim_protocol::message::to_master::{WorkerLatestState, WorkerSchedulerStateResponse};
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::text::Text;
use std::collections::BTreeMap;

/// A driver in a worker's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DriverDescriptionAtWorker {
    /// Which driver.
    pub driver: DriverId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
}

/// Read-only, for the audit.
impl Worker {
    /// Its id, once it was started.
    pub const fn id(&self) -> Option<WorkerId> {
        self.id
    }

    /// Whether a master has acknowledged its registration since it last began to register.
    pub const fn is_registered(&self) -> bool {
        self.registered
    }

    /// Whether it believes to have a connection to the followed master.
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// Whether it takes no new executors.
    pub const fn is_decommissioned(&self) -> bool {
        self.decommissioned
    }

    /// The last known leader; stays when the connection to it is lost.
    pub fn followed_master(&self) -> Option<Reference> {
        self.followed.map(|followed| followed.master)
    }

    /// Whether its process has begun to end.
    pub const fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// The executors in its tables, by id.
    pub fn executors(&self) -> impl Iterator<Item = ExecutorDescription> {
        self.executor_entries()
            .iter()
            .map(ExecutorEntry::description)
    }

    /// The drivers in its tables, by id.
    pub fn drivers(&self) -> impl Iterator<Item = DriverDescriptionAtWorker> {
        self.driver_entries()
            .iter()
            .map(|entry| DriverDescriptionAtWorker {
                driver: entry.driver,
                cores: entry.description.cores,
                memory_mib: entry.description.memory_mib,
            })
    }

    /// Its counter of cores in use.
    pub fn cores_used(&self) -> i32 {
        self.books.as_ref().map_or(0, |books| books.cores_used)
    }

    /// Its counter of memory in use, in MiB.
    pub fn memory_used_mib(&self) -> i32 {
        self.books.as_ref().map_or(0, |books| books.memory_used_mib)
    }

    /// What lies below its work directory. A worker that is started again on the same machine
    /// finds it ([`Worker::with_work_directory`]).
    pub fn work_directory(&self) -> Option<&WorkDirectory> {
        self.books.as_ref().map(|books| &books.work_directory)
    }

    fn executor_entries(&self) -> &[ExecutorEntry] {
        self.books.as_ref().map_or(&[], |books| &books.executors)
    }

    fn driver_entries(&self) -> &[DriverEntry] {
        self.books.as_ref().map_or(&[], |books| &books.drivers)
    }
}

/// What goes out.
impl Worker {
    /// Spark: `Worker.receiveAndReply`, `RequestWorkerState`.
    pub(super) fn handle_request_worker_state(&self, call: Call, turn: &mut Turn<'_, Self>) {
        let worker_id = self.own_id();
        let empty = Books::default();
        let books = self.books.as_deref().unwrap_or(&empty);
        let executors = |entries: &[ExecutorEntry]| {
            let reports = entries.iter().map(|entry| entry.report(worker_id));
            reports.collect()
        };
        let drivers = |entries: &[DriverEntry]| {
            let reports = entries.iter().map(|entry| entry.report(worker_id));
            reports.collect()
        };
        let response = WorkerStateResponse {
            address: turn.me(),
            worker_id,
            executors: executors(&books.executors),
            finished_executors: executors(&books.finished_executors),
            drivers: drivers(&books.drivers),
            finished_drivers: drivers(&books.finished_drivers),
            master_url: self.followed.map(|followed| followed.master.address),
            cores: self.settings.cores,
            memory_mib: self.settings.memory_mib,
            cores_used: books.cores_used,
            memory_used_mib: books.memory_used_mib,
            master_web_ui_url: self.followed.map(|followed| followed.web_ui_url),
            resources: self.settings.resources.clone(),
            resources_used: books.resources_used(),
        };
        turn.reply(call, Ok(Answer::WorkerState(Box::new(response))));
    }

    /// What follows an acknowledged registration. Spark: `WorkerLatestState`.
    pub(super) fn latest_state(&self) -> WorkerLatestState {
        let drivers = self.driver_entries().iter();
        WorkerLatestState {
            worker_id: self.own_id(),
            executors: self.executors().collect(),
            drivers: drivers.map(|entry| entry.driver).collect(),
        }
    }

    /// What a new leader is told. Spark: `WorkerSchedulerStateResponse`.
    pub(super) fn scheduler_state(&self) -> WorkerSchedulerStateResponse {
        let executors = self.executor_entries().iter();
        let drivers = self.driver_entries().iter();
        WorkerSchedulerStateResponse {
            worker_id: self.own_id(),
            executors: executors
                .map(|entry| (entry.description(), entry.order.resources.clone()))
                .collect(),
            drivers: drivers
                .map(|entry| (entry.driver, entry.resources.clone()))
                .collect(),
        }
    }
}

impl ExecutorEntry {
    fn report(&self, worker_id: WorkerId) -> ExecutorReport {
        ExecutorReport {
            executor: self.order.executor,
            worker_id,
            cores: self.order.cores,
            memory_mib: self.order.memory_mib,
            resources: self.order.resources.clone(),
            description: self.order.description.clone(),
            state: self.state,
        }
    }
}

impl DriverEntry {
    fn report(&self, worker_id: WorkerId) -> DriverReport {
        let arguments = &self.description.command.arguments;
        DriverReport {
            driver: self.driver,
            start_time: self.since,
            state: self.state,
            cores: self.description.cores,
            memory_mib: self.description.memory_mib,
            requirements: self.description.resource_requirements.clone(),
            resources: self.resources.clone(),
            worker_id: Some(worker_id),
            main_class: arguments.get(2).map(|class| Text::new(class)),
        }
    }
}

impl Books {
    /// The addresses that the executors and drivers in the tables hold.
    fn resources_used(&self) -> Resources {
        let executors = self.executors.iter().map(|entry| &entry.order.resources);
        let drivers = self.drivers.iter().map(|entry| &entry.resources);
        let mut used: BTreeMap<Text, Vec<Text>> = BTreeMap::new();
        for held in executors.chain(drivers).flat_map(|held| &held.0) {
            let addresses = used.entry(held.name).or_default();
            addresses.extend_from_slice(&held.addresses);
        }
        let used = used.into_iter();
        Resources(
            used.map(|(name, addresses)| ResourceInformation { name, addresses })
                .collect(),
        )
    }
}
