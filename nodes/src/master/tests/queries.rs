//! What pages and operators ask.

use super::{APP0, Lab, application, driver};
use deploysim_protocol::message::{Answer, AskMaster};
use deploysim_protocol::state::{ApplicationState, DriverState, WorkerState};
use expect_test::expect;

#[test]
fn the_state_names_everybody() {
    let mut lab = Lab::alive(&[]);
    lab.register("w2", 4);
    lab.register("w1", 4);
    lab.register("w3", 4);
    lab.disconnect("w3");
    lab.register_application("a", application(2));
    lab.register_application("b", application(2));
    lab.submit(driver(false));
    lab.submit(driver(false));
    lab.driver_changed(super::DRIVER0, DriverState::Finished);
    lab.at_ms(5000).disconnect("a");
    let Answer::MasterState(state) = lab.answer(AskMaster::RequestMasterState) else {
        panic!("another answer");
    };
    let workers: Vec<_> = state
        .workers
        .iter()
        .map(|one| (one.worker_id.to_string(), one.state))
        .collect();
    let expected = [
        ("w1", WorkerState::Alive),
        ("w2", WorkerState::Alive),
        ("w3", WorkerState::Dead),
    ];
    assert_eq!(workers, expected.map(|(id, state)| (id.to_owned(), state)));
    let used: i32 = state.workers.iter().map(|one| one.cores_used).sum();
    assert_eq!(used, 3);
    assert_eq!(state.rest_port, Some(6066));
    let active = &state.active_applications[0];
    assert_eq!((active.cores_granted, active.executors.len()), (2, 1));
    assert_eq!(active.executor_limit, i32::MAX);
    let completed = &state.completed_applications[0];
    assert_eq!(completed.application.to_string(), APP0);
    assert_eq!(completed.state, ApplicationState::Finished);
    assert_eq!((completed.cores_granted, completed.executors.len()), (2, 1));
    let ran_ms = completed.end_time.unwrap().as_millis() - completed.start_time.as_millis();
    assert_eq!(ran_ms, 5000);
    assert_eq!(state.active_drivers.len(), 1);
    assert_eq!(state.completed_drivers[0].state, DriverState::Finished);
    let main_class = state.completed_drivers[0].main_class.unwrap();
    assert_eq!(main_class.to_string(), "Pi");
}

#[test]
fn the_ports_are_told() {
    let mut lab = Lab::standby(&[("spark.master.rest.enabled", "false")]);
    expect![[r#"
        reply BoundPortsResponse { rpc_endpoint_port: 7077, web_ui_port: 8080, rest_port: None }
    "#]]
    .assert_eq(&lab.ask(AskMaster::BoundPortsRequest));
    expect![[r#"
        reply BoundPortsResponse { rpc_endpoint_port: 7077, web_ui_port: 8080, rest_port: Some(6066) }
    "#]].assert_eq(&Lab::alive(&[]).ask(AskMaster::BoundPortsRequest));
}

#[test]
fn completed_ones_are_forgotten_on_request() {
    let mut lab = Lab::alive(&[]);
    lab.register_application("a", application(2));
    lab.disconnect("a");
    lab.submit(driver(false));
    lab.driver_changed(super::DRIVER0, DriverState::Finished);
    let clear = AskMaster::RequestClearCompletedDriversAndApps;
    expect![[r#"
        note DriverForgotten driver=0
        note ApplicationForgotten application=0
        note CompletedCleared
        reply true
    "#]]
    .assert_eq(&lab.ask(clear.clone()));
    expect![[r#"
        note CompletedCleared
        reply true
    "#]]
    .assert_eq(&lab.ask(clear));
}
