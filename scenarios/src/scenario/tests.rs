//! Reading whole files: what is taken, what is refused and how that is said, and that a plan
//! written out is the same plan.

mod bad;
mod good;
mod schema;
mod sweep;
mod workload;

use super::error::{ScenarioError, Style};
use super::parse;
use super::plan::Plan;
use std::path::Path;

/// The smallest file.
const SMALLEST: &str =
    "title = \"Nothing happens\"\nuntil = \"60s\"\n[cluster]\nworker = { count = 2 }\n";

/// The start of most wrong files.
const TWO_WORKERS: &str = "title = \"t\"\nuntil = \"60s\"\n[cluster]\nworker = { count = 2 }\n";

/// A file that is read without complaint.
fn plan(text: &str) -> Plan {
    match parse("file.toml", text.as_bytes(), Path::new(""), &[]) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    }
}

/// What is wrong with a file.
fn wrong(text: &str) -> ScenarioError {
    parse("file.toml", text.as_bytes(), Path::new(""), &[]).expect_err("the file is wrong")
}

/// All problems of a file as a user sees them, without colour.
fn rendered(text: &str) -> String {
    wrong(text).render(Style::Plain)
}
