//! What the processes of workers, drivers and executors say of themselves.

use deploysim_protocol::address::Address;
use deploysim_protocol::event::{DeathReason, DriverEvent, ExecutorEvent, WorkerEvent};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, WorkerId};
use deploysim_protocol::state::{DriverState, ExecutorState};
use deploysim_protocol::time::Time;

/// An executor in a worker's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldExecutor {
    /// Which.
    pub executor: ExecutorId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Its state at its runner.
    pub state: ExecutorState,
    /// When it was accepted.
    pub since: Time,
}

/// A driver in a worker's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldDriver {
    /// Which.
    pub driver: DriverId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// How often its process was started.
    pub attempts: u32,
    /// The pause before the next start, in seconds, while it lasts.
    pub pause_s: Option<u32>,
    /// Whether it is to be killed.
    pub kill_ordered: bool,
    /// When it was accepted.
    pub since: Time,
}

/// What a worker says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerTables {
    /// Its id.
    pub id: Option<WorkerId>,
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Whether a master acknowledged it and none asked it to register again since.
    pub registered: bool,
    /// Whether registration is under way.
    pub registering: bool,
    /// Whether its connection to the master it follows is up, as far as it knows.
    pub connected: bool,
    /// The master it follows.
    pub followed: Option<Address>,
    /// Whether it takes no new executors.
    pub decommissioned: bool,
    /// Whether it begins to end, or has given up.
    pub stopping: bool,
    /// Executors it holds, in no particular order.
    pub executors: Vec<HeldExecutor>,
    /// Drivers it holds, in no particular order.
    pub drivers: Vec<HeldDriver>,
    /// How the last driver that left ended.
    pub driver_ended: Option<(DriverId, DriverState)>,
}

impl WorkerTables {
    /// The executor of this id.
    pub fn executor(&self, executor: ExecutorId) -> Option<&HeldExecutor> {
        self.executors.iter().find(|held| held.executor == executor)
    }

    /// The driver of this id.
    pub fn driver(&self, driver: DriverId) -> Option<&HeldDriver> {
        self.drivers.iter().find(|held| held.driver == driver)
    }

    pub(super) fn apply(&mut self, at: Time, event: &WorkerEvent) {
        match *event {
            WorkerEvent::WorkerStarted {
                id,
                cores,
                memory_mib,
            } => {
                self.id = Some(id);
                self.cores = cores;
                self.memory_mib = memory_mib;
            }
            WorkerEvent::RegistrationBegan => {
                self.registered = false;
                self.registering = true;
            }
            WorkerEvent::Registered { master, .. } => {
                self.registered = true;
                self.registering = false;
                self.follow(master);
            }
            WorkerEvent::MasterFollowed { master } => self.follow(master),
            WorkerEvent::MasterDisconnected { .. } => self.connected = false,
            WorkerEvent::WorkerDecommissioned => self.decommissioned = true,
            WorkerEvent::WorkerStopping
            | WorkerEvent::RegistrationGivenUp
            | WorkerEvent::RegistrationRefused
            | WorkerEvent::ReportsGivenUp { .. } => self.stopping = true,
            WorkerEvent::ExecutorAccepted { .. }
            | WorkerEvent::ExecutorStateChanged { .. }
            | WorkerEvent::ExecutorFinished { .. } => self.apply_executor(at, event),
            WorkerEvent::DriverAccepted { .. }
            | WorkerEvent::DriverAttempted { .. }
            | WorkerEvent::DriverBackedOff { .. }
            | WorkerEvent::DriverKillOrdered { .. }
            | WorkerEvent::DriverEnded { .. } => self.apply_driver(at, event),
            WorkerEvent::HeartbeatSent
            | WorkerEvent::RegistrationPending
            | WorkerEvent::RegistrationAttempted { .. }
            | WorkerEvent::MasterUnreachable { .. }
            | WorkerEvent::ReconnectRequested { .. }
            | WorkerEvent::OrderIgnored { .. }
            | WorkerEvent::ExecutorLaunchFailed { .. }
            | WorkerEvent::ReportFailed { .. }
            | WorkerEvent::ReportDropped { .. }
            | WorkerEvent::ApplicationCleanedUp { .. }
            | WorkerEvent::WorkDirectoryCleaned { .. } => {}
        }
    }

    fn apply_executor(&mut self, at: Time, event: &WorkerEvent) {
        if let WorkerEvent::ExecutorAccepted {
            executor,
            cores,
            memory_mib,
        } = *event
        {
            self.accept_executor(HeldExecutor {
                executor,
                cores,
                memory_mib,
                state: ExecutorState::Launching,
                since: at,
            });
        } else if let WorkerEvent::ExecutorStateChanged { executor, state } = *event {
            let held = self.executors.iter_mut();
            for held in held.filter(|held| held.executor == executor) {
                held.state = state;
            }
        } else if let WorkerEvent::ExecutorFinished { executor } = *event {
            self.executors.retain(|held| held.executor != executor);
        }
    }

