//! Registration, heartbeats, decommissioning, and which master is followed.

use super::super::registration::RetryIntervals;
use super::*;

fn seconds(unit: f64) -> (u64, u64) {
    let intervals = RetryIntervals::drawn(unit);
    (
        intervals.initial().as_secs(),
        intervals.prolonged().as_secs(),
    )
}

#[test]
fn intervals_are_rounded_half_up() {
    assert_eq!(seconds(0.0), (5, 30));
    assert_eq!(seconds(0.049), (5, 33));
    assert_eq!(seconds(0.05), (6, 33));
    assert_eq!(seconds(0.5), (10, 60));
    assert_eq!(seconds(0.9499), (14, 87));
    assert_eq!(seconds(1.0 - f64::EPSILON), (15, 90));
}

/// Every attempt of a worker that finds nobody, and its end, for several draws.
#[test]
fn attempts_come_when_spark_makes_them_until_they_run_out() {
    let mut drawn = Vec::new();
    for seed in 0..8 {
        scope(|| {
            let mut bench = Bench::new(|_| {});
            let seed = [seed; 32];
            bench.dice = Dice::from_seed(seed);
            let (initial, prolonged) = seconds(Dice::from_seed(seed).unit());
            drawn.push((initial, prolonged));
            bench.feed(Input::Started);
            bench.run_for_secs(2000);
            let mut expected = vec![0];
            expected.extend((1..=6).map(|retry| retry * initial));
            expected.extend((1..=10).map(|retry| 6 * initial + retry * prolonged));
            let expected: Vec<_> = (0_u32..)
                .zip(expected)
                .map(|(retry, at)| {
                    let at = Time::from_secs(at);
                    format!("{at} RegistrationAttempted {{ retry: {retry} }}")
                })
                .collect();
            assert_eq!(bench.lines_with("RegistrationAttempted"), expected);
            assert_eq!(bench.exited, Some(1));
            assert_eq!(bench.now, Time::from_secs(6 * initial + 11 * prolonged));
            // Nobody is known, so each attempt goes to both masters, and abandons the last.
            assert_eq!(bench.lines_with("resolve master").len(), 2 * 17);
            assert_eq!(bench.lines_with("abandon master").len(), 2 * 16);
        });
    }
    drawn.sort_unstable();
    drawn.dedup();
    assert!(drawn.len() > 4, "{drawn:?}");
}

#[test]
fn the_numbers_of_attempts_are_configurable() {
    scope(|| {
        let mut bench = Bench::start(|settings| {
            settings.conf.initial_registration_retries = 2;
            settings.conf.max_registration_retries = 3;
        });
        bench.run_for_secs(2000);
        let (initial, prolonged) = seconds(Dice::from_seed([3; 32]).unit());
        assert_eq!(bench.now, Time::from_secs(2 * initial + 2 * prolonged));
        assert_eq!(bench.exited, Some(1));
    });
}

#[test]
fn a_worker_looks_up_both_masters_registers_and_says_what_it_runs() {
    scope(|| {
        let mut bench = Bench::start(|_| {});
        let (call, _) = bench.resolves.remove(1);
        let endpoint = Err(AskError::Connection);
        bench.feed(Input::Resolved { call, endpoint });
        bench.resolve_all(Ok(()));
        bench.receive(ToWorker::MasterInStandby);
        bench.receive(registered_with(master(1)));
        bench.run_for_secs(40);
        assert_eq!(bench.lines_with("<- Heartbeat").len(), 3);
        bench.check(&expect![[r#"
            0.000s WorkerStarted { id: worker-20260101000000-worker-1-40000, cores: 8, memory_mib: 16384 }
            0.000s RegistrationBegan
            0.000s RegistrationAttempted { retry: 0 }
            0.000s resolve master-1:7077
            0.000s resolve master-2:7077
            0.000s MasterUnreachable { master: master-2:7077 }
            0.000s master-1:7077 <- RegisterWorker at master-1:7077
            0.000s OrderIgnored { order: MasterInStandby, reason: Redundant }
            0.000s Registered { master: master-1:7077, duplicate: false }
            0.000s master-1:7077@c1 <- WorkerLatestState [] []
        "#]]);
        assert!(bench.worker.is_registered() && bench.worker.is_connected());
        assert_eq!(bench.worker.followed_master(), Some(bound(master(1))));
    });
}

#[test]
fn a_worker_id_that_cannot_be_made_ends_the_process() {
    scope(|| {
        let mut bench = Bench::start(|settings| {
            settings.conf.worker_id_pattern = "worker-%q".to_owned();
        });
        assert_eq!(bench.exited, Some(1));
        assert_eq!(bench.lines_with("HandlerThrew").len(), 1);
        bench.log.clear();
        bench.feed(Input::Started);
    });
}

#[test]
fn heartbeats_come_at_a_fixed_rate_and_catch_up_after_a_pause() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.run_for_secs(30);
        assert_eq!(bench.lines_with("HeartbeatSent").len(), 2);
        bench.log.clear();
        // The process stands still from 30 s to 100 s: four ticks are overdue.
        bench.now = Time::from_secs(100);
        bench.run_until(Time::from_secs(104));
        assert_eq!(
            bench.lines_with("HeartbeatSent"),
            ["100.000s HeartbeatSent"; 4]
        );
        bench.log.clear();
        bench.run_until(Time::from_secs(105));
        assert_eq!(
            bench.lines_with("HeartbeatSent"),
            ["105.000s HeartbeatSent"]
        );
    });
}

