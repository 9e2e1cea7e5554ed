//! What is to be run: commands, descriptions of applications, drivers and executors, resource
//! profiles. Descriptions do not change once made, so they travel behind `Arc`.

#[cfg(test)]
mod tests;

use crate::address::Address;
use crate::id::{ApplicationId, ExecutorId, ProfileId};
use crate::resource::ResourceRequirement;
use crate::state::ExecutorState;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A Java command. Spark: `Command`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Command {
    /// The class whose `main` runs.
    pub main_class: String,
    /// Its arguments; `{{NAME}}` in them is substituted by the worker.
    pub arguments: Vec<String>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Entries of the class path.
    pub class_path_entries: Vec<String>,
    /// Entries of the library path.
    pub library_path_entries: Vec<String>,
    /// Options of the virtual machine.
    pub java_options: Vec<String>,
}

/// What one executor of a profile needs. Spark: `ResourceProfile`, reduced to what a master
/// reads (`ExecutorResourceDescription`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResourceProfile {
    /// 0 for the default profile; others in order of creation in the driver.
    pub id: ProfileId,
    /// Cores of one executor; absent: what the worker has.
    pub executor_cores: Option<i32>,
    /// Memory of one executor, in MiB; absent: as the default profile.
    pub executor_memory_mib: Option<i32>,
    /// Named resources of one executor, by name ascending.
    pub custom_resources: Vec<ResourceRequirement>,
}

/// An application as its driver describes it. Spark: `ApplicationDescription`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApplicationDescription {
    /// Name for people (and for ids, where `spark.master.useAppNameAsAppId.enabled`).
    pub name: String,
    /// The most cores at one time; absent: `spark.deploy.defaultCores`.
    pub cores_max: Option<i32>,
    /// How an executor is started.
    pub command: Command,
    /// Address of the application's web page.
    pub app_ui_url: String,
    /// Profile 0; its memory is always set.
    pub default_profile: ResourceProfile,
    /// Where events are logged.
    pub event_log_dir: Option<String>,
    /// How the event log is compressed.
    pub event_log_codec: Option<String>,
    /// The first target of profile 0; present only with dynamic allocation.
    pub initial_executor_limit: Option<i32>,
    /// Who submitted it.
    pub user: String,
}

impl ApplicationDescription {
    /// Memory of one executor of the default profile, in MiB. Spark: `memoryPerExecutorMB`.
    pub fn memory_per_executor_mib(&self) -> i32 {
        self.default_profile.executor_memory_mib.unwrap_or(1024)
    }

    /// Cores of one executor of the default profile; absent: what the worker has.
    /// Spark: `coresPerExecutor`.
    pub const fn cores_per_executor(&self) -> Option<i32> {
        self.default_profile.executor_cores
    }
}

/// A driver to be started by a master on a worker. Spark: `DriverDescription`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DriverDescription {
    /// Where the program is.
    pub jar_url: String,
    /// Memory, in MiB.
    pub memory_mib: i32,
    /// Cores.
    pub cores: i32,
    /// Whether the worker restarts it when it fails, and a master when its worker is lost.
    pub supervise: bool,
    /// How it is started.
    pub command: Command,
    /// Named resources, by name ascending.
    pub resource_requirements: Vec<ResourceRequirement>,
}

/// An executor as its worker reports it. Spark: `ExecutorDescription`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutorDescription {
    /// Which executor.
    pub executor: ExecutorId,
    /// Of which profile.
    pub profile: ProfileId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Its state at the worker.
    pub state: ExecutorState,
}

/// What a worker needs to start an executor. Spark: the fields of `LaunchExecutor`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutorOrder {
    /// Which executor.
    pub executor: ExecutorId,
    /// Of which profile.
    pub profile: ProfileId,
    /// Its application.
    pub description: Arc<ApplicationDescription>,
    /// Cores granted.
    pub cores: i32,
    /// Memory granted, in MiB.
    pub memory_mib: i32,
    /// Addresses of named resources granted.
    pub resources: crate::resource::Resources,
}

impl ExecutorOrder {
    /// The application that the executor belongs to.
    pub const fn application(&self) -> ApplicationId {
        self.executor.application
    }

    /// Where the executor finds its driver: the value after `--driver-url` in the command, of
    /// the form `spark://CoarseGrainedScheduler@host:port`.
    pub fn driver_address(&self) -> Option<Address> {
        let arguments = &self.description.command.arguments;
        let at = arguments
            .iter()
            .position(|argument| argument == "--driver-url")?;
        let url = arguments.get(at + 1)?;
        url.strip_prefix("spark://CoarseGrainedScheduler@")?
            .parse()
            .ok()
    }
}
