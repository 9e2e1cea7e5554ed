//! Whether two worlds tell the same story. Where every time of a scenario is a whole number of
//! ticks, each node must be handed the same inputs, in the same order from each peer, at the same
//! instants; what comes from different peers at one instant may swap. And the judges must come
//! to the same verdict. This defends the cheap world by the faithful one, and the other way round.

mod fixed;
mod short;
mod story;
#[cfg(test)]
mod tests;

pub use fixed::fixed;
pub use short::short;
pub use story::{Line, Story};

use crate::outcome::Outcome;
use crate::run::{self, RunError};
use crate::scenario::plan::Plan;
use crate::world::World;
use deploysim_protocol::time::Time;
use std::fmt;

/// Lines that are shown of each side before the stories part.
const SHOWN_BEFORE: usize = 10;

/// What comparing two worlds came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// They agree.
    Agree {
        /// How many inputs were compared.
        inputs: usize,
        /// Until when.
        until: Time,
    },
    /// A node was handed something else.
    Part(Box<Parting>),
    /// The nodes were handed the same, and the judges disagree; in words.
    Verdicts(String),
}

impl Agreement {
    /// Whether they agree.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Agree { .. })
    }
}

/// The first input in which the stories of a node differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The node.
    pub node: String,
    /// When.
    pub at: Time,
    /// Each world's name, the lines before, and the line that differs, if there is one.
    pub sides: [(&'static str, Vec<Line>, Option<Line>); 2],
}

impl fmt::Display for Parting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "the stories of {} part at {}",
            self.node, self.at
        )?;
        for (world, before, line) in &self.sides {
            writeln!(formatter, "  {world}:")?;
            for line in before {
                writeln!(formatter, "      {line}")?;
            }
            match line {
                Some(line) => writeln!(formatter, "    > {line}")?,
                None => writeln!(formatter, "    > nothing")?,
            }
        }
        Ok(())
    }
}

/// Plays a scenario in both worlds and compares what they tell. The scenario should have
/// [`fixed`] times.
///
/// # Errors
/// If a world cannot play it.
pub fn compare(plan: &Plan, seed: u64) -> Result<Agreement, RunError> {
    let (queue, queue_story) = play(World::Queue, plan, seed)?;
    let (turmoil, turmoil_story) = play(World::Turmoil, plan, seed)?;
    let until = queue.end.min(turmoil.end);
    if let Some(parting) = part(&queue_story, &turmoil_story, until) {
        return Ok(Agreement::Part(Box::new(parting)));
    }
    if let Some(difference) = verdicts(&queue, &turmoil) {
        return Ok(Agreement::Verdicts(difference));
    }
    let lines = queue_story.nodes().values().flatten();
    let inputs = lines.filter(|line| line.at < until).count();
    Ok(Agreement::Agree { inputs, until })
}

fn play(world: World, plan: &Plan, seed: u64) -> Result<(Outcome, Story), RunError> {
    let mut story = Story::default();
    let outcome = run::play(world, plan, seed, &mut [&mut story])?;
    Ok((outcome, story))
}

/// Where the stories part first, strictly before the end of the shorter run.
fn part(queue: &Story, turmoil: &Story, until: Time) -> Option<Parting> {
    let mut first: Option<Parting> = None;
    let names = queue.nodes().keys().chain(turmoil.nodes().keys());
    for node in names {
        let sides = [queue, turmoil].map(|story| canonical(story, node, until));
        let Some(index) = difference(&sides[0], &sides[1]) else {
            continue;
        };
        let at = (sides.iter())
            .filter_map(|side| side.get(index))
            .map(|line| line.at)
            .min()
            .expect("one of them has a line where they differ");
        if first.as_ref().is_none_or(|first| at < first.at) {
            let [queue, turmoil] = sides.map(|side| {
                let before = side[index.saturating_sub(SHOWN_BEFORE)..index].to_vec();
                (before, side.get(index).cloned())
            });
            first = Some(Parting {
                node: node.clone(),
                at,
                sides: [
                    (World::Queue.name(), queue.0, queue.1),
                    (World::Turmoil.name(), turmoil.0, turmoil.1),
                ],
            });
        }
    }
    first
}

/// A node's inputs before `until`, those of one instant ordered by their peers. The sort is
/// stable: what comes from one peer keeps its order.
fn canonical(story: &Story, node: &str, until: Time) -> Vec<Line> {
    let lines = story.nodes().get(node).into_iter().flatten();
    let mut lines: Vec<Line> = lines.filter(|line| line.at < until).cloned().collect();
    lines.sort_by(|one, other| (one.at, &one.peer).cmp(&(other.at, &other.peer)));
    lines
}

fn difference(one: &[Line], other: &[Line]) -> Option<usize> {
    let shared = one.len().min(other.len());
    (0..shared)
        .find(|index| one[*index] != other[*index])
        .or_else(|| (one.len() != other.len()).then_some(shared))
}

/// In what the verdicts differ.
fn verdicts(queue: &Outcome, turmoil: &Outcome) -> Option<String> {
    for (one, other) in queue.expectations.iter().zip(&turmoil.expectations) {
        if one.decision.held != other.decision.held {
            let say = |held: bool| if held { "held" } else { "failed" };
            return Some(format!(
                "{}: {} in the queue world, {} on turmoil",
                one.sentence,
                say(one.decision.held),
                say(other.decision.held)
            ));
        }
    }
    let found = [queue, turmoil].map(|outcome| {
        let mut found: Vec<&str> = (outcome.violations.iter())
            .map(|read| read.violation.fingerprint.as_str())
            .collect();
        found.sort_unstable();
        found
    });
    (found[0] != found[1]).then(|| {
        format!(
            "violations in the queue world: {:?}; on turmoil: {:?}",
            found[0], found[1]
        )
    })
}
