//! Messages, questions and answers as one line of text: the kind, and the fields that matter.

use super::world::World;
use deploysim_nodes::driver::{DriverOperation, KillAdjustment};
use deploysim_nodes::executor::ExecutorOperation;
use deploysim_nodes::hosted::AnyOperation;
use deploysim_nodes::master::MasterOperation;
use deploysim_nodes::worker::WorkerOperation;
use deploysim_protocol::description::{ApplicationDescription, DriverDescription};
use deploysim_protocol::message::to_client::{
    ApplicationReport, DriverReport, ExecutorReport, MasterStateResponse, WorkerReport,
    WorkerStateResponse,
};
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{
    Answer, Ask, AskDriver, AskElection, AskMaster, Message, ToDriver, ToElection, ToExecutor,
    ToMaster, ToWorker,
};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use std::fmt::Write as _;

/// A number; the greatest of all means that there is no limit.
pub(super) fn number(number: i64) -> String {
    if number == i64::from(i32::MAX) {
        "unlimited".to_owned()
    } else {
        number.to_string()
    }
}

/// An amount of memory.
pub(super) fn memory(mib: i32) -> String {
    if mib % 1024 == 0 {
        format!("{}g", mib / 1024)
    } else {
        format!("{mib}m")
    }
}

fn resources(resources: &Resources) -> String {
    let mut text = String::new();
    for resource in &resources.0 {
        let addresses: Vec<String> = resource.addresses.iter().map(Text::to_string).collect();
        write!(text, " {}={}", resource.name, addresses.join(",")).unwrap();
    }
    text
}

fn list<T>(items: &[T], show: impl FnMut(&T) -> String) -> String {
    let items: Vec<String> = items.iter().map(show).collect();
    format!("[{}]", items.join(" "))
}

fn application(description: &ApplicationDescription) -> String {
    let mut text = description.name.clone();
    if let Some(cores) = description.cores_max {
        write!(text, " cores_max={cores}").unwrap();
    }
    if let Some(cores) = description.cores_per_executor() {
        write!(text, " executor_cores={cores}").unwrap();
    }
    if let Some(limit) = description.initial_executor_limit {
        write!(text, " initial_executors={limit}").unwrap();
    }
    text
}

fn driver(description: &DriverDescription) -> String {
    let supervise = if description.supervise {
        " supervise"
    } else {
        ""
    };
    let (name, memory) = (
        &description.command.arguments[2],
        memory(description.memory_mib),
    );
    format!(
        "{name} cores={} memory={memory}{supervise}",
        description.cores
    )
}

fn report(world: &mut World, report: &ExecutorStateChanged) -> String {
    let mut text = world.book.text(&report.executor.to_string());
    write!(text, " {}", report.state).unwrap();
    if let Some(message) = &report.message {
        write!(text, " \"{message}\"").unwrap();
    }
    if let Some(code) = report.exit_status {
        write!(text, " exit={code}").unwrap();
    }
    text
}

/// What somebody asks of a node from outside: whose operation it is, its kind, and its fields.
pub(super) fn operation(
    world: &mut World,
    operation: &AnyOperation,
) -> (&'static str, &'static str, String) {
    match operation {
        AnyOperation::Master(MasterOperation::KillApplication { application }) => {
            let application = world.book.text(&application.to_string());
            ("MasterOperation", "KillApplication", application)
        }
        AnyOperation::Worker(WorkerOperation::Decommission) => {
            ("WorkerOperation", "Decommission", String::new())
        }
        AnyOperation::Worker(WorkerOperation::StopPolitely) => {
            ("WorkerOperation", "StopPolitely", String::new())
        }
        AnyOperation::Driver(operation) => {
            let (kind, fields) = driver_operation(operation);
            ("DriverOperation", kind, fields)
        }
        AnyOperation::Executor(ExecutorOperation::Finish { code }) => {
            ("ExecutorOperation", "Finish", code.to_string())
        }
    }
}

