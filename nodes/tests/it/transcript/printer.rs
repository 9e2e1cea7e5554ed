//! What happened, line by line: the time if it has advanced, who, and what. Frequent kinds are
//! hidden until a transcript asks for them.

use super::actor::Happening;
use super::book::Kind;
use super::show;
use super::traffic::Unit;
use super::world::World;
use deploysim_nodes::process::Exit;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{Event, Field};
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::{Time, WallTime};
use std::collections::BTreeSet;

/// Kinds that a reader rarely wants to see.
const HIDDEN: [&str; 7] = [
    "Heartbeat",
    "HeartbeatSent",
    "WorkerHeard",
    "ScheduleBegan",
    "ScheduleEnded",
    "CheckForWorkerTimeOut",
    "SendHeartbeat",
];

/// The output of the commands of a block.
pub(super) struct Page {
    lines: Vec<String>,
    hidden: BTreeSet<String>,
    /// Whether nothing is written at all.
    pub(super) is_quiet: bool,
    /// The time that was written last.
    written: Time,
    /// Every kind that was shown, with what it is a kind of.
    pub(super) seen: BTreeSet<String>,
}

impl Page {
    pub(super) fn new() -> Self {
        Self {
            lines: Vec::new(),
            hidden: HIDDEN.map(str::to_owned).into(),
            is_quiet: false,
            written: Time::ZERO,
            seen: BTreeSet::new(),
        }
    }

    /// Shows kinds that were hidden, from here on.
    pub(super) fn show(&mut self, kind: &str) {
        self.hidden.remove(kind);
    }

    /// Hides kinds, from here on.
    pub(super) fn hide(&mut self, kind: &str) {
        self.hidden.insert(kind.to_owned());
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// A line that is always written.
    pub(super) fn fact(&mut self, now: Time, left: String, text: String) {
        if self.is_quiet {
            return;
        }
        let time = if now == self.written {
            String::new()
        } else {
            now.to_string()
        };
        self.written = now;
        let line = format!("{time:<10}{left:<24} {text}");
        self.lines.push(line.trim_end().to_owned());
    }

    /// A line about a kind, unless it is hidden.
    fn kind(&mut self, now: Time, of: &str, kind: &str, line: (String, String)) {
        if !self.is_quiet && !self.hidden.contains(kind) {
            self.seen.insert(format!("{of}::{kind}"));
            self.fact(now, line.0, line.1);
        }
    }

    /// Whether a kind was shown in this block.
    pub(super) fn has(&self, kind: &str) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|line| line.split(' ').any(|word| word == kind))
    }

    /// A timer fires.
    pub(super) fn timer(&mut self, now: Time, node: &str, timer: &str) {
        let name = timer.split('(').next().unwrap_or(timer);
        let line = (format!("timer {node}"), timer.to_owned());
        self.kind(now, "Timer", name, line);
    }
}

impl World {
    pub(super) fn show_arrival(&mut self, from: usize, to: usize, unit: &Unit) {
        self.show_unit(
            format!("{} -> {}", self.hosts[from].name, self.hosts[to].name),
            unit,
        );
    }

    pub(super) fn show_lost(&mut self, from: usize, to: Address, unit: &Unit) {
        let to = self.name_of(to);
        self.show_unit(format!("{} -x {to}", self.hosts[from].name), unit);
    }

    fn show_unit(&mut self, left: String, unit: &Unit) {
        let (of, kind, text) = match unit {
            Unit::Message(message) => return self.show_message(left, message),
            Unit::Ask(_, ask) => {
                let of = match ask {
                    Ask::AskMaster(_) => "AskMaster",
                    Ask::AskWorker(_) => "AskWorker",
                    Ask::AskDriver(_) => "AskDriver",
                    Ask::AskElection(_) => "AskElection",
                };
                (of, ask.kind(), format!("ask {}", show::ask(self, ask)))
            }
            Unit::Answer(_, Ok(answer)) => {
                let text = show::answer(self, answer).join("; ");
                ("Answer", answer.kind(), format!("answer {text}"))
            }
            Unit::Answer(_, Err(thrown)) => {
                self.page
                    .seen
                    .insert(format!("Thrown::{}", variant(thrown)));
                let text = self.book.text(&thrown.to_string());
                ("Answer", "throws", format!("answer throws: {text}"))
            }
            Unit::LookUp(_) | Unit::Found(_) | Unit::End => return,
        };
        self.page.kind(self.now, of, kind, (left, text));
    }

