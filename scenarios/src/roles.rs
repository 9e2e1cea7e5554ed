//! From the scenario to the nodes: who plays which role, with which settings and descriptions.
//! Every world makes its nodes here, so that they are the same everywhere.

use crate::programs::Programs;
use crate::scenario::plan::{
    ApplicationWork, ELECTION, ElectionPlan, LatencyPlan, Plan, SubmittedDriverPlan, Supervision,
    WorkerPlan,
};
use crate::stream::Seeds;
use deploysim_nodes::driver::{Driver, DriverSettings};
use deploysim_nodes::election::agent::{AgentSettings, Delays};
use deploysim_nodes::election::{ElectionService, ElectionSettings};
use deploysim_nodes::executor::{Executor, ExecutorSettings};
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::master::{Master, MasterSettings};
use deploysim_nodes::process::Program;
use deploysim_nodes::settings::Shared;
use deploysim_nodes::submission::{ClientRequest, ClientSettings, SubmitClient};
use deploysim_nodes::worker::{Worker, WorkerSettings};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ResourceProfile,
};
use deploysim_protocol::id::{DriverId, ProfileId};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many delays of each kind a master's process has before they come again: more than it
/// loses connections in the longest run.
const DELAYS_DRAWN: usize = 64;

/// Where a master listens. Spark's default port.
pub fn master_address(name: &str) -> Address {
    Address::new(name, 7077)
}

/// Where the election service listens. ZooKeeper's default port.
pub fn election_address() -> Address {
    Address::new(ELECTION, 2181)
}

/// Where a worker listens. Spark draws a port; one of our own per machine does as well.
pub fn worker_address(name: &str) -> Address {
    Address::new(name, 7078)
}

/// Where an application's driver listens, on a machine of its own.
pub fn application_address(name: &str) -> Address {
    Address::new(name, 7079)
}

/// Where a submit client listens, on a machine of its own.
pub fn client_address(name: &str) -> Address {
    Address::new(&name.replace(':', "-"), 7080)
}

fn masters(plan: &Plan) -> Arc<[Address]> {
    plan.cluster
        .masters
        .iter()
        .map(|name| master_address(name))
        .collect()
}

/// The node that the scenario calls `name`: the election service, a master, which is elected by
/// `agent`, a worker or an application.
pub fn named(
    plan: &Plan,
    name: &str,
    agent: Option<AgentSettings>,
    shared: &Shared,
) -> Option<AnyNode> {
    if let Some(election) = plan.election.as_ref().filter(|_| name == ELECTION) {
        return Some(election_service(election));
    }
    if plan.cluster.masters.iter().any(|own| own == name) {
        return Some(master(plan, name, agent, shared));
    }
    if let Some(own) = plan.worker(name) {
        return Some(worker(plan, own, shared));
    }
    let mut works = plan
        .applications
        .iter()
        .map(|application| &application.work);
    let own = works.find(|work| work.name == name)?;
    Some(application(plan, own, shared))
}

/// A master, elected by `agent`; without one whoever runs it elects it at once.
pub fn master(plan: &Plan, name: &str, agent: Option<AgentSettings>, shared: &Shared) -> AnyNode {
    let settings = MasterSettings {
        web_ui_url: Text::new(&format!("http://{name}:{}", plan.conf.master_ui_port)),
        election: agent.map(Arc::new),
        shared: shared.clone(),
    };
    AnyNode::Master(Box::new(Master::new(settings)))
}

/// The election agent of the master called `name`, if there is an election service. Its delays
/// are drawn beforehand from streams of its own, others for each time that it starts again.
pub fn election_agent(
    plan: &Plan,
    name: &str,
    restarts: u32,
    seeds: &Seeds,
) -> Option<AgentSettings> {
    let election = plan.election.as_ref()?;
    let delays = |purpose: &str, plan: &LatencyPlan| {
        let mut rng = seeds.chacha(&format!("election {name} {purpose} {restarts}"));
        let latency = plan.distribution();
        Delays::new((0..DELAYS_DRAWN).map(|_| latency.draw(&mut rng)))
    };
    Some(AgentSettings {
        service: election_address(),
        session_timeout: election.session_timeout,
        connection_timeout: election.connection_timeout,
        suspend: delays("suspends", &election.suspend_delay),
        callback: delays("calls back", &election.callback_delay),
    })
}

/// The election service.
pub fn election_service(plan: &ElectionPlan) -> AnyNode {
    let settings = ElectionSettings {
        session_timeout: plan.session_timeout,
    };
    AnyNode::Election(Box::new(ElectionService::new(settings)))
}

/// A worker.
pub fn worker(plan: &Plan, worker: &WorkerPlan, shared: &Shared) -> AnyNode {
    AnyNode::Worker(Box::new(Worker::new(worker_settings(plan, worker, shared))))
}

/// An application's driver on a machine of its own.
pub fn application(plan: &Plan, work: &ApplicationWork, shared: &Shared) -> AnyNode {
    let description = application_description(plan, work, application_address(&work.name));
    let settings = DriverSettings {
        masters: masters(plan),
        application: Some(Arc::new(description)),
        worker: None,
        shared: shared.clone(),
    };
    AnyNode::Driver(Box::new(Driver::new(settings)))
}

fn worker_settings(plan: &Plan, worker: &WorkerPlan, shared: &Shared) -> WorkerSettings {
    WorkerSettings {
        cores: signed(worker.cores),
        memory_mib: signed(worker.memory_mib),
        resources: offered(&worker.resources),
        masters: masters(plan),
        web_ui_url: Text::new(&format!(
            "http://{}:{}",
            worker.name, plan.conf.worker_ui_port
        )),
        shared: shared.clone(),
    }
}