fn driver_operation(operation: &DriverOperation) -> (&'static str, String) {
    match operation {
        DriverOperation::RequestExecutors { additional } => {
            ("RequestExecutors", format!("additional={additional}"))
        }
        DriverOperation::RequestTotalExecutors { totals } => {
            let totals = list(totals, |(profile, total)| format!("{}={total}", profile.id));
            ("RequestTotalExecutors", totals)
        }
        DriverOperation::KillExecutors {
            numbers,
            adjustment,
        } => {
            let replace = match adjustment {
                KillAdjustment::LowerTarget => "",
                KillAdjustment::Replace => " replace",
            };
            let numbers = list(numbers, u32::to_string);
            ("KillExecutors", format!("{numbers}{replace}"))
        }
        DriverOperation::ExcludeHost { host } => ("ExcludeHost", host.to_string()),
        DriverOperation::Finish { code } => ("Finish", code.to_string()),
    }
}

/// A one-way message.
pub(super) fn message(world: &mut World, message: &Message) -> String {
    let fields = match message {
        Message::ToMaster(message) => to_master(world, message),
        Message::ToWorker(message) => to_worker(world, message),
        Message::ToDriver(message) => to_driver(world, message),
        Message::ToExecutor(ToExecutor::StopExecutor) => String::new(),
        Message::ToElection(ToElection::CloseSession { session }) => format!("session={session}"),
    };
    format!("{} {fields}", message.kind()).trim_end().to_owned()
}

fn to_master(world: &mut World, message: &ToMaster) -> String {
    match message {
        ToMaster::RegisterWorker(message) => format!(
            "{} cores={} memory={}{}",
            world.book.text(&message.worker_id.to_string()),
            message.cores,
            memory(message.memory_mib),
            resources(&message.resources),
        ),
        ToMaster::Heartbeat { worker_id, .. }
        | ToMaster::WorkerDecommissioning { worker_id, .. } => {
            world.book.text(&worker_id.to_string())
        }
        ToMaster::DriverStateChanged {
            driver,
            state,
            exception,
        } => {
            let driver = world.book.text(&driver.to_string());
            let exception = exception.as_ref().map(|text| format!(" \"{text}\""));
            format!("{driver} {state}{}", exception.unwrap_or_default())
        }
        ToMaster::WorkerSchedulerStateResponse(message) => {
            let worker = world.book.text(&message.worker_id.to_string());
            let executors = list(&message.executors, |(executor, held)| {
                let id = world.book.text(&executor.executor.to_string());
                format!("{id} {}{}", executor.state, resources(held))
            });
            let drivers = list(&message.drivers, |(driver, held)| {
                world.book.text(&driver.to_string()) + &resources(held)
            });
            format!("{worker} executors={executors} drivers={drivers}")
        }
        ToMaster::WorkerLatestState(message) => {
            let worker = world.book.text(&message.worker_id.to_string());
            let executors = list(&message.executors, |executor| {
                let id = world.book.text(&executor.executor.to_string());
                format!("{id} {}", executor.state)
            });
            let drivers = list(&message.drivers, |driver| {
                world.book.text(&driver.to_string())
            });
            format!("{worker} executors={executors} drivers={drivers}")
        }
        ToMaster::RegisterApplication { description, .. } => application(description),
        ToMaster::UnregisterApplication { application }
        | ToMaster::MasterChangeAcknowledged { application } => {
            world.book.text(&application.to_string())
        }
        ToMaster::DecommissionWorkers { worker_ids } => {
            list(worker_ids, |worker| world.book.text(&worker.to_string()))
        }
        ToMaster::LatchChanged | ToMaster::ElectedLeader | ToMaster::RevokedLeadership => {
            String::new()
        }
    }
}

fn to_worker(world: &mut World, message: &ToWorker) -> String {
    match message {
        ToWorker::RegisteredWorker(message) => {
            if message.duplicate {
                "duplicate".to_owned()
            } else {
                String::new()
            }
        }
        ToWorker::RegisterWorkerFailed { message } => format!("\"{message}\""),
        ToWorker::ReconnectWorker { master_url } => {
            format!("master={}", world.name_of(*master_url))
        }
        ToWorker::LaunchExecutor(message) => {
            let order = &message.order;
            let id = world.book.text(&order.executor.to_string());
            let memory = memory(order.memory_mib);
            let held = resources(&order.resources);
            format!("{id} cores={} memory={memory}{held}", order.cores)
        }
        ToWorker::KillExecutor { executor, .. } => world.book.text(&executor.to_string()),
        ToWorker::LaunchDriver(message) => {
            let id = world.book.text(&message.driver.to_string());
            let held = resources(&message.resources);
            format!("{id} {}{held}", driver(&message.description))
        }
        ToWorker::KillDriver { driver } => world.book.text(&driver.to_string()),
        ToWorker::ApplicationFinished { application } => world.book.text(&application.to_string()),
        ToWorker::MasterChanged { master, .. } => {
            format!("master={}", world.name_of(master.address))
        }
        ToWorker::MasterInStandby | ToWorker::DecommissionWorker => String::new(),
        ToWorker::ExecutorStateChanged(message) => report(world, message),
        ToWorker::DriverStateChanged {
            driver,
            state,
            exception,
        } => {
            let driver = world.book.text(&driver.to_string());
            let exception = exception.as_ref().map(|text| format!(" \"{text}\""));
            format!("{driver} {state}{}", exception.unwrap_or_default())
        }
    }
}

