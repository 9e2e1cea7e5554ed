//! Handmade histories: each invariant accepts a good one and rejects the same with one fact
//! changed. What follows here is how such a history is told; the histories are below.

mod leading;
mod liveness;
mod played;
mod recognisers;
mod storing;
mod turns;
mod working;

use super::{Checked, Invariants, TABLE, Violation, known};
use crate::defect;
use crate::ledger::Ledger;
use crate::scenario::known::INVARIANTS;
use crate::scenario::plan::Plan;
use crate::trace::history::{self, History};
use crate::trace::{Child, End, Fact, NodeId, Role, Start};
use deploysim_nodes::node::Signal;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::{ApplicationDescription, Command, ResourceProfile};
use deploysim_protocol::event::{
    ApplicationSlot, DriverEvent, DriverSlot, MasterEvent, WorkerEvent, WorkerSlot,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, MasterState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::sync::Arc;

const MASTER: NodeId = NodeId(0);
/// Two workers, at the slots of their numbers less one.
const WORKER: NodeId = NodeId(1);
const OTHER: NodeId = NodeId(2);
const PI: NodeId = NodeId(3);
const W: WorkerSlot = WorkerSlot(0);
const V: WorkerSlot = WorkerSlot(1);
const A: ApplicationSlot = ApplicationSlot(0);
const D: DriverSlot = DriverSlot(0);

/// A history under way.
struct Tale {
    history: History,
    lines: &'static str,
    adjust: fn(&mut Plan),
}

fn worker_id(slot: WorkerSlot) -> WorkerId {
    WorkerId::new(&format!("id-worker-{}", slot.0 + 1))
}

fn driver_id(slot: DriverSlot) -> DriverId {
    DriverId::new(&format!("driver-{}", slot.0))
}

fn app_id(slot: ApplicationSlot) -> ApplicationId {
    ApplicationId::new(&format!("app-{}", slot.0))
}

fn executor_id(number: u32) -> ExecutorId {
    ExecutorId {
        application: app_id(A),
        number,
    }
}

/// An application that wants executors of so many cores.
fn description(cores: Option<i32>) -> Arc<ApplicationDescription> {
    Arc::new(ApplicationDescription {
        name: "pi".into(),
        cores_max: None,
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            executor_cores: cores,
            executor_memory_mib: Some(1024),
            ..ResourceProfile::default()
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: String::new(),
    })
}

impl Tale {
    /// A master that leads and two registered workers of 8 cores and 16 GiB.
    fn new() -> Self {
        Self::with("")
    }

    /// As [`Tale::new`], in a scenario with these lines.
    fn with(lines: &'static str) -> Self {
        let mut tale = Self {
            history: History::new(),
            lines,
            adjust: |_| {},
        };
        tale.history.start(MASTER, Role::Master, "master-1");
        let state = MasterState::Alive;
        tale.master(MasterEvent::MasterStateChanged { state });
        tale.worker_starts(WORKER, W).worker_starts(OTHER, V);
        tale.registers(W).registers(V);
        tale
    }

    fn at(&mut self, second: u64) -> &mut Self {
        self.history.at(second);
        self
    }

    fn master(&mut self, event: MasterEvent) -> &mut Self {
        self.history.note(MASTER, event);
        self
    }

    fn worker(&mut self, node: NodeId, event: WorkerEvent) -> &mut Self {
        self.history.note(node, event);
        self
    }

    fn pi(&mut self, event: DriverEvent) -> &mut Self {
        self.history.note(PI, event);
        self
    }

    fn fact(&mut self, node: NodeId, fact: Fact<'static>) -> &mut Self {
        self.history.fact(node, fact);
        self
    }

    fn worker_starts(&mut self, node: NodeId, slot: WorkerSlot) -> &mut Self {
        let name = format!("worker-{}", slot.0 + 1);
        self.history.start(node, Role::Worker, &name);
        self.worker(
            node,
            WorkerEvent::WorkerStarted {
                id: worker_id(slot),
                cores: 8,
                memory_mib: 16384,
            },
        )
    }

    /// The worker at this slot is added, and told so.
    fn registers(&mut self, slot: WorkerSlot) -> &mut Self {
        let name = format!("worker-{}", slot.0 + 1);
        self.master(MasterEvent::WorkerAdded {
            worker: slot,
            id: worker_id(slot),
            address: history::address(&name),
            cores: 8,
            memory_mib: 16384,
        });
        self.worker(
            NodeId(slot.0 + 1),
            WorkerEvent::Registered {
                master: history::address("master-1"),
                duplicate: false,
            },
        )
    }

    fn hears(&mut self, worker: WorkerSlot, second: u64) -> &mut Self {
        let at = WallTime::at(Time::from_secs(second));
        self.master(MasterEvent::WorkerHeard { worker, at })
    }

    /// The application `pi` registers and is added at this slot.
    fn application(&mut self, slot: ApplicationSlot, cores_requested: i32) -> &mut Self {
        self.history.start(PI, Role::Driver, "pi");
        self.booked(slot, PI, "pi", cores_requested, Some(4));
        let application = app_id(slot);
        let master = history::address("master-1");
        self.pi(DriverEvent::ApplicationConnected {
            application,
            master,
        })
    }

    /// A master handles the registration of a client.
    fn booked(
        &mut self,
        slot: ApplicationSlot,
        client: NodeId,
        name: &str,
        cores_requested: i32,
        cores: Option<i32>,
    ) -> &mut Self {
        let driver: Address = history::address(name);
        let message = ToMaster::RegisterApplication {
            description: description(cores),
            driver: Reference::unbound(driver),
        };
        self.history.receives(
            MASTER,
            client,
            deploysim_protocol::message::Message::from(message),
        );
        self.master(MasterEvent::ApplicationAdded {
            application: slot,
            id: app_id(slot),
            driver,
            cores_requested,
        });
        self.targets(slot, i32::MAX)
    }

    fn targets(&mut self, application: ApplicationSlot, target: i32) -> &mut Self {
        let profile = ProfileId::DEFAULT;
        self.master(MasterEvent::TargetChanged {
            application,
            profile,
            target,
        })
    }

    fn pass(&mut self) -> &mut Self {
        self.master(MasterEvent::ScheduleBegan)
    }

    fn passed(&mut self) -> &mut Self {
        self.master(MasterEvent::ScheduleEnded {
            drivers: 0,
            executors: 0,
        })
    }

    /// An executor of 4 cores is booked.
    fn grants(
        &mut self,
        application: ApplicationSlot,
        number: u32,
        worker: WorkerSlot,
    ) -> &mut Self {
        self.master(MasterEvent::ExecutorAdded {
            application,
            number,
            worker,
            profile: ProfileId::DEFAULT,
            cores: 4,
            memory_mib: 1024,
        })
    }

    /// A worker takes the order for an executor of `pi` and has its process started.
    fn accepts(&mut self, node: NodeId, number: u32) -> &mut Self {
        let executor = executor_id(number);
        self.worker(
            node,
            WorkerEvent::ExecutorAccepted {
                executor,
                cores: 4,
                memory_mib: 1024,
            },
        );
        let name = format!("executor:pi/{number}");
        self.child(
            node,
            executor_node(number),
            &name,
            Child::Executor(executor),
        )
    }

    /// A child of a worker has started up.
    fn child(&mut self, parent: NodeId, node: NodeId, name: &str, child: Child) -> &mut Self {
        let role = match child {
            Child::Driver(_) => Role::Driver,
            Child::Executor(_) => Role::Executor,
        };
        let start = Start {
            name: Text::new(name),
            role,
            machine: crate::network::Machine(parent.0),
            address: history::address(name),
            parent: Some(parent),
            child: Some(child),
            restarts: 0,
        };
        self.fact(node, Fact::Started(start))
    }

    /// An executor of `pi` runs and is known to its driver.
    fn runs(&mut self, number: u32, worker: WorkerSlot) -> &mut Self {
        self.executor_is(number, ExecutorState::Running);
        self.pi(DriverEvent::ExecutorGranted {
            number,
            worker_id: worker_id(worker),
            cores: 4,
        });
        self.pi(DriverEvent::ExecutorRegistered { number })
    }

    fn executor_is(&mut self, number: u32, state: ExecutorState) -> &mut Self {
        self.master(MasterEvent::ExecutorStateChanged {
            application: A,
            number,
            state,
        })
    }

    fn leaves_application(&mut self, number: u32) -> &mut Self {
        let application = A;
        self.master(MasterEvent::ExecutorLeftApplication {
            application,
            number,
        })
    }

    fn leaves_worker(&mut self, number: u32, worker: WorkerSlot) -> &mut Self {
        let application = A;
        self.master(MasterEvent::ExecutorLeftWorker {
            application,
            number,
            worker,
        })
    }

    /// `pi` has an executor of 4 cores that runs on the first worker.
    fn one_executor(&mut self) -> &mut Self {
        self.application(A, 4);
        self.grants(A, 0, W).accepts(WORKER, 0).runs(0, W)
    }

    /// The process of an executor ends, its worker says so, and the books follow.
    fn executor_ends(&mut self, number: u32, worker: WorkerSlot) -> &mut Self {
        self.ends(executor_node(number), End::Exited(1));
        let executor = executor_id(number);
        self.worker(
            NodeId(worker.0 + 1),
            WorkerEvent::ExecutorFinished { executor },
        );
        self.executor_is(number, ExecutorState::Exited);
        self.leaves_application(number)
            .leaves_worker(number, worker)
    }

    fn ends(&mut self, node: NodeId, end: End) -> &mut Self {
        self.history.end(node, end);
        self
    }

    /// A driver of one core is submitted, placed on the first worker, and runs.
    fn driver_runs(&mut self) -> &mut Self {
        self.submitted(D).placed(D, W).starts_driver(WORKER, D)
    }

    fn submitted(&mut self, driver: DriverSlot) -> &mut Self {
        self.history.submits(MASTER, NodeId(9), "job");
        self.master(MasterEvent::DriverAdded {
            driver,
            id: driver_id(driver),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        });
        self.master(MasterEvent::DriverQueued { driver })
    }

    fn placed(&mut self, driver: DriverSlot, worker: WorkerSlot) -> &mut Self {
        self.master(MasterEvent::DriverPlaced { driver, worker });
        self.driver_is(driver, DriverState::Running);
        self.master(MasterEvent::DriverDequeued { driver })
    }

    fn driver_is(&mut self, driver: DriverSlot, state: DriverState) -> &mut Self {
        self.master(MasterEvent::DriverStateChanged { driver, state })
    }

    fn starts_driver(&mut self, node: NodeId, slot: DriverSlot) -> &mut Self {
        let driver = driver_id(slot);
        self.worker(
            node,
            WorkerEvent::DriverAccepted {
                driver,
                cores: 1,
                memory_mib: 512,
            },
        );
        self.worker(node, WorkerEvent::DriverAttempted { driver, attempt: 1 });
        let name = format!("driver:job#{}", slot.0 + 1);
        self.child(node, driver_node(slot), &name, Child::Driver(driver))
    }

    /// A driver leaves the books of the master with this state.
    fn driver_removed(
        &mut self,
        driver: DriverSlot,
        worker: WorkerSlot,
        state: DriverState,
    ) -> &mut Self {
        self.master(MasterEvent::DriverRemoved { driver, state });
        self.driver_is(driver, state);
        self.master(MasterEvent::DriverLeftWorker { driver, worker })
    }

    /// A driver's process ends with code 0, and its worker says so.
    fn driver_process_ends(&mut self, slot: DriverSlot) -> &mut Self {
        self.ends(driver_node(slot), End::Exited(0));
        let driver = driver_id(slot);
        let state = DriverState::Finished;
        self.worker(WORKER, WorkerEvent::DriverEnded { driver, state })
    }

    fn application_removed(
        &mut self,
        application: ApplicationSlot,
        state: ApplicationState,
    ) -> &mut Self {
        self.master(MasterEvent::ApplicationRemoved { application, state })
    }

    fn signalled(&mut self, node: NodeId, child: &str) -> &mut Self {
        let name = Text::new(child);
        let signal = Signal::Polite;
        self.fact(node, Fact::ChildSignalled { name, signal })
    }

    fn crashes(&mut self, node: NodeId) -> &mut Self {
        self.ends(node, End::Crashed)
    }

    /// What the invariants say when the run ends at this second.
    fn verdict(&mut self, end: u64) -> Vec<&'static str> {
        let violations = self.violations(end);
        let found = violations.iter().map(|violation| violation.invariant);
        found.collect()
    }

    /// The same, each with the known defects whose marks it bears; historic ones apart, of which
    /// some are content with any.
    fn recognised(&mut self, end: u64) -> Vec<(&'static str, Vec<&'static str>)> {
        let violations = self.violations(end);
        let explained = violations.iter().map(|violation| {
            let ids = defect::explaining(violation).map(|defect| defect.id);
            let ids = ids.filter(|id| !id.starts_with("KB-"));
            (violation.invariant, ids.collect())
        });
        explained.collect()
    }

    fn violations(&mut self, end: u64) -> Vec<Violation> {
        self.at(end).fact(MASTER, Fact::Finished);
        let mut plan = history::plan_with(self.lines);
        (self.adjust)(&mut plan);
        let mut ledger = Ledger::new(&plan);
        let mut invariants = Invariants::new(&plan);
        self.history.each(|entry| {
            ledger.apply(entry);
            invariants.observe(entry, &ledger);
        });
        let violations = invariants.violations().iter();
        for violation in violations.clone() {
            assert!(violation.evidence.len() <= 12, "{violation}");
            assert!(!violation.sentence.is_empty(), "{violation:?}");
            assert!(violation.fingerprint.starts_with(violation.invariant));
        }
        violations.cloned().collect()
    }

    /// Nothing is found up to this second.
    fn is_accepted(&mut self, end: u64) {
        assert_eq!(self.verdict(end), Vec::<&str>::new());
    }

    /// Exactly this is found up to this second.
    fn is_rejected(&mut self, end: u64, by: &[&str]) {
        assert_eq!(self.verdict(end), by);
    }
}

