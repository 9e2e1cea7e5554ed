//! A submit client driven by hand: every answer, and every exit.

use super::{ClientRequest, ClientSettings, ClientTimer, SubmitClient};
use crate::by_hand::{ByHand, connection};
use crate::node::Input;
use crate::settings::{Settings, Shared};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::conf::{Conf, ConfValue};
use deploysim_protocol::description::{Command, DriverDescription};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    DriverStatusResponse, KillDriverResponse, SubmitDriverResponse,
};
use deploysim_protocol::state::DriverState;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::Time;
use std::sync::Arc;

const TIMER: ClientTimer = ClientTimer::MonitorDriver;
const NOTHING: [&str; 0] = [];
const STANDBY: &str = "Current state is not alive: STANDBY.";

fn master(number: u16) -> Address {
    Address::new(&format!("m{number}"), 7077)
}

fn client(masters: u16, request: ClientRequest, conf: Conf) -> ByHand<SubmitClient> {
    let settings = ClientSettings {
        masters: (1..=masters).map(master).collect(),
        request,
        shared: Shared::new(Settings {
            conf,
            ..Settings::default()
        }),
    };
    ByHand::new(SubmitClient::new(settings), Address::new("laptop", 0))
}

fn waiting() -> Conf {
    let mut conf = Conf::default();
    let key = "spark.standalone.submit.waitAppCompletion";
    conf.set(key, &ConfValue::Bool(true)).unwrap();
    conf
}

fn launch_with(masters: u16, conf: Conf) -> ByHand<SubmitClient> {
    let description = DriverDescription {
        jar_url: "file:///shop.jar".to_owned(),
        memory_mib: 1024,
        cores: 1,
        supervise: false,
        command: Command::default(),
        resource_requirements: Vec::new(),
    };
    let request = ClientRequest::Launch {
        description: Arc::new(description),
    };
    client(masters, request, conf)
}

fn launch(masters: u16) -> ByHand<SubmitClient> {
    launch_with(masters, Conf::default())
}

fn kill(masters: u16) -> ByHand<SubmitClient> {
    let driver = DriverId::new("driver-0");
    client(masters, ClientRequest::Kill { driver }, Conf::default())
}

fn submitted(driver: Option<&str>, message: &str) -> Answer {
    Answer::SubmitDriver(Box::new(SubmitDriverResponse {
        master: Reference::unbound(master(1)),
        success: driver.is_some(),
        driver: driver.map(DriverId::new),
        message: Arc::from(message),
    }))
}

fn killed(success: bool, message: &str) -> Answer {
    Answer::KillDriver(Box::new(KillDriverResponse {
        master: Reference::unbound(master(1)),
        driver: DriverId::new("driver-0"),
        success,
        message: Arc::from(message),
    }))
}

fn status(state: Option<DriverState>, exception: Option<&str>) -> Answer {
    Answer::DriverStatus(Box::new(DriverStatusResponse {
        found: state.is_some(),
        state,
        worker_id: None,
        worker_address: None,
        exception: exception.map(Arc::from),
    }))
}

/// A client of one master whose driver was queued, and which has asked for its status once.
fn following(conf: Conf) -> ByHand<SubmitClient> {
    let mut client = launch_with(1, conf);
    client.start();
    client.resolve(0, master(1));
    client.answer(1, submitted(Some("driver-0"), "queued"));
    client.at(5).fire(TIMER);
    client
}

#[test]
fn every_master_is_asked_to_launch() {
    let mut client = launch(2);
    assert_eq!(
        client.start(),
        [
            "note SubmissionRequested",
            "resolve#0 m1:7077 10s",
            "resolve#1 m2:7077 10s",
            "arm MonitorDriver 5.000s",
        ]
    );
    assert_eq!(
        client.resolve(1, master(2)),
        ["ask#2 m2:7077 RequestSubmitDriver 10s"]
    );
    assert_eq!(
        client.resolve(0, master(1)),
        ["ask#3 m1:7077 RequestSubmitDriver 10s"]
    );
}

