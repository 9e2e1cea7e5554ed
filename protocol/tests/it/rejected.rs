//! Bytes that are no envelope: each kind of wrongness by hand, each with its place, and what
//! hostile lengths may cost.

use crate::samples;
use deploysim_protocol::message::{Ask, AskMaster, Message, ToMaster};
use deploysim_protocol::text::{Text, scope};
use deploysim_protocol::wire::{
    Envelope, Error, FieldError, FrameReader, HEADER_BYTES, Limit, decode, encode,
};

#[track_caller]
fn check(body: &[u8], expected: Error) {
    assert_eq!(decode(body), Err(expected), "{body:02x?}");
    let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    let mut reader = FrameReader::new(Limit::DEFAULT);
    reader.push(&frame);
    assert_eq!(reader.next_envelope(), Err(expected), "{frame:02x?}");
}

const fn bad(at: usize, reason: FieldError) -> Error {
    Error::BadField { at, reason }
}

#[test]
fn an_empty_body_is_incomplete() {
    check(&[], Error::Incomplete { at: 0 });
}

#[test]
fn an_unknown_kind_is_named() {
    for found in [0, 7, 8, 0x80, 0xff] {
        check(&[found, 1, 0], Error::UnknownKind { found });
    }
}

#[test]
fn a_bad_field_is_found_where_it_is() {
    // Resolved: call, found.
    check(&[6, 1, 2], bad(3, FieldError::Flag));
    let eleven_digits = [6, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 0];
    check(&eleven_digits, bad(11, FieldError::Number));
    // Hello: name, listening.
    check(&[1, 2, 0xc3, 0x28, 0], bad(4, FieldError::Utf8));
    check(&[1, 1, b'w', 2], bad(4, FieldError::Presence));
    check(
        &[1, 1, b'w', 1, 1, b'h', 128, 128, 4],
        bad(9, FieldError::Number),
    );
    // OneWay: a direction, a message of it.
    check(&[2, 5], bad(2, FieldError::Value));
    check(&[2, 1, 13], bad(3, FieldError::Value));
}

#[test]
fn a_body_that_goes_on_or_ends_early_is_an_error_for_every_vector() {
    for sample in samples::all() {
        let frame = encode(&sample.envelope, Limit::DEFAULT).unwrap();
        let body = &frame[HEADER_BYTES..];
        let mut longer = body.to_vec();
        longer.extend_from_slice(&[0, 0]);
        let trailing = Error::TrailingBytes {
            at: body.len(),
            count: 2,
        };
        check(&longer, trailing);
        for length in 0..body.len() {
            // No encoding is the beginning of another, so every cut is noticed, and no
            // later than at the cut.
            match decode(&body[..length]) {
                Err(Error::Incomplete { at }) => assert!(at <= length),
                other => panic!("{} cut to {length} bytes: {other:?}", sample.name),
            }
        }
    }
}

#[test]
fn a_header_over_the_limit_is_an_error_before_the_body_comes() {
    let limit = Limit::of_bytes(1000);
    for found in [1001, u32::MAX] {
        let mut reader = FrameReader::new(limit);
        reader.push(&found.to_be_bytes()[..3]);
        assert_eq!(reader.next_envelope(), Ok(None));
        reader.push(&found.to_be_bytes()[3..]);
        let error = Error::TooLong {
            found: u64::from(found),
            max: 1000,
        };
        assert_eq!(reader.next_envelope(), Err(error));
    }
}

#[test]
fn a_header_within_the_limit_sets_nothing_aside() {
    let mut reader = FrameReader::new(Limit::DEFAULT);
    reader.push(&Limit::DEFAULT.bytes().to_be_bytes());
    assert_eq!(reader.next_envelope(), Ok(None));
    assert!(reader.held_bytes() <= 64);
}

/// What each byte of a body may cost, in bytes of memory: `String`s of 24 bytes, three times
/// while their list doubles.
const BYTES_PER_BYTE_MAX: u64 = 3 * 24;

/// What lies about lengths may cost on top: 1 MiB for each of four lists in one another.
const LIES_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The most memory, in bytes, that decoding `body` holds at one time.
fn peak_bytes(body: &[u8]) -> u64 {
    let info = allocation_counter::measure(|| {
        scope(|| drop(decode(body)));
    });
    info.bytes_max
}

#[test]
fn a_list_that_lies_about_its_length_costs_little() {
    // DecommissionWorkers and DecommissionWorkersOnHosts: a list and nothing behind it.
    for prefix in [&[2, 0, 9][..], &[3, 1, 0, 11]] {
        for claimed in [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0x80, 0x80, 0x40]] {
            let body = [prefix, claimed].concat();
            assert_eq!(decode(&body), Err(Error::Incomplete { at: body.len() }));
            assert!(peak_bytes(&body) <= 1024);
        }
    }
}

