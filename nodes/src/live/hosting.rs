//! One live process: it hosts a node in a shell, serves the node's state and a master's REST
//! server beside it, and ends on a signal. Everything runs on one thread, because the texts of
//! the protocol belong to a thread.

use super::children::Children;
use super::resident::{Resident, Sockets, Witness};
use super::{Ended, LiveError};
use crate::dice::Dice;
use crate::gateway::http::{self, Answering, Server};
use crate::gateway::{Guarded, RestServer};
use crate::hosted::{AnyNode, AnyOperation, Happening};
use crate::shell::{
    Clock, Command, Guest, Key, Limits, Outcome, Secured, SecuredListener, Tcp, run_at,
};
use crate::store::Store;
use crate::worker::WorkerOperation;
use deploysim_protocol::address::Address;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::{Time, WallTime};
use deploysim_protocol::wire::Limit;
use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::timeout;
use tracing::{info, warn};

/// How long what was written may take to leave when the process has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long a dial may take, and whoever dials to say who it is. Spark:
/// `spark.rpc.io.connectionTimeout`, which is the network time-out.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// A process that is about to begin.
pub(super) struct Beginning<P> {
    pub(super) node: AnyNode,
    pub(super) store: Box<dyn Store>,
    pub(super) address: Address,
    pub(super) listener: TcpListener,
    /// What those who connect have to know, if there is a secret.
    pub(super) key: Option<Key>,
    /// What the node shows of its state, and where, if it does.
    pub(super) pages: Option<(TcpListener, P)>,
    /// A master's REST server.
    pub(super) rest: Option<(TcpListener, Guarded<RestServer>)>,
    /// A worker's children.
    pub(super) children: Option<Children>,
    /// Who hears what the node notes.
    pub(super) witness: Option<Witness>,
    /// What happens to the node first.
    pub(super) first: Vec<Happening>,
    /// What the node is told when a signal asks the process to end; nothing: it ends at once.
    pub(super) farewell: Option<WorkerOperation>,
    /// How the world speaks to the shell.
    pub(super) commands: (
        mpsc::UnboundedSender<Command>,
        mpsc::UnboundedReceiver<Command>,
    ),
}

/// Carries something out on this thread, and lets what was written meanwhile leave.
///
/// # Errors
/// What comes of it, or that the system has no runtime to offer.
pub(super) fn on_this_thread<T>(
    body: impl Future<Output = Result<T, LiveError>>,
) -> Result<T, LiveError> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build();
    let runtime = runtime.map_err(|error| LiveError::Machine(format!("error: {error}")))?;
    let tasks = LocalSet::new();
    let outcome = tasks.block_on(&runtime, body);
    // Whoever does not read by then reads nothing more.
    let _left = runtime.block_on(async { timeout(LAST_WORDS, tasks).await });
    outcome
}

/// Runs a process until its node or a signal ends it.
///
/// # Errors
/// If a server fails.
pub(super) async fn run<P: Server>(
    beginning: Beginning<P>,
    conf: &Conf,
) -> Result<Ended, LiveError> {
    let (commands, received) = beginning.commands;
    for happening in beginning.first {
        tell(&commands, happening);
    }
    let name = Text::new(&format!(
        "{}-{}",
        beginning.node.role().name(),
        beginning.address
    ));
    let exit_code = Rc::new(Cell::new(None));
    let resident = Resident {
        name,
        clock: Clock::new(Time::ZERO, Duration::from_nanos(1)),
        children: beginning.children,
        exit_code: Rc::clone(&exit_code),
        sockets: Sockets::default(),
        cleans_up: Cell::default(),
        witness: beginning.witness,
        transport: Secured {
            inner: Tcp,
            key: beginning.key.clone(),
        },
    };
    let guest = Guest {
        name,
        address: beginning.address,
        node: Rc::new(RefCell::new(beginning.node)),
        dice: dice(name),
        store: beginning.store,
    };
    let desk = Desk {
        commands: commands.clone(),
        ask_timeout: conf.ask_timeout(),
    };
    let listener = SecuredListener {
        inner: beginning.listener,
        key: beginning.key,
    };
    let shell = run_at(listener, guest, resident, limits(conf), received);
    let mut shell = pin!(shell);
    let mut servers = pin!(serve(beginning.pages, beginning.rest, desk));
    let mut stops = Stops::listen()?;
    let mut is_asked_to_end = false;
    loop {
        tokio::select! {
            biased;
            name = stops.next() => {
                info!(signal = name, "asked to end");
                let farewell = beginning.farewell.filter(|_| !is_asked_to_end);
                let Some(farewell) = farewell else { return Ok(Ended::Stopped) };
                is_asked_to_end = true;
                tell(&commands, Happening::Operator(AnyOperation::Worker(farewell)));
            }
            () = &mut shell => break,
            failed = &mut servers => {
                let what = format!("error: HTTP cannot be served: {failed}");
                return Err(LiveError::Machine(what));
            }
        }
    }
    if is_asked_to_end {
        return Ok(Ended::Stopped);
    }
    let code = exit_code.get().unwrap_or_default();
    Ok(Ended::ByItself { code })
}

