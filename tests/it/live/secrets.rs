//! Clusters that share a secret, and those who do not know it; the token of a REST server; what a
//! page of another site may not do.

use super::cluster::{Master, Process, Worker, field, script};
use super::strangers::refused;
use crate::ground::{Ground, Ran, deploysim, program};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

const SECRET: &str = "spark.authenticate.secret a-long-secret-of-the-tests";
const TOKEN: &str = "a-token-of-the-tests";

/// A master with a secret and a token.
fn master(ground: &Ground) -> Master {
    Master::start(ground, &format!("{SECRET}\ndeploysim.rest.token {TOKEN}"))
}

/// Runs a command that asks the REST server and finds its token in the environment.
fn ask(master: &Master, command: &str, flags: &[&str], token: &str) -> Ran {
    let mut program = program();
    program
        .args([command, "--master", &master.rest])
        .args(flags);
    let ran = program.env("DEPLOYSIM_REST_TOKEN", token).output();
    ran.unwrap().into()
}

/// Sends a request, and gives the answer.
fn exchange(at: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[track_caller]
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_cluster_with_a_secret_runs_drivers_and_shows_the_secret_to_nobody() {
    let ground = Ground::new();
    let mut master = master(&ground);
    let mut worker = Worker::start_with(&ground, "one", &master.url, SECRET);
    master.wait_for_workers(1);

    let tells = "tr '\\0' ' ' < /proc/$PPID/cmdline; echo; echo \"$_SPARK_AUTH_SECRET\"";
    let tells = script(&ground, "tells", tells);
    let confidential = ground.file("submit.conf", format!("{SECRET}\n"));
    let flags = [
        "--wait",
        "--driver-memory",
        "64m",
        "--properties-file",
        confidential.to_str().unwrap(),
        tells.to_str().unwrap(),
    ];
    let ran = ask(&master, "submit", &flags, TOKEN);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let id = ran.stdout.lines().next().unwrap();
    let folder = worker.work.join(id);
    let stdout = fs::read_to_string(folder.join("stdout")).unwrap();
    let (line, variable) = stdout.trim().split_once('\n').unwrap();
    assert!(line.contains(" child -- "), "{line}");
    assert!(!line.contains("a-long-secret"), "{line}");
    assert_eq!(variable, "a-long-secret-of-the-tests");
    let stderr = fs::read_to_string(folder.join("stderr")).unwrap();
    assert!(!stderr.contains("a-long-secret"), "{stderr}");

    let ran = ask(&master, "status", &[id], TOKEN);
    assert!(ran.stdout.contains("FINISHED"), "{ran:?}");
    for process in [&mut master.process, &mut worker.process] {
        process.signal("TERM");
        assert_eq!(process.ended().code(), Some(0));
        let log = process.rest();
        assert!(
            !log.contains("a-long-secret") && !log.contains(TOKEN),
            "{log}"
        );
    }
}

#[test]
fn without_a_rest_server_a_client_proves_the_secret_to_the_master() {
    let ground = Ground::new();
    let properties = format!("{SECRET}\nspark.master.rest.enabled false");
    let master = Master::start(&ground, &properties);
    let _worker = Worker::start_with(&ground, "one", &master.url, SECRET);
    master.wait_for_workers(1);
    let quick = script(&ground, "quick", "echo done");
    let quick = quick.to_str().unwrap();
    let confidential = ground.file("submit.conf", format!("{SECRET}\n"));
    let flags = ["--properties-file", confidential.to_str().unwrap()];

    let ran = master.run("submit", &["--wait", flags[0], flags[1]], &[quick]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (id, last) = ran.stdout.trim().split_once('\n').unwrap();
    assert_eq!(last, format!("{id} FINISHED"));
    // A driver that is over cannot be killed, which only a master can say.
    let ran = master.run("kill", &flags, &[id]);
    assert_eq!(ran.code, Some(1), "{ran:?}");

    let ran = master.run("submit", &["--wait"], &[quick]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("unable to connect"), "{ran:?}");
}

#[test]
fn nobody_without_the_secret_is_heard_and_the_others_go_on() {
    let ground = Ground::new();
    let mut master = master(&ground);
    let _one = Worker::start_with(&ground, "one", &master.url, SECRET);
    master.wait_for_workers(1);
    let other = "spark.authenticate.secret another-secret-of-the-tests";
    for (name, properties, words) in [
        ("other", other, "it has another secret"),
        ("none", "", "it has no secret"),
    ] {
        let mut stranger = Worker::start_with(&ground, name, &master.url, properties);
        let line = master.process.logged(&["connection refused", words]);
        assert!(field(&line, "origin").starts_with("127.0.0.1:"), "{line}");
        stranger.process.logged(&["dial failed"]);
    }
    let address = master.url.strip_prefix("spark://").unwrap().to_owned();
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0, 48, 1, 2, 3],
        &[0xff; 64],
        b"",
    ] {
        refused(&mut master, bytes);
    }
    let _silent: Vec<_> = (0..100)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let _two = Worker::start_with(&ground, "two", &master.url, SECRET);
    master.wait_for_workers(2);
}

