//! `deploysim master`: a live master on real TCP.

use super::environment::flag_or_variable;
use super::live::{PORTS, ProcessFlags, verdict};
use super::{Failure, Verdict};
use deploysim_nodes::live::MasterOptions;

/// Where a master listens if nobody says otherwise.
const PORT: u16 = 7077;

/// Run a live master: real TCP, the REST server, the state page.
///
/// Listens on this machine alone unless it is told otherwise. A port that is in use is named in
/// the log, and the next ones are tried. Ends on SIGTERM and SIGINT.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim master
  deploysim master --port 0 --webui-port 0 --properties-file master.conf
  deploysim master --conf spark.worker.timeout=10 --conf spark.master.rest.enabled=false
  deploysim master --host node-1 --properties-file secret.conf

Keys of the properties file and of --conf: Spark's own. spark.deploy.recoveryMode is NONE,
FILESYSTEM or ROCKSDB (both with spark.deploy.recoveryDirectory); spark.master.rest.enabled and
spark.master.rest.port (6066) are the REST server's; spark.port.maxRetries says how many ports are
tried.

spark.authenticate.secret: masters, workers and drivers have to know it, and what they say is
encrypted. The REST server then needs deploysim.rest.token, which whoever asks it has to bring
(`deploysim submit`, kill and status do). Both can be variables of the environment:
_SPARK_AUTH_SECRET, DEPLOYSIM_REST_TOKEN. spark.authenticate.secret.file names a file whose bytes
are the secret, where it is not stated.

Variables: SPARK_MASTER_HOST, SPARK_MASTER_PORT, SPARK_MASTER_WEBUI_PORT (flags win, and for the
page's port the properties file), SPARK_PUBLIC_DNS (the name in the addresses of pages).")]
pub(crate) struct Master {
    #[command(flatten)]
    process: ProcessFlags,
    /// Port for workers and drivers; 0: any free port [default: 7077].
    #[arg(long, short)]
    port: Option<u16>,
}

impl Master {
    /// Runs it until it ends.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let properties = self.process.begin()?;
        let options = MasterOptions {
            host: self.process.host("SPARK_MASTER_HOST")?,
            public_host: ProcessFlags::public_host()?,
            port: flag_or_variable(self.port, "SPARK_MASTER_PORT", PORTS)?.unwrap_or(PORT),
            web_ui_port: self.process.web_ui_port("SPARK_MASTER_WEBUI_PORT")?,
            properties,
            exposure: self.process.exposure(),
        };
        verdict(options.run()?)
    }
}
