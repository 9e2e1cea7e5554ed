//! A node in a shell, what was reported of it, and a hand that can make it cause things.

use super::yard::{Pipes, Yard};
use super::{master_address, seconds};
use crate::dice::Dice;
use crate::hosted::{AnyNode, Happening};
use crate::master::{Master, MasterSettings};
use crate::node::Effect;
use crate::node::{Call, Signal};
use crate::process::{Process, ProcessId};
use crate::settings::{Settings, Shared};
use crate::shell::{Clock, Command, Guest, Limits, Parcel, Report, Screened, Shell, Surroundings};
use crate::store::{NoStore, Store};
use deploysim_protocol::address::{Address, Connection, Reference};
use deploysim_protocol::message::{Ask, Message, ToMaster};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::{Time, WallTime};
use deploysim_protocol::wire::Limit;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::cell::{Cell, RefCell};
use std::num::NonZeroU64;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

type Log = Rc<RefCell<Vec<(Time, String)>>>;

/// What is allowed where a test says nothing else: Spark's time-outs.
pub(super) const LIMITS: Limits = Limits {
    frame: Limit::DEFAULT,
    outbox_bytes: Limits::OUTBOX_BYTES,
    connect_timeout: seconds(120),
    network_timeout: seconds(120),
};

/// What [`Hosted::exit_code`] says of a process that was ended during a call of its store.
pub(super) const CRASHED: i32 = 137;

/// A node in a shell.
pub(super) struct Hosted {
    log: Log,
    exit_code: Rc<Cell<Option<i32>>>,
    commands: mpsc::UnboundedSender<Command>,
    effects: mpsc::UnboundedSender<Effect>,
    process: JoinHandle<()>,
}

/// A master that nobody elected and that was not told that it started: it answers questions,
/// and does nothing by itself.
pub(super) fn quiet_master() -> AnyNode {
    let settings = MasterSettings {
        web_ui_url: Text::new("http://master:8080"),
        election: None,
        shared: Shared::new(Settings::default()),
    };
    AnyNode::Master(Box::new(Master::new(settings)))
}

impl Yard {
    /// Hosts a quiet master.
    pub(super) async fn host_master(self: &Rc<Self>) -> Hosted {
        self.host_master_within(LIMITS).await
    }

    /// Hosts a quiet master that allows itself other things.
    pub(super) async fn host_master_within(self: &Rc<Self>, limits: Limits) -> Hosted {
        let store = Box::new(NoStore);
        let node = quiet_master();
        self.host(master_address(), node, limits, store).await
    }

    /// Hosts a node, which listens when this returns.
    pub(super) async fn host(
        self: &Rc<Self>,
        address: Address,
        node: AnyNode,
        limits: Limits,
        store: Box<dyn Store>,
    ) -> Hosted {
        let log = Log::default();
        let exit_code = Rc::default();
        let resident = Resident {
            yard: Rc::clone(self),
            log: Rc::clone(&log),
            exit_code: Rc::clone(&exit_code),
        };
        let guest = Guest {
            name: address.host,
            address,
            node: Rc::new(RefCell::new(node)),
            dice: Dice::from_seed([0; 32]),
            store,
        };
        let (commands, mut commanded) = mpsc::unbounded_channel();
        let (effects, mut caused) = mpsc::unbounded_channel();
        let (mut shell, mut inbox) = Shell::new(guest, resident, limits);
        shell.listen().await.expect("the address is free");
        let process = tokio::task::spawn_local(async move {
            while !shell.is_over {
                tokio::select! {
                    biased;
                    Some(effect) = caused.recv() => shell.carry_out(effect),
                    () = shell.go_on(&mut inbox, &mut commanded) => {}
                }
            }
        });
        Hosted {
            log,
            exit_code,
            commands,
            effects,
            process,
        }
    }
}

impl Hosted {
    /// Carries out an effect as if the node had caused it.
    pub(super) fn cause(&self, effect: Effect) {
        let caused = self.effects.send(effect);
        caused.expect("the process lives");
    }

    pub(super) fn send(&self, to: Reference, message: Message) {
        self.cause(Effect::Send { to, message });
    }

    pub(super) fn ask(&self, to: Reference, call: u64, ask: Ask, timeout: Duration) {
        let call = Call(call);
        self.cause(Effect::Ask {
            to,
            call,
            ask,
            timeout,
        });
    }

    pub(super) fn resolve(&self, at: Address, call: u64, timeout: Duration) {
        let call = Call(call);
        self.cause(Effect::Resolve { at, call, timeout });
    }

    pub(super) fn command(&self, command: Command) {
        let told = self.commands.send(command);
        told.expect("the process lives");
    }

    pub(super) fn happen(&self, happening: Happening) {
        self.command(Command::Happen(happening));
    }

    pub(super) fn resume(&self, timers_first: f64) {
        let dice = Box::new(ChaCha8Rng::from_seed([3; 32]));
        self.command(Command::Resume { timers_first, dice });
    }

