//! Lines, rows and timelines of entries made by hand.

use super::history::{self, History};
use super::json::JsonWriter;
use super::notable::Timeline;
use super::table::CsvWriter;
use super::text::TextWriter;
use super::{Child, DialFailure, End, EndOfConnection, Fact, Fate, NodeId, Role, Tampering, Unit};
use crate::ledger::Ledger;
use deploysim_nodes::node::Signal;
use deploysim_protocol::address::{Connection, Peer, Reference};
use deploysim_protocol::event::{
    ApplicationSlot, DriverSlot, Event, MasterEvent, RefusalReason, RemovalReason, WorkerEvent,
    WorkerSlot,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::state::{ExecutorState, MasterState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};
use expect_test::expect;
use std::num::NonZeroU64;

const MASTER: NodeId = NodeId(0);
const WORKER: NodeId = NodeId(1);
const CLIENT: NodeId = NodeId(2);
const CHILD: NodeId = NodeId(3);

fn connection() -> Connection {
    Connection(NonZeroU64::new(7).unwrap())
}

fn executor_id() -> ExecutorId {
    ExecutorId {
        application: ApplicationId::new("app-0"),
        number: 0,
    }
}

/// A little of everything, in the order in which it could happen.
fn story() -> History {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    let state = MasterState::Alive;
    history.note(MASTER, MasterEvent::MasterStateChanged { state });
    history.start(WORKER, Role::Worker, "worker-1");
    let id = WorkerId::new("worker-a");
    history.note(
        WORKER,
        WorkerEvent::WorkerStarted {
            id,
            cores: 8,
            memory_mib: 16384,
        },
    );
    let peer = MASTER;
    history.fact(
        WORKER,
        Fact::ConnectionOpened {
            connection: connection(),
            peer,
        },
    );
    history.fact(
        WORKER,
        Fact::Sent {
            to: history::address("master-1"),
            unit: Unit::Resolve,
            fate: Fate::WaitsForConnection,
        },
    );
    history.at(1).note(
        MASTER,
        MasterEvent::WorkerAdded {
            worker: WorkerSlot(0),
            id,
            address: history::address("worker-1"),
            cores: 8,
            memory_mib: 16384,
        },
    );
    history.receives(MASTER, WORKER, heartbeat());
    let (worker, at) = (WorkerSlot(0), WallTime::at(Time::from_secs(1)));
    history.note(MASTER, MasterEvent::WorkerHeard { worker, at });
    history.start(CLIENT, Role::Driver, "pi");
    work(&mut history);
    trouble(&mut history);
    history.at(300).fact(MASTER, Fact::Finished);
    history
}

fn heartbeat() -> ToMaster {
    ToMaster::Heartbeat {
        worker_id: WorkerId::new("worker-a"),
        worker: Reference::unbound(history::address("worker-1")),
    }
}

/// An application with an executor, and a submitted driver.
fn work(history: &mut History) {
    let (application, number) = (ApplicationSlot(0), 0);
    history.at(2).note(
        MASTER,
        MasterEvent::ApplicationAdded {
            application,
            id: ApplicationId::new("app-0"),
            driver: history::address("pi"),
            cores_requested: 4,
        },
    );
    history.note(
        MASTER,
        MasterEvent::ExecutorAdded {
            application,
            number,
            worker: WorkerSlot(0),
            profile: ProfileId::DEFAULT,
            cores: 4,
            memory_mib: 1024,
        },
    );
    let child = Child::Executor(executor_id());
    let name = Text::new("executor:pi/0");
    history.fact(WORKER, Fact::ChildLaunched { name, child });
    history.start_child(CHILD, Role::Executor, "executor:pi/0", Some(child));
    let state = ExecutorState::Running;
    history.note(
        MASTER,
        MasterEvent::ExecutorStateChanged {
            application,
            number,
            state,
        },
    );
    let signal = Signal::Forced;
    history.fact(WORKER, Fact::ChildSignalled { name, signal });
    history.end(CHILD, End::Signalled(137));
    history.submits(MASTER, CLIENT, "job");
    history.note(
        MASTER,
        MasterEvent::DriverAdded {
            driver: DriverSlot(0),
            id: DriverId::new("driver-0"),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        },
    );
    history.answers(MASTER, CLIENT);
}

/// Faults, refusals, and a worker that is lost.
fn trouble(history: &mut History) {
    history.at(20).fact(MASTER, Fact::FaultBegan { fault: 0 });
    history
        .fact(WORKER, Fact::Paused)
        .fact(WORKER, Fact::Resumed);
    history.note(
        MASTER,
        MasterEvent::RegistrationRefused {
            address: history::address("worker-1"),
            reason: RefusalReason::SameAddress,
        },
    );
    history.at(121).note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: WorkerSlot(0),
            reason: RemovalReason::Silent,
            last_heartbeat: WallTime::at(Time::from_millis(1_500)),
            now: WallTime::at(Time::from_secs(121)),
        },
    );
    let thrown = Thrown::IllegalStateTransfer {
        executor: executor_id(),
        from: ExecutorState::Lost,
    };
    history.note(MASTER, Event::HandlerThrew { thrown });
    history.fact(
        WORKER,
        Fact::ConnectionEnded {
            connection: connection(),
            peer: Peer::Listening(history::address("master-1")),
            cause: EndOfConnection::UserTimeout,
        },
    );
    history.fact(
        WORKER,
        Fact::DialFailed {
            to: history::address("nowhere"),
            cause: DialFailure::Refused,
        },
    );
    history.fact(
        MASTER,
        Fact::Tampered {
            from: WORKER,
            unit: Unit::Resolved,
            tampering: Tampering::Dropped,
        },
    );
    for second in 130..133 {
        let worker = WorkerSlot(0);
        let asked = MasterEvent::ReconnectAsked { worker };
        history.at(second).receives(MASTER, WORKER, heartbeat());
        history.note(MASTER, asked);
    }
    history.fact(MASTER, Fact::Settling);
}

