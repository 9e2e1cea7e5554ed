//! The queue world against answers worked out by hand: constant latencies, few nodes.

use super::play;
use crate::scenario;
use crate::trace::{Entry, Fact, NodeId, Observer};
use deploysim_protocol::text;
use std::path::Path;

/// Collects one line for each entry: time, name, fact.
#[derive(Default)]
struct Story {
    names: Vec<String>,
    lines: Vec<String>,
}

impl Story {
    fn name(&self, node: NodeId) -> &str {
        self.names.get(node.index()).map_or("?", String::as_str)
    }
}

impl Observer for Story {
    fn observe(&mut self, entry: &Entry<'_>) {
        if let Fact::Started(start) = &entry.fact {
            let index = entry.node.index();
            self.names
                .resize(self.names.len().max(index + 1), String::new());
            self.names[index] = start.name.to_string();
        }
        let name = self.name(entry.node);
        let fact = match &entry.fact {
            Fact::Started(_) => "started".to_owned(),
            Fact::Ended { end } => format!("ended {end:?}"),
            Fact::Paused => "paused".to_owned(),
            Fact::Resumed => "resumed".to_owned(),
            Fact::ChildLaunched { name, .. } => format!("launched {name}"),
            Fact::ChildLost { name, .. } => format!("lost {name}"),
            Fact::ChildSignalled { name, signal } => format!("signalled {name} {signal:?}"),
            Fact::Note(event) => event.kind().to_owned(),
            Fact::Sent { unit, fate, .. } => format!("sends {} {fate:?}", unit.kind()),
            Fact::Received { unit, .. } => format!("gets {}", unit.kind()),
            Fact::Tampered {
                unit, tampering, ..
            } => format!("{tampering:?} {}", unit.kind()),
            Fact::ConnectionOpened { .. } => "connected".to_owned(),
            Fact::ConnectionEnded { cause, .. } => format!("disconnected {cause:?}"),
            Fact::DialFailed { cause, .. } => format!("dial failed {cause:?}"),
            Fact::FaultBegan { .. } => "fault begins".to_owned(),
            Fact::FaultEnded { .. } => "fault ends".to_owned(),
            Fact::Settling => "settling".to_owned(),
            Fact::Finished => "finished".to_owned(),
        };
        self.lines.push(format!("{} {name} {fact}", entry.at));
    }
}

const HEAD: &str = r#"
title = "A small cluster with a constant latency"
seed = 1
settle = "0s"
[network]
latency = "10ms"
[process]
start = "1s"
stop = "100ms"
"#;

/// Plays a scenario: the head above, with `until`, and the rest as given.
fn story(until: &str, rest: &str) -> Vec<String> {
    let file = format!("until = \"{until}\"\n{HEAD}\n{rest}");
    let plan = scenario::parse("test.toml", file.as_bytes(), Path::new("."), &[]);
    let plan =
        plan.unwrap_or_else(|error| panic!("{}", error.render(scenario::error::Style::Plain)));
    text::scope(|| play(&plan, plan.seed, Story::default()).1.lines)
}

/// The lines that contain every one of `words`.
fn lines(story: &[String], words: &[&str]) -> Vec<String> {
    let wanted = story
        .iter()
        .filter(|line| words.iter().all(|word| line.contains(word)));
    wanted.cloned().collect()
}

/// Asserts that the story has exactly these lines among those that contain every word.
fn check(story: &[String], words: &[&str], expected: &[&str]) {
    assert_eq!(lines(story, words), expected, "in\n{}", story.join("\n"));
}

const ONE_WORKER: &str = "[cluster]\nworker = { count = 1, cores = 4, memory = \"4g\" }\n";

#[test]
fn a_handshake_costs_a_round_trip_and_each_message_a_latency() {
    let story = story("1s", ONE_WORKER);
    check(
        &story,
        &["connected"],
        &["0.020s worker-1 connected", "0.020s master-1 connected"],
    );
    check(
        &story,
        &["gets Resolve"],
        &[
            "0.030s master-1 gets Resolve",
            "0.040s worker-1 gets Resolved",
        ],
    );
    check(
        &story,
        &["gets Register"],
        &[
            "0.050s master-1 gets RegisterWorker",
            "0.060s worker-1 gets RegisteredWorker",
        ],
    );
}

#[test]
fn a_delay_slows_the_answer_to_a_dial_too() {
    let fault = r#"
[[fault]]
at = "0s"
delay = "500ms"
between = ["master-1", "worker-1"]
direction = "to"
"#;
    let story = story("5s", &format!("{ONE_WORKER}{fault}"));
    check(
        &story,
        &["worker-1 connected"],
        &["0.520s worker-1 connected"],
    );
    check(
        &story,
        &["worker-1 gets Resolved"],
        &["1.040s worker-1 gets Resolved"],
    );
}

