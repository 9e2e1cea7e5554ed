//! Paths and methods, and the ids in them.

use super::{answer, asked, message, question};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::to_client::{DriverStatusResponse, KillDriverResponse};
use deploysim_protocol::message::{Answer, AskMaster};
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;

#[test]
fn a_path_without_an_action_says_what_is_missing() {
    let cases = [
        ("/", 400, "Missing protocol version."),
        ("//", 400, "Missing protocol version."),
        ("/v1/", 400, "Missing the /submissions prefix."),
        ("/v1/submissions/", 400, "Missing an action"),
        ("/v1/submissions/create2", 400, "Missing an action"),
        ("/v1/other", 468, "Unknown protocol version 'v1'."),
        ("/v%31", 400, "Missing the /submissions prefix."),
        ("*", 468, "Unknown protocol version '*'."),
        ("", 400, "Missing protocol version."),
    ];
    for (path, status, begin) in cases {
        for method in ["GET", "POST", "DELETE", "BREW"] {
            let response = answer(method, path, "");
            assert_eq!(response.status, status, "{method} {path}");
            assert!(message(&response).starts_with(begin), "{method} {path}");
        }
    }
}

#[test]
fn a_method_that_an_action_does_not_have_is_refused() {
    let cases = [
        ("HEAD", "/v1/submissions/create", 405),
        ("PATCH", "/v1/submissions/create", 501),
        ("TRACE", "/v1/submissions/status/a", 405),
        ("POST", "/v1/submissions/readyz", 405),
        ("GET", "/v1/submissions/killall", 405),
        ("GET", "/v1/submissions/clear/now", 405),
    ];
    for (method, path, status) in cases {
        let response = answer(method, path, "");
        assert_eq!(response.status, status, "{method} {path}");
        let has_page = method == "GET" || method == "POST";
        assert_eq!(!response.body.is_empty(), has_page, "{method} {path}");
    }
    let response = answer("OPTIONS", "/v1/submissions/status/a", "");
    let allow = ("Allow", "GET, HEAD, TRACE, OPTIONS".to_owned());
    assert!(response.headers.contains(&allow));
}

#[test]
fn only_the_first_part_after_the_action_is_the_id() {
    scope(|| {
        let driver = DriverId::new("any");
        let kill = question("POST", "/v1/submissions/kill/any/thing", "");
        assert_eq!(asked(&kill), &AskMaster::RequestKillDriver { driver });
        let status = question("GET", "/v1/submissions/status/%61ny", "");
        assert_eq!(asked(&status), &AskMaster::RequestDriverStatus { driver });
    });
}

#[test]
fn ids_that_never_were_take_no_place_in_the_table_of_texts() {
    scope(|| {
        let ask = |number: u32| {
            let id = format!("driver-{number}");
            let kill = question("POST", &format!("/v1/submissions/kill/{id}"), "");
            let AskMaster::RequestKillDriver { driver } = *asked(&kill) else {
                panic!("a kill is asked for");
            };
            let reply = KillDriverResponse {
                master: Reference::unbound(Address::new("127.0.0.1", 7077)),
                driver,
                success: false,
                message: format!("Driver {driver} does not exist").into(),
            };
            let reply = Answer::KillDriver(Box::new(reply));
            let response = kill.answered(Ok(reply), WallTime::EPOCH);
            assert_eq!(message(&response), format!("Driver {id} does not exist"));
            assert!(
                response
                    .body
                    .contains(&format!("\"submissionId\" : \"{id}\""))
            );
        };
        ask(0);
        let before = Text::new("before").number();
        for number in 1..1000 {
            ask(number);
        }
        assert_eq!(Text::new("after").number(), before + 1);
    });
}

#[test]
fn an_ask_that_fails_is_a_page_of_the_container() {
    scope(|| {
        for error in [AskError::TimedOut, AskError::Connection] {
            let status = question("GET", "/v1/submissions/status/a", "");
            let response = status.answered(Err(error), WallTime::EPOCH);
            assert_eq!(response.status, 500);
            assert!(
                response
                    .body
                    .contains("<title>Error 500 org.apache.spark.SparkException")
            );
        }
        let status = question("HEAD", "/v1/submissions/status/a", "");
        let other = status.answered(Ok(Answer::Flag(true)), WallTime::EPOCH);
        assert_eq!((other.status, other.body.as_str()), (500, ""));
    });
}

#[test]
fn a_refusal_to_speak_of_a_driver_is_an_exception_of_java() {
    scope(|| {
        let status = question("GET", "/v1/submissions/status/a", "");
        let reply = DriverStatusResponse {
            found: false,
            state: None,
            worker_id: None,
            worker_address: None,
            exception: Some("Current state is not alive: STANDBY.".into()),
        };
        let reply = Answer::DriverStatus(Box::new(reply));
        let response = status.answered(Ok(reply), WallTime::EPOCH);
        assert_eq!(response.status, 200);
        assert_eq!(
            message(&response),
            "Exception from the cluster:\njava.lang.Exception: Current state is not alive: STANDBY."
        );
    });
}

#[test]
fn what_strangers_write_into_a_page_is_escaped() {
    let response = answer("GET", "/v1/submissions/kill/<script>\u{e9}", "");
    assert_eq!(response.status, 405);
    assert!(response.body.contains("/kill/&lt;script&gt;&#233;</td>"));
}
