//! The studies that the project keeps: their tables are what their scenarios give, and the page is
//! what the kept evidence gives, byte for byte.

use crate::sweeps::{line, open};
use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::report;
use std::fs;
use std::path::{Path, PathBuf};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/out/scheduling.html");

/// The largest page.
const PAGE_BYTES_MAX: usize = 2_000_000;

/// Runs of a study that are played again: as many of the rest would give no other answer.
const PLAYED_AGAIN: u64 = 3;

fn committed() -> String {
    let evidence = Evidence::read(&[PathBuf::from(DATA)], Leniency::Strict).unwrap();
    report::page(&evidence)
}

#[test]
fn the_committed_page_is_what_the_committed_evidence_gives() {
    let page = fs::read_to_string(PAGE).unwrap();
    assert!(
        page == committed(),
        "`deploysim report` makes another page than the committed one"
    );
    assert!(page.len() < PAGE_BYTES_MAX, "{} bytes", page.len());
}

#[test]
fn every_subject_that_grows_has_a_chart_of_the_committed_data() {
    let page = committed();
    assert_eq!(page.matches("<figure id=\"benchmark-").count(), 9);
    assert_eq!(page.matches("Not measured").count(), 0);
}

/// The scenarios in a folder of the evidence; the table of each is kept beside it.
fn scenarios(folder: &str) -> Vec<PathBuf> {
    let entries = Path::new(DATA).join(folder).read_dir().unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn runs_of_the_committed_studies_give_the_committed_rows() {
    for path in [scenarios("studies"), scenarios("theory")].concat() {
        let text = fs::read_to_string(path.with_extension("csv")).unwrap();
        let kept: Vec<&str> = text.split_inclusive('\n').collect();
        let table = open(&path);
        assert_eq!(kept[0], table.header(), "{}", path.display());
        assert_eq!(kept.len() as u64, table.runs() + 1, "{}", path.display());
        for number in 0..PLAYED_AGAIN {
            let place = number * (table.runs() / PLAYED_AGAIN);
            let index = usize::try_from(place + 1).unwrap();
            assert_eq!(
                kept[index],
                line(&table, place),
                "{}: its scenario gives another row {place}",
                path.display()
            );
        }
    }
}
