//! What is known about a configuration key, and how its kind of value is read and shown.
//! The keys themselves are the table in `conf.rs`.

use super::value::{parse_duration, parse_memory_mib, show_duration};
use super::{Conf, ConfValue, DecommissionAllowMode, RecoveryMode, WorkerSelectionPolicy};
use std::time::Duration;

/// What a value counts, and what a bare number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A time; a bare number is in seconds.
    Seconds,
    /// A plain count.
    Count,
    /// Cores.
    Cores,
    /// Memory; a bare number is in MiB.
    Mebibytes,
    /// A port.
    Port,
    /// One of a few words, `true` and `false` among them.
    Word,
    /// Free text.
    Text,
}

/// What a value must obey beyond its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing.
    Any,
    /// At least this; milliseconds for a time.
    AtLeast(i64),
    /// A text without blanks.
    NoWhitespace,
}

/// One configuration key with a fixed name.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name, in Spark's spelling.
    pub name: &'static str,
    /// Old names that are read too.
    pub aliases: &'static [&'static str],
    /// What it counts.
    pub unit: Unit,
    /// What the value must obey.
    pub rule: Rule,
    /// The Spark release that has it first.
    pub since: &'static str,
    /// Where it matters.
    pub used_in: &'static str,
    pub(super) read: fn(&mut Conf, &ConfValue) -> Result<(), String>,
    pub(super) show: fn(&Conf) -> Option<ConfValue>,
}

impl Key {
    /// The value in `conf`; `None` if it is absent.
    pub fn value(&self, conf: &Conf) -> Option<ConfValue> {
        (self.show)(conf)
    }
}

/// A family of keys, one per named resource: `spark.<role>.resource.<name>.amount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternKey {
    /// What a submitted driver asks for.
    Driver,
    /// What each executor asks for.
    Executor,
    /// What a worker offers.
    Worker,
}

impl PatternKey {
    /// All families.
    pub const ALL: [Self; 3] = [Self::Driver, Self::Executor, Self::Worker];

    /// The family that `key` belongs to, and the name of the resource.
    pub fn of(key: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|pattern| {
            let resource = key
                .strip_prefix(pattern.prefix())?
                .strip_suffix(".amount")?;
            (!resource.is_empty() && !resource.contains(['.', ' '])).then_some((pattern, resource))
        })
    }

    /// The key of this family for `resource`.
    pub fn name(self, resource: &str) -> String {
        format!("{}{resource}.amount", self.prefix())
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Driver => "spark.driver.resource.",
            Self::Executor => "spark.executor.resource.",
            Self::Worker => "spark.worker.resource.",
        }
    }
}

/// Reads a value and applies its rule.
///
/// # Errors
/// What would have been allowed.
pub(super) fn checked<T: Setting>(value: &ConfValue, unit: Unit, rule: Rule) -> Result<T, String> {
    let allowed = || T::allowed(unit) + &rule.allowed(unit);
    let read = T::read(value, unit).ok_or_else(allowed)?;
    if read.obeys(rule) {
        Ok(read)
    } else {
        Err(allowed())
    }
}

impl Rule {
    fn allowed(self, unit: Unit) -> String {
        match (self, unit) {
            (Self::Any, _) => String::new(),
            (Self::AtLeast(least), Unit::Seconds) => format!(", at least {least}ms"),
            (
                Self::AtLeast(least),
                Unit::Count | Unit::Cores | Unit::Mebibytes | Unit::Port | Unit::Word | Unit::Text,
            ) => format!(", at least {least}"),
            (Self::NoWhitespace, _) => " without blanks".to_owned(),
        }
    }
}

/// A type that a configuration value can have.
pub(super) trait Setting: Sized {
    fn read(value: &ConfValue, unit: Unit) -> Option<Self>;
    fn show(&self, unit: Unit) -> Option<ConfValue>;
    fn obeys(&self, rule: Rule) -> bool;
    fn allowed(unit: Unit) -> String;
}

fn integer(value: &ConfValue) -> Option<i64> {
    match value {
        ConfValue::Integer(number) => Some(*number),
        ConfValue::Text(text) => text.trim().parse().ok(),
        ConfValue::Bool(_) => None,
    }
}

fn at_least(rule: Rule, value: impl TryInto<i64>) -> bool {
    match rule {
        Rule::AtLeast(least) => value.try_into().map_or(true, |value| value >= least),
        Rule::Any | Rule::NoWhitespace => true,
    }
}

impl Setting for Duration {
    fn read(value: &ConfValue, _: Unit) -> Option<Self> {
        match value {
            ConfValue::Integer(seconds) => u64::try_from(*seconds).ok().map(Self::from_secs),
            ConfValue::Text(text) => match text.trim().parse() {
                Ok(seconds) => Some(Self::from_secs(seconds)),
                Err(_) => parse_duration(text),
            },
            ConfValue::Bool(_) => None,
        }
    }
    fn show(&self, _: Unit) -> Option<ConfValue> {
        Some(ConfValue::Text(show_duration(*self)))
    }
    fn obeys(&self, rule: Rule) -> bool {
        at_least(rule, self.as_millis())
    }
    fn allowed(_: Unit) -> String {
        "a time: a number of seconds, or a text such as \"60s\", \"1500ms\", \"2min\" or \"1h\""
            .to_owned()
    }
}

