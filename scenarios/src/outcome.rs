//! What a run came to: plain data that outlives the run. What several runs with different seeds
//! add up to is in `series.rs`.

use crate::defect;
use crate::expectation::{Decision, Judge};
use crate::invariant::Violation;
use crate::scenario::plan::{ExpectedViolation, Frequency, Plan, Settle};
use crate::world::queue::Played;
use deploysim_protocol::time::Time;

/// What one run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The seed of the run.
    pub seed: u64,
    /// When it ended.
    pub end: Time,
    /// Inputs that were handed to nodes.
    pub inputs: u64,
    /// Steps that the world took.
    pub steps: u64,
    /// Whether the run went on after the fault phase until liveness could be judged.
    pub liveness: Liveness,
    /// What became of the scenario's expectations, in the order of the file.
    pub expectations: Vec<Judged>,
    /// What the invariants found, in the order in which it was first seen.
    pub violations: Vec<Read>,
    /// The violations that the scenario announces, in the order of the file.
    pub announced: Vec<Announced>,
}

/// A violation, and how the scenario makes one read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What did not hold.
    pub violation: Violation,
    /// Whether that is a failure.
    pub reading: Reading,
}

/// How a violation is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The scenario announces it, as the work of this defect.
    Announced(String),
    /// The scenario tolerates this defect, whose evidence it shows.
    Tolerated(String),
    /// Nothing in the scenario claims it: a failure.
    Unclaimed,
}

/// A violation that the scenario announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Which.
    pub expected: ExpectedViolation,
    /// Whether this run showed it.
    pub seen: bool,
}

/// Whether liveness was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It was.
    Checked,
    /// The scenario turned it off.
    NotChecked,
    /// No invariant was: the world does not show what its nodes note.
    NoInvariants,
}

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The expectation, for people.
    pub sentence: String,
    /// Over which seeds it must hold.
    pub frequency: Frequency,
    /// Whether it held, when that was decided, and what was found.
    pub decision: Decision,
    /// The last lines of the trace that touch what it is about.
    pub evidence: Vec<String>,
}

impl Outcome {
    /// Collects what the judges of a run that is over decided; without violations there was no judge
    /// of invariants.
    pub fn new(
        plan: &Plan,
        seed: u64,
        played: Played,
        judge: &Judge,
        violations: Option<&[Violation]>,
    ) -> Self {
        let liveness = match (violations, plan.settle) {
            (None, _) => Liveness::NoInvariants,
            (Some(_), Settle::UntilDecided | Settle::AtMost(_)) => Liveness::Checked,
            (Some(_), Settle::Off) => Liveness::NotChecked,
        };
        let violations = violations.unwrap_or_default();
        let decided = plan.expectations.iter().zip(judge.decisions()).enumerate();
        let expectations = decided
            .map(|(row, (expectation, decision))| Judged {
                sentence: expectation.to_string(),
                frequency: expectation.frequency,
                decision: decision.cloned().unwrap_or_else(|| Decision {
                    held: false,
                    at: played.end,
                    found: "it was not decided".to_owned(),
                }),
                evidence: judge.evidence(row).map(str::to_owned).collect(),
            })
            .collect();
        Self {
            seed,
            end: played.end,
            inputs: played.inputs,
            steps: played.steps,
            liveness,
            expectations,
            violations: violations.iter().map(|one| read(plan, one)).collect(),
            announced: (plan.expected_violations.iter())
                .map(|expected| Announced {
                    expected: expected.clone(),
                    seen: violations.iter().any(|one| is_announced(expected, one)),
                })
                .collect(),
        }
    }

    /// Whether everything held that must hold on every seed.
    pub fn holds(&self) -> bool {
        self.expectations.iter().all(Judged::is_met)
            && self.violations.iter().all(Read::is_claimed)
            && self.announced.iter().all(Announced::is_met)
    }
}

impl Read {
    /// Whether the scenario reckons with it.
    pub fn is_claimed(&self) -> bool {
        self.reading != Reading::Unclaimed
    }
}

impl Announced {
    /// Whether this run does not speak against it.
    pub fn is_met(&self) -> bool {
        self.seen || self.expected.frequency == Frequency::Sometimes
    }
}

/// How the scenario makes one read a violation.
fn read(plan: &Plan, violation: &Violation) -> Read {
    let mut announced = plan.expected_violations.iter();
    let mut tolerated = plan.tolerated.iter();
    let reading = if let Some(expected) = announced.find(|it| is_announced(it, violation)) {
        Reading::Announced(expected.defect.clone())
    } else if let Some(defect) = tolerated.find(|id| explains(id, violation)) {
        Reading::Tolerated(defect.clone())
    } else {
        Reading::Unclaimed
    };
    Read {
        violation: violation.clone(),
        reading,
    }
}

fn is_announced(expected: &ExpectedViolation, violation: &Violation) -> bool {
    expected.invariant == violation.invariant && explains(&expected.defect, violation)
}

fn explains(defect: &str, violation: &Violation) -> bool {
    defect::known(defect).is_some_and(|defect| defect.explains(violation))
}

impl Judged {
    /// Whether this run does not speak against it: what must hold on some seed only may fail on
    /// this one.
    pub fn is_met(&self) -> bool {
        self.decision.held || self.frequency == Frequency::Sometimes
    }
}
