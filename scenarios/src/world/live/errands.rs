//! What submit clients and the operator ask the REST servers, each on a thread of its own: a master
//! that stands still keeps whoever asks it waiting.

use super::Event;
use deploysim_nodes::live::{Client, LiveError, Reply, Submission, masters_in};
use std::sync::mpsc::Sender;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// To run a driver.
    Submit(Box<Submission>),
    /// To kill a driver.
    Kill(String),
    /// How a driver is.
    Status(String),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A master answered.
    Given(Errand, Box<Reply>),
    /// None did; the first of those that were asked.
    Missing(String),
}

impl Errand {
    /// Asks the masters of `masters`, `spark://…`, for the client with this number.
    pub(super) fn run(self, client: usize, masters: String, events: Sender<Event>) {
        std::thread::spawn(move || {
            let answer = match self.ask(&masters) {
                Ok(reply) => Answer::Given(self, Box::new(reply)),
                Err(_) => Answer::Missing(masters),
            };
            // A run that is over does not want to know.
            drop(events.send(Event::Answered { client, answer }));
        });
    }

    fn ask(&self, masters: &str) -> Result<Reply, LiveError> {
        let client = Client {
            masters: masters_in(masters)?,
            token: None,
        };
        match self {
            Self::Submit(submission) => client.submit(submission),
            Self::Kill(driver) => client.kill(driver),
            Self::Status(driver) => client.status(driver),
        }
    }
}
