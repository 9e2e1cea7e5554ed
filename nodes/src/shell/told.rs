//! What a shell is told: by its world, and by the tasks of its connections. Most of it waits in
//! the mailbox until its turn comes.

use super::calls::Asker;
use super::link::FromLink;
use super::mailbox::Waiting;
use super::surroundings::{Command, Parcel, Report, Screened, Surroundings};
use super::{Shell, Standing, Stream};
use crate::hosted::Happening;
use crate::report::EndOfConnection;
use deploysim_protocol::address::{Connection, Reference};

impl<S: Surroundings> Shell<S> {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Happen(happening) => self.post(happening),
            Command::Pause => self.standing = Standing::Paused,
            Command::Resume { timers_first, dice } => {
                self.standing = Standing::CatchingUp { timers_first, dice };
            }
            Command::Break { connection, cause } => self.end_connection(connection, cause),
            Command::Hand { connection, parcel } => self.keep(connection, parcel),
            Command::Ask { ask, reply } => {
                let from = Reference::unbound(self.guest.address);
                let call = self.inquiries.add(Asker::World(reply));
                self.post(Happening::Asked { from, call, ask });
            }
        }
    }

    pub(super) fn hear(&mut self, told: FromLink<Stream<S>>) {
        match told {
            FromLink::Accepted(greeted) => self.accepted(greeted),
            FromLink::Refused { origin, error } => {
                let (origin, error) = (&origin, &error);
                self.surroundings.report(Report::Refused { origin, error });
            }
            FromLink::Dialled { to, outcome } => self.dialled(to, outcome),
            FromLink::Came { connection, parcel } => {
                match self.surroundings.screen(connection, parcel) {
                    Screened::Same(parcel) => self.keep(connection, parcel),
                    Screened::Others(parcels) => {
                        for parcel in parcels {
                            self.keep(connection, parcel);
                        }
                    }
                }
            }
            FromLink::Broke { connection } => {
                self.end_connection(connection, EndOfConnection::Reset);
            }
            FromLink::Garbled { connection } => {
                let now = self.clock.now();
                self.mailbox.put(now, Waiting::Garbled { connection });
            }
        }
    }

    fn keep(&mut self, connection: Connection, parcel: Parcel) {
        let now = self.clock.now();
        self.mailbox
            .put(now, Waiting::Parcel { connection, parcel });
    }
}
