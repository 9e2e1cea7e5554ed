//! Which name of the scenario an id, an address or a process stands for. Names are found once,
//! when an id is made, and kept for the run.

use super::process::ProcessName;
use crate::scenario::plan::Plan;
use crate::trace::{NodeId, Role, Start};
use deploysim_protocol::address::Address;
use deploysim_protocol::id::{ApplicationId, DriverId, WorkerId};
use deploysim_protocol::text::Text;
use rustc_hash::FxHashMap;

/// One submission of a driver, with all its relaunches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its name in the scenario.
    pub name: Text,
    /// The ids that masters made for it, in order; each once.
    pub ids: Vec<DriverId>,
}

/// Who is called what. The maps are looked up, never walked through.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The application that a process hosts, by the name of its first copy.
    hosted: FxHashMap<Text, Text>,
    addresses: FxHashMap<Address, NodeId>,
    /// The application hosted at an address.
    clients: FxHashMap<Address, Text>,
    workers: FxHashMap<WorkerId, NodeId>,
    submissions: Vec<Submission>,
    submission_of: FxHashMap<DriverId, u32>,
    drivers: FxHashMap<Text, Vec<DriverId>>,
    applications: FxHashMap<Text, Vec<ApplicationId>>,
    application_of: FxHashMap<ApplicationId, Text>,
    /// Masters that handle a submission, and the driver's name.
    asked: Vec<(NodeId, Text)>,
    /// What each fault of the scenario does, by its row.
    faults: Vec<String>,
}

impl Names {
    pub(super) fn new(plan: &Plan) -> Self {
        let hosted = plan.application_works().map(|(host, work)| {
            let host = Text::new(&host.to_string());
            (host, Text::new(&work.name))
        });
        Self {
            hosted: hosted.collect(),
            faults: (plan.faults.iter())
                .map(|fault| fault.word.to_string())
                .collect(),
            ..Self::default()
        }
    }

    pub(super) fn fault(&self, row: u32) -> Option<&str> {
        self.faults.get(row as usize).map(String::as_str)
    }

    pub(super) fn node_at(&self, address: Address) -> Option<NodeId> {
        self.addresses.get(&address).copied()
    }

    pub(super) fn worker_node(&self, id: WorkerId) -> Option<NodeId> {
        self.workers.get(&id).copied()
    }

    pub(super) fn submission(&self, id: DriverId) -> Option<&Submission> {
        let at = *self.submission_of.get(&id)?;
        self.submissions.get(at as usize)
    }

    pub(super) fn driver_ids(&self, name: Text) -> &[DriverId] {
        self.drivers.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn application_ids(&self, name: Text) -> &[ApplicationId] {
        self.applications.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn application_name(&self, id: ApplicationId) -> Option<Text> {
        self.application_of.get(&id).copied()
    }

    pub(super) fn start(&mut self, node: NodeId, start: &Start) {
        // A process that does not listen cannot be found by its address.
        if start.address.port != 0 {
            self.addresses.insert(start.address, node);
        }
        if start.role != Role::Driver {
            return;
        }
        if let Some(application) = self.hosted_by(start.name, ProcessName::of(start.name)) {
            self.clients.insert(start.address, application);
        }
    }

    /// The application that the process of this name hosts; all copies of a driver host the same.
    pub(super) fn hosted_by(&self, name: Text, parts: ProcessName) -> Option<Text> {
        let host = match parts {
            ProcessName::Driver { driver, .. } => Text::new(&format!("driver:{driver}")),
            ProcessName::Plain | ProcessName::Executor { .. } => name,
        };
        self.hosted.get(&host).copied()
    }

    pub(super) fn worker_announced(&mut self, id: WorkerId, node: NodeId) {
        self.workers.insert(id, node);
    }

    /// A master handles a submission of the driver called `name`.
    pub(super) fn submission_asked(&mut self, master: NodeId, name: Option<&str>) {
        self.submission_answered(master);
        if let Some(name) = name {
            self.asked.push((master, Text::new(name)));
        }
    }

    /// A master has handled a submission.
    pub(super) fn submission_answered(&mut self, master: NodeId) {
        self.asked.retain(|(asked, _)| *asked != master);
    }

    /// A master added a driver: the one that it was asked to run, or one whose id is known.
    /// Returns its name.
    pub(super) fn driver_added(&mut self, master: NodeId, id: DriverId) -> Option<Text> {
        let asked = self.asked.iter().position(|(asked, _)| *asked == master);
        let Some(asked) = asked else {
            return self.submission(id).map(|submission| submission.name);
        };
        let (_, name) = self.asked.swap_remove(asked);
        let at = u32::try_from(self.submissions.len()).expect("a run has fewer than 2^32 drivers");
        self.submissions.push(Submission {
            name,
            ids: Vec::new(),
        });
        self.driver_belongs(id, at);
        Some(name)
    }

    /// A driver lives on under another id. Returns its name.
    pub(super) fn driver_relaunched(&mut self, old: DriverId, new: DriverId) -> Option<Text> {
        let at = *self.submission_of.get(&old)?;
        if old != new {
            self.driver_belongs(new, at);
        }
        Some(self.submissions[at as usize].name)
    }

    fn driver_belongs(&mut self, id: DriverId, at: u32) {
        let submission = &mut self.submissions[at as usize];
        submission.ids.push(id);
        self.drivers.entry(submission.name).or_default().push(id);
        self.submission_of.insert(id, at);
    }

    /// A master added an application whose client is at `address`. Returns its name.
    pub(super) fn application_added(
        &mut self,
        id: ApplicationId,
        address: Address,
    ) -> Option<Text> {
        let name = self.clients.get(&address).copied();
        let name = name.or_else(|| self.application_name(id))?;
        let ids = self.applications.entry(name).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
        self.application_of.insert(id, name);
        Some(name)
    }
}
