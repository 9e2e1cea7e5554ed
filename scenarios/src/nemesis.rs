//! Random faults become ordinary ones: everything is drawn before the run begins, from the plan
//! and the seed alone. So a run's drawn faults can be written down and played again, and the
//! judges know them beforehand. What a fault does is not known here.

#[cfg(test)]
mod tests;

use crate::network::Shape;
use crate::scenario::plan::{
    FaultEnd, FaultPlan, FaultStart, FaultWord, LatencyPlan, Plan, RandomFault, Targets,
};
use crate::stream::Seeds;
use deploysim_protocol::time::Time;
use rand::Rng;
use std::borrow::Cow;
use std::time::Duration;

/// Drawn times are whole multiples of this, at least one: short to write down, and never between
/// two ticks of a world that has ticks.
const GRAIN: Duration = Duration::from_millis(10);

/// `plan` with the random faults of the run with this seed among its ordinary ones, after those
/// of the file, and no others left to draw.
pub fn drawn(plan: &Plan, seed: u64) -> Cow<'_, Plan> {
    if plan.nemesis.is_empty() {
        return Cow::Borrowed(plan);
    }
    let mut whole = plan.clone();
    whole.nemesis.clear();
    whole.faults.extend(draw(&plan.nemesis, plan.until, seed));
    Cow::Owned(whole)
}

/// The random faults of the run with this seed, in the order of their beginnings, up to `end`.
///
/// Each kind draws from a stream of its own ([`RandomFault::stream`]), for each occurrence the
/// gap before it, who is hit, and how long: what one kind draws does not depend on the others.
pub fn draw(nemesis: &[RandomFault], end: Time, seed: u64) -> Vec<FaultPlan> {
    let seeds = Seeds::new(seed);
    let mut faults: Vec<(Time, FaultPlan)> = (nemesis.iter())
        .flat_map(|random| occurrences(random, end, &seeds))
        .collect();
    // Stable: at one instant the order of the kinds decides.
    faults.sort_by_key(|(at, _)| *at);
    faults.into_iter().map(|(_, fault)| fault).collect()
}

fn occurrences(random: &RandomFault, end: Time, seeds: &Seeds) -> Vec<(Time, FaultPlan)> {
    let mut dice = seeds.chacha(&random.stream());
    let mean = random.every;
    let gaps = LatencyPlan {
        shape: Shape::Exponential { mean },
        max: None,
    };
    let (gaps, lengths) = (gaps.distribution(), random.lasting.distribution());
    let last = random.until.unwrap_or(end).min(end);
    let mut faults = Vec::new();
    let mut at = random.from;
    loop {
        at += whole_grains(gaps.draw(&mut dice));
        if at > last {
            return faults;
        }
        let word = one_of(&random.word, &mut dice);
        let lasting = whole_grains(lengths.draw(&mut dice));
        let fault = FaultPlan {
            start: FaultStart::At(at),
            end: FaultEnd::After(lasting),
            repeat: None,
            word,
        };
        faults.push((at, fault));
    }
}

/// The fault with one of its targets, or one of its first group, in the place of all.
fn one_of(word: &FaultWord, dice: &mut impl Rng) -> FaultWord {
    let mut word = word.clone();
    match &mut word {
        FaultWord::Partition { first, second, .. } | FaultWord::Delay { first, second, .. } => {
            keep_one(first, dice);
            // Nobody is cut off from itself.
            second.retain(|target| !first.contains(target));
        }
        FaultWord::Crash { targets, .. }
        | FaultWord::PowerLoss { targets }
        | FaultWord::Disk { targets, .. }
        | FaultWord::Pause { targets, .. }
        | FaultWord::Exit { targets, .. } => keep_one(targets, dice),
        FaultWord::Reset { .. } | FaultWord::Message { .. } => {
            unreachable!("reading a scenario makes no such random faults")
        }
    }
    word
}

fn keep_one(targets: &mut Targets, dice: &mut impl Rng) {
    let count = u64::try_from(targets.len()).expect("a list is shorter than 2^64");
    // A 64-bit draw on every platform: ranges over `usize` are not portable.
    let index = dice.random_range(0..count);
    let index = usize::try_from(index).expect("it is below the length of a list");
    *targets = vec![targets.swap_remove(index)];
}

fn whole_grains(duration: Duration) -> Duration {
    let grains = duration.as_nanos().div_ceil(GRAIN.as_nanos()).max(1);
    let grains = u64::try_from(grains).expect("a draw is shorter than 584 years");
    Duration::from_nanos(grains * 10_000_000)
}
