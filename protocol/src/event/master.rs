//! What a Master reports: every change of its books.

use super::{ApplicationSlot, DriverSlot, WorkerSlot, events, words};
use crate::address::Address;
use crate::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use crate::record::RecordKey;
use crate::state::{ApplicationState, DriverState, ExecutorState, MasterState, WorkerState};
use crate::text::Text;
use crate::time::WallTime;

words! {
    /// Why a registration was refused.
    RefusalReason {
        /// Another worker that is not DEAD holds the address.
        SameAddress = "same-address",
        /// The worker id is known (S-02 fail).
        DuplicateId = "duplicate-id",
        /// The master does not lead.
        Standby = "standby",
        /// The application client's address is known already; the client is answered all the same.
        SameClient = "same-client",
    }
}

words! {
    /// Why a worker was removed.
    RemovalReason {
        /// No heartbeat for longer than the time-out.
        Silent = "silent",
        /// A connection on which it had announced its address closed.
        Disassociated = "disassociated",
        /// A new worker has its address.
        Replaced = "replaced",
        /// It did not answer in recovery.
        NotResponding = "not-responding",
    }
}

words! {
    /// A call of the store.
    StoreAccess {
        /// It writes a new record.
        Add = "add",
        /// It removes a record.
        Remove = "remove",
        /// It reads everything.
        Read = "read",
    }
}

words! {
    /// What an engine does with a record that it cannot read.
    RecordFate {
        /// It has another name, under which nobody looks for it.
        Renamed = "renamed",
        /// It is gone.
        Deleted = "deleted",
    }
}

