//! Growth charts: lines over a size, both axes logarithmic, as inline SVG. Each series has a
//! colour and a mark of its own, so that the chart can be read without colours.

use maud::{Markup, html};

/// Size of the drawing, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 380.0;
/// Where the plot lies in it.
const LEFT: f64 = 82.0;
const RIGHT: f64 = 500.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 322.0;

const COLOURS: [&str; 6] = [
    "#1565c0", "#c62828", "#2e7d32", "#8e24aa", "#b26a00", "#455a64",
];

/// One chart.
pub(crate) struct Chart {
    /// What the horizontal axis counts.
    pub(crate) across: &'static str,
    /// What the vertical axis measures, with its unit.
    pub(crate) up: &'static str,
    /// How a value of the vertical axis is written.
    pub(crate) write: fn(f64) -> String,
    /// The lines, in the order of the legend.
    pub(crate) series: Vec<Series>,
}

/// One line.
pub(crate) struct Series {
    /// Its name in the legend.
    pub(crate) name: &'static str,
    /// Sizes and values, all positive, by size.
    pub(crate) points: Vec<(f64, f64)>,
}

/// A logarithmic axis: whole powers of ten at both ends.
#[derive(Clone, Copy)]
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    /// The axis from `from` to `to` that holds all values.
    fn around(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            least = least.min(value.log10());
            most = most.max(value.log10());
        }
        // A value that is a power of ten but for rounding is at the end itself.
        let low = (least + 1e-9).floor() as i32;
        let high = ((most - 1e-9).ceil() as i32).max(low + 1);
        Self {
            low,
            high,
            from,
            to,
        }
    }

    fn place(self, value: f64) -> f64 {
        let part = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + part * (self.to - self.from)
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        (self.low..=self.high).map(|power| 10_f64.powi(power))
    }
}

impl Chart {
    /// The drawing; nothing if no series has a point.
    pub(crate) fn draw(&self) -> Markup {
        let points = || self.series.iter().flat_map(|series| &series.points);
        if points().next().is_none() {
            return html! { p.missing { "Not measured." } };
        }
        let across = Axis::around(points().map(|point| point.0), LEFT, RIGHT);
        let up = Axis::around(points().map(|point| point.1), BOTTOM, TOP);
        let box_of_view = format!("0 0 {WIDTH} {HEIGHT}");
        let label = format!("{} over {}", self.up, self.across);
        html! {
            svg viewBox=(box_of_view) role="img" aria-label=(label) {
                (grid(across, up, self.write))
                text.axis x=(at((LEFT + RIGHT) / 2.0)) y=(at(HEIGHT - 14.0)) text-anchor="middle" {
                    (self.across)
                }
                text.axis transform=(format!("translate(16 {}) rotate(-90)", at((TOP + BOTTOM) / 2.0)))
                    text-anchor="middle" { (self.up) }
                @for (row, series) in self.series.iter().enumerate() {
                    (line(series, row, across, up))
                }
            }
        }
    }
}

fn grid(across: Axis, up: Axis, write: fn(f64) -> String) -> Markup {
    html! {
        @for tick in across.ticks() {
            @let x = at(across.place(tick));
            line.grid x1=(x) x2=(x) y1=(at(TOP)) y2=(at(BOTTOM)) {}
            text.tick x=(x) y=(at(BOTTOM + 18.0)) text-anchor="middle" {
                (crate::numbers::count(tick))
            }
        }
        @for tick in up.ticks() {
            @let y = up.place(tick);
            line.grid x1=(at(LEFT)) x2=(at(RIGHT)) y1=(at(y)) y2=(at(y)) {}
            text.tick x=(at(LEFT - 8.0)) y=(at(y + 4.0)) text-anchor="end" { (write(tick)) }
        }
    }
}

/// The line of one series, its marks, and its row of the legend.
fn line(series: &Series, row: usize, across: Axis, up: Axis) -> Markup {
    let colour = COLOURS[row % COLOURS.len()];
    let places: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|(size, value)| (across.place(*size), up.place(*value)))
        .collect();
    let path: Vec<String> = places
        .iter()
        .map(|(x, y)| format!("{},{}", at(*x), at(*y)))
        .collect();
    let key = TOP + 14.0 + 24.0 * row as f64;
    html! {
        g stroke=(colour) fill=(colour) {
            polyline points=(path.join(" ")) fill="none" stroke-width="2" {}
            @for (x, y) in &places { (mark(row, *x, *y)) }
            (mark(row, RIGHT + 20.0, key))
        }
        text.key x=(at(RIGHT + 32.0)) y=(at(key + 4.0)) { (series.name) }
    }
}

/// The mark of a series: circle, square, diamond, triangle, and so on again.
fn mark(row: usize, x: f64, y: f64) -> Markup {
    let corners = |corners: &[(f64, f64)]| {
        let corners = corners.iter();
        let corners: Vec<String> = corners
            .map(|(right, down)| format!("{},{}", at(x + right), at(y + down)))
            .collect();
        corners.join(" ")
    };
    html! {
        @match row % 4 {
            0 => circle cx=(at(x)) cy=(at(y)) r="4" {},
            1 => polygon points=(corners(&[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)])) {},
            2 => polygon points=(corners(&[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)])) {},
            _ => polygon points=(corners(&[(0.0, -5.5), (5.0, 4.0), (-5.0, 4.0)])) {},
        }
    }
}

/// A coordinate, with as many digits as can be seen.
fn at(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}
