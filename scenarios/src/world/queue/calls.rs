//! Questions and look-ups: the world owns them, so that a node never waits. An answer travels on
//! the connection on which the question came, and is lost with it.

use super::QueueWorld;
use super::life::{CallKind, Outstanding, Waiting};
use super::step::Step;
use super::traffic::Route;
use super::wire::{Unit, WireEnd};
use crate::network::Process;
use crate::trace::{EndOfConnection, Fate, Observer};
use crate::world::Class;
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::node::Call;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::thrown::{AskError, Thrown};
use std::time::Duration;

impl<O: Observer> QueueWorld<'_, O> {
    pub(super) fn ask(
        &mut self,
        node: u32,
        to: Reference,
        call: Call,
        ask: Ask,
        timeout: Duration,
    ) {
        self.call(
            node,
            to,
            call,
            CallKind::Ask,
            Unit::Ask(call.0, ask),
            timeout,
        );
    }

    pub(super) fn resolve(&mut self, node: u32, at: Address, call: Call, timeout: Duration) {
        self.call(
            node,
            Reference::unbound(at),
            call,
            CallKind::Resolve,
            Unit::Resolve(call.0),
            timeout,
        );
    }

    fn call(
        &mut self,
        node: u32,
        to: Reference,
        call: Call,
        kind: CallKind,
        unit: Unit,
        timeout: Duration,
    ) {
        let route = self.route(node, to);
        let on = match route {
            Route::Wire(end) => Some(end),
            Route::Dial(_) | Route::Local | Route::Gone => None,
        };
        let life = &mut self.lives[node as usize];
        let process = life.place.process;
        // Most processes ask one question at a time.
        if life.cold.calls.capacity() == 0 {
            life.cold.calls.reserve_exact(1);
        }
        life.cold.calls.push(Outstanding {
            call: call.0,
            kind,
            on,
            at: to.address,
        });
        let low = u32::try_from(call.0).expect("a process makes fewer than 2^32 calls");
        let step = Step::CallTimeout {
            node,
            call: low,
            process,
        };
        self.agenda
            .push_after(self.now, timeout, Class::Timer, step);
        match route {
            Route::Wire(end) => {
                self.transmit(end, unit);
                self.watch_idleness(end);
            }
            Route::Dial(dial) => self.wait_for_dial(node, dial, unit),
            Route::Local | Route::Gone => {
                self.note_sent(node, to.address, &unit, Fate::Lost);
                self.finish_call(node, call.0, Err(AskError::Connection), Class::Connection);
            }
        }
    }

    pub(super) fn abandon(&mut self, node: u32, call: Call) {
        self.lives[node as usize]
            .cold
            .calls
            .retain(|outstanding| outstanding.call != call.0);
    }

    pub(super) fn reply(&mut self, node: u32, call: Call, answer: Result<Answer, Thrown>) {
        let Some((from, number)) = self.lives[node as usize].cold.inquiries.take(call.0) else {
            return;
        };
        let unit = Unit::Answer(number, answer);
        if self.wires.end(from).is_some_and(|own| own.is_open) {
            self.transmit(from, unit);
        } else if let Some(to) = self.wires.end(from).map(|own| own.peer_address) {
            self.note_sent(node, to, &unit, Fate::Lost);
        }
    }

    /// An answer came. One that nobody waits for any more is dropped.
    pub(super) fn answered(
        &mut self,
        node: u32,
        to: WireEnd,
        number: u64,
        answer: Result<Answer, Thrown>,
    ) {
        if self.take_call(node, number).is_some() {
            let mut answer = answer.map_err(AskError::Remote);
            if let Ok(answer) = &mut answer {
                answer.bind(to.connection());
            }
            self.feed(
                node,
                Happening::Answered {
                    call: Call(number),
                    answer,
                },
            );
        }
    }

    pub(super) fn resolved(&mut self, node: u32, number: u64) {
        if let Some(outstanding) = self.take_call(node, number) {
            let endpoint = Ok(Reference::unbound(outstanding.at));
            self.feed(
                node,
                Happening::Resolved {
                    call: Call(number),
                    endpoint,
                },
            );
        }
    }

    fn take_call(&mut self, node: u32, number: u64) -> Option<Outstanding> {
        let calls = &mut self.lives[node as usize].cold.calls;
        let at = calls
            .iter()
            .position(|outstanding| outstanding.call == number)?;
        Some(calls.remove(at))
    }

    pub(super) fn time_out(&mut self, node: u32, call: u32, process: Process) {
        let life = &mut self.lives[node as usize];
        let is_open = life
            .cold
            .calls
            .iter()
            .any(|outstanding| outstanding.call == u64::from(call));
        if life.place.process != process || !life.is_alive() || !is_open {
            return;
        }
        if life.waits() {
            life.cold.backlog.push_back(Waiting::CallTimeout {
                call,
                due: self.now,
            });
        } else {
            self.fail_call(node, call);
        }
    }

    /// A question that has waited long enough fails, unless it was answered meanwhile.
    pub(super) fn fail_call(&mut self, node: u32, call: u32) {
        if let Some(outstanding) = self.take_call(node, u64::from(call)) {
            let happening = failure(outstanding, AskError::TimedOut);
            self.feed(node, happening);
        }
    }

    fn finish_call(&mut self, node: u32, number: u64, outcome: Result<(), AskError>, class: Class) {
        if let (Some(outstanding), Err(error)) = (self.take_call(node, number), outcome) {
            self.post(class, node, failure(outstanding, error));
        }
    }

    pub(super) fn fail_calls_on(&mut self, node: u32, end: WireEnd) {
        self.fail_calls_where(node, |outstanding| outstanding.on == Some(end));
    }

    pub(super) fn fail_calls_of_dial(&mut self, node: u32, to: Address) {
        self.fail_calls_where(node, |outstanding| {
            outstanding.on.is_none() && outstanding.at == to
        });
    }

    fn fail_calls_where(&mut self, node: u32, fails: impl Fn(&Outstanding) -> bool) {
        let calls = &mut self.lives[node as usize].cold.calls;
        let failed: Vec<Outstanding> = calls.iter().copied().filter(|call| fails(call)).collect();
        calls.retain(|call| !fails(call));
        for outstanding in failed {
            self.post(
                Class::Connection,
                node,
                failure(outstanding, AskError::Connection),
            );
        }
    }

    /// From the moment when a question is asked, its connection is looked at until none waits.
    pub(super) fn watch_idleness(&mut self, end: WireEnd) {
        let timeout = self.plan.conf.network_timeout;
        if let Some(own) = self.wires.end_mut(end)
            && !own.idle_check
        {
            own.idle_check = true;
            self.push(self.now + timeout, Class::Connection, Step::IdleCheck(end));
        }
    }

    /// Closes a connection on which a question waits and nothing has moved for
    /// `spark.network.timeout`. Spark: `TransportChannelHandler.userEventTriggered`.
    pub(super) fn check_idle(&mut self, end: WireEnd) {
        let timeout = self.plan.conf.network_timeout;
        let Some(own) = self.wires.end_mut(end).filter(|own| own.is_open) else {
            return;
        };
        own.idle_check = false;
        let (node, active_at) = (own.node, own.active_at);
        let waits = self.lives[node as usize]
            .cold
            .calls
            .iter()
            .any(|call| call.on == Some(end));
        if !waits {
            return;
        }
        let due = active_at + timeout;
        if due > self.now {
            if let Some(own) = self.wires.end_mut(end) {
                own.idle_check = true;
            }
            self.push(due, Class::Connection, Step::IdleCheck(end));
            return;
        }
        self.transmit(end, Unit::End);
        self.end_connection(end, EndOfConnection::Idle);
    }
}

const fn failure(outstanding: Outstanding, error: AskError) -> Happening {
    let call = Call(outstanding.call);
    match outstanding.kind {
        CallKind::Ask => Happening::Answered {
            call,
            answer: Err(error),
        },
        CallKind::Resolve => Happening::Resolved {
            call,
            endpoint: Err(error),
        },
    }
}
