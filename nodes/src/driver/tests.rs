//! A Driver driven by hand: registration in its three generations, answers, changes of leader,
//! executors, requests, and every way to end.

use super::{Driver, DriverOperation, DriverSettings, DriverTimer, KillAdjustment};
use crate::by_hand::{ByHand, connection};
use crate::node::{Call, Input};
use crate::settings::{Settings, Shared};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::behaviour::{ApplicationRetryTimer, Behaviour};
use deploysim_protocol::description::{ApplicationDescription, Command, ResourceProfile};
use deploysim_protocol::id::{ApplicationId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::message::to_driver::{ExecutorUpdated, RegisterExecutor};
use deploysim_protocol::message::{AskDriver, ToDriver};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{ApplicationState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use std::sync::Arc;

const TIMER: DriverTimer = DriverTimer::RegistrationTimeOut(0);

fn master(number: u16) -> Address {
    Address::new(&format!("m{number}"), 7077)
}

fn worker() -> Address {
    Address::new("w1", 35000)
}

fn description() -> Arc<ApplicationDescription> {
    Arc::new(ApplicationDescription {
        name: "shop".to_owned(),
        cores_max: None,
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            executor_memory_mib: Some(1024),
            ..ResourceProfile::default()
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "ada".to_owned(),
    })
}

fn driver_with(masters: u16, timer: ApplicationRetryTimer) -> ByHand<Driver> {
    let behaviour = Behaviour {
        application_retry_timer: timer,
        ..Behaviour::default()
    };
    let settings = DriverSettings {
        masters: (1..=masters).map(master).collect(),
        application: Some(description()),
        worker: None,
        shared: Shared::new(Settings {
            behaviour,
            ..Settings::default()
        }),
    };
    ByHand::new(Driver::new(settings), Address::new("shop", 40000))
}

fn driver(masters: u16) -> ByHand<Driver> {
    driver_with(masters, ApplicationRetryTimer::OneShot)
}

fn submitted(application: Option<Arc<ApplicationDescription>>) -> ByHand<Driver> {
    let settings = DriverSettings {
        masters: [master(1)].into(),
        application,
        worker: Some(worker()),
        shared: Shared::new(Settings::default()),
    };
    ByHand::new(Driver::new(settings), Address::new("w1", 40001))
}

/// The answer of master `number`, on connection `number`.
fn registered(driver: &mut ByHand<Driver>, id: &str, number: u16) -> Vec<String> {
    let from = Reference::bound(master(number), connection(u64::from(number)));
    driver.receive(
        from,
        ToDriver::RegisteredApplication {
            application: ApplicationId::new(id),
            master: from,
        },
    )
}

/// A registered driver of one master, whose next call is number 1.
fn running() -> ByHand<Driver> {
    let mut driver = driver(1);
    driver.start();
    driver.resolve(0, master(1));
    registered(&mut driver, "app-0", 1);
    driver
}

fn register_executor_of(driver: &mut ByHand<Driver>, number: u32, profile: u32) -> Vec<String> {
    let reference = Reference::bound(Address::new("w1", 0), connection(100 + u64::from(number)));
    driver.feed(Input::Asked {
        from: reference,
        call: Call(900),
        ask: AskDriver::RegisterExecutor(Box::new(RegisterExecutor {
            executor: ExecutorId {
                application: ApplicationId::new("app-0"),
                number,
            },
            reference,
            host: Text::new("w1"),
            cores: 2,
            resources: Resources::NONE,
            profile: ProfileId(profile),
        })),
    })
}

fn register_executor(driver: &mut ByHand<Driver>, number: u32) -> Vec<String> {
    register_executor_of(driver, number, 0)
}

fn update(driver: &mut ByHand<Driver>, number: u32, state: ExecutorState) -> Vec<String> {
    let update = ExecutorUpdated {
        number,
        state,
        message: None,
        exit_status: None,
        worker_host: None,
    };
    let from = Reference::bound(master(1), connection(1));
    driver.receive(from, ToDriver::ExecutorUpdated(Box::new(update)))
}

fn request(driver: &mut ByHand<Driver>, additional: i32) -> Vec<String> {
    driver.feed(Input::Operator(DriverOperation::RequestExecutors {
        additional,
    }))
}

fn kill(driver: &mut ByHand<Driver>, numbers: &[u32], adjustment: KillAdjustment) -> Vec<String> {
    driver.feed(Input::Operator(DriverOperation::KillExecutors {
        numbers: numbers.to_vec(),
        adjustment,
    }))
}

fn totals(driver: &mut ByHand<Driver>, totals: &[(u32, i32)]) -> Vec<String> {
    let totals = totals.iter();
    let totals = totals.map(|&(id, total)| {
        let profile = ResourceProfile {
            id: ProfileId(id),
            ..ResourceProfile::default()
        };
        (Arc::new(profile), total)
    });
    driver.feed(Input::Operator(DriverOperation::RequestTotalExecutors {
        totals: totals.collect(),
    }))
}

fn targets(driver: &ByHand<Driver>) -> Vec<(u32, i32)> {
    let targets = driver.node.targets();
    targets.map(|(profile, total)| (profile.0, total)).collect()
}

fn numbers(driver: &ByHand<Driver>) -> Vec<u32> {
    driver.node.executors().map(|(number, _)| number).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn attempts_go_out_at_0_20_and_40_s_and_the_client_is_dead_at_60_s() {
    let mut driver = driver(1);
    assert_eq!(
        driver.start(),
        [
            "note RegistrationAttempted attempt=1",
            "resolve#0 m1:7077 120s",
            "arm RegistrationTimeOut(0) 20.000s",
        ]
    );
    assert_eq!(
        driver.resolve(0, master(1)),
        ["send m1:7077 RegisterApplication"]
    );
    assert_eq!(
        driver.at(20).fire(TIMER),
        [
            "note RegistrationAttempted attempt=2",
            "resolve#1 m1:7077 120s",
            "arm RegistrationTimeOut(0) 40.000s",
        ]
    );
    assert_eq!(
        driver.fail_to_resolve(1),
        ["note MasterUnreachable master=m1:7077"]
    );
    assert_eq!(
        driver.at(40).fire(TIMER),
        [
            "note RegistrationAttempted attempt=3",
            "resolve#2 m1:7077 120s",
            "arm RegistrationTimeOut(0) 60.000s",
        ]
    );
    driver.resolve(2, master(1));
    assert_eq!(
        driver.at(60).fire(TIMER),
        ["note ApplicationDead reason=unresponsive", "exit 1"]
    );
    assert_eq!(registered(&mut driver, "late", 1), NOTHING);
    assert_eq!(driver.node.application(), None);
}

#[test]
fn a_time_out_abandons_the_look_ups_under_way() {
    let mut driver = driver(2);
    driver.start();
    assert_eq!(
        driver.at(20).fire(TIMER),
        [
            "abandon#0",
            "abandon#1",
            "note RegistrationAttempted attempt=2",
            "resolve#2 m1:7077 120s",
            "resolve#3 m2:7077 120s",
            "arm RegistrationTimeOut(0) 40.000s",
        ]
    );
    assert_eq!(driver.resolve(0, master(1)), NOTHING);
}

#[test]
fn an_answer_stops_the_attempts() {
    let mut driver = driver(1);
    driver.start();
    driver.resolve(0, master(1));
    assert_eq!(
        registered(&mut driver, "app-0", 1),
        ["note ApplicationConnected application=app-0 master=m1:7077"]
    );
    assert!(driver.node.is_registered());
    assert_eq!(driver.at(20).fire(TIMER), NOTHING);
}

/// RD-03: the test of `registered` comes before the look-up and not after it.
#[test]
fn an_attempt_that_waits_for_its_look_up_is_sent_although_an_answer_came() {
    let mut driver = driver(1);
    driver.start();
    driver.resolve(0, master(1));
    driver.at(20).fire(TIMER);
    registered(driver.at(21), "app-0", 1);
    assert_eq!(
        driver.resolve(1, master(1)),
        ["send m1:7077 RegisterApplication"]
    );
    // The phantom's id replaces the one that the master knows.
    registered(driver.at(22), "app-1", 1);
    assert_eq!(driver.node.application(), Some(ApplicationId::new("app-1")));
}

#[test]
fn a_look_up_that_outlives_the_attempt_is_dropped_once_registered() {
    let mut driver = driver(2);
    driver.start();
    driver.resolve(0, master(1));
    registered(&mut driver, "app-0", 1);
    assert_eq!(driver.at(20).fire(TIMER), ["abandon#1"]);
    assert_eq!(driver.resolve(1, master(2)), NOTHING);
}

#[test]
fn the_last_answer_wins_also_from_another_master() {
    let mut driver = driver(2);
    driver.start();
    registered(&mut driver, "app-0", 1);
    assert_eq!(
        registered(&mut driver, "app-7", 2),
        ["note ApplicationConnected application=app-7 master=m2:7077"]
    );
    let bound = Reference::bound(master(2), connection(2));
    assert_eq!(driver.node.master(), Some(bound));
}

/// KB-16, S-34 `nested`: every attempt starts a timer that goes on.
#[test]
fn nested_timers_pile_up() {
    let mut driver = driver_with(1, ApplicationRetryTimer::Nested);
    driver.start();
    assert_eq!(
        driver.at(20).fire(TIMER),
        [
            "arm RegistrationTimeOut(0) 40.000s",
            "abandon#0",
            "note RegistrationAttempted attempt=2",
            "resolve#1 m1:7077 120s",
            "arm RegistrationTimeOut(1) 40.000s",
        ]
    );
    assert_eq!(
        driver.at(40).fire(TIMER),
        [
            "arm RegistrationTimeOut(0) 60.000s",
            "abandon#1",
            "note RegistrationAttempted attempt=2",
            "resolve#2 m1:7077 120s",
            "arm RegistrationTimeOut(2) 60.000s",
        ]
    );
    assert_eq!(
        driver.fire(DriverTimer::RegistrationTimeOut(1)),
        [
            "arm RegistrationTimeOut(1) 60.000s",
            "abandon#2",
            "note RegistrationAttempted attempt=3",
            "resolve#3 m1:7077 120s",
            "arm RegistrationTimeOut(3) 60.000s",
        ]
    );
    driver.resolve(3, master(1));
    // Timer 2 follows a second attempt: it tries again where timer 3 gives up.
    let again = driver.at(60).fire(DriverTimer::RegistrationTimeOut(2));
    assert_eq!(again[1], "note RegistrationAttempted attempt=3");
    assert_eq!(
        driver.fire(DriverTimer::RegistrationTimeOut(3)),
        ["note ApplicationDead reason=unresponsive", "exit 1"]
    );
}

#[test]
fn nested_timers_find_the_answer_and_rest() {
    let mut driver = driver_with(1, ApplicationRetryTimer::Nested);
    driver.start();
    driver.at(20).fire(TIMER);
    registered(driver.at(25), "app-0", 1);
    assert_eq!(driver.at(40).fire(TIMER), ["abandon#1"]);
    assert_eq!(driver.fire(DriverTimer::RegistrationTimeOut(1)), NOTHING);
}

/// S-34 `periodic`: one timer at a fixed rate, and look-ups are left alone.
#[test]
fn a_periodic_timer_counts_to_three() {
    let mut driver = driver_with(1, ApplicationRetryTimer::Periodic);
    driver.start();
    // The node was paused for 3 s: the next tick is due 20 s after this one was.
    let late = driver.at(23).feed(Input::Fired {
        timer: TIMER,
        due: deploysim_protocol::time::Time::from_secs(20),
    });
    assert_eq!(
        late,
        [
            "arm RegistrationTimeOut(0) 40.000s",
            "note RegistrationAttempted attempt=2",
            "resolve#1 m1:7077 120s",
        ]
    );
    assert_eq!(
        driver.resolve(0, master(1)),
        ["send m1:7077 RegisterApplication"]
    );
    assert_eq!(driver.at(40).fire(TIMER).len(), 3);
    assert_eq!(
        driver.at(60).fire(TIMER),
        ["note ApplicationDead reason=unresponsive", "exit 1"]
    );
}

#[test]
fn a_lost_master_is_reported_once_until_a_new_one_announces_itself() {
    let mut driver = running();
    assert_eq!(driver.disconnect(master(2)), NOTHING);
    assert_eq!(
        driver.disconnect(master(1)),
        ["note ApplicationDisconnected"]
    );
    assert_eq!(driver.disconnect(master(1)), NOTHING);
    let leader = Reference::bound(master(2), connection(9));
    let changed = ToDriver::MasterChanged {
        master: leader,
        master_web_ui_url: Text::new("http://m2:8080"),
    };
    assert_eq!(
        driver.receive(leader, changed),
        [
            "note MasterFollowed master=m2:7077",
            "send m2:7077@c9 MasterChangeAcknowledged app-0",
        ]
    );
    assert_eq!(driver.disconnect(master(1)), NOTHING);
    assert_eq!(
        driver.disconnect(master(2)),
        ["note ApplicationDisconnected"]
    );
}

#[test]
fn a_client_without_an_id_acknowledges_a_leader_and_goes_on_registering() {
    let mut driver = driver(1);
    driver.start();
    let leader = Reference::bound(master(1), connection(1));
    let changed = ToDriver::MasterChanged {
        master: leader,
        master_web_ui_url: Text::new("http://m1:8080"),
    };
    assert_eq!(
        driver.receive(leader, changed)[1],
        "send m1:7077@c1 MasterChangeAcknowledged null"
    );
    assert_eq!(
        request(&mut driver, 1).last().map(String::as_str),
        Some("note RequestAnswered accepted=false")
    );
    let again = driver.at(20).fire(TIMER);
    assert_eq!(again[1], "note RegistrationAttempted attempt=2");
}

#[test]
fn an_executor_is_accepted_without_having_been_announced() {
    let mut driver = running();
    assert_eq!(
        register_executor(&mut driver, 5),
        ["note ExecutorRegistered number=5", "reply#900 Flag(true)"]
    );
    assert_eq!(numbers(&driver), [5]);
}

#[test]
fn a_duplicate_executor_is_refused() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    assert_eq!(
        register_executor(&mut driver, 0),
        [
            "note ExecutorRefused number=0",
            "reply#900 throws Duplicate executor ID: 0",
        ]
    );
}

#[test]
fn an_executor_on_an_excluded_host_is_refused() {
    let mut driver = running();
    let exclude = DriverOperation::ExcludeHost {
        host: Text::new("w1"),
    };
    assert_eq!(
        driver.feed(Input::Operator(exclude)),
        ["note HostExcluded host=w1"]
    );
    assert_eq!(
        register_executor(&mut driver, 0),
        [
            "note ExecutorRefused number=0",
            "reply#900 throws Executor is excluded due to failures: 0",
        ]
    );
    assert_eq!(numbers(&driver), [0_u32; 0]);
}

#[test]
fn an_ended_executor_is_forgotten_and_told_to_stop() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    assert_eq!(
        update(&mut driver, 0, ExecutorState::Running),
        ["note ExecutorUpdated number=0 state=RUNNING"]
    );
    assert_eq!(
        update(&mut driver, 0, ExecutorState::Decommissioned),
        ["note ExecutorUpdated number=0 state=DECOMMISSIONED"]
    );
    assert_eq!(
        update(&mut driver, 0, ExecutorState::Lost),
        [
            "note ExecutorUpdated number=0 state=LOST",
            "send w1:0@c100 StopExecutor",
            "note ExecutorForgotten number=0",
        ]
    );
    assert_eq!(
        update(&mut driver, 0, ExecutorState::Exited),
        ["note ExecutorUpdated number=0 state=EXITED"]
    );
    assert_eq!(numbers(&driver), [0_u32; 0]);
}

#[test]
fn the_end_of_an_executors_connection_removes_that_executor_alone() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    register_executor(&mut driver, 1);
    // Both have the same address, which names neither.
    assert_eq!(driver.disconnect(Address::new("w1", 0)), NOTHING);
    let socket = |number| Input::Disconnected {
        peer: Peer::Socket(connection(number)),
    };
    assert_eq!(driver.feed(socket(101)), ["note ExecutorLost number=1"]);
    assert_eq!(driver.feed(socket(101)), NOTHING);
    assert_eq!(numbers(&driver), [0]);
}

