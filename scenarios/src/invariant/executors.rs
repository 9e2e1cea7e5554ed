//! INV-X2, INV-X3, INV-X4, INV-X7: what may follow what in the life of an executor, the limit of
//! abnormal ends, and targets.

use super::shapes::Shapes;
use super::violation::Finding;
use crate::ledger::{Books, Kept};
use crate::trace::NodeId;
use deploysim_protocol::event::ApplicationSlot;
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::state::{ApplicationState, ExecutorState};
use std::collections::BTreeMap;

/// What was seen of executors at each master.
#[derive(Clone, Debug)]
pub(super) struct Executors {
    /// The most abnormal ends in a row; negative: any number.
    limit: i32,
    states: BTreeMap<(NodeId, ApplicationSlot, u32), ExecutorState>,
    /// Executors that failed without ever having run, since any last ran.
    failed_at_start: BTreeMap<(NodeId, ApplicationSlot), i32>,
}

impl Executors {
    pub(super) const fn new(limit: i32) -> Self {
        Self {
            limit,
            states: BTreeMap::new(),
            failed_at_start: BTreeMap::new(),
        }
    }

    /// A master began: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.states.retain(|(node, _, _), _| *node != master);
        self.failed_at_start.retain(|(node, _), _| *node != master);
    }

    pub(super) fn application_added(&mut self, master: NodeId, application: ApplicationSlot) {
        let range = (master, application, 0)..=(master, application, u32::MAX);
        let old: Vec<_> = self.states.range(range).map(|(key, _)| *key).collect();
        for key in old {
            self.states.remove(&key);
        }
        self.failed_at_start.remove(&(master, application));
    }

    /// INV-X3: an executor is ordered.
    pub(super) fn added(
        &mut self,
        master: NodeId,
        application: ApplicationSlot,
        number: u32,
        books: &Books,
    ) -> Option<Finding> {
        let key = (master, application, number);
        self.states.insert(key, ExecutorState::Launching);
        let record = books.application(application);
        if record.is_some_and(|record| record.kept == Kept::Active) {
            return None;
        }
        let id = record.map_or_else(|| "?".to_owned(), |record| record.id.to_string());
        let sentence =
            format!("executor {number} is ordered for application {id}, which is not in the books");
        Some(Finding::new("INV-X3", sentence).about(id))
    }

    /// INV-X2: an executor's state changed.
    pub(super) fn changed(
        &mut self,
        master: NodeId,
        application: ApplicationSlot,
        number: u32,
        state: ExecutorState,
        books: &Books,
    ) -> Option<Finding> {
        let key = (master, application, number);
        let from = self.states.insert(key, state)?;
        let failures = self
            .failed_at_start
            .entry((master, application))
            .or_insert(0);
        if state == ExecutorState::Running {
            *failures = 0;
        } else if state == ExecutorState::Failed && from == ExecutorState::Launching {
            *failures += 1;
        }
        if may_follow(from, state) {
            return None;
        }
        let id = books.application(application)?.executor_id(number);
        let mark = if from == ExecutorState::Running && state == ExecutorState::Running {
            "running-twice"
        } else {
            "order"
        };
        let sentence = format!("executor {id} went from {from} to {state}");
        Some(Finding::new("INV-X2", sentence).about(id).mark(mark))
    }

    /// INV-X4: an application is removed.
    pub(super) fn removed(
        &self,
        application: ApplicationSlot,
        state: ApplicationState,
        books: &Books,
    ) -> Option<Finding> {
        if state != ApplicationState::Failed {
            return None;
        }
        let record = books.application(application)?;
        let id = record.id;
        if let Some(number) = running(books, application) {
            let sentence = format!("application {id} ends as FAILED while executor {number} runs");
            let finding = Finding::new("INV-X4", sentence).about(id);
            return Some(finding.mark("while-running"));
        }
        if self.limit >= 0 && record.retry_count >= self.limit {
            return None;
        }
        let sentence = format!(
            "application {id} ends as FAILED after {} abnormal ends, and {} are allowed",
            record.retry_count, self.limit
        );
        Some(Finding::new("INV-X4", sentence).about(id).mark("too-early"))
    }

    /// INV-X4: a turn in which an abnormal end of the application was counted, or an executor
    /// failed at its start, is over.
    pub(super) fn counted(
        &self,
        master: NodeId,
        application: ApplicationSlot,
        books: &Books,
    ) -> Option<Finding> {
        let record = books.application(application)?;
        let failed = self.failed_at_start.get(&(master, application));
        let count = record.retry_count.max(failed.copied().unwrap_or(0));
        if self.limit < 0
            || record.kept != Kept::Active
            || count < self.limit.max(1)
            || running(books, application).is_some()
        {
            return None;
        }
        let sentence = format!(
            "application {} goes on after {count} abnormal ends without a running executor, and {} are allowed",
            record.id, self.limit
        );
        let finding = Finding::new("INV-X4", sentence).about(record.id);
        Some(finding.mark("endless"))
    }

    /// INV-X7: a target was set in this turn.
    pub(super) fn target_set(
        books: &Books,
        application: ApplicationSlot,
        profile: ProfileId,
        target: i32,
        shapes: &Shapes,
        master: NodeId,
    ) -> Option<Finding> {
        let record = books.application(application)?;
        let Some((id, totals)) = shapes.totals(master) else {
            // The first target comes with the application.
            return None;
        };
        let asked = totals.iter().rev().find(|(own, _)| *own == profile);
        let fitting = id == record.id && totals.contains(&(profile, target));
        if fitting {
            return None;
        }
        let asked = asked.map_or_else(|| "nothing".to_owned(), |(_, total)| total.to_string());
        let sentence = format!(
            "the target of profile {profile} of application {} becomes {target}, and {asked} was asked for",
            record.id
        );
        Some(Finding::new("INV-X7", sentence).about(record.id))
    }

    /// INV-X7: a turn in which totals were asked for is over.
    pub(super) fn totals_applied(
        books: &Books,
        shapes: &Shapes,
        master: NodeId,
    ) -> Option<Finding> {
        let (id, totals) = shapes.totals(master)?;
        let (_, record) = books.application_by_id(id)?;
        let (profile, total) = totals.iter().find(|(profile, total)| {
            let last = totals.iter().rev().find(|(own, _)| own == profile);
            last == Some(&(*profile, *total)) && record.target(*profile) != Some(*total)
        })?;
        if record.kept != Kept::Active {
            return None;
        }
        let target = record.target(*profile);
        let target = target.map_or_else(|| "none".to_owned(), |target| target.to_string());
        let sentence = format!(
            "{total} executors of profile {profile} were asked for by application {id}, and the target is {target}"
        );
        Some(Finding::new("INV-X7", sentence).about(id))
    }
}

/// An executor of the application that is RUNNING in its map.
fn running(books: &Books, application: ApplicationSlot) -> Option<u32> {
    let executors = &books.application(application)?.executors;
    let mut running = executors
        .iter()
        .filter(|(_, own)| own.in_application && own.state == ExecutorState::Running);
    running.next().map(|(number, _)| *number)
}

/// Whether an executor may go from one state to another at one master.
const fn may_follow(from: ExecutorState, to: ExecutorState) -> bool {
    use ExecutorState::{Decommissioned, Exited, Failed, Killed, Launching, Lost, Running};
    match from {
        Launching => !matches!(to, Launching),
        Running => !matches!(to, Launching | Running),
        Decommissioned => !matches!(to, Launching | Running | Decommissioned),
        Killed | Failed | Lost | Exited => false,
    }
}
