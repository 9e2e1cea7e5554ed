//! What happened in the real cluster between two recorded requests, as far as its answers show it:
//! who started, whose process ended and how, when heartbeats came. Instants are the recorded ones,
//! in milliseconds since 1970.

use super::cluster::{Cluster, Keeps, MASTER, WORKER, host};
use super::record::Pair;
use deploysim_nodes::hosted::{AnyTimer, Happening};
use deploysim_nodes::master::MasterTimer;
use deploysim_nodes::process::Exit;
use deploysim_nodes::worker::WorkerTimer;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ResourceProfile,
};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{AskMaster, Message, ToMaster};
use deploysim_protocol::text::Text;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Does what happened before a pair.
pub(super) fn before(pair: &Pair, pairs: &[Pair], cluster: &mut Cluster) {
    match pair.number() {
        1 => {
            cluster.at(1_795_219_466_000).start_master(Keeps::Nothing);
            cluster.happen(host(MASTER), Happening::Elected);
        }
        7 => {
            for (port, at) in [(7081, 472_100), (7082, 473_100), (7083, 473_200)] {
                cluster.at(1_795_219_000_000 + at).start_worker(port);
            }
        }
        17 => {
            let reason = Text::new(&pair.exception());
            cluster.end("-0002", Exit::NotStarted { reason });
            cluster.end("-0003", Exit::Code(0));
            cluster.end("-0004", Exit::Code(3));
        }
        75 => {
            // Without memory the virtual machine does not start.
            cluster.end("-0012", Exit::Code(1));
            cluster.end("-0010", Exit::Code(0));
        }
        77 => cluster.end("-0001", Exit::Code(143)),
        79 => {
            for driver in ["-0007", "-0016", "-0013"] {
                cluster.end(driver, Exit::Code(0));
            }
            // Without its arguments the program fails.
            cluster.end("-0006", Exit::Code(1));
            for driver in ["-0011", "-0015", "-0009", "-0008", "-0014"] {
                cluster.end(driver, Exit::Code(0));
            }
        }
        80 => run_application(pairs, cluster),
        88 => end_application(cluster),
        96 => recover(cluster),
        103 => {
            let timer = AnyTimer::Master(MasterTimer::CompleteRecovery);
            cluster.at(1_795_219_571_273).fire(MASTER, timer);
        }
        105 => cluster.start_master(Keeps::Records),
        _ => {}
    }
    if let Some(at) = cluster.submitted(pair) {
        cluster.at(at);
    }
    beat(pair, cluster);
    if pair.number() == 80 {
        // The document says how long the application had run.
        cluster.at(STARTED + 6126);
    }
}

/// The heartbeats that a document of the master shows.
fn beat(pair: &Pair, cluster: &mut Cluster) {
    let document = pair.json().unwrap_or_default();
    let workers = document["workers"].as_array().into_iter().flatten();
    let alive = workers.filter(|worker| worker["state"] == "ALIVE");
    let mut beats: Vec<_> = alive
        .map(|worker| {
            let at = worker["lastheartbeat"].as_i64().unwrap();
            (at, u16::try_from(worker["port"].as_u64().unwrap()).unwrap())
        })
        .collect();
    beats.sort_unstable();
    for (at, port) in beats {
        if at > cluster.now.as_millis() {
            let timer = AnyTimer::Worker(WorkerTimer::SendHeartbeat(0));
            cluster.at(at).fire(port, timer);
        }
    }
}

/// When the application registered.
const STARTED: i64 = 1_795_219_520_000;

/// Where its client is, which is not of the cluster.
fn client() -> Reference {
    Reference::unbound(Address::new("127.0.0.1", 41955))
}

/// The client of the last driver's application registers while two drivers still run on the
/// second worker, so that this one gets no executor.
fn run_application(pairs: &[Pair], cluster: &mut Cluster) {
    let mut documents = pairs.iter().filter(|pair| pair.number() == 81);
    let document = documents.next().unwrap().json().unwrap();
    let description = Arc::new(described(&document["executors"][0]["appdesc"]));
    let driver = client();
    let message = ToMaster::RegisterApplication {
        description,
        driver,
    };
    cluster.at(STARTED);
    say(cluster, message);
    cluster.end("-0017", Exit::Code(0));
    cluster.end("-0018", Exit::Code(0));
}

/// The killed driver takes its application with it.
fn end_application(cluster: &mut Cluster) {
    cluster.at(STARTED + 7472).end("-0019", Exit::Code(143));
    let application = ApplicationId::new("app-20261121000520-0000");
    say(cluster, ToMaster::UnregisterApplication { application });
    cluster.end("-0000/0", Exit::Code(143));
    cluster.end("-0000/1", Exit::Code(143));
}

fn say(cluster: &mut Cluster, message: ToMaster) {
    let (from, message) = (client(), Message::ToMaster(message));
    cluster.happen(host(MASTER), Happening::Received { from, message });
}

/// Another cluster with one worker runs a supervised driver. Worker and master are killed, and
/// the master is started again.
fn recover(cluster: &mut Cluster) {
    for port in [MASTER, 7081, 7082, 7083] {
        cluster.crash(port);
    }
    cluster.at(1_795_219_534_000).start_master(Keeps::Records);
    cluster.happen(host(MASTER), Happening::Elected);
    cluster.at(1_795_219_534_500).start_worker(WORKER);
    let description = Arc::new(DriverDescription {
        jar_url: "http://127.0.0.1:9099/jobs.jar".to_owned(),
        memory_mib: 512,
        cores: 1,
        supervise: true,
        command: Command {
            arguments: ["{{WORKER_URL}}", "{{USER_JAR}}", "Sleeper"]
                .map(str::to_owned)
                .into(),
            ..Command::default()
        },
        resource_requirements: Vec::new(),
    });
    let ask = AskMaster::RequestSubmitDriver { description };
    let submitted = cluster.at(1_795_219_536_777).ask(host(MASTER), ask.into());
    submitted.expect("the master leads");
    cluster.crash(WORKER);
    cluster.at(1_795_219_546_253).start_master(Keeps::Records);
    cluster.happen(host(MASTER), Happening::Elected);
}

/// An application as a worker's document describes it.
fn described(document: &Value) -> ApplicationDescription {
    let text = |key: &str| document[key].as_str().unwrap().to_owned();
    let number = |key: &str| i32::try_from(document[key].as_i64().unwrap()).unwrap();
    ApplicationDescription {
        name: text("name"),
        cores_max: Some(number("cores")),
        command: command(&text("command")),
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            executor_cores: Some(2),
            executor_memory_mib: Some(number("memoryperexecutor")),
            ..ResourceProfile::default()
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: text("user"),
    }
}

/// A command from what Scala prints of it.
fn command(text: &str) -> Command {
    let text = text.strip_prefix("Command(").unwrap();
    let (main_class, text) = text.split_once(",List(").unwrap();
    let (arguments, text) = text.split_once("),Map(").unwrap();
    let (environment, text) = text.split_once("),List(),List(),ArraySeq(").unwrap();
    let java_options = text.strip_suffix("))").unwrap();
    let list = |text: &str| text.split(", ").map(str::to_owned).collect();
    let entries = environment.split(", ");
    let environment: BTreeMap<_, _> = entries
        .map(|entry| entry.split_once(" -> ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Command {
        main_class: main_class.to_owned(),
        arguments: list(arguments),
        environment,
        class_path_entries: Vec::new(),
        library_path_entries: Vec::new(),
        java_options: list(java_options),
    }
}
