//! Unit tests of what descriptions derive.

use super::{ApplicationDescription, Command, ExecutorOrder, ResourceProfile};
use crate::address::Address;
use crate::id::{ApplicationId, ExecutorId, ProfileId};
use crate::resource::Resources;
use std::sync::Arc;

fn application(arguments: &[&str], default_profile: ResourceProfile) -> ApplicationDescription {
    ApplicationDescription {
        name: "pi".to_owned(),
        cores_max: None,
        command: Command {
            arguments: arguments
                .iter()
                .map(|argument| (*argument).to_owned())
                .collect(),
            ..Command::default()
        },
        app_ui_url: String::new(),
        default_profile,
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: String::new(),
    }
}

fn order(arguments: &[&str]) -> ExecutorOrder {
    ExecutorOrder {
        executor: ExecutorId {
            application: ApplicationId::new("app-1"),
            number: 0,
        },
        profile: ProfileId::DEFAULT,
        description: Arc::new(application(arguments, ResourceProfile::default())),
        cores: 1,
        memory_mib: 1024,
        resources: Resources::NONE,
    }
}

#[test]
fn an_executor_finds_its_driver_behind_the_driver_url() {
    let url = "spark://CoarseGrainedScheduler@h9:4040";
    let order = order(&["--cores", "1", "--driver-url", url, "--host", "h1"]);
    assert_eq!(order.driver_address(), Some(Address::new("h9", 4040)));
    assert_eq!(order.application(), ApplicationId::new("app-1"));
}

#[test]
fn without_a_whole_driver_url_there_is_no_driver() {
    let wrong: [&[&str]; 5] = [
        &[],
        &["--driver-url"],
        &["spark://CoarseGrainedScheduler@h9:4040"],
        &["--driver-url", "spark://h9:4040"],
        &["--driver-url", "spark://CoarseGrainedScheduler@h9"],
    ];
    for arguments in wrong {
        assert_eq!(order(arguments).driver_address(), None, "{arguments:?}");
    }
}

#[test]
fn memory_and_cores_of_an_executor_are_those_of_the_default_profile() {
    let bare = application(&[], ResourceProfile::default());
    assert_eq!(bare.memory_per_executor_mib(), 1024);
    assert_eq!(bare.cores_per_executor(), None);
    let profile = ResourceProfile {
        executor_cores: Some(4),
        executor_memory_mib: Some(2048),
        ..ResourceProfile::default()
    };
    let full = application(&[], profile);
    assert_eq!(full.memory_per_executor_mib(), 2048);
    assert_eq!(full.cores_per_executor(), Some(4));
}