events! {
    /// What a Master reports.
    MasterEvent {
        /// The master's own state changed.
        MasterStateChanged {
            /// The new state.
            state: MasterState,
        },
        /// A worker is in the books, ALIVE.
        WorkerAdded {
            /// Where.
            worker: WorkerSlot,
            /// Its id.
            id: WorkerId,
            /// Its host and port.
            address: Address,
            /// Cores it offers.
            cores: i32,
            /// Memory it offers, in MiB.
            memory_mib: i32,
        },
        /// A worker that was just added offers one address of a named resource.
        ResourceOffered {
            /// Which worker.
            worker: WorkerSlot,
            /// Name of the resource.
            name: Text,
            /// The address.
            address: Text,
        },
        /// A registration was refused.
        RegistrationRefused {
            /// Who asked.
            address: Address,
            /// Why.
            reason: RefusalReason,
        },
        /// A worker that is in the books registered again and was acknowledged.
        RegistrationDuplicate {
            /// Which worker.
            worker: WorkerSlot,
        },
        /// A worker's last heartbeat was set.
        WorkerHeard {
            /// Which worker.
            worker: WorkerSlot,
            /// To this instant.
            at: WallTime,
        },
        /// A heartbeat came from a worker that was never known or is forgotten.
        HeartbeatIgnored {
            /// Who sent it.
            id: WorkerId,
        },
        /// A heartbeat came from a DEAD worker, which was asked to reconnect.
        ReconnectAsked {
            /// Which worker.
            worker: WorkerSlot,
        },
        /// A worker's state changed other than by its removal.
        WorkerStateChanged {
            /// Which worker.
            worker: WorkerSlot,
            /// The new state.
            state: WorkerState,
        },
        /// A worker is DEAD: no longer found by id or address. Its executors and drivers follow.
        WorkerRemoved {
            /// Which worker.
            worker: WorkerSlot,
            /// Why.
            reason: RemovalReason,
            /// Its last heartbeat in the books.
            last_heartbeat: WallTime,
            /// The master's calendar clock at that moment.
            now: WallTime,
        },
        /// A DEAD worker is remembered no longer.
        WorkerForgotten {
            /// Which worker.
            worker: WorkerSlot,
        },
        /// An application is in the books, and waits.
        ApplicationAdded {
            /// Where.
            application: ApplicationSlot,
            /// Its id.
            id: ApplicationId,
            /// Its client's address.
            driver: Address,
            /// The most cores it may hold at one time.
            cores_requested: i32,
        },
        /// An id was given, stored and answered, but the client's address was known: the books
        /// are unchanged.
        ApplicationNotInserted {
            /// The id that was given.
            id: ApplicationId,
            /// The client's address.
            driver: Address,
        },
        /// An application's state changed other than by its removal.
        ApplicationStateChanged {
            /// Which application.
            application: ApplicationSlot,
            /// The new state.
            state: ApplicationState,
        },
        /// An application is completed. Its executors follow.
        ApplicationRemoved {
            /// Which application.
            application: ApplicationSlot,
            /// The end state.
            state: ApplicationState,
        },
        /// A completed application is remembered no longer.
        ApplicationForgotten {
            /// Which application.
            application: ApplicationSlot,
        },
        /// The target of a profile was set.
        TargetChanged {
            /// Which application.
            application: ApplicationSlot,
            /// Which profile.
            profile: ProfileId,
            /// Executors wanted in all.
            target: i32,
        },
        /// The count of abnormal executor ends changed.
        RetryCountChanged {
            /// Which application.
            application: ApplicationSlot,
            /// Since the last time any executor reached RUNNING.
            count: i32,
        },
        /// An executor is booked on an application and a worker, LAUNCHING.
        ExecutorAdded {
            /// Of which application.
            application: ApplicationSlot,
            /// Its number within the application.
            number: u32,
            /// On which worker.
            worker: WorkerSlot,
            /// Of which profile.
            profile: ProfileId,
            /// Its cores.
            cores: i32,
            /// Its memory, in MiB.
            memory_mib: i32,
        },
        /// An executor's state changed.
        ExecutorStateChanged {
            /// Of which application.
            application: ApplicationSlot,
            /// Its number within the application.
            number: u32,
            /// The new state.
            state: ExecutorState,
        },
        /// An executor left its application's map: its cores no longer count as granted.
        ExecutorLeftApplication {
            /// Of which application.
            application: ApplicationSlot,
            /// Its number within the application.
            number: u32,
        },
        /// An executor left its worker's map: its cores and memory are free there.
        ExecutorLeftWorker {
            /// Of which application.
            application: ApplicationSlot,
            /// Its number within the application.
            number: u32,
            /// Which worker.
            worker: WorkerSlot,
        },
        /// One address of a named resource is taken.
        ResourceTaken {
            /// Of which worker.
            worker: WorkerSlot,
            /// Name of the resource.
            name: Text,
            /// The address.
            address: Text,
        },
        /// One address of a named resource is free again.
        ResourceReleased {
            /// Of which worker.
            worker: WorkerSlot,
            /// Name of the resource.
            name: Text,
            /// The address.
            address: Text,
        },
        /// A driver is in the books, SUBMITTED.
        DriverAdded {
            /// Where.
            driver: DriverSlot,
            /// Its id.
            id: DriverId,
            /// Its cores.
            cores: i32,
            /// Its memory, in MiB.
            memory_mib: i32,
            /// Whether it is supervised.
            supervise: bool,
        },
        /// A driver waits for a worker.
        DriverQueued {
            /// Which driver.
            driver: DriverSlot,
        },
        /// A driver waits no longer.
        DriverDequeued {
            /// Which driver.
            driver: DriverSlot,
        },
        /// A driver is booked on a worker.
        DriverPlaced {
            /// Which driver.
            driver: DriverSlot,
            /// On which worker.
            worker: WorkerSlot,
        },
        /// A driver's state changed.
        DriverStateChanged {
            /// Which driver.
            driver: DriverSlot,
            /// The new state.
            state: DriverState,
        },
        /// A driver left its worker's map: its cores and memory are free there.
        DriverLeftWorker {
            /// Which driver.
            driver: DriverSlot,
            /// Which worker.
            worker: WorkerSlot,
        },
        /// A driver is completed: it left `drivers`.
        DriverRemoved {
            /// Which driver.
            driver: DriverSlot,
            /// The final state, set next.
            state: DriverState,
        },
        /// A driver that lost its worker lives on as another.
        DriverRelaunched {
            /// The one that ended (with S-06 keep_id also the one that goes on).
            old: DriverSlot,
            /// The one that goes on.
            new: DriverSlot,
        },
        /// A completed driver is remembered no longer.
        DriverForgotten {
            /// Which driver.
            driver: DriverSlot,
        },
        /// A request to kill a driver was accepted.
        DriverKillRequested {
            /// Which driver.
            driver: DriverSlot,
        },
        /// A worker is told to kill an executor that the books do not have on it.
        UnknownExecutorKilled {
            /// Which worker.
            worker: WorkerSlot,
            /// Which executor.
            executor: ExecutorId,
        },
        /// A worker is told to kill a driver that the books do not have on it.
        UnknownDriverKilled {
            /// Which worker.
            worker: WorkerSlot,
            /// Which driver.
            id: DriverId,
        },
        /// A report came about an executor that is not in the books.
        ExecutorUnknown {
            /// Which executor.
            executor: ExecutorId,
        },
        /// A report came about a driver that is not in the books.
        DriverUnknown {
            /// Which driver.
            id: DriverId,
        },
        /// A message came from or about an application that is not in the books.
        ApplicationUnknown {
            /// Which application.
            id: ApplicationId,
        },
        /// A message came from a worker that is not in the books.
        WorkerUnknown {
            /// Which worker.
            id: WorkerId,
        },
        /// A request to kill an executor did not name a number.
        ExecutorNumberInvalid {
            /// What it named.
            found: Text,
        },
        /// A scheduling pass begins.
        ScheduleBegan,
        /// A scheduling pass ends.
        ScheduleEnded {
            /// Drivers it launched.
            drivers: u32,
            /// Executors it launched.
            executors: u32,
        },
        /// Completed drivers and applications were forgotten on request.
        CompletedCleared,
        /// A record is in the store.
        RecordStored {
            /// Which record.
            record: RecordKey,
        },
        /// A record was removed from the store.
        RecordRemoved {
            /// Which record.
            record: RecordKey,
        },
        /// The store was asked to remove a record, did not, and only logged why.
        RecordNotRemoved {
            /// Which record.
            record: RecordKey,
            /// The engine's own words.
            reason: Text,
        },
        /// The store was read.
        RecordsRead {
            /// Applications read.
            applications: u32,
            /// Drivers read.
            drivers: u32,
            /// Workers read.
            workers: u32,
        },
        /// A record could not be read, and reading went on without it.
        RecordUnreadable {
            /// The name under which it was found.
            name: Text,
            /// What was done with it.
            fate: RecordFate,
            /// What is wrong with it.
            reason: Text,
        },
        /// A call of the store failed.
        StoreFailed {
            /// Which call.
            call: StoreAccess,
            /// The engine's own words.
            reason: Text,
        },
        /// Recovery waits for those it read from the store.
        RecoveryBegan {
            /// Applications read.
            applications: u32,
            /// Drivers read.
            drivers: u32,
            /// Workers read.
            workers: u32,
        },
        /// Recovery is complete.
        RecoveryCompleted,
    }
}
