//! Submitted drivers as real processes: how they end, and who ends them.

use super::cluster::{Master, Worker, lives, numbers, pipe, script, signal, tell, wait_for};
use crate::ground::{Ground, Ran, program};
use std::net::TcpListener;
use std::process::Stdio;

/// A script that says who it is and runs until somebody ends it.
const SLEEPS: &str = "echo $$\nexec sleep 600";

#[test]
fn a_drivers_exit_code_is_its_end() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let workers = ["one", "two"].map(|name| Worker::start(&ground, name, &master.url));
    master.wait_for_workers(2);

    let greets = script(&ground, "greets", "echo hello $1; echo oops >&2");
    let ran = master.run("submit", &["--wait"], &[greets.to_str().unwrap(), "world"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (id, last) = ran.stdout.trim().split_once('\n').unwrap();
    assert!(
        last.starts_with(&format!("{id} FINISHED on worker-")),
        "{last}"
    );
    let mut folders = workers.iter().map(|worker| worker.work.join(id));
    let folder = folders.find(|folder| folder.exists()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("stdout"), "hello world\n");
    let stderr = read("stderr");
    assert!(stderr.starts_with("Launch Command: "), "{stderr}");
    assert!(stderr.ends_with("\noops\n"), "{stderr}");

    let fails = script(&ground, "fails", "exit 3");
    let ran = master.run("submit", &["--wait"], &[fails.to_str().unwrap()]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains(" FAILED on worker-"), "{ran:?}");

    let gone = master.submit(&fails, &["--conf", "deploysim.driver.command=/not/there"]);
    let status = master.wait_for_state(&gone, "ERROR");
    assert!(status.contains("/not/there: No such file"), "{status}");

    let ran = master.run("status", &[], &["driver-unknown"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let ran = master.run("kill", &[], &[id]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn a_supervised_driver_runs_again_until_it_is_killed() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let worker = Worker::start(&ground, "one", &master.url);
    let sleeps = script(&ground, "sleeps", SLEEPS);
    let driver = master.submit(&sleeps, &["--supervise"]);
    let first = worker.wrote(&driver, |text| numbers(text).first().copied());
    master.wait_for_state(&driver, "RUNNING");

    signal("KILL", first);
    let second = worker.wrote(&driver, |text| numbers(text).get(1).copied());
    assert_ne!(first, second);
    assert!(!lives(first));
    master.wait_for_state(&driver, "RUNNING");

    let ran = master.run("kill", &[], &[&driver]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    master.wait_for_state(&driver, "KILLED");
    wait_for("the driver's process ends", || {
        (!lives(second)).then_some(())
    });
}

#[test]
fn a_worker_takes_its_children_with_it() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let mut worker = Worker::start(&ground, "one", &master.url);
    let sleeps = script(&ground, "stubborn", &format!("trap '' TERM\n{SLEEPS}"));
    let driver = master.submit(&sleeps, &[]);
    let process = worker.wrote(&driver, |text| numbers(text).first().copied());

    worker.process.signal("KILL");
    worker.process.ended();
    wait_for("the driver's process ends", || {
        (!lives(process)).then_some(())
    });
    master.wait_for_workers(0);
}

#[test]
fn a_worker_that_is_asked_to_end_ends_its_children_and_says_so() {
    let ground = Ground::new();
    let mut master = Master::start(&ground, "");
    let mut worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    assert_eq!(worker.state().unwrap()["cores"], 2);
    let sleeps = script(&ground, "sleeps", SLEEPS);
    let driver = master.submit(&sleeps, &[]);
    let process = worker.wrote(&driver, |text| numbers(text).first().copied());
    master.wait_for_state(&driver, "RUNNING");

    worker.process.signal("TERM");
    assert_eq!(worker.process.ended().code(), Some(0));
    assert!(!lives(process));
    master.wait_for_state(&driver, "KILLED");

    master.process.signal("INT");
    assert_eq!(master.process.ended().code(), Some(0));
}

/// A driver that waits and is not supervised has no worker to answer for it, and Spark gives it
/// up; a master without its records would not know it.
#[test]
fn a_master_finds_its_records_again() {
    let ground = Ground::new();
    let records = ground.path("records");
    let store = format!(
        "spark.deploy.recoveryMode FILESYSTEM\nspark.deploy.recoveryDirectory {}\n\
         spark.deploy.recoveryTimeout 1\n",
        records.display()
    );
    let mut master = Master::start(&ground, &store);
    let quick = script(&ground, "quick", "echo done");
    let driver = master.submit(&quick, &[]);
    master.wait_for_state(&driver, "SUBMITTED");
    master.process.signal("KILL");
    master.process.ended();

    let master = Master::start(&ground, &store);
    master.wait_for_state(&driver, "ERROR");
}

/// The master's port is asked for a REST server first, which it is not.
#[test]
fn without_a_rest_server_the_protocol_is_spoken() {
    let ground = Ground::new();
    let master = Master::start(&ground, "spark.master.rest.enabled false");
    let _worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    let quick = script(&ground, "quick", "echo done");
    let ran = master.run("submit", &["--wait"], &[quick.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (id, last) = ran.stdout.trim().split_once('\n').unwrap();
    assert_eq!(last, format!("{id} FINISHED"));
    assert!(ran.stderr.contains("no REST server"), "{ran:?}");

    let sleeps = script(&ground, "sleeps", SLEEPS);
    let driver = master.submit(&sleeps, &[]);
    let ran = master.run("kill", &[], &[&driver]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    wait_for("the driver is killed", || {
        let state = master.state()?;
        let mut ended = state["completeddrivers"].as_array()?.iter();
        let own = ended.find(|ended| ended["id"] == driver)?;
        (own["state"] == "KILLED").then_some(())
    });
    let ran = master.run("kill", &[], &["driver-unknown"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn whoever_waits_for_a_driver_waits_for_its_master_too() {
    let ground = Ground::new();
    let store = format!(
        "spark.deploy.recoveryMode ROCKSDB\nspark.deploy.recoveryDirectory {}\n",
        ground.path("records").display()
    );
    let host = "127.0.0.3";
    let mut master = Master::start_at(&ground, &store, &["--host", host, "--port", "0"]);
    let worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    let (name, end) = (
        script(&ground, "waits", "echo begun\nread code < $1"),
        pipe(&ground, "end"),
    );
    let mut submit = program();
    submit.args(["submit", "--wait", "--master", &master.rest]);
    submit.args(["--driver-memory", "64m"]).args([&name, &end]);
    submit.stdout(Stdio::piped()).stderr(Stdio::piped());
    let submit = submit.spawn().unwrap();
    wait_for("the driver runs", || {
        let state = master.state()?;
        let driver = state["activedrivers"][0]["id"].as_str()?.to_owned();
        let output = std::fs::read_to_string(worker.work.join(driver).join("stdout"));
        (output.ok()? == "begun\n").then_some(())
    });

    master.process.kill();
    let port = |url: &str| url.rsplit(':').next().unwrap().to_owned();
    let (own, rest) = (port(&master.url), port(&master.rest));
    // Whoever waits finds nobody who answers, once at least.
    let nobody = TcpListener::bind((host, rest.parse().unwrap())).unwrap();
    drop(nobody.accept().unwrap());
    drop(nobody);
    let store = format!("{store}spark.master.rest.port {rest}\n");
    let again = Master::start_at(&ground, &store, &["--host", host, "--port", &own]);
    assert_eq!((&again.url, &again.rest), (&master.url, &master.rest));
    // A driver that ends before its worker has answered the new master is an ERROR, because the
    // worker no longer names it.
    wait_for("the master has recovered", || {
        (again.state()?["status"] == "ALIVE").then_some(())
    });
    let _told = tell(&end, "0");
    let ran = Ran::from(submit.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains(" FINISHED on worker-"), "{ran:?}");
}
