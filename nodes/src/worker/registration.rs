//! Registration with the masters: when an attempt is made and to whom, what each answer does,
//! and which master is followed. What the masters think of it is in the master's file of the
//! same name.

use super::lifecycle::Mailbox;
use super::{Followed, Worker, WorkerTimer};
use crate::node::Call;
use crate::pattern::{Argument, fill, stamp};
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::{IgnoredOrder, IgnoredReason, WorkerEvent};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::to_master::RegisterWorker;
use deploysim_protocol::message::to_worker::RegisteredWorker;
use deploysim_protocol::message::{AskMaster, ToMaster};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// Pauses between two attempts, in whole seconds: of the first retries, and of the later ones.
/// Zero before the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct RetryIntervals {
    initial_s: u8,
    prolonged_s: u8,
}

impl RetryIntervals {
    /// The pauses for `unit`, uniform in [0, 1): 10 s and 60 s, each times `unit` + 0.5, rounded
    /// half up. Spark: `INITIAL_REGISTRATION_RETRY_INTERVAL_SECONDS` and
    /// `PROLONGED_REGISTRATION_RETRY_INTERVAL_SECONDS`.
    pub(super) fn drawn(unit: f64) -> Self {
        let fuzz = unit + 0.5;
        let seconds = |base: f64| (base * fuzz + 0.5).floor() as u8;
        Self {
            initial_s: seconds(10.0),
            prolonged_s: seconds(60.0),
        }
    }

    pub(super) const fn initial(self) -> Duration {
        Duration::from_secs(self.initial_s as u64)
    }

    pub(super) const fn prolonged(self) -> Duration {
        Duration::from_secs(self.prolonged_s as u64)
    }
}

/// A registration under way.
///
/// 1. It exists exactly while the timer `ReregisterWithMaster` is armed.
/// 2. While it exists the worker is not registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Registration {
    /// How often the retry timer has fired. Spark: `connectionAttemptCount`.
    retries: u32,
    /// The retry timer's period.
    period: Duration,
    /// Look-ups that are not answered yet, and where. Spark: `registerMasterFutures`.
    outstanding: Vec<(Call, Address)>,
}

impl Worker {
    /// Makes the id, draws the retry intervals, and registers.
    /// Spark: `Worker.onStart` and the constructor.
    pub(super) fn start(&mut self, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        let me = turn.me();
        let arguments = [
            Argument::Text(&stamp(turn.wall())),
            Argument::Text(&me.host.as_str()),
            Argument::Number(u64::from(me.port)),
        ];
        let pattern = &self.settings.shared.conf.worker_id_pattern;
        let id = match fill(pattern, &arguments) {
            Ok(id) => WorkerId::new(&id),
            Err(error) => {
                // The constructor throws in Spark, so the process never comes to be.
                turn.exit(1);
                return Err(Thrown::IllegalArgument {
                    reason: Text::new(&error.to_string()),
                });
            }
        };
        self.id = Some(id);
        self.intervals = RetryIntervals::drawn(turn.dice().unit());
        turn.note(WorkerEvent::WorkerStarted {
            id,
            cores: self.settings.cores,
            memory_mib: self.settings.memory_mib,
        });
        self.register_with_master(turn);
        Ok(())
    }

    /// Asks every configured master, unless a retry timer runs already.
    /// Spark: `Worker.registerWithMaster`.
    pub(super) fn register_with_master(&mut self, turn: &mut Turn<'_, Self>) {
        if self.registration.is_some() {
            turn.note(WorkerEvent::RegistrationPending);
            return;
        }
        let period = self.intervals.initial();
        self.registered = false;
        self.registration = Some(Box::new(Registration {
            retries: 0,
            period,
            outstanding: Vec::new(),
        }));
        turn.note(WorkerEvent::RegistrationBegan);
        self.attempt_all(0, turn);
        turn.arm_after(WorkerTimer::ReregisterWithMaster, period);
    }

