//! Shells on pipes in memory, under a clock that stands still until nothing is left to do. At
//! the other end is a second shell, or a peer that writes and reads plain bytes. Each test says
//! in its name what holds; its story is the body of one call of [`check`].

mod calls;
mod connections;
mod deadlines;
mod ending;
mod flooding;
mod frames;
mod hosted;
mod parity;
mod pauses;
mod stores;
mod streams;
mod yard;

use deploysim_protocol::address::{Address, Connection, Reference};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{Answer, Ask, AskMaster, Message, ToMaster};
use deploysim_protocol::wire::Envelope;
use hosted::Hosted;
use std::num::NonZeroU64;
use std::rc::Rc;
use std::time::Duration;
use yard::Yard;

/// What a story may take on the simulated clock; one that waits for what never comes ends here.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// Plays a story. Time passes only while everybody waits for it.
fn check(story: impl AsyncFnOnce(Rc<Yard>)) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime on one thread");
    let tasks = tokio::task::LocalSet::new();
    let played = tasks.block_on(&runtime, async {
        tokio::time::timeout(PATIENCE, story(Rc::new(Yard::new()))).await
    });
    played.expect("the story waits for something that never comes");
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn master_address() -> Address {
    Address::new("master", 7077)
}

/// A reference that is bound to the connection of this number.
fn bound(address: Address, connection: u64) -> Reference {
    let number = NonZeroU64::new(connection).expect("connections are numbered from 1");
    Reference::bound(address, Connection(number))
}

/// A message that can be told from others by its number. A master in standby ignores it.
fn numbered(number: usize) -> Message {
    let application = ApplicationId::new(&format!("app-{number}"));
    ToMaster::UnregisterApplication { application }.into()
}

/// A question that a master in standby answers with no.
fn question() -> Ask {
    AskMaster::RequestReadyz.into()
}

fn asking(call: u64) -> Envelope {
    let ask = question();
    Envelope::Ask { call, ask }
}

fn no(call: u64) -> Envelope {
    let outcome = Ok(Answer::Flag(false));
    Envelope::Answer { call, outcome }
}
