//! Reports of executor states: success, repetition, the one thread, and giving up.

use super::*;

/// Executors 0 and 1 have just been reported RUNNING; the log is empty.
fn reporting() -> Bench {
    let mut bench = Bench::registered(|_| {});
    bench.launch_executor(master(1), 0);
    bench.launch_executor(master(1), 1);
    bench.started(0);
    bench.started(1);
    bench.log.clear();
    bench
}

#[test]
fn a_report_that_is_acknowledged_leaves_nothing_behind() {
    scope(|| {
        let mut bench = reporting();
        bench.answer(Ok(true));
        bench.answer(Ok(true));
        assert!(bench.worker.reports.is_none());
        bench.check(&expect![[""]]);
    });
}

#[test]
fn a_report_that_timed_out_is_repeated_at_once() {
    scope(|| {
        let mut bench = reporting();
        bench.run_for_secs(120);
        bench.answer(Err(AskError::TimedOut));
        bench.check(&expect![[r#"
            120.000s ReportFailed { executor: app-1/0, failures: 1 }
            120.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
        "#]]);
    });
}

/// RD-01: the answer to the first report is lost, and each repetition is refused.
#[test]
fn a_worker_exits_480_s_after_a_lost_answer() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.started(0);
        bench.log.clear();
        bench.run_for_secs(120);
        bench.answer(Err(AskError::TimedOut));
        for _ in 0..3 {
            bench.answer(Err(AskError::Connection));
            bench.run_for_secs(120);
        }
        bench.answer(Err(AskError::Connection));
        // The exit hook ends the executor, and its end is reported before the process exits.
        bench.ended(0, 143);
        bench.check(&expect![[r#"
            120.000s ReportFailed { executor: app-1/0, failures: 1 }
            120.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            120.000s ReportFailed { executor: app-1/0, failures: 2 }
            240.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            240.000s ReportFailed { executor: app-1/0, failures: 3 }
            360.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            360.000s ReportFailed { executor: app-1/0, failures: 4 }
            480.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            480.000s ReportFailed { executor: app-1/0, failures: 5 }
            480.000s ReportsGivenUp { executor: app-1/0 }
            480.000s terminate ProcessId(0) Polite
            480.000s ExecutorStateChanged { executor: app-1/0, state: Exited }
            480.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 EXITED 143 Command exited with code 143
            480.000s ExecutorFinished { executor: app-1/0 }
            480.000s exit 1
        "#]]);
        assert_eq!(bench.exited, Some(1));
    });
}

#[test]
fn the_one_thread_makes_failures_and_successes_queue_up() {
    scope(|| {
        let mut bench = reporting();
        bench.answer(Err(AskError::Connection));
        bench.run_for_secs(30);
        bench.answer(Err(AskError::Connection));
        bench.run_until(Time::from_secs(500));
        bench.check(&expect![[r#"
            0.000s ReportFailed { executor: app-1/0, failures: 1 }
            120.000s ReportFailed { executor: app-1/1, failures: 1 }
            120.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            240.000s master-1:7077@c1 <- ExecutorStateChanged app-1/1 RUNNING - -
        "#]]);
    });
}

#[test]
fn a_success_forgets_the_failures_of_its_executor_only() {
    scope(|| {
        let mut bench = reporting();
        bench.answer(Err(AskError::TimedOut));
        bench.answer(Err(AskError::TimedOut));
        bench.answer(Ok(true));
        bench.answer(Err(AskError::TimedOut));
        bench.ended(0, 0);
        bench.asks.swap(0, 1);
        bench.answer(Err(AskError::TimedOut));
        let failed = bench.lines_with("ReportFailed");
        assert_eq!(
            failed,
            [
                "0.000s ReportFailed { executor: app-1/0, failures: 1 }",
                "0.000s ReportFailed { executor: app-1/1, failures: 1 }",
                "0.000s ReportFailed { executor: app-1/1, failures: 2 }",
                "0.000s ReportFailed { executor: app-1/0, failures: 1 }",
            ]
        );
    });
}

#[test]
fn a_report_is_dropped_if_no_master_was_ever_known() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        // There is no way to take executors without a master; the field is emptied by hand.
        bench.worker.followed = None;
        bench.log.clear();
        bench.started(0);
        bench.check(&expect![[r#"
            0.000s ExecutorStateChanged { executor: app-1/0, state: Running }
            0.000s ReportDropped { executor: app-1/0 }
        "#]]);
    });
}
