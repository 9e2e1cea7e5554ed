//! The commands of a transcript, each with a line of how it is written: building the cluster,
//! letting time pass, and the life of processes.

use super::actor::{Actor, Happening, Playing};
use super::faults::Fate;
use super::store::Access;
use super::traffic::Peers;
use super::words::{Argument, Command};
use super::world::{Host, Item, Part, World};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::driver::{Driver, DriverSettings};
use deploysim_nodes::election::agent::{AgentSettings, Delays};
use deploysim_nodes::election::{ElectionService, ElectionSettings};
use deploysim_nodes::hosted::AnyOperation;
use deploysim_nodes::master::{Master, MasterSettings};
use deploysim_nodes::worker::{Worker, WorkerOperation, WorkerSettings};
use deploysim_protocol::address::Address;
use deploysim_protocol::conf::{Conf, ConfValue, parse_duration};
use deploysim_protocol::description::{ApplicationDescription, Command as Java, ResourceProfile};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// Where the election service listens.
const ELECTION_PORT: u16 = 2181;
/// Of every session.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);

impl World {
    /// Carries out one command, and everything that it causes at this instant.
    pub(super) fn obey(&mut self, command: &Command) {
        self.page.is_quiet = command.is_quiet;
        match command.verb.as_str() {
            "conf" => self.configure(command),
            "behaviour" => self.behave(command),
            "show" => command.words().for_each(|kind| self.page.show(kind)),
            "hide" => command.words().for_each(|kind| self.page.hide(kind)),
            "cluster" | "start" => self.start_all(command),
            "run" => self.run(command),
            "lose" | "drop" => self.add_rule(command, Fate::Lost),
            "hold" => self.add_rule(command, Fate::Held),
            "duplicate" => self.add_rule(command, Fate::Twice),
            "deliver" => self.deliver(command),
            "release" => self.release(),
            "disconnect" => self.disconnect(command),
            "crash" => self.crash(command),
            "restart" => self.restart(command),
            "pause" => self.host_mut(command).paused = Some(Vec::new()),
            "resume" => self.resume(command),
            "processes" => self.set_habits(command),
            "exit" => self.exit(command),
            "elect" => self.feed_named(command, Happening::Elected),
            "revoke" => self.feed_named(command, Happening::Revoked),
            "signal" => self.signal(command),
            "store" => self.set_store(command),
            "submit" => self.submit(command),
            "kill" => self.kill(command),
            "ask" => self.operator_asks(command),
            "tell" => self.tell(command),
            "program" => self.program(command),
            "web" => self.web(command),
            _ => command.wrong("no such command"),
        }
        self.settle();
    }

    /// `conf spark.worker.timeout=60s`
    fn configure(&mut self, command: &Command) {
        assert!(self.shared.is_none(), "the nodes have their settings");
        for argument in &command.arguments {
            let text = argument.value.clone().unwrap_or_default();
            let value = match (text.parse(), text.parse()) {
                (Ok(flag), _) => ConfValue::Bool(flag),
                (_, Ok(number)) => ConfValue::Integer(number),
                _ => ConfValue::Text(text),
            };
            self.settings.conf.set(&argument.name, &value).unwrap();
        }
    }

    /// `behaviour S-06=keep_id`
    fn behave(&mut self, command: &Command) {
        assert!(self.shared.is_none(), "the nodes have their settings");
        for argument in &command.arguments {
            let value = argument.value.as_deref().unwrap_or_default();
            self.settings.behaviour.set(&argument.name, value).unwrap();
        }
    }

    /// `cluster master-1 worker-1(cores=8 memory=16g gpu=2) app pi(cores_max=4)`: in this order.
    /// A master is elected at once unless it is `(standby)`, or `(agent suspend=5 callback=1)`:
    /// then by the service called `election`. `masters=2` makes two masters known
    /// to everybody, whether they are started or not.
    fn start_all(&mut self, command: &Command) {
        if let Some(masters) = command.number::<usize>("masters") {
            self.habits.masters = masters;
        }
        let mut is_application = false;
        for argument in command
            .arguments
            .iter()
            .filter(|argument| argument.value.is_none())
        {
            if argument.name == "app" {
                is_application = true;
                continue;
            }
            let part = match std::mem::take(&mut is_application) {
                true => Part::Application,
                false if argument.name == "election" => Part::Election,
                false if argument.name.starts_with("master-") => Part::Master,
                false if argument.name.starts_with("worker-") => Part::Worker,
                false => command.wrong(format!("{}: neither master nor worker", argument.name)),
            };
            let port = match part {
                Part::Election => ELECTION_PORT,
                Part::Master => 7077,
                Part::Worker => 7078,
                Part::Application | Part::Child | Part::Client => 7079,
            };
            let address = Address::new(&argument.name, port);
            self.add_host(part, address, argument.clone());
            self.settle();
        }
    }

