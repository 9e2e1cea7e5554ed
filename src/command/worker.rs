//! `deploysim worker`: a live worker on real TCP, whose children are real processes.

use super::environment::flag_or_variable;
use super::live::{PORTS, ProcessFlags, verdict};
use super::{Failure, Verdict};
use deploysim_nodes::live::WorkerOptions;
use std::path::PathBuf;

/// Run a live worker: real TCP, real child processes, the state page.
///
/// Listens on this machine alone unless it is told otherwise. Ends on SIGTERM and SIGINT, after
/// its children have ended; a second signal does not wait for them. Its children end with it,
/// however it ends.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim worker spark://127.0.0.1:7077
  deploysim worker spark://127.0.0.1:7077,127.0.0.1:7078 --cores 4 --memory 2g --work-dir work

What is run for a submitted driver, the first that fits: the driver's property
deploysim.driver.command, a line in which {{MAIN_CLASS}}, {{USER_JAR}}, {{WORKER_URL}} and
{{ARGS}} are filled in; `java` for a .jar; `python3` for a .py; an executable file itself.
The program may be an http: resource. For an executor its application's command is run, or
deploysim.executor.command of the properties file; {{WORKER_URL}}, {{EXECUTOR_ID}},
{{HOSTNAME}}, {{CORES}}, {{APP_ID}} and {{DRIVER_URL}} are filled in.

Keys of the properties file: Spark's own, for example spark.worker.cleanup.interval and
spark.worker.cleanup.appDataTtl (seconds), by which directories of what has ended are deleted;
and ours, none of which is set unless you do:
  deploysim.child.cpuTimeMax       processor time of each process of a child, for example 10min
  deploysim.child.memoryMax        its address space, for example 4g; java takes more than its heap
  deploysim.child.fileSizeMax      the longest file that it writes
  deploysim.child.coreSizeMax      the longest core dump; 0: none
  deploysim.child.openFilesMax     files that it has open at one time
  deploysim.fetch.sizeMax          the longest http: resource [default: 1g]
  deploysim.fetch.timeout          how long one may take [default: 5min]
  deploysim.executor.command       what is run for every executor

A master with a secret wants the same spark.authenticate.secret here, in the properties file or
as the variable _SPARK_AUTH_SECRET; children find it in that variable.

Variables: SPARK_LOCAL_HOSTNAME, SPARK_WORKER_PORT, SPARK_WORKER_WEBUI_PORT, SPARK_WORKER_CORES,
SPARK_WORKER_MEMORY, SPARK_WORKER_DIR (flags win, and for the page's port the properties file),
SPARK_PUBLIC_DNS (the name in the addresses of pages).")]
pub(crate) struct Worker {
    /// The masters: spark://host:port, or several as spark://a:7077,b:7077.
    #[arg(value_name = "MASTER")]
    masters: String,
    #[command(flatten)]
    process: ProcessFlags,
    /// Port for masters; 0: any free port [default: 0].
    #[arg(long, short)]
    port: Option<u16>,
    /// Cores to offer [default: the machine's].
    #[arg(long, short, value_name = "N")]
    cores: Option<u32>,
    /// Memory to offer, for example 512m or 2g [default: the machine's, without 1 GiB].
    #[arg(long, short, value_name = "SIZE")]
    memory: Option<String>,
    /// The folder in which each child has a folder of its own [default: work].
    #[arg(long = "work-dir", short = 'd', value_name = "DIR")]
    work_directory: Option<PathBuf>,
}

impl Worker {
    /// Runs it until it ends.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let properties = self.process.begin()?;
        let options = WorkerOptions {
            masters: self.masters.clone(),
            host: self.process.host("SPARK_LOCAL_HOSTNAME")?,
            public_host: ProcessFlags::public_host()?,
            port: flag_or_variable(self.port, "SPARK_WORKER_PORT", PORTS)?.unwrap_or(0),
            web_ui_port: self.process.web_ui_port("SPARK_WORKER_WEBUI_PORT")?,
            cores: flag_or_variable(self.cores, "SPARK_WORKER_CORES", "a number above 0")?,
            memory: flag_or_variable(self.memory.clone(), "SPARK_WORKER_MEMORY", "a size")?,
            work_directory: flag_or_variable(
                self.work_directory.clone(),
                "SPARK_WORKER_DIR",
                "a folder",
            )?
            .unwrap_or_else(|| PathBuf::from("work")),
            properties,
            exposure: self.process.exposure(),
        };
        verdict(options.run()?)
    }
}
