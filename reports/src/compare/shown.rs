//! A comparison as Markdown, for people, and as JSON, for tools.

use super::{Compared, Row};
use deploysim_scenarios::statistics::{Direction, Verdict};
use serde::Serialize;

/// The version of the JSON form; it rises with every change that a reader could notice.
const VERSION: u32 = 1;

/// The columns of a table for people.
pub const COLUMNS: [&str; 6] = [
    "number",
    "base",
    "new",
    "change",
    "95 % interval",
    "verdict",
];

/// A row of a table for people.
pub fn fields(row: &Row) -> [String; 6] {
    let comparison = &row.comparison;
    let name = if row.cell.is_empty() {
        comparison.name.clone()
    } else {
        format!("{} ({})", comparison.name, row.cell)
    };
    let (base, new) = comparison.means.unzip();
    let shown = |value: Option<f64>| value.map_or_else(String::new, significant);
    let interval = comparison.difference.and_then(|one| one.interval);
    let scale = comparison.means.map_or(0.0, |(base, _)| base.abs());
    let interval = interval.filter(|_| scale > 0.0).map(|it| {
        let percent = |end: f64| signed(end / scale * 100.0);
        format!("{} to {}", percent(it.low), percent(it.high))
    });
    [
        name,
        shown(base),
        shown(new),
        comparison
            .relative()
            .map_or_else(String::new, |share| signed(share * 100.0)),
        interval.unwrap_or_default(),
        comparison.verdict.to_string(),
    ]
}

/// A percentage with its sign.
pub(super) fn signed(percent: f64) -> String {
    format!("{percent:+.2} %")
}

/// A number with six digits that say something; whole ones with all of theirs.
pub(super) fn significant(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let digits_before = value.abs().log10().floor() as i32 + 1;
    let decimals = usize::try_from(6 - digits_before).unwrap_or(0).min(12);
    format!("{value:.decimals$}")
}

/// Those that may be of interest: all that are not the same.
pub fn noteworthy(compared: &Compared) -> Vec<&Row> {
    let rows = compared.rows.iter();
    let mut rows: Vec<&Row> = rows
        .filter(|row| row.comparison.verdict != Verdict::Same)
        .collect();
    rows.sort_by_key(|row| row.comparison.verdict);
    rows
}

/// The comparison as a section of a page.
pub fn markdown(compared: &Compared) -> String {
    let mut text = format!("**{}**\n", compared.sentence());
    let rows = noteworthy(compared);
    if !rows.is_empty() {
        let line = |fields: &[String]| {
            let fields = fields.iter().map(|field| field.replace('|', "\\|"));
            format!("| {} |\n", fields.collect::<Vec<String>>().join(" | "))
        };
        text += "\n";
        text += &line(&COLUMNS.map(str::to_owned));
        text += "|---|---:|---:|---:|---:|---|\n";
        for row in rows {
            text += &line(&fields(row));
        }
    }
    for (title, sentences) in [
        ("Differences where there may be none", &compared.broken),
        ("Notes", &compared.notes),
    ] {
        if !sentences.is_empty() {
            text += &format!("\n{title}:\n\n");
            text.extend(sentences.iter().map(|sentence| format!("- {sentence}\n")));
        }
    }
    text
}

/// A comparison in one object.
#[derive(Serialize)]
struct Shown<'a> {
    format: &'static str,
    version: u32,
    kind: &'a str,
    verdict: &'static str,
    sentence: String,
    numbers: Vec<Number<'a>>,
    broken: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Number<'a> {
    name: &'a str,
    cell: &'a str,
    better: &'static str,
    base: Option<f64>,
    new: Option<f64>,
    difference: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    probability: Option<f64>,
    adjusted_probability: Option<f64>,
    verdict: &'static str,
    sentence: String,
}

/// The comparison as one object, with every number.
pub fn json(compared: &Compared) -> String {
    let shown = Shown {
        format: "deploysim-comparison",
        version: VERSION,
        kind: compared.kind,
        verdict: if compared.holds() {
            "held"
        } else {
            "regressed"
        },
        sentence: compared.sentence(),
        numbers: compared.rows.iter().map(number).collect(),
        broken: &compared.broken,
        notes: &compared.notes,
    };
    let mut text = serde_json::to_string_pretty(&shown).expect("numbers and texts are written");
    text.push('\n');
    text
}

fn number(row: &Row) -> Number<'_> {
    let comparison = &row.comparison;
    let (base, new) = comparison.means.unzip();
    let difference = comparison.difference;
    let interval = difference.and_then(|one| one.interval);
    Number {
        name: &comparison.name,
        cell: &row.cell,
        better: match comparison.direction {
            Direction::LessIsBetter => "less",
            Direction::MoreIsBetter => "more",
            Direction::Neither => "neither",
        },
        base,
        new,
        difference: difference.map(|one| one.mean),
        low: interval.map(|it| it.low),
        high: interval.map(|it| it.high),
        probability: difference.and_then(|one| one.probability),
        adjusted_probability: comparison.adjusted,
        verdict: comparison.verdict.words(),
        sentence: comparison.sentence(),
    }
}
