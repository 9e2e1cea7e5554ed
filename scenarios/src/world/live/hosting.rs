//! A master or worker as a process of this machine. A guardian stands between it and the run, so
//! that it ends with the run, however that ends. Its log says where it listens.

use super::{Event, Number};
use deploysim_nodes::live::{FAILED, STARTED};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// The hidden subcommand of this program that is a guardian.
const GUARDIAN: &str = "child";

/// How long a guardian may take to start its program.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many lines of a log are kept, to be shown if the process cannot begin.
const LOG_LINES_KEPT: usize = 5;

/// Where a process is, as its log says it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Places {
    /// `spark://…`, for the others.
    pub(super) url: String,
    /// `http://…`, of its page.
    #[serde(rename = "webui")]
    pub(super) page: String,
    /// `host:port` of its REST server, if it has one.
    pub(super) rest: Option<String>,
}

impl Places {
    /// What a line of a log says, if it is that line.
    fn read(line: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line {
            fields: serde_json::Value,
        }
        let line: Line = serde_json::from_str(line).ok()?;
        let message = line.fields.get("message")?.as_str()?;
        let says = message == "master listens" || message == "worker listens";
        says.then(|| serde_json::from_value(line.fields).ok())?
    }
}

/// A process, which ends when this value does.
#[derive(Debug)]
pub(super) struct Hosted {
    leader: Pid,
    /// Its end tells the guardian to end the process.
    _link: UnixStream,
}

impl Hosted {
    /// Starts `program` with arguments. That it listens, and that it is gone, is told later. Its log
    /// goes into `kept` if there is such a file.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn start(
        process: Number,
        program: &Path,
        arguments: &[OsString],
        kept: Option<File>,
        events: Sender<Event>,
    ) -> io::Result<Self> {
        let (link, other) = UnixStream::pair()?;
        let mut command = Command::new(program);
        command
            .args([GUARDIAN, "--"])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::from(OwnedFd::from(other)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A signal from the terminal is for the run alone.
            .process_group(0);
        let mut guardian = command.spawn()?;
        // With it goes this end of the guardian's link.
        drop(command);
        link.set_read_timeout(Some(PATIENCE))?;
        let mut said = String::new();
        BufReader::new(&link).read_line(&mut said)?;
        let leader = said.trim_end().strip_prefix(STARTED);
        let leader = leader.and_then(|pid| Pid::from_raw(pid.parse().ok()?));
        let (Some(leader), Some(log)) = (leader, guardian.stderr.take()) else {
            let reason = said.trim_end().strip_prefix(FAILED).unwrap_or(&said);
            let error = io::Error::other(reason.to_owned());
            drop(link);
            guardian.wait()?;
            return Err(error);
        };
        std::thread::spawn(move || attend(process, guardian, log, kept, &events));
        Ok(Self {
            leader,
            _link: link,
        })
    }

    /// Sends the process a signal. One that is gone needs none.
    pub(super) fn signal(&self, signal: Signal) {
        let _ = kill_process(self.leader, signal);
    }
}

/// Reads the log of a process until its end, and tells of both.
fn attend(
    process: Number,
    mut guardian: Child,
    log: ChildStderr,
    mut kept: Option<File>,
    events: &Sender<Event>,
) {
    let mut last = VecDeque::new();
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if let Some(places) = Places::read(&line) {
            // A run that is over does not want to know; the log is read all the same.
            drop(events.send(Event::Listens { process, places }));
        }
        let written = kept.as_mut().map(|file| writeln!(file, "{line}"));
        if let Some(Err(error)) = written {
            kept = None;
            let why = format!("a log cannot be kept: {error}");
            drop(events.send(Event::Unkept { why }));
        }
        if last.len() == LOG_LINES_KEPT {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = guardian.wait();
    let code = status.map_or(-1, |status| {
        let by_signal = || 128 + status.signal().unwrap_or_default();
        status.code().unwrap_or_else(by_signal)
    });
    let log = Vec::from(last).join("\n");
    drop(events.send(Event::Gone { process, code, log }));
}
