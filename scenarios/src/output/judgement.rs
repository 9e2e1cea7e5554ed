//! What a run came to, for people: a line for each expectation and for what the invariants say,
//! with the evidence where something failed.

use crate::defect;
use crate::invariant::Violation;
use crate::outcome::{Announced, Judged, Liveness, Outcome, Read, Reading};
use crate::scenario::plan::Frequency;

/// What stands before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// ✓
    Held,
    /// ✗
    Failed,
    /// Neither good nor bad.
    Noted,
    /// Belongs to the line before.
    Evidence,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What stands before it.
    pub mark: Mark,
    /// What it says.
    pub text: String,
}

/// All lines about a run.
pub fn all(outcome: &Outcome) -> Vec<Line> {
    let mut lines = Vec::new();
    for judged in &outcome.expectations {
        expectation(judged, &mut lines);
    }
    for read in &outcome.violations {
        self::read(read, &mut lines);
    }
    for announced in outcome.announced.iter().filter(|one| !one.seen) {
        self::announced(announced, &mut lines);
    }
    let is_judged = outcome.liveness != Liveness::NoInvariants;
    if outcome.violations.is_empty() && is_judged {
        line(Mark::Held, "every invariant held".to_owned(), &mut lines);
    }
    let missing = match outcome.liveness {
        Liveness::Checked => return lines,
        Liveness::NotChecked => "liveness was not checked: the scenario does not settle",
        Liveness::NoInvariants => "invariants are not checked in the live world",
    };
    line(Mark::Noted, missing.to_owned(), &mut lines);
    lines
}

/// The lines about what failed.
pub fn failures(outcome: &Outcome) -> Vec<Line> {
    let mut lines = Vec::new();
    let failed = outcome.expectations.iter().filter(|one| !one.is_met());
    for judged in failed {
        expectation(judged, &mut lines);
    }
    for read in outcome.violations.iter().filter(|one| !one.is_claimed()) {
        self::read(read, &mut lines);
    }
    for announced in outcome.announced.iter().filter(|one| !one.is_met()) {
        self::announced(announced, &mut lines);
    }
    lines
}

fn read(read: &Read, lines: &mut Vec<Line>) {
    let violation = &read.violation;
    match &read.reading {
        Reading::Announced(defect) => {
            let text = format!("{}: announced, the work of {defect}", headline(violation));
            line(Mark::Held, text, lines);
        }
        Reading::Tolerated(defect) => {
            let text = format!("{}: tolerated, the work of {defect}", headline(violation));
            line(Mark::Noted, text, lines);
        }
        Reading::Unclaimed => {
            line(Mark::Failed, headline(violation), lines);
            evidence(&violation.evidence, lines);
            let known: Vec<&str> = defect::explaining(violation).map(|it| it.id).collect();
            if !known.is_empty() {
                let text = format!("known defects that look like this: {}", known.join(", "));
                line(Mark::Evidence, text, lines);
            }
        }
    }
}

/// A violation in one line.
fn headline(violation: &Violation) -> String {
    let Violation {
        invariant,
        at,
        sentence,
        ..
    } = violation;
    match violation.count {
        1 => format!("{invariant} is violated at {at}: {sentence}"),
        count => format!("{invariant} is violated at {at}, {count} times in all: {sentence}"),
    }
}

/// An announced violation that was not seen.
fn announced(announced: &Announced, lines: &mut Vec<Line>) {
    let expected = &announced.expected;
    let text = format!(
        "{} should be violated by {}, and was not",
        expected.invariant, expected.defect
    );
    let mark = if announced.is_met() {
        Mark::Noted
    } else {
        Mark::Failed
    };
    line(mark, text, lines);
}

fn expectation(judged: &Judged, lines: &mut Vec<Line>) {
    let decision = &judged.decision;
    let (sentence, at, found) = (&judged.sentence, decision.at, &decision.found);
    if decision.held {
        return line(Mark::Held, format!("{sentence}: decided at {at}"), lines);
    }
    let text = format!("{sentence}: decided at {at}, found {found}");
    if judged.frequency == Frequency::Sometimes {
        return line(Mark::Noted, text, lines);
    }
    line(Mark::Failed, text, lines);
    evidence(&judged.evidence, lines);
}

fn evidence(evidence: &[String], lines: &mut Vec<Line>) {
    for text in evidence {
        line(Mark::Evidence, text.clone(), lines);
    }
}

fn line(mark: Mark, text: String, lines: &mut Vec<Line>) {
    lines.push(Line { mark, text });
}
