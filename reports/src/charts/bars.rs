//! Grouped bars: for each group a bar of each series, with its interval as a whisker.

use super::axis::{Axis, Scale};
use super::legend::legend;
use super::marks::colour;
use super::{Measure, Point, at};
use maud::{Markup, html};

/// A chart of grouped bars.
#[derive(Clone, Debug)]
pub(crate) struct Bars {
    /// What the groups are.
    pub(crate) across: String,
    /// What the vertical axis measures.
    pub(crate) up: Measure,
    /// The names of the bars of each group.
    pub(crate) series: Vec<String>,
    /// The groups.
    pub(crate) groups: Vec<Group>,
}

/// The bars that stand together.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// What they are about.
    pub(crate) name: String,
    /// A value for each series; `at` means nothing.
    pub(crate) values: Vec<Option<Point>>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 706.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 250.0;

impl Bars {
    /// The drawing; says so if there is no bar.
    pub(crate) fn draw(&self) -> Markup {
        let values = || {
            let values = self.groups.iter().flat_map(|group| &group.values);
            values.filter_map(|value| *value)
        };
        if values().next().is_none() {
            return html! { p.absent { "Not measured." } };
        }
        let up = Axis::around(
            Scale::Linear,
            values().flat_map(Point::extent),
            (BOTTOM, TOP),
        );
        let names: Vec<&str> = self.series.iter().map(String::as_str).collect();
        html! {
            (legend(&names))
            svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(self.describe()) {
                @for tick in up.ticks() {
                    @let y = up.place(tick);
                    line.grid x1=(at(LEFT)) x2=(at(RIGHT)) y1=(at(y)) y2=(at(y)) {}
                    text.tick x=(at(LEFT - 6.0)) y=(at(y + 4.0)) text-anchor="end" { ((self.up.write)(tick)) }
                }
                text.axis x=(at((LEFT + RIGHT) / 2.0)) y=(at(HEIGHT - 8.0)) text-anchor="middle" { (self.across) }
                text.axis transform=(format!("translate(13 {}) rotate(-90)", at((TOP + BOTTOM) / 2.0)))
                    text-anchor="middle" { (self.up.label) }
                @for place in 0..self.groups.len() { (self.group(place, up)) }
            }
        }
    }

    fn describe(&self) -> String {
        let mut text = format!("{} by {}", self.up.label, self.across);
        for group in &self.groups {
            for (name, value) in self.series.iter().zip(&group.values) {
                if let Some(value) = value {
                    text += &format!("; {}, {name}: {}", group.name, (self.up.write)(value.value));
                }
            }
        }
        text
    }

    fn group(&self, place: usize, up: Axis) -> Markup {
        let group = &self.groups[place];
        let room = (RIGHT - LEFT) / self.groups.len() as f64;
        let left = LEFT + room * (place as f64 + 0.12);
        let width = room * 0.76 / self.series.len().max(1) as f64;
        html! {
            @for (row, (name, value)) in self.series.iter().zip(&group.values).enumerate() {
                @if let Some(value) = value {
                    @let x = left + width * row as f64;
                    @let y = up.place(value.value);
                    g class=(colour(row)) data-series=(row) {
                        rect.bar x=(at(x)) y=(at(y)) width=(at(width * 0.9)) height=(at((BOTTOM - y).max(0.5))) {
                            title { (group.name) ", " (name) ": " (value.says(self.up.write)) }
                        }
                        @if let Some((low, high)) = value.interval {
                            @let middle = at(x + width * 0.45);
                            line.whisker x1=(middle) x2=(middle) y1=(at(up.place(low))) y2=(at(up.place(high))) {}
                        }
                    }
                }
            }
            // Names stand on two levels, so that long ones do not run into each other.
            text.tick x=(at(left + room * 0.38)) y=(at(BOTTOM + 16.0 + 14.0 * (place % 2) as f64)) text-anchor="middle" {
                (group.name)
            }
        }
    }
}