    /// Ends the process from outside, as a crash does.
    pub(super) async fn crash(self) {
        self.process.abort();
        let ended = self.process.await;
        assert!(ended.expect_err("it was aborted").is_cancelled());
    }

    /// With what the process ended itself, if it did.
    pub(super) fn exit_code(&self) -> Option<i32> {
        self.exit_code.get()
    }

    /// Whether the process is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.process.is_finished()
    }

    /// What was reported and begins with one of these words, each with its instant.
    pub(super) fn timed(&self, words: &[&str]) -> Vec<String> {
        let log = self.log.borrow();
        let lines = log.iter().filter(|(_, line)| begins(line, words));
        lines.map(|(at, line)| format!("{at} {line}")).collect()
    }

    /// What was reported and begins with one of these words.
    pub(super) fn lines(&self, words: &[&str]) -> Vec<String> {
        let log = self.log.borrow();
        let lines = log.iter().map(|(_, line)| line);
        lines.filter(|line| begins(line, words)).cloned().collect()
    }
}

fn begins(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.starts_with(word))
}

/// What surrounds a hosted node.
struct Resident {
    yard: Rc<Yard>,
    log: Log,
    exit_code: Rc<Cell<Option<i32>>>,
}

impl Surroundings for Resident {
    type Transport = Pipes;

    fn transport(&self) -> Pipes {
        Pipes(Rc::clone(&self.yard))
    }

    fn clock(&self) -> Clock {
        self.yard.clock
    }

    fn wall(&self, now: Time) -> WallTime {
        WallTime::at(now)
    }

    fn number(&self, _stream: &DuplexStream) -> Connection {
        let number = NonZeroU64::new(self.yard.next_connection());
        Connection(number.expect("connections are numbered from 1"))
    }

    fn address_of(&self, peer: Text) -> Address {
        Address {
            host: peer,
            port: 0,
        }
    }

    fn report(&self, report: Report<'_>) {
        if let Some(line) = line(report) {
            let now = self.yard.clock.now();
            self.log.borrow_mut().push((now, line));
        }
    }

    fn inspect(&self, _node: &AnyNode) {}

    fn screen(&self, _connection: Connection, parcel: Parcel) -> Screened {
        Screened::Same(parcel)
    }

    fn launch(&self, process: Process) {
        unreachable!("no test launches {process:?}");
    }

    fn terminate(&self, process: ProcessId, _signal: Signal) {
        unreachable!("no test terminates {process:?}");
    }

    fn exit(&self, code: i32) {
        self.exit_code.set(Some(code));
    }

    fn crash(&self) {
        self.exit_code.set(Some(CRASHED));
    }
}

/// A report in words; what the node notes is not the shell's doing.
fn line(report: Report<'_>) -> Option<String> {
    Some(match report {
        Report::Note(_) => return None,
        Report::Handed { happening } => handed(happening),
        Report::Sent { to, unit, fate } => format!("sent {} {to} {}", unit.kind(), fate.name()),
        Report::Received {
            connection, unit, ..
        } => format!("came {} {connection:?}", unit.kind()),
        Report::Opened { connection, peer } => format!("opened {connection:?} {peer}"),
        Report::Ended {
            connection, cause, ..
        } => format!("ended {connection:?} {}", cause.name()),
        Report::DialFailed { to, cause } => format!("dial {to} {}", cause.name()),
        Report::Refused { error, .. } => format!("refused {error}"),
    })
}

fn handed(happening: &Happening) -> String {
    match happening {
        Happening::Received { from, message } => format!("received {} {from:?}", named(message)),
        Happening::Asked { from, ask, .. } => format!("asked {} {from:?}", ask.kind()),
        Happening::Answered { call, answer } => match answer {
            Ok(answer) => format!("answered {} {}", call.0, answer.kind()),
            Err(error) => format!("answered {} {}", call.0, failed(error)),
        },
        Happening::Resolved { call, endpoint } => match endpoint {
            Ok(endpoint) => format!("resolved {} {endpoint:?}", call.0),
            Err(error) => format!("resolved {} {}", call.0, failed(error)),
        },
        Happening::Disconnected { peer } => format!("disconnected {peer:?}"),
        Happening::ConnectionError { peer } => format!("connection error {peer:?}"),
        Happening::Fired { timer, due } => format!("fired {timer:?} {due}"),
        Happening::Started => "started".to_owned(),
        Happening::ProcessStarted { .. } => "process started".to_owned(),
        Happening::ProcessEnded { .. } => "process ended".to_owned(),
        Happening::Elected => "elected".to_owned(),
        Happening::Revoked => "revoked".to_owned(),
        Happening::Operator(_) => "operator".to_owned(),
    }
}

fn named(message: &Message) -> String {
    match message {
        Message::ToMaster(ToMaster::UnregisterApplication { application }) => {
            application.to_string()
        }
        Message::ToMaster(_)
        | Message::ToWorker(_)
        | Message::ToDriver(_)
        | Message::ToExecutor(_)
        | Message::ToElection(_) => message.kind().to_owned(),
    }
}

fn failed(error: &AskError) -> String {
    format!("failed: {error}")
}
