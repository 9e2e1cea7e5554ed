//! The table of a sweep as a study: which axis runs from left to right, which one makes the
//! series, which ones make the panels; and the sample of each cell.

use crate::charts::{Lines, Measure, Panel, Point, Scale, Series, Write};
use crate::evidence::{Row, Table};
use crate::metrics::Metric;
use crate::numbers::{count, duration, percent, plain};
use deploysim_scenarios::statistics::{Confidence, Estimate, student};
use std::collections::BTreeMap;

/// Values of an axis that a chart can tell apart as series.
const SERIES_MAX: usize = 8;

/// The axis of clusters that grow.
const WORKERS: &str = "cluster.worker.count";

/// Panels that fit under each other.
const PANELS_MAX: usize = 12;

/// A table with its axes put to use.
#[derive(Debug)]
pub(crate) struct Study<'a> {
    pub(crate) table: &'a Table,
    /// The axis from left to right; none if no axis is numeric.
    pub(crate) across: Option<usize>,
    /// The axis of the series.
    pub(crate) series: Option<usize>,
    /// The axes of the panels.
    pub(crate) facets: Vec<usize>,
    /// For each axis the earlier one that it changes together with, if there is one.
    tied: Vec<Option<usize>>,
    /// The rows of each cell, by its values.
    cells: BTreeMap<&'a [String], Vec<&'a Row>>,
}

