//! Expectations over entries made by hand.

use super::{Judge, Triggers};
use crate::ledger::Ledger;
use crate::trace::history::{self, History};
use crate::trace::{End, Fact, NodeId, Role};
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{
    ApplicationSlot, DriverSlot, MasterEvent, RemovalReason, WorkerSlot,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::state::{DriverState, ExecutorState, MasterState};
use deploysim_protocol::time::{Time, WallTime};
use expect_test::{Expect, expect};

const MASTER: NodeId = NodeId(0);
const WORKER: NodeId = NodeId(1);
const CLIENT: NodeId = NodeId(2);
const COPY: NodeId = NodeId(3);

/// `worker-1` is ALIVE from 1 s to 60 s, DEAD until 61 s, and ALIVE again; the run ends at 300 s.
/// Its application `pi` has an executor of 4 cores from 2 s on.
fn story() -> History {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    history.start(WORKER, Role::Worker, "worker-1");
    history.start(CLIENT, Role::Driver, "pi");
    let state = MasterState::Alive;
    history.note(MASTER, MasterEvent::MasterStateChanged { state });
    history.at(1).note(MASTER, worker(0));
    history.at(2);
    history.note(
        MASTER,
        MasterEvent::ApplicationAdded {
            application: ApplicationSlot(0),
            id: ApplicationId::new("app-0"),
            driver: history::address("pi"),
            cores_requested: 4,
        },
    );
    history.note(
        MASTER,
        MasterEvent::ExecutorAdded {
            application: ApplicationSlot(0),
            number: 0,
            worker: WorkerSlot(0),
            profile: ProfileId::DEFAULT,
            cores: 4,
            memory_mib: 1024,
        },
    );
    for second in [10, 20, 30] {
        history.at(second).receives(MASTER, WORKER, heartbeat());
    }
    history.at(60);
    history.note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: WorkerSlot(0),
            reason: RemovalReason::Silent,
            last_heartbeat: WallTime::EPOCH,
            now: WallTime::at(Time::from_secs(60)),
        },
    );
    history.note(
        MASTER,
        MasterEvent::ExecutorStateChanged {
            application: ApplicationSlot(0),
            number: 0,
            state: ExecutorState::Lost,
        },
    );
    history.at(61).note(MASTER, worker(1));
    history.at(300).fact(MASTER, Fact::Finished);
    history
}

fn worker(slot: u32) -> MasterEvent {
    MasterEvent::WorkerAdded {
        worker: WorkerSlot(slot),
        id: WorkerId::new("worker-a"),
        address: history::address("worker-1"),
        cores: 8,
        memory_mib: 16384,
    }
}

fn heartbeat() -> ToMaster {
    ToMaster::Heartbeat {
        worker_id: WorkerId::new("worker-a"),
        worker: Reference::unbound(history::address("worker-1")),
    }
}

fn judged(history: &History, lines: &str) -> Judge {
    let plan = history::plan_with(lines);
    let mut ledger = Ledger::new(&plan);
    let mut judge = Judge::new(&plan);
    history.each(|entry| {
        judge.pass_to(entry.at, &ledger);
        ledger.apply(entry);
        judge.observe(entry, &ledger);
    });
    judge
}

/// Compares the decision over the one expectation of `lines`.
fn check(history: &History, lines: &str, expected: &Expect) {
    let judge = judged(history, &format!("[[expect]]\n{lines}"));
    let decision = judge.decisions().next().flatten().cloned();
    let decision = decision.expect("the run is over");
    let word = if decision.held { "held" } else { "failed" };
    expected.assert_eq(&format!("{word} at {}: {}", decision.at, decision.found));
}

#[test]
fn by_holds_at_the_first_instant_that_fits() {
    let expected = expect![
        "held at 60.000s: worker-1 is DEAD, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "by = '100s'\nworker = 'worker-1'\nstate = 'DEAD'",
        &expected,
    );
}

#[test]
fn by_looks_first_when_its_window_opens() {
    let expected = expect![
        "held at 30.000s: worker-1 is ALIVE, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "after = '30s'\nby = '40s'\nworker = 'worker-1'\nstate = 'ALIVE'",
        &expected,
    );
}

#[test]
fn by_fails_when_its_window_closes() {
    let expected = expect![
        "failed at 59.000s: worker-1 is ALIVE, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "by = '59s'\nworker = 'worker-1'\nstate = 'DEAD'",
        &expected,
    );
}

