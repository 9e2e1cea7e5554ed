//! Orders about submitted drivers, supervision, and the states in which their runners end.

use super::*;

fn kill(bench: &mut Bench) {
    let driver = DriverId::new("driver-1");
    bench.receive(ToWorker::KillDriver { driver });
}

/// A driver whose process exists, and an empty log.
fn running(supervise: bool) -> Bench {
    let mut bench = Bench::registered(|_| {});
    bench.launch_driver("driver-1", supervise);
    bench.started(0);
    bench.log.clear();
    bench
}

#[test]
fn a_driver_that_exits_with_0_has_finished() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.started(0);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.drivers().count()),
            (2, 1)
        );
        bench.ended(0, 0);
        bench.check(&expect![[r#"
            0.000s DriverAccepted { driver: driver-1, cores: 2, memory_mib: 1024 }
            0.000s DriverAttempted { driver: driver-1, attempt: 1 }
            0.000s launch ProcessId(0)
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 FINISHED -
            0.000s DriverEnded { driver: driver-1, state: Finished }
        "#]]);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.drivers().count()),
            (0, 0)
        );
    });
}

#[test]
fn a_driver_that_exits_with_another_code_has_failed() {
    scope(|| {
        let mut bench = running(false);
        bench.ended(0, 3);
        bench.check(&expect![[r#"
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 FAILED -
            0.000s DriverEnded { driver: driver-1, state: Failed }
        "#]]);
    });
}

#[test]
fn a_driver_that_cannot_be_started_is_in_error() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.not_started(0);
        bench.check(&expect![[r#"
            0.000s DriverAccepted { driver: driver-1, cores: 2, memory_mib: 1024 }
            0.000s DriverAttempted { driver: driver-1, attempt: 1 }
            0.000s launch ProcessId(0)
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 ERROR No such file or directory
            0.000s DriverEnded { driver: driver-1, state: Error }
        "#]]);
    });
}

#[test]
fn a_killed_driver_ends_politely() {
    scope(|| {
        let mut bench = running(true);
        kill(&mut bench);
        bench.run_for_secs(3);
        kill(&mut bench);
        bench.ended(0, 143);
        bench.run_for_secs(60);
        bench.check(&expect![[r#"
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Polite
            3.000s master-1:7077@c1 <- DriverStateChanged driver-1 KILLED -
            3.000s DriverEnded { driver: driver-1, state: Killed }
        "#]]);
    });
}

/// S-39: a killed driver that exits with 0 has finished.
#[test]
fn a_killed_driver_that_exits_with_0_has_finished() {
    scope(|| {
        let mut bench = running(true);
        kill(&mut bench);
        bench.ended(0, 0);
        assert_eq!(
            bench
                .lines_with("<- DriverStateChanged driver-1 FINISHED -")
                .len(),
            1
        );
    });
}

#[test]
fn a_driver_is_killed_before_its_process_exists() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_driver("driver-1", true);
        bench.log.clear();
        kill(&mut bench);
        bench.ended(0, 137);
        kill(&mut bench);
        bench.check(&expect![[r#"
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Forced
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 KILLED -
            0.000s DriverEnded { driver: driver-1, state: Killed }
            0.000s OrderIgnored { order: KillDriver, reason: Unknown }
        "#]]);
    });
}

#[test]
fn a_driver_that_ignores_the_polite_signal_is_forced_and_at_last_given_up() {
    scope(|| {
        let mut bench = Bench::registered(|settings| {
            settings.conf.driver_terminate_timeout = std::time::Duration::from_secs(4);
        });
        bench.launch_driver("driver-1", false);
        bench.started(0);
        bench.log.clear();
        kill(&mut bench);
        bench.run_for_secs(30);
        bench.check(&expect![[r#"
            0.000s DriverKillOrdered { driver: driver-1 }
            0.000s terminate ProcessId(0) Polite
            4.000s terminate ProcessId(0) Forced
        "#]]);
        assert_eq!(
            bench.worker.drivers().count(),
            1,
            "an orphan keeps its place"
        );
        bench.ended(0, 137);
        bench.check(&expect![[r#"
            30.000s master-1:7077@c1 <- DriverStateChanged driver-1 KILLED -
            30.000s DriverEnded { driver: driver-1, state: Killed }
        "#]]);
    });
}

#[test]
fn pauses_double_and_are_short_again_after_a_long_run() {
    scope(|| {
        let mut bench = running(true);
        // Exactly 5000 ms is not long; 5001 ms is.
        for (process, ran_ms) in (0..).zip([0, 1000, 5000, 5001, 0]) {
            let now = bench.now.since_start().as_millis() as u64;
            bench.run_until(Time::from_millis(now + ran_ms));
            bench.ended(process, 1);
            bench.run_for_secs(10);
            bench.started(process + 1);
        }
        let pauses = bench.lines_with("DriverBackedOff");
        let pauses: Vec<_> = pauses
            .iter()
            .map(|line| line.split("pause_s: ").nth(1).unwrap())
            .collect();
        assert_eq!(pauses, ["1 }", "2 }", "4 }", "1 }", "2 }"]);
        let attempts = bench.lines_with("DriverAttempted");
        assert_eq!(
            attempts[0],
            "1.000s DriverAttempted { driver: driver-1, attempt: 2 }"
        );
        assert_eq!(
            attempts[1],
            "13.000s DriverAttempted { driver: driver-1, attempt: 3 }"
        );
        assert_eq!(
            attempts[2],
            "30.000s DriverAttempted { driver: driver-1, attempt: 4 }"
        );
        assert_eq!(bench.lines_with("DriverStateChanged"), [""; 0]);
    });
}

#[test]
fn the_length_of_a_run_is_read_from_the_calendar_clock() {
    scope(|| {
        let mut bench = running(true);
        bench.ended(0, 1);
        bench.run_for_secs(1);
        bench.started(1);
        bench.clock_step_ms = 6000;
        bench.ended(1, 1);
        let backed_off = bench.lines_with("DriverBackedOff");
        assert!(backed_off[1].ends_with("pause_s: 1 }"), "{backed_off:?}");
    });
}

#[test]
fn a_driver_killed_in_a_pause_ends_with_the_slice() {
    scope(|| {
        let mut bench = running(true);
        for process in 0..3 {
            bench.ended(process, 1);
            if process < 2 {
                bench.run_for_secs(2);
                bench.started(process + 1);
            }
        }
        // The third pause lasts from 4 s to 8 s.
        bench.run_until(Time::from_millis(5_300));
        bench.log.clear();
        kill(&mut bench);
        bench.run_until(Time::from_millis(5_700));
        kill(&mut bench);
        bench.run_for_secs(20);
        bench.check(&expect![[r#"
            5.300s DriverKillOrdered { driver: driver-1 }
            6.000s master-1:7077@c1 <- DriverStateChanged driver-1 KILLED -
            6.000s DriverEnded { driver: driver-1, state: Killed }
        "#]]);
    });
}

/// RD-14: any master's order about a driver is obeyed, and nobody asks whether there is room.
#[test]
fn a_second_order_for_an_id_replaces_the_entry_and_the_second_end_throws() {
    scope(|| {
        let mut bench = running(false);
        bench.launch_driver("driver-1", false);
        assert_eq!(
            (bench.worker.cores_used(), bench.worker.drivers().count()),
            (4, 1)
        );
        bench.ended(0, 0);
        bench.ended(1, 0);
        bench.check(&expect![[r#"
            0.000s DriverAccepted { driver: driver-1, cores: 2, memory_mib: 1024 }
            0.000s DriverAttempted { driver: driver-1, attempt: 1 }
            0.000s launch ProcessId(1)
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 FINISHED -
            0.000s DriverEnded { driver: driver-1, state: Finished }
            0.000s master-1:7077@c1 <- DriverStateChanged driver-1 FINISHED -
            0.000s HandlerThrew { thrown: IllegalArgument { reason: "java.util.NoSuchElementException: None.get" } }
        "#]]);
        assert_eq!(bench.worker.cores_used(), 2, "the counter has drifted");
    });
}

/// RD-02: a driver's end is told once; without a master it is told nobody.
#[test]
fn the_end_of_a_driver_is_lost_if_no_master_was_ever_known() {
    scope(|| {
        let mut bench = Bench::start(|_| {});
        bench.launch_driver("driver-1", false);
        bench.log.clear();
        bench.ended(0, 0);
        bench.check(&expect![[r#"
            0.000s DriverEnded { driver: driver-1, state: Finished }
        "#]]);
    });
}
