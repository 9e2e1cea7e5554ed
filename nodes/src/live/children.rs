//! A worker's children as processes of this machine: each is started through a guardian, which
//! ends it when the worker is gone, and is told of the worker's signals. What is run is in
//! `program.rs`.

use super::guardian::{FAILED, FORCED, POLITE, STARTED, group, signal as send};
use super::program::{Prepared, prepare};
use super::secrets::Secret;
use crate::hosted::Happening;
use crate::node::Signal;
use crate::process::{Exit, Process, ProcessId};
use crate::shell::Command;
use deploysim_protocol::text::Text;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::rc::Rc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::info;

/// The hidden subcommand of this program that is a guardian.
const GUARDIAN: &str = "child";

/// What is run for a worker's orders, and how.
pub(super) struct Children {
    /// The folder below which each child has its own.
    pub(super) work: PathBuf,
    /// What is run for an executor.
    pub(super) executor_command: Option<String>,
    /// What children need to know to speak to masters and workers, if there is a secret.
    pub(super) secret: Option<Secret>,
    /// Where the worker is told of its children.
    pub(super) commands: mpsc::UnboundedSender<Command>,
    /// How each child that runs is told of signals.
    pub(super) running: Rc<RefCell<BTreeMap<ProcessId, mpsc::UnboundedSender<Signal>>>>,
    /// Who waits for them. With these, every guardian loses its worker.
    pub(super) waiting: RefCell<JoinSet<()>>,
}

impl Children {
    /// Starts a child. That it runs, or why it does not, is told later.
    pub(super) fn launch(&self, process: Process) {
        let id = process.id;
        let prepared = prepare(
            &process.program,
            &self.work,
            self.executor_command.as_deref(),
        );
        let started = prepared.and_then(|prepared| {
            start(&prepared, self.secret.as_ref())
                .map_err(|error| format!("{}: {error}", prepared.directory.display()))
        });
        let (child, link) = match started {
            Ok(started) => started,
            Err(reason) => {
                let exit = not_started(&reason);
                tell(
                    &self.commands,
                    Happening::ProcessEnded { process: id, exit },
                );
                return;
            }
        };
        let (sender, signals) = mpsc::unbounded_channel();
        self.running.borrow_mut().insert(id, sender);
        let (running, commands) = (Rc::clone(&self.running), self.commands.clone());
        let mut waiting = self.waiting.borrow_mut();
        while waiting.try_join_next().is_some() {}
        waiting.spawn_local(async move {
            let exit = attend(id, child, link, signals, &commands).await;
            running.borrow_mut().remove(&id);
            tell(&commands, Happening::ProcessEnded { process: id, exit });
        });
    }

    /// Sends a signal to a child, if it still runs.
    pub(super) fn terminate(&self, process: ProcessId, signal: Signal) {
        if let Some(signals) = self.running.borrow().get(&process) {
            let _ = signals.send(signal);
        }
    }
}

fn tell(commands: &mpsc::UnboundedSender<Command>, happening: Happening) {
    drop(commands.send(Command::Happen(happening)));
}

fn not_started(reason: &str) -> Exit {
    // The table of texts is full only of what masters ordered.
    let reason = Text::try_new(reason).unwrap_or_else(|| Text::new(""));
    Exit::NotStarted { reason }
}

/// Starts the guardian of a program. What the program writes goes behind what earlier attempts
/// wrote. Spark: `DriverRunner.runDriver`.
fn start(prepared: &Prepared, secret: Option<&Secret>) -> io::Result<(Child, UnixStream)> {
    let open = |name: &str| {
        let path = prepared.directory.join(name);
        File::options().create(true).append(true).open(path)
    };
    let (stdout, mut stderr) = (open("stdout")?, open("stderr")?);
    let line: Vec<_> = prepared
        .line
        .iter()
        .map(|word| format!("\"{word}\""))
        .collect();
    writeln!(
        stderr,
        "Launch Command: {}\n{}\n",
        line.join(" "),
        "=".repeat(40)
    )?;
    let (own, other) = std::os::unix::net::UnixStream::pair()?;
    own.set_nonblocking(true)?;
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command
        .args([GUARDIAN, "--"])
        .args(&prepared.line)
        .envs(&prepared.environment)
        .envs(secret.map(Secret::variable))
        .current_dir(&prepared.directory)
        .stdin(Stdio::from(OwnedFd::from(other)))
        .stdout(stdout)
        .stderr(stderr)
        // A signal from the worker's terminal is the worker's alone.
        .process_group(0);
    let child = command.spawn()?;
    Ok((child, UnixStream::from_std(own)?))
}

/// Passes signals to a guardian, and hears what it says, until it has ended.
async fn attend(
    id: ProcessId,
    mut child: Child,
    link: UnixStream,
    mut signals: mpsc::UnboundedReceiver<Signal>,
    commands: &mpsc::UnboundedSender<Command>,
) -> Exit {
    let (reading, mut writing) = link.into_split();
    let mut lines = BufReader::new(reading).lines();
    let (mut leader, mut failure) = (None, None);
    loop {
        tokio::select! {
            biased;
            Some(signal) = signals.recv() => {
                let byte = match signal {
                    Signal::Polite => POLITE,
                    Signal::Forced => FORCED,
                };
                // A guardian that is gone has ended its program, or is about to be found gone.
                drop(writing.write_all(&[byte]).await);
            }
            said = lines.next_line() => match said {
                Ok(Some(said)) => {
                    if let Some(reason) = said.strip_prefix(FAILED) {
                        failure = Some(reason.to_owned());
                    } else if let Some(pid) = said.strip_prefix(STARTED) {
                        leader = pid.parse().ok();
                        info!(pid, "child started");
                        tell(commands, Happening::ProcessStarted { process: id });
                    }
                }
                // The guardian is gone.
                Ok(None) | Err(_) => break,
            }
        }
    }
    let status = match child.wait().await {
        Ok(status) => status,
        Err(error) => return not_started(&error.to_string()),
    };
    if let Some(reason) = failure {
        return not_started(&reason);
    }
    if let Some(code) = status.code() {
        return Exit::Code(code);
    }
    // Somebody has ended the guardian, which can no longer end the program.
    send(leader.and_then(group), rustix::process::Signal::KILL);
    Exit::Code(128 + status.signal().unwrap_or_default())
}