impl<'a> Study<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        let mut cells: BTreeMap<&[String], Vec<&Row>> = BTreeMap::new();
        for row in &table.rows {
            cells.entry(&row.cell).or_default().push(row);
        }
        let tied: Vec<Option<usize>> = (0..table.axes.len())
            .map(|axis| (0..axis).find(|other| are_tied(table, *other, axis)))
            .collect();
        let axes = (0..table.axes.len()).filter(|axis| tied[*axis].is_none());
        let axes: Vec<usize> = axes.collect();
        let sizes: Vec<usize> = (0..table.axes.len())
            .map(|axis| table.values(axis).len())
            .collect();
        let is_numeric = |axis: &usize| {
            sizes[*axis] > 1 && table.values(*axis).iter().all(|it| number(it).is_some())
        };
        // Of axes with as many values the first in the file.
        let widest = |axes: &mut dyn Iterator<Item = usize>| {
            axes.fold(None, |best: Option<usize>, axis| match best {
                Some(best) if sizes[best] >= sizes[axis] => Some(best),
                Some(_) | None => Some(axis),
            })
        };
        let across = widest(&mut axes.iter().copied().filter(is_numeric));
        let series = widest(
            &mut axes
                .iter()
                .copied()
                .filter(|axis| Some(*axis) != across && (2..=SERIES_MAX).contains(&sizes[*axis])),
        );
        let facets = axes
            .into_iter()
            .filter(|axis| Some(*axis) != across && Some(*axis) != series && sizes[*axis] > 1);
        Self {
            table,
            across,
            series,
            facets: facets.collect(),
            tied,
            cells,
        }
    }

    /// Whether it is about clusters that grow, and not about how work is placed.
    pub(crate) fn is_about_scaling(&self) -> bool {
        self.across
            .is_some_and(|axis| self.table.axes[axis] == WORKERS)
    }

    /// The seeds of each cell, at least and at most.
    pub(crate) fn replications(&self) -> (usize, usize) {
        let counts = || self.cells.values().map(Vec::len);
        (counts().min().unwrap_or(0), counts().max().unwrap_or(0))
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = (&'a [String], &[&'a Row])> {
        self.cells
            .iter()
            .map(|(cell, rows)| (*cell, rows.as_slice()))
    }

    /// The numbers of a cell, with their seeds.
    pub(crate) fn sample(&self, cell: &[String], metric: &Metric) -> Vec<(u64, f64)> {
        let rows = self.cells.get(cell).into_iter().flatten();
        let numbers = rows.filter_map(|row| {
            let value = metric.value(|column| self.table.number(row, column))?;
            Some((row.seed, value))
        });
        numbers.collect()
    }

    /// The mean of a cell, with its interval if there are several runs.
    pub(crate) fn estimate(
        &self,
        cell: &[String],
        metric: &Metric,
    ) -> Option<(f64, Option<Estimate>)> {
        let sample = self.sample(cell, metric);
        let numbers: Vec<f64> = sample.iter().map(|(_, number)| *number).collect();
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        let estimate = student::mean(&numbers, Confidence::NINETY_FIVE);
        (!numbers.is_empty()).then_some((mean, estimate))
    }

    /// The first value of every axis, and of the axis from left to right the one in the middle.
    pub(crate) fn reference(&self) -> Vec<String> {
        let value = |axis: usize| {
            let values = self.table.values(axis);
            let place = if Some(axis) == self.across {
                values.len() / 2
            } else {
                0
            };
            values.get(place).copied().unwrap_or_default().to_owned()
        };
        (0..self.table.axes.len()).map(value).collect()
    }

    /// A cell in words; axes with but one value are left out.
    pub(crate) fn describe(&self, cell: &[String]) -> String {
        let axes = (0..self.table.axes.len()).filter(|axis| {
            Some(*axis) == self.across || Some(*axis) == self.series || self.facets.contains(axis)
        });
        let words: Vec<String> = axes.map(|axis| self.setting(axis, &cell[axis])).collect();
        words.join(", ")
    }

    /// The cell that has the first value of an axis, and of those that change together with it.
    pub(crate) fn base_of(&self, axis: usize, cell: &[String]) -> Vec<String> {
        let mut base = cell.to_vec();
        for (other, value) in base.iter_mut().enumerate() {
            if other == axis || self.tied[other] == Some(axis) {
                let first = self.table.values(other).first().copied();
                first.unwrap_or_default().clone_into(value);
            }
        }
        base
    }

    /// One setting in words: `spreadOutApps = true`. Random faults that come more rarely than a
    /// run is long do not come.
    pub(crate) fn setting(&self, axis: usize, value: &str) -> String {
        let key = &self.table.axes[axis];
        if key.starts_with("nemesis.") && short(key) == "every" {
            let word = key.split('.').nth(1).unwrap_or_default().replace('_', " ");
            let lasted = self.table.rows.iter();
            let lasted = lasted.filter_map(|row| self.table.number(row, "simulated_ns"));
            let longest = lasted.fold(0.0, f64::max);
            return match number(value) {
                Some(every) if every > 100.0 * longest => "no failures".to_owned(),
                Some(_) | None => format!("{word} every {value}"),
            };
        }
        let shown = match number(value) {
            Some(number) if Some(axis) == self.across => (self.write_across())(number),
            Some(_) | None => value.to_owned(),
        };
        format!("{} = {shown}", short(&self.table.axes[axis]))
    }

    /// The chart of a metric: the mean of each cell. `None` if it is nowhere or everywhere zero.
    pub(crate) fn chart(&self, metric: &Metric) -> Option<Lines> {
        let across = self.across?;
        let mut panels = self.panels(metric, across);
        panels.retain(|panel| {
            let points = panel.series.iter().flat_map(|series| &series.points);
            points.into_iter().any(|point| point.value != 0.0)
        });
        if panels.is_empty() || panels.len() > PANELS_MAX {
            return None;
        }
        Some(Lines {
            across: Measure {
                label: self.label_across(),
                scale: self.scale_across(),
                write: self.write_across(),
            },
            up: Measure {
                label: metric.label.to_owned(),
                scale: scale_of(&panels),
                write: metric.write,
            },
            panels,
        })
    }

    fn panels(&self, metric: &Metric, across: usize) -> Vec<Panel> {
        let mut panels: Vec<(Vec<&str>, Panel)> = Vec::new();
        let names: Vec<&str> = self
            .series
            .map_or_else(|| vec!["mean"], |axis| self.table.values(axis));
        // In the order of the file, so that what is swept first stands first.
        let mut seen: Vec<&[String]> = Vec::new();
        for row in &self.table.rows {
            if seen.last() != Some(&row.cell.as_slice()) {
                seen.push(&row.cell);
            }
        }
        for cell in seen {
            let facet: Vec<&str> = self
                .facets
                .iter()
                .map(|axis| cell[*axis].as_str())
                .collect();
            let place = panels.iter().position(|(known, _)| *known == facet);
            let place = place.unwrap_or_else(|| {
                let words = self
                    .facets
                    .iter()
                    .map(|axis| self.setting(*axis, &cell[*axis]));
                let title = words.collect::<Vec<String>>().join(", ");
                let series = names.iter().map(|name| Series {
                    name: (*name).to_owned(),
                    points: Vec::new(),
                });
                let series = series.collect();
                panels.push((facet, Panel { title, series }));
                panels.len() - 1
            });
            let name = self.series.map_or("mean", |axis| cell[axis].as_str());
            let (_, panel) = &mut panels[place];
            let series = panel.series.iter_mut().find(|series| series.name == name);
            if let (Some(series), Some(at), Some((value, estimate))) =
                (series, number(&cell[across]), self.estimate(cell, metric))
            {
                let interval = estimate.map(|it| (it.interval.low.max(0.0), it.interval.high));
                series.points.push(Point {
                    at,
                    value,
                    interval,
                });
            }
        }
        panels
            .into_iter()
            .map(|(_, mut panel)| {
                for series in &mut panel.series {
                    series
                        .points
                        .sort_by(|one, other| one.at.total_cmp(&other.at));
                }
                panel
            })
            .collect()
    }

    fn values_across(&self) -> Vec<f64> {
        let values = self.across.map(|axis| self.table.values(axis));
        let values = values.unwrap_or_default();
        values.iter().filter_map(|value| number(value)).collect()
    }

    fn scale_across(&self) -> Scale {
        let values = self.values_across();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        if least > 0.0 && most / least >= 50.0 {
            Scale::Logarithmic
        } else {
            Scale::Within
        }
    }

    /// Times are durations, a load is a share, everything else a number.
    fn write_across(&self) -> Write {
        let Some(axis) = self.across else {
            return plain;
        };
        let is_time = |value: &&str| value.ends_with(char::is_alphabetic);
        let values = self.table.values(axis);
        if values.iter().all(is_time) {
            duration
        } else if short(&self.table.axes[axis]) == "load" {
            percent
        } else if self.scale_across() == Scale::Logarithmic {
            count
        } else {
            plain
        }
    }

    fn label_across(&self) -> String {
        let Some(axis) = self.across else {
            return String::new();
        };
        match short(&self.table.axes[axis]) {
            "load" => "offered load (% of the cluster's cores)".to_owned(),
            "workers" => "workers".to_owned(),
            _ => self.table.axes[axis].clone(),
        }
    }
}