fn to_driver(world: &mut World, message: &ToDriver) -> String {
    match message {
        ToDriver::RegisteredApplication { application, .. } => {
            world.book.text(&application.to_string())
        }
        ToDriver::ExecutorAdded {
            number,
            worker_id,
            cores,
            memory_mib,
            ..
        } => {
            let worker = world.book.text(&worker_id.to_string());
            format!(
                "{number} on {worker} cores={cores} memory={}",
                memory(*memory_mib)
            )
        }
        ToDriver::ExecutorUpdated(update) => {
            let mut text = format!("{} {}", update.number, update.state);
            if let Some(message) = &update.message {
                write!(text, " \"{message}\"").unwrap();
            }
            if let Some(code) = update.exit_status {
                write!(text, " exit={code}").unwrap();
            }
            if let Some(host) = update.worker_host {
                write!(text, " host={host}").unwrap();
            }
            text
        }
        ToDriver::ApplicationRemoved { state } => state.to_string(),
        ToDriver::WorkerRemoved {
            worker_id, message, ..
        } => {
            let worker = world.book.text(&worker_id.to_string());
            format!("{worker} \"{message}\"")
        }
        ToDriver::MasterChanged { master, .. } => {
            format!("master={}", world.name_of(master.address))
        }
    }
}

/// A question.
pub(super) fn ask(world: &mut World, ask: &Ask) -> String {
    let fields = match ask {
        Ask::AskMaster(ask) => match ask {
            AskMaster::ExecutorStateChanged(message) => report(world, message),
            AskMaster::RequestExecutors {
                application,
                totals,
            } => {
                let application = world.book.text(&application.to_string());
                let totals = list(totals, |(profile, total)| format!("{}={total}", profile.id));
                format!("{application} {totals}")
            }
            AskMaster::KillExecutors {
                application,
                executors,
            } => {
                let application = world.book.text(&application.to_string());
                format!("{application} {}", list(executors, Text::to_string))
            }
            AskMaster::RequestSubmitDriver { description } => driver(description),
            AskMaster::RequestKillDriver { driver } | AskMaster::RequestDriverStatus { driver } => {
                world.book.text(&driver.to_string())
            }
            AskMaster::DecommissionWorkersOnHosts { hosts } => list(hosts, Text::to_string),
            AskMaster::RequestKillAllDrivers
            | AskMaster::RequestClearCompletedDriversAndApps
            | AskMaster::RequestReadyz
            | AskMaster::RequestMasterState
            | AskMaster::BoundPortsRequest => String::new(),
        },
        Ask::AskWorker(_) => String::new(),
        Ask::AskDriver(AskDriver::RegisterExecutor(ask)) => {
            let executor = world.book.text(&ask.executor.to_string());
            format!("{executor} cores={}", ask.cores)
        }
        Ask::AskElection(ask) => match ask {
            AskElection::OpenSession { session: None } => String::new(),
            AskElection::OpenSession {
                session: Some(session),
            }
            | AskElection::PingSession { session }
            | AskElection::EnterLatch { session }
            | AskElection::ReadLatch { session } => format!("session={session}"),
        },
    };
    format!("{} {fields}", ask.kind()).trim_end().to_owned()
}

