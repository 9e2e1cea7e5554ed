//! `deploysim status`: what became of a submitted driver.

use super::rest::{About, client, show};
use super::{Failure, Verdict};

/// Ask for the status of a submitted driver.
///
/// Exits with 1 if the master does not know it.
#[derive(clap::Args)]
pub(crate) struct Status {
    #[command(flatten)]
    about: About,
}

impl Status {
    /// Asks for it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let reply = client(&self.about.master)?.status(&self.about.driver)?;
        show(&self.about.driver, &reply)?;
        Ok(Verdict::from(reply.success))
    }
}
