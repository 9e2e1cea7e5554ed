//! The pages of a live master and worker, `/`: they keep themselves fresh, and a reader keeps the
//! place.

use crate::cluster::{Master, Worker, script};
use crate::ground::Ground as Files;
use crate::page::{Javascript, Page, Scheme};
use crate::{Check, Ground};

/// All checks of these pages.
pub(crate) const CHECKS: [Check; 7] = [
    ("status::a_reader_keeps_the_place", a_reader_keeps_the_place),
    ("status::what_is_in_use_is_kept", what_is_in_use_is_kept),
    ("status::a_form_asks_and_kills", a_form_asks_and_kills),
    (
        "status::it_waits_unseen_and_paused",
        it_waits_unseen_and_paused,
    ),
    (
        "status::a_master_that_is_gone_is_told_and_found_again",
        a_master_that_is_gone_is_told_and_found_again,
    ),
    (
        "status::it_reads_well_without_scripts",
        it_reads_well_without_scripts,
    ),
    ("status::it_is_photographed", it_is_photographed),
];

/// How many drivers wait: more than a window shows.
const DRIVERS: usize = 24;

/// A master with drivers that no worker of these tests has the cores for.
fn waiting_drivers(files: &Files) -> (Master, Vec<String>) {
    let master = Master::start(files, "");
    let program = script(files, "never", "exit 0");
    let submit = |_| master.submit(&program, &["--driver-cores", "3"]);
    let drivers = (0..DRIVERS).map(submit).collect();
    (master, drivers)
}

fn opened<'a>(ground: &'a Ground, url: &str) -> Page<'a> {
    let page = Page::visit(&ground.chromium, url, Javascript::On);
    page.resize(1200, 700);
    // A page that is loaded again has forgotten this.
    page.evaluate("window.isTheSame = true");
    page
}

/// Waits until an expression is true. The page changes at least every second, if only in what it
/// says of its age.
fn until(page: &Page<'_>, condition: &str) {
    page.evaluate(&format!(
        "new Promise((seen) => {{
            const look = () => {{ if ({condition}) {{ watch.disconnect(); seen(true); }} }};
            const watch = new MutationObserver(look);
            watch.observe(document, {{ subtree: true, childList: true, characterData: true, attributes: true }});
            look(); }})"
    ));
}

/// Waits until the page has been made again.
fn refreshed(page: &Page<'_>) {
    page.evaluate("window.wasMade = document.getElementById('made').dateTime");
    until(page, "document.getElementById('made').dateTime !== wasMade");
}

fn top(page: &Page<'_>, id: &str) -> f64 {
    let top = page.evaluate(&format!(
        "document.getElementById('{id}').getBoundingClientRect().top"
    ));
    top.as_f64().unwrap()
}

fn listed(driver: &str, table: &str) -> String {
    format!("document.querySelector('#{table} #{driver}') !== null")
}

fn a_reader_keeps_the_place(ground: &Ground) {
    let files = Files::new();
    let (master, drivers) = waiting_drivers(&files);
    let page = opened(ground, &master.page);
    // The latest is listed first: these two are in the middle.
    let (focused, selected) = (&drivers[DRIVERS / 2], &drivers[DRIVERS / 2 - 1]);
    page.evaluate(&format!(
        "(() => {{ location.hash = '{focused}';
        document.getElementById('running-applications').open = false;
        document.querySelector('#{focused} button').focus();
        getSelection().selectAllChildren(document.querySelector('#{selected} td')); }})()"
    ));
    let words = page.evaluate("getSelection().toString()");
    assert!(
        words.as_str().unwrap().contains(selected.as_str()),
        "{words}"
    );
    let (before, scrolled) = (top(&page, focused), page.number("Math.round(scrollY)"));
    assert!(scrolled > 100, "{scrolled}");

    let _worker = Worker::start(&files, "worker-1", &master.url);
    until(
        &page,
        "document.querySelector('#workers tbody tr') !== null",
    );
    // One that is listed above goes away.
    let gone = &drivers[DRIVERS - 1];
    assert_eq!(master.run("kill", &[], &[gone]).code, Some(0));
    until(&page, &listed(gone, "completed-drivers"));

    assert_eq!(page.evaluate("isTheSame"), true);
    let after = top(&page, focused);
    assert!((after - before).abs() < 1.0, "{before} became {after}");
    assert_eq!(page.evaluate("location.hash"), format!("#{focused}"));
    assert_eq!(page.evaluate("getSelection().toString()"), words);
    assert_eq!(
        page.evaluate("document.getElementById('running-applications').open"),
        false
    );
    let holder = "document.activeElement.closest('tr').id";
    assert_eq!(page.evaluate(holder), *focused.as_str());
    assert_eq!(page.requests(), [""; 0]);
    assert_eq!(page.complaints(), [""; 0]);
}

fn what_is_in_use_is_kept(ground: &Ground) {
    let files = Files::new();
    let (master, drivers) = waiting_drivers(&files);
    let page = opened(ground, &master.page);
    let used = &drivers[3];
    page.evaluate(&format!("document.querySelector('#{used} button').focus()"));
    assert_eq!(master.run("kill", &[], &[used]).code, Some(0));
    until(&page, &listed(used, "completed-drivers"));
    let holder = "document.activeElement.closest('[data-stale]')?.id";
    assert_eq!(page.evaluate(holder), *used.as_str());
    page.evaluate("document.activeElement.blur()");
    until(&page, "document.querySelector('[data-stale]') === null");
    assert_eq!(page.evaluate(&listed(used, "running-drivers")), false);
    assert_eq!(page.evaluate("isTheSame"), true);
}

