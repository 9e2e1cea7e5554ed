//! The state documents of masters: what is read of one, and who asks for them all the time.

use super::{Event, Number, POLL};
use deploysim_nodes::live::state_document;
use serde::Deserialize;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// How long a master may take to answer. One that stands still answers late or never, which is no
/// fault.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is read of a master's state document.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Document {
    pub(super) status: String,
    pub(super) workers: Vec<WorkerRow>,
    #[serde(rename = "activedrivers")]
    pub(super) active_drivers: Vec<DriverRow>,
    #[serde(rename = "completeddrivers")]
    pub(super) completed_drivers: Vec<DriverRow>,
}

/// A worker in it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct WorkerRow {
    pub(super) id: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) cores: i32,
    #[serde(rename = "memory")]
    pub(super) memory_mib: i32,
    pub(super) state: String,
}

/// A submitted driver in it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DriverRow {
    pub(super) id: String,
    pub(super) state: String,
    pub(super) cores: i32,
    #[serde(rename = "memory")]
    pub(super) memory_mib: i32,
    /// The id of its worker, or a word that is no id.
    pub(super) worker: String,
    /// The scenario's name of it.
    #[serde(rename = "mainclass")]
    pub(super) name: String,
}

/// Asks a master for its state again and again, until nobody wants to know it any more.
pub(super) fn watch(process: Number, page: &str, events: &Sender<Event>, wanted: &Receiver<()>) {
    while wanted.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
        let Ok(text) = state_document(page, PATIENCE) else {
            continue;
        };
        let Ok(document) = serde_json::from_slice(&text) else {
            continue;
        };
        let shown = Event::Shown {
            process,
            document,
            text,
        };
        if events.send(shown).is_err() {
            return;
        }
    }
}
