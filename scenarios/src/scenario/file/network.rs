//! `[network]`, and every distribution of times in a file.

use super::Context;
use crate::network::Shape;
use crate::scenario::keys::{LATENCY, LINK, NETWORK};
use crate::scenario::plan::{LatencyPlan, LinkPlan, NetworkPlan};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::conf::parse_duration;
use std::time::Duration;

/// 0.2·(2¹⁰ − 1) + 6·120 s: ten doubling retransmissions, then six at the longest pause.
const TCP_USER_TIMEOUT: Duration = Duration::from_millis(924_600);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);
const DEFAULT_LATENCY: LatencyPlan =
    LatencyPlan::uniform(Duration::from_micros(500), Duration::from_millis(2));

/// Reads the table, or its defaults.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> NetworkPlan {
    let table = top.find("network").and_then(|value| value.table(&NETWORK));
    let find = |key| table.and_then(|table| table.find(key));
    NetworkPlan {
        latency: find("latency")
            .and_then(|value| latency(value, context))
            .unwrap_or(DEFAULT_LATENCY),
        bandwidth: find("bandwidth").and_then(|value| value.rate()),
        answer_delay: find("answer_delay")
            .and_then(|value| value.duration())
            .unwrap_or(Duration::ZERO),
        tcp_user_timeout: find("tcp_user_timeout")
            .and_then(|value| value.positive_duration())
            .unwrap_or(TCP_USER_TIMEOUT),
        connect_timeout: find("connect_timeout")
            .and_then(|value| value.positive_duration())
            .unwrap_or(CONNECT_TIMEOUT),
        links: find("link")
            .map(|value| value.tables(&LINK))
            .unwrap_or_default()
            .into_iter()
            .flat_map(|link| links(link, context))
            .collect(),
    }
}

fn links(table: Table<'_>, context: &Context<'_>) -> Vec<LinkPlan> {
    let between = table.require("between");
    let between = between.and_then(|value| {
        let (first, second) = context.names.pair(value)?;
        context.names.without_leader(value, &first)?;
        context.names.without_leader(value, &second)?;
        Some((first, second))
    });
    let own = table
        .find("latency")
        .and_then(|value| latency(value, context));
    let bandwidth = table.find("bandwidth").and_then(|value| value.rate());
    if table.find("latency").is_none() && table.find("bandwidth").is_none() {
        table.missing("[[network.link]] needs `latency`, `bandwidth` or both");
    }
    let (first, second) = between.unwrap_or_default();
    let pairs = first
        .iter()
        .flat_map(|one| second.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| LinkPlan {
            between: (one.clone(), other.clone()),
            latency: own.clone(),
            bandwidth,
        })
        .collect()
}

