//! What both pages are made of: the frame, tables, and numbers as Spark's pages write them. A page
//! is one HTML text that loads nothing but, where scripts run, itself: `page.js`.

use super::date_in;
use super::tone::Tone;
use deploysim_protocol::resource::{ResourceRequirement, Resources};
use deploysim_protocol::time::WallTime;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// How a page looks, in light, in dark and in print.
pub(super) const STYLE: &str = include_str!("page.css");

/// What keeps a page fresh where scripts run.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// What a page is about.
#[derive(Debug)]
pub(super) struct About<'a> {
    /// The title.
    pub(super) title: &'a str,
    /// Whose page it is, in a word.
    pub(super) role: &'a str,
    /// When it was made.
    pub(super) made: WallTime,
}

/// A name, its value, and how much of it is in use where there is such a share.
#[derive(Debug)]
pub(super) struct Fact {
    name: &'static str,
    value: Markup,
    share: Option<(i32, i32)>,
}

impl Fact {
    /// A fact.
    pub(super) const fn new(name: &'static str, value: Markup) -> Self {
        Self {
            name,
            value,
            share: None,
        }
    }

    /// A fact of which `used` of `total` is drawn beside its words.
    pub(super) fn of_share(name: &'static str, words: String, used: i32, total: i32) -> Self {
        Self {
            name,
            value: cell(words),
            share: (total > 0).then_some((used, total)),
        }
    }
}

/// A row of a table. Its id tells it from the others of the table, also in the page of a moment
/// later, and can be linked to.
#[derive(Debug)]
pub(super) struct Row {
    /// The id.
    pub(super) id: String,
    /// A cell for each column.
    pub(super) cells: Vec<Markup>,
}

/// A page with facts and tables.
pub(super) fn page(about: &About<'_>, facts: &[Fact], tables: &[Markup]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (about.title) }
                style { (PreEscaped(STYLE)) }
            }
            body data-role=(about.role) {
                header {
                    h1 { (about.title) }
                    (freshness(about.made))
                }
                main {
                    dl {
                        @for fact in facts {
                            div {
                                dt { (fact.name) }
                                dd { (fact.value) }
                                @if let Some((used, total)) = fact.share {
                                    meter min="0" max=(total) value=(used) {}
                                }
                            }
                        }
                    }
                    @for table in tables { (table) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// How old the page is, and how to get a newer one: by a link, and where scripts run by itself.
fn freshness(made: WallTime) -> Markup {
    html! {
        p.freshness {
            span {
                "As of "
                time id="made" datetime=(date_in(made, "%Y-%m-%dT%H:%M:%SZ")) { (instant(made)) " UTC" }
            }
            a id="refresh" href="./" { "Refresh" }
            span.scripted id="age" hidden {}
            button.scripted type="button" id="pause" hidden { "Pause" }
        }
        p.trouble id="trouble" role="alert" hidden {}
    }
}

/// A table with a heading that counts its rows, and an address within the page.
pub(super) fn table(heading: &str, columns: &[&str], rows: &[Row]) -> Markup {
    let id = heading.to_lowercase().replace(' ', "-");
    html! {
        details id=(id) open {
            summary { h2 { (heading) " (" (rows.len()) ")" } }
            @if rows.is_empty() {
                p.none { "none" }
            } @else {
                div.wide {
                    table aria-label=(heading) {
                        thead { tr { @for column in columns { th scope="col" { (column) } } } }
                        tbody {
                            @for row in rows {
                                tr id=(row.id) { @for cell in &row.cells { td { (cell) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A state under Spark's name, coloured by what it means.
pub(super) fn state(state: impl Into<Tone> + ToString) -> Markup {
    let name = state.to_string();
    let tone = state.into().name();
    html! { span.state data-tone=(tone) { (name) } }
}

/// A text that leads to an address. What names another scheme than HTTP's leads nowhere: the
/// address is whatever a process said of itself.
pub(in crate::gateway) fn link(text: &str, address: &str) -> Markup {
    let is_web = address.starts_with("http://") || address.starts_with("https://");
    html! {
        @if is_web { a href=(address) { (text) } } @else { (text) }
    }
}

/// A plain cell.
pub(super) fn cell(text: impl ToString) -> Markup {
    html! { (text.to_string()) }
}

/// An amount of memory, as `2.0 GiB`. Spark: `Utils.megabytesToString`.
pub(in crate::gateway) fn memory(mebibytes: i32) -> String {
    let bytes = i64::from(mebibytes) << 20;
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20)];
    let unit = units.iter().find(|(_, shift)| bytes >= 2 << shift);
    let Some((name, shift)) = unit else {
        // Less than 2 MiB: nothing, one MiB, or less than nothing.
        return match mebibytes {
            1 => "1024.0 KiB".to_owned(),
            _ => format!("{bytes}.0 B"),
        };
    };
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
    let amount = bytes as f64 / (1_i64 << shift) as f64;
    format!("{amount:.1} {name}")
}

/// A time span, as `1.5 min`. Spark: `UIUtils.formatDuration`.
pub(in crate::gateway) fn duration(milliseconds: i64) -> String {
    if milliseconds < 100 {
        return format!("{milliseconds} ms");
    }
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
    let seconds = milliseconds as f64 / 1000.0;
    let minutes = seconds / 60.0;
    if seconds < 1.0 {
        format!("{seconds:.1} s")
    } else if seconds < 60.0 {
        format!("{seconds:.0} s")
    } else if minutes < 10.0 {
        format!("{minutes:.1} min")
    } else if minutes < 60.0 {
        format!("{minutes:.0} min")
    } else {
        format!("{:.1} h", minutes / 60.0)
    }
}

/// An instant. Spark: `UIUtils.formatDate`.
pub(super) fn instant(wall: WallTime) -> String {
    date_in(wall, "%Y/%m/%d %H:%M:%S")
}

/// Named resources, as `gpu: [0, 1]`. Spark: `StandaloneResourceUtils.formatResourcesAddresses`.
pub(super) fn resources(resources: &Resources) -> String {
    let shown = resources.0.iter().map(|resource| {
        let addresses: Vec<_> = resource.addresses.iter().map(ToString::to_string).collect();
        format!("{}: [{}]", resource.name, addresses.join(", "))
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// What is asked for of named resources, as `2 gpu`.
/// Spark: `StandaloneResourceUtils.formatResourceRequirements`.
pub(super) fn requirements(requirements: &[ResourceRequirement]) -> String {
    let shown = requirements
        .iter()
        .map(|requirement| format!("{} {}", requirement.amount, requirement.name));
    shown.collect::<Vec<_>>().join(", ")
}
