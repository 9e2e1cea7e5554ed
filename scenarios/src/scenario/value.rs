//! Single values of a scenario file: times, memory sizes, counts, words. Each reader reports
//! what was found and what is allowed. Names of nodes are read in `file/names.rs`.

use super::error::{Problem, Problems};
use super::keys::Keys;
use super::table::Table;
use deploysim_protocol::conf::{parse_duration, parse_memory_mib};
use deploysim_protocol::state::StateError;
use deploysim_protocol::time::Time;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;

/// A value, its key, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) key: &'a str,
    pub(super) node: &'a Spanned<DeValue<'a>>,
    pub(super) problems: &'a Problems,
}

/// What a time looks like, in messages.
pub(super) const TIME: &str =
    "a time with its unit, such as \"21s\", \"1500ms\", \"0.5ms\", \"2min\" or \"1h\"";
const MEMORY: &str = "a memory size with its unit, such as \"512m\" or \"16g\", at least 1 MiB";
const USED_MEMORY: &str = "a memory size with its unit, such as \"0m\" or \"16g\"";
const RATE: &str = "a rate with its unit, such as \"10MB/s\" or \"1Gbit/s\"";

impl<'a> Value<'a> {
    pub(super) fn span(&self) -> Range<usize> {
        self.node.span()
    }

    /// What was found, for a message.
    pub(super) fn found(&self) -> String {
        match self.node.get_ref() {
            DeValue::String(text) => format!("{text:?}"),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {number}"),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(_) => "a date".to_owned(),
            DeValue::Array(array) if array.is_empty() => "an empty list".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        }
    }