    /// A new host, whose node begins.
    pub(super) fn add_host(&mut self, part: Part, address: Address, written: Argument) {
        let name = written.name.clone();
        assert!(self.find(&name).is_none(), "{name} is there already");
        self.hosts.push(Host {
            name,
            address,
            part,
            written,
            life: 0,
            actor: None,
            paused: None,
            child: None,
        });
        self.begin(self.hosts.len() - 1);
    }

    /// A process of a host begins.
    fn begin(&mut self, index: usize) {
        let host = &self.hosts[index];
        let (written, address, part) = (host.written.clone(), host.address, host.part);
        let actor = self.actor(part, &written, address);
        let host = &mut self.hosts[index];
        host.life += 1;
        host.actor = Some(actor);
        let who = self.who(index);
        self.post(Item::Feed(who, Happening::Started));
        if part == Part::Master && !written.has("standby") && !written.has("agent") {
            self.post(Item::Feed(who, Happening::Elected));
        }
    }

    fn actor(&mut self, part: Part, written: &Argument, address: Address) -> Box<dyn Actor> {
        let shared = self.shared();
        let name = &written.name;
        let dice = Self::dice(name);
        match part {
            Part::Master => {
                let web_ui_url = Text::new(&format!("http://{name}:8080"));
                let settings = MasterSettings {
                    web_ui_url,
                    election: agent(written),
                    shared,
                };
                Box::new(Playing::new(Master::new(settings), dice))
            }
            Part::Election => {
                let settings = ElectionSettings {
                    session_timeout: SESSION_TIMEOUT,
                };
                Box::new(Playing::new(ElectionService::new(settings), dice))
            }
            Part::Worker => {
                let settings = WorkerSettings {
                    cores: written.number("cores").unwrap_or(8),
                    memory_mib: written.memory_mib("memory").unwrap_or(16_384),
                    resources: offered(written),
                    masters: self.masters(),
                    web_ui_url: Text::new(&format!("http://{name}:8081")),
                    shared,
                };
                Box::new(Playing::new(Worker::new(settings), dice))
            }
            Part::Application => {
                let application = Self::application(written, address, &shared.conf);
                let settings = DriverSettings {
                    masters: self.masters(),
                    application: Some(Arc::new(application)),
                    worker: None,
                    shared,
                };
                Box::new(Playing::new(Driver::new(settings), dice))
            }
            Part::Child | Part::Client => panic!("{name} cannot be started again"),
        }
    }

    /// The masters that everybody knows.
    pub(super) fn masters(&self) -> Arc<[Address]> {
        let numbers = 1..=self.habits.masters;
        numbers
            .map(|number| Address::new(&format!("master-{number}"), 7077))
            .collect()
    }

