//! Distributions: of times, of counts and of memory sizes. All are kept as distributions of
//! times, in which a count or a MiB is a second.

use super::Context;
use crate::network::{Latency, LatencyError, Shape};
use crate::scenario::keys::{AMOUNT, Keys, LATENCY, SIZE};
use crate::scenario::plan::{AmountPlan, LatencyPlan};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::conf::{parse_duration, parse_memory_mib};
use std::time::Duration;

const COUNT: &str = "a number from 0 to 2147483647";
const WHOLE_COUNT: &str = "a whole number from 1 to 2147483647";

/// What the values of a distribution are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Time,
    Count,
    Memory,
}

impl Unit {
    const fn keys(self) -> &'static Keys {
        match self {
            Self::Time => &LATENCY,
            Self::Count => &AMOUNT,
            Self::Memory => &SIZE,
        }
    }

    /// A parameter, which may be zero.
    fn read(self, value: Value<'_>) -> Option<Duration> {
        match self {
            Self::Time => value.duration(),
            Self::Count => {
                let fits = |number: f64| (0.0..=f64::from(i32::MAX)).contains(&number);
                value.number(COUNT, fits).map(Duration::from_secs_f64)
            }
            Self::Memory => value.used_memory_mib().map(things),
        }
    }

    /// A parameter above zero.
    fn read_positive(self, value: Value<'_>) -> Option<Duration> {
        match self {
            Self::Time => value.positive_duration(),
            Self::Count => {
                let read = self.read(value)?;
                if read.is_zero() {
                    value.wrong("a number above 0");
                }
                Some(read).filter(|read| !read.is_zero())
            }
            Self::Memory => value.memory_mib().map(things),
        }
    }

    /// A value that may be drawn as it stands here.
    fn read_whole(self, value: Value<'_>) -> Option<Duration> {
        match self {
            Self::Time => value.duration(),
            Self::Count => {
                let number = value.as_integer();
                let number = number.filter(|number| (1..=i64::from(i32::MAX)).contains(number));
                if number.is_none() {
                    value.wrong(WHOLE_COUNT);
                }
                Some(Duration::from_secs(number?.unsigned_abs()))
            }
            Self::Memory => value.memory_mib().map(things),
        }
    }

    /// A sample of a file, under a heading that may say its unit.
    fn parse(self, field: &str, unit: &str) -> Option<Duration> {
        match self {
            Self::Time => parse_duration(&format!("{field}{unit}")),
            Self::Count => {
                let number: u32 = field.parse().ok().filter(|number| *number > 0)?;
                i32::try_from(number).ok()?;
                Some(things(number))
            }
            Self::Memory => {
                let size = parse_memory_mib(&format!("{field}{unit}"));
                size.filter(|size| *size > 0).map(things)
            }
        }
    }

    /// What a heading may end in, and the unit that it gives its column.
    const fn headings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Time => &[("_s", "s"), ("_ms", "ms"), ("_us", "us"), ("_ns", "ns")],
            Self::Count => &[],
            Self::Memory => &[("_mib", "m"), ("_gib", "g")],
        }
    }

    const fn csv(self) -> &'static str {
        match self {
            Self::Time => {
                "a CSV file whose first column has times with units, or a heading that ends in \
                 _s, _ms, _us or _ns and plain numbers"
            }
            Self::Count => "a CSV file whose first column has whole numbers above 0",
            Self::Memory => {
                "a CSV file whose first column has memory sizes with units, or a heading that \
                 ends in _mib or _gib and plain numbers"
            }
        }
    }

    const fn list(self) -> &'static str {
        match self {
            Self::Time => "a list of times",
            Self::Count => "a list of whole numbers",
            Self::Memory => "a list of memory sizes",
        }
    }
}

/// So many whole things.
fn things(count: u32) -> Duration {
    Duration::from_secs(count.into())
}

/// A time, or a table that describes a distribution.
pub(super) fn latency(value: Value<'_>, context: &Context<'_>) -> Option<LatencyPlan> {
    plain_or_table(value, Unit::Time, context)
}

/// A time above zero, or a table that describes a distribution, which is not clipped.
pub(super) fn length(value: Value<'_>, context: &Context<'_>) -> Option<LatencyPlan> {
    if !value.is_table() {
        return value.positive_duration().map(LatencyPlan::constant);
    }
    table(value, Unit::Time, Clipping::Own, context)
}

