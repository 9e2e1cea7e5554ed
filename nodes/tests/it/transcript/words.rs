//! A command as it is written: a verb and arguments, each a word, `name=value`, or
//! `name(option option=value)`. What it means is not here.

use deploysim_protocol::conf::{parse_duration, parse_memory_mib};
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// One command.
pub(super) struct Command {
    /// What to do.
    pub(super) verb: String,
    /// To whom and how.
    pub(super) arguments: Vec<Argument>,
    /// Whether nothing is printed.
    pub(super) is_quiet: bool,
    /// File and line.
    place: String,
}

/// One argument.
#[derive(Clone, Debug, Default)]
pub(super) struct Argument {
    /// The word, or what is left of `=`.
    pub(super) name: String,
    /// What is right of `=`.
    pub(super) value: Option<String>,
    /// What is in parentheses.
    pub(super) options: Vec<Self>,
}

impl Command {
    /// Reads one line.
    pub(super) fn read(line: &str, place: String) -> Self {
        let mut letters = line.chars().peekable();
        let mut arguments = read_arguments(&mut letters, 0);
        assert!(letters.next().is_none(), "{place}: too many parentheses");
        let is_quiet = arguments[0].name == "quietly";
        if is_quiet {
            arguments.remove(0);
        }
        let verb = arguments.remove(0).name;
        Self {
            verb,
            arguments,
            is_quiet,
            place,
        }
    }

    /// Ends the test: the command makes no sense.
    pub(super) fn wrong(&self, why: impl Display) -> ! {
        panic!("{}: {}: {why}", self.place, self.verb)
    }

    /// The plain words, in order.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let plain = self.arguments.iter().filter(|word| word.value.is_none());
        plain.map(|word| word.name.as_str())
    }

    /// The plain word at `index`.
    pub(super) fn word(&self, index: usize) -> &str {
        let word = self.words().nth(index);
        word.unwrap_or_else(|| self.wrong("too few words"))
    }

    /// The value of `name=value`.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        find(&self.arguments, name)?.value.as_deref()
    }

    /// As [`Command::value`], read as a number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        let text = self.value(name)?;
        Some(self.parse(text))
    }

    /// Reads a number.
    pub(super) fn parse<T: FromStr>(&self, text: &str) -> T {
        let number = text.parse();
        number.unwrap_or_else(|_| self.wrong(format!("`{text}` is not a number")))
    }

    /// As [`Command::value`], read as a duration.
    pub(super) fn duration(&self, name: &str) -> Option<Duration> {
        let text = self.value(name)?;
        let duration = parse_duration(text);
        Some(duration.unwrap_or_else(|| self.wrong(format!("`{text}` is no duration"))))
    }
}

impl Argument {
    /// Whether the option is there.
    pub(super) fn has(&self, name: &str) -> bool {
        find(&self.options, name).is_some()
    }

    /// The value of an option.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        find(&self.options, name)?.value.as_deref()
    }

    /// The value of an option, read as a number.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.option(name).map(|text| text.parse().unwrap())
    }

    /// The value of an option, read as an amount of memory in MiB.
    pub(super) fn memory_mib(&self, name: &str) -> Option<i32> {
        let memory = parse_memory_mib(self.option(name)?).unwrap();
        Some(i32::try_from(memory).unwrap())
    }
}

fn find<'a>(arguments: &'a [Argument], name: &str) -> Option<&'a Argument> {
    arguments.iter().find(|argument| argument.name == name)
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn read_arguments(letters: &mut Letters<'_>, depth: u32) -> Vec<Argument> {
    let mut arguments = Vec::new();
    loop {
        while letters.next_if_eq(&' ').is_some() {}
        match letters.peek() {
            None => return arguments,
            Some(')') if depth > 0 => {
                letters.next();
                return arguments;
            }
            Some(_) => arguments.push(read_argument(letters, depth)),
        }
    }
}

fn read_argument(letters: &mut Letters<'_>, depth: u32) -> Argument {
    let name = read_word(letters, &[' ', '=', '(', ')']);
    let mut argument = Argument {
        name,
        ..Argument::default()
    };
    if letters.next_if_eq(&'=').is_some() {
        argument.value = Some(if letters.next_if_eq(&'"').is_some() {
            let text = read_word(letters, &['"']);
            letters.next();
            text
        } else {
            read_word(letters, &[' ', ')'])
        });
    }
    if letters.next_if_eq(&'(').is_some() {
        argument.options = read_arguments(letters, depth + 1);
    }
    argument
}

fn read_word(letters: &mut Letters<'_>, ends: &[char]) -> String {
    let mut word = String::new();
    while let Some(letter) = letters.next_if(|letter| !ends.contains(letter)) {
        word.push(letter);
    }
    word
}
