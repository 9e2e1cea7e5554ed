//! A cluster around which everything is the test's: the clock, a network without delay, children
//! that live until the script ends them, a store in memory. Its Master and Workers are the real
//! ones.

use super::record::Pair;
use deploysim_nodes::dice::Dice;
use deploysim_nodes::gateway::http::Answering;
use deploysim_nodes::hosted::{self, AnyNode, AnyOperation, AnyTimer, Happening, Moment};
use deploysim_nodes::master::{Master, MasterSettings};
use deploysim_nodes::node::{Call, Counters, Effect};
use deploysim_nodes::process::{Exit, Process, Program};
use deploysim_nodes::settings::{Settings, Shared};
use deploysim_nodes::shell::Transport;
use deploysim_nodes::store::{Store, StoreCall};
use deploysim_nodes::turn::{Stamped, Tools};
use deploysim_nodes::worker::{Worker, WorkerSettings};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::message::{Answer, Ask, Message, ToWorker};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::{Time, WallTime};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The port of the master's endpoint.
pub(super) const MASTER: u16 = 7077;

/// The first worker's; the others follow.
pub(super) const WORKER: u16 = 7081;

/// Real sockets.
#[derive(Clone, Copy)]
pub(super) struct Loopback;

impl Transport for Loopback {
    type Stream = TcpStream;
    type Listener = TcpListener;

    async fn bind(&self, at: &Address) -> io::Result<TcpListener> {
        TcpListener::bind((&*at.host.as_str(), at.port)).await
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        Ok(listener.accept().await?.0)
    }

    async fn connect(&self, to: &Address) -> io::Result<TcpStream> {
        TcpStream::connect((&*to.host.as_str(), to.port)).await
    }
}

/// Where a server of the gateway finds its node.
pub(super) struct Seat {
    pub(super) cluster: Rc<RefCell<Cluster>>,
    pub(super) node: Address,
}

impl Answering for Seat {
    async fn ask(&self, ask: Ask) -> Result<Answer, AskError> {
        self.cluster.borrow_mut().ask(self.node, ask)
    }

    fn operate(&self, operation: AnyOperation) {
        let mut cluster = self.cluster.borrow_mut();
        cluster.happen(self.node, Happening::Operator(operation));
    }

    fn wall(&self) -> WallTime {
        self.cluster.borrow().now
    }

    /// The fixtures do not tell what real Spark logs.
    fn refused(&self, _origin: &str, _reason: &str) {}
}

/// What a master keeps, in memory.
#[derive(Clone, Default)]
struct Shelf {
    keeps: bool,
    records: BTreeMap<RecordKey, Record>,
}

impl Store for Shelf {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        if self.keeps {
            self.records.insert(record.key(), record.clone());
        }
        StoreCall::new(Duration::ZERO, Ok(()))
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        self.records.remove(&key);
        StoreCall::new(Duration::ZERO, Ok(()))
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let mut found = Records::default();
        for record in self.records.values().cloned() {
            match record {
                Record::Worker(worker) => found.workers.push(worker),
                Record::Application(application) => found.applications.push(application),
                Record::Driver(driver) => found.drivers.push(driver),
            }
        }
        StoreCall::new(Duration::ZERO, Ok(found))
    }

    fn keeps_records(&self) -> bool {
        self.keeps
    }
}

/// One process.
#[derive(Clone)]
struct Host {
    node: AnyNode,
    counters: Counters,
    store: Shelf,
}

pub(super) struct Cluster {
    pub(super) now: WallTime,
    hosts: BTreeMap<Address, Host>,
    /// What is on its way, in order.
    mail: VecDeque<(Address, Happening)>,
    /// Questions under way, by the world's number: who asked, and the asker's number.
    asked: Vec<(Address, Call)>,
    /// Answers to the test.
    replies: BTreeMap<u64, Result<Answer, AskError>>,
    children: Vec<(Address, Process)>,
    /// On which port the worker listened on which the real cluster put a driver.
    placed: BTreeMap<String, u16>,
    /// When the real cluster's drivers were submitted, by id.
    submitted: BTreeMap<String, i64>,
    shared: Shared,
}

impl Cluster {
    /// A cluster without a process, that puts drivers where the real one did.
    pub(super) fn new(pairs: &[Pair]) -> Self {
        let (mut placed, mut submitted) = (BTreeMap::new(), BTreeMap::new());
        for document in pairs.iter().filter_map(Pair::json) {
            for list in ["activedrivers", "completeddrivers"] {
                for driver in document[list].as_array().into_iter().flatten() {
                    let text = |key: &str| driver[key].as_str().unwrap();
                    let id = text("id").to_owned();
                    submitted.insert(id.clone(), text("starttime").parse().unwrap());
                    if let Some((_, port)) = text("worker").rsplit_once('-') {
                        placed.insert(id, port.parse().unwrap());
                    }
                }
            }
        }
        Self {
            now: WallTime::EPOCH,
            hosts: BTreeMap::new(),
            mail: VecDeque::new(),
            asked: Vec::new(),
            replies: BTreeMap::new(),
            children: Vec::new(),
            placed,
            submitted,
            shared: Shared::new(Settings::default()),
        }
    }

