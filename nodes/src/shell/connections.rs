//! A process's connections: which one a reference means, dialling, what is sent on them, and
//! what their end brings about. Source: measured on Spark 4.3.0 (one connection of its own to
//! an address, both directions on it, references in messages bound to it).

use super::Shell;
use super::link::{Activity, FromLink, Greeted, Speaker, dial, greet, read, write};
use super::mailbox::Waiting;
use super::surroundings::{Report, Surroundings};
use super::transport::Transport;
use crate::hosted::Happening;
use crate::report::{DialFailure, EndOfConnection, Fate, Unit};
use deploysim_protocol::address::{Address, Connection, Peer, Reference};
use deploysim_protocol::message::Message;
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::{Envelope, encode};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

/// Those who have dialled and not said who they are, at one time. When there is one more, the one
/// that has taken longest is refused: silence must not keep others out. Half of the files that
/// the most modest systems let a process open.
const GREETINGS_MAX: usize = 512;

/// Why somebody is refused who has said nothing and may be no stranger.
const CROWDED: &str = "too many others have not said who they are either";

/// All connections of a process.
#[derive(Debug, Default)]
pub(super) struct Connections {
    /// Looked up, never walked through.
    open: FxHashMap<Connection, Line>,
    /// The process's own connection, or dial, to an address. Looked up, never walked through.
    own: FxHashMap<Address, Own>,
}

/// An open connection.
#[derive(Debug)]
struct Line {
    side: Side,
    /// The peer's address; the socket's if it does not listen.
    peer: Address,
    peer_listens: bool,
    outbox: mpsc::UnboundedSender<Vec<u8>>,
    /// What is in the outbox.
    queued_bytes: Rc<Cell<usize>>,
    activity: Activity,
    /// Whether an instant is noted at which idleness is looked for.
    is_watched: bool,
    reader: AbortHandle,
    writer: AbortHandle,
}

/// Who dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Dialler,
    Acceptor,
}

/// A process's own connection to an address.
#[derive(Debug)]
enum Own {
    /// Being dialled; what waits for it, in order.
    Dialling(VecDeque<Envelope>),
    Open(Connection),
}

/// Where something that is sent goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route {
    /// To the node itself.
    Local,
    /// Into an open connection.
    Open(Connection),
    /// Behind a dial.
    Dialling,
    /// Nowhere: its connection is gone.
    Gone,
}

impl<S: Surroundings> Shell<S> {
    /// The connection that a reference names, or the process's own to its address, which is
    /// dialled if there is none.
    pub(super) fn route(&mut self, to: Reference) -> Route {
        if let Some(connection) = to.connection {
            return if self.is_open(connection) {
                Route::Open(connection)
            } else {
                Route::Gone
            };
        }
        if to.address == self.guest.address {
            return Route::Local;
        }
        match self.connections.own.get(&to.address) {
            Some(Own::Open(connection)) => Route::Open(*connection),
            Some(Own::Dialling(_)) => Route::Dialling,
            None => {
                self.dial(to.address);
                Route::Dialling
            }
        }
    }

    pub(super) fn is_open(&self, connection: Connection) -> bool {
        self.connections.open.contains_key(&connection)
    }

    pub(super) fn send(&mut self, to: Reference, message: Message) {
        let unit = Unit::Message(&message);
        match self.route(to) {
            Route::Local => {
                self.report_sent(to.address, unit, Fate::Local);
                let happening = Happening::Received { from: to, message };
                self.post(happening);
            }
            Route::Open(connection) => self.transmit(connection, Envelope::OneWay(message)),
            Route::Dialling => self.wait_for_dial(to.address, Envelope::OneWay(message)),
            Route::Gone => self.report_sent(to.address, unit, Fate::Lost),
        }
    }

    pub(super) fn report_sent(&self, to: Address, unit: Unit<'_>, fate: Fate) {
        self.surroundings.report(Report::Sent { to, unit, fate });
    }

    pub(super) fn wait_for_dial(&mut self, to: Address, envelope: Envelope) {
        if let Some(unit) = Unit::of(&envelope) {
            self.report_sent(to, unit, Fate::WaitsForConnection);
        }
        if let Some(Own::Dialling(outbox)) = self.connections.own.get_mut(&to) {
            outbox.push_back(envelope);
        }
    }

