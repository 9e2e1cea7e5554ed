//! What a claim says of one instant: whether it holds, looked at again only where an entry
//! touched it. Windows are the judge's business; words for what was found are in `found.rs`,
//! what is wanted of a worker, driver and so on in `wanted.rs`, processes in `processes.rs`.

use super::processes::Processes;
use super::wanted::{Wanted, within};
use super::who::Whom;
use crate::ledger::{ExecutorRecord, Ledger, Touch};
use crate::scenario::plan::{Claim, Quantity};
use crate::trace::NodeId;
use deploysim_protocol::state::ExecutorState;
use deploysim_protocol::text::Text;
use rustc_hash::FxHashMap;

/// What an entry means to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Nothing.
    Not,
    /// The claim may have another answer; the entry is about something else.
    Aside,
    /// The entry is about what is asked for.
    Directly,
}

impl Touched {
    /// A new leader concerns everybody who reads its books.
    fn new(is_meant: bool, touch: &Touch) -> Self {
        match (is_meant || touch.all && touch.master.is_some(), touch.all) {
            (true, _) => Self::Directly,
            (false, true) => Self::Aside,
            (false, false) => Self::Not,
        }
    }
}

/// A claim, ready to be asked of a ledger.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// About things with names of their own.
    Named(Named),
    /// About the executors of an application.
    Executors(Executors),
    /// About processes.
    Processes(Processes),
    /// About the number of messages so far.
    Messages(Messages),
}

/// A claim about things with names of their own. Whether each fits is kept, and asked again only
/// of those that were touched.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) names: Vec<Text>,
    pub(super) count: Option<Quantity>,
    pub(super) wanted: Wanted,
    pub(super) fits: Vec<bool>,
    pub(super) fitting: usize,
    /// Places of names; looked up, never walked through.
    places: FxHashMap<Text, usize>,
    stale: Vec<usize>,
    is_all_stale: bool,
}

/// A claim about the executors of an application.
#[derive(Clone, Debug)]
pub(super) struct Executors {
    pub(super) application: Text,
    pub(super) number: Option<u32>,
    count: Option<Quantity>,
    state: Option<ExecutorState>,
    worker: Option<Text>,
    cores: Option<Quantity>,
}

/// A claim about the number of messages.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    pub(super) kind: &'static str,
    from: Whom,
    to: Whom,
    wanted: Quantity,
    pub(super) count: u64,
}

impl Question {
    pub(super) fn new(claim: &Claim) -> Self {
        match claim {
            Claim::Executor {
                application,
                number,
                count,
                state,
                worker,
                cores,
            } => Self::Executors(Executors {
                application: Text::new(application),
                number: *number,
                count: *count,
                state: *state,
                worker: worker.as_deref().map(Text::new),
                cores: *cores,
            }),
            Claim::Message {
                kind,
                from,
                to,
                count,
            } => Self::Messages(Messages {
                kind,
                from: Whom::new(from),
                to: Whom::new(to),
                wanted: *count,
                count: 0,
            }),
            Claim::Process {
                targets,
                count,
                running,
                exit,
            } => Self::Processes(Processes::new(targets, *count, *running, *exit)),
            Claim::Master { names, count, .. }
            | Claim::Worker { names, count, .. }
            | Claim::Driver { names, count, .. }
            | Claim::Application { names, count, .. } => {
                Self::Named(Named::new(names, *count, Wanted::new(claim)))
            }
        }
    }

    /// Whether it asks for a number of messages within the window.
    pub(super) const fn is_total(&self) -> bool {
        matches!(self, Self::Messages(_))
    }

    /// Whether the number of messages can no longer change the answer, and what that is.
    pub(super) fn total_is_settled(&self) -> Option<bool> {
        let Self::Messages(messages) = self else {
            return None;
        };
        match messages.wanted.at_most {
            Some(most) => (messages.count > most).then_some(false),
            None => (messages.count >= messages.wanted.at_least).then_some(true),
        }
    }

    /// Counts a message; whether it is one of those that are asked for.
    pub(super) fn hear(&mut self, from: NodeId, to: NodeId, kind: &str, ledger: &Ledger) -> bool {
        let Self::Messages(messages) = self else {
            return false;
        };
        let counts = messages.kind == kind
            && messages.from.includes(from, ledger)
            && messages.to.includes(to, ledger);
        messages.count += u64::from(counts);
        counts
    }

