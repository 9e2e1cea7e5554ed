//! `deploysim kill`: has a submitted driver killed.

use super::rest::{About, client, said};
use super::{Failure, Verdict};
use crate::terminal::results;
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
        let reply = client(&self.about.master)?.kill(&self.about.driver)?;
        let mut out = results();
        writeln!(out, "{}", said(&reply))?;
        out.flush()?;
        Ok(Verdict::from(reply.success))
    }
}
