//! The log of live processes: lines or JSON objects on stderr, at and above a level.

use tracing_subscriber::filter::LevelFilter;

/// How a live process logs.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Logs {
    /// How much is logged to stderr.
    #[arg(long, value_enum, default_value_t = Level::Info, value_name = "LEVEL")]
    log_level: Level,
    /// How a log entry is written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    log_format: Format,
}

/// From the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for people: time, level, message, fields.
    Text,
    /// A JSON object on a line of its own.
    Json,
}

impl Logs {
    /// Begins to log, for the rest of the process.
    pub(crate) fn begin(self) {
        let level = match self.log_level {
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
            Level::Trace => LevelFilter::TRACE,
        };
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .with_ansi(false)
            .with_writer(std::io::stderr);
        match self.log_format {
            Format::Text => subscriber.init(),
            Format::Json => subscriber.json().init(),
        }
    }
}
