//! What the runs of one scenario with several seeds add up to: which failed, and what was to be
//! seen on some seed and was seen on none.

#[cfg(test)]
mod tests;

use crate::outcome::{Outcome, Reading};
use crate::scenario::plan::Frequency;
use std::collections::BTreeMap;

/// The runs of one scenario so far.
#[derive(Clone, Debug, Default)]
pub struct Series {
    runs: u64,
    inputs: u64,
    failed: BTreeMap<u64, Outcome>,
    /// What some seed must show: whether one did.
    wanted: BTreeMap<String, bool>,
    tolerated: BTreeMap<String, u64>,
}

impl Series {
    /// Adds a run.
    pub fn add(&mut self, outcome: Outcome) {
        self.runs += 1;
        self.inputs += outcome.inputs;
        for judged in &outcome.expectations {
            if judged.frequency == Frequency::Sometimes {
                let seen = self.wanted.entry(judged.sentence.clone()).or_default();
                *seen |= judged.decision.held;
            }
        }
        for announced in &outcome.announced {
            let expected = &announced.expected;
            if expected.frequency == Frequency::Sometimes {
                let sentence = format!("{} by {}", expected.invariant, expected.defect);
                *self.wanted.entry(sentence).or_default() |= announced.seen;
            }
        }
        for read in &outcome.violations {
            if let Reading::Tolerated(defect) = &read.reading {
                *self.tolerated.entry(defect.clone()).or_default() += read.violation.count;
            }
        }
        if !outcome.holds() {
            self.failed.insert(outcome.seed, outcome);
        }
    }

    /// Runs so far.
    pub const fn runs(&self) -> u64 {
        self.runs
    }

    /// Inputs that were handed to nodes, in all runs.
    pub const fn inputs(&self) -> u64 {
        self.inputs
    }

    /// The runs that failed, by their seeds.
    pub fn failed(&self) -> impl ExactSizeIterator<Item = &Outcome> {
        self.failed.values()
    }

    /// What should have been seen on some seed, and was on none.
    pub fn unseen(&self) -> impl Iterator<Item = &str> {
        let unseen = self.wanted.iter().filter(|(_, seen)| !**seen);
        unseen.map(|(sentence, _)| sentence.as_str())
    }

    /// The defects that the scenario tolerates and that were seen, and how often.
    pub fn tolerated(&self) -> impl Iterator<Item = (&str, u64)> {
        let counted = self.tolerated.iter();
        counted.map(|(defect, count)| (defect.as_str(), *count))
    }

    /// Whether everything held.
    pub fn holds(&self) -> bool {
        self.failed.is_empty() && self.unseen().next().is_none()
    }
}
