//! The chapters of the benchmarks: budgets, growth, and real Spark's recorded times.

use deploysim_reports::data::{self, Data, Measurement, Unit};
use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::{ReportError, report};
use std::fs;
use tempfile::TempDir;

const PASS: &str = "master/schedule/workers=10000/applications=1000";

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

/// The page of these measurements and other files.
fn page_of(measurements: &[Measurement], files: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    data::write(folder.path(), measurements).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let evidence = Evidence::read(&[folder.path().to_owned()], Leniency::Strict);
    report::page(&evidence.unwrap())
}

#[test]
fn a_kept_and_a_missed_budget_are_told_apart() {
    let kept = page_of(&[measured(PASS, 9.9e6)], &[]);
    assert!(kept.contains("1 of 1 budgets are met."));
    let missed = page_of(&[measured(PASS, 10.1e6)], &[]);
    assert!(missed.contains("0 of 1 budgets are met."));
    assert!(missed.contains("✗ missed"));
}

#[test]
fn real_sparks_recorded_times_become_ratios() {
    let spark = format!("name,low_ms,high_ms,source\n{PASS},40,90,a notebook\n");
    let page = page_of(&[measured(PASS, 2e6)], &[("spark.csv", &spark)]);
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
}

#[test]
fn a_wrong_row_is_named_by_file_and_line() {
    let folder = TempDir::new().unwrap();
    data::write(folder.path(), &[measured(PASS, 1.0), measured(PASS, 2.0)]).unwrap();
    let path = folder.path().join("master.csv");
    let text = fs::read_to_string(&path).unwrap().replace("2.0,", "two,");
    fs::write(&path, text).unwrap();
    let read = Evidence::read(&[folder.path().to_owned()], Leniency::Strict);
    match read {
        Err(ReportError::Wrong {
            path: found, line, ..
        }) => assert_eq!((found, line), (path, 3)),
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

#[test]
fn instructions_stand_beside_the_time_of_the_same() {
    let counted = |name: &str, count: f64| {
        let mut counted = measured(&format!("instructions/{name}"), count);
        (counted.lower, counted.upper) = (count, count);
        counted.unit = Unit::Instructions;
        counted
    };
    let page = page_of(
        &[
            counted("event_queue", 258_123.0),
            counted("wire", 304_000.0),
            counted("schedule_pass", 22_200_000.0),
            measured("queue/agenda/timers=10000", 64_530.75),
            // Writing and reading.
            measured("wire/encode/all", 100.0),
            measured("wire/decode/all", 300.0),
        ],
        &[],
    );
    for cells in [
        "258,123</td><td class=\"number\" data-value=\"64530.75\">64.5 µs</td><td class=\"number\">4.00</td>",
        "304,000</td><td class=\"number\" data-value=\"400\">400 ns</td><td class=\"number\">760.00</td>",
        "22,200,000</td><td class=\"number\">not measured</td><td class=\"number\"></td>",
    ] {
        assert!(page.contains(cells), "{cells}\n{page}");
    }
    assert!(!page_of(&[measured(PASS, 1.0)], &[]).contains("Instructions per ns"));
}
