//! Two ends with pipes between them, and somebody at the pipes who reads, keeps, changes and
//! repeats. The clock stands still while anybody can go on.

use super::sealed::PATIENCE;
use super::{Key, Sealed};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep_until};

const SECRET: &str = "a secret of the tests";
/// A message of the handshake, with its length.
const HANDSHAKE_BYTES: usize = 2 + 48;
/// What a record adds to its text.
const RECORD_EXTRA_BYTES: usize = 2 + 16;

/// Plays a story, and says how long it took.
fn play<T>(story: impl Future<Output = T>) -> (T, Duration) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let began = Instant::now();
        let made = story.await;
        (made, began.elapsed())
    })
}

fn key() -> Key {
    Key::of_secret(SECRET)
}

/// An end, and where its bytes come out and others go in.
fn dialled(key: &Key) -> (Sealed<DuplexStream>, DuplexStream) {
    let (own, other) = duplex(1 << 20);
    (Sealed::dialled(own, key).unwrap(), other)
}

fn accepted(key: &Key) -> (Sealed<DuplexStream>, DuplexStream) {
    let (own, other) = duplex(1 << 20);
    (Sealed::accepted(own, key).unwrap(), other)
}

async fn read(stream: &mut DuplexStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

/// Both ends after the handshake, somebody between them, and what the dialler said in it.
struct Between {
    dialled: Sealed<DuplexStream>,
    near: DuplexStream,
    accepted: Sealed<DuplexStream>,
    far: DuplexStream,
    first: Vec<u8>,
}

impl Between {
    async fn begin() -> Self {
        let (mut dialled, mut near) = dialled(&key());
        let (mut accepted, mut far) = accepted(&key());
        let carry = async {
            let first = read(&mut near, HANDSHAKE_BYTES).await;
            far.write_all(&first).await.unwrap();
            let second = read(&mut far, HANDSHAKE_BYTES).await;
            near.write_all(&second).await.unwrap();
            first
        };
        let (first, one, other) = tokio::join!(carry, dialled.shake(), accepted.shake());
        one.unwrap();
        other.unwrap();
        Self {
            dialled,
            near,
            accepted,
            far,
            first,
        }
    }

    /// What is on the wire when the dialler says `text`.
    async fn record(&mut self, text: &[u8]) -> Vec<u8> {
        self.dialled.write_all(text).await.unwrap();
        self.dialled.flush().await.unwrap();
        read(&mut self.near, text.len() + RECORD_EXTRA_BYTES).await
    }

    /// What the other end makes of these bytes and the end of the stream.
    async fn heard(mut self, bytes: &[u8]) -> (Vec<u8>, io::Result<()>) {
        self.far.write_all(bytes).await.unwrap();
        self.far.shutdown().await.unwrap();
        hear(&mut self.accepted).await
    }
}

/// What an end reads until its stream ends.
async fn hear(end: &mut Sealed<DuplexStream>) -> (Vec<u8>, io::Result<()>) {
    let mut heard = Vec::new();
    let ended = end.read_to_end(&mut heard).await;
    (heard, ended.map(|_| ()))
}

#[track_caller]
fn refused(outcome: io::Result<()>, words: &str) {
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
}

/// What somebody who was accepted is told of, if it sends these bytes and ends.
fn stranger(bytes: &[u8]) -> ((Vec<u8>, io::Result<()>), Duration) {
    play(async {
        let (mut accepted, mut far) = accepted(&key());
        far.write_all(bytes).await.unwrap();
        far.shutdown().await.unwrap();
        hear(&mut accepted).await
    })
}

#[test]
fn what_is_written_is_read_whatever_its_size_and_however_narrow_the_stream() {
    for (pipe_bytes, text_bytes) in [(1, 100), (7, 40_000), (1 << 20, 16_368), (4096, 1_000_000)] {
        play(async {
            let (near, far) = duplex(pipe_bytes);
            let mut dialled = Sealed::dialled(near, &key()).unwrap();
            let mut accepted = Sealed::accepted(far, &key()).unwrap();
            let text: Vec<u8> = (0..text_bytes).map(|at: u32| at.to_le_bytes()[0]).collect();
            let says = async {
                dialled.write_all(&text).await.unwrap();
                dialled.shutdown().await.unwrap();
                hear(&mut dialled).await.0
            };
            let answers = async {
                let (heard, ended) = hear(&mut accepted).await;
                ended.unwrap();
                accepted.write_all(&heard).await.unwrap();
                accepted.shutdown().await.unwrap();
                heard
            };
            let (back, heard) = tokio::join!(says, answers);
            assert!(heard == text && back == text, "{pipe_bytes} {text_bytes}");
        });
    }
}

#[test]
fn who_listens_in_reads_nothing_and_nothing_is_said_twice_alike() {
    play(async {
        let mut between = Between::begin().await;
        let text = b"RegisterWorker worker-1 4 cores";
        let (one, two) = (between.record(text).await, between.record(text).await);
        assert!(
            !one.windows(8)
                .any(|bytes| text.windows(8).any(|own| own == bytes))
        );
        assert_ne!(one, two);
        let (heard, ended) = between.heard(&[one, two].concat()).await;
        ended.unwrap();
        assert_eq!(heard, [&text[..], text].concat());
    });
}

#[test]
fn nobody_with_another_secret_is_heard() {
    play(async {
        let (near, far) = duplex(1 << 20);
        let mut dialled = Sealed::dialled(near, &Key::of_secret("another")).unwrap();
        let mut accepted = Sealed::accepted(far, &key()).unwrap();
        let says = async {
            let said = dialled.write_all(b"hello").await;
            refused(said, "broken off");
        };
        let hears = async {
            let (heard, ended) = hear(&mut accepted).await;
            drop(accepted);
            refused(ended, "another secret");
            assert!(heard.is_empty());
        };
        tokio::join!(says, hears);
    });
}

#[test]
fn nobody_without_a_secret_is_heard_and_all_are_refused_at_once() {
    // A frame, a request, noise, and a length that nothing of a handshake has.
    for bytes in [
        &[0, 0, 0, 9, 1, 2][..],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0xff; 64],
        &[0, 49],
    ] {
        let ((heard, ended), took) = stranger(bytes);
        assert!(heard.is_empty() && took.is_zero(), "{bytes:?}");
        refused(ended, "it has no secret");
    }
    let ((_, ended), took) = stranger(&[0, 48, 1, 2, 3]);
    refused(ended, "broken off");
    assert!(took.is_zero());
}

