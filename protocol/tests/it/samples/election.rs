//! Samples of what Masters and the election service say to each other.

use super::{Sample, sample};
use deploysim_protocol::id::{CandidacyId, SessionId};
use deploysim_protocol::message::to_election::LatchResponse;
use deploysim_protocol::message::{Answer, AskElection, ToElection, ToMaster};
use deploysim_protocol::wire::Envelope;

/// As the service makes them, of the wall clock and a count.
const SESSION: SessionId = SessionId((1_767_225_600_000 << 16) + 300);

pub(super) fn samples() -> Vec<Sample> {
    let session = SESSION;
    let one_way = |name, message| sample(name, Envelope::OneWay(message));
    let ask = |name, ask: AskElection| {
        let ask = ask.into();
        sample(name, Envelope::Ask { call: 7, ask })
    };
    let answer = |name, answer| {
        let outcome = Ok(answer);
        sample(name, Envelope::Answer { call: 7, outcome })
    };
    vec![
        one_way("ToMaster::LatchChanged", ToMaster::LatchChanged.into()),
        one_way("ToMaster::ElectedLeader", ToMaster::ElectedLeader.into()),
        one_way(
            "ToMaster::RevokedLeadership",
            ToMaster::RevokedLeadership.into(),
        ),
        one_way(
            "ToElection::CloseSession",
            ToElection::CloseSession { session }.into(),
        ),
        ask(
            "AskElection::OpenSession",
            AskElection::OpenSession { session: None },
        ),
        ask(
            "AskElection::OpenSession.again",
            AskElection::OpenSession {
                session: Some(session),
            },
        ),
        ask(
            "AskElection::PingSession",
            AskElection::PingSession { session },
        ),
        ask(
            "AskElection::EnterLatch",
            AskElection::EnterLatch { session },
        ),
        ask("AskElection::ReadLatch", AskElection::ReadLatch { session }),
        answer("Answer::Session", Answer::Session(Some(session))),
        answer("Answer::Session.expired", Answer::Session(None)),
        answer(
            "Answer::Latch",
            Answer::Latch(LatchResponse {
                own: Some(CandidacyId(300)),
                leader: Some(CandidacyId(2)),
            }),
        ),
        answer(
            "Answer::Latch.nobody",
            Answer::Latch(LatchResponse {
                own: None,
                leader: None,
            }),
        ),
    ]
}
