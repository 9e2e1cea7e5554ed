//! A plan as a scenario file with every default filled in: it can be played without anything
//! else, and reads back to the same plan. Parts with words of their own are in `write/`.

mod expect;
mod failures;
mod fault;
mod nemesis;
mod text;
mod work;
mod workload;

use super::error::ScenarioError;
use super::file::RECOVERY_MODE;
use super::parse;
use super::plan::{
    ClusterPlan, ElectionPlan, FaultPlan, Frequency, NetworkPlan, Plan, Settle, WorkerPlan,
};
use deploysim_nodes::store::Writes;
use deploysim_protocol::behaviour::{Behaviour, PROFILES};
use deploysim_protocol::conf::ConfValue;
use std::collections::BTreeMap;
use std::path::Path;
use text::{Lines, duration, integer, latency, memory, quoted, resources, time};

impl Plan {
    /// The plan as a scenario file.
    pub fn to_toml(&self) -> String {
        let mut lines = Lines::default();
        self.write_top(&mut lines);
        for expected in &self.expected_violations {
            lines.header("[[expect_violation]]");
            lines.key("invariant", quoted(&expected.invariant));
            lines.key("defect", quoted(&expected.defect));
            lines.key(
                "sometimes",
                (expected.frequency == Frequency::Sometimes).to_string(),
            );
        }
        write_cluster(&mut lines, &self.cluster, &self.conf.worker_resources);
        write_network(&mut lines, &self.network);
        lines.header("[process]");
        lines.key("start", latency(&self.process.start));
        lines.key("stop", latency(&self.process.stop));
        lines.header("[store]");
        lines.key("call", duration(self.store.call));
        if self.store.writes == Writes::AsSpark {
            lines.key("spark_writes", "true".to_owned());
        }
        if let Some(election) = &self.election {
            write_election(&mut lines, election);
        }
        let mut changed = self.conf.changed();
        if let Some(word) = &self.mode_not_played {
            changed.push((RECOVERY_MODE.to_owned(), ConfValue::Text(word.clone())));
        }
        if !changed.is_empty() {
            lines.header("[conf]");
        }
        for (key, value) in changed {
            lines.key(
                &quoted(&key),
                match value {
                    ConfValue::Text(text) => quoted(&text),
                    ConfValue::Bool(flag) => flag.to_string(),
                    ConfValue::Integer(number) => number.to_string(),
                },
            );
        }
        work::write(&mut lines, self);
        workload::write(&mut lines, self);
        fault::write(&mut lines, &self.faults);
        nemesis::write(&mut lines, &self.nemesis);
        failures::write(&mut lines, &self.failures);
        expect::write(&mut lines, &self.expectations);
        lines.into_text()
    }

    /// The plan after one change, `key.path=value`, as the command line's `--set` makes it. The
    /// path is one of [`Plan::to_toml`].
    ///
    /// # Errors
    /// What is wrong with the change.
    pub fn set(&self, change: &str) -> Result<Self, ScenarioError> {
        parse(
            "the scenario",
            self.to_toml().as_bytes(),
            Path::new(""),
            &[change.to_owned()],
        )
    }

    fn write_top(&self, lines: &mut Lines) {
        lines.key("title", quoted(&self.title));
        if let Some(spark) = &self.spark {
            lines.key("spark", quoted(spark));
        }
        lines.key("seed", self.seed.to_string());
        lines.key("until", time(self.until));
        match self.settle {
            Settle::UntilDecided => {}
            Settle::AtMost(most) => lines.key("settle", duration(most)),
            Settle::Off => lines.key("settle", quoted("0s")),
        }
        lines.key("behaviour", behaviour(&self.behaviour));
        if !self.tolerated.is_empty() {
            let ids: Vec<String> = self.tolerated.iter().map(|id| quoted(id)).collect();
            lines.key("tolerate", format!("[{}]", ids.join(", ")));
        }
    }
}

/// A profile if there is one that fits, otherwise the newest with the switches that differ.
fn behaviour(behaviour: &Behaviour) -> String {
    let newest_first = PROFILES.iter().rev();
    for profile in newest_first {
        if Behaviour::profile(profile).as_ref() == Ok(behaviour) {
            return quoted(profile);
        }
    }
    let default = Behaviour::default();
    let mut keys = vec!["profile = \"v4\"".to_owned()];
    for id in Behaviour::SELECTABLE {
        if let Some(word) = behaviour.word(id)
            && default.word(id) != Some(word)
        {
            keys.push(format!("{} = {}", quoted(id), quoted(word)));
        }
    }
    format!("{{ {} }}", keys.join(", "))
}

impl FaultPlan {
    /// The fault as a table of a scenario file. Equal faults read alike, and no others.
    pub fn to_toml(&self) -> String {
        let mut lines = Lines::default();
        fault::write(&mut lines, std::slice::from_ref(self));
        lines.into_text()
    }
}

fn write_cluster(lines: &mut Lines, cluster: &ClusterPlan, default: &BTreeMap<String, u32>) {
    lines.header("[cluster]");
    lines.key("master", cluster.masters.len().to_string());
    let default_names = cluster
        .workers
        .iter()
        .enumerate()
        .all(|(index, worker)| worker.name == format!("worker-{}", index + 1));
    let mut rest = cluster.workers.as_slice();
    while let Some(first) = rest.first() {
        let alike = |worker: &WorkerPlan| {
            (
                worker.at,
                worker.cores,
                worker.memory_mib,
                &worker.resources,
            ) == (first.at, first.cores, first.memory_mib, &first.resources)
        };
        let count = match default_names {
            true => rest.iter().take_while(|worker| alike(worker)).count(),
            false => 1,
        };
        lines.header("[[cluster.worker]]");
        if default_names {
            lines.key("count", count.to_string());
        } else {
            lines.key("name", quoted(&first.name));
        }
        lines.key("cores", integer(first.cores));
        lines.key("memory", memory(first.memory_mib));
        resources(lines, "resources", &first.resources, default);
        lines.key("at", time(first.at));
        rest = &rest[count..];
    }
}

fn write_election(lines: &mut Lines, election: &ElectionPlan) {
    lines.header("[election]");
    lines.key("session_timeout", duration(election.session_timeout));
    lines.key("connection_timeout", duration(election.connection_timeout));
    lines.key("suspend_delay", latency(&election.suspend_delay));
    lines.key("callback_delay", latency(&election.callback_delay));
}

fn write_network(lines: &mut Lines, network: &NetworkPlan) {
    lines.header("[network]");
    lines.key("latency", latency(&network.latency));
    if let Some(rate) = network.bandwidth {
        lines.key("bandwidth", quoted(&format!("{rate}B/s")));
    }
    lines.key("answer_delay", duration(network.answer_delay));
    lines.key("tcp_user_timeout", duration(network.tcp_user_timeout));
    lines.key("connect_timeout", duration(network.connect_timeout));
    for link in &network.links {
        lines.header("[[network.link]]");
        let (first, second) = &link.between;
        let (first, second) = (quoted(&first.to_string()), quoted(&second.to_string()));
        lines.key("between", format!("[{first}, {second}]"));
        if let Some(own) = &link.latency {
            lines.key("latency", latency(own));
        }
        if let Some(rate) = link.bandwidth {
            lines.key("bandwidth", quoted(&format!("{rate}B/s")));
        }
    }
}
