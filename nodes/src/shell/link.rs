//! One connection: the greeting at its beginning, frames in, frames out. Which node they are
//! for, and what an end means to it, is `connections.rs`'s.

use super::clock::Clock;
use super::surroundings::Parcel;
use super::transport::Transport;
use super::unfinished::Share;
use crate::report::DialFailure;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::{Envelope, FrameReader, Limit, encode};
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;

/// Bytes that are read at once.
const READ_BYTES: usize = 4096;

/// The longest greeting: room for the longest names of hosts. Whoever has not said who it is can
/// have no more than this of the process's memory.
const GREETING: Limit = Limit::of_bytes(4096);

/// Who speaks on a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speaker {
    /// The name.
    pub(super) name: Text,
    /// Where it listens, if it does.
    pub(super) listening: Option<Address>,
}

/// A connection on which both have said who they are.
pub(super) struct Greeted<T> {
    pub(super) stream: T,
    /// Has what came behind the greeting.
    pub(super) frames: FrameReader,
    pub(super) peer: Speaker,
}

/// What the tasks of a process's connections tell its loop.
pub(super) enum FromLink<T> {
    /// Somebody dialled, and has said who it is.
    Accepted(Greeted<T>),
    /// Somebody dialled, and did not say who it is.
    Refused { origin: String, error: io::Error },
    /// A dial of this process's ended.
    Dialled {
        to: Address,
        outcome: Result<Greeted<T>, DialFailure>,
    },
    /// Something came.
    Came {
        connection: Connection,
        parcel: Parcel,
    },
    /// What comes next is no frame, or not where it belongs.
    Garbled { connection: Connection },
    /// Nothing can come any more: the network broke the connection.
    Broke { connection: Connection },
}

/// Says who speaks here and waits until the other end has said it too.
pub(super) async fn greet<T: AsyncRead + AsyncWrite + Unpin>(
    mut stream: T,
    own: Speaker,
    limit: Limit,
) -> io::Result<Greeted<T>> {
    let hello = Envelope::Hello {
        name: own.name,
        listening: own.listening,
    };
    let hello = encode(&hello, limit).map_err(io::Error::other)?;
    stream.write_all(&hello).await?;
    stream.flush().await?;
    let mut frames = FrameReader::new(GREETING);
    let mut buffer = [0; READ_BYTES];
    loop {
        match frames.next_envelope().map_err(io::Error::other)? {
            Some(Envelope::Hello { name, listening }) => {
                let peer = Speaker { name, listening };
                frames.allow(limit);
                return Ok(Greeted {
                    stream,
                    frames,
                    peer,
                });
            }
            Some(_) => return Err(io::Error::other("a frame came before the greeting")),
            None => {}
        }
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        frames.push(&buffer[..count]);
    }
}

/// Dials and greets.
pub(super) async fn dial<T: Transport>(
    transport: &T,
    to: Address,
    own: Speaker,
    limit: Limit,
) -> Result<Greeted<T::Stream>, DialFailure> {
    let greeted = async { greet(transport.connect(&to).await?, own, limit).await };
    greeted.await.map_err(|error| {
        if error.kind() == io::ErrorKind::TimedOut {
            DialFailure::TimedOut
        } else {
            DialFailure::Refused
        }
    })
}

/// Reads frames and hands them to the loop, as fast as it takes them.
pub(super) async fn read<T: AsyncRead + AsyncWrite + 'static>(
    mut stream: ReadHalf<T>,
    mut frames: FrameReader,
    connection: Connection,
    activity: Activity,
    mut share: Share,
    inbox: mpsc::Sender<FromLink<T>>,
) {
    let mut buffer = vec![0; READ_BYTES];
    let last = loop {
        match frames.next_envelope() {
            // The greeting comes once.
            Ok(Some(Envelope::Hello { .. })) | Err(_) => break FromLink::Garbled { connection },
            Ok(Some(envelope)) => {
                share.holds(frames.held_bytes());
                let parcel = Parcel::Envelope(envelope);
                let came = FromLink::Came { connection, parcel };
                if inbox.send(came).await.is_err() {
                    return;
                }
            }
            Ok(None) => match stream.read(&mut buffer).await {
                Ok(0) => {
                    let parcel = Parcel::End;
                    break match frames.finish() {
                        Ok(()) => FromLink::Came { connection, parcel },
                        // A stream may end between two frames only.
                        Err(_) => FromLink::Garbled { connection },
                    };
                }
                Ok(count) => {
                    activity.touch();
                    frames.push(&buffer[..count]);
                    if !share.holds(frames.held_bytes()) {
                        break FromLink::Garbled { connection };
                    }
                }
                // A stream that checks its bytes says so of those that are not the peer's.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    break FromLink::Garbled { connection };
                }
                Err(_) => break FromLink::Broke { connection },
            },
        }
    };
    // A loop that is gone has nobody to tell.
    drop(inbox.send(last).await);
}

/// Writes what the outbox holds, then the end of the stream. Outlives the process, so that what
/// it had written before it ended still leaves.
pub(super) async fn write<T: AsyncWrite>(
    mut stream: WriteHalf<T>,
    mut outbox: mpsc::UnboundedReceiver<Vec<u8>>,
    queued_bytes: Rc<Cell<usize>>,
) {
    while let Some(frame) = outbox.recv().await {
        let written = match stream.write_all(&frame).await {
            Ok(()) => stream.flush().await,
            Err(error) => Err(error),
        };
        queued_bytes.set(queued_bytes.get() - frame.len());
        if written.is_err() {
            // The reader learns of the same end, and tells.
            return;
        }
    }
    // An end that the peer has closed already needs no end of ours.
    drop(stream.shutdown().await);
}

/// When a byte was last read or written on a connection.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    clock: Clock,
    at: Rc<Cell<Time>>,
}

impl Activity {
    pub(super) fn new(clock: Clock) -> Self {
        let at = Rc::new(Cell::new(clock.now()));
        Self { clock, at }
    }

    /// A byte was read or written.
    pub(super) fn touch(&self) {
        self.at.set(self.clock.now());
    }

    /// When that was last.
    pub(super) fn at(&self) -> Time {
        self.at.get()
    }
}
