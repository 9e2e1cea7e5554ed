//! What entries made by hand add up to.

use super::{ExecutorKey, Kept, Ledger, ProcessName};
use crate::trace::history::{self, History};
use crate::trace::{End, EndOfConnection, Fact, NodeId, Role};
use deploysim_protocol::address::{Connection, Peer};
use deploysim_protocol::event::{
    ApplicationSlot, DriverEvent, DriverSlot, MasterEvent, RemovalReason, WorkerEvent, WorkerSlot,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::num::NonZeroU64;

const MASTER: NodeId = NodeId(0);
const WORKER: NodeId = NodeId(1);
const CLIENT: NodeId = NodeId(2);
const W: WorkerSlot = WorkerSlot(0);
const A: ApplicationSlot = ApplicationSlot(0);

/// A master that leads, a worker of 8 cores and 16 GiB in its books, and the application `pi`.
fn cluster() -> History {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    history.start(WORKER, Role::Worker, "worker-1");
    let id = WorkerId::new("worker-a");
    history.note(
        WORKER,
        WorkerEvent::WorkerStarted {
            id,
            cores: 8,
            memory_mib: 16384,
        },
    );
    let state = MasterState::Alive;
    history.note(MASTER, MasterEvent::MasterStateChanged { state });
    history.at(1);
    history.note(
        MASTER,
        MasterEvent::WorkerAdded {
            worker: W,
            id,
            address: history::address("worker-1"),
            cores: 8,
            memory_mib: 16384,
        },
    );
    history.start(CLIENT, Role::Driver, "pi");
    history.note(
        MASTER,
        MasterEvent::ApplicationAdded {
            application: A,
            id: ApplicationId::new("app-0"),
            driver: history::address("pi"),
            cores_requested: 6,
        },
    );
    history
}

fn executor(number: u32, cores: i32) -> MasterEvent {
    MasterEvent::ExecutorAdded {
        application: A,
        number,
        worker: W,
        profile: ProfileId::DEFAULT,
        cores,
        memory_mib: 1024,
    }
}

fn fold(history: &History) -> Ledger {
    let mut ledger = Ledger::new(&history::plan());
    history.each(|entry| ledger.apply(entry));
    ledger
}

#[test]
fn worker_is_known_by_its_process_until_it_is_forgotten() {
    let mut history = cluster();
    history.at(2);
    let heard = WallTime::at(Time::from_secs(2));
    let at = heard;
    history.note(MASTER, MasterEvent::WorkerHeard { worker: W, at });
    let ledger = fold(&history);
    let books = ledger.leader_books().unwrap();
    let (slot, worker) = books.worker_of(WORKER).unwrap();
    assert_eq!(
        (slot, worker.state, books.last_heartbeat(slot)),
        (W, WorkerState::Alive, Some(heard))
    );

    history.at(120);
    history.note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: W,
            reason: RemovalReason::Silent,
            last_heartbeat: heard,
            now: WallTime::at(Time::from_secs(120)),
        },
    );
    let ledger = fold(&history);
    let (_, worker) = ledger.leader_books().unwrap().worker_of(WORKER).unwrap();
    assert_eq!(worker.state, WorkerState::Dead);
    assert_eq!(worker.removed.unwrap().last_heartbeat, heard);

    history.note(MASTER, MasterEvent::WorkerForgotten { worker: W });
    let books = fold(&history);
    let books = books.leader_books().unwrap();
    assert!(books.worker_of(WORKER).is_none());
    assert_eq!(books.workers().count(), 0);
    assert_eq!(
        books.worker(W).unwrap().id,
        WorkerId::new("worker-a"),
        "readable for whoever tells of it"
    );
}

#[test]
fn executors_count_where_they_are_booked() {
    let mut history = cluster();
    history.note(MASTER, executor(0, 4));
    history.note(MASTER, executor(1, 2));
    let (application, number) = (A, 0);
    let state = ExecutorState::Exited;
    history.note(
        MASTER,
        MasterEvent::ExecutorStateChanged {
            application,
            number,
            state,
        },
    );
    history.note(
        MASTER,
        MasterEvent::ExecutorLeftApplication {
            application,
            number,
        },
    );
    let ledger = fold(&history);
    let books = ledger.leader_books().unwrap();
    let worker = books.worker(W).unwrap();
    let granted = books.application(A).unwrap();
    assert_eq!((worker.cores_used, worker.memory_used_mib), (6, 2048));
    assert_eq!((granted.cores_granted, granted.executors_booked), (2, 1));

    let worker = W;
    history.note(
        MASTER,
        MasterEvent::ExecutorLeftWorker {
            application,
            number,
            worker,
        },
    );
    let ledger = fold(&history);
    let books = ledger.leader_books().unwrap();
    let worker = books.worker(W).unwrap();
    assert_eq!((worker.cores_used, worker.memory_used_mib), (2, 1024));
    let left = ExecutorKey {
        application,
        number: 1,
    };
    assert_eq!(worker.executors, [left]);
    let ended = books
        .executor(ExecutorKey {
            application,
            number,
        })
        .unwrap();
    assert_eq!(
        (ended.state, ended.in_application, ended.in_worker),
        (ExecutorState::Exited, false, false)
    );
}

