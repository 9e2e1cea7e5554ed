//! Drives a Master by hand: one input at a time, and what it did as lines of text, with the
//! store's calls in their places.

mod applications;
mod decommission;
mod drivers;
mod executors;
mod fold;
mod fuzz;
mod heartbeat;
mod queries;
mod recovery;
mod registration;
mod removal;
mod states;

use super::{Master, MasterSettings, MasterTimer};
use crate::by_hand::timer_text;
use crate::dice::Dice;
use crate::node::{Call, Counters, Effect, Input, Node};
use crate::settings::{Settings, Shared};
use crate::store::{Store, StoreCall, StoreFailure};
use crate::turn::{Stamped, Tools, Turn};
use deploysim_protocol::address::{Address, Connection, Peer, Reference};
use deploysim_protocol::conf::ConfValue;
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ExecutorDescription, ResourceProfile,
};
use deploysim_protocol::event::{Event, Field};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::message::to_master::{
    ExecutorStateChanged, RegisterWorker, WorkerLatestState, WorkerSchedulerStateResponse,
};
use deploysim_protocol::message::{Answer, AskMaster, Message, ToDriver, ToMaster, ToWorker};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::state::{DriverState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};
use std::fmt::Write as _;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

/// How long each call of [`TestStore`] takes, so that an effect's stamp tells which calls came
/// before it.
const STORE_CALL: Duration = Duration::from_nanos(1);

/// A store that lists its calls and can be told to fail.
#[derive(Default)]
struct TestStore {
    records: Records,
    calls: Vec<String>,
    /// Fails the call when this many more have succeeded.
    fails_after: Option<u32>,
}

impl TestStore {
    fn call<T>(&mut self, text: String, value: T) -> StoreCall<T> {
        let outcome = match self.fails_after.as_mut() {
            Some(0) => Err(StoreFailure::Failed {
                reason: Text::new("no session"),
            }),
            Some(more) => {
                *more -= 1;
                Ok(value)
            }
            None => Ok(value),
        };
        let failed = if outcome.is_err() { " FAILS" } else { "" };
        self.calls.push(format!("store {text}{failed}"));
        StoreCall::new(STORE_CALL, outcome)
    }
}

impl Store for TestStore {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        self.call(format!("add {}", record.key()), ())
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        self.call(format!("remove {key}"), ())
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let records = self.records.clone();
        self.call("read".to_owned(), records)
    }

    /// Its calls are listed as they are made, so notes of them would say it twice.
    fn keeps_records(&self) -> bool {
        false
    }
}

/// One Master and everything that a world would lend it.
struct Lab {
    master: Master,
    now: Time,
    dice: Dice,
    store: TestStore,
    counters: Counters,
    events: Vec<Event>,
    answers: Vec<Result<Answer, Thrown>>,
}

impl Lab {
    /// A STANDBY Master with these keys and switches (`S-nn`).
    fn standby(settings: &[(&str, &str)]) -> Self {
        let mut shared = Settings::default();
        for (name, value) in settings {
            if name.starts_with("S-") {
                shared.behaviour.set(name, value).unwrap();
            } else {
                let value = ConfValue::Text((*value).to_owned());
                shared.conf.set(name, &value).unwrap();
            }
        }
        let mut lab = Self {
            master: Master::new(MasterSettings {
                web_ui_url: Text::new("http://m:8080"),
                election: None,
                shared: Shared::new(shared),
            }),
            now: Time::ZERO,
            dice: Dice::from_seed([3; 32]),
            store: TestStore::default(),
            counters: Counters::default(),
            events: Vec::new(),
            answers: Vec::new(),
        };
        lab.input(Input::Started);
        lab
    }

    /// An ALIVE Master.
    fn alive(settings: &[(&str, &str)]) -> Self {
        let mut lab = Self::standby(settings);
        lab.input(Input::Elected);
        lab
    }

