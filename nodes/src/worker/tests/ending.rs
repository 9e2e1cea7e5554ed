//! The end of the worker's process, and what becomes of its children.

use super::*;

#[test]
fn a_worker_without_children_ends_at_once() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.feed(Input::Operator(WorkerOperation::StopPolitely));
        bench.check(&expect![[r#"
            0.000s WorkerStopping
            0.000s exit 143
        "#]]);
    });
}

#[test]
fn a_worker_ended_politely_kills_its_children_one_by_one_and_reports_them() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.launch_executor(master(1), 0);
        bench.launch_executor(master(1), 1);
        bench.started(0);
        bench.started(1);
        bench.log.clear();
        bench.feed(Input::Operator(WorkerOperation::StopPolitely));
        bench.feed(Input::Operator(WorkerOperation::StopPolitely));
        bench.run_for_secs(1);
        bench.ended(0, 143);
        bench.run_for_secs(1);
        bench.launch_executor(master(1), 2);
        bench.launch_driver("driver-2", false);
        bench.ended(1, 143);
        bench.check(&expect![[r#"
            0.000s WorkerStopping
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Polite
            1.000s terminate ProcessId(1) Polite
            1.000s master-1:7077@c1 <- DriverStateChanged driver-1 KILLED -
            1.000s DriverEnded { driver: driver-1, state: Killed }
            2.000s ExecutorLaunchFailed { executor: app-1/2 }
            2.000s master-1:7077@c1 <- ExecutorStateChanged app-1/2 FAILED - java.lang.IllegalStateException: Shutdown hooks cannot be modified during shutdown.
            2.000s DriverAccepted { driver: driver-2, cores: 2, memory_mib: 1024 }
            2.000s master-1:7077@c1 <- DriverStateChanged driver-2 ERROR java.lang.IllegalStateException: Shutdown hooks cannot be modified during shutdown.
            2.000s DriverEnded { driver: driver-2, state: Error }
            2.000s ExecutorStateChanged { executor: app-1/0, state: Exited }
            2.000s terminate ProcessId(2) Forced
            2.000s ExecutorStateChanged { executor: app-1/1, state: Failed }
            2.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 EXITED 143 Command exited with code 143
            2.000s ExecutorFinished { executor: app-1/0 }
            2.000s master-1:7077@c1 <- ExecutorStateChanged app-1/1 FAILED - Worker shutting down
            2.000s ExecutorFinished { executor: app-1/1 }
            2.000s exit 143
        "#]]);
        assert_eq!(bench.exited, Some(143));
    });
}

#[test]
fn a_child_that_does_not_end_is_given_up_after_20_s() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.launch_executor(master(1), 0);
        bench.started(0);
        bench.started(1);
        bench.log.clear();
        bench.feed(Input::Operator(WorkerOperation::StopPolitely));
        bench.run_for_secs(100);
        bench.check(&expect![[r#"
            0.000s WorkerStopping
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Polite
            10.000s terminate ProcessId(0) Forced
            20.000s terminate ProcessId(1) Polite
            30.000s terminate ProcessId(1) Forced
            40.000s ExecutorStateChanged { executor: app-1/0, state: Failed }
            40.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 FAILED - Worker shutting down
            40.000s ExecutorFinished { executor: app-1/0 }
            40.000s exit 143
        "#]]);
        assert_eq!(bench.now, Time::from_secs(40));
    });
}

/// A handler that exits does not return, so the last words of the children are not heard.
#[test]
fn a_worker_that_gives_up_ends_its_children_in_silence() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.started(0);
        bench.receive(ToWorker::ReconnectWorker {
            master_url: master(1),
        });
        bench.log.clear();
        bench.receive(ToWorker::RegisterWorkerFailed {
            message: "no".into(),
        });
        bench.launch_driver("driver-2", true);
        bench.run_for_secs(5);
        bench.ended(0, 143);
        bench.check(&expect![[r#"
            0.000s RegistrationRefused
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Polite
            5.000s exit 1
        "#]]);
        assert_eq!(bench.exited, Some(1));
    });
}

#[test]
fn the_end_does_not_wait_for_a_driver_that_pauses() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.started(0);
        bench.ended(0, 1);
        bench.log.clear();
        bench.feed(Input::Operator(WorkerOperation::StopPolitely));
        bench.check(&expect![[r#"
            0.000s WorkerStopping
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s exit 143
        "#]]);
    });
}
