//! Failures of machines become ordinary faults: everything is drawn before the run begins, from
//! the plan and the seed alone. Every machine and every rack is a renewal process with streams of
//! its own; what several of them do to one machine at a time is one failure. What a fault does is
//! not known here.

#[cfg(test)]
mod tests;

use crate::network::Latency;
use crate::scenario::plan::{
    Breakdown, FailureUnit, FailuresPlan, FaultEnd, FaultPlan, FaultStart, Plan, Target, Targets,
};
use crate::stream::Seeds;
use deploysim_protocol::time::Time;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// Drawn times are rounded up to whole multiples of this, as those of random faults.
const GRAIN: u64 = 10_000_000;

/// `plan` with the failures of the run with this seed among its ordinary faults, after those of
/// the file, and no others left to draw.
pub fn drawn(plan: &Plan, seed: u64) -> Cow<'_, Plan> {
    if plan.failures.is_empty() {
        return Cow::Borrowed(plan);
    }
    let mut whole = plan.clone();
    let seeds = Seeds::new(seed);
    for own in std::mem::take(&mut whole.failures) {
        whole.faults.extend(draw(&own, plan.until, &seeds));
    }
    Cow::Owned(whole)
}

/// The failures of machines that fail alike, in the order of their beginnings, up to `end`. Those
/// of one beginning and end are one fault.
fn draw(failures: &FailuresPlan, end: Time, seeds: &Seeds) -> Vec<FaultPlan> {
    let machines = &failures.machines;
    let last = failures.until.unwrap_or(end).min(end);
    let size = failures.rack.map_or(machines.len(), |rack| rack as usize);
    let mut outages = vec![Vec::new(); machines.len()];
    for (number, rack) in machines.chunks(size.max(1)).enumerate() {
        let first = number * size;
        match failures.unit {
            FailureUnit::Rack => {
                let mut unit = Unit::new(failures, &format!("rack {}", number + 1), seeds);
                let own: Vec<Outage> = std::iter::from_fn(|| unit.next(last)).collect();
                outages[first..first + rack.len()].fill(own);
            }
            FailureUnit::Machine { together } => {
                for (place, machine) in rack.iter().enumerate() {
                    let name = machine.to_string();
                    let mut unit = Unit::new(failures, &name, seeds);
                    let mut dice = seeds.chacha(&failures.stream(&name, "together"));
                    while let Some(outage) = unit.next(last) {
                        let unit: f64 = dice.random();
                        let hit = match unit < together {
                            true => first..first + rack.len(),
                            false => first + place..first + place + 1,
                        };
                        for own in &mut outages[hit] {
                            own.push(outage);
                        }
                    }
                }
            }
        }
    }
    faults(failures.breakdown, machines.iter().zip(outages))
}

/// From when to when a machine is down.
pub(crate) type Outage = (Time, Time);

/// The renewal process of one machine or rack.
struct Unit {
    at: Time,
    up: (Latency, ChaCha8Rng),
    down: (Latency, ChaCha8Rng),
}

impl Unit {
    fn new(failures: &FailuresPlan, name: &str, seeds: &Seeds) -> Self {
        let stream = |purpose| seeds.chacha(&failures.stream(name, purpose));
        Self {
            at: failures.from,
            up: (failures.up.unclipped(), stream("up")),
            down: (failures.down.unclipped(), stream("down")),
        }
    }

    /// The next failure that begins up to `last`.
    fn next(&mut self, last: Time) -> Option<Outage> {
        let (up, dice) = &mut self.up;
        self.at += whole_grains(up.draw(dice));
        let from = self.at;
        let (down, dice) = &mut self.down;
        self.at += whole_grains(down.draw(dice));
        Some((from, self.at)).filter(|(from, _)| *from <= last)
    }
}

/// At least one, so that time goes on.
fn whole_grains(duration: Duration) -> Duration {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(nanos.div_ceil(GRAIN).max(1).saturating_mul(GRAIN))
}

/// Outages of machines as faults: what overlaps or touches at one machine is one, and machines that
/// are down from one instant to the same other one fail together.
pub(crate) fn faults<'a>(
    breakdown: Breakdown,
    outages: impl Iterator<Item = (&'a Target, Vec<Outage>)>,
) -> Vec<FaultPlan> {
    let mut together: BTreeMap<Outage, Targets> = BTreeMap::new();
    for (machine, mut own) in outages {
        own.sort_unstable();
        let mut merged: Vec<Outage> = Vec::new();
        for (from, to) in own {
            match merged.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                Some(_) | None => merged.push((from, to)),
            }
        }
        for outage in merged {
            together.entry(outage).or_default().push(machine.clone());
        }
    }
    let fault = |((from, to), machines): (Outage, Targets)| FaultPlan {
        start: FaultStart::At(from),
        end: FaultEnd::After(to.since(from)),
        repeat: None,
        word: breakdown.word(machines),
    };
    together.into_iter().map(fault).collect()
}