#[test]
fn whoever_dials_somebody_without_a_secret_says_nothing() {
    let (said, took) = play(async {
        let (mut dialled, mut near) = dialled(&key());
        near.write_all(&[0, 0, 0, 9, 1, 2]).await.unwrap();
        let said = dialled.write_all(b"hello").await;
        assert_eq!(
            read(&mut near, HANDSHAKE_BYTES).await.len(),
            HANDSHAKE_BYTES
        );
        said
    });
    refused(said, "it has no secret");
    assert!(took.is_zero());
}

#[test]
fn an_echo_is_no_proof() {
    play(async {
        let (mut dialled, mut near) = dialled(&key());
        let echoes = async {
            let first = read(&mut near, HANDSHAKE_BYTES).await;
            near.write_all(&first).await.unwrap();
        };
        let (shaken, ()) = tokio::join!(dialled.shake(), echoes);
        refused(shaken, "another secret");
    });
}

#[test]
fn who_says_nothing_or_too_slowly_is_given_up() {
    for seconds_between_bytes in [3600, 3] {
        let (kind, took) = play(async {
            let first = Between::begin().await.first;
            let (mut accepted, mut far) = accepted(&key());
            let began = Instant::now();
            let drips = async {
                for (count, byte) in (1..).zip(&first) {
                    sleep_until(began + Duration::from_secs(count * seconds_between_bytes)).await;
                    far.write_all(&[*byte]).await.unwrap();
                }
            };
            tokio::select! {
                biased;
                shaken = accepted.shake() => shaken.unwrap_err().kind(),
                () = drips => panic!("the whole handshake was said"),
            }
        });
        assert_eq!((kind, took), (io::ErrorKind::TimedOut, PATIENCE));
    }
}

