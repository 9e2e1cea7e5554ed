//! The historic defects of the deploy layer, each with its public issue. Most were mended long
//! before the baseline and can be shown only with the switch that brings them back.

use super::{Defect, Sign};

const fn historic(
    id: &'static str,
    sentence: &'static str,
    source: &'static str,
    shows: &'static [Sign],
) -> Defect {
    Defect {
        id,
        sentence,
        source,
        shows,
    }
}

/// In order of their numbers.
#[rustfmt::skip]
pub(super) const HISTORIC: &[Defect] = &[
    historic("KB-01", "A driver is relaunched under its old id, and the ghost of its first copy ends the record of the second.", "SPARK-19900", &[("INV-D1", "id-kept"), ("INV-D2", ""), ("INV-D3", ""), ("INV-D5", "id-kept")]),
    historic("KB-02", "Nothing is scheduled after a worker was removed.", "SPARK-36509", &[("INV-L4", "after-removal")]),
    historic("KB-03", "A lost report of an executor's end leaves its cores booked for ever.", "SPARK-34245", &[("INV-C2", ""), ("INV-L4", "")]),
    historic("KB-04", "Failed reports are repeated at once, so that a worker gives up within milliseconds.", "SPARK-37151", &[("INV-L7", "reports-given-up")]),
    historic("KB-05", "A worker that registers again while the master still knows it is refused and exits.", "SPARK-23191", &[("INV-L7", "duplicate-id")]),
    historic("KB-06", "Cores are dealt out one by one, and no worker collects enough of them for an executor.", "SPARK-8881, SPARK-9260", &[("INV-L4", "")]),
    historic("KB-07", "An executor without a stated size gets one core instead of all that are free.", "SPARK-9731", &[("INV-S2", "")]),
    historic("KB-08", "Nothing is scheduled after an executor ended with code 0.", "SPARK-16925", &[("INV-L4", "after-executor")]),
    historic("KB-09", "RUNNING is reported before the process exists, so that the count of failures never adds up.", "SPARK-27510", &[("INV-X4", "endless")]),
    historic("KB-10", "A recovered driver does not count against its worker, whose used cores go below zero at its end.", "SPARK-12552", &[("INV-C1", "too-little"), ("INV-C3", "below-zero")]),
    historic("KB-11", "What a returned worker still runs is unknown to the master and runs on.", "SPARK-13604", &[("INV-G1", ""), ("INV-D2", ""), ("INV-C2", "")]),
    historic("KB-12", "A driver forgets an executor that still lives.", "SPARK-13519", &[("INV-X5", "")]),
    historic("KB-13", "The executors of a dead worker are shown as RUNNING.", "SPARK-13778", &[("INV-X6", "")]),
    historic("KB-14", "A driver's process outlives its worker.", "SPARK-13602", &[("INV-P1", ""), ("INV-D2", "orphan")]),
    historic("KB-15", "Applications without executors on a lost worker are not told of its loss.", "SPARK-20832", &[("INV-A6", "not-told")]),
    historic("KB-16", "Registration timers of an application client pile up and go on after success.", "SPARK-12396", &[("INV-A1", ""), ("INV-A7", "")]),
    historic("KB-17", "An order overtakes the answer to the registration and is dropped as coming from a stranger.", "SPARK-17755", &[("INV-X1", "wrong-master"), ("INV-L4", "")]),
    historic("KB-18", "A registration is no question, and other messages arrive before its answer.", "SPARK-11131", &[("INV-X1", "wrong-master")]),
    historic("KB-19", "Workers do not come back to a master that restarted, or that has removed them.", "SPARK-3736", &[("INV-L1", "heartbeats-ignored")]),
    historic("KB-20", "A worker that registers twice in a fail-over is refused the second time and exits.", "SPARK-4592", &[("INV-L7", "duplicate-id")]),
    historic("KB-21", "The very first attempt of a registration still goes to every master.", "SPARK-16190", &[("INV-L7", "duplicate-id")]),
    historic("KB-22", "A leader that was deposed still gives orders.", "SPARK-23191, second case", &[("INV-M2", "reconnect"), ("INV-M4", "after-term"), ("INV-L7", "duplicate-id")]),
    historic("KB-23", "A worker reconnects to an address that it cannot reach.", "SPARK-20529", &[("INV-L1", "unreachable")]),
    historic("KB-24", "A worker is DECOMMISSIONED to the master although the feature is off.", "SPARK-46888", &[("INV-W5", "refused")]),
    historic("KB-25", "A worker that registers during a recovery instead of answering is not counted as having answered.", "SPARK-46346", &[("INV-L1", "recovered"), ("INV-L5", "unanswered"), ("INV-G3", "unknown")]),
    historic("KB-26", "A submission client exits because a standby does not know its driver.", "SPARK-37060", &[("INV-Q2", "")]),
    historic("KB-27", "An exception at the end of a recovery leaves the master between two states.", "SPARK-20305", &[("INV-L2", "stuck"), ("INV-L5", "stuck"), ("INV-M4", "recovery-failed")]),
    historic("KB-28", "A relaunched driver knows only the master that accepted it.", "SPARK-24794, SPARK-19052", &[("INV-L3", "")]),
    historic("KB-29", "A cleanup deletes the directory of a running driver.", "SPARK-22976", &[("INV-P3", "")]),
    historic("KB-30", "The report of a driver's success finds no receiver, and the driver counts as lost.", "SPARK-46344", &[("INV-D4", "unheard"), ("INV-D6", "unheard")]),
    historic("KB-31", "A long cleanup keeps a healthy worker from sending heartbeats.", "SPARK-19831", &[("INV-L7", ""), ("INV-D2", "")]),
    historic("KB-32", "Executor states come in the wrong order, and the count of failures is reset wrongly or never.", "SPARK-10558, SPARK-4498, SPARK-2425", &[("INV-X2", ""), ("INV-X4", "while-running")]),
    historic("KB-33", "A waiting driver is not started when another one ends.", "SPARK-2154", &[("INV-L3", "waits")]),
    historic("KB-34", "The wanted number of executors is lowered twice, or a pending replacement is lost.", "SPARK-9795, SPARK-10515", &[("INV-X7", "")]),
    historic("KB-35", "The first limit of executors is ignored.", "SPARK-13162", &[("INV-X7", "")]),
    historic("KB-36", "A master that recovers a driver without a worker crashes, again and again.", "SPARK-3150", &[("INV-L2", "crash-loop"), ("INV-L5", "crash-loop"), ("INV-M4", "without-worker")]),
    historic("KB-37", "Launching a driver changes the list that is being walked through.", "SPARK-2350", &[("INV-M4", "list-changed")]),
    historic("KB-38", "The check for a repeated application looks into the wrong map.", "SPARK-5691", &[("INV-A1", "")]),
    historic("KB-39", "Without any master for a quarter of an hour every worker exits.", "SPARK-20422", &[("INV-L7", "given-up")]),
    historic("KB-40", "With several masters a client that meets a standby first gives up.", "SPARK-6443", &[("INV-Q2", "")]),
    historic("KB-41", "A worker that exits reports RUNNING executors as RUNNING.", "SPARK-12281", &[("INV-X2", "running-twice")]),
    historic("KB-42", "The client of a removed application is told only of a disconnection.", "SPARK-1689", &[("INV-A5", "")]),
    historic("KB-43", "A recovery with nobody to wait for waits for the whole time-out.", "SPARK-46664", &[("INV-L5", "for-nobody")]),
    historic("KB-44", "A leader that loses the coordination service for a moment exits before another may lead.", "SPARK-29861", &[("INV-L2", "suspended")]),
    historic("KB-45", "An executor that ignores the polite signal is never ended.", "SPARK-12486", &[("INV-P2", "")]),
    historic("KB-46", "A cleanup that meets the end of its worker throws.", "SPARK-26152", &[("INV-M4", "pool-closed")]),
    historic("KB-47", "A child that is stopping when its worker goes away never ends.", "SPARK-35714", &[("INV-P1", "")]),
    historic("KB-48", "A stored record that cannot be read stops the master.", "SPARK-1137", &[("INV-L2", "unread"), ("INV-M4", "read-failed")]),
];
