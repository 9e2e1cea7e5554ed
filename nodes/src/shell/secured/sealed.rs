//! One connection on which both ends know the secret: first the handshake, then records.
//!
//! Every message is a length of two bytes, the greater first, and so many bytes. Those of the
//! handshake have one length, [`HANDSHAKE_BYTES`]; a record has at most [`RECORD_BYTES_MAX`], 16
//! of which are its tag. What says another length is refused before it is read, so a stranger
//! takes no more room than that.

use super::key::Key;
use snow::{HandshakeState, TransportState};
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A message of the handshake: a fresh public key and a tag.
const HANDSHAKE_BYTES: usize = 32 + TAG_BYTES;
/// What Noise adds to a text.
const TAG_BYTES: usize = 16;
/// The longest record, without its length.
const RECORD_BYTES_MAX: usize = 16 * 1024;
/// The length in front of a message.
const LENGTH_BYTES: usize = 2;
/// Bytes that are read at once.
const READ_BYTES: usize = 4096;

/// How long the other end may take to prove that it knows the secret. A round trip and three
/// small messages: what takes longer is no peer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that reads and writes plain bytes, and whose stream carries sealed ones.
///
/// What is written leaves at once as far as the stream takes it, and the rest when it is flushed.
pub struct Sealed<S> {
    stream: S,
    stage: Stage,
    /// Until when the other end has to have proved itself; nothing once it has.
    patience: Option<Pin<Box<Sleep>>>,
    /// What came and is no whole message yet.
    incoming: Vec<u8>,
    /// Of a record that was opened, what nobody has read yet.
    opened: Queue,
    /// Of a message that was sealed, what the stream has not taken yet.
    outgoing: Queue,
}

/// How far a connection is.
enum Stage {
    Shaking(Box<HandshakeState>),
    Open(Box<TransportState>),
    /// What came was not the peer's: nothing is read or written any more.
    Broken(&'static str),
}

/// Bytes, taken from the front.
#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    taken: usize,
}

impl Queue {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    fn take(&mut self, count: usize) {
        self.taken += count;
    }

    /// Replaces what was taken by what `write` makes of so many bytes.
    ///
    /// # Panics
    /// If something is left to take.
    fn refill<E>(
        &mut self,
        bytes: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        assert!(self.rest().is_empty(), "what is left would be lost");
        self.bytes.resize(bytes, 0);
        self.taken = bytes;
        let written = write(&mut self.bytes)?;
        self.bytes.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

/// Does not show what is under way.
impl<S: fmt::Debug> fmt::Debug for Sealed<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::Shaking(_) => "shaking",
            Stage::Open(_) => "open",
            Stage::Broken(why) => why,
        };
        let mut shown = formatter.debug_struct("Sealed");
        let shown = shown.field("stream", &self.stream).field("stage", &stage);
        shown.finish_non_exhaustive()
    }
}

