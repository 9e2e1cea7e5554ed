//! Whether the worlds agree: every scenario with fixed times, played in both.

use super::Subject;
use super::tally::{Tally, counted};
use crate::command::Failure;
use crate::command::junit::{Case, Verdict};
use crate::command::world::World;
use crate::stopwatch::Stopwatch;
use crate::terminal::sign;
use deploysim_scenarios::agreement::{Agreement, compare, fixed};
use deploysim_scenarios::output::judgement::Mark;
use deploysim_scenarios::run::{self, RunError};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::fmt::Write;
use std::time::Duration;

/// One comparison.
struct Compared {
    name: String,
    agreement: Result<Agreement, RunError>,
    elapsed: Duration,
}

/// Compares the worlds on every scenario that turmoil plays, and shows what came of it.
pub(super) fn compare_all(subjects: &[Subject], tally: &mut Tally<'_>) -> Result<(), Failure> {
    let playable: Vec<&Subject> = (subjects.iter())
        .filter(|it| it.world == World::Turmoil && it.refusal.is_none())
        .collect();
    let compared: Vec<Compared> = playable
        .par_iter()
        .map(|subject| compare_one(subject))
        .collect();
    tally.head("agreement of the worlds queue and turmoil, with fixed times")?;
    for Compared {
        name,
        agreement,
        elapsed,
    } in compared
    {
        let (lines, verdict) = shown(&name, agreement);
        let name = format!("{name} (agreement)");
        tally.add_comparison(
            &lines,
            Case {
                name,
                verdict,
                elapsed,
            },
        )?;
    }
    Ok(())
}

fn compare_one(subject: &Subject) -> Compared {
    let stopwatch = Stopwatch::start();
    let seed = *subject.seeds.0.start();
    let plan = fixed(&run::drawn(&subject.plan, seed));
    let agreement = compare(&plan, seed);
    Compared {
        name: subject.path.display().to_string(),
        agreement,
        elapsed: stopwatch.elapsed(),
    }
}

fn shown(name: &str, agreement: Result<Agreement, RunError>) -> (String, Verdict) {
    let failed = |what: &str| {
        let mut lines = format!("{} {name}\n", sign(Mark::Failed));
        for line in what.lines() {
            // Writing into a string cannot fail.
            let _ = writeln!(lines, "    {line}");
        }
        (lines, Verdict::Failed(what.to_owned()))
    };
    match agreement {
        Ok(Agreement::Agree { inputs, until }) => {
            let inputs = counted(inputs as u64, "input");
            let line = format!("{} {name}  {inputs} until {until}\n", sign(Mark::Held));
            (line, Verdict::Held)
        }
        Ok(Agreement::Part(parting)) => failed(&parting.to_string()),
        Ok(Agreement::Verdicts(difference)) => failed(&difference),
        Err(RunError::Refused(refusal)) => {
            let refusal = refusal.to_string();
            (
                format!("- {name}  skipped: {refusal}\n"),
                Verdict::Skipped(refusal),
            )
        }
        Err(error @ (RunError::Unwritten(_) | RunError::Failed(_))) => failed(&error.to_string()),
    }
}
