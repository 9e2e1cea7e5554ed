//! Reading the JSON of a request: its members in order, fields coerced as Jackson coerces them,
//! and what Jackson would have said of anything else.
//!
//! **Differs:** an exception is its class and first sentence. Neither the place in the source nor
//! the frames of Java's stack are given.

use serde::de::{self, Deserialize, Deserializer, MapAccess};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The type of a field that is not what was expected.
const MISMATCH: &str = "com.fasterxml.jackson.databind.exc.MismatchedInputException";

/// Why a request is malformed: what Spark throws, as Java prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) String);

impl Malformed {
    /// Spark: `SubmitRestMissingFieldException`.
    pub(super) fn missing(what: &str) -> Self {
        let class = "org.apache.spark.deploy.rest.SubmitRestMissingFieldException";
        Self(format!("{class}: {what}"))
    }
}

/// The members of an object, as they came: in order, and twice what came twice.
#[derive(Debug)]
pub(super) struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Members {
    /// The first member of this name.
    pub(super) fn first(&self, name: &str) -> Option<&Value> {
        let mut members = self.0.iter();
        members.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The last member of this name, unless it is null.
    fn last(&self, name: &str) -> Option<&Value> {
        let mut members = self.0.iter().rev();
        let (_, value) = members.find(|(key, _)| key == name)?;
        (!value.is_null()).then_some(value)
    }

    /// Names and values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// A field of type `String`.
    ///
    /// # Errors
    /// If it is an object or an array.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Malformed> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        let text = coerced(value).ok_or_else(|| mismatch("java.lang.String", value))?;
        Ok(Some(text))
    }

    /// A field of type `String[]`. Null stays null in Java; here it is the word.
    ///
    /// # Errors
    /// If it is no array, or has an element that is no text.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Malformed> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        let Value::Array(elements) = value else {
            return Err(no_array(value));
        };
        let texts = elements.iter().map(|element| {
            let null = element.is_null().then(|| "null".to_owned());
            null.or_else(|| coerced(element))
                .ok_or_else(|| mismatch("java.lang.String", element))
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// A field of type `Map[String, String]`, without the members that are null.
    ///
    /// # Errors
    /// If it is no object, or has a member that is no text.
    pub(super) fn map(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Malformed> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        let Value::Object(members) = value else {
            let class = "scala.collection.immutable.Map<java.lang.String,java.lang.String>";
            return Err(mismatch(class, value));
        };
        let members = members.iter().filter(|(_, value)| !value.is_null());
        let texts = members.map(|(key, value)| {
            let text = coerced(value).ok_or_else(|| mismatch("java.lang.String", value))?;
            Ok((key.clone(), text))
        });
        texts.collect::<Result<_, _>>().map(Some)
    }
}

/// A scalar as a text, as Jackson coerces it.
fn coerced(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn no_array(value: &Value) -> Malformed {
    let Some(text) = value.as_str() else {
        return mismatch("java.lang.String[]", value);
    };
    Malformed(format!(
        "com.fasterxml.jackson.databind.exc.InvalidDefinitionException: Cannot construct instance \
         of `java.lang.String[]`: no String-argument constructor/factory method to deserialize \
         from String value ('{text}')"
    ))
}

fn mismatch(class: &str, value: &Value) -> Malformed {
    let (kind, token) = match value {
        Value::Null => ("Null", "VALUE_NULL"),
        Value::Bool(true) => ("Boolean", "VALUE_TRUE"),
        Value::Bool(false) => ("Boolean", "VALUE_FALSE"),
        Value::Number(number) if number.is_f64() => ("Floating-point", "VALUE_NUMBER_FLOAT"),
        Value::Number(_) => ("Integer", "VALUE_NUMBER_INT"),
        Value::String(_) => ("String", "VALUE_STRING"),
        Value::Array(_) => ("Array", "START_ARRAY"),
        Value::Object(_) => ("Object", "START_OBJECT"),
    };
    Malformed(format!(
        "{MISMATCH}: Cannot deserialize value of type `{class}` from {kind} value \
         (token `JsonToken.{token}`)"
    ))
}

/// The members of the object that a text begins with. What follows it is not looked at, as Jackson
/// does not. `None` if the text begins with another value.
///
/// # Errors
/// If the text does not begin with a value.
pub(super) fn read(text: &str) -> Result<Option<Members>, Malformed> {
    let begins_object = text.trim_start_matches(is_space).starts_with('{');
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = if begins_object {
        Members::deserialize(&mut reader).map(Some)
    } else {
        Value::deserialize(&mut reader).map(|_| None)
    };
    read.map_err(|error| complaint(text, &error))
}

const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// What Jackson says of a text that `error` was found in.
fn complaint(text: &str, error: &serde_json::Error) -> Malformed {
    if text.trim_matches(is_space).is_empty() {
        return Malformed(format!("{MISMATCH}: No content to map due to end-of-input"));
    }
    let said = error.to_string();
    if said.starts_with("recursion limit") {
        return Malformed(
            "com.fasterxml.jackson.core.exc.StreamConstraintsException: Document nesting depth \
             exceeds the maximum allowed (127)"
                .to_owned(),
        );
    }
    let at = if error.is_eof() {
        text.trim_end_matches(is_space).len()
    } else {
        place(text, error.line(), error.column())
    };
    if let Some(token) = token_around(text, at) {
        return Malformed(format!(
            "com.fasterxml.jackson.core.JsonParseException: Unrecognized token '{token}': was \
             expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        ));
    }
    if error.is_eof() {
        let what = Opened::at_end_of(text).missing();
        let class = "com.fasterxml.jackson.core.io.JsonEOFException";
        return Malformed(format!("{class}: Unexpected end-of-input{what}"));
    }
    let found = text[at..].chars().next().unwrap_or('\0');
    let said = expectation(&said);
    Malformed(format!(
        "com.fasterxml.jackson.core.JsonParseException: Unexpected character {}: {said}",
        described(found)
    ))
}

/// A letter, as `ParserMinimalBase._getCharDesc` shows it.
fn described(letter: char) -> String {
    let code = u32::from(letter);
    if letter.is_control() {
        format!("((CTRL-CHAR, code {code}))")
    } else if code > 255 {
        format!("('{letter}' (code {code} / 0x{code:x}))")
    } else {
        format!("('{letter}' (code {code}))")
    }
}

/// Jackson's words for what should have stood there.
fn expectation(said: &str) -> &'static str {
    let words = [
        (
            "expected `:`",
            "was expecting a colon to separate field name and value",
        ),
        (
            "expected `,` or `}`",
            "was expecting comma to separate Object entries",
        ),
        (
            "expected `,` or `]`",
            "was expecting comma to separate Array entries",
        ),
        (
            "key must be a string",
            "was expecting double-quote to start field name",
        ),
        (
            "control character",
            "has to be escaped using backslash to be included in string value",
        ),
        (
            "invalid escape",
            "unrecognized character escape in string value",
        ),
    ];
    let found = words.iter().find(|(begin, _)| said.starts_with(begin));
    found.map_or(
        "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        |(_, words)| words,
    )
}

/// Where in the text a line and a column of the reader's are, both from 1: the beginning of the
/// letter that ends there.
fn place(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len().saturating_sub(1));
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The word that stands at a place, at most 256 bytes of it; `None` if none does, if it is one of
/// JSON's, or if the place is in a string.
fn token_around(text: &str, at: usize) -> Option<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let before = text[..at].rsplit(|letter| !is_part(letter)).next()?;
    let begin = at - before.len();
    let token = text[begin..].split(|letter| !is_part(letter)).next()?;
    let is_word = token.starts_with(|letter: char| !letter.is_ascii_digit());
    let is_known = ["true", "false", "null"].contains(&token);
    let is_in_string = Opened::at_end_of(&text[..begin]).is_in_string;
    if !is_word || is_known || is_in_string {
        return None;
    }
    let end = (0..=token.len().min(256)).rev();
    let end = end.into_iter().find(|end| token.is_char_boundary(*end))?;
    Some(&token[..end])
}

/// What is open at the end of a text that is JSON so far.
struct Opened {
    /// The innermost bracket that is open, and whether nothing but a comma follows it.
    container: Option<(char, bool)>,
    is_in_string: bool,
}

impl Opened {
    fn at_end_of(text: &str) -> Self {
        let mut brackets = Vec::new();
        let (mut is_in_string, mut is_escaped) = (false, false);
        let mut last = ' ';
        for letter in text.chars() {
            if is_in_string {
                is_in_string = is_escaped || letter != '"';
                is_escaped = !is_escaped && letter == '\\';
                continue;
            }
            match letter {
                '"' => is_in_string = true,
                '{' | '[' => brackets.push(letter),
                '}' | ']' => drop(brackets.pop()),
                _ => {}
            }
            if !is_space(letter) {
                last = letter;
            }
        }
        let container = brackets.pop();
        Self {
            container: container.map(|bracket| (bracket, matches!(last, '{' | '[' | ','))),
            is_in_string,
        }
    }

    fn missing(&self) -> &'static str {
        match (self.is_in_string, self.container) {
            (true, _) => ": was expecting closing quote for a string value",
            (false, Some(('{', true))) => ": expected close marker for Object",
            (false, Some(('{', false))) => " within/between Object entries",
            (false, Some((_, true))) => ": expected close marker for Array",
            (false, Some((_, false))) => " within/between Array entries",
            (false, None) => "",
        }
    }
}
