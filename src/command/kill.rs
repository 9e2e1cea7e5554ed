//! `deploysim kill`: has a submitted driver killed.

use super::rest::{ABOUT_TOKENS, About, said};
use super::{Failure, Verdict};
use crate::terminal::results;
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
        let reply = self.about.client()?.kill(&self.about.driver)?;
        let mut out = results();
        writeln!(out, "{}", said(&reply))?;
        out.flush()?;
        Ok(Verdict::from(reply.success))
    }
}
