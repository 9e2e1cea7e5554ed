//! The names of a scenario: declaring them once, and finding what a name, a glob or a role
//! stands for.

use crate::scenario::error::{Problem, Problems};
use crate::scenario::plan::{ELECTION, LEADER, Target, Targets};
use crate::scenario::value::Value;
use std::collections::BTreeSet;
use std::ops::Range;

/// Names of nodes that the file declares, each list in the order of the file.
pub(in crate::scenario) struct Names<'a> {
    pub(super) masters: Vec<String>,
    /// Whether there is an election service.
    pub(super) has_election: bool,
    workers: Vec<String>,
    /// Applications on machines of their own.
    applications: Vec<String>,
    drivers: Vec<String>,
    /// All applications, also those inside drivers.
    works: Vec<String>,
    taken: BTreeSet<String>,
    /// Classes of jobs, which are called `<class>-<number>`.
    jobs: BTreeSet<String>,
    problems: &'a Problems,
}

/// Which names a value may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Kind {
    Master,
    Worker,
    Application,
    Driver,
}

const ROLES: [&str; 5] = ["masters", "workers", "applications", "drivers", "executors"];
const LATER_TARGETS: [&str; 3] = ["one", "minority", "majority"];

impl Kind {
    const fn singular(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Worker => "worker",
            Self::Application => "application",
            Self::Driver => "submitted driver",
        }
    }
    const fn role(self) -> &'static str {
        match self {
            Self::Master => "masters",
            Self::Worker => "workers",
            Self::Application => "applications",
            Self::Driver => "drivers",
        }
    }
}

impl<'a> Names<'a> {
    pub(super) const fn new(problems: &'a Problems) -> Self {
        Self {
            masters: Vec::new(),
            has_election: false,
            workers: Vec::new(),
            applications: Vec::new(),
            drivers: Vec::new(),
            works: Vec::new(),
            taken: BTreeSet::new(),
            jobs: BTreeSet::new(),
            problems,
        }
    }

    pub(super) fn declare_worker(&mut self, name: &str, span: Range<usize>) {
        if self.declare(name, "", span) {
            self.workers.push(name.to_owned());
        }
    }

    /// Whether it can have this name.
    pub(super) fn declare_application(&mut self, name: &str, span: Range<usize>) -> bool {
        let can = self.declare(name, "", span.clone()) && self.declare(name, "executor:", span);
        if can {
            self.applications.push(name.to_owned());
            self.works.push(name.to_owned());
        }
        can
    }

    pub(super) fn declare_driver(&mut self, name: &str, span: Range<usize>) {
        if self.declare(name, "driver:", span) {
            self.drivers.push(name.to_owned());
        }
    }

    /// An application inside a driver's process.
    pub(super) fn declare_hosted(&mut self, name: &str, span: Range<usize>) {
        if self.declare(name, "executor:", span) {
            self.works.push(name.to_owned());
        }
    }

    /// A class of jobs. Everything that has a name of its own is declared before.
    pub(super) fn declare_jobs(&mut self, class: &str, span: Range<usize>) {
        if !self.can_be_a_name(class, &span) {
            return;
        }
        let is_job = |name: &str| {
            let name = name.rsplit(':').next().unwrap_or(name);
            let number = name
                .strip_prefix(class)
                .and_then(|rest| rest.strip_prefix('-'));
            number.is_some_and(|number| number.bytes().all(|digit| digit.is_ascii_digit()))
        };
        let mut others = self.masters.iter().chain(&self.taken);
        let message = if let Some(other) = others.find(|name| is_job(name)) {
            format!("a job of class `{class}` could be called `{other}`, which there is already")
        } else if !self.jobs.insert(class.to_owned()) {
            format!("there is a class `{class}` already")
        } else {
            return;
        };
        let problem = Problem::new(span, message).about_file();
        let allowed = "a name that no other class has, and no node with a number after it";
        self.problems.push(problem.allowed(allowed));
    }