    /// A problem with this value.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.span(), message)
    }

    /// Reports that this value has the wrong form.
    pub(super) fn wrong(&self, allowed: &str) {
        let message = format!("`{}` cannot be {}", self.key, self.found());
        self.problems.push(self.problem(message).allowed(allowed));
    }

    fn or_wrong<T>(&self, read: Option<T>, allowed: &str) -> Option<T> {
        if read.is_none() {
            self.wrong(allowed);
        }
        read
    }

    /// The text, if it is one; nothing is reported.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.node.get_ref().as_str()
    }

    /// The whole number, if it is one; nothing is reported.
    pub(super) fn as_integer(&self) -> Option<i64> {
        let number = self.node.get_ref().as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        let text = self.as_text().filter(|text| !text.trim().is_empty());
        self.or_wrong(text, "a text that is not blank")
    }

    pub(super) fn flag(&self) -> Option<bool> {
        self.or_wrong(self.node.get_ref().as_bool(), "true or false")
    }

    /// A whole number in a range.
    pub(super) fn integer<T: TryFrom<i64>>(&self, least: i64, most: i64) -> Option<T> {
        let read = self
            .as_integer()
            .filter(|number| (least..=most).contains(number))
            .and_then(|number| T::try_from(number).ok());
        self.or_wrong(read, &format!("a whole number from {least} to {most}"))
    }

    /// A number in a range, with or without a point.
    pub(super) fn number(&self, allowed: &str, fits: impl Fn(f64) -> bool) -> Option<f64> {
        let read = match self.node.get_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        self.or_wrong(
            read.filter(|number: &f64| number.is_finite() && fits(*number)),
            allowed,
        )
    }

    pub(super) fn duration(&self) -> Option<Duration> {
        if let Some(text) = self.as_text()
            && let Some(duration) = parse_duration(text)
        {
            return Some(duration);
        }
        let negative = self
            .as_text()
            .and_then(|text| text.trim().strip_prefix('-'));
        let is_negative = negative.is_some_and(|rest| parse_duration(rest).is_some())
            || self.as_integer().is_some_and(|number| number < 0);
        if is_negative {
            let message = format!("`{}` cannot be negative", self.key);
            self.problems.push(self.problem(message).allowed(TIME));
        } else if let Some(number) = self.as_integer() {
            let message = format!("`{}` has no unit", self.key);
            let mut problem = self.problem(message).allowed(TIME);
            problem.suggestion = Some(format!("\"{number}s\""));
            self.problems.push(problem);
        } else {
            self.wrong(TIME);
        }
        None
    }

    pub(super) fn positive_duration(&self) -> Option<Duration> {
        let duration = self.duration()?;
        self.or_wrong(
            Some(duration).filter(|duration| !duration.is_zero()),
            "a time above zero",
        )
    }

    pub(super) fn time(&self) -> Option<Time> {
        self.duration().map(|duration| Time::ZERO + duration)
    }

    pub(super) fn memory_mib(&self) -> Option<u32> {
        let read = self
            .as_text()
            .and_then(parse_memory_mib)
            .filter(|size| *size > 0);
        self.or_wrong(read, MEMORY)
    }

    /// An amount of memory in use, which may be none.
    pub(super) fn used_memory_mib(&self) -> Option<u32> {
        let read = self.as_text().and_then(parse_memory_mib);
        self.or_wrong(read, USED_MEMORY)
    }

    /// Bytes per second.
    pub(super) fn rate(&self) -> Option<u64> {
        self.or_wrong(self.as_text().and_then(parse_rate), RATE)
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let message = format!("`{}` cannot be `{text}`", self.key);
            self.problems.push(
                self.problem(message)
                    .one_of(text, words.iter().map(|(word, _)| *word)),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// `true`, which is all that some keys can be.
    pub(super) fn only_true(&self) -> Option<()> {
        let is_true = self.node.get_ref().as_bool() == Some(true);
        self.or_wrong(is_true.then_some(()), "true; or leave the key out")
    }

    /// A state of Spark, by its name.
    pub(super) fn state<S: FromStr<Err = StateError>>(&self) -> Option<S> {
        let text = self.text()?;
        match text.parse() {
            Ok(state) => Some(state),
            Err(error) => {
                let message = format!("`{}` cannot be `{text}`", self.key);
                self.problems.push(
                    self.problem(message)
                        .one_of(text, error.allowed.iter().copied()),
                );
                None
            }
        }
    }

    /// The elements of a list.
    pub(super) fn list(&self, allowed: &str) -> Option<Vec<Self>> {
        let array = self.or_wrong(self.node.get_ref().as_array(), allowed)?;
        Some(array.iter().map(|node| Self { node, ..*self }).collect())
    }

    /// The elements of a list, or the value itself as the only one.
    pub(super) fn one_or_list(&self) -> Vec<Self> {
        self.node.get_ref().as_array().map_or_else(
            || vec![*self],
            |array| array.iter().map(|node| Self { node, ..*self }).collect(),
        )
    }

    /// Whether this is a table.
    pub(super) fn is_table(&self) -> bool {
        self.node.get_ref().is_table()
    }

    /// A table with `keys`.
    pub(super) fn table(&self, keys: &'static Keys) -> Option<Table<'a>> {
        let entries = self.or_wrong(self.node.get_ref().as_table(), "a table")?;
        Some(Table::new(keys, entries, self.span(), self.problems))
    }

    /// Tables with `keys`: `[[key]]`, or a list of inline tables.
    pub(super) fn tables(&self, keys: &'static Keys) -> Vec<Table<'a>> {
        let elements = self.list("a list of tables").unwrap_or_default();
        elements
            .iter()
            .filter_map(|element| element.table(keys))
            .collect()
    }
}

/// Bytes per second of `10MB/s`, `1Gbit/s` …; units count in thousands.
fn parse_rate(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let (scale, divisor) = match unit.trim() {
        "B/s" => (1, 1),
        "kB/s" => (1_000, 1),
        "MB/s" => (1_000_000, 1),
        "GB/s" => (1_000_000_000, 1),
        "kbit/s" => (1_000, 8),
        "Mbit/s" => (1_000_000, 8),
        "Gbit/s" => (1_000_000_000, 8),
        _ => return None,
    };
    let rate = number.parse::<u64>().ok()?.checked_mul(scale)? / divisor;
    (rate > 0).then_some(rate)
}
