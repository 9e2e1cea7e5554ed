//! Who plays: masters, workers, the programs of drivers, and clients, each a node of the trace.

use super::Number;
use super::hosting::{Hosted, Places};
use super::reading::Reading;
use crate::network::Machine;
use crate::scenario::plan::Target;
use crate::trace::Role;
use crate::world::simulated::tampering::is_named;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;

/// A node, and its process if there is one.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Text,
    pub(super) role: Role,
    pub(super) machine: Machine,
    /// Where it listens; port 0 before it has listened for the first time, and if it never does.
    pub(super) address: Address,
    /// How many processes it has had.
    pub(super) starts: u32,
    pub(super) body: Body,
    /// Why it stands still: faults that have not ended.
    pub(super) pauses: u32,
    /// Whether a fault has ended its process, whose end is not seen yet.
    pub(super) is_struck: bool,
    /// Whether its files are to go before it starts again.
    pub(super) is_wiped: bool,
    /// What a master's documents have told.
    pub(super) reading: Reading,
}

/// The process of a node.
#[derive(Debug)]
pub(super) enum Body {
    /// There is none.
    Absent,
    /// A master or worker.
    Hosted {
        number: Number,
        process: Hosted,
        /// Where it listens, once it does.
        places: Option<Places>,
        /// With this, whoever asks a master for its state stops.
        _watched: Option<Sender<()>>,
    },
    /// The program of a driver.
    Program {
        number: Number,
        process: Option<Pid>,
        link: UnixStream,
    },
    /// Somebody who asks the REST servers.
    Client,
}

impl Member {
    /// A node without a process.
    pub(super) fn new(name: Text, role: Role, machine: Machine, address: Address) -> Self {
        Self {
            name,
            role,
            machine,
            address,
            starts: 0,
            body: Body::Absent,
            pauses: 0,
            is_struck: false,
            is_wiped: false,
            reading: Reading::default(),
        }
    }

    /// Whether its process lives, as far as anybody has seen.
    pub(super) const fn is_alive(&self) -> bool {
        match &self.body {
            Body::Absent => false,
            Body::Hosted { places, .. } => places.is_some(),
            Body::Program { .. } | Body::Client => true,
        }
    }

    /// The number of its process.
    pub(super) const fn number(&self) -> Option<Number> {
        match &self.body {
            Body::Absent | Body::Client => None,
            Body::Hosted { number, .. } | Body::Program { number, .. } => Some(*number),
        }
    }

    /// Where it is, if it is a master or worker that listens.
    pub(super) const fn places(&self) -> Option<&Places> {
        match &self.body {
            Body::Hosted { places, .. } => places.as_ref(),
            Body::Absent | Body::Program { .. } | Body::Client => None,
        }
    }

    /// Sends its process a signal, if it has one.
    pub(super) fn signal(&self, signal: Signal) {
        match &self.body {
            Body::Hosted { process, .. } => process.signal(signal),
            Body::Program { process, .. } => {
                // One that is gone needs no signal.
                let _ = process.map(|process| kill_process(process, signal));
            }
            Body::Absent | Body::Client => {}
        }
    }
}

/// Everybody, in the order of their numbers in the trace: masters, workers, then who comes.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub(super) members: Vec<Member>,
    /// Masters that became ALIVE, the last one last.
    reigns: Vec<usize>,
    machines: u32,
    /// Processes so far.
    numbers: u32,
}

impl Cast {
    /// Adds a node; returns its number.
    pub(super) fn add(&mut self, member: Member) -> usize {
        self.members.push(member);
        self.members.len() - 1
    }

    /// A machine of its own.
    pub(super) const fn next_machine(&mut self) -> Machine {
        self.machines += 1;
        Machine(self.machines - 1)
    }

    /// The number of a master's or worker's next process.
    pub(super) const fn next_number(&mut self) -> Number {
        self.numbers += 1;
        Number(self.numbers - 1)
    }

    /// The master or worker whose process has this number.
    pub(super) fn hosted(&self, wanted: Number) -> Option<usize> {
        let is_it = |member: &Member| matches!(member.body, Body::Hosted { number, .. } if number == wanted);
        self.members.iter().position(is_it)
    }

    /// The node of the program with this number.
    pub(super) fn program(&self, wanted: Number) -> Option<usize> {
        let is_it = |member: &Member| matches!(member.body, Body::Program { number, .. } if number == wanted);
        self.members.iter().position(is_it)
    }

    /// The node of this name, the last one if there are several.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let is_it = |member: &Member| *member.name.as_str() == *name;
        self.members.iter().rposition(is_it)
    }

    /// A master became ALIVE.
    pub(super) fn reigns(&mut self, master: usize) {
        self.reigns.retain(|other| *other != master);
        self.reigns.push(master);
    }

    /// The master that became ALIVE last among those whose processes live.
    pub(super) fn leader(&self) -> Option<usize> {
        let mut reigns = self.reigns.iter().rev().copied();
        reigns.find(|master| self.members[*master].is_alive())
    }

    /// Every living process that the targets mean, each once.
    pub(super) fn targets(&self, targets: &[Target]) -> Vec<usize> {
        let leader = self.leader();
        let is_meant = |index: usize, member: &Member| {
            targets.iter().any(|target| match target {
                Target::Leader => leader == Some(index),
                Target::Election
                | Target::Master(_)
                | Target::Worker(_)
                | Target::Application(_)
                | Target::Driver { .. }
                | Target::Executor { .. } => is_named(member.name, member.role, target),
            })
        };
        let members = self.members.iter().enumerate();
        let living = members.filter(|(_, member)| member.is_alive());
        let meant = living.filter(|(index, member)| is_meant(*index, member));
        meant.map(|(index, _)| index).collect()
    }

    /// The REST servers of all masters that listen, as a client is told of them.
    pub(super) fn rest_servers(&self) -> String {
        let places = self.members.iter().filter_map(Member::places);
        let servers: Vec<&str> = places.filter_map(|places| places.rest.as_deref()).collect();
        format!("spark://{}", servers.join(","))
    }
}