#[test]
fn grants_and_removed_workers_are_reported() {
    let mut driver = running();
    let from = Reference::bound(master(1), connection(1));
    let added = ToDriver::ExecutorAdded {
        number: 3,
        worker_id: WorkerId::new("worker-1"),
        worker_address: worker(),
        cores: 4,
        memory_mib: 1024,
    };
    assert_eq!(
        driver.receive(from, added),
        ["note ExecutorGranted number=3 worker_id=worker-1 cores=4"]
    );
    let removed = ToDriver::WorkerRemoved {
        worker_id: WorkerId::new("worker-1"),
        host: Text::new("w1"),
        message: Arc::from("lost"),
    };
    assert_eq!(
        driver.receive(from, removed),
        ["note WorkerRemoved worker_id=worker-1"]
    );
    assert_eq!(numbers(&driver), [0_u32; 0]);
}

#[test]
fn requests_before_registration_are_false_without_a_message() {
    let mut driver = driver(1);
    driver.start();
    assert_eq!(
        request(&mut driver, 2),
        [
            "note TotalRequested profile=0 total=2",
            "note RequestAnswered accepted=false",
        ]
    );
    register_executor(&mut driver, 0);
    assert_eq!(
        kill(&mut driver, &[0], KillAdjustment::LowerTarget),
        [
            "note ExecutorKillRequested number=0",
            "note TotalRequested profile=0 total=1",
            "note RequestAnswered accepted=false",
            "note RequestAnswered accepted=false",
        ]
    );
    register_executor(&mut driver, 1);
    assert_eq!(
        kill(&mut driver, &[1], KillAdjustment::Replace),
        [
            "note ExecutorKillRequested number=1",
            "note RequestAnswered accepted=false",
        ]
    );
}

