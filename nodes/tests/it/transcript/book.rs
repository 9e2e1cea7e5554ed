//! Short names for what is shown: ids without their stamps, and the slots of masters' books by
//! what is in them.

use deploysim_protocol::event::{Event, MasterEvent};
use std::collections::BTreeMap;

/// What each id and slot is called.
#[derive(Default)]
pub(super) struct Book {
    short: BTreeMap<String, String>,
    slots: BTreeMap<(usize, u32, Kind, u32), String>,
}

/// Which table of a master's books a slot is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Worker,
    Application,
    Driver,
}

impl Book {
    /// What a slot is called.
    pub(super) fn slot(&self, host: usize, life: u32, kind: Kind, slot: u32) -> String {
        let name = self.slots.get(&(host, life, kind, slot));
        name.cloned().unwrap_or_else(|| format!("{kind:?}#{slot}"))
    }

    /// Learns from a note what is in a slot.
    pub(super) fn learn(&mut self, host: usize, life: u32, event: &Event) {
        let (kind, slot, id) = match event {
            Event::Master(MasterEvent::WorkerAdded { worker, id, .. }) => {
                (Kind::Worker, worker.0, id.to_string())
            }
            Event::Master(MasterEvent::ApplicationAdded {
                application, id, ..
            }) => (Kind::Application, application.0, id.to_string()),
            Event::Master(MasterEvent::DriverAdded { driver, id, .. }) => {
                (Kind::Driver, driver.0, id.to_string())
            }
            Event::Master(_)
            | Event::Worker(_)
            | Event::Driver(_)
            | Event::Executor(_)
            | Event::Client(_)
            | Event::Election(_)
            | Event::HandlerThrew { .. } => return,
        };
        let name = self.text(&id);
        self.slots.insert((host, life, kind, slot), name);
    }

    /// The id that is called `name`, if one is.
    pub(super) fn long(&self, name: &str) -> Option<&str> {
        let mut names = self.short.iter();
        let found = names.find(|(_, short)| *short == name);
        found.map(|(long, _)| long.as_str())
    }

    /// A text with every id in it shortened: `worker-<stamp>-<host>-<port>` to its host, others
    /// by an ellipsis for the stamp. Ids that would read alike are numbered.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some((before, id, after)) = next_id(rest) {
            shown.push_str(before);
            shown.push_str(&self.shorten(id));
            rest = after;
        }
        shown + rest
    }

    fn shorten(&mut self, id: &str) -> String {
        if let Some(short) = self.short.get(id) {
            return short.clone();
        }
        let (role, rest) = id.split_once('-').unwrap();
        let (_, rest) = rest.split_once('-').unwrap();
        let plain = match (role, rest.rsplit_once('-')) {
            ("worker", Some((host, _))) => host.to_owned(),
            _ => format!("{role}-…-{rest}"),
        };
        let taken = |name: &String| self.short.values().any(|short| short == name);
        let mut names = (1..).map(|number| match number {
            1 => plain.clone(),
            number => format!("{plain}#{number}"),
        });
        let short = names.find(|name| !taken(name)).unwrap();
        self.short.insert(id.to_owned(), short.clone());
        short
    }
}

/// The first id in a text, with what stands before and after it.
fn next_id(text: &str) -> Option<(&str, &str, &str)> {
    let starts = ["worker-", "app-", "driver-"].iter();
    let mut found = starts
        .flat_map(|role| {
            text.match_indices(role)
                .map(|(at, _)| (at, at + role.len()))
        })
        .filter(|(_, stamp)| {
            let digits = text[*stamp..]
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count();
            digits == 14 && text[*stamp + 14..].starts_with('-')
        })
        .collect::<Vec<_>>();
    found.sort_unstable();
    let (at, _) = *found.first()?;
    let length = text[at..]
        .find([' ', '/', ',', ':', '.'])
        .unwrap_or(text.len() - at);
    Some((&text[..at], &text[at..at + length], &text[at + length..]))
}
