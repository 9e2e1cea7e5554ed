//! Results as a JUnit file, for build servers: of `deploysim test` a case per scenario, of `deploysim
//! compare` one per combination of values.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// What the results are of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suite {
    /// The command that made them.
    pub(crate) report: &'static str,
    /// What a case is about.
    pub(crate) name: &'static str,
    /// What is said of a case that failed.
    pub(crate) failure: &'static str,
}

/// One result.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The scenario file, or the combination of values.
    pub(crate) name: String,
    /// What came of it.
    pub(crate) verdict: Verdict,
    /// How long the machine took for it.
    pub(crate) elapsed: Duration,
}

/// What came of a case.
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
pub(crate) fn write(path: &Path, of: &Suite, cases: &[Case]) -> io::Result<()> {
    let mut suite = TestSuite::new(of.name);
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
                status.set_message(of.failure);
                status.set_description(text.clone());
                status
            }
        };
        let mut test = TestCase::new(case.name.clone(), status);
        test.set_time(case.elapsed);
        suite.add_test_case(test);
    }
    let mut report = Report::new(of.report);
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