    fn dial(&mut self, to: Address) {
        self.connections
            .own
            .insert(to, Own::Dialling(VecDeque::new()));
        let (transport, own) = (self.surroundings.transport(), self.speaker());
        let (limit, inbox) = (self.limits.frame, self.inbox.clone());
        let (clock, give_up_at) = (self.clock, self.clock.now() + self.limits.connect_timeout);
        self.tasks.spawn_local(async move {
            let outcome = tokio::select! {
                biased;
                outcome = dial(&transport, to, own, limit) => outcome,
                () = clock.reach(give_up_at) => Err(DialFailure::TimedOut),
            };
            // A loop that is gone has nobody to tell.
            drop(inbox.send(FromLink::Dialled { to, outcome }).await);
        });
    }

    fn speaker(&self) -> Speaker {
        Speaker {
            name: self.guest.name,
            listening: self.listens().then_some(self.guest.address),
        }
    }

    /// Accepts whoever dials, as long as the process lives.
    pub(super) fn begin_to_accept(&mut self, listener: <S::Transport as Transport>::Listener) {
        let (own, limit, inbox) = (self.speaker(), self.limits.frame, self.inbox.clone());
        let (clock, patience) = (self.clock, self.limits.connect_timeout);
        self.tasks.spawn_local(async move {
            let mut greetings = tokio::task::JoinSet::new();
            let mut places = VecDeque::new();
            while let Ok(stream) = S::Transport::accept(&listener).await {
                while greetings.try_join_next().is_some() {}
                places.retain(|place: &oneshot::Sender<()>| !place.is_closed());
                if places.len() >= GREETINGS_MAX {
                    drop(places.pop_front());
                }
                let (place, loss_of_place) = oneshot::channel();
                places.push_back(place);
                let inbox = inbox.clone();
                let origin = S::Transport::origin(&stream);
                greetings.spawn_local(async move {
                    let give_up_at = clock.now() + patience;
                    let greeted = tokio::select! {
                        biased;
                        greeted = greet(stream, own, limit) => greeted,
                        () = clock.reach(give_up_at) => Err(io::ErrorKind::TimedOut.into()),
                        _ = loss_of_place => Err(io::Error::other(CROWDED)),
                    };
                    let told = match greeted {
                        Ok(greeted) => FromLink::Accepted(greeted),
                        Err(error) => FromLink::Refused { origin, error },
                    };
                    // A loop that is gone has nobody to tell.
                    drop(inbox.send(told).await);
                });
            }
        });
    }

    /// Somebody has dialled this process.
    pub(super) fn accepted(&mut self, greeted: Greeted<Stream<S>>) {
        let peer = greeted.peer;
        let address = peer
            .listening
            .unwrap_or_else(|| self.surroundings.address_of(peer.name));
        self.open_line(greeted, Side::Acceptor, address);
    }

    /// A dial of this process's has ended.
    pub(super) fn dialled(
        &mut self,
        to: Address,
        outcome: Result<Greeted<Stream<S>>, DialFailure>,
    ) {
        let Some(Own::Dialling(waiting)) = self.connections.own.remove(&to) else {
            return;
        };
        let greeted = match outcome {
            Ok(greeted) => greeted,
            Err(cause) => {
                self.surroundings.report(Report::DialFailed { to, cause });
                self.fail_calls_of_dial(to);
                return;
            }
        };
        let connection = self.open_line(greeted, Side::Dialler, to);
        self.connections.own.insert(to, Own::Open(connection));
        self.calls.put_on(connection, to);
        for envelope in waiting {
            let asks = matches!(envelope, Envelope::Ask { .. } | Envelope::Resolve { .. });
            self.transmit(connection, envelope);
            if asks {
                self.watch_idleness(connection);
            }
        }
    }

    fn open_line(&mut self, greeted: Greeted<Stream<S>>, side: Side, peer: Address) -> Connection {
        let Greeted {
            stream,
            frames,
            peer: speaker,
        } = greeted;
        let connection = self.surroundings.number(&stream);
        let (reading, writing) = tokio::io::split(stream);
        let (outbox, queue) = mpsc::unbounded_channel();
        let queued_bytes = Rc::new(Cell::new(0));
        let activity = Activity::new(self.clock);
        let (share, inbox) = (self.unfinished.share(), self.inbox.clone());
        let reader = self.tasks.spawn_local(read(
            reading,
            frames,
            connection,
            activity.clone(),
            share,
            inbox,
        ));
        let writer = super::spawn_beside(write(writing, queue, Rc::clone(&queued_bytes)));
        let line = Line {
            side,
            peer,
            peer_listens: speaker.listening.is_some(),
            outbox,
            queued_bytes,
            activity,
            is_watched: false,
            reader,
            writer,
        };
        self.connections.open.insert(connection, line);
        self.surroundings.report(Report::Opened {
            connection,
            peer: speaker.name,
        });
        connection
    }

