//! The process between a worker and a child of its: it sets the child's limits on itself, starts
//! the program in a group of its own, passes the worker's signals on, tells how the program ended
//! by ending the same way, and ends the whole group when the program has ended or the worker is
//! gone. Plain threads; nothing of the protocol is here.
//!
//! Both ends share a socket, which is the guardian's standard input. The worker writes single
//! bytes ([`POLITE`], [`FORCED`]); the guardian writes one line: `started PID` or `failed REASON`.

use super::limits::ChildLimit;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;

/// The worker's byte for SIGTERM.
pub(super) const POLITE: u8 = b't';
/// The worker's byte for SIGKILL.
pub(super) const FORCED: u8 = b'k';
/// The guardian's word for a program that runs.
pub const STARTED: &str = "started ";
/// The guardian's word for a program that could not be started.
pub const FAILED: &str = "failed ";

/// The exit code of a child whose worker is gone. Spark: `WorkerWatcher` exits with −1.
const ORPHANED: u8 = 255;
/// The exit code of a guardian whose program could not be started, as a shell has it.
const NOT_STARTED: u8 = 127;

/// Starts a program within limits, and stands between it and the worker until it has ended.
/// Returns the exit code to end with: the program's own, 128 and its signal, or 255 if the worker
/// is gone.
///
/// **Differs:** what the program leaves running in its group is ended after it; Spark knows of the
/// program alone.
pub fn guard(limits: &[ChildLimit], program: &OsString, arguments: &[OsString]) -> u8 {
    let link = || io::stdin().as_fd().try_clone_to_owned();
    let (Ok(reading), Ok(writing)) = (link(), link()) else {
        return NOT_STARTED;
    };
    let (mut reading, mut writing) = (UnixStream::from(reading), UnixStream::from(writing));
    // Made before the limits hold, which are the program's and may be too tight for a thread.
    let (leads, leader) = channel();
    std::thread::spawn(move || {
        if let Ok(group) = leader.recv() {
            obey(&mut reading, group);
            signal(group, Signal::KILL);
            std::process::exit(i32::from(ORPHANED));
        }
    });
    let mut child = match start(limits, program, arguments) {
        Ok(child) => child,
        Err(reason) => {
            // A worker that is gone needs no reason.
            let _ = writeln!(writing, "{FAILED}{reason}");
            return NOT_STARTED;
        }
    };
    let _ = writeln!(writing, "{STARTED}{}", child.id());
    let group = group(child.id());
    // The thread waits for nothing else.
    let _ = leads.send(group);
    end_of(&mut child, group).map_or(ORPHANED, code)
}

fn start(
    limits: &[ChildLimit],
    program: &OsString,
    arguments: &[OsString],
) -> Result<Child, String> {
    for limit in limits {
        limit.set()?;
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .process_group(0);
    let child = command.spawn();
    child.map_err(|error| format!("{}: {error}", program.to_string_lossy()))
}

/// Waits until the program has ended, and ends what it has left running in its group. Until the
/// program is waited for, nobody else can get its number, which is the group's.
fn end_of(child: &mut Child, group: Option<Pid>) -> io::Result<ExitStatus> {
    if let Some(leader) = group {
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(leader), ended), Err(Errno::INTR)) {}
        signal(group, Signal::KILL);
    }
    child.wait()
}

/// Passes signals on until the worker is gone.
fn obey(link: &mut UnixStream, group: Option<Pid>) {
    let mut byte = [0];
    while let Ok(1) = link.read(&mut byte) {
        match byte[0] {
            POLITE => signal(group, Signal::TERM),
            FORCED => signal(group, Signal::KILL),
            // A worker sends nothing else.
            _ => {}
        }
    }
}

/// The group that a process leads.
pub(super) fn group(leader: u32) -> Option<Pid> {
    i32::try_from(leader).ok().and_then(Pid::from_raw)
}

/// Sends a signal to every process of a group that is still there.
pub(super) fn signal(group: Option<Pid>, signal: Signal) {
    if let Some(group) = group {
        // A group of which nobody is left needs no signal.
        let _ = kill_process_group(group, signal);
    }
}

/// How a program ended, as a shell says it.
fn code(status: ExitStatus) -> u8 {
    let code = status.code();
    let code = code.or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok())
        .unwrap_or(ORPHANED)
}
