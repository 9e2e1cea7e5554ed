//! An election agent inside a Master driven by hand: the way to leadership, and what takes it
//! away.

use super::{AgentSettings, AgentTimer, Delays};
use crate::by_hand::ByHand;
use crate::master::{Master, MasterSettings, MasterTimer};
use crate::settings::{Settings, Shared};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::{CandidacyId, SessionId};
use deploysim_protocol::message::to_election::LatchResponse;
use deploysim_protocol::message::{Answer, ToMaster};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use std::sync::Arc;
use std::time::Duration;

const NOTHING: [&str; 0] = [];
const PING: MasterTimer = MasterTimer::Election(AgentTimer::PingSession);
const SUSPEND: MasterTimer = MasterTimer::Election(AgentTimer::Suspend);
const RECONNECT: MasterTimer = MasterTimer::Election(AgentTimer::Reconnect);
const CALL_BACK: MasterTimer = MasterTimer::Election(AgentTimer::CallBack);

fn service() -> Address {
    Address::new("election", 2181)
}

/// A master whose agent is suspended after these seconds, and called back after those.
fn delayed(suspend_s: &[u64], callback_s: u64) -> ByHand<Master> {
    let seconds = |seconds: &[u64]| Delays::new(seconds.iter().copied().map(Duration::from_secs));
    let settings = MasterSettings {
        web_ui_url: Text::new("http://m:8080"),
        election: Some(Arc::new(AgentSettings {
            service: service(),
            session_timeout: Duration::from_secs(60),
            connection_timeout: Duration::from_secs(15),
            suspend: seconds(suspend_s),
            callback: seconds(&[callback_s]),
        })),
        shared: Shared::new(Settings::default()),
    };
    ByHand::new(Master::new(settings), Address::new("m", 7077))
}

fn session(number: u64) -> Answer {
    Answer::Session(Some(SessionId(number)))
}

/// The candidacy of this number, behind another.
fn latch(own: u64, leader: u64) -> Answer {
    Answer::Latch(LatchResponse {
        own: Some(CandidacyId(own)),
        leader: Some(CandidacyId(leader)),
    })
}

/// With session 1 and candidacy 3, the first of which is another's. Calls 0 to 2 are over.
fn behind(suspend_s: &[u64], callback_s: u64) -> ByHand<Master> {
    let mut master = delayed(suspend_s, callback_s);
    master.start();
    master.resolve(0, service());
    master.answer(1, session(1));
    master.answer(2, latch(3, 2));
    master
}

/// As [`behind`], and leading.
fn leading(suspend_s: &[u64]) -> ByHand<Master> {
    let mut master = delayed(suspend_s, 0);
    master.start();
    master.resolve(0, service());
    master.answer(1, session(1));
    master.answer(2, latch(3, 3));
    master
}

fn changed(master: &mut ByHand<Master>) -> Vec<String> {
    master.receive(Reference::unbound(service()), ToMaster::LatchChanged)
}

#[test]
fn the_way_to_leadership() {
    let mut master = delayed(&[], 0);
    assert_eq!(
        master.start(),
        [
            "arm CheckForWorkerTimeOut 0.000s",
            "resolve#0 election:2181 15s"
        ]
    );
    assert_eq!(
        master.resolve(0, service()),
        ["ask#1 election:2181 OpenSession 15s"]
    );
    assert_eq!(
        master.answer(1, session(1)),
        [
            "note AgentConnected session=1",
            "arm Election(PingSession) 20.000s",
            "ask#2 election:2181 EnterLatch 15s",
        ]
    );
    assert_eq!(
        master.answer(2, latch(3, 3)),
        [
            "note LeadershipChanged leads=true",
            "send m:7077 ElectedLeader"
        ]
    );
    assert_eq!(
        master.receive(
            Reference::unbound(Address::new("m", 7077)),
            ToMaster::ElectedLeader
        ),
        ["note MasterStateChanged state=ALIVE"]
    );
    assert_eq!(
        master.receive(
            Reference::unbound(Address::new("m", 7077)),
            ToMaster::RevokedLeadership
        ),
        ["exit 0"]
    );
}

#[test]
fn a_candidate_behind_another_waits_for_word_and_reads_the_latch_again() {
    let mut master = behind(&[], 0);
    assert_eq!(changed(&mut master), ["ask#3 election:2181 ReadLatch 15s"]);
    // Word of a second change comes before the answer: the latch is read once more.
    assert_eq!(changed(&mut master), NOTHING);
    assert_eq!(
        master.answer(3, latch(3, 2)),
        ["ask#4 election:2181 ReadLatch 15s"]
    );
    assert_eq!(
        master.answer(4, latch(3, 3)),
        [
            "note LeadershipChanged leads=true",
            "send m:7077 ElectedLeader"
        ]
    );
}

#[test]
fn pings_keep_the_session() {
    let mut master = behind(&[], 0);
    assert_eq!(
        master.at(20).fire(PING),
        [
            "arm Election(PingSession) 40.000s",
            "ask#3 election:2181 PingSession 15s",
        ]
    );
    assert_eq!(master.answer(3, Answer::Flag(true)), NOTHING);
}

#[test]
fn a_ping_without_an_answer_suspends_and_costs_the_leader() {
    let mut master = leading(&[7]);
    master.at(20).fire(PING);
    assert_eq!(
        master.at(35).fail(3, AskError::TimedOut),
        [
            "note AgentDisconnected",
            "disarm Election(PingSession)",
            "arm Election(Suspend) 42.000s",
        ]
    );
    assert_eq!(
        master.at(42).fire(SUSPEND),
        [
            "note AgentSuspended",
            "note LeadershipChanged leads=false",
            "send m:7077 RevokedLeadership",
            "resolve#4 election:2181 15s",
        ]
    );
}

