//! What the user's program asks of the scheduler backend: more or fewer executors. The backend
//! keeps a table of totals; requests go through the application client to the master as asks.
//! What decides about them (dynamic allocation) is not here.

use super::{Driver, DriverOperation, KillAdjustment, Pending};
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::ResourceProfile;
use deploysim_protocol::event::DriverEvent;
use deploysim_protocol::id::{ApplicationId, ProfileId};
use deploysim_protocol::message::AskMaster;
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::{AskError, Thrown};
use std::sync::Arc;

impl Driver {
    /// Spark: the public calls of `CoarseGrainedSchedulerBackend`, made by the program.
    pub(super) fn handle_operation(
        &mut self,
        operation: DriverOperation,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match operation {
            DriverOperation::RequestExecutors { additional } => {
                self.request_executors(additional, turn)
            }
            DriverOperation::RequestTotalExecutors { totals } => {
                self.request_total_executors(totals, turn)
            }
            DriverOperation::KillExecutors {
                numbers,
                adjustment,
            } => self.kill_executors(&numbers, adjustment, turn),
            DriverOperation::ExcludeHost { host } => {
                self.excluded.insert(host);
                turn.note(DriverEvent::HostExcluded { host });
                Ok(())
            }
            DriverOperation::Finish { code } => {
                self.finish(code, turn);
                Ok(())
            }
        }
    }

    /// So many more of the default profile; the first request counts from 0, whatever runs.
    /// Spark: `CoarseGrainedSchedulerBackend.requestExecutors`.
    fn request_executors(
        &mut self,
        additional: i32,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if additional < 0 {
            return Err(negative(additional));
        }
        let Some(application) = &self.settings.application else {
            return Err(no_context());
        };
        let (_, total) = self
            .totals
            .entry(ProfileId::DEFAULT)
            .or_insert_with(|| (Arc::new(application.default_profile.clone()), 0));
        // 32-bit sums wrap around in Spark.
        *total = total.wrapping_add(additional);
        self.send_totals(None, turn);
        Ok(())
    }

    /// These totals replace the table; profiles that it had and these do not are forgotten here,
    /// while the master keeps theirs. Spark: `CoarseGrainedSchedulerBackend.requestTotalExecutors`.
    fn request_total_executors(
        &mut self,
        totals: Vec<(Arc<ResourceProfile>, i32)>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.settings.application.is_none() {
            return Err(no_context());
        }
        let sum = totals
            .iter()
            .fold(0_i32, |sum, (_, total)| sum.wrapping_add(*total));
        if sum < 0 {
            return Err(negative(sum));
        }
        let table = totals
            .into_iter()
            .map(|(profile, total)| (profile.id, (profile, total)))
            .collect();
        let former = std::mem::replace(&mut self.totals, table);
        for &profile in former.keys().filter(|id| !self.totals.contains_key(id)) {
            turn.note(DriverEvent::TotalForgotten { profile });
        }
        self.send_totals(None, turn);
        Ok(())
    }

    /// Kills those of `numbers` that are registered and not pending removal (KB-34). With
    /// [`KillAdjustment::LowerTarget`] the totals go first and the kill follows their answer.
    /// Spark: `CoarseGrainedSchedulerBackend.killExecutors` with `force`, since no executor here
    /// is busy with tasks.
    fn kill_executors(
        &mut self,
        numbers: &[u32],
        adjustment: KillAdjustment,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let mut chosen = Vec::new();
        for &number in numbers {
            match self.executors.get(&number) {
                Some(executor) if !executor.pending_removal => chosen.push(number),
                Some(_) | None => turn.note(DriverEvent::ExecutorKillIgnored { number }),
            }
        }
        if chosen.is_empty() {
            turn.note(DriverEvent::RequestAnswered { accepted: false });
            return Ok(());
        }
        for number in &chosen {
            if let Some(executor) = self.executors.get_mut(number) {
                executor.pending_removal = true;
            }
            turn.note(DriverEvent::ExecutorKillRequested { number: *number });
        }
        match adjustment {
            KillAdjustment::LowerTarget => {
                for number in &chosen {
                    self.lower_total(*number)?;
                }
                self.send_totals(Some(chosen), turn);
            }
            KillAdjustment::Replace => self.send_kill(&chosen, turn),
        }
        Ok(())
    }

