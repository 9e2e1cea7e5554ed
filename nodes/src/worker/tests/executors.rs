//! Orders about executors, the states in which their runners end, and the work directory.

use super::*;

fn kill(bench: &mut Bench, number: u32) {
    bench.receive(ToWorker::KillExecutor {
        master_url: master(1),
        executor: executor_id(number),
    });
}

#[test]
fn an_executor_runs_and_exits() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.run_for_secs(1);
        bench.started(0);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.memory_used_mib()),
            (3, 2048)
        );
        bench.run_for_secs(5);
        bench.ended(0, 7);
        bench.check(&expect![[r#"
            0.000s ExecutorAccepted { executor: app-1/0, cores: 3, memory_mib: 2048 }
            0.000s launch ProcessId(0)
            1.000s ExecutorStateChanged { executor: app-1/0, state: Running }
            1.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 RUNNING - -
            6.000s ExecutorStateChanged { executor: app-1/0, state: Exited }
            6.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 EXITED 7 Command exited with code 7
            6.000s ExecutorFinished { executor: app-1/0 }
        "#]]);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.executors().count()),
            (0, 0)
        );
    });
}

#[test]
fn an_executor_that_never_starts_has_failed() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.not_started(0);
        bench.check(&expect![[r#"
            0.000s ExecutorAccepted { executor: app-1/0, cores: 3, memory_mib: 2048 }
            0.000s launch ProcessId(0)
            0.000s ExecutorStateChanged { executor: app-1/0, state: Failed }
            0.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 FAILED - No such file or directory
            0.000s ExecutorFinished { executor: app-1/0 }
        "#]]);
    });
}

#[test]
fn a_killed_executor_ends_politely() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.started(0);
        bench.log.clear();
        kill(&mut bench, 0);
        kill(&mut bench, 0);
        assert_eq!(
            bench.worker.cores_used(),
            3,
            "in use until the process is gone"
        );
        bench.run_for_secs(2);
        bench.ended(0, 143);
        bench.run_for_secs(60);
        bench.check(&expect![[r#"
            0.000s terminate ProcessId(0) Polite
            2.000s ExecutorStateChanged { executor: app-1/0, state: Killed }
            2.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 KILLED 143 -
            2.000s ExecutorFinished { executor: app-1/0 }
        "#]]);
    });
}

#[test]
fn a_killed_executor_is_forced_after_10_s_and_given_up_after_20_s() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.started(0);
        bench.log.clear();
        kill(&mut bench, 0);
        bench.run_for_secs(60);
        bench.ended(0, 137);
        bench.check(&expect![[r#"
            0.000s terminate ProcessId(0) Polite
            10.000s terminate ProcessId(0) Forced
            20.000s ExecutorStateChanged { executor: app-1/0, state: Killed }
            20.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 KILLED - -
            20.000s ExecutorFinished { executor: app-1/0 }
        "#]]);
    });
}

#[test]
fn an_executor_that_is_killed_before_it_started_has_no_exit_code() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        kill(&mut bench, 0);
        bench.ended(0, 137);
        bench.check(&expect![[r#"
            0.000s ExecutorAccepted { executor: app-1/0, cores: 3, memory_mib: 2048 }
            0.000s launch ProcessId(0)
            0.000s terminate ProcessId(0) Forced
            0.000s ExecutorStateChanged { executor: app-1/0, state: Killed }
            0.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 KILLED - -
            0.000s ExecutorFinished { executor: app-1/0 }
        "#]]);
    });
}

#[test]
fn orders_of_other_masters_and_for_unknown_executors_are_dropped() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(2), 0);
        kill(&mut bench, 0);
        bench.launch_executor(master(1), 0);
        bench.receive(ToWorker::KillExecutor {
            master_url: master(2),
            executor: executor_id(0),
        });
        bench.check(&expect![[r#"
            0.000s OrderIgnored { order: LaunchExecutor, reason: WrongMaster }
            0.000s OrderIgnored { order: KillExecutor, reason: Unknown }
            0.000s ExecutorAccepted { executor: app-1/0, cores: 3, memory_mib: 2048 }
            0.000s launch ProcessId(0)
            0.000s OrderIgnored { order: KillExecutor, reason: WrongMaster }
        "#]]);
    });
}

