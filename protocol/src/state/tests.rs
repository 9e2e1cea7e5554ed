//! Unit tests of the states: names, order, and the sets that Spark asks about.

use super::{ApplicationState, DriverState, ExecutorState, MasterState, WorkerState};

macro_rules! check_names {
    ($($state:ident)*) => {
        $(for (state, name) in $state::ALL.iter().zip($state::NAMES) {
            assert_eq!(state.name(), *name);
            assert_eq!(name.parse(), Ok(*state));
            assert_eq!(state.to_string(), *name);
        }
        assert!($state::ALL.is_sorted());
        assert_eq!($state::ALL.len(), $state::NAMES.len());)*
    };
}

#[test]
fn every_state_is_read_back_from_its_name() {
    check_names!(MasterState WorkerState ApplicationState DriverState ExecutorState);
}

#[test]
fn an_unknown_name_is_answered_with_the_allowed_ones() {
    let error = "alive".parse::<WorkerState>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown state `alive`: expected one of ALIVE, DEAD, DECOMMISSIONED, UNKNOWN"
    );
}

#[test]
fn an_application_that_neither_waits_nor_runs_is_finished() {
    use ApplicationState::{Failed, Finished, Killed, Unknown};
    let all = ApplicationState::ALL.iter().copied();
    let finished: Vec<_> = all.filter(|state| state.is_finished()).collect();
    assert_eq!(finished, [Finished, Failed, Killed, Unknown]);
}

#[test]
fn a_worker_may_report_four_states_of_a_driver() {
    use DriverState::{Error, Failed, Finished, Killed};
    let all = DriverState::ALL.iter().copied();
    let reportable: Vec<_> = all.filter(|state| state.is_reportable()).collect();
    assert_eq!(reportable, [Finished, Killed, Failed, Error]);
}

#[test]
fn a_decommissioned_executor_has_not_ended() {
    use ExecutorState::{Exited, Failed, Killed, Lost};
    let all = ExecutorState::ALL.iter().copied();
    let finished: Vec<_> = all.filter(|state| state.is_finished()).collect();
    assert_eq!(finished, [Killed, Failed, Lost, Exited]);
}
