//! What a master and a worker show of their state: `/json/`, whole or one field of it, for
//! programs, and `/` for people. What they say of whom is in the files of that role.

mod actions;
mod master;
mod master_page;
pub(super) mod page;
mod policy;
mod tone;
mod worker;
mod worker_page;

use super::container::{self, Method};
use super::{Purpose, Question, Request, Response, Step, json, no_answer};
use deploysim_protocol::message::{Answer, Ask, AskMaster, AskWorker};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The pages of a master, and what can be done from them: nothing unless it is offered.
/// Spark: `MasterWebUI`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MasterPages {
    /// Whether applications and drivers can be killed. Spark: `spark.ui.killEnabled`.
    pub offers_kill: bool,
    /// Whether the workers of a host can be decommissioned. Spark: `spark.decommission.enabled`
    /// and `spark.master.ui.decommission.allow.mode`.
    pub offers_decommission: bool,
}

/// The pages of a worker. Spark: `WorkerWebUI`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkerPages;

/// What is shown.
#[derive(Debug)]
pub(super) enum Document {
    /// A master's state, or one field of it.
    Master { field: Option<String> },
    /// A worker's state.
    Worker,
    /// A master's page, with what it offers.
    MasterPage { pages: MasterPages },
    /// A worker's page.
    WorkerPage,
    /// Nothing of the answer: the way back to the page.
    BackToPage,
    /// Whether workers were decommissioned.
    Decommissioned,
}

impl MasterPages {
    /// What becomes of a request.
    pub fn receive(&self, request: &Request<'_>) -> Step {
        if let Some(step) = self.act(request) {
            return step;
        }
        receive(request, |part| {
            let document = match part {
                Part::Page => Document::MasterPage { pages: *self },
                Part::State { field } => Document::Master { field },
            };
            (AskMaster::RequestMasterState.into(), document)
        })
    }
}

impl WorkerPages {
    /// What becomes of a request.
    pub fn receive(&self, request: &Request<'_>) -> Step {
        receive(request, |part| {
            let document = match part {
                Part::Page => Document::WorkerPage,
                Part::State { field: _ } => Document::Worker,
            };
            (AskWorker::RequestWorkerState.into(), document)
        })
    }
}

/// What of a node's pages is asked for.
enum Part {
    Page,
    State { field: Option<String> },
}

/// Spark: `JettyUtils.createServletHandler`, attached at `/` and `/json`.
/// **Differs:** Spark shows the page at every path that nothing else serves.
fn receive(request: &Request<'_>, show: impl FnOnce(Part) -> (Ask, Document)) -> Step {
    let part = match request.path {
        "/" => Part::Page,
        "/json" => return Step::Answer(container::moved("/json/")),
        path if path.starts_with("/json/") => Part::State { field: field(path) },
        _ => return Step::Answer(container::not_found(request)),
    };
    if let Some(refused) = Method::Get.refuse(request) {
        return Step::Answer(refused);
    }
    let (ask, document) = show(part);
    question(request, ask, document)
}

fn question(request: &Request<'_>, ask: Ask, document: Document) -> Step {
    let purpose = Purpose::State(document);
    Step::Ask(Box::new(Question::new(request, ask, purpose)))
}

/// The field that a path asks for: the letters that follow `/json/`.
/// Spark: `MasterPage.jsonFieldPattern`.
fn field(path: &str) -> Option<String> {
    let rest = path.strip_prefix("/json/")?;
    let is_other = |letter: char| !letter.is_ascii_alphabetic();
    let letters = rest.split(is_other).next().unwrap_or_default();
    (!letters.is_empty()).then(|| letters.to_owned())
}

impl Document {
    /// The response, from the node's answer.
    ///
    /// # Errors
    /// What the servlet throws.
    pub(super) fn respond(
        self,
        answer: Result<Answer, AskError>,
        now: WallTime,
    ) -> Result<Response, String> {
        const JSON: &str = "text/json;charset=utf-8";
        const HTML: &str = "text/html;charset=utf-8";
        let (content_type, body) = match (self, answer) {
            (Self::Master { field }, Ok(Answer::MasterState(state))) => {
                let document = master::MasterDocument::new(&state, now);
                let text = match field {
                    Some(field) => document.write_field(&field),
                    None => json::write(&document),
                };
                (JSON, text)
            }
            (Self::Worker, Ok(Answer::WorkerState(state))) => {
                (JSON, json::write(&worker::WorkerDocument::new(&state)))
            }
            (Self::MasterPage { pages }, Ok(Answer::MasterState(state))) => {
                (HTML, master_page::show(&state, now, pages).into_string())
            }
            (Self::WorkerPage, Ok(Answer::WorkerState(state))) => {
                (HTML, worker_page::show(&state, now).into_string())
            }
            (Self::BackToPage, Ok(Answer::KillDriver(_))) => return Ok(actions::back()),
            (Self::Decommissioned, Ok(Answer::Count(count))) => {
                let status = if count == 0 { 404 } else { 200 };
                return Ok(Response::new(status, &[], String::new()));
            }
            (_, answer) => return Err(no_answer(&answer)),
        };
        let mut headers = vec![
            ("Cache-Control", "no-cache, no-store, must-revalidate"),
            ("Content-Type", content_type),
        ];
        if content_type == HTML {
            headers.push(("Content-Security-Policy", policy::policy()));
        }
        Ok(Response::new(200, &headers, body))
    }
}

/// Named resources: an object of name and addresses for each. Spark: `writeResourcesInfo`.
#[derive(Clone, Copy, Debug)]
struct ByName<'a>(&'a Resources);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resources = self.0.0.iter();
        serializer.collect_map(resources.map(|resource| (resource.name, Addresses(resource))))
    }
}

struct Addresses<'a>(&'a ResourceInformation);

impl Serialize for Addresses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("addresses", &self.0.addresses)?;
        map.end()
    }
}

/// What an executor needs: a list of names and amounts. Spark: `writeResourceRequirement`.
#[derive(Clone, Copy, Debug)]
struct Amounts<'a>(&'a [ResourceRequirement]);

impl Serialize for Amounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Amount))
    }
}

struct Amount<'a>(&'a ResourceRequirement);

impl Serialize for Amount<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("amount", &self.0.amount)?;
        map.end()
    }
}

/// An instant as Java's `Date` prints it, in UTC; one that no calendar has, in milliseconds.
/// **Differs:** Spark uses the machine's time zone; a run has none.
fn date(wall: WallTime) -> String {
    date_in(wall, "%a %b %d %H:%M:%S UTC %Y")
}

fn date_in(wall: WallTime, format: &str) -> String {
    Timestamp::from_millisecond(wall.as_millis()).map_or_else(
        |_| wall.as_millis().to_string(),
        |instant| instant.strftime(format).to_string(),
    )
}