    /// The next retry, or the end of them. After the first attempt only the followed master is
    /// asked, if one was ever known: two masters of a fail-over would both register the worker.
    /// Spark: `Worker.reregisterWithMaster`. RD-12 follows from it. S-47: the counts were
    /// constants before 4.0.
    pub(super) fn reregister_with_master(&mut self, due: Time, turn: &mut Turn<'_, Self>) {
        let conf = &self.settings.shared.conf;
        let (initial, most) = (
            conf.initial_registration_retries,
            conf.max_registration_retries,
        );
        let prefer_configured = conf.prefer_configured_master_address;
        let Some(registration) = self.registration.as_deref_mut() else {
            return;
        };
        debug_assert!(!self.registered, "a registered worker has no retry timer");
        registration.retries += 1;
        let retries = registration.retries;
        if retries > most {
            turn.note(WorkerEvent::RegistrationGivenUp);
            self.end(1, Mailbox::Blocked, turn);
            return;
        }
        abandon(&mut registration.outstanding, turn);
        if retries == initial {
            registration.period = self.intervals.prolonged();
            turn.arm_after(WorkerTimer::ReregisterWithMaster, registration.period);
        } else {
            turn.arm(WorkerTimer::ReregisterWithMaster, due + registration.period);
        }
        match self.followed {
            // S-17: before 2.2 it was always the master's own address.
            Some(followed) if prefer_configured => {
                self.attempt(retries, &[followed.address_to_connect], turn);
            }
            Some(followed) => self.attempt(retries, &[followed.master.address], turn),
            None => self.attempt_all(retries, turn),
        }
    }

    /// A master's endpoint was found, or not: the second half of an attempt.
    /// Spark: `Worker.sendRegisterMessageToMaster`.
    pub(super) fn handle_resolved(
        &mut self,
        call: Call,
        endpoint: Result<Reference, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        let worker_id = self.own_id();
        let Some(registration) = self.registration.as_deref_mut() else {
            return;
        };
        let outstanding = &mut registration.outstanding;
        let Some(at) = outstanding.iter().position(|(known, _)| *known == call) else {
            return;
        };
        let (_, master) = outstanding.swap_remove(at);
        match endpoint {
            // S-03: from 1.6 to 2.1 this was an ask, before that a message without a reference.
            Ok(endpoint) => {
                let me = turn.me();
                let message = RegisterWorker {
                    worker_id,
                    host: me.host,
                    port: me.port,
                    worker: Reference::unbound(me),
                    cores: self.settings.cores,
                    memory_mib: self.settings.memory_mib,
                    web_ui_url: self.settings.web_ui_url,
                    master_address: master,
                    resources: self.settings.resources.clone(),
                };
                turn.send(endpoint, ToMaster::RegisterWorker(Box::new(message)));
            }
            // S-04: from 1.6 to 2.1 the worker exited when the message itself failed.
            Err(_) => turn.note(WorkerEvent::MasterUnreachable { master }),
        }
    }

    /// Accepted, or known already: follow that master, send heartbeats, say what runs here.
    /// Spark: `Worker.handleRegisterResponse`, `RegisteredWorker`.
    pub(super) fn handle_registered(
        &mut self,
        message: RegisteredWorker,
        turn: &mut Turn<'_, Self>,
    ) {
        let RegisteredWorker {
            master,
            master_web_ui_url,
            master_address,
            duplicate,
        } = message;
        self.registered = true;
        turn.note(WorkerEvent::Registered {
            master: master.address,
            duplicate,
        });
        self.follow(master, master_web_ui_url, master_address, turn);
        self.start_heartbeats(turn);
        self.start_cleanup(turn);
        // S-08: only since 2.0.
        let state = Box::new(self.latest_state());
        turn.send(master, ToMaster::WorkerLatestState(state));
    }

    /// Refused: a worker that is not registered exits. S-02: a master that refuses duplicates
    /// lets a worker exit that only lost its connection.
    /// Spark: `Worker.handleRegisterResponse`, `RegisterWorkerFailed`.
    pub(super) fn handle_register_failed(&mut self, turn: &mut Turn<'_, Self>) {
        if self.registered {
            turn.note(WorkerEvent::OrderIgnored {
                order: IgnoredOrder::RegisterWorkerFailed,
                reason: IgnoredReason::Redundant,
            });
        } else {
            turn.note(WorkerEvent::RegistrationRefused);
            self.end(1, Mailbox::Blocked, turn);
        }
    }

