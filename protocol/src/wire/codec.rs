//! Envelopes to bodies and back. Lengths and limits are `frame.rs`'s.
//!
//! What decoding hostile bytes can cost:
//!
//! 1. It never recurses without bound: no type of the protocol contains itself, so the depth of
//!    a value is fixed by its type.
//! 2. Every element of every list takes at least one byte, so work grows with the bytes at hand
//!    and not with a length they claim.
//! 3. Room is set aside for a list only if as many bytes are left as it claims elements, and at
//!    most 1 MiB at once (serde's cap). Lists are at most four deep, so lies about lengths cost
//!    at most 4 MiB together.
//! 4. Otherwise memory grows with the bytes that were found. The least favourable are a list of
//!    empty strings: 24 bytes of memory for each byte, 72 while the list grows.
//! 5. A text enters the table of texts only after all its bytes were found, and leaves it again
//!    if a later field is bad: a body that is refused leaves nothing behind.

use super::frame::{HEADER_BYTES, Limit};
use super::{Envelope, Error, FieldError};
use crate::message::{Answer, Ask, Message};
use crate::record::Record;
use crate::text::attempt;
use crate::thrown::Thrown;
use postcard::ser_flavors::{Flavor, Size};
use postcard::{Deserializer, serialize_with_flavor};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes of the kind, at the beginning of a body.
const KIND_BYTES: usize = 1;

const HELLO: u8 = 1;
const ONE_WAY: u8 = 2;
const ASK: u8 = 3;
const ANSWER: u8 = 4;
const RESOLVE: u8 = 5;
const RESOLVED: u8 = 6;

/// The frame of `envelope`.
///
/// # Errors
/// [`Error::TooLong`] if its body is longer than `limit`; then nothing was allocated.
pub fn encode(envelope: &Envelope, limit: Limit) -> Result<Vec<u8>, Error> {
    let mut frame = Vec::new();
    encode_into(&mut frame, envelope, limit)?;
    Ok(frame)
}

/// Appends the frame of `envelope` to `frames`.
///
/// # Errors
/// [`Error::TooLong`] if its body is longer than `limit`; then `frames` is as it was.
pub fn encode_into(frames: &mut Vec<u8>, envelope: &Envelope, limit: Limit) -> Result<(), Error> {
    let frame_bytes = encoded_len(envelope);
    let header = limit.admit(frame_bytes - HEADER_BYTES)?;
    frames.reserve(frame_bytes);
    frames.extend_from_slice(&header.to_be_bytes());
    frames.push(kind_byte(envelope));
    write_fields(envelope, Tail(frames));
    Ok(())
}

/// Length of the frame of `envelope`, in bytes, header included. Allocates nothing.
pub fn encoded_len(envelope: &Envelope) -> usize {
    HEADER_BYTES + KIND_BYTES + write_fields(envelope, Size::default())
}

/// As [`encoded_len`], of a one-way message that is in no envelope.
pub fn one_way_len(message: &Message) -> usize {
    HEADER_BYTES + KIND_BYTES + write(message, Size::default())
}

/// As [`encoded_len`], of a question that is in no envelope.
pub fn ask_len(call: u64, ask: &Ask) -> usize {
    HEADER_BYTES + KIND_BYTES + write(&(call, ask), Size::default())
}

/// As [`encoded_len`], of an answer that is in no envelope.
pub fn answer_len(call: u64, outcome: &Result<Answer, Thrown>) -> usize {
    HEADER_BYTES + KIND_BYTES + write(&(call, outcome), Size::default())
}

/// The bytes of a stored record, without a header and without a checksum.
pub fn encode_record(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(record, Tail(&mut bytes));
    bytes
}

/// Reads a stored record. References in it come out unbound.
///
/// # Errors
/// As [`decode`]; offsets count as if one byte came before the record.
pub fn decode_record(bytes: &[u8]) -> Result<Record, Error> {
    read(bytes)
}

/// Reads one body, that is a frame without its header. References in it come out unbound.
///
/// # Errors
/// Whatever is wrong first, in the order of the bytes. Never panics, on any bytes.
pub fn decode(body: &[u8]) -> Result<Envelope, Error> {
    let Some((&kind, fields)) = body.split_first() else {
        return Err(Error::Incomplete { at: 0 });
    };
    attempt(|| match kind {
        HELLO => read(fields).map(|(name, listening)| Envelope::Hello { name, listening }),
        ONE_WAY => read(fields).map(Envelope::OneWay),
        ASK => read(fields).map(|(call, ask)| Envelope::Ask { call, ask }),
        ANSWER => read(fields).map(|(call, outcome)| Envelope::Answer { call, outcome }),
        RESOLVE => read(fields).map(|(call, endpoint)| Envelope::Resolve { call, endpoint }),
        RESOLVED => read(fields).map(|(call, found)| Envelope::Resolved { call, found }),
        found => Err(Error::UnknownKind { found }),
    })
}

const fn kind_byte(envelope: &Envelope) -> u8 {
    match envelope {
        Envelope::Hello { .. } => HELLO,
        Envelope::OneWay(_) => ONE_WAY,
        Envelope::Ask { .. } => ASK,
        Envelope::Answer { .. } => ANSWER,
        Envelope::Resolve { .. } => RESOLVE,
        Envelope::Resolved { .. } => RESOLVED,
    }
}

fn write_fields<F: Flavor>(envelope: &Envelope, flavor: F) -> F::Output {
    match envelope {
        Envelope::Hello { name, listening } => write(&(name, listening), flavor),
        Envelope::OneWay(message) => write(message, flavor),
        Envelope::Ask { call, ask } => write(&(call, ask), flavor),
        Envelope::Answer { call, outcome } => write(&(call, outcome), flavor),
        Envelope::Resolve { call, endpoint } => write(&(call, endpoint), flavor),
        Envelope::Resolved { call, found } => write(&(call, found), flavor),
    }
}

fn write<T: Serialize, F: Flavor>(value: &T, flavor: F) -> F::Output {
    serialize_with_flavor(value, flavor)
        .expect("every list knows its length and both flavors have room")
}

/// Appends to a buffer that already has a beginning.
struct Tail<'a>(&'a mut Vec<u8>);

impl Flavor for Tail<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

fn read<T: DeserializeOwned>(fields: &[u8]) -> Result<T, Error> {
    let mut deserializer = Deserializer::from_bytes(fields);
    let value = T::deserialize(&mut deserializer);
    let left = deserializer.finalize().map_or(0, <[u8]>::len);
    let at = KIND_BYTES + fields.len() - left;
    match value {
        Ok(value) if left == 0 => Ok(value),
        Ok(_) => Err(Error::TrailingBytes { at, count: left }),
        Err(postcard::Error::DeserializeUnexpectedEnd) => Err(Error::Incomplete { at }),
        Err(error) => Err(Error::BadField {
            at,
            reason: reason(&error),
        }),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "postcard's errors may grow, and most of them cannot come from our types"
)]
const fn reason(error: &postcard::Error) -> FieldError {
    match error {
        postcard::Error::DeserializeBadVarint => FieldError::Number,
        postcard::Error::DeserializeBadBool => FieldError::Flag,
        postcard::Error::DeserializeBadOption => FieldError::Presence,
        postcard::Error::DeserializeBadUtf8 => FieldError::Utf8,
        _ => FieldError::Value,
    }
}
