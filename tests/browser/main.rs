//! Pages in a real browser: headless Chromium opens what the program writes and what live processes
//! show of themselves, with JavaScript on and off. Nothing may be loaded from anywhere, drawings have content, and filters, steps and jumps
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
#[expect(dead_code, reason = "tests without a browser use the rest of it")]
#[path = "../it/live/cluster.rs"]
mod cluster;
#[expect(dead_code, reason = "tests without a browser use the rest of it")]
#[path = "../it/ground.rs"]
mod ground;
mod page;
mod report;
mod run_view;
mod status;

use chromium::Chromium;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

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
    let program = chromium::program();
    if let Some(("--measure", pages)) = arguments.split_first().map(|(one, rest)| (&**one, rest)) {
        return program.map_or(ExitCode::FAILURE, |program| measure(&program, pages));
    }
    let is_wanted = |name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|one| !one.starts_with('-'))
            .peekable();
        filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str()))
    };
    let all = run_view::CHECKS.iter().chain(&report::CHECKS);
    let all = all.chain(&status::CHECKS);
    let (mut passed, mut failed) = (0, 0);
    for (name, check) in all.filter(|(name, _)| is_wanted(name)) {
        let is_right = match &program {
            Some(program) => carry_out(name, *check, program),
            // As with every runner of tests, one that is skipped counts as passed.
            None => {
                println!(
                    "skipped: browser::{name}: no Chromium was found (CHROMIUM, or on the PATH)"
                );
                true
            }
        };
        passed += u32::from(is_right);
        failed += u32::from(!is_right);
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n"
    );
    ExitCode::from(u8::from(failed > 0))
}

/// How long a check may take before its browser is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(180);

/// Tells whether the page is as the check says it is. A browser that does not answer ends the tests.
fn carry_out(name: &str, check: fn(&Ground), program: &Path) -> bool {
    let (_over, is_over) = channel::<()>();
    let watched = name.to_owned();
    thread::spawn(move || {
        if is_over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            println!("test browser::{watched} ... FAILED: no answer in {PATIENCE:?}");
            std::process::exit(1);
        }
    });
    let ground = Ground::new(program);
    let outcome = catch_unwind(AssertUnwindSafe(|| check(&ground)));
    let word = if outcome.is_ok() { "ok" } else { "FAILED" };
    println!("test browser::{name} ... {word}");
    outcome.is_ok()
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
