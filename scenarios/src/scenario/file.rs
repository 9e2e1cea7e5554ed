//! From the text of a scenario file to a plan: the order in which its parts are read, and the
//! keys at its top. Each part has its reader in `file/`.

mod cluster;
mod distribution;
mod election;
mod expect;
mod failures;
mod fault;
mod names;
mod nemesis;
mod network;
mod operator;
mod trigger;
mod work;
mod workload;

use super::error::{Problem, Problems};
use super::keys::{BEHAVIOUR, CLUSTER, OPEN, VIOLATION};
use super::known::{DEFECTS, INVARIANTS};
use super::plan::{
    ClusterPlan, ExpectedViolation, Frequency, Plan, ProcessPlan, Settle, StorePlan,
};
use super::table::Table;
use super::value::Value;
use deploysim_nodes::store::Writes;
use deploysim_protocol::behaviour::{Behaviour, BehaviourError, PROFILES, SWITCHES};
use deploysim_protocol::conf::{
    Conf, ConfError, ConfValue, PatternKey, RecoveryMode, show_duration,
};
use deploysim_protocol::time::Time;
use names::Names;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use toml::de::DeValue;

/// The key of the persistence engine and the election.
pub(super) const RECOVERY_MODE: &str = "spark.deploy.recoveryMode";

/// What the readers of parts share.
pub(super) struct Context<'a> {
    pub(super) names: Names<'a>,
    pub(super) conf: Conf,
    /// See [`Plan::mode_not_played`].
    pub(super) mode_not_played: Option<String>,
    /// The end of the fault phase; `None` if it could not be read.
    pub(super) until: Option<Time>,
    /// Where files that the scenario names are looked for.
    pub(super) folder: &'a Path,
    pub(super) problems: &'a Problems,
}

impl Context<'_> {
    /// Reports a time at which nothing can happen any more.
    pub(super) fn before_end(&self, value: Option<Value<'_>>, time: Option<Time>) {
        if let (Some(value), Some(time), Some(until)) = (value, time, self.until)
            && time > until
        {
            let end = show_duration(until.since_start());
            let message = format!("`{}` lies after the end, `until = \"{end}\"`", value.key);
            let allowed = format!("a time up to {end}");
            self.problems
                .push(value.problem(message).allowed(allowed).about_file());
        }
    }

    /// From when to when random things, called `what`, begin: `at`, which is the beginning of the
    /// run by default, and `until`, if it is there.
    pub(super) fn window(&self, table: Table<'_>, what: &str) -> (Option<Time>, Option<Time>) {
        let at_value = table.find("at");
        let at = at_value.map_or(Some(Time::ZERO), |value| value.time());
        self.before_end(at_value, at);
        let until_value = table.find("until");
        let until = until_value.and_then(|value| value.time());
        self.before_end(until_value, until);
        if let (Some(value), Some(at), Some(until)) = (until_value, at, until)
            && until <= at
        {
            let begin = show_duration(at.since_start());
            let message = format!("{what} end before they begin, `at = \"{begin}\"`");
            let allowed = format!("a time after {begin}");
            self.problems
                .push(value.problem(message).allowed(allowed).about_file());
        }
        (at, until)
    }
}

/// Reads the whole file. What is wrong is in `problems`; the plan is complete only if nothing
/// is.
pub(super) fn read(top: Table<'_>, folder: &Path, problems: &Problems) -> Plan {
    let until_value = top.require("until");
    let until = until_value
        .and_then(|value| value.positive_duration())
        .map(|until| Time::ZERO + until);
    let cluster_table = top
        .require("cluster")
        .and_then(|value| value.table(&CLUSTER));
    let mut context = Context {
        names: Names::new(problems),
        conf: Conf::default(),
        mode_not_played: None,
        until,
        folder,
        problems,
    };
    conf(top, &mut context);
    let cluster = cluster_table.map(|table| cluster::read(table, &mut context));
    work::declare(top, &mut context);
    let (workloads, told) = workload::read(top, cluster.as_ref(), &mut context);
    let mut applications = work::applications(top, &context);
    applications.extend(told);
    let (expected_violations, tolerated) = (violations(top), tolerate(top));
    let drivers = work::drivers(top, &context);
    let mut operations = operator::read(top, &context);
    operations.extend(work::kills_of_drivers(top, &context));
    let mut faults = fault::read(top, &context);
    let (failures, told) = failures::read(top, &context);
    faults.extend(told);
    let settle = top.find("settle").and_then(|value| value.duration());
    Plan {
        title: top
            .require("title")
            .and_then(|value| value.text())
            .unwrap_or_default()
            .to_owned(),
        spark: top
            .find("spark")
            .and_then(|value| value.text())
            .map(str::to_owned),
        seed: top
            .find("seed")
            .and_then(|value| value.integer(0, i64::MAX))
            .unwrap_or(1),
        until: until.unwrap_or_default(),
        settle: match settle {
            None => Settle::UntilDecided,
            Some(Duration::ZERO) => Settle::Off,
            Some(most) => Settle::AtMost(most),
        },
        behaviour: behaviour(top),
        expected_violations,
        tolerated,
        cluster: cluster.unwrap_or(ClusterPlan {
            masters: Vec::new(),
            workers: Vec::new(),
        }),
        network: network::read(top, &context),
        process: process(top, &context),
        store: store(top, &context),
        election: election::read(top, &context),
        applications,
        drivers,
        workloads,
        operations,
        faults,
        nemesis: nemesis::read(top, &context),
        failures,
        expectations: expect::read(top, &context),
        mode_not_played: context.mode_not_played,
        conf: context.conf,
    }
}

