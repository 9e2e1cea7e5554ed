//! `deploysim run --world live`: scenarios with real masters, workers and drivers. Each run takes as
//! long as its scenario says.

use crate::ground::{Ground, Ran, deploysim, library};

/// Plays a scenario of the library that every world plays.
fn play(name: &str, flags: &str) -> Ran {
    let file = library().join("every-world").join(name);
    deploysim(&format!("run PATH --world live {flags}"), &file)
}

/// Every one of these is in what was shown, in this order.
#[track_caller]
fn shows(ran: &Ran, wanted: &[&str]) {
    let mut rest = ran.stdout.as_str();
    for words in wanted {
        let Some((_, after)) = rest.split_once(words) else {
            panic!(
                "`{words}` is not shown, or too early:\n{}\n{}",
                ran.stdout, ran.stderr
            );
        };
        rest = after;
    }
}

#[test]
fn a_driver_outlives_the_crash_of_its_worker() {
    let ran = play("driver-outlives-its-worker.toml", "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows(
        &ran,
        &[
            "driver:etl      started: driver at 127.0.0.1:0, by worker-1",
            "fault 1 begins: crash worker-1",
            "worker-1        ended: crashed",
            "driver:etl#2    started: driver at 127.0.0.1:0, by worker-2",
            "worker-1        started again: worker at 127.0.0.1:",
            "✓ driver etl is RUNNING, is on worker-1, has 1 living copies by 40s",
            "✓ driver etl is RUNNING, is on worker-2, has 2 ids, has 1 living copies by 40s",
            "✓ worker-1, worker-2 is ALIVE between 8s and 40s",
            "• invariants are not checked in the live world",
            "• masters are asked for their state every 50 ms",
        ],
    );
}

#[test]
fn a_paused_worker_is_dead_and_comes_back() {
    let ran = play("paused-worker-comes-back.toml", "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows(
        &ran,
        &[
            "driver:etl      ended: exit 3",
            "worker-1        paused",
            "worker-1 DEAD",
            "worker-1        resumed",
        ],
    );
}

#[test]
fn what_does_not_happen_is_a_violation() {
    let flags = "--set fault.0.at=2s --set fault.0.until=3s --set expect.0.state=FINISHED \
                 --set expect.0.by=3s --set expect.1.after=0s --set expect.1.by=3s \
                 --set expect.2.after=0s";
    let ran = play("paused-worker-comes-back.toml", flags);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    shows(
        &ran,
        &[
            "✗ driver etl is FINISHED",
            "✗ worker-1 is DEAD",
            "✓ worker-1 is ALIVE",
            "to try again: deploysim run ",
        ],
    );
}

#[test]
fn what_cannot_be_played_is_refused_before_anything_begins() {
    let file = library().join("liveness/silent-worker-comes-back.toml");
    let ran = deploysim("run PATH --world live --out nowhere", &file);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(ran.stdout, "");
    for words in [
        "cannot be played in the world `live`:",
        "application pi: ",
        "fault 1 (partition worker-2 | master-1): ",
        "--out: ",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }

    let ground = Ground::new();
    let file = ground.file("a.toml", crate::ground::HOLDS);
    let ran = deploysim("test PATH --world live", &file);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("one scenario at a time"), "{ran:?}");
}
