//! The legend: which mark is which series. With scripts on, a series can be hidden by it.

use super::marks::{colour, mark};
use maud::{Markup, html};

/// The legend of these series; nothing if there is but one.
pub(super) fn legend(names: &[&str]) -> Markup {
    html! {
        @if names.len() > 1 {
            ul.legend {
                @for (row, name) in names.iter().enumerate() {
                    li data-series=(row) {
                        svg.swatch viewBox="0 0 24 12" aria-hidden="true" {
                            g class=(colour(row)) {
                                line.line x1="0" x2="24" y1="6" y2="6" {}
                                (mark(row, (12.0, 6.0), None))
                            }
                        }
                        span { (name) }
                    }
                }
            }
        }
    }
}
