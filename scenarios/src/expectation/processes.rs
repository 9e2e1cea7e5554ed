//! A claim about processes: which live, and how the last one ended.

use super::who::Who;
use crate::ledger::{Family, Fate, Ledger};
use crate::scenario::plan::{Quantity, Target};
use deploysim_protocol::text::Text;

/// A claim about processes.
#[derive(Clone, Debug)]
pub(super) struct Processes {
    pub(super) whom: Vec<Who>,
    count: Option<Quantity>,
    running: Option<bool>,
    exit: Option<i32>,
}

impl Processes {
    pub(super) fn new(
        targets: &[Target],
        count: Option<Quantity>,
        running: Option<bool>,
        exit: Option<i32>,
    ) -> Self {
        Self {
            whom: targets.iter().filter_map(Who::new).collect(),
            count,
            running,
            exit,
        }
    }

    pub(super) fn holds(&self, ledger: &Ledger) -> bool {
        match self.count {
            None => self.whom.iter().all(|who| self.fits(*who, ledger)),
            Some(count) => {
                let fitting: usize = self.whom.iter().map(|who| self.fitting(*who, ledger)).sum();
                count.holds(fitting as u64)
            }
        }
    }

    /// A driver or the executors of an application as one thing: it runs if any process does.
    fn fits(&self, who: Who, ledger: &Ledger) -> bool {
        match who.family(ledger) {
            Some(family) => self.is(family.living > 0, family.exit_code()),
            None => self.fits_alone(who.fate(ledger)),
        }
    }

    fn fits_alone(&self, fate: Option<&Fate>) -> bool {
        match fate {
            Some(fate) => self.is(fate.is_alive, fate.exit_code()),
            None => self.is(false, None),
        }
    }

    fn is(&self, runs: bool, exit: Option<i32>) -> bool {
        self.running.is_none_or(|running| running == runs)
            && (self.exit.is_none() || self.exit == exit)
    }

    /// Every process counts for itself.
    fn fitting(&self, who: Who, ledger: &Ledger) -> usize {
        match who.family(ledger) {
            Some(family) => (family.members.iter())
                .filter(|name| self.fits_alone(ledger.fate(**name)))
                .count(),
            None if who.is_family() => 0,
            None => usize::from(self.fits_alone(who.fate(ledger))),
        }
    }
}

impl Who {
    /// All processes that are meant, if it is not a single one.
    pub(super) fn family(self, ledger: &Ledger) -> Option<&Family> {
        match self {
            Self::Driver(name, None) => ledger.driver_processes(name),
            Self::Executor(name, None) => ledger.executor_processes(name),
            Self::Named(_) | Self::Driver(_, Some(_)) | Self::Executor(_, Some(_)) => None,
        }
    }

    const fn is_family(self) -> bool {
        matches!(self, Self::Driver(_, None) | Self::Executor(_, None))
    }

    /// What became of the process, if it is a single one.
    pub(super) fn fate(self, ledger: &Ledger) -> Option<&Fate> {
        let name = match self {
            Self::Named(name) => name,
            Self::Driver(_, Some(_)) | Self::Executor(_, Some(_)) => Text::new(&self.to_string()),
            Self::Driver(_, None) | Self::Executor(_, None) => return None,
        };
        ledger.fate(name)
    }
}
