//! Samples of the answers, and of what handlers throw.

use super::records::{
    bare_application, driver, executor, full_application, gpu_requirement, gpus, master,
    master_address, words, worker_address, worker_id,
};
use super::{Sample, sample};
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    ApplicationReport, BoundPortsResponse, DriverReport, DriverStatusResponse, ExecutorReport,
    KillAllDriversResponse, KillDriverResponse, MasterStateResponse, SubmitDriverResponse,
    WorkerReport, WorkerStateResponse,
};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::WallTime;
use deploysim_protocol::wire::Envelope;

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = plain();
    samples.extend(about_drivers());
    samples.extend(state_pages());
    samples.extend(thrown());
    samples
}

fn answer(name: &str, answer: Answer) -> Sample {
    outcome(name, Ok(answer))
}

fn outcome(name: &str, outcome: Result<Answer, Thrown>) -> Sample {
    sample(name, Envelope::Answer { call: 7, outcome })
}

fn plain() -> Vec<Sample> {
    vec![
        answer("Answer::Flag", Answer::Flag(true)),
        answer("Answer::Count", Answer::Count(300)),
        answer(
            "Answer::BoundPorts",
            Answer::BoundPorts(BoundPortsResponse {
                rpc_endpoint_port: 7077,
                web_ui_port: 8080,
                rest_port: Some(6066),
            }),
        ),
    ]
}

fn about_drivers() -> Vec<Sample> {
    vec![
        answer(
            "Answer::SubmitDriver",
            Answer::SubmitDriver(Box::new(SubmitDriverResponse {
                master: master(),
                success: true,
                driver: Some(driver()),
                message: words("submitted"),
            })),
        ),
        answer(
            "Answer::SubmitDriver.refused",
            Answer::SubmitDriver(Box::new(SubmitDriverResponse {
                master: master(),
                success: false,
                driver: None,
                message: words("not the leader"),
            })),
        ),
        answer(
            "Answer::KillDriver",
            Answer::KillDriver(Box::new(KillDriverResponse {
                master: master(),
                driver: driver(),
                success: true,
                message: words("kill passed on"),
            })),
        ),
        answer(
            "Answer::KillAllDrivers",
            Answer::KillAllDrivers(Box::new(KillAllDriversResponse {
                master: master(),
                success: true,
                message: words("kills passed on"),
            })),
        ),
        answer(
            "Answer::DriverStatus",
            Answer::DriverStatus(Box::new(DriverStatusResponse {
                found: true,
                state: Some(DriverState::Running),
                worker_id: Some(worker_id()),
                worker_address: Some(worker_address()),
                exception: Some(words("earlier trouble")),
            })),
        ),
        answer(
            "Answer::DriverStatus.unknown",
            Answer::DriverStatus(Box::new(DriverStatusResponse {
                found: false,
                state: None,
                worker_id: None,
                worker_address: None,
                exception: None,
            })),
        ),
    ]
}

fn worker_report(state: WorkerState) -> WorkerReport {
    WorkerReport {
        worker_id: worker_id(),
        address: worker_address(),
        web_ui_url: Text::new("http://h1:8081"),
        cores: 8,
        cores_used: 4,
        memory_mib: 16_384,
        memory_used_mib: 2048,
        resources: gpus(&["0", "1"]),
        resources_used: gpus(&["0"]),
        state,
        last_heartbeat: WallTime::EPOCH,
    }
}

fn executor_report(number: u32, state: ExecutorState) -> ExecutorReport {
    ExecutorReport {
        executor: executor(number),
        worker_id: worker_id(),
        cores: 4,
        memory_mib: 2048,
        resources: gpus(&["0"]),
        description: bare_application(),
        state,
    }
}

fn application_report(state: ApplicationState) -> ApplicationReport {
    ApplicationReport {
        application: ApplicationId::new("app-20260101000001-0000"),
        start_time: WallTime::EPOCH,
        description: full_application(),
        cores_granted: 4,
        executor_limit: i32::MAX,
        state,
        end_time: state
            .is_finished()
            .then(|| WallTime::from_millis(WallTime::EPOCH.as_millis() + 1)),
        executors: vec![executor_report(0, ExecutorState::Running)],
    }
}

