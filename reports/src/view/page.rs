//! What there is to read on the page of a run, with and without JavaScript: the verdict, what
//! became of each expectation, faults, messages by kind, the first notable events, and what is
//! not shown. What is drawn is in `page/`.

use super::lanes::Lanes;
use super::record::script_json;
use super::tally::{Share, Tally};
use super::traffic::KindCount;
use super::{AROUND, Subject, Window};
use deploysim_protocol::time::Time;
use deploysim_scenarios::outcome::{Outcome, Reading};
use deploysim_scenarios::output::judgement::{self, Line, Mark};
use deploysim_scenarios::scenario::plan::Plan;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// How the page looks, in light, in dark and in print. Nothing is loaded.
const STYLE: &str = include_str!("page/page.css");

/// The program that draws, in the order in which its parts need each other.
const PROGRAM: [&str; 9] = [
    include_str!("page/records.js"),
    include_str!("page/time.js"),
    include_str!("page/lanes.js"),
    include_str!("page/paint.js"),
    include_str!("page/diagram.js"),
    include_str!("page/gantt.js"),
    include_str!("page/steps.js"),
    include_str!("page/controls.js"),
    include_str!("page/main.js"),
];

/// Nothing may be loaded, from anywhere.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

/// The most lines about expectations and violations.
const LINES_MAX: usize = 1000;

/// The most faults that are listed.
const FAULTS_MAX: usize = 1000;

/// A notable event, as the table shows it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) at: Time,
    pub(super) place: String,
    pub(super) what: String,
}

/// What is known when the run is over.
#[derive(Debug)]
pub(super) struct Contents<'a> {
    pub(super) subject: &'a Subject,
    pub(super) outcome: &'a Outcome,
    pub(super) tally: &'a Tally,
    pub(super) kinds: &'a [KindCount],
    pub(super) lanes: &'a Lanes,
    pub(super) rows: &'a [Row],
    pub(super) faults: &'a BTreeMap<u32, String>,
}

/// How many workers a scenario has.
pub(super) fn workers(plan: &Plan) -> u64 {
    plan.cluster.workers.len() as u64
}

/// The beginning of the page, up to the data.
pub(super) fn head(subject: &Subject) -> String {
    let title = &subject.title;
    let start = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) " · seed " (subject.seed) }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("<body>\n"))
        header {
            h1 { (title) }
            p.meta { "Seed " (subject.seed) ", world " (subject.world.name()) }
        }
        (PreEscaped("\n"))
    };
    start.into_string()
}

/// The rest of the page.
pub(super) fn rest(contents: &Contents<'_>) -> io::Result<String> {
    let run = script_json(&Run::new(contents))?;
    let program = PROGRAM.concat();
    let page = html! {
        script type="application/json" id="run" { (PreEscaped(run)) }
        main {
            (verdict(contents))
            (crowded(contents.tally))
            (diagram())
            section aria-label="What is shown" {
                h2 { "What is shown" }
                (shown(contents))
            }
            (faults(contents))
            (kinds(contents))
            (events(contents))
        }
        (footer(contents))
        script { (PreEscaped("\"use strict\";\n(() => {\n")) (PreEscaped(program)) (PreEscaped("})();\n")) }
        (PreEscaped("</body></html>\n"))
    };
    Ok(page.into_string())
}

/// What the program needs beside the records.
#[derive(Serialize)]
struct Run<'a> {
    end: u64,
    seed: u64,
    kinds: Vec<(&'a str, &'a str)>,
    faults: &'a BTreeMap<u32, String>,
    marks: Vec<Judgement<'a>>,
    window: Option<(u64, u64)>,
    /// From when on states and notable events are not known to the page.
    crowded: Option<u64>,
    records: u64,
}

/// A place in the run that one can jump to.
#[derive(Serialize)]
struct Judgement<'a> {
    at: u64,
    mark: &'static str,
    text: &'a str,
}

