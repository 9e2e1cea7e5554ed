//! Files that are taken, and what they mean.

use super::{SMALLEST, plan};
use crate::network::Shape;
use crate::scenario::error::Style;
use crate::scenario::parse;
use crate::scenario::plan::{
    Claim, FaultEnd, FaultStart, FaultWord, LatencyPlan, Operation, Settle, Target, When, Window,
};
use crate::scenario::remarks::remarks;
use deploysim_protocol::behaviour::{HeartbeatTimer, RelaunchedDriver};
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::time::Time;
use expect_test::expect;
use std::path::Path;
use std::time::Duration;

pub(super) const EVERY_KEY_TEXT: &str = include_str!("every-key.toml");

const SILENT_WORKER: &str = r#"
title = "A silent worker is declared dead and comes back"
spark = "Master.timeOutDeadWorkers"
seed  = 7
until = "300s"

[cluster]
master = 1
worker = { count = 3, cores = 8, memory = "16g" }

[conf]
"spark.worker.timeout" = "60s"

[[application]]
at = "1s"
name = "pi"
cores_max = 12

[[fault]]
at = "20s"
until = "160s"
partition = ["worker-2", "master-1"]

[[expect]]
by = "121s"
worker = "worker-2"
state = "DEAD"

[[expect]]
after = "160s"
by = "250s"    # TCP retransmits with growing pauses: the held heartbeats arrive at 234.6 s
worker = "worker-2"
state = "ALIVE"
"#;

/// Writes a plan out, reads it back, and expects the same.
fn check_round_trip(text: &str) {
    let first = plan(text);
    let written = first.to_toml();
    let again = plan(&written);
    assert_eq!(again, first, "{written}");
    assert_eq!(again.to_toml(), written);
}

#[test]
fn a_plan_written_out_is_the_same_plan() {
    for text in [SMALLEST, SILENT_WORKER, EVERY_KEY_TEXT] {
        check_round_trip(text);
    }
}

const ZOOKEEPER: &str = "[conf]\n\"spark.deploy.recoveryMode\" = \"ZOOKEEPER\"\n";

#[test]
fn an_election_service_comes_with_its_mode_only() {
    let with = plan(&(SMALLEST.to_owned() + ZOOKEEPER));
    let election = with.election.unwrap();
    assert_eq!(election.session_timeout, Duration::from_secs(60));
    assert_eq!(election.connection_timeout, Duration::from_secs(15));
    let suspend = LatencyPlan::uniform(Duration::ZERO, Duration::from_secs(20));
    assert_eq!(election.suspend_delay, suspend);
    let at_once = LatencyPlan::constant(Duration::ZERO);
    assert_eq!(election.callback_delay, at_once);
    let without = SMALLEST.to_owned() + "[election]\nsession_timeout = \"6s\"\n";
    assert_eq!(plan(&without).election, None);
}

#[test]
fn targets_of_an_election() {
    let text = SMALLEST.to_owned()
        + ZOOKEEPER
        + "[[fault]]\nat = \"1s\"\npartition = [\"leader\", \"election\"]\n";
    let FaultWord::Partition { first, second, .. } = &plan(&text).faults[0].word else {
        panic!("a partition");
    };
    assert_eq!(first, &[Target::Leader]);
    assert_eq!(second, &[Target::Election]);
    check_round_trip(&text);
}

#[test]
fn masters_are_numbered_from_one() {
    let text = "title = \"t\"\nuntil = \"60s\"\n[cluster]\nmaster = 3\n";
    assert_eq!(
        plan(text).cluster.masters,
        ["master-1", "master-2", "master-3"]
    );
    check_round_trip(text);
}

#[test]
fn the_example_of_the_documents_means_what_it_says() {
    let plan = plan(SILENT_WORKER);
    assert_eq!(plan.seed, 7);
    assert_eq!(plan.settle, Settle::UntilDecided);
    let names: Vec<&str> = plan
        .cluster
        .workers
        .iter()
        .map(|worker| worker.name.as_str())
        .collect();
    assert_eq!(names, ["worker-1", "worker-2", "worker-3"]);
    assert_eq!(plan.conf.worker_timeout, Duration::from_secs(60));
    assert_eq!(plan.applications[0].work.cores_max, Some(12));
    let fault = &plan.faults[0];
    assert_eq!(fault.start, FaultStart::At(Time::from_secs(20)));
    assert_eq!(fault.end, FaultEnd::At(Time::from_secs(160)));
    assert!(matches!(&fault.word, FaultWord::Partition { first, .. }
        if *first == [Target::Worker("worker-2".to_owned())]));
    let Claim::Worker { state, .. } = &plan.expectations[1].claim else {
        panic!("a worker")
    };
    assert_eq!(*state, Some(WorkerState::Alive));
    let window = Window::By {
        after: Time::from_secs(160),
        by: Time::from_secs(250),
    };
    assert_eq!(plan.expectations[1].window, window);
}

