//! The queue world and turmoil's simulated TCP play the same library: turmoil finds what the
//! scenarios say, the two tell the same story, and what turmoil cannot play is listed.

use crate::ground::{Ground, library, program};
use crate::twice::{differences, scenarios};
use deploysim_scenarios::agreement::{compare, fixed, short};
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::world::World;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeMap;

/// Every scenario of the library by its name below it.
fn plans() -> BTreeMap<String, Plan> {
    let library = library();
    let mut files = Vec::new();
    scenarios(&library, &mut files);
    let plans = files.iter().map(|path| {
        let name = path.strip_prefix(&library).unwrap();
        let plan = scenario::read(path, &[]).unwrap();
        (name.to_str().unwrap().to_owned(), plan)
    });
    plans.collect()
}

/// Compares the worlds on every scenario that turmoil plays, after `change`.
#[track_caller]
fn check(change: impl Fn(&Plan) -> Plan + Sync) {
    let plans: Vec<(String, Plan)> = plans().into_iter().collect();
    let partings: Vec<String> = plans
        .par_iter()
        .map(|(name, plan)| (name, change(plan)))
        .map(|(name, plan)| (name, fixed(&plan)))
        .filter(|(_, plan)| World::Turmoil.refusal(plan).is_none())
        .filter_map(|(name, plan)| {
            let agreement = compare(&plan, plan.seed).unwrap();
            (!agreement.holds()).then(|| format!("{name}: {agreement:#?}"))
        })
        .collect();
    assert!(partings.is_empty(), "{}", partings.join("\n"));
}

#[test]
fn the_worlds_tell_the_same_story_of_the_whole_library() {
    check(Plan::clone);
}

#[test]
fn the_worlds_tell_the_same_story_with_a_worker_time_out_of_six_seconds() {
    check(short);
}

#[test]
fn turmoil_finds_what_the_scenarios_say() {
    let mut command = program();
    command.args(["test", "--world", "turmoil"]).arg(library());
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains(" skipped: "), "{shown}");
}

#[test]
fn what_turmoil_cannot_play_is_listed_and_nothing_else() {
    let listed: BTreeMap<String, String> = include_str!("../../scenarios/exclusions.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, mechanism)| (name.to_owned(), mechanism.to_owned()))
        .collect();
    let plans = plans();
    let refused: BTreeMap<String, String> = plans
        .iter()
        .filter_map(|(name, plan)| {
            let mechanism = World::Turmoil.refusal(plan)?.mechanism();
            Some((name.clone(), mechanism.to_owned()))
        })
        .collect();
    assert_eq!(refused, listed);
    assert!(
        refused.len() * 5 <= plans.len(),
        "turmoil plays at least four fifths"
    );
}

#[test]
fn a_run_on_turmoil_is_the_same_in_two_processes() {
    for name in [
        "registration/worker-joins.toml",
        "liveness/silent-worker-comes-back.toml",
        "drivers/worker-lost-supervised.toml",
        "executors/spread-out.toml",
        "known-defects/worker-exits-over-a-late-answer.toml",
    ] {
        let ground = Ground::new();
        for (folder, zone) in [("one", "UTC"), ("other", "Asia/Kathmandu")] {
            let mut command = program();
            command
                .args(["run", "--world", "turmoil"])
                .arg(library().join(name));
            command
                .arg("--out")
                .arg(ground.path(folder))
                .env("TZ", zone);
            let output = command.output().unwrap();
            let shown = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}: {shown}");
        }
        let differ = differences(&ground.path("one"), &ground.path("other"));
        assert!(differ.is_empty(), "{name}: {differ:?}");
    }
}

#[test]
fn a_scenario_that_is_too_large_for_turmoil_is_refused_with_its_size_and_the_limit() {
    let ground = Ground::new();
    let text = "title = \"Many\"\nuntil = \"10s\"\n[cluster]\nworker = { count = 2500 }\n";
    let path = ground.file("many.toml", text);
    let mut command = program();
    command.args(["run", "--world", "turmoil"]).arg(path);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("2501 nodes") && said.contains("at most 2000"),
        "{said}"
    );
}
