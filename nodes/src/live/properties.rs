//! Spark's properties files: Java's format, read with line numbers, and what the keys mean to a
//! live process. Spark: `Utils.loadDefaultSparkProperties`, `java.util.Properties.load`.

use super::secrets::is_of_secrets;
use super::{LiveError, wrong};
use crate::gateway::is_confidential;
use deploysim_protocol::conf::{Conf, ConfError, ConfValue};
use std::fmt;
use std::path::{Path, PathBuf};
use tracing::warn;

/// The flag that sets a key.
const FLAG: &str = "--conf";

/// What sets a key.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    /// The line of the file; nothing on a command line.
    line: Option<usize>,
    key: String,
    value: String,
}

/// Does not show what proves who somebody is.
impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if is_confidential(&self.key) {
            ".."
        } else {
            &self.value
        };
        write!(formatter, "{:?}: {} = {value:?}", self.line, self.key)
    }
}

/// What a properties file and a command line say, in order; a later entry for a key wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Properties {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or is not in Java's format.
    pub fn read(path: &Path) -> Result<Self, LiveError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            LiveError::BadInput(format!("error: {} cannot be read: {error}", path.display()))
        })?;
        Self::parse(path, &text)
    }

    /// Reads a text that stands for the file `path` in messages.
    ///
    /// # Errors
    /// If it is not in Java's format.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, LiveError> {
        let mut entries = Vec::new();
        let mut wrong = Vec::new();
        for (line, text) in logical_lines(text) {
            let (key, value) = split(&text);
            match (unescaped(key), unescaped(value)) {
                (Some(key), Some(value)) => entries.push(Entry {
                    line: Some(line),
                    key,
                    value: value.trim_end().to_owned(),
                }),
                (None, _) | (_, None) => wrong.push(format!(
                    "error: {}:{line}: malformed \\uxxxx encoding",
                    path.display()
                )),
            }
        }
        if wrong.is_empty() {
            let path = path.to_owned();
            Ok(Self { path, entries })
        } else {
            Err(LiveError::BadInput(wrong.join("\n")))
        }
    }

    /// These, and what a command line sets, which wins.
    ///
    /// # Errors
    /// If that proves who somebody is: everybody can read a command line.
    pub fn and(mut self, pairs: &[(String, String)]) -> Result<Self, LiveError> {
        for (key, value) in pairs {
            if is_confidential(key) {
                return Err(wrong(format!(
                    "{FLAG} {key}: everybody of this machine can read a command line: set it in \
                     the properties file, or as a variable"
                )));
            }
            self.entries.push(Entry {
                line: None,
                key: key.clone(),
                value: value.clone(),
            });
        }
        Ok(self)
    }

    /// The value of a key, if it is set.
    pub fn value(&self, key: &str) -> Option<&str> {
        let mut entries = self.entries.iter().rev();
        let entry = entries.find(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Every key that begins with `spark.` or `deploysim.`, with its value, in order, save those
    /// that prove who somebody is.
    pub fn of_users(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_shown = |entry: &&Entry| entry.is_meant() && !is_confidential(&entry.key);
        let entries = self.entries.iter().filter(is_shown);
        entries.map(|entry| (entry.key.as_str(), entry.value.as_str()))
    }

    /// Every entry whose key begins with `prefix`: its place, the key, and the value.
    pub(super) fn below(&self, prefix: &str) -> impl Iterator<Item = (String, &str, &str)> {
        let entries = self.entries.iter();
        let below = entries.filter(move |entry| entry.key.starts_with(prefix));
        below.map(|entry| (self.place(entry), &*entry.key, &*entry.value))
    }

    fn place(&self, entry: &Entry) -> String {
        match entry.line {
            Some(line) => format!("{}:{line}", self.path.display()),
            None => FLAG.to_owned(),
        }
    }

    /// The configuration that the file describes. Keys that concern other parts of Spark are
    /// named in the log and ignored, because such files are shared with them.
    ///
    /// # Errors
    /// All values that are wrong, each with its line.
    pub(super) fn conf(&self) -> Result<Conf, LiveError> {
        let mut conf = Conf::default();
        let mut wrong = Vec::new();
        for entry in &self.entries {
            let place = self.place(entry);
            if !entry.is_meant() {
                warn!(
                    place,
                    key = entry.key,
                    "ignored: the key does not begin with `spark.`"
                );
                continue;
            }
            if entry.key.starts_with("deploysim.") || is_of_secrets(&entry.key) {
                continue;
            }
            match conf.set(&entry.key, &entry.typed()) {
                Ok(()) => {}
                Err(ConfError::UnknownKey { key }) => {
                    warn!(place, key, "ignored: not a key of the deploy protocol");
                }
                Err(error @ ConfError::Value { .. }) => {
                    wrong.push(format!("error: {place}: {error}"));
                }
            }
        }
        if wrong.is_empty() {
            Ok(conf)
        } else {
            Err(LiveError::BadInput(wrong.join("\n")))
        }
    }
}

impl Entry {
    fn is_meant(&self) -> bool {
        self.key.starts_with("spark.") || self.key.starts_with("deploysim.")
    }

    /// The value as a scenario would state it: bare numbers and flags are no texts.
    fn typed(&self) -> ConfValue {
        if let Ok(number) = self.value.parse() {
            return ConfValue::Integer(number);
        }
        match self.value.to_ascii_lowercase().as_str() {
            "true" => ConfValue::Bool(true),
            "false" => ConfValue::Bool(false),
            _ => ConfValue::Text(self.value.clone()),
        }
    }
}

/// Lines without comments and blank ones, joined where a backslash ends one; each with the number
/// of its first.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let (number, mut joined) = match open.take() {
            Some(open) => open,
            None if line.is_empty() || line.starts_with(['#', '!']) => continue,
            None => (index + 1, String::new()),
        };
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let goes_on = backslashes % 2 == 1;
        joined.push_str(if goes_on {
            &line[..line.len() - 1]
        } else {
            line
        });
        if goes_on {
            open = Some((number, joined));
        } else {
            lines.push((number, joined));
        }
    }
    lines.extend(open);
    lines
}

/// Key and value, still escaped: a key ends at the first blank, `=` or `:` without a backslash.
fn split(line: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = line.find(|letter: char| {
        let ends = !is_escaped && (letter.is_whitespace() || letter == '=' || letter == ':');
        is_escaped = !is_escaped && letter == '\\';
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (key, value.trim_start())
}

/// Without backslashes; `None` if one begins a character that is not written out.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        plain.push(match letters.next() {
            Some('t') => '\t',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('f') => '\u{c}',
            Some('u') => {
                let digits: String = letters.by_ref().take(4).collect();
                let is_whole = digits.len() == 4;
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| is_whole)?;
                char::from_u32(code)?
            }
            Some(other) => other,
            None => break,
        });
    }
    Some(plain)
}