    fn show_message(&mut self, left: String, message: &Message) {
        let of = match message {
            Message::ToMaster(_) => "ToMaster",
            Message::ToWorker(_) => "ToWorker",
            Message::ToDriver(_) => "ToDriver",
            Message::ToExecutor(_) => "ToExecutor",
            Message::ToElection(_) => "ToElection",
        };
        let text = show::message(self, message);
        self.page.kind(self.now, of, message.kind(), (left, text));
    }

    /// What is fed to a node, where no arrival shows it.
    pub(super) fn show_happening(&mut self, host: usize, happening: &Happening) {
        let name = self.hosts[host].name.clone();
        match happening {
            Happening::Received(from, message) if from.connection.is_none() => {
                let left = if from.address == self.hosts[host].address {
                    format!("{name} -> itself")
                } else {
                    format!("somebody -> {name}")
                };
                self.show_message(left, message);
            }
            Happening::Operator(operation) => {
                let (of, kind, fields) = show::operation(self, operation);
                let text = format!("{kind} {fields}").trim_end().to_owned();
                let line = (format!("operator -> {name}"), text);
                self.page.kind(self.now, of, kind, line);
            }
            Happening::Elected => {
                self.page
                    .fact(self.now, format!("elected {name}"), String::new())
            }
            Happening::Revoked => {
                self.page
                    .fact(self.now, format!("revoked {name}"), String::new())
            }
            Happening::ConnectionError(_) => {
                self.page.fact(
                    self.now,
                    format!("error {name}"),
                    "on a connection".to_owned(),
                );
            }
            Happening::ProcessEnded(_, Exit::NotStarted { reason }) => {
                let text = format!("no process: {reason}");
                self.page.fact(self.now, format!("refuse {name}"), text);
            }
            Happening::Resolved(_, Err(error)) => self.show_failure(&name, "look-up", error),
            Happening::Answered(_, Err(error)) => self.show_failure(&name, "ask", error),
            Happening::Started
            | Happening::Received(..)
            | Happening::Asked(..)
            | Happening::Answered(..)
            | Happening::Resolved(..)
            | Happening::Disconnected(_)
            | Happening::ProcessStarted(_)
            | Happening::ProcessEnded(..) => {}
        }
    }

    fn show_failure(&mut self, name: &str, what: &str, error: &AskError) {
        let kind = match error {
            AskError::TimedOut => "TimedOut",
            AskError::Connection => "Connection",
            AskError::Remote(_) => "Remote",
        };
        let text = self.book.text(&error.to_string());
        let line = (format!("fail {name}"), format!("{what}: {text}"));
        self.page.kind(self.now, "AskError", kind, line);
    }

    pub(super) fn show_closed(&mut self, host: usize, peer: usize) {
        let left = format!("closed {}", self.hosts[host].name);
        let text = format!("connection with {}", self.hosts[peer].name);
        self.page.fact(self.now, left, text);
    }

    pub(super) fn show_question(&mut self, to: &str, ask: &Ask, text: String) {
        let of = match ask {
            Ask::AskMaster(_) => "AskMaster",
            Ask::AskWorker(_) => "AskWorker",
            Ask::AskDriver(_) => "AskDriver",
            Ask::AskElection(_) => "AskElection",
        };
        let line = (format!("operator -> {to}"), format!("ask {text}"));
        self.page.kind(self.now, of, ask.kind(), line);
    }