/// A whole number, or a table that describes a distribution of counts.
pub(super) fn amount(value: Value<'_>, context: &Context<'_>) -> Option<AmountPlan> {
    plain_or_table(value, Unit::Count, context).map(AmountPlan)
}

/// A memory size, or a table that describes a distribution of MiB.
pub(super) fn size(value: Value<'_>, context: &Context<'_>) -> Option<AmountPlan> {
    plain_or_table(value, Unit::Memory, context).map(AmountPlan)
}

fn plain_or_table(value: Value<'_>, unit: Unit, context: &Context<'_>) -> Option<LatencyPlan> {
    if !value.is_table() {
        return unit.read_whole(value).map(LatencyPlan::constant);
    }
    let clipping = match unit {
        Unit::Time => Clipping::Medians,
        Unit::Count | Unit::Memory => Clipping::Own,
    };
    table(value, unit, clipping, context)
}

/// What clips the draws of a distribution that has no `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clipping {
    /// So many medians that bounds are finite.
    Medians,
    /// Nothing.
    Own,
}

type Read = fn(Table<'_>, Unit, &Context<'_>) -> Option<Shape>;

/// Each form with the keys that it has a use for.
const SHAPES: [(&str, &[&str], Read); 8] = [
    ("constant", &["value"], constant),
    ("uniform", &["low", "high"], uniform),
    ("normal", &["mean", "deviation"], normal),
    ("exponential", &["mean"], exponential),
    ("log_normal", &["median", "sigma"], log_normal),
    ("pareto", &["scale", "shape"], pareto),
    ("weibull", &["scale", "shape"], weibull),
    ("empirical", &["csv", "samples"], empirical),
];

fn table(
    value: Value<'_>,
    unit: Unit,
    clipping: Clipping,
    context: &Context<'_>,
) -> Option<LatencyPlan> {
    let table = value.table(unit.keys())?;
    let distribution = table.require("distribution")?;
    let indices: Vec<(&str, usize)> = SHAPES
        .iter()
        .enumerate()
        .map(|(index, (word, ..))| (*word, index))
        .collect();
    let (word, uses, read) = SHAPES[distribution.word(&indices)?];
    let others: Vec<&'static str> = (unit.keys().keys.iter().map(|key| key.name))
        .filter(|key| !["distribution", "max"].contains(key) && !uses.contains(key))
        .collect();
    table.refuse(
        &others,
        &format!("has no meaning for a {word} distribution"),
    );
    let max_value = table.find("max");
    let max = max_value.and_then(|value| unit.read_positive(value));
    let shape = read(table, unit, context)?;
    if let (Some(value), Some(max)) = (max_value, max)
        && max < shortest(&shape)
    {
        context
            .problems
            .push(value.problem("`max` is below the shortest draw"));
        return None;
    }
    let plan = LatencyPlan { shape, max };
    possible(&plan, clipping, max_value.unwrap_or(value), unit, context)?;
    Some(plan)
}

/// Reports a distribution that cannot be drawn from.
fn possible(
    plan: &LatencyPlan,
    clipping: Clipping,
    place: Value<'_>,
    unit: Unit,
    context: &Context<'_>,
) -> Option<()> {
    let endless = Duration::from_nanos(u64::MAX);
    let max = match clipping {
        Clipping::Medians => plan.max,
        Clipping::Own => plan.max.or(Some(endless)),
    };
    let Err(error) = Latency::new(plan.shape.clone(), max) else {
        return Some(());
    };
    let message = match (unit, &error) {
        (Unit::Count | Unit::Memory, LatencyError::MaxBelowMedian { .. }) => {
            "`max` is below the median, so more than half of all draws would be clipped".to_owned()
        }
        (Unit::Time | Unit::Count | Unit::Memory, _) => error.to_string(),
    };
    context.problems.push(place.problem(message));
    None
}

/// No draw is shorter.
fn shortest(shape: &Shape) -> Duration {
    match shape {
        Shape::Constant(time) => *time,
        Shape::Uniform { low, .. } => *low,
        Shape::Pareto { scale, .. } => *scale,
        Shape::Empirical(samples) => samples.first().copied().unwrap_or_default(),
        Shape::Normal { .. }
        | Shape::Exponential { .. }
        | Shape::LogNormal { .. }
        | Shape::Weibull { .. } => Duration::ZERO,
    }
}

