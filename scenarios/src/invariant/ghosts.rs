//! Processes that should not run: INV-G1, INV-G2, INV-C2 (what is held is booked), INV-D2,
//! INV-D5, INV-D7, INV-X5, INV-A3, INV-P1, INV-P2, INV-W2.

use super::membership;
use super::pending::Name;
use super::scene::{Scene, called, id_of};
use super::violation::Finding;
use super::watch::ChildFacts;
use crate::ledger::Kept;
use crate::trace::{Child, NodeId};
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::state::{ExecutorState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;

/// The child, if its worker lives and somebody leads.
fn hosted<'a>(scene: &Scene<'a>, child: NodeId) -> Option<(&'a ChildFacts, NodeId)> {
    let facts = scene.watch.child(child)?;
    let parent = facts.parent?;
    let tables = scene.living_worker(parent)?;
    (facts.has_parent && !tables.stopping && scene.ledger.leader().is_some())
        .then_some((facts, parent))
}

/// The leader's view of a child's worker.
fn host_state(scene: &Scene<'_>, parent: NodeId) -> Option<WorkerState> {
    scene.record(parent).map(|(_, record)| record.state)
}

/// INV-G1: the child runs on a worker that is not ALIVE at the leader, and is not booked there.
/// On one that is, INV-C2 or INV-D5 speak of it.
pub(super) fn is_unbooked(scene: &Scene<'_>, child: NodeId) -> bool {
    hosted(scene, child).is_some_and(|(facts, parent)| {
        host_state(scene, parent) != Some(WorkerState::Alive) && !scene.is_booked(facts)
    })
}

/// INV-C2: the child runs on a worker that is ALIVE at the leader, and is not booked there. Of a
/// driver without a record INV-D5 speaks.
pub(super) fn is_unbooked_here(scene: &Scene<'_>, child: NodeId) -> bool {
    hosted(scene, child).is_some_and(|(facts, parent)| {
        host_state(scene, parent) == Some(WorkerState::Alive)
            && !scene.is_booked(facts)
            && !is_unrecorded(scene, child)
    })
}

/// INV-D5: the driver has no record, and its worker is ALIVE at the leader.
pub(super) fn is_unrecorded(scene: &Scene<'_>, child: NodeId) -> bool {
    hosted(scene, child).is_some_and(|(facts, parent)| {
        let Child::Driver(id) = facts.child else {
            return false;
        };
        let books = scene.ledger.leader_books();
        let record = books.and_then(|books| books.driver_by_id(id));
        host_state(scene, parent) == Some(WorkerState::Alive)
            && record.is_none_or(|(_, record)| record.kept != Kept::Active)
    })
}

/// INV-X5: no living driver knows the executor.
pub(super) fn is_unowned(scene: &Scene<'_>, child: NodeId) -> bool {
    scene.watch.child(child).is_some_and(|facts| {
        let Child::Executor(id) = facts.child else {
            return false;
        };
        let client = scene.watch.client(id.application, scene.ledger);
        let tables = client.and_then(|client| scene.ledger.driver(client));
        tables.is_none_or(|tables| {
            !tables.executors.iter().any(|own| {
                own.number == id.number
                    && (own.registered || !own.state.is_some_and(ExecutorState::is_finished))
            })
        })
    })
}

/// INV-G2: the executor's worker is DEAD or forgotten.
pub(super) fn is_abandoned(scene: &Scene<'_>, child: NodeId) -> bool {
    hosted(scene, child).is_some_and(|(facts, parent)| {
        matches!(facts.child, Child::Executor(_))
            && matches!(host_state(scene, parent), Some(WorkerState::Dead) | None)
    })
}

/// INV-P1: the worker that started the child is gone.
pub(super) fn is_orphan(scene: &Scene<'_>, child: NodeId) -> bool {
    scene
        .watch
        .child(child)
        .is_some_and(|facts| !facts.has_parent)
}

