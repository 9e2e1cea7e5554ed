//! What can be wrong with bytes. Every case is one sentence for people and a value for tests;
//! what follows from it (the connection is broken) is decided by whoever owns the connection.

use std::fmt;

/// Why bytes are not an envelope, or why an envelope does not become bytes. Offsets count from
/// the beginning of a body, whose byte 0 is the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A body is longer than the limit. The only error that encoding knows.
    TooLong {
        /// Length of the body, in bytes, as announced or as needed.
        found: u64,
        /// The most that is allowed, in bytes.
        max: u32,
    },
    /// A body begins with a byte that names no kind of envelope.
    UnknownKind {
        /// The byte.
        found: u8,
    },
    /// A field holds what its type does not allow.
    BadField {
        /// Offset at which reading stopped.
        at: usize,
        /// What is wrong there.
        reason: FieldError,
    },
    /// A body goes on after its last field.
    TrailingBytes {
        /// Offset of the first byte too many.
        at: usize,
        /// How many there are.
        count: usize,
    },
    /// A body ends before its last field does, or a stream ends inside a frame.
    Incomplete {
        /// Offset at which a field wants bytes that are not there; for a stream, the number of
        /// bytes of the unfinished frame.
        at: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found, max } => write!(
                formatter,
                "a body of {found} bytes is longer than the {max} bytes that are allowed"
            ),
            Self::UnknownKind { found } => {
                write!(formatter, "no envelope is of kind {found}")
            }
            Self::BadField { at, reason } => {
                write!(formatter, "bad field at byte {at}: {reason}")
            }
            Self::TrailingBytes { at, count } => {
                write!(formatter, "{count} bytes too many from byte {at} on")
            }
            Self::Incomplete { at } => {
                write!(formatter, "the bytes end too early, at byte {at}")
            }
        }
    }
}

impl std::error::Error for Error {}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// A number has more digits than its type.
    Number,
    /// A yes-or-no is neither 0 nor 1.
    Flag,
    /// The mark of an optional field is neither 0 nor 1.
    Presence,
    /// A text is not UTF-8.
    Utf8,
    /// A number names no variant of an enumeration, or the table of texts is full.
    Value,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Number => "a number is too large for its type",
            Self::Flag => "a yes-or-no is neither 0 nor 1",
            Self::Presence => "the mark of an optional field is neither 0 nor 1",
            Self::Utf8 => "a text is not UTF-8",
            Self::Value => "an unknown variant, or no room for another text",
        })
    }
}