    fn input(&mut self, input: Input<Master>) -> String {
        let mut effects: Vec<Stamped> = Vec::new();
        self.store.calls.clear();
        let wall = WallTime::at(self.now);
        let me = Address::new("m", 7077);
        let tools = Tools {
            dice: &mut self.dice,
            store: &mut self.store,
            counters: &mut self.counters,
        };
        let mut turn = Turn::new(self.now, wall, me, tools, &mut effects);
        self.master.handle(input, &mut turn);
        let mut calls = std::mem::take(&mut self.store.calls).into_iter();
        let mut lines = String::new();
        let mut after = self.now;
        for Stamped { at, effect } in effects {
            while after < at {
                after += STORE_CALL;
                writeln!(lines, "{}", calls.next().unwrap()).unwrap();
            }
            self.keep(&effect);
            writeln!(lines, "{}", show_effect(&effect)).unwrap();
        }
        for call in calls {
            writeln!(lines, "{call}").unwrap();
        }
        lines
    }

    fn keep(&mut self, effect: &Effect) {
        match effect {
            Effect::Note(event) => self.events.push(*event),
            Effect::Reply { answer, .. } => self.answers.push(answer.clone()),
            Effect::Send { .. }
            | Effect::Ask { .. }
            | Effect::Resolve { .. }
            | Effect::Abandon { .. }
            | Effect::Arm { .. }
            | Effect::Disarm { .. }
            | Effect::Launch(_)
            | Effect::Terminate { .. }
            | Effect::Exit { .. } => {}
        }
    }

    fn receive(&mut self, message: ToMaster) -> String {
        let from = worker_reference("w1");
        self.input(Input::Received { from, message })
    }

    fn ask(&mut self, ask: AskMaster) -> String {
        let from = worker_reference("w1");
        let call = Call(9);
        self.input(Input::Asked { from, call, ask })
    }

    /// Asks, and returns the answer alone.
    fn answer(&mut self, ask: AskMaster) -> Answer {
        self.ask(ask);
        self.answers.pop().unwrap().unwrap()
    }

    fn check(&mut self, due: Time) -> String {
        let timer = MasterTimer::CheckForWorkerTimeOut;
        self.input(Input::Fired { timer, due })
    }

    fn disconnect(&mut self, host: &str) -> String {
        let peer = Peer::Listening(Address::new(host, 1000));
        self.input(Input::Disconnected { peer })
    }

    fn at_ms(&mut self, milliseconds: u64) -> &mut Self {
        self.now = Time::from_millis(milliseconds);
        self
    }

    fn register(&mut self, host: &str, cores: i32) -> String {
        self.receive(register(host, host, cores))
    }

    fn register_application(
        &mut self,
        client: &str,
        description: ApplicationDescription,
    ) -> String {
        self.receive(ToMaster::RegisterApplication {
            description: Arc::new(description),
            driver: worker_reference(client),
        })
    }

    fn submit(&mut self, description: DriverDescription) -> String {
        self.ask(AskMaster::RequestSubmitDriver {
            description: Arc::new(description),
        })
    }

    fn heartbeat(&mut self, host: &str) -> String {
        self.receive(ToMaster::Heartbeat {
            worker_id: WorkerId::new(host),
            worker: worker_reference(host),
        })
    }

    fn report(
        &mut self,
        application: &str,
        number: u32,
        state: ExecutorState,
        exit_status: Option<i32>,
    ) -> String {
        self.ask(AskMaster::ExecutorStateChanged(Box::new(
            ExecutorStateChanged {
                executor: executor(application, number),
                state,
                message: None,
                exit_status,
            },
        )))
    }

    fn driver_changed(&mut self, driver: &str, state: DriverState) -> String {
        self.receive(ToMaster::DriverStateChanged {
            driver: DriverId::new(driver),
            state,
            exception: None,
        })
    }
}

/// A reference bound to a connection, as it comes in a message.
fn worker_reference(host: &str) -> Reference {
    let connection = Connection(NonZeroU64::new(1).unwrap());
    Reference::bound(Address::new(host, 1000), connection)
}

fn register(id: &str, host: &str, cores: i32) -> ToMaster {
    ToMaster::RegisterWorker(Box::new(RegisterWorker {
        worker_id: WorkerId::new(id),
        host: Text::new(host),
        port: 1000,
        worker: worker_reference(host),
        cores,
        memory_mib: 4096,
        web_ui_url: Text::new("http://w:8081"),
        master_address: Address::new("m", 7077),
        resources: Resources::NONE,
    }))
}