#[test]
fn a_dead_process_refuses_a_dial_after_a_round_trip() {
    let crash = "[[fault]]\nat = \"0s\"\nfor = \"3s\"\ncrash = \"master-1\"\n";
    let story = story("2s", &format!("{ONE_WORKER}{crash}"));
    check(
        &story,
        &["dial failed"],
        &["0.020s worker-1 dial failed Refused"],
    );
}

#[test]
fn a_dial_into_a_black_hole_goes_through_with_the_first_request_after_the_healing() {
    let cut = "[[fault]]\nat = \"0s\"\nuntil = \"5s\"\npartition = [\"worker-1\", \"master-1\"]\ndirection = \"to\"\n";
    let story = story("10s", &format!("{ONE_WORKER}{cut}"));
    // Requests leave at 0, 1, 3 and 7 s; the last one finds the way open.
    check(
        &story,
        &["worker-1 connected"],
        &["7.020s worker-1 connected"],
    );
}

#[test]
fn what_was_held_by_a_cut_of_two_seconds_arrives_with_the_first_retransmission_after_it() {
    let cut =
        "[[fault]]\nat = \"14s\"\nuntil = \"16s\"\npartition = [\"worker-1\", \"master-1\"]\n";
    let story = story("20s", &format!("{ONE_WORKER}{cut}"));
    // The beat of 15.06 s is sent again 0.2, 0.6 and 1.4 s later; only the last finds the way open.
    check(
        &story,
        &["master-1 gets Heartbeat"],
        &[
            "0.070s master-1 gets Heartbeat",
            "16.470s master-1 gets Heartbeat",
        ],
    );
}

#[test]
fn a_side_that_is_not_told_of_a_reset_learns_it_a_round_trip_after_its_next_byte() {
    let reset = "[[fault]]\nat = \"10s\"\nreset = [\"worker-1\", \"master-1\"]\ntold = \"none\"\n";
    let story = story("20s", &format!("{ONE_WORKER}{reset}"));
    // The next byte is the beat of 15.06 s, which is lost.
    check(
        &story,
        &["disconnected"],
        &["15.080s worker-1 disconnected Reset"],
    );
    check(
        &story,
        &["master-1 gets Heartbeat"],
        &["0.070s master-1 gets Heartbeat"],
    );
}

#[test]
fn one_side_alone_can_be_told_of_a_reset() {
    let reset =
        "[[fault]]\nat = \"10s\"\nreset = [\"worker-1\", \"master-1\"]\ntold = \"master-1\"\n";
    let story = story("12s", &format!("{ONE_WORKER}{reset}"));
    check(
        &story,
        &["disconnected"],
        &["10.000s master-1 disconnected Reset"],
    );
    check(
        &story,
        &["WorkerRemoved"],
        &["10.000s master-1 WorkerRemoved"],
    );
}

#[test]
fn a_paused_worker_beats_once_for_each_tick_that_it_missed() {
    let pause = "[[fault]]\nat = \"10s\"\nfor = \"40s\"\npause = \"worker-1\"\n";
    let story = story("55s", &format!("{ONE_WORKER}{pause}"));
    check(
        &story,
        &["HeartbeatSent"],
        &[
            "0.060s worker-1 HeartbeatSent",
            "50.000s worker-1 HeartbeatSent",
            "50.000s worker-1 HeartbeatSent",
            "50.000s worker-1 HeartbeatSent",
        ],
    );
}

#[test]
fn a_paused_worker_catches_up_in_the_same_order_whoever_was_paused_with_it() {
    let paused = |who: &str| {
        let rest = format!(
            "[cluster]\nworker = {{ count = 2, cores = 6 }}\n\
             [[application]]\nat = \"12s\"\nname = \"pi\"\ncores_per_executor = 1\n\
             [[fault]]\nat = \"10s\"\nfor = \"45s\"\npause = {who}\ntimers_first = 0.5\n"
        );
        lines(&story("56s", &rest), &["55.000s worker-2"])
    };
    let alone = paused("\"worker-2\"");
    // Three heartbeats were missed, and an executor for each core was asked for.
    assert_eq!(lines(&alone, &["HeartbeatSent"]).len(), 3, "{alone:?}");
    assert_eq!(
        lines(&alone, &["gets LaunchExecutor"]).len(),
        6,
        "{alone:?}"
    );
    assert_eq!(alone, paused("[\"worker-1\", \"worker-2\"]"));
}

fn with_message_fault(action: &str) -> Vec<String> {
    let fault =
        format!("[[fault]]\nmessage = \"Heartbeat\"\nto = \"master-1\"\nnth = 2\n{action}\n");
    story("50s", &format!("{ONE_WORKER}{fault}"))
}

#[test]
fn a_message_can_be_dropped() {
    check(
        &with_message_fault("action = \"drop\""),
        &["gets Heartbeat"],
        &[
            "0.070s master-1 gets Heartbeat",
            "30.070s master-1 gets Heartbeat",
            "45.070s master-1 gets Heartbeat",
        ],
    );
}

