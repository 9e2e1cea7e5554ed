//! `deploysim kill`: has a submitted driver killed.

use super::rest::{ABOUT_TOKENS, About, said};
use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_nodes::live::LiveError;
use std::io::Write;

/// Have a submitted driver killed.
///
/// Exits with 1 if the master does not know it, or it has ended.
#[derive(clap::Args)]
#[command(after_help = ABOUT_TOKENS)]
pub(crate) struct Kill {
    #[command(flatten)]
    about: About,
}

impl Kill {
    /// Has it killed.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let client = self.about.client()?;
        let reply = match client.kill(&self.about.driver) {
            Err(LiveError::Unreachable(_)) => {
                let client = self.about.protocol_client()?;
                let outcome = client.kill(&self.about.driver)?;
                return Ok(Verdict::from(outcome.success));
            }
            reply => reply?,
        };
        let mut out = results();
        writeln!(out, "{}", said(&reply))?;
        out.flush()?;
        Ok(Verdict::from(reply.success))
    }
}
