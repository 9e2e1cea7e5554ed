//! Lines of a source, each of bounded length, and numbers in them.

use super::{ImportError, Place, Sink, Source};
use std::io::{BufRead, Read, Write};
use std::time::Duration;

/// The longest line that is read. Those of Spark's event logs hold a whole stage.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// The lines of a source, one at a time.
pub(super) struct Lines<R> {
    source: Source<R>,
    number: u64,
    bytes: Vec<u8>,
}

/// A line and where it stands.
pub(super) struct Line<'a> {
    pub(super) place: Place<'a>,
    pub(super) text: &'a str,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(source: Source<R>) -> Self {
        Self {
            source,
            number: 0,
            bytes: Vec::new(),
        }
    }

    /// The next line, without its end.
    pub(super) fn next<W: Write>(
        &mut self,
        sink: &mut Sink<W>,
    ) -> Result<Option<Line<'_>>, ImportError> {
        self.bytes.clear();
        let mut limited = (&mut self.source.lines).take(LINE_BYTES_MAX);
        let read = limited.read_until(b'\n', &mut self.bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        sink.summary.lines += 1;
        let place = Place {
            source: &self.source.name,
            line: Some(self.number),
        };
        if self.bytes.last() == Some(&b'\n') {
            self.bytes.pop();
        } else if u64::try_from(read) == Ok(LINE_BYTES_MAX) {
            return Err(place.error(format!("the line is longer than {LINE_BYTES_MAX} bytes")));
        }
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Ok(Some(Line { place, text })),
            Err(_) => Err(place.error("this is no text in UTF-8: is the file compressed?")),
        }
    }

    /// The name of the source.
    pub(super) fn name(&self) -> &str {
        &self.source.name
    }
}

/// A number that is not negative, up to 10¹⁸.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(f64);

const NUMBER_MAX: f64 = 1e18;

impl Number {
    /// Reads one.
    pub(super) fn read(text: &str, name: &str) -> Result<Self, String> {
        match text.trim().parse::<f64>() {
            Ok(number) if number < 0.0 => Err(format!("{name} is {text}: it is negative")),
            Ok(number) if number <= NUMBER_MAX => Ok(Self(number)),
            Ok(_) | Err(_) => Err(format!("{name} is `{text}`: it is no number")),
        }
    }

    /// Reads one where -1 stands for what is not known.
    pub(super) fn known(text: &str, name: &str) -> Result<Option<Self>, String> {
        match text {
            "-1" => Ok(None),
            _ => Self::read(text, name).map(Some),
        }
    }

    /// Reads one where nothing stands for what is not known.
    pub(super) fn given(text: &str, name: &str) -> Result<Option<Self>, String> {
        match text.trim() {
            "" => Ok(None),
            text => Self::read(text, name).map(Some),
        }
    }

    pub(super) fn is_zero(self) -> bool {
        self.0 == 0.0
    }

    /// So many times as much.
    pub(super) fn times(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }

    /// Whole things, rounded up and at least 1.
    pub(super) fn count(self, name: &str) -> Result<u32, String> {
        let count = self.0.ceil().max(1.0);
        if count > f64::from(i32::MAX) {
            return Err(format!(
                "{name} is {count}: at most {} are possible",
                i32::MAX
            ));
        }
        Ok(count as u32)
    }

    /// A time in seconds.
    pub(super) fn seconds(self, name: &str) -> Result<Duration, String> {
        let time = Duration::try_from_secs_f64(self.0).ok();
        time.filter(|time| u64::try_from(time.as_nanos()).is_ok())
            .ok_or_else(|| format!("{name} is {} s: that is longer than 584 years", self.0))
    }
}

/// So many cores for so long.
pub(super) fn work(time: Duration, cores: u32) -> Result<Duration, String> {
    bounded(time.checked_mul(cores))
}

/// A sum of work that is not beyond all times.
pub(super) fn bounded(work: Option<Duration>) -> Result<Duration, String> {
    work.filter(|work| u64::try_from(work.as_nanos()).is_ok())
        .ok_or_else(|| "the work is longer than 584 core-years".to_owned())
}