impl<S> Sealed<S> {
    /// The end that dialled.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn dialled(stream: S, key: &Key) -> io::Result<Self> {
        Ok(Self::new(stream, key.dialler()?))
    }

    /// The end that was dialled.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn accepted(stream: S, key: &Key) -> io::Result<Self> {
        Ok(Self::new(stream, key.acceptor()?))
    }

    fn new(stream: S, handshake: HandshakeState) -> Self {
        Self {
            stream,
            stage: Stage::Shaking(Box::new(handshake)),
            patience: Some(Box::pin(sleep_until(Instant::now() + PATIENCE))),
            incoming: Vec::new(),
            opened: Queue::default(),
            outgoing: Queue::default(),
        }
    }

    /// The stream that carries it.
    pub const fn inner(&self) -> &S {
        &self.stream
    }

    /// Takes the next message from what came; nothing if it is not whole. What has a length that
    /// `is_allowed` does not allow is none.
    fn message(&mut self, is_allowed: fn(usize) -> bool) -> Result<Option<Vec<u8>>, ()> {
        let Some((length, rest)) = self.incoming.split_first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if !is_allowed(length) {
            return Err(());
        }
        let Some(message) = rest.get(..length).map(<[u8]>::to_vec) else {
            return Ok(None);
        };
        self.incoming.drain(..LENGTH_BYTES + length);
        Ok(Some(message))
    }

    /// Gives the connection up.
    fn fail(&mut self, why: &'static str) -> io::Error {
        self.stage = Stage::Broken(why);
        self.patience = None;
        broken(why)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Sealed<S> {
    /// Waits until the handshake is over. Whoever dialled knows then that the other end knows the
    /// secret; whoever was dialled knows it with the first record.
    ///
    /// # Errors
    /// If the other end does not know the secret, says something else or nothing in time, or the
    /// stream fails.
    pub async fn shake(&mut self) -> io::Result<()> {
        poll_fn(|context| self.poll_shake(context)).await
    }

    fn poll_shake(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let Stage::Shaking(handshake) = &mut self.stage else {
                return Poll::Ready(match self.stage {
                    Stage::Broken(why) => Err(broken(why)),
                    Stage::Shaking(_) | Stage::Open(_) => Ok(()),
                });
            };
            if let Poll::Ready(error) = self.patience.poll_end(context) {
                return Poll::Ready(Err(error));
            }
            if handshake.is_handshake_finished() {
                ready!(self.poll_drain(context))?;
                self.begin_records();
            } else if handshake.is_my_turn() {
                let sealed = self
                    .outgoing
                    .refill(LENGTH_BYTES + HANDSHAKE_BYTES, |room| {
                        handshake.write_message(&[], framed(room, HANDSHAKE_BYTES))?;
                        Ok::<_, snow::Error>(LENGTH_BYTES + HANDSHAKE_BYTES)
                    });
                if sealed.is_err() {
                    return Poll::Ready(Err(self.fail("the handshake cannot be written")));
                }
            } else {
                ready!(self.poll_drain(context))?;
                ready!(self.poll_hear(context))?;
            }
        }
    }

    /// Reads the other end's message of the handshake.
    fn poll_hear(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let message = loop {
            match self.message(|length| length == HANDSHAKE_BYTES) {
                Ok(Some(message)) => break message,
                Ok(None) => {}
                Err(()) => return Poll::Ready(Err(self.fail("no handshake: it has no secret"))),
            }
            if ready!(self.poll_fill(context))? == 0 {
                return Poll::Ready(Err(
                    self.fail("the handshake was broken off: it may have another secret")
                ));
            }
        };
        if let Stage::Shaking(handshake) = &mut self.stage
            && handshake.read_message(&message, &mut []).is_err()
        {
            return Poll::Ready(Err(self.fail("the handshake fails: it has another secret")));
        }
        Poll::Ready(Ok(()))
    }

    /// The handshake is over. Whoever dialled has heard the other end's part of it, which only
    /// somebody who knows the secret can have made now; a part of whoever dialled may have been
    /// recorded at another time.
    fn begin_records(&mut self) {
        let why = "the handshake is not over";
        let stage = std::mem::replace(&mut self.stage, Stage::Broken(why));
        if let Stage::Shaking(handshake) = stage {
            if handshake.is_initiator() {
                self.patience = None;
            }
            if let Ok(transport) = handshake.into_transport_mode() {
                self.stage = Stage::Open(Box::new(transport));
            }
        }
    }

    /// Reads what there is; 0 bytes at the end of the stream.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut chunk = [0; READ_BYTES];
        let mut chunk = ReadBuf::new(&mut chunk);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut chunk))?;
        self.incoming.extend_from_slice(chunk.filled());
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// Writes what was sealed.
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.rest().is_empty() {
            let stream = Pin::new(&mut self.stream);
            let count = ready!(stream.poll_write(context, self.outgoing.rest()))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.take(count);
        }
        Poll::Ready(Ok(()))
    }

    /// Opens the next record; false at the end of the stream.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let record = loop {
            match self.message(|length| (TAG_BYTES + 1..=RECORD_BYTES_MAX).contains(&length)) {
                Ok(Some(record)) => break record,
                Ok(None) => {}
                Err(()) => return Poll::Ready(Err(self.fail("what came is no record"))),
            }
            if let Poll::Ready(error) = self.patience.poll_end(context) {
                return Poll::Ready(Err(error));
            }
            if ready!(self.poll_fill(context))? > 0 {
                continue;
            }
            return Poll::Ready(if self.patience.is_some() {
                Err(self.fail("it did not prove that it knows the secret"))
            } else if self.incoming.is_empty() {
                Ok(false)
            } else {
                Err(self.fail("the stream ends within a record"))
            });
        };
        let Stage::Open(transport) = &mut self.stage else {
            return Poll::Ready(Err(broken("it is not open")));
        };
        let opened = self
            .opened
            .refill(record.len(), |room| transport.read_message(&record, room));
        if opened.is_err() {
            let why = match self.patience {
                Some(_) => "it repeats what somebody else has said, or has another secret",
                None => "a record was changed, left out or repeated on its way",
            };
            return Poll::Ready(Err(self.fail(why)));
        }
        self.patience = None;
        Poll::Ready(Ok(true))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Sealed<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let own = self.get_mut();
        ready!(own.poll_shake(context))?;
        if own.opened.rest().is_empty() && !ready!(own.poll_open(context))? {
            return Poll::Ready(Ok(()));
        }
        let count = own.opened.rest().len().min(buffer.remaining());
        buffer.put_slice(&own.opened.rest()[..count]);
        own.opened.take(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Sealed<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let own = self.get_mut();
        ready!(own.poll_shake(context))?;
        ready!(own.poll_drain(context))?;
        let Stage::Open(transport) = &mut own.stage else {
            return Poll::Ready(Err(broken("it is not open")));
        };
        let count = bytes.len().min(RECORD_BYTES_MAX - TAG_BYTES);
        if count == 0 {
            return Poll::Ready(Ok(0));
        }
        let record_bytes = count + TAG_BYTES;
        let sealed = own.outgoing.refill(LENGTH_BYTES + record_bytes, |room| {
            transport.write_message(&bytes[..count], framed(room, record_bytes))?;
            Ok::<_, snow::Error>(LENGTH_BYTES + record_bytes)
        });
        if sealed.is_err() {
            return Poll::Ready(Err(own.fail("a record cannot be sealed")));
        }
        // What the stream does not take at once leaves with what is written next, or flushed.
        if let Poll::Ready(Err(error)) = own.poll_drain(context) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let own = self.get_mut();
        ready!(own.poll_drain(context))?;
        Pin::new(&mut own.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let own = self.get_mut();
        ready!(own.poll_drain(context))?;
        Pin::new(&mut own.stream).poll_shutdown(context)
    }
}

/// The room behind the length that is written in front of it.
///
/// # Panics
/// If there is not so much room.
fn framed(room: &mut [u8], length: usize) -> &mut [u8] {
    let (front, rest) = room.split_at_mut(LENGTH_BYTES);
    let length_bytes = u16::try_from(length).expect("a record is no longer than 16 KiB");
    front.copy_from_slice(&length_bytes.to_be_bytes());
    &mut rest[..length]
}

/// What the shell takes for bytes that are no frame.
fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// A time that may run out.
trait Patience {
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Error>;
}

impl Patience for Option<Pin<Box<Sleep>>> {
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        match self {
            Some(end) => end.as_mut().poll(context).map(|()| {
                let why = "it did not prove in time that it knows the secret";
                io::Error::new(io::ErrorKind::TimedOut, why)
            }),
            None => Poll::Pending,
        }
    }
}
