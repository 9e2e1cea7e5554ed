//! State documents of what the recorded cluster did not have: named resources, fields by name,
//! several applications and drivers, a worker without a master.

use super::request;
use crate::gateway::{MasterPages, Response, Step, WorkerPages};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{ApplicationDescription, Command, ResourceProfile};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, WorkerId};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    ApplicationReport, DriverReport, ExecutorReport, MasterStateResponse, WorkerReport,
    WorkerStateResponse,
};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::time::WallTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn gpus(addresses: &[&str]) -> Resources {
    Resources(vec![ResourceInformation {
        name: Text::new("gpu"),
        addresses: addresses.iter().map(|address| Text::new(address)).collect(),
    }])
}

fn worker(number: u16, state: WorkerState) -> WorkerReport {
    WorkerReport {
        worker_id: WorkerId::new(&format!("worker-{number}")),
        address: Address::new("h", number),
        web_ui_url: Text::new("http://h:8081"),
        cores: 4,
        cores_used: 1,
        memory_mib: 1024,
        memory_used_mib: 256,
        resources: gpus(&["0", "1", "2"]),
        resources_used: if number == 1 {
            gpus(&["1"])
        } else {
            Resources::NONE
        },
        state,
        last_heartbeat: WallTime::EPOCH,
    }
}

pub(super) fn description() -> Arc<ApplicationDescription> {
    let environment = ["OMP_NUM_THREADS", "SPARK_EXECUTOR_MEMORY", "SPARK_USER"];
    Arc::new(ApplicationDescription {
        name: "pi".to_owned(),
        cores_max: None,
        command: Command {
            main_class: "Main".to_owned(),
            arguments: vec!["a".to_owned(), "b".to_owned()],
            environment: environment
                .map(|name| (name.to_owned(), "1".to_owned()))
                .into(),
            ..Command::default()
        },
        app_ui_url: String::new(),
        default_profile: ResourceProfile {
            executor_memory_mib: Some(512),
            custom_resources: vec![ResourceRequirement {
                name: Text::new("gpu"),
                amount: 2,
            }],
            ..ResourceProfile::default()
        },
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "me".to_owned(),
    })
}

pub(super) fn application(number: i64) -> ApplicationReport {
    ApplicationReport {
        application: ApplicationId::new(&format!("app-{number}")),
        start_time: WallTime::from_millis(number),
        description: description(),
        cores_granted: 3,
        executor_limit: i32::MAX,
        state: ApplicationState::Running,
        end_time: None,
        executors: Vec::new(),
    }
}

pub(super) fn driver(number: i64) -> DriverReport {
    DriverReport {
        driver: DriverId::new(&format!("driver-{number}")),
        start_time: WallTime::from_millis(number),
        state: DriverState::Running,
        cores: 1,
        memory_mib: 512,
        requirements: Vec::new(),
        resources: gpus(&["1"]),
        worker_id: None,
        main_class: None,
    }
}

pub(super) fn state() -> MasterStateResponse {
    MasterStateResponse {
        address: Address::new("h", 7077),
        rest_port: Some(6066),
        workers: vec![
            worker(1, WorkerState::Alive),
            worker(2, WorkerState::Dead),
            worker(3, WorkerState::Alive),
        ],
        active_applications: vec![application(1), application(2)],
        completed_applications: vec![application(3), application(4)],
        active_drivers: vec![driver(1), driver(2)],
        completed_drivers: vec![driver(3), driver(4)],
        status: MasterState::Alive,
    }
}

fn shown(path: &str) -> Response {
    match MasterPages::default().receive(&request("GET", path, b"")) {
        Step::Ask(question) => {
            let state = Answer::MasterState(Box::new(state()));
            question.answered(Ok(state), WallTime::from_millis(10))
        }
        Step::Answer(response) | Step::Operate { response, .. } => response,
    }
}

fn document(path: &str) -> Value {
    serde_json::from_str(&shown(path).body).unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["id"].as_str().unwrap()).collect()
}

#[test]
fn sums_are_over_workers_that_live() {
    scope(|| {
        let document = document("/json/");
        assert_eq!(document["aliveworkers"], 2);
        assert_eq!(
            (&document["cores"], &document["coresused"]),
            (&json!(8), &json!(2))
        );
        assert_eq!(document["memory"], 2048);
        assert_eq!(
            ids(&document["workers"]),
            ["worker-1", "worker-2", "worker-3"]
        );
    });
}

