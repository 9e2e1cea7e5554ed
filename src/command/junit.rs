//! The results of `deploysim test` as a JUnit file, for build servers: a test case per scenario.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// One scenario's result.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The scenario file.
    pub(crate) name: String,
    /// What came of it.
    pub(crate) verdict: Verdict,
    /// How long the machine took for all its seeds.
    pub(crate) elapsed: Duration,
}

/// What came of a scenario.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// Everything held.
    Held,
    /// What failed.
    Failed(String),
    /// Why it was not played.
    Skipped(String),
}

/// Writes the file, under its name only when it is complete.
pub(crate) fn write(path: &Path, cases: &[Case]) -> io::Result<()> {
    let mut suite = TestSuite::new("scenarios");
    for case in cases {
        let status = match &case.verdict {
            Verdict::Held => TestCaseStatus::success(),
            Verdict::Skipped(reason) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(reason.clone());
                status
            }
            Verdict::Failed(text) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message("a property was violated");
                status.set_description(text.clone());
                status
            }
        };
        let mut test = TestCase::new(case.name.clone(), status);
        test.set_time(case.elapsed);
        suite.add_test_case(test);
    }
    let mut report = Report::new("deploysim test");
    report.add_test_suite(suite);
    let text = report.to_string().map_err(io::Error::other)?;
    let temporary = path.with_added_extension("partial");
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // What cannot be removed stays under its temporary name.
        let _ = fs::remove_file(&temporary);
        let text = format!("{} cannot be written: {error}", path.display());
        io::Error::new(error.kind(), text)
    })
}
