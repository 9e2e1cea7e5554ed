//! `deploysim export`, and the page that `run --out` writes: what is written, and what bad input
//! earns.

use crate::ground::{Ground, HOLDS, deploysim};
use std::fs;

#[test]
fn a_recorded_run_is_exported() {
    let ground = Ground::new();
    let out = ground.path("out");
    let line = format!("run PATH --out {}", out.display());
    let ran = deploysim(&line, &ground.file("one.toml", HOLDS));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for (tool, begins) in [
        ("perfetto", "{\"displayTimeUnit\":\"ms\",\"traceEvents\":["),
        ("shiviz", "0.000000000s started: "),
    ] {
        let file = ground.path(tool);
        let ran = deploysim(
            &format!("export PATH --to {tool} -o {}", file.display()),
            &out,
        );
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(
            ran.stdout.starts_with(&file.display().to_string()),
            "{ran:?}"
        );
        let written = fs::read_to_string(&file).unwrap();
        assert!(written.starts_with(begins), "{tool}");
    }
}

#[test]
fn a_trace_that_is_cut_off_is_bad_input() {
    let ground = Ground::new();
    let header = "{\"format\":\"deploysim-trace\",\"version\":2,\"title\":\"One\",\"seed\":1}\n";
    ground.file("out/trace.jsonl", header);
    let file = ground.path("one.json");
    let line = format!("export PATH --to perfetto -o {}", file.display());
    let ran = deploysim(&line, &ground.path("out"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("trace.jsonl:1: the trace is cut off"),
        "{ran:?}"
    );
    assert!(!file.exists());
    let ran = deploysim(&line, &ground.path("nothing"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_page_that_cannot_be_written_is_a_fault_of_the_machine() {
    let ground = Ground::new();
    let out = ground.path("out");
    let line = format!("run PATH --out {}", out.display());
    deploysim(&line, &ground.file("one.toml", HOLDS));
    let file = ground.path("no/such/folder/one.json");
    let line = format!("export PATH --to perfetto -o {}", file.display());
    assert_eq!(deploysim(&line, &out).code, Some(3));
}

#[test]
fn a_window_of_the_view_needs_a_folder_and_two_times() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    let out = ground.path("out");
    let ran = deploysim("run PATH --view-window 1s..2s", &path);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let line = format!("run PATH --out {} --view-window 5s", out.display());
    let ran = deploysim(&line, &path);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("`20s..90s`"), "{ran:?}");
    let line = format!("run PATH --out {} --view-window 0s..20s", out.display());
    assert_eq!(deploysim(&line, &path).code, Some(0));
    let page = fs::read_to_string(out.join("run.html")).unwrap();
    assert!(page.contains("from 0.000s to 20.000s, which was asked for"));
}
