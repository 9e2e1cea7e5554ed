//! Values as TOML text, and the lines of a file.

use crate::network::Shape;
use crate::scenario::plan::{AmountPlan, LatencyPlan, Target};
use deploysim_protocol::conf::show_duration;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// The lines of a file, in the order of writing.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn header(&mut self, header: &str) {
        self.0.push('\n');
        self.0.push_str(header);
        self.0.push('\n');
    }

    pub(super) fn key(&mut self, key: &str, value: String) {
        self.0.push_str(key);
        self.0.push_str(" = ");
        self.0.push_str(&value);
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

pub(super) fn integer(number: u32) -> String {
    number.to_string()
}

pub(super) fn duration(duration: Duration) -> String {
    quoted(&show_duration(duration))
}

pub(super) fn time(time: Time) -> String {
    duration(time.since_start())
}

pub(super) fn memory(mebibytes: u32) -> String {
    quoted(&format!("{mebibytes}m"))
}

/// Amounts by name; left out if there are none and none are the default.
pub(super) fn resources(
    lines: &mut Lines,
    key: &str,
    amounts: &BTreeMap<String, u32>,
    default: &BTreeMap<String, u32>,
) {
    if amounts.is_empty() && default.is_empty() {
        return;
    }
    let amounts: Vec<String> = amounts
        .iter()
        .map(|(name, amount)| format!("{} = {amount}", quoted(name)))
        .collect();
    lines.key(key, format!("{{ {} }}", amounts.join(", ")));
}

/// One name, or a list.
pub(super) fn names<T: ToString>(names: &[T]) -> String {
    match names {
        [one] => quoted(&one.to_string()),
        several => list(several),
    }
}

pub(super) fn list<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(&name.to_string())).collect();
    format!("[{}]", names.join(", "))
}

pub(super) fn pair(first: &[Target], second: &[Target]) -> String {
    format!("[{}, {}]", list(first), list(second))
}

pub(super) fn integers<T: ToString>(numbers: &[T]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// A time, or an inline table.
pub(super) fn latency(plan: &LatencyPlan) -> String {
    distribution(plan, duration)
}

/// A whole number, or an inline table.
pub(super) fn amount(plan: &AmountPlan) -> String {
    distribution(&plan.0, |things| match things.subsec_nanos() {
        0 => things.as_secs().to_string(),
        _ => format!("{:?}", things.as_secs_f64()),
    })
}

/// A memory size, or an inline table.
pub(super) fn size(plan: &AmountPlan) -> String {
    distribution(&plan.0, |mebibytes| {
        quoted(&format!("{}m", mebibytes.as_secs()))
    })
}

/// A value as `duration` writes it, or an inline table of such values.
fn distribution(plan: &LatencyPlan, duration: impl Fn(Duration) -> String) -> String {
    let (name, parameters) = match &plan.shape {
        Shape::Constant(value) if plan.max.is_none() => return duration(*value),
        Shape::Constant(value) => ("constant", vec![("value", duration(*value))]),
        Shape::Uniform { low, high } => (
            "uniform",
            vec![("low", duration(*low)), ("high", duration(*high))],
        ),
        Shape::Normal { mean, deviation } => (
            "normal",
            vec![
                ("mean", duration(*mean)),
                ("deviation", duration(*deviation)),
            ],
        ),
        Shape::Exponential { mean } => ("exponential", vec![("mean", duration(*mean))]),
        Shape::LogNormal { median, sigma } => (
            "log_normal",
            vec![
                ("median", duration(*median)),
                ("sigma", format!("{sigma:?}")),
            ],
        ),
        Shape::Pareto { scale, shape } => (
            "pareto",
            vec![("scale", duration(*scale)), ("shape", format!("{shape:?}"))],
        ),
        Shape::Weibull { scale, shape } => (
            "weibull",
            vec![("scale", duration(*scale)), ("shape", format!("{shape:?}"))],
        ),
        Shape::Empirical(samples) => {
            let samples: Vec<String> = samples.iter().map(|sample| duration(*sample)).collect();
            (
                "empirical",
                vec![("samples", format!("[{}]", samples.join(", ")))],
            )
        }
    };
    let max = plan.max.map(|max| ("max", duration(max)));
    let keys: Vec<String> = std::iter::once(("distribution", quoted(name)))
        .chain(parameters)
        .chain(max)
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("{{ {} }}", keys.join(", "))
}