    pub(super) fn show_answer_to_operator(&mut self, host: usize, answer: &Result<Answer, Thrown>) {
        let left = format!("{} -> operator", self.hosts[host].name);
        match answer {
            Ok(answer) => {
                let mut lines = show::answer(self, answer).into_iter();
                let first = format!("answer {}", lines.next().unwrap_or_default());
                self.page
                    .kind(self.now, "Answer", answer.kind(), (left, first));
                for line in lines {
                    self.page
                        .fact(self.now, String::new(), format!("       {line}"));
                }
            }
            Err(thrown) => {
                let text = self.book.text(&thrown.to_string());
                self.page.kind(
                    self.now,
                    "Answer",
                    "throws",
                    (left, format!("answer throws: {text}")),
                );
            }
        }
    }

    /// A fact that a node reports.
    pub(super) fn note(&mut self, host: usize, event: &Event) {
        let life = self.hosts[host].life;
        self.book.learn(host, life, event);
        let of = match event {
            Event::Master(_) => "MasterEvent",
            Event::Worker(_) => "WorkerEvent",
            Event::Driver(_) => "DriverEvent",
            Event::Executor(_) => "ExecutorEvent",
            Event::Client(_) => "ClientEvent",
            Event::Election(_) => "ElectionEvent",
            Event::HandlerThrew { .. } => "Event",
        };
        let mut words: Vec<String> = vec![event.kind().to_owned()];
        let mut fields = Vec::new();
        event.fields(&mut |name, field| fields.push((name, field)));
        for (name, field) in fields {
            let text = self.field(host, name, field);
            if name == "number" && words.len() > 1 {
                let last = words.len() - 1;
                words[last].push_str(&format!("/{text}"));
            } else if !text.is_empty() && !words.contains(&text) {
                words.push(text);
            }
        }
        if let Event::HandlerThrew { thrown } = event {
            self.page
                .seen
                .insert(format!("Thrown::{}", variant(thrown)));
        }
        let left = format!("note {}", self.hosts[host].name);
        self.page
            .kind(self.now, of, event.kind(), (left, words.join(" ")));
    }

    /// A field of a note: what it is about stands alone, everything else has its name. Empty if
    /// it says nothing.
    fn field(&mut self, host: usize, name: &str, field: Field) -> String {
        let life = self.hosts[host].life;
        let value = match field {
            Field::Worker(slot) => return self.book.slot(host, life, Kind::Worker, slot.0),
            Field::Application(slot) => {
                return self.book.slot(host, life, Kind::Application, slot.0);
            }
            Field::Driver(slot) => {
                let slot = self.book.slot(host, life, Kind::Driver, slot.0);
                return if name == "new" {
                    format!("as {slot}")
                } else {
                    slot
                };
            }
            Field::Executor(executor) => return self.book.text(&executor.to_string()),
            Field::Record(record) => return self.book.text(&record.to_string()),
            Field::Text(text)
                if name == "id"
                    || name.ends_with("_id")
                    || name == "application"
                    || name == "driver" =>
            {
                return self.book.text(&text.as_str());
            }
            Field::Text(text) => self.book.text(&text.as_str()),
            Field::Address(address) if name == "address" || name == "driver" => {
                return self.name_of(address);
            }
            Field::Address(address) => self.name_of(address),
            Field::Thrown(thrown) => return self.book.text(&thrown.to_string()),
            Field::Number(number) if name == "number" => return number.to_string(),
            Field::Number(0) if name == "profile" => return String::new(),
            Field::Number(number) if name == "memory_mib" => {
                return format!("memory={}", show::memory(i32::try_from(number).unwrap()));
            }
            Field::Number(number) => show::number(number),
            Field::Word(word) => word.to_owned(),
            Field::Wall(_) if name == "now" => return String::new(),
            Field::Wall(wall) => {
                let since = wall.as_millis() - WallTime::EPOCH.as_millis();
                Time::from_millis(u64::try_from(since).unwrap()).to_string()
            }
        };
        format!("{name}={value}")
    }
}

/// The name of what was thrown.
fn variant(thrown: &Thrown) -> String {
    let text = format!("{thrown:?}");
    text.split(' ').next().unwrap_or(&text).to_owned()
}
