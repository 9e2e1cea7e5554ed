//! What is allowed in a scenario but hardly meant. Only what can be said without playing it.

use super::plan::{Claim, ExpectationPlan, Plan, Window};
use super::suggest::nearest;
use crate::expectation::Judge;
use crate::ledger::Ledger;
use crate::network::Machine;
use crate::trace::{Entry, Fact, NodeId, Role, Start};
use deploysim_protocol::address::Address;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::event::{Event, MasterEvent};
use deploysim_protocol::state::MasterState;
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::time::Time;

/// Sentences about a scenario, each about one doubtful thing.
pub fn remarks(plan: &Plan) -> Vec<String> {
    let suspects: Vec<&ExpectationPlan> = (plan.expectations.iter())
        .filter(|expectation| is_about_nothing_yet(expectation))
        .collect();
    let alone = Plan {
        expectations: suspects.iter().copied().cloned().collect(),
        ..plan.clone()
    };
    // When a master begins to lead its books are empty: what holds then is true of nothing.
    let held = scope(|| {
        let mut ledger = Ledger::new(&alone);
        for fact in empty_books() {
            ledger.apply(&Entry {
                at: Time::ZERO,
                node: NodeId(0),
                fact,
            });
        }
        let mut judge = Judge::new(&alone);
        judge.pass_to(Time::from_nanos(1), &ledger);
        let decisions = judge.decisions();
        decisions
            .map(|decision| decision.is_some_and(|decision| decision.held))
            .collect::<Vec<bool>>()
    });
    let mode = plan.mode_not_played.as_deref().map(not_played);
    let trivial = suspects.into_iter().zip(held).filter(|(_, held)| *held);
    let trivial = trivial.map(|(expectation, _)| {
        format!("`{expectation}` holds from the start; say `after`, or use `at` or `always`")
    });
    mode.into_iter().chain(trivial).collect()
}

/// A recovery mode in whose place NONE is played.
fn not_played(word: &str) -> String {
    if word == RecoveryMode::Custom.word() {
        return "recovery mode CUSTOM cannot be played: nothing is kept, as with NONE".to_owned();
    }
    let known = RecoveryMode::WORDS.iter().map(|(known, _)| *known);
    let meant = nearest(word, known).map(|known| format!("; did you mean `{known}`?"));
    let meant = meant.unwrap_or_default();
    format!("recovery mode `{word}` is unknown to Spark: nothing is kept, as with NONE{meant}")
}

/// A master that leads, and nothing else.
fn empty_books() -> [Fact<'static>; 2] {
    let start = Start {
        name: Text::new("master-1"),
        role: Role::Master,
        machine: Machine(0),
        address: Address::new("master-1", 7077),
        parent: None,
        child: None,
        restarts: 0,
    };
    let state = MasterState::Alive;
    let leads = Event::from(MasterEvent::MasterStateChanged { state });
    [Fact::Started(start), Fact::Note(leads)]
}

/// Whether an expectation asks for something at some instant from the beginning on, and is about
/// books: processes that run may have begun at the first instant already.
fn is_about_nothing_yet(expectation: &ExpectationPlan) -> bool {
    let from_the_start = match expectation.window {
        Window::By { after, .. } => after == Time::ZERO,
        Window::At(_) | Window::Always { .. } | Window::Never { .. } => false,
    };
    from_the_start
        && match expectation.claim {
            Claim::Worker { .. }
            | Claim::Driver { .. }
            | Claim::Application { .. }
            | Claim::Executor { .. }
            | Claim::Message { .. } => true,
            Claim::Master { .. } | Claim::Process { .. } => false,
        }
}