#[test]
fn the_end_of_the_connection_is_noticed_without_a_question() {
    let mut master = behind(&[2, 3], 0);
    assert_eq!(
        master.at(5).disconnect(service()),
        [
            "note AgentDisconnected",
            "disarm Election(PingSession)",
            "arm Election(Suspend) 7.000s",
        ]
    );
    // The dialler of a connection is told twice of its end.
    assert_eq!(master.disconnect(service()), NOTHING);
    master.at(7).fire(SUSPEND);
    master.resolve(3, service());
    master.answer(4, session(1));
    // The second loss takes the second delay.
    assert_eq!(
        master.at(8).disconnect(service()),
        [
            "note AgentDisconnected",
            "disarm Election(PingSession)",
            "abandon#5",
            "arm Election(Suspend) 11.000s",
        ]
    );
}

#[test]
fn the_connection_of_somebody_else_is_not_the_agents() {
    let mut master = leading(&[]);
    assert_eq!(master.disconnect(Address::new("w", 7078)), NOTHING);
}

#[test]
fn within_its_session_it_keeps_its_candidacy() {
    let mut master = behind(&[0], 0);
    master.at(5).disconnect(service());
    assert_eq!(
        master.fire(SUSPEND),
        ["note AgentSuspended", "resolve#3 election:2181 15s"]
    );
    assert_eq!(
        master.resolve(3, service()),
        ["ask#4 election:2181 OpenSession 15s"]
    );
    assert_eq!(
        master.answer(4, session(1)),
        [
            "note AgentConnected session=1",
            "arm Election(PingSession) 25.000s",
            "ask#5 election:2181 ReadLatch 15s",
        ]
    );
}

#[test]
fn after_its_session_it_becomes_a_candidate_anew() {
    let mut master = leading(&[0]);
    master.at(100).fire(PING);
    assert_eq!(
        master.answer(3, Answer::Flag(false)),
        [
            "note AgentExpired",
            "disarm Election(PingSession)",
            "note LeadershipChanged leads=false",
            "send m:7077 RevokedLeadership",
            "ask#4 election:2181 OpenSession 15s",
        ]
    );
    assert_eq!(
        master.answer(4, session(2)),
        [
            "note AgentConnected session=2",
            "arm Election(PingSession) 120.000s",
            "ask#5 election:2181 EnterLatch 15s",
        ]
    );
}

#[test]
fn a_session_that_is_gone_when_it_is_back_is_replaced() {
    let mut master = behind(&[0], 0);
    master.at(5).disconnect(service());
    master.fire(SUSPEND);
    master.at(90).resolve(3, service());
    assert_eq!(
        master.answer(4, Answer::Session(None)),
        [
            "note AgentExpired",
            "disarm Election(PingSession)",
            "ask#5 election:2181 OpenSession 15s",
        ]
    );
}

#[test]
fn attempts_pause_longer_and_longer_up_to_a_limit() {
    let mut master = delayed(&[], 0);
    master.start();
    let mut now_s = 0;
    for (call, pause_s) in [5, 10, 20, 20].into_iter().enumerate() {
        assert_eq!(
            master.fail_to_resolve(call as u64),
            [format!("arm Election(Reconnect) {}.000s", now_s + pause_s)]
        );
        now_s += pause_s;
        master.at(now_s).fire(RECONNECT);
    }
    // An answer to the session's question that does not come counts alike.
    master.resolve(4, service());
    assert_eq!(
        master.fail(5, AskError::TimedOut),
        [format!("arm Election(Reconnect) {}.000s", now_s + 20)]
    );
}

#[test]
fn word_of_a_loss_comes_no_later_than_the_end_of_the_session() {
    let mut master = leading(&[600]);
    master.at(20).fire(PING);
    master.answer(3, Answer::Flag(true));
    // The session lives until 80 s at the most: the last ping that was answered left at 20 s.
    assert_eq!(
        master.at(30).disconnect(service())[2],
        "arm Election(Suspend) 80.000s"
    );
    // A process that stood still beyond its session is told at once.
    let mut paused = leading(&[600]);
    assert_eq!(
        paused.at(300).disconnect(service())[2],
        "arm Election(Suspend) 300.000s"
    );
}

#[test]
fn a_call_back_looks_at_the_latch_again() {
    let mut master = behind(&[0], 4);
    changed(&mut master);
    assert_eq!(
        master.at(1).answer(3, latch(3, 3)),
        ["arm Election(CallBack) 5.000s"]
    );
    // It leads no more when the call-back comes: nothing is new to the Master.
    master.at(2).disconnect(service());
    assert_eq!(
        master.fire(SUSPEND),
        ["note AgentSuspended", "resolve#4 election:2181 15s"]
    );
    assert_eq!(
        master.at(5).fire(CALL_BACK),
        ["arm Election(CallBack) 6.000s"]
    );
    assert_eq!(master.at(6).fire(CALL_BACK), NOTHING);
}

#[test]
fn without_an_agent_nothing_is_asked() {
    let settings = MasterSettings {
        web_ui_url: Text::new("http://m:8080"),
        election: None,
        shared: Shared::new(Settings::default()),
    };
    let mut master = ByHand::new(Master::new(settings), Address::new("m", 7077));
    assert_eq!(master.start(), ["arm CheckForWorkerTimeOut 0.000s"]);
}
