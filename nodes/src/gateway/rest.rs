//! The REST server of a master: which path and method is which action, what the master is asked
//! for it, and how its answer reads. Spark: `StandaloneRestServer`, `RestSubmissionServer`.

use super::container::{self, Method};
use super::create::{self, Refusal};
use super::{Purpose, Question, Request, Response, Step, json, no_answer};
use deploysim_protocol::address::Address;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::{Answer, AskMaster};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of Spark whose answers these are.
pub const SPARK_VERSION: &str = "4.3.0";

/// The only version of the protocol.
const PROTOCOL_VERSION: &str = "v1";

/// Where to find the actions, for those who did not.
const HINT: &str = " Please submit requests through http://[host]:[port]/v1/submissions/...";

/// The id that the master is asked about when no text of the run is the one in question: whoever
/// asks about ids that never were takes no place in the table of texts. No id has braces.
const NO_SUCH_ID: &str = "{no such id}";

/// What a REST server is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestSettings {
    /// Where the master listens.
    pub master: Address,
    /// The REST server's own port.
    pub rest_port: u16,
    /// The environment of the server's process, for `{{NAME}}` in properties and variables.
    pub environment: BTreeMap<String, String>,
}

impl RestSettings {
    /// A value, or what the server's environment has for it. Since 4.0.
    /// Spark: `StandaloneSubmitRequestServlet.replacePlaceHolder`.
    pub(super) fn fill(&self, value: String) -> String {
        let name = value.strip_prefix("{{");
        let name = name.and_then(|value| value.strip_suffix("}}"));
        let own = name.and_then(|name| self.environment.get(name));
        own.cloned().unwrap_or(value)
    }

    /// The masters that a driver will register with: the request's, at their own ports, or this
    /// one. Spark: `updatedMasters` in `buildDriverDescription`.
    pub(super) fn masters(&self, requested: Option<&String>) -> String {
        match requested {
            Some(masters) => masters.replace(
                &format!(":{}", self.rest_port),
                &format!(":{}", self.master.port),
            ),
            None => self.master.to_spark_url(),
        }
    }
}

/// The REST server of one master.
#[derive(Clone, Debug)]
pub struct RestServer {
    settings: RestSettings,
}

/// What is to be done with a master's answer.
#[derive(Debug)]
pub(super) enum Action {
    Create { unknown_fields: Vec<String> },
    Kill { id: String },
    Status { id: String },
    KillAll,
    Clear,
    Readyz,
}

impl RestServer {
    /// A server of the master that `settings` name.
    pub const fn new(settings: RestSettings) -> Self {
        Self { settings }
    }

    /// What becomes of a request. Spark: `RestSubmissionServer.contextToServlet`.
    pub fn receive(&self, request: &Request<'_>) -> Step {
        let path = container::decoded(request.path);
        let (verb, rest) = match path.strip_prefix("/v1/submissions/") {
            Some(path) => path.split_once('/').unwrap_or((path, "")),
            None => ("", ""),
        };
        let method = match verb {
            "create" | "kill" | "killall" | "clear" => Method::Post,
            "status" | "readyz" => Method::Get,
            _ => return Step::Answer(no_action(&path).for_method(request.method)),
        };
        if let Some(refused) = method.refuse(request) {
            return Step::Answer(refused);
        }
        // Only the first part of what follows is the id. Spark: `parseSubmissionId`.
        let id = rest.split('/').next().unwrap_or_default();
        match verb {
            "create" => self.create(request),
            "kill" | "status" if id.is_empty() => {
                let what = format!("Submission ID is missing in {verb} request.");
                Step::Answer(
                    Message::error(what)
                        .response(400)
                        .for_method(request.method),
                )
            }
            "kill" => ask(
                request,
                AskMaster::RequestKillDriver { driver: known(id) },
                Action::Kill { id: id.to_owned() },
            ),
            "status" => ask(
                request,
                AskMaster::RequestDriverStatus { driver: known(id) },
                Action::Status { id: id.to_owned() },
            ),
            "killall" => ask(request, AskMaster::RequestKillAllDrivers, Action::KillAll),
            "clear" => {
                let clear = AskMaster::RequestClearCompletedDriversAndApps;
                ask(request, clear, Action::Clear)
            }
            _ => ask(request, AskMaster::RequestReadyz, Action::Readyz),
        }
    }

    /// Spark: `StandaloneSubmitRequestServlet.handleSubmit`.
    fn create(&self, request: &Request<'_>) -> Step {
        let malformed = |what: String| Step::Answer(Message::error(what).response(400));
        match create::submission(request.body, &self.settings) {
            Ok(submission) => ask(
                request,
                AskMaster::RequestSubmitDriver {
                    description: Arc::new(submission.description),
                },
                Action::Create {
                    unknown_fields: submission.unknown_fields,
                },
            ),
            Err(Refusal::Malformed(exception)) => {
                malformed(format!("Malformed request: {}", exception.0))
            }
            Err(Refusal::Unexpected(kind)) => {
                malformed(format!("Received message of unexpected type {kind}."))
            }
            Err(Refusal::Thrown(exception)) => Step::Answer(container::failed(request, &exception)),
        }
    }
}

