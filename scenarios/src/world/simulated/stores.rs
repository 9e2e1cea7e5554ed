//! The persistence engines of masters: which engine a master has, the disk below it, which its
//! processes share, and the service with which all masters may keep their records. How an engine
//! works is in `deploysim_nodes::store`.

use super::{SimulatedWorld, faults};
use crate::disk::{OpenDisk, SharedDisk, Trouble, shuffle};
use crate::network::{Cause, Path};
use crate::scenario::plan::{DiskTrouble, ELECTION, FaultStart, Plan, TriggerEvent};
use crate::stream::Seeds;
use deploysim_nodes::store::{
    EmbeddedStore, FileStore, NoStore, RecordService, ServiceStore, Session, Store, StoreCall,
    StoreFailure, Unreachable,
};
use deploysim_protocol::address::Address;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::event::ElectionEvent;
use deploysim_protocol::id::SessionId;
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

/// What masters keep beyond the end of their processes.
pub(in crate::world) struct Stores {
    /// By the master's name. Looked up, never walked through.
    kept: FxHashMap<Text, Kept>,
    service: Rc<RefCell<RecordService>>,
    /// The sessions with the service that live, and whose they are.
    sessions: BTreeMap<SessionId, Address>,
    seeds: Seeds,
}

/// What one master keeps.
struct Kept {
    disk: SharedDisk,
    /// What is wrong with the disk, by fault.
    troubles: Vec<(Cause, DiskTrouble)>,
    calls: Rc<RefCell<Calls>>,
    reach: Rc<Cell<Reach>>,
}

/// Whether a master's requests to the service are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Answered,
    /// The service is gone, or bytes do not cross.
    Silent,
    /// The master's session is over.
    Expired,
}

/// The calls of one master's store, over all its processes.
#[derive(Debug, Default)]
struct Calls {
    made: u32,
    /// Which call a fault prevents, from 1, and which fault.
    struck: Vec<(u32, u32)>,
    /// The fault that has prevented a call just now.
    due: Option<u32>,
}

impl Stores {
    /// Of a run that has not begun.
    pub(super) fn new(plan: &Plan, seeds: Seeds) -> Self {
        let kept = plan.cluster.masters.iter().map(|name| {
            let stream = |purpose| seeds.chacha(&format!("disk {name} {purpose}"));
            let kept = Kept {
                disk: SharedDisk::new(stream("losses"), stream("order")),
                troubles: Vec::new(),
                calls: Rc::new(RefCell::new(Calls::of(plan, name))),
                reach: Rc::new(Cell::new(Reach::Answered)),
            };
            (Text::new(name), kept)
        });
        Self {
            kept: kept.collect(),
            service: Rc::default(),
            sessions: BTreeMap::new(),
            seeds,
        }
    }

    /// The engine of a new process; `None` for one that is no master.
    pub(in crate::world) fn open(&self, plan: &Plan, name: Text) -> Option<Box<MasterStore>> {
        let kept = self.kept.get(&name)?;
        let disk = kept.disk.open();
        let (conf, writes) = (&plan.conf, plan.store.writes);
        let engine: Box<dyn Store> = match conf.recovery_mode {
            RecoveryMode::Filesystem => Box::new(FileStore::new(
                disk.again(),
                &conf.recovery_directory,
                writes,
                plan.behaviour.unreadable_record,
            )),
            RecoveryMode::Rocksdb => Box::new(EmbeddedStore::new(disk.again(), writes)),
            RecoveryMode::Zookeeper => Box::new(ServiceStore::new(
                Rc::clone(&self.service),
                MasterSession {
                    call: plan.store.call,
                    patience: plan
                        .election
                        .as_ref()
                        .map_or(Duration::ZERO, |election| election.connection_timeout),
                    reach: Rc::clone(&kept.reach),
                    order: self.seeds.chacha(&format!("service lists for {name}")),
                },
                format!("{}/master_status", conf.zookeeper_directory),
            )),
            // A class of the user's cannot be played. Spark takes NONE for any other word.
            RecoveryMode::None | RecoveryMode::Custom => Box::new(NoStore),
        };
        let call = match conf.recovery_mode {
            // Its requests take the time.
            RecoveryMode::Zookeeper => Duration::ZERO,
            RecoveryMode::None
            | RecoveryMode::Filesystem
            | RecoveryMode::Rocksdb
            | RecoveryMode::Custom => plan.store.call,
        };
        Some(Box::new(MasterStore {
            engine,
            call,
            calls: Rc::clone(&kept.calls),
            disk,
        }))
    }

    /// What the election service reports of sessions.
    pub(super) fn hear(&mut self, event: ElectionEvent) {
        match event {
            ElectionEvent::SessionOpened { session, owner } => {
                self.sessions.insert(session, owner);
            }
            ElectionEvent::SessionEnded { session, .. } => {
                self.sessions.remove(&session);
            }
            ElectionEvent::SessionResumed { .. }
            | ElectionEvent::LatchLed { .. }
            | ElectionEvent::AgentConnected { .. }
            | ElectionEvent::AgentDisconnected
            | ElectionEvent::AgentSuspended
            | ElectionEvent::AgentExpired
            | ElectionEvent::LeadershipChanged { .. } => {}
        }
    }

    /// The power of a master's machine fails.
    pub(super) fn lose_power(&self, name: Text) {
        if let Some(kept) = self.kept.get(&name) {
            kept.disk.lose_power();
        }
    }

    /// A master's disk is lost.
    pub(super) fn wipe(&self, name: Text) {
        if let Some(kept) = self.kept.get(&name) {
            kept.disk.wipe();
        }
    }

