//! How far a sweep is: a bar on a terminal, a line for each tenth elsewhere. Said on stderr.

use crate::stopwatch::{Stopwatch, rate};
use crate::terminal::complain;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Into how many lines the way is divided where there is no terminal.
const LINES: u64 = 10;

/// Runs that are over, and those to come.
pub(super) struct Pace {
    bar: ProgressBar,
    says_lines: bool,
    stopwatch: Stopwatch,
    /// Runs that were there already.
    kept: u64,
    done: u64,
    runs: u64,
}

impl Pace {
    pub(super) fn new(kept: u64) -> Self {
        // Drawn on stderr, and only if that is a terminal.
        let bar = ProgressBar::new(kept);
        let template = "{bar:40} {pos}/{len} runs, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_position(kept);
        bar.reset_eta();
        Self {
            bar,
            says_lines: !std::io::stderr().is_terminal(),
            stopwatch: Stopwatch::start(),
            kept,
            done: kept,
            runs: kept,
        }
    }

    /// So many runs there are, as far as that is known.
    pub(super) fn lengthen(&mut self, runs: u64) {
        self.runs = runs;
        self.bar.set_length(runs);
    }

    /// One more run is over.
    pub(super) fn advance(&mut self) {
        let tenth = |done: u64| done * LINES / self.runs.max(1);
        let is_next = tenth(self.done + 1) > tenth(self.done);
        self.done += 1;
        self.bar.inc(1);
        if self.says_lines && is_next {
            let elapsed = self.stopwatch.elapsed();
            let played = self.done - self.kept;
            let time = match self.runs - self.done {
                0 => format!("took {}", rounded(elapsed)),
                runs => format!("{} left", rounded(seconds_left(elapsed, played, runs))),
            };
            complain(&format!(
                "{}/{} runs, {} runs/s, {time}",
                self.done,
                self.runs,
                rate(played, elapsed),
            ));
        }
    }
}

/// What is drawn is taken away, whatever happens.
impl Drop for Pace {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How long `left` runs take if `played` took `elapsed`.
pub(super) fn seconds_left(elapsed: Duration, played: u64, left: u64) -> Duration {
    let seconds = elapsed.as_secs_f64() * left as f64 / played.max(1) as f64;
    // More than anybody waits for is shown as that.
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// A time as people say it; a short one with a digit more.
pub(super) fn rounded(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{time:.1?}")
    } else {
        HumanDuration(time).to_string()
    }
}
