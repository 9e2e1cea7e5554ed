//! `deploysim master`: a live master on real TCP.

use super::live::{ProcessFlags, verdict};
use super::{Failure, Verdict};
use deploysim_nodes::live::MasterOptions;

/// Run a live master: real TCP, the REST server, the state page.
///
/// Listens on this machine alone unless it is told otherwise. A port that is in use is named in
/// the log, and the next ones are tried. Ends on SIGTERM and SIGINT.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim master
  deploysim master --port 0 --webui-port 0 --properties-file master.conf
  deploysim master --host node-1 --insecure-public

Keys of the properties file: Spark's own. spark.deploy.recoveryMode is NONE, FILESYSTEM or
ROCKSDB (both with spark.deploy.recoveryDirectory); spark.master.rest.enabled and spark.master.rest.port (6066) are
the REST server's; spark.port.maxRetries says how many ports are tried.")]
pub(crate) struct Master {
    #[command(flatten)]
    process: ProcessFlags,
    /// Port for workers and drivers; 0: any free port.
    #[arg(long, short, default_value_t = 7077)]
    port: u16,
}

impl Master {
    /// Runs it until it ends.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let properties = self.process.begin()?;
        let options = MasterOptions {
            host: self.process.host.clone(),
            port: self.port,
            web_ui_port: self.process.web_ui_port,
            properties,
            exposure: self.process.exposure(),
        };
        verdict(options.run()?)
    }
}