/// Shows every entry of the story to `write`, with the ledger that has applied it.
fn tell(mut write: impl FnMut(&super::Entry<'_>, &Ledger)) {
    let mut ledger = Ledger::new(&history::plan());
    story().each(|entry| {
        ledger.apply(entry);
        write(entry, &ledger);
    });
}

/// Without the spaces before the first column, which an inline expectation cannot show.
fn flush(text: &[u8]) -> String {
    let text = std::str::from_utf8(text).unwrap();
    text.lines()
        .map(|line| format!("{}\n", line.trim_start()))
        .collect()
}

#[test]
fn text_says_when_where_and_what() {
    let mut writer = TextWriter::new(Vec::new());
    tell(|entry, ledger| writer.write(entry, ledger).unwrap());
    expect![[r#"
        0.000s  master-1        started: master at master-1:7077
        0.000s  master-1        MasterStateChanged ALIVE
        0.000s  worker-1        started: worker at worker-1:7077
        0.000s  worker-1        WorkerStarted worker-a cores=8 memory_mib=16384
        0.000s  worker-1        connected to master-1
        0.000s  worker-1        -> master-1 Resolve (waits for its connection)
        1.000s  master-1        WorkerAdded worker-1 worker-a at worker-1:7077 cores=8 memory_mib=16384
        1.000s  master-1        <- worker-1 Heartbeat
        1.000s  master-1        WorkerHeard worker-1 at=1.000s
        1.000s  pi              started: driver at pi:7077
        2.000s  master-1        ApplicationAdded pi app-0 from pi cores_requested=4
        2.000s  master-1        ExecutorAdded pi/0 on worker-1 profile=0 cores=4 memory_mib=1024
        2.000s  worker-1        launches executor:pi/0 (app-0/0)
        2.000s  executor:pi/0   started: executor at executor:pi/0:7077
        2.000s  master-1        ExecutorStateChanged pi/0 RUNNING
        2.000s  worker-1        ends executor:pi/0 by force
        2.000s  executor:pi/0   ended: signal, exit 137
        2.000s  master-1        <- pi RequestSubmitDriver
        2.000s  master-1        DriverAdded job[driver-0] driver-0 cores=1 memory_mib=512 supervise=true
        2.000s  master-1        -> client-2:7077 SubmitDriverResponse
        20.000s  -               fault 1 begins
        20.000s  worker-1        paused
        20.000s  worker-1        resumed
        20.000s  master-1        RegistrationRefused at worker-1:7077 (same-address)
        121.000s  master-1        WorkerRemoved worker-1 (silent) last_heartbeat=1.500s now=121.000s
        121.000s  master-1        HandlerThrew thrown=executor app-0/0 state transfer from LOST to RUNNING is illegal
        121.000s  worker-1        disconnected from master-1 (user time-out)
        121.000s  worker-1        cannot connect to nowhere:7077 (refused)
        121.000s  master-1        loses Resolved from worker-1
        130.000s  master-1        <- worker-1 Heartbeat
        130.000s  master-1        ReconnectAsked worker-1
        131.000s  master-1        <- worker-1 Heartbeat
        131.000s  master-1        ReconnectAsked worker-1
        132.000s  master-1        <- worker-1 Heartbeat
        132.000s  master-1        ReconnectAsked worker-1
        132.000s  -               the fault phase is over
        300.000s  -               the run is over
    "#]].assert_eq(&flush(&writer.into_inner()));
}

#[test]
fn times_are_aligned_to_the_right() {
    let line = super::text::columns("1.000s", "master-1", "paused");
    assert_eq!(line, "        1.000s  master-1        paused");
}

#[test]
fn timeline_leaves_out_traffic_and_tells_repetitions_once() {
    let mut writer = Timeline::new(Vec::new());
    tell(|entry, ledger| writer.write(entry, ledger).unwrap());
    expect![[r#"
        0.000s  master-1        started: master at master-1:7077
        0.000s  master-1        MasterStateChanged ALIVE
        0.000s  worker-1        started: worker at worker-1:7077
        1.000s  master-1        WorkerAdded worker-1 worker-a at worker-1:7077 cores=8 memory_mib=16384
        1.000s  pi              started: driver at pi:7077
        2.000s  master-1        ApplicationAdded pi app-0 from pi cores_requested=4
        2.000s  master-1        ExecutorAdded pi/0 on worker-1 profile=0 cores=4 memory_mib=1024
        2.000s  worker-1        launches executor:pi/0 (app-0/0)
        2.000s  executor:pi/0   started: executor at executor:pi/0:7077
        2.000s  master-1        ExecutorStateChanged pi/0 RUNNING
        2.000s  worker-1        ends executor:pi/0 by force
        2.000s  executor:pi/0   ended: signal, exit 137
        2.000s  master-1        DriverAdded job[driver-0] driver-0 cores=1 memory_mib=512 supervise=true
        20.000s  -               fault 1 begins
        20.000s  worker-1        paused
        20.000s  worker-1        resumed
        20.000s  master-1        RegistrationRefused at worker-1:7077 (same-address)
        121.000s  master-1        WorkerRemoved worker-1 (silent) last_heartbeat=1.500s now=121.000s
        121.000s  master-1        HandlerThrew thrown=executor app-0/0 state transfer from LOST to RUNNING is illegal
        121.000s  worker-1        disconnected from master-1 (user time-out)
        121.000s  worker-1        cannot connect to nowhere:7077 (refused)
        121.000s  master-1        loses Resolved from worker-1
        130.000s  master-1        ReconnectAsked worker-1 ×3
        132.000s  -               the fault phase is over
    "#]].assert_eq(&flush(&writer.finish().unwrap()));
}

#[test]
fn json_is_one_canonical_object_per_line() {
    let mut writer = JsonWriter::new(Vec::new(), "A story", 7).unwrap();
    tell(|entry, ledger| writer.write(entry, ledger).unwrap());
    expect![[r#"
        {"format":"deploysim-trace","version":2,"title":"A story","seed":7}
        {"at":0,"fact":"started","node":0,"name":"master-1","role":"master","machine":0,"address":"master-1:7077","restarts":0}
        {"at":0,"fact":"note","node":0,"name":"master-1","kind":"MasterStateChanged","content":{"state":"ALIVE"}}
        {"at":0,"fact":"started","node":1,"name":"worker-1","role":"worker","machine":1,"address":"worker-1:7077","restarts":0}
        {"at":0,"fact":"note","node":1,"name":"worker-1","kind":"WorkerStarted","content":{"id":"worker-a","cores":8,"memory_mib":16384}}
        {"at":0,"fact":"connection-opened","node":1,"name":"worker-1","connection":7,"peer":0,"peer_name":"master-1"}
        {"at":0,"fact":"sent","node":1,"name":"worker-1","to":"master-1:7077","fate":"waits-for-connection","unit":"resolve","kind":"Resolve"}
        {"at":1000000000,"fact":"note","node":0,"name":"master-1","kind":"WorkerAdded","content":{"worker":0,"id":"worker-a","address":"worker-1:7077","cores":8,"memory_mib":16384}}
        {"at":1000000000,"fact":"received","node":0,"name":"master-1","from":1,"from_name":"worker-1","unit":"message","kind":"Heartbeat","content":{"ToMaster":{"Heartbeat":{"worker_id":"worker-a","worker":{"address":{"host":"worker-1","port":7077}}}}}}
        {"at":1000000000,"fact":"note","node":0,"name":"master-1","kind":"WorkerHeard","content":{"worker":0,"at":1767225601000}}
        {"at":1000000000,"fact":"started","node":2,"name":"pi","role":"driver","machine":2,"address":"pi:7077","restarts":0}
        {"at":2000000000,"fact":"note","node":0,"name":"master-1","kind":"ApplicationAdded","content":{"application":0,"id":"app-0","driver":"pi:7077","cores_requested":4}}
        {"at":2000000000,"fact":"note","node":0,"name":"master-1","kind":"ExecutorAdded","content":{"application":0,"number":0,"worker":0,"profile":0,"cores":4,"memory_mib":1024}}
        {"at":2000000000,"fact":"child-launched","node":1,"name":"worker-1","child":"executor:pi/0","executor":"app-0/0"}
        {"at":2000000000,"fact":"started","node":3,"name":"executor:pi/0","role":"executor","machine":3,"address":"executor:pi/0:7077","restarts":0,"executor":"app-0/0"}
        {"at":2000000000,"fact":"note","node":0,"name":"master-1","kind":"ExecutorStateChanged","content":{"application":0,"number":0,"state":"RUNNING"}}
        {"at":2000000000,"fact":"child-signalled","node":1,"name":"worker-1","child":"executor:pi/0","signal":"forced"}
        {"at":2000000000,"fact":"ended","node":3,"name":"executor:pi/0","end":"signalled","code":137}
        {"at":2000000000,"fact":"received","node":0,"name":"master-1","from":2,"from_name":"pi","unit":"ask","kind":"RequestSubmitDriver","content":{"AskMaster":{"RequestSubmitDriver":{"description":{"jar_url":"file:/job.jar","memory_mib":512,"cores":1,"supervise":true,"command":{"main_class":"","arguments":["{{WORKER_URL}}","{{USER_JAR}}","job"],"environment":{},"class_path_entries":[],"library_path_entries":[],"java_options":[]},"resource_requirements":[]}}}}}
        {"at":2000000000,"fact":"note","node":0,"name":"master-1","kind":"DriverAdded","content":{"driver":0,"id":"driver-0","cores":1,"memory_mib":512,"supervise":true}}
        {"at":2000000000,"fact":"sent","node":0,"name":"master-1","to":"client-2:7077","fate":"carried","unit":"answer","kind":"SubmitDriverResponse","content":{"Ok":{"SubmitDriver":{"master":{"address":{"host":"master-1","port":7077}},"success":false,"driver":null,"message":"no"}}}}
        {"at":20000000000,"fact":"fault-began","fault":0}
        {"at":20000000000,"fact":"paused","node":1,"name":"worker-1"}
        {"at":20000000000,"fact":"resumed","node":1,"name":"worker-1"}
        {"at":20000000000,"fact":"note","node":0,"name":"master-1","kind":"RegistrationRefused","content":{"address":"worker-1:7077","reason":"same-address"}}
        {"at":121000000000,"fact":"note","node":0,"name":"master-1","kind":"WorkerRemoved","content":{"worker":0,"reason":"silent","last_heartbeat":1767225601500,"now":1767225721000}}
        {"at":121000000000,"fact":"note","node":0,"name":"master-1","kind":"HandlerThrew","content":{"thrown":{"IllegalStateTransfer":{"executor":{"application":"app-0","number":0},"from":"Lost"}}}}
        {"at":121000000000,"fact":"connection-ended","node":1,"name":"worker-1","connection":7,"peer":"master-1:7077","cause":"user time-out"}
        {"at":121000000000,"fact":"dial-failed","node":1,"name":"worker-1","to":"nowhere:7077","cause":"refused"}
        {"at":121000000000,"fact":"tampered","node":0,"name":"master-1","from":1,"from_name":"worker-1","tampering":"dropped","unit":"resolved","kind":"Resolved"}
        {"at":130000000000,"fact":"received","node":0,"name":"master-1","from":1,"from_name":"worker-1","unit":"message","kind":"Heartbeat","content":{"ToMaster":{"Heartbeat":{"worker_id":"worker-a","worker":{"address":{"host":"worker-1","port":7077}}}}}}
        {"at":130000000000,"fact":"note","node":0,"name":"master-1","kind":"ReconnectAsked","content":{"worker":0}}
        {"at":131000000000,"fact":"received","node":0,"name":"master-1","from":1,"from_name":"worker-1","unit":"message","kind":"Heartbeat","content":{"ToMaster":{"Heartbeat":{"worker_id":"worker-a","worker":{"address":{"host":"worker-1","port":7077}}}}}}
        {"at":131000000000,"fact":"note","node":0,"name":"master-1","kind":"ReconnectAsked","content":{"worker":0}}
        {"at":132000000000,"fact":"received","node":0,"name":"master-1","from":1,"from_name":"worker-1","unit":"message","kind":"Heartbeat","content":{"ToMaster":{"Heartbeat":{"worker_id":"worker-a","worker":{"address":{"host":"worker-1","port":7077}}}}}}
        {"at":132000000000,"fact":"note","node":0,"name":"master-1","kind":"ReconnectAsked","content":{"worker":0}}
        {"at":132000000000,"fact":"settling"}
        {"at":300000000000,"fact":"finished"}
    "#]].assert_eq(&flush(&writer.into_inner()));
}

#[test]
fn csv_has_a_row_per_entry() {
    let mut out = Vec::new();
    let mut writer = CsvWriter::new(&mut out).unwrap();
    tell(|entry, ledger| writer.write(entry, ledger).unwrap());
    writer.finish().unwrap();
    expect![[r#"
        time_ns,node,fact,kind,details
        0,master-1,started,,started: master at master-1:7077
        0,master-1,note,MasterStateChanged,ALIVE
        0,worker-1,started,,started: worker at worker-1:7077
        0,worker-1,note,WorkerStarted,worker-a cores=8 memory_mib=16384
        0,worker-1,connection-opened,,connected to master-1
        0,worker-1,sent,Resolve,-> master-1 Resolve (waits for its connection)
        1000000000,master-1,note,WorkerAdded,worker-1 worker-a at worker-1:7077 cores=8 memory_mib=16384
        1000000000,master-1,received,Heartbeat,<- worker-1 Heartbeat
        1000000000,master-1,note,WorkerHeard,worker-1 at=1.000s
        1000000000,pi,started,,started: driver at pi:7077
        2000000000,master-1,note,ApplicationAdded,pi app-0 from pi cores_requested=4
        2000000000,master-1,note,ExecutorAdded,pi/0 on worker-1 profile=0 cores=4 memory_mib=1024
        2000000000,worker-1,child-launched,,launches executor:pi/0 (app-0/0)
        2000000000,executor:pi/0,started,,started: executor at executor:pi/0:7077
        2000000000,master-1,note,ExecutorStateChanged,pi/0 RUNNING
        2000000000,worker-1,child-signalled,,ends executor:pi/0 by force
        2000000000,executor:pi/0,ended,,"ended: signal, exit 137"
        2000000000,master-1,received,RequestSubmitDriver,<- pi RequestSubmitDriver
        2000000000,master-1,note,DriverAdded,job[driver-0] driver-0 cores=1 memory_mib=512 supervise=true
        2000000000,master-1,sent,SubmitDriverResponse,-> client-2:7077 SubmitDriverResponse
        20000000000,-,fault-began,,fault 1 begins
        20000000000,worker-1,paused,,paused
        20000000000,worker-1,resumed,,resumed
        20000000000,master-1,note,RegistrationRefused,at worker-1:7077 (same-address)
        121000000000,master-1,note,WorkerRemoved,worker-1 (silent) last_heartbeat=1.500s now=121.000s
        121000000000,master-1,note,HandlerThrew,thrown=executor app-0/0 state transfer from LOST to RUNNING is illegal
        121000000000,worker-1,connection-ended,,disconnected from master-1 (user time-out)
        121000000000,worker-1,dial-failed,,cannot connect to nowhere:7077 (refused)
        121000000000,master-1,tampered,Resolved,loses Resolved from worker-1
        130000000000,master-1,received,Heartbeat,<- worker-1 Heartbeat
        130000000000,master-1,note,ReconnectAsked,worker-1
        131000000000,master-1,received,Heartbeat,<- worker-1 Heartbeat
        131000000000,master-1,note,ReconnectAsked,worker-1
        132000000000,master-1,received,Heartbeat,<- worker-1 Heartbeat
        132000000000,master-1,note,ReconnectAsked,worker-1
        132000000000,-,settling,,the fault phase is over
        300000000000,-,finished,,the run is over
    "#]].assert_eq(&flush(&out));
}