fn resource(name: &str, addresses: &[&str]) -> Resources {
    let addresses = addresses.iter().map(|address| Text::new(address));
    Resources(vec![ResourceInformation {
        name: Text::new(name),
        addresses: addresses.collect(),
    }])
}

fn executor(application: &str, number: u32) -> ExecutorId {
    ExecutorId {
        application: ApplicationId::new(application),
        number,
    }
}

fn latest_state(host: &str, executors: &[ExecutorId], drivers: &[&str]) -> ToMaster {
    let describe = |executor: &ExecutorId| describe(*executor, ExecutorState::Running);
    ToMaster::WorkerLatestState(Box::new(WorkerLatestState {
        worker_id: WorkerId::new(host),
        executors: executors.iter().map(describe).collect(),
        drivers: drivers.iter().map(|id| DriverId::new(id)).collect(),
    }))
}

fn describe(executor: ExecutorId, state: ExecutorState) -> ExecutorDescription {
    ExecutorDescription {
        executor,
        profile: ProfileId::DEFAULT,
        cores: 2,
        memory_mib: 512,
        state,
    }
}

fn scheduler_state(host: &str, executors: &[ExecutorId], drivers: &[&str]) -> ToMaster {
    let running = |id: &ExecutorId| (describe(*id, ExecutorState::Running), Resources::NONE);
    ToMaster::WorkerSchedulerStateResponse(Box::new(WorkerSchedulerStateResponse {
        worker_id: WorkerId::new(host),
        executors: executors.iter().map(running).collect(),
        drivers: drivers
            .iter()
            .map(|id| (DriverId::new(id), Resources::NONE))
            .collect(),
    }))
}

/// An application whose executors take 2 cores and 512 MiB each.
fn application(cores_max: i32) -> ApplicationDescription {
    ApplicationDescription {
        name: "pi".to_owned(),
        cores_max: Some(cores_max),
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            id: ProfileId::DEFAULT,
            executor_cores: Some(2),
            executor_memory_mib: Some(512),
            custom_resources: Vec::new(),
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "u".to_owned(),
    }
}

/// A driver of 1 core and 256 MiB.
fn driver(supervise: bool) -> DriverDescription {
    DriverDescription {
        jar_url: "pi.jar".to_owned(),
        memory_mib: 256,
        cores: 1,
        supervise,
        command: Command {
            arguments: vec!["{{WORKER_URL}}".into(), "{{USER_JAR}}".into(), "Pi".into()],
            ..Command::default()
        },
        resource_requirements: Vec::new(),
    }
}

const APP0: &str = "app-20260101000000-0000";
const APP1: &str = "app-20260101000000-0001";
const DRIVER0: &str = "driver-20260101000000-0000";
const DRIVER1: &str = "driver-20260101000000-0001";

fn show_effect(effect: &Effect) -> String {
    match effect {
        Effect::Send { to, message } => {
            let unbound = if to.connection.is_none() {
                "unbound "
            } else {
                ""
            };
            format!("{unbound}{} <- {}", to.address.host, show_message(message))
        }
        Effect::Reply { answer, .. } => match answer {
            Ok(answer) => format!("reply {}", show_answer(answer)),
            Err(thrown) => format!("reply THROWN {thrown}"),
        },
        Effect::Arm { timer, at } => format!("arm {} {at}", timer_text(*timer)),
        Effect::Disarm { timer } => format!("disarm {}", timer_text(*timer)),
        Effect::Exit { code } => format!("exit {code}"),
        Effect::Note(event) => show_event(event),
        Effect::Ask { .. }
        | Effect::Resolve { .. }
        | Effect::Abandon { .. }
        | Effect::Launch(_)
        | Effect::Terminate { .. } => format!("{effect:?}"),
    }
}