/// S-57: an executor's directory that exists is used, or the launch fails.
#[test]
fn an_existing_directory_is_reused_or_fails_the_launch() {
    let run = |behaviour, expected: &Expect| {
        scope(|| {
            let mut bench =
                Bench::registered(|settings| settings.behaviour.executor_directory = behaviour);
            bench.launch_executor(master(1), 0);
            bench.started(0);
            bench.ended(0, 0);
            bench.receive(ToWorker::ApplicationFinished {
                application: ApplicationId::new("app-1"),
            });
            bench.log.clear();
            bench.launch_executor(master(1), 0);
            bench.check(expected);
        });
    };
    run(
        ExecutorDirectory::Reuse,
        &expect![[r#"
        0.000s ExecutorAccepted { executor: app-1/0, cores: 3, memory_mib: 2048 }
        0.000s launch ProcessId(1)
    "#]],
    );
    run(
        ExecutorDirectory::FailLaunch,
        &expect![[r#"
        0.000s ExecutorLaunchFailed { executor: app-1/0 }
        0.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 FAILED - java.io.IOException: Failed to create directory work/app-1/0
    "#]],
    );
}

#[test]
fn a_launch_that_fails_on_an_id_in_use_kills_the_earlier_executor_and_keeps_its_cores() {
    scope(|| {
        let mut bench = Bench::registered(|settings| {
            settings.behaviour.executor_directory = ExecutorDirectory::FailLaunch;
        });
        bench.launch_executor(master(1), 0);
        bench.started(0);
        bench.log.clear();
        bench.launch_executor(master(1), 0);
        bench.ended(0, 143);
        bench.check(&expect![[r#"
            0.000s ExecutorLaunchFailed { executor: app-1/0 }
            0.000s ExecutorFinished { executor: app-1/0 }
            0.000s terminate ProcessId(0) Polite
            0.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 FAILED - java.io.IOException: Failed to create directory work/app-1/0
            0.000s ExecutorStateChanged { executor: app-1/0, state: Killed }
            0.000s master-1:7077@c1 <- ExecutorStateChanged app-1/0 KILLED 143 -
        "#]]);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.executors().count()),
            (3, 0)
        );
    });
}

#[test]
fn an_application_is_cleaned_up_when_its_last_executor_is_gone() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        let application = ApplicationId::new("app-1");
        bench.launch_executor(master(1), 0);
        bench.launch_executor(master(1), 1);
        bench.ended(0, 0);
        bench.receive(ToWorker::ApplicationFinished { application });
        assert_eq!(bench.lines_with("ApplicationCleanedUp").len(), 0);
        bench.ended(1, 0);
        assert_eq!(bench.lines_with("ApplicationCleanedUp").len(), 1);
        bench.receive(ToWorker::ApplicationFinished { application });
        assert_eq!(bench.lines_with("ApplicationCleanedUp").len(), 1);
    });
}

#[test]
fn old_directories_are_deleted_unless_they_are_in_use() {
    scope(|| {
        let mut bench = Bench::registered(|settings| {
            settings.conf.cleanup_app_data_ttl = std::time::Duration::from_secs(3600);
        });
        bench.launch_driver("driver-1", false);
        bench.launch_driver("driver-2", false);
        bench.launch_executor(master(1), 0);
        bench.ended(1, 0);
        let names = |bench: &Bench| -> Vec<String> {
            let directory = bench.worker.work_directory().unwrap();
            directory.names().map(|name| name.to_string()).collect()
        };
        bench.run_until(Time::from_millis(3_599_999));
        assert_eq!(names(&bench), ["app-1", "driver-1", "driver-2"]);
        // What was written exactly the time to live ago is not newer than it.
        bench.run_for_secs(1);
        assert_eq!(names(&bench), ["app-1", "driver-1"]);
        let cleaned = bench.lines_with("WorkDirectoryCleaned");
        assert_eq!(
            cleaned,
            [
                "1800.000s WorkDirectoryCleaned { deleted: 0 }",
                "3600.000s WorkDirectoryCleaned { deleted: 1 }"
            ]
        );
    });
}

#[test]
fn the_work_directory_outlives_the_process() {
    scope(|| {
        let mut bench = Bench::registered(|settings| {
            settings.behaviour.executor_directory = ExecutorDirectory::FailLaunch;
        });
        bench.launch_executor(master(1), 0);
        let directory = bench.worker.work_directory().unwrap().clone();
        let settings = (*bench.worker.settings).clone();
        bench.worker = Worker::with_work_directory(settings, directory);
        bench.feed(Input::Started);
        bench.receive(registered_with(master(1)));
        bench.launch_executor(master(1), 0);
        bench.launch_executor(master(1), 1);
        assert_eq!(
            bench.lines_with("ExecutorLaunchFailed"),
            ["0.000s ExecutorLaunchFailed { executor: app-1/0 }"]
        );
        assert_eq!(bench.lines_with("ExecutorAccepted").len(), 2);
    });
}

#[test]
fn of_many_ended_executors_the_oldest_tenth_is_forgotten() {
    scope(|| {
        let mut bench = Bench::registered(|settings| settings.conf.worker_retained_executors = 20);
        for number in 0..21 {
            bench.launch_executor(master(1), number);
            bench.ended(number, 0);
        }
        let books = bench.worker.books.as_deref().unwrap();
        let kept: Vec<u32> = books
            .finished_executors
            .iter()
            .map(|entry| entry.order.executor.number)
            .collect();
        assert_eq!(kept, (2..21).collect::<Vec<_>>());
    });
}
