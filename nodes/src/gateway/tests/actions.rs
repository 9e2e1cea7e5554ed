//! What a master's page offers, and what becomes of its forms.

use super::request;
use super::state::state;
use crate::gateway::{MasterPages, Request, Response, Step};
use crate::hosted::AnyOperation;
use crate::master::MasterOperation;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::message::to_client::KillDriverResponse;
use deploysim_protocol::message::{Answer, Ask, AskMaster};
use deploysim_protocol::state::{ApplicationState, DriverState};
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;

const ALL: MasterPages = MasterPages {
    offers_kill: true,
    offers_decommission: true,
};

fn posted(path: &str, form: &str) -> Step {
    ALL.receive(&request("POST", path, form.as_bytes()))
}

fn leads_back(response: &Response) -> bool {
    response.status == 302 && response.headers.contains(&("Location", "/".to_owned()))
}

#[test]
fn an_application_is_killed_by_its_form() {
    scope(|| {
        let application = ApplicationId::new("app-1");
        for path in ["/app/kill", "/app/kill/"] {
            let Step::Operate {
                operation: AnyOperation::Master(operation),
                response,
            } = posted(path, "id=app-1&terminate=true")
            else {
                panic!("{path} does nothing");
            };
            assert_eq!(operation, MasterOperation::KillApplication { application });
            assert!(leads_back(&response));
        }
    });
}

#[test]
fn a_driver_is_killed_by_its_form_and_the_page_shows_what_became_of_it() {
    scope(|| {
        let driver = DriverId::new("driver 1");
        let Step::Ask(question) = posted("/driver/kill/", "terminate=true&id=driver+1") else {
            panic!("a master is asked");
        };
        let Ask::AskMaster(AskMaster::RequestKillDriver { driver: asked }) = question.ask else {
            panic!("not {:?}", question.ask);
        };
        assert_eq!(asked, driver);
        let answer = KillDriverResponse {
            master: Reference::unbound(Address::new("h", 7077)),
            driver,
            success: false,
            message: "it has ended".into(),
        };
        let response = question.answered(Ok(Answer::KillDriver(Box::new(answer))), WallTime::EPOCH);
        assert!(leads_back(&response), "{response:?}");
        let Step::Ask(question) = posted("/driver/kill/", "terminate=true&id=driver+1") else {
            panic!("a master is asked");
        };
        assert_eq!(
            question
                .answered(Err(AskError::TimedOut), WallTime::EPOCH)
                .status,
            500
        );
    });
}

#[test]
fn a_form_that_is_not_whole_or_names_nobody_does_nothing() {
    scope(|| {
        let _known = ApplicationId::new("app-1");
        for path in ["/app/kill/", "/driver/kill/"] {
            for form in [
                "",
                "id=app-1",
                "terminate=true",
                "id=app-1&terminate=false",
                "id=app-1&terminate=yes",
                "id=app-9&terminate=true",
                "id=&terminate=true",
                "\u{0}%ff%zz&&&===",
            ] {
                let step = posted(path, form);
                assert!(
                    matches!(&step, Step::Answer(response) if leads_back(response)),
                    "{path} {form} {step:?}"
                );
            }
        }
        assert!(
            Text::find("app-9").is_none(),
            "it takes no place in the table"
        );
    });
}

#[test]
fn workers_are_decommissioned_by_host() {
    scope(|| {
        let asks = |request: &Request<'_>| match ALL.receive(request) {
            Step::Ask(question) => question,
            other @ (Step::Answer(_) | Step::Operate { .. }) => panic!("{other:?}"),
        };
        let request = Request {
            query: "host=a&host=b%20c&other=d",
            ..request("POST", "/workers/kill/", b"host=e")
        };
        let question = asks(&request);
        let Ask::AskMaster(AskMaster::DecommissionWorkersOnHosts { hosts }) = &question.ask else {
            panic!("not {:?}", question.ask);
        };
        assert_eq!(hosts[..], ["a", "b c", "e"].map(Text::new));
        for (count, status) in [(2, 200), (0, 404)] {
            let answered = asks(&request).answered(Ok(Answer::Count(count)), WallTime::EPOCH);
            assert_eq!(answered.status, status);
        }
    });
}

#[test]
fn what_is_not_offered_is_not_there_and_nothing_is_done_by_looking() {
    let status = |pages: MasterPages, method: &'static str, path: &str| match pages
        .receive(&request(method, path, b"id=a&terminate=true"))
    {
        Step::Answer(response) => response.status,
        other @ (Step::Ask(_) | Step::Operate { .. }) => panic!("{other:?}"),
    };
    let none = MasterPages::default();
    assert_eq!(status(none, "POST", "/app/kill/"), 404);
    assert_eq!(status(none, "POST", "/driver/kill/"), 404);
    assert_eq!(status(none, "POST", "/workers/kill/"), 405);
    for path in ["/app/kill/", "/driver/kill/", "/workers/kill/"] {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            assert_eq!(status(ALL, method, path), 405, "{method} {path}");
        }
    }
}

#[test]
fn a_page_offers_to_kill_what_runs_and_nothing_else() {
    scope(|| {
        let page = |pages: MasterPages| {
            let Step::Ask(question) = pages.receive(&request("GET", "/", b"")) else {
                panic!("a master is asked");
            };
            let mut state = state();
            for ended in &mut state.completed_applications {
                ended.state = ApplicationState::Finished;
            }
            for ended in &mut state.completed_drivers {
                ended.state = DriverState::Finished;
            }
            let answer = Answer::MasterState(Box::new(state));
            question
                .answered(Ok(answer), WallTime::from_millis(10))
                .body
        };
        assert!(!page(MasterPages::default()).contains("<form"));
        let page = page(ALL);
        let form = |action: &str, id: &str| {
            format!(
                "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"id\" \
                 value=\"{id}\"><input type=\"hidden\" name=\"terminate\" value=\"true\">\
                 <button>kill</button></form>"
            )
        };
        assert_eq!(page.matches("<form").count(), 4);
        for expected in [form("app/kill/", "app-1"), form("driver/kill/", "driver-2")] {
            assert!(page.contains(&expected), "{expected}\n{page}");
        }
        assert_eq!(page.matches("<script").count(), 1, "the page's own");
    });
}
