//! Which scenarios live processes can play and anybody can judge by looking at them. Whatever they
//! cannot is refused with a reason, all reasons at once; nothing is left out silently.

use crate::scenario::parse;
use crate::scenario::plan::{
    Claim, ExpectationPlan, FaultStart, FaultWord, Operation, OperationPlan, Plan, Target,
    TriggerEvent, Window,
};
use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::RecoveryMode;
use std::path::Path;

/// The most masters and workers that are started on one machine.
pub const PROCESSES_MAX: usize = 64;

/// The share of overdue timers that a `pause` lets come first where nothing is said: real processes
/// decide that themselves.
const TIMERS_FIRST: f64 = 0.9;

/// Every reason why a scenario cannot be played, as sentences without a full stop; none if it can.
pub fn refusals(plan: &Plan) -> Vec<String> {
    let mut reasons = Vec::new();
    refuse_cluster(plan, &mut reasons);
    refuse_simulation(plan, &mut reasons);
    refuse_work(plan, &mut reasons);
    for (row, fault) in plan.faults.iter().enumerate() {
        let mut wrong = Vec::new();
        refuse_start(&fault.start, &mut wrong);
        refuse_word(&fault.word, &mut wrong);
        let place = format!("fault {} ({})", row + 1, fault.word);
        reasons.extend(wrong.into_iter().map(|why| format!("{place}: {why}")));
    }
    for random in &plan.nemesis {
        let mut wrong = Vec::new();
        refuse_word(&random.word, &mut wrong);
        let place = format!("nemesis {}", random.word.kind());
        reasons.extend(wrong.into_iter().map(|why| format!("{place}: {why}")));
    }
    reasons.extend(plan.operations.iter().filter_map(refuse_operation));
    reasons.extend(plan.expectations.iter().filter_map(refuse_expectation));
    reasons
}

fn refuse_cluster(plan: &Plan, reasons: &mut Vec<String>) {
    let mut refuse = |reason: &str| reasons.push(reason.to_owned());
    let processes = plan.cluster.masters.len() + plan.cluster.workers.len();
    if processes > PROCESSES_MAX {
        refuse(&format!(
            "{processes} masters and workers: at most {PROCESSES_MAX} are started on one machine"
        ));
    }
    match (&plan.mode_not_played, plan.conf.recovery_mode) {
        (Some(word), _) => refuse(&format!("spark.deploy.recoveryMode {word} is not there")),
        (None, RecoveryMode::None | RecoveryMode::Filesystem) => {}
        (None, mode @ (RecoveryMode::Zookeeper | RecoveryMode::Rocksdb | RecoveryMode::Custom)) => {
            let mode = format!("{mode:?}").to_uppercase();
            refuse(&format!(
                "spark.deploy.recoveryMode {mode}: live masters know NONE and FILESYSTEM"
            ));
        }
    }
    if !plan.conf.rest_enabled {
        refuse("spark.master.rest.enabled is false: drivers are submitted to the REST server");
    }
    if plan.behaviour != Behaviour::default() {
        refuse("behaviour: live processes behave as the newest Spark does");
    }
    if !plan.expected_violations.is_empty() {
        refuse("expect_violation: invariants are not checked in the live world");
    }
    let offers = (plan.cluster.workers.iter()).any(|worker| !worker.resources.is_empty());
    if offers {
        refuse("named resources of workers are not shown as in use by anybody");
    }
}

/// What only a simulation has.
fn refuse_simulation(plan: &Plan, reasons: &mut Vec<String>) {
    let default = default(plan);
    let sections = [
        (
            plan.network == default.network,
            "network: bytes travel as this machine lets them",
        ),
        (
            plan.process == default.process,
            "process: processes take the time that they take",
        ),
        (
            plan.store == default.store,
            "store: files are as slow as this machine's disk",
        ),
    ];
    let changed = sections.iter().filter(|(is_default, _)| !is_default);
    reasons.extend(changed.map(|(_, reason)| (*reason).to_owned()));
}

/// A scenario that keeps records if this one does, and says nothing of what is simulated.
fn default(plan: &Plan) -> Plan {
    let mode = match plan.conf.recovery_mode {
        RecoveryMode::None => "NONE",
        // What else keeps records takes the same time for it.
        RecoveryMode::Filesystem
        | RecoveryMode::Zookeeper
        | RecoveryMode::Rocksdb
        | RecoveryMode::Custom => "FILESYSTEM",
    };
    let text = format!(
        "title = \"Nothing happens\"\nuntil = \"1s\"\n[cluster]\n[conf]\n\
         \"spark.deploy.recoveryMode\" = \"{mode}\"\n"
    );
    parse("the defaults", text.as_bytes(), Path::new(""), &[])
        .expect("the shortest scenario is one")
}