#[test]
fn a_burst_of_reconnect_requests_begins_one_registration() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        for _ in 0..3 {
            let master_url = master(1);
            bench.receive(ToWorker::ReconnectWorker { master_url });
        }
        bench.resolve_all(Ok(()));
        assert!(bench.worker.is_connected(), "heartbeats go on");
        bench.receive(registered_with(master(1)));
        bench.check(&expect![[r#"
            0.000s ReconnectRequested { master: master-1:7077 }
            0.000s RegistrationBegan
            0.000s RegistrationAttempted { retry: 0 }
            0.000s resolve master-1:7077
            0.000s resolve master-2:7077
            0.000s ReconnectRequested { master: master-1:7077 }
            0.000s RegistrationPending
            0.000s ReconnectRequested { master: master-1:7077 }
            0.000s RegistrationPending
            0.000s master-1:7077 <- RegisterWorker at master-1:7077
            0.000s master-2:7077 <- RegisterWorker at master-2:7077
            0.000s Registered { master: master-1:7077, duplicate: false }
            0.000s master-1:7077@c1 <- WorkerLatestState [] []
        "#]]);
    });
}

#[test]
fn after_a_disconnect_only_the_followed_master_is_tried_again() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        let peer = Peer::Listening(master(1));
        bench.feed(Input::Disconnected { peer });
        bench.feed(Input::Disconnected { peer });
        assert!(!bench.worker.is_connected());
        bench.resolve_all(Err(AskError::Connection));
        let (initial, _) = seconds(Dice::from_seed([3; 32]).unit());
        bench.run_for_secs(initial);
        assert_eq!(bench.lines_with("HeartbeatSent"), [""; 0]);
        bench.check(&expect![[r#"
            0.000s MasterDisconnected { master: master-1:7077 }
            0.000s RegistrationBegan
            0.000s RegistrationAttempted { retry: 0 }
            0.000s resolve master-1:7077
            0.000s resolve master-2:7077
            0.000s MasterDisconnected { master: master-1:7077 }
            0.000s RegistrationPending
            0.000s MasterUnreachable { master: master-1:7077 }
            0.000s MasterUnreachable { master: master-2:7077 }
            15.000s RegistrationAttempted { retry: 1 }
            15.000s resolve master-1:7077
        "#]]);
    });
}

#[test]
fn other_connections_do_not_matter() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        for peer in [
            Peer::Listening(master(2)),
            Peer::Socket(Connection(NonZeroU64::MIN)),
        ] {
            bench.feed(Input::Disconnected { peer });
            bench.feed(Input::ConnectionError { peer });
        }
        bench.check(&expect![[""]]);
        assert!(bench.worker.is_connected());
    });
}

/// RD-10: a worker that a new leader adopts before any has registered it sends no heartbeats.
#[test]
fn a_worker_that_is_adopted_unregistered_stays_silent() {
    scope(|| {
        let mut bench = Bench::start(|_| {});
        bench.log.clear();
        bench.receive(ToWorker::MasterChanged {
            master: bound(master(2)),
            master_web_ui_url: Text::new("http://master-2:8080"),
        });
        bench.run_for_secs(2000);
        bench.check(&expect![[r#"
            0.000s MasterFollowed { master: master-2:7077 }
            0.000s abandon master-1:7077
            0.000s abandon master-2:7077
            0.000s master-2:7077@c1 <- WorkerSchedulerStateResponse
        "#]]);
        assert!(bench.worker.is_connected() && !bench.worker.is_registered());
    });
}

/// RD-12: once a master was known, the others are not asked again.
#[test]
fn a_worker_gives_up_although_another_master_leads() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.feed(Input::Disconnected {
            peer: Peer::Listening(master(1)),
        });
        bench.run_for_secs(2000);
        assert_eq!(bench.exited, Some(1));
        assert_eq!(bench.lines_with("resolve master-2:7077").len(), 1);
        assert_eq!(bench.lines_with("resolve master-1:7077").len(), 17);
    });
}

#[test]
fn the_configured_address_can_be_preferred() {
    for (prefer, expected) in [(false, "inner:7077"), (true, "master-1:7077")] {
        scope(|| {
            let mut bench = Bench::start(|settings| {
                settings.conf.prefer_configured_master_address = prefer;
            });
            bench.receive(ToWorker::RegisteredWorker(Box::new(RegisteredWorker {
                master: bound(Address::new("inner", 7077)),
                master_web_ui_url: Text::new("http://master:8080"),
                master_address: master(1),
                duplicate: true,
            })));
            // Either address counts as the master's.
            bench.feed(Input::Disconnected {
                peer: Peer::Listening(master(1)),
            });
            bench.resolve_all(Err(AskError::Connection));
            bench.log.clear();
            bench.run_for_secs(16);
            let looked_up = bench.lines_with("resolve");
            assert!(looked_up[0].ends_with(expected), "{looked_up:?}");
        });
    }
}