impl<'a> Run<'a> {
    fn new(contents: &'a Contents<'_>) -> Self {
        let outcome = contents.outcome;
        let decided = outcome.expectations.iter().map(|judged| Judgement {
            at: judged.decision.at.as_nanos(),
            mark: match (judged.decision.held, judged.is_met()) {
                (true, _) => "held",
                (false, true) => "noted",
                (false, false) => "failed",
            },
            text: &judged.sentence,
        });
        let violated = outcome.violations.iter().map(|read| Judgement {
            at: read.violation.at.as_nanos(),
            mark: match read.reading {
                Reading::Announced(_) => "held",
                Reading::Tolerated(_) => "noted",
                Reading::Unclaimed => "failed",
            },
            text: &read.violation.sentence,
        });
        let tally = contents.tally;
        let classes = [
            tally.events,
            tally.messages,
            tally.heartbeats,
            tally.details,
        ];
        Self {
            end: outcome.end.as_nanos(),
            seed: outcome.seed,
            kinds: (contents.kinds.iter())
                .map(|kind| (kind.way, kind.name))
                .collect(),
            faults: contents.faults,
            marks: decided.chain(violated).take(LINES_MAX).collect(),
            window: contents
                .subject
                .window
                .map(|Window { from, to }| (from, to)),
            crowded: tally.events.missing_from,
            records: classes.iter().map(|share| share.shown).sum(),
        }
    }
}

fn verdict(contents: &Contents<'_>) -> Markup {
    let outcome = contents.outcome;
    let lines = judgement::all(outcome);
    let (class, word) = if outcome.holds() {
        ("held", "✓ Everything held")
    } else {
        ("failed", "✗ A property was violated")
    };
    html! {
        section #verdict aria-label="Verdict" {
            p class={ "badge " (class) } { (word) }
            p.meta {
                (outcome.end) " simulated, " (contents.tally.entries) " entries of the trace, "
                (contents.tally.notable) " of them notable"
            }
            ul.marks #judgements { @for line in lines.iter().take(LINES_MAX) { (judged(line)) } }
            @if lines.len() > LINES_MAX {
                p { (lines.len() - LINES_MAX) " more lines are in summary.json." }
            }
        }
    }
}

fn judged(line: &Line) -> Markup {
    let (class, sign) = match line.mark {
        Mark::Held => ("held", "✓"),
        Mark::Failed => ("failed", "✗"),
        Mark::Noted => ("noted", "•"),
        Mark::Evidence => ("evidence", ""),
    };
    html! { li class=(class) { span.sign { (sign) } " " (line.text) } }
}

/// From when on the diagram does not show everything, if it has no room for it.
fn crowded(tally: &Tally) -> Markup {
    let missing = [
        ("messages", tally.messages.missing_from),
        ("notable events and states", tally.events.missing_from),
    ];
    let missing = missing.into_iter().filter_map(|(what, at)| {
        let milliseconds = Time::from_nanos(at? / 1_000_000 * 1_000_000);
        Some(format!("{what} up to {milliseconds}"))
    });
    let missing: Vec<String> = missing.collect();
    html! { @if !missing.is_empty() {
        p.note #crowded {
            "This run is too long for its page: the diagram shows " (missing.join(", and "))
            ". After that not everything is drawn: " code { "--view-window FROM..TO" }
            " makes room for the messages and events of a later stretch, and all events are in "
            "events.csv."
        }
    } }
}

/// What the program fills. Without it, a sentence.
fn diagram() -> Markup {
    html! {
        noscript { p.note {
            "The diagram needs JavaScript. Everything else is below; nothing is loaded from anywhere."
        } }
        section #view hidden aria-label="Space-time diagram" {}
    }
}

