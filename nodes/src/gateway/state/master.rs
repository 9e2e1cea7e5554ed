//! The state document of a master. Spark: `JsonProtocol.writeMasterState`.
//!
//! Active applications and drivers are listed as the master's page lists them, the latest first;
//! in Spark's document they stand in the arbitrary order of a hash set.

use super::{Amounts, ByName, date};
use crate::gateway::json;
use deploysim_protocol::message::to_client::{
    ApplicationReport, DriverReport, MasterStateResponse, WorkerReport,
};
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::state::{DriverState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::WallTime;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The whole document, fields in Spark's order.
#[derive(Debug, Serialize)]
pub(super) struct MasterDocument<'a> {
    url: String,
    workers: Vec<WorkerObject<'a>>,
    aliveworkers: usize,
    cores: i32,
    coresused: i32,
    memory: i32,
    memoryused: i32,
    resources: Vec<ByName<'a>>,
    resourcesused: Vec<Owned>,
    activeapps: Vec<ApplicationObject<'a>>,
    completedapps: Vec<ApplicationObject<'a>>,
    activedrivers: Vec<DriverObject<'a>>,
    completeddrivers: Vec<DriverObject<'a>>,
    status: &'static str,
}

/// Spark: `writeWorkerInfo`.
#[derive(Debug, Serialize)]
struct WorkerObject<'a> {
    id: Text,
    host: Text,
    port: u16,
    webuiaddress: Text,
    cores: i32,
    coresused: i32,
    coresfree: i32,
    memory: i32,
    memoryused: i32,
    memoryfree: i32,
    resources: ByName<'a>,
    resourcesused: Owned,
    resourcesfree: Owned,
    state: &'static str,
    lastheartbeat: i64,
}

/// Spark: `writeApplicationInfo`.
#[derive(Debug, Serialize)]
struct ApplicationObject<'a> {
    id: Text,
    starttime: i64,
    name: &'a str,
    cores: i32,
    user: &'a str,
    memoryperexecutor: i32,
    memoryperslave: i32,
    resourcesperexecutor: Amounts<'a>,
    resourcesperslave: Amounts<'a>,
    submitdate: String,
    state: &'static str,
    duration: i64,
}

/// Spark: `writeDriverInfo`.
#[derive(Debug, Serialize)]
struct DriverObject<'a> {
    id: Text,
    starttime: String,
    state: &'static str,
    cores: i32,
    memory: i32,
    resources: ByName<'a>,
    submitdate: String,
    worker: Arc<str>,
    mainclass: Arc<str>,
}

/// Resources that are computed for a document.
#[derive(Debug)]
struct Owned(Resources);

impl Serialize for Owned {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ByName(&self.0).serialize(serializer)
    }
}

impl<'a> MasterDocument<'a> {
    /// The document of a state; `now` is where the time of a running application ends.
    pub(super) fn new(state: &'a MasterStateResponse, now: WallTime) -> Self {
        let workers = state.workers.iter();
        let alive: Vec<_> = workers
            .filter(|worker| worker.state == WorkerState::Alive)
            .collect();
        // Spark's sums are 32 bits.
        let sum = |number: fn(&WorkerReport) -> i32| {
            let numbers = alive.iter().map(|worker| number(worker));
            numbers.fold(0_i32, i32::wrapping_add)
        };
        let mut active_apps: Vec<_> = state.active_applications.iter().collect();
        active_apps.sort_by_key(|app| Reverse((app.start_time, app.application)));
        let mut active_drivers: Vec<_> = state.active_drivers.iter().collect();
        active_drivers.sort_by_key(|driver| Reverse((driver.start_time, driver.driver)));
        let app = |report| ApplicationObject::new(report, now);
        Self {
            url: state.address.to_spark_url(),
            workers: state.workers.iter().map(WorkerObject::new).collect(),
            aliveworkers: alive.len(),
            cores: sum(|worker| worker.cores),
            coresused: sum(|worker| worker.cores_used),
            memory: sum(|worker| worker.memory_mib),
            memoryused: sum(|worker| worker.memory_used_mib),
            resources: alive
                .iter()
                .map(|worker| ByName(&worker.resources))
                .collect(),
            resourcesused: alive.iter().map(|worker| used(worker)).collect(),
            activeapps: active_apps.into_iter().map(app).collect(),
            completedapps: state.completed_applications.iter().map(app).collect(),
            activedrivers: active_drivers.into_iter().map(DriverObject::new).collect(),
            completeddrivers: state
                .completed_drivers
                .iter()
                .map(DriverObject::new)
                .collect(),
            status: state.status.name(),
        }
    }

