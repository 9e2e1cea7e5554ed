//! One process of this world, or the place of one that is gone: who it is, its shell, and where
//! others reach it.

use super::TurmoilWorld;
use super::rack::{Arrival, Order};
use super::sockets::{Pipe, Port};
use crate::world::simulated::Part;
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::shell::{Command, Guest, Limits};
use deploysim_nodes::store::{NoStore, Store};
use deploysim_protocol::wire::Limit;
use std::cell::RefCell;
use std::rc::Rc;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// The first port that processes get; each has one that nobody had before it.
pub(super) const FIRST_PORT: u16 = 1024;

/// One process.
pub(super) struct Life {
    /// Who it is.
    pub(super) part: Part,
    /// Its node; none while it is dead.
    pub(super) node: Option<Rc<RefCell<AnyNode>>>,
    /// Its shell, once that runs.
    pub(super) task: Option<AbortHandle>,
    /// By how many faults at once it stands still.
    pub(super) pauses: u32,
    /// Whether it handles an input: its store may take time for that.
    pub(super) is_handling: bool,
    /// Where it listens, if it does.
    pub(super) port: Port,
    /// Where processes of its own machine dial it.
    pub(super) pipes: mpsc::UnboundedSender<Pipe>,
    /// The other end of that, until it listens.
    pub(super) pipes_to_take: Option<mpsc::UnboundedReceiver<Pipe>>,
    commands: mpsc::UnboundedSender<Command>,
}

impl Life {
    /// A process that is not hosted yet.
    pub(super) fn new(part: Part) -> Self {
        let (pipes, pipes_to_take) = mpsc::unbounded_channel();
        let (commands, _) = mpsc::unbounded_channel();
        Self {
            part,
            node: None,
            task: None,
            pauses: 0,
            is_handling: false,
            port: Port { rack: 0, port: 0 },
            pipes,
            pipes_to_take: Some(pipes_to_take),
            commands,
        }
    }

    /// Tells the shell something. One that is gone hears nothing.
    pub(super) fn tell(&self, command: Command) {
        drop(self.commands.send(command));
    }
}

impl TurmoilWorld {
    /// Has a process hosted on the rack of its machine.
    pub(super) fn host(&mut self, node: u32, role: AnyNode, dice: Dice) {
        let limits = Limits {
            frame: Limit::DEFAULT,
            outbox_bytes: Limits::OUTBOX_BYTES,
            connect_timeout: self.plan.network.connect_timeout,
            network_timeout: self.plan.conf.network_timeout,
        };
        let part = self.lives[node as usize].part;
        let rack = self.rack_of(part.place.machine);
        let port = self.racks[rack].next_port;
        self.racks[rack].next_port += 1;
        let (commands, commands_to_take) = mpsc::unbounded_channel();
        let (pipes, pipes_to_take) = mpsc::unbounded_channel();
        let shared = Rc::new(RefCell::new(role));
        let store: Box<dyn Store> = match self.direction.stores.open(&self.plan, part.name) {
            Some(store) => store,
            None => Box::new(NoStore),
        };
        let life = &mut self.lives[node as usize];
        life.node = Some(Rc::clone(&shared));
        life.commands = commands;
        life.pipes = pipes;
        life.pipes_to_take = Some(pipes_to_take);
        life.port = Port { rack, port };
        let arrival = Arrival {
            node,
            process: part.place.process,
            guest: Guest {
                name: part.name,
                address: part.address,
                node: shared,
                dice,
                store,
            },
            limits,
            commands: commands_to_take,
        };
        let order = Order::Host(Box::new(arrival));
        let sent = self.racks[rack].orders.send(order);
        sent.expect("a rack lives as long as the run");
    }
}
