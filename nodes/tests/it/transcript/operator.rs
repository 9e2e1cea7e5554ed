//! What people do to the cluster: submit and kill drivers, ask, press buttons, and write
//! programs. Also messages that no node sends by itself, to see how they are refused.

use super::actor::{Happening, Playing};
use super::commands::required;
use super::traffic::Inquiry;
use super::words::{Argument, Command};
use super::world::{Host, Item, Part, World};
use deploysim_nodes::driver::{DriverOperation, KillAdjustment};
use deploysim_nodes::executor::ExecutorOperation;
use deploysim_nodes::hosted::AnyOperation;
use deploysim_nodes::master::MasterOperation;
use deploysim_nodes::submission::{ClientRequest, ClientSettings, SubmitClient};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::description::{Command as Java, DriverDescription, ResourceProfile};
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, SessionId, WorkerId};
use deploysim_protocol::message::{Ask, AskMaster, AskWorker, ToDriver, ToElection, ToMaster};
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::text::Text;
use std::sync::Arc;

impl World {
    /// `submit etl(cores=1 memory=1g supervise app cores_max=4)`: a submit client of that name.
    /// With `app` the driver opens an application.
    pub(super) fn submit(&mut self, command: &Command) {
        let written = &command.arguments[0];
        let description = DriverDescription {
            jar_url: format!("file:/{}.jar", written.name),
            memory_mib: written.memory_mib("memory").unwrap_or(1024),
            cores: written.number("cores").unwrap_or(1),
            supervise: written.has("supervise"),
            command: Java {
                arguments: ["{{WORKER_URL}}", "{{USER_JAR}}", &written.name]
                    .map(str::to_owned)
                    .to_vec(),
                ..Java::default()
            },
            resource_requirements: required(written),
        };
        self.submitted.insert(written.name.clone(), written.clone());
        let description = Arc::new(description);
        self.add_client(
            "submit",
            &written.name,
            ClientRequest::Launch { description },
        );
    }

    /// `kill driver-…-0000`: a submit client that kills.
    pub(super) fn kill(&mut self, command: &Command) {
        let driver = DriverId::new(&self.id(command.word(0)));
        self.add_client("kill", command.word(0), ClientRequest::Kill { driver });
    }

    fn add_client(&mut self, verb: &str, object: &str, request: ClientRequest) {
        let clients = self
            .hosts
            .iter()
            .filter(|host| host.part == Part::Client)
            .count();
        let object = object.split('-').next().unwrap_or(object);
        let mut name = format!("{verb}:{object}");
        if self.find(&name).is_some() {
            name = format!("{name}#{}", clients + 1);
        }
        let settings = ClientSettings {
            masters: self.masters(),
            request,
            shared: self.shared(),
        };
        let dice = Self::dice(&name);
        let address = Address::new(&name, 7080);
        let actor = Playing::new(SubmitClient::new(settings), dice);
        self.hosts.push(Host {
            name,
            address,
            part: Part::Client,
            written: Argument::default(),
            life: 1,
            actor: Some(Box::new(actor)),
            paused: None,
            child: None,
        });
        let who = self.who(self.hosts.len() - 1);
        self.post(Item::Feed(who, Happening::Started));
    }

    /// The id that is shown as `name`, or `name` itself.
    fn id(&self, name: &str) -> String {
        self.book.long(name).unwrap_or(name).to_owned()
    }

    /// `ask master-1 RequestMasterState`, `ask master-1 KillExecutors app=app-…-0000 ids=0,x`, …
    pub(super) fn operator_asks(&mut self, command: &Command) {
        let host = self.named(command, 0);
        let ask = self.question(command);
        let text = super::show::ask(self, &ask);
        let name = self.hosts[host].name.clone();
        self.show_question(&name, &ask, text);
        let call = self.inquire(Inquiry::Operator);
        let from = Reference::unbound(Address::new("operator", 0));
        let who = self.who(host);
        self.post(Item::Feed(who, Happening::Asked(from, call, ask)));
    }

    fn question(&self, command: &Command) -> Ask {
        let value = |name: &str| self.id(command.value(name).unwrap_or("missing"));
        let items = |name: &str| {
            let list = command.value(name).unwrap_or_default();
            list.split(',').map(Text::new).collect::<Vec<_>>()
        };
        Ask::AskMaster(match command.word(1) {
            "RequestWorkerState" => return Ask::AskWorker(AskWorker::RequestWorkerState),
            "RequestMasterState" => AskMaster::RequestMasterState,
            "BoundPortsRequest" => AskMaster::BoundPortsRequest,
            "RequestReadyz" => AskMaster::RequestReadyz,
            "RequestClearCompletedDriversAndApps" => AskMaster::RequestClearCompletedDriversAndApps,
            "RequestKillAllDrivers" => AskMaster::RequestKillAllDrivers,
            "RequestKillDriver" => AskMaster::RequestKillDriver {
                driver: DriverId::new(&value("id")),
            },
            "RequestDriverStatus" => AskMaster::RequestDriverStatus {
                driver: DriverId::new(&value("id")),
            },
            "DecommissionWorkersOnHosts" => AskMaster::DecommissionWorkersOnHosts {
                hosts: items("hosts"),
            },
            "KillExecutors" => AskMaster::KillExecutors {
                application: ApplicationId::new(&value("app")),
                executors: items("ids"),
            },
            "RequestExecutors" => AskMaster::RequestExecutors {
                application: ApplicationId::new(&value("app")),
                totals: vec![(Arc::default(), command.number("total").unwrap_or(0))],
            },
            _ => command.wrong("no such question"),
        })
    }

