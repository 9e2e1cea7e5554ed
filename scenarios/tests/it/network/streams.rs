//! The byte stream of one connection: order, retransmissions, bandwidth, and the lanes behind it.
//! With a worker time-out of 8 s a worker beats every 2 s, first when it is registered: at 120 ms,
//! 2.12, 4.12, 6.12 s … if the latency is 20 ms.

use super::Case;
use super::claim::{at, gets, order, sends, within};

pub(super) const CASES: [Case; 6] = [
    // The beat of 4.12 s is the oldest byte that waits: it is sent again at 4.32, 4.72, 5.52 and
    // 7.12 s, and the last finds the way open. The beat of 6.12 s finds it open too, and waits
    // behind. The beat of 8.12 s travels alone.
    Case {
        id: "5a",
        sentence: "What is sent into a partition arrives with the first retransmission after it",
        scenario: r#"
            until = "9s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "3900ms"
            until = "5900ms"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(2_140, gets("master-1", "Heartbeat").nth(2)),
            at(7_140, gets("master-1", "Heartbeat").nth(3)),
            at(7_140, gets("master-1", "Heartbeat").nth(4)),
            at(8_140, gets("master-1", "Heartbeat").nth(5)),
        ],
    },
    // The beat of 4.12 s is sent again at 4.32 and at 4.72 s.
    Case {
        id: "5b",
        sentence: "A shorter partition costs fewer retransmissions",
        scenario: r#"
            until = "7s"
            cluster = { worker = {} }
            network = { latency = "20ms" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "4s"
            until = "4500ms"
            partition = ["worker-1", "master-1"]
            direction = "to"
        "#,
        claims: &[
            at(4_740, gets("master-1", "Heartbeat").nth(3)),
            at(6_140, gets("master-1", "Heartbeat").nth(4)),
        ],
    },
    // The master hands out an executor for each of the eight cores at one instant. Each order
    // draws a latency of its own; none arrives before one that left earlier. The last arrives
    // with the longest draw of all, which is no longer than the longest possible.
    Case {
        id: "6a",
        sentence: "Bytes of one connection never overtake, however their latencies are drawn",
        scenario: r#"
            until = "4s"
            cluster = { worker = { cores = 8 } }
            application = [{ name = "pi", at = "3s", cores_per_executor = 1 }]
            conf = { "spark.worker.timeout" = "8s" }
            [network]
            latency = { distribution = "uniform", low = "1ms", high = "50ms" }
        "#,
        claims: &[
            order(&[0, 1, 2, 3, 4, 5, 6, 7], "worker-1", "LaunchExecutor"),
            order(&[0, 1, 2, 3, 4, 5, 6, 7], "pi", "ExecutorAdded"),
            within(
                1,
                50,
                sends("master-1", "LaunchExecutor"),
                gets("worker-1", "LaunchExecutor"),
            ),
            within(
                1,
                50,
                sends("master-1", "LaunchExecutor").nth(8),
                gets("worker-1", "LaunchExecutor").nth(8),
            ),
            within(
                0,
                49,
                gets("worker-1", "LaunchExecutor"),
                gets("worker-1", "LaunchExecutor").nth(8),
            ),
        ],
    },
    // L = 20 ms. The request of 2 s is answered at 2.02 s; the answer arrives at 2.04 s and is
    // handled 200 ms later. The executor is ordered at 2.02 s, its process has started up at
    // 2.14 s, and the master tells the application at 2.16 s: long after the answer left.
    Case {
        id: "6b",
        sentence: "A one-way message may be handled before an answer that left earlier",
        scenario: r#"
            until = "3s"
            cluster = { worker = {} }
            network = { latency = "20ms", answer_delay = "200ms" }
            process = { start = "100ms" }
            [[application]]
            name = "pi"
            at = "1s"
            initial_executors = 0
            request = [{ at = "2s", executors = 1 }]
        "#,
        claims: &[
            at(2_020, gets("master-1", "RequestExecutors")),
            at(2_020, sends("master-1", "Boolean")),
            at(2_040, gets("pi", "ExecutorAdded")),
            at(2_160, sends("master-1", "ExecutorUpdated")),
            at(2_180, gets("pi", "ExecutorUpdated")),
            at(2_240, gets("pi", "Boolean")),
        ],
    },
    // L = 20 ms, and a byte takes a millisecond. A frame is a length (4 bytes), then the kind of
    // envelope (1); one-way messages have two more for direction and kind; a text is its length
    // (1) and its letters; a port takes 2.
    //   Resolve            4 + 1 + call 1 + "Master" 7                                     =  13
    //   Resolved           4 + 1 + call 1 + found 1                                        =   7
    //   RegisterWorker     4 + 3 + id 36 + host 9 + port 2 + reference 11 + 8 cores 1
    //                      + 16384 MiB 3 + "http://worker-1:8081" 21 + master 11 + none 1  = 102
    //   RegisteredWorker   4 + 3 + reference 11 + "http://master-1:8080" 21 + master 11
    //                      + duplicate 1                                                   =  51
    //   WorkerLatestState  4 + 3 + id 36 + no executors 1 + no drivers 1                   =  45
    //   Heartbeat          4 + 3 + id 36 + reference 11                                    =  54
    // The id is worker-20260101000000-worker-1-7078. Dialling costs no bytes: 40 ms. Each message
    // arrives its bytes and L after it was sent; the worker's last two leave together at 293 ms,
    // the second behind the first.
    Case {
        id: "8a",
        sentence: "A bandwidth spaces messages by their encoded size",
        scenario: r#"
            until = "1s"
            cluster = { worker = {} }
            network = { latency = "20ms", bandwidth = "1kB/s" }
            conf = { "spark.worker.timeout" = "8s" }
        "#,
        claims: &[
            at(40 + 13 + 20, gets("master-1", "Resolve")),
            at(73 + 7 + 20, gets("worker-1", "Resolved")),
            at(100 + 102 + 20, gets("master-1", "RegisterWorker")),
            at(222 + 51 + 20, gets("worker-1", "RegisteredWorker")),
            at(293 + 45 + 20, gets("master-1", "WorkerLatestState")),
            at(293 + 45 + 54 + 20, gets("master-1", "Heartbeat")),
        ],
    },
    // Sizes as in 8a. The beats of 2.293 and 4.293 s wait for the retransmission of 5.293 s, 3 s
    // after the older: both leave then, the second behind the first.
    Case {
        id: "8b",
        sentence: "What a partition held is spaced in the same way",
        scenario: r#"
            until = "6s"
            cluster = { worker = {} }
            network = { latency = "20ms", bandwidth = "1kB/s" }
            conf = { "spark.worker.timeout" = "8s" }
            [[fault]]
            at = "2s"
            until = "5s"
            partition = ["worker-1", "master-1"]
        "#,
        claims: &[
            at(5_293 + 54 + 20, gets("master-1", "Heartbeat").nth(2)),
            at(5_293 + 54 + 54 + 20, gets("master-1", "Heartbeat").nth(3)),
        ],
    },
];
