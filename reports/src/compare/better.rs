//! Which way each number is better, by its name in `scenarios/README.md`.

use deploysim_scenarios::statistics::Direction;

/// Numbers of which less is better.
const LESS: [&str; 14] = [
    "applications_failed",
    "applications_unfinished",
    "cores_fragmentation",
    "drivers_failed",
    "drivers_unfinished",
    "executors_lost",
    "expectations_failed",
    "leaderless",
    "makespan",
    "violations",
    "workers_removed_falsely",
    "application_wait",
    "application_turnaround",
    "application_slowdown",
];

/// What is between the name of a thing and `_mean` or `_max`: how long or how many waited.
const LESS_PARTS: [&str; 4] = ["_wait_", "_waiting_", "_turnaround_", "_slowdown_"];

/// Numbers of which more is better.
const MORE: [&str; 4] = [
    "applications_finished",
    "drivers_finished",
    "fairness",
    "held",
];

/// Which way a number is better. How much there was to do (messages, passes, launches) has no better
/// way, and neither has how full the cluster was: the same work done faster leaves it emptier.
pub(super) fn direction(name: &str) -> Direction {
    // A column has its unit, and a number about one job its labels.
    let name = name.split('{').next().unwrap_or_default();
    let name = name.strip_suffix("_ns").unwrap_or(name);
    let is_benchmark = name.contains('/');
    if is_benchmark || LESS.contains(&name) || LESS_PARTS.iter().any(|part| name.contains(part)) {
        Direction::LessIsBetter
    } else if MORE.contains(&name) {
        Direction::MoreIsBetter
    } else {
        Direction::Neither
    }
}
