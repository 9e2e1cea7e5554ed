//! How configuration values are written: times and memory sizes with their units, and the
//! errors of keys and values. Exact: no floating point.

use std::fmt;
use std::time::Duration;

/// A value as a scenario file or a command line states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfValue {
    /// `true` or `false`.
    Bool(bool),
    /// A bare number, in the key's own unit.
    Integer(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for ConfValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(flag) => write!(formatter, "{flag}"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
        }
    }
}

/// Why a key could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfError {
    /// No such key.
    UnknownKey {
        /// What was asked for.
        key: String,
    },
    /// The value has the wrong form or range.
    Value {
        /// The key.
        key: String,
        /// What was found.
        found: ConfValue,
        /// What the key takes, in words.
        allowed: String,
    },
}

impl fmt::Display for ConfError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key } => write!(formatter, "`{key}` is not a configuration key"),
            Self::Value {
                key,
                found,
                allowed,
            } => {
                write!(formatter, "`{key}` cannot be {found}: allowed is {allowed}")
            }
        }
    }
}

impl std::error::Error for ConfError {}

/// Splits `1.5` into 15 and 1, the number of digits after the point.
fn decimal(text: &str) -> Option<(u128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let plain = !whole.is_empty()
        && !text.ends_with('.')
        && digits.len() <= 24
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((
        plain.then(|| digits.parse().ok())??,
        u32::try_from(fraction.len()).ok()?,
    ))
}

/// A number with a unit, in units of `scale(unit)`; `None` also if it is not whole.
fn scaled(text: &str, scale: impl Fn(&str) -> Option<u128>) -> Option<u128> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(end);
    let (digits, fraction_digits) = decimal(number)?;
    let total = digits.checked_mul(scale(&unit.trim().to_ascii_lowercase())?)?;
    let divisor = 10u128.checked_pow(fraction_digits)?;
    (total % divisor == 0).then_some(total / divisor)
}

/// Reads a time with its unit: `ns`, `us`, `ms`, `s`, `min` (or `m`, as Spark), `h`, `d`. A
/// decimal point is allowed where the result is whole nanoseconds. `None` if it is not a time
/// (a bare number is none), is negative, or is longer than 584 years.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let nanoseconds = scaled(text, |unit| {
        Some(match unit {
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "min" | "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            _ => return None,
        })
    })?;
    u64::try_from(nanoseconds).ok().map(Duration::from_nanos)
}

/// A time as [`parse_duration`] reads it, in the largest of `s`, `ms`, `us`, `ns` that keeps it
/// whole; seconds also with a decimal point from 1 s on.
pub fn show_duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    let (whole, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    if rest == 0 {
        format!("{whole}s")
    } else if whole > 0 {
        format!("{whole}.{}s", format!("{rest:09}").trim_end_matches('0'))
    } else if rest % 1_000_000 == 0 {
        format!("{}ms", rest / 1_000_000)
    } else if rest % 1_000 == 0 {
        format!("{}us", rest / 1_000)
    } else {
        format!("{rest}ns")
    }
}

/// Reads a memory size with its unit, `b` to `t` (also `kb`, `kib` …), in whole MiB rounded
/// down as Spark does. `None` if it is not a size (a bare number is none), is not zero but
/// below 1 MiB, or is 2^31 MiB or more.
pub fn parse_memory_mib(text: &str) -> Option<u32> {
    let bytes = scaled(text, |unit| {
        Some(match unit {
            "b" => 1,
            "k" | "kb" | "kib" => 1 << 10,
            "m" | "mb" | "mib" => 1 << 20,
            "g" | "gb" | "gib" => 1 << 30,
            "t" | "tb" | "tib" => 1 << 40,
            _ => return None,
        })
    })?;
    let mebibytes = i32::try_from(bytes >> 20).ok()?;
    (mebibytes > 0 || bytes == 0).then_some(mebibytes.unsigned_abs())
}