fn refuse_work(plan: &Plan, reasons: &mut Vec<String>) {
    let nobody = "there is no live program that opens an application";
    let applications = plan.applications.iter();
    reasons.extend(
        applications.map(|application| format!("application {}: {nobody}", application.work.name)),
    );
    for driver in &plan.drivers {
        let mut refuse = |reason: &str| reasons.push(format!("driver {}: {reason}", driver.name));
        if driver.application.is_some() {
            refuse(nobody);
        }
        if !driver.resources.is_empty() {
            refuse("named resources are not asked for through the REST server");
        }
        if driver.exit_codes.iter().any(|code| !is_exit_code(*code)) {
            refuse("an exit code of a process is 0 to 255");
        }
    }
}

fn is_exit_code(code: i32) -> bool {
    (0..=255).contains(&code)
}

fn refuse_start(start: &FaultStart, reasons: &mut Vec<String>) {
    let FaultStart::On(trigger) = start else {
        return;
    };
    match &trigger.event {
        TriggerEvent::Master { .. } | TriggerEvent::Worker { .. } | TriggerEvent::Driver { .. } => {
        }
        TriggerEvent::Application { .. } | TriggerEvent::Executor { .. } => {
            reasons.push("there are no applications to wait for".to_owned());
        }
        TriggerEvent::StoreCall { .. } => {
            reasons.push("nobody can see the calls of a store".to_owned());
        }
        TriggerEvent::Message { .. } => reasons.push("nobody can see messages".to_owned()),
    }
}

fn refuse_word(word: &FaultWord, reasons: &mut Vec<String>) {
    let mut refuse = |reason: &str| reasons.push(reason.to_owned());
    let targets = match word {
        FaultWord::Partition { .. } | FaultWord::Reset { .. } | FaultWord::Delay { .. } => {
            return refuse("connections on this machine are neither cut nor slowed down");
        }
        FaultWord::Message { .. } => return refuse("nobody touches messages of live processes"),
        FaultWord::PowerLoss { .. } => return refuse("this machine keeps its power"),
        FaultWord::Disk { .. } => return refuse("nobody touches the disk of this machine"),
        FaultWord::Crash { targets, .. } => targets,
        FaultWord::Pause {
            targets,
            timers_first,
        } => {
            if *timers_first != TIMERS_FIRST {
                refuse("timers_first: a real process decides itself what it does first");
            }
            targets
        }
        FaultWord::Exit { targets, code } => {
            if !is_exit_code(*code) {
                refuse("an exit code of a process is 0 to 255");
            }
            targets
        }
    };
    if let Some(target) = targets.iter().find(|target| !is_played(target)) {
        refuse(&format!("there is no live process `{target}`"));
    }
}

/// Whether there are processes that a target can mean.
const fn is_played(target: &Target) -> bool {
    match target {
        Target::Leader | Target::Master(_) | Target::Worker(_) | Target::Driver { .. } => true,
        Target::Election | Target::Application(_) | Target::Executor { .. } => false,
    }
}

fn refuse_operation(plan: &OperationPlan) -> Option<String> {
    match &plan.operation {
        Operation::Stop(target) if !is_played(target) => {
            Some(format!("stop: there is no live process `{target}`"))
        }
        Operation::Stop(_) | Operation::KillDriver(_) | Operation::DriverStatus(_) => None,
        Operation::DecommissionSignal(_) => {
            Some("decommission: a live worker does not listen to that signal".to_owned())
        }
        Operation::DecommissionHost(_) => {
            Some("decommission: a live master does not offer it on its page".to_owned())
        }
        Operation::KillAllDrivers => Some("all drivers are killed one by one here".to_owned()),
        Operation::KillApplication(_) => Some("there are no applications to kill".to_owned()),
        Operation::ClearCompleted => Some("the lists of a live master are not cleared".to_owned()),
    }
}

fn refuse_expectation(expectation: &ExpectationPlan) -> Option<String> {
    let reason = match expectation.window {
        Window::At(_) => Some("nobody sees an exact instant: use `by`, `always` or `never`"),
        Window::By { .. } | Window::Always { .. } | Window::Never { .. } => {
            refuse_claim(&expectation.claim)
        }
    };
    reason.map(|reason| format!("expectation `{expectation}`: {reason}"))
}

fn refuse_claim(claim: &Claim) -> Option<&'static str> {
    match claim {
        Claim::Master { .. } | Claim::Worker { .. } | Claim::Driver { .. } => None,
        Claim::Application { .. } | Claim::Executor { .. } => Some("there are no applications"),
        Claim::Message { .. } => Some("nobody can see messages"),
        Claim::Process { targets, exit, .. } => {
            let is_program = |target: &Target| matches!(target, Target::Driver { .. });
            if !targets.iter().all(is_played) {
                Some("there is no such live process")
            } else if exit.is_some() && !targets.iter().all(is_program) {
                Some("masters and workers have exit codes of their own here")
            } else {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
