//! One table of a scenario file with its places, read against its key table: unknown keys and
//! wrong forms become problems, everything else is handed on. What values mean is not known
//! here; `value.rs` reads single values.

use super::error::{Problem, Problems};
use super::keys::Keys;
use super::value::Value;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// A table, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) keys: &'static Keys,
    entries: &'a DeTable<'a>,
    span: (usize, usize),
    pub(super) problems: &'a Problems,
}

impl<'a> Table<'a> {
    /// The table `entries`, after every key that `keys` does not know was reported.
    pub(super) fn new(
        keys: &'static Keys,
        entries: &'a DeTable<'a>,
        span: Range<usize>,
        problems: &'a Problems,
    ) -> Self {
        let table = Self {
            keys,
            entries,
            span: (span.start, span.end),
            problems,
        };
        if !keys.is_open {
            for key in entries.keys() {
                let name: &str = key.get_ref();
                if keys.find(name).is_none() {
                    let message = format!("unknown key `{name}` in {}", keys.title);
                    problems.push(
                        Problem::new(key.span(), message)
                            .one_of(name, keys.keys.iter().map(|key| key.name)),
                    );
                }
            }
        }
        table
    }

    /// Where the table begins.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.0..self.span.1
    }

    /// The value of `key`, if it is there.
    pub(super) fn find(&self, key: &'static str) -> Option<Value<'a>> {
        debug_assert!(
            self.keys.find(key).is_some(),
            "{key} is in {}",
            self.keys.title
        );
        let node = self.entries.get(key)?;
        Some(Value {
            key,
            node,
            problems: self.problems,
        })
    }

    /// The value of `key`; that it is missing is a problem.
    pub(super) fn require(&self, key: &'static str) -> Option<Value<'a>> {
        let found = self.find(key);
        if found.is_none() {
            self.missing(&format!("{} needs `{key}`", self.keys.title));
        }
        found
    }

    /// Reports that something is missing from this table.
    pub(super) fn missing(&self, message: &str) {
        self.problems
            .push(Problem::new(self.span(), message).about_file());
    }

    /// Every key with its place and value, by name.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Range<usize>, Value<'a>)> {
        let problems = self.problems;
        self.entries
            .iter()
            .map(move |(name, node): (&'a Spanned<_>, _)| {
                let key: &'a str = name.get_ref();
                (
                    key,
                    name.span(),
                    Value {
                        key,
                        node,
                        problems,
                    },
                )
            })
    }

    /// The one of `keys` that is there. None or several are a problem.
    pub(super) fn exactly_one(&self, keys: &[&'static str]) -> Option<Value<'a>> {
        let found: Vec<Value<'a>> = keys.iter().filter_map(|key| self.find(key)).collect();
        match found.as_slice() {
            [] => {
                let message = format!("{} needs one of its words", self.keys.title);
                self.problems.push(
                    Problem::new(self.span(), message)
                        .allowed(keys.join(", "))
                        .about_file(),
                );
                None
            }
            [one] => Some(*one),
            [first, rest @ ..] => {
                for other in rest {
                    self.clash(*first, *other);
                }
                None
            }
        }
    }

    /// The one of `keys` that is there, if any. Several are a problem.
    pub(super) fn at_most_one(&self, keys: &[&'static str]) -> Option<Value<'a>> {
        if keys.iter().any(|key| self.find(key).is_some()) {
            self.exactly_one(keys)
        } else {
            None
        }
    }

    fn clash(&self, first: Value<'a>, other: Value<'a>) {
        let message = format!(
            "`{}` and `{}` exclude each other in {}",
            first.key, other.key, self.keys.title
        );
        self.problems.push(Problem::new(other.span(), message));
    }

    /// Reports each of `keys` that is there although `word` has no use for it.
    pub(super) fn refuse(&self, keys: &[&'static str], reason: &str) {
        for value in keys.iter().filter_map(|key| self.find(key)) {
            let message = format!("`{}` {reason}", value.key);
            self.problems.push(Problem::new(value.span(), message));
        }
    }
}
