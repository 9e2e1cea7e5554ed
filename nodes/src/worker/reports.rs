//! Reports of executor states to the master: asked, counted, repeated, and at last given up.
//! What is reported is decided in `executors.rs`. S-12: before 3.2 a report was one message.

use super::Worker;
use super::WorkerTimer;
use super::lifecycle::Mailbox;
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::event::WorkerEvent;
use deploysim_protocol::id::ExecutorId;
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{AskMaster, ToWorker};
use deploysim_protocol::thrown::AskError;
use std::collections::VecDeque;

/// Reports under way, and the one thread that handles their outcomes.
///
/// 1. `waiting` is present exactly while the timer `RetryReport` is armed.
/// 2. `outcomes` is empty unless `waiting` is present or the process ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Reports {
    /// Not answered yet.
    asked: Vec<(Call, Box<ExecutorStateChanged>)>,
    /// Failures of each executor since its last success: of the executor, not of the report.
    /// Spark: `executorStateSyncFailureAttempts`.
    failures: Vec<(ExecutorId, u32)>,
    /// The report for whose sake the thread sleeps.
    waiting: Option<Box<ExecutorStateChanged>>,
    /// Outcomes that the thread has not come to.
    outcomes: VecDeque<Outcome>,
}

type Outcome = (Box<ExecutorStateChanged>, Result<(), AskError>);

impl Worker {
    /// Asks the followed master to take note. Spark: `Worker.syncExecutorStateWithMaster`.
    pub(super) fn report(&mut self, message: Box<ExecutorStateChanged>, turn: &mut Turn<'_, Self>) {
        let ask = AskMaster::ExecutorStateChanged(message.clone());
        match self.ask_master(ask, turn) {
            Some(call) => {
                let reports = self.reports.get_or_insert_default();
                reports.asked.push((call, message));
            }
            None => turn.note(WorkerEvent::ReportDropped {
                executor: message.executor,
            }),
        }
    }

    /// The master's answer, or its absence, goes to the thread that handles outcomes.
    pub(super) fn handle_report_answer(
        &mut self,
        call: Call,
        answer: Result<bool, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(reports) = self.reports.as_deref_mut() else {
            return;
        };
        let mut asked = reports.asked.iter();
        let Some(at) = asked.position(|(known, _)| *known == call) else {
            return;
        };
        let (_, message) = reports.asked.remove(at);
        reports.outcomes.push_back((message, answer.map(|_| ())));
        self.settle_outcomes(turn);
    }

    /// The thread has slept long enough: the report goes through the whole handler once more.
    pub(super) fn retry_report(&mut self, turn: &mut Turn<'_, Self>) {
        let reports = self.reports.as_deref_mut();
        if let Some(message) = reports.and_then(|reports| reports.waiting.take()) {
            self.send_itself(ToWorker::ExecutorStateChanged(message), turn);
            self.settle_outcomes(turn);
        }
    }

    /// Handles outcomes, in the order in which they came, until one of them makes the thread
    /// sleep; the others then wait, successes too.
    fn settle_outcomes(&mut self, turn: &mut Turn<'_, Self>) {
        while self.ending.is_none()
            && let Some(reports) = self.reports.as_deref_mut()
            && reports.waiting.is_none()
            && let Some((message, outcome)) = reports.outcomes.pop_front()
        {
            match outcome {
                Ok(()) => reports.forget_failures(message.executor),
                Err(error) => self.handle_failed_report(message, error, turn),
            }
        }
        if self.reports.as_deref() == Some(&Reports::default()) {
            self.reports = None;
        }
    }

    /// A report failed: repeat it, after one ask time-out unless that has passed already, or
    /// give up and exit. RD-01: a report that was applied and whose answer was lost fails each
    /// time. S-12: from 3.2 to 3.3 it was repeated at once.
    fn handle_failed_report(
        &mut self,
        message: Box<ExecutorStateChanged>,
        error: AskError,
        turn: &mut Turn<'_, Self>,
    ) {
        let conf = &self.settings.shared.conf;
        let most = conf.executor_state_sync_max_attempts;
        let pause = conf.ask_timeout();
        let executor = message.executor;
        let reports = self.reports.get_or_insert_default();
        let failures = reports.count_failure(executor, most);
        turn.note(WorkerEvent::ReportFailed { executor, failures });
        if failures >= most {
            turn.note(WorkerEvent::ReportsGivenUp { executor });
            self.end(1, Mailbox::Open, turn);
            return;
        }
        match error {
            AskError::TimedOut => self.send_itself(ToWorker::ExecutorStateChanged(message), turn),
            AskError::Connection | AskError::Remote(_) => {
                reports.waiting = Some(message);
                turn.arm_after(WorkerTimer::RetryReport, pause);
            }
        }
    }
}

impl Reports {
    fn forget_failures(&mut self, executor: ExecutorId) {
        self.failures.retain(|(known, _)| *known != executor);
    }

    /// One failure more, and how many that makes. The last one that is allowed is not kept.
    fn count_failure(&mut self, executor: ExecutorId, most: u32) -> u32 {
        let mut counters = self.failures.iter_mut();
        match counters.find(|(known, _)| *known == executor) {
            Some((_, failures)) if *failures + 1 < most => {
                *failures += 1;
                *failures
            }
            Some((_, failures)) => *failures + 1,
            None => {
                if most > 1 {
                    self.failures.push((executor, 1));
                }
                1
            }
        }
    }
}