#[test]
fn at_looks_after_everything_of_that_instant() {
    let dead = "worker = 'worker-1'\nstate = 'DEAD'";
    let expected = expect![
        "held at 60.000s: worker-1 is DEAD, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(&story(), &format!("at = '60s'\n{dead}"), &expected);
    let expected = expect![
        "failed at 61.000s: worker-1 is ALIVE, uses 0 cores, 0 MiB, has 0 executors, 0 drivers"
    ];
    check(&story(), &format!("at = '61s'\n{dead}"), &expected);
}

#[test]
fn always_fails_at_the_first_instant_that_does_not_fit() {
    let expected = expect![
        "failed at 60.000s: worker-1 is DEAD, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "always = true\nafter = '1s'\nworker = 'worker-1'\nstate = 'ALIVE'",
        &expected,
    );
    let expected = expect![
        "held at 59.999s: worker-1 is ALIVE, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "always = true\nafter = '1s'\nby = '59999ms'\nworker = 'worker-1'\nstate = 'ALIVE'",
        &expected,
    );
}

#[test]
fn never_holds_until_the_end_of_the_run() {
    let expected = expect![
        "held at 300.000s: worker-1 is ALIVE, uses 0 cores, 0 MiB, has 0 executors, 0 drivers"
    ];
    check(
        &story(),
        "never = true\nworker = 'worker-1'\nstate = 'DECOMMISSIONED'",
        &expected,
    );
    let expected = expect![
        "failed at 60.000s: worker-1 is DEAD, uses 4 cores, 1024 MiB, has 1 executors, 0 drivers"
    ];
    check(
        &story(),
        "never = true\nworker = 'worker-1'\nstate = 'DEAD'",
        &expected,
    );
}

#[test]
fn count_asks_for_that_many_of_the_named() {
    let expected = expect!["held at 1.000s: 1 of 3 fit; worker-2 is not listed"];
    check(
        &story(),
        "by = '50s'\nworker = 'workers'\ncount = 1\nstate = 'ALIVE'",
        &expected,
    );
    let expected = expect!["failed at 50.000s: 1 of 3 fit; worker-2 is not listed"];
    check(
        &story(),
        "by = '50s'\nworker = 'workers'\nstate = 'ALIVE'",
        &expected,
    );
}

#[test]
fn messages_are_counted_within_the_window() {
    let expected = expect!["held at 20.000s: 2 × Heartbeat"];
    check(
        &story(),
        "by = '50s'\nmessage = 'Heartbeat'\ncount = { at_least = 2 }",
        &expected,
    );
    let expected = expect!["held at 30.000s: 2 × Heartbeat"];
    check(
        &story(),
        "after = '20s'\nby = '50s'\nmessage = 'Heartbeat'\ncount = { at_least = 2 }",
        &expected,
    );
    let expected = expect!["held at 50.000s: 3 × Heartbeat"];
    check(
        &story(),
        "by = '50s'\nmessage = 'Heartbeat'\ncount = 3",
        &expected,
    );
    let expected = expect!["failed at 30.000s: 3 × Heartbeat"];
    check(
        &story(),
        "by = '50s'\nmessage = 'Heartbeat'\ncount = 2",
        &expected,
    );
    let expected = expect!["held at 50.000s: 0 × Heartbeat"];
    check(
        &story(),
        "by = '50s'\nmessage = 'Heartbeat'\nfrom = 'worker-2'\ncount = 0",
        &expected,
    );
}

#[test]
fn application_and_executor_claims_read_the_leader() {
    let expected =
        expect!["held at 2.000s: application pi is WAITING, has 4 cores, 1 executors, 1 ids"];
    check(
        &story(),
        "by = '50s'\napplication = 'pi'\ncores = 4\nexecutors = 1\nids = 1",
        &expected,
    );
    let expected = expect!["held at 2.000s: executor:pi/0 is LAUNCHING on worker-1 with 4 cores"];
    check(
        &story(),
        "by = '50s'\nexecutor = 'pi/0'\nstate = 'LAUNCHING'\non_worker = 'worker-1'",
        &expected,
    );
    let expected = expect!["held at 60.000s: 1 of 1 executors of pi fit"];
    check(
        &story(),
        "by = '70s'\nexecutor = 'pi/*'\nstate = 'LOST'",
        &expected,
    );
}

#[test]
fn nothing_is_true_of_books_without_a_leader() {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    history.at(300).fact(MASTER, Fact::Finished);
    let expected = expect!["failed at 10.000s: no master is ALIVE"];
    let lines = "at = '10s'\nworker = 'worker-1'\nlisted = false";
    check(&history, lines, &expected);
}

#[test]
fn processes_are_judged_by_their_life_and_end() {
    let mut history = History::new();
    history.start(COPY, Role::Driver, "driver:job");
    history.at(5).end(COPY, End::Exited(3));
    history.at(6).start(COPY, Role::Driver, "driver:job#2");
    history.at(300).fact(MASTER, Fact::Finished);
    let expected = expect!["held at 5.000s: driver:job does not run (ended at 5.000s: exit 3)"];
    check(
        &history,
        "by = '9s'\nprocess = 'driver:job'\nrunning = false\nexit = 3",
        &expected,
    );
    let expected = expect!["held at 9.000s: driver:job runs 1 times (ended at 5.000s: exit 3)"];
    check(
        &history,
        "at = '9s'\nprocess = 'driver:job'\ncount = 1\nrunning = true",
        &expected,
    );
    let expected =
        expect!["held at 6.000s: no master is ALIVE; driver job has 0 ids, 1 living copies"];
    check(
        &history,
        "after = '6s'\nby = '9s'\ndriver = 'job'\ncopies = 1",
        &expected,
    );
}

#[test]
fn run_that_ends_early_fails_what_is_open() {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    history.at(4).fact(MASTER, Fact::Finished);
    let expected = expect!["failed at 4.000s: master-1 is STANDBY, and the run is over"];
    check(
        &history,
        "by = '9s'\nmaster = 'master-1'\nstate = 'ALIVE'",
        &expected,
    );
    let expected = expect!["held at 4.000s: master-1 is STANDBY"];
    check(
        &history,
        "always = true\nby = '9s'\nmaster = 'master-1'\nstate = 'STANDBY'",
        &expected,
    );
}

#[test]
fn evidence_is_what_touched_the_claim() {
    let lines = "[[expect]]\nby = '59s'\nworker = 'worker-1'\nstate = 'DEAD'";
    let judge = judged(&story(), lines);
    let evidence: Vec<_> = judge.evidence(0).map(str::trim_start).collect();
    let expected = expect![[r#"
        0.000s  master-1        started: master at master-1:7077
        0.000s  master-1        MasterStateChanged ALIVE
        1.000s  master-1        WorkerAdded worker-1 worker-a at worker-1:7077 cores=8 memory_mib=16384
        2.000s  master-1        ExecutorAdded pi/0 on worker-1 profile=0 cores=4 memory_mib=1024"#]];
    expected.assert_eq(&evidence.join("\n"));
    assert!(judge.is_decided());
}

#[test]
fn judge_waits_only_for_windows_that_close() {
    let plan = history::plan_with("[[expect]]\nnever = true\nworker = 'worker-1'\nstate = 'DEAD'");
    assert!(Judge::new(&plan).is_decided());
    let plan = history::plan_with("[[expect]]\nat = '5s'\nworker = 'worker-1'\nstate = 'DEAD'");
    assert!(!Judge::new(&plan).is_decided());
}

/// The seconds at which the fault of `lines` is set off.
fn set_off(history: &History, lines: &str) -> Vec<Time> {
    let plan = history::plan_with(&format!(
        "[[fault]]\n{lines}\nfor = '1s'\npause = 'worker-1'"
    ));
    let mut ledger = Ledger::new(&plan);
    let mut triggers = Triggers::new(&plan);
    let mut seen = Vec::new();
    history.each(|entry| {
        ledger.apply(entry);
        triggers.observe(entry, &ledger);
        while let Some(fault) = triggers.triggered() {
            assert_eq!(fault, 0);
            seen.push(entry.at);
        }
    });
    seen
}

#[test]
fn triggers_count_to_the_occurrence_that_is_meant() {
    let at = |second| vec![Time::from_secs(second)];
    let on = |what: &str| set_off(&story(), &format!("on = {{ {what} }}"));
    assert_eq!(on("worker = 'worker-1', state = 'ALIVE'"), at(1));
    assert_eq!(on("worker = 'worker-1', state = 'ALIVE', nth = 2"), at(61));
    assert_eq!(on("worker = 'worker-1', state = 'DEAD'"), at(60));
    assert_eq!(on("worker = 'worker-2', state = 'DEAD'"), []);
    assert_eq!(on("master = 'master-1', state = 'ALIVE'"), at(0));
    assert_eq!(on("executor = 'pi/*', state = 'LOST'"), at(60));
    assert_eq!(on("executor = 'pi/1', state = 'LOST'"), []);
    assert_eq!(on("message = 'Heartbeat', nth = 3"), at(30));
    assert_eq!(on("message = 'Heartbeat', from = 'worker-2'"), []);
}

#[test]
fn relaunched_driver_is_submitted_again() {
    let mut history = story();
    history.at(62).submits(MASTER, CLIENT, "job");
    let added = |slot, id| MasterEvent::DriverAdded {
        driver: DriverSlot(slot),
        id: DriverId::new(id),
        cores: 1,
        memory_mib: 512,
        supervise: true,
    };
    history.note(MASTER, added(0, "driver-0"));
    history.at(63).note(
        MASTER,
        MasterEvent::DriverStateChanged {
            driver: DriverSlot(0),
            state: DriverState::Relaunching,
        },
    );
    history.note(MASTER, added(1, "driver-1"));
    history.note(
        MASTER,
        MasterEvent::DriverRelaunched {
            old: DriverSlot(0),
            new: DriverSlot(1),
        },
    );
    let on = |what: &str| set_off(&history, &format!("on = {{ driver = 'job', {what} }}"));
    assert_eq!(on("state = 'SUBMITTED'"), [Time::from_secs(62)]);
    assert_eq!(on("state = 'SUBMITTED', nth = 2"), [Time::from_secs(63)]);
    assert_eq!(on("state = 'RELAUNCHING'"), [Time::from_secs(63)]);
}