#[test]
fn groups_of_workers_are_numbered_over_all_that_have_no_name() {
    let plan = plan(EVERY_KEY_TEXT);
    let names: Vec<&str> = plan
        .cluster
        .workers
        .iter()
        .map(|worker| worker.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["worker-1", "worker-2", "big-1", "big-2", "odd", "worker-3"]
    );
    let gpus: Vec<_> = plan
        .cluster
        .workers
        .iter()
        .map(|worker| worker.resources.get("gpu"))
        .collect();
    // The configuration offers one gpu wherever a group says nothing.
    assert_eq!(
        gpus,
        [Some(&1), Some(&1), Some(&2), Some(&2), None, Some(&1)]
    );
}

#[test]
fn defaults_come_from_the_design_and_from_spark() {
    let plan = plan(SMALLEST);
    let (low, high) = (Duration::from_micros(500), Duration::from_millis(2));
    assert_eq!(plan.network.latency, LatencyPlan::uniform(low, high));
    assert_eq!(
        plan.network.tcp_user_timeout,
        Duration::from_millis(924_600)
    );
    assert_eq!(plan.store.call, Duration::ZERO);
    assert_eq!(
        (
            plan.cluster.workers[0].cores,
            plan.cluster.workers[0].memory_mib
        ),
        (8, 16384)
    );
    let with_store =
        SMALLEST.to_owned() + "[conf]\n\"spark.deploy.recoveryMode\" = \"FILESYSTEM\"\n";
    assert_eq!(
        super::plan(&with_store).store.call,
        Duration::from_millis(1)
    );
}

/// As in Spark; what is said of it is a warning.
#[test]
fn an_engine_that_cannot_be_played_is_none() {
    let with =
        |mode: &str| format!("{SMALLEST}[conf]\n\"spark.deploy.recoveryMode\" = \"{mode}\"\n");
    for (mode, warning) in [
        (
            "FILESYTEM",
            "recovery mode `FILESYTEM` is unknown to Spark: nothing is kept, as with NONE; did you mean `FILESYSTEM`?",
        ),
        (
            "etcd",
            "recovery mode `etcd` is unknown to Spark: nothing is kept, as with NONE",
        ),
        (
            "CUSTOM",
            "recovery mode CUSTOM cannot be played: nothing is kept, as with NONE",
        ),
    ] {
        let text = with(mode);
        let plan = plan(&text);
        assert_eq!(plan.conf.recovery_mode, RecoveryMode::None);
        assert_eq!(plan.store.call, Duration::ZERO);
        assert_eq!(remarks(&plan), [warning]);
        check_round_trip(&text);
    }
    for mode in ["NONE", "FILESYSTEM", "ROCKSDB", "ZOOKEEPER"] {
        assert_eq!(remarks(&plan(&with(mode))), Vec::<String>::new());
    }
}

#[test]
fn every_key_is_read_into_its_place() {
    let plan = plan(EVERY_KEY_TEXT);
    assert_eq!(plan.behaviour.relaunched_driver, RelaunchedDriver::KeepId);
    assert_eq!(plan.behaviour.heartbeat_timer, HeartbeatTimer::PileUp);
    assert_eq!(plan.network.links.len(), 2);
    assert_eq!(plan.network.bandwidth, Some(125_000_000));
    assert_eq!(
        plan.applications[0].work.requests[1].when,
        When::After(Duration::from_secs(30))
    );
    assert_eq!(plan.applications[0].work.executor_exits.code(9), Some(0));
    let last = plan
        .operations
        .last()
        .map(|operation| operation.operation.clone());
    assert_eq!(last, Some(Operation::KillDriver("etl".to_owned())));
    let (after, hosted) = plan.drivers[0].application.as_ref().unwrap();
    assert_eq!(
        (*after, hosted.name.as_str()),
        (Duration::from_secs(3), "etl-app")
    );
    assert_eq!(plan.application_works().count(), 4);
    let targets = plan.faults.iter().find_map(|fault| match &fault.word {
        FaultWord::Delay { first, .. } if first.len() > 1 => Some(first.len()),
        FaultWord::Partition { .. }
        | FaultWord::Delay { .. }
        | FaultWord::Reset { .. }
        | FaultWord::Message { .. }
        | FaultWord::Crash { .. }
        | FaultWord::PowerLoss { .. }
        | FaultWord::Disk { .. }
        | FaultWord::Pause { .. }
        | FaultWord::Exit { .. } => None,
    });
    assert_eq!(targets, Some(4), "executors of four applications");
}

