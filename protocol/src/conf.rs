//! Spark's configuration keys of the deploy protocol, typed, with Spark's defaults.
//!
//! One table (below) drives everything: the fields of [`Conf`], the defaults, the reading of
//! texts, and the descriptions that documents and error messages use. How a single value is
//! written is in `conf/value.rs`. Nothing here reads a file or the environment.

mod key;
mod value;

pub use key::{Key, PatternKey, Rule, Unit};
pub use value::{ConfError, ConfValue, parse_duration, parse_memory_mib, show_duration};

use key::{Setting, checked};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long an executor's process is given to end politely, and again after it was forced.
/// A constant in Spark: `ExecutorRunner.EXECUTOR_TERMINATE_TIMEOUT_MS`.
pub const EXECUTOR_TERMINATE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an application client waits for an answer to its registration. A constant in
/// Spark: `StandaloneAppClient.REGISTRATION_TIMEOUT_SECONDS`.
pub const APPLICATION_REGISTRATION_TIMEOUT: Duration = Duration::from_secs(20);
/// How often an application client tries to register. A constant in Spark:
/// `StandaloneAppClient.REGISTRATION_RETRIES`.
pub const APPLICATION_REGISTRATION_ATTEMPTS: u32 = 3;
/// How long the submission client waits for an answer, whatever `spark.rpc.askTimeout` says.
/// Spark: `deploy.Client` sets the key to 10 s for itself.
pub const SUBMISSION_ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// Which persistence engine and election a master uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecoveryMode {
    /// Nothing is kept; a master leads at once.
    #[default]
    None,
    /// One file per record.
    Filesystem,
    /// Records and election in ZooKeeper.
    Zookeeper,
    /// An embedded key-value store.
    Rocksdb,
    /// A class of the user's.
    Custom,
}

/// In which order workers are tried for executors. Spark: `WorkerSelectionPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WorkerSelectionPolicy {
    /// Fewest free cores first, ties by ascending id.
    CoresFreeAsc,
    /// Most free cores first, ties by descending id.
    #[default]
    CoresFreeDesc,
    /// Least free memory first, ties by ascending id.
    MemoryFreeAsc,
    /// Most free memory first, ties by descending id.
    MemoryFreeDesc,
    /// Ascending id.
    WorkerId,
}

/// Who may decommission workers through the master's web page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DecommissionAllowMode {
    /// Everybody.
    Allow,
    /// Whoever asks from the master's own machine.
    #[default]
    Local,
    /// Nobody.
    Deny,
}

macro_rules! conf {
    ($($(#[$doc:meta])* $field:ident : $type:ty = $default:expr,
        [$name:literal $(, $alias:literal)*], $unit:expr, $rule:expr, $since:literal, $used:literal;)*) => {
        /// Spark's configuration of the deploy protocol: one field per key.
        ///
        /// ```
        /// use deploysim_protocol::conf::{Conf, ConfValue};
        /// let mut conf = Conf::default();
        /// conf.set("spark.worker.timeout", &ConfValue::Text("90s".to_owned()))?;
        /// assert_eq!(conf.heartbeat_interval().as_millis(), 22_500);
        /// # Ok::<(), deploysim_protocol::conf::ConfError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct Conf {
            $($(#[$doc])* #[doc = concat!("\n\n`", $name, "`")] pub $field: $type,)*
            /// Named resources (gpu …) that a submitted driver asks for.
            /// `spark.driver.resource.<name>.amount`
            pub driver_resources: BTreeMap<String, u32>,
            /// Named resources that each executor asks for.
            /// `spark.executor.resource.<name>.amount`
            pub executor_resources: BTreeMap<String, u32>,
            /// Named resources that a worker offers. `spark.worker.resource.<name>.amount`
            pub worker_resources: BTreeMap<String, u32>,
        }

        /// Every value as Spark 4.3.0 has it when nothing is configured.
        impl Default for Conf {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                    driver_resources: BTreeMap::new(),
                    executor_resources: BTreeMap::new(),
                    worker_resources: BTreeMap::new(),
                }
            }
        }

        static KEYS: &[Key] = &[$(Key {
            name: $name,
            aliases: &[$($alias),*],
            unit: $unit,
            rule: $rule,
            since: $since,
            used_in: $used,
            read: |conf, value| checked::<$type>(value, $unit, $rule).map(|read| conf.$field = read),
            show: |conf| conf.$field.show($unit),
        }),*];
    };
}

