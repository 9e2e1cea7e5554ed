//! Spark's variables of the environment: what they say, and what is stronger than they are.

use super::cluster::{Master, Process, field};
use crate::ground::{Ground, Ran, program};
use std::net::TcpListener;

/// Starts a process of the cluster with these variables, and gives the line that says where it
/// listens.
fn started(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut process = Process::start_with(arguments, variables);
    process.logged(&[arguments[0], " listens"])
}

/// A port that was free a moment ago.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[test]
fn a_master_takes_what_no_flag_says_from_the_environment() {
    let ground = Ground::new();
    let (one, other, page) = (free_port(), free_port(), free_port());
    let file = ground.file("master.conf", "spark.master.rest.port 0");
    let file = file.to_str().unwrap();
    let variables = [
        ("SPARK_MASTER_HOST", "localhost"),
        ("SPARK_MASTER_PORT", one.as_str()),
        ("SPARK_MASTER_WEBUI_PORT", "0"),
    ];
    let line = started(&["master", "--properties-file", file], &variables);
    assert_eq!(field(&line, "url"), format!("spark://localhost:{one}"));

    let flags = [
        "master",
        "--port",
        &other,
        "--host",
        "127.0.0.1",
        "--properties-file",
        file,
    ];
    let line = started(&flags, &variables);
    assert_eq!(field(&line, "url"), format!("spark://127.0.0.1:{other}"));

    let contents = format!("spark.master.rest.port 0\nspark.master.ui.port {page}");
    let file = ground.file("page.conf", contents);
    let file = file.to_str().unwrap();
    let flags = [
        "master",
        "--port",
        "0",
        "--webui-port",
        "0",
        "--properties-file",
        file,
    ];
    let line = started(&flags, &variables);
    assert_eq!(field(&line, "webui"), format!("http://localhost:{page}"));
}

#[test]
fn a_worker_takes_what_no_flag_says_from_the_environment() {
    let ground = Ground::new();
    let work = ground.path("from-variable");
    let variables = [
        ("SPARK_LOCAL_HOSTNAME", "localhost"),
        ("SPARK_WORKER_PORT", "0"),
        ("SPARK_WORKER_WEBUI_PORT", "0"),
        ("SPARK_WORKER_CORES", "3"),
        ("SPARK_WORKER_MEMORY", "300m"),
        ("SPARK_WORKER_DIR", work.to_str().unwrap()),
    ];
    let line = started(&["worker", "spark://127.0.0.1:1"], &variables);
    assert!(
        field(&line, "url").starts_with("spark://localhost:"),
        "{line}"
    );
    assert_eq!(field(&line, "cores"), "3");
    assert_eq!(field(&line, "memory_mib"), "300");
    assert!(field(&line, "work").ends_with("/from-variable"), "{line}");
    let line = started(
        &["worker", "spark://127.0.0.1:1", "--cores", "2"],
        &variables,
    );
    assert_eq!(field(&line, "cores"), "2");
}

#[test]
fn a_page_is_announced_by_the_public_name() {
    let ground = Ground::new();
    let master = Master::start(&ground, "");
    let work = ground.path("work");
    let mut arguments = vec![
        "worker",
        master.url.as_str(),
        "--webui-port",
        "0",
        "--work-dir",
    ];
    arguments.push(work.to_str().unwrap());
    let variables = [("SPARK_PUBLIC_DNS", "outside.example")];
    let _worker = Process::start_with(&arguments, &variables);
    master.wait_for_workers(1);
    let state = master.state().unwrap();
    let page = state["workers"][0]["webuiaddress"].as_str().unwrap();
    assert!(page.starts_with("http://outside.example:"), "{page}");
}

#[test]
fn a_variable_that_is_wrong_is_named() {
    for (command, name, value, allowed) in [
        ("master", "SPARK_MASTER_PORT", "x", "0 to 65535"),
        ("master", "SPARK_MASTER_PORT", "", "0 to 65535"),
        ("master", "SPARK_MASTER_PORT", "70000", "0 to 65535"),
        ("master", "SPARK_MASTER_WEBUI_PORT", "-1", "0 to 65535"),
        ("master", "SPARK_MASTER_HOST", "", "a host"),
        ("master", "SPARK_MASTER_PORT", "80", "1024 to 65535"),
        ("worker", "SPARK_WORKER_PORT", "x", "0 to 65535"),
        ("worker", "SPARK_WORKER_CORES", "many", "a number above 0"),
        ("worker", "SPARK_WORKER_CORES", "0", "1 to"),
        (
            "worker",
            "SPARK_WORKER_MEMORY",
            "5x",
            "a number with a unit",
        ),
        ("worker", "SPARK_WORKER_DIR", "", "a folder"),
        ("worker", "SPARK_PUBLIC_DNS", "", "a host"),
    ] {
        let mut program = program();
        program.arg(command).env(name, value);
        program.args((command == "worker").then_some("spark://127.0.0.1:1"));
        let ran: Ran = program.output().unwrap().into();
        assert_eq!(ran.code, Some(2), "{name}={value}: {ran:?}");
        assert!(ran.stderr.contains(allowed), "{name}={value}: {ran:?}");
    }
}
