//! Lines over something that grows: one or several panels with the same axes, each line with the
//! band of its intervals.

use super::axis::Axis;
use super::legend::legend;
use super::marks::{colour, mark};
use super::{Measure, Panel, Series, at};
use maud::{Markup, html};

/// A chart of lines.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// What the horizontal axis measures.
    pub(crate) across: Measure,
    /// What the vertical axis measures.
    pub(crate) up: Measure,
    /// The drawings.
    pub(crate) panels: Vec<Panel>,
}

/// Size and margins of one drawing, in its own units.
#[derive(Clone, Copy)]
struct Frame {
    width: f64,
    height: f64,
}

const LEFT: f64 = 84.0;
const RIGHT: f64 = 30.0;
const TOP: f64 = 12.0;
const BELOW: f64 = 48.0;

/// A drawing alone, and one of several.
const ALONE: Frame = Frame {
    width: 720.0,
    height: 340.0,
};
const BESIDE: Frame = Frame {
    width: 460.0,
    height: 280.0,
};

impl Lines {
    /// The drawing; says so if there is no point.
    pub(crate) fn draw(&self) -> Markup {
        let points = || {
            let series = self.panels.iter().flat_map(|panel| &panel.series);
            series.flat_map(|series| series.points.iter().copied())
        };
        if points().next().is_none() {
            return html! { p.absent { "Not measured." } };
        }
        let frame = if self.panels.len() == 1 {
            ALONE
        } else {
            BESIDE
        };
        let across = Axis::around(
            self.across.scale,
            points().map(|point| point.at),
            (LEFT, frame.width - RIGHT),
        );
        let up = Axis::around(
            self.up.scale,
            points().flat_map(super::Point::extent),
            (frame.height - BELOW, TOP),
        );
        let names: Vec<&str> = (self.panels.first().into_iter())
            .flat_map(|panel| &panel.series)
            .map(|series| series.name.as_str())
            .collect();
        html! {
            (legend(&names))
            div.panels.several[self.panels.len() > 1] {
                @for panel in &self.panels { (self.panel(panel, frame, across, up)) }
            }
        }
    }

    fn panel(&self, panel: &Panel, frame: Frame, across: Axis, up: Axis) -> Markup {
        let label = self.describe(panel);
        let middle = (LEFT + frame.width - RIGHT) / 2.0;
        let centre = (TOP + frame.height - BELOW) / 2.0;
        html! {
            div.panel {
                @if !panel.title.is_empty() { h4 { (panel.title) } }
                svg.chart viewBox=(format!("0 0 {} {}", frame.width, frame.height)) role="img" aria-label=(label) {
                    (self.grid(frame, across, up))
                    text.axis x=(at(middle)) y=(at(frame.height - 8.0)) text-anchor="middle" { (self.across.label) }
                    text.axis transform=(format!("translate(13 {}) rotate(-90)", at(centre))) text-anchor="middle" {
                        (self.up.label)
                    }
                    @for (row, series) in panel.series.iter().enumerate() {
                        (self.line(series, row, across, up))
                    }
                }
            }
        }
    }

    /// The drawing in words, for those who do not see it: each line by its ends.
    fn describe(&self, panel: &Panel) -> String {
        let mut text = format!("{} over {}", self.up.label, self.across.label);
        if !panel.title.is_empty() {
            text += &format!(", {}", panel.title);
        }
        for series in &panel.series {
            if let (Some(first), Some(last)) = (series.points.first(), series.points.last()) {
                let write = |point: &super::Point| {
                    format!(
                        "{} at {}",
                        (self.up.write)(point.value),
                        (self.across.write)(point.at)
                    )
                };
                text += &format!("; {}: {} to {}", series.name, write(first), write(last));
            }
        }
        text
    }

    fn grid(&self, frame: Frame, across: Axis, up: Axis) -> Markup {
        let bottom = frame.height - BELOW;
        html! {
            @for tick in across.ticks() {
                @let x = at(across.place(tick));
                line.grid x1=(x) x2=(x) y1=(at(TOP)) y2=(at(bottom)) {}
                text.tick x=(x) y=(at(bottom + 16.0)) text-anchor="middle" { ((self.across.write)(tick)) }
            }
            @for tick in up.ticks() {
                @let y = up.place(tick);
                line.grid x1=(at(LEFT)) x2=(at(frame.width - RIGHT)) y1=(at(y)) y2=(at(y)) {}
                text.tick x=(at(LEFT - 6.0)) y=(at(y + 4.0)) text-anchor="end" { ((self.up.write)(tick)) }
            }
        }
    }

    fn line(&self, series: &Series, row: usize, across: Axis, up: Axis) -> Markup {
        let place = |x: f64, y: f64| format!("{},{}", at(across.place(x)), at(up.place(y)));
        let points = || series.points.iter();
        let path: Vec<String> = points().map(|it| place(it.at, it.value)).collect();
        let with_band = || points().filter_map(|it| Some((it.at, it.interval?)));
        let upper = with_band().map(|(x, (_, high))| place(x, high));
        let lower = with_band().map(|(x, (low, _))| place(x, low));
        let band: Vec<String> = upper
            .chain(lower.collect::<Vec<String>>().into_iter().rev())
            .collect();
        html! {
            g class=(colour(row)) data-series=(row) {
                @if band.len() > 3 { polygon.band points=(band.join(" ")) {} }
                polyline.line points=(path.join(" ")) {}
                @for point in points() {
                    @let says = format!(
                        "{}, {}: {}", series.name, (self.across.write)(point.at), point.says(self.up.write)
                    );
                    (mark(row, (across.place(point.at), up.place(point.value)), Some(&says)))
                }
            }
        }
    }
}
