//! What a live master and worker answer on HTTP: Spark's REST server and its state documents.
//!
//! Everything here is a pure function, save [`http`]: a request is either answered at once or
//! becomes a [`Question`] to the node, and the node's answer becomes the response. Sockets,
//! limits and time-outs are in `http.rs`; which requests there are is in `rest.rs` and `state/`.

pub mod http;

mod admission;
mod container;
mod create;
mod json;
mod properties;
mod received;
mod rest;
mod state;
#[cfg(test)]
mod tests;

pub use admission::{Admission, Form, Guarded, Names, TokenDigest};
#[cfg(feature = "live")]
pub(crate) use properties::{SECRET, memory_mib, shift_of, words};
pub use properties::{TOKEN, is_confidential};
pub use rest::{RestServer, RestSettings, SPARK_VERSION};
pub use state::{MasterPages, WorkerPages};

#[cfg(feature = "live")]
use create::Refusal;

use crate::hosted::AnyOperation;
#[cfg(feature = "live")]
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;

/// A request as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The header `Host`: error pages name the whole address.
    pub host: &'a str,
    /// The path, still encoded, without the query.
    pub path: &'a str,
    /// What follows the path's question mark, still encoded.
    pub query: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, in order; `Content-Length` is always among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for HEAD, whose headers speak of the body that GET gets.
    pub body: String,
}

impl Response {
    fn new(status: u16, headers: &[(&'static str, &str)], body: String) -> Self {
        let mut headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        headers.push(("Content-Length", body.len().to_string()));
        Self {
            status,
            headers,
            body,
        }
    }

    /// What a request of this method gets of it.
    fn for_method(mut self, method: &str) -> Self {
        if method == "HEAD" {
            self.body.clear();
        }
        self
    }
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Step {
    /// It is answered.
    Answer(Response),
    /// The node is asked.
    Ask(Box<Question>),
    /// The node is told to do something, and the request is answered.
    Operate {
        /// What.
        operation: AnyOperation,
        /// The answer.
        response: Response,
    },
}

/// What the node is asked for a request, and what its answer will be used for.
#[derive(Debug)]
pub struct Question {
    /// What to ask.
    pub ask: Ask,
    purpose: Purpose,
    /// Of the request: method, host and path.
    method: String,
    host: String,
    path: String,
}

/// What an answer is used for.
#[derive(Debug)]
enum Purpose {
    Rest(rest::Action),
    State(state::Document),
}

impl Question {
    fn new(request: &Request<'_>, ask: Ask, purpose: Purpose) -> Self {
        Self {
            ask,
            purpose,
            method: request.method.to_owned(),
            host: request.host.to_owned(),
            path: request.path.to_owned(),
        }
    }

    /// The response, from the node's answer. `now` is the node's calendar clock.
    pub fn answered(self, answer: Result<Answer, AskError>, now: WallTime) -> Response {
        let request = Request {
            method: &self.method,
            host: &self.host,
            path: &self.path,
            query: "",
            body: &[],
        };
        let response = match self.purpose {
            Purpose::Rest(action) => action.respond(answer),
            Purpose::State(document) => document.respond(answer, now),
        };
        let response = response.unwrap_or_else(|exception| container::failed(&request, &exception));
        response.for_method(request.method)
    }
}

/// The driver that the body of a request to create one asks for.
///
/// # Errors
/// Why there is none, in the words of the REST server.
#[cfg(feature = "live")]
pub(crate) fn driver_description(
    body: &[u8],
    settings: &RestSettings,
) -> Result<DriverDescription, String> {
    let submission = create::submission(body, settings);
    let submission = submission.map_err(|refusal| match refusal {
        Refusal::Malformed(malformed) => malformed.0,
        Refusal::Unexpected(kind) => format!("unexpected {kind}"),
        Refusal::Thrown(exception) => exception,
    })?;
    Ok(submission.description)
}

/// What a servlet throws when it gets no answer, or none that it understands.
fn no_answer(answer: &Result<Answer, AskError>) -> String {
    let reason = match answer {
        Ok(answer) => format!("unexpected {}", answer.kind()),
        Err(error) => error.to_string(),
    };
    format!("org.apache.spark.SparkException: Exception thrown in awaitResult: {reason}")
}
