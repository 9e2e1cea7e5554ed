//! What a state means to a reader, at a glance: the colour of its name on a page.

use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};

/// How a state is to be taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    /// All is as it should be.
    Good,
    /// Something is lost or has failed.
    Bad,
    /// It is on its way to something else.
    Pending,
    /// It is over, as somebody wanted.
    Over,
}

impl Tone {
    /// Its name in the style.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Pending => "pending",
            Self::Over => "over",
        }
    }
}

impl From<MasterState> for Tone {
    fn from(state: MasterState) -> Self {
        match state {
            MasterState::Alive => Self::Good,
            MasterState::Recovering | MasterState::CompletingRecovery => Self::Pending,
            MasterState::Standby => Self::Over,
        }
    }
}

impl From<WorkerState> for Tone {
    fn from(state: WorkerState) -> Self {
        match state {
            WorkerState::Alive => Self::Good,
            WorkerState::Dead => Self::Bad,
            WorkerState::Unknown => Self::Pending,
            WorkerState::Decommissioned => Self::Over,
        }
    }
}

impl From<ApplicationState> for Tone {
    fn from(state: ApplicationState) -> Self {
        match state {
            ApplicationState::Running => Self::Good,
            ApplicationState::Failed => Self::Bad,
            ApplicationState::Waiting | ApplicationState::Unknown => Self::Pending,
            ApplicationState::Finished | ApplicationState::Killed => Self::Over,
        }
    }
}

impl From<DriverState> for Tone {
    fn from(state: DriverState) -> Self {
        match state {
            DriverState::Running => Self::Good,
            DriverState::Failed | DriverState::Error => Self::Bad,
            DriverState::Submitted | DriverState::Relaunching | DriverState::Unknown => {
                Self::Pending
            }
            DriverState::Finished | DriverState::Killed => Self::Over,
        }
    }
}

impl From<ExecutorState> for Tone {
    fn from(state: ExecutorState) -> Self {
        match state {
            ExecutorState::Running => Self::Good,
            ExecutorState::Failed | ExecutorState::Lost => Self::Bad,
            ExecutorState::Launching => Self::Pending,
            ExecutorState::Killed | ExecutorState::Exited | ExecutorState::Decommissioned => {
                Self::Over
            }
        }
    }
}
