//! The shell: hosts one node on byte streams. The only async code of this crate; simulated and
//! real TCP share it and differ in a [`Transport`] and in what surrounds a process.
//!
//! One loop per process: handle what waits, carry out what that causes, then wait for the first
//! of a deadline, something from a connection, and a word of the world. Writing never blocks the
//! node: each connection has an outbox and a writer, and the writer outlives the process until
//! what was written has left. Everything of a process runs on one thread, in a
//! [`tokio::task::LocalSet`], and is dropped with the future that [`run`] returns.

mod calls;
mod clock;
mod connections;
mod deadlines;
mod link;
mod mailbox;
#[cfg(feature = "live")]
mod secured;
mod surroundings;
#[cfg(feature = "live")]
mod tcp;
#[cfg(test)]
mod tests;
mod told;
mod transport;
mod unfinished;

pub use clock::Clock;
#[cfg(feature = "live")]
pub use secured::{Key, Sealed, Secure, Secured, SecuredListener};
pub use surroundings::{Command, Outcome, Parcel, Report, Screened, Surroundings};
#[cfg(feature = "live")]
pub use tcp::Tcp;
pub use transport::Transport;

use crate::dice::Dice;
use crate::hosted::{self, AnyNode, AnyTimer, Happening, Moment};
use crate::node::{Counters, Effect};
use crate::report::{EndOfConnection, Unit};
use crate::store::Store;
use crate::turn::{Handled, Stamped, Tools};
use calls::{Asker, Calls, Inquiries, Presence};
use connections::Connections;
use deadlines::{Deadline, Deadlines};
use deploysim_protocol::address::{Address, Connection, Reference};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::{Envelope, Limit};
use link::FromLink;
use mailbox::{Class, Mailbox, Waiting};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use unfinished::Unfinished;

/// Frames that have come and that the loop has not looked at, over all connections. A bound for
/// memory: more stay in their streams.
const INBOX_FRAMES: usize = 1024;

/// Inputs that are handled in a row before connections may write: otherwise a process that is
/// always busy would never answer.
const INPUTS_IN_A_ROW: u32 = 64;

/// The node that a shell hosts, and what belongs to its process.
pub struct Guest {
    /// Its name, unique in the run.
    pub name: Text,
    /// Its address.
    pub address: Address,
    /// The node. Whoever shares it may look at it between two inputs.
    pub node: Rc<RefCell<AnyNode>>,
    /// Its stream of random numbers.
    pub dice: Dice,
    /// Its persistence engine.
    pub store: Box<dyn Store>,
}

/// What a process allows itself.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest frame.
    pub frame: Limit,
    /// What may wait in one connection's outbox, in bytes. Beyond it the connection is broken.
    pub outbox_bytes: usize,
    /// How long a dial may take.
    pub connect_timeout: Duration,
    /// How long a connection may be silent while a question waits on it.
    pub network_timeout: Duration,
}

impl Limits {
    /// An outbox of 64 MiB: four of the longest frames.
    pub const OUTBOX_BYTES: usize = 64 * 1024 * 1024;
}

/// Hosts a node until it exits. Has to run in a [`tokio::task::LocalSet`].
///
/// # Errors
/// If the node's address cannot be listened at.
pub async fn run<S: Surroundings>(
    guest: Guest,
    surroundings: S,
    limits: Limits,
    mut commands: mpsc::UnboundedReceiver<Command>,
) -> io::Result<()> {
    let (mut shell, mut inbox) = Shell::new(guest, surroundings, limits);
    shell.listen().await?;
    shell.go_on(&mut inbox, &mut commands).await;
    Ok(())
}

/// As [`run`], at a port at which the process listens already.
pub async fn run_at<S: Surroundings>(
    listener: <S::Transport as Transport>::Listener,
    guest: Guest,
    surroundings: S,
    limits: Limits,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let (mut shell, mut inbox) = Shell::new(guest, surroundings, limits);
    shell.begin_to_accept(listener);
    shell.go_on(&mut inbox, &mut commands).await;
}

/// The one place where something is spawned that outlives its process.
fn spawn_beside(task: impl Future<Output = ()> + 'static) -> tokio::task::AbortHandle {
    tokio::task::spawn_local(task).abort_handle()
}

type Stream<S> = <<S as Surroundings>::Transport as Transport>::Stream;

/// Where a shell takes what the tasks of its connections tell it.
type Inbox<S> = mpsc::Receiver<FromLink<Stream<S>>>;

/// One process.
struct Shell<S: Surroundings> {
    guest: Guest,
    surroundings: S,
    clock: Clock,
    limits: Limits,
    effects: Vec<Stamped>,
    counters: Counters,
    deadlines: Deadlines,
    /// When which connection is looked at for idleness.
    idle_checks: BTreeSet<(Time, Connection)>,
    mailbox: Mailbox,
    connections: Connections,
    calls: Calls,
    inquiries: Inquiries,
    standing: Standing,
    is_over: bool,
    /// What the connections hold of frames that have not come as a whole.
    unfinished: Unfinished,
    /// Where the tasks of connections put what comes.
    inbox: mpsc::Sender<FromLink<Stream<S>>>,
    /// Everything that ends with the process.
    tasks: JoinSet<()>,
}