const fn limits(conf: &Conf) -> Limits {
    Limits {
        frame: Limit::DEFAULT,
        outbox_bytes: Limits::OUTBOX_BYTES,
        connect_timeout: CONNECT_TIMEOUT,
        network_timeout: conf.network_timeout,
    }
}

/// Lets something happen to the node. A shell that is gone has nothing to be told.
fn tell(commands: &mpsc::UnboundedSender<Command>, happening: Happening) {
    drop(commands.send(Command::Happen(happening)));
}

/// Serves until a server fails.
async fn serve<P: Server>(
    pages: Option<(TcpListener, P)>,
    rest: Option<(TcpListener, Guarded<RestServer>)>,
    desk: Desk,
) -> io::Error {
    let pages = serve_one(pages, desk.clone());
    let rest = serve_one(rest, desk);
    let ended = tokio::select! {
        biased;
        ended = pages => ended,
        ended = rest => ended,
    };
    ended
        .err()
        .unwrap_or_else(|| io::Error::other("it has ended"))
}

/// Serves until the server fails; without one for ever.
async fn serve_one<P: Server>(one: Option<(TcpListener, P)>, desk: Desk) -> io::Result<()> {
    match one {
        Some((listener, server)) => {
            http::serve::<Tcp>(listener, server, desk, http::Limits::default()).await
        }
        None => pending().await,
    }
}

/// The process's stream of random numbers. Live processes are not played again: what they draw
/// depends on who they are and when they began.
fn dice(name: Text) -> Dice {
    let began_ms = Clock::calendar().as_millis();
    let seed = format!("{name} {} {began_ms}", std::process::id());
    Dice::from_seed(*blake3::hash(seed.as_bytes()).as_bytes())
}

/// Where the servers find the node.
#[derive(Clone)]
struct Desk {
    commands: mpsc::UnboundedSender<Command>,
    ask_timeout: Duration,
}

impl Answering for Desk {
    async fn ask(&self, ask: Ask) -> Result<Answer, AskError> {
        let (reply, replied) = oneshot::channel::<Outcome>();
        let sent = self.commands.send(Command::Ask { ask, reply });
        sent.map_err(|_| AskError::Connection)?;
        match timeout(self.ask_timeout, replied).await {
            Ok(Ok(outcome)) => outcome.map_err(AskError::Remote),
            Ok(Err(_)) => Err(AskError::Connection),
            Err(_) => Err(AskError::TimedOut),
        }
    }

    fn operate(&self, operation: AnyOperation) {
        tell(&self.commands, Happening::Operator(operation));
    }

    fn wall(&self) -> WallTime {
        Clock::calendar()
    }

    fn refused(&self, origin: &str, reason: &str) {
        warn!(origin, reason, "HTTP refused");
    }
}

/// The signals that ask a process to end.
struct Stops {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stops {
    fn listen() -> Result<Self, LiveError> {
        let failed = |error| LiveError::Machine(format!("error: signals: {error}"));
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
