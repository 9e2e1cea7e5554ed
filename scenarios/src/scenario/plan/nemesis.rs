//! Random faults of a scenario: what may be hit, how often, and for how long. Plain data; the
//! occurrences of a run are drawn in `nemesis.rs` of the crate.

use super::{FaultWord, LatencyPlan};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// One kind of fault that comes at random.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFault {
    /// Who is hit, as the file says it: names, globs and roles.
    pub of: Vec<String>,
    /// From whom, as the file says it; empty for faults of one group.
    pub against: Vec<String>,
    /// What happens. Its targets, or its first group, are all that may be hit: each occurrence
    /// has one of them.
    pub word: FaultWord,
    /// The mean of the exponential gaps from one beginning to the next.
    pub every: Duration,
    /// How long each occurrence lasts.
    pub lasting: LatencyPlan,
    /// From when on; the first gap is counted from here.
    pub from: Time,
    /// The last instant at which one may begin; `None`: the end of the fault phase.
    pub until: Option<Time>,
}

impl RandomFault {
    /// The name of the random stream that its occurrences are drawn from. It says what is hit
    /// and how, and nothing that a scenario may change beside that.
    pub fn stream(&self) -> String {
        let of = self.of.join(" ");
        let stream = format!("nemesis {} {of}", self.word.kind());
        if self.against.is_empty() {
            return stream;
        }
        format!("{stream} | {}", self.against.join(" "))
    }
}
