//! The loop of a live run: it does what is due, hears what has come, and tells the observer. The
//! time of an entry is when this loop saw it.

use super::cast::{Body, Cast, Member};
use super::clock::Clock;
use super::faults::Active;
use super::hosting::Places;
use super::keeping::Keeping;
use super::program::welcome;
use super::site::Site;
use super::{Event, Number, POLL, documents};
use crate::scenario::plan::Plan;
use crate::stream::Seeds;
use crate::trace::{Child, End, Entry, Fact, NodeId, Observer, Role, Start};
use crate::world::{Class, Played, last_moment};
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long the masters may take to listen before a run begins.
const BEGINNING: Duration = Duration::from_secs(60);

/// How long processes may take to end when a run is over.
const ENDING: Duration = Duration::from_secs(10);

/// Something that is done at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A worker starts: its row.
    Worker(usize),
    /// A driver is submitted: its row.
    Submission(usize),
    /// The operator does something: its row.
    Operation(usize),
    /// A fault begins: its row.
    FaultBegins(u32),
    /// An occurrence of a fault ends.
    FaultEnds(u32),
    /// A process that a fault has ended starts again.
    Restart(usize),
    /// The fault phase ends.
    PhaseEnds,
}

/// One run.
pub(super) struct Stage<'run, O> {
    pub(super) plan: &'run Plan,
    pub(super) observer: O,
    pub(super) site: Site,
    /// Where what is seen is kept, if it is.
    pub(super) keeping: Option<Keeping>,
    pub(super) seeds: Seeds,
    clock: Clock,
    pub(super) now: Time,
    pub(super) cast: Cast,
    /// What is due when, in the order of one instant.
    agenda: BTreeMap<(Time, Class, u64), Due>,
    scheduled: u64,
    pub(super) sender: Sender<Event>,
    events: Receiver<Event>,
    /// Whether nobody lets programs in any more.
    is_over: Arc<AtomicBool>,
    /// The masters, as workers are told of them.
    pub(super) masters: String,
    pub(super) is_settling: bool,
    pub(super) active: Vec<Active>,
    /// Occurrences of faults so far.
    pub(super) occurrences: u32,
    /// Every driver's id that a master has shown, and the newest of each driver.
    pub(super) ids: BTreeSet<String>,
    pub(super) newest: BTreeMap<String, String>,
    /// How many processes each driver has had.
    pub(super) copies: BTreeMap<String, u32>,
    /// Clients of the operator so far.
    pub(super) clients: u32,
}