#[test]
fn killing_all_executors_of_an_unlimited_application_sets_its_limit_to_0() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    register_executor(&mut driver, 1);
    assert_eq!(
        kill(&mut driver, &[0, 1], KillAdjustment::LowerTarget),
        [
            "note ExecutorKillRequested number=0",
            "note ExecutorKillRequested number=1",
            "note TotalRequested profile=0 total=0",
            "ask#1 m1:7077@c1 RequestExecutors app-0 [0=0] 120s",
        ]
    );
    assert_eq!(
        driver.answer(1, true),
        [
            "note RequestAnswered accepted=true",
            "ask#2 m1:7077@c1 KillExecutors app-0 [0 1] 120s",
        ]
    );
    assert_eq!(
        driver.answer(2, true),
        ["note RequestAnswered accepted=true"]
    );
}

#[test]
fn three_requests_for_one_and_two_kills_leave_a_limit_of_1() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    register_executor(&mut driver, 1);
    request(&mut driver, 1);
    request(&mut driver, 1);
    assert_eq!(
        request(&mut driver, 1),
        [
            "note TotalRequested profile=0 total=3",
            "ask#3 m1:7077@c1 RequestExecutors app-0 [0=3] 120s",
        ]
    );
    let killed = kill(&mut driver, &[0, 1], KillAdjustment::LowerTarget);
    assert_eq!(
        killed[3],
        "ask#4 m1:7077@c1 RequestExecutors app-0 [0=1] 120s"
    );
    assert_eq!(targets(&driver), [(0, 1)]);
}

