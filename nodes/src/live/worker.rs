//! A live worker: its ports, what it offers, its work directory and its page.
//! Spark: `Worker.startRpcEnvAndEndpoint`, `WorkerArguments`.

use super::children::Children;
use super::hosting::{Beginning, on_this_thread, run};
use super::limits::child_limits;
use super::ports::{Exposure, Proof, listen, names, page_url};
use super::program::Site;
use super::properties::Properties;
use super::resources::Fetching;
use super::secrets::Secret;
use super::{Ended, LiveError};
use crate::gateway::{Admission, Form, Guarded, WorkerPages};
use crate::hosted::{AnyNode, Happening};
use crate::settings::{Settings, Shared};
use crate::shell::Command;
use crate::store::NoStore;
use crate::worker::{Worker, WorkerOperation, WorkerSettings};
use deploysim_protocol::address::Address;
use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::text::Text;
use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use tokio::sync::mpsc;
use tracing::info;

/// What the system keeps of a machine's memory, and the least that a worker offers.
/// Spark: `WorkerArguments.inferDefaultMemory`.
const SYSTEM_MEMORY_MIB: u64 = 1024;

/// What a worker is started with.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The masters, as `spark://a:7077,b:7077`.
    pub masters: String,
    /// The name of this machine that others dial.
    pub host: String,
    /// The name of this machine in the addresses of pages; nothing: `host`.
    pub public_host: Option<String>,
    /// Where it listens; 0: anywhere.
    pub port: u16,
    /// Where its page is, unless the properties say it.
    pub web_ui_port: Option<u16>,
    /// Cores that it offers; nothing: the machine's.
    pub cores: Option<u32>,
    /// Memory that it offers, as Spark writes it; nothing: the machine's, without 1 GiB.
    pub memory: Option<String>,
    /// The folder in which each child has its own.
    pub work_directory: PathBuf,
    /// Spark's configuration.
    pub properties: Properties,
    /// Who may reach it.
    pub exposure: Exposure,
}

impl WorkerOptions {
    /// Runs a worker on this thread until it ends.
    ///
    /// # Errors
    /// If it cannot begin, or its page fails.
    pub fn run(&self) -> Result<Ended, LiveError> {
        let conf = self.properties.conf()?;
        let masters = masters_in(&self.masters)?;
        let (cores, memory_mib) = (self.cores()?, self.memory_mib()?);
        let secret = Secret::find(&self.properties, |name| std::env::var_os(name))?;
        self.exposure
            .check(&self.host, Proof::by(secret.as_ref()))?;
        let work = self.work_directory.display();
        fs::create_dir_all(&self.work_directory)
            .map_err(|error| LiveError::Machine(format!("error: {work}: {error}")))?;
        let work = fs::canonicalize(&self.work_directory)
            .map_err(|error| LiveError::Machine(format!("error: {work}: {error}")))?;
        let settings = WorkerSettings {
            cores,
            memory_mib,
            resources: offered(&conf),
            masters: masters.into(),
            web_ui_url: Text::new(""),
            shared: Shared::new(Settings {
                conf: conf.clone(),
                behaviour: Behaviour::default(),
            }),
        };
        on_this_thread(self.live(conf, settings, work, secret))
    }