#[test]
fn named_resources_are_told_used_and_free() {
    scope(|| {
        let document = document("/json/");
        let gpu = |addresses: Value| json!({"gpu": {"name": "gpu", "addresses": addresses}});
        let worker = &document["workers"][0];
        assert_eq!(worker["resources"], gpu(json!(["0", "1", "2"])));
        assert_eq!(worker["resourcesused"], gpu(json!(["1"])));
        assert_eq!(worker["resourcesfree"], gpu(json!(["0", "2"])));
        let used = json!([gpu(json!(["1"])), gpu(json!([]))]);
        assert_eq!(document["resourcesused"], used);
        assert_eq!(document["activedrivers"][0]["resources"], gpu(json!(["1"])));
        let needs = json!([{"name": "gpu", "amount": 2}]);
        assert_eq!(document["activeapps"][0]["resourcesperexecutor"], needs);
    });
}

#[test]
fn active_ones_are_listed_latest_first_and_completed_ones_in_order() {
    scope(|| {
        let document = document("/json/");
        assert_eq!(ids(&document["activeapps"]), ["app-2", "app-1"]);
        assert_eq!(ids(&document["completedapps"]), ["app-3", "app-4"]);
        assert_eq!(ids(&document["activedrivers"]), ["driver-2", "driver-1"]);
        assert_eq!(ids(&document["completeddrivers"]), ["driver-3", "driver-4"]);
        assert_eq!(document["activeapps"][0]["duration"], 8);
        let date = "Thu Jan 01 00:00:00 UTC 1970";
        assert_eq!(document["activeapps"][0]["submitdate"], date);
        assert_eq!(document["activedrivers"][0]["worker"], "None");
    });
}

#[test]
fn every_field_can_be_asked_for_alone() {
    scope(|| {
        let whole = document("/json/");
        for (field, value) in whole.as_object().unwrap() {
            let alone = json!({ field: value });
            assert_eq!(document(&format!("/json/{field}")), alone);
            assert_eq!(document(&format!("/json/{field}/more")), alone);
        }
        assert_eq!(document("/json/nothing1"), json!({"nothing": ""}));
        assert_eq!(document("/json/1"), whole);
    });
}

#[test]
fn other_paths_and_methods_are_refused() {
    assert_eq!(shown("/json").status, 301);
    assert_eq!(shown("/jsonx").status, 404);
    let step = MasterPages::default().receive(&request("POST", "/json/", b""));
    assert!(
        matches!(&step, Step::Answer(response) if response.status == 405),
        "{step:?}"
    );
}

#[test]
fn a_worker_shows_commands_as_scala_prints_them() {
    scope(|| {
        let executor = ExecutorReport {
            executor: ExecutorId {
                application: ApplicationId::new("app-1"),
                number: 7,
            },
            worker_id: WorkerId::new("worker-1"),
            cores: 1,
            memory_mib: 512,
            resources: gpus(&["0"]),
            description: description(),
            state: ExecutorState::Running,
        };
        let state = WorkerStateResponse {
            address: Address::new("h", 1),
            worker_id: WorkerId::new("worker-1"),
            executors: vec![executor],
            finished_executors: Vec::new(),
            drivers: Vec::new(),
            finished_drivers: Vec::new(),
            master_url: None,
            cores: 4,
            memory_mib: 1024,
            cores_used: 1,
            memory_used_mib: 512,
            master_web_ui_url: None,
            resources: gpus(&["0"]),
            resources_used: Resources::NONE,
        };
        let Step::Ask(question) = WorkerPages.receive(&request("GET", "/json/x", b"")) else {
            panic!("a worker is asked");
        };
        let answer = Answer::WorkerState(Box::new(state));
        let response = question.answered(Ok(answer), WallTime::EPOCH);
        let document: BTreeMap<String, Value> = serde_json::from_str(&response.body).unwrap();
        assert_eq!(
            (&document["masterurl"], &document["masterwebuiurl"]),
            (&json!(""), &json!(""))
        );
        let description = &document["executors"][0]["appdesc"];
        assert_eq!(description["cores"], 0);
        assert_eq!(
            description["command"],
            "Command(Main,List(a, b),Map(SPARK_EXECUTOR_MEMORY -> 1, SPARK_USER -> 1, \
             OMP_NUM_THREADS -> 1),List(),List(),ArraySeq())"
        );
    });
}
