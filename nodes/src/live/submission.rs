//! What is asked of masters whose REST server is off: a submit client of the protocol, hosted
//! until it has its answer. Spark: `ClientApp`, to which spark-submit falls back.

use super::client::{Submission, create_body};
use super::hosting::{Beginning, on_this_thread, run};
use super::ports::listen;
use super::properties::Properties;
use super::secrets::Secret;
use super::{Ended, LiveError};
use crate::gateway::{MasterPages, RestSettings, driver_description};
use crate::hosted::{AnyNode, Happening};
use crate::settings::{Settings, Shared};
use crate::store::NoStore;
use crate::submission::{ClientRequest, ClientSettings, SubmitClient};
use deploysim_protocol::address::Address;
use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::event::{ClientEvent, Event};
use deploysim_protocol::id::DriverId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Where the client listens, as every process of Spark does; nobody dials it.
const OWN_HOST: &str = "127.0.0.1";

/// Speaks to masters at their own ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolClient {
    masters: Vec<Address>,
    secret: Option<Secret>,
}

/// How long a client goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until a master has told the driver's status once.
    OneStatus,
    /// Until the driver has ended.
    UntilTheEnd,
}

/// What came of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it was done, as far as the client waited for that.
    pub success: bool,
    /// The driver, once a master has said its id.
    pub driver: Option<String>,
    /// The driver's state as it was told last.
    pub state: Option<&'static str>,
}

impl ProtocolClient {
    /// Speaks to these masters, with the secret of the environment or of these properties.
    ///
    /// # Errors
    /// If what is said of a secret contradicts itself.
    pub fn new(masters: Vec<Address>, properties: &Properties) -> Result<Self, LiveError> {
        let secret = Secret::find(properties, |name| std::env::var_os(name))?;
        Ok(Self { masters, secret })
    }

    /// Submits a driver, and asks after it once, or until it has ended. `tell` gets the driver's
    /// id as soon as a master says it.
    ///
    /// A driver that a master relaunches has another id then, which nobody is told; whoever waits
    /// for it waits for ever, as in Spark (RD-13).
    ///
    /// # Errors
    /// If no master can be reached, or a property cannot be what it is.
    pub fn submit(
        &self,
        submission: &Submission,
        patience: Patience,
        tell: impl Fn(&str) + 'static,
    ) -> Result<Outcome, LiveError> {
        let master = self.masters.first().copied();
        let settings = RestSettings {
            master: master.unwrap_or_else(|| Address::new(OWN_HOST, 0)),
            rest_port: 0,
            environment: BTreeMap::new(),
        };
        let body = create_body(submission).to_string();
        let description = driver_description(body.as_bytes(), &settings)
            .map_err(|reason| LiveError::BadInput(format!("error: {reason}")))?;
        let description = Arc::new(description);
        self.ask(ClientRequest::Launch { description }, patience, tell)
    }

    /// Has a driver killed.
    ///
    /// # Errors
    /// If no master can be reached.
    pub fn kill(&self, id: &str) -> Result<Outcome, LiveError> {
        let driver = DriverId::new(id);
        self.ask(ClientRequest::Kill { driver }, Patience::OneStatus, |_| {})
    }

    fn ask(
        &self,
        request: ClientRequest,
        patience: Patience,
        tell: impl Fn(&str) + 'static,
    ) -> Result<Outcome, LiveError> {
        let conf = Conf {
            submit_wait_app_completion: patience == Patience::UntilTheEnd,
            ..Conf::default()
        };
        let shared = Shared::new(Settings {
            conf: conf.clone(),
            behaviour: Behaviour::default(),
        });
        let node = SubmitClient::new(ClientSettings {
            masters: self.masters.clone().into(),
            request,
            shared,
        });
        let seen = Rc::new(RefCell::new((Outcome::default(), 0)));
        let witness = {
            let seen = Rc::clone(&seen);
            move |event: &Event| {
                let (outcome, lost) = &mut *seen.borrow_mut();
                if let Event::Client(ClientEvent::SubmissionAccepted { driver }) = event {
                    tell(&driver.to_string());
                    outcome.driver = Some(driver.to_string());
                } else if let Event::Client(ClientEvent::StatusFound { state, .. }) = event {
                    outcome.state = Some(state.name());
                } else if let Event::Client(ClientEvent::MasterLost { .. }) = event {
                    *lost += 1;
                }
            }
        };
        let ended = on_this_thread(async {
            let (listener, address) = listen("driverClient", OWN_HOST, 0, 0).await?;
            let beginning = Beginning {
                node: AnyNode::Client(Box::new(node)),
                store: Box::new(NoStore),
                address,
                listener,
                key: self.secret.as_ref().map(Secret::key),
                pages: None::<(_, MasterPages)>,
                rest: None,
                children: None,
                witness: Some(Box::new(witness)),
                first: vec![Happening::Started],
                farewell: None,
                commands: mpsc::unbounded_channel(),
            };
            run(beginning, &conf).await
        })?;
        let (mut outcome, lost) = seen.take();
        outcome.success = ended == Ended::ByItself { code: 0 };
        if !outcome.success && lost == self.masters.len() {
            let what = "error: unable to connect to a master, or it is gone";
            return Err(LiveError::Unreachable(what.to_owned()));
        }
        Ok(outcome)
    }
}