use DecommissionAllowMode as AllowMode;
use Rule::{Any, AtLeast, NoWhitespace};

conf! {
    /// How long a worker may stay silent; also the period of the check, and four heartbeats.
    worker_timeout: Duration = Duration::from_secs(60),
        ["spark.worker.timeout"], Unit::Seconds, AtLeast(4), "0.6", "reaper period and limit, heartbeat period";
    /// For how many periods a DEAD worker stays listed.
    dead_worker_persistence: u32 = 15,
        ["spark.dead.worker.persistence"], Unit::Count, Any, "0.8", "forgetting dead workers";
    /// The persistence engine and election.
    recovery_mode: RecoveryMode = RecoveryMode::None,
        ["spark.deploy.recoveryMode"], Unit::Word, Any, "0.8.1", "start of a master";
    /// The user's engine, for [`RecoveryMode::Custom`].
    recovery_mode_factory: String = String::new(),
        ["spark.deploy.recoveryMode.factory"], Unit::Text, Any, "1.2", "start of a master";
    /// Where the engine keeps its files.
    recovery_directory: String = String::new(),
        ["spark.deploy.recoveryDirectory"], Unit::Text, Any, "0.8.1", "persistence engine";
    /// Codec of the file engine; absent: not compressed.
    recovery_compression_codec: Option<String> = None,
        ["spark.deploy.recoveryCompressionCodec"], Unit::Text, Any, "4.0", "persistence engine";
    /// How long a recovering master waits; absent: as long as the worker time-out. Ask
    /// [`Conf::recovery_timeout`].
    recovery_timeout_or_worker: Option<Duration> = None,
        ["spark.deploy.recoveryTimeout"], Unit::Seconds, AtLeast(1), "4.0", "recovery";
    /// The ZooKeeper ensemble.
    zookeeper_url: Option<String> = None,
        ["spark.deploy.zookeeper.url"], Unit::Text, Any, "0.8.1", "election, persistence engine";
    /// The ZooKeeper directory.
    zookeeper_directory: String = "/spark".to_owned(),
        ["spark.deploy.zookeeper.dir"], Unit::Text, Any, "0.8.1", "election, persistence engine";
    /// How many ended applications a master remembers.
    retained_applications: u32 = 200,
        ["spark.deploy.retainedApplications"], Unit::Count, Any, "0.8", "end of an application";
    /// How many ended submitted drivers a master remembers.
    retained_drivers: u32 = 200,
        ["spark.deploy.retainedDrivers"], Unit::Count, Any, "1.1", "end of a submitted driver";
    /// After how many failed executors in a row an application is removed; negative: never.
    max_executor_retries: i32 = 10,
        ["spark.deploy.maxExecutorRetries"], Unit::Count, Any, "1.6.3", "executor state changes";
    /// Whether an application's executors are spread over many workers.
    spread_out_applications: bool = true,
        ["spark.deploy.spreadOutApps", "spark.deploy.spreadOut"], Unit::Word, Any, "0.6.1", "executor placement";
    /// Whether submitted drivers are spread over the workers; false: first fit by id.
    spread_out_drivers: bool = true,
        ["spark.deploy.spreadOutDrivers"], Unit::Word, Any, "4.0", "driver placement";
    /// In which order workers are tried for executors.
    worker_selection_policy: WorkerSelectionPolicy = WorkerSelectionPolicy::CoresFreeDesc,
        ["spark.deploy.workerSelectionPolicy"], Unit::Word, Any, "4.0", "executor placement";
    /// Cores of an application that states no maximum.
    default_cores: u32 = i32::MAX as u32,
        ["spark.deploy.defaultCores"], Unit::Cores, AtLeast(1), "0.9", "requested cores of an application";
    /// How many submitted drivers may run at a time.
    max_drivers: u32 = i32::MAX as u32,
        ["spark.deploy.maxDrivers"], Unit::Count, AtLeast(1), "4.0", "driver placement";
    /// Where the counter in application ids wraps around; absent: never.
    app_number_modulo: Option<u32> = None,
        ["spark.deploy.appNumberModulo"], Unit::Count, AtLeast(1000), "4.0", "application ids";
    /// Java format string of driver ids: stamp, counter.
    driver_id_pattern: String = "driver-%s-%04d".to_owned(),
        ["spark.deploy.driverIdPattern"], Unit::Text, NoWhitespace, "4.0", "driver ids";
    /// Java format string of application ids: stamp, counter.
    app_id_pattern: String = "app-%s-%04d".to_owned(),
        ["spark.deploy.appIdPattern"], Unit::Text, NoWhitespace, "4.0", "application ids";
    /// Java format string of worker ids: stamp, host, port.
    worker_id_pattern: String = "worker-%s-%s-%d".to_owned(),
        ["spark.worker.idPattern"], Unit::Text, NoWhitespace, "4.0", "worker ids";
    /// Whether an application's id is its name, in lower case and without blanks.
    use_app_name_as_app_id: bool = false,
        ["spark.master.useAppNameAsAppId.enabled"], Unit::Word, Any, "4.0", "application ids";
    /// After how many registration retries a worker slows down.
    initial_registration_retries: u32 = 6,
        ["spark.worker.initialRegistrationRetries"], Unit::Count, Any, "4.0", "registration of a worker";
    /// After how many registration retries in total a worker gives up.
    max_registration_retries: u32 = 16,
        ["spark.worker.maxRegistrationRetries"], Unit::Count, Any, "4.0", "registration of a worker";
    /// Whether a worker goes back to the address it was configured with.
    prefer_configured_master_address: bool = false,
        ["spark.worker.preferConfiguredMasterAddress"], Unit::Word, Any, "2.2", "registration of a worker";
    /// How often a worker reports one executor state in vain before it gives up.
    executor_state_sync_max_attempts: u32 = 5,
        ["spark.worker.executorStateSync.maxAttempts"], Unit::Count, Any, "3.3", "reports of executor states";
    /// How long a submitted driver's process is given to end politely.
    driver_terminate_timeout: Duration = Duration::from_secs(10),
        ["spark.worker.driverTerminateTimeout"], Unit::Seconds, Any, "2.1.2", "driver runner";
    /// Whether a worker cleans its work directory.
    cleanup_enabled: bool = true,
        ["spark.worker.cleanup.enabled"], Unit::Word, Any, "1.0", "work directory cleanup";
    /// How often a worker cleans its work directory.
    cleanup_interval: Duration = Duration::from_secs(1800),
        ["spark.worker.cleanup.interval"], Unit::Seconds, AtLeast(1), "1.0", "work directory cleanup";
    /// How long an application's directory is kept.
    cleanup_app_data_ttl: Duration = Duration::from_secs(604_800),
        ["spark.worker.cleanup.appDataTtl"], Unit::Seconds, Any, "1.0", "work directory cleanup";
    /// How many ended executors a worker remembers.
    worker_retained_executors: u32 = 1000,
        ["spark.worker.ui.retainedExecutors"], Unit::Count, Any, "1.5", "books of a worker";
    /// How many ended submitted drivers a worker remembers.
    worker_retained_drivers: u32 = 1000,
        ["spark.worker.ui.retainedDrivers"], Unit::Count, Any, "1.5", "books of a worker";
    /// The signal that decommissions a worker.
    decommission_signal: String = "PWR".to_owned(),
        ["spark.worker.decommission.signal"], Unit::Text, Any, "3.2", "decommission";
    /// Whether workers can be decommissioned.
    decommission_enabled: bool = false,
        ["spark.decommission.enabled"], Unit::Word, Any, "3.1", "decommission";
    /// Who may decommission workers through the master's web page.
    decommission_allow_mode: DecommissionAllowMode = AllowMode::Local,
        ["spark.master.ui.decommission.allow.mode"], Unit::Word, Any, "3.1", "web actions";
    /// Whether a worker cleans up after an executor that ended.
    cleanup_files_after_executor_exit: bool = true,
        ["spark.storage.cleanupFilesAfterExecutorExit"], Unit::Word, Any, "2.4", "end of an executor on its worker";
    /// File that describes a worker's named resources.
    worker_resources_file: Option<String> = None,
        ["spark.worker.resourcesFile"], Unit::Text, Any, "3.0", "start of a worker";
    /// Whether a master has a REST server. (False from 2.4 to 4.1; true was measured on 4.3.0.)
    rest_enabled: bool = true,
        ["spark.master.rest.enabled"], Unit::Word, Any, "1.3", "REST";
    /// Port of the REST server.
    rest_port: u16 = 6066,
        ["spark.master.rest.port"], Unit::Port, Any, "1.3", "REST";
    /// Host of the REST server; absent: the master's.
    rest_host: Option<String> = None,
        ["spark.master.rest.host"], Unit::Text, Any, "4.0", "REST";
    /// Port of the master's web page.
    master_ui_port: u16 = 8080,
        ["spark.master.ui.port"], Unit::Port, Any, "1.1", "web pages";
    /// Port of a worker's web page.
    worker_ui_port: u16 = 8081,
        ["spark.worker.ui.port"], Unit::Port, Any, "1.1", "web pages";
    /// Whether web pages offer to kill.
    ui_kill_enabled: bool = true,
        ["spark.ui.killEnabled"], Unit::Word, Any, "1.0", "web actions";
    /// How long an ask waits for its answer; absent: the network time-out. Ask
    /// [`Conf::ask_timeout`].
    ask_timeout_or_network: Option<Duration> = None,
        ["spark.rpc.askTimeout"], Unit::Seconds, AtLeast(1), "1.4", "every ask";
    /// How long a connection on which an ask waits may stay idle.
    network_timeout: Duration = Duration::from_secs(120),
        ["spark.network.timeout"], Unit::Seconds, AtLeast(1), "1.3", "asks and connections";
    /// How many further ports are tried when one is taken.
    port_max_retries: u32 = 16,
        ["spark.port.maxRetries"], Unit::Count, Any, "1.1", "binding of ports";
    /// Most cores of an application; absent: the master's default.
    cores_max: Option<u32> = None,
        ["spark.cores.max"], Unit::Cores, AtLeast(1), "0.6", "application description";
    /// Cores per executor; absent: what a worker has free.
    executor_cores: Option<u32> = None,
        ["spark.executor.cores"], Unit::Cores, AtLeast(1), "1.4", "application description";
    /// Memory per executor, in MiB.
    executor_memory_mib: u32 = 1024,
        ["spark.executor.memory"], Unit::Mebibytes, Any, "0.7", "application description";
    /// Cores of a submitted driver.
    driver_cores: u32 = 1,
        ["spark.driver.cores"], Unit::Cores, Any, "1.3", "submission";
    /// Memory of a submitted driver, in MiB.
    driver_memory_mib: u32 = 1024,
        ["spark.driver.memory"], Unit::Mebibytes, Any, "1.1", "submission";
    /// Whether a submitted driver is restarted when it fails.
    driver_supervise: bool = false,
        ["spark.driver.supervise"], Unit::Word, Any, "1.3", "submission";
    /// Whether applications ask for executors as they need them.
    dynamic_allocation_enabled: bool = false,
        ["spark.dynamicAllocation.enabled"], Unit::Word, Any, "1.5", "scheduler backend";
    /// Fewest executors under dynamic allocation.
    dynamic_allocation_min_executors: u32 = 0,
        ["spark.dynamicAllocation.minExecutors"], Unit::Count, Any, "1.5", "dynamic allocation";
    /// Executors to begin with; absent: the fewest. Ask [`Conf::initial_executors`].
    dynamic_allocation_initial_executors: Option<u32> = None,
        ["spark.dynamicAllocation.initialExecutors"], Unit::Count, Any, "1.5", "dynamic allocation";
    /// Most executors; absent: no limit.
    dynamic_allocation_max_executors: Option<u32> = None,
        ["spark.dynamicAllocation.maxExecutors"], Unit::Count, AtLeast(1), "1.5", "dynamic allocation";
    /// How long tasks wait until more executors are asked for.
    dynamic_allocation_backlog_timeout: Duration = Duration::from_secs(1),
        ["spark.dynamicAllocation.schedulerBacklogTimeout"], Unit::Seconds, AtLeast(1), "1.5", "dynamic allocation";
    /// How long they wait on until still more are; absent: as long as at first.
    dynamic_allocation_sustained_backlog_timeout: Option<Duration> = None,
        ["spark.dynamicAllocation.sustainedSchedulerBacklogTimeout"], Unit::Seconds, AtLeast(1), "1.5", "dynamic allocation";
    /// How long an executor may have nothing to do.
    dynamic_allocation_idle_timeout: Duration = Duration::from_secs(60),
        ["spark.dynamicAllocation.executorIdleTimeout"], Unit::Seconds, Any, "1.5", "dynamic allocation";
    /// Whether the submission client waits for the driver's end.
    submit_wait_app_completion: bool = false,
        ["spark.standalone.submit.waitAppCompletion"], Unit::Word, Any, "3.1", "submission client";
}

