//! A Worker driven by hand: one input at a time, with a clock, timers and its own mailbox, and
//! a log of everything else that it causes.

use super::{Worker, WorkerOperation, WorkerSettings, WorkerTimer};
use crate::dice::Dice;
use crate::hosted::{AnyTimer, Hosted};
use crate::node::{Call, Counters, Effect, Input, Node};
use crate::process::{Exit, ProcessId};
use crate::settings::{Settings, Shared};
use crate::store::NoStore;
use crate::turn::{Stamped, Tools, Turn};
use deploysim_protocol::address::{Address, Connection, Peer, Reference};
use deploysim_protocol::behaviour::{ExecutorDirectory, HeartbeatTimer};
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ExecutorOrder, ResourceProfile,
};
use deploysim_protocol::event::Event;
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId};
use deploysim_protocol::message::to_worker::{LaunchDriver, LaunchExecutor, RegisteredWorker};
use deploysim_protocol::message::{Answer, Ask, AskWorker, Message, ToMaster, ToWorker};
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::{Time, WallTime};
use expect_test::{Expect, expect};
use std::collections::VecDeque;
use std::mem::size_of;
use std::num::NonZeroU64;
use std::sync::Arc;

mod drivers;
mod ending;
mod executors;
mod registration;
mod reports;

fn master(number: u32) -> Address {
    Address::new(&format!("master-{number}"), 7077)
}

/// A worker arms its own timers only.
fn own(timer: AnyTimer) -> WorkerTimer {
    Worker::unwrap(timer).expect("a worker's timer")
}

/// Masters' references arrive bound to connection 1.
fn bound(address: Address) -> Reference {
    Reference::bound(address, Connection(NonZeroU64::MIN))
}

struct Bench {
    worker: Worker,
    me: Address,
    dice: Dice,
    counters: Counters,
    now: Time,
    clock_step_ms: i64,
    /// Deadline, order of arming, timer.
    timers: Vec<(Time, u64, WorkerTimer)>,
    armed: u64,
    mailbox: VecDeque<ToWorker>,
    log: Vec<String>,
    asks: Vec<Call>,
    resolves: Vec<(Call, Address)>,
    exited: Option<i32>,
}

