//! Profiles, and the precise refusals of switches.

use super::{
    Behaviour, BehaviourError, DuplicateWorker, HeartbeatTimer, PROFILES, RelaunchedDriver,
    SWITCHES,
};

#[test]
fn profiles_set_the_switches_and_the_newest_is_the_default() {
    assert_eq!(Behaviour::profile("v4"), Ok(Behaviour::default()));
    let oldest = Behaviour::profile("v1").unwrap();
    assert_eq!(oldest.duplicate_worker, DuplicateWorker::Fail);
    assert_eq!(oldest.relaunched_driver, RelaunchedDriver::KeepId);
    let third = Behaviour::profile("v3").unwrap();
    assert_eq!(third.heartbeat_timer, HeartbeatTimer::PileUp);
    assert_eq!(third.relaunched_driver, RelaunchedDriver::NewId);
    assert_eq!(
        PROFILES.map(|name| Behaviour::profile(name).is_ok()),
        [true; 4]
    );
}

#[test]
fn the_table_has_every_switch_once_in_order() {
    let expected: Vec<String> = (1..=58).map(|number| format!("S-{number:02}")).collect();
    let found: Vec<&str> = SWITCHES.iter().map(|switch| switch.id).collect();
    assert_eq!(found, expected);
    for switch in SWITCHES {
        assert!(switch.sentence.ends_with('.'), "{}", switch.id);
    }
}

#[test]
fn a_switch_can_be_set_alone() {
    let mut behaviour = Behaviour::default();
    assert_eq!(behaviour.set("S-06", "keep_id"), Ok(()));
    assert_eq!(behaviour.relaunched_driver, RelaunchedDriver::KeepId);
    assert_eq!(behaviour.word("S-06"), Some("keep_id"));
    assert_eq!(behaviour.word("S-07"), None);
}

#[test]
fn refusals_say_which_of_three_things_is_wrong() {
    let mut behaviour = Behaviour::default();
    let refused = [("S-99", "on"), ("S-08", "off"), ("S-06", "maybe")]
        .map(|(id, word)| behaviour.set(id, word).unwrap_err());
    assert!(matches!(refused[0], BehaviourError::UnknownSwitch { .. }));
    assert!(matches!(
        refused[1],
        BehaviourError::NotYetSelectable { .. }
    ));
    assert!(matches!(refused[2], BehaviourError::UnknownValue { .. }));
    assert!(
        refused[2]
            .to_string()
            .ends_with("allowed are keep_id, new_id")
    );
    assert_eq!(behaviour, Behaviour::default());
    assert!(Behaviour::profile("v5").is_err());
}
