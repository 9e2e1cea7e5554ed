//! A process as its shell sees the world around it.

use super::gate::GatedStream;
use super::journal::Noted;
use super::sockets::Sockets;
use super::wire::WireEnd;
use super::{INSPECTED_NODES_MAX, Shared, TurmoilWorld};
use crate::trace::{EndOfConnection, Fact, NodeId};
use crate::world::simulated::{SimulatedWorld, processes, progress, stores};
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::node::Signal;
use deploysim_nodes::process::{Process as Child, ProcessId};
use deploysim_nodes::shell::{Clock, Parcel, Report, Screened, Surroundings};
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};

/// One process of this world.
pub(super) struct Resident {
    pub(super) world: Shared,
    pub(super) node: u32,
    pub(super) clock: Clock,
}

impl Surroundings for Resident {
    type Transport = Sockets;

    fn transport(&self) -> Sockets {
        Sockets {
            world: self.world.clone(),
            node: self.node,
            clock: self.clock,
        }
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn wall(&self, now: Time) -> WallTime {
        WallTime::at(now)
    }

    fn number(&self, stream: &GatedStream) -> Connection {
        stream.end().connection()
    }

    fn address_of(&self, peer: Text) -> Address {
        let world = self.world.borrow();
        let node = world.direction.names.get(&peer).copied();
        let node = node.expect("a peer gives its name in the run");
        world.part(node).address
    }

    fn report(&self, report: Report<'_>) {
        self.world.borrow_mut().hear(self.node, report);
    }

    fn inspect(&self, node: &AnyNode) {
        let mut world = self.world.borrow_mut();
        world.lives[self.node as usize].is_handling = false;
        if world.lives.len() <= INSPECTED_NODES_MAX {
            let seen = Noted::Inspected(self.node, Box::new(node.clone()));
            world.journal.push(seen);
        }
    }

    fn screen(&self, connection: Connection, parcel: Parcel) -> Screened {
        let mut world = self.world.borrow_mut();
        let end = WireEnd::of(connection);
        if world.lanes_are_free(end) {
            Screened::Same(parcel)
        } else {
            Screened::Others(world.screen(end, parcel))
        }
    }

    fn launch(&self, process: Child) {
        processes::launch(&mut *self.world.borrow_mut(), self.node, process);
    }

    fn terminate(&self, process: ProcessId, signal: Signal) {
        processes::terminate(&mut *self.world.borrow_mut(), self.node, process, signal);
    }

    fn exit(&self, code: i32) {
        let mut world = self.world.borrow_mut();
        world.end_process(self.node, crate::trace::End::Exited(code));
    }

    fn crash(&self) {
        stores::strike(&mut *self.world.borrow_mut(), self.node);
    }
}

impl TurmoilWorld {
    fn hear(&mut self, node: u32, report: Report<'_>) {
        match report {
            Report::Handed { happening } => {
                self.inputs += 1;
                stores::look(self, node);
                self.lives[node as usize].is_handling = true;
                if self.shows_inputs {
                    self.journal.push(Noted::Handed(node, happening.clone()));
                }
            }
            Report::Note(event) => {
                self.note(node, Fact::Note(event));
                progress::read_note(self, node, event);
            }
            Report::Sent { to, unit, fate } => self.note(node, Fact::Sent { to, unit, fate }),
            Report::Received {
                connection,
                unit,
                waited,
            } => {
                if let Some(from) = self.other_node(connection) {
                    self.note(node, Fact::Received { from, unit, waited });
                }
            }
            Report::Opened { connection, .. } => {
                if let Some(wire) = self.wires.wire_mut(WireEnd::of(connection)) {
                    wire.is_made = true;
                }
                if let Some(peer) = self.other_node(connection) {
                    self.note(node, Fact::ConnectionOpened { connection, peer });
                }
            }
            Report::Ended {
                connection,
                peer,
                cause,
            } => {
                self.note(
                    node,
                    Fact::ConnectionEnded {
                        connection,
                        peer,
                        cause,
                    },
                );
                self.close_end(WireEnd::of(connection), cause);
            }
            // Whoever dials there is a process of the run and says who it is, unless it ends.
            Report::Refused { .. } => {}
            Report::DialFailed { to, cause } => self.note(node, Fact::DialFailed { to, cause }),
        }
    }

    fn other_node(&self, connection: Connection) -> Option<NodeId> {
        let other = WireEnd::of(connection).other();
        Some(NodeId(self.wires.end(other)?.node))
    }

    /// The process has given up its end.
    fn close_end(&mut self, end: WireEnd, cause: EndOfConnection) {
        if let Some(own) = self.wires.end_mut(end) {
            own.is_open = false;
        }
        match cause {
            // The writer still has something to write, and then the end of the stream.
            EndOfConnection::Closed | EndOfConnection::Idle | EndOfConnection::BadFrame => {}
            // What waited was given up with the writer; the other end is told.
            EndOfConnection::Overflow => self.end_stream(end),
            // The network broke it; nobody else is told.
            EndOfConnection::Reset | EndOfConnection::UserTimeout => {}
        }
    }
}
