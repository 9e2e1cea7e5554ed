//! Whoever dials a live master and does not speak the protocol: refused, logged once with the
//! address, and nobody else notices.

use super::cluster::{Master, Worker, script, wait_for};
use crate::ground::Ground;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// Malformed inputs, and the seed that they are drawn from.
const INPUTS: u32 = 10_000;
const SEED: u64 = 6;

/// Inputs and silent peers after which a master has whatever memory it needs at one time.
const WARM_UP: u32 = 1_000;

/// How much the memory of a master may have grown afterwards, in KiB: what the allocator does not
/// give back, and no more than 2 KiB for each input.
const GROWTH_KIB_MAX: u64 = 16 * 1024;

/// The most bodies of more than a megabyte that are really sent, as one in so many.
const LONG_ONE_IN: u32 = 500;

/// Sends bytes to a master, which refuses them and logs that with the address.
#[track_caller]
pub(super) fn refused(master: &mut Master, bytes: &[u8]) {
    let address = master.url.strip_prefix("spark://").unwrap();
    let mut stranger = TcpStream::connect(address).unwrap();
    let own = stranger.local_addr().unwrap().to_string();
    stranger.write_all(bytes).unwrap();
    stranger.shutdown(Shutdown::Write).unwrap();
    let line = master.process.logged(&["connection refused", &own]);
    assert!(line.contains("WARN"), "{line}");
    // Whatever is left to be read ends, by an end or by a reset.
    let _ = stranger.read_to_end(&mut Vec::new());
}

#[test]
fn strangers_are_refused_and_the_cluster_goes_on() {
    let ground = Ground::new();
    let mut master = Master::start(&ground, "");
    refused(&mut master, b"GET / HTTP/1.1\r\n\r\n");
    refused(&mut master, &[0xff; 64]);
    // A frame that stops in the middle, and one that never begins.
    refused(&mut master, &[0, 0, 0, 9, 1]);
    refused(&mut master, b"");
    let _worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
}

/// Which of a master's doors.
#[derive(Clone, Copy, Debug)]
enum Door {
    Protocol,
    Http,
    /// As that, and the stranger stops sending.
    HttpCutOff,
}