/// Whether a process handles what comes.
enum Standing {
    /// It does.
    Going,
    /// It stands still.
    Paused,
    /// It goes on after a pause, and works through what has queued up: overdue deadlines and
    /// what waits race, as they do in Spark's mailbox.
    CatchingUp {
        timers_first: f64,
        dice: Box<ChaCha8Rng>,
    },
}

/// What is handled next.
enum Next {
    Deadline,
    Waiting,
}

impl<S: Surroundings> Shell<S> {
    fn new(guest: Guest, surroundings: S, limits: Limits) -> (Self, Inbox<S>) {
        let (sender, inbox) = mpsc::channel(INBOX_FRAMES);
        let clock = surroundings.clock();
        let shell = Self {
            guest,
            surroundings,
            clock,
            limits,
            effects: Vec::new(),
            counters: Counters::default(),
            deadlines: Deadlines::default(),
            idle_checks: BTreeSet::new(),
            mailbox: Mailbox::default(),
            connections: Connections::default(),
            calls: Calls::default(),
            inquiries: Inquiries::default(),
            standing: Standing::Going,
            is_over: false,
            unfinished: Unfinished::default(),
            inbox: sender,
            tasks: JoinSet::new(),
        };
        (shell, inbox)
    }

    fn listens(&self) -> bool {
        self.guest.node.borrow().role().listens()
    }

    async fn listen(&mut self) -> io::Result<()> {
        if self.listens() {
            let transport = self.surroundings.transport();
            let listener = transport.bind(&self.guest.address).await?;
            self.begin_to_accept(listener);
        }
        Ok(())
    }

    async fn go_on(
        &mut self,
        inbox: &mut Inbox<S>,
        commands: &mut mpsc::UnboundedReceiver<Command>,
    ) {
        let mut in_a_row = 0;
        while !self.is_over {
            self.collect(inbox, commands);
            if let Some(next) = self.next() {
                self.handle(next).await;
                in_a_row += 1;
                if in_a_row == INPUTS_IN_A_ROW {
                    in_a_row = 0;
                    tokio::task::yield_now().await;
                }
                continue;
            }
            let (clock, wake_at) = (self.clock, self.wake_at());
            tokio::select! {
                biased;
                () = reach(clock, wake_at) => {}
                Some(told) = inbox.recv(), if self.mailbox.has_room() => self.hear(told),
                Some(command) = commands.recv() => self.obey(command),
                else => return,
            }
        }
    }