fn conf(top: Table<'_>, context: &mut Context<'_>) {
    let Some(table) = top.find("conf").and_then(|value| value.table(&OPEN)) else {
        return;
    };
    for (name, span, value) in table.entries() {
        let Some(given) = conf_value(value) else {
            // A dotted key without quotes makes tables inside tables.
            let message = format!("`{name}` has to be one quoted key with one value");
            context.problems.push(
                Problem::new(span, message).allowed("for instance \"spark.worker.timeout\" = 60"),
            );
            continue;
        };
        match context.conf.set(name, &given) {
            Ok(()) => {}
            // Spark takes any other word for NONE. Spark: `Master.onStart`.
            Err(ConfError::Value {
                found: ConfValue::Text(word),
                ..
            }) if name == RECOVERY_MODE => {
                context.mode_not_played = Some(word);
            }
            Err(ConfError::UnknownKey { .. }) => {
                let patterns = PatternKey::ALL.map(|pattern| pattern.name("<name>"));
                let names = Conf::keys()
                    .iter()
                    .map(|key| key.name)
                    .chain(patterns.iter().map(String::as_str));
                let message = format!("`{name}` is not a configuration key");
                context
                    .problems
                    .push(Problem::new(span, message).one_of(name, names));
            }
            Err(ConfError::Value { allowed, .. }) => {
                let message = format!("`{name}` cannot be {}", value.found());
                context
                    .problems
                    .push(value.problem(message).allowed(allowed));
            }
        }
    }
    // A class of the user's cannot be played.
    if context.conf.recovery_mode == RecoveryMode::Custom {
        context.conf.recovery_mode = RecoveryMode::None;
        context.mode_not_played = Some(RecoveryMode::Custom.word().to_owned());
    }
}

fn conf_value(value: Value<'_>) -> Option<ConfValue> {
    Some(match value.node.get_ref() {
        DeValue::String(text) => ConfValue::Text(text.to_string()),
        DeValue::Boolean(flag) => ConfValue::Bool(*flag),
        DeValue::Integer(number) => match value.as_integer() {
            Some(number) => ConfValue::Integer(number),
            None => ConfValue::Text(number.to_string()),
        },
        // Spark reads every value as a text, so a fraction is one too.
        DeValue::Float(number) => ConfValue::Text(number.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => return None,
    })
}

fn behaviour(top: Table<'_>) -> Behaviour {
    let Some(value) = top.find("behaviour") else {
        return Behaviour::default();
    };
    let profile = |value: Value<'_>| {
        let name = value.text()?;
        let found = Behaviour::profile(name);
        if found.is_err() {
            let message = format!("`{name}` is not a behaviour profile");
            value
                .problems
                .push(value.problem(message).one_of(name, PROFILES));
        }
        found.ok()
    };
    if !value.is_table() {
        return profile(value).unwrap_or_default();
    }
    let Some(table) = value.table(&BEHAVIOUR) else {
        return Behaviour::default();
    };
    let mut behaviour = table.find("profile").and_then(profile).unwrap_or_default();
    for (id, span, value) in table.entries().filter(|(id, ..)| *id != "profile") {
        let Some(word) = value.text() else { continue };
        let problem = match behaviour.set(id, word) {
            Ok(()) => continue,
            Err(BehaviourError::UnknownSwitch { .. } | BehaviourError::UnknownProfile { .. }) => {
                let message = format!("`{id}` is not a behaviour switch");
                let known = SWITCHES.iter().map(|switch| switch.id);
                let mut problem = Problem::new(span, message).one_of(id, known);
                problem.allowed = Some(format!("profile, {}", Behaviour::SELECTABLE.join(", ")));
                problem
            }
            Err(BehaviourError::NotYetSelectable { switch }) => {
                let message = format!("switch {id} ({}) cannot be selected yet", switch.name);
                Problem::new(span, message).allowed(Behaviour::SELECTABLE.join(", "))
            }
            Err(BehaviourError::UnknownValue { switch, .. }) => {
                let message = format!("switch {id} ({}) cannot be `{word}`", switch.name);
                value.problem(message).one_of(word, Behaviour::words(id))
            }
        };
        value.problems.push(problem);
    }
    behaviour
}

