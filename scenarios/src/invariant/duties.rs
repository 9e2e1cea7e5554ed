//! Every obligation: whether it is unmet, how long it may be, and what is said when it was for
//! too long. One match for each question; the answers are in the files of the families.

use super::demand::Demand;
use super::pending::Duty;
use super::scene::Scene;
use super::violation::Finding;
use super::{clients, drift, ghosts, leadership, membership, stored};
use crate::trace::Child;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// Whether a duty is unmet.
pub(super) fn is_unmet(duty: Duty, scene: &Scene<'_>, demand: &Demand) -> bool {
    match duty {
        Duty::Membership(worker) => membership::is_missing(scene, worker),
        Duty::Burial(master, slot) => membership::is_unburied(scene, master, slot),
        Duty::Oblivion(master, slot) => membership::is_remembered(scene, master, slot),
        Duty::Decommission(worker) => membership::is_at_odds(scene, worker),
        Duty::Launch(master, driver) => demand.is_waiting(scene, master, driver),
        Duty::Rerun(master, driver) => drift::is_idle(scene, master, driver),
        Duty::Grant(master, application) => demand.is_starving(scene, master, application),
        Duty::Start(master, key) => drift::is_launching(scene, master, key),
        Duty::HeldExecutor(master, key) => drift::is_executor_missing(scene, master, key),
        Duty::HeldDriver(master, driver) => drift::is_driver_missing(scene, master, driver),
        Duty::Success(driver) => drift::is_misjudged(scene, driver),
        Duty::Identity(client) => clients::is_unknown(scene, client),
        Duty::Application(client) => clients::is_absent(scene, client),
        Duty::Notice(client) => clients::is_untold(scene, client),
        Duty::Clearance(application) => ghosts::is_uncleared(scene, application),
        Duty::BookedHere(child) => ghosts::is_unbooked_here(scene, child),
        Duty::Booked(child) => ghosts::is_unbooked(scene, child),
        Duty::Record(child) => ghosts::is_unrecorded(scene, child),
        Duty::Owner(child) => ghosts::is_unowned(scene, child),
        Duty::Host(child) => ghosts::is_abandoned(scene, child),
        Duty::Parent(child) => ghosts::is_orphan(scene, child),
        Duty::Obedience(child) => scene.ledger.fate(child).is_some_and(|fate| fate.is_alive),
        Duty::Single(root) => ghosts::is_doubled(scene, root),
        Duty::Kill(driver) => ghosts::is_spared(scene, driver),
        Duty::Fit(machine) => ghosts::is_overcommitted(scene, machine),
        Duty::Recovery(master) => leadership::is_recovering(scene, master),
        Duty::Stored(master) => stored::is_at_odds(scene, master),
        Duty::Leader => leadership::is_leaderless(scene),
    }
}

/// How long a duty may be unmet, once no fault is active.
pub(super) fn bound(duty: Duty, scene: &Scene<'_>) -> Duration {
    let bounds = scene.bounds;
    match duty {
        Duty::Membership(_) | Duty::Application(_) => bounds.live,
        Duty::Burial(..) => bounds.dead,
        Duty::Oblivion(..) => bounds.cull,
        Duty::Decommission(_) | Duty::Notice(_) => 2 * bounds.delay,
        Duty::Launch(..) => bounds.delay,
        Duty::Rerun(..) => bounds.rerun,
        Duty::Grant(..) => bounds.exec,
        Duty::Start(..) => 2 * bounds.delay + bounds.start + scene.repeated(),
        Duty::HeldExecutor(..) => bounds.drift + scene.repeated(),
        Duty::HeldDriver(..) | Duty::Success(_) => bounds.drift,
        Duty::Identity(_) => bounds.notice + 2 * bounds.delay,
        Duty::Clearance(_) | Duty::Fit(_) => scene.cleared(),
        Duty::BookedHere(_)
        | Duty::Booked(_)
        | Duty::Record(_)
        | Duty::Owner(_)
        | Duty::Single(_) => bounds.ghost,
        Duty::Host(_) => bounds.dead + bounds.live + bounds.ghost,
        Duty::Parent(child) => {
            let name = scene.watch.child(child).map(|facts| facts.name);
            let told = name.is_some_and(|name| scene.watch.is_signalled(name));
            2 * bounds.delay + if told { bounds.kill } else { bounds.stop }
        }
        Duty::Obedience(_) => bounds.kill,
        Duty::Kill(_) => bounds.delay + bounds.kill,
        Duty::Recovery(_) => bounds.recover,
        Duty::Stored(_) => bounds.drift,
        // Once somebody led, the calm knows how long the next may take.
        Duty::Leader if scene.calm.waits_for_leader() => 2 * bounds.delay,
        Duty::Leader => bounds.lead + bounds.recover,
    }
}