#[test]
fn a_connection_that_was_recorded_opens_no_other_one() {
    play(async {
        let mut between = Between::begin().await;
        let record = between.record(b"hello").await;
        let recorded = [between.first.clone(), record].concat();
        let ((heard, ended), _) = tokio::task::spawn_blocking(move || stranger(&recorded))
            .await
            .unwrap();
        assert!(heard.is_empty());
        refused(ended, "repeats");
    });
}

#[test]
fn a_recorded_handshake_alone_keeps_its_place_no_longer_than_any_stranger() {
    let (kind, took) = play(async {
        let between = Between::begin().await;
        let (mut accepted, mut far) = accepted(&key());
        far.write_all(&between.first).await.unwrap();
        let mut byte = [0];
        accepted.read(&mut byte).await.unwrap_err().kind()
    });
    assert_eq!((kind, took), (io::ErrorKind::TimedOut, PATIENCE));
}

#[test]
fn no_byte_of_a_record_can_be_changed() {
    for at in 0..b"hello".len() + RECORD_EXTRA_BYTES {
        play(async {
            let mut between = Between::begin().await;
            let first = between.record(b"first").await;
            let mut record = between.record(b"hello").await;
            record[at] ^= 1;
            let (heard, ended) = between.heard(&[first, record].concat()).await;
            assert_eq!(heard, b"first", "{at}");
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
        });
    }
}

#[test]
fn records_cannot_be_left_out_repeated_or_put_in_another_order() {
    let orders: [&[usize]; 4] = [&[1], &[0, 0], &[0, 2, 1], &[0, 1, 1, 2]];
    for order in orders {
        play(async {
            let mut between = Between::begin().await;
            let records = [
                between.record(b"a").await,
                between.record(b"b").await,
                between.record(b"c").await,
            ];
            let sent: Vec<u8> = order.iter().flat_map(|at| records[*at].clone()).collect();
            let (heard, ended) = between.heard(&sent).await;
            let in_order = order.iter().enumerate().take_while(|(at, one)| at == *one);
            assert_eq!(heard, &b"abc"[..in_order.count()], "{order:?}");
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
        });
    }
}

#[test]
fn a_stream_ends_between_two_records_only() {
    play(async {
        let mut between = Between::begin().await;
        let records = [between.record(b"a").await, between.record(b"b").await].concat();
        for cut in 1..records.len() {
            let mut other = Between::begin().await;
            let records = [other.record(b"a").await, other.record(b"b").await].concat();
            let (heard, ended) = other.heard(&records[..cut]).await;
            match cut.checked_sub(1 + RECORD_EXTRA_BYTES) {
                None => assert!(heard.is_empty() && ended.is_err(), "{cut}"),
                Some(0) => assert!(heard == b"a" && ended.is_ok(), "{cut}"),
                Some(_) => assert!(heard == b"a" && ended.is_err(), "{cut}"),
            }
        }
        let (heard, ended) = between.heard(&records).await;
        assert!(heard == b"ab" && ended.is_ok());
    });
}

#[test]
fn whatever_a_stranger_sends_nothing_of_it_is_read() {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(2000)
    });
    let is_framed = any::<bool>();
    let outcome = runner.run(
        &(is_framed, vec(any::<u8>(), 0..300)),
        |(is_framed, noise)| {
            // Every other one knows how long a handshake is.
            let front: &[u8] = if is_framed { &[0, 48] } else { &[] };
            let ((heard, ended), took) = stranger(&[front, &noise].concat());
            assert!(heard.is_empty() && ended.is_err() && took.is_zero());
            Ok(())
        },
    );
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn a_secret_is_not_shown() {
    let key = key();
    let (shown, _) = play(async { format!("{key:?} {:?}", accepted(&key).0) });
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.starts_with("Key(..) Sealed {"), "{shown}");
}