#[test]
fn kill_and_replace_leaves_the_table_alone() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    assert_eq!(
        kill(&mut driver, &[0], KillAdjustment::Replace),
        [
            "note ExecutorKillRequested number=0",
            "ask#1 m1:7077@c1 KillExecutors app-0 [0] 120s",
        ]
    );
    assert_eq!(targets(&driver), []);
}

/// KB-34: the target is lowered once.
#[test]
fn an_executor_pending_removal_is_not_killed_again() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    request(&mut driver, 5);
    kill(&mut driver, &[0], KillAdjustment::Replace);
    assert_eq!(
        kill(&mut driver, &[0, 8], KillAdjustment::LowerTarget),
        [
            "note ExecutorKillIgnored number=0",
            "note ExecutorKillIgnored number=8",
            "note RequestAnswered accepted=false",
        ]
    );
    assert_eq!(targets(&driver), [(0, 5)]);
}

#[test]
fn a_kill_follows_a_refused_total_but_not_a_failed_one() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    register_executor(&mut driver, 1);
    kill(&mut driver, &[0], KillAdjustment::LowerTarget);
    assert_eq!(
        driver.answer(1, false),
        [
            "note RequestAnswered accepted=false",
            "ask#2 m1:7077@c1 KillExecutors app-0 [0] 120s",
        ]
    );
    assert_eq!(driver.fail(2, AskError::TimedOut), ["note RequestFailed"]);
    kill(&mut driver, &[1], KillAdjustment::LowerTarget);
    assert_eq!(driver.fail(3, AskError::Connection), ["note RequestFailed"]);
    assert_eq!(
        kill(&mut driver, &[1], KillAdjustment::LowerTarget)[0],
        "note ExecutorKillIgnored number=1"
    );
}

