//! Pages in a real browser: headless Chromium opens what the program writes, with JavaScript on and
//! off. Nothing may be loaded from anywhere, drawings have content, and filters, steps and jumps
//! do what they say. Pictures of what was seen are kept for people.
//!
//! The tests have a runner of their own, so that they can say aloud that they are skipped where
//! there is no Chromium. `cargo test --test browser -- --measure PAGE…` measures how long pages
//! take to open instead.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]
#![expect(
    clippy::print_stdout,
    reason = "the runner of these tests writes what became of them"
)]

mod chromium;
mod page;
mod report;
mod run_view;

use chromium::Chromium;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A check of a page: its name, and what it does.
pub(crate) type Check = (&'static str, fn(&Ground));

/// What checks stand on: a browser, a folder for the files of a test, and one for pictures.
pub(crate) struct Ground {
    pub(crate) chromium: Chromium,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) pictures: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(program) = chromium::program() else {
        println!("skipped: browser: no Chromium was found (CHROMIUM, or on the PATH)");
        return ExitCode::SUCCESS;
    };
    if let Some(("--measure", pages)) = arguments.split_first().map(|(one, rest)| (&**one, rest)) {
        return measure(&program, pages);
    }
    let is_wanted = |name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|one| !one.starts_with('-'))
            .peekable();
        filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str()))
    };
    let all = run_view::CHECKS.iter().chain(&report::CHECKS);
    let checks = all.filter(|(name, _)| is_wanted(name));
    let (mut passed, mut failed) = (0, 0);
    for (name, check) in checks {
        let ground = Ground::new(&program);
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&ground)));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test browser::{name} ... {word}");
        passed += u32::from(outcome.is_ok());
        failed += u32::from(outcome.is_err());
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n"
    );
    ExitCode::from(u8::from(failed > 0))
}

impl Ground {
    fn new(program: &Path) -> Self {
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        std::fs::create_dir_all(&pictures).unwrap();
        Self {
            chromium: Chromium::start(program),
            folder: tempfile::tempdir().unwrap(),
            pictures,
        }
    }
}

/// Says how long each page takes from the beginning of its loading until it is ready, and how long
/// one drawing takes.
fn measure(program: &Path, pages: &[String]) -> ExitCode {
    for path in pages {
        let mut times = Vec::new();
        let mut drawn = String::new();
        let mut records = String::new();
        for _ in 0..5 {
            let chromium = Chromium::start(program);
            let path = std::fs::canonicalize(path).unwrap();
            let page = page::Page::open(&chromium, &path, page::Javascript::On);
            times.push(page.evaluate("deploysim.ready").as_f64().unwrap());
            drawn = page.evaluate("deploysim.redrawn().toFixed(1)").to_string();
            records = page.evaluate("deploysim.count()").to_string();
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{path}: {records} records, ready after {:.0} ms ({:.0} to {:.0}), drawn in {drawn} ms",
            times[2], times[0], times[4]
        );
    }
    ExitCode::SUCCESS
}