    /// Lets the clock show so many milliseconds since 1970.
    pub(super) fn at(&mut self, milliseconds: i64) -> &mut Self {
        let later = WallTime::from_millis(milliseconds);
        assert!(later >= self.now, "the script goes back in time");
        self.now = later;
        self
    }

    /// When the driver was submitted that the answer of a pair names as new.
    pub(super) fn submitted(&self, pair: &Pair) -> Option<i64> {
        let answer = pair.json()?;
        let id = answer["submissionId"].as_str()?;
        let is_new = answer["action"] == "CreateSubmissionResponse";
        is_new.then(|| self.submitted[id])
    }

    /// Starts a master that stands by; it has what another one left, if that is to be kept.
    pub(super) fn start_master(&mut self, keeps: Keeps) {
        let me = host(MASTER);
        let settings = MasterSettings {
            web_ui_url: Text::new("http://127.0.0.1:8080"),
            election: None,
            shared: self.shared.clone(),
        };
        let former = self.hosts.remove(&me).map(|former| former.store);
        let store = match keeps {
            Keeps::Nothing => Shelf::default(),
            Keeps::Records => Shelf {
                keeps: true,
                ..former.unwrap_or_default()
            },
        };
        let node = AnyNode::Master(Box::new(Master::new(settings)));
        self.start(me, node, store);
    }

    pub(super) fn start_worker(&mut self, port: u16) {
        let settings = WorkerSettings {
            cores: 4,
            memory_mib: 2048,
            resources: Resources::NONE,
            masters: [host(MASTER)].into(),
            web_ui_url: Text::new(&format!("http://127.0.0.1:{}", port + 1000)),
            shared: self.shared.clone(),
        };
        let node = AnyNode::Worker(Box::new(Worker::new(settings)));
        self.start(host(port), node, Shelf::default());
    }

    fn start(&mut self, me: Address, node: AnyNode, store: Shelf) {
        let counters = Counters::default();
        let host = Host {
            node,
            counters,
            store,
        };
        self.hosts.insert(me, host);
        self.happen(me, Happening::Started);
    }

    /// Ends a process; nobody is told.
    pub(super) fn crash(&mut self, port: u16) {
        self.hosts.remove(&host(port)).expect("it runs");
    }

    /// Lets something happen to a node, and everything that it causes.
    pub(super) fn happen(&mut self, at: Address, happening: Happening) {
        self.mail.push_back((at, happening));
        while let Some((at, happening)) = self.mail.pop_front() {
            for effect in self.turn(at, happening) {
                self.carry_out(at, effect);
            }
        }
    }

    /// A timer of the node at this port fires.
    pub(super) fn fire(&mut self, port: u16, timer: AnyTimer) {
        let due = self.uptime();
        self.happen(host(port), Happening::Fired { timer, due });
    }

    /// Ends the child of this driver or executor.
    pub(super) fn end(&mut self, child: &str, exit: Exit) {
        let named = |process: &Process| match &process.program {
            Program::Driver(program) => program.driver.to_string().ends_with(child),
            Program::Executor(program) => program.order.executor.to_string().ends_with(child),
        };
        let mut children = self.children.iter();
        let found = children.position(|(_, process)| named(process));
        let found = found.unwrap_or_else(|| panic!("{child} does not run"));
        let (at, process) = self.children.remove(found);
        let process = process.id;
        self.happen(at, Happening::ProcessEnded { process, exit });
    }

    fn uptime(&self) -> Time {
        let since = self.now.as_millis() - WallTime::EPOCH.as_millis();
        Time::from_millis(u64::try_from(since).unwrap())
    }

    /// One turn. Which worker a driver goes to is drawn, and what the real cluster drew is seen
    /// in where its drivers ran: the dice are the first that agree with it.
    fn turn(&mut self, at: Address, happening: Happening) -> Vec<Effect> {
        let Some(host) = self.hosts.get(&at) else {
            return Vec::new();
        };
        let now = self.uptime();
        for seed in 0..=u8::MAX {
            let mut host = host.clone();
            let mut effects: Vec<Stamped> = Vec::new();
            let moment = Moment {
                now,
                wall: self.now,
                me: at,
                tools: Tools {
                    dice: &mut Dice::from_seed([seed; 32]),
                    store: &mut host.store,
                    counters: &mut host.counters,
                },
            };
            hosted::turn(&mut host.node, copied(&happening), moment, &mut effects);
            let effects: Vec<_> = effects.into_iter().map(|stamped| stamped.effect).collect();
            if effects.iter().all(|effect| self.is_as_placed(effect)) {
                self.hosts.insert(at, host);
                return effects;
            }
        }
        panic!("no dice put the drivers where the real cluster had them: {happening:?}");
    }

