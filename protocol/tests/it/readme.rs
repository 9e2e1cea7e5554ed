//! The tables of this package's README list every kind exactly once, each with a vector that
//! exists.

use crate::samples::{self, KINDS};
use std::collections::BTreeSet;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

/// The last cells of the rows of the tables whose last column is called `Vector`.
fn vector_names() -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut in_table = false;
    for line in README.lines() {
        let row = line.strip_prefix('|').and_then(|row| row.strip_suffix('|'));
        let last = row.and_then(|row| row.rsplit('|').next()).map(str::trim);
        match last {
            None => in_table = false,
            Some("Vector") => in_table = true,
            Some(cell) if in_table && !cell.starts_with("---") => {
                let name = cell
                    .strip_prefix('`')
                    .and_then(|cell| cell.strip_suffix('`'));
                names.push(name.unwrap_or_else(|| panic!("no vector in {line}")));
            }
            Some(_) => {}
        }
    }
    names
}

#[test]
fn every_kind_is_listed_once() {
    let mut listed = vector_names();
    listed.sort_unstable();
    let mut expected = KINDS.to_vec();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn every_named_vector_exists() {
    let vectors: BTreeSet<String> = samples::all()
        .into_iter()
        .map(|sample| sample.name)
        .collect();
    for name in vector_names() {
        assert!(vectors.contains(name), "no vector {name}");
    }
}

#[test]
fn every_row_begins_with_the_name_of_its_kind() {
    for name in vector_names() {
        let (_, kind) = name.split_once("::").unwrap();
        let row = README
            .lines()
            .find(|line| line.ends_with(&format!("| `{name}` |")))
            .unwrap();
        // Spark calls some answers by the type of their value.
        let first = row.split('|').nth(1).unwrap().trim();
        assert!(
            first == format!("`{kind}`") || first.starts_with(&format!("`{kind}` (")),
            "the row of {name} begins with {first}"
        );
    }
}

#[test]
fn the_version_of_spark_is_stated_once() {
    assert_eq!(README.matches("Spark 4.3.0").count(), 1);
}
