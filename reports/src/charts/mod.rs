//! Charts as inline SVG, written so that the same numbers give the same bytes. Each series has a
//! colour and a mark of its own, so that a chart can be read without colours; each mark tells its
//! value when it is pointed at. The values are in the page a second time as a table, and a third
//! time as comma-separated values.

mod axis;
mod bars;
mod legend;
mod lines;
mod marks;
mod values;

pub(crate) use axis::Scale;
pub(crate) use bars::{Bars, Group};
pub(crate) use lines::Lines;
pub(crate) use values::Values;

/// How a value is written.
pub(crate) type Write = fn(f64) -> String;

/// What an axis measures.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    /// What, with its unit.
    pub(crate) label: String,
    /// How its values are spread.
    pub(crate) scale: Scale,
    /// How they are written.
    pub(crate) write: Write,
}

/// One of several drawings with the same axes.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    /// What it is about; empty if there is but one.
    pub(crate) title: String,
    /// Its series, in the order of the legend.
    pub(crate) series: Vec<Series>,
}

/// One line, or the bars of one colour.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Its name in the legend.
    pub(crate) name: String,
    /// Its points, from left to right.
    pub(crate) points: Vec<Point>,
}

/// One point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// Where it stands.
    pub(crate) at: f64,
    /// Its value.
    pub(crate) value: f64,
    /// Where the true value is with 95 % confidence, if that is known.
    pub(crate) interval: Option<(f64, f64)>,
}

impl Point {
    /// Its value and what its interval holds.
    fn extent(self) -> impl Iterator<Item = f64> {
        let (low, high) = self.interval.unwrap_or((self.value, self.value));
        [self.value, low, high].into_iter()
    }

    /// What is said of it.
    fn says(self, write: Write) -> String {
        match self.interval {
            Some((low, high)) => format!(
                "{} (95 %: {} to {})",
                write(self.value),
                write(low),
                write(high)
            ),
            None => write(self.value),
        }
    }
}

/// A coordinate, with as many digits as can be seen.
fn at(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}
