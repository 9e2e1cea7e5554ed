//! The gate against hostile bytes: 100,000 random and mutated vectors. Decoding gives an
//! envelope or an error and never panics; what decodes, encodes to something that decodes to
//! an equal value. The cases are drawn from one fixed seed, so every run tries the same bytes.

use crate::samples;
use deploysim_protocol::text::scope;
use deploysim_protocol::wire::{
    Envelope, Error, FrameReader, HEADER_BYTES, Limit, decode, encode, encoded_len,
};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CASES: usize = 100_000;
/// Texts of this many cases share a table, so that the table stays small.
const CASES_PER_SCOPE: usize = 1_000;
const SEED: u64 = 0x05ee_d0fb_17e5;

/// Small enough that a flipped bit in a header is often too long.
const LIMIT: Limit = Limit::of_bytes(64 * 1024);

/// How the cases ended, to show that every way was taken.
#[derive(Debug, Default)]
struct Ends {
    decoded: usize,
    unfinished: usize,
    too_long: usize,
    unknown_kind: usize,
    bad_field: usize,
    trailing: usize,
    incomplete: usize,
}

impl Ends {
    fn count(&mut self, error: Error) {
        *match error {
            Error::TooLong { .. } => &mut self.too_long,
            Error::UnknownKind { .. } => &mut self.unknown_kind,
            Error::BadField { .. } => &mut self.bad_field,
            Error::TrailingBytes { .. } => &mut self.trailing,
            Error::Incomplete { .. } => &mut self.incomplete,
        } += 1;
    }
}

fn frames() -> Vec<Vec<u8>> {
    samples::all()
        .iter()
        .map(|sample| encode(&sample.envelope, Limit::DEFAULT).unwrap())
        .collect()
}

fn pick<'a>(dice: &mut ChaCha8Rng, frames: &'a [Vec<u8>]) -> &'a [u8] {
    &frames[dice.random_range(0..frames.len())]
}

fn set_header(frame: &mut [u8]) {
    let body_bytes = frame.len().saturating_sub(HEADER_BYTES);
    if let Some(header) = frame.first_chunk_mut::<HEADER_BYTES>() {
        *header = u32::try_from(body_bytes).unwrap().to_be_bytes();
    }
}

/// Bytes of nothing, with a true header so that the body is looked at.
fn random(dice: &mut ChaCha8Rng) -> Vec<u8> {
    let mut frame = vec![0; HEADER_BYTES + dice.random_range(0..64)];
    dice.fill_bytes(&mut frame);
    if let Some(kind) = frame.get_mut(HEADER_BYTES) {
        *kind %= 8;
    }
    set_header(&mut frame);
    frame
}

/// One change of one place.
fn mutate(dice: &mut ChaCha8Rng, frame: &mut Vec<u8>, frames: &[Vec<u8>]) {
    if frame.is_empty() {
        return;
    }
    let at = dice.random_range(0..frame.len());
    match dice.random_range(0..7) {
        0 => frame[at] ^= 1 << dice.random_range(0..8),
        1 => frame[at] = dice.random(),
        2 => frame.truncate(at),
        3 => {
            let inserted: [u8; 5] = dice.random();
            let count = dice.random_range(1..=inserted.len());
            frame.splice(at..at, inserted[..count].iter().copied());
        }
        4 => {
            let end = dice.random_range(at..=frame.len().min(at + 8));
            frame.drain(at..end);
        }
        5 => {
            // A length that lies: small and off by a little, or as large as it can be written.
            let near = frame[at]
                .wrapping_add(dice.random_range(0..5))
                .wrapping_sub(2);
            let lie: &[u8] = match dice.random_range(0..3) {
                0 => &[near],
                1 => &[0xff, 0xff, 0xff, 0xff, 0x0f],
                _ => &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            };
            frame.splice(at..=at, lie.iter().copied());
        }
        _ => {
            let other = pick(dice, frames);
            let from = dice.random_range(0..other.len());
            frame.truncate(at);
            frame.extend_from_slice(&other[from..]);
        }
    }
}

fn case(dice: &mut ChaCha8Rng, frames: &[Vec<u8>]) -> Vec<u8> {
    if dice.random_ratio(1, 8) {
        return random(dice);
    }
    let mut frame = pick(dice, frames).to_vec();
    for _ in 0..dice.random_range(1..=3) {
        mutate(dice, &mut frame, frames);
    }
    // Mostly the header is made true again: otherwise few bodies would be looked at.
    if dice.random_ratio(3, 4) {
        set_header(&mut frame);
    }
    frame
}

/// Reads `stream` in pieces of random size.
fn read(dice: &mut ChaCha8Rng, stream: &[u8]) -> (Vec<Envelope>, Result<(), Error>) {
    let mut reader = FrameReader::new(LIMIT);
    let mut envelopes = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(dice.random_range(1..=rest.len()));
        rest = after;
        reader.push(piece);
        loop {
            match reader.next_envelope() {
                Ok(Some(envelope)) => envelopes.push(envelope),
                Ok(None) => break,
                Err(error) => return (envelopes, Err(error)),
            }
        }
    }
    (envelopes, reader.finish())
}

fn check(dice: &mut ChaCha8Rng, stream: &[u8], ends: &mut Ends) {
    let (envelopes, end) = read(dice, stream);
    for envelope in envelopes {
        ends.decoded += 1;
        let frame = encode(&envelope, LIMIT).unwrap();
        assert_eq!(frame.len(), encoded_len(&envelope));
        assert_eq!(decode(&frame[HEADER_BYTES..]), Ok(envelope));
    }
    // Without its header too: whatever the length says, the rest is looked at once.
    if let Some(Err(error)) = stream.get(HEADER_BYTES..).map(decode) {
        ends.count(error);
    }
    match end {
        Ok(()) => {}
        Err(Error::Incomplete { .. }) if is_unfinished(stream) => ends.unfinished += 1,
        Err(error) => ends.count(error),
    }
}

/// Whether the first header of `stream` announces more than there is.
fn is_unfinished(stream: &[u8]) -> bool {
    stream
        .split_first_chunk::<HEADER_BYTES>()
        .is_none_or(|(header, body)| u32::from_be_bytes(*header) as usize > body.len())
}

#[test]
fn a_hundred_thousand_random_and_mutated_vectors_never_panic() {
    let frames = frames();
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut ends = Ends::default();
    for _ in 0..CASES / CASES_PER_SCOPE {
        scope(|| {
            for _ in 0..CASES_PER_SCOPE {
                let stream = case(&mut dice, &frames);
                check(&mut dice, &stream, &mut ends);
            }
        });
    }
    // Every way of ending was taken often, so the cases reach every part of the decoder.
    let counts = [
        ends.decoded,
        ends.unfinished,
        ends.too_long,
        ends.unknown_kind,
        ends.bad_field,
        ends.trailing,
        ends.incomplete,
    ];
    assert!(counts.iter().all(|count| *count >= 100), "{ends:?}");
}
