//! The live world: real masters and workers of this program on loopback, with real drivers, played
//! with the real clock. It knows of them what anybody can see: the state documents of the masters,
//! the answers of their REST servers, and which processes there are. That becomes entries like
//! those of every world, for the same ledger and the same judge; what nobody can see is missing,
//! and so invariants are not checked.
//!
//! | Concern | File |
//! |---|---|
//! | what can be played, and what is refused | `playable.rs` |
//! | the loop: what is due, what has come | `stage.rs` |
//! | who plays: masters, workers, programs, clients | `cast.rs` |
//! | what begins, arrives and is done by the operator | `script.rs` |
//! | faults | `faults.rs` |
//! | a master or worker as a process | `hosting.rs`, what it is started with `site.rs` |
//! | state documents, and what follows from them | `documents.rs`, `reading.rs` |
//! | submissions and questions | `errands.rs` |
//! | what is kept for later | `keeping.rs` |
//! | the program of a driver | `program.rs` |
//!
//! Nothing here is the same twice: the clock is the machine's.

mod cast;
mod clock;
mod documents;
mod errands;
mod faults;
mod hosting;
mod keeping;
mod playable;
mod program;
mod reading;
mod script;
mod site;
mod stage;

pub use keeping::{DOCUMENTS, Keeping, LOGS};
pub use playable::{PROCESSES_MAX, refusals};
pub use program::run_program;

use super::Played;
use crate::scenario::plan::Plan;
use crate::trace::Observer;
use documents::Document;
use errands::Answer;
use hosting::Places;
use program::Introduction;
use stage::Stage;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How often the masters are asked for their state: what is seen of it is up to this much late,
/// and what lasts shorter can be missed.
pub const POLL: Duration = Duration::from_millis(50);

/// A process of this run, by a number that is never used again in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number(u32);

/// What those who wait for something tell the loop.
#[derive(Debug)]
enum Event {
    /// A master or worker listens.
    Listens { process: Number, places: Places },
    /// A master or worker has ended.
    Gone {
        process: Number,
        code: i32,
        /// The end of its log.
        log: String,
    },
    /// A master's state document came.
    Shown {
        process: Number,
        document: Document,
        /// The document as it came.
        text: Vec<u8>,
    },
    /// Something of the run cannot be kept: why.
    Unkept { why: String },
    /// The program of a driver runs.
    ProgramBegan {
        program: Number,
        introduction: Introduction,
        link: UnixStream,
    },
    /// The program of a driver is gone. It has said with which code, unless it could not.
    ProgramEnded { program: Number, code: Option<i32> },
    /// A question to the REST servers is answered.
    Answered { client: usize, answer: Answer },
}

/// Plays `plan`, for which there are no [`refusals`], with processes of `program`, which is this
/// program. The seed decides what the scenario leaves to chance. What is to be kept of it is, also
/// if it fails.
///
/// # Errors
/// What went wrong with the machine, in words.
pub(crate) fn play<O: Observer>(
    plan: &Plan,
    seed: u64,
    program: &Path,
    keeping: Option<Keeping>,
    observer: O,
) -> Result<(Played, O), String> {
    let mut stage = Stage::new(plan, seed, program, keeping, observer)?;
    let played = stage.play()?;
    Ok((played, stage.clear()))
}
