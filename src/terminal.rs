//! Where text goes: results to stdout, diagnostics to stderr, colours only where a terminal shows
//! them and `NO_COLOR` is not set. A reader that closes the pipe has read enough.

use deploysim_scenarios::output::Named;
use deploysim_scenarios::output::judgement::{Line, Mark};
use deploysim_scenarios::scenario::error::Style;
use std::io::{self, BufWriter, ErrorKind, Write};

/// How messages about files are made. `anstream` takes the colours out again where stderr does
/// not show them.
pub(crate) const MESSAGES: Style = Style::Coloured;

/// Results. What is written after the reader has closed the pipe goes nowhere.
pub(crate) type Results = Named<BufWriter<Pipe<anstream::Stdout>>>;

/// Standard output.
pub(crate) fn results() -> Results {
    let stdout = Pipe {
        out: anstream::stdout(),
        is_closed: false,
    };
    Named::new("stdout", BufWriter::new(stdout))
}

/// A pipe that may be closed at its other end.
#[derive(Debug)]
pub(crate) struct Pipe<W> {
    out: W,
    is_closed: bool,
}

impl<W: Write> Pipe<W> {
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

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed {
            return Ok(bytes.len());
        }
        let outcome = self.out.write(bytes);
        self.pass(outcome, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let outcome = self.out.flush();
        self.pass(outcome, ())
    }
}

/// Writes lines about a run, each with its mark.
pub(crate) fn show(lines: &[Line], out: &mut impl Write) -> io::Result<()> {
    for line in lines {
        writeln!(out, "  {} {}", sign(line.mark), line.text)?;
    }
    Ok(())
}

/// How a mark looks.
pub(crate) const fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Held => "\x1b[32m✓\x1b[0m",
        Mark::Failed => "\x1b[31m✗\x1b[0m",
        Mark::Noted => "•",
        Mark::Evidence => "   ",
    }
}

/// Says on stderr what is wrong. If stderr is closed there is nobody to tell.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