#[test]
fn a_message_can_be_duplicated() {
    let story = with_message_fault("action = \"duplicate\"");
    assert_eq!(lines(&story, &["15.070s master-1 gets Heartbeat"]).len(), 2);
}

#[test]
fn a_message_can_be_held_with_all_that_follows_in_its_lane() {
    check(
        &with_message_fault("action = \"delay\"\nby = \"20s\""),
        &["gets Heartbeat"],
        &[
            "0.070s master-1 gets Heartbeat",
            "35.070s master-1 gets Heartbeat",
            "35.070s master-1 gets Heartbeat",
            "45.070s master-1 gets Heartbeat",
        ],
    );
}

#[test]
fn a_message_can_change_places_with_the_next() {
    check(
        &with_message_fault("action = \"reorder\""),
        &["gets Heartbeat"],
        &[
            "0.070s master-1 gets Heartbeat",
            "30.070s master-1 gets Heartbeat",
            "30.070s master-1 gets Heartbeat",
            "45.070s master-1 gets Heartbeat",
        ],
    );
}

#[test]
fn a_connection_on_which_a_question_waits_is_closed_when_nothing_moves_on_it() {
    // The answer to the only question on the submit client's connection is lost.
    let rest = "[conf]\n\"spark.network.timeout\" = \"3s\"\n[[driver]]\nat = \"1s\"\nname = \"etl\"\n\
                [[fault]]\nmessage = \"SubmitDriverResponse\"\naction = \"drop\"\n";
    let story = story("8s", &format!("{ONE_WORKER}{rest}"));
    // Asked at 1.04 s; the answer that nobody gets arrives at 1.06 s, the last byte to move.
    check(
        &story,
        &["submit:etl disconnected"],
        &["4.060s submit:etl disconnected Idle"],
    );
}

const DRIVER: &str = "[[driver]]\nat = \"1s\"\nname = \"etl\"\n";

#[test]
fn a_child_ends_when_its_worker_has_crashed() {
    let crash = "[[fault]]\nat = \"10s\"\ncrash = \"worker-1\"\n";
    let story = story("15s", &format!("{ONE_WORKER}{DRIVER}{crash}"));
    let (worker, driver) = ("worker-1 ended", "driver:etl ended");
    check(&story, &[worker], &["10.000s worker-1 ended Crashed"]);
    check(&story, &[driver], &["10.000s driver:etl ended Exited(255)"]);
}

#[test]
fn a_child_that_is_still_starting_outlives_its_worker() {
    // Submitted at 1.04 s and launched at 1.06 s: the process has started up at 2.06 s.
    let crash = "[[fault]]\nat = \"1500ms\"\ncrash = \"worker-1\"\n";
    let story = story("15s", &format!("{ONE_WORKER}{DRIVER}{crash}"));
    check(
        &story,
        &["driver:etl started"],
        &["2.060s driver:etl started"],
    );
    check(
        &story,
        &["worker-1 ended"],
        &["1.500s worker-1 ended Crashed"],
    );
    check(&story, &["driver:etl ended"], &[]);
}

#[test]
fn a_polite_signal_ends_a_child_after_the_time_that_it_needs() {
    let kill = format!("{DRIVER}kill_at = \"10s\"\n");
    let story = story("15s", &format!("{ONE_WORKER}{kill}"));
    // The kill client connects (20 ms), looks the master up (20 ms), asks (10 ms); the order takes 10 ms.
    check(
        &story,
        &["signalled"],
        &["10.060s worker-1 signalled driver:etl Polite"],
    );
    check(
        &story,
        &["driver:etl ended"],
        &["10.160s driver:etl ended Signalled(143)"],
    );
}

#[test]
fn a_crashed_node_starts_again_as_a_new_process() {
    let crash = "[[fault]]\nat = \"10s\"\nfor = \"5s\"\ncrash = \"worker-1\"\n";
    let story = story("20s", &format!("{ONE_WORKER}{crash}"));
    check(
        &story,
        &["worker-1 started"],
        &["0.000s worker-1 started", "15.000s worker-1 started"],
    );
    check(
        &story,
        &["WorkerRemoved"],
        &["10.010s master-1 WorkerRemoved"],
    );
    check(
        &story,
        &["worker-1 Registered"],
        &["0.060s worker-1 Registered", "15.060s worker-1 Registered"],
    );
}

#[test]
fn work_in_core_seconds_ends_when_the_cores_have_done_it() {
    let application = "[[application]]\nat = \"1s\"\nname = \"pi\"\nwork = \"20s\"\n";
    let story = story("20s", &format!("{ONE_WORKER}{application}"));
    let registered = lines(&story, &["pi ExecutorRegistered"]);
    let ended = lines(&story, &["pi ended"]);
    // Four cores do twenty core-seconds in five.
    let seconds = |line: &[String]| line[0].split('s').next().unwrap().parse::<f64>().unwrap();
    assert!(
        (seconds(&ended) - seconds(&registered) - 5.0).abs() < 1e-9,
        "{ended:?} {registered:?}"
    );
}
