//! The report, as it is kept in `reports/out/`.

use crate::page::{Javascript, Page, Scheme};
use crate::{Check, Ground};
use std::path::{Path, PathBuf};

/// All checks of this page.
pub(crate) const CHECKS: [Check; 6] = [
    ("report::nothing_leaves_the_file", nothing_leaves_the_file),
    (
        "report::it_reads_well_without_scripts",
        it_reads_well_without_scripts,
    ),
    ("report::charts_have_content", charts_have_content),
    ("report::tables_are_sorted", tables_are_sorted),
    ("report::series_are_hidden", series_are_hidden),
    ("report::it_is_photographed", it_is_photographed),
];

fn report() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/out/scheduling.html")
}

fn opened(ground: &Ground) -> Page<'_> {
    Page::open(&ground.chromium, &report(), Javascript::On)
}

fn nothing_leaves_the_file(ground: &Ground) {
    let page = opened(ground);
    assert_eq!(page.requests(), [""; 0]);
    assert_eq!(page.complaints(), [""; 0]);
}

fn it_reads_well_without_scripts(ground: &Ground) {
    let page = Page::open(&ground.chromium, &report(), Javascript::Off);
    let text = page.text();
    assert!(text.contains("class=\"verdict\""));
    assert_eq!(text.matches("class=\"card\"").count(), 6);
    assert!(!text.contains("class=\"scripted\""));
    assert!(text.contains("<title>") && text.contains("<polyline"));
    assert_eq!(page.requests(), [""; 0]);
}

fn charts_have_content(ground: &Ground) {
    let page = opened(ground);
    let charts = page.number("document.querySelectorAll('svg.chart').length");
    assert!(charts > 20, "{charts}");
    let empty = "[...document.querySelectorAll('svg.chart')].filter(chart => \
        chart.getBoundingClientRect().height < 100 || \
        !chart.querySelector('.mark, .bar')).length";
    assert_eq!(page.number(empty), 0);
    let outside = "[...document.querySelectorAll('svg.chart .mark')].filter(mark => { \
        const one = mark.getBoundingClientRect(); \
        const all = mark.closest('svg').getBoundingClientRect(); \
        return one.left < all.left || one.right > all.right || one.top < all.top || \
            one.bottom > all.bottom; }).length";
    assert_eq!(page.number(outside), 0);
}

fn tables_are_sorted(ground: &Ground) {
    let page = opened(ground);
    let sorted = "(() => { \
        const table = document.querySelector('figure table.sortable'); \
        const heading = table.tHead.rows[0].cells[table.tHead.rows[0].cells.length - 1]; \
        const read = () => [...table.tBodies[0].rows] \
            .map(row => Number(row.cells[heading.cellIndex].dataset.value)); \
        heading.click(); const up = read(); heading.click(); const down = read(); \
        const rises = up.every((one, at) => at === 0 || up[at - 1] <= one); \
        return up.length > 2 && rises && down.join() === [...up].reverse().join() ? 1 : 0; })()";
    assert_eq!(page.number(sorted), 1);
}

fn series_are_hidden(ground: &Ground) {
    let page = opened(ground);
    let seen = "[...document.querySelectorAll('figure .chart [data-series=\"1\"]')] \
        .filter(series => getComputedStyle(series).display !== 'none').length";
    let before = page.number(seen);
    page.evaluate("document.querySelector('.legend li[data-series=\"1\"]').click()");
    assert!(page.number(seen) < before);
    page.evaluate("document.querySelector('.legend li[data-series=\"1\"]').click()");
    assert_eq!(page.number(seen), before);
}

fn it_is_photographed(ground: &Ground) {
    let page = opened(ground);
    for (scheme, word) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        page.show_in(scheme);
        for (width, size) in [(1440, "wide"), (420, "narrow")] {
            page.resize(width, 1000);
            let wider = page.number("document.documentElement.scrollWidth");
            assert!(wider <= u64::from(width), "{size}: {wider} pixels wide");
            let path = ground.pictures.join(format!("report-{word}-{size}.png"));
            page.photograph(&path);
        }
    }
}
