//! A worker's children as processes of this machine: each is started through a guardian, which
//! ends it when the worker is gone, and is told of the worker's signals. What is run is in
//! `program.rs`.

use super::cleanup::{Deletion, clean};
use super::guardian::{FAILED, FORCED, POLITE, STARTED, group, signal as send};
use super::limits::ChildLimit;
use super::program::{Prepared, Site, prepare};
use super::secrets::Secret;
use crate::hosted::Happening;
use crate::node::Signal;
use crate::process::{Exit, Process, ProcessId, Program};
use crate::shell::Command;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::WallTime;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use tracing::{info, warn};

/// The hidden subcommand of this program that is a guardian.
const GUARDIAN: &str = "child";

/// What is run for a worker's orders, and how.
pub(super) struct Children {
    /// What the worker knows beside its orders.
    pub(super) site: Rc<Site>,
    /// What each child may use.
    pub(super) limits: Rc<[ChildLimit]>,
    /// How old a directory has to be to be deleted.
    pub(super) cleanup_age: Duration,
    /// Whether old directories are being deleted at the moment.
    pub(super) is_cleaning: Rc<Cell<bool>>,
    /// Where the worker is told of its children.
    pub(super) commands: mpsc::UnboundedSender<Command>,
    /// The children that run.
    pub(super) running: Rc<RefCell<BTreeMap<ProcessId, Running>>>,
    /// Who waits for them. With these, every guardian loses its worker.
    pub(super) waiting: RefCell<JoinSet<()>>,
}

/// A child that runs, or is about to.
pub(super) struct Running {
    /// The name of its directory, or of the one around that.
    name: String,
    /// How it is told of signals.
    signals: mpsc::UnboundedSender<Signal>,
}

impl Children {
    /// Starts a child. That it runs, or why it does not, is told later.
    pub(super) fn launch(&self, process: Process) {
        let (sender, signals) = mpsc::unbounded_channel();
        let name = match &process.program {
            Program::Driver(driver) => driver.driver.to_string(),
            Program::Executor(executor) => executor.order.application().to_string(),
        };
        let running = Running {
            name,
            signals: sender,
        };
        self.running.borrow_mut().insert(process.id, running);
        let (site, limits) = (Rc::clone(&self.site), Rc::clone(&self.limits));
        let (running, commands) = (Rc::clone(&self.running), self.commands.clone());
        self.spawn(async move {
            let exit = live(&process, &site, &limits, signals, &commands).await;
            let process = process.id;
            running.borrow_mut().remove(&process);
            tell(&commands, Happening::ProcessEnded { process, exit });
        });
    }

    /// Sends a signal to a child, if it still runs.
    pub(super) fn terminate(&self, process: ProcessId, signal: Signal) {
        if let Some(running) = self.running.borrow().get(&process) {
            let _ = running.signals.send(signal);
        }
    }

    /// Deletes the old directories of whatever does not run and is none of the `protected`,
    /// beside everything else, and logs what became of them.
    pub(super) fn clean(&self, mut protected: BTreeSet<String>, now: WallTime) {
        if self.is_cleaning.replace(true) {
            return;
        }
        let running = self.running.borrow();
        protected.extend(running.values().map(|running| running.name.clone()));
        let site = Rc::clone(&self.site);
        let now_ms = u64::try_from(now.as_millis()).unwrap_or_default();
        let limit = UNIX_EPOCH + Duration::from_millis(now_ms).saturating_sub(self.cleanup_age);
        let is_cleaning = Rc::clone(&self.is_cleaning);
        self.spawn(async move {
            let work = site.work.clone();
            let cleaning = spawn_blocking(move || clean(&work, &protected, limit));
            match cleaning.await {
                Ok(Ok(deletions)) => deletions.iter().for_each(log_deletion),
                Ok(Err(error)) => {
                    warn!(work = %site.work.display(), %error, "cannot be cleaned up");
                }
                // The process ends.
                Err(_) => {}
            }
            is_cleaning.set(false);
        });
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let mut waiting = self.waiting.borrow_mut();
        while waiting.try_join_next().is_some() {}
        waiting.spawn_local(task);
    }
}

fn log_deletion((path, outcome): &Deletion) {
    let path = path.display();
    match outcome {
        Ok(()) => info!(%path, "old directory deleted"),
        Err(error) => warn!(%path, %error, "old directory not deleted"),
    }
}

/// The whole life of a child, from what it consists of to its end.
async fn live(
    process: &Process,
    site: &Site,
    limits: &[ChildLimit],
    mut signals: mpsc::UnboundedReceiver<Signal>,
    commands: &mpsc::UnboundedSender<Command>,
) -> Exit {
    let prepared = tokio::select! {
        biased;
        signal = signals.recv() => return ended_before_it_began(signal),
        prepared = prepare(&process.program, site) => prepared,
    };
    let started = prepared.and_then(|prepared| {
        start(&prepared, limits, site.secret.as_ref())
            .map_err(|error| format!("{}: {error}", prepared.directory.display()))
    });
    match started {
        Ok((child, link)) => attend(process.id, child, link, signals, commands).await,
        Err(reason) => not_started(&reason),
    }
}

/// As a program ends that gets this signal.
const fn ended_before_it_began(signal: Option<Signal>) -> Exit {
    let number = match signal {
        Some(Signal::Polite) => rustix::process::Signal::TERM.as_raw(),
        // Without a sender the worker itself is about to end.
        Some(Signal::Forced) | None => rustix::process::Signal::KILL.as_raw(),
    };
    Exit::Code(128 + number)
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
fn start(
    prepared: &Prepared,
    limits: &[ChildLimit],
    secret: Option<&Secret>,
) -> io::Result<(Child, UnixStream)> {
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
        .arg(GUARDIAN)
        .args(limits.iter().map(|limit| format!("--limit={limit}")))
        .arg("--")
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
