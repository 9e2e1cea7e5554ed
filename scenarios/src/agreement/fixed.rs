//! A scenario with every drawn time made fixed: what remains is what two worlds must agree on to
//! the instant. Only lengths change; who is there and what happens stays as it is.

use crate::network::{Latency, Shape};
use crate::scenario::plan::{ApplicationWork, FaultWord, LatencyPlan, Plan};
use std::time::Duration;

/// `plan` with each distribution replaced by one of its own median, in whole ticks, at least one.
/// Bandwidth is lifted, since bytes do not come in ticks.
pub fn fixed(plan: &Plan, tick: Duration) -> Plan {
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
    fix(&mut fixed.process.start, tick);
    fix(&mut fixed.process.stop, tick);
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
    for fault in &mut fixed.faults {
        if let FaultWord::Delay { amount, .. } = &mut fault.word {
            fix(amount, tick);
        }
    }
    fixed
}

fn fix_work(work: &mut ApplicationWork, tick: Duration) {
    fix(&mut work.executor_exits.after, tick);
}

fn fix(latency: &mut LatencyPlan, tick: Duration) {
    let drawn = Latency::new(latency.shape.clone(), latency.max)
        .expect("a checked scenario has possible distributions");
    *latency = LatencyPlan {
        shape: Shape::Constant(whole_ticks(drawn.median(), tick).max(tick)),
        max: None,
    };
}

fn whole_ticks(duration: Duration, tick: Duration) -> Duration {
    let ticks = duration.as_nanos().div_ceil(tick.as_nanos());
    tick * u32::try_from(ticks).unwrap_or(u32::MAX)
}
