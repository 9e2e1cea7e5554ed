//! Registration of the application: attempts at every master, the retry timer in its three
//! generations, and the answers. There is no de-duplication: every answer counts, and a late
//! attempt is sent although an answer has come (RD-03).

use super::{Driver, DriverTimer, Pending};
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::behaviour::ApplicationRetryTimer;
use deploysim_protocol::event::{DeathReason, DriverEvent};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// How long one attempt waits. Spark: `StandaloneAppClient.REGISTRATION_TIMEOUT_SECONDS`.
pub(super) const REGISTRATION_TIMEOUT: Duration = Duration::from_secs(20);

/// How many attempts there are. Spark: `StandaloneAppClient.REGISTRATION_RETRIES`.
pub(super) const REGISTRATION_RETRIES: u32 = 3;

impl Driver {
    /// Dials the worker, if a worker started this process, and registers the application, if
    /// the program has one. Spark: `DriverWrapper.main`, then `ClientEndpoint.onStart`.
    pub(super) fn start(&mut self, turn: &mut Turn<'_, Self>) {
        if let Some(watcher) = self.watcher() {
            watcher.start(self.settings.shared.conf.ask_timeout(), turn);
        }
        if self.settings.application.is_some() {
            self.register(1, turn);
        }
    }

    /// Begins an attempt and the time-out that follows it.
    /// Spark: `ClientEndpoint.registerWithMaster`.
    fn register(&mut self, attempt: u32, turn: &mut Turn<'_, Self>) {
        self.try_register_all_masters(attempt, turn);
        // S-34: `nested` starts one more timer with each attempt and cancels none; the others
        // have one.
        let number = match self.settings.shared.behaviour.application_retry_timer {
            ApplicationRetryTimer::OneShot | ApplicationRetryTimer::Periodic => {
                self.attempts.clear();
                0
            }
            ApplicationRetryTimer::Nested => {
                u32::try_from(self.attempts.len()).expect("fewer timers than numbers")
            }
        };
        self.attempts.push(attempt);
        turn.arm_after(
            DriverTimer::RegistrationTimeOut(number),
            REGISTRATION_TIMEOUT,
        );
    }

    /// One attempt: each master is looked up. Whether an answer has come is tested here and not
    /// again when the look-up is done (measured). Spark: `ClientEndpoint.tryRegisterAllMasters`.
    fn try_register_all_masters(&mut self, attempt: u32, turn: &mut Turn<'_, Self>) {
        if self.registered {
            return;
        }
        turn.note(DriverEvent::RegistrationAttempted { attempt });
        let timeout = self.settings.shared.conf.ask_timeout();
        let settings = Arc::clone(&self.settings);
        for &master in settings.masters.iter() {
            let call = turn.resolve(master, timeout);
            self.calls.insert(call, Pending::Registration { master });
        }
    }

    /// A master was found, or not. Spark: the task of `ClientEndpoint.tryRegisterAllMasters`.
    pub(super) fn handle_resolved(
        &mut self,
        call: Call,
        endpoint: Result<Reference, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(Pending::Registration { master }) = self.calls.remove(&call) else {
            return;
        };
        let Some(description) = &self.settings.application else {
            return;
        };
        match endpoint {
            // S-46: the description carries `initial_executor_limit`, which masters honour
            // since 2.0.
            Ok(endpoint) => turn.send(
                endpoint,
                ToMaster::RegisterApplication {
                    description: Arc::clone(description),
                    driver: Reference::unbound(turn.me()),
                },
            ),
            Err(_) => turn.note(DriverEvent::MasterUnreachable { master }),
        }
    }

    /// An attempt's time is over: stop, give up, or try again.
    /// Spark: the timer of `ClientEndpoint.registerWithMaster`.
    pub(super) fn handle_registration_time_out(
        &mut self,
        number: u32,
        due: Time,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(&attempt) = self.attempts.get(number as usize) else {
            return;
        };
        if self.registered {
            // S-34: in the generations whose timers repeat, these go on and find the same each
            // time, so they are not armed again.
            return self.cancel_attempts(turn);
        }
        if attempt >= REGISTRATION_RETRIES {
            return self.stop_program(DeathReason::Unresponsive, turn);
        }
        let timer = DriverTimer::RegistrationTimeOut(number);
        match self.settings.shared.behaviour.application_retry_timer {
            ApplicationRetryTimer::OneShot => {
                self.cancel_attempts(turn);
                self.register(attempt + 1, turn);
            }
            // KB-16: the timer goes on at its fixed rate, and the next attempt starts another.
            ApplicationRetryTimer::Nested => {
                turn.arm(timer, due + REGISTRATION_TIMEOUT);
                self.cancel_attempts(turn);
                self.register(attempt + 1, turn);
            }
            // One timer counts, and outstanding attempts are left alone.
            ApplicationRetryTimer::Periodic => {
                turn.arm(timer, due + REGISTRATION_TIMEOUT);
                self.attempts[number as usize] = attempt + 1;
                self.try_register_all_masters(attempt + 1, turn);
            }
        }
    }

    /// A master accepted the application. Every answer is taken, also one from another master
    /// or with another id. Spark: `ClientEndpoint.receive`, `RegisteredApplication`.
    pub(super) fn handle_registered(
        &mut self,
        application: ApplicationId,
        master: Reference,
        turn: &mut Turn<'_, Self>,
    ) {
        self.application = Some(application);
        self.registered = true;
        self.master = Some(master);
        turn.note(DriverEvent::ApplicationConnected {
            application,
            master: master.address,
        });
    }

    /// Drops the look-ups that are under way. Spark: `registerMasterFutures`, `cancel(true)`.
    fn cancel_attempts(&mut self, turn: &mut Turn<'_, Self>) {
        self.calls.retain(|&call, pending| match pending {
            Pending::Registration { .. } => {
                turn.abandon(call);
                false
            }
            Pending::Totals { .. } | Pending::Kill => true,
        });
    }
}
