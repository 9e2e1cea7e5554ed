//! What a run leaves for people and tools. Each form has a file; what happened is read from the
//! trace, and nothing here judges it.

pub mod folder;
pub mod judgement;
pub mod manifest;
pub mod metrics;
pub mod record;
pub mod summary;
pub mod whole;
mod witness;

use std::io::{self, Write};

/// Something that is written to, with the name that its errors carry.
#[derive(Debug)]
pub struct Named<W> {
    name: String,
    out: W,
}

impl<W: Write> Named<W> {
    /// Gives `out` a name.
    pub fn new(name: impl Into<String>, out: W) -> Self {
        Self {
            name: name.into(),
            out,
        }
    }

    fn name<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|error| named(&self.name, &error))
    }
}

impl<W: Write> Write for Named<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.out.write(bytes);
        self.name(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.out.flush();
        self.name(outcome)
    }
}

/// `error` with the name of what cannot be written.
fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name} cannot be written: {error}"))
}

#[cfg(test)]
mod tests;
