//! How an application enters the books, and how it ends.

use super::surplus;
use crate::master::Master;
use crate::master::books::{ApplicationInfo, End, ExecutorSlot};
use crate::master::scheduling::ExecutorShape;
use crate::turn::Turn;
use deploysim_protocol::description::{ApplicationDescription, ResourceProfile};
use deploysim_protocol::event::{ApplicationSlot, MasterEvent};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::message::{ToDriver, ToWorker};
use deploysim_protocol::record::{ApplicationRecord, RecordKey};
use deploysim_protocol::state::{ApplicationState, ExecutorState};
use deploysim_protocol::thrown::Thrown;

impl Master {
    /// Enters an application into the books, unless its client's address has one.
    /// Spark: `Master.registerApplication`.
    pub(in crate::master) fn register_application(
        &mut self,
        record: &ApplicationRecord,
        turn: &mut Turn<'_, Self>,
    ) -> Option<ApplicationSlot> {
        let client = record.driver.address;
        if self.books.applications.by_client(client).is_some() {
            turn.note(MasterEvent::ApplicationNotInserted {
                id: record.id,
                driver: client,
            });
            return None;
        }
        let info = ApplicationInfo::new(record);
        let cores_requested = info.cores_requested();
        let application = self.books.applications.insert(info, record.driver);
        let description = &record.description;
        // S-46: the first limit is honoured since 2.0.
        let target = description.initial_executor_limit.unwrap_or(i32::MAX);
        let shape = executor_shape(description, &description.default_profile);
        self.scheduler
            .add_application(application, cores_requested, shape, target);
        turn.note(MasterEvent::ApplicationAdded {
            application,
            id: record.id,
            driver: client,
            cores_requested,
        });
        turn.note(MasterEvent::TargetChanged {
            application,
            profile: ProfileId::DEFAULT,
            target,
        });
        Some(application)
    }

    /// Ends an active application; a FINISHED one is not told (RD-05), and the cores of its
    /// executors are free before their processes are gone (RD-17). It keeps its executors for
    /// its page. Spark: `Master.removeApplication`.
    ///
    /// # Errors
    /// If the store fails: nothing is scheduled then, and no worker is told.
    pub(in crate::master) fn remove_application(
        &mut self,
        application: ApplicationSlot,
        state: ApplicationState,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let info = self.books.applications.info(application);
        if info.end.is_some() {
            return Ok(());
        }
        let id = info.id;
        let client = self.books.applications.client(application);
        self.books.applications.deactivate(application);
        turn.note(MasterEvent::ApplicationRemoved { application, state });
        let retained = self.settings.shared.conf.retained_applications as usize;
        for _ in 0..surplus(self.books.applications.completed_count(), retained) {
            self.forget_oldest_application(turn);
        }
        self.books.applications.complete(application);
        let end = End {
            time: None,
            cores_granted: self.scheduler.cores_granted(application),
            executor_limit: self.scheduler.executor_limit(application),
        };
        self.scheduler.remove_application(application);
        let info = self.books.applications.info_mut(application);
        info.end = Some(end);
        let executors: Vec<_> = info.executors.values().copied().collect();
        for executor in executors {
            self.kill_executor(executor, turn);
        }
        self.books.applications.set_state(application, state);
        let time = Some(turn.wall());
        let info = self.books.applications.info_mut(application);
        info.end = Some(End { time, ..end });
        if state != ApplicationState::Finished {
            turn.send(client, ToDriver::ApplicationRemoved { state });
        }
        turn.remove(RecordKey::Application(id))?;
        self.schedule(turn);
        for worker in self.books.workers.endpoints() {
            turn.send(worker, ToWorker::ApplicationFinished { application: id });
        }
        Ok(())
    }

    /// Frees what an executor holds of its worker and tells the worker to end it.
    /// Spark: `Master.killExecutor`.
    pub(in crate::master) fn kill_executor(
        &mut self,
        executor: ExecutorSlot,
        turn: &mut Turn<'_, Self>,
    ) {
        self.executor_leaves_worker(executor, turn);
        let info = self.books.executor(executor);
        let master_url = turn.me();
        turn.send(
            info.worker.endpoint,
            ToWorker::KillExecutor {
                master_url,
                executor: info.id,
            },
        );
        self.set_executor_state(executor, ExecutorState::Killed, turn);
    }
}

/// What an executor of a profile takes: cores and memory fall back to the application's own,
/// named resources (S-41: since 3.0) do not. Spark: `ApplicationInfo.createResourceDescForResourceProfile`.
pub(in crate::master) fn executor_shape(
    description: &ApplicationDescription,
    profile: &ResourceProfile,
) -> ExecutorShape {
    let mut requirements = profile.custom_resources.clone();
    requirements.sort_unstable_by_key(|requirement| requirement.name);
    ExecutorShape {
        cores: profile
            .executor_cores
            .or_else(|| description.cores_per_executor()),
        memory_mib: profile
            .executor_memory_mib
            .unwrap_or_else(|| description.memory_per_executor_mib()),
        requirements,
    }
}
