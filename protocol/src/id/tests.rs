//! Unit tests of identifiers.

use super::{ApplicationId, ExecutorId, ProfileId, WorkerId};

fn executor(application: &str, number: u32) -> ExecutorId {
    ExecutorId {
        application: ApplicationId::new(application),
        number,
    }
}

#[test]
fn ids_compare_by_text() {
    assert!(WorkerId::new("worker-10") < WorkerId::new("worker-9"));
    assert_eq!(WorkerId::new("worker-9"), WorkerId::new("worker-9"));
}

#[test]
fn executors_compare_by_application_and_then_by_number() {
    assert!(executor("app-1", 9) < executor("app-1", 10));
    assert!(executor("app-1", 10) < executor("app-2", 9));
}

#[test]
fn ids_are_printed_as_spark_writes_them() {
    assert_eq!(WorkerId::new("worker-1").to_string(), "worker-1");
    assert_eq!(format!("{:?}", WorkerId::new("worker-1")), "worker-1");
    assert_eq!(executor("app-1", 3).to_string(), "app-1/3");
    assert_eq!(ProfileId::DEFAULT.to_string(), "0");
}