impl Setting for u32 {
    fn read(value: &ConfValue, unit: Unit) -> Option<Self> {
        // Spark's integers have 31 bits.
        let number = match (unit, value) {
            (Unit::Mebibytes, ConfValue::Text(text)) => match text.trim().parse() {
                Ok(mebibytes) => mebibytes,
                Err(_) => i64::from(parse_memory_mib(text)?),
            },
            (
                Unit::Mebibytes
                | Unit::Seconds
                | Unit::Count
                | Unit::Cores
                | Unit::Port
                | Unit::Word
                | Unit::Text,
                _,
            ) => integer(value)?,
        };
        i32::try_from(number).ok()?.try_into().ok()
    }
    fn show(&self, unit: Unit) -> Option<ConfValue> {
        Some(if unit == Unit::Mebibytes {
            ConfValue::Text(format!("{self}m"))
        } else {
            ConfValue::Integer(i64::from(*self))
        })
    }
    fn obeys(&self, rule: Rule) -> bool {
        at_least(rule, *self)
    }
    fn allowed(unit: Unit) -> String {
        match unit {
            Unit::Mebibytes => {
                "a memory size: a number of MiB, or a text such as \"512m\" or \"2g\""
            }
            Unit::Cores => "a number of cores",
            Unit::Seconds | Unit::Count | Unit::Port | Unit::Word | Unit::Text => "a whole number",
        }
        .to_owned()
            + ", not negative, below 2^31"
    }
}

impl Setting for i32 {
    fn read(value: &ConfValue, _: Unit) -> Option<Self> {
        integer(value)?.try_into().ok()
    }
    fn show(&self, _: Unit) -> Option<ConfValue> {
        Some(ConfValue::Integer(i64::from(*self)))
    }
    fn obeys(&self, rule: Rule) -> bool {
        at_least(rule, *self)
    }
    fn allowed(_: Unit) -> String {
        "a whole number from -2^31 to 2^31 - 1".to_owned()
    }
}

impl Setting for u16 {
    fn read(value: &ConfValue, _: Unit) -> Option<Self> {
        integer(value)?.try_into().ok()
    }
    fn show(&self, _: Unit) -> Option<ConfValue> {
        Some(ConfValue::Integer(i64::from(*self)))
    }
    fn obeys(&self, rule: Rule) -> bool {
        at_least(rule, *self)
    }
    fn allowed(_: Unit) -> String {
        "a port: 0 to 65535".to_owned()
    }
}

impl Setting for bool {
    fn read(value: &ConfValue, _: Unit) -> Option<Self> {
        match value {
            ConfValue::Bool(flag) => Some(*flag),
            ConfValue::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
            ConfValue::Integer(_) => None,
        }
    }
    fn show(&self, _: Unit) -> Option<ConfValue> {
        Some(ConfValue::Bool(*self))
    }
    fn obeys(&self, _: Rule) -> bool {
        true
    }
    fn allowed(_: Unit) -> String {
        "true or false".to_owned()
    }
}

impl Setting for String {
    fn read(value: &ConfValue, _: Unit) -> Option<Self> {
        match value {
            ConfValue::Text(text) => Some(text.clone()),
            ConfValue::Integer(_) | ConfValue::Bool(_) => None,
        }
    }
    fn show(&self, _: Unit) -> Option<ConfValue> {
        Some(ConfValue::Text(self.clone()))
    }
    fn obeys(&self, rule: Rule) -> bool {
        match rule {
            Rule::NoWhitespace => !self.contains(char::is_whitespace),
            Rule::Any | Rule::AtLeast(_) => true,
        }
    }
    fn allowed(_: Unit) -> String {
        "a text".to_owned()
    }
}

/// An optional key is absent until it is set.
impl<T: Setting> Setting for Option<T> {
    fn read(value: &ConfValue, unit: Unit) -> Option<Self> {
        T::read(value, unit).map(Some)
    }
    fn show(&self, unit: Unit) -> Option<ConfValue> {
        self.as_ref()?.show(unit)
    }
    fn obeys(&self, rule: Rule) -> bool {
        self.as_ref().is_none_or(|value| value.obeys(rule))
    }
    fn allowed(unit: Unit) -> String {
        T::allowed(unit)
    }
}

macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $type {
            /// Every value with its spelling in Spark.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];

            /// Its spelling in Spark.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl Setting for $type {
            fn read(value: &ConfValue, _: Unit) -> Option<Self> {
                let ConfValue::Text(text) = value else { return None };
                let found = text.trim().to_ascii_uppercase();
                Self::WORDS.iter().find(|(word, _)| *word == found).map(|(_, value)| *value)
            }
            fn show(&self, _: Unit) -> Option<ConfValue> {
                Some(ConfValue::Text(self.word().to_owned()))
            }
            fn obeys(&self, _: Rule) -> bool {
                true
            }
            fn allowed(_: Unit) -> String {
                "one of ".to_owned() + &[$($word),*].join(", ")
            }
        }
    };
}

words! { RecoveryMode {
    None = "NONE", Filesystem = "FILESYSTEM", Zookeeper = "ZOOKEEPER", Rocksdb = "ROCKSDB",
    Custom = "CUSTOM",
} }
words! { WorkerSelectionPolicy {
    CoresFreeAsc = "CORES_FREE_ASC", CoresFreeDesc = "CORES_FREE_DESC",
    MemoryFreeAsc = "MEMORY_FREE_ASC", MemoryFreeDesc = "MEMORY_FREE_DESC",
    WorkerId = "WORKER_ID",
} }
words! { DecommissionAllowMode { Allow = "ALLOW", Local = "LOCAL", Deny = "DENY" } }
