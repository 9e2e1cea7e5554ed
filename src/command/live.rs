//! What the subcommands of the live cluster share: the flags of every process of it, and what
//! the end of one means to whoever started it.

use super::{Failure, Verdict};
use crate::logs::Logs;
use deploysim_nodes::live::{Ended, Exposure, LiveError, Properties};
use std::path::PathBuf;

/// The flags of a master and of a worker.
#[derive(Debug, clap::Args)]
pub(super) struct ProcessFlags {
    /// The name of this machine that others dial.
    #[arg(long, short = 'i', visible_alias = "ip", default_value = "127.0.0.1")]
    pub(super) host: String,
    /// Port of the state page and the state document (`/json/`), unless the properties file says
    /// it.
    #[arg(long = "webui-port", value_name = "PORT")]
    pub(super) web_ui_port: Option<u16>,
    /// Spark's configuration, in Spark's format: a key, a blank or `=`, a value.
    #[arg(long, value_name = "FILE")]
    properties_file: Option<PathBuf>,
    /// Allow a host that other machines can reach. Nobody has to prove who he is: whoever
    /// reaches a master or worker may run programs on it.
    #[arg(long)]
    insecure_public: bool,
    #[command(flatten)]
    logs: Logs,
}

impl ProcessFlags {
    /// Begins to log, and reads the properties file if there is one.
    pub(super) fn begin(&self) -> Result<Properties, Failure> {
        self.logs.begin();
        Ok(properties(self.properties_file.as_ref())?)
    }

    /// Who may reach the process.
    pub(super) const fn exposure(&self) -> Exposure {
        if self.insecure_public {
            Exposure::InsecurePublic
        } else {
            Exposure::Loopback
        }
    }
}

/// What a properties file says; nothing if there is none.
pub(super) fn properties(path: Option<&PathBuf>) -> Result<Properties, LiveError> {
    path.map_or_else(|| Ok(Properties::default()), |path| Properties::read(path))
}

/// A process that was asked to end has done what it should.
pub(super) fn verdict(ended: Ended) -> Result<Verdict, Failure> {
    match ended {
        Ended::Stopped | Ended::ByItself { code: 0 } => Ok(Verdict::Held),
        Ended::ByItself { code } => Err(Failure::Machine(format!(
            "error: the process has ended itself, as Spark's does with exit code {code}; the log \
             says why"
        ))),
    }
}

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::BadInput(text) => Self::BadInput(text),
            LiveError::Unreachable(text) | LiveError::Machine(text) => Self::Machine(text),
        }
    }
}
