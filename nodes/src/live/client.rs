//! The client of the REST server: submits a driver, has one killed, asks for its status, and
//! follows it to its end. Spark: `RestSubmissionClient`.

use super::asking::{Failure, ask};
use super::hosting::on_this_thread;
use super::secrets::Token;
use super::{LiveError, wrong};
use crate::gateway::SPARK_VERSION;
use deploysim_protocol::address::Address;
use deploysim_protocol::message::to_client::BACKUP_STANDALONE_MASTER_PREFIX;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{interval, timeout};

/// How long a server may take to answer.
/// Spark: `RestSubmissionClient.REPORT_DRIVER_STATUS_INTERVAL` and its neighbours.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long lies between two questions about the same driver.
const STATUS_INTERVAL: Duration = Duration::from_secs(1);
/// How often a driver that was just submitted is asked about until it is found.
const STATUS_TRIES: u32 = 10;
/// How many questions about a driver that is waited for may go without an answer in a row: two
/// minutes, in which a master begins again and recovers.
const UNANSWERED_MAX: u32 = 120;
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// States in which a driver stays. Spark: `DriverState.isFinal`, and `ERROR`, `FAILED`, `KILLED`.
const FINAL_STATES: [&str; 4] = ["FINISHED", "KILLED", "FAILED", "ERROR"];

/// Variables of the environment that are a machine's own, and no driver's.
/// Spark: `RestSubmissionClient.EXCLUDED_SPARK_ENV_VARS`.
const OWN_VARIABLES: [&str; 3] = ["SPARK_ENV_LOADED", "SPARK_HOME", "SPARK_CONF_DIR"];

/// A driver to be submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// Where the program is, as a worker will find it.
    pub resource: String,
    /// The class whose `main` runs; for other programs than jars any name.
    pub main_class: String,
    /// The program's arguments.
    pub arguments: Vec<String>,
    /// Spark's configuration.
    pub properties: BTreeMap<String, String>,
}

/// What a server answers.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    /// Its kind.
    pub action: String,
    /// Whether it was done; for a status: whether the driver is known.
    pub success: bool,
    /// What else there is to say.
    pub message: Option<String>,
    /// The driver.
    pub submission_id: Option<String>,
    /// The driver's state.
    pub driver_state: Option<String>,
    /// The worker that runs it.
    pub worker_id: Option<String>,
    /// Where that worker listens.
    pub worker_host_port: Option<String>,
}

impl Reply {
    /// Whether the request was wrong, or was not one that may be made.
    fn is_error(&self) -> bool {
        self.action == "ErrorResponse"
    }

    /// Whether the driver will stay in the state that it is in.
    pub fn is_final(&self) -> bool {
        let state = self.driver_state.as_deref();
        state.is_some_and(|state| FINAL_STATES.contains(&state))
    }

    /// Whether there is nothing more to be learnt about the driver.
    fn is_over(&self) -> bool {
        let is_relaunched = self.driver_state.as_deref() == Some("RELAUNCHING");
        let message = self.message.as_deref().unwrap_or_default();
        let leads = !message.contains(BACKUP_STANDALONE_MASTER_PREFIX);
        self.is_final() || is_relaunched || !self.success && leads
    }
}

/// Speaks to the REST servers of some masters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Their addresses, in the order in which they are tried.
    pub masters: Vec<Address>,
    /// What proves to them that it may ask, if they want that.
    pub token: Option<Token>,
}

/// What is asked of a server.
struct Request {
    method: &'static str,
    path: String,
    body: String,
    /// Whether an answer ends the search for a master that does what was asked.
    is_handled: fn(&Reply) -> bool,
}

impl Client {
    /// Submits a driver, and waits until a master knows it.
    ///
    /// # Errors
    /// If no master can be reached, or none answers as one should.
    pub fn submit(&self, submission: &Submission) -> Result<Reply, LiveError> {
        on_this_thread(async {
            let reply = self.ask(&create(submission)).await?;
            let id = reply.submission_id.as_deref();
            let Some(id) = id.filter(|_| reply.success) else {
                return Ok(reply);
            };
            let mut ticks = interval(STATUS_INTERVAL);
            for _ in 0..STATUS_TRIES {
                ticks.tick().await;
                // The driver is there, whoever cannot be asked after it at the moment.
                if self.ask(&status(id)).await.is_ok_and(|reply| reply.success) {
                    break;
                }
            }
            Ok(reply)
        })
    }

    /// Has a driver killed.
    ///
    /// # Errors
    /// If no master can be reached, or none answers as one should.
    pub fn kill(&self, id: &str) -> Result<Reply, LiveError> {
        let request = Request {
            method: "POST",
            path: format!("kill/{id}"),
            body: String::new(),
            is_handled: |reply| {
                let message = reply.message.as_deref().unwrap_or_default();
                reply.action == "KillSubmissionResponse"
                    && !message.starts_with(BACKUP_STANDALONE_MASTER_PREFIX)
            },
        };
        on_this_thread(async { self.ask(&request).await })
    }

