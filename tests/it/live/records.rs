//! What a master has said that it has, it has: a master that is killed in the middle of its
//! writes finds every driver again that it acknowledged.

use super::cluster::{Master, wait_for};
use super::rounds::create;
use crate::ground::{Ground, deploysim};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};

/// How often the master is killed.
const LIVES: u32 = 5;
/// Clients that submit at the same time.
const CLIENTS: u32 = 4;

/// The properties of a master with this engine that shows every driver that it relaunched.
fn properties(engine: &str, ground: &Ground) -> String {
    format!(
        "spark.deploy.recoveryMode {engine}\nspark.deploy.recoveryDirectory {}\n\
         spark.deploy.retainedDrivers 100000\n",
        ground.path("records").display()
    )
}

/// Submits drivers until the master is gone, and tells the ids that it answers.
fn submit_on_and_on(server: &str, acknowledged: &Sender<String>) {
    let request = create("job", Path::new("/bin/true"), Path::new("unused"));
    while let Ok(mut stream) = TcpStream::connect(server) {
        let mut answer = String::new();
        let sent = stream.write_all(request.as_bytes());
        if sent.is_err() || stream.read_to_string(&mut answer).is_err() {
            return;
        }
        let id = answer.split('"').find(|word| word.starts_with("driver-"));
        let is_whole = answer.trim_end().ends_with('}');
        if let Some(id) = id.filter(|_| is_whole) {
            acknowledged.send(id.to_owned()).unwrap();
        }
    }
}

#[track_caller]
fn keeps_what_it_acknowledged(engine: &str, seed: u64) {
    let ground = Ground::new();
    let properties = properties(engine, &ground);
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for _ in 0..LIVES {
        let mut master = Master::start(&ground, &properties);
        found_again(&master, &missing);
        let server = master.rest.strip_prefix("spark://").unwrap().to_owned();
        let (sender, acknowledged) = channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (server, sender) = (server.clone(), sender.clone());
                std::thread::spawn(move || submit_on_and_on(&server, &sender))
            })
            .collect();
        drop(sender);
        let count = dice.random_range(5..60);
        missing = acknowledged.iter().take(count).collect();
        assert_eq!(
            missing.len(),
            count,
            "{engine}: the master has ended itself"
        );
        master.process.kill();
        missing.extend(acknowledged);
        for client in clients {
            client.join().unwrap();
        }
    }
    found_again(&Master::start(&ground, &properties), &missing);
}

/// Waits until the master shows all of these drivers. They are supervised and have no worker, so
/// it has relaunched each under another id, and keeps the old one in its list of those that ended.
#[track_caller]
fn found_again(master: &Master, drivers: &BTreeSet<String>) {
    wait_for("the drivers are found again", || {
        let state = master.state()?;
        let relaunched = state["completeddrivers"].as_array()?.iter();
        let ids = relaunched.map(|driver| driver["id"].as_str().unwrap().to_owned());
        let shown: BTreeSet<String> = ids.collect();
        drivers.is_subset(&shown).then_some(())
    });
}

#[test]
fn files_keep_what_was_acknowledged() {
    keeps_what_it_acknowledged("FILESYSTEM", 1);
}

#[test]
fn the_embedded_database_keeps_what_was_acknowledged() {
    keeps_what_it_acknowledged("ROCKSDB", 2);
}

#[test]
fn two_masters_do_not_share_an_embedded_database() {
    let ground = Ground::new();
    let properties = properties("ROCKSDB", &ground);
    let _master = Master::start(&ground, &properties);
    let ran = deploysim(
        "master --port 0 --webui-port 0 --properties-file PATH",
        &ground.file("second.conf", &properties),
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("another process has its records open"),
        "{ran:?}"
    );
}
