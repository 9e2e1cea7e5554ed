//! The Master and its one match; no logic. What happens on each input is in the file of that
//! concern, what several concerns end in is in `lifecycle/`, the tables are in `books/`, and
//! placement is in [`scheduling`].
//!
//! Where Spark iterates a hash set, the order is fixed here: workers and drivers by id,
//! executors by full id, applications in order of registration; what goes to every worker goes
//! by slot, which is the order of registration save that vacated slots are used again.

mod applications;
mod booking;
mod books;
mod decommission;
mod disconnection;
mod executors;
mod heartbeat;
mod identifiers;
mod latest_state;
mod lifecycle;
mod queries;
mod recovery;
mod registration;
mod schedule;
pub mod scheduling;
mod submission;
#[cfg(test)]
mod tests;
pub mod view;

use crate::election::agent::{AgentSettings, AgentTimer, ElectionAgent};
use crate::node::{Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use books::Books;
use deploysim_protocol::event::{Event, MasterEvent};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{Answer, AskMaster, ToMaster};
use deploysim_protocol::state::{ApplicationState, MasterState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use identifiers::Counters;
use scheduling::{Rules, Scheduler};
use std::sync::Arc;

/// What one Master process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MasterSettings {
    /// Its web page.
    pub web_ui_url: Text,
    /// How it is elected; none if whoever runs it elects it at once. Spark: the agent that
    /// `spark.deploy.recoveryMode` stands for.
    pub election: Option<Arc<AgentSettings>>,
    /// What all nodes share.
    pub shared: Shared,
}

/// The deadlines of a Master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MasterTimer {
    /// When to look for workers that are silent for longer than the time-out. Fixed rate.
    CheckForWorkerTimeOut,
    /// When to stop waiting for those that were read from the store.
    CompleteRecovery,
    /// When the election agent has something to do.
    Election(AgentTimer),
}

/// What an operator can ask of a Master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MasterOperation {
    /// `/app/kill` of the web page.
    KillApplication {
        /// Which application.
        application: ApplicationId,
    },
}

/// The cluster manager.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Master {
    settings: MasterSettings,
    state: MasterState,
    counters: Counters,
    books: Books,
    scheduler: Scheduler,
    /// Part of the Master's process, not of the Master.
    agent: Option<Box<ElectionAgent>>,
}

impl Master {
    /// A Master that was not started yet.
    pub fn new(settings: MasterSettings) -> Self {
        let rules = Rules::from_conf(&settings.shared.conf);
        let agent = settings.election.clone().map(ElectionAgent::new);
        Self {
            agent: agent.map(Box::new),
            settings,
            state: MasterState::Standby,
            counters: Counters::default(),
            books: Books::new(),
            scheduler: Scheduler::new(rules),
        }
    }

    /// Sets the state of the Master itself.
    fn become_state(&mut self, state: MasterState, turn: &mut Turn<'_, Self>) {
        self.state = state;
        turn.note(MasterEvent::MasterStateChanged { state });
    }

    fn dispatch(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        match input {
            Input::Started => {
                turn.arm(MasterTimer::CheckForWorkerTimeOut, turn.uptime());
                self.with_agent(turn, ElectionAgent::start);
                Ok(())
            }
            Input::Received { from: _, message } => self.receive(message, turn),
            Input::Asked { from: _, call, ask } => match self.answer(ask, turn) {
                Ok(answer) => {
                    turn.reply(call, Ok(answer));
                    Ok(())
                }
                Err(thrown) => {
                    turn.reply(call, Err(thrown));
                    Err(thrown)
                }
            },
            Input::Disconnected { peer } => {
                let agent = self.agent.as_mut();
                if agent.is_some_and(|agent| agent.handle_disconnected(peer, turn)) {
                    return Ok(());
                }
                self.handle_disconnected(peer, turn)?;
                self.complete_recovery_if_all_answered(turn)
            }
            Input::Fired { timer, due } => self.handle_fired(timer, due, turn),
            Input::Elected => self.handle_elected(turn),
            Input::Revoked => {
                self.handle_revoked(turn);
                Ok(())
            }
            // Only the agent asks.
            Input::Answered { call, answer } => {
                self.with_agent(turn, |agent, turn| {
                    agent.handle_answered(call, answer, turn)
                });
                Ok(())
            }
            Input::Resolved { call, endpoint } => {
                self.with_agent(turn, |agent, turn| {
                    agent.handle_resolved(call, endpoint, turn);
                });
                Ok(())
            }
            Input::Operator(MasterOperation::KillApplication { application }) => {
                self.handle_kill_application(application, turn)
            }
            // A Master has no children; Spark's does not override `onNetworkError`.
            Input::ConnectionError { .. }
            | Input::ProcessStarted { .. }
            | Input::ProcessEnded { .. } => Ok(()),
        }
    }

