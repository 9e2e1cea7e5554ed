//! A Master that is driven by hand: one input at a time, and what it sends is looked at and
//! dropped. Inputs are those that a world hands to a Master; workers and applications are as in
//! `clusters.rs`.

use crate::clusters::{PROCESS_MEMORY_MIB, WORKER_CORES, WORKER_MEMORY_MIB};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::master::{Master, MasterSettings};
use deploysim_nodes::node::{Counters, Input, Node};
use deploysim_nodes::settings::{Settings, Shared};
use deploysim_nodes::store::{NoStore, Store, StoreCall};
use deploysim_nodes::turn::{Stamped, Tools, Turn};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::{ApplicationDescription, Command, ResourceProfile};
use deploysim_protocol::id::{ApplicationId, ProfileId, WorkerId};
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::message::to_master::{RegisterWorker, WorkerSchedulerStateResponse};
use deploysim_protocol::record::{ApplicationRecord, Record, RecordKey, Records, WorkerRecord};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::sync::Arc;

/// What one input caused.
pub type Effects = Vec<Stamped>;

/// A Master, and what a world lends it.
#[derive(Clone)]
pub struct ByHand {
    /// The Master itself.
    pub master: Master,
    dice: Dice,
    counters: Counters,
}

impl ByHand {
    /// A Master that was started, in STANDBY.
    pub fn standby() -> Self {
        let mut lab = Self {
            master: Master::new(MasterSettings {
                web_ui_url: Text::new("http://master:8080"),
                election: None,
                shared: Shared::new(Settings::default()),
            }),
            dice: Dice::from_seed([26; 32]),
            counters: Counters::default(),
        };
        lab.feed(Input::Started, &mut Effects::new());
        lab
    }

    /// A Master that leads, of whom nobody has heard.
    pub fn alive() -> Self {
        let mut lab = Self::standby();
        lab.feed(Input::Elected, &mut Effects::new());
        lab
    }

    /// A Master that has read workers and applications from its store and has heard of all but
    /// the last worker, whose answer is handed back: the input that completes the recovery.
    ///
    /// # Panics
    /// If there are no workers.
    pub fn about_to_recover(workers: u32, applications: u32) -> (Self, ToMaster) {
        let (mut lab, mut store, mut answers) = Self::recovery(workers, applications);
        lab.elect(&mut store, &mut Effects::new());
        let last = answers.pop().expect("there are workers");
        for answer in answers {
            lab.receive(answer, &mut Effects::new());
        }
        (lab, last)
    }

    /// A Master that is about to be elected, with as many workers and applications in its store
    /// that run nothing and want nothing.
    pub fn before_recovery(records: u32) -> Recovery {
        let (lab, mut store, answers) = Self::recovery(records, records);
        for application in &mut store.0.applications {
            application.description = Arc::new(ApplicationDescription {
                cores_max: Some(0),
                ..(*application.description).clone()
            });
        }
        (lab, store, answers)
    }

    fn recovery(workers: u32, applications: u32) -> Recovery {
        let applications: Vec<ApplicationRecord> = (0..applications).map(stored).collect();
        let mut answers: Vec<ToMaster> = (applications.iter())
            .map(|record| ToMaster::MasterChangeAcknowledged {
                application: record.id,
            })
            .collect();
        answers.extend((0..workers).map(|worker| {
            ToMaster::WorkerSchedulerStateResponse(Box::new(WorkerSchedulerStateResponse {
                worker_id: worker_id(worker),
                executors: Vec::new(),
                drivers: Vec::new(),
            }))
        }));
        let store = Stored(Records {
            applications,
            drivers: Vec::new(),
            workers: (0..workers).map(stored_worker).collect(),
        });
        (Self::standby(), store, answers)
    }

    /// Elects it: it reads what is in `store`.
    pub fn elect(&mut self, store: &mut Stored, effects: &mut Effects) {
        self.feed_with(store, Input::Elected, effects);
    }

