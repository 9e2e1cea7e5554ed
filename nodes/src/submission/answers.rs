//! What masters answer, and whether the client goes on or exits. A master that does not lead is
//! recognised by how its refusal begins, and ignored.

use super::{FAILURE_EXIT_CODE, SubmitClient};
use crate::turn::Turn;
use deploysim_protocol::event::ClientEvent;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    BACKUP_STANDALONE_MASTER_PREFIX, DriverStatusResponse, KillDriverResponse, SubmitDriverResponse,
};
use deploysim_protocol::state::DriverState;
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;

impl SubmitClient {
    /// Spark: `ClientEndpoint.receive`.
    ///
    /// # Errors
    /// Where that throws: for an answer that it has no handler for, or without what it must have.
    pub(super) fn judge(
        &mut self,
        answer: Answer,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match answer {
            Answer::SubmitDriver(answer) => self.judge_submission(&answer, turn),
            Answer::KillDriver(answer) => {
                self.judge_kill(&answer, turn);
                Ok(())
            }
            Answer::DriverStatus(answer) => self.judge_status(&answer, turn),
            Answer::Flag(_)
            | Answer::Count(_)
            | Answer::KillAllDrivers(_)
            | Answer::BoundPorts(_)
            | Answer::MasterState(_)
            | Answer::WorkerState(_)
            | Answer::Session(_)
            | Answer::Latch(_) => Err(Thrown::Unhandled {
                kind: Text::new(answer.kind()),
            }),
        }
    }

    /// Spark: `ClientEndpoint.receive`, `SubmitDriverResponse`.
    fn judge_submission(
        &mut self,
        answer: &SubmitDriverResponse,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if answer.success {
            let driver = answer.driver.ok_or_else(nothing)?;
            self.driver = Some(driver);
            turn.note(ClientEvent::SubmissionAccepted { driver });
        } else if is_standby(&answer.message) {
            turn.note(ClientEvent::StandbyAnswered);
        } else {
            turn.note(ClientEvent::RequestRefused);
            self.exit(FAILURE_EXIT_CODE, turn);
        }
        Ok(())
    }

    /// Spark: `ClientEndpoint.receive`, `KillDriverResponse`.
    fn judge_kill(&mut self, answer: &KillDriverResponse, turn: &mut Turn<'_, Self>) {
        if !answer.success && is_standby(&answer.message) {
            return turn.note(ClientEvent::StandbyAnswered);
        }
        turn.note(ClientEvent::KillAnswered {
            driver: answer.driver,
            success: answer.success,
        });
        if !answer.success {
            self.exit(FAILURE_EXIT_CODE, turn);
        }
    }

    /// Spark: `ClientEndpoint.reportDriverStatus`. The standby's answer is recognised since
    /// 3.1.3 and 3.2.1 (KB-26).
    fn judge_status(
        &mut self,
        answer: &DriverStatusResponse,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let Some(driver) = self.driver else {
            return Ok(());
        };
        if answer.found {
            return self.judge_found(driver, answer, turn);
        }
        if answer.exception.as_deref().is_some_and(is_standby) {
            turn.note(ClientEvent::StandbyAnswered);
        } else {
            turn.note(ClientEvent::StatusUnknown { driver });
            self.exit(FAILURE_EXIT_CODE, turn);
        }
        Ok(())
    }

    /// A driver that ended ends the client, and so does any other unless it has to wait. The old
    /// id of a relaunched driver stays RELAUNCHING, for which a waiting client waits for ever
    /// (RD-13).
    fn judge_found(
        &mut self,
        driver: DriverId,
        answer: &DriverStatusResponse,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let state = answer.state.ok_or_else(nothing)?;
        if self.reported != Some(state) {
            self.reported = Some(state);
            turn.note(ClientEvent::StatusFound { driver, state });
        }
        if answer.exception.is_some() {
            turn.note(ClientEvent::DriverExceptionReported { driver });
            self.exit(FAILURE_EXIT_CODE, turn);
        } else if is_terminal(state) || !self.waits_for_completion() {
            self.exit(0, turn);
        }
        Ok(())
    }

    /// `spark.standalone.submit.waitAppCompletion`.
    fn waits_for_completion(&self) -> bool {
        self.settings.shared.conf.submit_wait_app_completion
    }
}

const fn is_terminal(state: DriverState) -> bool {
    match state {
        DriverState::Finished | DriverState::Failed | DriverState::Error | DriverState::Killed => {
            true
        }
        DriverState::Submitted
        | DriverState::Running
        | DriverState::Relaunching
        | DriverState::Unknown => false,
    }
}

/// Spark: `Utils.responseFromBackup`.
fn is_standby(message: &str) -> bool {
    message.starts_with(BACKUP_STANDALONE_MASTER_PREFIX)
}

/// What an empty `Option` throws when its value is read.
fn nothing() -> Thrown {
    Thrown::IllegalArgument {
        reason: Text::new("None.get"),
    }
}