impl Bench {
    /// A started worker with two masters.
    fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let mut bench = Self::new(change);
        bench.feed(Input::Started);
        bench
    }

    fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let worker = Worker::new(WorkerSettings {
            cores: 8,
            memory_mib: 16_384,
            resources: Resources::NONE,
            masters: [master(1), master(2)].into(),
            web_ui_url: Text::new("http://worker-1:8081"),
            shared: Shared::new(settings),
        });
        Self {
            worker,
            me: Address::new("worker-1", 40_000),
            dice: Dice::from_seed([3; 32]),
            counters: Counters::default(),
            now: Time::ZERO,
            clock_step_ms: 0,
            timers: Vec::new(),
            armed: 0,
            mailbox: VecDeque::new(),
            log: Vec::new(),
            asks: Vec::new(),
            resolves: Vec::new(),
            exited: None,
        }
    }

    /// A worker that is registered with master 1, at 0 s, with an empty log.
    fn registered(change: impl FnOnce(&mut Settings)) -> Self {
        let mut bench = Self::start(change);
        bench.receive(registered_with(master(1)));
        bench.run_until(Time::ZERO);
        bench.log.clear();
        bench
    }

    fn feed(&mut self, input: Input<Worker>) {
        self.step(input);
        while let Some(message) = self.mailbox.pop_front() {
            let from = Reference::unbound(self.me);
            self.step(Input::Received { from, message });
        }
    }

    fn receive(&mut self, message: ToWorker) {
        let from = bound(master(1));
        self.feed(Input::Received { from, message });
    }

    fn step(&mut self, input: Input<Worker>) {
        if self.exited.is_some() {
            return;
        }
        let mut effects: Vec<Stamped> = Vec::new();
        let mut store = NoStore;
        let tools = Tools {
            dice: &mut self.dice,
            store: &mut store,
            counters: &mut self.counters,
        };
        let wall = WallTime::at(self.now).as_millis() + self.clock_step_ms;
        let wall = WallTime::from_millis(wall);
        let mut turn = Turn::new(self.now, wall, self.me, tools, &mut effects);
        self.worker.handle(input, &mut turn);
        for Stamped { effect, .. } in effects {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        let text = match effect {
            Effect::Arm { timer, at } => {
                let timer = own(timer);
                self.timers.retain(|(_, _, armed)| *armed != timer);
                self.timers.push((at, self.armed, timer));
                self.armed += 1;
                return;
            }
            Effect::Disarm { timer } => {
                let timer = own(timer);
                self.timers.retain(|(_, _, armed)| *armed != timer);
                return;
            }
            Effect::Send {
                to,
                message: Message::ToWorker(message),
            } => {
                assert_eq!(to, Reference::unbound(self.me));
                self.mailbox.push_back(message);
                return;
            }
            Effect::Send { to, message } => format!("{to:?} <- {}", show(&message)),
            Effect::Ask { to, call, ask, .. } => {
                self.asks.push(call);
                let Ask::AskMaster(ask) = ask else {
                    panic!("a worker asks masters only")
                };
                format!("{to:?} <- {}", show_ask(&ask))
            }
            Effect::Resolve { at, call, .. } => {
                self.resolves.push((call, at));
                format!("resolve {at}")
            }
            Effect::Reply { answer, .. } => format!("reply {}", answer.unwrap().kind()),
            Effect::Abandon { call } => {
                let at = self.resolves.iter().position(|(known, _)| *known == call);
                let (_, address) = self.resolves.remove(at.unwrap());
                format!("abandon {address}")
            }
            Effect::Launch(process) => format!("launch {:?}", process.id),
            Effect::Terminate { process, signal } => format!("terminate {process:?} {signal:?}"),
            Effect::Exit { code } => {
                assert_eq!(self.exited, None, "a process exits once");
                self.exited = Some(code);
                format!("exit {code}")
            }
            Effect::Note(Event::Worker(event)) => format!("{event:?}"),
            Effect::Note(event) => format!("{event:?}"),
        };
        self.log.push(format!("{} {text}", self.now));
    }

    /// Lets every timer up to `end` fire on time.
    fn run_until(&mut self, end: Time) {
        while self.exited.is_none()
            && let Some((at, _, timer)) = self.timers.iter().min().copied()
            && at <= end
        {
            self.now = self.now.max(at);
            self.fire(timer, at);
        }
        if self.exited.is_none() {
            self.now = end;
        }
    }

    fn fire(&mut self, timer: WorkerTimer, due: Time) {
        self.timers.retain(|(_, _, armed)| *armed != timer);
        self.feed(Input::Fired { timer, due });
    }

    fn run_for_secs(&mut self, seconds: u64) {
        self.run_until(self.now + std::time::Duration::from_secs(seconds));
    }

    /// Answers every look-up.
    fn resolve_all(&mut self, outcome: Result<(), AskError>) {
        for (call, at) in std::mem::take(&mut self.resolves) {
            let endpoint = outcome.map(|()| Reference::unbound(at));
            self.feed(Input::Resolved { call, endpoint });
        }
    }

    /// Answers the oldest question that is open.
    fn answer(&mut self, answer: Result<bool, AskError>) {
        let call = self.asks.remove(0);
        self.feed(Input::Answered { call, answer });
    }

    fn launch_driver(&mut self, name: &str, supervise: bool) {
        let description = DriverDescription {
            jar_url: "file:/program.jar".to_owned(),
            memory_mib: 1024,
            cores: 2,
            supervise,
            command: Command::default(),
            resource_requirements: Vec::new(),
        };
        self.receive(ToWorker::LaunchDriver(Box::new(LaunchDriver {
            driver: DriverId::new(name),
            description: Arc::new(description),
            resources: Resources::NONE,
        })));
    }

    fn launch_executor(&mut self, from: Address, number: u32) {
        let order = executor_order(number);
        self.receive(ToWorker::LaunchExecutor(Box::new(LaunchExecutor {
            master_url: from,
            order,
        })));
    }

    fn started(&mut self, process: u32) {
        let process = ProcessId(process);
        self.feed(Input::ProcessStarted { process });
    }

    fn ended(&mut self, process: u32, code: i32) {
        self.feed(Input::ProcessEnded {
            process: ProcessId(process),
            exit: Exit::Code(code),
        });
    }

    fn not_started(&mut self, process: u32) {
        let reason = Text::new("No such file or directory");
        self.feed(Input::ProcessEnded {
            process: ProcessId(process),
            exit: Exit::NotStarted { reason },
        });
    }

    /// The log without heartbeats, which is emptied.
    fn check(&mut self, expected: &Expect) {
        let log = std::mem::take(&mut self.log);
        let lines = log.iter().filter(|line| !line.contains("Heartbeat"));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        expected.assert_eq(&text);
    }

    fn lines_with(&self, text: &str) -> Vec<&str> {
        let lines = self.log.iter().filter(|line| line.contains(text));
        lines.map(String::as_str).collect()
    }
}

