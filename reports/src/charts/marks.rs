//! The marks of series: their shapes, and what one says when it is pointed at.

use super::at;
use maud::{Markup, html};

/// How many colours there are; further series use them again, with another mark.
const COLOURS: usize = 8;

/// The class that colours a series.
pub(super) fn colour(row: usize) -> String {
    format!("c{}", row % COLOURS)
}

/// The mark of a series: circle, square, diamond, triangle, and so on again.
pub(super) fn mark(row: usize, (x, y): (f64, f64), says: Option<&str>) -> Markup {
    let corners = |corners: &[(f64, f64)]| {
        let corners = corners.iter();
        let corners: Vec<String> = corners
            .map(|(right, down)| format!("{},{}", at(x + right), at(y + down)))
            .collect();
        corners.join(" ")
    };
    let title = html! { @if let Some(says) = says { title { (says) } } };
    html! {
        @match row % 4 {
            0 => circle.mark cx=(at(x)) cy=(at(y)) r="4" { (title) },
            1 => polygon.mark points=(corners(&[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)])) { (title) },
            2 => polygon.mark points=(corners(&[(0.0, -5.5), (5.5, 0.0), (0.0, 5.5), (-5.5, 0.0)])) { (title) },
            _ => polygon.mark points=(corners(&[(0.0, -5.5), (5.0, 4.0), (-5.0, 4.0)])) { (title) },
        }
    }
}
