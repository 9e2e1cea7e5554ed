//! Evidence that cannot be read is named by file and line, or left out and told of.

use crate::sweeps::{SCENARIO, TABLE};
use deploysim_reports::ReportError;
use deploysim_reports::evidence::{Evidence, Leniency};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MANIFEST: &str = r#"{"version": 1, "scenario_digest": "00", "arguments": ["run", "a b"]}"#;
const SUMMARY: &str = r#"{"format": "deploysim-run", "version": 2, "title": "A run", "seed": 7,
 "verdict": "held", "measured": {"fairness": 0.5}}"#;
const METRICS: &str = "run,time,name,labels,value,unit\n7,9,application_wait,application=pi,5,ns\n7,9,handled,role=master;kind=Heartbeat,3,messages\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn read(folder: &Path, leniency: Leniency) -> Result<Evidence, ReportError> {
    Evidence::read(&[folder.to_owned()], leniency)
}

/// What is wrong, and on which line of which file.
#[track_caller]
fn check(files: &[(&str, &str)], (file, line): (&str, u64), wanted: &str) {
    let folder = folder(files);
    match read(folder.path(), Leniency::Strict) {
        Err(ReportError::Wrong {
            path,
            line: found,
            what,
        }) => {
            assert!(path.ends_with(file), "{}", path.display());
            assert_eq!(found, line, "{what}");
            assert!(what.contains(wanted), "{what}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_folder_is_nothing_to_report_of() {
    let empty = TempDir::new().unwrap();
    let refused = read(empty.path(), Leniency::Strict).unwrap_err();
    assert!(matches!(refused, ReportError::NothingToReport { .. }));
    assert!(refused.to_string().contains("nothing to report of in"));
    let nowhere = read(&empty.path().join("nowhere"), Leniency::Strict);
    assert!(matches!(nowhere, Err(ReportError::Unusable { .. })));
}

#[test]
fn a_run_is_read_from_its_folder() {
    let files = [
        ("manifest.json", MANIFEST),
        ("summary.json", SUMMARY),
        ("metrics.csv", METRICS),
        ("events.csv", "time,what\n"),
    ];
    let folder = folder(&files);
    let evidence = read(folder.path(), Leniency::Strict).unwrap();
    let run = &evidence.runs[0];
    assert_eq!((run.title.as_str(), run.seed, run.held), ("A run", 7, true));
    assert_eq!(run.command, "deploysim run 'a b'");
    assert_eq!(run.applications["application_wait"], [5.0]);
    assert_eq!(run.kinds["Heartbeat"], [3.0, 0.0]);
    assert_eq!(evidence.inputs.len(), 3);
}

#[test]
fn a_run_of_a_newer_version_or_another_program_is_refused() {
    let newer = SUMMARY.replace("\"version\": 2", "\"version\": 99");
    let with = |summary| {
        [
            ("manifest.json", MANIFEST),
            ("summary.json", summary),
            ("metrics.csv", METRICS),
        ]
    };
    check(&with(&newer), ("summary.json", 1), "of version 99");
    let other = SUMMARY.replace("deploysim-run", "weather");
    check(
        &with(&other),
        ("summary.json", 1),
        "the format is \"weather\"",
    );
    let cut = &SUMMARY[..SUMMARY.len() - 12];
    check(&with(cut), ("summary.json", 2), "the file is cut off");
}

#[test]
fn a_table_that_is_cut_off_is_refused() {
    let lines: Vec<&str> = TABLE.lines().collect();
    let short = format!("{}\n", lines[..6].join("\n"));
    check(&[("a.csv", &short)], ("a.csv", 7), "there are 5 of 8 runs");
    let in_a_row = &TABLE[..TABLE.len() - 30];
    check(&[("a.csv", in_a_row)], ("a.csv", 9), "cut off in this line");
    let fields = format!("{short}{}\n", &lines[6][..40]);
    check(&[("a.csv", &fields)], ("a.csv", 7), "cut off or not whole");
}

#[test]
fn a_table_without_a_column_or_with_a_wrong_number_is_refused() {
    let missing = TABLE.replacen("application_wait_mean_ns", "patience_ns", 1);
    check(
        &[("a.csv", &missing)],
        ("a.csv", 1),
        "columns are missing: application_wait_mean_ns",
    );
    let row = TABLE.lines().nth(2).unwrap();
    let with = |value: &str| {
        let mut fields: Vec<&str> = row.split(',').collect();
        let last = fields.len() - 1;
        fields[last] = value;
        TABLE.replacen(row, &fields.join(","), 1)
    };
    check(
        &[("a.csv", &with("-5"))],
        ("a.csv", 3),
        "nothing that is measured is negative",
    );
    check(
        &[("a.csv", &with("soon"))],
        ("a.csv", 3),
        "is \"soon\", which is no number",
    );
}

#[test]
fn a_table_that_is_not_ours_is_refused() {
    check(
        &[("a.csv", "city,rain_mm\nUlm,3\n")],
        ("a.csv", 1),
        "begins with \"city,rain_mm\"; allowed: the table of a sweep",
    );
}

#[test]
fn leniently_what_is_wrong_is_left_out_and_counted() {
    let row = TABLE.lines().nth(2).unwrap();
    let wrong = TABLE.replacen(row, &row.replacen("true", "maybe", 2), 1);
    let folder = folder(&[("a.csv", &wrong), ("b.csv", "city,rain_mm\nUlm,3\n")]);
    let evidence = read(folder.path(), Leniency::Lenient).unwrap();
    assert_eq!(evidence.tables[0].rows.len(), 7);
    assert_eq!(evidence.skipped.len(), 3, "{:?}", evidence.skipped);
    assert!(evidence.skipped[0].starts_with("a.csv:3: held is \"maybe\""));
    assert!(evidence.skipped[1].contains("there are 7 of 8 runs"));
    assert!(evidence.skipped[2].contains("b.csv:1: this is no table of ours"));
}

#[test]
fn the_scenario_beside_a_table_gives_it_its_title() {
    let folder = folder(&[("a.csv", &TABLE), ("a.toml", SCENARIO)]);
    let evidence = read(folder.path(), Leniency::Strict).unwrap();
    let table = &evidence.tables[0];
    let title = "Three applications on a small cluster that loses a worker";
    assert_eq!(table.title.as_deref(), Some(title));
    assert_eq!(table.scenario.as_deref(), Some("a.toml"));
    assert_eq!(evidence.inputs.len(), 2);
}
