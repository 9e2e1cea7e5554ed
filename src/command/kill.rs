//! `deploysim kill`: has a submitted driver killed.

use super::rest::{About, client, protocol_client, said};
use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_nodes::live::LiveError;
use std::io::Write;

/// Have a submitted driver killed.
///
/// Exits with 1 if the master does not know it, or it has ended.
#[derive(clap::Args)]
pub(crate) struct Kill {
    #[command(flatten)]
    about: About,
}

impl Kill {
    /// Has it killed.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let client = client(&self.about.master)?;
        let reply = match client.kill(&self.about.driver) {
            Err(LiveError::Unreachable(_)) => {
                let outcome = protocol_client(&client).kill(&self.about.driver)?;
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
