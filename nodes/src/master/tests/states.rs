//! The table of reactions: every message in STANDBY, RECOVERING and ALIVE.

use super::{APP0, DRIVER0, Lab, application, driver, executor, latest_state, register};
use super::{scheduler_state, worker_reference};
use crate::master::MasterTimer;
use crate::node::{Call, Input};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::id::{ApplicationId, DriverId, WorkerId};
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{AskMaster, ToMaster};
use deploysim_protocol::record::{ApplicationRecord, DriverRecord, Records, WorkerRecord};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{DriverState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use expect_test::expect;
use std::fmt::Write as _;
use std::sync::Arc;

fn standby() -> Lab {
    Lab::standby(&[])
}

/// One worker with an executor and a driver, one application.
fn alive() -> Lab {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register_application("a", application(2));
    lab.submit(driver(false));
    lab
}

/// The same, read from the store, of which only the worker has answered.
fn recovering() -> Lab {
    let mut lab = Lab::standby(&[]);
    let address = Address::new("w1", 1000);
    lab.store.records = Records {
        applications: vec![ApplicationRecord {
            start_time: WallTime::EPOCH,
            id: ApplicationId::new(APP0),
            description: Arc::new(application(2)),
            driver: Reference::unbound(Address::new("a", 1000)),
            cores_default: 8,
        }],
        drivers: vec![DriverRecord {
            start_time: WallTime::EPOCH,
            id: DriverId::new(DRIVER0),
            description: Arc::new(driver(false)),
        }],
        workers: vec![WorkerRecord {
            id: WorkerId::new("w1"),
            address,
            cores: 4,
            memory_mib: 4096,
            endpoint: Reference::unbound(address),
            web_ui_url: Text::new("http://w:8081"),
            resources: Resources::NONE,
        }],
    };
    lab.input(Input::Elected);
    lab.receive(scheduler_state("w1", &[executor(APP0, 0)], &[DRIVER0]));
    lab
}

/// What a Master does with one input in each of the three states; notes are left out unless
/// nothing else happens.
fn reactions(input: impl Fn() -> Input<super::Master>) -> String {
    let mut table = String::new();
    for (name, mut lab) in [
        ("STANDBY", standby()),
        ("RECOVERING", recovering()),
        ("ALIVE", alive()),
    ] {
        lab.at_ms(1000);
        let lines = lab.input(input());
        let (notes, effects): (Vec<_>, Vec<_>) =
            lines.lines().partition(|line| line.starts_with("note"));
        let shown = if effects.is_empty() { notes } else { effects };
        let shown = if shown.is_empty() {
            "nothing".to_owned()
        } else {
            shown
                .iter()
                .map(|line| line.trim())
                .collect::<Vec<_>>()
                .join("; ")
        };
        writeln!(table, "{name}: {shown}").unwrap();
    }
    table
}

fn message(message: impl Fn() -> ToMaster) -> String {
    reactions(|| Input::Received {
        from: worker_reference("w1"),
        message: message(),
    })
}

fn ask(ask: impl Fn() -> AskMaster) -> String {
    reactions(|| Input::Asked {
        from: worker_reference("w1"),
        call: Call(1),
        ask: ask(),
    })
}

#[test]
fn workers() {
    expect![[r#"
        STANDBY: w2 <- MasterInStandby
        RECOVERING: store add worker_w2; w2 <- RegisteredWorker duplicate=false
        ALIVE: store add worker_w2; w2 <- RegisteredWorker duplicate=false
    "#]]
    .assert_eq(&message(|| register("w2", "w2", 4)));
    expect![[r#"
        STANDBY: note HeartbeatIgnored id=w1
        RECOVERING: note WorkerHeard worker=0 at=1000ms
        ALIVE: note WorkerHeard worker=0 at=1000ms
    "#]]
    .assert_eq(&message(|| ToMaster::Heartbeat {
        worker_id: WorkerId::new("w1"),
        worker: worker_reference("w1"),
    }));
    expect![[r#"
        STANDBY: note WorkerUnknown id=w1
        RECOVERING: unbound w1 <- KillExecutor app-20260101000000-0000/9
        ALIVE: w1 <- KillExecutor app-20260101000000-0000/9
    "#]]
    .assert_eq(&message(|| latest_state("w1", &[executor(APP0, 9)], &[])));
    expect![[r#"
        STANDBY: note WorkerUnknown id=w1
        RECOVERING: nothing
        ALIVE: nothing
    "#]]
    .assert_eq(&message(|| scheduler_state("w1", &[], &[])));
    expect![[r#"
        STANDBY: w1 <- MasterInStandby
        RECOVERING: unbound a <- ExecutorUpdated 0 DECOMMISSIONED Some("worker decommissioned") None Some("w1"); store remove worker_w1
        ALIVE: a <- ExecutorUpdated 0 DECOMMISSIONED Some("worker decommissioned") None Some("w1"); store remove worker_w1
    "#]].assert_eq(&message(|| ToMaster::WorkerDecommissioning {
        worker_id: WorkerId::new("w1"),
        worker: worker_reference("w1"),
    }));
    let disconnected = |host: &'static str| {
        reactions(move || Input::Disconnected {
            peer: Peer::Listening(Address::new(host, 1000)),
        })
    };
    expect![[r#"
        STANDBY: nothing
        RECOVERING: unbound a <- ExecutorUpdated 0 LOST Some("worker lost: w1:1000 got disassociated") None Some("w1"); store remove driver_driver-20260101000000-0000; unbound a <- WorkerRemoved w1 "w1:1000 got disassociated"; store remove worker_w1
        ALIVE: a <- ExecutorUpdated 0 LOST Some("worker lost: w1:1000 got disassociated") None Some("w1"); store remove driver_driver-20260101000000-0000; a <- WorkerRemoved w1 "w1:1000 got disassociated"; store remove worker_w1
    "#]].assert_eq(&disconnected("w1"));
    expect![[r#"
        STANDBY: nothing
        RECOVERING: unbound w1 <- KillExecutor app-20260101000000-0000/0; store remove app_app-20260101000000-0000; unbound w1 <- ApplicationFinished app-20260101000000-0000
        ALIVE: w1 <- KillExecutor app-20260101000000-0000/0; store remove app_app-20260101000000-0000; w1 <- ApplicationFinished app-20260101000000-0000
    "#]].assert_eq(&disconnected("a"));
}

#[test]
fn the_check_removes_silent_workers_in_every_state() {
    let mut lab = recovering();
    let timer = MasterTimer::CheckForWorkerTimeOut;
    lab.at_ms(60_001);
    let due = Time::from_secs(60);
    expect![[r#"
        arm CheckForWorkerTimeOut 120.000s
        note WorkerRemoved worker=0 reason=silent last_heartbeat=0ms now=60001ms
        unbound a <- ExecutorUpdated 0 LOST Some("worker lost: Not receiving heartbeat for 60 seconds") None Some("w1")
        note ExecutorStateChanged application=0 number=0 state=LOST
        note ExecutorLeftApplication application=0 number=0
        note DriverRemoved driver=0 state=ERROR
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=ERROR
        note DriverLeftWorker driver=0 worker=0
        unbound a <- WorkerRemoved w1 "Not receiving heartbeat for 60 seconds"
        store remove worker_w1
    "#]].assert_eq(&lab.input(Input::Fired { timer, due }));
    let mut lab = standby();
    lab.at_ms(60_001);
    expect![[r#"
        arm CheckForWorkerTimeOut 120.000s
    "#]]
    .assert_eq(&lab.input(Input::Fired { timer, due }));
}

#[test]
fn applications() {
    expect![[r#"
        STANDBY: note RegistrationRefused address=b:1000 reason=standby
        RECOVERING: store add app_app-20260101000001-0000; b <- RegisteredApplication app-20260101000001-0000
        ALIVE: store add app_app-20260101000001-0001; b <- RegisteredApplication app-20260101000001-0001
    "#]].assert_eq(&message(|| ToMaster::RegisterApplication {
        description: Arc::new(application(2)),
        driver: worker_reference("b"),
    }));
    expect![[r#"
        STANDBY: note ApplicationUnknown id=app-20260101000000-0000
        RECOVERING: unbound w1 <- KillExecutor app-20260101000000-0000/0; store remove app_app-20260101000000-0000; unbound w1 <- ApplicationFinished app-20260101000000-0000
        ALIVE: w1 <- KillExecutor app-20260101000000-0000/0; store remove app_app-20260101000000-0000; w1 <- ApplicationFinished app-20260101000000-0000
    "#]].assert_eq(&message(|| ToMaster::UnregisterApplication {
        application: ApplicationId::new(APP0),
    }));
    expect![[r#"
        STANDBY: note ApplicationUnknown id=app-20260101000000-0000
        RECOVERING: note ApplicationStateChanged application=0 state=WAITING; note MasterStateChanged state=COMPLETING_RECOVERY; note ApplicationStateChanged application=0 state=RUNNING; note MasterStateChanged state=ALIVE; note RecoveryCompleted; note ScheduleBegan; note ScheduleEnded drivers=0 executors=0
        ALIVE: note ApplicationStateChanged application=0 state=WAITING
    "#]].assert_eq(&message(|| ToMaster::MasterChangeAcknowledged {
        application: ApplicationId::new(APP0),
    }));
    expect![[r#"
        STANDBY: reply false
        RECOVERING: reply true
        ALIVE: reply true
    "#]]
    .assert_eq(&ask(|| AskMaster::RequestExecutors {
        application: ApplicationId::new(APP0),
        totals: Vec::new(),
    }));
    expect![[r#"
        STANDBY: reply false
        RECOVERING: unbound w1 <- KillExecutor app-20260101000000-0000/0; reply true
        ALIVE: w1 <- KillExecutor app-20260101000000-0000/0; w1 <- LaunchExecutor app-20260101000000-0000/1 2 512; a <- ExecutorAdded 1 w1:1000 2 512; reply true
    "#]].assert_eq(&ask(|| AskMaster::KillExecutors {
        application: ApplicationId::new(APP0),
        executors: vec![Text::new("0")],
    }));
    expect![[r#"
        STANDBY: reply true
        RECOVERING: unbound a <- ExecutorUpdated 0 FAILED Some("no room") Some(1) None; reply true
        ALIVE: a <- ExecutorUpdated 0 FAILED Some("no room") Some(1) None; w1 <- LaunchExecutor app-20260101000000-0000/1 2 512; a <- ExecutorAdded 1 w1:1000 2 512; reply true
    "#]].assert_eq(&ask(|| {
        AskMaster::ExecutorStateChanged(Box::new(ExecutorStateChanged {
            executor: executor(APP0, 0),
            state: ExecutorState::Failed,
            message: Some("no room".into()),
            exit_status: Some(1),
        }))
    }));
}

#[test]
fn drivers() {
    expect![[r#"
        STANDBY: note DriverUnknown id=driver-20260101000000-0000
        RECOVERING: store remove driver_driver-20260101000000-0000
        ALIVE: store remove driver_driver-20260101000000-0000
    "#]]
    .assert_eq(&message(|| ToMaster::DriverStateChanged {
        driver: DriverId::new(DRIVER0),
        state: DriverState::Failed,
        exception: None,
    }));
    expect![[r#"
        STANDBY: reply SubmitDriverResponse false "Current state is not alive: STANDBY. Can only accept driver submissions in ALIVE state."
        RECOVERING: reply SubmitDriverResponse false "Current state is not alive: RECOVERING. Can only accept driver submissions in ALIVE state."
        ALIVE: store add driver_driver-20260101000001-0001; w1 <- LaunchDriver driver-20260101000001-0001; reply SubmitDriverResponse true "Driver successfully submitted as driver-20260101000001-0001"
    "#]].assert_eq(&ask(|| AskMaster::RequestSubmitDriver {
        description: Arc::new(driver(false)),
    }));
    expect![[r#"
        STANDBY: reply KillDriverResponse false "Current state is not alive: STANDBY. Can only kill drivers in ALIVE state."
        RECOVERING: reply KillDriverResponse false "Current state is not alive: RECOVERING. Can only kill drivers in ALIVE state."
        ALIVE: w1 <- KillDriver driver-20260101000000-0000; reply KillDriverResponse true "Kill request for driver-20260101000000-0000 submitted"
    "#]].assert_eq(&ask(|| AskMaster::RequestKillDriver {
        driver: DriverId::new(DRIVER0),
    }));
    expect![[r#"
        STANDBY: reply KillAllDriversResponse false "Current state is not alive: STANDBY. Can only kill drivers in ALIVE state."
        RECOVERING: reply KillAllDriversResponse false "Current state is not alive: RECOVERING. Can only kill drivers in ALIVE state."
        ALIVE: w1 <- KillDriver driver-20260101000000-0000; reply KillAllDriversResponse true "Kill request for all drivers submitted"
    "#]].assert_eq(&ask(|| AskMaster::RequestKillAllDrivers));
    expect![[r#"
        STANDBY: reply DriverStatusResponse false None None Some("Current state is not alive: STANDBY. Can only request driver status in ALIVE state.")
        RECOVERING: reply DriverStatusResponse false None None Some("Current state is not alive: RECOVERING. Can only request driver status in ALIVE state.")
        ALIVE: reply DriverStatusResponse true Some(Running) Some(w1) None
    "#]].assert_eq(&ask(|| AskMaster::RequestDriverStatus {
        driver: DriverId::new(DRIVER0),
    }));
}

#[test]
fn queries() {
    expect![[r#"
        STANDBY: reply MasterStateResponse STANDBY
        RECOVERING: reply MasterStateResponse RECOVERING
        ALIVE: reply MasterStateResponse ALIVE
    "#]]
    .assert_eq(&ask(|| AskMaster::RequestMasterState));
    expect![[r#"
        STANDBY: reply false
        RECOVERING: reply true
        ALIVE: reply true
    "#]]
    .assert_eq(&ask(|| AskMaster::RequestReadyz));
    expect![[r#"
        STANDBY: reply true
        RECOVERING: reply true
        ALIVE: reply true
    "#]]
    .assert_eq(&ask(|| AskMaster::RequestClearCompletedDriversAndApps));
    expect![[r#"
        STANDBY: reply 0
        RECOVERING: unbound m <- DecommissionWorkers { worker_ids: [w1] }; reply 1
        ALIVE: unbound m <- DecommissionWorkers { worker_ids: [w1] }; reply 1
    "#]]
    .assert_eq(&ask(|| AskMaster::DecommissionWorkersOnHosts {
        hosts: vec![Text::new("w1")],
    }));
}
