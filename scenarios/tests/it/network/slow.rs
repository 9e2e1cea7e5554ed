//! Ways that are slower than the network, and the one that takes no time. L = 20 ms everywhere.

use super::Case;
use super::claim::{at, connects, gets};

pub(super) const CASES: [Case; 3] = [
    // 100 ms from 1 to 5 s, and 30 ms from 1.5 s on, both from the worker to the master. Beats
    // leave at 2.12, 4.12, 6.12 s; the last is slowed by the second fault only.
    Case {
        id: "11a",
        sentence: "Delays add up",
        scenario: r#"
            until = "7s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "1s"
            until = "5s"
            delay = "100ms"
            between = ["worker-1", "master-1"]
            [[fault]]
            at = "1500ms"
            delay = "30ms"
            from = "worker-1"
            to = "master-1"
        "#,
        claims: &[
            at(2_120 + 20 + 100 + 30, gets("master-1", "Heartbeat").nth(2)),
            at(4_120 + 20 + 100 + 30, gets("master-1", "Heartbeat").nth(3)),
            at(6_120 + 20 + 30, gets("master-1", "Heartbeat").nth(4)),
        ],
    },
    // The same two faults from the beginning. There: 20 + 100 + 30 ms. Back: 20 + 100 ms. The
    // dial takes both, 270 ms, and so does the look-up; the registration takes the way there.
    Case {
        id: "11b",
        sentence: "A delay slows each way of a handshake by what it adds to that way",
        scenario: r#"
            until = "2s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "0s"
            delay = "100ms"
            between = ["worker-1", "master-1"]
            [[fault]]
            at = "0s"
            delay = "30ms"
            from = "worker-1"
            to = "master-1"
        "#,
        claims: &[
            at(270, connects("worker-1")),
            at(270 + 270, gets("worker-1", "Resolved")),
            at(540 + 150, gets("master-1", "RegisterWorker")),
            at(690 + 120, gets("worker-1", "RegisteredWorker")),
        ],
    },
    // The submit client of 1 s reaches the master at 1.1 s, the order for the driver its worker
    // at 1.12 s, and 100 ms later there is a process. It dials its worker in no time, and the
    // master as in 1a: its application is registered at 1.32 s, and the order for its executor
    // is with the worker at 1.34 s. The executor's process is there at 1.44 s, and dials, looks
    // up and asks its driver, which answers, at that instant.
    Case {
        id: "11c",
        sentence: "Processes of one machine reach each other in no time",
        scenario: r#"
            until = "2s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            process = { start = "100ms" }
            [[driver]]
            name = "etl"
            at = "1s"
            application = {}
        "#,
        claims: &[
            at(1_100, gets("master-1", "RequestSubmitDriver")),
            at(1_120, gets("worker-1", "LaunchDriver")),
            at(1_220, connects("driver:etl")),
            at(1_220, gets("worker-1", "Resolve")),
            at(1_220, gets("driver:etl", "Resolved")),
            at(1_320, gets("master-1", "RegisterApplication")),
            at(1_340, gets("worker-1", "LaunchExecutor")),
            at(1_440, connects("executor:etl/0")),
            at(1_440, gets("driver:etl", "RegisterExecutor")),
            at(1_440, gets("executor:etl/0", "Boolean")),
        ],
    },
];