    async fn live(
        &self,
        conf: Conf,
        settings: WorkerSettings,
        work: PathBuf,
        secret: Option<Secret>,
    ) -> Result<Ended, LiveError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let key = secret.as_ref().map(Secret::key);
        let is_authenticated = secret.is_some();
        let children = self.children(work, secret, &conf, sender.clone())?;
        let retries = conf.port_max_retries;
        let (listener, address) = listen("sparkWorker", &self.host, self.port, retries).await?;
        let pages_port = self.properties.value("spark.worker.ui.port");
        let pages_port = match (pages_port, self.web_ui_port) {
            (None, Some(port)) => port,
            (Some(_), _) | (None, None) => conf.worker_ui_port,
        };
        let (pages, pages_at) = listen("WorkerUI", &self.host, pages_port, retries).await?;
        info!(
            url = address.to_spark_url(),
            webui = %format_args!("http://{pages_at}"),
            authenticated = is_authenticated,
            cores = settings.cores,
            memory_mib = settings.memory_mib,
            work = %children.site.work.display(),
            "worker listens"
        );
        let settings = WorkerSettings {
            web_ui_url: page_url(&self.host, self.public_host.as_ref(), pages_at.port),
            ..settings
        };
        let admission = Admission {
            names: names(&self.host, self.public_host.as_ref()),
            token: None,
            form: Form::Page,
        };
        let pages_server = Guarded {
            server: WorkerPages,
            admission,
        };
        let beginning = Beginning {
            node: AnyNode::Worker(Box::new(Worker::new(settings))),
            store: Box::new(NoStore),
            address,
            listener,
            key,
            pages: Some((pages, pages_server)),
            rest: None,
            children: Some(children),
            witness: None,
            first: vec![Happening::Started],
            farewell: Some(WorkerOperation::StopPolitely),
            commands: (sender, receiver),
        };
        run(beginning, &conf).await
    }

    fn children(
        &self,
        work: PathBuf,
        secret: Option<Secret>,
        conf: &Conf,
        commands: mpsc::UnboundedSender<Command>,
    ) -> Result<Children, LiveError> {
        let executor_command = self.properties.value("deploysim.executor.command");
        let site = Site {
            work,
            executor_command: executor_command.map(str::to_owned),
            fetching: Fetching::of(&self.properties)?,
            secret,
        };
        Ok(Children {
            site: Rc::new(site),
            limits: child_limits(&self.properties)?.into(),
            cleanup_age: conf.cleanup_app_data_ttl,
            is_cleaning: Rc::default(),
            commands,
            running: Rc::default(),
            waiting: RefCell::default(),
        })
    }

    fn cores(&self) -> Result<i32, LiveError> {
        let own = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let cores = self
            .cores
            .map_or_else(|| i32::try_from(own()), i32::try_from);
        let cores = cores.ok().filter(|cores| *cores > 0);
        cores.ok_or_else(|| {
            LiveError::BadInput(format!("error: --cores: allowed is 1 to {}", i32::MAX))
        })
    }

    fn memory_mib(&self) -> Result<i32, LiveError> {
        let Some(text) = &self.memory else {
            return Ok(machine_memory_mib());
        };
        // Spark: `WorkerArguments.checkWorkerMemory`.
        let memory_mib = crate::gateway::memory_mib(text).filter(|memory| *memory > 0);
        memory_mib.ok_or_else(|| {
            LiveError::BadInput(format!(
                "error: --memory {text}: allowed is a number with a unit (k, m, g, t), at least 1m"
            ))
        })
    }
}

/// What a machine offers if nobody says otherwise.
fn machine_memory_mib() -> i32 {
    let system = rustix::system::sysinfo();
    #[expect(
        clippy::useless_conversion,
        reason = "the system's word is 32 bits wide on some machines"
    )]
    let total_bytes = u64::from(system.totalram).saturating_mul(u64::from(system.mem_unit));
    let offered = (total_bytes >> 20).saturating_sub(SYSTEM_MEMORY_MIB);
    i32::try_from(offered.max(SYSTEM_MEMORY_MIB)).unwrap_or(i32::MAX)
}

/// The addresses in a master URL. Spark: `Utils.parseStandaloneMasterUrls`.
///
/// # Errors
/// If it is none.
pub fn masters_in(url: &str) -> Result<Vec<Address>, LiveError> {
    let wrong = |what: &str| {
        LiveError::BadInput(format!(
            "error: `{what}` is not a master URL: allowed is spark://host:port[,host:port…]"
        ))
    };
    let list = url.strip_prefix("spark://").ok_or_else(|| wrong(url))?;
    let addresses = list.split(',').map(|one| {
        let address: Result<Address, _> = one.parse();
        address.map_err(|_| wrong(url))
    });
    addresses.collect()
}

/// Named resources. **Differs:** a worker does not discover them; they are counted in its
/// configuration.
fn offered(conf: &Conf) -> Resources {
    let offered = conf.worker_resources.iter().map(|(name, count)| {
        let addresses = (0..*count).map(|address| Text::new(&address.to_string()));
        ResourceInformation {
            name: Text::new(name),
            addresses: addresses.collect(),
        }
    });
    Resources(offered.collect())
}
