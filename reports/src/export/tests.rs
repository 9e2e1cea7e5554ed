//! What other tools get: every message with both ends, clocks that only grow, and errors that name
//! their line.

use super::{ExportError, Form, export};
use deploysim_scenarios::run;
use deploysim_scenarios::scenario;
use deploysim_scenarios::trace::json::JsonWriter;
use deploysim_scenarios::world::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SCENARIO: &str = r#"title = "A worker is lost and comes back"
until = "5min"
application = [{ name = "pi", at = "1s", cores_max = 4 }]
driver = [{ name = "etl", at = "2s", run = "60s" }]

[cluster]
worker = { count = 2, cores = 8, memory = "16g" }

[[fault]]
at = "100s"
until = "200s"
crash = "worker-2"
"#;

/// The folder of a run, with its trace.
fn recorded() -> TempDir {
    let folder = TempDir::new().unwrap();
    let plan = scenario::parse("one.toml", SCENARIO.as_bytes(), Path::new(""), &[]).unwrap();
    let mut trace = JsonWriter::new(Vec::new(), &plan.title, 1).unwrap();
    run::play(World::Queue, &plan, 1, &mut [&mut trace]).unwrap();
    fs::write(folder.path().join("trace.jsonl"), trace.into_inner()).unwrap();
    fs::write(folder.path().join("scenario.toml"), plan.to_toml()).unwrap();
    folder
}

fn exported(folder: &TempDir, form: Form) -> String {
    let output = folder.path().join("out");
    export(folder.path(), form, &output).unwrap();
    fs::read_to_string(output).unwrap()
}

#[test]
fn perfetto_is_given_processes_slices_and_flows() {
    let text = exported(&recorded(), Form::Perfetto);
    let document: Value = serde_json::from_str(&text).unwrap();
    let events = document["traceEvents"].as_array().unwrap();
    let of = |phase: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["ph"] == phase).collect()
    };
    let named = of("M")
        .into_iter()
        .filter(|event| event["name"] == "process_name");
    let names: BTreeMap<u64, &str> = named
        .map(|event| {
            (
                event["pid"].as_u64().unwrap(),
                event["args"]["name"].as_str().unwrap(),
            )
        })
        .collect();
    for name in [
        "faults",
        "master-1",
        "worker-2",
        "pi",
        "driver:etl",
        "executor:pi/0",
    ] {
        assert!(names.values().any(|one| *one == name), "{name}: {names:?}");
    }
    for event in events {
        assert!(
            names.contains_key(&event["pid"].as_u64().unwrap()),
            "{event}"
        );
    }
    let numbers = |phase| -> BTreeSet<u64> {
        of(phase)
            .iter()
            .map(|event| event["id"].as_u64().unwrap())
            .collect()
    };
    let (starts, ends) = (numbers("s"), numbers("f"));
    assert!(ends.len() > 50 && ends.is_subset(&starts), "{}", ends.len());
    assert_eq!(of("f").len(), ends.len(), "each message arrives once");
    // An executor of `pi` still runs at the end.
    let slices = |phase, category: &str| -> BTreeSet<u64> {
        let all = of(phase).into_iter();
        let these = all.filter(|event| event["cat"] == category);
        these.map(|event| event["id"].as_u64().unwrap()).collect()
    };
    for (category, least) in [("child", 3), ("fault", 1)] {
        let begun = slices("b", category);
        assert!(begun.len() >= least, "{category}: {begun:?}");
        assert_eq!(slices("e", category), begun, "{category}");
    }
    assert!(text.contains("fault 1: crash worker-2 begins"));
    let times: Vec<f64> = events
        .iter()
        .filter_map(|event| event["ts"].as_f64())
        .collect();
    assert!(times.is_sorted());
}

/// Host, clock by host.
fn clocks(log: &str) -> Vec<(String, BTreeMap<String, u64>)> {
    let lines: Vec<&str> = log.lines().collect();
    let (pairs, rest) = lines.as_chunks::<2>();
    assert!(rest.is_empty());
    let read = |[_, second]: &[&str; 2]| {
        let (host, clock) = second.split_once(' ').unwrap();
        (host.to_owned(), serde_json::from_str(clock).unwrap())
    };
    pairs.iter().map(read).collect()
}