    /// A stream from which a worker draws retry intervals of 10 s and 60 s.
    pub(super) fn dice(name: &str) -> Dice {
        let seeds = (0..u32::MAX).map(|number| {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&number.to_le_bytes());
            for (index, byte) in name.bytes().take(24).enumerate() {
                seed[4 + index] = byte;
            }
            seed
        });
        let mut middling = seeds.filter(|seed| {
            let unit = Dice::from_seed(*seed).unit();
            (0.495..0.505).contains(&unit)
        });
        Dice::from_seed(middling.next().unwrap())
    }

    /// `pi(cores_max=4 executor_cores=2 memory=1g initial=0 gpu=1 name=other)`
    pub(super) fn application(
        written: &Argument,
        address: Address,
        conf: &Conf,
    ) -> ApplicationDescription {
        let signed = |number: Option<u32>| number.map(|number| i32::try_from(number).unwrap());
        let driver_url = format!("spark://CoarseGrainedScheduler@{address}");
        let name = written.option("name").unwrap_or(&written.name);
        ApplicationDescription {
            name: name.to_owned(),
            cores_max: written
                .number("cores_max")
                .or_else(|| signed(conf.cores_max)),
            command: Java {
                arguments: vec!["--driver-url".to_owned(), driver_url],
                ..Java::default()
            },
            app_ui_url: String::new(),
            default_profile: ResourceProfile {
                id: ProfileId::DEFAULT,
                executor_cores: written.number("executor_cores"),
                executor_memory_mib: Some(written.memory_mib("memory").unwrap_or(1024)),
                custom_resources: required(written),
            },
            event_log_dir: None,
            event_log_codec: None,
            initial_executor_limit: written.number("initial"),
            user: "ada".to_owned(),
        }
    }

    /// `run for=150s`, `run until=60s`, `run until=WorkerRemoved`: up to a time, or until a kind
    /// is shown.
    fn run(&mut self, command: &Command) {
        if let Some(span) = command.duration("for") {
            return self.run_until(self.now + span);
        }
        let Some(until) = command.value("until") else {
            command.wrong("until when?")
        };
        if let Some(span) = parse_duration(until) {
            return self.run_until(Time::ZERO + span);
        }
        let limit = self.now + Duration::from_secs(3600);
        while !self.page.has(until) {
            if !self.step(limit) {
                command.wrong("it does not happen within an hour");
            }
        }
    }

    /// `disconnect worker-1 master-1`, `disconnect worker-1 master-1 notice=worker-1`: every
    /// connection between the two ends; both notice, or one does.
    fn disconnect(&mut self, command: &Command) {
        let (one, other) = (self.named(command, 0), self.named(command, 1));
        for (own, peer) in [(one, other), (other, one)] {
            let notices = command
                .value("notice")
                .is_none_or(|name| name == self.hosts[own].name);
            if notices {
                for end in self.ends_between(own, peer) {
                    self.close(end);
                }
            }
        }
    }

    /// `crash worker-1`, `crash worker-1 silently`: the process is gone; its peers notice or not.
    fn crash(&mut self, command: &Command) {
        let host = self.named(command, 0);
        let silently = command.words().nth(1) == Some("silently");
        let who = self.who(host);
        let place = &mut self.hosts[host];
        place.actor = None;
        place.paused = None;
        place.life += 1;
        self.hang_up(
            who,
            if silently {
                Peers::NotTold
            } else {
                Peers::Told
            },
        );
    }

    /// `restart worker-1`: a new process at the same address, begun as the first was.
    fn restart(&mut self, command: &Command) {
        let host = self.named(command, 0);
        if self.hosts[host].actor.is_some() {
            command.wrong("it runs");
        }
        self.begin(host);
    }

    /// `resume worker-1`: what was missed fires, then what waited is handled.
    fn resume(&mut self, command: &Command) {
        let waiting = self.host_mut(command).paused.take();
        for item in waiting.into_iter().flatten() {
            self.post(item);
        }
    }

    /// `signal worker-1 term`, `signal worker-1 decommission`
    fn signal(&mut self, command: &Command) {
        let operation = match command.word(1) {
            "term" => WorkerOperation::StopPolitely,
            "decommission" => WorkerOperation::Decommission,
            _ => command.wrong("no such signal"),
        };
        self.feed_named(
            command,
            Happening::Operator(AnyOperation::Worker(operation)),
        );
    }

    /// `store keep`, `store fail add`, `store spoil worker-1`, `store list`
    fn set_store(&mut self, command: &Command) {
        match command.word(0) {
            "keep" => self.store.keeps = true,
            "spoil" => {
                let name = self.book.long(command.word(1)).map(str::to_owned);
                let name = name.unwrap_or_else(|| command.wrong("no such id"));
                self.store.spoil(&name);
            }
            "fail" => {
                self.store.fails = Some(match command.word(1) {
                    "add" => Access::Add,
                    "remove" => Access::Remove,
                    "read" => Access::Read,
                    _ => command.wrong("no such access"),
                });
            }
            "list" => {
                let keys: Vec<String> = self.store.keys().collect();
                for key in keys {
                    let key = self.book.text(&key);
                    self.page.fact(self.now, "stored".to_owned(), key);
                }
            }
            _ => command.wrong("what about the store?"),
        }
    }

    /// The host that the word at `index` names.
    pub(super) fn named(&self, command: &Command, index: usize) -> usize {
        let host = self.find(command.word(index));
        host.unwrap_or_else(|| command.wrong("no such node"))
    }

    fn host_mut(&mut self, command: &Command) -> &mut Host {
        let host = self.named(command, 0);
        &mut self.hosts[host]
    }

    /// Lets something happen to the node that the first word names.
    pub(super) fn feed_named(&mut self, command: &Command, happening: Happening) {
        let who = self.who(self.named(command, 0));
        self.post(Item::Feed(who, happening));
    }
}

/// `(agent suspend=5 callback=1)` at a master, in seconds.
fn agent(written: &Argument) -> Option<Arc<AgentSettings>> {
    let seconds =
        |name| Duration::from_secs(written.number(name).unwrap_or(0).unsigned_abs().into());
    let delays = |name| Delays::new([seconds(name)]);
    written.has("agent").then(|| {
        Arc::new(AgentSettings {
            service: Address::new("election", ELECTION_PORT),
            session_timeout: SESSION_TIMEOUT,
            connection_timeout: Duration::from_secs(15),
            suspend: delays("suspend"),
            callback: delays("callback"),
        })
    })
}

/// `gpu=2` at a worker: addresses 0 and 1.
fn offered(written: &Argument) -> Resources {
    let gpus = written.number("gpu").unwrap_or(0);
    if gpus == 0 {
        return Resources::NONE;
    }
    Resources(vec![ResourceInformation {
        name: Text::new("gpu"),
        addresses: (0..gpus).map(|gpu| Text::new(&gpu.to_string())).collect(),
    }])
}

/// `gpu=1` at an application or a driver: so many for each executor, or for it.
pub(super) fn required(written: &Argument) -> Vec<ResourceRequirement> {
    let gpus = written.number("gpu").into_iter();
    let name = Text::new("gpu");
    gpus.map(|amount| ResourceRequirement { name, amount })
        .collect()
}
