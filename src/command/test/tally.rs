//! What the runs of a test came to, shown scenario by scenario, each when its last run is over.

use super::{Ran, Subject};
use crate::command::junit::{Case, Verdict as CaseVerdict};
use crate::command::replay::replay;
use crate::command::world::World;
use crate::command::{Failure, Verdict};
use crate::stopwatch::rate;
use crate::terminal::{Results, results, show, sign};
use deploysim_scenarios::output::judgement::{Mark, failures};
use deploysim_scenarios::series::Series;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::time::Duration;

/// Failed runs of one scenario that are shown with their evidence.
const SHOWN_MAX: usize = 3;

/// What the runs so far came to; scenarios are shown in order.
pub(super) struct Tally<'a> {
    subjects: &'a [Subject],
    series: Vec<Series>,
    elapsed: Vec<Duration>,
    /// Runs that came to no outcome: the scenario, the seed, and why.
    broken: Vec<(usize, u64, String)>,
    shown: usize,
    /// In how many worlds each scenario is played.
    worlds: usize,
    cases: Vec<Case>,
    bar: ProgressBar,
    out: Results,
}

impl<'a> Tally<'a> {
    pub(super) fn new(subjects: &'a [Subject], worlds: usize) -> Self {
        let runs = subjects.iter().map(Subject::runs).sum();
        // Drawn on stderr, and only if that is a terminal.
        let bar = ProgressBar::new(runs);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left") {
            bar.set_style(style);
        }
        Self {
            subjects,
            series: vec![Series::default(); subjects.len()],
            elapsed: vec![Duration::ZERO; subjects.len()],
            broken: Vec::new(),
            shown: 0,
            worlds,
            cases: Vec::new(),
            bar,
            out: results(),
        }
    }

    pub(super) fn add(&mut self, ran: Ran) -> io::Result<()> {
        self.bar.inc(1);
        self.elapsed[ran.subject] += ran.elapsed;
        match ran.outcome {
            Ok(outcome) => self.series[ran.subject].add(outcome),
            Err(why) => self.broken.push((ran.subject, ran.seed, why)),
        }
        self.show_those_over()
    }

    /// All runs are over.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.bar.finish_and_clear();
        self.show_those_over()
    }

    fn show_those_over(&mut self) -> io::Result<()> {
        while self.shown < self.subjects.len() && self.is_over(self.shown) {
            let subject = self.shown;
            self.shown += 1;
            let bar = self.bar.clone();
            bar.suspend(|| self.conclude_scenario(subject))?;
        }
        Ok(())
    }

    fn is_over(&self, subject: usize) -> bool {
        let broken = self.broken.iter().filter(|(it, ..)| *it == subject).count();
        self.series[subject].runs() + broken as u64 == self.subjects[subject].runs()
    }

    fn conclude_scenario(&mut self, subject: usize) -> io::Result<()> {
        let name = self.name(subject);
        if let Some(refusal) = &self.subjects[subject].refusal {
            writeln!(self.out, "- {name}  skipped: {refusal}")?;
            self.cases.push(Case {
                name,
                verdict: CaseVerdict::Skipped(refusal.clone()),
                elapsed: Duration::ZERO,
            });
            return self.out.flush();
        }
        let series = &self.series[subject];
        let broken: Vec<(u64, &str)> = (self.broken.iter())
            .filter(|(it, ..)| *it == subject)
            .map(|(_, seed, why)| (*seed, why.as_str()))
            .collect();
        let holds = series.holds() && broken.is_empty();
        let mark = if holds { Mark::Held } else { Mark::Failed };
        let elapsed = self.elapsed[subject];
        let seeds = counted(series.runs() + broken.len() as u64, "seed");
        let pace = match self.subjects[subject].world {
            World::Queue | World::Turmoil => {
                let inputs = series.inputs();
                format!("{inputs} events, {} events/s", rate(inputs, elapsed))
            }
            World::Live => format!("{:.1} s with real processes", elapsed.as_secs_f64()),
        };
        writeln!(self.out, "{} {name}  {seeds}, {pace}", sign(mark))?;
        for (defect, count) in series.tolerated() {
            let times = counted(count, "time");
            writeln!(
                self.out,
                "  {} {defect} tolerated, {times}",
                sign(Mark::Noted)
            )?;
        }
        let mut failure = Vec::new();
        explain(&self.subjects[subject], series, &broken, &mut failure)?;
        self.out.write_all(&failure)?;
        self.out.flush()?;
        let text = anstream::adapter::strip_str(&String::from_utf8_lossy(&failure)).to_string();
        let verdict = if holds {
            CaseVerdict::Held
        } else {
            CaseVerdict::Failed(text)
        };
        self.cases.push(Case {
            name,
            verdict,
            elapsed,
        });
        Ok(())
    }

    /// The file, with the world where there are several.
    fn name(&self, subject: usize) -> String {
        let Subject { path, world, .. } = &self.subjects[subject];
        if self.worlds > 1 {
            format!("{} ({})", path.display(), world.name())
        } else {
            path.display().to_string()
        }
    }

    /// Shows a comparison of worlds, and counts it as a case.
    pub(super) fn add_comparison(&mut self, lines: &str, case: Case) -> io::Result<()> {
        self.out.write_all(lines.as_bytes())?;
        self.cases.push(case);
        self.out.flush()
    }

    /// Shows a heading.
    pub(super) fn head(&mut self, heading: &str) -> io::Result<()> {
        writeln!(self.out, "\n{heading}")
    }

    /// What is known of every case.
    pub(super) fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The last line, and the verdict over everything.
    pub(super) fn conclude(&mut self) -> Result<Verdict, Failure> {
        let mut counts = [0; 3];
        for case in &self.cases {
            counts[match case.verdict {
                CaseVerdict::Held => 0,
                CaseVerdict::Failed(_) => 1,
                CaseVerdict::Skipped(_) => 2,
            }] += 1;
        }
        let [passed, failed, skipped] = counts;
        writeln!(
            self.out,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )?;
        self.out.flush()?;
        if self.broken.is_empty() {
            return Ok(Verdict::from(failed == 0));
        }
        let runs = counted(self.broken.len() as u64, "run");
        let live = |(it, ..): &(usize, u64, String)| self.subjects[*it].world == World::Live;
        let whose = if self.broken.iter().all(live) {
            "the program or this machine"
        } else {
            "the program"
        };
        let fault = if self.broken.iter().any(live) {
            "see why above"
        } else {
            "this is a fault of deploysim"
        };
        Err(Failure::Machine(format!(
            "error: {whose} failed in {runs}: {fault}"
        )))
    }
}

