//! What both pages are made of: the frame, tables, and numbers as Spark's pages write them. A page
//! is one HTML text that loads nothing.

use super::date_in;
use deploysim_protocol::resource::{ResourceRequirement, Resources};
use deploysim_protocol::time::WallTime;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// How a page looks, in light and in dark.
const STYLE: &str = ":root{color-scheme:light dark;font-family:system-ui,sans-serif}\
body{margin:2rem auto;max-width:75rem;padding:0 1rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #8888;padding:.3rem .5rem;text-align:left;vertical-align:top}\
form{display:inline;margin-left:.5rem}button{font:inherit;font-size:.85rem}\
caption{font-size:1.2rem;font-weight:600;text-align:left;padding:1.2rem 0 .4rem}";

/// A page with a title, facts, and tables.
pub(super) fn page(title: &str, facts: &[(&str, Markup)], tables: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                dl { @for (name, value) in facts { dt { (name) } dd { (value) } } }
                (tables)
            }
        }
    }
}

/// A table with a caption that counts its rows.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.wide {
            table {
                caption { (caption) " (" (rows.len()) ")" }
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
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
