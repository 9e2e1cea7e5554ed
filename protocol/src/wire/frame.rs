//! Frames in a stream of bytes: the length in front of a body, the limit, and a reader that
//! takes bytes as they come. What a body means is `codec.rs`'s; no sockets here.

use super::{Envelope, Error, codec};

/// Bytes of the length in front of a body.
pub const HEADER_BYTES: usize = 4;

/// Room that a reader keeps while it holds nothing, so that one long frame does not occupy
/// memory for the rest of a connection's life.
const KEPT_BYTES_MAX: usize = 64 * 1024;

/// The longest body that is written or read. Checked before anything is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    bytes: u32,
}

impl Limit {
    /// 16 MiB.
    pub const DEFAULT: Self = Self::of_bytes(16 * 1024 * 1024);

    /// Bodies of at most `bytes` bytes.
    pub const fn of_bytes(bytes: u32) -> Self {
        Self { bytes }
    }

    /// The longest body, in bytes.
    pub const fn bytes(self) -> u32 {
        self.bytes
    }

    /// The header of a body of `body_bytes` bytes, or [`Error::TooLong`].
    pub(super) fn admit(self, body_bytes: usize) -> Result<u32, Error> {
        match u32::try_from(body_bytes) {
            Ok(header) if header <= self.bytes => Ok(header),
            Ok(_) | Err(_) => Err(Error::TooLong {
                found: body_bytes as u64,
                max: self.bytes,
            }),
        }
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Makes envelopes of the bytes of one direction of a connection, in whatever pieces they come.
///
/// It holds the bytes that were pushed and not read. Whoever reads until there is no further
/// envelope before pushing more holds at most one unfinished frame and one push.
///
/// After an error there is no way to know where the next frame begins or what was lost: the
/// reader gives the same error for ever, and forgets what is pushed.
#[derive(Debug)]
pub struct FrameReader {
    limit: Limit,
    /// What was pushed, from some earlier point on.
    bytes: Vec<u8>,
    /// How many of `bytes` have been read.
    read: usize,
    broken: Option<Error>,
}

impl FrameReader {
    /// A reader at the beginning of a stream whose bodies may be as long as `limit` says.
    pub const fn new(limit: Limit) -> Self {
        Self {
            limit,
            bytes: Vec::new(),
            read: 0,
            broken: None,
        }
    }

    /// From the next envelope on, bodies may be as long as `limit` says.
    pub const fn allow(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        // Moving only when at least half has been read costs O(1) per byte in the long run.
        if self.read > 0 && self.read >= self.bytes.len() / 2 {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next envelope, or `None` if its last byte has not come yet.
    ///
    /// # Errors
    /// [`Error::TooLong`] as soon as the header says so; otherwise as [`codec::decode`].
    pub fn next_envelope(&mut self) -> Result<Option<Envelope>, Error> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        let result = self.read_frame();
        if let Err(error) = result {
            self.broken = Some(error);
            self.bytes = Vec::new();
            self.read = 0;
        }
        result
    }

    /// How much memory the reader holds, in bytes.
    pub const fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Accepts the end of the stream.
    ///
    /// # Errors
    /// [`Error::Incomplete`] if bytes are left that are no whole frame, or have not been asked
    /// for; the error that broke the reader, if one did.
    pub fn finish(self) -> Result<(), Error> {
        match (self.broken, self.unread().len()) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(()),
            (None, at) => Err(Error::Incomplete { at }),
        }
    }

    fn unread(&self) -> &[u8] {
        &self.bytes[self.read..]
    }

    fn read_frame(&mut self) -> Result<Option<Envelope>, Error> {
        let Some((header, rest)) = self.unread().split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let announced = u32::from_be_bytes(*header);
        if announced > self.limit.bytes {
            return Err(Error::TooLong {
                found: u64::from(announced),
                max: self.limit.bytes,
            });
        }
        let body_bytes = announced as usize;
        let Some(body) = rest.get(..body_bytes) else {
            return Ok(None);
        };
        let envelope = codec::decode(body)?;
        self.read += HEADER_BYTES + body_bytes;
        if self.read == self.bytes.len() {
            self.bytes.clear();
            self.bytes.shrink_to(KEPT_BYTES_MAX);
            self.read = 0;
        }
        Ok(Some(envelope))
    }
}
