//! The processes of a run: who bears which number, which lives, and how each name's processes
//! ended. What a process says of itself is elsewhere.

use crate::network::Machine;
use crate::trace::{Child, End, NodeId, Role, Start};
use deploysim_nodes::growth::lengthen;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;

/// Whether a process goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It handles what comes.
    Running,
    /// It stands still.
    Paused,
    /// It is gone.
    Ended,
}

/// The name of a process, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessName {
    /// A master, a worker, an application on a machine of its own, or a submit client.
    Plain,
    /// `driver:<name>`, `driver:<name>#2`, …
    Driver {
        /// The submitted driver's name.
        driver: Text,
        /// Which of its processes, from 1.
        copy: u32,
    },
    /// `executor:<application>/<number>`.
    Executor {
        /// The application's name in the scenario.
        application: Text,
        /// Its number within the application.
        number: u32,
    },
}

impl ProcessName {
    /// Takes a name apart.
    pub fn of(name: Text) -> Self {
        let text = name.as_str();
        Self::driver(&text)
            .or_else(|| Self::executor(&text))
            .unwrap_or(Self::Plain)
    }

    fn driver(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("driver:")?;
        let copied = rest.rsplit_once('#');
        let copied = copied.and_then(|(name, copy)| Some((name, copy.parse().ok()?)));
        let (name, copy) = copied.unwrap_or((rest, 1));
        Some(Self::Driver {
            driver: Text::new(name),
            copy,
        })
    }

    fn executor(text: &str) -> Option<Self> {
        let (application, number) = text.strip_prefix("executor:")?.rsplit_once('/')?;
        let number = number.split('#').next()?;
        Some(Self::Executor {
            application: Text::new(application),
            number: number.parse().ok()?,
        })
    }
}

/// The latest process that bears, or bore, a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its name in the scenario.
    pub name: Text,
    /// That name, taken apart.
    pub parts: ProcessName,
    /// Its role.
    pub role: Role,
    /// The machine it runs on.
    pub machine: Machine,
    /// Its address.
    pub address: Address,
    /// The worker that started it.
    pub parent: Option<NodeId>,
    /// What the worker started it as.
    pub child: Option<Child>,
    /// 0 for the first process of this name, then 1 more for each restart.
    pub restarts: u32,
    /// When it started.
    pub started: Time,
    /// Whether it goes on.
    pub standing: Standing,
    /// How and when it ended.
    pub end: Option<(Time, End)>,
}

impl Process {
    /// Whether it lives, paused or not.
    pub fn is_alive(&self) -> bool {
        self.standing != Standing::Ended
    }
}

/// What became of the processes of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The number that the latest of them bears, or bore.
    pub node: NodeId,
    /// How many have started.
    pub starts: u32,
    /// Whether one of them lives.
    pub is_alive: bool,
    /// How the last one that ended did so, and when.
    pub end: Option<(Time, End)>,
}

impl Fate {
    /// The exit code with which the last one ended; `None` also after a crash.
    pub fn exit_code(&self) -> Option<i32> {
        self.end.and_then(|(_, end)| exit_code(end))
    }
}

/// The processes that belong together: all copies of a submitted driver, or all executors of an
/// application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    /// Their names, in the order of their first start.
    pub members: Vec<Text>,
    /// How many of them live.
    pub living: u32,
    /// How the last one that ended did so, and when.
    pub end: Option<(Time, End)>,
}

impl Family {
    /// The exit code with which the last one ended; `None` also after a crash.
    pub fn exit_code(&self) -> Option<i32> {
        self.end.and_then(|(_, end)| exit_code(end))
    }
}

const fn exit_code(end: End) -> Option<i32> {
    match end {
        End::Exited(code) | End::Signalled(code) => Some(code),
        End::Crashed | End::PowerLost => None,
    }
}

