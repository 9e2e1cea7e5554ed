//! Counts of instructions beside the times of the same: a count does not depend on what else the
//! machine does, so that a small change of it is a change of the program.

use crate::data::{Data, INSTRUCTIONS};
use crate::numbers::{duration, quantity};
use maud::{Markup, html};

/// What is counted, and which benchmarks time the same.
struct Subject {
    name: &'static str,
    what: &'static str,
    /// Those of whose times the time is the sum.
    timed: &'static [&'static str],
    /// How many of what is timed are counted.
    times: u32,
}

const SUBJECTS: [Subject; 5] = [
    Subject {
        name: "placement_decision",
        what: "One placement decision: 10,000 empty workers, 4 cores per executor",
        timed: &["placement/spread-out/cores=4/occupied=0%/fast/workers=10000"],
        times: 1,
    },
    Subject {
        name: "schedule_pass",
        what: "One pass: 10,000 empty workers, 1,000 applications",
        timed: &["schedule/occupied=0%/fast/workers=10000/applications=1000"],
        times: 1,
    },
    Subject {
        name: "steady_state",
        what: "100 executors that end one after the other, each with its pass: 10,000 workers and applications",
        timed: &["schedule/steady/one-executor-ends/workers=10000/applications=10000"],
        times: 100,
    },
    Subject {
        name: "event_queue",
        what: "1,000 steps of the event queue: 10,000 timers",
        timed: &["queue/agenda/timers=10000"],
        times: 1,
    },
    Subject {
        name: "wire",
        what: "One message of each kind, written and read",
        timed: &["wire/encode/all", "wire/decode/all"],
        times: 1,
    },
];

/// The table; nothing if nothing was counted.
pub(super) fn table(data: &Data) -> Markup {
    let name = |subject: &Subject| format!("{INSTRUCTIONS}/{}", subject.name);
    let counted = SUBJECTS.iter().filter_map(|subject| {
        let measured = data.measurements.get(&name(subject))?;
        Some((subject, measured))
    });
    let counted: Vec<_> = counted.collect();
    let Some((_, first)) = counted.first() else {
        return html! {};
    };
    let command = first.command.split(" -- ").next().unwrap_or_default();
    html! {
        h3 id=(INSTRUCTIONS) { "Instructions" }
        p {
            "What the processor carries out, counted by valgrind. "
            "Unlike the times beside it a count is the same whatever else the machine does: "
            "if it changes, the program or its compiler has."
        }
        p.quiet { "Counted by " code { (command) } "." }
        div.wide { table.sortable {
            thead { tr {
                th { "What" } th.number { "Instructions" }
                th.number { "Time of the same" } th.number { "Instructions per ns" }
            } }
            tbody { @for (subject, measured) in &counted {
                tr {
                    td { (subject.what) br; code { (measured.name) } }
                    td.number data-value=(measured.median) { (quantity(measured.median, measured.unit)) }
                    (timed(subject, data, measured.median))
                }
            } }
        } }
    }
}

/// The time of the same, and how many instructions a nanosecond takes then.
fn timed(subject: &Subject, data: &Data, instructions: f64) -> Markup {
    let medians = subject.timed.iter().map(|name| data.median(name));
    let all: Option<Vec<f64>> = medians.collect();
    let all = all.map(|all| all.iter().sum::<f64>() * f64::from(subject.times));
    html! {
        @if let Some(nanoseconds) = all {
            td.number data-value=(nanoseconds) { (duration(nanoseconds)) }
            td.number { (format!("{:.2}", instructions / nanoseconds)) }
        } @else {
            td.number { "not measured" } td.number {}
        }
    }
}
