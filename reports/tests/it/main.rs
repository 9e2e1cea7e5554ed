//! What the page of the benchmarks promises: it depends on its inputs alone, loads nothing, says
//! the verdict first, and wrong inputs are named by file and line.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

use deploysim_reports::data::{self, Data, Measurement, Unit};
use deploysim_reports::{ReportError, page};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/out/scheduling.html");
const PASS: &str = "master/schedule/workers=10000/applications=1000";

fn committed() -> Data {
    Data::read(Path::new(DATA)).unwrap()
}

fn measured(name: &str, median: f64) -> Measurement {
    Measurement {
        name: name.to_owned(),
        median,
        lower: median - 0.5,
        upper: median + 0.5,
        unit: Unit::Nanoseconds,
        elements: Some(1_000),
        machine: "Abacus, 2 cores".to_owned(),
        command: format!("cargo bench -p deploysim-benches -- {name}"),
        commit: "0123456789ab".to_owned(),
    }
}

/// The page of these measurements alone.
fn page_of(measurements: &[Measurement]) -> String {
    let folder = TempDir::new().unwrap();
    data::write(folder.path(), measurements).unwrap();
    page::scheduling(&Data::read(folder.path()).unwrap())
}

#[test]
fn the_same_data_give_the_same_bytes() {
    assert_eq!(
        page::scheduling(&committed()),
        page::scheduling(&committed())
    );
}

#[test]
fn the_committed_page_is_what_the_committed_data_give() {
    let page = fs::read_to_string(PAGE).unwrap();
    assert!(
        page == page::scheduling(&committed()),
        "`deploysim report` makes another page than the committed one"
    );
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = page::scheduling(&committed());
    for word in [
        "<script", "<link", "<img", "<iframe", " src=", " href=", "url(", "@import",
    ] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn every_subject_that_grows_has_a_chart_of_the_committed_data() {
    let page = page::scheduling(&committed());
    assert_eq!(page.matches("<svg").count(), 9);
    assert_eq!(page.matches("Not measured").count(), 0);
    assert_eq!(page.matches("<figcaption>").count(), 9);
}

#[test]
fn a_kept_and_a_missed_budget_are_told_apart() {
    let kept = page_of(&[measured(PASS, 9.9e6)]);
    assert!(kept.contains("<strong>1 of 1 budgets are met.</strong>"));
    let missed = page_of(&[measured(PASS, 10.1e6)]);
    assert!(missed.contains("<strong>0 of 1 budgets are met.</strong> Missed:"));
    assert!(missed.contains("10.1 ms (≤ 10 ms)"));
}

#[test]
fn the_verdict_comes_before_every_table_and_chart() {
    let page = page::scheduling(&committed());
    let verdict = page.find("budgets are met").unwrap();
    assert!(verdict < page.find("<table").unwrap());
    assert!(verdict < page.find("<svg").unwrap());
}

#[test]
fn real_sparks_recorded_times_become_ratios() {
    let folder = TempDir::new().unwrap();
    data::write(folder.path(), &[measured(PASS, 2e6)]).unwrap();
    let spark = format!("name,low_ms,high_ms,source\n{PASS},40,90,a notebook\n");
    fs::write(folder.path().join("spark.csv"), spark).unwrap();
    let page = page::scheduling(&Data::read(folder.path()).unwrap());
    assert!(page.contains("20 to 45 ×"), "{page}");
    assert!(page.contains("a notebook"));
}

#[test]
fn what_is_written_is_read_back() {
    let folder = TempDir::new().unwrap();
    let mut memory = measured("memory/idle/workers=1000", 4_096_000.0);
    memory.unit = Unit::Bytes;
    let written = [measured("queue/agenda/timers=1000", 21_404.7), memory];
    data::write(folder.path(), &written).unwrap();
    let read = Data::read(folder.path()).unwrap();
    for one in &written {
        assert_eq!(read.measurements.get(&one.name), Some(one));
    }
    let files: Vec<&str> = read
        .inputs
        .iter()
        .map(|input| input.file.as_str())
        .collect();
    assert_eq!(files, ["memory.csv", "queue.csv"]);
}

#[test]
fn names_are_written_so_that_html_keeps_its_meaning() {
    let page = page_of(&[measured("queue/<b>&</b>", 1.0)]);
    assert!(page.contains("queue/&lt;b&gt;&amp;&lt;/b&gt;"));
}

#[test]
fn a_wrong_row_is_named_by_file_and_line() {
    let folder = TempDir::new().unwrap();
    data::write(folder.path(), &[measured(PASS, 1.0), measured(PASS, 2.0)]).unwrap();
    let path = folder.path().join("master.csv");
    let text = fs::read_to_string(&path).unwrap().replace("2.0,", "two,");
    fs::write(&path, text).unwrap();
    match Data::read(folder.path()) {
        Err(ReportError::Wrong {
            path: found, line, ..
        }) => {
            assert_eq!((found, line), (path, 3));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_folder_without_measurements_is_refused() {
    let folder = TempDir::new().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("nowhere")] {
        let refused = Data::read(&path).unwrap_err();
        assert!(matches!(refused, ReportError::NoMeasurements { .. }));
        assert!(refused.to_string().contains("deploysim report --measure"));
    }
}