#[test]
fn submitted_driver_keeps_its_name_through_a_relaunch() {
    let mut history = cluster();
    let added = |slot, id| MasterEvent::DriverAdded {
        driver: DriverSlot(slot),
        id: DriverId::new(id),
        cores: 1,
        memory_mib: 512,
        supervise: true,
    };
    history.submits(MASTER, CLIENT, "job");
    history.note(MASTER, added(0, "driver-0"));
    history.note(
        MASTER,
        MasterEvent::DriverPlaced {
            driver: DriverSlot(0),
            worker: W,
        },
    );
    history.note(
        MASTER,
        MasterEvent::DriverStateChanged {
            driver: DriverSlot(0),
            state: DriverState::Relaunching,
        },
    );
    history.note(MASTER, added(1, "driver-1"));
    history.note(
        MASTER,
        MasterEvent::DriverRelaunched {
            old: DriverSlot(0),
            new: DriverSlot(1),
        },
    );
    let ledger = fold(&history);
    let job = Text::new("job");
    let (slot, newest) = ledger.leader_books().unwrap().driver_named(job).unwrap();
    assert_eq!(
        (slot, newest.state),
        (DriverSlot(1), DriverState::Submitted)
    );
    assert_eq!(newest.predecessor, Some(DriverId::new("driver-0")));
    assert_eq!(
        ledger.driver_ids(job),
        [DriverId::new("driver-0"), DriverId::new("driver-1")]
    );
    assert_eq!(ledger.driver_name(DriverId::new("driver-1")), Some(job));
    assert_eq!(
        ledger.leader_books().unwrap().worker(W).unwrap().cores_used,
        1
    );
}

#[test]
fn refused_submission_names_no_driver() {
    let mut history = cluster();
    history.submits(MASTER, CLIENT, "job");
    history.answers(MASTER, CLIENT);
    history.note(
        MASTER,
        MasterEvent::DriverAdded {
            driver: DriverSlot(0),
            id: DriverId::new("driver-0"),
            cores: 1,
            memory_mib: 512,
            supervise: false,
        },
    );
    let ledger = fold(&history);
    assert_eq!(
        ledger
            .leader_books()
            .unwrap()
            .driver(DriverSlot(0))
            .unwrap()
            .name,
        None
    );
}

#[test]
fn restart_empties_the_books_and_keeps_the_ids() {
    let mut history = cluster();
    history.end(MASTER, End::Crashed);
    assert_eq!(fold(&history).leader(), None, "a dead master leads nobody");
    history.at(5);
    history.start(MASTER, Role::Master, "master-1");
    let ledger = fold(&history);
    assert_eq!(ledger.leader(), None);
    assert_eq!(ledger.books(MASTER).unwrap().workers().count(), 0);
    let name = Text::new("master-1");
    assert_eq!(ledger.fate(name).unwrap().starts, 2);
    assert_eq!(
        ledger.application_ids(Text::new("pi")),
        [ApplicationId::new("app-0")]
    );
}

#[test]
fn the_master_that_became_alive_last_leads() {
    let mut history = cluster();
    let later = NodeId(70);
    history.at(6);
    history.start(later, Role::Master, "master-2");
    assert_eq!(
        fold(&history).leader(),
        Some(MASTER),
        "STANDBY leads nobody"
    );
    let state = MasterState::Alive;
    history.note(later, MasterEvent::MasterStateChanged { state });
    assert_eq!(fold(&history).leader(), Some(later));
    history.end(later, End::Exited(0));
    assert_eq!(
        fold(&history).leader(),
        Some(MASTER),
        "an older leader that lives on"
    );
}

#[test]
fn ended_application_is_completed_then_forgotten() {
    let mut history = cluster();
    history.note(
        MASTER,
        MasterEvent::ApplicationRemoved {
            application: A,
            state: ApplicationState::Finished,
        },
    );
    let ledger = fold(&history);
    let pi = Text::new("pi");
    let (_, application) = ledger
        .leader_books()
        .unwrap()
        .application_named(pi)
        .unwrap();
    assert_eq!(
        (application.state, application.kept, application.client),
        (ApplicationState::Finished, Kept::Completed, Some(CLIENT))
    );
    history.note(MASTER, MasterEvent::ApplicationForgotten { application: A });
    let ledger = fold(&history);
    assert!(
        ledger
            .leader_books()
            .unwrap()
            .application_named(pi)
            .is_none()
    );
}

