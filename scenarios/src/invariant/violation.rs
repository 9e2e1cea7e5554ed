//! Violations, and the evidence for them: the latest notable entries, of which those are shown
//! that name what a violation is about.

use crate::ledger::Ledger;
use crate::trace::{Entry, Fact, NodeId, Tampering, text};
use deploysim_protocol::event::{Event, MasterEvent, WorkerEvent};
use deploysim_protocol::id::{ApplicationId, WorkerId};
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Lines of evidence at most.
const EVIDENCE_MAX: usize = 12;

/// How far back a note is looked for that says the same.
const REPEATED: usize = 8;

/// Notable entries that are remembered.
const REMEMBERED: usize = 1024;

/// Something did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's id.
    pub invariant: &'static str,
    /// When it was seen first.
    pub at: Time,
    /// Names of the nodes that it is about.
    pub nodes: Vec<String>,
    /// What was found: ids, times and numbers.
    pub sentence: String,
    /// The last lines of the trace that name what it is about.
    pub evidence: Vec<String>,
    /// What led to it, in fixed words; known defects are recognised by them.
    pub marks: Vec<&'static str>,
    /// The same for violations that differ only in names, times and numbers.
    pub fingerprint: String,
    /// How often it was seen.
    pub count: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} at {}: {}",
            self.invariant, self.at, self.sentence
        )?;
        for line in &self.evidence {
            write!(formatter, "\n    {line}")?;
        }
        Ok(())
    }
}

/// What a checker found.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    pub(super) invariant: &'static str,
    pub(super) nodes: Vec<NodeId>,
    /// Texts of which a line of evidence names one.
    pub(super) subjects: Vec<String>,
    pub(super) marks: Vec<&'static str>,
    pub(super) sentence: String,
}

impl Finding {
    pub(super) fn new(invariant: &'static str, sentence: String) -> Self {
        Self {
            invariant,
            sentence,
            ..Self::default()
        }
    }

    pub(super) fn at(mut self, node: NodeId) -> Self {
        self.nodes.push(node);
        self
    }

    pub(super) fn about(mut self, subject: impl fmt::Display) -> Self {
        self.subjects.push(subject.to_string());
        self
    }

    pub(super) fn mark(mut self, mark: &'static str) -> Self {
        if !mark.is_empty() {
            self.marks.push(mark);
        }
        self
    }
}