    /// A document of one field; an unknown one is an empty text.
    pub(super) fn write_field(&self, field: &str) -> String {
        fn one(name: &str, value: &impl Serialize) -> String {
            json::write(&BTreeMap::from([(name, value)]))
        }
        match field {
            "url" => one(field, &self.url),
            "workers" => one(field, &self.workers),
            "aliveworkers" => one(field, &self.aliveworkers),
            "cores" => one(field, &self.cores),
            "coresused" => one(field, &self.coresused),
            "memory" => one(field, &self.memory),
            "memoryused" => one(field, &self.memoryused),
            "resources" => one(field, &self.resources),
            "resourcesused" => one(field, &self.resourcesused),
            "activeapps" => one(field, &self.activeapps),
            "completedapps" => one(field, &self.completedapps),
            "activedrivers" => one(field, &self.activedrivers),
            "completeddrivers" => one(field, &self.completeddrivers),
            "status" => one(field, &self.status),
            _ => one(field, &""),
        }
    }
}

impl<'a> WorkerObject<'a> {
    fn new(report: &'a WorkerReport) -> Self {
        Self {
            id: report.worker_id.0,
            host: report.address.host,
            port: report.address.port,
            webuiaddress: report.web_ui_url,
            cores: report.cores,
            coresused: report.cores_used,
            coresfree: report.cores.wrapping_sub(report.cores_used),
            memory: report.memory_mib,
            memoryused: report.memory_used_mib,
            memoryfree: report.memory_mib.wrapping_sub(report.memory_used_mib),
            resources: ByName(&report.resources),
            resourcesused: used(report),
            resourcesfree: free(report),
            state: report.state.name(),
            lastheartbeat: report.last_heartbeat.as_millis(),
        }
    }
}

/// What is in use of every resource that a worker offers, also where that is nothing.
/// Spark: `WorkerInfo.resourcesInfoUsed`.
fn used(report: &WorkerReport) -> Owned {
    let offered = report.resources.0.iter();
    let used = offered.map(|resource| ResourceInformation {
        name: resource.name,
        addresses: report.resources_used.addresses(resource.name).to_vec(),
    });
    Owned(Resources(used.collect()))
}

/// What is free of them. Spark: `WorkerInfo.resourcesInfoFree`.
fn free(report: &WorkerReport) -> Owned {
    let offered = report.resources.0.iter();
    let free = offered.map(|resource| {
        let used = report.resources_used.addresses(resource.name);
        let addresses = resource.addresses.iter().copied();
        ResourceInformation {
            name: resource.name,
            addresses: addresses
                .filter(|address| !used.contains(address))
                .collect(),
        }
    });
    Owned(Resources(free.collect()))
}

impl<'a> ApplicationObject<'a> {
    fn new(report: &'a ApplicationReport, now: WallTime) -> Self {
        let description = &report.description;
        let memory = description.memory_per_executor_mib();
        let resources = Amounts(&description.default_profile.custom_resources);
        let start = report.start_time.as_millis();
        let end = report.end_time.unwrap_or(now).as_millis();
        Self {
            id: report.application.0,
            starttime: start,
            name: &description.name,
            cores: report.cores_granted,
            user: &description.user,
            memoryperexecutor: memory,
            memoryperslave: memory,
            resourcesperexecutor: resources,
            resourcesperslave: resources,
            submitdate: date(report.start_time),
            state: report.state.name(),
            duration: end.wrapping_sub(start),
        }
    }
}

impl<'a> DriverObject<'a> {
    /// **Differs:** a driver without a third argument makes Spark's document fail; here its class
    /// is shown as missing.
    fn new(report: &'a DriverReport) -> Self {
        let text = |text: Option<Text>| text.map_or_else(|| "None".into(), Text::as_str);
        let state: DriverState = report.state;
        Self {
            id: report.driver.0,
            starttime: report.start_time.as_millis().to_string(),
            state: state.name(),
            cores: report.cores,
            memory: report.memory_mib,
            resources: ByName(&report.resources),
            submitdate: date(report.start_time),
            worker: text(report.worker_id.map(|id| id.0)),
            mainclass: text(report.main_class),
        }
    }
}