fn constant(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    let value = table.require("value")?;
    Some(Shape::Constant(unit.read_whole(value)?))
}

fn uniform(table: Table<'_>, unit: Unit, context: &Context<'_>) -> Option<Shape> {
    let (low, high_value) = (table.require("low"), table.require("high"));
    let low = low.and_then(|value| unit.read_whole(value));
    let high = high_value.and_then(|value| unit.read_whole(value));
    let (low, high, high_value) = (low?, high?, high_value?);
    if high < low {
        context
            .problems
            .push(high_value.problem("`high` is below `low`"));
        return None;
    }
    Some(Shape::Uniform { low, high })
}

fn normal(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    let mean = positive(table, "mean", unit);
    let deviation = table
        .require("deviation")
        .and_then(|value| unit.read(value));
    Some(Shape::Normal {
        mean: mean?,
        deviation: deviation?,
    })
}

fn exponential(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    Some(Shape::Exponential {
        mean: positive(table, "mean", unit)?,
    })
}

fn log_normal(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    let median = positive(table, "median", unit);
    let sigma = table.require("sigma");
    let sigma = sigma.and_then(|value| {
        value.number("a number from 0 to 10", |sigma| {
            (0.0..=10.0).contains(&sigma)
        })
    });
    Some(Shape::LogNormal {
        median: median?,
        sigma: sigma?,
    })
}

fn pareto(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    let (scale, shape) = scale_and_shape(table, unit)?;
    Some(Shape::Pareto { scale, shape })
}

fn weibull(table: Table<'_>, unit: Unit, _: &Context<'_>) -> Option<Shape> {
    let (scale, shape) = scale_and_shape(table, unit)?;
    Some(Shape::Weibull { scale, shape })
}

fn scale_and_shape(table: Table<'_>, unit: Unit) -> Option<(Duration, f64)> {
    let scale = positive(table, "scale", unit);
    let shape = table.require("shape");
    let shape = shape.and_then(|value| {
        value.number("a number above 0, at most 100", |shape| {
            shape > 0.0 && shape <= 100.0
        })
    });
    Some((scale?, shape?))
}

fn positive(table: Table<'_>, key: &'static str, unit: Unit) -> Option<Duration> {
    let value = table.require(key)?;
    unit.read_positive(value)
}

fn empirical(table: Table<'_>, unit: Unit, context: &Context<'_>) -> Option<Shape> {
    let value = table.exactly_one(&["csv", "samples"])?;
    let samples = if value.key == "csv" {
        let name = value.text()?;
        let read = std::fs::read_to_string(context.folder.join(name))
            .map_err(|error| error.to_string())
            .and_then(|text| csv_samples(&text, unit));
        match read {
            Ok(samples) => samples,
            Err(reason) => {
                let message = format!("`{name}` cannot be read: {reason}");
                let problem = value.problem(message).allowed(unit.csv());
                context.problems.push(problem);
                return None;
            }
        }
    } else {
        let elements = value.list(unit.list())?;
        elements
            .iter()
            .map(|element| unit.read_whole(*element))
            .collect::<Option<Vec<_>>>()?
    };
    if samples.is_empty() {
        context
            .problems
            .push(value.problem("an empirical distribution needs a sample"));
        return None;
    }
    let mut sorted = samples;
    sorted.sort_unstable();
    Some(Shape::Empirical(sorted.into()))
}

/// The samples in the first column of a CSV text.
fn csv_samples(text: &str, unit: Unit) -> Result<Vec<Duration>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut samples = Vec::new();
    let mut suffix = "";
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let field = record.get(0).unwrap_or_default().trim();
        if index == 0
            && unit.parse(field, "").is_none()
            && !field.starts_with(|c: char| c.is_ascii_digit())
        {
            let heading = (unit.headings().iter()).find(|(end, _)| field.ends_with(end));
            suffix = heading.map_or("", |(_, unit)| unit);
        } else {
            let sample = unit.parse(field, suffix);
            let line = record.position().map_or(1, csv::Position::line);
            samples.push(sample.ok_or_else(|| unit.refused(line, field))?);
        }
    }
    Ok(samples)
}

impl Unit {
    /// What is said of a field that is no sample.
    fn refused(self, line: u64, field: &str) -> String {
        let what = match self {
            Self::Time => "no time",
            Self::Count => "no whole number above 0",
            Self::Memory => "no memory size",
        };
        format!("line {line}: `{field}` is {what}")
    }
}
