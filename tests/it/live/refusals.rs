//! What a live process is not started with, and what it says of that.

use super::cluster::{Process, field};
use crate::ground::{Ground, deploysim};

#[track_caller]
fn refused(line: &str, file: &str, words: &[&str]) {
    let ground = Ground::new();
    let ran = deploysim(line, &ground.file("live.conf", file));
    assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
    assert_eq!(ran.stdout, "", "{line}");
    for word in words {
        assert!(ran.stderr.contains(word), "{line}: {ran:?}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let file = "master --port 0 --properties-file PATH";
    refused(
        file,
        "\nspark.worker.timeout x",
        &["live.conf:2: `spark.worker.timeout`"],
    );
    refused(
        file,
        "spark.deploy.recoveryMode ZOOKEEPER",
        &[
            "ZOOKEEPER",
            "FILESYSTEM or ROCKSDB",
            "worlds queue and turmoil",
        ],
    );
    refused(
        file,
        "spark.deploy.recoveryMode FILESYSTEM",
        &["spark.deploy.recoveryDirectory"],
    );
    refused(
        "master --properties-file PATH.none",
        "",
        &["PATH.none cannot be read"],
    );
    refused(
        "master --port 0 --conf spark.worker.timeout=x",
        "",
        &["--conf: `spark.worker.timeout`"],
    );
    refused(
        "worker spark://a:1 --conf spark.authenticate.secret=hidden",
        "",
        &["--conf spark.authenticate.secret: everybody"],
    );
    refused("master --port 80", "", &["port 80", "1024 to 65535"]);
    refused(
        "worker http://a:1",
        "",
        &["`http://a:1`", "spark://host:port"],
    );
    refused(
        "worker spark://127.0.0.1:1 --memory 5x",
        "",
        &["--memory 5x"],
    );
    refused("worker spark://127.0.0.1:1 --cores 0", "", &["--cores"]);
    refused("submit app.jar", "", &["app.jar"]);
    refused("status a/b", "", &["a/b"]);
}

#[test]
fn other_machines_are_let_in_only_on_purpose() {
    refused(
        "master --host 192.0.2.1 --port 0",
        "",
        &["192.0.2.1", "--insecure-public"],
    );
    refused("master --host 0.0.0.0 --insecure-public", "", &["0.0.0.0"]);
}

#[test]
fn a_port_in_use_is_named_and_the_next_one_is_tried() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ground = Ground::new();
    let file = ground.file("master.conf", "spark.master.rest.enabled false");
    let mut arguments = vec!["master", "--port", &port, "--webui-port", "0"];
    arguments.extend(["--properties-file", file.to_str().unwrap()]);
    let mut master = Process::start(&arguments);
    master.logged(&["the port is in use", &format!("port={port} ")]);
    let line = master.logged(&["master listens"]);
    assert!(
        !field(&line, "url").ends_with(&format!(":{port}")),
        "{line}"
    );

    let one_try = ground.file("one.conf", "spark.port.maxRetries 0");
    let ran = deploysim(
        &format!("master --port {port} --properties-file PATH"),
        &one_try,
    );
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stderr.contains(&format!("ports {port} to {port}")),
        "{ran:?}"
    );
}

#[test]
fn nobody_to_submit_to_is_the_machines_fault() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let ground = Ground::new();
    let line = format!("status driver-1 --master spark://127.0.0.1:{port}");
    let ran = deploysim(&line, &ground.path("unused"));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("unable to connect"), "{ran:?}");
}