    /// Whether these letters can be a name; reports it if not.
    fn can_be_a_name(&self, name: &str, span: &Range<usize>) -> bool {
        let plain = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        if !plain {
            let problem = Problem::new(span.clone(), format!("`{name}` cannot be a name"));
            self.problems
                .push(problem.allowed("letters, digits, `-`, `_` and `.`, a letter first"));
            return false;
        }
        let is_word = ROLES.contains(&name) || LATER_TARGETS.contains(&name);
        if is_word || ["both", "none", LEADER].contains(&name) {
            self.problems.push(Problem::new(
                span.clone(),
                format!("`{name}` cannot be a name: it has a meaning"),
            ));
            return false;
        }
        true
    }

    fn declare(&mut self, name: &str, prefix: &str, span: Range<usize>) -> bool {
        if !self.can_be_a_name(name, &span) {
            return false;
        }
        let is_node = self.masters.iter().any(|master| master == name)
            || self.has_election && name == ELECTION;
        let is_node = prefix.is_empty() && is_node;
        if is_node || !self.taken.insert(format!("{prefix}{name}")) {
            let message = format!("the name `{name}` is taken");
            let problem = Problem::new(span, message).about_file();
            self.problems
                .push(problem.allowed("a name that nothing else in the scenario has"));
            return false;
        }
        true
    }