    /// Asks for a driver's status.
    ///
    /// # Errors
    /// If no master can be reached, or none answers as one should.
    pub fn status(&self, id: &str) -> Result<Reply, LiveError> {
        on_this_thread(async { self.ask(&status(id)).await })
    }

    /// Asks for a driver's status until it will not change any more, or nobody knows the driver.
    /// A master that is gone or does not lead may come back: it is asked again for a while.
    ///
    /// A driver that a master has relaunched goes on under another id, which nobody is told
    /// (RD-13): with that its status is over too.
    ///
    /// # Errors
    /// If no master can be reached for `UNANSWERED_MAX` questions, or none answers as one
    /// should.
    pub fn follow(&self, id: &str) -> Result<Reply, LiveError> {
        on_this_thread(async {
            let mut ticks = interval(STATUS_INTERVAL);
            let mut unanswered = 0;
            loop {
                ticks.tick().await;
                let asked = self.ask(&status(id)).await;
                match asked {
                    Ok(reply) if reply.is_over() => return Ok(reply),
                    Ok(reply) if reply.success => unanswered = 0,
                    Ok(_) | Err(_) if unanswered < UNANSWERED_MAX => unanswered += 1,
                    Ok(_) | Err(_) => return asked,
                }
            }
        })
    }

    /// Asks one master after the other until one does it; the last answer if none does.
    /// Spark: `createSubmission`, `killSubmission`, `requestSubmissionStatus`.
    async fn ask(&self, request: &Request) -> Result<Reply, LiveError> {
        let mut last = None;
        let mut unreachable = Vec::new();
        let mut speaks_http = false;
        for master in &self.masters {
            let token = self.token.as_ref();
            match timeout(ANSWER_TIMEOUT, exchange(*master, request, token)).await {
                Ok(Ok(reply)) if (request.is_handled)(&reply) => return Ok(reply),
                Ok(Ok(reply)) => last = Some(reply),
                Ok(Err(error)) => {
                    speaks_http |= !error.is::<hyper::Error>() && !error.is::<std::io::Error>();
                    unreachable.push(format!("{master}: {error}"));
                }
                Err(_) => {
                    speaks_http = true;
                    unreachable.push(format!("{master}: no answer in time"));
                }
            }
        }
        if let Some(Reply { message, .. }) = last.as_ref().filter(|reply| reply.is_error()) {
            let message = message.as_deref().unwrap_or("without a reason");
            return Err(wrong(format!("the REST server refuses that: {message}")));
        }
        last.ok_or_else(|| {
            let what = format!(
                "error: unable to connect to a REST server: {}",
                unreachable.join("; ")
            );
            // Whoever is slow, or answers with something else, has one.
            if speaks_http {
                LiveError::Machine(what)
            } else {
                LiveError::Unreachable(what)
            }
        })
    }
}

/// The body of the request that submits a driver.
pub(super) fn create_body(submission: &Submission) -> Value {
    let is_drivers = |name: &str| name.starts_with("SPARK_") && !OWN_VARIABLES.contains(&name);
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| is_drivers(name))
        .collect();
    json!({
        "action": "CreateSubmissionRequest",
        "appArgs": submission.arguments,
        "appResource": submission.resource,
        "clientSparkVersion": SPARK_VERSION,
        "environmentVariables": environment,
        "mainClass": submission.main_class,
        "sparkProperties": submission.properties,
    })
}

fn create(submission: &Submission) -> Request {
    Request {
        method: "POST",
        path: "create".to_owned(),
        body: create_body(submission).to_string(),
        is_handled: |reply| reply.action == "CreateSubmissionResponse" && reply.success,
    }
}

fn status(id: &str) -> Request {
    Request {
        method: "GET",
        path: format!("status/{id}"),
        body: String::new(),
        is_handled: |reply| reply.action == "SubmissionStatusResponse" && reply.success,
    }
}

/// One request, on a connection of its own.
async fn exchange(
    master: Address,
    request: &Request,
    token: Option<&Token>,
) -> Result<Reply, Failure> {
    let body = Full::new(Bytes::from(request.body.clone()));
    let mut builder = hyper::Request::builder();
    if let Some(token) = token {
        builder = builder.header(AUTHORIZATION, token.header());
    }
    let request = builder
        .method(request.method)
        .uri(format!("/v1/submissions/{}", request.path))
        .header(HOST, master.to_string())
        .header(CONTENT_TYPE, "application/json;charset=utf-8")
        .body(body)?;
    let (status, body) = ask(master, request, ANSWER_BYTES_MAX).await?;
    let reply = serde_json::from_slice(&body);
    reply.map_err(|_| Failure::from(format!("an answer with status {status} is no JSON")))
}