fn ask(request: &Request<'_>, ask: AskMaster, action: Action) -> Step {
    let purpose = Purpose::Rest(action);
    Step::Ask(Box::new(Question::new(request, ask.into(), purpose)))
}

/// The id that is written `id`, or the one that stands for all that never were.
fn known(id: &str) -> DriverId {
    Text::find(id).map_or_else(|| DriverId::new(NO_SUCH_ID), DriverId)
}

/// The answer to a path without an action. Spark: `ErrorServlet.service`.
fn no_action(path: &str) -> Response {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let what = match parts.as_slice() {
        [] => "Missing protocol version.".to_owned(),
        [PROTOCOL_VERSION] => "Missing the /submissions prefix.".to_owned(),
        [PROTOCOL_VERSION, "submissions", ..] => {
            "Missing an action: please specify one of /create, /kill, /killall, /clear, /status, or /readyz."
                .to_owned()
        }
        [version, ..] => {
            let mut error = Message::error(format!("Unknown protocol version '{version}'.{HINT}"));
            error.highest_protocol_version = Some(PROTOCOL_VERSION);
            return error.response(468);
        }
    };
    Message::error(what + HINT).response(400)
}

/// An error of the server, with this status.
pub(super) fn error(status: u16, what: &str) -> Response {
    Message::error(what.to_owned()).response(status)
}

impl Action {
    /// The response, from the master's answer.
    ///
    /// # Errors
    /// What the servlet throws.
    pub(super) fn respond(self, answer: Result<Answer, AskError>) -> Result<Response, String> {
        let message = match (self, answer) {
            (Self::Create { unknown_fields }, Ok(Answer::SubmitDriver(answer))) => Message {
                message: Some(answer.message.to_string()),
                submission_id: answer.driver.map(|driver| driver.to_string()),
                success: Some(answer.success),
                unknown_fields,
                ..Message::new("CreateSubmissionResponse")
            },
            (Self::Kill { id }, Ok(Answer::KillDriver(answer))) => Message {
                message: Some(answer.message.replace(NO_SUCH_ID, &id)),
                submission_id: Some(id),
                success: Some(answer.success),
                ..Message::new("KillSubmissionResponse")
            },
            (Self::Status { id }, Ok(Answer::DriverStatus(answer))) => Message {
                driver_state: answer.state.map(|state| state.name()),
                message: answer.exception.as_deref().map(from_cluster),
                submission_id: Some(id),
                success: Some(answer.found),
                worker_host_port: answer.worker_address.map(|address| address.to_string()),
                worker_id: answer.worker_id.map(|id| id.to_string()),
                ..Message::new("SubmissionStatusResponse")
            },
            (Self::KillAll, Ok(Answer::KillAllDrivers(answer))) => Message {
                message: Some(answer.message.to_string()),
                success: Some(answer.success),
                ..Message::new("KillAllSubmissionResponse")
            },
            (Self::Clear, Ok(Answer::Flag(success))) => Message {
                message: Some(String::new()),
                success: Some(success),
                ..Message::new("ClearResponse")
            },
            (Self::Readyz, Ok(Answer::Flag(true))) => Message {
                message: Some(String::new()),
                success: Some(true),
                ..Message::new("ReadyzResponse")
            },
            (Self::Readyz, Ok(Answer::Flag(false))) => {
                let error = Message::error("Master is not ready.".to_owned());
                return Ok(error.response(503));
            }
            (_, answer) => return Err(no_answer(&answer)),
        };
        Ok(message.response(200))
    }
}

/// An exception of a driver, or of the master that refuses to speak of it. The master's own is a
/// plain `Exception`, of which only the words travel.
/// **Differs:** there are no frames of Java's stack, unless the exception brings its own.
/// Spark: `StandaloneStatusRequestServlet.handleStatus`.
fn from_cluster(exception: &str) -> String {
    use deploysim_protocol::message::to_client::BACKUP_STANDALONE_MASTER_PREFIX;
    let class = if exception.starts_with(BACKUP_STANDALONE_MASTER_PREFIX) {
        "java.lang.Exception: "
    } else {
        ""
    };
    format!("Exception from the cluster:\n{class}{exception}")
}

/// Every response of the server, fields in the order of the alphabet.
/// Spark: `SubmitRestProtocolResponse` and its classes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    driver_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highest_protocol_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    server_spark_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_fields: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_host_port: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_id: Option<String>,
}

impl Message {
    const fn new(action: &'static str) -> Self {
        Self {
            action,
            driver_state: None,
            highest_protocol_version: None,
            message: None,
            server_spark_version: SPARK_VERSION,
            submission_id: None,
            success: None,
            unknown_fields: Vec::new(),
            worker_host_port: None,
            worker_id: None,
        }
    }

    fn error(message: String) -> Self {
        Self {
            message: Some(message),
            ..Self::new("ErrorResponse")
        }
    }

    fn response(&self, status: u16) -> Response {
        let headers = [("Content-Type", "application/json;charset=utf-8")];
        Response::new(status, &headers, json::write(self))
    }
}