/// The node of a child that a worker started. It listens, if at all, at `address`.
pub fn child(
    plan: &Plan,
    programs: &Programs,
    program: &Program,
    address: Address,
    shared: &Shared,
) -> AnyNode {
    match program {
        Program::Driver(driver) => {
            let name = Text::new(driver_name(&driver.description));
            let hosted =
                (programs.submitted(plan, name)).and_then(|driver| driver.application.as_ref());
            let application =
                hosted.map(|(_, work)| Arc::new(application_description(plan, work, address)));
            let settings = DriverSettings {
                masters: masters(plan),
                application,
                worker: Some(driver.worker),
                shared: shared.clone(),
            };
            AnyNode::Driver(Box::new(Driver::new(settings)))
        }
        Program::Executor(executor) => {
            // A command without a driver's address cannot come from a scenario; it would dial
            // nobody and end as an executor whose driver is gone.
            let nobody = Address::new("nobody", 0);
            let driver = executor.order.driver_address().unwrap_or(nobody);
            let settings = ExecutorSettings {
                program: (**executor).clone(),
                driver,
                shared: shared.clone(),
            };
            AnyNode::Executor(Box::new(Executor::new(settings)))
        }
    }
}

/// A submit client that hands a driver to the masters.
pub fn launch_client(plan: &Plan, driver: &SubmittedDriverPlan, shared: &Shared) -> AnyNode {
    let description = Arc::new(driver_description(driver));
    client(plan, ClientRequest::Launch { description }, shared)
}

/// A submit client that has a driver killed.
pub fn kill_client(plan: &Plan, driver: DriverId, shared: &Shared) -> AnyNode {
    client(plan, ClientRequest::Kill { driver }, shared)
}

fn client(plan: &Plan, request: ClientRequest, shared: &Shared) -> AnyNode {
    let settings = ClientSettings {
        masters: masters(plan),
        request,
        shared: shared.clone(),
    };
    AnyNode::Client(Box::new(SubmitClient::new(settings)))
}

/// The scenario's name of a submitted driver: the user's main class, the third argument of
/// Spark's driver wrapper.
pub fn driver_name(description: &DriverDescription) -> &str {
    description
        .command
        .arguments
        .get(2)
        .map_or("", String::as_str)
}

/// What is asked of a master for a submitted driver.
pub(crate) fn driver_description(driver: &SubmittedDriverPlan) -> DriverDescription {
    DriverDescription {
        jar_url: format!("file:/{}.jar", driver.name),
        memory_mib: signed(driver.memory_mib),
        cores: signed(driver.cores),
        supervise: driver.supervision == Supervision::Supervised,
        command: Command {
            main_class: "org.apache.spark.deploy.worker.DriverWrapper".to_owned(),
            arguments: vec![
                "{{WORKER_URL}}".to_owned(),
                "{{USER_JAR}}".to_owned(),
                driver.name.clone(),
            ],
            ..Command::default()
        },
        resource_requirements: requirements(&driver.resources),
    }
}

fn application_description(
    plan: &Plan,
    work: &ApplicationWork,
    address: Address,
) -> ApplicationDescription {
    let driver_url = format!("spark://CoarseGrainedScheduler@{address}");
    ApplicationDescription {
        name: work.app_name.clone(),
        cores_max: work.cores_max.or(plan.conf.cores_max).map(signed),
        command: Command {
            main_class: "org.apache.spark.executor.CoarseGrainedExecutorBackend".to_owned(),
            arguments: [
                "--driver-url",
                &driver_url,
                "--executor-id",
                "{{EXECUTOR_ID}}",
                "--hostname",
                "{{HOSTNAME}}",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..Command::default()
        },
        app_ui_url: format!("http://{}:4040", address.host),
        default_profile: ResourceProfile {
            id: ProfileId::DEFAULT,
            executor_cores: work
                .cores_per_executor
                .or(plan.conf.executor_cores)
                .map(signed),
            executor_memory_mib: Some(signed(work.memory_per_executor_mib)),
            custom_resources: requirements(&work.resources_per_executor),
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: work.initial_executors.map(signed),
        user: "deploysim".to_owned(),
    }
}

/// The profile of an application that the scenario numbers `id`.
pub fn profile(plan: &Plan, work: &ApplicationWork, id: u32) -> ResourceProfile {
    let own = id
        .checked_sub(1)
        .and_then(|index| work.profiles.get(index as usize));
    let cores_default = work.cores_per_executor.or(plan.conf.executor_cores);
    ResourceProfile {
        id: ProfileId(id),
        executor_cores: own
            .map_or(cores_default, |own| {
                own.cores_per_executor.or(cores_default)
            })
            .map(signed),
        executor_memory_mib: own
            .map_or(Some(work.memory_per_executor_mib), |own| {
                own.memory_per_executor_mib
            })
            .map(signed),
        custom_resources: requirements(own.map_or(&work.resources_per_executor, |own| {
            &own.resources_per_executor
        })),
    }
}

fn requirements(resources: &BTreeMap<String, u32>) -> Vec<ResourceRequirement> {
    let required = resources.iter().map(|(name, amount)| ResourceRequirement {
        name: Text::new(name),
        amount: signed(*amount),
    });
    required.collect()
}

fn offered(resources: &BTreeMap<String, u32>) -> Resources {
    let offered = resources.iter().map(|(name, count)| ResourceInformation {
        name: Text::new(name),
        addresses: (0..*count)
            .map(|address| Text::new(&address.to_string()))
            .collect(),
    });
    Resources(offered.collect())
}

/// Spark's Ints are signed; a scenario's counts never exceed what they hold.
fn signed(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