/// What is said of a child that should not run.
pub(super) fn stray(
    scene: &Scene<'_>,
    invariant: &'static str,
    child: NodeId,
    since: Time,
) -> Finding {
    let Some(facts) = scene.watch.child(child) else {
        return Finding::new(invariant, String::new());
    };
    let what = called(facts.child);
    let parent = facts.parent;
    let host = parent.map_or_else(|| Text::new("?"), |parent| scene.ledger.name(parent));
    let why = match invariant {
        "INV-P1" => format!("{host}, which started it, is gone since {since}"),
        "INV-X5" => format!("no driver that lives has known it since {since}"),
        "INV-D5" => format!("the leader has had no record of it since {since}"),
        "INV-G2" => format!("{host} has not been ALIVE at the leader since {since}"),
        _ => format!("the leader has not had it on {host} since {since}"),
    };
    let mut finding = Finding::new(invariant, format!("{what} still runs on {host}, and {why}"))
        .at(child)
        .about(id_of(facts.child))
        .mark(stray_mark(scene, facts, invariant));
    finding.nodes.extend(parent);
    finding
}

fn stray_mark(scene: &Scene<'_>, facts: &ChildFacts, invariant: &str) -> &'static str {
    let forgotten = facts
        .parent
        .is_some_and(|parent| scene.watch.is_forgotten(parent));
    if forgotten && facts.has_parent {
        "forgotten"
    } else if !facts.has_parent {
        match (invariant, facts.was_starting) {
            ("INV-P1", true) => "was-starting",
            ("INV-P1", false) => "",
            (_, _) => "orphan",
        }
    } else if scene.bounds.keeps_id && matches!(facts.child, Child::Driver(_)) {
        "id-kept"
    } else if is_out_of_touch(scene, facts) {
        "follows-another"
    } else if went_on_waiting(scene, facts.child) {
        "still-waiting"
    } else if invariant == "INV-D5" && was_passed_over(scene, facts.child) {
        "passed-over"
    } else {
        "kill-lost"
    }
}

fn went_on_waiting(scene: &Scene<'_>, child: Child) -> bool {
    match child {
        Child::Driver(id) => scene.drivers.is_still_waiting(id),
        Child::Executor(_) => false,
    }
}

/// Whether the leader does not have the child's worker, which follows another master (RD-12).
fn is_out_of_touch(scene: &Scene<'_>, facts: &ChildFacts) -> bool {
    facts.parent.is_some_and(|parent| {
        matches!(host_state(scene, parent), Some(WorkerState::Dead) | None)
            && membership::follows_another(parent, scene.ledger)
    })
}

fn was_passed_over(scene: &Scene<'_>, child: Child) -> bool {
    match child {
        Child::Driver(id) => scene.watch.was_passed_over(id, scene.ledger),
        Child::Executor(_) => false,
    }
}

/// INV-D2: more than one process of a submission lives.
pub(super) fn is_doubled(scene: &Scene<'_>, root: Name) -> bool {
    scene.watch.submission(root).len() > 1
}

pub(super) fn doubled(scene: &Scene<'_>, root: Name, since: Time) -> Finding {
    let copies = scene.watch.submission(root);
    let facts: Vec<_> = copies
        .iter()
        .filter_map(|copy| scene.watch.child(*copy))
        .collect();
    let listed: Vec<String> = facts
        .iter()
        .map(|facts| format!("{} ({})", facts.name, id_of(facts.child)))
        .collect();
    let sentence = format!(
        "since {since} several processes of one submission live: {}",
        listed.join(", ")
    );
    let decommissioned = |facts: &&&ChildFacts| {
        let parent = facts.parent.and_then(|parent| scene.ledger.worker(parent));
        parent.is_some_and(|tables| tables.decommissioned)
    };
    let marks = facts.iter().map(|facts| stray_mark(scene, facts, "INV-D2"));
    let mark = marks
        .into_iter()
        .find(|mark| !matches!(*mark, "kill-lost" | ""))
        .or_else(|| facts.iter().find(decommissioned).map(|_| "decommissioned"));
    let mut finding = Finding::new("INV-D2", sentence).mark(mark.unwrap_or("two-copies"));
    for facts in &facts {
        finding = finding.about(id_of(facts.child));
    }
    finding.nodes = copies;
    finding
}

/// INV-D7: the leader accepted to kill the driver, its worker is there, and its process lives.
pub(super) fn is_spared(scene: &Scene<'_>, driver: DriverId) -> bool {
    let books = scene.ledger.leader_books();
    let record = books.and_then(|books| books.driver_by_id(driver));
    record.is_some_and(|(_, record)| record.kill_requested)
        && scene.watch.copies(driver).into_iter().any(|copy| {
            hosted(scene, copy)
                .is_some_and(|(_, parent)| host_state(scene, parent) == Some(WorkerState::Alive))
        })
}

pub(super) fn spared(scene: &Scene<'_>, driver: DriverId, since: Time) -> Finding {
    let sentence = format!(
        "a request to kill driver {driver} was accepted at {since}, and its process still runs"
    );
    let mut finding = Finding::new("INV-D7", sentence)
        .about(driver)
        .mark("kill-lost");
    finding.nodes = scene.watch.copies(driver);
    finding
}

/// INV-A3: a removed application has processes on workers that are there.
pub(super) fn is_uncleared(scene: &Scene<'_>, application: ApplicationId) -> bool {
    scene
        .watch
        .executors_of(application.0.into())
        .into_iter()
        .any(|child| is_leftover(scene, child))
}

fn is_leftover(scene: &Scene<'_>, child: NodeId) -> bool {
    hosted(scene, child).is_some_and(|(facts, parent)| {
        let Child::Executor(id) = facts.child else {
            return false;
        };
        scene.watch.removed(id.application).is_some()
            && host_state(scene, parent) == Some(WorkerState::Alive)
    })
}

pub(super) fn uncleared(scene: &Scene<'_>, application: ApplicationId, since: Time) -> Finding {
    let left = scene.watch.executors_of(application.0.into());
    let left: Vec<NodeId> = left
        .into_iter()
        .filter(|child| is_leftover(scene, *child))
        .collect();
    let names: Vec<String> = left
        .iter()
        .filter_map(|child| scene.watch.child(*child))
        .map(|facts| id_of(facts.child))
        .collect();
    let sentence = format!(
        "application {application} is over since {since}, and {} still run",
        names.join(", ")
    );
    let mut finding = Finding::new("INV-A3", sentence).mark("kill-lost");
    finding.subjects = names;
    finding.nodes = left;
    finding
}

/// INV-W2: the children on a machine hold more than its worker offers.
pub(super) fn is_overcommitted(scene: &Scene<'_>, machine: u32) -> bool {
    let Some((cores, memory_mib)) = scene.watch.size(machine) else {
        return false;
    };
    let (held, memory) = held(scene, machine);
    held > i64::from(cores) || memory > i64::from(memory_mib)
}

fn held(scene: &Scene<'_>, machine: u32) -> (i64, i64) {
    let children = scene.watch.on_machine(machine).into_iter();
    let facts = children.filter_map(|child| scene.watch.child(child));
    facts.fold((0, 0), |(cores, memory), facts| {
        (
            cores + i64::from(facts.cores),
            memory + i64::from(facts.memory_mib),
        )
    })
}

pub(super) fn overcommitted(scene: &Scene<'_>, machine: u32, since: Time) -> Finding {
    let (cores, memory_mib) = scene.watch.size(machine).unwrap_or_default();
    let (held, memory) = held(scene, machine);
    let children = scene.watch.on_machine(machine);
    let host = children
        .first()
        .and_then(|child| scene.watch.child(*child)?.parent);
    let host = host.map_or_else(|| Text::new("?"), |host| scene.ledger.name(host));
    let sentence = format!(
        "since {since} processes on the machine of {host} hold {held} cores and {memory} MiB of {cores} and {memory_mib}"
    );
    let mut finding = Finding::new("INV-W2", sentence).mark("lasting");
    finding.nodes = children;
    finding
}

/// INV-W2, RD-17: a machine is over-committed while a process that was told to end still ends.
pub(super) fn overcommitted_by_kill(scene: &Scene<'_>, machine: u32, at: Time) -> Option<Finding> {
    let children = scene.watch.on_machine(machine).into_iter();
    let names = children.filter_map(|child| scene.watch.child(child).map(|facts| facts.name));
    let ending = names
        .into_iter()
        .find(|name| scene.watch.is_signalled(*name))?;
    if !is_overcommitted(scene, machine) {
        return None;
    }
    let mut finding = overcommitted(scene, machine, at);
    finding.sentence = format!("{} while {ending} still ends", finding.sentence);
    finding.marks = vec!["after-kill"];
    Some(finding)
}

/// INV-P2: a process that was told to end lives.
pub(super) fn disobedient(child: Text, since: Time) -> Finding {
    let sentence = format!("{child} was told to end at {since}, and still runs");
    Finding::new("INV-P2", sentence).about(child)
}