impl Conf {
    /// Sets one key.
    ///
    /// # Errors
    /// If the key is unknown, or the value has the wrong form or range. The configuration is
    /// then unchanged.
    pub fn set(&mut self, name: &str, value: &ConfValue) -> Result<(), ConfError> {
        if let Some(key) = Self::key(name) {
            return (key.read)(self, value).map_err(|allowed| ConfError::Value {
                key: name.to_owned(),
                found: value.clone(),
                allowed,
            });
        }
        let Some((pattern, resource)) = PatternKey::of(name) else {
            return Err(ConfError::UnknownKey {
                key: name.to_owned(),
            });
        };
        let amount =
            checked::<u32>(value, Unit::Count, AtLeast(1)).map_err(|allowed| ConfError::Value {
                key: name.to_owned(),
                found: value.clone(),
                allowed,
            })?;
        let resources = match pattern {
            PatternKey::Driver => &mut self.driver_resources,
            PatternKey::Executor => &mut self.executor_resources,
            PatternKey::Worker => &mut self.worker_resources,
        };
        resources.insert(resource.to_owned(), amount);
        Ok(())
    }

    /// Every key with a fixed name, in the order of the fields.
    pub fn keys() -> &'static [Key] {
        KEYS
    }

    /// The description of the key that is called `name`, also by an old name.
    pub fn key(name: &str) -> Option<&'static Key> {
        KEYS.iter()
            .find(|key| key.name == name || key.aliases.contains(&name))
    }

    /// Every key whose value differs from the default, with its value as text that
    /// [`Conf::set`] reads back.
    pub fn changed(&self) -> Vec<(String, ConfValue)> {
        let default = Self::default();
        let mut changed: Vec<_> = KEYS
            .iter()
            .filter(|key| (key.show)(self) != (key.show)(&default))
            .filter_map(|key| Some((key.name.to_owned(), (key.show)(self)?)))
            .collect();
        for (pattern, resources) in [
            (PatternKey::Driver, &self.driver_resources),
            (PatternKey::Executor, &self.executor_resources),
            (PatternKey::Worker, &self.worker_resources),
        ] {
            changed.extend(resources.iter().map(|(resource, amount)| {
                (
                    pattern.name(resource),
                    ConfValue::Integer(i64::from(*amount)),
                )
            }));
        }
        changed
    }

    /// Time between two heartbeats of a worker: a quarter of the worker time-out, in whole
    /// milliseconds. Spark: `Worker.HEARTBEAT_MILLIS`.
    pub fn heartbeat_interval(&self) -> Duration {
        let quarter_ms = self.worker_timeout.as_millis() / 4;
        Duration::from_millis(u64::try_from(quarter_ms).unwrap_or(u64::MAX))
    }

    /// How long a recovering master waits for workers and applications.
    pub fn recovery_timeout(&self) -> Duration {
        self.recovery_timeout_or_worker
            .unwrap_or(self.worker_timeout)
    }

    /// How many executors dynamic allocation begins with: never fewer than the fewest. Spark:
    /// `Utils.getDynamicAllocationInitialExecutors`.
    pub fn initial_executors(&self) -> u32 {
        let initial = self.dynamic_allocation_initial_executors.unwrap_or(0);
        initial.max(self.dynamic_allocation_min_executors)
    }

    /// How long an ask waits for its answer (the submission client apart, see
    /// [`SUBMISSION_ASK_TIMEOUT`]). Spark: `RpcUtils.askRpcTimeout`.
    pub fn ask_timeout(&self) -> Duration {
        self.ask_timeout_or_network.unwrap_or(self.network_timeout)
    }
}

#[cfg(test)]
mod tests;
