//! The judge of a scenario's expectations: decides each as soon as its window allows, from the
//! entries of a run and the ledger. What a claim says of one instant is in `question.rs`; how
//! often over seeds something must hold is for whoever plays several runs.
//!
//! An instant is judged after everything that happens at it. A claim is looked at again only
//! when an entry touched what it is about.

mod found;
mod processes;
mod question;
mod trigger;
mod wanted;
mod who;

#[cfg(test)]
mod tests;

pub use trigger::Triggers;

use crate::ledger::Ledger;
use crate::scenario::plan::{Plan, Window};
use crate::trace::{Entry, Fact, text};
use deploysim_protocol::time::Time;
use question::{Question, Touched};
use std::collections::VecDeque;

/// The most lines of evidence kept for one expectation.
const EVIDENCE_MAX: usize = 8;

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it held.
    pub held: bool,
    /// The instant that decided it.
    pub at: Time,
    /// What was found at that instant, in words.
    pub found: String,
}

/// Judges every expectation of a scenario over one run.
#[derive(Clone, Debug)]
pub struct Judge {
    watches: Vec<Watch>,
    /// When windows open and close, in order of time.
    deadlines: Vec<Deadline>,
    /// The first deadline that has not come.
    next: usize,
    /// The instant whose entries are being read.
    instant: Time,
    /// Expectations to be looked at when the instant is over.
    dirty: Vec<usize>,
    /// Expectations that are not decided.
    open: usize,
    /// Those among them that need not wait for the end of the run.
    bounded: usize,
}

/// One expectation.
#[derive(Clone, Debug)]
struct Watch {
    window: Window,
    question: Question,
    is_open: bool,
    is_dirty: bool,
    decision: Option<Decision>,
    evidence: VecDeque<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Deadline {
    at: Time,
    edge: Edge,
    row: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Opens,
    Closes,
}

impl Judge {
    /// The judge of a scenario's expectations. Make it in the scope of texts of the run.
    pub fn new(plan: &Plan) -> Self {
        let watches: Vec<_> = plan
            .expectations
            .iter()
            .map(|expectation| Watch {
                window: expectation.window,
                question: Question::new(&expectation.claim),
                is_open: false,
                is_dirty: false,
                decision: None,
                evidence: VecDeque::new(),
            })
            .collect();
        let mut deadlines = Vec::new();
        for (row, watch) in watches.iter().enumerate() {
            let (at, edge) = (start(watch.window), Edge::Opens);
            deadlines.push(Deadline { at, edge, row });
            if let Some(at) = watch.window.end() {
                let edge = Edge::Closes;
                deadlines.push(Deadline { at, edge, row });
            }
        }
        deadlines.sort_unstable();
        Self {
            open: watches.len(),
            bounded: (watches.iter())
                .filter(|watch| watch.window.end().is_some())
                .count(),
            watches,
            deadlines,
            next: 0,
            instant: Time::ZERO,
            dirty: Vec::new(),
        }
    }

    /// The clock goes on to `at`: judges everything before it. Call it with each entry before
    /// `ledger` applies that entry.
    #[inline]
    pub fn pass_to(&mut self, at: Time, ledger: &Ledger) {
        if at > self.instant {
            self.leave_instant(at, ledger);
        }
    }

    fn leave_instant(&mut self, at: Time, ledger: &Ledger) {
        self.end_instant(ledger);
        while let Some(deadline) = self.deadlines.get(self.next).copied()
            && deadline.at < at
        {
            self.next += 1;
            self.reach(deadline, ledger);
        }
        self.instant = at;
    }

    /// Looks at an entry. Call it after `ledger` has applied that entry.
    pub fn observe(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        if matches!(entry.fact, Fact::Finished) {
            return self.finish(ledger);
        }
        if self.open == 0 {
            return;
        }
        if let Fact::Received { from, unit, .. } = &entry.fact {
            for row in 0..self.watches.len() {
                let watch = &mut self.watches[row];
                if watch.counts(entry.at)
                    && watch.question.hear(*from, entry.node, unit.kind(), ledger)
                {
                    self.keep(row, entry, ledger);
                    self.mark(row);
                }
            }
        } else if let Some(touch) = ledger.touch(entry) {
            for row in 0..self.watches.len() {
                let watch = &mut self.watches[row];
                if watch.decision.is_some() {
                    continue;
                }
                match watch.question.touch(&touch, ledger) {
                    Touched::Not => {}
                    Touched::Aside => self.mark(row),
                    Touched::Directly => {
                        self.keep(row, entry, ledger);
                        self.mark(row);
                    }
                }
            }
        }
    }

    /// What became of each expectation, in the order of the scenario; `None`: not decided yet.
    pub fn decisions(&self) -> impl Iterator<Item = Option<&Decision>> {
        self.watches.iter().map(|watch| watch.decision.as_ref())
    }

