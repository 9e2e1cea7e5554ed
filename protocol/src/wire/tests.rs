//! Unit tests of the pieces: limits, headers, the reader's memory. The bytes of every message
//! are tested from outside, in `tests/it`.

use super::{
    Envelope, Error, FieldError, FrameReader, HEADER_BYTES, Limit, answer_len, ask_len, decode,
    encode, encode_into, encoded_len, one_way_len,
};
use crate::address::{Address, Connection, Reference};
use crate::id::WorkerId;
use crate::message::{Answer, Ask, AskMaster, Message, ToMaster, ToWorker};
use crate::text::Text;
use crate::thrown::Thrown;
use std::num::NonZeroU64;

fn standby() -> Envelope {
    Envelope::OneWay(Message::ToWorker(ToWorker::MasterInStandby))
}

fn resolve(endpoint_bytes: usize) -> Envelope {
    Envelope::Resolve {
        call: 1,
        endpoint: Text::new(&"m".repeat(endpoint_bytes)),
    }
}

#[test]
fn a_frame_is_a_big_endian_length_a_kind_and_the_fields() {
    let hello = Envelope::Hello {
        name: Text::new("w1"),
        listening: None,
    };
    let frame = encode(&hello, Limit::DEFAULT).unwrap();
    assert_eq!(frame, [0, 0, 0, 5, 1, 2, b'w', b'1', 0]);
    assert_eq!(encoded_len(&hello), frame.len());
}

#[test]
fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
    let body_bytes = u32::try_from(encoded_len(&standby()) - HEADER_BYTES).unwrap();
    assert!(encode(&standby(), Limit::of_bytes(body_bytes)).is_ok());
    let error = Error::TooLong {
        found: u64::from(body_bytes),
        max: body_bytes - 1,
    };
    let mut frames = vec![7];
    let result = encode_into(&mut frames, &standby(), Limit::of_bytes(body_bytes - 1));
    assert_eq!(result, Err(error));
    assert_eq!(frames, [7]);

    let frame = encode(&standby(), Limit::DEFAULT).unwrap();
    let mut reader = FrameReader::new(Limit::of_bytes(body_bytes));
    reader.push(&frame);
    assert_eq!(reader.next_envelope(), Ok(Some(standby())));
    let mut reader = FrameReader::new(Limit::of_bytes(body_bytes - 1));
    reader.push(&frame[..HEADER_BYTES]);
    assert_eq!(reader.next_envelope(), Err(error));
}

#[test]
fn the_default_limit_is_16_mib() {
    assert_eq!(Limit::default().bytes(), 16_777_216);
}

#[test]
fn lengths_without_an_envelope_agree_with_those_in_one() {
    let message = Message::ToMaster(ToMaster::DecommissionWorkers {
        worker_ids: vec![WorkerId::new("worker-1")],
    });
    assert_eq!(
        one_way_len(&message),
        encoded_len(&Envelope::OneWay(message))
    );
    let (call, ask) = (300, Ask::AskMaster(AskMaster::RequestReadyz));
    let length = ask_len(call, &ask);
    assert_eq!(length, encoded_len(&Envelope::Ask { call, ask }));
    for outcome in [
        Ok(Answer::Count(70_000)),
        Err(Thrown::Store {
            reason: Text::new("disk full"),
        }),
    ] {
        let length = answer_len(call, &outcome);
        assert_eq!(length, encoded_len(&Envelope::Answer { call, outcome }));
    }
}

#[test]
fn a_reader_takes_bytes_one_by_one() {
    let mut stream = Vec::new();
    encode_into(&mut stream, &standby(), Limit::DEFAULT).unwrap();
    let first_frame_bytes = stream.len();
    encode_into(&mut stream, &resolve(300), Limit::DEFAULT).unwrap();
    let mut reader = FrameReader::new(Limit::DEFAULT);
    for (at, byte) in stream.iter().enumerate() {
        reader.push(&[*byte]);
        let expected = if at + 1 == first_frame_bytes {
            Some(standby())
        } else if at + 1 == stream.len() {
            Some(resolve(300))
        } else {
            None
        };
        assert_eq!(reader.next_envelope(), Ok(expected), "after byte {at}");
    }
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn memory_does_not_grow_with_what_has_been_read() {
    let frame = encode(&standby(), Limit::DEFAULT).unwrap();
    let mut reader = FrameReader::new(Limit::DEFAULT);
    // One frame always stays unread, so the reader is never empty.
    reader.push(&frame);
    for _ in 0..10_000 {
        reader.push(&frame);
        assert_eq!(reader.next_envelope(), Ok(Some(standby())));
    }
    assert!(reader.held_bytes() <= 8 * frame.len());
    assert_eq!(reader.next_envelope(), Ok(Some(standby())));
    assert_eq!(reader.next_envelope(), Ok(None));

    reader.push(&encode(&resolve(1_000_000), Limit::DEFAULT).unwrap());
    assert!(reader.held_bytes() >= 1_000_000);
    assert_eq!(reader.next_envelope(), Ok(Some(resolve(1_000_000))));
    assert!(reader.held_bytes() <= 64 * 1024);
}

#[test]
fn a_broken_reader_stays_broken_and_holds_nothing() {
    let mut reader = FrameReader::new(Limit::DEFAULT);
    reader.push(&[0, 0, 0, 1, 99]);
    let error = Error::UnknownKind { found: 99 };
    assert_eq!(reader.next_envelope(), Err(error));
    reader.push(&encode(&standby(), Limit::DEFAULT).unwrap());
    assert_eq!(reader.next_envelope(), Err(error));
    assert_eq!(reader.held_bytes(), 0);
    assert_eq!(reader.finish(), Err(error));
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_incomplete() {
    let frame = encode(&standby(), Limit::DEFAULT).unwrap();
    for length in 1..frame.len() {
        let mut reader = FrameReader::new(Limit::DEFAULT);
        reader.push(&frame[..length]);
        assert_eq!(reader.next_envelope(), Ok(None));
        assert_eq!(reader.finish(), Err(Error::Incomplete { at: length }));
    }
}

#[test]
fn binding_an_envelope_binds_the_reference_inside() {
    let connection = Connection(NonZeroU64::MIN);
    let heartbeat = |worker| {
        Envelope::OneWay(Message::ToMaster(ToMaster::Heartbeat {
            worker_id: WorkerId::new("worker-1"),
            worker,
        }))
    };
    let address = Address::new("h1", 7001);
    let bound = heartbeat(Reference::bound(address, connection));
    let frame = encode(&bound, Limit::DEFAULT).unwrap();
    let mut arrived = decode(&frame[HEADER_BYTES..]).unwrap();
    assert_eq!(arrived, heartbeat(Reference::unbound(address)));
    arrived.bind(connection);
    assert_eq!(arrived, bound);
}

#[test]
fn errors_are_sentences() {
    let bad_field = Error::BadField {
        at: 12,
        reason: FieldError::Utf8,
    };
    let sentences = [
        Error::TooLong { found: 9, max: 8 }.to_string(),
        Error::UnknownKind { found: 99 }.to_string(),
        bad_field.to_string(),
        Error::TrailingBytes { at: 5, count: 2 }.to_string(),
        Error::Incomplete { at: 3 }.to_string(),
    ];
    assert_eq!(
        sentences,
        [
            "a body of 9 bytes is longer than the 8 bytes that are allowed",
            "no envelope is of kind 99",
            "bad field at byte 12: a text is not UTF-8",
            "2 bytes too many from byte 5 on",
            "the bytes end too early, at byte 3",
        ]
    );
}
