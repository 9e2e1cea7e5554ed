//! What live processes can play, and the reason for everything else.

use super::refusals;
use crate::scenario::{parse, read};
use std::path::{Path, PathBuf};

#[track_caller]
fn reasons(lines: &str) -> Vec<String> {
    let text = format!(
        "title = \"A scenario\"\nuntil = \"20s\"\n{lines}\n\
         [cluster]\nmaster = 2\nworker = {{ count = 2 }}\n"
    );
    let plan = parse("file.toml", text.as_bytes(), Path::new(""), &[]);
    refusals(&plan.unwrap_or_else(|error| panic!("{error}")))
}

#[track_caller]
fn refused(lines: &str, reason: &str) {
    let found = reasons(lines);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(reason), "{found:?}");
}

/// Tables have to come after the keys of the top, and before the cluster they may stand as well.
#[test]
fn what_can_be_seen_and_done_is_not_refused() {
    let every = "[conf]\n\"spark.worker.timeout\" = 5\n\"spark.deploy.recoveryMode\" = \"FILESYSTEM\"\n\
        \"spark.deploy.recoveryDirectory\" = \"anywhere\"\n\
        [[driver]]\nat = \"1s\"\nname = \"etl\"\nrun = { distribution = \"uniform\", low = \"1s\", high = \"2s\" }\nexit_codes = [1, 0]\n\
        supervise = true\n\
        [[fault]]\nat = \"2s\"\nfor = \"1s\"\ncrash = [\"leader\", \"worker-1\"]\nwipe = true\n\
        [[fault]]\nat = \"3s\"\nfor = \"1s\"\nevery = \"4s\"\npause = \"workers\"\n\
        [[fault]]\non = { driver = \"etl\", state = \"RUNNING\" }\nexit = \"driver:etl\"\ncode = 7\n\
        [nemesis]\npause = { of = \"masters\", every = \"30s\", for = \"1s\" }\n\
        [[operator]]\nat = \"4s\"\nstop = \"worker-2\"\n\
        [[operator]]\nat = \"4s\"\nkill_driver = \"etl\"\n\
        [[operator]]\nat = \"4s\"\ndriver_status = \"etl\"\n\
        [[expect]]\nby = \"5s\"\nprocess = \"driver:etl\"\nexit = 1\n\
        [[expect]]\nalways = true\nafter = \"1s\"\nmaster = \"master-1\"\nstate = \"ALIVE\"\n\
        [[expect]]\nnever = true\ndriver = \"etl\"\nids = 3\n";
    assert_eq!(reasons(every), Vec::<String>::new());
}

#[test]
fn the_network_and_the_machine_are_real() {
    refused("[network]\nlatency = \"1ms\"", "network:");
    refused("[process]\nstart = \"1s\"", "process:");
    refused("[store]\ncall = \"5ms\"", "store:");
    let fault = |what: &str| format!("[[fault]]\nat = \"1s\"\nfor = \"1s\"\n{what}");
    let cut = "partition = [\"worker-1\", \"master-1\"]";
    refused(
        &fault(cut),
        "fault 1 (partition worker-1 | master-1): connections",
    );
    refused(
        &fault("delay = \"1s\"\nbetween = [\"worker-1\", \"master-1\"]"),
        "connections",
    );
    refused(
        &fault("message = \"Heartbeat\"\naction = \"drop\""),
        "messages",
    );
    refused(&fault("power_loss = \"worker-1\""), "power");
    refused(
        &fault("pause = \"worker-1\"\ntimers_first = 0.5"),
        "timers_first",
    );
    refused(
        "[nemesis]\npower_loss = { of = \"workers\", every = \"9s\", for = \"1s\" }",
        "power",
    );
}

#[test]
fn what_nobody_can_see_is_not_expected() {
    let worker = "worker = \"worker-1\"\nstate = \"ALIVE\"";
    refused(
        &format!("[[expect]]\nat = \"9s\"\n{worker}"),
        "exact instant",
    );
    refused(
        "[[expect]]\nby = \"9s\"\nmessage = \"Heartbeat\"\ncount = 9",
        "messages",
    );
    refused(
        "[[expect]]\nby = \"9s\"\nprocess = \"worker-1\"\nexit = 1",
        "exit codes",
    );
    let waits = "[[fault]]\non = { message = \"Heartbeat\" }\ncrash = \"worker-1\"";
    refused(waits, "nobody can see messages");
    refused(
        "expect_violation = [{ invariant = \"INV-L1\", defect = \"RD-19\" }]",
        "invariants are not checked",
    );
}

#[test]
fn there_are_no_applications_and_no_other_stores() {
    refused("[[application]]\nname = \"pi\"", "application pi");
    refused(
        "[conf]\n\"spark.deploy.recoveryMode\" = \"ROCKSDB\"",
        "ROCKSDB",
    );
    refused(
        "[conf]\n\"spark.master.rest.enabled\" = false",
        "REST server",
    );
    refused("behaviour = \"v3\"", "behaviour");
    refused("[[driver]]\nname = \"etl\"\nexit_codes = 300", "0 to 255");
    refused("[[operator]]\nat = \"1s\"\nclear_completed = true", "lists");
}

/// The folder of scenarios that every world plays.
#[test]
fn what_is_said_to_play_everywhere_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("files/every-world");
    let files: Vec<PathBuf> = (std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!files.is_empty());
    for file in files {
        let plan = read(&file, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(refusals(&plan), Vec::<String>::new(), "{}", file.display());
    }
}