    fn apply_driver(&mut self, at: Time, event: &WorkerEvent) {
        if let WorkerEvent::DriverAccepted {
            driver,
            cores,
            memory_mib,
        } = *event
        {
            self.accept_driver(HeldDriver {
                driver,
                cores,
                memory_mib,
                attempts: 0,
                pause_s: None,
                kill_ordered: false,
                since: at,
            });
        } else if let WorkerEvent::DriverAttempted { driver, attempt } = *event {
            self.change_driver(driver, |held| {
                held.attempts = attempt;
                held.pause_s = None;
            });
        } else if let WorkerEvent::DriverBackedOff { driver, pause_s } = *event {
            self.change_driver(driver, |held| held.pause_s = Some(pause_s));
        } else if let WorkerEvent::DriverKillOrdered { driver } = *event {
            self.change_driver(driver, |held| held.kill_ordered = true);
        } else if let WorkerEvent::DriverEnded { driver, state } = *event {
            self.drivers.retain(|held| held.driver != driver);
            self.driver_ended = Some((driver, state));
        }
    }

    const fn follow(&mut self, master: Address) {
        self.followed = Some(master);
        self.connected = true;
    }

    /// An entry of the same id is overwritten, as in the worker's own tables.
    fn accept_executor(&mut self, held: HeldExecutor) {
        let former = self.executors.iter_mut();
        match former.into_iter().find(|own| own.executor == held.executor) {
            Some(former) => *former = held,
            None => self.executors.push(held),
        }
    }

    fn accept_driver(&mut self, held: HeldDriver) {
        let former = self.drivers.iter_mut();
        match former.into_iter().find(|own| own.driver == held.driver) {
            Some(former) => *former = held,
            None => self.drivers.push(held),
        }
    }

    fn change_driver(&mut self, driver: DriverId, change: impl FnOnce(&mut HeldDriver)) {
        if let Some(held) = self.drivers.iter_mut().find(|held| held.driver == driver) {
            change(held);
        }
    }
}

/// An executor as its application's process sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantedExecutor {
    /// Its number.
    pub number: u32,
    /// The worker on which the master ordered it; none if only its process was heard of.
    pub worker_id: Option<WorkerId>,
    /// Its cores.
    pub cores: i32,
    /// The last state that the master reported.
    pub state: Option<ExecutorState>,
    /// Whether its process registered and was not forgotten.
    pub registered: bool,
}

/// What an application's process says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriverTables {
    /// The application's id.
    pub application: Option<ApplicationId>,
    /// The master it follows.
    pub master: Option<Address>,
    /// Whether its connection to that master is up, as far as it knows.
    pub connected: bool,
    /// Why its client is dead.
    pub dead: Option<DeathReason>,
    /// Executors that were granted or registered, in the order in which they were heard of.
    /// Those that the master reported as ended and that are not registered are left out.
    pub executors: Vec<GrantedExecutor>,
}

impl DriverTables {
    /// Matches only what changes the tables: there are further notes.
    pub(super) fn apply(&mut self, event: &DriverEvent) {
        if let DriverEvent::ApplicationConnected {
            application,
            master,
        } = *event
        {
            self.application = Some(application);
            self.master = Some(master);
            self.connected = true;
        } else if let DriverEvent::MasterFollowed { master } = *event {
            self.master = Some(master);
            self.connected = true;
        } else if matches!(event, DriverEvent::ApplicationDisconnected) {
            self.connected = false;
        } else if let DriverEvent::ApplicationDead { reason } = *event {
            self.dead = Some(reason);
        } else if let DriverEvent::ExecutorGranted {
            number,
            worker_id,
            cores,
        } = *event
        {
            let executor = self.executor_mut(number);
            executor.worker_id = Some(worker_id);
            executor.cores = cores;
        } else if let DriverEvent::ExecutorUpdated { number, state } = *event {
            self.executor_mut(number).state = Some(state);
            self.sweep();
        } else if let DriverEvent::ExecutorRegistered { number } = *event {
            self.executor_mut(number).registered = true;
        } else if let DriverEvent::ExecutorForgotten { number }
        | DriverEvent::ExecutorLost { number } = *event
        {
            self.executor_mut(number).registered = false;
            self.sweep();
        }
    }

    fn executor_mut(&mut self, number: u32) -> &mut GrantedExecutor {
        let at = self.executors.iter().position(|own| own.number == number);
        let at = at.unwrap_or_else(|| {
            self.executors.push(GrantedExecutor {
                number,
                worker_id: None,
                cores: 0,
                state: None,
                registered: false,
            });
            self.executors.len() - 1
        });
        &mut self.executors[at]
    }

    fn sweep(&mut self) {
        self.executors
            .retain(|own| own.registered || !own.state.is_some_and(ExecutorState::is_finished));
    }
}

/// What an executor's process says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecutorTables {
    /// Whether its driver accepted it.
    pub registered: bool,
    /// Whether it was refused, lost its driver, or was told to stop.
    pub ending: bool,
}

impl ExecutorTables {
    pub(super) const fn apply(&mut self, event: &ExecutorEvent) {
        if let ExecutorEvent::RegisteredWithDriver = event {
            self.registered = true;
        } else {
            self.ending = true;
        }
    }
}
