//! The tiny world: hosts with a node each, an agenda, and one step after the other. At one
//! instant everything that is due is delivered before the next timer fires, so that a cause and
//! what comes of it stand together.

use super::actor::{Act, Actor, Happening, Lent};
use super::book::Book;
use super::faults::Rule;
use super::printer::Page;
use super::processes::{Child, Habits};
use super::store::MemoryStore;
use super::traffic::{Inquiry, Outstanding, Parcel, Wire};
use super::words::Argument;
use deploysim_nodes::node::Call;
use deploysim_nodes::settings::{Settings, Shared};
use deploysim_protocol::address::Address;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// Who plays what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Election,
    Master,
    Worker,
    Application,
    Child,
    Client,
}

/// A place where one node runs, one process after the other.
pub(super) struct Host {
    pub(super) name: String,
    pub(super) address: Address,
    pub(super) part: Part,
    /// As it was written, so that it can be started again.
    pub(super) written: Argument,
    /// Counts its processes.
    pub(super) life: u32,
    pub(super) actor: Option<Box<dyn Actor>>,
    /// What waits while it is paused.
    pub(super) paused: Option<Vec<Item>>,
    /// The child process that it is.
    pub(super) child: Option<usize>,
}

/// One process of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) host: usize,
    pub(super) life: u32,
}

/// Something on the agenda.
#[derive(Debug)]
pub(super) enum Item {
    Feed(Who, Happening),
    Arrives(Parcel),
    CallTimesOut(Who, Call),
    ChildStarts(usize),
    ChildEnds(usize, i32),
}

/// When an item is due: instant, deliveries before deadlines, order of putting in.
type Due = (Time, Class, u64);

/// What comes first at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Delivery,
    Deadline,
}

