//! The JSON Schema of scenario files, made from the tables of keys, so that it knows exactly
//! the keys that the readers know. What depends on other parts of a file (names, times after
//! the end) is beyond a schema.

use super::keys::{
    AMOUNT, BEHAVIOUR, DISTRIBUTIONS, Form, Keys, LATENCY, QUANTITY, RANGE, SIZE, TOP,
};
use deploysim_protocol::behaviour::{Behaviour, PROFILES};
use deploysim_protocol::conf::{Conf, Key, PatternKey, Unit};
use serde_json::{Map, Value, json};

const TIME_PATTERN: &str = r"^\s*[0-9]+(\.[0-9]+)?\s*(ns|us|ms|s|min|m|h|d)\s*$";
const MEMORY_PATTERN: &str = r"^\s*[0-9]+(\.[0-9]+)?\s*([kKmMgGtT]([iI]?[bB])?|[bB])\s*$";
const RATE_PATTERN: &str = r"^\s*[0-9]+\s*(B|kB|MB|GB|kbit|Mbit|Gbit)/s\s*$";

/// The JSON Schema (draft 2020-12) of scenario files. Unknown keys are refused.
pub fn schema() -> Value {
    let mut schema = table(&TOP);
    if let Some(object) = schema.as_object_mut() {
        object.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        object.insert("title".to_owned(), json!("deploysim scenario"));
        object.insert("required".to_owned(), json!(["title", "until", "cluster"]));
    }
    schema
}

fn table(keys: &Keys) -> Value {
    let mut properties = Map::new();
    for key in keys
        .keys
        .iter()
        .filter(|key| !matches!(key.form, Form::Later))
    {
        let mut value = form(&key.form);
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(key.meaning));
        }
        properties.insert(key.name.to_owned(), value);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": keys.is_open })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

fn text() -> Value {
    json!({ "type": "string", "pattern": r"\S" })
}

fn time() -> Value {
    json!({ "type": "string", "pattern": TIME_PATTERN })
}

fn memory() -> Value {
    json!({ "type": "string", "pattern": MEMORY_PATTERN })
}

fn names() -> Value {
    json!({ "anyOf": [text(), list(&text())] })
}

fn integer(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

fn form(of: &Form) -> Value {
    match of {
        Form::Text => text(),
        Form::Texts => json!({ "type": "array", "items": text() }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::True => json!({ "const": true }),
        Form::Integer(least, most) => integer(*least, *most),
        Form::Integers => {
            let one = integer(i64::from(i32::MIN), i64::from(i32::MAX));
            json!({ "anyOf": [one, list(&one)] })
        }
        Form::Number => json!({ "type": "number" }),
        Form::Time => time(),
        Form::Memory => memory(),
        Form::Rate => json!({ "type": "string", "pattern": RATE_PATTERN }),
        Form::Latency => json!({ "anyOf": [time(), distribution(&LATENCY)] }),
        Form::Amount => {
            json!({ "anyOf": [integer(1, i64::from(i32::MAX)), distribution(&AMOUNT)] })
        }
        Form::Size => json!({ "anyOf": [memory(), distribution(&SIZE)] }),
        Form::Samples(each) => list(&form(each)),
        Form::Word(words) => json!({ "enum": words }),
        Form::Quantity => {
            json!({ "anyOf": [integer(0, i64::from(i32::MAX)), table(&QUANTITY)] })
        }
        Form::Names => names(),
        Form::Pair => {
            json!({ "type": "array", "items": names(), "minItems": 2, "maxItems": 2 })
        }
        Form::Resources => {
            json!({ "type": "object", "additionalProperties": integer(1, i64::from(i32::MAX)) })
        }
        Form::Conf => conf(),
        Form::Behaviour => behaviour(),
        Form::Table(keys) => table(keys),
        Form::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
        Form::TableOrTables(keys) => {
            json!({ "anyOf": [table(keys), { "type": "array", "items": table(keys) }] })
        }
        Form::Seeds => json!({ "anyOf": [integer(1, i64::MAX), text()] }),
        Form::Axes => by_key(&json!({ "anyOf": [list(&json!(true)), range()] })),
        Form::Zips => list(&by_key(&list(&json!(true)))),
        Form::Skips => list(&by_key(&json!(true))),
        Form::Step => json!({ "anyOf": [integer(i64::MIN, i64::MAX), time()] }),
        Form::Later => json!(false),
    }
}

/// A table of such values, by keys of the scenario.
fn by_key(value: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": value })
}

fn range() -> Value {
    let mut schema = table(&RANGE);
    if let Some(object) = schema.as_object_mut() {
        object.insert("required".to_owned(), json!(["from", "to", "step"]));
    }
    schema
}

fn distribution(keys: &Keys) -> Value {
    let mut schema = table(keys);
    if let Some(object) = schema.as_object_mut() {
        object.insert("required".to_owned(), json!(["distribution"]));
    }
    debug_assert_eq!(DISTRIBUTIONS.len(), 8, "a reader for each");
    schema
}

fn behaviour() -> Value {
    let mut switches = Map::new();
    switches.insert("profile".to_owned(), json!({ "enum": PROFILES }));
    for id in Behaviour::SELECTABLE {
        switches.insert((*id).to_owned(), json!({ "enum": Behaviour::words(id) }));
    }
    debug_assert!(BEHAVIOUR.is_open, "its reader checks the switches");
    json!({ "anyOf": [
        { "enum": PROFILES },
        { "type": "object", "properties": switches, "additionalProperties": false },
    ] })
}

fn conf() -> Value {
    let mut keys = Map::new();
    for key in Conf::keys() {
        for name in std::iter::once(&key.name).chain(key.aliases) {
            keys.insert((*name).to_owned(), conf_value(key));
        }
    }
    let mut patterns = Map::new();
    for pattern in PatternKey::ALL {
        let name = pattern
            .name("[^. ]+")
            .replace("spark.", r"spark\.")
            .replace(".amount", r"\.amount");
        patterns.insert(
            format!("^{name}$"),
            json!({ "type": ["integer", "string"] }),
        );
    }
    json!({
        "type": "object",
        "properties": keys,
        "patternProperties": patterns,
        "additionalProperties": false,
    })
}

fn conf_value(key: &Key) -> Value {
    let types = match key.unit {
        Unit::Seconds | Unit::Count | Unit::Cores | Unit::Mebibytes | Unit::Port => {
            json!(["integer", "string"])
        }
        Unit::Word => json!(["boolean", "string"]),
        Unit::Text => json!("string"),
    };
    json!({ "type": types, "description": format!("{} (since {})", key.used_in, key.since) })
}
