//! Samples of the one-way messages.

use super::records::{
    application, bare_application, driver, driver_description, executor, full_application, gpus,
    master, master_address, words, worker_address, worker_id,
};
use super::{Sample, sample};
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::{ExecutorDescription, ExecutorOrder};
use deploysim_protocol::id::{DriverId, ProfileId};
use deploysim_protocol::message::to_driver::ExecutorUpdated;
use deploysim_protocol::message::to_master::{
    ExecutorStateChanged, RegisterWorker, WorkerLatestState, WorkerSchedulerStateResponse,
};
use deploysim_protocol::message::to_worker::{LaunchDriver, LaunchExecutor, RegisteredWorker};
use deploysim_protocol::message::{Message, ToDriver, ToExecutor, ToMaster, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::Envelope;

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = workers_to_master();
    samples.extend(worker_reports_to_master());
    samples.extend(drivers_to_master());
    samples.extend(master_to_worker());
    samples.extend(orders_to_worker());
    samples.extend(runners_to_worker());
    samples.extend(to_driver());
    samples.push(one_way(
        "ToExecutor::StopExecutor",
        ToExecutor::StopExecutor,
    ));
    samples
}

fn one_way(name: &str, message: impl Into<Message>) -> Sample {
    sample(name, Envelope::OneWay(message.into()))
}

fn worker() -> Reference {
    Reference::unbound(worker_address())
}

fn executor_description(number: u32, state: ExecutorState) -> ExecutorDescription {
    ExecutorDescription {
        executor: executor(number),
        profile: ProfileId(1),
        cores: 4,
        memory_mib: 2048,
        state,
    }
}

fn workers_to_master() -> Vec<Sample> {
    vec![
        one_way(
            "ToMaster::RegisterWorker",
            ToMaster::RegisterWorker(Box::new(RegisterWorker {
                worker_id: worker_id(),
                host: Text::new("h1"),
                port: 7001,
                worker: worker(),
                cores: 8,
                memory_mib: 16_384,
                web_ui_url: Text::new("http://h1:8081"),
                master_address: master_address(),
                resources: gpus(&["0", "1"]),
            })),
        ),
        one_way(
            "ToMaster::Heartbeat",
            ToMaster::Heartbeat {
                worker_id: worker_id(),
                worker: worker(),
            },
        ),
        one_way(
            "ToMaster::DriverStateChanged",
            ToMaster::DriverStateChanged {
                driver: driver(),
                state: DriverState::Error,
                exception: Some(words("no such jar")),
            },
        ),
        one_way(
            "ToMaster::DriverStateChanged.no-exception",
            ToMaster::DriverStateChanged {
                driver: driver(),
                state: DriverState::Finished,
                exception: None,
            },
        ),
    ]
}

fn worker_reports_to_master() -> Vec<Sample> {
    vec![
        one_way(
            "ToMaster::WorkerSchedulerStateResponse",
            ToMaster::WorkerSchedulerStateResponse(Box::new(WorkerSchedulerStateResponse {
                worker_id: worker_id(),
                executors: vec![
                    (
                        executor_description(0, ExecutorState::Running),
                        gpus(&["1"]),
                    ),
                    (
                        executor_description(1, ExecutorState::Launching),
                        Resources::NONE,
                    ),
                ],
                drivers: vec![(driver(), gpus(&["0"]))],
            })),
        ),
        one_way(
            "ToMaster::WorkerLatestState",
            ToMaster::WorkerLatestState(Box::new(WorkerLatestState {
                worker_id: worker_id(),
                executors: ExecutorState::ALL
                    .iter()
                    .zip(0..)
                    .map(|(state, number)| executor_description(number, *state))
                    .collect(),
                drivers: vec![driver(), DriverId::new("driver-20260101000002-0004")],
            })),
        ),
        one_way(
            "ToMaster::WorkerLatestState.idle",
            ToMaster::WorkerLatestState(Box::new(WorkerLatestState {
                worker_id: worker_id(),
                executors: Vec::new(),
                drivers: Vec::new(),
            })),
        ),
        one_way(
            "ToMaster::WorkerDecommissioning",
            ToMaster::WorkerDecommissioning {
                worker_id: worker_id(),
                worker: worker(),
            },
        ),
        one_way(
            "ToMaster::DecommissionWorkers",
            ToMaster::DecommissionWorkers {
                worker_ids: vec![worker_id()],
            },
        ),
    ]
}

fn drivers_to_master() -> Vec<Sample> {
    vec![
        one_way(
            "ToMaster::RegisterApplication",
            ToMaster::RegisterApplication {
                description: full_application(),
                driver: master(),
            },
        ),
        one_way(
            "ToMaster::RegisterApplication.bare",
            ToMaster::RegisterApplication {
                description: bare_application(),
                driver: master(),
            },
        ),
        one_way(
            "ToMaster::UnregisterApplication",
            ToMaster::UnregisterApplication {
                application: application(),
            },
        ),
        one_way(
            "ToMaster::MasterChangeAcknowledged",
            ToMaster::MasterChangeAcknowledged {
                application: application(),
            },
        ),
    ]
}

