//! Processes of a live cluster, each ended with the value that stands for it, and what they show
//! of themselves.

use crate::ground::{Ground, Ran, program};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long anything may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of the machine is left to those who are waited for, between two questions.
const PACE: Duration = Duration::from_millis(20);

/// A moment at which nobody waits any more.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test of real processes waits in real time"
    )]
    pub(super) fn new() -> Self {
        Self(Instant::now() + PATIENCE)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test of real processes waits in real time"
    )]
    fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// Asks until there is an answer.
#[track_caller]
pub(super) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Deadline::new();
    let mut last = None;
    while !deadline.left().is_zero() {
        last = ask();
        if last.is_some() {
            break;
        }
        std::thread::park_timeout(PACE);
    }
    last.unwrap_or_else(|| panic!("in vain: {what}"))
}

/// A process of the cluster. Ends with this value.
pub(super) struct Process {
    child: Child,
    log: Receiver<String>,
    seen: Vec<String>,
}

impl Process {
    pub(super) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// As [`Self::start`], with variables in its environment.
    pub(super) fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program();
        command.args(arguments).stdin(Stdio::null());
        command.envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = lines(child.stderr.take().unwrap());
        let seen = Vec::new();
        Self { child, log, seen }
    }

    /// The next line of the log that has all of these words.
    #[track_caller]
    pub(super) fn logged(&mut self, words: &[&str]) -> String {
        let deadline = Deadline::new();
        loop {
            match self.log.recv_timeout(deadline.left()) {
                Ok(line) if words.iter().all(|word| line.contains(word)) => {
                    self.seen.push(line.clone());
                    return line;
                }
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{words:?} is not in the log:\n{}", self.seen.join("\n"))
                }
            }
        }
    }

    /// Everything that a process has logged, once it has ended.
    pub(super) fn rest(&mut self) -> String {
        self.seen.extend(self.log.iter());
        self.seen.join("\n")
    }

    pub(super) fn signal(&self, name: &str) {
        signal(name, self.child.id());
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as `kill -9` does, in the middle of whatever it is doing.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What has been logged and nobody has asked for.
    pub(super) fn log(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.seen);
        lines.extend(self.log.try_iter());
        lines
    }

    #[track_caller]
    pub(super) fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait_for("the end of the process", || child.try_wait().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended by itself needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stderr: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Sends a signal to a process.
pub(super) fn signal(name: &str, process: u32) {
    let mut command = std::process::Command::new("kill");
    let status = command
        .args([format!("-{name}"), process.to_string()])
        .status();
    assert!(status.unwrap().success(), "kill -{name} {process}");
}

/// Whether a process is there and no zombie.
pub(super) fn lives(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    status.is_ok_and(|status| !status.contains("\nState:\tZ"))
}

/// The value of a field in a line of the log.
#[track_caller]
pub(super) fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(&format!(" {name}=")).expect(line);
    let value = rest.split_whitespace().next().unwrap_or_default();
    value.trim_matches('"')
}

/// A master, and what it says of where it is.
pub(super) struct Master {
    pub(super) process: Process,
    /// `spark://…`, for workers.
    pub(super) url: String,
    /// `spark://…`, of the REST server if there is one.
    pub(super) rest: String,
    pub(super) page: String,
}

/// Flags with which a process asks the system for its ports.
const ANY_PORTS: [&str; 4] = ["--port", "0", "--webui-port", "0"];

impl Master {
    /// A master with these lines in its properties file.
    pub(super) fn start(ground: &Ground, properties: &str) -> Self {
        Self::start_at(ground, properties, &["--port", "0"])
    }

    /// As [`Master::start`], at an address that the flags name.
    pub(super) fn start_at(ground: &Ground, properties: &str, place: &[&str]) -> Self {
        let properties = format!("spark.master.rest.port 0\n{properties}");
        let file = ground.file("master.conf", properties);
        let mut arguments = vec!["master", "--properties-file", file.to_str().unwrap()];
        arguments.extend(["--webui-port", "0"]);
        arguments.extend(place);
        let mut process = Process::start(&arguments);
        let line = process.logged(&["master listens"]);
        let url = field(&line, "url").to_owned();
        let has_rest = line.contains(" rest=");
        Self {
            // Without a REST server the master's own port is asked.
            rest: if has_rest {
                format!("spark://{}", field(&line, "rest"))
            } else {
                url.clone()
            },
            url,
            page: field(&line, "webui").to_owned(),
            process,
        }
    }