/// What a stranger sends, and at which door. By the way it is made it is never right.
fn malformed(dice: &mut ChaCha8Rng) -> (Door, Vec<u8>) {
    let mut noise = |length: usize| -> Vec<u8> { (0..length).map(|_| dice.random()).collect() };
    let some = noise(40);
    let (kind, length) = (some[0] % 14, 1 + usize::from(some[1]) % 30);
    let some = &some[2..2 + length];
    let framed = |body: &[u8]| {
        let header = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&header, body].concat()
    };
    // A greeting: its kind, a name with its length in front, and no address.
    let hello = framed(b"\x01\x08stranger\x00");
    let post = |body: &str, length: usize| {
        format!(
            "POST /v1/submissions/create HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let whole = |body: &str| post(body, body.len()).into_bytes();
    match kind {
        // A first byte above the longest length, so that it is no beginning of a frame.
        0 => (Door::Protocol, [&[0xff], some].concat()),
        1 => (
            Door::Protocol,
            hello[..length.min(hello.len() - 1)].to_vec(),
        ),
        2 => (Door::Protocol, framed(&[&[7], some].concat())),
        3 => (
            Door::Protocol,
            [&hello[..], &framed(&[&[9], some].concat())].concat(),
        ),
        4 => (Door::Protocol, [&hello[..], &[1, 0, 0, 1], some].concat()),
        5 => (Door::Protocol, [&hello[..], &[0, 0, 1, 0], some].concat()),
        6 => (Door::Protocol, [hello.clone(), hello].concat()),
        7 => (Door::Protocol, post("{}", 2).into_bytes()),
        8 => (Door::Http, [b"\x00", some, b"\r\n\r\n"].concat()),
        9 => (Door::Http, whole(&format!("{{\"action\": {}", some[0]))),
        10 => {
            let action = some.iter().map(|byte| char::from(b'a' + byte % 26));
            let action: String = action.collect();
            (Door::Http, whole(&format!("{{\"action\": \"{action}\"}}")))
        }
        11 => (Door::HttpCutOff, post("{", 1 + length).into_bytes()),
        12 => {
            let (verb, number) = (["DELETE", "PUT", "GET"][length % 3], some[0]);
            let path = format!("{verb} /v1/submissions/x{number} HTTP/1.1\r\n");
            (
                Door::Http,
                format!("{path}Host: localhost\r\nConnection: close\r\n\r\n").into_bytes(),
            )
        }
        _ if dice.random_range(0..LONG_ONE_IN) == 0 => {
            (Door::Http, whole(&"x".repeat((1 << 20) + length)))
        }
        _ => (Door::Http, post("", (1 << 20) + length).into_bytes()),
    }
}

/// Sends it, and returns the address from which it came once the master has hung up.
fn send(master: &Master, door: Door, bytes: &[u8]) -> String {
    let (url, stops) = match door {
        Door::Protocol => (&master.url, true),
        Door::Http => (&master.rest, false),
        Door::HttpCutOff => (&master.rest, true),
    };
    let mut stream = TcpStream::connect(url.strip_prefix("spark://").unwrap()).unwrap();
    let own = stream.local_addr().unwrap().to_string();
    // The master may hang up before it has read everything.
    let _ = stream.write_all(bytes);
    if stops {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let _ = stream.read_to_end(&mut Vec::new());
    own
}

/// The memory that a process has, in KiB.
fn memory_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().split_whitespace().next();
    number.unwrap().parse().unwrap()
}

/// How often each address is named in a warning.
fn warned(log: &[String]) -> BTreeMap<String, u32> {
    let mut warned = BTreeMap::new();
    for line in log.iter().filter(|line| line.contains("WARN")) {
        if let Some((_, rest)) = line.split_once(" origin=") {
            let origin = rest.split_whitespace().next().unwrap().trim_matches('"');
            *warned.entry(origin.to_owned()).or_default() += 1;
        }
    }
    warned
}

#[test]
fn ten_thousand_malformed_inputs_change_nothing() {
    let ground = Ground::new();
    let mut master = Master::start(&ground, "");
    let worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut strangers: BTreeMap<String, u32> = BTreeMap::new();
    let (mut log, mut before_kib) = (Vec::new(), 0);
    for number in 0..INPUTS {
        if number == WARM_UP {
            before_kib = memory_kib(master.process.id());
        }
        let (door, bytes) = malformed(&mut dice);
        let own = send(&master, door, &bytes);
        *strangers.entry(own).or_default() += 1;
    }
    // Each is named once; a few of the last may not be yet.
    wait_for("everybody is in the log", || {
        log.extend(master.process.log());
        let warned = warned(&log);
        (warned.values().sum::<u32>() >= INPUTS).then_some(())
    });
    assert_eq!(warned(&log), strangers);
    let growth_kib = memory_kib(master.process.id()).saturating_sub(before_kib);
    assert!(growth_kib <= GROWTH_KIB_MAX, "{growth_kib} KiB");

    // Neither the worker nor a user has noticed.
    master.wait_for_workers(1);
    assert!(worker.state().unwrap()["masterurl"] != "");
    let quick = script(&ground, "quick", "echo done");
    let ran = master.run("submit", &["--wait"], &[quick.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

/// Dials a door so often and says nothing.
fn silent(url: &str, count: u32) -> Vec<TcpStream> {
    let address = url.strip_prefix("spark://").unwrap();
    (0..count)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect()
}

#[test]
fn a_thousand_silent_peers_keep_nobody_out() {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let limit = rustix::process::Rlimit {
        current: most,
        maximum: most,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    let ground = Ground::new();
    let mut master = Master::start(&ground, "");
    let before_kib = memory_kib(master.process.id());
    let (protocol, http) = (silent(&master.url, 1_000), silent(&master.rest, 1_000));

    let _worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    let quick = script(&ground, "quick", "echo done");
    let ran = master.run("submit", &["--wait"], &[quick.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let growth_kib = memory_kib(master.process.id()).saturating_sub(before_kib);
    assert!(growth_kib <= GROWTH_KIB_MAX, "{growth_kib} KiB");

    // Those who had to make room are named, in the order in which they came.
    let mut log = Vec::new();
    wait_for("those who made room are in the log", || {
        log.extend(master.process.log());
        let warned = warned(&log);
        let named =
            |stream: &&TcpStream| warned.contains_key(&stream.local_addr().unwrap().to_string());
        let first_of_protocol = protocol.iter().take_while(named).count();
        let first_of_http = http.iter().take_while(named).count();
        (first_of_protocol >= 480 && first_of_http >= 790).then_some(())
    });
}