fn master_to_worker() -> Vec<Sample> {
    vec![
        one_way(
            "ToWorker::RegisteredWorker",
            ToWorker::RegisteredWorker(Box::new(RegisteredWorker {
                master: master(),
                master_web_ui_url: Text::new("http://h0:8080"),
                master_address: deploysim_protocol::address::Address::new("alias", 7078),
                duplicate: true,
            })),
        ),
        one_way(
            "ToWorker::RegisterWorkerFailed",
            ToWorker::RegisterWorkerFailed {
                message: words("Attempted to re-register worker at same address: h1:7001"),
            },
        ),
        one_way("ToWorker::MasterInStandby", ToWorker::MasterInStandby),
        one_way(
            "ToWorker::ReconnectWorker",
            ToWorker::ReconnectWorker {
                master_url: master_address(),
            },
        ),
    ]
}

fn orders_to_worker() -> Vec<Sample> {
    vec![
        one_way(
            "ToWorker::LaunchExecutor",
            ToWorker::LaunchExecutor(Box::new(LaunchExecutor {
                master_url: master_address(),
                order: ExecutorOrder {
                    executor: executor(129),
                    profile: ProfileId(1),
                    description: full_application(),
                    cores: 4,
                    memory_mib: 2048,
                    resources: gpus(&["0"]),
                },
            })),
        ),
        one_way(
            "ToWorker::KillExecutor",
            ToWorker::KillExecutor {
                master_url: master_address(),
                executor: executor(5),
            },
        ),
        one_way(
            "ToWorker::LaunchDriver",
            ToWorker::LaunchDriver(Box::new(LaunchDriver {
                driver: driver(),
                description: driver_description(),
                resources: gpus(&["1"]),
            })),
        ),
        one_way(
            "ToWorker::KillDriver",
            ToWorker::KillDriver { driver: driver() },
        ),
        one_way(
            "ToWorker::ApplicationFinished",
            ToWorker::ApplicationFinished {
                application: application(),
            },
        ),
        one_way("ToWorker::DecommissionWorker", ToWorker::DecommissionWorker),
        one_way(
            "ToWorker::MasterChanged",
            ToWorker::MasterChanged {
                master: master(),
                master_web_ui_url: Text::new("http://h0:8080"),
            },
        ),
    ]
}

fn runners_to_worker() -> Vec<Sample> {
    vec![
        one_way(
            "ToWorker::ExecutorStateChanged",
            ToWorker::ExecutorStateChanged(Box::new(ExecutorStateChanged {
                executor: executor(5),
                state: ExecutorState::Exited,
                message: Some(words("Command exited with code -1")),
                exit_status: Some(-1),
            })),
        ),
        one_way(
            "ToWorker::DriverStateChanged",
            ToWorker::DriverStateChanged {
                driver: driver(),
                state: DriverState::Failed,
                exception: Some(words("disk full")),
            },
        ),
    ]
}

fn to_driver() -> Vec<Sample> {
    let mut samples = vec![
        one_way(
            "ToDriver::RegisteredApplication",
            ToDriver::RegisteredApplication {
                application: application(),
                master: master(),
            },
        ),
        one_way(
            "ToDriver::ExecutorAdded",
            ToDriver::ExecutorAdded {
                number: 5,
                worker_id: worker_id(),
                worker_address: worker_address(),
                cores: 4,
                memory_mib: 2048,
            },
        ),
        one_way(
            "ToDriver::ExecutorUpdated",
            ToDriver::ExecutorUpdated(Box::new(ExecutorUpdated {
                number: 5,
                state: ExecutorState::Lost,
                message: Some(words("worker lost")),
                exit_status: Some(143),
                worker_host: Some(Text::new("h1")),
            })),
        ),
        one_way(
            "ToDriver::ExecutorUpdated.bare",
            ToDriver::ExecutorUpdated(Box::new(ExecutorUpdated {
                number: 6,
                state: ExecutorState::Running,
                message: None,
                exit_status: None,
                worker_host: None,
            })),
        ),
        one_way(
            "ToDriver::WorkerRemoved",
            ToDriver::WorkerRemoved {
                worker_id: worker_id(),
                host: Text::new("h1"),
                message: words("Not receiving heartbeat for 60 seconds"),
            },
        ),
        one_way(
            "ToDriver::MasterChanged",
            ToDriver::MasterChanged {
                master: master(),
                master_web_ui_url: Text::new("http://h0:8080"),
            },
        ),
    ];
    let removed = "ToDriver::ApplicationRemoved";
    for &state in ApplicationState::ALL {
        let name = match state {
            ApplicationState::Failed => removed.to_owned(),
            ApplicationState::Waiting
            | ApplicationState::Running
            | ApplicationState::Finished
            | ApplicationState::Killed
            | ApplicationState::Unknown => format!("{removed}.{state}"),
        };
        samples.push(one_way(&name, ToDriver::ApplicationRemoved { state }));
    }
    samples
}
