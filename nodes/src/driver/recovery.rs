//! The client's side of a change of leader. It only waits: after the loss of its master it never
//! registers again (RD-05).

use super::Driver;
use crate::turn::Turn;
use deploysim_protocol::address::{Peer, Reference};
use deploysim_protocol::event::DriverEvent;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::ToMaster;

impl Driver {
    /// The connection to the present master ended. Reported once until a new leader announces
    /// itself. Spark: `ClientEndpoint.onDisconnected`, `markDisconnected`.
    pub(super) fn handle_master_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        let lost = self
            .master
            .is_some_and(|master| peer == Peer::Listening(master.address));
        if lost && !self.already_disconnected {
            self.already_disconnected = true;
            turn.note(DriverEvent::ApplicationDisconnected);
        }
    }

    /// A new leader announces itself. Spark: `ClientEndpoint.receive`, `MasterChanged`.
    pub(super) fn handle_master_changed(&mut self, master: Reference, turn: &mut Turn<'_, Self>) {
        self.master = Some(master);
        self.already_disconnected = false;
        turn.note(DriverEvent::MasterFollowed {
            master: master.address,
        });
        turn.send(
            master,
            ToMaster::MasterChangeAcknowledged {
                application: self.application_or_null(),
            },
        );
    }

    /// The application's id. A leader that read an application from its store may announce
    /// itself to a client that never had an answer; such a client names the application as
    /// Java names nothing, and the master finds none of that name.
    pub(super) fn application_or_null(&self) -> ApplicationId {
        self.application
            .unwrap_or_else(|| ApplicationId::new("null"))
    }
}