    /// Another master leads. Spark: `Worker.handleRegisterResponse`, `MasterInStandby`.
    pub(super) fn handle_standby(turn: &mut Turn<'_, Self>) {
        turn.note(WorkerEvent::OrderIgnored {
            order: IgnoredOrder::MasterInStandby,
            reason: IgnoredReason::Redundant,
        });
    }

    /// A master remembers this worker only as DEAD. Whether it is the followed one is not
    /// checked, and heartbeats go on. Spark: `Worker.receive`, `ReconnectWorker`.
    pub(super) fn handle_reconnect(&mut self, master: Address, turn: &mut Turn<'_, Self>) {
        turn.note(WorkerEvent::ReconnectRequested { master });
        self.register_with_master(turn);
    }

    /// A new leader: follow it and say what runs here. It neither registers the worker nor
    /// starts heartbeats (RD-10). Spark: `Worker.receive`, `MasterChanged`.
    pub(super) fn handle_master_changed(
        &mut self,
        master: Reference,
        web_ui_url: Text,
        turn: &mut Turn<'_, Self>,
    ) {
        turn.note(WorkerEvent::MasterFollowed {
            master: master.address,
        });
        self.follow(master, web_ui_url, master.address, turn);
        let state = Box::new(self.scheduler_state());
        turn.send(master, ToMaster::WorkerSchedulerStateResponse(state));
    }

    /// A connection ended: if it was the master's, register again. Children are left running.
    /// Spark: `Worker.onDisconnected`, `Worker.masterDisconnected`.
    pub(super) fn handle_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        let (Peer::Listening(address), Some(followed)) = (peer, self.followed) else {
            return;
        };
        if address == followed.master.address || address == followed.address_to_connect {
            turn.note(WorkerEvent::MasterDisconnected { master: address });
            self.connected = false;
            self.register_with_master(turn);
        }
    }

    /// Spark: `Worker.tryRegisterAllMasters`.
    fn attempt_all(&mut self, retry: u32, turn: &mut Turn<'_, Self>) {
        let settings = Arc::clone(&self.settings);
        self.attempt(retry, &settings.masters, turn);
    }

    /// Looks up each of `masters`; the registration follows when the answer comes.
    fn attempt(&mut self, retry: u32, masters: &[Address], turn: &mut Turn<'_, Self>) {
        turn.note(WorkerEvent::RegistrationAttempted { retry });
        let timeout = self.settings.shared.conf.ask_timeout();
        if let Some(registration) = self.registration.as_deref_mut() {
            let calls = masters
                .iter()
                .map(|master| (turn.resolve(*master, timeout), *master));
            registration.outstanding.extend(calls);
        }
    }

    /// Spark: `Worker.changeMaster`.
    fn follow(
        &mut self,
        master: Reference,
        web_ui_url: Text,
        address_to_connect: Address,
        turn: &mut Turn<'_, Self>,
    ) {
        self.followed = Some(Followed {
            master,
            web_ui_url,
            address_to_connect,
        });
        self.connected = true;
        if let Some(mut registration) = self.registration.take() {
            turn.disarm(WorkerTimer::ReregisterWithMaster);
            abandon(&mut registration.outstanding, turn);
        }
    }

    /// Sends to the followed master; nothing is sent if none was ever known.
    /// Spark: `Worker.sendToMaster`.
    pub(super) fn send_to_master(&self, message: ToMaster, turn: &mut Turn<'_, Self>) {
        if let Some(followed) = self.followed {
            turn.send(followed.master, message);
        }
    }

    /// Asks the followed master, waiting for as long as an ask does.
    pub(super) fn ask_master(&self, ask: AskMaster, turn: &mut Turn<'_, Self>) -> Option<Call> {
        let followed = self.followed?;
        let timeout = self.settings.shared.conf.ask_timeout();
        Some(turn.ask(followed.master, ask, timeout))
    }
}

/// Spark: `registerMasterFutures.foreach(_.cancel(true))`.
fn abandon(outstanding: &mut Vec<(Call, Address)>, turn: &mut Turn<'_, Worker>) {
    for (call, _) in outstanding.drain(..) {
        turn.abandon(call);
    }
}
