//! What the pages and the operator ask: the whole state, the ports, and to forget what is
//! completed. Answered in every state.

use super::Master;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    ApplicationReport, BoundPortsResponse, DriverReport, ExecutorReport, MasterStateResponse,
    WorkerReport,
};
use deploysim_protocol::text::Text;
use std::sync::Arc;

impl Master {
    /// Workers by id, applications in order of registration, drivers by id, completed ones
    /// oldest first. Spark: `Master.receiveAndReply`, `RequestMasterState`.
    pub(super) fn handle_request_master_state(&self, me: Address) -> Answer {
        let Self { books, .. } = self;
        let workers = books.workers.by_id_where(|_| true);
        let applications = books.applications.active();
        Answer::MasterState(Box::new(MasterStateResponse {
            address: me,
            rest_port: self.rest_port(),
            workers: workers.iter().map(|slot| self.show_worker(*slot)).collect(),
            active_applications: applications
                .iter()
                .map(|slot| self.show_application(*slot))
                .collect(),
            completed_applications: books
                .applications
                .completed()
                .map(|slot| self.show_application(slot))
                .collect(),
            active_drivers: books
                .drivers
                .active()
                .map(|slot| self.show_driver(slot))
                .collect(),
            completed_drivers: books
                .drivers
                .completed()
                .map(|slot| self.show_driver(slot))
                .collect(),
            status: self.state,
        }))
    }

    /// Spark: `Master.receiveAndReply`, `BoundPortsRequest`.
    pub(super) fn handle_bound_ports_request(&self, me: Address) -> Answer {
        Answer::BoundPorts(BoundPortsResponse {
            rpc_endpoint_port: me.port,
            web_ui_port: self.settings.shared.conf.master_ui_port,
            rest_port: self.rest_port(),
        })
    }

    /// S-33: since 4.0. Spark: `Master.receiveAndReply`, `RequestClearCompletedDriversAndApps`.
    pub(super) fn handle_clear_completed(&mut self, turn: &mut Turn<'_, Self>) -> Answer {
        while self.books.drivers.completed_count() > 0 {
            self.forget_oldest_driver(turn);
        }
        while self.books.applications.completed_count() > 0 {
            self.forget_oldest_application(turn);
        }
        turn.note(MasterEvent::CompletedCleared);
        Answer::Flag(true)
    }

    /// S-31: whether there is a REST server by default.
    fn rest_port(&self) -> Option<u16> {
        let conf = &self.settings.shared.conf;
        conf.rest_enabled.then_some(conf.rest_port)
    }

    fn show_worker(&self, slot: WorkerSlot) -> WorkerReport {
        let info = self.books.workers.info(slot);
        let capacity = self.scheduler.capacity(slot);
        WorkerReport {
            worker_id: info.id,
            address: info.address,
            web_ui_url: info.web_ui_url,
            cores: capacity.cores,
            cores_used: capacity.cores_used,
            memory_mib: capacity.memory_mib,
            memory_used_mib: capacity.memory_used_mib,
            resources: self.scheduler.resources_offered(slot),
            resources_used: self.scheduler.resources_used(slot),
            state: self.books.workers.state(slot),
            last_heartbeat: self.books.workers.last_heartbeat(slot),
        }
    }

    fn show_application(&self, slot: ApplicationSlot) -> ApplicationReport {
        let info = self.books.applications.info(slot);
        let executors = info.executors.values().map(|executor| {
            let executor = self.books.executor(*executor);
            ExecutorReport {
                executor: executor.id,
                worker_id: executor.worker.id,
                cores: executor.cores,
                memory_mib: executor.memory_mib,
                resources: executor.resources.clone(),
                description: Arc::clone(&info.description),
                state: executor.state,
            }
        });
        ApplicationReport {
            application: info.id,
            start_time: info.start_time,
            description: Arc::clone(&info.description),
            cores_granted: self.cores_granted(slot),
            executor_limit: match info.end {
                Some(end) => end.executor_limit,
                None => self.scheduler.executor_limit(slot),
            },
            state: info.state,
            end_time: info.end.and_then(|end| end.time),
            executors: executors.collect(),
        }
    }

    fn show_driver(&self, slot: DriverSlot) -> DriverReport {
        let info = self.books.drivers.info(slot);
        let description = &info.description;
        let main_class = description.command.arguments.get(2);
        DriverReport {
            driver: info.id,
            start_time: info.start_time,
            state: info.state,
            cores: description.cores,
            memory_mib: description.memory_mib,
            requirements: description.resource_requirements.clone(),
            resources: info.resources.clone(),
            worker_id: info.worker.map(|worker| worker.id),
            main_class: main_class.and_then(|class| Text::try_new(class)),
        }
    }
}
