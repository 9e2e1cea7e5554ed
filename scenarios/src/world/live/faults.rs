//! Faults: signals to processes, and words to the programs of drivers.

use super::Number;
use super::cast::Body;
use super::program::Order;
use super::stage::{Due, Stage};
use crate::scenario::plan::{Disk, FaultEnd, FaultStart, FaultWord, Target};
use crate::trace::{Fact, Observer};
use crate::world::Class;
use rustix::process::Signal;

/// One occurrence of a fault that has begun and not ended.
#[derive(Debug)]
pub(super) struct Active {
    fault: u32,
    occurrence: u32,
    /// The processes that it has stopped or ended, with their nodes.
    hit: Vec<(usize, Number)>,
}

impl<O: Observer> Stage<'_, O> {
    /// Puts the faults that begin at a time of their own onto the list.
    pub(super) fn schedule_faults(&mut self) {
        for (fault, row) in (0..).zip(&self.plan.faults) {
            if let FaultStart::At(at) = row.start {
                self.schedule(at, Class::Fault, Due::FaultBegins(fault));
            }
        }
    }

    /// Puts the faults whose triggers were seen onto the list.
    pub(super) fn schedule_triggered(&mut self) {
        while let Some(fault) = self.observer.triggered() {
            if let FaultStart::On(trigger) = &self.plan.faults[fault as usize].start {
                let at = self.now + trigger.after;
                self.schedule(at, Class::Fault, Due::FaultBegins(fault));
            }
        }
    }

    /// An occurrence of a fault begins, unless the fault phase is over.
    pub(super) fn begin_fault(&mut self, fault: u32) {
        if self.is_settling {
            return;
        }
        let row = &self.plan.faults[fault as usize];
        if let Some(repeat) = row.repeat {
            let next = self.now + repeat.every;
            if repeat.until.is_none_or(|until| next <= until) {
                self.schedule(next, Class::Fault, Due::FaultBegins(fault));
            }
        }
        self.record(0, Fact::FaultBegan { fault });
        let occurrence = self.occurrences;
        self.occurrences += 1;
        let hit = self.strike(&row.word);
        self.active.push(Active {
            fault,
            occurrence,
            hit,
        });
        let end = match row.end {
            FaultEnd::Never => return,
            FaultEnd::AtOnce => self.now,
            FaultEnd::At(at) => at,
            FaultEnd::After(duration) => self.now + duration,
        };
        if end <= self.now {
            self.end_fault(occurrence);
        } else {
            self.schedule(end, Class::Fault, Due::FaultEnds(occurrence));
        }
    }

    fn strike(&mut self, word: &FaultWord) -> Vec<(usize, Number)> {
        match word {
            FaultWord::Crash { targets, disk } => self.crash(targets, *disk),
            FaultWord::Pause { targets, .. } => self.pause(targets),
            FaultWord::Exit { targets, code } => {
                for index in self.cast.targets(targets) {
                    if let Body::Program { link, .. } = &self.cast.members[index].body {
                        Order::Exit { code: *code }.give(link);
                    }
                }
                Vec::new()
            }
            FaultWord::Partition { .. }
            | FaultWord::Delay { .. }
            | FaultWord::Reset { .. }
            | FaultWord::Message { .. }
            | FaultWord::PowerLoss { .. }
            | FaultWord::Disk { .. } => unreachable!("such scenarios are refused"),
        }
    }

    fn crash(&mut self, targets: &[Target], disk: Disk) -> Vec<(usize, Number)> {
        let hit = self.hit(targets);
        for (index, _) in &hit {
            let member = &mut self.cast.members[*index];
            member.is_struck = true;
            member.is_wiped = disk == Disk::Wiped;
            member.signal(Signal::KILL);
        }
        hit
    }

    fn pause(&mut self, targets: &[Target]) -> Vec<(usize, Number)> {
        let hit = self.hit(targets);
        for (index, _) in &hit {
            let member = &mut self.cast.members[*index];
            member.pauses += 1;
            if member.pauses == 1 {
                member.signal(Signal::STOP);
                self.record(*index, Fact::Paused);
            }
        }
        hit
    }

    /// The living processes that are meant, clients apart.
    fn hit(&self, targets: &[Target]) -> Vec<(usize, Number)> {
        let meant = self.cast.targets(targets).into_iter();
        let hit = meant.filter_map(|index| Some((index, self.cast.members[index].number()?)));
        hit.collect()
    }

    /// An occurrence of a fault ends, unless it has ended already.
    pub(super) fn end_fault(&mut self, occurrence: u32) {
        let mut active = self.active.iter();
        let Some(place) = active.position(|active| active.occurrence == occurrence) else {
            return;
        };
        let Active { fault, hit, .. } = self.active.remove(place);
        self.record(0, Fact::FaultEnded { fault });
        let row = &self.plan.faults[fault as usize];
        match &row.word {
            FaultWord::Crash { .. } => {
                // Without an end such a process does not come back.
                if !matches!(row.end, FaultEnd::Never | FaultEnd::AtOnce) {
                    for (index, _) in hit {
                        self.schedule(self.now, Class::Process, Due::Restart(index));
                    }
                }
            }
            FaultWord::Pause { .. } => hit.into_iter().for_each(|hit| self.resume(hit)),
            FaultWord::Exit { .. }
            | FaultWord::Partition { .. }
            | FaultWord::Delay { .. }
            | FaultWord::Reset { .. }
            | FaultWord::Message { .. }
            | FaultWord::PowerLoss { .. }
            | FaultWord::Disk { .. } => {}
        }
    }

    /// Lets a process go on, if this was the last reason why it stood still.
    fn resume(&mut self, (index, number): (usize, Number)) {
        let member = &mut self.cast.members[index];
        if member.number() != Some(number) {
            return;
        }
        member.pauses -= 1;
        if member.pauses == 0 {
            member.signal(Signal::CONT);
            self.record(index, Fact::Resumed);
        }
    }

    /// The fault phase is over: faults are lifted and no new work arrives.
    pub(super) fn end_phase(&mut self) {
        self.is_settling = true;
        let active: Vec<u32> = (self.active.iter()).map(|one| one.occurrence).collect();
        active.into_iter().for_each(|one| self.end_fault(one));
        self.record(0, Fact::Settling);
    }
}
