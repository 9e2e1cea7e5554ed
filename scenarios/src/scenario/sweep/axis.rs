//! One axis of a sweep: a key with its values, or several keys that change together.

use super::super::error::{Problem, Problems};
use super::super::keys::RANGE;
use super::super::overrides;
use super::super::table::Table;
use super::super::value::{TIME, Value};
use super::CELLS_MAX;
use deploysim_protocol::conf::{parse_duration, show_duration};
use std::ops::Range;
use toml::de::DeValue;

/// A key of the scenario, as the sweep names it.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// A value that a key takes.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// As TOML.
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// Keys that change together, and their values row by row.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) keys: Vec<Key>,
    /// A value for each key; none if they cannot be read.
    pub(super) rows: Vec<Vec<Entry>>,
}

/// What a key of an axis may not begin with, and why.
const REFUSED: [(&str, &str); 2] = [
    ("seed", "`seeds` says which seeds every cell is played with"),
    ("sweep", "a sweep does not change itself"),
];

impl Key {
    pub(super) fn new(name: &str, span: Range<usize>, problems: &Problems) -> Self {
        let key = Self {
            name: name.to_owned(),
            span,
        };
        let first = overrides::segments(name)[0];
        if let Some((_, reason)) = REFUSED.iter().find(|(refused, _)| *refused == first) {
            let message = format!("`{name}` cannot be on an axis: {reason}");
            problems.push(Problem::new(key.span.clone(), message));
        } else if name.contains('=') {
            let message = format!("`{name}` is not a path of keys");
            problems.push(Problem::new(key.span.clone(), message));
        }
        key
    }

    /// How its column is called: without quotes.
    pub(super) fn column(&self) -> String {
        overrides::segments(&self.name).join(".")
    }
}

impl Entry {
    /// On one line, a text without its quotes.
    pub(super) fn shown(&self) -> String {
        let parsed = DeValue::parse(&self.text);
        let text = parsed
            .as_ref()
            .ok()
            .and_then(|value| value.get_ref().as_str());
        let words = text.unwrap_or(&self.text).split_whitespace();
        words.collect::<Vec<&str>>().join(" ")
    }
}

/// A value as it stands in the file.
pub(super) fn entry_of(value: Value<'_>, text: &str) -> Entry {
    Entry {
        text: text.get(value.span()).unwrap_or_default().to_owned(),
        span: value.span(),
    }
}

impl Axis {
    /// A key by itself.
    pub(super) fn alone(key: Key, value: Value<'_>, text: &str) -> Self {
        let entries = if value.is_table() {
            range(value).unwrap_or_default()
        } else {
            listed(value, "a list of values, or { from, to, step }", text)
        };
        Self {
            keys: vec![key],
            rows: entries.into_iter().map(|entry| vec![entry]).collect(),
        }
    }

    /// Several keys, whose lists are read side by side.
    pub(super) fn zipped(table: Table<'_>, text: &str) -> Option<Self> {
        let mut columns = Vec::new();
        for (name, span, value) in table.entries() {
            let key = Key::new(name, span, table.problems);
            columns.push((key, value.span(), listed(value, "a list of values", text)));
        }
        columns.sort_by_key(|(key, ..)| key.span.start);
        let Some((first, _, entries)) = columns.first() else {
            table.missing("a `zip` names no key");
            return None;
        };
        let (first, count) = (first.name.clone(), entries.len());
        let mut rows = vec![Vec::new(); count];
        let mut keys = Vec::new();
        for (key, span, entries) in columns {
            if entries.len() != count {
                let message = format!(
                    "`{}` has {} values, and `{first}` beside it {count}",
                    key.name,
                    entries.len()
                );
                let problem = Problem::new(span, message).about_file();
                table.problems.push(problem.allowed("lists of one length"));
            }
            for (row, entry) in rows.iter_mut().zip(entries) {
                row.push(entry);
            }
            keys.push(key);
        }
        rows.retain(|row| row.len() == keys.len());
        Some(Self { keys, rows })
    }

    /// Where it stands in the file.
    pub(super) fn place(&self) -> usize {
        self.keys.first().map_or(0, |key| key.span.start)
    }
}

fn listed(value: Value<'_>, allowed: &str, text: &str) -> Vec<Entry> {
    let elements = value.list(allowed).unwrap_or_default();
    let is_empty_list = value
        .node
        .get_ref()
        .as_array()
        .is_some_and(|it| it.is_empty());
    if is_empty_list {
        value.wrong(allowed);
    }
    let mut entries: Vec<Entry> = Vec::new();
    for element in elements {
        let entry = entry_of(element, text);
        let shown = entry.shown();
        if entries.iter().any(|known| known.shown() == shown) {
            let message = format!("{shown} is there twice");
            value.problems.push(element.problem(message));
        }
        entries.push(entry);
    }
    entries
}

/// The values from `from` to `to`, both included if the steps lead there.
fn range(value: Value<'_>) -> Option<Vec<Entry>> {
    let table = value.table(&RANGE)?;
    let ends = ["from", "to", "step"].map(|key| table.require(key).and_then(Step::read));
    let [Some(from), Some(to), Some(step)] = ends else {
        return None;
    };
    let wrong = |message: &str, allowed: &str| {
        let problem = value.problem(message).about_file();
        value.problems.push(problem.allowed(allowed));
        None
    };
    let (Some((first, last, by)), Some(form)) = (
        Some((from.amount, to.amount, step.amount)),
        (from.form == to.form && to.form == step.form).then_some(from.form),
    ) else {
        return wrong(
            "the range mixes numbers and times",
            "three numbers, or three times",
        );
    };
    if by <= 0 || first > last {
        return wrong(
            "the range has no values",
            "a `step` above zero, and `from` ≤ `to`",
        );
    }
    if (last - first) / by >= CELLS_MAX as i128 {
        return wrong(
            "the range has too many values",
            &format!("at most {CELLS_MAX}"),
        );
    }
    let entries = (0..=(last - first) / by).map(|at| Entry {
        text: form.text(first + at * by),
        span: value.span(),
    });
    Some(entries.collect())
}

/// An end of a range, or its step.
struct Step {
    form: StepForm,
    /// A number, or nanoseconds.
    amount: i128,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepForm {
    Number,
    Time,
}

impl Step {
    fn read(value: Value<'_>) -> Option<Self> {
        let number = value.as_integer().map(|number| Self {
            form: StepForm::Number,
            amount: number.into(),
        });
        let time = || {
            let nanoseconds = parse_duration(value.as_text()?)?.as_nanos();
            Some(Self {
                form: StepForm::Time,
                amount: i128::try_from(nanoseconds).ok()?,
            })
        };
        let step = number.or_else(time);
        if step.is_none() {
            value.wrong(&format!("a whole number, or {TIME}"));
        }
        step
    }
}

impl StepForm {
    fn text(self, amount: i128) -> String {
        match self {
            Self::Number => amount.to_string(),
            Self::Time => {
                let nanoseconds = u64::try_from(amount).unwrap_or(u64::MAX);
                let duration = std::time::Duration::from_nanos(nanoseconds);
                format!("\"{}\"", show_duration(duration))
            }
        }
    }
}
