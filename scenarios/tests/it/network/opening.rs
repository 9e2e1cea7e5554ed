//! Connections that are opened, refused, or given up. L is the latency of one way.

use super::Case;
use super::claim::{at, connects, gets, never, refused, times_out};

pub(super) const CASES: [Case; 12] = [
    // L = 20 ms. Dialling is a round trip: 2 L. The look-up leaves then and is a round trip: 4 L.
    // The registration leaves then and arrives at 5 L, its answer at 6 L.
    Case {
        id: "1a",
        sentence: "A handshake costs a round trip, and so does looking an endpoint up",
        scenario: r#"
            until = "1s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
        "#,
        claims: &[
            at(40, connects("worker-1")),
            at(40, connects("master-1")),
            at(60, gets("master-1", "Resolve")),
            at(80, gets("worker-1", "Resolved")),
            at(100, gets("master-1", "RegisterWorker")),
            at(120, gets("worker-1", "RegisteredWorker")),
            at(140, gets("master-1", "Heartbeat")),
        ],
    },
    // The same for whoever dials, counted from its start at 3 s.
    Case {
        id: "1b",
        sentence: "An application that starts later registers in the same time",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            application = [{ name = "pi", at = "3s" }]
        "#,
        claims: &[
            at(3_040, connects("pi")),
            at(3_080, gets("pi", "Resolved")),
            at(3_100, gets("master-1", "RegisterApplication")),
            at(3_120, gets("pi", "RegisteredApplication")),
            // The master hands the order out with the answer.
            at(3_120, gets("worker-1", "LaunchExecutor")),
        ],
    },
    // The worker's link has L = 20 ms as before, the application's has 70 ms.
    Case {
        id: "1c",
        sentence: "A link has a latency of its own",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            application = [{ name = "pi", at = "3s" }]
            [network]
            latency = "20ms"
            link = [{ between = ["pi", "master-1"], latency = "70ms" }]
        "#,
        claims: &[
            at(40, connects("worker-1")),
            at(3_140, connects("pi")),
            at(3_280, gets("pi", "Resolved")),
            at(3_350, gets("master-1", "RegisterApplication")),
            at(3_370, gets("worker-1", "LaunchExecutor")),
            at(3_420, gets("pi", "RegisteredApplication")),
        ],
    },
    // Requests leave 0, 1, 3, 7 s after the start. The way to the master is cut until 2 s: the
    // request of 3 s gets through, and everything follows as in 1a, 3 s later.
    Case {
        id: "2a",
        sentence: "A cut of the way there blocks a handshake until a request gets through",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            [[fault]]
            at = "0s"
            until = "2s"
            partition = ["worker-1", "master-1"]
            direction = "to"
        "#,
        claims: &[
            at(3_040, connects("worker-1")),
            at(3_100, gets("master-1", "RegisterWorker")),
            at(3_120, gets("worker-1", "RegisteredWorker")),
        ],
    },
    // The requests arrive, their answers do not. The cut ends at 4 s; the next request is that
    // of 7 s. The registration's retry timer (5 to 15 s) adds at most a look-up behind the dial.
    Case {
        id: "2b",
        sentence: "A cut of the way back blocks a handshake as well",
        scenario: r#"
            until = "8s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            [[fault]]
            at = "0s"
            until = "4s"
            partition = ["master-1", "worker-1"]
            direction = "to"
        "#,
        claims: &[
            at(7_040, connects("worker-1")),
            at(7_040, connects("master-1")),
            at(7_100, gets("master-1", "RegisterWorker")),
            at(7_120, gets("worker-1", "RegisteredWorker")),
        ],
    },
    // Faults come before connections at the same instant.
    Case {
        id: "2c",
        sentence: "A request at the instant of the healing gets through",
        scenario: r#"
            until = "2s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            [[fault]]
            at = "0s"
            until = "1s"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(1_040, connects("worker-1")),
            at(1_100, gets("master-1", "RegisterWorker")),
        ],
    },
    // Whether bytes cross is decided when they leave: the request of 0 s connects. The look-up
    // that leaves at 40 ms is held, and sent again 0.2 and 0.6 s later.
    Case {
        id: "2d",
        sentence: "A cut does not stop a handshake that is under way, but what follows it",
        scenario: r#"
            until = "2s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            [[fault]]
            at = "10ms"
            until = "500ms"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(40, connects("worker-1")),
            at(660, gets("master-1", "Resolve")),
            at(680, gets("worker-1", "Resolved")),
        ],
    },
    // The request takes L = 20 ms, the refusal as long.
    Case {
        id: "3a",
        sentence: "Connecting to a dead process is refused after a round trip",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            application = [{ name = "pi", at = "3s" }]
            [[fault]]
            at = "2s"
            crash = "master-1"
        "#,
        claims: &[at(3_040, refused("pi")), never(connects("pi"))],
    },
    // The request of 3 s arrives at 3.02 s.
    Case {
        id: "3b",
        sentence: "The same if the process dies while the request is under way",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "3s" }]
            [[fault]]
            at = "3010ms"
            crash = "master-1"
        "#,
        claims: &[at(3_040, refused("pi")), never(connects("pi"))],
    },
    // The answer of 3.02 s arrives at 3.04 s. Nothing was said on that connection, and whoever
    // dialled it learns no more than that nobody is there.
    Case {
        id: "3c",
        sentence: "The same if it dies while its answer is under way",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "3s" }]
            [[fault]]
            at = "3030ms"
            crash = "master-1"
        "#,
        claims: &[at(3_040, refused("pi")), never(connects("pi"))],
    },
    // Requests of 0, 1, 3, 7, 15, 31 and 63 s are lost.
    Case {
        id: "4a",
        sentence: "Connecting into a black hole times out after 120 s",
        scenario: r#"
            until = "121s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            [[fault]]
            at = "0s"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(120_000, times_out("worker-1")),
            never(connects("worker-1")),
        ],
    },
    // Patience ends 2.5 s after the start, between the requests of 1 and of 3 s, although the way
    // has been open since 1.5 s.
    Case {
        id: "4b",
        sentence: "The connect time-out can be set",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms", connect_timeout = "2500ms" }
            [[fault]]
            at = "0s"
            until = "1500ms"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(2_500, times_out("worker-1")),
            never(connects("worker-1")),
        ],
    },
];
