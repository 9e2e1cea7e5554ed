//! The records that several samples carry, and short ways to write ids and references.

use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ResourceProfile,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use std::sync::Arc;

pub(crate) fn master() -> Reference {
    Reference::unbound(master_address())
}

pub(crate) fn master_address() -> Address {
    Address::new("h0", 7077)
}

pub(crate) fn worker_address() -> Address {
    Address::new("h1", 7001)
}

pub(crate) fn worker_id() -> WorkerId {
    WorkerId::new("worker-20260101000000-h1-7001")
}

pub(crate) fn application() -> ApplicationId {
    ApplicationId::new("app-20260101000001-0000")
}

pub(crate) fn driver() -> DriverId {
    DriverId::new("driver-20260101000002-0003")
}

pub(crate) fn executor(number: u32) -> ExecutorId {
    ExecutorId {
        application: application(),
        number,
    }
}

pub(crate) fn words(text: &str) -> Arc<str> {
    Arc::from(text)
}

pub(crate) fn gpus(addresses: &[&str]) -> Resources {
    Resources(vec![ResourceInformation {
        name: Text::new("gpu"),
        addresses: addresses.iter().map(|address| Text::new(address)).collect(),
    }])
}

pub(crate) fn gpu_requirement(amount: i32) -> ResourceRequirement {
    ResourceRequirement {
        name: Text::new("gpu"),
        amount,
    }
}

fn command(main_class: &str, arguments: &[&str]) -> Command {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Command {
        main_class: main_class.to_owned(),
        arguments: arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect(),
        environment: [pair("LANG", "C"), pair("EMPTY", "")].into(),
        class_path_entries: vec!["/c1".to_owned(), "/c2".to_owned()],
        library_path_entries: vec!["/l".to_owned()],
        java_options: vec!["-Xss4m".to_owned()],
    }
}

pub(crate) fn profile(id: u32) -> ResourceProfile {
    ResourceProfile {
        id: ProfileId(id),
        executor_cores: Some(4),
        executor_memory_mib: Some(2048),
        custom_resources: vec![gpu_requirement(2)],
    }
}

pub(crate) fn full_application() -> Arc<ApplicationDescription> {
    Arc::new(ApplicationDescription {
        name: "pi".to_owned(),
        cores_max: Some(12),
        command: command(
            "Backend",
            &["--driver-url", "spark://CoarseGrainedScheduler@h9:4040"],
        ),
        app_ui_url: "http://h9:4040".to_owned(),
        default_profile: profile(0),
        event_log_dir: Some("/logs".to_owned()),
        event_log_codec: Some("zstd".to_owned()),
        initial_executor_limit: Some(3),
        user: "ada".to_owned(),
    })
}

pub(crate) fn bare_application() -> Arc<ApplicationDescription> {
    Arc::new(ApplicationDescription {
        name: "bare".to_owned(),
        cores_max: None,
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile::default(),
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: String::new(),
    })
}

pub(crate) fn driver_description() -> Arc<DriverDescription> {
    Arc::new(DriverDescription {
        jar_url: "file:/pi.jar".to_owned(),
        memory_mib: 1024,
        cores: 2,
        supervise: true,
        command: command("Wrapper", &["{{WORKER_URL}}", "{{USER_JAR}}", "Pi"]),
        resource_requirements: vec![gpu_requirement(1)],
    })
}
