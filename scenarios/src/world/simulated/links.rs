//! The links between machines, made when they are first used. Each direction has a stream of
//! random numbers of its own, named after the two machines. Processes on one machine reach each
//! other in no time.

use crate::network::{Latency, Link, Machine};
use crate::scenario::plan::{LatencyPlan, Plan, Target};
use crate::stream::Seeds;
use deploysim_nodes::growth;
use deploysim_protocol::text::Text;
use rustc_hash::FxHashMap;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

/// All machines and the links between them.
pub(in crate::world) struct Links {
    machines: Vec<Text>,
    /// Looked up, never walked through.
    numbers: FxHashMap<Text, u32>,
    /// Looked up, never walked through.
    found: FxHashMap<(u32, u32), u32>,
    links: Vec<Link>,
    latency: Arc<Latency>,
    bandwidth: Option<NonZeroU64>,
    own: Vec<OwnLink>,
    loopback: Arc<Latency>,
}

/// A link with properties of its own.
struct OwnLink {
    between: (String, String),
    latency: Option<Arc<Latency>>,
    bandwidth: Option<Option<NonZeroU64>>,
}

impl Links {
    pub(in crate::world) fn new(plan: &Plan) -> Self {
        let own = plan.network.links.iter().map(|link| OwnLink {
            between: (machine_name(&link.between.0), machine_name(&link.between.1)),
            latency: link.latency.as_ref().map(latency),
            bandwidth: link.bandwidth.map(NonZeroU64::new),
        });
        Self {
            machines: Vec::new(),
            numbers: FxHashMap::default(),
            found: FxHashMap::default(),
            links: Vec::new(),
            latency: latency(&plan.network.latency),
            bandwidth: plan.network.bandwidth.and_then(NonZeroU64::new),
            own: own.collect(),
            loopback: latency(&LatencyPlan::constant(Duration::ZERO)),
        }
    }

    /// The machine called `name`, making one if it is new.
    pub(in crate::world) fn machine(&mut self, name: Text) -> Machine {
        if let Some(number) = self.numbers.get(&name) {
            return Machine(*number);
        }
        let number = u32::try_from(self.machines.len()).expect("fewer than 2^32 machines");
        self.machines.push(name);
        self.numbers.insert(name, number);
        Machine(number)
    }

    /// The machine's name.
    pub(in crate::world) fn name(&self, machine: Machine) -> Text {
        self.machines[machine.0 as usize]
    }

    /// The link from one machine to another.
    pub(in crate::world) fn between(&mut self, from: Machine, to: Machine, seeds: &Seeds) -> u32 {
        if let Some(link) = self.found.get(&(from.0, to.0)) {
            return *link;
        }
        let (from_name, to_name) = (self.name(from), self.name(to));
        let rng = seeds.small(&format!("link {from_name} -> {to_name}"));
        let own = self
            .own
            .iter()
            .rev()
            .find(|own| joins(&own.between, &from_name.as_str(), &to_name.as_str()));
        let link = if from == to {
            Link::new(Arc::clone(&self.loopback), rng)
        } else {
            let latency = own
                .and_then(|own| own.latency.as_ref())
                .unwrap_or(&self.latency);
            let mut link = Link::new(Arc::clone(latency), rng);
            link.limit(own.and_then(|own| own.bandwidth).unwrap_or(self.bandwidth));
            link
        };
        let number = u32::try_from(self.links.len()).expect("fewer than 2^32 links");
        growth::push(&mut self.links, link);
        self.found.insert((from.0, to.0), number);
        number
    }

    /// Reads a link, so that it is in the processor's cache.
    pub(in crate::world) fn read(&self, link: u32) {
        std::hint::black_box(self.links[link as usize].travel_max());
    }

    pub(in crate::world) fn link_mut(&mut self, link: u32) -> &mut Link {
        &mut self.links[link as usize]
    }
}

fn joins(between: &(String, String), from: &str, to: &str) -> bool {
    (between.0 == from && between.1 == to) || (between.0 == to && between.1 == from)
}

/// The name of the machine on which a target runs, for targets that have one of their own.
fn machine_name(target: &Target) -> String {
    match target {
        Target::Master(name) | Target::Worker(name) | Target::Application(name) => name.clone(),
        Target::Election | Target::Leader | Target::Driver { .. } | Target::Executor { .. } => {
            target.to_string()
        }
    }
}

/// A distribution as the network draws from it.
///
/// # Panics
/// If its parameters are impossible: reading the scenario has refused those.
pub(in crate::world) fn latency(plan: &LatencyPlan) -> Arc<Latency> {
    Arc::new(plan.distribution())
}