    fn is_as_placed(&self, effect: &Effect) -> bool {
        let Effect::Send {
            to,
            message: Message::ToWorker(ToWorker::LaunchDriver(order)),
        } = effect
        else {
            return true;
        };
        let placed = self.placed.get(&order.driver.to_string());
        placed.is_none_or(|port| *port == to.address.port)
    }

    fn carry_out(&mut self, from: Address, effect: Effect) {
        let reference = Reference::unbound(from);
        match effect {
            Effect::Send { to, message } => {
                let from = reference;
                self.post(to.address, Happening::Received { from, message });
            }
            Effect::Ask { to, call, ask, .. } => {
                let call = self.number(from, call);
                let from = reference;
                self.post(to.address, Happening::Asked { from, call, ask });
            }
            Effect::Resolve { at, call, .. } => {
                let endpoint = Ok(Reference::unbound(at));
                self.post(from, Happening::Resolved { call, endpoint });
            }
            Effect::Reply { call, answer } => {
                let (asker, own) = self.asked[usize::try_from(call.0).unwrap()];
                let answer = answer.map_err(AskError::Remote);
                if asker == operator() {
                    self.replies.insert(call.0, answer);
                } else {
                    self.post(asker, Happening::Answered { call: own, answer });
                }
            }
            Effect::Launch(process) => {
                if has_begun(&process) {
                    let process = process.id;
                    self.post(from, Happening::ProcessStarted { process });
                }
                self.children.push((from, process));
            }
            Effect::Exit { code } => panic!("{from} exits with {code}"),
            // Children end, and timers fire, when the script says so.
            Effect::Terminate { .. }
            | Effect::Abandon { .. }
            | Effect::Arm { .. }
            | Effect::Disarm { .. }
            | Effect::Note(_) => {}
        }
    }

    fn post(&mut self, to: Address, happening: Happening) {
        self.mail.push_back((to, happening));
    }

    fn number(&mut self, asker: Address, call: Call) -> Call {
        self.asked.push((asker, call));
        Call(u64::try_from(self.asked.len() - 1).unwrap())
    }

    /// Asks a node.
    pub(super) fn ask(&mut self, node: Address, ask: Ask) -> Result<Answer, AskError> {
        let call = self.number(operator(), Call(0));
        let from = Reference::unbound(operator());
        self.happen(node, Happening::Asked { from, call, ask });
        self.replies
            .remove(&call.0)
            .expect("a node answers at once")
    }
}

/// Whether a master's store outlives it.
#[derive(Clone, Copy)]
pub(super) enum Keeps {
    Nothing,
    Records,
}

/// Whoever listens at this port.
pub(super) fn host(port: u16) -> Address {
    Address::new("127.0.0.1", port)
}

fn operator() -> Address {
    Address::new("operator", 0)
}

/// A program whose jar is missing never has a process.
fn has_begun(process: &Process) -> bool {
    match &process.program {
        Program::Driver(program) => !program.description.jar_url.contains("missing"),
        Program::Executor(_) => true,
    }
}

/// A happening again. Those that carry what cannot be copied do not come up here.
fn copied(happening: &Happening) -> Happening {
    match happening {
        Happening::Started => Happening::Started,
        Happening::Elected => Happening::Elected,
        Happening::Received { from, message } => Happening::Received {
            from: *from,
            message: message.clone(),
        },
        Happening::Asked { from, call, ask } => Happening::Asked {
            from: *from,
            call: *call,
            ask: ask.clone(),
        },
        Happening::Answered { call, answer } => Happening::Answered {
            call: *call,
            answer: answer.clone(),
        },
        Happening::Resolved { call, endpoint } => Happening::Resolved {
            call: *call,
            endpoint: *endpoint,
        },
        Happening::Fired { timer, due } => Happening::Fired {
            timer: *timer,
            due: *due,
        },
        Happening::ProcessStarted { process } => Happening::ProcessStarted { process: *process },
        Happening::ProcessEnded { process, exit } => Happening::ProcessEnded {
            process: *process,
            exit: *exit,
        },
        other @ (Happening::Disconnected { .. }
        | Happening::ConnectionError { .. }
        | Happening::Revoked
        | Happening::Operator(_)) => panic!("the script has no {other:?}"),
    }
}
