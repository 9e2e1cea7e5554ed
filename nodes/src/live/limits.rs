//! What a child may use of the machine: how a worker's properties say it, how a guardian is told,
//! and how a process sets it on itself. A child inherits its guardian's limits, and cannot raise
//! them.

use super::LiveError;
use super::properties::Properties;
use crate::gateway::shift_of;
use deploysim_protocol::conf::parse_duration;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::str::FromStr;

/// What the keys of a worker's properties begin with.
const PREFIX: &str = "deploysim.child.";

/// One thing of which a process has only so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limited {
    CpuTime,
    Memory,
    FileSize,
    CoreSize,
    OpenFiles,
}

impl Limited {
    const ALL: [Self; 5] = [
        Self::CpuTime,
        Self::Memory,
        Self::FileSize,
        Self::CoreSize,
        Self::OpenFiles,
    ];

    /// The word, behind the prefix and for guardians.
    const fn word(self) -> &'static str {
        match self {
            Self::CpuTime => "cpuTimeMax",
            Self::Memory => "memoryMax",
            Self::FileSize => "fileSizeMax",
            Self::CoreSize => "coreSizeMax",
            Self::OpenFiles => "openFilesMax",
        }
    }

    /// What is allowed as a value, for people.
    const fn allowed(self) -> &'static str {
        match self {
            Self::CpuTime => "a time of at least 1s, for example 10min",
            Self::Memory | Self::FileSize | Self::CoreSize => {
                "a number of bytes or with a unit (k, m, g, t), for example 512m"
            }
            Self::OpenFiles => "a number from 16 on",
        }
    }

    /// The system's name for it.
    const fn resource(self) -> Resource {
        match self {
            Self::CpuTime => Resource::Cpu,
            Self::Memory => Resource::As,
            Self::FileSize => Resource::Fsize,
            Self::CoreSize => Resource::Core,
            Self::OpenFiles => Resource::Nofile,
        }
    }

    /// The value in the system's unit: seconds, bytes, or a count.
    fn read(self, text: &str) -> Option<u64> {
        match self {
            Self::CpuTime => {
                let time = text.parse().map(std::time::Duration::from_secs).ok();
                let time = time.or_else(|| parse_duration(text))?;
                Some(time.as_secs()).filter(|seconds| *seconds > 0)
            }
            Self::Memory | Self::FileSize | Self::CoreSize => size_bytes(text),
            Self::OpenFiles => text.parse().ok().filter(|count| *count >= 16),
        }
    }
}

/// How much of one thing a process may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLimit {
    of: Limited,
    /// In the system's unit: seconds, bytes, or a count.
    max: u64,
}

/// As guardians are told: `cpuTimeMax=10`.
impl fmt::Display for ChildLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.of.word(), self.max)
    }
}

impl FromStr for ChildLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').and_then(|(word, max)| {
            let of = Limited::ALL.into_iter().find(|of| of.word() == word)?;
            let max = max.parse().ok()?;
            Some(Self { of, max })
        });
        parts.ok_or_else(|| format!("`{text}` is no limit: expected NAME=NUMBER"))
    }
}

impl ChildLimit {
    /// Sets it on this process and those that it starts from then on, for ever.
    ///
    /// # Errors
    /// What the system refuses, in words.
    pub(super) fn set(self) -> Result<(), String> {
        let limit = Rlimit {
            current: Some(self.max),
            maximum: Some(self.max),
        };
        setrlimit(self.of.resource(), limit)
            .map_err(|error| format!("{PREFIX}{self} cannot be set: {error}"))
    }
}

/// The limits that a worker's properties name.
///
/// # Errors
/// All keys and values that are wrong, each with its line.
pub(super) fn child_limits(properties: &Properties) -> Result<Vec<ChildLimit>, LiveError> {
    let (mut limits, mut wrong) = (Vec::new(), Vec::new());
    for (place, key, value) in properties.below(PREFIX) {
        let found = Limited::ALL
            .into_iter()
            .find(|of| key.strip_prefix(PREFIX) == Some(of.word()));
        let Some(of) = found else {
            let known = Limited::ALL.map(|of| format!("{PREFIX}{}", of.word()));
            wrong.push(format!(
                "error: {place}: `{key}` is no limit of children: allowed is {}",
                known.join(", ")
            ));
            continue;
        };
        match of.read(value) {
            Some(max) => {
                limits.retain(|limit: &ChildLimit| limit.of != of);
                limits.push(ChildLimit { of, max });
            }
            None => wrong.push(format!(
                "error: {place}: `{key}` cannot be `{value}`: allowed is {}",
                of.allowed()
            )),
        }
    }
    if wrong.is_empty() {
        Ok(limits)
    } else {
        Err(LiveError::BadInput(wrong.join("\n")))
    }
}

/// Lets this process open as many files as the system allows it, because each peer is one. For
/// processes without children, who would inherit it.
pub(super) fn open_more_files() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    // What the system does not allow stays as it is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
}

/// The largest unit of a limit is a TiB.
const SHIFT_MAX: u32 = 40;

/// A number of bytes, or of a larger unit.
pub(super) fn size_bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let unit_at = text.find(|letter: char| !letter.is_ascii_digit());
    let (number, unit) = text.split_at(unit_at.unwrap_or(text.len()));
    let shift = shift_of(unit).filter(|shift| *shift <= SHIFT_MAX)?;
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}
