//! `deploysim report`: the page is made of a folder of measurements, and what is wrong with the
//! folder or the place of the page is said in the exit code.

use crate::ground::{Ground, deploysim};
use std::fs;

const ROW: &str = "name,median,lower,upper,unit,elements,machine,command,commit
queue/agenda/timers=10000,30000.0,29000.0,31000.0,ns,1000,Abacus,cargo bench,0123456789ab
";

#[test]
fn a_page_is_made_and_its_place_is_said() {
    let ground = Ground::new();
    let data = ground.file("data/queue.csv", ROW);
    let page = ground.path("pages/one.html");
    let line = format!("report PATH -o {}", page.display());
    let ran = deploysim(&line, data.parent().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout.trim(), page.display().to_string());
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("queue/agenda/timers=10000"));
}

#[test]
fn a_folder_without_evidence_is_bad_input() {
    let ground = Ground::new();
    let folder = ground.path("empty");
    fs::create_dir(&folder).unwrap();
    let ran = deploysim("report PATH", &folder);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("nothing to report of in"), "{ran:?}");
    let ran = deploysim("report PATH", &ground.path("nowhere"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn leniently_a_wrong_row_is_left_out_and_counted() {
    let ground = Ground::new();
    let data = ground.file("data/queue.csv", ROW);
    ground.file("data/rain.csv", "city,rain_mm\nUlm,3\n");
    let page = ground.path("one.html");
    let line = format!("report PATH -o {} --lenient", page.display());
    let ran = deploysim(&line, data.parent().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("1 left out"), "{ran:?}");
    assert!(page.exists());
}

#[test]
fn a_wrong_row_is_bad_input_and_nothing_is_written() {
    let ground = Ground::new();
    let data = ground.file("data/queue.csv", ROW.replace("30000.0", "fast"));
    let page = ground.path("one.html");
    let line = format!("report PATH -o {}", page.display());
    let ran = deploysim(&line, data.parent().unwrap());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("queue.csv:2:"), "{ran:?}");
    assert!(!page.exists());
}

#[test]
fn a_page_that_cannot_be_written_is_a_fault_of_the_machine() {
    let ground = Ground::new();
    let data = ground.file("data/queue.csv", ROW);
    let line = format!("report PATH -o {}/below.html", data.display());
    let ran = deploysim(&line, data.parent().unwrap());
    assert_eq!(ran.code, Some(3), "{ran:?}");
}