    fn list(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Master => &self.masters,
            Kind::Worker => &self.workers,
            Kind::Application => &self.works,
            Kind::Driver => &self.drivers,
        }
    }

    /// The names of one kind that a value stands for: a name, a glob, the role, or a list.
    pub(in crate::scenario) fn select(&self, value: Value<'_>, kind: Kind) -> Option<Vec<String>> {
        let (mut selected, mut seen) = (Vec::new(), BTreeSet::new());
        for element in value.one_or_list() {
            for name in self.select_one(element, kind)? {
                if seen.insert(name.clone()) {
                    selected.push(name);
                }
            }
        }
        self.not_empty(value, selected)
    }

    /// The one name that a value is.
    pub(in crate::scenario) fn single(&self, value: Value<'_>, kind: Kind) -> Option<String> {
        let text = value.text()?;
        let found = self.list(kind).iter().find(|name| *name == text);
        if found.is_none() {
            self.unknown(value, text, kind);
        }
        found.cloned()
    }

    fn select_one(&self, value: Value<'_>, kind: Kind) -> Option<Vec<String>> {
        let text = value.text()?;
        let all = self.list(kind);
        let selected: Vec<String> = all
            .iter()
            .filter(|name| text == kind.role() || matches(text, name))
            .cloned()
            .collect();
        if selected.is_empty() {
            self.unknown(value, text, kind);
            return None;
        }
        Some(selected)
    }

    fn unknown(&self, value: Value<'_>, text: &str, kind: Kind) {
        let message = format!("there is no {} `{text}`", kind.singular());
        let problem = value
            .problem(message)
            .one_of(text, self.list(kind).iter().map(String::as_str));
        self.problems.push(problem.about_file());
    }

    fn not_empty<T>(&self, value: Value<'_>, list: Vec<T>) -> Option<Vec<T>> {
        if list.is_empty() {
            let message = format!("`{}` names nothing", value.key);
            self.problems.push(value.problem(message));
            return None;
        }
        Some(list)
    }

    /// The targets that a value stands for: a name, a glob, a role, or a list of these.
    pub(in crate::scenario) fn targets(&self, value: Value<'_>) -> Option<Targets> {
        let (mut targets, mut seen): (Targets, _) = (Vec::new(), BTreeSet::new());
        for element in value.one_or_list() {
            for target in self.target(element)? {
                if seen.insert(target.clone()) {
                    targets.push(target);
                }
            }
        }
        self.not_empty(value, targets)
    }

    /// The one target that a value stands for.
    pub(in crate::scenario) fn single_target(&self, value: Value<'_>) -> Option<Target> {
        let mut found = self.target(value)?;
        if found.len() != 1 {
            let message = format!("`{}` has to be one node", value.key);
            self.problems.push(value.problem(message).about_file());
            return None;
        }
        found.pop()
    }

    /// The machine of this name, if there is one.
    pub(in crate::scenario) fn machine(&self, name: &str) -> Option<Target> {
        let is_in = |names: &[String]| names.iter().any(|own| own == name);
        if self.has_election && name == ELECTION {
            Some(Target::Election)
        } else if is_in(&self.masters) {
            Some(Target::Master(name.to_owned()))
        } else if is_in(&self.workers) {
            Some(Target::Worker(name.to_owned()))
        } else {
            is_in(&self.applications).then(|| Target::Application(name.to_owned()))
        }
    }

    /// As [`Self::targets`], without the word for whoever leads: who is meant has to be known
    /// beforehand.
    pub(in crate::scenario) fn fixed_targets(&self, value: Value<'_>) -> Option<Targets> {
        let targets = self.targets(value)?;
        self.without_leader(value, &targets)?;
        Some(targets)
    }

    /// Reports the word for whoever leads.
    pub(in crate::scenario) fn without_leader(
        &self,
        value: Value<'_>,
        targets: &[Target],
    ) -> Option<()> {
        if targets.contains(&Target::Leader) {
            let message = format!("`{}` cannot name the `{LEADER}`, which changes", value.key);
            let problem = value.problem(message).allowed("masters by name");
            self.problems.push(problem);
            return None;
        }
        Some(())
    }

    /// Two groups: a list of two, each a name or a list of names.
    pub(in crate::scenario) fn pair(&self, value: Value<'_>) -> Option<(Targets, Targets)> {
        const ALLOWED: &str = "two groups: [\"worker-1\", \"master-1\"] or \
            [[\"worker-1\", \"worker-2\"], [\"master-1\"]]";
        let groups = value.list(ALLOWED)?;
        let [first, second] = groups.as_slice() else {
            value.problems.push(
                value
                    .problem(format!(
                        "`{}` needs two groups, not {}",
                        value.key,
                        groups.len()
                    ))
                    .allowed(ALLOWED),
            );
            return None;
        };
        let (first, second) = (self.targets(*first), self.targets(*second));
        let (first, second) = (first?, second?);
        let others: BTreeSet<&Target> = second.iter().collect();
        if let Some(both) = first.iter().find(|target| others.contains(target)) {
            let message = format!("`{both}` is in both groups");
            self.problems.push(value.problem(message).about_file());
            return None;
        }
        Some((first, second))
    }

    fn target(&self, value: Value<'_>) -> Option<Targets> {
        let text = value.text()?;
        if LATER_TARGETS.contains(&text) || text.ends_with('%') {
            let message = format!("target `{text}` is not playable yet");
            let problem = value.problem(message).allowed("names, globs and roles");
            self.problems.push(problem);
            return None;
        }
        let found = match (text.strip_prefix("driver:"), text.strip_prefix("executor:")) {
            (Some(driver), _) => self.driver_targets(driver),
            (_, Some(executor)) => self.executor_targets(executor),
            (None, None) => self.node_targets(text),
        };
        if found.is_empty() {
            self.push_unknown_target(value, text);
            return None;
        }
        Some(found)
    }

    fn node_targets(&self, text: &str) -> Targets {
        if text == LEADER {
            return vec![Target::Leader];
        }
        if text == ELECTION && self.has_election {
            return vec![Target::Election];
        }
        let nodes = (self
            .masters
            .iter()
            .map(|name| ("masters", Target::Master(name.clone()))))
        .chain(
            self.workers
                .iter()
                .map(|name| ("workers", Target::Worker(name.clone()))),
        )
        .chain(
            (self.applications.iter())
                .map(|name| ("applications", Target::Application(name.clone()))),
        );
        let mut found: Targets = nodes
            .filter(|(role, target)| text == *role || matches(text, &target.to_string()))
            .map(|(_, target)| target)
            .collect();
        if text == "drivers" {
            found.extend(self.driver_targets("*"));
        }
        if text == "executors" {
            found.extend(self.executor_targets("*"));
        }
        found
    }

    fn driver_targets(&self, text: &str) -> Targets {
        let (name, copy) = match text.split_once('#') {
            None => (text, None),
            Some((name, copy)) => match copy.parse() {
                Ok(copy) if copy > 0 => (name, Some(copy)),
                Ok(_) | Err(_) => return Vec::new(),
            },
        };
        let drivers = self.drivers.iter().filter(|driver| matches(name, driver));
        drivers
            .map(|name| Target::Driver {
                name: name.clone(),
                copy,
            })
            .collect()
    }

    fn executor_targets(&self, text: &str) -> Targets {
        let (name, number) = match text.split_once('/') {
            None | Some((_, "*")) => (text.trim_end_matches("/*"), None),
            Some((name, number)) => match number.parse() {
                Ok(number) => (name, Some(number)),
                Err(_) => return Vec::new(),
            },
        };
        let works = self.works.iter().filter(|work| matches(name, work));
        works
            .map(|work| Target::Executor {
                application: work.clone(),
                number,
            })
            .collect()
    }

    /// The executors `<application>/<n>` or `<application>/*` of one application.
    pub(in crate::scenario) fn executor(&self, value: Value<'_>) -> Option<(String, Option<u32>)> {
        let text = value.text()?;
        let plain = text.strip_prefix("executor:").unwrap_or(text);
        let name = plain.split('/').next().unwrap_or(plain);
        if !self.works.iter().any(|work| work == name) {
            self.unknown(value, name, Kind::Application);
            return None;
        }
        match self.executor_targets(plain).pop() {
            Some(Target::Executor {
                application,
                number,
            }) => Some((application, number)),
            Some(
                Target::Election
                | Target::Leader
                | Target::Master(_)
                | Target::Worker(_)
                | Target::Application(_)
                | Target::Driver { .. },
            )
            | None => {
                value.wrong("an executor: <application>/<number>, or <application>/* for all");
                None
            }
        }
    }

    fn push_unknown_target(&self, value: Value<'_>, text: &str) {
        let nodes = self
            .masters
            .iter()
            .chain(&self.workers)
            .chain(&self.applications)
            .cloned();
        let known: Vec<String> = nodes
            .chain(self.drivers.iter().map(|name| format!("driver:{name}")))
            .chain(self.works.iter().map(|name| format!("executor:{name}/*")))
            .chain(self.has_election.then(|| ELECTION.to_owned()))
            .chain([LEADER.to_owned()])
            .collect();
        let message = if ROLES.contains(&text) {
            format!("there are no {text} in this scenario")
        } else {
            format!("there is no node or process `{text}`")
        };
        let roles = ROLES
            .into_iter()
            .filter(|role| !self.node_targets(role).is_empty());
        let words = known.iter().map(String::as_str).chain(roles);
        let mut problem = value.problem(message).one_of(text, words);
        if self.drivers.iter().any(|driver| driver == text) {
            problem.suggestion = Some(format!("driver:{text}"));
        }
        self.problems.push(problem.about_file());
    }
}

/// Whether `name` fits `pattern`, in which `*` stands for any letters and `?` for one.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.chars().next(), name.chars().next()) {
        (None, None) => true,
        (Some('*'), first) => {
            matches(&pattern[1..], name)
                || first.is_some_and(|letter| matches(pattern, &name[letter.len_utf8()..]))
        }
        (Some('?'), Some(letter)) => matches(&pattern[1..], &name[letter.len_utf8()..]),
        (Some(left), Some(right)) if left == right => {
            matches(&pattern[left.len_utf8()..], &name[right.len_utf8()..])
        }
        (None | Some(_), None | Some(_)) => false,
    }
}