    /// Takes in whatever has come, so that what is of one instant is handled in its order.
    fn collect(&mut self, inbox: &mut Inbox<S>, commands: &mut mpsc::UnboundedReceiver<Command>) {
        while let Some(ended) = self.tasks.try_join_next() {
            if let Err(error) = ended
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
        while let Ok(command) = commands.try_recv() {
            self.obey(command);
        }
        while self.mailbox.has_room()
            && let Ok(told) = inbox.try_recv()
        {
            self.hear(told);
        }
        let now = self.clock.now();
        while let Some((at, connection)) = self.idle_checks.first().copied()
            && at <= now
        {
            self.idle_checks.pop_first();
            self.check_idle(connection);
        }
    }

    /// When to wake at the latest.
    fn wake_at(&self) -> Option<Time> {
        let deadline = match self.standing {
            Standing::Paused => None,
            Standing::Going | Standing::CatchingUp { .. } => self.deadlines.first(),
        };
        let idle = self.idle_checks.first().map(|(at, _)| *at);
        deadline.into_iter().chain(idle).min()
    }

    /// What is handled next, if anything can be handled at this moment.
    fn next(&mut self) -> Option<Next> {
        let now = self.clock.now();
        let deadline = self.deadlines.first().map(|at| self.clock.tick_at(at));
        let deadline = deadline.filter(|at| *at <= now);
        let waiting = self.mailbox.first();
        match &mut self.standing {
            Standing::Paused => None,
            Standing::Going => match (deadline, waiting) {
                (None, None) => None,
                (Some(at), Some(first)) if first < (at, Class::Timer) => Some(Next::Waiting),
                (Some(_), Some(_) | None) => Some(Next::Deadline),
                (None, Some(_)) => Some(Next::Waiting),
            },
            Standing::CatchingUp { timers_first, dice } => match (deadline, waiting) {
                (None, None) => {
                    self.standing = Standing::Going;
                    None
                }
                (Some(_), None) => Some(Next::Deadline),
                (None, Some(_)) => Some(Next::Waiting),
                (Some(_), Some(_)) if dice.random::<f64>() < *timers_first => Some(Next::Deadline),
                (Some(_), Some(_)) => Some(Next::Waiting),
            },
        }
    }

    async fn handle(&mut self, next: Next) {
        match next {
            Next::Deadline => match self.deadlines.take() {
                Some((due, Deadline::Timer(timer))) => {
                    self.feed(Happening::Fired { timer, due }).await;
                }
                Some((_, Deadline::Call(number))) => {
                    if let Some(happening) = self.time_out(number) {
                        self.feed(happening).await;
                    }
                }
                None => {}
            },
            Next::Waiting => match self.mailbox.take() {
                Some((_, Waiting::Happening(happening))) => self.feed(happening).await,
                Some((came, Waiting::Parcel { connection, parcel })) => {
                    self.open(connection, parcel, came).await;
                }
                Some((_, Waiting::Garbled { connection })) => {
                    self.end_connection(connection, EndOfConnection::BadFrame);
                }
                None => {}
            },
        }
    }

    /// Hands what came on a connection at `came` to the node, unless the connection is gone by
    /// now.
    async fn open(&mut self, connection: Connection, parcel: Parcel, came: Time) {
        let Some(peer) = self.peer(connection) else {
            return;
        };
        let mut envelope = match parcel {
            Parcel::Envelope(envelope) => envelope,
            Parcel::End => {
                self.end_connection(connection, EndOfConnection::Closed);
                return;
            }
        };
        if let Some(unit) = Unit::of(&envelope) {
            self.surroundings.report(Report::Received {
                connection,
                unit,
                waited: self.clock.now().since(came),
            });
        }
        envelope.bind(connection);
        let from = Reference::bound(peer, connection);
        let happening = match envelope {
            Envelope::Hello { .. } => None,
            Envelope::OneWay(message) => Some(Happening::Received { from, message }),
            Envelope::Ask { call, ask } => Some(Happening::Asked {
                from,
                call: self.inquiries.add(Asker::Peer {
                    from: connection,
                    address: peer,
                    call,
                }),
                ask,
            }),
            Envelope::Answer { call, outcome } => self.answered(connection, call, outcome),
            Envelope::Resolve { call, .. } => {
                let found = true;
                self.transmit(connection, Envelope::Resolved { call, found });
                None
            }
            Envelope::Resolved { call, found } => {
                let presence = if found {
                    Presence::Found
                } else {
                    Presence::Missing
                };
                self.resolved(connection, call, presence)
            }
        };
        if let Some(happening) = happening {
            self.feed(happening).await;
        }
    }

    /// Lets the node handle one happening, and carries out what it causes. A store that takes
    /// time makes later effects later, and the process busy.
    async fn feed(&mut self, happening: Happening) {
        let now = self.clock.now();
        self.surroundings.report(Report::Handed {
            happening: &happening,
        });
        let mut effects = std::mem::take(&mut self.effects);
        let Handled { took, is_crashed } = self.turn(happening, now, &mut effects);
        for Stamped { at, effect } in effects.drain(..) {
            if at > now {
                self.clock.reach(at).await;
            }
            if !self.is_over {
                self.carry_out(effect);
            }
        }
        self.effects = effects;
        if self.is_over {
            return;
        }
        if !took.is_zero() {
            self.clock.reach(now + took).await;
        }
        if is_crashed {
            self.is_over = true;
            self.surroundings.crash();
            return;
        }
        self.surroundings.inspect(&self.guest.node.borrow());
    }

    fn turn(&mut self, happening: Happening, now: Time, effects: &mut Vec<Stamped>) -> Handled {
        let moment = Moment {
            now,
            wall: self.surroundings.wall(now),
            me: self.guest.address,
            tools: Tools {
                dice: &mut self.guest.dice,
                store: self.guest.store.as_mut(),
                counters: &mut self.counters,
            },
        };
        let mut node = self.guest.node.borrow_mut();
        hosted::turn(&mut node, happening, moment, effects)
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Note(event) => self.surroundings.report(Report::Note(event)),
            Effect::Send { to, message } => self.send(to, message),
            Effect::Arm { timer, at } => self.arm(timer, at),
            Effect::Disarm { timer } => self.deadlines.disarm(Deadline::Timer(timer)),
            Effect::Ask {
                to,
                call,
                ask,
                timeout,
            } => self.ask(to, call, ask, timeout),
            Effect::Resolve { at, call, timeout } => self.resolve(at, call, timeout),
            Effect::Reply { call, answer } => self.reply(call, answer),
            Effect::Abandon { call } => self.abandon(call),
            Effect::Launch(process) => self.surroundings.launch(process),
            Effect::Terminate { process, signal } => {
                self.surroundings.terminate(process, signal);
            }
            Effect::Exit { code } => {
                self.is_over = true;
                self.surroundings.exit(code);
            }
        }
    }

    /// A timer that is overdue fires at once; only a process that catches up remembers since
    /// when it is.
    fn arm(&mut self, timer: AnyTimer, at: Time) {
        let at = match self.standing {
            Standing::CatchingUp { .. } => at,
            Standing::Going | Standing::Paused => at.max(self.clock.now()),
        };
        self.deadlines.arm(Deadline::Timer(timer), at);
    }
}

async fn reach(clock: Clock, at: Option<Time>) {
    match at {
        Some(at) => clock.reach(at).await,
        None => std::future::pending().await,
    }
}
