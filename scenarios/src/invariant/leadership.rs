//! INV-M1, M3, M4, M5, M6, R3, L2 and L5: what a master does in each of its states, and how it
//! comes from one to the next. Which of its orders count is in `orders.rs`.

use super::scene::Scene;
use super::violation::Finding;
use crate::ledger::{Books, Ledger};
use crate::trace::{NodeId, Role};
use deploysim_protocol::address::Address;
use deploysim_protocol::event::StoreAccess;
use deploysim_protocol::message::{Message, ToWorker};
use deploysim_protocol::state::{ApplicationState, MasterState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::fmt;

/// What is known of the terms of masters.
#[derive(Clone, Debug, Default)]
pub(super) struct Leadership {
    /// Who the election service says leads, once it has said so.
    latch: Option<Address>,
    /// Terms that the service gave to an address and that its master has not begun.
    terms: BTreeMap<Address, u32>,
    /// Recoveries that a master completed since it was elected last.
    completed: BTreeMap<NodeId, u32>,
    /// The state of a master before the one that it entered last.
    before: BTreeMap<NodeId, MasterState>,
    /// The call of a master's store that failed last.
    failed: BTreeMap<NodeId, StoreAccess>,
}

impl Leadership {
    /// A master began: it is STANDBY.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.completed.remove(&master);
        self.before.remove(&master);
        self.failed.remove(&master);
    }

    /// A call of a master's store failed.
    pub(super) fn store_failed(&mut self, master: NodeId, call: StoreAccess) {
        self.failed.insert(master, call);
    }

    /// INV-M4: a handler of a master threw.
    pub(super) fn threw(
        &self,
        master: NodeId,
        thrown: &Thrown,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let state = ledger.books(master)?.state();
        let is_over = (ledger.process(master)).is_some_and(|own| self.is_over(own.address));
        let mark = match thrown {
            Thrown::Store { .. } if is_over => "after-term",
            Thrown::Store { .. } if state == MasterState::CompletingRecovery => "recovery-failed",
            Thrown::Store { reason } => match self.failed.get(&master) {
                Some(StoreAccess::Add) if is_of_former_id(thrown) => "id-again",
                Some(StoreAccess::Add) => "add-failed",
                Some(StoreAccess::Remove) => refusal(*reason),
                Some(StoreAccess::Read) => "read-failed",
                None => "store-failed",
            },
            Thrown::IllegalStateTransfer { .. } => "running-twice",
            Thrown::IllegalArgument { .. } => "refused",
            Thrown::UnexpectedDriverState { .. }
            | Thrown::Unhandled { .. }
            | Thrown::DuplicateExecutor { .. }
            | Thrown::ExecutorExcluded { .. } => "unexpected",
        };
        let name = ledger.name(master);
        let sentence = format!("a handler of {name} threw: {thrown}");
        Some(Finding::new("INV-M4", sentence).mark(mark))
    }

    /// The election service has another leader.
    pub(super) fn latch_led(&mut self, owner: Address) {
        self.latch = Some(owner);
        *self.terms.entry(owner).or_default() += 1;
    }

    /// Whether the election service, if there is one, says that somebody else leads.
    pub(super) fn is_over(&self, master: Address) -> bool {
        self.latch.is_some_and(|leader| leader != master)
    }

    /// INV-M1 and INV-R3: a master entered a state.
    pub(super) fn entered(
        &mut self,
        master: NodeId,
        state: MasterState,
        ledger: &Ledger,
    ) -> Vec<Finding> {
        let before = self.before.insert(master, state);
        let mut findings = Vec::new();
        let begins = match state {
            MasterState::Recovering => true,
            MasterState::Alive => !matches!(
                before,
                Some(MasterState::Recovering | MasterState::CompletingRecovery)
            ),
            MasterState::Standby | MasterState::CompletingRecovery => false,
        };
        if begins {
            self.completed.insert(master, 0);
            findings.extend(self.begins_term(master, ledger));
        }
        if state == MasterState::Alive {
            findings.extend(ledger.books(master).and_then(unknown));
        }
        findings
    }

    fn begins_term(&mut self, master: NodeId, ledger: &Ledger) -> Option<Finding> {
        self.latch?;
        let address = ledger.process(master)?.address;
        let left = self.terms.get_mut(&address);
        if let Some(left) = left
            && *left > 0
        {
            *left -= 1;
            return None;
        }
        let name = ledger.name(master);
        let sentence =
            format!("{name} begins to lead in a term that the election service gave to another");
        Some(Finding::new("INV-M1", sentence).mark("without-term"))
    }

    /// INV-M6: a master completed a recovery.
    pub(super) fn completed(&mut self, master: NodeId, ledger: &Ledger) -> Option<Finding> {
        let count = self.completed.entry(master).or_default();
        *count += 1;
        let sentence = || {
            let name = ledger.name(master);
            format!("{name} completed {count} recoveries in one term")
        };
        (*count > 1).then(|| Finding::new("INV-M6", sentence()).mark("again"))
    }
}

