//! The program of a submitted driver: it sleeps for as long as it is told, and exits with the code
//! that it is told. Here are both ends of what it says to the run that it belongs to: who it is, how
//! it ends, and nothing if somebody ends it by force. It ends itself when the run is gone.

use super::{Event, Number};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout_at};

/// The exit code of a program that is politely asked to end, as Java's.
const TERMINATED: i32 = 143;
/// The exit code of a program whose run is gone.
const ORPHANED: i32 = 255;
/// Longer than any run: the end of a program that has none of its own.
const NEVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// What a program says first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Introduction {
    /// The name of its driver in the scenario.
    pub(super) driver: String,
    /// The process.
    pub(super) process: u32,
    /// Where it runs: the folder of its driver below that of its worker.
    pub(super) directory: PathBuf,
}

/// What a program is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// To exit with a code when it has run for a while from now on; without one it stays.
    Run {
        /// The while.
        length: Option<Duration>,
        /// The code.
        code: i32,
    },
    /// To exit at once.
    Exit {
        /// The code.
        code: i32,
    },
}

/// What a program says last, unless it is ended by force.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Farewell {
    code: i32,
}

impl Order {
    /// Tells a program. One that is gone needs to be told nothing.
    pub(super) fn give(self, mut link: &UnixStream) {
        let line = serde_json::to_string(&self).unwrap_or_default();
        let _ = writeln!(link, "{line}");
    }
}

/// Lets programs in, each with a number of its own, counted from 0, until the run is over.
pub(super) fn welcome(listener: &UnixListener, events: &Sender<Event>, is_over: &AtomicBool) {
    for (number, link) in (0..).map(Number).zip(listener.incoming()) {
        let Ok(link) = link else { return };
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let events = events.clone();
        std::thread::spawn(move || {
            // A run that is over does not want to know.
            let _ = accompany(number, link, &events);
        });
    }
}

/// Tells of a program from its first word to its end. Somebody who does not say who it is was none.
fn accompany(program: Number, link: UnixStream, events: &Sender<Event>) -> io::Result<()> {
    let mut lines = BufReader::new(link.try_clone()?).lines();
    let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let began = Event::ProgramBegan {
        program,
        introduction: serde_json::from_str(&first)?,
        link,
    };
    let over = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    events.send(began).map_err(over)?;
    let last = lines.next().and_then(Result::ok);
    let farewell: Option<Farewell> = last.and_then(|line| serde_json::from_str(&line).ok());
    // What has said its last word still lives until its end of the link is gone.
    while lines.next().is_some_and(|line| line.is_ok()) {}
    let code = farewell.map(|farewell| farewell.code);
    events
        .send(Event::ProgramEnded { program, code })
        .map_err(over)
}

/// Runs the program of a driver, which belongs to the run that listens at `socket`. Returns the exit
/// code to end with.
///
/// # Errors
/// If it cannot listen to its run or to signals.
pub fn run_program(socket: &Path, driver: &str) -> io::Result<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(socket, driver))
}

async fn run(socket: &Path, driver: &str) -> io::Result<i32> {
    let mut terminate = signal(SignalKind::terminate())?;
    let link = tokio::net::UnixStream::connect(socket).await?;
    let (reading, mut writing) = link.into_split();
    let mut orders = tokio::io::BufReader::new(reading).lines();
    let introduction = Introduction {
        driver: driver.to_owned(),
        process: std::process::id(),
        directory: std::env::current_dir()?,
    };
    let line = serde_json::to_string(&introduction)? + "\n";
    writing.write_all(line.as_bytes()).await?;
    let began = Instant::now();
    let mut end: (Instant, i32) = (began + NEVER, 0);
    let code = loop {
        let order = tokio::select! {
            biased;
            _ = terminate.recv() => break TERMINATED,
            order = timeout_at(end.0, orders.next_line()) => order,
        };
        let Ok(order) = order else { break end.1 };
        let Some(order) = order? else {
            return Ok(ORPHANED);
        };
        match serde_json::from_str(&order)? {
            Order::Run { length, code } => {
                end = (Instant::now() + length.unwrap_or(NEVER), code);
            }
            Order::Exit { code } => break code,
        }
    };
    let line = serde_json::to_string(&Farewell { code })? + "\n";
    writing.write_all(line.as_bytes()).await?;
    Ok(code)
}
