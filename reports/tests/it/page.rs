//! The page of a sweep: what is on it, in which order, and that it needs nothing else.

use crate::sweeps::{SCENARIO, TABLE};
use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::report;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

static PAGE: LazyLock<String> = LazyLock::new(|| report::page(&evidence(&TABLE)));

fn evidence(table: &str) -> Evidence {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("small.csv"), table).unwrap();
    fs::write(folder.path().join("small.toml"), SCENARIO).unwrap();
    Evidence::read(&[folder.path().to_owned()], Leniency::Strict).unwrap()
}

/// How often a text is on the page.
fn count(text: &str) -> usize {
    PAGE.matches(text).count()
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    assert!(*PAGE == report::page(&evidence(&TABLE)));
}

#[test]
fn the_verdict_six_numbers_and_warnings_come_first() {
    let places: Vec<usize> = [
        "class=\"verdict\"",
        "class=\"cards\"",
        "class=\"warnings\"",
        "<svg class=\"chart\"",
    ]
    .map(|text| PAGE.find(text).unwrap())
    .into();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(count("class=\"card\""), 6);
    assert!(PAGE.contains("of 8 runs") || PAGE.contains("In all 8 runs everything held"));
    assert!(PAGE.contains("too few replications: 2 of a cell"));
}

#[test]
fn every_chart_has_a_sentence_a_table_and_its_values() {
    let figures = count("<figure");
    assert!(figures > 8, "{figures}");
    assert_eq!(count("<figcaption>"), figures);
    assert_eq!(count("<summary>Table</summary>"), figures);
    assert_eq!(count("href=\"data:text/csv"), figures);
    let charts = count("<svg class=\"chart\"");
    assert_eq!(count("role=\"img\" aria-label="), charts);
}

#[test]
fn nothing_is_loaded() {
    for word in [
        "<link", "<img", "<iframe", " src=", "url(", "@import", "http://", "https://",
    ] {
        assert_eq!(count(word), 0, "{word}");
    }
    assert_eq!(
        count("href=\""),
        count("href=\"#") + count("href=\"data:text/csv")
    );
    assert!(PAGE.contains("default-src 'none'"));
}

#[test]
fn what_is_compared_is_said_in_words() {
    assert!(PAGE.contains("Not shown to differ"));
    assert!(PAGE.contains("p (Holm)"));
    assert!(PAGE.contains("against spreadOutApps = true, spreadOutApps = false"));
}

#[test]
fn the_commands_and_digests_are_named() {
    assert!(PAGE.contains("deploysim sweep small.toml -o small.csv"));
    assert!(PAGE.contains("--set 'application.pi.cores_max=8'"));
    let digest = blake3_of(&TABLE);
    assert!(PAGE.contains(&digest));
}

fn blake3_of(text: &str) -> String {
    deploysim_scenarios::output::manifest::digest(text.as_bytes())
}

#[test]
fn names_are_written_so_that_html_keeps_its_meaning() {
    let strange = TABLE.replace("spreadOutApps", "<b>&");
    let page = report::page(&evidence(&strange));
    assert!(!page.contains("<b>"));
    assert!(page.contains("&lt;b&gt;&amp;"));
}