/// S-02: a refusal ends a worker that is not registered.
#[test]
fn a_refused_worker_exits_unless_it_is_registered() {
    scope(|| {
        let refusal = || ToWorker::RegisterWorkerFailed {
            message: "Duplicate worker ID".into(),
        };
        let mut bench = Bench::registered(|_| {});
        bench.receive(refusal());
        assert_eq!(bench.exited, None);
        bench.receive(ToWorker::ReconnectWorker {
            master_url: master(1),
        });
        bench.log.clear();
        bench.receive(refusal());
        bench.check(&expect![[r#"
            0.000s RegistrationRefused
            0.000s exit 1
        "#]]);
    });
}

/// S-56: every acknowledged registration starts a heartbeat and a cleanup timer, or the first.
#[test]
fn heartbeat_timers_pile_up_or_not() {
    let beats = |behaviour| {
        scope(|| {
            let mut bench = Bench::start(|settings| {
                settings.behaviour.heartbeat_timer = behaviour;
                settings.conf.worker_timeout = std::time::Duration::from_secs(4);
            });
            for _ in 0..4 {
                bench.receive(registered_with(master(1)));
            }
            bench.run_until(Time::from_millis(7999));
            let cleanups = bench.timers.iter();
            let cleanups = cleanups.filter(|(_, _, timer)| match timer {
                WorkerTimer::WorkDirCleanup(_) => true,
                WorkerTimer::SendHeartbeat(_)
                | WorkerTimer::ReregisterWithMaster
                | WorkerTimer::RetryReport
                | WorkerTimer::RestartDriver(_)
                | WorkerTimer::DriverTermination(_)
                | WorkerTimer::ExecutorTermination(_) => false,
            });
            (cleanups.count(), bench.lines_with("HeartbeatSent").len())
        })
    };
    // Measured on 4.3.0 and 3.5.9: four registrations, 8 s at a period of 1 s.
    assert_eq!(beats(HeartbeatTimer::OneTimer), (1, 8));
    assert_eq!(beats(HeartbeatTimer::PileUp), (4, 32));
}

#[test]
fn decommissioning_is_a_flag_that_the_signal_tells_the_master() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.receive(ToWorker::DecommissionWorker);
        assert!(!bench.worker.is_decommissioned());
        bench.check(&expect![[r#"
            0.000s OrderIgnored { order: Decommission, reason: Disabled }
        "#]]);

        let mut bench = Bench::registered(|settings| settings.conf.decommission_enabled = true);
        bench.feed(Input::Operator(WorkerOperation::Decommission));
        bench.receive(ToWorker::DecommissionWorker);
        // RD-08: executors are dropped silently, drivers are not.
        bench.launch_executor(master(1), 0);
        bench.launch_driver("driver-1", false);
        assert!(bench.worker.is_decommissioned());
        bench.check(&expect![[r#"
            0.000s WorkerDecommissioned
            0.000s master-1:7077@c1 <- WorkerDecommissioning
            0.000s OrderIgnored { order: Decommission, reason: Redundant }
            0.000s OrderIgnored { order: LaunchExecutor, reason: Decommissioned }
            0.000s DriverAccepted { driver: driver-1, cores: 2, memory_mib: 1024 }
            0.000s DriverAttempted { driver: driver-1, attempt: 1 }
            0.000s launch ProcessId(0)
        "#]]);
    });
}

#[test]
fn the_worker_state_is_told_to_whoever_asks() {
    scope(|| {
        let mut bench = Bench::registered(|_| {});
        bench.launch_executor(master(1), 0);
        bench.launch_driver("driver-1", false);
        let mut effects = Vec::new();
        let mut store = NoStore;
        let tools = Tools {
            dice: &mut bench.dice,
            store: &mut store,
            counters: &mut bench.counters,
        };
        let mut turn = Turn::new(bench.now, WallTime::EPOCH, bench.me, tools, &mut effects);
        let input = Input::Asked {
            from: Reference::unbound(master(1)),
            call: Call(77),
            ask: AskWorker::RequestWorkerState,
        };
        bench.worker.handle(input, &mut turn);
        let Some(Stamped {
            effect:
                Effect::Reply {
                    call: Call(77),
                    answer: Ok(Answer::WorkerState(state)),
                },
            ..
        }) = effects.pop()
        else {
            panic!("no answer")
        };
        assert_eq!(
            &*state.worker_id.0.as_str(),
            "worker-20260101000000-worker-1-40000"
        );
        assert_eq!((state.cores, state.cores_used), (8, 5));
        assert_eq!((state.memory_mib, state.memory_used_mib), (16_384, 3072));
        assert_eq!(state.master_url, Some(master(1)));
        assert_eq!(
            state.resources_used.addresses(Text::new("gpu")),
            [Text::new("0")]
        );
        assert_eq!((state.executors.len(), state.drivers.len()), (1, 1));
    });
}
