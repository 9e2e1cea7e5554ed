//! `run.html`, the page of a run.

use crate::page::{Javascript, Page, Scheme};
use crate::{Check, Ground};
use std::path::{Path, PathBuf};
use std::process::Command;

/// All checks of this page.
pub(crate) const CHECKS: [Check; 7] = [
    ("run_view::nothing_leaves_the_file", nothing_leaves_the_file),
    (
        "run_view::it_reads_well_without_scripts",
        it_reads_well_without_scripts,
    ),
    ("run_view::the_diagram_has_content", the_diagram_has_content),
    (
        "run_view::steps_go_forward_and_back",
        steps_go_forward_and_back,
    ),
    (
        "run_view::filters_and_search_narrow_it_down",
        filters_and_search_narrow_it_down,
    ),
    ("run_view::marks_can_be_jumped_to", marks_can_be_jumped_to),
    ("run_view::it_is_photographed", it_is_photographed),
];

const SILENT: &str = "liveness/silent-worker-comes-back.toml";
const FAIL_OVER: &str = "recovery/leader-crashes.toml";
const LARGEST: &str = "recovery/an-hour-of-random-faults.toml";

/// Plays a scenario of the library and returns its page.
fn played(ground: &Ground, scenario: &str, more: &[&str]) -> PathBuf {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/files");
    let out = ground.folder.path().join(scenario.replace('/', "-"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploysim"));
    command
        .arg("run")
        .arg(library.join(scenario))
        .arg("--out")
        .arg(&out)
        .args(more);
    let output = command.output().unwrap();
    let code = output.status.code();
    assert!(
        code < Some(2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    out.join("run.html")
}

/// Opens a page and waits until all of it is read.
fn opened<'a>(ground: &'a Ground, path: &Path) -> Page<'a> {
    let page = Page::open(&ground.chromium, path, Javascript::On);
    page.evaluate("deploysim.ready");
    page
}

fn drawn(page: &Page<'_>, what: &str) -> u64 {
    page.number(&format!("deploysim.drawn().{what}"))
}

fn moment(page: &Page<'_>) -> (u64, String) {
    let sentence = page.evaluate("deploysim.moment().sentence");
    let at = page.number("deploysim.moment().at");
    (at, sentence.as_str().unwrap().to_owned())
}

fn nothing_leaves_the_file(ground: &Ground) {
    for world in ["queue", "turmoil"] {
        let path = played(ground, SILENT, &["--world", world, "--force"]);
        let page = opened(ground, &path);
        for key in ["ArrowRight", "+", "n", "0"] {
            page.press(key);
        }
        page.evaluate("deploysim.redrawn()");
        assert_eq!(page.requests(), [""; 0]);
        assert_eq!(page.complaints(), [""; 0]);
        let html = std::fs::read_to_string(path).unwrap();
        for word in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
}

fn it_reads_well_without_scripts(ground: &Ground) {
    let path = played(ground, SILENT, &[]);
    let page = Page::open(&ground.chromium, &path, Javascript::Off);
    let text = page.text();
    for expected in [
        "A silent worker is declared dead and comes back",
        "Everything held",
        "worker-2 is DEAD by 121s: decided at 120.000s",
        "partition worker-2 | master-1",
        "WorkerForgotten worker-2",
        "The diagram needs JavaScript",
        "RegisterWorker",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    assert_eq!(page.requests(), [""; 0]);
    page.photograph(&ground.pictures.join("run-view-without-scripts.png"));
}

fn the_diagram_has_content(ground: &Ground) {
    let page = opened(ground, &played(ground, SILENT, &[]));
    page.press("0");
    assert_eq!(drawn(&page, "faults"), 1);
    assert_eq!(drawn(&page, "lanes"), page.number("deploysim.lanes()"));
    assert!(drawn(&page, "arrows") > 50);
    assert!(drawn(&page, "events") > 20);
    assert_eq!(drawn(&page, "bars"), 5, "the executors of the application");
    let pixels = "(() => { const canvas = document.querySelector('.scroller canvas');
        const pen = canvas.getContext('2d');
        const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
        const colours = new Set();
        for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return colours.size; })()";
    assert!(page.number(pixels) > 20);
}

fn steps_go_forward_and_back(ground: &Ground) {
    let page = opened(ground, &played(ground, SILENT, &[]));
    page.press("Home");
    let first = moment(&page);
    assert_eq!(
        first,
        (0, "master-1: started: master at master-1:7077".to_owned())
    );
    page.press("ArrowRight");
    let second = moment(&page);
    assert_ne!(second, first);
    page.press("ArrowLeft");
    assert_eq!(moment(&page), first);
    page.press("End");
    let last = moment(&page);
    assert!(last.0 >= 300_000_000_000, "{last:?}");
    let states = page.evaluate("document.querySelector('.states').textContent");
    let states = states.as_str().unwrap();
    assert!(states.contains("worker-2ALIVE"), "{states}");
    page.press("n");
    page.press("Home");
    let states = page.evaluate("document.querySelector('.states').textContent");
    assert!(
        states.as_str().unwrap().contains("piNOT STARTED"),
        "{states}"
    );
}

fn filters_and_search_narrow_it_down(ground: &Ground) {
    let page = opened(ground, &played(ground, SILENT, &[]));
    page.press("0");
    let (steps, arrows) = (page.number("deploysim.steps()"), drawn(&page, "arrows"));
    let choose = |name: &str| {
        let script = format!(
            "(() => {{ const label = [...document.querySelectorAll('.kinds label')].find((one) => one.textContent.includes('{name} ('));
            label.querySelector('input').click(); return label.textContent; }})()"
        );
        page.evaluate(&script)
    };
    let label = choose("RegisterWorker");
    assert_eq!(label, " RegisterWorker (4)");
    assert_eq!(page.number("deploysim.steps()"), steps - 4);
    choose("RegisterWorker");
    assert_eq!(page.number("deploysim.steps()"), steps);
    let type_into = |field: &str, text: &str| {
        page.evaluate(&format!(
            "(() => {{ const field = document.getElementById('{field}'); field.value = '{text}';
            field.dispatchEvent(new Event('input')); }})()"
        ));
    };
    type_into("nodes", "worker-3");
    assert!(page.number("deploysim.lanes()") < 5);
    assert!(page.number("deploysim.steps()") < steps);
    assert!(drawn(&page, "arrows") < arrows);
    type_into("nodes", "");
    assert_eq!(page.number("deploysim.steps()"), steps);
    type_into("find", "ReconnectAsked");
    let found = page.evaluate("document.querySelector('.found').textContent");
    assert_eq!(found, "14 found");
    page.press("Home");
    page.evaluate("document.getElementById('find').focus()");
    page.press("Enter");
    let (at, sentence) = moment(&page);
    assert!(sentence.contains("ReconnectAsked worker-2"), "{sentence}");
    assert!(at > 234_000_000_000, "{at}");
}