/// Why a store did not remove a record: it is gone already (RD-06), or the store fails (ND-04).
pub(super) fn refusal(reason: Text) -> &'static str {
    if reason.to_string().contains("NoNode") {
        "record-gone"
    } else {
        "remove-failed"
    }
}

/// INV-R3: nothing is UNKNOWN while a master is ALIVE.
fn unknown(books: &Books) -> Option<Finding> {
    let worker = (books.workers()).find(|(_, own)| own.state == WorkerState::Unknown);
    let application =
        (books.applications()).find(|(_, own)| own.state == ApplicationState::Unknown);
    let what: &dyn fmt::Display = match (&worker, &application) {
        (Some((_, worker)), _) => &worker.id,
        (None, Some((_, application))) => &application.id,
        (None, None) => return None,
    };
    let sentence = format!("{what} is UNKNOWN while the master becomes ALIVE");
    Some(Finding::new("INV-R3", sentence).about(what).mark("unknown"))
}

/// INV-M3: a STANDBY master says nothing to workers and clients but that it is STANDBY.
pub(super) fn says(master: NodeId, message: &Message, ledger: &Ledger) -> Option<Finding> {
    let is_refusal = match message {
        Message::ToWorker(message) => matches!(message, ToWorker::MasterInStandby),
        Message::ToDriver(_) => false,
        // What it says to itself and to the election service orders nobody.
        Message::ToMaster(_) | Message::ToExecutor(_) | Message::ToElection(_) => true,
    };
    if is_refusal || ledger.books(master)?.state() != MasterState::Standby {
        return None;
    }
    let (name, kind) = (ledger.name(master), message.kind());
    let sentence = format!("{name} is STANDBY and sends {kind}");
    Some(Finding::new("INV-M3", sentence).mark("speaks"))
}

/// INV-M5: a master begins to schedule.
pub(super) fn schedules(master: NodeId, ledger: &Ledger) -> Option<Finding> {
    let state = ledger.books(master)?.state();
    let sentence = || format!("{} schedules while it is {state}", ledger.name(master));
    (state != MasterState::Alive).then(|| Finding::new("INV-M5", sentence()).mark("not-alive"))
}

/// INV-L5: whether a master is in the middle of a recovery.
pub(super) fn is_recovering(scene: &Scene<'_>, master: NodeId) -> bool {
    let books = scene.ledger.books(master);
    scene.ledger.is_alive(master)
        && books.is_some_and(|books| match books.state() {
            MasterState::Recovering | MasterState::CompletingRecovery => true,
            MasterState::Standby | MasterState::Alive => false,
        })
}

/// INV-L5: a master has been recovering for too long.
pub(super) fn recovers(scene: &Scene<'_>, master: NodeId, since: Time) -> Finding {
    let state = scene.ledger.books(master).map(Books::state);
    let state = state.unwrap_or(MasterState::Recovering);
    let name = scene.ledger.name(master);
    let sentence = format!("{name} has been recovering since {since} and is {state}");
    let mark = match state {
        MasterState::CompletingRecovery => "stuck",
        MasterState::Recovering | MasterState::Standby | MasterState::Alive => "waits",
    };
    Finding::new("INV-L5", sentence).at(master).mark(mark)
}

/// INV-L2: whether nobody leads, although somebody could.
pub(super) fn is_leaderless(scene: &Scene<'_>) -> bool {
    let ledger = scene.ledger;
    let lives = |role: Role| {
        ledger
            .processes()
            .any(|(_, process)| process.role == role && process.is_alive())
    };
    let has_service = ledger
        .processes()
        .any(|(_, process)| process.role == Role::ElectionService);
    ledger.leader().is_none()
        && lives(Role::Master)
        && (!has_service || lives(Role::ElectionService))
}

/// INV-L2: nobody has led for too long.
pub(super) fn leaderless(scene: &Scene<'_>, since: Time) -> Finding {
    let ledger = scene.ledger;
    let stuck = ledger.masters().iter().copied().find(|master| {
        let state = ledger.books(*master).map(Books::state);
        ledger.is_alive(*master) && state == Some(MasterState::CompletingRecovery)
    });
    let has_service = ledger
        .processes()
        .any(|(_, process)| process.role == Role::ElectionService);
    let sentence = format!("no master has been ALIVE since {since}");
    let finding = Finding::new("INV-L2", sentence);
    match stuck {
        Some(master) => finding.at(master).mark("stuck"),
        // Without a service everybody is elected at once, and STANDBY only if that came to nothing.
        None if !has_service => finding.mark("unread"),
        None => finding.mark("nobody"),
    }
}

/// Whether an engine refused the record of an application or a driver because it has one of that
/// id, in the words of the engines that refuse that. The ids of workers carry their ports.
fn is_of_former_id(thrown: &Thrown) -> bool {
    let words = thrown.to_string();
    let is_there = words.contains("File already exists") || words.contains("NodeExists");
    is_there && (words.contains("/driver_") || words.contains("/app_"))
}