#[test]
fn a_text_that_lies_about_its_length_costs_nothing_and_is_not_kept() {
    scope(|| {
        let body = [5, 1, 0xff, 0xff, 0xff, 0x7f, b'x', b'y', b'z'];
        assert_eq!(decode(&body), Err(Error::Incomplete { at: 6 }));
        assert_eq!(peak_bytes(&body), 0);
        assert_eq!(Text::new("first").number(), 0);
    });
}

#[test]
fn any_byte_turned_into_a_huge_length_costs_no_more_than_honest_bytes() {
    for sample in samples::all() {
        let frame = encode(&sample.envelope, Limit::DEFAULT).unwrap();
        let body = &frame[HEADER_BYTES..];
        for at in 1..body.len() {
            // Claims as many elements as bytes are left, the most that is believed.
            let left = u8::try_from((body.len() - at - 1).min(127)).unwrap();
            for lie in [&[left][..], &[0xff, 0xff, 0xff, 0xff, 0x07]] {
                let lying = [&body[..at], lie, &body[at + 1..]].concat();
                let peak = peak_bytes(&lying);
                let bound = BYTES_PER_BYTE_MAX * lying.len() as u64;
                assert!(peak <= bound, "{} at {at}: {peak}", sample.name);
            }
        }
    }
}

#[test]
fn four_lists_in_one_another_that_all_lie_cost_4_mib() {
    // A MasterState whose active applications, the first one's executors, the first one's
    // resources and the first one's addresses each claim 40,000 elements. All else is empty.
    let claimed = [0xc0, 0xb8, 0x02];
    let before_applications = [0; 4];
    let before_executors = [0; 2 + 17 + 4];
    let before_resources = [0; 5];
    let name = [0];
    let mut body = vec![4, 7, 0, 7];
    for before in [
        &before_applications[..],
        &before_executors,
        &before_resources,
        &name,
    ] {
        body.extend_from_slice(before);
        body.extend_from_slice(&claimed);
    }
    body.resize(body.len() + 40_000, 0);
    assert_eq!(decode(&body), Err(Error::Incomplete { at: body.len() }));
    let peak = peak_bytes(&body);
    assert!(peak <= LIES_BYTES_MAX, "{peak}");
    // All four were believed: three of them alone would cost less.
    assert!(peak >= 3 * 1024 * 1024, "{peak}");
}

#[test]
fn the_least_favourable_body_costs_72_bytes_per_byte() {
    // A million empty arguments: 24 bytes each, and while the list doubles the old one beside
    // the new one. Room is claimed in steps of 1 MiB / 24 bytes times a power of two; one
    // element more than such a step is the worst case.
    let elements = (1024 * 1024 / 24) * 16 + 1;
    let Envelope::OneWay(Message::ToMaster(ToMaster::RegisterApplication {
        mut description,
        driver,
    })) = samples::all()
        .into_iter()
        .find(|sample| sample.name == "ToMaster::RegisterApplication.bare")
        .unwrap()
        .envelope
    else {
        panic!("the sample is of another kind");
    };
    let described = std::sync::Arc::make_mut(&mut description);
    described.command.arguments = vec![String::new(); elements];
    let envelope = Envelope::OneWay(Message::ToMaster(ToMaster::RegisterApplication {
        description,
        driver,
    }));
    let frame = encode(&envelope, Limit::DEFAULT).unwrap();
    let body = &frame[HEADER_BYTES..];
    assert_eq!(decode(body), Ok(envelope));
    let peak = peak_bytes(body);
    assert!(peak <= BYTES_PER_BYTE_MAX * body.len() as u64, "{peak}");
    assert!(peak >= 24 * body.len() as u64, "{peak}");
}

#[test]
fn new_texts_cost_a_small_multiple_of_their_bytes() {
    // As many different short texts as fit: each takes a place in the table of texts.
    let hosts = scope(|| {
        let hosts = (0..100_000).map(|number| Text::new(&format!("{number:x}")));
        let ask = Ask::AskMaster(AskMaster::DecommissionWorkersOnHosts {
            hosts: hosts.collect(),
        });
        encode(&Envelope::Ask { call: 1, ask }, Limit::DEFAULT).unwrap()
    });
    let body = &hosts[HEADER_BYTES..];
    let peak = peak_bytes(body);
    assert!(peak <= BYTES_PER_BYTE_MAX * body.len() as u64, "{peak}");
}