pub(super) struct World {
    pub(super) settings: Settings,
    /// The settings once a node has them.
    pub(super) shared: Option<Shared>,
    pub(super) now: Time,
    order: u64,
    agenda: BTreeMap<Due, Item>,
    pub(super) hosts: Vec<Host>,
    pub(super) wires: Vec<Wire>,
    pub(super) outstanding: Vec<Outstanding>,
    pub(super) inquiries: Vec<Inquiry>,
    pub(super) rules: Vec<Rule>,
    pub(super) held: Vec<Parcel>,
    pub(super) children: Vec<Child>,
    pub(super) habits: Habits,
    pub(super) submitted: BTreeMap<String, Argument>,
    pub(super) store: MemoryStore,
    pub(super) book: Book,
    pub(super) page: Page,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::default(),
            shared: None,
            now: Time::ZERO,
            order: 0,
            agenda: BTreeMap::new(),
            hosts: Vec::new(),
            wires: Vec::new(),
            outstanding: Vec::new(),
            inquiries: Vec::new(),
            rules: Vec::new(),
            held: Vec::new(),
            children: Vec::new(),
            habits: Habits::default(),
            submitted: BTreeMap::new(),
            store: MemoryStore::default(),
            book: Book::default(),
            page: Page::new(),
        }
    }

    /// The settings of all nodes; they are fixed from the first time on.
    pub(super) fn shared(&mut self) -> Shared {
        let settings = &self.settings;
        let shared = self
            .shared
            .get_or_insert_with(|| Shared::new(settings.clone()));
        shared.clone()
    }

    /// Puts something on the agenda for the present instant.
    pub(super) fn post(&mut self, item: Item) {
        self.order += 1;
        let due = (self.now, Class::Delivery, self.order);
        self.agenda.insert(due, item);
    }

    /// Puts something on the agenda for later.
    pub(super) fn post_after(&mut self, delay: Duration, item: Item) {
        self.order += 1;
        let due = (self.now + delay, Class::Deadline, self.order);
        self.agenda.insert(due, item);
    }

    /// Does everything that is due at the present instant.
    pub(super) fn settle(&mut self) {
        self.run_until(self.now);
    }

    /// Does everything that is due up to and including `until`, which is the present then.
    pub(super) fn run_until(&mut self, until: Time) {
        while self.step(until) {}
        self.now = until;
    }

    /// Does the next thing if it is due by `limit`.
    pub(super) fn step(&mut self, limit: Time) -> bool {
        let item = self.agenda.keys().next().copied();
        let timer = self.next_timer();
        let next = match (item, timer) {
            (Some(item), Some((timer, _))) => item.min(timer),
            (Some(due), None) | (None, Some((due, _))) => due,
            (None, None) => return false,
        };
        if next.0 > limit {
            return false;
        }
        self.now = self.now.max(next.0);
        if let Some(item) = self.agenda.remove(&next) {
            self.happen(item);
        } else if let Some((_, host)) = timer {
            self.fire(host);
        }
        true
    }

    fn next_timer(&self) -> Option<(Due, usize)> {
        let awake = self
            .hosts
            .iter()
            .enumerate()
            .filter(|(_, host)| host.paused.is_none());
        awake
            .filter_map(|(index, host)| {
                let (at, order) = host.actor.as_ref()?.deadline()?;
                Some(((at, Class::Deadline, order), index))
            })
            .min()
    }

    fn fire(&mut self, host: usize) {
        let timer = self.hosts[host].actor.as_ref().map(|actor| actor.timer());
        let name = self.hosts[host].name.clone();
        self.page.timer(self.now, &name, &timer.unwrap_or_default());
        self.turn(host, |actor, lent| actor.fire(lent));
    }

    fn happen(&mut self, item: Item) {
        match item {
            Item::Feed(who, happening) => {
                if let Some(waiting) = self.waiting(who) {
                    waiting.push(Item::Feed(who, happening));
                } else if self.lives(who) {
                    self.feed(who.host, happening);
                }
            }
            Item::Arrives(parcel) => {
                let who = self.wires[parcel.to.wire].ends[parcel.to.side].who;
                match self.waiting(who) {
                    Some(waiting) => waiting.push(Item::Arrives(parcel)),
                    None => self.arrive(parcel),
                }
            }
            Item::CallTimesOut(who, call) => self.time_out(who, call),
            Item::ChildStarts(child) => self.start_child(child),
            Item::ChildEnds(child, code) => self.end_child(child, code),
        }
    }

    fn waiting(&mut self, who: Who) -> Option<&mut Vec<Item>> {
        let host = &mut self.hosts[who.host];
        host.paused.as_mut().filter(|_| host.life == who.life)
    }

    /// Lets something happen to a node, and shows it where no message does.
    pub(super) fn feed(&mut self, host: usize, happening: Happening) {
        self.show_happening(host, &happening);
        self.turn(host, |actor, lent| actor.feed(happening, lent));
    }

    fn turn(&mut self, host: usize, take: impl FnOnce(&mut dyn Actor, Lent<'_>) -> Vec<Act>) {
        let Some(mut actor) = self.hosts[host].actor.take() else {
            return;
        };
        let lent = Lent {
            now: self.now,
            me: self.hosts[host].address,
            store: &mut self.store,
            order: &mut self.order,
        };
        let acts = take(actor.as_mut(), lent);
        self.hosts[host].actor = Some(actor);
        for act in acts {
            self.carry_out(host, act);
        }
    }

    fn carry_out(&mut self, host: usize, act: Act) {
        match act {
            Act::Send(to, message) => self.send(host, to, message),
            Act::Ask(to, call, ask, timeout) => self.ask(host, to, call, ask, timeout),
            Act::Resolve(at, call, timeout) => self.resolve(host, at, call, timeout),
            Act::Reply(call, answer) => self.reply(host, call, answer),
            Act::Abandon(call) => {
                let who = self.who(host);
                self.outstanding
                    .retain(|open| open.who != who || open.call != call);
            }
            Act::Launch(process) => self.launch(host, process),
            Act::Terminate(process, signal) => self.terminate(host, process, signal),
            Act::Exit(code) => {
                let left = format!("exit {}", self.hosts[host].name);
                self.page.fact(self.now, left, format!("code={code}"));
                self.end_process(host, code);
            }
            Act::Note(event) => self.note(host, &event),
        }
    }

    /// The process that runs at a host.
    pub(super) fn who(&self, host: usize) -> Who {
        Who {
            host,
            life: self.hosts[host].life,
        }
    }

    /// Whether a process still runs.
    pub(super) fn lives(&self, who: Who) -> bool {
        let host = &self.hosts[who.host];
        host.life == who.life && host.actor.is_some()
    }

    /// The host of this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.hosts.iter().position(|host| host.name == name)
    }

    /// The name of whoever listens at an address.
    pub(super) fn name_of(&self, address: Address) -> String {
        let found = self.hosts.iter().find(|host| host.address == address);
        found.map_or_else(|| address.host.to_string(), |host| host.name.clone())
    }
}