#[test]
fn worker_and_client_tables_follow_their_own_notes() {
    let mut history = cluster();
    let executor = ExecutorId {
        application: ApplicationId::new("app-0"),
        number: 0,
    };
    history.note(
        WORKER,
        WorkerEvent::Registered {
            master: history::address("master-1"),
            duplicate: false,
        },
    );
    history.note(
        WORKER,
        WorkerEvent::ExecutorAccepted {
            executor,
            cores: 2,
            memory_mib: 1024,
        },
    );
    history.note(
        CLIENT,
        DriverEvent::ApplicationConnected {
            application: ApplicationId::new("app-0"),
            master: history::address("master-1"),
        },
    );
    history.note(
        CLIENT,
        DriverEvent::ExecutorGranted {
            number: 0,
            worker_id: WorkerId::new("worker-a"),
            cores: 2,
        },
    );
    let ledger = fold(&history);
    let worker = ledger.worker(WORKER).unwrap();
    assert!(worker.registered && worker.connected);
    assert_eq!(worker.executor(executor).unwrap().cores, 2);
    assert_eq!(ledger.driver(CLIENT).unwrap().executors.len(), 1);

    let state = ExecutorState::Exited;
    history.note(WORKER, WorkerEvent::ExecutorFinished { executor });
    history.note(CLIENT, DriverEvent::ExecutorUpdated { number: 0, state });
    let ledger = fold(&history);
    assert!(ledger.worker(WORKER).unwrap().executors.is_empty());
    assert!(ledger.driver(CLIENT).unwrap().executors.is_empty());
}

#[test]
fn copies_of_a_driver_form_a_family() {
    let mut history = cluster();
    history.start(NodeId(3), Role::Driver, "driver:job");
    history.end(NodeId(3), End::Exited(1));
    history.start(NodeId(3), Role::Driver, "driver:job#2");
    let ledger = fold(&history);
    let family = ledger.driver_processes(Text::new("job")).unwrap();
    assert_eq!((family.members.len(), family.living), (2, 1));
    assert_eq!(family.exit_code(), Some(1));
    assert!(!ledger.fate(Text::new("driver:job")).unwrap().is_alive);
    assert!(ledger.fate(Text::new("driver:job#2")).unwrap().is_alive);
}

#[test]
fn process_names_are_taken_apart() {
    let parts = |name| ProcessName::of(Text::new(name));
    let (job, pi) = (Text::new("job"), Text::new("pi"));
    assert_eq!(parts("pi"), ProcessName::Plain);
    assert_eq!(
        parts("driver:job"),
        ProcessName::Driver {
            driver: job,
            copy: 1
        }
    );
    assert_eq!(
        parts("driver:job#3"),
        ProcessName::Driver {
            driver: job,
            copy: 3
        }
    );
    let executor = ProcessName::Executor {
        application: pi,
        number: 12,
    };
    assert_eq!(parts("executor:pi/12"), executor);
}

#[test]
fn peer_of_a_connection_is_known_until_after_its_end() {
    let connection = Connection(NonZeroU64::new(7).unwrap());
    let mut history = cluster();
    let peer = MASTER;
    history.fact(WORKER, Fact::ConnectionOpened { connection, peer });
    let name = Some(Text::new("master-1"));
    assert_eq!(fold(&history).peer(connection), name);
    history.end(MASTER, End::Crashed);
    history.fact(
        WORKER,
        Fact::ConnectionEnded {
            connection,
            peer: Peer::Socket(connection),
            cause: EndOfConnection::Closed,
        },
    );
    assert_eq!(fold(&history).peer(connection), name);
}

#[test]
fn id_of_a_second_registration_counts_although_it_is_in_no_books() {
    let mut history = cluster();
    history.note(
        MASTER,
        MasterEvent::ApplicationNotInserted {
            id: ApplicationId::new("app-1"),
            driver: history::address("pi"),
        },
    );
    let ledger = fold(&history);
    let pi = Text::new("pi");
    assert_eq!(
        ledger.application_ids(pi),
        [ApplicationId::new("app-0"), ApplicationId::new("app-1")]
    );
    let (slot, _) = ledger
        .leader_books()
        .unwrap()
        .application_named(pi)
        .unwrap();
    assert_eq!(slot, A, "the first one stays in the books");
}
