//! The pages for people: what they list, and what a process may not smuggle into them.

use super::request;
use super::state::{application, description, driver, gpus, state};
use crate::gateway::state::page::{duration, link, memory};
use crate::gateway::{MasterPages, Response, Step, WorkerPages};
use deploysim_protocol::address::Address;
use deploysim_protocol::id::{ApplicationId, ExecutorId, WorkerId};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::{
    ExecutorReport, MasterStateResponse, WorkerStateResponse,
};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::ExecutorState;
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::time::WallTime;
use std::sync::Arc;

fn master_page(state: MasterStateResponse) -> String {
    master_answer(state).body
}

fn master_answer(state: MasterStateResponse) -> Response {
    let Step::Ask(question) = MasterPages::default().receive(&request("GET", "/", b"")) else {
        panic!("a master is asked");
    };
    let answer = Answer::MasterState(Box::new(state));
    let response = question.answered(Ok(answer), WallTime::from_millis(90_000));
    assert_eq!(response.status, 200);
    let content_type = ("Content-Type", "text/html;charset=utf-8".to_owned());
    assert!(response.headers.contains(&content_type));
    response
}

/// The page's texts in order, without its tags.
fn words(page: &str) -> String {
    let (_, body) = page.split_once("<body ").unwrap();
    let (body, _script) = body.split_once("<script>").unwrap();
    let texts = body.split('<').filter_map(|piece| piece.split_once('>'));
    let texts = texts
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_masters_page_lists_what_the_master_knows() {
    scope(|| {
        let words = words(&master_page(state()));
        for expected in [
            "Spark Master at spark://h:7077",
            "REST URL | spark://h:6066 (cluster mode)",
            "Alive Workers | 2 | Cores in use | 8 Total, 2 Used",
            "Memory in use | 2.0 GiB Total, 512.0 MiB Used",
            "Applications | 2 Running, 2 Completed | Drivers | 2 Running (0 Waiting), 2 Completed",
            "As of | 1970/01/01 00:01:30 UTC | Refresh",
            "Status | ALIVE | URL",
            "worker-1 | h:1 | ALIVE | 4 (1 Used) | 1024.0 MiB (256.0 MiB Used) | gpu: [0, 1, 2] (gpu: [1] Used)",
            "worker-2 | h:2 | DEAD",
            "app-2 | pi | 3 | 512.0 MiB | 2 gpu | 1970/01/01 00:00:00 | me | RUNNING | 1.5 min",
            "driver-2 | 1970/01/01 00:00:00 | None | RUNNING | 1 | 512.0 MiB | gpu: [1]",
        ] {
            assert!(words.contains(expected), "{expected}\n{words}");
        }
        let order = [
            "Workers (3)",
            "Running Applications (2)",
            "Running Drivers (2)",
            "Completed Applications (2)",
            "Completed Drivers (2)",
        ];
        let found = order.map(|caption| words.find(caption).unwrap());
        assert!(found.is_sorted(), "{words}");
    });
}

#[test]
fn a_masters_page_without_drivers_has_no_tables_of_them() {
    scope(|| {
        let state = MasterStateResponse {
            active_drivers: Vec::new(),
            completed_drivers: Vec::new(),
            ..state()
        };
        let words = words(&master_page(state));
        assert!(words.contains("Workers (3)"));
        assert!(!words.contains("Running Drivers ("));
        assert!(!words.contains("Completed Drivers ("));
    });
}

#[test]
fn what_a_process_says_of_itself_is_text_and_no_code() {
    scope(|| {
        let mut state = state();
        let mut named = application(9);
        let mut described = (*description()).clone();
        described.name = "<script>alert(1)</script>".to_owned();
        described.app_ui_url = "javascript:alert(1)".to_owned();
        named.description = Arc::new(described);
        state.active_applications.push(named);
        state.workers[0].web_ui_url = Text::new("\"><img src=http://x>");
        let mut other = driver(9);
        other.main_class = Some(Text::new("<b>"));
        state.active_drivers.push(other);
        let page = master_page(state);
        for smuggled in ["<script>alert", "javascript:", "<img", "<b>"] {
            assert!(!page.contains(smuggled), "{smuggled}");
        }
        assert_eq!(page.matches("<script").count(), 1, "the page's own");
        assert!(page.contains("&lt;script&gt;"));
    });
}

#[test]
fn a_page_loads_nothing() {
    scope(|| {
        let page = master_page(state());
        for loading in [" src=", "<link", "@import", "url("] {
            assert!(!page.contains(loading), "{loading}");
        }
    });
}

#[test]
fn a_browser_may_run_the_pages_own_script_and_nothing_else() {
    scope(|| {
        let response = master_answer(state());
        let header = |name| response.headers.iter().find(|(key, _)| *key == name);
        let (_, policy) = header("Content-Security-Policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'sha256-"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        for word in [" style=", " onclick=", " onload="] {
            assert!(!response.body.contains(word), "{word} would not run");
        }
    });
}

#[test]
fn rows_and_tables_have_names_that_are_the_same_a_moment_later() {
    scope(|| {
        let page = master_page(state());
        for name in [
            "workers",
            "running-drivers",
            "worker-1",
            "app-2",
            "driver-2",
        ] {
            assert_eq!(page.matches(&format!("id=\"{name}\"")).count(), 1, "{name}");
        }
    });
}

#[test]
fn what_only_scripts_can_do_is_hidden_without_them() {
    scope(|| {
        let page = master_page(state());
        assert!(page.contains("<a id=\"refresh\" href=\"./\">Refresh</a>"));
        let scripted: Vec<_> = page.match_indices("class=\"scripted\"").collect();
        assert_eq!(scripted.len(), 2);
        for (at, _) in scripted {
            let (tag, _) = page[at..].split_once('>').unwrap();
            assert!(tag.ends_with(" hidden"), "{tag}");
        }
    });
}

#[test]
fn a_workers_page_lists_what_it_runs() {
    scope(|| {
        let executor = |number, state| ExecutorReport {
            executor: ExecutorId {
                application: ApplicationId::new("app-1"),
                number,
            },
            worker_id: WorkerId::new("worker-1"),
            cores: 1,
            memory_mib: 512,
            resources: Resources::NONE,
            description: description(),
            state,
        };
        let state = WorkerStateResponse {
            address: Address::new("h", 1),
            worker_id: WorkerId::new("worker-1"),
            executors: vec![executor(7, ExecutorState::Running)],
            finished_executors: vec![executor(6, ExecutorState::Killed)],
            drivers: vec![driver(1)],
            finished_drivers: vec![driver(2)],
            master_url: Some(Address::new("m", 7077)),
            cores: 4,
            memory_mib: 4096,
            cores_used: 2,
            memory_used_mib: 1024,
            master_web_ui_url: Some(Text::new("http://m:8080")),
            resources: gpus(&["0"]),
            resources_used: Resources::NONE,
        };
        let Step::Ask(question) = WorkerPages.receive(&request("GET", "/", b"")) else {
            panic!("a worker is asked");
        };
        let answer = Answer::WorkerState(Box::new(state));
        let page = question.answered(Ok(answer), WallTime::EPOCH).body;
        assert!(page.contains("<body data-role=\"worker\">"));
        assert!(page.contains("<a href=\"http://m:8080\">spark://m:7077</a>"));
        let words = words(&page);
        for expected in [
            "Spark Worker at h:1",
            "Cores | 4 (2 Used) | Memory | 4.0 GiB (1024.0 MiB Used) | Resources | gpu: [0]",
            "7 | RUNNING | 1 | 512.0 MiB | app-1 | pi | me",
            "6 | KILLED",
            "driver-1",
            "Finished Drivers (1)",
        ] {
            assert!(words.contains(expected), "{expected}\n{words}");
        }
    });
}

#[test]
fn amounts_are_written_as_sparks_pages_write_them() {
    let sizes = [
        (0, "0.0 B"),
        (1, "1024.0 KiB"),
        (2, "2.0 MiB"),
        (2047, "2047.0 MiB"),
        (2048, "2.0 GiB"),
        (3 << 20, "3.0 TiB"),
    ];
    for (mebibytes, text) in sizes {
        assert_eq!(memory(mebibytes), text);
    }
    let spans = [
        (99, "99 ms"),
        (100, "0.1 s"),
        (6126, "6 s"),
        (90_000, "1.5 min"),
        (1_200_000, "20 min"),
        (5_400_000, "1.5 h"),
    ];
    for (milliseconds, text) in spans {
        assert_eq!(duration(milliseconds), text);
    }
    assert_eq!(link("a", "ftp://b").into_string(), "a");
}
