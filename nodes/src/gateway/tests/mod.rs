//! Unit tests of the gateway. What real Spark answers is compared in `tests/it/golden/rest.rs`;
//! here is what was not recorded, and what strangers may send.

mod actions;
mod admission;
mod body;
mod http;
mod page;
mod paths;
mod state;
mod values;

use super::{Question, Request, Response, RestServer, RestSettings, Step};
use deploysim_protocol::address::Address;
use deploysim_protocol::message::{Ask, AskMaster};
use std::collections::BTreeMap;

fn server() -> RestServer {
    RestServer::new(RestSettings {
        master: Address::new("127.0.0.1", 7077),
        rest_port: 6066,
        environment: BTreeMap::from([("HOME".to_owned(), "/root".to_owned())]),
    })
}

const fn request<'a>(method: &'a str, path: &'a str, body: &'a [u8]) -> Request<'a> {
    Request {
        method,
        host: "127.0.0.1:6066",
        path,
        query: "",
        body,
    }
}

/// The answer that needs no master.
fn answer(method: &str, path: &str, body: &str) -> Response {
    let step = server().receive(&request(method, path, body.as_bytes()));
    let Step::Answer(response) = step else {
        panic!("{method} {path} becomes {step:?}");
    };
    response
}

/// The question that a request becomes.
fn question(method: &str, path: &str, body: &str) -> Box<Question> {
    let step = server().receive(&request(method, path, body.as_bytes()));
    let Step::Ask(question) = step else {
        panic!("{method} {path} becomes {step:?}");
    };
    question
}

fn asked(question: &Question) -> &AskMaster {
    match &question.ask {
        Ask::AskMaster(ask) => ask,
        Ask::AskWorker(_) | Ask::AskDriver(_) | Ask::AskElection(_) => {
            panic!("a master is asked, not {:?}", question.ask)
        }
    }
}

/// The message of a response in JSON.
fn message(response: &Response) -> String {
    let body: serde_json::Value = serde_json::from_str(&response.body).unwrap();
    body["message"].as_str().unwrap_or_default().to_owned()
}