fn show(message: &Message) -> String {
    let Message::ToMaster(message) = message else {
        panic!("a worker speaks to masters only")
    };
    match message {
        ToMaster::RegisterWorker(message) => {
            format!("RegisterWorker at {}", message.master_address)
        }
        ToMaster::DriverStateChanged {
            driver,
            state,
            exception,
        } => {
            let exception = exception.as_deref().unwrap_or("-");
            format!("DriverStateChanged {driver} {state} {exception}")
        }
        ToMaster::WorkerLatestState(message) => {
            let executors = message.executors.iter();
            let executors: Vec<_> = executors
                .map(|known| (known.executor, known.state))
                .collect();
            format!("WorkerLatestState {executors:?} {:?}", message.drivers)
        }
        ToMaster::Heartbeat { .. }
        | ToMaster::WorkerSchedulerStateResponse(_)
        | ToMaster::WorkerDecommissioning { .. }
        | ToMaster::RegisterApplication { .. }
        | ToMaster::UnregisterApplication { .. }
        | ToMaster::MasterChangeAcknowledged { .. }
        | ToMaster::DecommissionWorkers { .. }
        | ToMaster::LatchChanged
        | ToMaster::ElectedLeader
        | ToMaster::RevokedLeadership => message.kind().to_owned(),
    }
}

fn show_ask(ask: &deploysim_protocol::message::AskMaster) -> String {
    let deploysim_protocol::message::AskMaster::ExecutorStateChanged(message) = ask else {
        panic!("a worker asks about executors only")
    };
    let exit = message
        .exit_status
        .map_or_else(|| "-".to_owned(), |code| code.to_string());
    let (executor, state) = (message.executor, message.state);
    let text = message.message.as_deref().unwrap_or("-");
    format!("ExecutorStateChanged {executor} {state} {exit} {text}")
}

fn registered_with(master: Address) -> ToWorker {
    ToWorker::RegisteredWorker(Box::new(RegisteredWorker {
        master: bound(master),
        master_web_ui_url: Text::new("http://master:8080"),
        master_address: master,
        duplicate: false,
    }))
}

fn executor_id(number: u32) -> ExecutorId {
    ExecutorId {
        application: ApplicationId::new("app-1"),
        number,
    }
}

fn executor_order(number: u32) -> ExecutorOrder {
    ExecutorOrder {
        executor: executor_id(number),
        profile: ProfileId::DEFAULT,
        description: Arc::new(ApplicationDescription {
            name: "pi".to_owned(),
            cores_max: None,
            command: Command::default(),
            app_ui_url: String::new(),
            default_profile: ResourceProfile::default(),
            event_log_dir: None,
            event_log_codec: None,
            initial_executor_limit: None,
            user: "user".to_owned(),
        }),
        cores: 3,
        memory_mib: 2048,
        resources: Resources(vec![ResourceInformation {
            name: Text::new("gpu"),
            addresses: vec![Text::new(&number.to_string())],
        }]),
    }
}

#[test]
fn an_idle_worker_is_small() {
    // A worker that is registered owns nothing but its settings, behind two counters.
    scope(|| {
        let bench = Bench::registered(|_| {});
        assert!(bench.worker.registration.is_none() && bench.worker.books.is_none());
        let bytes = size_of::<Worker>() + size_of::<WorkerSettings>() + 16;
        assert!(bytes <= 400, "{bytes} bytes");
    });
}