    /// Spark: `Master.receive`.
    fn receive(&mut self, message: ToMaster, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        match message {
            ToMaster::Heartbeat { worker_id, worker } => {
                self.handle_heartbeat(worker_id, worker, turn);
                Ok(())
            }
            ToMaster::RegisterWorker(message) => self.handle_register_worker(*message, turn),
            ToMaster::RegisterApplication {
                description,
                driver,
            } => self.handle_register_application(description, driver, turn),
            ToMaster::UnregisterApplication { application } => {
                self.handle_unregister_application(application, turn)
            }
            ToMaster::DriverStateChanged {
                driver,
                state,
                exception,
            } => self.handle_driver_state_changed(driver, state, exception, turn),
            ToMaster::MasterChangeAcknowledged { application } => {
                self.handle_master_change_acknowledged(application, turn)
            }
            ToMaster::WorkerSchedulerStateResponse(message) => {
                self.handle_worker_scheduler_state_response(*message, turn)
            }
            ToMaster::WorkerLatestState(message) => {
                self.handle_worker_latest_state(&message, turn);
                Ok(())
            }
            ToMaster::WorkerDecommissioning { worker_id, worker } => {
                self.handle_worker_decommissioning(worker_id, worker, turn)
            }
            ToMaster::DecommissionWorkers { worker_ids } => {
                self.handle_decommission_workers(&worker_ids, turn)
            }
            ToMaster::LatchChanged => {
                self.with_agent(turn, ElectionAgent::handle_latch_changed);
                Ok(())
            }
            ToMaster::ElectedLeader => self.handle_elected(turn),
            ToMaster::RevokedLeadership => {
                self.handle_revoked(turn);
                Ok(())
            }
        }
    }

    fn with_agent<'a>(
        &mut self,
        turn: &mut Turn<'a, Self>,
        act: impl FnOnce(&mut ElectionAgent, &mut Turn<'a, Self>),
    ) {
        if let Some(agent) = &mut self.agent {
            act(agent, turn);
        }
    }

    /// Spark: `Master.receiveAndReply`.
    fn answer(&mut self, ask: AskMaster, turn: &mut Turn<'_, Self>) -> Result<Answer, Thrown> {
        match ask {
            AskMaster::ExecutorStateChanged(ask) => self.handle_executor_state_changed(*ask, turn),
            AskMaster::RequestExecutors {
                application,
                totals,
            } => Ok(self.handle_request_executors(application, &totals, turn)),
            AskMaster::KillExecutors {
                application,
                executors,
            } => Ok(self.handle_kill_executors(application, &executors, turn)),
            AskMaster::RequestSubmitDriver { description } => {
                self.handle_request_submit_driver(description, turn)
            }
            AskMaster::RequestKillDriver { driver } => {
                Ok(self.handle_request_kill_driver(driver, turn))
            }
            AskMaster::RequestKillAllDrivers => Ok(self.handle_request_kill_all_drivers(turn)),
            AskMaster::RequestDriverStatus { driver } => {
                Ok(self.handle_request_driver_status(driver))
            }
            AskMaster::RequestClearCompletedDriversAndApps => Ok(self.handle_clear_completed(turn)),
            AskMaster::RequestReadyz => Ok(Answer::Flag(self.state != MasterState::Standby)),
            AskMaster::RequestMasterState => Ok(self.handle_request_master_state(turn.me())),
            AskMaster::BoundPortsRequest => Ok(self.handle_bound_ports_request(turn.me())),
            AskMaster::DecommissionWorkersOnHosts { hosts } => {
                Ok(self.handle_decommission_workers_on_hosts(&hosts, turn))
            }
        }
    }

    fn handle_fired(
        &mut self,
        timer: MasterTimer,
        due: Time,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match timer {
            MasterTimer::CheckForWorkerTimeOut => self.handle_check_for_worker_time_out(due, turn),
            MasterTimer::CompleteRecovery => self.complete_recovery(turn),
            MasterTimer::Election(timer) => {
                self.with_agent(turn, |agent, turn| agent.handle_fired(timer, turn));
                Ok(())
            }
        }
    }

    /// S-51: since 1.4. Spark: `ApplicationPage.handleKill`, through the mailbox.
    /// **Differs:** Spark removes the application in the thread of the web page, beside its
    /// mailbox; a node handles one input at a time.
    fn handle_kill_application(
        &mut self,
        application: ApplicationId,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if !self.settings.shared.conf.ui_kill_enabled {
            return Ok(());
        }
        match self.books.applications.by_id(application) {
            Some(slot) => self.remove_application(slot, ApplicationState::Killed, turn),
            None => {
                turn.note(MasterEvent::ApplicationUnknown { id: application });
                Ok(())
            }
        }
    }
}

impl Node for Master {
    type Message = ToMaster;
    type Ask = AskMaster;
    type Answer = Answer;
    type Timer = MasterTimer;
    type Operation = MasterOperation;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        // S-50: what a handler throws is logged and ignored since 1.4.
        if let Err(thrown) = self.dispatch(input, turn) {
            turn.note(Event::HandlerThrew { thrown });
        }
    }
}
