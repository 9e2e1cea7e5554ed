//! Numbers as people read them, the same on every machine: three significant digits and a unit.

use crate::data::Unit;

/// A median with its unit.
pub(crate) fn quantity(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds => duration(value),
        Unit::Bytes => bytes(value),
        Unit::Instructions => grouped(value),
    }
}

/// A time that is given in nanoseconds.
pub(crate) fn duration(nanoseconds: f64) -> String {
    if nanoseconds == 0.0 {
        return "0 s".to_owned();
    }
    scaled(nanoseconds, 1_000.0, &["ns", "µs", "ms", "s"])
}

/// An amount of memory.
pub(crate) fn bytes(value: f64) -> String {
    scaled(value, 1_024.0, &["B", "KiB", "MiB", "GiB"])
}

/// A count: `1,000`, or `1.5 M` for large ones that are no round thousands.
pub(crate) fn count(value: f64) -> String {
    if value < 1e6 {
        return grouped(value);
    }
    scaled(value / 1e6, 1_000.0, &["M", "G"])
}

/// How many times: `3.5 ×`, `1,461 ×`.
pub(crate) fn ratio(value: f64) -> String {
    let digits = if value < 100.0 {
        significant(value)
    } else {
        grouped(value)
    };
    format!("{digits} ×")
}

/// A number without a unit.
pub(crate) fn plain(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.01 {
        return format!("{value:.1e}");
    }
    significant(value)
}

/// A number between 0 and 1, of which small differences count.
pub(crate) fn fraction(value: f64) -> String {
    format!("{value:.3}")
}

/// A share, in per cent.
pub(crate) fn percent(value: f64) -> String {
    format!("{} %", significant(value * 100.0))
}

/// A relative change, in per cent and with its sign.
pub(crate) fn change(value: f64) -> String {
    let sign = if value < 0.0 { '−' } else { '+' };
    if value != 0.0 && value.abs() < 0.0001 {
        return format!("{sign}<0.01 %");
    }
    format!("{sign}{} %", significant(value.abs() * 100.0))
}

/// A probability; very small ones by their bound.
pub(crate) fn probability(value: f64) -> String {
    if value < 0.0001 {
        return "< 0.0001".to_owned();
    }
    format!("{value:.4}")
}

fn scaled(value: f64, step: f64, units: &[&str]) -> String {
    let (mut value, mut at) = (value, 0);
    while value >= step && at + 1 < units.len() {
        value /= step;
        at += 1;
    }
    format!("{} {}", significant(value), units[at])
}

/// Three significant digits below 1,000, whole numbers above; no zeros at the end of a fraction.
fn significant(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    grouped(value)
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bytes, change, count, duration, percent, plain, probability, ratio};

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        let written = [
            duration(0.0),
            duration(17.04),
            duration(318.4),
            duration(1_570_000.0),
            duration(3_980_000_000.0),
            duration(69_000_000_000_000.0),
            bytes(4_494.0),
            count(128_000.0),
            count(1_500_000.0),
            ratio(3.0),
            ratio(1_461.2),
            plain(0.0),
            plain(0.00123),
            percent(0.8),
            change(-0.0345),
            change(0.00001),
            probability(0.00001),
        ];
        let expected = [
            "0 s",
            "17 ns",
            "318 ns",
            "1.57 ms",
            "3.98 s",
            "69,000 s",
            "4.39 KiB",
            "128,000",
            "1.5 M",
            "3 ×",
            "1,461 ×",
            "0",
            "1.2e-3",
            "80 %",
            "−3.45 %",
            "+<0.01 %",
            "< 0.0001",
        ];
        assert_eq!(written, expected);
    }
}
