//! Subject: the bytes of the protocol. An iteration writes or reads one message: one of each
//! kind, and all of them in a row. The messages are the samples of the wire vectors.

use criterion::Criterion;
use criterion::measurement::Measurement;
use criterion::{BenchmarkGroup, Throughput};
use deploysim_protocol::wire::{Envelope, HEADER_BYTES, Limit, decode, encode, encode_into};
use std::time::Duration;

#[path = "../../protocol/tests/it/samples/mod.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "written for the tests, which also compare the kinds, and may unwrap"
)]
mod samples;

/// Messages and their bytes, without the headers.
pub struct Messages {
    envelopes: Vec<Envelope>,
    bodies: Vec<Vec<u8>>,
}

impl Messages {
    /// The first sample of each kind.
    ///
    /// # Panics
    /// If a message does not come back from its bytes.
    pub fn of_each_kind() -> (Vec<String>, Self) {
        let mut names: Vec<String> = Vec::new();
        let mut messages = Self {
            envelopes: Vec::new(),
            bodies: Vec::new(),
        };
        for sample in samples::all() {
            if names.iter().any(|name| name == sample.kind()) {
                continue;
            }
            let frame = encode(&sample.envelope, Limit::DEFAULT).expect("a sample is short");
            let body = frame[HEADER_BYTES..].to_vec();
            assert_eq!(decode(&body).as_ref(), Ok(&sample.envelope));
            names.push(sample.kind().to_owned());
            messages.envelopes.push(sample.envelope);
            messages.bodies.push(body);
        }
        (names, messages)
    }

    /// Writes all of them, after one another, and says how many bytes that were.
    pub fn write_all(&self, frames: &mut Vec<u8>) -> usize {
        frames.clear();
        for envelope in &self.envelopes {
            write(frames, envelope);
        }
        frames.len()
    }

    /// Reads all of them, and says how many were understood.
    pub fn read_all(&self) -> usize {
        let read = self.bodies.iter().map(|body| decode(body));
        read.filter(Result::is_ok).count()
    }
}

/// Defines the benchmarks `wire/…`.
///
/// # Panics
/// If a message does not come back from its bytes.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let (names, messages) = Messages::of_each_kind();
    let mut frames = Vec::new();
    let bytes = messages.write_all(&mut frames);
    assert_eq!(messages.read_all(), names.len());
    let mut group = criterion.benchmark_group("wire/encode");
    brief(&mut group, bytes);
    group.bench_function("all", |bencher| {
        bencher.iter(|| messages.write_all(&mut frames));
    });
    for (name, envelope) in names.iter().zip(&messages.envelopes) {
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                frames.clear();
                write(&mut frames, envelope);
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("wire/decode");
    brief(&mut group, bytes);
    group.bench_function("all", |bencher| bencher.iter(|| messages.read_all()));
    for (name, body) in names.iter().zip(&messages.bodies) {
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| bencher.iter(|| decode(body)));
    }
    group.finish();
}

/// There are many kinds, and each takes little time.
fn brief<M: Measurement>(group: &mut BenchmarkGroup<'_, M>, bytes: usize) {
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(20));
    group.measurement_time(Duration::from_millis(100));
    group.throughput(Throughput::Bytes(bytes as u64));
}

fn write(frames: &mut Vec<u8>, envelope: &Envelope) {
    encode_into(frames, envelope, Limit::DEFAULT).expect("a sample is short");
}
