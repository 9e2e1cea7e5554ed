//! The gate: what stands between a shell's stream and the socket. At the sending end it lets
//! bytes leave when the network says; at the receiving end it asks whether anybody has that end.
//! The socket carries bytes; what faults do to them happens here.

use super::Shared;
use super::traffic::Arrival;
use super::wire::{Departure, Load, WireEnd};
use deploysim_nodes::shell::Clock;
use deploysim_protocol::time::Time;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::sync::mpsc;

/// Bytes that are read from a socket at once.
const READ_BYTES: usize = 64 * 1024;

/// Pieces that have been read from a socket and that the shell has not taken.
const PIECES_MAX: usize = 16;

/// What a shell reads and writes.
pub(super) struct GatedStream {
    end: WireEnd,
    world: Shared,
    incoming: mpsc::Receiver<Vec<u8>>,
    /// The piece that is being read, and how much of it has been.
    piece: Vec<u8>,
    taken: usize,
    writing: Writing,
}

/// How far writing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// The first frame is to be written: the greeting, which is part of dialling and costs
    /// what dialling costs. An acceptor's has to arrive at this instant.
    Greeting(Option<Time>),
    /// Frames are written.
    Frames,
    /// The end of the stream was written.
    Over,
}

impl GatedStream {
    /// Stands before a socket, from which two tasks read and write. An acceptor's greeting has
    /// to arrive at `greeting_arrives_at`.
    pub(super) fn before<T: AsyncRead + AsyncWrite + 'static>(
        socket: T,
        end: WireEnd,
        greeting_arrives_at: Option<Time>,
        world: &Shared,
        clock: Clock,
    ) -> Self {
        let (reading, writing) = tokio::io::split(socket);
        let (pieces, incoming) = mpsc::channel(PIECES_MAX);
        let mut state = world.borrow_mut();
        let own = state.wires.end_mut(end);
        let own = own.expect("a socket is opened while its connection exists");
        let (node, departures) = (own.node, own.departures.take());
        let departures = departures.expect("the socket of an end is opened once");
        let received = receive(end, reading, pieces, world.clone());
        let pumped = pump(end, departures, writing, clock, world.clone());
        state.run_beside(node, Box::pin(received));
        state.run_beside(node, Box::pin(pumped));
        drop(state);
        Self {
            end,
            world: world.clone(),
            incoming,
            piece: Vec::new(),
            taken: 0,
            writing: Writing::Greeting(greeting_arrives_at),
        }
    }

    /// Which end it is.
    pub(super) const fn end(&self) -> WireEnd {
        self.end
    }
}

impl AsyncRead for GatedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.taken == self.piece.len() {
            match ready!(self.incoming.poll_recv(context)) {
                Some(piece) => {
                    self.piece = piece;
                    self.taken = 0;
                }
                None => return Poll::Ready(Ok(())),
            }
        }
        let count = buffer.remaining().min(self.piece.len() - self.taken);
        let taken = self.taken;
        buffer.put_slice(&self.piece[taken..taken + count]);
        self.taken += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GatedStream {
    /// Each call is one frame, which is what a shell's writer hands over.
    fn poll_write(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let frame = bytes.to_vec();
        let end = self.end;
        let mut world = self.world.borrow_mut();
        let next = match self.writing {
            Writing::Greeting(Some(arrives_at)) => {
                world.depart(end, arrives_at, Load::Greeting(frame));
                Writing::Frames
            }
            Writing::Greeting(None) => {
                let now = world.now;
                world.depart(end, now, Load::Frame(frame));
                Writing::Frames
            }
            Writing::Frames => {
                world.transmit(end, Load::Frame(frame));
                Writing::Frames
            }
            Writing::Over => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        };
        drop(world);
        self.writing = next;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.writing != Writing::Over {
            self.writing = Writing::Over;
            self.world.borrow_mut().end_stream(self.end);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for GatedStream {
    /// A stream that is dropped before its greeting was read has no process that could end it.
    fn drop(&mut self) {
        let mut world = self.world.borrow_mut();
        if self.writing != Writing::Over && world.wires.end(self.end).is_some_and(|own| own.is_open)
        {
            world.end_stream(self.end);
        }
    }
}

/// Reads what the socket brings, and hands it on as long as somebody has this end. Without a
/// reader it reads on, so that the socket never tells the other end anything by itself.
async fn receive<T: AsyncRead>(
    end: WireEnd,
    mut socket: ReadHalf<T>,
    pieces: mpsc::Sender<Vec<u8>>,
    world: Shared,
) {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let count = socket.read(&mut buffer).await.unwrap_or(0);
        let arrival = world.borrow_mut().arrive(end);
        if count == 0 || arrival == Arrival::Refused {
            world.borrow_mut().stream_over(end);
            if arrival == Arrival::Late {
                // An end that was not told of the break does not learn of it by this.
                pieces.closed().await;
            }
            return;
        }
        if arrival == Arrival::Delivered {
            // A process that is gone reads no more; the bytes are lost with it.
            drop(pieces.send(buffer[..count].to_vec()).await);
        }
    }
}

/// Writes what leaves, each at its instant.
async fn pump<T: AsyncWrite>(
    end: WireEnd,
    mut departures: mpsc::UnboundedReceiver<Departure>,
    mut socket: WriteHalf<T>,
    clock: Clock,
    world: Shared,
) {
    while let Some(Departure { at, load }) = departures.recv().await {
        if at > clock.now() {
            clock.reach(at).await;
        }
        let written = match load {
            Load::Frame(bytes) => socket.write_all(&bytes).await,
            Load::Greeting(bytes) => {
                let lives = world.borrow().wires.end(end).is_some_and(|own| own.is_open);
                if lives {
                    socket.write_all(&bytes).await
                } else {
                    socket.shutdown().await
                }
            }
            Load::End => socket.shutdown().await,
        };
        if written.is_err() {
            // The other end's socket is gone, which happens only when both streams are over.
            return;
        }
    }
}
