//! An executor driven by hand: registration, and every way to end.

use super::{Executor, ExecutorOperation, ExecutorSettings};
use crate::by_hand::{ByHand, connection};
use crate::node::Input;
use crate::process::ExecutorProgram;
use crate::settings::{Settings, Shared};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::description::{
    ApplicationDescription, Command, ExecutorOrder, ResourceProfile,
};
use deploysim_protocol::id::{ApplicationId, ExecutorId, ProfileId};
use deploysim_protocol::message::ToExecutor;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::thrown::{AskError, Thrown};
use std::sync::Arc;

fn driver() -> Address {
    Address::new("shop", 40000)
}

fn worker() -> Address {
    Address::new("w1", 35000)
}

fn id() -> ExecutorId {
    ExecutorId {
        application: ApplicationId::new("app-0"),
        number: 4,
    }
}

fn executor() -> ByHand<Executor> {
    let description = ApplicationDescription {
        name: "shop".to_owned(),
        cores_max: None,
        command: Command::default(),
        app_ui_url: String::new(),
        default_profile: ResourceProfile::default(),
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "ada".to_owned(),
    };
    let order = ExecutorOrder {
        executor: id(),
        profile: ProfileId::DEFAULT,
        description: Arc::new(description),
        cores: 2,
        memory_mib: 1024,
        resources: Resources::NONE,
    };
    let settings = ExecutorSettings {
        program: ExecutorProgram {
            order,
            worker: worker(),
        },
        driver: driver(),
        shared: Shared::new(Settings::default()),
    };
    ByHand::new(Executor::new(settings), Address::new("w1", 0))
}

fn running() -> ByHand<Executor> {
    let mut executor = executor();
    executor.start();
    executor.resolve(0, driver());
    executor.answer(2, true);
    executor
}

const NOTHING: [&str; 0] = [];

#[test]
fn it_dials_driver_and_worker_and_registers_with_the_driver() {
    let mut executor = executor();
    assert_eq!(
        executor.start(),
        ["resolve#0 shop:40000 120s", "resolve#1 w1:35000 120s"]
    );
    assert_eq!(executor.resolve(1, worker()), NOTHING);
    assert_eq!(
        executor.resolve(0, driver()),
        ["ask#2 shop:40000 RegisterExecutor 120s"]
    );
    assert!(!executor.node.is_registered());
    assert_eq!(executor.answer(2, true), ["note RegisteredWithDriver"]);
    assert!(executor.node.is_registered());
}

#[test]
fn a_refused_executor_exits_with_1() {
    let mut executor = executor();
    executor.start();
    executor.resolve(0, driver());
    let refusal = Thrown::DuplicateExecutor { executor: id() };
    assert_eq!(
        executor.fail(2, AskError::Remote(refusal)),
        ["note RefusedByDriver", "exit 1"]
    );
}

#[test]
fn an_executor_that_cannot_reach_its_driver_exits_with_1() {
    let mut executor = executor();
    executor.start();
    assert_eq!(executor.fail_to_resolve(0), ["note DriverLost", "exit 1"]);
    for error in [AskError::TimedOut, AskError::Connection] {
        let mut executor = self::executor();
        executor.start();
        executor.resolve(0, driver());
        assert_eq!(executor.fail(2, error), ["note DriverLost", "exit 1"]);
    }
}

#[test]
fn an_executor_that_loses_its_driver_exits_with_1_once() {
    let mut executor = running();
    assert_eq!(executor.disconnect(driver()), ["note DriverLost", "exit 1"]);
    assert_eq!(executor.disconnect(driver()), NOTHING);
    assert!(!executor.node.is_registered());
}

#[test]
fn a_driver_that_is_lost_while_the_executor_registers_ends_it() {
    let mut executor = executor();
    executor.start();
    assert_eq!(executor.disconnect(driver()), NOTHING);
    executor.resolve(0, driver());
    assert_eq!(executor.disconnect(driver()), ["note DriverLost", "exit 1"]);
    assert_eq!(executor.fail(2, AskError::Connection), NOTHING);
}

#[test]
fn an_executor_that_loses_its_worker_exits_with_255() {
    assert_eq!(
        running().disconnect(worker()),
        ["note WorkerLost", "exit 255"]
    );
    assert_eq!(
        running().connection_error(worker()),
        ["note WorkerLost", "exit 255"]
    );
}

#[test]
fn what_happens_to_other_connections_does_not_matter() {
    let mut executor = running();
    assert_eq!(executor.disconnect(Address::new("w2", 35000)), NOTHING);
    assert_eq!(executor.connection_error(driver()), NOTHING);
    let socket = Input::Disconnected {
        peer: Peer::Socket(connection(1)),
    };
    assert_eq!(executor.feed(socket), NOTHING);
    assert!(executor.node.is_registered());
}

/// RD-20: without a connection to the worker there is nothing to lose.
#[test]
fn an_executor_that_never_reached_its_worker_lives_on() {
    let mut executor = executor();
    executor.start();
    assert_eq!(executor.fail_to_resolve(1), NOTHING);
    executor.resolve(0, driver());
    assert_eq!(executor.answer(2, true), ["note RegisteredWithDriver"]);
}

#[test]
fn an_executor_that_is_told_to_stop_exits_with_0() {
    let from = Reference::bound(driver(), connection(1));
    assert_eq!(
        running().receive(from, ToExecutor::StopExecutor),
        ["note StopOrdered", "exit 0"]
    );
}

#[test]
fn an_executor_can_end_by_itself() {
    let finish = Input::Operator(ExecutorOperation::Finish { code: 52 });
    assert_eq!(running().feed(finish), ["exit 52"]);
}