    /// Hands it a message.
    pub fn receive(&mut self, message: ToMaster, effects: &mut Effects) {
        let from = Reference::unbound(Address::new("anybody", 1));
        self.feed(Input::Received { from, message }, effects);
    }

    /// Hands it an input; its effects are appended.
    pub fn feed(&mut self, input: Input<Master>, effects: &mut Effects) {
        self.feed_with(&mut NoStore, input, effects);
    }

    fn feed_with(
        &mut self,
        store: &mut (dyn Store + 'static),
        input: Input<Master>,
        effects: &mut Effects,
    ) {
        let tools = Tools {
            dice: &mut self.dice,
            store,
            counters: &mut self.counters,
        };
        let me = Address::new("master", 7077);
        let now = Time::from_secs(1);
        let mut turn = Turn::new(now, WallTime::at(now), me, tools, effects);
        self.master.handle(input, &mut turn);
    }
}

/// A Master before its election, what is in its store, and what it will be answered.
pub type Recovery = (ByHand, Stored, Vec<ToMaster>);

/// A store that holds what a Master reads when it is elected, and keeps nothing new.
pub struct Stored(Records);

impl Store for Stored {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        NoStore.add(record)
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        NoStore.remove(key)
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        StoreCall::new(NoStore.read_all().took, Ok(self.0.clone()))
    }

    fn keeps_records(&self) -> bool {
        NoStore.keeps_records()
    }
}

fn worker_id(worker: u32) -> WorkerId {
    crate::clusters::worker_id(worker)
}

/// Where a worker listens.
pub fn worker_address(worker: u32) -> Address {
    Address::new(&format!("host{worker}"), 7078)
}

/// Where an application's client listens.
pub fn client_address(application: u32) -> Address {
    Address::new(&format!("client{application}"), 4040)
}

/// A worker that registers, under an id that is new with each process of it.
pub fn register_worker(worker: u32, process: u32) -> ToMaster {
    let id = format!(
        "worker-{}-host{worker}-7078",
        20_260_101_000_000_u64 + u64::from(process)
    );
    let address = worker_address(worker);
    ToMaster::RegisterWorker(Box::new(RegisterWorker {
        worker_id: WorkerId::new(&id),
        host: address.host,
        port: address.port,
        worker: Reference::unbound(address),
        cores: WORKER_CORES,
        memory_mib: WORKER_MEMORY_MIB,
        web_ui_url: Text::new("http://worker:8081"),
        master_address: Address::new("master", 7077),
        resources: Resources::NONE,
    }))
}

/// An application that registers.
pub fn register_application(application: u32) -> ToMaster {
    ToMaster::RegisterApplication {
        description: description(),
        driver: Reference::unbound(client_address(application)),
    }
}

/// 64 cores, 4 per executor.
fn description() -> Arc<ApplicationDescription> {
    Arc::new(ApplicationDescription {
        name: "application".to_owned(),
        cores_max: Some(64),
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            id: ProfileId::DEFAULT,
            executor_cores: Some(4),
            executor_memory_mib: Some(PROCESS_MEMORY_MIB),
            custom_resources: Vec::new(),
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "somebody".to_owned(),
    })
}

fn stored(application: u32) -> ApplicationRecord {
    ApplicationRecord {
        start_time: WallTime::EPOCH,
        id: ApplicationId::new(&format!("app-20260101000000-{application:04}")),
        description: description(),
        driver: Reference::unbound(client_address(application)),
        cores_default: i32::MAX,
    }
}

fn stored_worker(worker: u32) -> WorkerRecord {
    let address = worker_address(worker);
    WorkerRecord {
        id: worker_id(worker),
        address,
        cores: WORKER_CORES,
        memory_mib: WORKER_MEMORY_MIB,
        endpoint: Reference::unbound(address),
        web_ui_url: Text::new("http://worker:8081"),
        resources: Resources::NONE,
    }
}