/// Until when a duty may be unmet beyond its bound, because a report is being repeated.
pub(super) fn excuse(duty: Duty, scene: &Scene<'_>) -> Option<Time> {
    if let Duty::Start(master, key) | Duty::HeldExecutor(master, key) = duty {
        drift::reported_by(scene, master, key)
    } else {
        None
    }
}

/// What is said of a duty that has been unmet since an instant.
pub(super) fn finding(duty: Duty, since: Time, scene: &Scene<'_>, demand: &Demand) -> Finding {
    match duty {
        Duty::Membership(worker) => membership::missing(scene, worker, since),
        Duty::Burial(master, slot) => membership::unburied(scene, master, slot, since),
        Duty::Oblivion(master, slot) => membership::remembered(scene, master, slot, since),
        Duty::Decommission(worker) => membership::at_odds(scene, worker, since),
        Duty::Launch(master, driver) => demand.waits(scene, master, driver, since),
        Duty::Rerun(master, driver) => drift::idle(scene, master, driver, since),
        Duty::Grant(master, application) => demand.starves(scene, master, application, since),
        Duty::Start(master, key) => drift::launching(scene, master, key, since),
        Duty::HeldExecutor(master, key) => drift::executor_missing(scene, master, key, since),
        Duty::HeldDriver(master, driver) => drift::driver_missing(scene, master, driver, since),
        Duty::Success(driver) => drift::misjudged(scene, driver, since),
        Duty::Identity(client) => clients::unknown(scene, "INV-A2", client, since),
        Duty::Application(client) => clients::unknown(scene, "INV-L6", client, since),
        Duty::Notice(client) => clients::unknown(scene, "INV-A5", client, since),
        Duty::Clearance(application) => ghosts::uncleared(scene, application, since),
        Duty::BookedHere(child) => ghosts::stray(scene, "INV-C2", child, since),
        Duty::Booked(child) => ghosts::stray(scene, "INV-G1", child, since),
        Duty::Record(child) => ghosts::stray(scene, "INV-D5", child, since),
        Duty::Owner(child) => ghosts::stray(scene, "INV-X5", child, since),
        Duty::Host(child) => ghosts::stray(scene, "INV-G2", child, since),
        Duty::Parent(child) => ghosts::stray(scene, "INV-P1", child, since),
        Duty::Obedience(child) => ghosts::disobedient(child, since),
        Duty::Single(root) => ghosts::doubled(scene, root, since),
        Duty::Kill(driver) => ghosts::spared(scene, driver, since),
        Duty::Fit(machine) => ghosts::overcommitted(scene, machine, since),
        Duty::Recovery(master) => leadership::recovers(scene, master, since),
        Duty::Stored(master) => stored::at_odds(scene, master, since),
        Duty::Leader => leadership::leaderless(scene, since),
    }
}

/// The duties towards one living child.
pub(super) fn of_child(child: crate::trace::NodeId, what: Child) -> Vec<Duty> {
    let mut duties = vec![
        Duty::BookedHere(child),
        Duty::Booked(child),
        Duty::Parent(child),
    ];
    match what {
        Child::Driver(id) => duties.extend([Duty::Record(child), Duty::Kill(id)]),
        Child::Executor(_) => duties.extend([Duty::Owner(child), Duty::Host(child)]),
    }
    duties
}
