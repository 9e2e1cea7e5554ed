//! What happens when a connection ends. How a worker is removed is in `lifecycle/`; why a silent
//! one is removed is decided in `heartbeat.rs`.

use super::Master;
use crate::turn::Turn;
use deploysim_protocol::address::Peer;
use deploysim_protocol::event::RemovalReason;
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::thrown::Thrown;

impl Master {
    /// Removes the worker, or finishes the application, that had announced this address; no
    /// grace time. A socket's own address is nobody's. Spark: `Master.onDisconnected`.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn handle_disconnected(
        &mut self,
        peer: Peer,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let address = match peer {
            Peer::Listening(address) => address,
            Peer::Socket(_) => return Ok(()),
        };
        if let Some(worker) = self.books.workers.by_address(address) {
            self.remove_worker(worker, RemovalReason::Disassociated, turn)?;
        }
        if let Some(application) = self.books.applications.by_client(address) {
            self.remove_application(application, ApplicationState::Finished, turn)?;
        }
        Ok(())
    }
}
