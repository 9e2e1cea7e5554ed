//! Which ways are cut by the partitions of this moment. Any number of them may overlap: a way is
//! open when no partition cuts it. Names, patterns and durations of faults are resolved elsewhere.

use super::path::{Cause, Machine, Path, Place, Process, Way};

#[cfg(test)]
mod tests;

/// Which ways between its two groups a partition cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both.
    Both,
    /// Only from the first group to the second.
    To,
}

/// A member of a group. The members of one group still reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A machine with every process on it, also those that start later. They reach each other
    /// even if the machine is in both groups.
    Machine(Machine),
    /// One process only: it can be cut off from the others on its machine.
    Process(Process),
    /// Every machine, also those that come later.
    Everywhere,
}

/// The partitions of this moment.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// Every entry cuts one direction, so one cause may have two.
    active: Vec<Cut>,
}

#[derive(Clone, Debug)]
struct Cut {
    cause: Cause,
    from: Group,
    to: Group,
}

#[derive(Clone, Debug)]
struct Group {
    /// Whether every machine belongs to it.
    everywhere: bool,
    /// One bit for each machine, by number.
    machines: Vec<u64>,
    /// In ascending order.
    processes: Vec<Process>,
}

/// How a place belongs to a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    None,
    ByMachine,
    ByProcess,
}

impl Cuts {
    /// Begins a partition between two groups.
    pub fn cut(&mut self, cause: Cause, first: &[Member], second: &[Member], direction: Direction) {
        let (first, second) = (Group::new(first), Group::new(second));
        match direction {
            Direction::Both => {
                self.active.push(Cut {
                    cause,
                    from: second.clone(),
                    to: first.clone(),
                });
            }
            Direction::To => {}
        }
        self.active.push(Cut {
            cause,
            from: first,
            to: second,
        });
    }

    /// Ends the partition of this cause; what other partitions cut stays cut. Nothing happens if
    /// there is none.
    pub fn heal(&mut self, cause: Cause) {
        self.active.retain(|cut| cut.cause != cause);
    }

    /// Whether what leaves `from` at this moment reaches `to`. A process always reaches itself.
    #[inline]
    pub fn is_open(&self, from: Place, to: Place) -> bool {
        self.active.is_empty() || !self.active.iter().any(|cut| cut.separates(from, to))
    }

    /// Both ways, as a flow or a dial from `from` to `to` wants them.
    #[inline]
    pub fn path(&self, from: Place, to: Place) -> Path {
        if self.active.is_empty() {
            return Path::OPEN;
        }
        Path {
            forward: self.way(from, to),
            backward: self.way(to, from),
        }
    }

    fn way(&self, from: Place, to: Place) -> Way {
        if self.is_open(from, to) {
            Way::Open
        } else {
            Way::Cut
        }
    }
}

impl Cut {
    fn separates(&self, from: Place, to: Place) -> bool {
        if from.process == to.process {
            return false;
        }
        match (self.from.membership(from), self.to.membership(to)) {
            (Membership::None, _) | (_, Membership::None) => false,
            (Membership::ByMachine, Membership::ByMachine) => from.machine != to.machine,
            (Membership::ByProcess, Membership::ByMachine | Membership::ByProcess)
            | (Membership::ByMachine, Membership::ByProcess) => true,
        }
    }
}

impl Group {
    fn new(members: &[Member]) -> Self {
        let mut group = Self {
            everywhere: false,
            machines: Vec::new(),
            processes: Vec::new(),
        };
        for member in members {
            match member {
                Member::Machine(machine) => {
                    let (word, bit) = place_of_bit(*machine);
                    if group.machines.len() <= word {
                        group.machines.resize(word + 1, 0);
                    }
                    group.machines[word] |= bit;
                }
                Member::Process(process) => group.processes.push(*process),
                Member::Everywhere => group.everywhere = true,
            }
        }
        group.processes.sort_unstable();
        group
    }

    fn membership(&self, place: Place) -> Membership {
        let (word, bit) = place_of_bit(place.machine);
        if self.processes.binary_search(&place.process).is_ok() {
            Membership::ByProcess
        } else if self.everywhere || self.machines.get(word).is_some_and(|bits| bits & bit != 0) {
            Membership::ByMachine
        } else {
            Membership::None
        }
    }
}

/// The word in which a machine's bit is, and the bit.
fn place_of_bit(machine: Machine) -> (usize, u64) {
    ((machine.0 / 64) as usize, 1 << (machine.0 % 64))
}
