//! Whatever bytes come on an accepted connection, in whatever pieces: the shell goes on, and
//! nobody else notices.

use super::yard::Yard;
use super::{asking, check, master_address, no, numbered, question};
use deploysim_protocol::address::Address;
use deploysim_protocol::message::{Answer, ToWorker};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::{Envelope, Limit, encode};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use std::rc::Rc;

/// Something that a stranger writes at once.
#[derive(Clone, Debug)]
enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A frame with this body.
    Body(Vec<u8>),
    /// A valid frame, with one byte changed if there is such a byte.
    Frame(Envelope, Option<(usize, u8)>),
    /// Nothing, until everybody has done what there was to do.
    Pause,
    /// The end of the stream.
    End,
}

impl Piece {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Body(body) => {
                let length = u32::try_from(body.len()).expect("a short body");
                [&length.to_be_bytes()[..], body].concat()
            }
            Self::Frame(envelope, change) => {
                let mut bytes = encode(envelope, Limit::DEFAULT).expect("a short frame");
                if let Some((at, with)) = change
                    && let Some(byte) = bytes.get_mut(*at)
                {
                    *byte = *with;
                }
                bytes
            }
            Self::Pause | Self::End => Vec::new(),
        }
    }
}

fn envelopes() -> impl Strategy<Value = Envelope> {
    let listening = Some(Address::new("witness", 7078));
    let found = true;
    let endpoint = Text::new("Master");
    let outcome = Ok(Answer::Flag(found));
    prop_oneof![
        (0..3_usize).prop_map(|number| Envelope::OneWay(numbered(number))),
        Just(Envelope::OneWay(ToWorker::MasterInStandby.into())),
        (0..3_u64).prop_map(|call| Envelope::Ask {
            call,
            ask: question()
        }),
        (0..3_u64).prop_map(move |call| Envelope::Answer {
            call,
            outcome: outcome.clone()
        }),
        (0..3_u64).prop_map(move |call| Envelope::Resolve { call, endpoint }),
        (0..3_u64).prop_map(move |call| Envelope::Resolved { call, found }),
        Just(Envelope::Hello {
            name: endpoint,
            listening
        }),
    ]
}

fn pieces() -> impl Strategy<Value = Piece> {
    let change = proptest::option::of((0..40_usize, any::<u8>()));
    prop_oneof![
        2 => vec(any::<u8>(), 0..40).prop_map(Piece::Bytes),
        2 => vec(any::<u8>(), 0..40).prop_map(Piece::Body),
        4 => envelopes().prop_map(|envelope| Piece::Frame(envelope, None)),
        2 => (envelopes(), change).prop_map(|(envelope, change)| Piece::Frame(envelope, change)),
        2 => Just(Piece::Pause),
        1 => Just(Piece::End),
    ]
}

/// Whether the stranger says who it is before it says anything else.
#[derive(Clone, Copy, Debug)]
enum Manners {
    Greets,
    DoesNot,
}

fn disturbs_nobody(manners: Manners, pieces: &[Piece]) {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut witness = yard.greet(master_address(), "witness").await;
        let mut stranger = match manners {
            Manners::Greets => yard.greet(master_address(), "stranger").await,
            Manners::DoesNot => yard.dial(master_address()),
        };
        for piece in pieces {
            // A pipe whose other end is gone takes no more bytes: that is for the stranger.
            drop(stranger.write(&piece.bytes()).await);
            match piece {
                Piece::Pause => yard.settle().await,
                Piece::End => stranger.finish().await,
                Piece::Bytes(_) | Piece::Body(_) | Piece::Frame(..) => {}
            }
        }
        witness.say(&asking(77)).await;
        assert_eq!(witness.hear().await, Some(no(77)));
        yard.settle().await;
        assert!(!master.is_gone());
        let ended = master.lines(&["ended"]);
        assert!(
            !ended.iter().any(|line| line.starts_with("ended c1 ")),
            "{ended:?}"
        );
    });
}

#[test]
fn no_bytes_of_a_stranger_disturb_another_connection() {
    let manners = prop_oneof![3 => Just(Manners::Greets), 1 => Just(Manners::DoesNot)];
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(1500)
    });
    let outcome = runner.run(&(manners, vec(pieces(), 0..12)), |(manners, pieces)| {
        disturbs_nobody(manners, &pieces);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
