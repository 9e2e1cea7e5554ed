//! Connections that break: by a reset, by the user time-out, by the end of a process. L = 20 ms
//! everywhere. A worker is registered, and beats for the first time, at 120 ms, then every 2 s.

use super::Case;
use super::claim::{at, connects, gets, never, told};
use deploysim_scenarios::trace::EndOfConnection::{Closed, Reset, UserTimeout};

pub(super) const CASES: [Case; 12] = [
    // Both at once. The worker dials at that moment: connected 2 L later, registered at 6 L.
    Case {
        id: "7a",
        sentence: "A reset tells both ends at once",
        scenario: r#"
            until = "2s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "1s"
            reset = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(1_000, told("master-1", Reset)),
            at(1_000, told("worker-1", Reset)),
            at(1_040, connects("worker-1").nth(2)),
            at(1_100, gets("master-1", "RegisterWorker").nth(2)),
        ],
    },
    // The worker's next byte is the beat of 2.12 s. It is lost; the answer to it is back at
    // 2.16 s. The worker dials then, and its next beat is that of 4.12 s.
    Case {
        id: "7b",
        sentence: "A side that a reset does not tell learns of it a round trip after its next byte",
        scenario: r#"
            until = "5s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "1s"
            reset = ["worker-1", "master-1"]
            told = "master-1"
        "#,
        claims: &[
            at(1_000, told("master-1", Reset)),
            at(2_160, told("worker-1", Reset)),
            at(2_260, gets("master-1", "RegisterWorker").nth(2)),
            at(140, gets("master-1", "Heartbeat")),
            at(4_140, gets("master-1", "Heartbeat").nth(2)),
        ],
    },
    // The worker registers again at 1.1 s, but the master's record keeps the old connection. The
    // application of 2.5 s is registered at 2.6 s, and the master's order for it goes there: it
    // is lost, and the master knows at 2.64 s.
    Case {
        id: "7c",
        sentence: "The same holds for the side that accepted the connection",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "2500ms" }]
            [[fault]]
            at = "1s"
            reset = ["worker-1", "master-1"]
            told = "worker-1"
        "#,
        claims: &[
            at(1_000, told("worker-1", Reset)),
            at(2_600, gets("master-1", "RegisterApplication")),
            at(2_640, told("master-1", Reset)),
            never(gets("worker-1", "LaunchExecutor")),
        ],
    },
    // As 7b for the worker, as 7c for the master.
    Case {
        id: "7d",
        sentence: "A reset that tells nobody is found by each end for itself",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "2500ms" }]
            [[fault]]
            at = "1s"
            reset = ["worker-1", "master-1"]
            told = "none"
        "#,
        claims: &[
            at(2_160, told("worker-1", Reset)),
            never(gets("master-1", "Heartbeat").nth(2)),
            at(2_640, told("master-1", Reset)),
            never(gets("worker-1", "LaunchExecutor")),
        ],
    },
    // The request of 2 s is answered at 2.02 s. The connection is there at 2.04 s.
    Case {
        id: "7e",
        sentence: "A reset does not touch a dial under way, which is no connection yet",
        scenario: r#"
            until = "3s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "2s" }]
            [[fault]]
            at = "2030ms"
            reset = ["pi", "master-1"]
        "#,
        claims: &[
            at(2_040, connects("pi")),
            at(2_100, gets("master-1", "RegisterApplication")),
            never(told("pi", Reset)),
        ],
    },
    // The beat of 4.12 s is never acknowledged: the worker's end breaks at 7.12 s. The master
    // hears nothing any more, not even of the break.
    Case {
        id: "9a",
        sentence: "A cut of the way there breaks the sender after the user time-out",
        scenario: r#"
            until = "8s"
            cluster = { worker = {} }
            network = { latency = "20ms", tcp_user_timeout = "3s" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "3s"
            partition = ["worker-1", "master-1"]
            direction = "to"
        "#,
        claims: &[
            at(7_120, told("worker-1", UserTimeout)),
            never(gets("master-1", "Heartbeat").nth(3)),
            never(told("master-1", Reset)),
            never(told("master-1", Closed)),
            never(told("master-1", UserTimeout)),
        ],
    },
    // The beats of 4.12 and 6.12 s arrive, but their acknowledgements do not.
    Case {
        id: "9b",
        sentence: "A cut of the way back breaks the sender as well, although its bytes arrive",
        scenario: r#"
            until = "8s"
            cluster = { worker = {} }
            network = { latency = "20ms", tcp_user_timeout = "3s" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "3s"
            partition = ["master-1", "worker-1"]
            direction = "to"
        "#,
        claims: &[
            at(4_140, gets("master-1", "Heartbeat").nth(3)),
            at(6_140, gets("master-1", "Heartbeat").nth(4)),
            at(7_120, told("worker-1", UserTimeout)),
            never(told("master-1", Reset)),
            never(told("master-1", Closed)),
            never(told("master-1", UserTimeout)),
        ],
    },
    // The retransmissions of 4.32 and 4.72 s are lost. That of 5.52 s would find the way open,
    // but at this instant the beat of 4.12 s is as old as the user time-out.
    Case {
        id: "9c",
        sentence: "A retransmission at the instant of the break is not sent",
        scenario: r#"
            until = "6s"
            cluster = { worker = {} }
            network = { latency = "20ms", tcp_user_timeout = "1400ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "3s"
            until = "5s"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(5_520, told("worker-1", UserTimeout)),
            never(gets("master-1", "Heartbeat").nth(3)),
        ],
    },
    // As 9c, with ten milliseconds more patience.
    Case {
        id: "9d",
        sentence: "A retransmission before the break saves the connection",
        scenario: r#"
            until = "6s"
            cluster = { worker = {} }
            network = { latency = "20ms", tcp_user_timeout = "1410ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "3s"
            until = "5s"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(5_540, gets("master-1", "Heartbeat").nth(3)),
            never(told("worker-1", UserTimeout)),
        ],
    },
    // The beat of 2.12 s is under way at 2.13 s, when the process ends. Each takes 20 ms.
    Case {
        id: "10a",
        sentence: "What a process wrote before its crash arrives, then the end of the stream",
        scenario: r#"
            until = "3s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "2130ms"
            crash = "worker-1"
        "#,
        claims: &[
            at(2_140, gets("master-1", "Heartbeat").nth(2)),
            at(2_150, told("master-1", Closed)),
        ],
    },
    // The beat of 2.12 s is held; the retransmission of 2.32 s is lost, that of 2.72 s takes it
    // and the end of the stream along.
    Case {
        id: "10b",
        sentence: "What a partition holds outlives the process that wrote it",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "2s"
            until = "2500ms"
            partition = ["worker-1", "master-1"]
            [[fault]]
            at = "2300ms"
            crash = "worker-1"
        "#,
        claims: &[
            at(2_740, gets("master-1", "Heartbeat").nth(2)),
            at(2_740, told("master-1", Closed)),
        ],
    },
    // The end of the stream is held from 2.1 s on, and would be sent again at 2.3 s. Meanwhile
    // the application of 2.08 s is registered at 2.18 s; the order for it reaches the dead end at
    // 2.2 s, where nobody is. The way back is open again, so the master knows at 2.22 s.
    Case {
        id: "10c",
        sentence: "Data to a dead end is answered by a reset",
        scenario: r#"
            until = "4s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            application = [{ name = "pi", at = "2080ms" }]
            [[fault]]
            at = "2s"
            until = "2150ms"
            partition = ["worker-1", "master-1"]
            direction = "to"
            [[fault]]
            at = "2100ms"
            crash = "worker-1"
        "#,
        claims: &[
            at(2_180, gets("master-1", "RegisterApplication")),
            at(2_220, told("master-1", Reset)),
            never(told("master-1", Closed)),
        ],
    },
];