#[test]
fn a_worker_with_a_secret_does_not_speak_to_a_master_without_one() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let mut worker = Worker::start_with(&ground, "one", &master.url, SECRET);
    worker
        .process
        .logged(&["has not proved", "it has no secret"]);
    worker.process.logged(&["dial failed"]);
    assert_eq!(master.state().unwrap()["aliveworkers"], 0);
}

/// Carries one connection to the master, and changes a byte of what the worker says after the
/// first exchange.
#[test]
fn whoever_changes_a_byte_on_the_way_breaks_the_connection() {
    let ground = Ground::new();
    let mut master = master(&ground);
    let address = master.url.strip_prefix("spark://").unwrap().to_owned();
    let between = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("spark://{}", between.local_addr().unwrap());
    let carrier = std::thread::spawn(move || {
        let (mut near, _) = between.accept().unwrap();
        let mut far = TcpStream::connect(&address).unwrap();
        let (mut back, mut to_near) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        let carries_back = std::thread::spawn(move || std::io::copy(&mut back, &mut to_near));
        let mut handshake = [0; 50];
        near.read_exact(&mut handshake).unwrap();
        far.write_all(&handshake).unwrap();
        let mut record = [0; 3];
        near.read_exact(&mut record).unwrap();
        record[2] ^= 1;
        far.write_all(&record).unwrap();
        let mut rest = vec![0; usize::from(u16::from_be_bytes([record[0], record[1]])) - 1];
        near.read_exact(&mut rest).unwrap();
        far.write_all(&rest).unwrap();
        // The master closes its end.
        let _ = carries_back.join().unwrap();
        near.shutdown(Shutdown::Both).unwrap();
    });
    let _worker = Worker::start_with(&ground, "one", &url, SECRET);
    master.process.logged(&["connection refused", "WARN"]);
    carrier.join().unwrap();
    let _other = Worker::start_with(&ground, "two", &master.url, SECRET);
    master.wait_for_workers(1);
}

#[test]
fn a_secret_does_not_go_with_a_rest_server_without_a_token() {
    let ground = Ground::new();
    for (properties, words) in [
        (SECRET, "spark.master.rest.enabled"),
        ("spark.authenticate true", "_SPARK_AUTH_SECRET"),
        ("spark.authenticate maybe", "true or false"),
        ("spark.authenticate.secret", "is empty"),
        ("deploysim.rest.token a b", "letters, digits"),
    ] {
        let file = ground.file("master.conf", properties);
        let ran = deploysim("master --port 0 --properties-file PATH", &file);
        assert_eq!(ran.code, Some(2), "{properties}: {ran:?}");
        assert!(ran.stderr.contains(words), "{properties}: {ran:?}");
        assert!(!ran.stderr.contains("a-long-secret"), "{ran:?}");
    }
    let off = format!("{SECRET}\nspark.authenticate false");
    let file = ground.file("worker.conf", off);
    let ran = deploysim("worker spark://127.0.0.1:1 --properties-file PATH", &file);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let file = ground.file(
        "master.conf",
        format!("{SECRET}\nspark.master.rest.enabled false"),
    );
    let file = ["--properties-file", file.to_str().unwrap()];
    let arguments = [&["master", "--port", "0", "--webui-port", "0"][..], &file].concat();
    Process::start(&arguments).logged(&["master listens", "authenticated=true"]);
}