    /// Something is wrong with a master's disk.
    pub(super) fn trouble(&mut self, name: Text, cause: Cause, trouble: DiskTrouble) {
        if let Some(kept) = self.kept.get_mut(&name) {
            kept.troubles.push((cause, trouble));
            kept.disk.trouble(kept.trouble());
        }
    }

    /// What this fault did to a master's disk is over.
    pub(super) fn mend(&mut self, name: Text, cause: Cause) {
        if let Some(kept) = self.kept.get_mut(&name) {
            kept.troubles.retain(|(own, _)| *own != cause);
            kept.disk.trouble(kept.trouble());
        }
    }

    /// No fault prevents a call from here on.
    pub(super) fn settle(&self, name: Text) {
        if let Some(kept) = self.kept.get(&name) {
            kept.calls.borrow_mut().struck.clear();
        }
    }
}

impl Kept {
    fn trouble(&self) -> Trouble {
        let mut all = Trouble::default();
        for (_, trouble) in &self.troubles {
            match trouble {
                DiskTrouble::Slow(longer) => all.slow += *longer,
                DiskTrouble::Full => all.is_full = true,
                DiskTrouble::Failing => all.is_failing = true,
                DiskTrouble::Torn => all.is_torn = true,
            }
        }
        all
    }
}

impl Calls {
    fn of(plan: &Plan, master: &str) -> Self {
        let struck = (0_u32..).zip(&plan.faults).filter_map(|(fault, row)| {
            if let FaultStart::On(trigger) = &row.start
                && let TriggerEvent::StoreCall { name } = &trigger.event
                && name == master
            {
                Some((trigger.nth, fault))
            } else {
                None
            }
        });
        Self {
            struck: struck.collect(),
            ..Self::default()
        }
    }

    /// One more call is made. Returns whether a fault prevents it.
    fn is_struck(&mut self) -> bool {
        self.made += 1;
        let found = self.struck.iter().find(|(call, _)| *call == self.made);
        self.due = found.map(|(_, fault)| *fault);
        self.due.is_some()
    }
}

/// What a request of a master to the service costs, or why it has no answer. The one place in
/// which the state of a master's session shows in its store.
fn round_trip(session: &MasterSession) -> Result<Duration, Unreachable> {
    let (after, reason) = match session.reach.get() {
        Reach::Answered => return Ok(session.call),
        Reach::Silent => (session.patience, "KeeperErrorCode = ConnectionLoss"),
        Reach::Expired => (session.call, "KeeperErrorCode = Session expired"),
    };
    let reason = reason.to_owned();
    Err(Unreachable { after, reason })
}

/// To be called by the world before a master's turn: whether its requests will be answered.
///
/// **Differs:** Spark's client sends its requests as bytes, which may wait for a retransmission;
/// here the ways between the two machines at the beginning of the turn decide.
pub(in crate::world) fn look<W: SimulatedWorld>(world: &W, node: u32) {
    if world.plan().election.is_none() {
        return;
    }
    let own = world.part(node);
    let state = world.state();
    let Some(kept) = state.stores.kept.get(&own.name) else {
        return;
    };
    let service = state.names.get(&Text::new(ELECTION));
    let service = service.map(|service| world.part(*service));
    let is_there = service.is_some_and(|service| {
        service.is_alive && state.cuts.path(own.place, service.place) == Path::OPEN
    });
    let mut owners = state.stores.sessions.values();
    let has_session = owners.any(|owner| *owner == own.address);
    kept.reach.set(match (is_there, has_session) {
        (true, true) => Reach::Answered,
        (true, false) => Reach::Expired,
        (false, _) => Reach::Silent,
    });
}

/// A master's session with the service.
#[derive(Debug)]
struct MasterSession {
    call: Duration,
    /// How long it waits for a service that does not answer.
    patience: Duration,
    reach: Rc<Cell<Reach>>,
    /// Draws the order in which records are listed.
    order: ChaCha8Rng,
}

impl Session for MasterSession {
    fn round_trip(&mut self) -> Result<Duration, Unreachable> {
        round_trip(self)
    }

    fn order(&mut self, names: &mut [String]) {
        shuffle(names, &mut self.order);
    }
}

/// The engine of one process of a master.
pub(in crate::world) struct MasterStore {
    engine: Box<dyn Store>,
    /// What a call takes beside what the engine's disk or service takes.
    call: Duration,
    calls: Rc<RefCell<Calls>>,
    disk: OpenDisk,
}

impl MasterStore {
    fn call<T>(&mut self, call: impl FnOnce(&mut dyn Store) -> StoreCall<T>) -> StoreCall<T> {
        if self.calls.borrow_mut().is_struck() {
            return StoreCall::new(Duration::ZERO, Err(StoreFailure::Crashed));
        }
        let mut call = call(self.engine.as_mut());
        call.took += self.call;
        call
    }
}

impl Store for MasterStore {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        self.call(|engine| engine.add(record))
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        self.call(|engine| engine.remove(key))
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        self.call(|engine| engine.read_all())
    }

    fn keeps_records(&self) -> bool {
        self.engine.keeps_records()
    }
}

impl Drop for MasterStore {
    /// The process is gone: an engine that would tidy up cannot.
    fn drop(&mut self) {
        self.disk.close();
    }
}

impl fmt::Debug for MasterStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterStore")
    }
}

/// To be called by the world when a turn has said that its process was ended during a call of
/// its store: the fault that did it begins.
pub(in crate::world) fn strike<W: SimulatedWorld>(world: &mut W, node: u32) {
    let name = world.part(node).name;
    let kept = world.state().stores.kept.get(&name);
    let due = kept.and_then(|kept| kept.calls.borrow_mut().due.take());
    if let Some(fault) = due {
        faults::begin(world, fault);
    }
}
