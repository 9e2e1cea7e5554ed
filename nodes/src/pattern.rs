//! Identifiers from Java format strings: `worker-%s-%s-%d` and the like, and the time stamp that
//! goes into them. Who counts and which pattern is meant is the business of the roles.

use deploysim_protocol::time::WallTime;
use jiff::Timestamp;
use std::fmt;

/// What a pattern is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// For `%s`.
    Text(&'a str),
    /// For `%d`, `%x` and `%s`.
    Number(u64),
}

/// Why a pattern cannot be filled. Java throws an `IllegalFormatException`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What in it cannot be filled.
    pub found: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pattern, found } = self;
        write!(
            formatter,
            "`{found}` in the id pattern `{pattern}` cannot be filled: allowed are %s, %d, %x, %%, with a width, the flags 0 and -, or a position such as %1$s"
        )
    }
}

impl std::error::Error for PatternError {}

/// `yyyyMMddHHmmss`, in UTC: resolution of a second. Instants that no calendar has (before the
/// year −9999 or after 9999) are written in milliseconds.
/// **Differs:** Spark uses the machine's time zone; a run has none.
pub fn stamp(wall: WallTime) -> String {
    Timestamp::from_millisecond(wall.as_millis()).map_or_else(
        |_| wall.as_millis().to_string(),
        |instant| instant.strftime("%Y%m%d%H%M%S").to_string(),
    )
}

/// Fills `pattern` with `arguments`. Spark: `pattern.format(…)` in `Master.newDriverId`,
/// `Master.newApplicationId` and `Worker.generateWorkerId`.
///
/// # Errors
/// If the pattern has a conversion that is not supported, or that does not fit its argument.
pub fn fill(pattern: &str, arguments: &[Argument<'_>]) -> Result<String, PatternError> {
    let mut filled = String::with_capacity(pattern.len() + 24);
    let mut next = 0;
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        filled.push_str(&rest[..at]);
        let (conversion, length) = Conversion::read(&rest[at..]);
        let text = &rest[at..at + length];
        let written = conversion.and_then(|conversion| conversion.write(arguments, &mut next));
        filled.push_str(&written.ok_or_else(|| PatternError {
            pattern: pattern.to_owned(),
            found: text.to_owned(),
        })?);
        rest = &rest[at + length..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// One `%…` of a pattern.
#[derive(Clone, Copy)]
struct Conversion {
    position: Option<usize>,
    left: bool,
    zeros: bool,
    width: usize,
    kind: char,
}

impl Conversion {
    /// Reads the conversion at the beginning of `text`, and how many bytes it takes.
    fn read(text: &str) -> (Option<Self>, usize) {
        let end = text[1..].find(|letter: char| letter.is_alphabetic() || letter == '%');
        let Some(end) = end else {
            return (None, text.len());
        };
        let body = &text[1..=end];
        let kind = text[1 + end..].chars().next().unwrap_or('%');
        let length = 1 + end + kind.len_utf8();
        let (position, body) = match body.split_once('$') {
            Some((position, body)) => match position.parse::<usize>() {
                Ok(position) => (Some(position), body),
                Err(_) => return (None, length),
            },
            None => (None, body),
        };
        let digits = body.trim_start_matches(['0', '-']);
        let flags = &body[..body.len() - digits.len()];
        let width = if digits.is_empty() {
            Some(0)
        } else {
            digits.parse().ok().filter(|width| *width <= 1000)
        };
        let conversion = width.map(|width| Self {
            position,
            left: flags.contains('-'),
            zeros: flags.contains('0'),
            width,
            kind,
        });
        (conversion, length)
    }

    fn write(self, arguments: &[Argument<'_>], next: &mut usize) -> Option<String> {
        if self.kind == '%' {
            return Some("%".to_owned());
        }
        let index = match self.position {
            Some(position) => position.checked_sub(1)?,
            None => {
                *next += 1;
                *next - 1
            }
        };
        let argument = *arguments.get(index)?;
        let plain = match (self.kind, argument) {
            ('s', Argument::Text(text)) => text.to_owned(),
            ('S', Argument::Text(text)) => text.to_uppercase(),
            ('s' | 'S' | 'd', Argument::Number(number)) => number.to_string(),
            ('x', Argument::Number(number)) => format!("{number:x}"),
            ('X', Argument::Number(number)) => format!("{number:X}"),
            _ => return None,
        };
        let is_text = matches!(self.kind, 's' | 'S');
        let width = self.width;
        match (self.left, self.zeros) {
            // Java refuses zeros in texts, zeros together with left, and either without a width.
            (_, true) if is_text || self.left || width == 0 => None,
            (true, _) if width == 0 => None,
            (true, _) => Some(format!("{plain:<width$}")),
            (false, true) => Some(format!("{plain:0>width$}")),
            (false, false) => Some(format!("{plain:>width$}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Argument, fill, stamp};
    use deploysim_protocol::time::{Time, WallTime};

    #[test]
    fn the_stamp_is_utc_to_the_second() {
        assert_eq!(stamp(WallTime::EPOCH), "20260101000000");
        assert_eq!(
            stamp(WallTime::at(Time::from_millis(61_999))),
            "20260101000101"
        );
    }

    #[test]
    fn patterns_are_filled_as_java_does() {
        let arguments = [Argument::Text("20260101"), Argument::Number(7)];
        let check = |pattern: &str, expected: Option<&str>| {
            assert_eq!(
                fill(pattern, &arguments).ok().as_deref(),
                expected,
                "{pattern}"
            );
        };
        check("driver-%s-%04d", Some("driver-20260101-0007"));
        check("%2$d-%1$s-100%%", Some("7-20260101-100%"));
        check("%s-%3d|%2$-3d|", Some("20260101-  7|7  |"));
        check("%s-%x", Some("20260101-7"));
        check("plain", Some("plain"));
        check("%d", None);
        check("%s-%d-%d", None);
        check("%s-%q", None);
        check("%0d", None);
        check("%", None);
    }
}