#[test]
fn a_worker_may_be_expected_to_use_no_memory() {
    let wanted = "[[expect]]\nat = \"5s\"\nworker = \"worker-1\"\nmemory_used = \"0m\"\n";
    check_round_trip(&(SMALLEST.to_owned() + wanted));
}

#[test]
fn expectations_are_sentences() {
    let lines: Vec<String> = plan(EVERY_KEY_TEXT)
        .expectations
        .iter()
        .map(ToString::to_string)
        .collect();
    expect![[r#"
        worker-2 is DEAD between 10s and 121s
        at least 2 of worker-1 … worker-3 (6 in all) is listed, uses 4 cores, uses 4096 MiB, has at most 3 executors, has 0 drivers at 50s
        master-1 is ALIVE always after 3s until 250s
        driver etl is ERROR, is on big-1, has 1 to 3 ids, has 2 living copies never, on some seed
        application pi is RUNNING, has 12 cores, has 6 executors, has 1 ids by 100s
        2 of executor:etl-app/* is RUNNING, is on big-1, has at least 1 cores by 100s
        7 × ReconnectWorker from master-1, to worker-1 … worker-3 (6 in all) by 100s
        1 of process worker-1 does not run, exited with 1 by 100s"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn samples_are_read_from_a_file_beside_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let network = "[network]\nlatency = { distribution = \"empirical\", csv = \"samples.csv\" }\n";
    let text = SMALLEST.to_owned() + network;
    for content in ["rtt_us,other\n300,x\n100,y\n", "300us\n100us\n"] {
        std::fs::write(folder.path().join("samples.csv"), content).unwrap();
        let plan = parse("file.toml", text.as_bytes(), folder.path(), &[]).unwrap();
        let samples = vec![Duration::from_micros(100), Duration::from_micros(300)];
        assert_eq!(plan.network.latency.shape, Shape::Empirical(samples.into()));
        // Written out, it needs the file no more.
        assert_eq!(super::plan(&plan.to_toml()), plan);
    }
}

#[test]
fn overrides_replace_what_the_file_says() {
    let changes = [
        "seed=9",
        "until=400s",
        "cluster.worker.count=5",
        "conf.spark.worker.timeout=30",
        "application.pi.cores_max=3",
        "fault.0.until=\"100s\"",
        "store.call=3ms",
    ];
    let changes = changes.map(str::to_owned);
    let plan = parse(
        "file.toml",
        SILENT_WORKER.as_bytes(),
        Path::new(""),
        &changes,
    )
    .unwrap();
    assert_eq!((plan.seed, plan.until), (9, Time::from_secs(400)));
    assert_eq!(plan.cluster.workers.len(), 5);
    assert_eq!(plan.conf.worker_timeout, Duration::from_secs(30));
    assert_eq!(plan.applications[0].work.cores_max, Some(3));
    assert_eq!(plan.faults[0].end, FaultEnd::At(Time::from_secs(100)));
    assert_eq!(plan.store.call, Duration::from_millis(3));
    assert_eq!(plan.set("seed=11").unwrap().seed, 11);
}

#[test]
fn a_wrong_override_is_shown_by_itself() {
    let plan = plan(SILENT_WORKER);
    expect![[r#"
        error: `until` has no unit
         --> --set:1:7
          |
        1 | until=5
          |       ^
          |
          = help: did you mean `"5s"`?
          = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]]
    .assert_eq(&plan.set("until=5").unwrap_err().render(Style::Plain));
    for change in [
        "nonsense",
        "cluster.workers.count=2",
        "fault.7.at=1s",
        "title.x=1",
        "=1",
    ] {
        let error = plan.set(change).unwrap_err();
        assert!(
            error.place(&error.problems()[0]).starts_with("--set:1:"),
            "{error}"
        );
    }
}