    /// `tell master-1 Heartbeat worker=…`, `tell master-1 DriverStateChanged driver=… state=…`,
    /// `tell driver:etl WorkerRemoved`, `tell pi error master-1`: what no node says by itself.
    pub(super) fn tell(&mut self, command: &Command) {
        let who = self.who(self.named(command, 0));
        let value = |name: &str| self.id(command.value(name).unwrap_or("missing"));
        let message = match command.word(1) {
            "error" => {
                let peer = Peer::Listening(self.hosts[self.named(command, 2)].address);
                return self.post(Item::Feed(who, Happening::ConnectionError(peer)));
            }
            "Heartbeat" => ToMaster::Heartbeat {
                worker_id: WorkerId::new(&value("worker")),
                worker: Reference::unbound(Address::new("operator", 0)),
            }
            .into(),
            "WorkerDecommissioning" => ToMaster::WorkerDecommissioning {
                worker_id: WorkerId::new(&value("worker")),
                worker: Reference::unbound(Address::new("operator", 0)),
            }
            .into(),
            "DriverStateChanged" => ToMaster::DriverStateChanged {
                driver: DriverId::new(&value("driver")),
                state: value("state").parse().unwrap(),
                exception: None,
            }
            .into(),
            "UnregisterApplication" => ToMaster::UnregisterApplication {
                application: ApplicationId::new(&value("app")),
            }
            .into(),
            "MasterChangeAcknowledged" => ToMaster::MasterChangeAcknowledged {
                application: ApplicationId::new(&value("app")),
            }
            .into(),
            "CloseSession" => ToElection::CloseSession {
                session: SessionId(command.number("session").unwrap_or(0)),
            }
            .into(),
            "ApplicationRemoved" => ToDriver::ApplicationRemoved {
                state: ApplicationState::Failed,
            }
            .into(),
            _ => command.wrong("no such message"),
        };
        let from = Reference::unbound(Address::new("operator", 0));
        self.post(Item::Feed(who, Happening::Received(from, message)));
    }

    /// `web master-1 kill app-…-0000`
    pub(super) fn web(&mut self, command: &Command) {
        let application = ApplicationId::new(&self.id(command.word(2)));
        let operation = MasterOperation::KillApplication { application };
        self.feed_named(
            command,
            Happening::Operator(AnyOperation::Master(operation)),
        );
    }

    /// `program pi RequestExecutors 2`, `program pi RequestTotalExecutors 0=3 1=2`,
    /// `program pi KillExecutors 0 1`, `… replace`, `program pi ExcludeHost worker-1`,
    /// `program pi Finish 0`, also of an executor.
    pub(super) fn program(&mut self, command: &Command) {
        let words: Vec<&str> = command.words().skip(2).collect();
        let operation = match command.word(1) {
            "RequestExecutors" => DriverOperation::RequestExecutors {
                additional: command.parse(command.word(2)),
            },
            "RequestTotalExecutors" => DriverOperation::RequestTotalExecutors {
                totals: Self::totals(command),
            },
            "KillExecutors" => DriverOperation::KillExecutors {
                numbers: words.iter().filter_map(|word| word.parse().ok()).collect(),
                adjustment: if words.contains(&"replace") {
                    KillAdjustment::Replace
                } else {
                    KillAdjustment::LowerTarget
                },
            },
            "ExcludeHost" => DriverOperation::ExcludeHost {
                host: Text::new(command.word(2)),
            },
            "Finish" => {
                let code = command.parse(command.word(2));
                let operation = if command.word(0).contains('/') {
                    AnyOperation::Executor(ExecutorOperation::Finish { code })
                } else {
                    AnyOperation::Driver(DriverOperation::Finish { code })
                };
                return self.feed_named(command, Happening::Operator(operation));
            }
            _ => command.wrong("no such operation"),
        };
        self.feed_named(
            command,
            Happening::Operator(AnyOperation::Driver(operation)),
        );
    }

    fn totals(command: &Command) -> Vec<(Arc<ResourceProfile>, i32)> {
        let values = command
            .arguments
            .iter()
            .filter(|argument| argument.value.is_some());
        let totals = values.map(|argument| {
            let profile = ResourceProfile {
                id: ProfileId(command.parse(&argument.name)),
                ..ResourceProfile::default()
            };
            let total = argument.value.as_deref().unwrap_or_default();
            (Arc::new(profile), command.parse(total))
        });
        totals.collect()
    }
}