fn show_event(event: &Event) -> String {
    let mut line = format!("note {}", event.kind());
    event.fields(&mut |name, field| {
        let value = match field {
            Field::Worker(slot) => slot.0.to_string(),
            Field::Application(slot) => slot.0.to_string(),
            Field::Driver(slot) => slot.0.to_string(),
            Field::Text(text) => text.to_string(),
            Field::Executor(id) => id.to_string(),
            Field::Record(record) => record.to_string(),
            Field::Address(address) => address.to_string(),
            Field::Number(number) => number.to_string(),
            Field::Word(word) => word.to_owned(),
            Field::Wall(wall) => {
                let since = wall.as_millis() - WallTime::EPOCH.as_millis();
                format!("{since}ms")
            }
            Field::Thrown(thrown) => thrown.to_string(),
        };
        write!(line, " {name}={value}").unwrap();
    });
    line
}

fn show_message(message: &Message) -> String {
    let kind = message.kind();
    match message {
        Message::ToWorker(message) => show_to_worker(kind, message),
        Message::ToDriver(message) => match message {
            ToDriver::RegisteredApplication { application, .. } => format!("{kind} {application}"),
            ToDriver::ExecutorAdded {
                number,
                worker_address,
                cores,
                memory_mib,
                ..
            } => format!("{kind} {number} {worker_address} {cores} {memory_mib}"),
            ToDriver::ExecutorUpdated(update) => format!(
                "{kind} {} {} {:?} {:?} {:?}",
                update.number,
                update.state,
                update.message.as_deref(),
                update.exit_status,
                update.worker_host
            ),
            ToDriver::ApplicationRemoved { state } => format!("{kind} {state}"),
            ToDriver::WorkerRemoved {
                worker_id, message, ..
            } => format!("{kind} {worker_id} {message:?}"),
            ToDriver::MasterChanged { .. } => kind.to_owned(),
        },
        Message::ToMaster(message) => format!("{message:?}"),
        Message::ToExecutor(message) => format!("{message:?}"),
        Message::ToElection(message) => format!("{message:?}"),
    }
}

fn show_to_worker(kind: &str, message: &ToWorker) -> String {
    match message {
        ToWorker::RegisteredWorker(message) => format!("{kind} duplicate={}", message.duplicate),
        ToWorker::RegisterWorkerFailed { message } => format!("{kind} {message:?}"),
        ToWorker::LaunchExecutor(message) => {
            let order = &message.order;
            format!(
                "{kind} {} {} {}",
                order.executor, order.cores, order.memory_mib
            )
        }
        ToWorker::LaunchDriver(message) => format!("{kind} {}", message.driver),
        ToWorker::KillExecutor { executor, .. } => format!("{kind} {executor}"),
        ToWorker::KillDriver { driver } => format!("{kind} {driver}"),
        ToWorker::ApplicationFinished { application } => format!("{kind} {application}"),
        ToWorker::MasterInStandby
        | ToWorker::ReconnectWorker { .. }
        | ToWorker::DecommissionWorker
        | ToWorker::MasterChanged { .. }
        | ToWorker::ExecutorStateChanged(_)
        | ToWorker::DriverStateChanged { .. } => kind.to_owned(),
    }
}

fn show_answer(answer: &Answer) -> String {
    let kind = answer.kind();
    match answer {
        Answer::Flag(flag) => flag.to_string(),
        Answer::Count(count) => count.to_string(),
        Answer::SubmitDriver(answer) => {
            format!("{kind} {} {:?}", answer.success, answer.message)
        }
        Answer::KillDriver(answer) => format!("{kind} {} {:?}", answer.success, answer.message),
        Answer::KillAllDrivers(answer) => {
            format!("{kind} {} {:?}", answer.success, answer.message)
        }
        Answer::DriverStatus(answer) => format!(
            "{kind} {} {:?} {:?} {:?}",
            answer.found, answer.state, answer.worker_id, answer.exception
        ),
        Answer::BoundPorts(answer) => format!("{answer:?}"),
        Answer::MasterState(answer) => format!("{kind} {}", answer.status),
        Answer::WorkerState(_) | Answer::Session(_) | Answer::Latch(_) => kind.to_owned(),
    }
}
