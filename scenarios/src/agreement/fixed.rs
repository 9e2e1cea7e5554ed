//! A scenario with every drawn time made fixed: what remains is what two worlds must agree on to
//! the instant. Only lengths change; who is there and what happens stays as it is.
//!
//! Each pair of machines gets a latency of its own, so that what two peers say at one instant
//! does not come at one instant: which of two came first would be an accident in any world.

use crate::scenario::plan::{
    ApplicationEnd, ApplicationWork, DiskTrouble, ElectionPlan, FaultWord, LatencyPlan, LinkPlan,
    Plan, Target,
};
use crate::world::turmoil::{tick, whole_ticks};
use std::time::Duration;

/// How many different latencies there are; with more pairs of machines they come again. Their
/// ticks are 1, 4, 7 …: one more than a multiple of three, so that one way, two ways in a row and
/// three never take equally long.
const LATENCIES: u32 = 12;

/// `plan`, in which nothing is left to draw ([`crate::run::drawn`]), with fixed latencies, and with every other distribution replaced by its median, in
/// whole ticks, at least one. Bandwidth is lifted, since bytes do not come in ticks.
pub fn fixed(plan: &Plan) -> Plan {
    let tick = tick(plan);
    let mut fixed = plan.clone();
    let network = &mut fixed.network;
    fix(&mut network.latency, tick);
    network.bandwidth = None;
    network.answer_delay = whole_ticks(network.answer_delay, tick);
    for link in &mut network.links {
        link.bandwidth = None;
        if let Some(latency) = &mut link.latency {
            fix(latency, tick);
        }
    }
    // The last link that fits counts: what the scenario says of a link stays.
    let mut links = lengths(plan, tick);
    links.append(&mut network.links);
    network.links = links;
    fix(&mut fixed.process.start, tick);
    fix(&mut fixed.process.stop, tick);
    if let Some(election) = &mut fixed.election {
        fix_election(election, tick);
    }
    fixed.store.call = whole_ticks(fixed.store.call, tick);
    for application in &mut fixed.applications {
        fix_work(&mut application.work, tick);
    }
    for driver in &mut fixed.drivers {
        if let Some(run) = &mut driver.run {
            fix(run, tick);
        }
        if let Some((_, work)) = &mut driver.application {
            fix_work(work, tick);
        }
    }
    let own = fixed.faults.iter_mut().map(|fault| &mut fault.word);
    let random = fixed.nemesis.iter_mut().map(|random| &mut random.word);
    for word in own.chain(random) {
        if let FaultWord::Delay { amount, .. } = word {
            fix(amount, tick);
        } else if let FaultWord::Disk {
            trouble: DiskTrouble::Slow(longer),
            ..
        } = word
        {
            *longer = whole_ticks(*longer, tick);
        }
    }
    fixed
}

/// A latency for each pair of machines that speak with each other.
fn lengths(plan: &Plan, tick: Duration) -> Vec<LinkPlan> {
    let masters = plan.cluster.masters.iter().cloned().map(Target::Master);
    let masters: Vec<Target> = masters.collect();
    let workers = plan.cluster.workers.iter();
    let workers: Vec<Target> = workers.map(|it| Target::Worker(it.name.clone())).collect();
    let applications = plan.applications.iter();
    let applications: Vec<Target> = applications
        .map(|it| Target::Application(it.work.name.clone()))
        .collect();
    let election: Vec<Target> = plan.election.iter().map(|_| Target::Election).collect();
    let pairs = (pairs(&election, &masters)
        .chain(pairs(&masters, &workers))
        .chain(pairs(&masters, &applications)))
    .chain(pairs(&applications, &workers))
    .chain(pairs(&workers, &workers));
    (0..LATENCIES)
        .cycle()
        .zip(pairs)
        .map(|(number, between)| LinkPlan {
            between,
            latency: Some(LatencyPlan::constant(tick * (1 + 3 * number))),
            bandwidth: None,
        })
        .collect()
}

fn pairs<'a>(
    ones: &'a [Target],
    others: &'a [Target],
) -> impl Iterator<Item = (Target, Target)> + 'a {
    let all = ones.iter().enumerate().flat_map(move |(row, one)| {
        // Within one list each pair comes once.
        let from = if std::ptr::eq(ones, others) {
            row + 1
        } else {
            0
        };
        others[from.min(others.len())..]
            .iter()
            .map(move |other| (one, other))
    });
    all.map(|(one, other)| (one.clone(), other.clone()))
}

/// Both thirds of the session time-out, too, are whole ticks.
fn fix_election(election: &mut ElectionPlan, tick: Duration) {
    election.session_timeout = whole_ticks(election.session_timeout, tick * 3);
    election.connection_timeout = whole_ticks(election.connection_timeout, tick);
    for delay in [&mut election.suspend_delay, &mut election.callback_delay] {
        let median = whole_ticks(delay.distribution().median(), tick);
        *delay = LatencyPlan::constant(median);
    }
}

fn fix_work(work: &mut ApplicationWork, tick: Duration) {
    fix(&mut work.executor_exits.after, tick);
    if let ApplicationEnd::Tasks { work, tasks } = &mut work.end {
        // So the last task, too, takes whole ticks.
        *work = whole_ticks(*work, tick);
        fix(&mut tasks.each, tick);
    }
}

fn fix(latency: &mut LatencyPlan, tick: Duration) {
    *latency = LatencyPlan::constant(whole_ticks(latency.distribution().median(), tick).max(tick));
}