#[test]
fn a_rest_server_with_a_token_asks_everybody_for_it() {
    let ground = Ground::new();
    let master = master(&ground);
    let rest = master.rest.strip_prefix("spark://").unwrap();
    let readyz = |headers: &str| {
        let request = format!(
            "GET /v1/submissions/readyz HTTP/1.1\r\nHost: {rest}\r\nConnection: close\r\n{headers}\r\n"
        );
        exchange(rest, &request)
    };
    let answer = readyz("");
    assert_eq!(status(&answer), 401, "{answer}");
    assert!(
        answer
            .to_lowercase()
            .contains("\r\nwww-authenticate: bearer"),
        "{answer}"
    );
    assert!(
        answer.contains("\"action\" : \"ErrorResponse\""),
        "{answer}"
    );
    assert_eq!(status(&readyz("Authorization: Bearer wrong\r\n")), 401);
    assert_eq!(
        status(&readyz(&format!("Authorization: Bearer {TOKEN}\r\n"))),
        200
    );

    let ran = ask(&master, "status", &["driver-1"], "wrong");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("wants a token"), "{ran:?}");
    let ran = ask(&master, "status", &["driver-1"], TOKEN);
    assert_eq!(ran.stdout, "driver-1 not found\n", "{ran:?}");
    let conf = ground.file("client.conf", format!("deploysim.rest.token {TOKEN}"));
    let ran = master.run(
        "status",
        &["--properties-file", conf.to_str().unwrap()],
        &["driver-1"],
    );
    assert_eq!(ran.stdout, "driver-1 not found\n", "{ran:?}");
    let conf = format!("deploysim.rest.token={TOKEN}");
    let quick = script(&ground, "quick", "exit 0");
    let id = master.submit(&quick, &["--conf", &conf]);
    assert!(id.starts_with("driver-"), "{id}");
    let ran = ask(&master, "kill", &[&id], TOKEN);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_page_of_another_site_starts_and_kills_nothing() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let quick = script(&ground, "quick", "exit 0");
    let driver = master.submit(&quick, &[]);
    let rest = master.rest.strip_prefix("spark://").unwrap();
    let page = master.page.strip_prefix("http://").unwrap();
    let form = format!("id={driver}&terminate=true");
    let post = |at: &str, path: &str, host: &str, header: &str| {
        let length = form.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        status(&exchange(at, &request))
    };
    let kill = format!("/v1/submissions/kill/{driver}");
    for (at, path) in [(rest, kill.as_str()), (page, "/driver/kill/")] {
        for (host, header) in [
            (at, "Origin: http://evil.example\r\n"),
            (at, "Origin: null\r\n"),
            (at, "Sec-Fetch-Site: cross-site\r\n"),
            ("evil.example", ""),
            ("evil.example", "Origin: http://evil.example\r\n"),
        ] {
            assert_eq!(post(at, path, host, header), 403, "{at} {host} {header}");
        }
    }
    let ran = master.run("status", &[], &[&driver]);
    assert!(ran.stdout.contains("SUBMITTED"), "{ran:?}");

    let own = format!("Origin: http://{page}\r\nSec-Fetch-Site: same-origin\r\n");
    assert_eq!(post(page, "/driver/kill/", page, &own), 302);
    master.wait_for_state(&driver, "KILLED");
}

#[test]
fn a_page_offers_nothing_where_there_is_a_secret_unless_that_is_stated() {
    let ground = Ground::new();
    let base = format!("{SECRET}\ndeploysim.rest.token {TOKEN}");
    for (more, expected) in [("", 404), ("spark.ui.killEnabled true", 302)] {
        let master = Master::start(&ground, &format!("{base}\n{more}"));
        let page = master.page.strip_prefix("http://").unwrap();
        let request = format!(
            "POST /app/kill/ HTTP/1.1\r\nHost: {page}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(status(&exchange(page, &request)), expected, "{more}");
    }
}