/// A time, or a table that describes a distribution.
pub(super) fn latency(value: Value<'_>, context: &Context<'_>) -> Option<LatencyPlan> {
    if !value.is_table() {
        return value.duration().map(LatencyPlan::constant);
    }
    let table = value.table(&LATENCY)?;
    let distribution = table.require("distribution")?;
    let shapes: [(&str, &[&'static str], Read); 7] = [
        ("constant", &["value"], constant),
        ("uniform", &["low", "high"], uniform),
        ("normal", &["mean", "deviation"], normal),
        ("exponential", &["mean"], exponential),
        ("log_normal", &["median", "sigma"], log_normal),
        ("pareto", &["scale", "shape"], pareto),
        ("empirical", &["csv", "samples"], empirical),
    ];
    let indices: Vec<(&str, usize)> = shapes
        .iter()
        .enumerate()
        .map(|(index, (word, ..))| (*word, index))
        .collect();
    let (word, uses, read) = shapes[distribution.word(&indices)?];
    let others: Vec<&'static str> = (LATENCY.keys.iter().map(|key| key.name))
        .filter(|key| !["distribution", "max"].contains(key) && !uses.contains(key))
        .collect();
    table.refuse(
        &others,
        &format!("has no meaning for a {word} distribution"),
    );
    let max_value = table.find("max");
    let max = max_value.and_then(|value| value.positive_duration());
    let shape = read(table, context)?;
    if let (Some(value), Some(max)) = (max_value, max)
        && max < shortest(&shape)
    {
        context
            .problems
            .push(value.problem("`max` is below the shortest draw"));
    }
    Some(LatencyPlan { shape, max })
}

type Read = fn(Table<'_>, &Context<'_>) -> Option<Shape>;

/// No draw is shorter.
fn shortest(shape: &Shape) -> Duration {
    match shape {
        Shape::Constant(time) => *time,
        Shape::Uniform { low, .. } => *low,
        Shape::Pareto { scale, .. } => *scale,
        Shape::Empirical(samples) => samples.first().copied().unwrap_or_default(),
        Shape::Normal { .. } | Shape::Exponential { .. } | Shape::LogNormal { .. } => {
            Duration::ZERO
        }
    }
}

fn constant(table: Table<'_>, _: &Context<'_>) -> Option<Shape> {
    Some(Shape::Constant(table.require("value")?.duration()?))
}

fn uniform(table: Table<'_>, context: &Context<'_>) -> Option<Shape> {
    let (low, high_value) = (table.require("low"), table.require("high"));
    let low = low.and_then(|value| value.duration());
    let high = high_value.and_then(|value| value.duration());
    let (low, high, high_value) = (low?, high?, high_value?);
    if high < low {
        context
            .problems
            .push(high_value.problem("`high` is below `low`"));
        return None;
    }
    Some(Shape::Uniform { low, high })
}

fn normal(table: Table<'_>, _: &Context<'_>) -> Option<Shape> {
    let mean = table
        .require("mean")
        .and_then(|value| value.positive_duration());
    let deviation = table
        .require("deviation")
        .and_then(|value| value.duration());
    Some(Shape::Normal {
        mean: mean?,
        deviation: deviation?,
    })
}

fn exponential(table: Table<'_>, _: &Context<'_>) -> Option<Shape> {
    Some(Shape::Exponential {
        mean: table.require("mean")?.positive_duration()?,
    })
}

fn log_normal(table: Table<'_>, _: &Context<'_>) -> Option<Shape> {
    let median = table
        .require("median")
        .and_then(|value| value.positive_duration());
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

fn pareto(table: Table<'_>, _: &Context<'_>) -> Option<Shape> {
    let scale = table
        .require("scale")
        .and_then(|value| value.positive_duration());
    let shape = table.require("shape");
    let shape = shape.and_then(|value| {
        value.number("a number above 0, at most 100", |shape| {
            shape > 0.0 && shape <= 100.0
        })
    });
    Some(Shape::Pareto {
        scale: scale?,
        shape: shape?,
    })
}

fn empirical(table: Table<'_>, context: &Context<'_>) -> Option<Shape> {
    let value = table.exactly_one(&["csv", "samples"])?;
    let samples = if value.key == "csv" {
        let name = value.text()?;
        let read = std::fs::read_to_string(context.folder.join(name))
            .map_err(|error| error.to_string())
            .and_then(|text| csv_samples(&text));
        match read {
            Ok(samples) => samples,
            Err(reason) => {
                let message = format!("`{name}` cannot be read: {reason}");
                context.problems.push(value.problem(message).allowed(CSV));
                return None;
            }
        }
    } else {
        let elements = value.list("a list of times")?;
        elements
            .iter()
            .map(|element| element.duration())
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

const CSV: &str = "a CSV file whose first column has times with units, or a heading that ends in \
    _s, _ms, _us or _ns and plain numbers";

/// The samples in the first column of a CSV text.
fn csv_samples(text: &str) -> Result<Vec<Duration>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut samples = Vec::new();
    let mut unit = "";
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let field = record.get(0).unwrap_or_default().trim();
        let heading = ["_s", "_ms", "_us", "_ns"]
            .into_iter()
            .find(|end| field.ends_with(end));
        if index == 0
            && parse_duration(field).is_none()
            && !field.starts_with(|c: char| c.is_ascii_digit())
        {
            unit = heading.map_or("", |end| &end[1..]);
        } else {
            let sample = parse_duration(&format!("{field}{unit}"));
            samples.push(sample.ok_or_else(|| format!("row {}: `{field}` is no time", index + 1))?);
        }
    }
    Ok(samples)
}
