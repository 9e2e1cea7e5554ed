//! What happens to traffic on purpose: lost, held, or delivered twice, by who sends it, who gets
//! it and of which kind it is.

use super::traffic::Parcel;
use super::words::Command;
use super::world::{Item, World};
use deploysim_protocol::time::Time;

/// What becomes of something that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    Twice,
    Held,
    Lost,
}

/// Whose traffic has a fate of its own, and for how long.
pub(super) struct Rule {
    fate: Fate,
    filter: Filter,
    /// How many are left.
    count: Option<u32>,
    until: Option<Time>,
}

/// Which traffic is meant; what is absent does not matter.
#[derive(Clone, Default)]
pub(super) struct Filter {
    from: Option<String>,
    to: Option<String>,
    kind: Option<String>,
}

impl Filter {
    fn read(command: &Command) -> Self {
        let word = |name: &str| command.value(name).map(str::to_owned);
        Self {
            from: word("from"),
            to: word("to"),
            kind: word("kind"),
        }
    }
}

impl World {
    /// `lose from=worker-1 for=150s`, `drop kind=Heartbeat`, `duplicate kind=…`, `hold …`: the
    /// first and the last go on until their time is over, the others concern one (or `count=`).
    pub(super) fn add_rule(&mut self, command: &Command, fate: Fate) {
        let count = match command.verb.as_str() {
            "drop" | "duplicate" => Some(command.number("count").unwrap_or(1)),
            _ => command.number("count"),
        };
        self.rules.push(Rule {
            fate,
            filter: Filter::read(command),
            count,
            until: command.duration("for").map(|span| self.now + span),
        });
    }

    /// `release`: no fault any more; what was held arrives, in the order of sending.
    pub(super) fn release(&mut self) {
        self.rules.clear();
        for parcel in std::mem::take(&mut self.held) {
            self.post(Item::Arrives(parcel));
        }
    }

    /// `deliver from=… to=… kind=… count=1`: the first that was held and is meant arrives.
    pub(super) fn deliver(&mut self, command: &Command) {
        let filter = Filter::read(command);
        let count: usize = command.number("count").unwrap_or(1);
        for _ in 0..count {
            let at = (0..self.held.len()).find(|at| self.is_meant(&filter, &self.held[*at]));
            let Some(at) = at else {
                command.wrong("nothing of this kind is held")
            };
            let parcel = self.held.remove(at);
            self.post(Item::Arrives(parcel));
            self.settle();
        }
    }

    /// What becomes of something that is sent: the first rule that means it decides.
    pub(super) fn fate(&mut self, parcel: &Parcel) -> Fate {
        let now = self.now;
        self.rules
            .retain(|rule| rule.until.is_none_or(|until| now < until) && rule.count != Some(0));
        let rules = std::mem::take(&mut self.rules);
        let at = rules
            .iter()
            .position(|rule| self.is_meant(&rule.filter, parcel));
        self.rules = rules;
        let Some(rule) = at.map(|at| &mut self.rules[at]) else {
            return Fate::Arrives;
        };
        if let Some(count) = &mut rule.count {
            *count -= 1;
        }
        rule.fate
    }

    fn is_meant(&self, filter: &Filter, parcel: &Parcel) -> bool {
        let ends = &self.wires[parcel.to.wire].ends;
        let name = |side: usize| self.hosts[ends[side].who.host].name.as_str();
        let agrees = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        agrees(&filter.from, name(1 - parcel.to.side))
            && agrees(&filter.to, name(parcel.to.side))
            && agrees(&filter.kind, parcel.unit.kind())
    }
}
