//! What can be done from a master's page: forms that are posted, then back to the page. Spark:
//! `MasterWebUI.initialize`, `MasterPage.handleAppKillRequest`, `handleDriverKillRequest`.

use super::{Document, MasterPages, question};
use crate::gateway::container::{self, Method};
use crate::gateway::{Request, Response, Step};
use crate::hosted::AnyOperation;
use crate::master::MasterOperation;
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::message::AskMaster;
use deploysim_protocol::text::Text;
use form_urlencoded::parse;
use std::borrow::Cow;

/// The hosts that one request may name; what a page offers names one.
const HOSTS_MAX: usize = 1000;

impl MasterPages {
    /// What becomes of a request for an action; nothing if it is for something else, or is not
    /// offered.
    pub(super) fn act(self, request: &Request<'_>) -> Option<Step> {
        let act = match request.path.strip_suffix('/').unwrap_or(request.path) {
            "/app/kill" if self.offers_kill => kill_application,
            "/driver/kill" if self.offers_kill => kill_driver,
            "/workers/kill" if self.offers_decommission => decommission,
            "/workers/kill" => return Some(Step::Answer(container::not_allowed(request))),
            _ => return None,
        };
        let refused = Method::Post.refuse(request).map(Step::Answer);
        Some(refused.unwrap_or_else(|| act(request)))
    }
}

/// Back to the page, whatever was done. Spark: `JettyUtils.createRedirectHandler`.
pub(super) fn back() -> Response {
    container::found("/")
}

/// **Differs:** handled in the mailbox's turn; Spark removes the application in the thread of the
/// request.
fn kill_application(request: &Request<'_>) -> Step {
    let Some(id) = to_be_killed(request) else {
        return Step::Answer(back());
    };
    let application = ApplicationId(id);
    let operation = MasterOperation::KillApplication { application };
    Step::Operate {
        operation: AnyOperation::Master(operation),
        response: back(),
    }
}

fn kill_driver(request: &Request<'_>) -> Step {
    match to_be_killed(request) {
        Some(id) => {
            let driver = DriverId(id);
            let ask = AskMaster::RequestKillDriver { driver };
            question(request, ask.into(), Document::BackToPage)
        }
        None => Step::Answer(back()),
    }
}

/// Spark: the servlet at `/workers/kill`.
fn decommission(request: &Request<'_>) -> Step {
    let hosts = parameters(request).filter(|(name, _)| name == "host");
    // A table of texts that is full has the names of all workers.
    let hosts = hosts
        .take(HOSTS_MAX)
        .filter_map(|(_, host)| Text::try_new(&host));
    let hosts = hosts.collect();
    let ask = AskMaster::DecommissionWorkersOnHosts { hosts };
    question(request, ask.into(), Document::Decommissioned)
}

/// The id of a form that says `terminate=true`, if the run knows it: who asks for ids that never
/// were takes no place in the table of texts. Spark: `MasterPage.handleKillRequest`.
fn to_be_killed(request: &Request<'_>) -> Option<Text> {
    let first = |wanted: &str| {
        let mut found = parameters(request).filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value)
    };
    let is_meant = first("terminate").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    first("id")
        .filter(|_| is_meant)
        .and_then(|id| Text::find(&id))
}

/// The parameters of a request: of its query, then of its body.
fn parameters<'a>(request: &Request<'a>) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
    parse(request.query.as_bytes()).chain(parse(request.body))
}
