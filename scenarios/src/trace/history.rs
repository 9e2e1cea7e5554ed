//! Handmade sequences of entries, for the tests of those who read traces.

use super::{Child, End, Entry, Fact, Fate, NodeId, Role, Start, Unit};
use crate::network::Machine;
use crate::scenario;
use crate::scenario::plan::Plan;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::{Command, DriverDescription, ResourceProfile};
use deploysim_protocol::event::Event;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::to_client::SubmitDriverResponse;
use deploysim_protocol::message::{Answer, Ask, AskMaster, Message};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What happened, kept.
#[derive(Debug)]
enum Kept {
    Fact(Fact<'static>),
    Message(NodeId, Message),
    Ask(NodeId, Ask),
    Answer(Address, Result<Answer, Thrown>),
    Sent(Address, Message),
}

/// Entries in order of time.
#[derive(Debug, Default)]
pub(crate) struct History {
    now: Time,
    kept: Vec<(Time, NodeId, Kept)>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// What follows happens at this second.
    pub(crate) fn at(&mut self, second: u64) -> &mut Self {
        self.now = Time::from_secs(second);
        self
    }

    pub(crate) fn start(&mut self, node: NodeId, role: Role, name: &str) -> &mut Self {
        self.start_child(node, role, name, None)
    }

    pub(crate) fn start_child(
        &mut self,
        node: NodeId,
        role: Role,
        name: &str,
        child: Option<Child>,
    ) -> &mut Self {
        self.fact(
            node,
            Fact::Started(Start {
                name: Text::new(name),
                role,
                machine: Machine(node.0),
                address: address(name),
                parent: None,
                child,
                restarts: 0,
            }),
        )
    }

    pub(crate) fn end(&mut self, node: NodeId, end: End) -> &mut Self {
        self.fact(node, Fact::Ended { end })
    }

    pub(crate) fn note(&mut self, node: NodeId, event: impl Into<Event>) -> &mut Self {
        self.fact(node, Fact::Note(event.into()))
    }

    pub(crate) fn fact(&mut self, node: NodeId, fact: Fact<'static>) -> &mut Self {
        self.kept.push((self.now, node, Kept::Fact(fact)));
        self
    }

    pub(crate) fn receives(
        &mut self,
        node: NodeId,
        from: NodeId,
        message: impl Into<Message>,
    ) -> &mut Self {
        let kept = Kept::Message(from, message.into());
        self.kept.push((self.now, node, kept));
        self
    }

    /// The master handles the submission of a driver.
    pub(crate) fn submits(&mut self, master: NodeId, client: NodeId, driver: &str) -> &mut Self {
        let arguments = ["{{WORKER_URL}}", "{{USER_JAR}}", driver];
        let description = Arc::new(DriverDescription {
            jar_url: "file:/job.jar".into(),
            memory_mib: 512,
            cores: 1,
            supervise: true,
            command: Command {
                arguments: arguments.map(str::to_owned).into(),
                ..Command::default()
            },
            resource_requirements: Vec::new(),
        });
        let ask = Ask::from(AskMaster::RequestSubmitDriver { description });
        self.kept.push((self.now, master, Kept::Ask(client, ask)));
        self
    }

    /// The master refuses it.
    pub(crate) fn answers(&mut self, master: NodeId, client: NodeId) -> &mut Self {
        let to = address(&format!("client-{}", client.0));
        let answer = Answer::SubmitDriver(Box::new(SubmitDriverResponse {
            master: Reference::unbound(address("master-1")),
            success: false,
            driver: None,
            message: "no".into(),
        }));
        self.kept
            .push((self.now, master, Kept::Answer(to, Ok(answer))));
        self
    }

    /// A node says something to another.
    pub(crate) fn sends(
        &mut self,
        node: NodeId,
        to: NodeId,
        message: impl Into<Message>,
    ) -> &mut Self {
        self.sends_to(node, &format!("node-{}", to.0), message)
    }

    /// A node says something to whoever listens under this name.
    pub(crate) fn sends_to(
        &mut self,
        node: NodeId,
        to: &str,
        message: impl Into<Message>,
    ) -> &mut Self {
        let kept = Kept::Sent(address(to), message.into());
        self.kept.push((self.now, node, kept));
        self
    }

    /// A master answers whoever listens under this name.
    pub(crate) fn answers_with(&mut self, master: NodeId, to: &str, answer: Answer) -> &mut Self {
        let kept = Kept::Answer(address(to), Ok(answer));
        self.kept.push((self.now, master, kept));
        self
    }

    /// A master handles a request for executors of the default profile.
    pub(crate) fn asks_for_totals(
        &mut self,
        master: NodeId,
        client: NodeId,
        application: ApplicationId,
        total: i32,
    ) -> &mut Self {
        let totals = vec![(Arc::new(ResourceProfile::default()), total)];
        let ask = Ask::from(AskMaster::RequestExecutors {
            application,
            totals,
        });
        self.kept.push((self.now, master, Kept::Ask(client, ask)));
        self
    }

    /// Shows each entry to `read`.
    pub(crate) fn each(&self, mut read: impl FnMut(&Entry<'_>)) {
        for (at, node, kept) in &self.kept {
            let fact = match kept {
                Kept::Fact(fact) => *fact,
                Kept::Message(from, message) => Fact::Received {
                    from: *from,
                    unit: Unit::Message(message),
                    waited: Duration::ZERO,
                },
                Kept::Ask(from, ask) => Fact::Received {
                    from: *from,
                    unit: Unit::Ask(ask),
                    waited: Duration::ZERO,
                },
                Kept::Sent(to, message) => Fact::Sent {
                    to: *to,
                    unit: Unit::Message(message),
                    fate: Fate::Carried,
                },
                Kept::Answer(to, answer) => Fact::Sent {
                    to: *to,
                    unit: Unit::Answer(answer),
                    fate: Fate::Carried,
                },
            };
            read(&Entry {
                at: *at,
                node: *node,
                fact,
            });
        }
    }
}

/// The scenario with these lines, on a master, three workers, the application `pi` and the
/// submitted drivers `job` and `etl`, of which the latter hosts the application `etl-app`.
pub(crate) fn plan_with(lines: &str) -> Plan {
    let text = format!(
        r#"
title = "A handmade history"
until = "300s"

[cluster]
worker = {{ count = 3 }}

[[application]]
name = "pi"

[[driver]]
name = "job"

[[driver]]
name = "etl"
application = {{ name = "etl-app" }}

{lines}
"#
    );
    match scenario::parse("history.toml", text.as_bytes(), Path::new("."), &[]) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    }
}

/// That scenario as it is.
pub(crate) fn plan() -> Plan {
    plan_with("")
}

/// Where the process of this name listens.
pub(crate) fn address(name: &str) -> Address {
    Address::new(name, 7077)
}
