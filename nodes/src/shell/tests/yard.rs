//! The network of the tests: pipes in memory, a table of who listens, and peers that speak in
//! bytes.

use crate::shell::{Clock, Transport};
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::{Envelope, FrameReader, Limit, encode};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;

/// Everybody who can be reached.
pub(super) struct Yard {
    pub(super) clock: Clock,
    /// What a pipe holds in each direction, in bytes.
    pub(super) pipe_bytes: Cell<usize>,
    listeners: RefCell<BTreeMap<Address, mpsc::UnboundedSender<DuplexStream>>>,
    /// Addresses at which a dial is never answered.
    silent: RefCell<BTreeSet<Address>>,
    /// Every address that was dialled, in order.
    dialled: RefCell<Vec<Address>>,
    connections: Cell<u64>,
}

impl Yard {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(Time::ZERO, Duration::from_millis(1)),
            pipe_bytes: Cell::new(64 * 1024),
            listeners: RefCell::default(),
            silent: RefCell::default(),
            dialled: RefCell::default(),
            connections: Cell::new(0),
        }
    }

    /// Lets time pass; everybody has done what there was to do when it has.
    pub(super) async fn pass(&self, time: Duration) {
        self.clock.reach(self.clock.now() + time).await;
    }

    /// Lets everybody do what there is to do.
    pub(super) async fn settle(&self) {
        self.pass(Duration::from_millis(1)).await;
    }

    /// The number of the next connection that a shell opens.
    pub(super) fn next_connection(&self) -> u64 {
        self.connections.set(self.connections.get() + 1);
        self.connections.get()
    }

    /// How often an address was dialled.
    pub(super) fn dials_to(&self, address: Address) -> usize {
        let dialled = self.dialled.borrow();
        dialled.iter().filter(|to| **to == address).count()
    }

    /// Dials at this address are not answered from here on.
    pub(super) fn silence(&self, address: Address) {
        self.silent.borrow_mut().insert(address);
    }

    /// Begins to listen as a peer that speaks in bytes.
    pub(super) fn listen(self: &Rc<Self>, at: Address) -> Listener {
        self.begin_to_listen(at).expect("the address is free")
    }

    /// Dials as a peer that speaks in bytes, and says nothing.
    pub(super) fn dial(&self, to: Address) -> Peer {
        let stream = self.connect_to(to).expect("somebody listens there");
        Peer::new(stream)
    }

    /// Dials as a peer of this name that does not listen, and exchanges greetings.
    pub(super) async fn greet(&self, to: Address, name: &str) -> Peer {
        self.greet_as(to, name, None).await
    }

    /// As [`Self::greet`], for a peer that may say where it listens.
    pub(super) async fn greet_as(
        &self,
        to: Address,
        name: &str,
        listening: Option<Address>,
    ) -> Peer {
        let mut peer = self.dial(to);
        peer.greet(name, listening).await;
        peer
    }

    fn begin_to_listen(&self, at: Address) -> io::Result<Listener> {
        let mut listeners = self.listeners.borrow_mut();
        if listeners.get(&at).is_some_and(|former| !former.is_closed()) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        listeners.insert(at, sender);
        Ok(Listener(RefCell::new(receiver)))
    }

    fn connect_to(&self, to: Address) -> io::Result<DuplexStream> {
        let listeners = self.listeners.borrow();
        let (own, other) = tokio::io::duplex(self.pipe_bytes.get());
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let listener = listeners.get(&to).ok_or_else(refused)?;
        listener.send(other).map_err(|_| refused())?;
        Ok(own)
    }
}

/// How shells reach the yard.
#[derive(Clone)]
pub(super) struct Pipes(pub(super) Rc<Yard>);

/// An address at which somebody listens.
pub(super) struct Listener(RefCell<mpsc::UnboundedReceiver<DuplexStream>>);

impl Listener {
    /// The next peer that dials.
    pub(super) async fn accept(&self) -> Peer {
        let stream = Pipes::accept(self).await;
        Peer::new(stream.expect("the yard stands"))
    }

    /// The next peer that dials, after greetings.
    pub(super) async fn accept_and_greet(&self, name: &str) -> Peer {
        let mut peer = self.accept().await;
        peer.greet(name, None).await;
        peer
    }
}

impl Transport for Pipes {
    type Stream = DuplexStream;
    type Listener = Listener;

    async fn bind(&self, at: &Address) -> io::Result<Listener> {
        self.0.begin_to_listen(*at)
    }

    async fn accept(listener: &Listener) -> io::Result<DuplexStream> {
        let accepted = poll_fn(|context| listener.0.borrow_mut().poll_recv(context)).await;
        accepted.ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }

    async fn connect(&self, to: &Address) -> io::Result<DuplexStream> {
        self.0.dialled.borrow_mut().push(*to);
        if self.0.silent.borrow().contains(to) {
            std::future::pending::<()>().await;
        }
        self.0.connect_to(*to)
    }
}

/// The other end of a connection of a shell's: bytes, and what they mean.
pub(super) struct Peer {
    stream: DuplexStream,
    frames: FrameReader,
    /// What was read in all, in bytes.
    pub(super) read_bytes: usize,
}

impl Peer {
    fn new(stream: DuplexStream) -> Self {
        Self {
            stream,
            frames: FrameReader::new(Limit::DEFAULT),
            read_bytes: 0,
        }
    }

    /// Says who it is and hears who the other is.
    pub(super) async fn greet(&mut self, name: &str, listening: Option<Address>) {
        let name = Text::new(name);
        self.say(&Envelope::Hello { name, listening }).await;
        let heard = self.hear().await;
        assert!(matches!(heard, Some(Envelope::Hello { .. })), "{heard:?}");
    }

    /// Writes an envelope.
    pub(super) async fn say(&mut self, envelope: &Envelope) {
        let frame = encode(envelope, Limit::DEFAULT).expect("a short frame");
        self.write(&frame).await.expect("the other end reads");
    }

    /// Writes bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Ends its own direction.
    pub(super) async fn finish(&mut self) {
        let ended = self.stream.shutdown().await;
        ended.expect("a pipe can be shut down");
    }

    /// The next envelope; none at the end of the stream.
    pub(super) async fn hear(&mut self) -> Option<Envelope> {
        loop {
            if let Some(envelope) = self.frames.next_envelope().expect("a shell writes frames") {
                return Some(envelope);
            }
            let mut buffer = [0; 4096];
            let count = self.stream.read(&mut buffer).await;
            let count = count.expect("a pipe can be read");
            if count == 0 {
                return None;
            }
            self.read_bytes += count;
            self.frames.push(&buffer[..count]);
        }
    }

    /// Reads until the end of the stream; what came until then, as kinds.
    pub(super) async fn hear_all(&mut self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        while let Some(envelope) = self.hear().await {
            kinds.push(envelope.kind());
        }
        kinds
    }
}