#[test]
fn new_totals_replace_the_table() {
    let mut driver = running();
    assert_eq!(
        totals(&mut driver, &[(0, 2), (1, 3)])[2],
        "ask#1 m1:7077@c1 RequestExecutors app-0 [0=2 1=3] 120s"
    );
    assert_eq!(
        totals(&mut driver, &[(1, 4)]),
        [
            "note TotalForgotten profile=0",
            "note TotalRequested profile=1 total=4",
            "ask#2 m1:7077@c1 RequestExecutors app-0 [1=4] 120s",
        ]
    );
    assert_eq!(targets(&driver), [(1, 4)]);
}

#[test]
fn a_kill_lowers_the_total_of_the_executors_own_profile() {
    let mut driver = running();
    register_executor_of(&mut driver, 0, 1);
    totals(&mut driver, &[(0, 2), (1, 3)]);
    kill(&mut driver, &[0], KillAdjustment::LowerTarget);
    assert_eq!(targets(&driver), [(0, 2), (1, 2)]);
}

#[test]
fn a_kill_throws_if_the_table_lacks_the_executors_profile() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    totals(&mut driver, &[(1, 3)]);
    assert_eq!(
        kill(&mut driver, &[0], KillAdjustment::LowerTarget),
        [
            "note ExecutorKillRequested number=0",
            "note HandlerThrew thrown=key not found: resource profile 0",
        ]
    );
}

