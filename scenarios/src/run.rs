//! Playing one plan before everyone who watches: the ledger adds up, the witnesses read what it
//! knows with every entry. Who the witnesses are, and where they write, is decided by the caller.

use crate::ledger::Ledger;
use crate::scenario::plan::Plan;
use crate::trace::{Entry, Observer};
use crate::world::queue::{self, Played};
use std::io;

/// Someone who watches a run and writes down what it sees.
pub trait Witness {
    /// One thing happened; the ledger knows it already.
    ///
    /// # Errors
    /// If it cannot be written down. The run goes on, this witness is not shown any more.
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()>;
}

/// Plays `plan` once before the witnesses. To be called in a scope of texts of its own.
///
/// # Errors
/// The first thing that a witness could not write.
pub fn play(plan: &Plan, seed: u64, witnesses: &mut [&mut dyn Witness]) -> io::Result<Played> {
    let audience = Audience {
        ledger: Ledger::new(plan),
        witnesses,
        error: None,
    };
    let (played, audience) = queue::play(plan, seed, audience);
    match audience.error {
        Some(error) => Err(error),
        None => Ok(played),
    }
}

/// Everyone who watches a run.
struct Audience<'a, 'w> {
    ledger: Ledger,
    witnesses: &'a mut [&'w mut dyn Witness],
    error: Option<io::Error>,
}

impl Observer for Audience<'_, '_> {
    fn observe(&mut self, entry: &Entry<'_>) {
        self.ledger.apply(entry);
        if self.error.is_some() {
            return;
        }
        for witness in &mut *self.witnesses {
            if let Err(error) = witness.see(entry, &self.ledger) {
                self.error.get_or_insert(error);
            }
        }
    }
}
