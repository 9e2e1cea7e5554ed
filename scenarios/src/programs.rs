//! Which part of a plan runs in a process: found by name, once, because a plan may have very many
//! applications and drivers.

use crate::ledger::ProcessName;
use crate::scenario::plan::{ApplicationWork, Plan, SubmittedDriverPlan};
use deploysim_protocol::text::Text;
use rustc_hash::FxHashMap;

/// Where the programs of a plan are, by name. The maps are looked up, never walked through.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    applications: FxHashMap<Text, usize>,
    drivers: FxHashMap<Text, usize>,
    /// Applications inside submitted drivers, and the rows of those.
    hosted: FxHashMap<Text, usize>,
}

impl Programs {
    /// Of this plan, which is what every look-up is given.
    pub fn new(plan: &Plan) -> Self {
        let applications = plan.applications.iter().enumerate();
        let drivers = plan.drivers.iter().enumerate();
        let hosted = drivers.clone().filter_map(|(row, driver)| {
            let (_, work) = driver.application.as_ref()?;
            Some((Text::new(&work.name), row))
        });
        Self {
            applications: applications
                .map(|(row, application)| (Text::new(&application.work.name), row))
                .collect(),
            hosted: hosted.collect(),
            drivers: drivers
                .map(|(row, driver)| (Text::new(&driver.name), row))
                .collect(),
        }
    }

    /// The submitted driver of this name.
    pub fn submitted<'plan>(
        &self,
        plan: &'plan Plan,
        name: Text,
    ) -> Option<&'plan SubmittedDriverPlan> {
        let row = *self.drivers.get(&name)?;
        plan.drivers.get(row)
    }

    /// The application of this name, wherever its driver runs.
    pub fn application<'plan>(
        &self,
        plan: &'plan Plan,
        name: Text,
    ) -> Option<&'plan ApplicationWork> {
        if let Some(row) = self.applications.get(&name) {
            return plan.applications.get(*row).map(|own| &own.work);
        }
        let driver = plan.drivers.get(*self.hosted.get(&name)?)?;
        driver.application.as_ref().map(|(_, work)| work)
    }

    /// What a process does as the driver of an application, if it is one.
    pub fn of_process<'plan>(
        &self,
        plan: &'plan Plan,
        process: Text,
    ) -> Option<&'plan ApplicationWork> {
        match ProcessName::of(process) {
            ProcessName::Driver { driver, .. } => {
                let (_, work) = self.submitted(plan, driver)?.application.as_ref()?;
                Some(work)
            }
            ProcessName::Plain | ProcessName::Executor { .. } => {
                let row = *self.applications.get(&process)?;
                plan.applications.get(row).map(|own| &own.work)
            }
        }
    }

    /// The scenario's name of the application that a process opens; empty if it is a submitted
    /// driver that opens none.
    pub fn application_name(&self, plan: &Plan, process: Text) -> Text {
        match ProcessName::of(process) {
            ProcessName::Driver { .. } => {
                let work = self.of_process(plan, process);
                work.map_or_else(|| Text::new(""), |work| Text::new(&work.name))
            }
            ProcessName::Plain | ProcessName::Executor { .. } => process,
        }
    }
}