    /// Puts an envelope into a connection's outbox. Whoever does not read until the outbox is
    /// full loses the connection.
    pub(super) fn transmit(&mut self, connection: Connection, envelope: Envelope) {
        let Some(line) = self.connections.open.get(&connection) else {
            return;
        };
        let to = line.peer;
        let frame = encode(&envelope, self.limits.frame);
        let queued_bytes = line.queued_bytes.get() + frame.as_ref().map_or(0, Vec::len);
        let overflows = queued_bytes > self.limits.outbox_bytes;
        let fate = match &frame {
            Ok(_) if !overflows => Fate::Carried,
            Ok(_) | Err(_) => Fate::Lost,
        };
        if let Some(unit) = Unit::of(&envelope) {
            self.report_sent(to, unit, fate);
        }
        let Ok(frame) = frame else { return };
        if overflows {
            self.end_connection(connection, EndOfConnection::Overflow);
            return;
        }
        line.queued_bytes.set(queued_bytes);
        line.activity.touch();
        // The writer ends before the outbox only after an error, of which the reader tells.
        drop(line.outbox.send(frame));
    }

    /// A connection is gone for this process. Its node is told: once for the socket and once for
    /// the address that it knows; then the calls on it fail.
    pub(super) fn end_connection(&mut self, connection: Connection, cause: EndOfConnection) {
        let Some(line) = self.connections.open.remove(&connection) else {
            return;
        };
        if matches!(self.connections.own.get(&line.peer), Some(Own::Open(own)) if *own == connection)
        {
            self.connections.own.remove(&line.peer);
        }
        line.reader.abort();
        match cause {
            EndOfConnection::Closed | EndOfConnection::Idle | EndOfConnection::BadFrame => {}
            // What is written can no longer be read.
            EndOfConnection::Reset | EndOfConnection::UserTimeout | EndOfConnection::Overflow => {
                line.writer.abort();
            }
        }
        let listening = Peer::Listening(line.peer);
        let peers = match line.side {
            Side::Dialler => [Some(listening); 2],
            Side::Acceptor => [
                Some(Peer::Socket(connection)),
                line.peer_listens.then_some(listening),
            ],
        };
        let peer = peers[1].unwrap_or(Peer::Socket(connection));
        self.surroundings.report(Report::Ended {
            connection,
            peer,
            cause,
        });
        for peer in peers.into_iter().flatten() {
            self.post(Happening::Disconnected { peer });
        }
        self.fail_calls_on(connection);
    }

    /// The other end's address.
    pub(super) fn peer(&self, connection: Connection) -> Option<Address> {
        Some(self.connections.open.get(&connection)?.peer)
    }

    /// From the moment when a question is asked, its connection is looked at until none waits.
    pub(super) fn watch_idleness(&mut self, connection: Connection) {
        let at = self.clock.now() + self.limits.network_timeout;
        if let Some(line) = self.connections.open.get_mut(&connection)
            && !line.is_watched
        {
            line.is_watched = true;
            self.idle_checks.insert((at, connection));
        }
    }

    /// Closes a connection on which a question waits and nothing has moved for
    /// `spark.network.timeout`. Spark: `TransportChannelHandler.userEventTriggered`.
    pub(super) fn check_idle(&mut self, connection: Connection) {
        let waits = self.calls.wait_on(connection);
        let Some(line) = self.connections.open.get_mut(&connection) else {
            return;
        };
        line.is_watched = waits;
        let due = line.activity.at() + self.limits.network_timeout;
        if !waits {
        } else if due > self.clock.now() {
            self.idle_checks.insert((due, connection));
        } else {
            self.end_connection(connection, EndOfConnection::Idle);
        }
    }

    /// Hands something to the node when its turn comes.
    pub(super) fn post(&mut self, happening: Happening) {
        self.mailbox
            .put(self.clock.now(), Waiting::Happening(happening));
    }
}

/// The stream of the world's transport.
type Stream<S> = <<S as Surroundings>::Transport as Transport>::Stream;

/// The endpoint that look-ups name.
///
/// **Differs:** a process has one endpoint of the protocol, so the name is not compared.
pub(super) fn endpoint() -> Text {
    Text::new("Master")
}
