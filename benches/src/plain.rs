//! The plain scheduler of the property tests, as what the fast one is compared with. It filters
//! and sorts all workers for each waiting application.

use crate::clusters::{self, Occupied, Picks, WORKER_CORES, WORKER_MEMORY_MIB};
use cluster::{Application, Cluster, Worker};
use deploysim_nodes::master::scheduling::{Launch, Rules, Shuffle};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::Resources;
use std::collections::BTreeMap;

#[path = "../../nodes/tests/it/plain/cluster.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "written for the tests, which also release, and may unwrap"
)]
mod cluster;
#[path = "../../nodes/tests/it/plain/decision.rs"]
#[expect(
    clippy::unwrap_used,
    reason = "written for the tests, which may unwrap"
)]
mod decision;

/// The books of the plain scheduler.
pub(crate) struct Plain(Cluster);

impl Plain {
    /// The same as [`clusters::cluster`].
    pub(crate) fn cluster(rules: Rules, workers: u32, occupied: Occupied) -> Self {
        let workers = (0..workers).map(|worker| {
            let cores_used = occupied.cores(worker);
            Worker {
                slot: WorkerSlot(worker),
                id: clusters::worker_id(worker),
                alive: true,
                cores: WORKER_CORES,
                cores_used,
                memory_mib: WORKER_MEMORY_MIB,
                memory_used_mib: if cores_used > 0 {
                    clusters::PROCESS_MEMORY_MIB
                } else {
                    0
                },
                offered: Resources::NONE,
                taken: Vec::new(),
            }
        });
        Self(Cluster {
            rules,
            workers: workers.collect(),
            applications: Vec::new(),
            waiting_drivers: Vec::new(),
        })
    }

    /// The same as `add_application` of the scheduler, without a limit of executors.
    pub(crate) fn add_application(&mut self, application: u32, cores: i32, each: Option<i32>) {
        let profile = ProfileId::DEFAULT;
        self.0.applications.push(Application {
            slot: ApplicationSlot(application),
            cores_requested: cores,
            cores_granted: 0,
            shapes: BTreeMap::from([(profile, clusters::executor(each))]),
            targets: BTreeMap::from([(profile, i32::MAX)]),
            executors: BTreeMap::new(),
        });
    }

    /// The same as [`clusters::submit`].
    pub(crate) fn submit(&mut self, applications: u32, cores: i32) {
        for application in 0..applications {
            self.add_application(application, cores, Some(4));
        }
    }

    /// The same as [`clusters::queue`].
    pub(crate) fn queue(&mut self, drivers: u32, cores: i32) {
        let slots = (0..drivers).map(DriverSlot);
        let drivers = slots.map(|slot| (slot, clusters::driver(cores)));
        self.0.waiting_drivers.extend(drivers);
    }

    /// The same as [`clusters::pass`].
    pub(crate) fn pass(&mut self, drivers: u32) -> Vec<Launch> {
        let mut picks = Picks(2026);
        let drivers = i32::try_from(drivers).unwrap_or(i32::MAX);
        self.0
            .schedule(drivers, &mut |remaining| picks.pick(remaining))
    }
}
