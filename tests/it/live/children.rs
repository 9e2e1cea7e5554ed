//! What a worker's children may use, where their programs come from, and what is left of them.

use super::cluster::{Master, Worker, lives, script, wait_for};
use crate::ground::Ground;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

/// A master and one worker with these lines in its properties file.
fn pair(ground: &Ground, properties: &str) -> (Master, Worker) {
    let master = Master::start(ground, "");
    let worker = Worker::start_with(ground, "one", &master.url, properties);
    master.wait_for_workers(1);
    (master, worker)
}

#[test]
fn a_child_has_no_more_than_its_limits() {
    let ground = Ground::new();
    let (master, worker) = pair(
        &ground,
        "deploysim.child.openFilesMax 64\ndeploysim.child.coreSizeMax 0\n\
         deploysim.child.fileSizeMax 1m\ndeploysim.child.cpuTimeMax 1s\n\
         deploysim.child.memoryMax 4g\n",
    );
    let tells = script(&ground, "tells", "exec cat /proc/self/limits");
    let driver = master.submit(&tells, &[]);
    master.wait_for_state(&driver, "FINISHED");
    let told = std::fs::read_to_string(worker.work.join(&driver).join("stdout")).unwrap();
    for (name, limit) in [
        ("Max open files", "64"),
        ("Max core file size", "0"),
        ("Max file size", "1048576"),
        ("Max cpu time", "1"),
        ("Max address space", "4294967296"),
    ] {
        let line = told.lines().find_map(|line| line.strip_prefix(name));
        let both: Vec<_> = line.unwrap().split_whitespace().take(2).collect();
        assert_eq!(both, [limit; 2], "{name}");
    }

    let writes = script(
        &ground,
        "writes",
        "exec dd if=/dev/zero of=large bs=65536 count=32",
    );
    let driver = master.submit(&writes, &[]);
    master.wait_for_state(&driver, "FAILED");
    let large = worker.work.join(&driver).join("large");
    assert_eq!(std::fs::metadata(large).unwrap().len(), 1 << 20);

    let spins = script(&ground, "spins", "while :; do :; done");
    let driver = master.submit(&spins, &[]);
    master.wait_for_state(&driver, "FAILED");
}

#[test]
fn limits_that_are_none_are_refused_before_anything_begins() {
    let ground = Ground::new();
    let file = ground.file(
        "worker.conf",
        "deploysim.child.memory 1g\ndeploysim.fetch.timeout soon\n",
    );
    let line = "worker spark://127.0.0.1:1 --work-dir PATH.d --properties-file PATH";
    let line = line.replace("PATH.d", ground.path("work").to_str().unwrap());
    let ran = crate::ground::deploysim(&line, &file);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("worker.conf:"), "{ran:?}");
}

#[test]
fn what_a_program_leaves_running_ends_with_it() {
    let ground = Ground::new();
    let (master, worker) = pair(&ground, "");
    let leaves = script(&ground, "leaves", "sleep 600 &\necho $!");
    let driver = master.submit(&leaves, &[]);
    master.wait_for_state(&driver, "FINISHED");
    let left = worker.wrote(&driver, |text| text.trim().parse().ok());
    wait_for("what was left ends", || (!lives(left)).then_some(()));
}

/// Answers one request after the other with what is behind its path, as long as somebody asks.
fn serve(pages: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || answer(&stream, pages));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: &TcpStream, pages: &[(&str, &str)]) {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap().unwrap();
    lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
    let path = request.split(' ').nth(1).unwrap();
    match pages.iter().find(|(page, _)| *page == path) {
        Some((_, "")) => {
            // It never comes: whoever asks hangs up.
            lines.next();
        }
        Some((_, body)) => {
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .unwrap();
        }
        None => write!(
            stream,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap(),
    }
}

/// Runs what is fetched.
const RUN_IT: &str = "deploysim.driver.command=sh {{USER_JAR}} {{ARGS}}";

#[test]
fn a_program_may_come_over_http() {
    let server = serve(&[
        ("/jobs/job.sh?version=1", "echo fetched $1\n"),
        (
            "/long.sh",
            "# 0123456789 0123456789 0123456789 0123456789\n",
        ),
        ("/never.sh", ""),
    ]);
    let ground = Ground::new();
    let (master, worker) = pair(
        &ground,
        "deploysim.fetch.sizeMax 40\ndeploysim.fetch.timeout 1s\n",
    );
    let submit = |path: &str| {
        let url = format!("{server}{path}");
        master.submit_with(Path::new(&url), &["--conf", RUN_IT], &["today"])
    };
    let driver = submit("/jobs/job.sh?version=1");
    master.wait_for_state(&driver, "FINISHED");
    let folder = worker.work.join(&driver);
    let stdout = std::fs::read_to_string(folder.join("stdout")).unwrap();
    assert_eq!(stdout, "fetched today\n");
    assert!(folder.join("job.sh").exists());

    for (path, reason) in [
        (
            "/long.sh",
            "it is longer than 40 bytes (deploysim.fetch.sizeMax)",
        ),
        ("/missing.sh", "it is answered with status 404 Not Found"),
        (
            "/never.sh",
            "it has not come in 1 s (deploysim.fetch.timeout)",
        ),
    ] {
        let driver = submit(path);
        let status = master.wait_for_state(&driver, "ERROR");
        assert!(status.contains(reason), "{status}");
        let folder = worker.work.join(&driver);
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "{path}");
    }
}

#[test]
fn a_driver_whose_program_does_not_come_can_be_killed() {
    let server = serve(&[("/never.sh", "")]);
    let ground = Ground::new();
    let (master, worker) = pair(&ground, "");
    let url = format!("{server}/never.sh");
    let driver = master.submit(Path::new(&url), &["--conf", RUN_IT]);
    master.wait_for_state(&driver, "RUNNING");
    wait_for("the worker begins to fetch", || {
        worker.work.join(&driver).exists().then_some(())
    });
    let ran = master.run("kill", &[], &[&driver]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    master.wait_for_state(&driver, "KILLED");
    assert!(worker.state().is_some());
}

#[test]
fn old_directories_are_deleted_and_those_of_running_drivers_stay() {
    let ground = Ground::new();
    let (master, worker) = pair(
        &ground,
        "spark.worker.cleanup.interval 1\nspark.worker.cleanup.appDataTtl 1\n",
    );
    let foreign = ground.file("one/notes.txt", "not a directory");
    let sleeps = script(&ground, "sleeps", "exec sleep 600");
    let running = master.submit(&sleeps, &[]);
    master.wait_for_state(&running, "RUNNING");
    let quick = script(&ground, "quick", "echo done");
    let ended = master.submit(&quick, &[]);
    master.wait_for_state(&ended, "FINISHED");
    wait_for("the old directory is deleted", || {
        (!worker.work.join(&ended).exists()).then_some(())
    });
    assert!(worker.work.join(&running).join("stdout").exists());
    assert!(foreign.exists());
}