/// Whether the values of two axes always go together.
fn are_tied(table: &Table, one: usize, other: usize) -> bool {
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    let mut back: BTreeMap<&str, &str> = BTreeMap::new();
    table.values(one).len() > 1
        && table.rows.iter().all(|row| {
            let (first, second) = (row.cell[one].as_str(), row.cell[other].as_str());
            *pairs.entry(first).or_insert(second) == second
                && *back.entry(second).or_insert(first) == first
        })
}

/// Values that differ by large factors need an axis of factors.
fn scale_of(panels: &[Panel]) -> Scale {
    let points = panels.iter().flat_map(|panel| &panel.series);
    let values: Vec<f64> = points
        .flat_map(|series| &series.points)
        .map(|point| point.value)
        .collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    let has_room = panels.iter().flat_map(|panel| &panel.series).all(|series| {
        let mut points = series.points.iter();
        points.all(|point| point.interval.is_none_or(|(low, _)| low > 0.0))
    });
    if least > 0.0 && most / least >= 100.0 && has_room {
        Scale::Logarithmic
    } else {
        Scale::Linear
    }
}

/// The last word of a key, save that `cluster.worker.count` is the number of workers.
pub(crate) fn short(key: &str) -> &str {
    if key == WORKERS {
        return "workers";
    }
    key.rsplit('.').next().unwrap_or(key)
}

/// A value of an axis as a number: plain, or a time in nanoseconds.
pub(crate) fn number(text: &str) -> Option<f64> {
    let end = text.find(|letter: char| letter.is_alphabetic() || letter == '%');
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let factor = match unit.trim() {
        "" => 1.0,
        "%" => 0.01,
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "min" | "m" => 60e9,
        "h" => 3_600e9,
        "d" => 86_400e9,
        _ => return None,
    };
    let number: f64 = digits.trim().parse().ok()?;
    number.is_finite().then_some(number * factor)
}