/// An id from a table of the project.
fn known_id(value: Value<'_>, ids: &[&str], what: &str) -> Option<String> {
    let id = value.text()?;
    if ids.contains(&id) {
        return Some(id.to_owned());
    }
    let problem = value.problem(format!("`{id}` is not the id of {what}"));
    value.problems.push(problem.one_of(id, ids.iter().copied()));
    None
}

fn violations(top: Table<'_>) -> Vec<ExpectedViolation> {
    let tables = top
        .find("expect_violation")
        .map(|value| value.tables(&VIOLATION));
    let read = |table: Table<'_>| {
        let invariant = table.require("invariant");
        let invariant = invariant.and_then(|value| known_id(value, INVARIANTS, "an invariant"));
        let defect = table.require("defect");
        let defect = defect.and_then(|value| known_id(value, DEFECTS, "a known defect"));
        let sometimes = table.find("sometimes").and_then(|value| value.flag());
        Some(ExpectedViolation {
            invariant: invariant?,
            defect: defect?,
            frequency: frequency(sometimes),
        })
    };
    tables
        .unwrap_or_default()
        .into_iter()
        .filter_map(read)
        .collect()
}

/// `sometimes = true` or not.
pub(super) const fn frequency(sometimes: Option<bool>) -> Frequency {
    match sometimes {
        Some(true) => Frequency::Sometimes,
        Some(false) | None => Frequency::Always,
    }
}

fn tolerate(top: Table<'_>) -> Vec<String> {
    let ids = top
        .find("tolerate")
        .and_then(|value| value.list("a list of ids of known defects"));
    ids.unwrap_or_default()
        .into_iter()
        .filter_map(|value| known_id(value, DEFECTS, "a known defect"))
        .collect()
}

fn process(top: Table<'_>, context: &Context<'_>) -> ProcessPlan {
    let table = top
        .find("process")
        .and_then(|value| value.table(&super::keys::PROCESS));
    let read = |key| distribution::latency(table?.find(key)?, context);
    ProcessPlan {
        start: read("start").unwrap_or_else(default_process_start),
        stop: read("stop").unwrap_or_else(default_process_stop),
    }
}

/// Uniform from 0.5 to 2 s.
fn default_process_start() -> super::plan::LatencyPlan {
    super::plan::LatencyPlan::uniform(Duration::from_millis(500), Duration::from_secs(2))
}

/// 100 ms: a process that only has to flush and leave.
fn default_process_stop() -> super::plan::LatencyPlan {
    super::plan::LatencyPlan::constant(Duration::from_millis(100))
}

fn store(top: Table<'_>, context: &Context<'_>) -> StorePlan {
    let table = top
        .find("store")
        .and_then(|value| value.table(&super::keys::STORE));
    let call = table.and_then(|table| table.find("call")?.duration());
    let spark_writes = table.and_then(|table| table.find("spark_writes")?.flag());
    let default = match context.conf.recovery_mode {
        RecoveryMode::None => Duration::ZERO,
        RecoveryMode::Filesystem
        | RecoveryMode::Zookeeper
        | RecoveryMode::Rocksdb
        | RecoveryMode::Custom => Duration::from_millis(1),
    };
    StorePlan {
        call: call.unwrap_or(default),
        writes: match spark_writes {
            Some(true) => Writes::AsSpark,
            Some(false) | None => Writes::Safe,
        },
    }
}

/// Named resources: a table of amounts, `gpu = n`, or both.
pub(super) fn resources(
    table: Table<'_>,
    gpu: &'static str,
    all: &'static str,
) -> Option<BTreeMap<String, u32>> {
    let (gpu, all) = (table.find(gpu), table.find(all));
    if gpu.is_none() && all.is_none() {
        return None;
    }
    let mut amounts = BTreeMap::new();
    if let Some(entries) = all.and_then(|value| value.table(&OPEN)) {
        for (name, _, value) in entries.entries() {
            if let Some(amount) = value.integer(1, i64::from(i32::MAX)) {
                amounts.insert(name.to_owned(), amount);
            }
        }
    }
    if let Some(value) = gpu
        && let Some(amount) = value.integer::<u32>(0, i64::from(i32::MAX))
    {
        if amounts.contains_key("gpu") {
            value.problems.push(value.problem("gpu is given twice"));
        } else if amount > 0 {
            amounts.insert("gpu".to_owned(), amount);
        }
    }
    Some(amounts)
}
