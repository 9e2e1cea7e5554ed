//! The network itself is tested: small scenarios whose instants can be worked out by hand, played
//! on every simulated world. What was expected and what each world measured is one table, kept in
//! `network.txt`. How a claim is looked up in a trace is in `claim.rs` and `story.rs`.

mod breaking;
mod claim;
mod opening;
mod slow;
mod story;
mod streams;

use claim::{Claim, Measured};
use deploysim_scenarios::world::World;
use expect_test::expect_file;
use std::fmt::Write;
use std::sync::LazyLock;

/// One small scenario and what must be measured in it.
struct Case {
    /// Its number, and a letter if there are several of one kind.
    id: &'static str,
    /// What is shown, as a sentence.
    sentence: &'static str,
    /// The scenario, without its title.
    scenario: &'static str,
    /// What must be measured, worked out by hand.
    claims: &'static [Claim],
}

/// All cases, in the order of the table.
const CASES: [&[Case]; 4] = [
    &opening::CASES,
    &streams::CASES,
    &breaking::CASES,
    &slow::CASES,
];

/// Both worlds; a column each.
const WORLDS: [World; 2] = [World::Queue, World::Turmoil];

/// One claim and what each world made of it.
struct Row {
    case: &'static Case,
    claim: &'static Claim,
    measured: [Measured; 2],
}

/// Every case is played once for all tests.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let cases = CASES.into_iter().flatten();
    cases.flat_map(rows).collect()
});

fn rows(case: &'static Case) -> impl Iterator<Item = Row> {
    let stories = WORLDS.map(|world| story::play(case, world));
    case.claims.iter().map(move |claim| Row {
        case,
        claim,
        measured: [0, 1].map(|world: usize| claim.measure(&stories[world])),
    })
}

/// The table. A case's sentence stands before its rows.
fn table<'a>(rows: impl IntoIterator<Item = &'a Row>) -> String {
    let mut text = line("case", "event", "expected", WORLDS.map(World::name));
    let mut last = "";
    for row in rows {
        let case = row.case;
        if case.id != last {
            write!(text, "\n{}. {}\n", case.id, case.sentence).unwrap();
            last = case.id;
        }
        let [queue, turmoil] = row.measured.each_ref().map(ToString::to_string);
        let expected = row.claim.expected.to_string();
        let event = row.claim.event.to_string();
        text += &line(case.id, &event, &expected, [&queue, &turmoil]);
    }
    text
}

fn line(case: &str, event: &str, expected: &str, [queue, turmoil]: [&str; 2]) -> String {
    format!("{case:<5} {event:<68} {expected:<16} {queue:<16} {turmoil}\n")
}

#[test]
fn every_world_measures_what_was_worked_out_by_hand() {
    let is_wrong = |row: &&Row| !row.measured.iter().all(|it| row.claim.expected.admits(it));
    let wrong: Vec<&Row> = ROWS.iter().filter(is_wrong).collect();
    assert!(wrong.is_empty(), "measured otherwise:\n{}", table(wrong));
}

#[test]
fn the_table_of_measured_times_is_the_committed_one() {
    expect_file!["network.txt"].assert_eq(&table(ROWS.iter()));
}

#[test]
fn a_claim_that_is_wrong_is_not_admitted() {
    use claim::{Expected, ms};
    let expected = [
        Expected::At(ms(20)),
        Expected::Never,
        Expected::Within(ms(1), ms(50)),
        Expected::Order(&[0, 1]),
    ];
    let wrong = [
        Measured::Duration(ms(21)),
        Measured::Duration(ms(20)),
        Measured::Duration(ms(51)),
        Measured::Order(vec![1, 0]),
    ];
    for (expected, wrong) in expected.iter().zip(&wrong) {
        assert!(!expected.admits(wrong), "{expected} admits {wrong}");
    }
    for expected in [&expected[0], &expected[2], &expected[3]] {
        assert!(!expected.admits(&Measured::Nothing), "{expected}");
    }
}
