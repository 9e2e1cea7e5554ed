//! Interned text: the names that travel through a run, as `Copy` numbers.
//!
//! A run makes few distinct names and compares them millions of times. Each thread keeps one
//! table of texts; a [`Text`] is an index into it. Equality compares numbers, order compares
//! **text**, because Spark breaks ties between workers by the text of their ids. Nothing here
//! knows what a name stands for; `id.rs` and `address.rs` do.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The most texts one scope may hold. Each peer-supplied identifier takes a place, so the table
/// has a limit as everything has that can be filled from outside.
pub const TEXTS_MAX: usize = 1 << 26;

/// An interned text. Equal exactly when the texts are equal; ordered by text.
///
/// A value is meaningful on the thread and in the [`scope`] in which it was made; elsewhere it
/// names another text or none, and reading it panics if there is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text(u32);

/// The texts of one scope, and where each is found.
#[derive(Default)]
struct Table {
    texts: Vec<Arc<str>>,
    numbers: BTreeMap<Arc<str>, u32>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::default());
}

impl Text {
    /// The number of `text` in the current scope, making one if it is new.
    ///
    /// # Panics
    /// If the scope already holds [`TEXTS_MAX`] texts. Code that interns what a peer sent asks
    /// [`Text::try_new`] instead.
    pub fn new(text: &str) -> Self {
        Self::try_new(text).expect("the table of texts is full")
    }

    /// As [`Text::new`], or `None` if the scope already holds [`TEXTS_MAX`] texts.
    pub fn try_new(text: &str) -> Option<Self> {
        TABLE.with_borrow_mut(|table| {
            if let Some(number) = table.numbers.get(text) {
                return Some(Self(*number));
            }
            if table.texts.len() >= TEXTS_MAX {
                return None;
            }
            let number = u32::try_from(table.texts.len()).ok()?;
            let shared: Arc<str> = Arc::from(text);
            table.texts.push(Arc::clone(&shared));
            table.numbers.insert(shared, number);
            Some(Self(number))
        })
    }

    /// The number of `text` if the current scope has it. Takes no place in the table: for what
    /// anybody may ask about.
    pub fn find(text: &str) -> Option<Self> {
        TABLE.with_borrow(|table| table.numbers.get(text).copied().map(Self))
    }

    /// The text itself, shared.
    pub fn as_str(self) -> Arc<str> {
        self.with(|_, text| Arc::clone(text))
    }

    /// Its number: dense from 0 in the order of first use in this scope. For look-up tables.
    pub const fn number(self) -> u32 {
        self.0
    }

    fn with<R>(self, read: impl FnOnce(&Table, &Arc<str>) -> R) -> R {
        TABLE.with_borrow(|table| {
            let text = table.texts.get(self.0 as usize);
            read(
                table,
                text.expect("a text is read in the scope that made it"),
            )
        })
    }
}

/// Runs `body` with an empty table of texts on this thread, and restores the former table
/// afterwards (also if `body` panics). Runs on one thread therefore share no texts, and the
/// texts of a run are freed with it.
pub fn scope<R>(body: impl FnOnce() -> R) -> R {
    struct Restore(Option<Table>);
    impl Drop for Restore {
        fn drop(&mut self) {
            if let Some(former) = self.0.take() {
                TABLE.set(former);
            }
        }
    }
    let _restore = Restore(Some(TABLE.take()));
    body()
}

/// Runs `body`, and forgets the texts that it made if it fails: what is refused takes no place.
/// Texts that were there before stay, also if `body` met them again. Nothing that was made during
/// a failed attempt may be kept.
///
/// # Errors
/// That of `body`.
pub fn attempt<T, E>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let before = TABLE.with_borrow(|table| table.texts.len());
    let outcome = body();
    if outcome.is_err() {
        TABLE.with_borrow_mut(|table| {
            for text in table.texts.drain(before..) {
                table.numbers.remove(&text);
            }
        });
    }
    outcome
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0 == other.0 {
            return Ordering::Equal;
        }
        self.with(|table, text| {
            let other = table.texts.get(other.0 as usize);
            text.cmp(other.expect("a text is compared in the scope that made it"))
        })
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_str(), formatter)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Text;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                Text::try_new(text).ok_or_else(|| E::custom("the table of texts is full"))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
