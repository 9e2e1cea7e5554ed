//! Nodes as processes of this machine: the same Master and Worker on real TCP, with real files,
//! children and signals. What a node decides is not here; this is a world like the simulated
//! ones, and a process of it hosts one node in the shell.
//!
//! | Concern | File |
//! |---|---|
//! | what a master or a worker is started with | `master.rs`, `worker.rs` |
//! | one process: its node, its servers, its signals | `hosting.rs`, `resident.rs` |
//! | which ports are tried, who may reach them | `ports.rs` |
//! | Spark's properties files | `properties.rs` |
//! | what proves who somebody is | `secrets.rs` |
//! | what is logged | `journal.rs` |
//! | a persistence engine's files | `folder.rs` |
//! | children: what is run, by whom, and who ends it | `program.rs`, `python.rs`, `children.rs`, `guardian.rs` |
//! | what a program consists of, and what it may use | `resources.rs`, `limits.rs` |
//! | which directories are deleted | `cleanup.rs` |
//! | who speaks to a REST server, and to masters without one | `client.rs`, `submission.rs` |
//! | a question on HTTP, also for a state document | `asking.rs` |

mod asking;
mod children;
mod cleanup;
mod client;
mod folder;
mod guardian;
mod hosting;
mod journal;
mod limits;
mod master;
mod ports;
mod program;
mod properties;
mod python;
mod resident;
mod resources;
mod secrets;
mod submission;
#[cfg(test)]
mod tests;
mod worker;

pub use crate::gateway::{TOKEN, is_confidential};
pub use asking::state_document;
pub use client::{Client, Reply, Submission};
pub use guardian::{FAILED, STARTED, guard};
pub use limits::ChildLimit;
pub use master::MasterOptions;
pub use ports::Exposure;
pub use properties::Properties;
pub use secrets::Token;
pub use submission::{Outcome, Patience, ProtocolClient};
pub use worker::{WorkerOptions, masters_in};

use std::fmt;

/// How a process ended that began well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A signal asked it to.
    Stopped,
    /// Its node ended it, with this exit code in Spark.
    ByItself {
        /// The code.
        code: i32,
    },
}

/// Why a process did not begin, or could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveError {
    /// An argument or a file is wrong; what to say.
    BadInput(String),
    /// Nobody answers where somebody should, as far as is known; what to say.
    Unreachable(String),
    /// The machine failed; what to say.
    Machine(String),
}

/// A configuration that cannot be meant; what to say.
fn wrong(what: String) -> LiveError {
    LiveError::BadInput(format!("error: {what}"))
}

impl fmt::Display for LiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadInput(text) | Self::Unreachable(text) | Self::Machine(text) => {
                formatter.write_str(text)
            }
        }
    }
}

impl std::error::Error for LiveError {}