#[test]
fn shiviz_is_given_clocks_that_only_grow() {
    let log = exported(&recorded(), Form::Shiviz);
    let mut known: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut learned = 0;
    for (host, clock) in clocks(&log) {
        let before = known.entry(host.clone()).or_default();
        assert_eq!(
            clock[&host],
            before.get(&host).copied().unwrap_or(0) + 1,
            "{host}"
        );
        for (other, count) in before.iter() {
            assert!(clock[other] >= *count, "{host} forgets {other}");
        }
        learned += usize::from(clock.len() > before.len().max(1));
        *before = clock;
    }
    assert!(learned >= 6, "hosts hear of each other: {learned}");
    // Nobody knows more of a host than the host itself.
    for clock in known.values() {
        for (other, count) in clock {
            assert!(known[other][other] >= *count);
        }
    }
    assert!(log.contains("s receives RegisterWorker\nmaster-1 {"));
    assert!(log.contains("fault 1: crash worker-2 begins\nrun {"));
    assert!(!log.contains("Heartbeat"));
}

#[track_caller]
fn check(change: impl Fn(String) -> String, line: u64, said: &str) {
    let folder = recorded();
    let path = folder.path().join("trace.jsonl");
    let trace = change(fs::read_to_string(&path).unwrap());
    fs::write(&path, trace).unwrap();
    let output = folder.path().join("out");
    for form in [Form::Perfetto, Form::Shiviz] {
        let error = export(folder.path(), form, &output).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(said), "{text}");
        match error {
            ExportError::Wrong { line: found, .. } => assert_eq!(found, line, "{text}"),
            ExportError::Unreadable { .. } | ExportError::Unwritable { .. } => panic!("{text}"),
        }
        assert!(!output.exists());
    }
}

fn lines(trace: &str, count: usize) -> String {
    trace
        .lines()
        .take(count)
        .fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn a_wrong_trace_is_named_by_its_line() {
    check(
        |trace| lines(&trace, 100),
        100,
        "cut off: after this line the run is not over",
    );
    check(
        |trace| lines(&trace, 100) + "{\"at\":9",
        101,
        "cut off in this line",
    );
    check(
        |trace| trace.replacen("\"version\":2", "\"version\":3", 1),
        1,
        "the trace has version 3; this program reads 2",
    );
    check(|_| "time_ns,node\n1,2\n".to_owned(), 1, "not a trace");
    check(
        |_| "{\"format\":\"other\",\"version\":1}\n".to_owned(),
        1,
        "the format is `other`",
    );
    check(|_| String::new(), 1, "empty");
    check(
        |trace| lines(&trace, 1) + "{\"at\":0,\"fact\":\"burnt\"}\n",
        2,
        "burnt",
    );
    check(
        |trace| lines(&trace, 1) + "{\"at\":0,\"fact\":\"paused\",\"node\":7}\n",
        2,
        "node 7 has not started",
    );
    check(
        |trace| {
            let end = "{\"at\":5,\"fact\":\"settling\"}\n{\"at\":4,\"fact\":\"finished\"}\n";
            lines(&trace, 1) + end
        },
        3,
        "time goes back",
    );
    check(
        |trace| trace.clone() + &trace,
        recorded_lines() + 1,
        "nothing may follow",
    );
}

fn recorded_lines() -> u64 {
    let trace = fs::read_to_string(recorded().path().join("trace.jsonl")).unwrap();
    trace.lines().count() as u64
}

#[test]
fn a_folder_without_a_trace_is_said() {
    let folder = TempDir::new().unwrap();
    let error = export(folder.path(), Form::Perfetto, &folder.path().join("out")).unwrap_err();
    assert!(matches!(error, ExportError::Unreadable { .. }), "{error}");
    let folder = recorded();
    let place = folder.path().join("no/such/place");
    let error = export(folder.path(), Form::Perfetto, &place).unwrap_err();
    assert!(matches!(error, ExportError::Unwritable { .. }), "{error}");
}