fn driver_report(number: usize, state: DriverState) -> DriverReport {
    let placed = state != DriverState::Submitted;
    DriverReport {
        driver: DriverId::new(&format!("driver-20260101000002-{number:04}")),
        start_time: WallTime::from_millis(-1),
        state,
        cores: 2,
        memory_mib: 1024,
        requirements: vec![gpu_requirement(1)],
        resources: if placed {
            gpus(&["1"])
        } else {
            Resources::NONE
        },
        worker_id: placed.then(worker_id),
        main_class: placed.then(|| Text::new("Pi")),
    }
}

fn driver_reports(states: &[DriverState]) -> Vec<DriverReport> {
    let numbered = states.iter().enumerate();
    numbered
        .map(|(number, state)| driver_report(number, *state))
        .collect()
}

fn empty_master(status: MasterState) -> Answer {
    Answer::MasterState(Box::new(MasterStateResponse {
        address: master_address(),
        rest_port: None,
        workers: Vec::new(),
        active_applications: Vec::new(),
        completed_applications: Vec::new(),
        active_drivers: Vec::new(),
        completed_drivers: Vec::new(),
        status,
    }))
}

fn state_pages() -> Vec<Sample> {
    let mut samples = vec![
        answer(
            "Answer::MasterState",
            Answer::MasterState(Box::new(MasterStateResponse {
                address: master_address(),
                rest_port: Some(6066),
                workers: WorkerState::ALL
                    .iter()
                    .map(|state| worker_report(*state))
                    .collect(),
                active_applications: vec![application_report(ApplicationState::Running)],
                completed_applications: vec![application_report(ApplicationState::Finished)],
                active_drivers: driver_reports(&[DriverState::Submitted]),
                completed_drivers: driver_reports(DriverState::ALL),
                status: MasterState::Alive,
            })),
        ),
        answer(
            "Answer::WorkerState",
            Answer::WorkerState(Box::new(WorkerStateResponse {
                address: worker_address(),
                worker_id: worker_id(),
                executors: vec![executor_report(0, ExecutorState::Running)],
                finished_executors: vec![executor_report(1, ExecutorState::Killed)],
                drivers: driver_reports(&[DriverState::Running]),
                finished_drivers: driver_reports(&[DriverState::Killed, DriverState::Failed]),
                master_url: Some(master_address()),
                cores: 8,
                memory_mib: 16_384,
                cores_used: 6,
                memory_used_mib: 3072,
                master_web_ui_url: Some(Text::new("http://h0:8080")),
                resources: gpus(&["0", "1"]),
                resources_used: gpus(&["1"]),
            })),
        ),
    ];
    for &status in MasterState::ALL {
        samples.push(answer(
            &format!("Answer::MasterState.{status}"),
            empty_master(status),
        ));
    }
    samples
}

fn thrown() -> Vec<Sample> {
    let reason = Text::new("disk full");
    vec![
        outcome(
            "Thrown::IllegalStateTransfer",
            Err(Thrown::IllegalStateTransfer {
                executor: executor(5),
                from: ExecutorState::Exited,
            }),
        ),
        outcome(
            "Thrown::UnexpectedDriverState",
            Err(Thrown::UnexpectedDriverState {
                driver: driver(),
                state: DriverState::Relaunching,
            }),
        ),
        outcome("Thrown::Store", Err(Thrown::Store { reason })),
        outcome(
            "Thrown::Unhandled",
            Err(Thrown::Unhandled {
                kind: Text::new("MasterChanged"),
            }),
        ),
        outcome(
            "Thrown::DuplicateExecutor",
            Err(Thrown::DuplicateExecutor {
                executor: executor(5),
            }),
        ),
        outcome(
            "Thrown::ExecutorExcluded",
            Err(Thrown::ExecutorExcluded {
                executor: executor(5),
            }),
        ),
        outcome(
            "Thrown::IllegalArgument",
            Err(Thrown::IllegalArgument {
                reason: Text::new("no such host"),
            }),
        ),
    ]
}
