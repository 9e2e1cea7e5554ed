//! Values of Spark properties as Java and Spark read them: numbers, flags, memory sizes, lines of
//! options, named resources. Each function names what it mirrors.

use deploysim_protocol::resource::ResourceRequirement;
use deploysim_protocol::text::Text;
use std::collections::BTreeMap;

/// The secret that masters and workers share.
pub(crate) const SECRET: &str = "spark.authenticate.secret";
/// The token that a REST server wants.
pub const TOKEN: &str = "deploysim.rest.token";

/// Whether a property proves who somebody is. Such a one is in no log, no submission and no
/// command line.
pub fn is_confidential(property: &str) -> bool {
    property == SECRET || property == TOKEN
}

/// Whether an option of Java's sets such a property. Spark: `CommandUtils.buildLocalCommand`,
/// which leaves them out of the command line of a child, where everybody can read them.
pub(super) fn is_confidential_option(option: &str) -> bool {
    let property = option.strip_prefix("-D").unwrap_or_default();
    is_confidential(property.split('=').next().unwrap_or_default())
}

/// Spark: Scala's `toBoolean`.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Spark: Scala's `toDouble`, which is `Double.parseDouble`.
/// **Differs:** hexadecimal numbers are none.
pub(super) fn double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|letter: char| letter <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(f64::INFINITY),
        _ => {}
    }
    let number = match unsigned.strip_suffix(['f', 'F', 'd', 'D']) {
        Some(number) if number.ends_with(|last: char| last.is_ascii_digit() || last == '.') => {
            number
        }
        Some(_) | None => unsigned,
    };
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E');
    let is_plain = number
        .chars()
        .all(|letter| is_digit(letter) || matches!(letter, '+' | '-'));
    if !is_plain || !number.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let value: f64 = number.parse().ok()?;
    Some(if text.starts_with('-') { -value } else { value })
}

/// A whole number of 32 bits. Spark: Scala's `toInt`, which is `Integer.parseInt`.
///
/// # Errors
/// What Java throws.
pub(super) fn integer(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("java.lang.NumberFormatException: For input string: \"{text}\""))
}

/// A memory size in MiB: a number with a unit, or of bytes; rounded down; too much for 32 bits
/// wraps around. Spark: `Utils.memoryStringToMb`.
pub(crate) fn memory_mib(text: &str) -> Option<i32> {
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(|letter: char| letter <= ' ');
    let unit_at = lower.find(|letter: char| !letter.is_ascii_digit());
    let (number, unit) = lower.split_at(unit_at.unwrap_or(lower.len()));
    let number: i64 = number.parse().ok()?;
    let bytes = number.checked_mul(1 << shift_of(unit)?)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Spark's `toInt` wraps around as well"
    )]
    let mebibytes = (bytes >> 20) as i32;
    Some(mebibytes)
}

/// By how many bits a number of this unit is shifted to be one of bytes.
pub(crate) fn shift_of(unit: &str) -> Option<u32> {
    match unit {
        "" | "b" => Some(0),
        "k" | "kb" => Some(10),
        "m" | "mb" => Some(20),
        "g" | "gb" => Some(30),
        "t" | "tb" => Some(40),
        "p" | "pb" => Some(50),
        _ => None,
    }
}

/// The words of a line, with quotes and backslashes as a shell has them.
/// Spark: `Utils.splitCommandString`.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            // A backslash at the end of the line stands for nothing.
            (Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (Some(_) | None, other) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

/// The entries of a path, without empty ones at its end, as Java's `split` has them.
pub(super) fn path_entries(path: &str) -> Vec<String> {
    let entries = path.trim_end_matches(':');
    match (entries.is_empty(), path.is_empty()) {
        (true, false) => Vec::new(),
        (true, true) => vec![String::new()],
        (false, _) => entries.split(':').map(str::to_owned).collect(),
    }
}

/// What `spark.driver.resource.*` asks for, by name.
/// Spark: `ResourceUtils.parseResourceRequirements`.
///
/// # Errors
/// What Spark throws.
pub(super) fn resource_requirements(
    properties: &BTreeMap<String, String>,
) -> Result<Vec<ResourceRequirement>, String> {
    const PREFIX: &str = "spark.driver.resource.";
    let thrown = |what: String| format!("org.apache.spark.SparkException: {what}");
    let mut amounts: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for (key, value) in properties {
        let Some(rest) = key.strip_prefix(PREFIX) else {
            continue;
        };
        let (name, setting) = rest.split_once('.').ok_or_else(|| {
            thrown(format!(
                "You must specify an amount config for resource: {rest} config: {PREFIX}{rest}"
            ))
        })?;
        let amount = amounts.entry(name).or_default();
        if setting == "amount" {
            *amount = Some(value);
        }
    }
    let mut needs = Vec::new();
    for (name, amount) in amounts {
        let text =
            amount.ok_or_else(|| thrown(format!("You must specify an amount for {name}")))?;
        let amount = double(text).ok_or_else(|| {
            format!("java.lang.NumberFormatException: For input string: \"{text}\"")
        })?;
        if amount <= 0.0 || amount.is_nan() {
            continue;
        }
        if amount % 1.0 != 0.0 {
            return Err(thrown(
                "Only tasks support fractional resources, please check your spark.driver settings"
                    .to_owned(),
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Java's cast saturates as Rust's does"
        )]
        let amount = amount as i32;
        needs.push((name, amount));
    }
    // A name takes its place in the table of texts for good, so that none is made for what is
    // refused.
    let requirements = needs.into_iter().map(|(name, amount)| {
        let name = Text::try_new(name)
            .ok_or_else(|| "java.lang.OutOfMemoryError: the table of texts is full".to_owned())?;
        Ok(ResourceRequirement { name, amount })
    });
    requirements.collect()
}
