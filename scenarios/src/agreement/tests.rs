//! The comparison itself: what counts as the same story, and what is found when it is not.

use super::{Agreement, Line, Story, fixed, part};
use crate::run::Witness;
use crate::scenario::parse;
use crate::scenario::plan::LatencyPlan;
use crate::trace::NodeId;
use deploysim_nodes::hosted::Happening;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::message::{Message, ToWorker};
use deploysim_protocol::time::Time;
use std::path::Path;
use std::time::Duration;

fn story(inputs: &[(u64, &str, &str)]) -> Story {
    let mut story = Story::default();
    for (at, peer, text) in inputs {
        let line = Line {
            at: Time::from_secs(*at),
            peer: (*peer).to_owned(),
            text: (*text).to_owned(),
        };
        story.add("master-1", line);
    }
    story
}

#[test]
fn what_comes_from_two_peers_at_one_instant_may_swap() {
    let one = story(&[(1, "a", "x"), (1, "b", "y"), (1, "a", "z")]);
    let other = story(&[(1, "b", "y"), (1, "a", "x"), (1, "a", "z")]);
    assert_eq!(part(&one, &other, Time::from_secs(9)), None);
}

#[test]
fn what_comes_from_one_peer_may_not() {
    let one = story(&[(1, "a", "x"), (1, "a", "z")]);
    let other = story(&[(1, "a", "z"), (1, "a", "x")]);
    let parting = part(&one, &other, Time::from_secs(9)).unwrap();
    assert_eq!(
        (parting.node.as_str(), parting.at),
        ("master-1", Time::from_secs(1))
    );
}

#[test]
fn another_instant_and_a_missing_input_are_found() {
    let one = story(&[(1, "a", "x"), (2, "a", "y")]);
    let later = story(&[(1, "a", "x"), (3, "a", "y")]);
    let parting = part(&one, &later, Time::from_secs(9)).unwrap();
    assert_eq!(parting.at, Time::from_secs(2));
    let shorter = story(&[(1, "a", "x")]);
    let parting = part(&one, &shorter, Time::from_secs(9)).unwrap();
    assert_eq!(parting.sides[1].2, None);
    let shown = parting.to_string();
    assert!(
        shown.contains("> 2.000s from a: y") && shown.contains("> nothing"),
        "{shown}"
    );
}

#[test]
fn the_end_of_the_shorter_run_is_not_compared() {
    let one = story(&[(1, "a", "x"), (5, "a", "y")]);
    let other = story(&[(1, "a", "x")]);
    assert_eq!(part(&one, &other, Time::from_secs(5)), None);
}

#[test]
fn a_connection_is_the_same_whatever_its_number() {
    let mut stories = [Story::default(), Story::default()];
    for (story, number) in stories.iter_mut().zip([3, 9]) {
        let connection =
            deploysim_protocol::address::Connection(std::num::NonZeroU64::new(number).unwrap());
        let from = Reference::bound(Address::new("worker-1", 7078), connection);
        let message = Message::ToWorker(ToWorker::MasterInStandby);
        let happening = Happening::Received { from, message };
        story.handed(Time::ZERO, NodeId(0), &happening);
    }
    assert_eq!(stories[0].nodes(), stories[1].nodes());
}

#[test]
fn a_message_of_another_kind_is_another_input() {
    let hand = |message: Message| {
        let mut story = Story::default();
        let from = Reference::unbound(Address::new("worker-1", 7078));
        story.handed(
            Time::ZERO,
            NodeId(0),
            &Happening::Received { from, message },
        );
        story
    };
    let one = hand(Message::ToWorker(ToWorker::MasterInStandby));
    let other = hand(Message::ToWorker(ToWorker::DecommissionWorker));
    assert!(part(&one, &other, Time::from_secs(1)).is_some());
}

#[test]
fn fixed_times_are_whole_ticks_and_links_differ() {
    let text = "title = \"A\"\nuntil = \"10s\"\n\
                [cluster]\nworker = { count = 2 }\n";
    let plan = parse("a.toml", text.as_bytes(), Path::new(""), &[]).unwrap();
    let plan = fixed(&plan);
    let tick = Duration::from_millis(10);
    assert_eq!(plan.network.latency, LatencyPlan::constant(tick));
    assert_eq!(plan.process.start, LatencyPlan::constant(125 * tick));
    let links = plan.network.links.iter().map(|link| link.latency.clone());
    let expected = [tick, 4 * tick, 7 * tick].map(|latency| Some(LatencyPlan::constant(latency)));
    assert_eq!(links.collect::<Vec<_>>(), expected);
}

#[test]
fn agreeing_is_the_only_thing_that_holds() {
    let agree = Agreement::Agree {
        inputs: 1,
        until: Time::ZERO,
    };
    assert!(agree.holds());
    assert!(!Agreement::Verdicts(String::new()).holds());
}
