//! `deploysim status`: what became of a submitted driver.

use super::rest::{ABOUT_TOKENS, About, show};
use super::{Failure, Verdict};

/// Ask for the status of a submitted driver.
///
/// Exits with 1 if the master does not know it.
#[derive(clap::Args)]
#[command(after_help = ABOUT_TOKENS)]
pub(crate) struct Status {
    #[command(flatten)]
    about: About,
}

impl Status {
    /// Asks for it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let reply = self.about.client()?.status(&self.about.driver)?;
        show(&self.about.driver, &reply)?;
        Ok(Verdict::from(reply.success))
    }
}