    /// What the master says of its state.
    pub(super) fn state(&self) -> Option<Value> {
        document(&self.page)
    }

    /// Waits until so many workers are ALIVE.
    pub(super) fn wait_for_workers(&self, count: u64) {
        wait_for("workers are ALIVE", || {
            let alive = self.state()?["aliveworkers"].as_u64()?;
            (alive == count).then_some(())
        });
    }

    /// Submits an executable file; returns the driver's id.
    pub(super) fn submit(&self, resource: &Path, flags: &[&str]) -> String {
        self.submit_with(resource, flags, &[])
    }

    /// As [`Master::submit`], with arguments for the program.
    pub(super) fn submit_with(
        &self,
        resource: &Path,
        flags: &[&str],
        arguments: &[&str],
    ) -> String {
        let about = [&[resource.to_str().unwrap()], arguments].concat();
        let ran = self.run("submit", flags, &about);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.stdout.trim().to_owned()
    }

    /// Runs a command that asks the REST server.
    pub(super) fn run(&self, command: &str, flags: &[&str], about: &[&str]) -> Ran {
        let mut program = program();
        program.args([command, "--master", &self.rest]);
        program.args(
            ["--driver-memory", "64m"]
                .iter()
                .filter(|_| command == "submit"),
        );
        program.args(flags).args(about).output().unwrap().into()
    }

    /// Waits until a driver is in this state; returns what `status` says then.
    #[track_caller]
    pub(super) fn wait_for_state(&self, driver: &str, state: &str) -> String {
        wait_for(state, || {
            let ran = self.run("status", &[], &[driver]);
            ran.stdout
                .starts_with(&format!("{driver} {state}"))
                .then_some(ran.stdout)
        })
    }
}

/// A worker with two cores and 512 MiB.
pub(super) struct Worker {
    pub(super) process: Process,
    pub(super) work: PathBuf,
    /// `spark://…`, at which masters find it.
    pub(super) url: String,
    pub(super) page: String,
}

impl Worker {
    pub(super) fn start(ground: &Ground, name: &str, masters: &str) -> Self {
        Self::start_with(ground, name, masters, "")
    }

    /// As [`Worker::start`], with these lines in its properties file.
    pub(super) fn start_with(ground: &Ground, name: &str, masters: &str, properties: &str) -> Self {
        let work = ground.path(name);
        let file = ground.file(&format!("{name}.conf"), properties);
        let mut arguments = vec!["worker", masters, "--cores", "2", "--memory", "512m"];
        arguments.extend(["--work-dir", work.to_str().unwrap()]);
        arguments.extend(["--properties-file", file.to_str().unwrap()]);
        arguments.extend(ANY_PORTS);
        let mut process = Process::start(&arguments);
        let line = process.logged(&["worker listens"]);
        Self {
            process,
            work,
            url: field(&line, "url").to_owned(),
            page: field(&line, "webui").to_owned(),
        }
    }

    /// What the worker says of its state.
    pub(super) fn state(&self) -> Option<Value> {
        document(&self.page)
    }

    /// What a driver of this worker's wrote, once it is as wanted.
    #[track_caller]
    pub(super) fn wrote<T>(&self, driver: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let file = self.work.join(driver).join("stdout");
        wait_for("the driver writes", || {
            wanted(&fs::read_to_string(&file).ok()?)
        })
    }
}

/// A pipe with a name, through which a program is told something.
pub(super) fn pipe(ground: &Ground, name: &str) -> PathBuf {
    let path = ground.path(name);
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).unwrap();
    path
}

/// Writes a line into a pipe. It is there to be read as long as the value lives.
pub(super) fn tell(pipe: &Path, line: &str) -> File {
    let mut both_ends = File::options().read(true).write(true).open(pipe).unwrap();
    writeln!(both_ends, "{line}").unwrap();
    both_ends
}

/// The JSON document of a page.
fn document(page: &str) -> Option<Value> {
    let host = page.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(host).ok()?;
    let request = format!("GET /json/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}

/// A shell script as an executable file.
pub(super) fn script(ground: &Ground, name: &str, body: &str) -> PathBuf {
    let path = ground.file(name, format!("#!/bin/sh\n{body}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The processes that have said who they are.
pub(super) fn numbers(text: &str) -> Vec<u32> {
    let lines = text.lines().filter(|_| text.ends_with('\n'));
    lines.map(|line| line.parse().unwrap()).collect()
}