impl<'run, O: Observer> Stage<'run, O> {
    /// A run whose masters listen.
    ///
    /// # Errors
    /// What went wrong with the machine.
    pub(super) fn new(
        plan: &'run Plan,
        seed: u64,
        program: &Path,
        keeping: Option<Keeping>,
        observer: O,
    ) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the run cannot begin: {error}");
        let site = Site::new(program).map_err(failed)?;
        let listener = UnixListener::bind(site.socket()).map_err(failed)?;
        let (sender, events) = channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, programs) = (Arc::clone(&is_over), sender.clone());
        std::thread::spawn(move || welcome(&listener, &programs, &over));
        let mut stage = Self {
            plan,
            observer,
            site,
            keeping,
            seeds: Seeds::new(seed),
            clock: Clock::start(),
            now: Time::ZERO,
            cast: Cast::default(),
            agenda: BTreeMap::new(),
            scheduled: 0,
            sender,
            events,
            is_over,
            masters: String::new(),
            is_settling: false,
            active: Vec::new(),
            occurrences: 0,
            ids: BTreeSet::new(),
            newest: BTreeMap::new(),
            copies: BTreeMap::new(),
            clients: 0,
        };
        stage.add_members();
        stage.begin_masters()?;
        stage.schedule_all();
        Ok(stage)
    }

    fn add_members(&mut self) {
        let masters = self.plan.cluster.masters.iter();
        let masters = masters.map(|name| (name, Role::Master));
        let workers = self.plan.cluster.workers.iter();
        let workers = workers.map(|worker| (&worker.name, Role::Worker));
        for (name, role) in masters.chain(workers) {
            let machine = self.cast.next_machine();
            let address = Address::new(name, 0);
            let member = Member::new(Text::new(name), role, machine, address);
            self.cast.add(member);
        }
    }

    /// Starts the masters, waits until all listen, and begins to count the time.
    fn begin_masters(&mut self) -> Result<(), String> {
        let masters = self.plan.cluster.masters.len();
        for master in 0..masters {
            self.begin(master)?;
        }
        let mut listening = Vec::new();
        while listening.len() < masters {
            match self.events.recv_timeout(BEGINNING) {
                Ok(Event::Listens { process, places }) => listening.push((process, places)),
                Ok(Event::Gone { log, .. }) => return Err(format!("a master ended:\n{log}")),
                Ok(_) => {}
                Err(_) => return Err("the masters do not listen in time".to_owned()),
            }
        }
        self.clock = Clock::start();
        // In the order of the scenario, whoever came first.
        listening.sort_by_key(|(process, _)| process.0);
        let urls = listening
            .iter()
            .filter_map(|(_, places)| places.url.strip_prefix("spark://"));
        self.masters = format!("spark://{}", urls.collect::<Vec<_>>().join(","));
        for (process, places) in listening {
            self.hear_listens(process, places);
        }
        Ok(())
    }

    fn schedule_all(&mut self) {
        self.schedule_faults();
        self.schedule(self.plan.until, Class::Fault, Due::PhaseEnds);
        for (row, worker) in self.plan.cluster.workers.iter().enumerate() {
            self.schedule(worker.at, Class::Process, Due::Worker(row));
        }
        for (row, driver) in self.plan.drivers.iter().enumerate() {
            self.schedule(driver.at, Class::Process, Due::Submission(row));
        }
        for (row, operation) in self.plan.operations.iter().enumerate() {
            self.schedule(operation.at, Class::Process, Due::Operation(row));
        }
    }

    /// Plays until everything is decided.
    ///
    /// # Errors
    /// What went wrong with the machine.
    pub(super) fn play(&mut self) -> Result<Played, String> {
        let last = last_moment(self.plan);
        let mut steps = 0;
        loop {
            self.now = self.clock.now();
            self.observer.pass_to(self.now);
            let is_decided = self.is_settling && self.observer.is_decided();
            if self.now > last || is_decided || self.is_told() {
                break;
            }
            if let Some(due) = self.next_due() {
                self.take(due)?;
            } else if let Some(event) = self.wait() {
                self.hear(event)?;
            } else {
                continue;
            }
            steps += 1;
            self.schedule_triggered();
        }
        self.record(0, Fact::Finished);
        Ok(Played {
            end: self.now,
            inputs: 0,
            steps,
        })
    }

    /// Whether nothing more is to happen but the end of the fault phase, and nobody waits for that.
    fn is_told(&self) -> bool {
        let mut left = self.agenda.values();
        left.all(|due| *due == Due::PhaseEnds) && self.observer.has_seen_enough()
    }

    fn next_due(&mut self) -> Option<Due> {
        let next = self.agenda.first_entry()?;
        let (at, _, _) = *next.key();
        (at <= self.now).then(|| next.remove())
    }

    /// The next event, unless something is due before it; at most as long as a poll takes, so that
    /// what has a time of its own is decided at that time.
    fn wait(&mut self) -> Option<Event> {
        let next = self.agenda.first_key_value().map(|((at, ..), _)| *at);
        let left = next.map_or(POLL, |at| at.since(self.now).min(POLL));
        match self.events.recv_timeout(left) {
            Ok(event) => {
                self.now = self.clock.now();
                self.observer.pass_to(self.now);
                Some(event)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    fn take(&mut self, due: Due) -> Result<(), String> {
        let masters = self.plan.cluster.masters.len();
        match due {
            Due::Worker(_) | Due::Submission(_) | Due::Operation(_) if self.is_settling => {}
            Due::Worker(row) => self.begin(masters + row)?,
            Due::Submission(row) => self.submit(row),
            Due::Operation(row) => self.operate(row),
            Due::FaultBegins(fault) => self.begin_fault(fault),
            Due::FaultEnds(occurrence) => self.end_fault(occurrence),
            Due::Restart(index) => self.restart(index)?,
            Due::PhaseEnds => self.end_phase(),
        }
        Ok(())
    }

    fn hear(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Listens { process, places } => self.hear_listens(process, places),
            Event::Gone { process, code, log } => self.hear_gone(process, code, &log)?,
            Event::Shown {
                process,
                document,
                text,
            } => {
                self.keep(process, text)?;
                self.hear_document(process, &document)?;
            }
            Event::Unkept { why } => return Err(why),
            Event::ProgramBegan {
                program,
                introduction,
                link,
            } => self.hear_program(program, &introduction, link),
            Event::ProgramEnded { program, code } => self.hear_end_of_program(program, code),
            Event::Answered { client, answer } => self.hear_answer(client, &answer),
        }
        Ok(())
    }

    /// Keeps what a master said, if anything is kept.
    fn keep(&mut self, process: Number, text: Vec<u8>) -> Result<(), String> {
        let (Some(keeping), Some(master)) = (&mut self.keeping, self.cast.hosted(process)) else {
            return Ok(());
        };
        let name = self.cast.members[master].name.as_str();
        let kept = keeping.document(self.now, &name, text);
        kept.map_err(|error| format!("what {name} says cannot be kept: {error}"))
    }

    /// A master or worker listens. Whoever asks a master for its state begins.
    fn hear_listens(&mut self, number: Number, at: Places) {
        let Some(index) = self.cast.hosted(number) else {
            return;
        };
        let events = self.sender.clone();
        let member = &mut self.cast.members[index];
        let url = at.url.strip_prefix("spark://").unwrap_or(&at.url);
        if let Ok(address) = url.parse() {
            member.address = address;
        }
        if let Body::Hosted {
            places, _watched, ..
        } = &mut member.body
        {
            if member.role == Role::Master {
                let (watched, wanted) = channel();
                let page = at.page.clone();
                *_watched = Some(watched);
                std::thread::spawn(move || documents::watch(number, &page, &events, &wanted));
            }
            *places = Some(at);
        }
        member.reading = Default::default();
        self.started(index, None, None);
    }

    /// A master or worker has ended.
    fn hear_gone(&mut self, process: Number, code: i32, log: &str) -> Result<(), String> {
        let Some(index) = self.cast.hosted(process) else {
            return Ok(());
        };
        let member = &mut self.cast.members[index];
        let has_begun = member.is_alive();
        member.body = Body::Absent;
        member.pauses = 0;
        let is_struck = std::mem::take(&mut member.is_struck);
        if !has_begun && !is_struck {
            return Err(format!("{} did not begin:\n{log}", member.name));
        }
        if has_begun {
            let end = if is_struck {
                End::Crashed
            } else {
                End::Exited(code)
            };
            self.record(index, Fact::Ended { end });
        }
        Ok(())
    }

    /// A process begins to be seen.
    pub(super) fn started(&mut self, index: usize, parent: Option<usize>, child: Option<Child>) {
        let member = &mut self.cast.members[index];
        let start = Start {
            name: member.name,
            role: member.role,
            machine: member.machine,
            address: member.address,
            parent: parent.map(Self::node),
            child,
            restarts: member.starts,
        };
        member.starts += 1;
        self.record(index, Fact::Started(start));
    }

    /// Something is to be done at a time.
    pub(super) fn schedule(&mut self, at: Time, class: Class, due: Due) {
        self.agenda.insert((at, class, self.scheduled), due);
        self.scheduled += 1;
    }

    /// The number of a node in the trace.
    pub(super) fn node(index: usize) -> NodeId {
        NodeId(u32::try_from(index).expect("fewer than 2^32 nodes"))
    }

    /// Tells the observer.
    pub(super) fn record(&mut self, index: usize, fact: Fact<'_>) {
        self.observer.observe(&Entry {
            at: self.now,
            node: Self::node(index),
            fact,
        });
    }
}

impl<O> Stage<'_, O> {
    /// Ends every process, waits until they are gone, and takes their files away.
    pub(super) fn clear(mut self) -> O {
        let programs = |member: &Member| matches!(member.body, Body::Program { .. });
        let mut left: usize = 0;
        for member in &mut self.cast.members {
            left += usize::from(member.number().is_some());
            if !programs(member) {
                member.body = Body::Absent;
            }
        }
        self.is_over.store(true, Ordering::Release);
        // Whoever lets programs in looks up once more.
        drop(UnixStream::connect(self.site.socket()));
        let began = Clock::start();
        while left > 0 && began.now().since(Time::ZERO) < ENDING {
            let event = self.events.recv_timeout(POLL);
            if let Ok(Event::Gone { .. } | Event::ProgramEnded { .. }) = event {
                left -= 1;
            }
        }
        self.site.remove();
        self.observer
    }
}
