//! Wire vectors: the bytes of every kind, which must never change silently.
//! `UPDATE_EXPECT=1` rewrites `vectors.txt`.

use crate::samples::{self, KINDS};
use deploysim_protocol::wire::{HEADER_BYTES, Limit, decode, encode, encoded_len};
use expect_test::expect_file;
use std::collections::BTreeSet;

const HEADING: &str = "\
# One frame of every kind, header included, in hexadecimal. Whoever changes a line changes the
# protocol. UPDATE_EXPECT=1 rewrites this file.
";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "half a byte in {text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn every_sample_has_the_bytes_of_its_vector_and_back() {
    let mut found = HEADING.to_owned();
    for sample in samples::all() {
        let frame = encode(&sample.envelope, Limit::DEFAULT).unwrap();
        assert_eq!(frame.len(), encoded_len(&sample.envelope));
        found.push_str(&format!("{}: {}\n", sample.name, hex(&frame)));
    }
    expect_file!["./vectors.txt"].assert_eq(&found);

    // The other direction starts from the file alone.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/vectors.txt");
    let kept = std::fs::read_to_string(path).unwrap();
    let vectors = kept.lines().filter(|line| !line.starts_with('#'));
    let mut samples = samples::all().into_iter();
    for line in vectors {
        let (name, text) = line.split_once(": ").unwrap();
        let sample = samples.next().unwrap();
        assert_eq!(name, sample.name);
        let frame = unhex(text);
        let (header, body) = frame.split_first_chunk::<HEADER_BYTES>().unwrap();
        assert_eq!(u32::from_be_bytes(*header) as usize, body.len());
        assert_eq!(decode(body), Ok(sample.envelope), "{name}");
    }
    assert!(samples.next().is_none());
}

#[test]
fn every_kind_has_a_vector_that_is_named_after_it() {
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    for sample in samples::all() {
        let kinds = samples::kinds_in(&sample.envelope);
        assert!(
            kinds.contains(&sample.kind()),
            "{} is misnamed",
            sample.name
        );
        if sample.name == sample.kind() {
            seen.insert(sample.kind().to_owned());
        }
        assert!(names.insert(sample.name.clone()), "{} twice", sample.name);
    }
    let expected: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(seen, expected);
}