fn shown(contents: &Contents<'_>) -> Markup {
    let tally = contents.tally;
    let rows: [(&str, Share, &str); 4] = [
        (
            "Notable events and states",
            tally.events,
            "shown until their share of the page is full",
        ),
        (
            "Messages, questions and answers",
            tally.messages,
            "shown until their share of the page is full",
        ),
        (
            "Heartbeats",
            tally.heartbeats,
            "counted by worker and stretch of time, except where the run is shown in full",
        ),
        (
            "Bookkeeping and connections",
            tally.details,
            "left out, except where the run is shown in full",
        ),
    ];
    html! {
        p {
            "The run is shown in full within " (AROUND.as_secs())
            " s of each fault's beginning and end, each decision on an expectation and each violation"
            @if let Some(Window { from, to }) = contents.subject.window {
                ", and from " (Time::from_nanos(from)) " to " (Time::from_nanos(to))
                ", which was asked for"
            }
            ", as far as these have room. Elsewhere heartbeats are folded into counts. "
            "An arrow joins what was sent with what was received: of one kind and between two nodes, in order."
        }
        div.wide { table {
            thead { tr { th { "What" } th.number { "In the run" } th.number { "One by one" } th.number { "Only counted" } th { "" } } }
            tbody { @for (what, share, how) in rows { tr {
                td { (what) }
                td.number { (share.all) }
                td.number { (share.shown) }
                td.number { (share.counted()) }
                td { (how) }
            } } }
        } }
        @if contents.lanes.left_out() > 0 {
            p.note { (contents.lanes.left_out()) " processes have no lane: there are too many." }
        }
    }
}

fn faults(contents: &Contents<'_>) -> Markup {
    html! {
        section aria-label="Faults" {
            h2 { "Faults" }
            @if contents.faults.is_empty() { p { "The scenario has no faults." } }
            @else {
                ol.faults { @for (row, text) in contents.faults.iter().take(FAULTS_MAX) {
                    li value=(row + 1) { (text) }
                } }
            }
            @if contents.faults.len() > FAULTS_MAX {
                p { (contents.faults.len() - FAULTS_MAX) " more are in scenario.toml." }
            }
        }
    }
}

fn kinds(contents: &Contents<'_>) -> Markup {
    let mut kinds: Vec<&KindCount> = contents.kinds.iter().collect();
    kinds.sort_by_key(|kind| (std::cmp::Reverse(kind.arrived), kind.name, kind.way));
    html! {
        section aria-label="Messages" {
            h2 { "Messages by kind" }
            div.wide.tall tabindex="0" role="region" aria-label="Messages by kind" { table {
                thead { tr { th { "Kind" } th { "Way" } th.number { "Arrived" } th.number { "Never arrived" } } }
                tbody { @for kind in kinds { tr {
                    td { (kind.name) } td { (kind.way) }
                    td.number { (kind.arrived) } td.number { (kind.lost) }
                } } }
            } }
        }
    }
}

fn events(contents: &Contents<'_>) -> Markup {
    let all = contents.tally.notable;
    let listed = contents.rows.len() as u64;
    html! {
        section aria-label="Notable events" {
            h2 { "Notable events" }
            @if listed < all {
                p.note { "The first " (listed) " of " (all) "; all of them are in events.csv beside this page." }
            }
            div.wide.tall tabindex="0" role="region" aria-label="Table of notable events" { table.events {
                thead { tr { th.number { "Time" } th { "Where" } th { "What" } } }
                tbody { @for row in contents.rows { tr {
                    td.number { (row.at) } td { (row.place) } td { (row.what) }
                } } }
            } }
        }
    }
}

fn footer(contents: &Contents<'_>) -> Markup {
    let Subject { seed, world, .. } = contents.subject;
    html! {
        footer {
            p {
                "Made by " code { "deploysim run scenario.toml --seed " (seed) " --world " (world.name()) " --out DIR" }
                ", with the scenario.toml that is beside this page. The same scenario, seed and world give the same page, byte for byte."
            }
        }
    }
}
