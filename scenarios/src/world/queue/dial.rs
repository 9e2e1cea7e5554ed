//! Dialling: a node's own connection to an address, from the first request to the connection,
//! the refusal or the end of patience.

use super::QueueWorld;
use super::life::Line;
use super::step::Step;
use super::wire::{NewEnd, Unit};
use crate::network::{Dial, Dialled, Path, Peer, Process, RoundTrip};
use crate::trace::{DialFailure, Entry, Fact, NodeId, Observer};
use crate::world::Class;
use crate::world::simulated::{addresses, faults};
use deploysim_protocol::address::Address;
use std::collections::VecDeque;

/// A dial that is not decided yet.
#[derive(Debug)]
pub(super) struct Dialling {
    /// Who dials.
    node: u32,
    /// Which of its processes.
    process: Process,
    /// What it dials.
    pub(super) to: Address,
    dial: Dial,
    /// Which process answered, once one has.
    answered: Option<Process>,
    /// What waits for the connection, in order.
    pub(super) outbox: VecDeque<Unit>,
}

impl<O: Observer> QueueWorld<'_, O> {
    /// Begins to dial; what is to be sent waits behind the dial.
    pub(super) fn dial(&mut self, node: u32, to: Address) -> u32 {
        let process = self.lives[node as usize].place.process;
        let dial = Dial::new(self.now, self.plan.network.connect_timeout);
        let dialling = Dialling {
            node,
            process,
            to,
            dial,
            answered: None,
            outbox: VecDeque::new(),
        };
        let (index, generation) = self.dials.insert(dialling);
        self.lives[node as usize]
            .cold
            .lines
            .insert(to, Line::Dialling(index));
        self.push(
            self.now,
            Class::Connection,
            Step::DialAttempt {
                dial: index,
                generation,
            },
        );
        index
    }

    pub(super) fn attempt_dial(&mut self, dial: u32, generation: u32) {
        let Some(Dialling { node, to, .. }) = self.dials.at(dial, generation) else {
            return;
        };
        let (node, to) = (*node, *to);
        let place = self.lives[node as usize].place;
        let holder = addresses::holder(self, to);
        let peer = holder.map_or(Peer::Dead, |holder| holder.peer);
        let other = holder.map(|holder| holder.place);
        // An address that nobody has ever had is a machine that runs and on which nobody listens.
        let path = other.map_or(Path::OPEN, |other| self.direction.cuts.path(place, other));
        let machine = other.map_or(place.machine, |other| other.machine);
        let forward = self
            .direction
            .links
            .between(place.machine, machine, &self.direction.seeds);
        let backward = self
            .direction
            .links
            .between(machine, place.machine, &self.direction.seeds);
        let now = self.now;
        let extra = match holder {
            Some(holder) if path == Path::OPEN && !self.direction.slowdowns.is_empty() => {
                let (own, other) = ((node, place), (holder.node, holder.place));
                RoundTrip {
                    forward: faults::slowed_between(self, own, other),
                    backward: faults::slowed_between(self, other, own),
                }
            }
            Some(_) | None => RoundTrip::default(),
        };
        let links = &mut self.direction.links;
        let Some(dialling) = self.dials.at_mut(dial, generation) else {
            return;
        };
        let dialled = dialling.dial.attempt(now, path, peer, || RoundTrip {
            forward: links.link_mut(forward).delay(now, || 0) + extra.forward,
            backward: links.link_mut(backward).delay(now, || 0) + extra.backward,
        });
        match dialled {
            Dialled::Connects { at, .. } => {
                dialling.answered = other.map(|other| other.process);
                self.push(
                    at,
                    Class::Connection,
                    Step::DialAnswered { dial, generation },
                );
            }
            Dialled::Refused { at } => self.push(
                at,
                Class::Connection,
                Step::DialAnswered { dial, generation },
            ),
            Dialled::Again { attempt_at } => {
                self.push(
                    attempt_at,
                    Class::Connection,
                    Step::DialAttempt { dial, generation },
                );
            }
            Dialled::TimedOut => self.fail_dial(dial, DialFailure::TimedOut),
            Dialled::Stale => {}
        }
    }

    /// The answer is back. A process that has ended since it accepted counts as a refusal.
    pub(super) fn answer_dial(&mut self, dial: u32, generation: u32) {
        let Some(Dialling { to, answered, .. }) = self.dials.at(dial, generation) else {
            return;
        };
        let accepted = addresses::acceptor(self, *to, *answered);
        match accepted {
            Some(other) => self.connect(dial, other),
            None => self.fail_dial(dial, DialFailure::Refused),
        }
    }

    fn connect(&mut self, dial: u32, acceptor: u32) {
        let Some(dialling) = self.dials.take(dial) else {
            return;
        };
        let dialler = dialling.node;
        let ends = [
            self.new_end(dialler, acceptor),
            self.new_end(acceptor, dialler),
        ];
        let user_timeout = self.plan.network.tcp_user_timeout;
        let end = self.wires.add(ends, self.now, user_timeout);
        self.lives[dialler as usize]
            .cold
            .lines
            .insert(dialling.to, Line::Open(end));
        for (own, end, peer) in [(dialler, end, acceptor), (acceptor, end.other(), dialler)] {
            self.lives[own as usize].cold.wires.push(end);
            self.lives[own as usize].cold.attached += 1;
            let fact = Fact::ConnectionOpened {
                connection: end.connection(),
                peer: NodeId(peer),
            };
            self.observer.observe(&Entry {
                at: self.now,
                node: NodeId(own),
                fact,
            });
        }
        for outstanding in &mut self.lives[dialler as usize].cold.calls {
            if outstanding.on.is_none() && outstanding.at == dialling.to {
                outstanding.on = Some(end);
            }
        }
        for unit in dialling.outbox {
            let asks = matches!(unit, Unit::Ask(..) | Unit::Resolve(_));
            self.transmit(end, unit);
            if asks {
                self.watch_idleness(end);
            }
        }
    }

    fn new_end(&mut self, node: u32, peer: u32) -> NewEnd {
        let to = self.lives[peer as usize].place.machine;
        let life = &self.lives[node as usize];
        let from = life.place.machine;
        NewEnd {
            node,
            place: life.place,
            address: life.address,
            listens: life.listens(),
            position: u32::try_from(life.cold.wires.len()).expect("fewer than 2^32 connections"),
            link: (self.direction.links).between(from, to, &self.direction.seeds),
        }
    }

    /// What waited for the connection is lost; nobody is told of it but the calls.
    fn fail_dial(&mut self, dial: u32, cause: DialFailure) {
        let Some(dialling) = self.dials.take(dial) else {
            return;
        };
        let node = dialling.node;
        self.lives[node as usize].cold.lines.remove(dialling.to);
        self.record(
            node,
            Fact::DialFailed {
                to: dialling.to,
                cause,
            },
        );
        self.fail_calls_of_dial(node, dialling.to);
    }

    /// The dials of a process end with it.
    pub(super) fn drop_dials(&mut self, node: u32) {
        let life = &self.lives[node as usize];
        if !life.cold.lines.may_be_dialling() {
            return;
        }
        let process = life.place.process;
        let own: Vec<u32> = self
            .dials
            .iter()
            .filter(|(.., dialling)| dialling.node == node && dialling.process == process)
            .map(|(index, ..)| index)
            .collect();
        for dial in own {
            self.dials.take(dial);
        }
    }
}