/// An answer; the state of a master or a worker takes several lines.
pub(super) fn answer(world: &mut World, answer: &Answer) -> Vec<String> {
    let line = match answer {
        Answer::Flag(flag) => flag.to_string(),
        Answer::Count(count) => count.to_string(),
        Answer::SubmitDriver(answer) => success(answer.success, &answer.message),
        Answer::KillDriver(answer) => success(answer.success, &answer.message),
        Answer::KillAllDrivers(answer) => success(answer.success, &answer.message),
        Answer::DriverStatus(answer) => {
            let mut text = format!("found={}", answer.found);
            if let Some(state) = answer.state {
                write!(text, " {state}").unwrap();
            }
            if let Some(worker) = answer.worker_id {
                write!(text, " on {worker}").unwrap();
            }
            if let Some(exception) = &answer.exception {
                write!(text, " \"{exception}\"").unwrap();
            }
            text
        }
        Answer::BoundPorts(ports) => format!(
            "rpc={} web={} rest={}",
            ports.rpc_endpoint_port,
            ports.web_ui_port,
            ports
                .rest_port
                .map_or_else(|| "none".to_owned(), |port| port.to_string())
        ),
        Answer::MasterState(state) => return master_state(world, state),
        Answer::WorkerState(state) => return worker_state(world, state),
        Answer::Session(Some(session)) => format!("session={session}"),
        Answer::Session(None) => "expired".to_owned(),
        Answer::Latch(latch) => match latch.own {
            Some(_) if latch.leads() => "leads".to_owned(),
            Some(_) => "stands behind".to_owned(),
            None => "no candidate".to_owned(),
        },
    };
    vec![world.book.text(&line)]
}

fn success(success: bool, message: &str) -> String {
    format!("success={success} \"{message}\"")
}

fn master_state(world: &mut World, state: &MasterStateResponse) -> Vec<String> {
    let mut lines = vec![format!("{} {}", world.name_of(state.address), state.status)];
    lines.extend(state.workers.iter().map(worker_line));
    for (title, applications) in [
        ("active", &state.active_applications),
        ("completed", &state.completed_applications),
    ] {
        for application in applications {
            lines.push(format!("{title} {}", application_line(application)));
            lines.extend(application.executors.iter().map(executor_line));
        }
    }
    for (title, drivers) in [
        ("active", &state.active_drivers),
        ("completed", &state.completed_drivers),
    ] {
        lines.extend(
            drivers
                .iter()
                .map(|driver| format!("{title} {}", driver_line(driver))),
        );
    }
    lines.iter().map(|line| world.book.text(line)).collect()
}

fn worker_state(world: &mut World, state: &WorkerStateResponse) -> Vec<String> {
    let master = state.master_url.map(|master| world.name_of(master));
    let mut lines = vec![format!(
        "{} master={} cores={}/{} memory={}/{}{}",
        state.worker_id,
        master.unwrap_or_else(|| "none".to_owned()),
        state.cores_used,
        state.cores,
        memory(state.memory_used_mib),
        memory(state.memory_mib),
        resources(&state.resources_used),
    )];
    lines.extend(state.executors.iter().map(executor_line));
    let finished = state.finished_executors.iter();
    lines.extend(finished.map(|executor| format!("finished {}", executor_line(executor))));
    lines.extend(state.drivers.iter().map(driver_line));
    let finished = state.finished_drivers.iter();
    lines.extend(finished.map(|driver| format!("finished {}", driver_line(driver))));
    lines.iter().map(|line| world.book.text(line)).collect()
}

fn worker_line(worker: &WorkerReport) -> String {
    format!(
        "{} {} cores={}/{} memory={}/{}{}",
        worker.worker_id,
        worker.state,
        worker.cores_used,
        worker.cores,
        memory(worker.memory_used_mib),
        memory(worker.memory_mib),
        resources(&worker.resources_used),
    )
}

fn application_line(application: &ApplicationReport) -> String {
    format!(
        "{} {} cores={} limit={}",
        application.application,
        application.state,
        application.cores_granted,
        number(i64::from(application.executor_limit)),
    )
}

fn executor_line(executor: &ExecutorReport) -> String {
    format!(
        "{} {} on {} cores={}{}",
        executor.executor,
        executor.state,
        executor.worker_id,
        executor.cores,
        resources(&executor.resources),
    )
}

fn driver_line(driver: &DriverReport) -> String {
    let worker = driver.worker_id.map(|worker| format!(" on {worker}"));
    let worker = worker.unwrap_or_default();
    format!(
        "{} {}{worker} cores={}",
        driver.driver, driver.state, driver.cores
    )
}