    /// The last entries, at most eight, that touched what an expectation is about before it was
    /// decided; each as a line.
    pub fn evidence(&self, row: usize) -> impl Iterator<Item = &str> {
        let watch = self.watches.get(row);
        let lines = watch.into_iter().flat_map(|watch| &watch.evidence);
        lines.map(String::as_str)
    }

    /// Whether no expectation needs to wait, other than for the end of the run.
    pub const fn is_decided(&self) -> bool {
        self.bounded == 0
    }

    /// How many expectations are decided.
    pub const fn decided(&self) -> usize {
        self.watches.len() - self.open
    }

    /// Whether there are expectations, and each of them is decided.
    pub const fn is_settled(&self) -> bool {
        self.open == 0 && !self.watches.is_empty()
    }

    fn keep(&mut self, row: usize, entry: &Entry<'_>, ledger: &Ledger) {
        let watch = &mut self.watches[row];
        if watch.evidence.len() == EVIDENCE_MAX {
            watch.evidence.pop_front();
        }
        watch.evidence.push_back(text::line(entry, ledger));
    }

    /// To be looked at when the instant is over.
    fn mark(&mut self, row: usize) {
        let watch = &mut self.watches[row];
        if watch.is_open && !watch.is_dirty {
            watch.is_dirty = true;
            self.dirty.push(row);
        }
    }

    fn end_instant(&mut self, ledger: &Ledger) {
        while let Some(row) = self.dirty.pop() {
            self.watches[row].is_dirty = false;
            self.look(row, self.instant, ledger);
        }
    }

    fn reach(&mut self, deadline: Deadline, ledger: &Ledger) {
        let watch = &mut self.watches[deadline.row];
        if watch.decision.is_some() {
            return;
        }
        match deadline.edge {
            Edge::Opens => {
                watch.is_open = true;
                self.look(deadline.row, deadline.at, ledger);
            }
            Edge::Closes => self.close(deadline.row, deadline.at, ledger),
        }
    }

    /// Looks at an expectation whose window is open.
    fn look(&mut self, row: usize, at: Time, ledger: &Ledger) {
        let watch = &mut self.watches[row];
        if watch.decision.is_some() {
            return;
        }
        let holds = watch.question.holds(ledger);
        let held = if watch.question.is_total() && !matches!(watch.window, Window::Never { .. }) {
            watch.question.total_is_settled()
        } else {
            match watch.window {
                Window::By { .. } | Window::At(_) => holds.then_some(true),
                Window::Always { .. } => (!holds).then_some(false),
                Window::Never { .. } => holds.then_some(false),
            }
        };
        if let Some(held) = held {
            self.decide(row, held, at, ledger);
        }
    }

    /// The window of an expectation that is not decided is over.
    fn close(&mut self, row: usize, at: Time, ledger: &Ledger) {
        let watch = &mut self.watches[row];
        let holds = watch.question.holds(ledger);
        let held = match watch.window {
            Window::By { .. } | Window::At(_) => holds,
            Window::Always { .. } => holds || !watch.question.is_total(),
            Window::Never { .. } => true,
        };
        self.decide(row, held, at, ledger);
    }

    fn decide(&mut self, row: usize, held: bool, at: Time, ledger: &Ledger) {
        let watch = &mut self.watches[row];
        let found = watch.question.found(ledger);
        self.open -= 1;
        self.bounded -= usize::from(watch.window.end().is_some());
        watch.decision = Some(Decision { held, at, found });
    }

    /// The run is over: what is undecided is decided by what there is. A `by` or `at` whose
    /// window is not over has failed.
    fn finish(&mut self, ledger: &Ledger) {
        let end = self.instant;
        self.end_instant(ledger);
        while let Some(deadline) = self.deadlines.get(self.next).copied()
            && deadline.at <= end
        {
            self.next += 1;
            self.reach(deadline, ledger);
        }
        for row in 0..self.watches.len() {
            let watch = &self.watches[row];
            if watch.decision.is_some() {
                continue;
            }
            match watch.window {
                Window::By { .. } | Window::At(_) => {
                    self.decide(row, false, end, ledger);
                    if let Some(decision) = &mut self.watches[row].decision {
                        decision.found += ", and the run is over";
                    }
                }
                Window::Always { .. } | Window::Never { .. } => self.close(row, end, ledger),
            }
        }
    }
}

impl Watch {
    /// Whether a message that is handled at this instant counts. For `at`, all so far count.
    fn counts(&self, at: Time) -> bool {
        let from = match self.window {
            Window::At(_) => Time::ZERO,
            Window::By { .. } | Window::Always { .. } | Window::Never { .. } => start(self.window),
        };
        self.decision.is_none()
            && self.question.is_total()
            && at >= from
            && self.window.end().is_none_or(|end| at <= end)
    }
}

/// The first instant of a window.
const fn start(window: Window) -> Time {
    match window {
        Window::By { after, .. } | Window::Always { after, .. } | Window::Never { after, .. } => {
            after
        }
        Window::At(at) => at,
    }
}
