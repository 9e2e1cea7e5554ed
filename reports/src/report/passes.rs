//! Scheduling passes that launched something beside those that did not, for each value of the axis
//! of the series: means over everything else.

use super::figure::Figure;
use super::study::{Study, short};
use crate::charts::{Bars, Group, Measure, Point, Scale, Values};
use crate::numbers::plain;
use deploysim_scenarios::statistics::{Confidence, student};
use maud::{Markup, html};

/// The figure; nothing if no pass was counted.
pub(super) fn figure(study: &Study<'_>, number: usize) -> Markup {
    let Some(axis) = study.series.or(study.across) else {
        return html! {};
    };
    let values = study.table.values(axis);
    let groups: Vec<Group> = values
        .iter()
        .map(|value| group(study, axis, value))
        .collect();
    if groups
        .iter()
        .all(|group| group.values.iter().all(Option::is_none))
    {
        return html! {};
    }
    let bars = Bars {
        across: short(&study.table.axes[axis]).to_owned(),
        up: Measure {
            label: "passes per run".to_owned(),
            scale: Scale::Linear,
            write: plain,
        },
        series: vec!["useful".to_owned(), "wasted".to_owned()],
        groups,
    };
    Figure {
        id: &format!("study-{number}-passes"),
        heading: "Useful and wasted scheduling passes",
        see: "A pass is useful if it launched a driver or an executor. The master makes one whenever anything changes, so that most of the wasted ones come from reports that freed nothing. Means over all cells, with their 95 % intervals.",
        drawing: bars.draw(),
        values: Values::from(&bars),
    }
    .draw()
}

fn group(study: &Study<'_>, axis: usize, value: &str) -> Group {
    let mut samples: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for row in study
        .table
        .rows
        .iter()
        .filter(|row| row.cell[axis] == value)
    {
        let number = |column| study.table.number(row, column);
        if let (Some(all), Some(useful)) = (number("passes"), number("passes_useful")) {
            samples[0].push(useful);
            samples[1].push(all - useful);
        }
    }
    let values = samples.map(|sample| {
        let count = sample.len() as f64;
        let estimate = student::mean(&sample, Confidence::NINETY_FIVE);
        (count > 0.0).then(|| Point {
            at: 0.0,
            value: sample.iter().sum::<f64>() / count,
            interval: estimate.map(|it| (it.interval.low.max(0.0), it.interval.high)),
        })
    });
    Group {
        name: value.to_owned(),
        values: values.into(),
    }
}