#[test]
fn a_configured_ask_time_out_wins() {
    let mut conf = Conf::default();
    conf.set("spark.rpc.askTimeout", &ConfValue::Text("7s".to_owned()))
        .unwrap();
    assert_eq!(launch_with(1, conf).start()[1], "resolve#0 m1:7077 7s");
}

#[test]
fn the_standby_is_ignored_and_the_leaders_driver_followed() {
    let mut client = launch(2);
    client.start();
    client.resolve(0, master(1));
    client.resolve(1, master(2));
    assert_eq!(
        client.answer(2, submitted(None, STANDBY)),
        ["note StandbyAnswered"]
    );
    assert_eq!(
        client.answer(3, submitted(Some("driver-0"), "queued")),
        ["note SubmissionAccepted driver=driver-0"]
    );
    assert_eq!(client.node.driver(), Some(DriverId::new("driver-0")));
    assert_eq!(
        client.at(5).fire(TIMER),
        [
            "arm MonitorDriver 15.000s",
            "ask#4 m1:7077 RequestDriverStatus driver-0 10s",
            "ask#5 m2:7077 RequestDriverStatus driver-0 10s",
        ]
    );
    assert_eq!(
        client.answer(4, status(None, Some(STANDBY))),
        ["note StandbyAnswered"]
    );
    assert_eq!(
        client.answer(5, status(Some(DriverState::Running), None)),
        ["note StatusFound driver=driver-0 state=RUNNING", "exit 0"]
    );
    assert_eq!(client.at(15).fire(TIMER), NOTHING);
}

#[test]
fn a_refused_submission_exits_with_255() {
    let mut client = launch(1);
    client.start();
    client.resolve(0, master(1));
    assert_eq!(
        client.answer(1, submitted(None, "no")),
        ["note RequestRefused", "exit 255"]
    );
}

#[test]
fn a_client_that_only_hears_standbys_hangs() {
    let mut client = launch(1);
    client.start();
    client.resolve(0, master(1));
    client.answer(1, submitted(None, STANDBY));
    assert_eq!(client.at(5).fire(TIMER), ["arm MonitorDriver 15.000s"]);
    assert_eq!(client.at(15).fire(TIMER), ["arm MonitorDriver 25.000s"]);
}

#[test]
fn the_monitor_keeps_its_rate_when_it_is_late() {
    let mut client = launch(1);
    client.start();
    let late = Input::Fired {
        timer: TIMER,
        due: Time::from_secs(5),
    };
    assert_eq!(client.at(9).feed(late), ["arm MonitorDriver 15.000s"]);
}

#[test]
fn a_waiting_client_polls_until_the_driver_ends() {
    let mut client = following(waiting());
    assert_eq!(
        client.answer(2, status(Some(DriverState::Submitted), None)),
        ["note StatusFound driver=driver-0 state=SUBMITTED"]
    );
    client.at(15).fire(TIMER);
    assert_eq!(
        client.answer(3, status(Some(DriverState::Submitted), None)),
        NOTHING
    );
    client.at(25).fire(TIMER);
    assert_eq!(
        client.answer(4, status(Some(DriverState::Failed), None)),
        ["note StatusFound driver=driver-0 state=FAILED", "exit 0"]
    );
}

#[test]
fn every_end_of_the_driver_exits_with_0() {
    for state in DriverState::ALL.iter().copied() {
        let ends = state.is_reportable();
        let effects = following(waiting()).answer(2, status(Some(state), None));
        assert_eq!(effects.contains(&"exit 0".to_owned()), ends, "{state}");
        let effects = following(Conf::default()).answer(2, status(Some(state), None));
        assert_eq!(effects[1], "exit 0", "{state}");
    }
}

/// RD-13: the relaunched driver has another id, which the submitter never learns.
#[test]
fn a_relaunched_driver_is_waited_for_until_its_old_id_is_forgotten() {
    let mut client = following(waiting());
    let relaunching = status(Some(DriverState::Relaunching), None);
    assert_eq!(
        client.answer(2, relaunching),
        ["note StatusFound driver=driver-0 state=RELAUNCHING"]
    );
    client.at(15).fire(TIMER);
    assert_eq!(
        client.answer(3, status(None, None)),
        ["note StatusUnknown driver=driver-0", "exit 255"]
    );
}