fn marks_can_be_jumped_to(ground: &Ground) {
    let page = opened(ground, &played(ground, SILENT, &[]));
    page.press("Home");
    page.press("n");
    assert_eq!(moment(&page).0, 120_000_000_000);
    page.press("n");
    assert_eq!(moment(&page).0, 234_613_021_726);
    page.press("p");
    assert_eq!(moment(&page).0, 120_000_000_000);
    let click = "document.querySelectorAll('#judgements button')[1].click()";
    page.evaluate(click);
    assert_eq!(moment(&page).0, 234_613_021_726);
    let span = page.evaluate("(() => { const span = deploysim.span(); return span.from < 234613021726 && span.to > 234613021726; })()");
    assert_eq!(span, true);
}

fn it_is_photographed(ground: &Ground) {
    for (name, scenario) in [
        ("silent-worker", SILENT),
        ("fail-over", FAIL_OVER),
        ("an-hour", LARGEST),
    ] {
        let path = played(ground, scenario, &[]);
        assert!(std::fs::metadata(&path).unwrap().len() <= 30_000_000);
        for scheme in [Scheme::Light, Scheme::Dark] {
            let page = opened(ground, &path);
            page.show_in(scheme);
            let word = format!("{scheme:?}").to_lowercase();
            let picture = |part: &str| {
                ground
                    .pictures
                    .join(format!("run-view-{name}-{part}-{word}.png"))
            };
            page.evaluate(
                "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))",
            );
            page.photograph(&picture("whole"));
            page.press("n");
            page.evaluate(
                "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))",
            );
            page.photograph(&picture("mark"));
            assert_eq!(page.complaints(), [""; 0]);
        }
    }
}