    /// One executor fewer of its profile. In an empty table that profile's total becomes 0: the
    /// executor is taken for one that was started by default.
    /// Spark: `CoarseGrainedSchedulerBackend.adjustExecutors`.
    fn lower_total(&mut self, number: u32) -> Result<(), Thrown> {
        let Some(executor) = self.executors.get(&number) else {
            return Ok(());
        };
        let id = executor.profile;
        if let Some((_, total)) = self.totals.get_mut(&id) {
            *total = (*total - 1).max(0);
            return Ok(());
        }
        if !self.totals.is_empty() {
            return Err(Thrown::IllegalArgument {
                reason: Text::new(&format!("key not found: resource profile {id}")),
            });
        }
        let profile = self.profile(id);
        self.totals.insert(id, (profile, 0));
        Ok(())
    }

    /// A profile of which only the id is known is described by the default one: with a total of
    /// 0 nothing else of it is used.
    fn profile(&self, id: ProfileId) -> Arc<ResourceProfile> {
        let default = self
            .settings
            .application
            .as_ref()
            .map(|application| application.default_profile.clone())
            .unwrap_or_default();
        Arc::new(ResourceProfile { id, ..default })
    }

    /// Sends the whole table. S-36: dynamic allocation begins with 1.5, with one total; totals
    /// per profile with 3.4.
    /// Spark: `StandaloneSchedulerBackend.doRequestTotalExecutors`.
    fn send_totals(&mut self, then_kill: Option<Vec<u32>>, turn: &mut Turn<'_, Self>) {
        for (&profile, &(_, total)) in &self.totals {
            turn.note(DriverEvent::TotalRequested { profile, total });
        }
        let Some((application, master)) = self.registration() else {
            turn.note(DriverEvent::RequestAnswered { accepted: false });
            // The kill follows any answer, also this one, and has the same answer.
            if then_kill.is_some() {
                turn.note(DriverEvent::RequestAnswered { accepted: false });
            }
            return;
        };
        let ask = AskMaster::RequestExecutors {
            application,
            totals: self.totals.values().cloned().collect(),
        };
        let call = turn.ask(master, ask, self.settings.shared.conf.ask_timeout());
        self.calls.insert(call, Pending::Totals { then_kill });
    }

    /// Spark: `StandaloneSchedulerBackend.doKillExecutors`.
    fn send_kill(&mut self, numbers: &[u32], turn: &mut Turn<'_, Self>) {
        let Some((application, master)) = self.registration() else {
            turn.note(DriverEvent::RequestAnswered { accepted: false });
            return;
        };
        let executors = numbers
            .iter()
            .map(|number| Text::new(&number.to_string()))
            .collect();
        let ask = AskMaster::KillExecutors {
            application,
            executors,
        };
        let call = turn.ask(master, ask, self.settings.shared.conf.ask_timeout());
        self.calls.insert(call, Pending::Kill);
    }

    /// The master's answer to a request. A kill follows the totals whatever their answer says,
    /// and is dropped if they have none; its executors then stay pending removal.
    /// Spark: `ClientEndpoint.askAndReplyAsync`, `CoarseGrainedSchedulerBackend.killExecutors`.
    pub(super) fn handle_request_answered(
        &mut self,
        call: Call,
        answer: Result<bool, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        let then_kill = match self.calls.remove(&call) {
            Some(Pending::Totals { then_kill }) => then_kill,
            Some(Pending::Kill) => None,
            Some(Pending::Registration { .. }) | None => return,
        };
        match answer {
            Ok(accepted) => {
                turn.note(DriverEvent::RequestAnswered { accepted });
                if let Some(numbers) = then_kill {
                    self.send_kill(&numbers, turn);
                }
            }
            Err(_) => turn.note(DriverEvent::RequestFailed),
        }
    }

    /// The id and the master, if an answer to the registration has come; before that, requests
    /// are false without a message. Spark: `StandaloneAppClient.requestTotalExecutors`.
    fn registration(&self) -> Option<(ApplicationId, Reference)> {
        self.application.zip(self.master)
    }
}

fn negative(found: i32) -> Thrown {
    Thrown::IllegalArgument {
        reason: Text::new(&format!(
            "a negative number of executors was requested: {found}"
        )),
    }
}

fn no_context() -> Thrown {
    Thrown::IllegalArgument {
        reason: Text::new("the program has no application"),
    }
}