#[test]
fn a_driver_with_an_exception_exits_with_255() {
    assert_eq!(
        following(Conf::default()).answer(2, status(Some(DriverState::Error), Some("no jar"))),
        [
            "note StatusFound driver=driver-0 state=ERROR",
            "note DriverExceptionReported driver=driver-0",
            "exit 255",
        ]
    );
}

#[test]
fn an_unknown_driver_with_an_exception_that_is_no_refusal_exits_with_255() {
    assert_eq!(
        following(Conf::default()).answer(2, status(None, Some("Not Current state is not alive"))),
        ["note StatusUnknown driver=driver-0", "exit 255"]
    );
}

#[test]
fn a_kill_is_asked_of_every_master_and_followed_from_the_start() {
    let mut client = kill(2);
    assert_eq!(client.start()[0], "note KillRequested driver=driver-0");
    assert_eq!(
        client.resolve(0, master(1)),
        ["ask#2 m1:7077 RequestKillDriver driver-0 10s"]
    );
    client.resolve(1, master(2));
    assert_eq!(
        client.answer(2, killed(false, STANDBY)),
        ["note StandbyAnswered"]
    );
    assert_eq!(client.at(5).fire(TIMER).len(), 3);
    assert_eq!(
        client.answer(3, killed(true, "submitted")),
        ["note KillAnswered driver=driver-0 success=true"]
    );
    assert_eq!(
        client.answer(5, status(Some(DriverState::Killed), None)),
        ["note StatusFound driver=driver-0 state=KILLED", "exit 0"]
    );
}

#[test]
fn a_refused_kill_exits_with_255() {
    let mut client = kill(1);
    client.start();
    client.resolve(0, master(1));
    assert_eq!(
        client.answer(1, killed(false, "Driver driver-0 does not exist")),
        [
            "note KillAnswered driver=driver-0 success=false",
            "exit 255",
        ]
    );
}

#[test]
fn a_failed_question_is_only_reported() {
    let mut client = launch(1);
    client.start();
    client.resolve(0, master(1));
    assert_eq!(
        client.fail(1, AskError::TimedOut),
        ["note RequestFailed master=m1:7077"]
    );
    assert_eq!(client.at(5).fire(TIMER), ["arm MonitorDriver 15.000s"]);
}

#[test]
fn masters_are_lost_for_ever_and_the_last_one_ends_the_client() {
    let mut client = launch(3);
    client.start();
    assert_eq!(
        client.fail_to_resolve(0),
        ["note MasterLost master=m1:7077"]
    );
    client.resolve(1, master(2));
    assert_eq!(
        client.disconnect(master(2)),
        ["note MasterLost master=m2:7077"]
    );
    assert_eq!(client.disconnect(master(2)), NOTHING);
    let lost: Vec<Address> = client.node.lost_masters().collect();
    assert_eq!(lost, [master(1), master(2)]);
    client.resolve(2, master(3));
    let socket = Peer::Socket(connection(1));
    assert_eq!(client.feed(Input::Disconnected { peer: socket }), NOTHING);
    assert_eq!(
        client.connection_error(master(3)),
        ["note MasterLost master=m3:7077", "exit 255"]
    );
}

#[test]
fn whatever_its_handlers_throw_ends_the_client() {
    let none = submitted(Some("driver-0"), "queued");
    let Answer::SubmitDriver(mut without_id) = none else {
        panic!("made above");
    };
    without_id.driver = None;
    let mut client = launch(1);
    client.start();
    client.resolve(0, master(1));
    assert_eq!(
        client.answer(1, Answer::SubmitDriver(without_id)),
        ["note HandlerThrew thrown=None.get", "exit 255"]
    );
    assert_eq!(
        following(Conf::default()).answer(2, Answer::Flag(true)),
        [
            "note HandlerThrew thrown=no handler for Boolean",
            "exit 255"
        ]
    );
}
