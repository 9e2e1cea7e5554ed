//! What the page of a run holds: enough to be read without scripts, all that is notable, full
//! detail where it is due, and nothing that a scenario's text could break.

use super::detail::{Class, Delay, Reason, Shares};
use super::folds::Folds;
use super::lanes::LaneId;
use super::record::{Arrival, Chunk, Fact, Record};
use super::{RunView, Subject, Window};
use deploysim_scenarios::run;
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::world::World;
use serde_json::Value;
use std::path::Path;

const SCENARIO: &str = r#"title = "A worker is lost and comes back"
until = "10min"
application = [{ name = "pi", at = "1s", cores_max = 4 }]

[cluster]
worker = { count = 2, cores = 8, memory = "16g" }

[[fault]]
at = "100s"
until = "300s"
partition = ["worker-2", "master-1"]

[[expect]]
by = "250s"
worker = "worker-2"
state = "DEAD"
"#;

fn plan(text: &str) -> Plan {
    scenario::parse("one.toml", text.as_bytes(), Path::new(""), &[]).unwrap()
}

fn page_of(text: &str, world: World, window: Option<Window>) -> String {
    page_with(text, world, window, |_| {})
}

/// The page of the scenario whose share for notable records is used up from the beginning.
fn page_without_room() -> String {
    page_with(SCENARIO, World::Queue, None, |shares| {
        shares.fill(Reason::Notable, 10 << 20);
    })
}

fn page_with(
    text: &str,
    world: World,
    window: Option<Window>,
    fill: impl FnOnce(&mut Shares),
) -> String {
    let plan = plan(text);
    let subject = Subject {
        title: plan.title.clone(),
        seed: 1,
        world,
        window,
    };
    let mut view = RunView::begin(Vec::new(), &plan, subject).unwrap();
    fill(&mut view.shares);
    let outcome = run::play(world, &plan, 1, &mut [&mut view]).unwrap();
    String::from_utf8(view.finish(&outcome).unwrap()).unwrap()
}

/// The records of a page, each from its kind on, and how many heartbeats are folded.
fn records(page: &str) -> (Vec<Vec<i64>>, i64) {
    let mut records = Vec::new();
    let mut folded = 0;
    for line in page.lines() {
        let Some(start) = line.find("class=\"chunk\">") else {
            continue;
        };
        let json = &line[start + "class=\"chunk\">".len()..];
        let json = json.strip_suffix("</script>").unwrap();
        let chunk: Value = serde_json::from_str(json).unwrap();
        let numbers: Vec<i64> = serde_json::from_value(chunk["records"].clone()).unwrap();
        let mut rest = numbers.as_slice();
        while let Some(kind) = rest.first() {
            let length = [4, 4, 7, 5, 3, 3, 5][usize::try_from(*kind).unwrap()];
            let (record, more) = rest.split_at(length);
            folded += if *kind == 6 { record[3] } else { 0 };
            records.push(record.to_vec());
            rest = more;
        }
    }
    (records, folded)
}

/// Arrows, whether of heartbeats or of others.
fn arrows(records: &[Vec<i64>]) -> usize {
    records.iter().filter(|record| record[0] == 2).count()
}

#[test]
fn the_page_reads_without_scripts() {
    for world in [World::Queue, World::Turmoil] {
        let page = page_of(SCENARIO, world, None);
        for expected in [
            "<title>A worker is lost and comes back · seed 1</title>",
            "✓ Everything held",
            "worker-2 is DEAD by 250s: decided at",
            "partition worker-2 | master-1",
            "WorkerRemoved worker-2",
            "<td>Heartbeat</td>",
        ] {
            assert!(page.contains(expected), "{expected}");
        }
    }
}

#[test]
fn the_same_run_gives_the_same_page() {
    let page = page_of(SCENARIO, World::Queue, None);
    assert!(page == page_of(SCENARIO, World::Queue, None));
}

#[test]
fn heartbeats_are_counted_once_each() {
    let (records, folded) = records(&page_of(SCENARIO, World::Queue, None));
    let everything = Window {
        from: 0,
        to: u64::MAX,
    };
    let (all, none) = self::records(&page_of(SCENARIO, World::Queue, Some(everything)));
    assert_eq!(none, 0);
    assert!(folded > 20, "{folded}");
    let folded = usize::try_from(folded).unwrap();
    assert_eq!(arrows(&all), arrows(&records) + folded);
}

#[test]
fn a_window_is_shown_in_full() {
    let window = Window {
        from: 400_000_000_000,
        to: 500_000_000_000,
    };
    let (with, _) = records(&page_of(SCENARIO, World::Queue, Some(window)));
    let (without, _) = records(&page_of(SCENARIO, World::Queue, None));
    // Two workers send a heartbeat every 15 s.
    let more = arrows(&with) - arrows(&without);
    assert!((12..=14).contains(&more), "{more}");
}

