//! Samples of the questions.

use super::records::{
    application, driver, driver_description, executor, gpus, profile, words, worker_address,
};
use super::{Sample, sample};
use deploysim_protocol::address::Reference;
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::message::to_driver::RegisterExecutor;
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{Ask, AskDriver, AskMaster, AskWorker};
use deploysim_protocol::state::ExecutorState;
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::Envelope;
use std::sync::Arc;

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = about_executors();
    samples.extend(about_drivers());
    samples.extend(from_the_operator());
    samples
}

fn ask(name: &str, ask: impl Into<Ask>) -> Sample {
    let ask = ask.into();
    sample(name, Envelope::Ask { call: 7, ask })
}

fn about_executors() -> Vec<Sample> {
    vec![
        ask(
            "AskMaster::ExecutorStateChanged",
            AskMaster::ExecutorStateChanged(Box::new(ExecutorStateChanged {
                executor: executor(5),
                state: ExecutorState::Failed,
                message: Some(words("no such file")),
                exit_status: Some(i32::MAX),
            })),
        ),
        ask(
            "AskMaster::ExecutorStateChanged.running",
            AskMaster::ExecutorStateChanged(Box::new(ExecutorStateChanged {
                executor: executor(6),
                state: ExecutorState::Running,
                message: None,
                exit_status: None,
            })),
        ),
        ask(
            "AskMaster::RequestExecutors",
            AskMaster::RequestExecutors {
                application: application(),
                totals: vec![(Arc::new(profile(0)), 3), (Arc::new(profile(1)), i32::MAX)],
            },
        ),
        ask(
            "AskMaster::KillExecutors",
            AskMaster::KillExecutors {
                application: application(),
                executors: vec![Text::new("5"), Text::new("driver")],
            },
        ),
        ask(
            "AskDriver::RegisterExecutor",
            AskDriver::RegisterExecutor(Box::new(RegisterExecutor {
                executor: executor(5),
                reference: Reference::unbound(worker_address()),
                host: Text::new("h1"),
                cores: 4,
                resources: gpus(&["0"]),
                profile: ProfileId(1),
            })),
        ),
    ]
}

fn about_drivers() -> Vec<Sample> {
    vec![
        ask(
            "AskMaster::RequestSubmitDriver",
            AskMaster::RequestSubmitDriver {
                description: driver_description(),
            },
        ),
        ask(
            "AskMaster::RequestKillDriver",
            AskMaster::RequestKillDriver { driver: driver() },
        ),
        ask(
            "AskMaster::RequestKillAllDrivers",
            AskMaster::RequestKillAllDrivers,
        ),
        ask(
            "AskMaster::RequestDriverStatus",
            AskMaster::RequestDriverStatus { driver: driver() },
        ),
    ]
}

fn from_the_operator() -> Vec<Sample> {
    vec![
        ask(
            "AskMaster::RequestClearCompletedDriversAndApps",
            AskMaster::RequestClearCompletedDriversAndApps,
        ),
        ask("AskMaster::RequestReadyz", AskMaster::RequestReadyz),
        ask(
            "AskMaster::RequestMasterState",
            AskMaster::RequestMasterState,
        ),
        ask("AskMaster::BoundPortsRequest", AskMaster::BoundPortsRequest),
        ask(
            "AskMaster::DecommissionWorkersOnHosts",
            AskMaster::DecommissionWorkersOnHosts {
                hosts: vec![Text::new("h1"), Text::new("H2")],
            },
        ),
        ask(
            "AskWorker::RequestWorkerState",
            AskWorker::RequestWorkerState,
        ),
    ]
}