/// All processes of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Processes {
    nodes: Vec<Option<Process>>,
    /// Looked up, never walked through; so are the two below.
    fates: FxHashMap<Text, Fate>,
    drivers: FxHashMap<Text, Family>,
    executors: FxHashMap<Text, Family>,
    /// The names of the peers at open connections; looked up, never walked through.
    peers: FxHashMap<Connection, Text>,
    /// The connection that ended last, which is still asked about.
    ended_peer: Option<(Connection, Text)>,
}

impl Processes {
    pub(super) fn process(&self, node: NodeId) -> Option<&Process> {
        self.nodes.get(node.index())?.as_ref()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (NodeId, &Process)> {
        (0_u32..).zip(&self.nodes).filter_map(|(number, process)| {
            let process = process.as_ref()?;
            Some((NodeId(number), process))
        })
    }

    pub(super) fn fate(&self, name: Text) -> Option<&Fate> {
        self.fates.get(&name)
    }

    pub(super) fn driver_family(&self, driver: Text) -> Option<&Family> {
        self.drivers.get(&driver)
    }

    pub(super) fn executor_family(&self, application: Text) -> Option<&Family> {
        self.executors.get(&application)
    }

    pub(super) fn start(&mut self, node: NodeId, at: Time, start: &Start) {
        let process = Process {
            name: start.name,
            parts: ProcessName::of(start.name),
            role: start.role,
            machine: start.machine,
            address: start.address,
            parent: start.parent,
            child: start.child,
            restarts: start.restarts,
            started: at,
            standing: Standing::Running,
            end: None,
        };
        lengthen(&mut self.nodes, node.index());
        self.nodes[node.index()] = Some(process);
        let is_new = !self.fates.contains_key(&start.name);
        let fate = self.fates.entry(start.name).or_insert(Fate {
            node,
            starts: 0,
            is_alive: true,
            end: None,
        });
        fate.node = node;
        fate.starts += 1;
        fate.is_alive = true;
        if let Some(family) = self.family_mut(process.parts) {
            family.living += 1;
            if is_new {
                family.members.push(start.name);
            }
        }
    }

    pub(super) fn end(&mut self, node: NodeId, at: Time, end: End) {
        let Some(Some(process)) = self.nodes.get_mut(node.index()) else {
            return;
        };
        process.standing = Standing::Ended;
        process.end = Some((at, end));
        let (name, parts) = (process.name, process.parts);
        if let Some(fate) = self.fates.get_mut(&name) {
            fate.end = Some((at, end));
            if fate.node == node {
                fate.is_alive = false;
            }
        }
        if let Some(family) = self.family_mut(parts) {
            family.living = family.living.saturating_sub(1);
            family.end = Some((at, end));
        }
    }

    pub(super) fn stand(&mut self, node: NodeId, standing: Standing) {
        if let Some(Some(process)) = self.nodes.get_mut(node.index()) {
            process.standing = standing;
        }
    }

    pub(super) fn connect(&mut self, connection: Connection, peer: NodeId) {
        if let Some(peer) = self.process(peer).map(|peer| peer.name) {
            self.peers.insert(connection, peer);
        }
    }

    pub(super) fn disconnect(&mut self, connection: Connection) {
        if let Some(peer) = self.peers.remove(&connection) {
            self.ended_peer = Some((connection, peer));
        }
    }

    pub(super) fn peer(&self, connection: Connection) -> Option<Text> {
        let open = self.peers.get(&connection).copied();
        open.or_else(|| {
            let (ended, peer) = self.ended_peer?;
            (ended == connection).then_some(peer)
        })
    }

    fn family_mut(&mut self, parts: ProcessName) -> Option<&mut Family> {
        match parts {
            ProcessName::Plain => None,
            ProcessName::Driver { driver, .. } => Some(self.drivers.entry(driver).or_default()),
            ProcessName::Executor { application, .. } => {
                Some(self.executors.entry(application).or_default())
            }
        }
    }
}