#[test]
fn a_text_cannot_leave_its_place() {
    let hostile = "</script><script>alert(1)</script>";
    let text = SCENARIO.replace("A worker is lost and comes back", hostile);
    let page = page_of(&text, World::Queue, None);
    assert!(!page.contains(hostile));
    assert!(
        page.contains("&lt;script&gt;alert(1)"),
        "the title is shown"
    );
    let mut chunk = Chunk::default();
    chunk.push(&event(1, hostile));
    let mut out = Vec::new();
    chunk.write(&mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(out.matches("</script>").count(), 1, "{out}");
}

#[test]
fn a_window_is_two_times() {
    let window = |from, to| Some(Window { from, to });
    assert_eq!(
        "20s..1min".parse().ok(),
        window(20_000_000_000, 60_000_000_000)
    );
    assert_eq!("0s..0.5ms".parse().ok(), window(0, 500_000));
    for wrong in ["", "20s", "20..30", "30s..20s", "a..b", "-1s..2s"] {
        assert!(wrong.parse::<Window>().is_err(), "{wrong}");
    }
}

fn event(at: u64, text: &str) -> Record {
    let fact = Fact::Event {
        lane: None,
        text: text.to_owned(),
        is_notable: false,
    };
    Record { at, fact }
}

#[test]
fn what_led_to_something_is_kept() {
    const SECOND: u64 = 1_000_000_000;
    let mut delay = Delay::new(None);
    for second in [0, 4, 6, 9] {
        delay.push(event(second * SECOND, "before"), Class::Detail);
    }
    delay.look_closely(10 * SECOND, Reason::Judged);
    delay.push(event(15 * SECOND, "after"), Class::Detail);
    delay.push(event(16 * SECOND, "later"), Class::Detail);
    assert!(delay.pop(3 * SECOND).is_none());
    let reasons: Vec<_> = std::iter::from_fn(|| delay.pop_any())
        .map(|one| (one.record.at / SECOND, one.close))
        .collect();
    let close = Some(Reason::Judged);
    let expected = [
        (0, None),
        (4, None),
        (6, close),
        (9, close),
        (15, close),
        (16, None),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn shares_end() {
    let mut shares = Shares::new(None, &plan(SCENARIO));
    assert!(shares.has_room(Reason::Fault));
    assert!(!shares.has_room(Reason::Window));
    shares.fill(Reason::Fault, 10 << 20);
    assert!(!shares.has_room(Reason::Fault));
    assert!(shares.has_room(Reason::Notable));
}

#[test]
fn what_a_scenario_cannot_use_is_left_to_notable_records() {
    const MEBIBYTE: u64 = 1 << 20;
    let calm = SCENARIO.split("[[fault]]").next().unwrap();
    let mut shares = Shares::new(None, &plan(calm));
    assert!(!shares.has_room(Reason::Fault));
    assert!(shares.has_room(Reason::Judged));
    shares.fill(Reason::Notable, 15 * MEBIBYTE);
    assert!(shares.has_room(Reason::Notable));
    let mut shares = Shares::new(None, &plan(SCENARIO));
    shares.fill(Reason::Notable, 15 * MEBIBYTE);
    assert!(!shares.has_room(Reason::Notable));
}

#[test]
fn a_page_says_from_when_on_it_has_no_room() {
    let page = page_without_room();
    assert!(page.contains("the diagram shows notable events and states up to 0.000s. After that"));
    assert!(page.contains(r#""crowded":0"#));
    let whole = page_of(SCENARIO, World::Queue, None);
    assert!(!whole.contains("This run is too long for its page"));
    assert!(whole.contains(r#""crowded":null"#));
}

#[test]
fn a_page_without_room_shows_events_where_it_looks_closely() {
    let full = page_without_room();
    let whole = page_of(SCENARIO, World::Queue, None);
    let count = |page: &str, kind: i64| {
        let (records, _) = records(page);
        records.iter().filter(|record| record[0] == kind).count()
    };
    let (events, states) = (0, 3);
    assert!(count(&full, events) > 0);
    assert!(count(&full, events) < count(&whole, events));
    assert!(count(&whole, states) > 0);
    assert_eq!(count(&full, states), 0);
}

#[test]
fn counts_are_by_lane_and_stretch() {
    const SECOND: u64 = 1_000_000_000;
    let mut folds = Folds::new(2_400 * SECOND, 3);
    folds.count(LaneId(2));
    folds.count(LaneId(2));
    folds.count(LaneId(1));
    assert!(folds.pass_to(9 * SECOND).is_empty());
    let counted = |records: Vec<Record>| -> Vec<(u64, u32, u64)> {
        let count = |record: Record| match record.fact {
            Fact::Fold { lane, count, .. } => (record.at / SECOND, lane.0, count),
            other @ (Fact::Event { .. }
            | Fact::Arrow { .. }
            | Fact::State { .. }
            | Fact::Fault { .. }) => panic!("{other:?}"),
        };
        records.into_iter().map(count).collect()
    };
    assert_eq!(
        counted(folds.pass_to(25 * SECOND)),
        [(10, 1, 1), (10, 2, 2)]
    );
    folds.count(LaneId(0));
    assert_eq!(counted(folds.close(26 * SECOND)), [(26, 0, 1)]);
}

#[test]
fn a_chunk_says_times_as_differences() {
    let mut chunk = Chunk::default();
    chunk.push(&event(100, "one"));
    let fact = Fact::Arrow {
        to: LaneId(1),
        from: LaneId(2),
        kind: 3,
        sent: Some(90),
        fate: Arrival::Lost,
    };
    chunk.push(&Record { at: 140, fact });
    chunk.push(&event(150, "one"));
    let mut out = Vec::new();
    chunk.write(&mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.contains(r#"{"lanes":[],"words":["one"],"at":100,"records":[1,0,-1,0,2,40,1,2,3,50,1,1,10,-1,0]}"#),
        "{out}"
    );
}