/// A notable entry, kept.
#[derive(Clone, Copy, Debug)]
enum Trail {
    Whole(Fact<'static>),
    /// What was tampered with, by its kind.
    Tampered(&'static str, Tampering),
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    trail: VecDeque<(Time, NodeId, Trail)>,
    violations: Vec<Violation>,
    known: BTreeMap<String, usize>,
}

impl Log {
    pub(super) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Remembers an entry if it is notable.
    pub(super) fn remember(&mut self, entry: &Entry<'_>) {
        let trail = match entry.fact {
            Fact::Note(event) => {
                if is_routine(&event) {
                    return;
                }
                Trail::Whole(Fact::Note(event))
            }
            Fact::FaultBegan { fault } => Trail::Whole(Fact::FaultBegan { fault }),
            Fact::FaultEnded { fault } => Trail::Whole(Fact::FaultEnded { fault }),
            Fact::Started(start) => Trail::Whole(Fact::Started(start)),
            Fact::Ended { end } => Trail::Whole(Fact::Ended { end }),
            Fact::Paused => Trail::Whole(Fact::Paused),
            Fact::Resumed => Trail::Whole(Fact::Resumed),
            Fact::ChildSignalled { name, signal } => {
                Trail::Whole(Fact::ChildSignalled { name, signal })
            }
            Fact::Settling => Trail::Whole(Fact::Settling),
            Fact::Tampered {
                unit, tampering, ..
            } => Trail::Tampered(unit.kind(), tampering),
            Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::Sent { .. }
            | Fact::Received { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::Finished => return,
        };
        if self.repeats(entry.node, &trail) {
            return;
        }
        if self.trail.len() == REMEMBERED {
            self.trail.pop_front();
        }
        self.trail.push_back((entry.at, entry.node, trail));
    }

    /// Whether a note is the same as one of the last: a worker that is ignored says the same
    /// thing every time.
    fn repeats(&self, node: NodeId, trail: &Trail) -> bool {
        let Trail::Whole(Fact::Note(event)) = trail else {
            return false;
        };
        let last = self.trail.iter().rev().take(REPEATED);
        last.into_iter().any(|(_, own, kept)| {
            matches!(kept, Trail::Whole(Fact::Note(before)) if *own == node && before == event)
        }) && matches!(
            event,
            Event::Master(MasterEvent::HeartbeatIgnored { .. } | MasterEvent::ReconnectAsked { .. })
        )
    }

    /// Records a finding; one that differs from an earlier one only in names, times and numbers
    /// is counted there.
    pub(super) fn record(&mut self, at: Time, finding: Finding, ledger: &Ledger) {
        let mut fingerprint = finding.invariant.to_owned();
        for mark in &finding.marks {
            fingerprint.push(' ');
            fingerprint.push_str(mark);
        }
        if let Some(known) = self.known.get(&fingerprint) {
            self.violations[*known].count += 1;
            return;
        }
        let nodes = finding.nodes.iter();
        let nodes: Vec<String> = nodes.map(|node| ledger.name(*node).to_string()).collect();
        let mut subjects = finding.subjects;
        subjects.extend(
            nodes
                .iter()
                .filter(|name| !name.starts_with("master-"))
                .cloned(),
        );
        let names: Vec<String> = subjects
            .iter()
            .filter_map(|subject| named(subject, ledger))
            .collect();
        subjects.extend(names);
        let evidence = self.evidence(&subjects, ledger);
        self.known
            .insert(fingerprint.clone(), self.violations.len());
        self.violations.push(Violation {
            invariant: finding.invariant,
            at,
            nodes,
            sentence: finding.sentence,
            evidence,
            marks: finding.marks,
            fingerprint,
            count: 1,
        });
    }

    fn evidence(&self, subjects: &[String], ledger: &Ledger) -> Vec<String> {
        let mut lines = VecDeque::new();
        for (at, node, trail) in self.trail.iter().rev() {
            if lines.len() == EVIDENCE_MAX {
                break;
            }
            let line = line(*at, *node, trail, ledger);
            let is_fault = matches!(
                trail,
                Trail::Whole(Fact::FaultBegan { .. } | Fact::FaultEnded { .. })
                    | Trail::Tampered(..)
            );
            if is_fault || subjects.iter().any(|subject| names(&line, subject)) {
                lines.push_front(line);
            }
        }
        lines.into()
    }
}

/// Whether a line names the subject, and not only something that begins with the same letters.
fn names(line: &str, subject: &str) -> bool {
    line.match_indices(subject).any(|(at, found)| {
        let next = line[at + found.len()..].chars().next();
        let before = line[..at].chars().next_back();
        !next.is_some_and(char::is_alphanumeric) && !before.is_some_and(char::is_alphanumeric)
    })
}

/// Notes that come all the time, and say nothing of their own.
const fn is_routine(event: &Event) -> bool {
    matches!(
        event,
        Event::Worker(WorkerEvent::HeartbeatSent)
            | Event::Master(
                MasterEvent::WorkerHeard { .. }
                    | MasterEvent::ScheduleBegan
                    | MasterEvent::ScheduleEnded { .. }
            )
    )
}

fn line(at: Time, node: NodeId, trail: &Trail, ledger: &Ledger) -> String {
    match trail {
        Trail::Whole(fact) => {
            let fact = *fact;
            text::line(&Entry { at, node, fact }, ledger)
        }
        Trail::Tampered(kind, tampering) => {
            let what = match tampering {
                Tampering::Dropped => "loses",
                Tampering::Duplicated => "gets twice",
                Tampering::Delayed => "gets late",
                Tampering::Reordered => "gets out of order",
            };
            let name = ledger.name(node).to_string();
            format!("{:>14}  {name:<14}  {what} {kind}", at.to_string())
        }
    }
}

/// The names by which lines show what findings call by its id.
fn named(subject: &str, ledger: &Ledger) -> Option<String> {
    let worker = ledger.worker_node(WorkerId::new(subject));
    if let Some(node) = worker {
        return Some(ledger.name(node).to_string());
    }
    let (application, number) = match subject.rsplit_once('/') {
        Some((application, number)) => (application, Some(number)),
        None => (subject, None),
    };
    let name = ledger.application_name(ApplicationId::new(application))?;
    Some(match number {
        Some(number) => format!("{name}/{number}"),
        None => name.to_string(),
    })
}
