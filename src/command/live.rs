//! What the subcommands of the live cluster share: the flags of every process of it, and what
//! the end of one means to whoever started it.

use super::environment::flag_or_variable;
use super::{Failure, Verdict};
use crate::logs::Logs;
use deploysim_nodes::live::{Ended, Exposure, LiveError, Properties};
use std::path::PathBuf;

/// What a port can be.
pub(super) const PORTS: &str = "0 to 65535";

/// The flags of a master and of a worker.
#[derive(Debug, clap::Args)]
pub(super) struct ProcessFlags {
    /// The name of this machine that others dial.
    /// [default: 127.0.0.1].
    #[arg(long, short = 'i', visible_alias = "ip")]
    host: Option<String>,
    /// Port of the state page and the state document (`/json/`), unless the properties file says
    /// it.
    #[arg(long = "webui-port", value_name = "PORT")]
    web_ui_port: Option<u16>,
    /// Spark's configuration, in Spark's format: a key, a blank or `=`, a value.
    #[arg(long, value_name = "FILE")]
    properties_file: Option<PathBuf>,
    /// A key of Spark's configuration (repeatable); wins over the properties file.
    #[arg(long = "conf", value_name = "KEY=VALUE", value_parser = pair)]
    conf: Vec<(String, String)>,
    /// Allow a host that other machines can reach although nobody has to prove who he is: whoever
    /// reaches a master or worker may run programs on it. Not needed with a secret.
    #[arg(long)]
    insecure_public: bool,
    #[command(flatten)]
    logs: Logs,
}

impl ProcessFlags {
    /// Begins to log, and reads the properties file if there is one.
    pub(super) fn begin(&self) -> Result<Properties, Failure> {
        self.logs.begin();
        Ok(properties(self.properties_file.as_ref())?.and(&self.conf)?)
    }

    /// The name of this machine that others dial: the flag's, the variable's, or the loopback's.
    pub(super) fn host(&self, variable: &str) -> Result<String, Failure> {
        let host = flag_or_variable(self.host.clone(), variable, "a host")?;
        Ok(host.unwrap_or_else(|| "127.0.0.1".to_owned()))
    }

    /// The port of the page, if a flag or the variable says it.
    pub(super) fn web_ui_port(&self, variable: &str) -> Result<Option<u16>, Failure> {
        flag_or_variable(self.web_ui_port, variable, PORTS)
    }

    /// The name of this machine in the addresses of pages.
    pub(super) fn public_host() -> Result<Option<String>, Failure> {
        flag_or_variable(None, "SPARK_PUBLIC_DNS", "a host")
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

/// A key and its value, as `--conf` takes them.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
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