#[test]
fn negative_requests_are_errors() {
    let mut driver = running();
    let error = "note HandlerThrew thrown=a negative number of executors was requested: -1";
    assert_eq!(request(&mut driver, -1), [error]);
    assert_eq!(totals(&mut driver, &[(0, 1), (1, -2)]), [error]);
    assert_eq!(targets(&driver), []);
}

#[test]
fn a_finished_program_stops_its_executors_and_unregisters() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    assert_eq!(
        driver.feed(Input::Operator(DriverOperation::Finish { code: 3 })),
        [
            "send w1:0@c100 StopExecutor",
            "note ApplicationDead reason=stopped",
            "send m1:7077@c1 UnregisterApplication app-0",
            "exit 3",
        ]
    );
    assert_eq!(
        driver.feed(Input::Operator(DriverOperation::Finish { code: 4 })),
        NOTHING
    );
}

#[test]
fn a_program_that_finishes_before_any_answer_unregisters_nothing() {
    let mut driver = driver(1);
    driver.start();
    assert_eq!(
        driver.feed(Input::Operator(DriverOperation::Finish { code: 0 })),
        ["note ApplicationDead reason=stopped", "exit 0"]
    );
}

#[test]
fn a_removed_application_stops_the_program() {
    let mut driver = running();
    register_executor(&mut driver, 0);
    let removed = ToDriver::ApplicationRemoved {
        state: ApplicationState::Failed,
    };
    assert_eq!(
        driver.receive(Reference::bound(master(1), connection(1)), removed),
        [
            "note ApplicationDead reason=removed",
            "send w1:0@c100 StopExecutor",
            "exit 1",
        ]
    );
    assert_eq!(driver.disconnect(master(1)), NOTHING);
}

#[test]
fn a_submitted_driver_dials_its_worker_before_it_registers() {
    let mut driver = submitted(Some(description()));
    assert_eq!(
        driver.start(),
        [
            "resolve#0 w1:35000 120s",
            "note RegistrationAttempted attempt=1",
            "resolve#1 m1:7077 120s",
            "arm RegistrationTimeOut(0) 20.000s",
        ]
    );
    assert_eq!(driver.resolve(0, worker()), NOTHING);
    assert_eq!(driver.disconnect(worker()), ["note WorkerLost", "exit 255"]);
    assert_eq!(driver.disconnect(worker()), NOTHING);
}

/// RD-20: without a connection there is nothing to lose.
#[test]
fn a_child_that_never_reached_its_worker_lives_on() {
    let mut driver = submitted(None);
    assert_eq!(driver.start(), ["resolve#0 w1:35000 120s"]);
    assert_eq!(driver.fail_to_resolve(0), NOTHING);
    assert_eq!(
        driver.feed(Input::Operator(DriverOperation::Finish { code: 0 })),
        ["exit 0"]
    );
}

#[test]
fn an_error_on_the_workers_connection_ends_the_child() {
    let mut driver = submitted(None);
    driver.start();
    assert_eq!(driver.connection_error(master(1)), NOTHING);
    assert_eq!(
        driver.connection_error(worker()),
        ["note WorkerLost", "exit 255"]
    );
}

#[test]
fn a_driver_without_an_application_has_no_handlers_for_one() {
    let mut driver = submitted(None);
    driver.start();
    assert_eq!(
        registered(&mut driver, "app-0", 1),
        ["note HandlerThrew thrown=no handler for RegisteredApplication"]
    );
    assert_eq!(
        register_executor(&mut driver, 0),
        [
            "note HandlerThrew thrown=no handler for RegisterExecutor",
            "reply#900 throws no handler for RegisterExecutor",
        ]
    );
    assert_eq!(
        request(&mut driver, 1),
        ["note HandlerThrew thrown=the program has no application"]
    );
}
