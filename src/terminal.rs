//! Where text goes: results to stdout, diagnostics to stderr, colours only where a terminal shows
//! them and `NO_COLOR` is not set. A reader that closes the pipe has read enough.

use deploysim_scenarios::scenario::error::Style;
use std::io::{self, BufWriter, ErrorKind, Write};

/// Results. What is written after the reader has closed the pipe goes nowhere.
pub struct Results {
    stdout: BufWriter<anstream::Stdout>,
    is_closed: bool,
}

impl Results {
    /// Standard output.
    pub fn to_stdout() -> Self {
        Self {
            stdout: BufWriter::new(anstream::stdout()),
            is_closed: false,
        }
    }

    fn pass<T>(&mut self, outcome: io::Result<T>, instead: T) -> io::Result<T> {
        match outcome {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(instead)
            }
            other => other,
        }
    }
}

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Ok(bytes.len());
        }
        let outcome = self.stdout.write(bytes);
        self.pass(outcome, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let outcome = self.stdout.flush();
        self.pass(outcome, ())
    }
}

/// Says on stderr what is wrong. If stderr is closed there is nobody to tell.
pub fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// How messages about files are to look on stderr. Colours are taken out again where stderr
/// does not show them.
pub const MESSAGES: Style = Style::Coloured;
