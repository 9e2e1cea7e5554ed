//! Executors: reports of their states, the retry limit, and orders to kill them. How they are
//! launched is in `schedule.rs`.

use super::Master;
use super::books::ExecutorSlot;
use crate::turn::Turn;
use deploysim_protocol::behaviour::{ExecutorRetryLimit, ScheduleAfterExecutor};
use deploysim_protocol::event::{ApplicationSlot, MasterEvent};
use deploysim_protocol::id::{ApplicationId, ExecutorId};
use deploysim_protocol::message::to_driver::ExecutorUpdated;
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{Answer, ToDriver};
use deploysim_protocol::state::{ApplicationState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;

/// The limit of abnormal ends in a row before 1.6.3, which no key changes.
/// Spark: `ApplicationState.MAX_NUM_RETRY`.
const RETRIES_MAX: i32 = 10;

impl Master {
    /// S-12: an ask since 3.2. Spark: `Master.receiveAndReply`, `ExecutorStateChanged`.
    ///
    /// # Errors
    /// If an executor is reported RUNNING that was not LAUNCHING: its state is set all the same
    /// (RD-01). If the store fails while the application is removed.
    pub(super) fn handle_executor_state_changed(
        &mut self,
        report: ExecutorStateChanged,
        turn: &mut Turn<'_, Self>,
    ) -> Result<Answer, Thrown> {
        let ExecutorStateChanged {
            executor: id,
            state,
            message,
            exit_status,
        } = report;
        let Some((application, executor)) = self.executor_of(id) else {
            turn.note(MasterEvent::ExecutorUnknown { executor: id });
            return Ok(Answer::Flag(true));
        };
        let old = self.books.executor(executor).state;
        self.set_executor_state(executor, state, turn);
        if state == ExecutorState::Running {
            if old != ExecutorState::Launching {
                return Err(Thrown::IllegalStateTransfer {
                    executor: id,
                    from: old,
                });
            }
            self.set_retry_count(application, 0, turn);
        }
        let client = self.books.applications.client(application);
        turn.send(
            client,
            ToDriver::ExecutorUpdated(Box::new(ExecutorUpdated {
                number: id.number,
                state,
                message,
                exit_status,
                worker_host: None,
            })),
        );
        let mut abnormal_below_limit = false;
        if state.is_finished() {
            self.executor_ended(application, executor, turn);
            if exit_status != Some(0) && old != ExecutorState::Decommissioned {
                abnormal_below_limit = self.count_abnormal_end(application, turn)?;
            }
        }
        // S-13
        match self.settings.shared.behaviour.schedule_after_executor {
            ScheduleAfterExecutor::Always => self.schedule(turn),
            ScheduleAfterExecutor::OnlyAbnormal => {
                if abnormal_below_limit {
                    self.schedule(turn);
                }
            }
        }
        Ok(Answer::Flag(true))
    }

    fn executor_of(&self, id: ExecutorId) -> Option<(ApplicationSlot, ExecutorSlot)> {
        let application = self.books.applications.by_id(id.application)?;
        let info = self.books.applications.info(application);
        Some((application, *info.executors.get(&id.number)?))
    }

    /// An application that a recovery has not heard of yet counts as finished and keeps the
    /// executor in its map.
    fn executor_ended(
        &mut self,
        application: ApplicationSlot,
        executor: ExecutorSlot,
        turn: &mut Turn<'_, Self>,
    ) {
        let info = self.books.applications.info(application);
        if !info.state.is_finished() {
            self.executor_leaves_application(executor, turn);
        }
        self.executor_leaves_worker(executor, turn);
        self.books.sweep_executor(executor);
    }

    /// Counts an abnormal end, and removes the application if the limit is reached and no
    /// executor runs; tells whether the limit is not reached. Above the limit the next abnormal
    /// end looks again.
    fn count_abnormal_end(
        &mut self,
        application: ApplicationSlot,
        turn: &mut Turn<'_, Self>,
    ) -> Result<bool, Thrown> {
        let count = self.books.applications.info(application).retry_count;
        let count = count.wrapping_add(1);
        self.set_retry_count(application, count, turn);
        // S-15
        let limit = match self.settings.shared.behaviour.executor_retry_limit {
            ExecutorRetryLimit::Constant => RETRIES_MAX,
            ExecutorRetryLimit::Key => self.settings.shared.conf.max_executor_retries,
        };
        if count < limit || limit < 0 {
            return Ok(true);
        }
        let info = self.books.applications.info(application);
        let is_any_running = info
            .executors
            .values()
            .any(|executor| self.books.executor(*executor).state == ExecutorState::Running);
        if !is_any_running {
            self.remove_application(application, ApplicationState::Failed, turn)?;
        }
        Ok(false)
    }

    fn set_retry_count(
        &mut self,
        application: ApplicationSlot,
        count: i32,
        turn: &mut Turn<'_, Self>,
    ) {
        let info = self.books.applications.info_mut(application);
        if info.retry_count != count {
            info.retry_count = count;
            turn.note(MasterEvent::RetryCountChanged { application, count });
        }
    }

    /// What is no integer is ignored, as are numbers that the application does not have. The
    /// target stays, so a replacement may be started at once.
    /// Spark: `Master.handleKillExecutors`, `formatExecutorIds`.
    pub(super) fn handle_kill_executors(
        &mut self,
        application: ApplicationId,
        executors: &[Text],
        turn: &mut Turn<'_, Self>,
    ) -> Answer {
        let mut numbers = Vec::with_capacity(executors.len());
        for text in executors {
            match text.as_str().parse::<i32>() {
                Ok(number) => numbers.push(number),
                Err(_) => turn.note(MasterEvent::ExecutorNumberInvalid { found: *text }),
            }
        }
        let Some(slot) = self.books.applications.by_id(application) else {
            turn.note(MasterEvent::ApplicationUnknown { id: application });
            return Answer::Flag(false);
        };
        for number in numbers {
            // A negative number is nobody's; its two's complement is above all that were given.
            let number = number.cast_unsigned();
            let info = self.books.applications.info(slot);
            match info.executors.get(&number).copied() {
                Some(executor) => {
                    self.executor_leaves_application(executor, turn);
                    self.kill_executor(executor, turn);
                    self.books.sweep_executor(executor);
                }
                None => turn.note(MasterEvent::ExecutorUnknown {
                    executor: ExecutorId {
                        application,
                        number,
                    },
                }),
            }
        }
        self.schedule(turn);
        Answer::Flag(true)
    }
}