    /// Whether an entry touched what is asked for.
    pub(super) fn touch(&mut self, touch: &Touch, ledger: &Ledger) -> Touched {
        match self {
            Self::Named(named) => named.touch(touch, ledger),
            Self::Executors(executors) => {
                Touched::new(touch.application == Some(executors.application), touch)
            }
            Self::Processes(processes) => {
                let process = touch.process.and_then(|node| ledger.process(node));
                let is_meant = |process| processes.whom.iter().any(|who| who.is(process));
                if process.is_some_and(is_meant) {
                    Touched::Directly
                } else {
                    Touched::Not
                }
            }
            Self::Messages(_) => Touched::Not,
        }
    }

    /// Whether the claim holds.
    pub(super) fn holds(&mut self, ledger: &Ledger) -> bool {
        match self {
            Self::Named(named) => named.holds(ledger),
            Self::Executors(executors) => executors.holds(ledger),
            Self::Processes(processes) => processes.holds(ledger),
            Self::Messages(messages) => messages.wanted.holds(messages.count),
        }
    }
}

impl Named {
    fn new(names: &[String], count: Option<Quantity>, wanted: Wanted) -> Self {
        let names: Vec<_> = names.iter().map(|name| Text::new(name)).collect();
        Self {
            places: names.iter().copied().zip(0..).collect(),
            fits: vec![false; names.len()],
            names,
            count,
            wanted,
            fitting: 0,
            stale: Vec::new(),
            is_all_stale: true,
        }
    }

    fn touch(&mut self, touch: &Touch, ledger: &Ledger) -> Touched {
        let touched = match self.wanted {
            Wanted::Master(_) => touch.master.map(|node| ledger.name(node)),
            Wanted::Worker(_) => touch.worker.map(|node| ledger.name(node)),
            Wanted::Driver(_) => touch.driver,
            Wanted::Application(_) => touch.application,
        };
        let place = touched.and_then(|name| self.places.get(&name).copied());
        self.is_all_stale |= touch.all;
        if let Some(place) = place
            && !self.is_all_stale
            && !self.stale.contains(&place)
        {
            self.stale.push(place);
        }
        Touched::new(place.is_some(), touch)
    }

    fn holds(&mut self, ledger: &Ledger) -> bool {
        if self.is_all_stale {
            self.stale.clear();
            self.stale.extend(0..self.names.len());
            self.is_all_stale = false;
        }
        while let Some(place) = self.stale.pop() {
            let fits = self.wanted.fits(self.names[place], ledger);
            let fitted = std::mem::replace(&mut self.fits[place], fits);
            self.fitting += usize::from(fits);
            self.fitting -= usize::from(fitted);
        }
        match self.count {
            Some(count) => count.holds(self.fitting as u64),
            None => self.fitting == self.names.len(),
        }
    }
}

impl Executors {
    /// How many executors fit, and of how many.
    pub(super) fn fitting(&self, ledger: &Ledger) -> (usize, usize) {
        let books = ledger.leader_books();
        let Some((_, record)) = books.and_then(|books| books.application_named(self.application))
        else {
            return (0, 0);
        };
        let asked = record
            .executors
            .iter()
            .filter(|(number, _)| self.number.is_none_or(|wanted| wanted == **number));
        let fit = |executor: &ExecutorRecord| usize::from(self.fits(executor, ledger));
        asked.fold((0, 0), |(fitting, all), (_, executor)| {
            (fitting + fit(executor), all + 1)
        })
    }

    fn fits(&self, executor: &ExecutorRecord, ledger: &Ledger) -> bool {
        let worker = executor.worker_node.map(|node| ledger.name(node));
        self.state.is_none_or(|state| executor.state == state)
            && (self.worker.is_none() || self.worker == worker)
            && within(self.cores, executor.cores)
    }

    fn holds(&self, ledger: &Ledger) -> bool {
        let (fitting, all) = self.fitting(ledger);
        match self.count {
            Some(count) => count.holds(fitting as u64),
            None => all > 0 && fitting == all,
        }
    }
}