/// The evidence of failed runs, with the commands that play them again.
fn explain(
    subject: &Subject,
    series: &Series,
    broken: &[(u64, &str)],
    out: &mut impl Write,
) -> io::Result<()> {
    let again = |seed| replay(&subject.path, subject.world, seed, &[]);
    for outcome in series.failed().take(SHOWN_MAX) {
        show(&failures(outcome), out)?;
        writeln!(out, "    replay: {}", again(outcome.seed))?;
    }
    let rest: Vec<String> = (series.failed().skip(SHOWN_MAX))
        .map(|outcome| outcome.seed.to_string())
        .collect();
    if !rest.is_empty() {
        writeln!(out, "    also with the seeds {}", rest.join(", "))?;
    }
    for unseen in series.unseen() {
        writeln!(
            out,
            "  {} {unseen}: should be seen on some seed, and was on none",
            sign(Mark::Failed)
        )?;
    }
    for (seed, why) in broken {
        let command = again(*seed);
        writeln!(out, "  {} {why}", sign(Mark::Failed))?;
        writeln!(out, "    replay: {command}")?;
    }
    if subject.world == World::Live && (series.failed().next().is_some() || !broken.is_empty()) {
        writeln!(out, "    with --out DIR, run keeps the nodes' logs")?;
    }
    Ok(())
}

pub(super) fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
