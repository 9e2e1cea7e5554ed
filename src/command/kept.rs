//! What `run --out` keeps of a run: the files of the record, and the page that shows it.

use super::Failure;
use deploysim_protocol::time::Time;
use deploysim_reports::view::{RunView, Subject};
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::folder::{Folder, Part};
use deploysim_scenarios::output::manifest::Manifest;
use deploysim_scenarios::output::record::Record;
use deploysim_scenarios::run::Witness;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::Entry;
use std::io;

/// A run that is written into a folder while it is played.
#[derive(Debug)]
pub(crate) struct Kept {
    record: Record,
    view: RunView<Part>,
}

impl Kept {
    /// Begins all files.
    pub(crate) fn begin(
        mut folder: Folder,
        plan: &Plan,
        subject: Subject,
    ) -> Result<Self, Failure> {
        let seed = subject.seed;
        let view = RunView::begin(folder.begin("run.html")?, plan, subject)?;
        let record = Record::begin(folder, plan, seed)?;
        Ok(Self { record, view })
    }

    /// Completes all files and gives them their final names.
    pub(crate) fn finish(
        self,
        plan: &Plan,
        outcome: &Outcome,
        manifest: Manifest,
    ) -> Result<(), Failure> {
        self.view.finish(outcome)?;
        self.record.finish(plan, outcome, manifest)?;
        Ok(())
    }
}

impl Witness for Kept {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.record.see(entry, ledger)?;
        self.view.see(entry, ledger)
    }

    fn judged(&mut self, at: Time) {
        self.view.judged(at);
    }
}