const fn executor_node(number: u32) -> NodeId {
    NodeId(10 + number)
}

const fn driver_node(slot: DriverSlot) -> NodeId {
    NodeId(20 + slot.0)
}

#[test]
fn a_scenario_may_name_exactly_the_invariants_of_the_table() {
    let ids: Vec<_> = TABLE.iter().map(|row| row.id).collect();
    let (audit, rest) = ids.split_last().unwrap();
    assert_eq!((*audit, rest), ("AUDIT", INVARIANTS));
    assert!(known("INV-L1").is_some());
    assert!(known("INV-Z1").is_none());
}

/// Each file that the table names reports what the table says, and reports nothing else.
#[test]
fn the_table_and_the_files_agree() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/invariant");
    for row in TABLE {
        let named = format!("\"{}\"", row.id);
        let reporting: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.is_file() && !path.ends_with("table.rs") && !path.ends_with("tests.rs")
            })
            .filter(|path| std::fs::read_to_string(path).unwrap().contains(&named))
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        match row.checked {
            Checked::In(file) => assert!(
                reporting.contains(&file.to_owned()) || reporting.contains(&"duties.rs".to_owned()),
                "{} in {reporting:?}",
                row.id
            ),
            Checked::ByTests(_) | Checked::NotYet => {
                assert!(reporting.is_empty(), "{} in {reporting:?}", row.id);
            }
        }
    }
}

#[test]
fn a_cluster_that_does_its_work_is_accepted() {
    let mut tale = Tale::new();
    tale.one_executor().driver_runs();
    tale.at(30).driver_process_ends(D);
    tale.driver_removed(D, W, DriverState::Finished);
    tale.at(40).executor_ends(0, W);
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_accepted(5000);
}
