//! A recorded trace in the forms of other tools: trace events for Perfetto and Chrome, and logs for
//! ShiViz. The trace is read line by line and nothing is kept of what was written.

mod perfetto;
mod reader;
mod scene;
mod shiviz;
#[cfg(test)]
mod tests;

pub use shiviz::PARSER as SHIVIZ_PARSER;

use deploysim_scenarios::scenario;
use perfetto::Perfetto;
use reader::{Fact, Line, Reader};
use scene::{Met, Scene};
use shiviz::Shiviz;
use std::fmt;
use std::fs::{File, Permissions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The form of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Trace events as JSON, for Perfetto and `chrome://tracing`.
    Perfetto,
    /// A log with vector clocks, for ShiViz.
    Shiviz,
}

/// Why there is no export.
#[derive(Debug)]
pub enum ExportError {
    /// The trace cannot be read.
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The trace is wrong.
    Wrong {
        /// Which file.
        path: PathBuf,
        /// On which line, counted from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The result cannot be written.
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

impl fmt::Display for ExportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, reason } => {
                write!(formatter, "{} cannot be read: {reason}", path.display())
            }
            Self::Wrong { path, line, what } => {
                write!(formatter, "{}:{line}: {what}", path.display())
            }
            Self::Unwritable { path, reason } => {
                write!(formatter, "{} cannot be written: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for ExportError {}

/// Something that writes a trace in a form.
trait Writer {
    /// Writes what an entry says, which the scene has met.
    fn entry(&mut self, line: &Line, met: &Met, scene: &Scene) -> io::Result<()>;

    /// Writes the end.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Writes the trace of the run in a folder into a file, which gets its name when it is complete.
///
/// # Errors
/// If the trace cannot be read, is not a trace of this version, or ends before the run does; or if
/// the file cannot be written.
pub fn export(folder: &Path, form: Form, output: &Path) -> Result<(), ExportError> {
    let path = folder.join("trace.jsonl");
    let file = File::open(&path).map_err(|reason| ExportError::Unreadable {
        path: path.clone(),
        reason,
    })?;
    let mut reader = Reader::open(&path, BufReader::new(file))?;
    let unwritable = |reason| ExportError::Unwritable {
        path: output.to_owned(),
        reason,
    };
    let place = output
        .parent()
        .filter(|place| !place.as_os_str().is_empty());
    // As readable as any other file, if the user's mask allows it.
    let part = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(place.unwrap_or_else(|| Path::new(".")))
        .map_err(unwritable)?;
    {
        let out = BufWriter::new(part.as_file());
        let faults = faults(folder);
        let mut writer: Box<dyn Writer + '_> = match form {
            Form::Perfetto => Box::new(Perfetto::begin(out, faults).map_err(unwritable)?),
            Form::Shiviz => Box::new(Shiviz::begin(out, faults).map_err(unwritable)?),
        };
        let mut scene = Scene::default();
        while let Some(line) = reader.next()? {
            let met = scene.meet(&line).map_err(|what| reader.wrong(what))?;
            writer.entry(&line, &met, &scene).map_err(unwritable)?;
        }
        writer.finish().map_err(unwritable)?;
    }
    part.persist(output)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// What each fault of the run does, by its row: from the scenario beside the trace, if it is there.
fn faults(folder: &Path) -> Vec<String> {
    let plan = scenario::read(&folder.join("scenario.toml"), &[]);
    plan.map_or_else(
        |_| Vec::new(),
        |plan| {
            plan.faults
                .iter()
                .map(|fault| fault.word.to_string())
                .collect()
        },
    )
}

/// A fault in words, counted from 1.
fn fault_words(row: u32, faults: &[String]) -> String {
    match faults.get(row as usize) {
        Some(words) => format!("fault {}: {words}", row + 1),
        None => format!("fault {}", row + 1),
    }
}

/// What an entry says, in a few words; empty for what is told by arrows.
fn words(fact: &Fact) -> String {
    match fact {
        Fact::Started { role, restarts, .. } if *restarts > 0 => format!("started again: {role}"),
        Fact::Started { role, .. } => format!("started: {role}"),
        Fact::Ended { end, code, .. } => match code {
            Some(code) => format!("ended: {end} {code}"),
            None => format!("ended: {end}"),
        },
        Fact::Paused { .. } => "paused".to_owned(),
        Fact::Resumed { .. } => "resumed".to_owned(),
        Fact::ChildLaunched { child, .. } => format!("launches {child}"),
        Fact::ChildLost { child, .. } => format!("loses {child}"),
        Fact::ChildSignalled { child, signal, .. } => format!("signals {child}: {signal}"),
        Fact::Note { kind, .. } => kind.clone(),
        Fact::Sent { kind, .. } => format!("sends {kind}"),
        Fact::Received { kind, .. } => format!("receives {kind}"),
        Fact::Tampered {
            kind, tampering, ..
        } => format!("{kind} {tampering}"),
        Fact::ConnectionOpened { peer_name, .. } => format!("connected to {peer_name}"),
        Fact::ConnectionEnded { cause, .. } => format!("disconnected: {cause}"),
        Fact::DialFailed { to, cause, .. } => format!("cannot connect to {to}: {cause}"),
        Fact::FaultBegan { .. } | Fact::FaultEnded { .. } => String::new(),
        Fact::Settling => "the fault phase is over".to_owned(),
        Fact::Finished => "the run is over".to_owned(),
    }
}

/// Writes JSON into a form.
fn json(out: &mut impl Write, value: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer(out, value)?;
    Ok(())
}