fn a_form_asks_and_kills(ground: &Ground) {
    let files = Files::new();
    let (master, drivers) = waiting_drivers(&files);
    let page = opened(ground, &master.page);
    let (spared, killed) = (&drivers[0], &drivers[1]);
    let answer = |driver: &str, answer: bool| {
        page.evaluate(&format!(
            "(() => {{ window.confirm = (text) => {{ window.question = text; return {answer}; }};
            document.querySelector('#{driver} button').click(); return question; }})()"
        ))
    };
    assert_eq!(answer(spared, false), format!("Kill {spared}?"));
    refreshed(&page);
    assert_eq!(page.evaluate(&listed(spared, "running-drivers")), true);
    assert_eq!(answer(killed, true), format!("Kill {killed}?"));
    page.loaded();
    assert_eq!(page.evaluate(&listed(killed, "completed-drivers")), true);
    assert_eq!(page.evaluate(&listed(spared, "running-drivers")), true);
}

fn it_waits_unseen_and_paused(ground: &Ground) {
    let files = Files::new();
    let master = Master::start(&files, "");
    let page = opened(ground, &master.page);
    let in_a_minute = || {
        page.asked();
        page.let_pass(60_000);
        page.asked()
    };
    let seen = in_a_minute();
    assert!((10..=21).contains(&seen), "{seen} in a minute of 3 s each");

    page.evaluate(
        "(() => { Object.defineProperty(document, 'hidden', { get: () => window.isUnseen ?? true });
        document.dispatchEvent(new Event('visibilitychange')); })()",
    );
    assert_eq!(in_a_minute(), 0, "while nobody sees it");
    page.evaluate(
        "(() => { window.isUnseen = false;
        document.dispatchEvent(new Event('visibilitychange')); })()",
    );
    assert!(in_a_minute() >= 10);

    page.evaluate("document.getElementById('pause').click()");
    assert_eq!(
        page.evaluate("document.getElementById('pause').textContent"),
        "Resume"
    );
    assert_eq!(in_a_minute(), 0, "while it is paused");
    page.reload();
    assert_eq!(
        page.evaluate("document.getElementById('age').textContent"),
        "paused"
    );
    assert_eq!(in_a_minute(), 0, "while it is still paused");
    page.evaluate("document.getElementById('pause').click()");
    assert!(in_a_minute() >= 10);
}

fn a_master_that_is_gone_is_told_and_found_again(ground: &Ground) {
    let files = Files::new();
    let mut master = Master::start(&files, "");
    let page = opened(ground, &master.page);
    master.process.kill();
    until(&page, "!document.getElementById('trouble').hidden");
    let trouble = page.evaluate("document.getElementById('trouble').textContent");
    let trouble = trouble.as_str().unwrap();
    assert!(
        trouble.starts_with("Cannot reach the master ("),
        "{trouble}"
    );
    assert!(trouble.contains("Last seen at 20"), "{trouble}");
    until(
        &page,
        "document.getElementById('age').textContent.includes('trying again in')",
    );
    page.photograph(&ground.pictures.join("status-out-of-reach.png"));

    let (_, port) = master.page.rsplit_once(':').unwrap();
    let _again = Master::start(&files, &format!("spark.master.ui.port {port}"));
    until(&page, "document.getElementById('trouble').hidden");
    until(
        &page,
        "document.getElementById('age').textContent.startsWith('updated')",
    );
    assert_eq!(page.evaluate("isTheSame"), true);
}

fn it_reads_well_without_scripts(ground: &Ground) {
    let files = Files::new();
    let master = Master::start(&files, "");
    let page = Page::visit(&ground.chromium, &master.page, Javascript::Off);
    let text = page.text();
    let rest = format!("{} (cluster mode)", master.rest);
    for expected in [
        &rest,
        "<h1>Spark Master at spark://127.0.0.1:",
        "As of <time id=\"made\"",
        "<a id=\"refresh\" href=\"./\">Refresh</a>",
        "<button class=\"scripted\" type=\"button\" id=\"pause\" hidden",
        "Workers (0)",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(page.requests(), [""; 0]);
    assert_eq!(page.complaints(), [""; 0]);
}

fn it_is_photographed(ground: &Ground) {
    let files = Files::new();
    let master = Master::start(&files, "");
    let workers = ["worker-1", "worker-2"].map(|name| Worker::start(&files, name, &master.url));
    master.wait_for_workers(2);
    let programs = [
        ("fine", "exit 0", "FINISHED"),
        ("broken", "exit 3", "FAILED"),
        ("long", "exec sleep 600", "RUNNING"),
    ];
    for (name, body, state) in programs {
        let driver = master.submit(&script(&files, name, body), &[]);
        master.wait_for_state(&driver, state);
    }
    master.submit(&script(&files, "never", "exit 0"), &["--driver-cores", "3"]);
    for (name, url) in [("master", &master.page), ("worker", &workers[0].page)] {
        let page = opened(ground, url);
        refreshed(&page);
        for (scheme, word) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            page.show_in(scheme);
            for (width, size) in [(1440, "wide"), (420, "narrow")] {
                page.resize(width, 1000);
                let wider = page.number("document.documentElement.scrollWidth");
                assert!(
                    wider <= u64::from(width),
                    "{name} {size}: {wider} pixels wide"
                );
                let picture = format!("status-{name}-{word}-{size}.png");
                page.photograph(&ground.pictures.join(picture));
            }
        }
        assert_eq!(page.complaints(), [""; 0]);
    }
}
