//! What an executor's process receives.

use serde::{Deserialize, Serialize};

/// One-way messages to an executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ToExecutor {
    /// End with code 0. Driver → Executor.
    StopExecutor,
}

impl ToExecutor {
    /// The name of this kind of message, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::StopExecutor => "StopExecutor",
        }
    }
}
