//! The JSON Schema knows the keys that the readers know.

use super::good::EVERY_KEY_TEXT;
use super::{SMALLEST, wrong};
use crate::scenario::schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whether `value` fits `schema`, for the words of JSON Schema that ours uses.
fn fits(schema: &Value, value: &Value) -> bool {
    if let Some(flag) = schema.as_bool() {
        return flag;
    }
    let object = schema.as_object().unwrap();
    object.iter().all(|(word, rule)| match word.as_str() {
        "type" => {
            let types = rule
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![rule.clone()]);
            types
                .iter()
                .any(|name| is_type(name.as_str().unwrap(), value))
        }
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "anyOf" => rule
            .as_array()
            .unwrap()
            .iter()
            .any(|schema| fits(schema, value)),
        "minimum" => value
            .as_i64()
            .is_none_or(|number| number >= rule.as_i64().unwrap()),
        "maximum" => value
            .as_i64()
            .is_none_or(|number| number <= rule.as_i64().unwrap()),
        "minItems" => value
            .as_array()
            .is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
        "maxItems" => value
            .as_array()
            .is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
        "items" => value
            .as_array()
            .is_none_or(|list| list.iter().all(|item| fits(rule, item))),
        "required" => value.as_object().is_none_or(|table| {
            rule.as_array()
                .unwrap()
                .iter()
                .all(|key| table.contains_key(key.as_str().unwrap()))
        }),
        "additionalProperties" => value.as_object().is_none_or(|table| {
            table
                .iter()
                .all(|(key, value)| is_known(object, key) || fits(rule, value))
        }),
        "properties" => value.as_object().is_none_or(|table| {
            table
                .iter()
                .all(|(key, value)| rule.get(key).is_none_or(|rule| fits(rule, value)))
        }),
        // Patterns are checked by the readers' own tests.
        "pattern" | "patternProperties" | "description" | "title" | "$schema" => true,
        unknown => panic!("the schema uses `{unknown}`"),
    })
}

fn is_known(schema: &serde_json::Map<String, Value>, key: &str) -> bool {
    let named = schema
        .get("properties")
        .is_some_and(|keys| keys.get(key).is_some());
    let pattern = schema.contains_key("patternProperties") && key.contains(".resource.");
    named || pattern
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("the schema uses type `{unknown}`"),
    }
}

fn json_of(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

#[test]
fn what_the_reader_takes_the_schema_takes() {
    let schema = schema();
    for text in [
        SMALLEST,
        EVERY_KEY_TEXT,
        &super::plan(EVERY_KEY_TEXT).to_toml(),
    ] {
        assert!(fits(&schema, &json_of(text)), "{text}");
    }
}

#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let schema = schema();
    for addition in [
        "[networks]\n",
        "[network]\nlatencies = \"1ms\"\n",
        "[conf]\n\"spark.nothing\" = 1\n",
        "[[fault]]\nat = \"1s\"\nloss = 0.5\n",
        "[[expect]]\nby = 5\nworker = \"worker-1\"\n",
        "[[driver]]\nname = \"a\"\ncores = 0\n",
        "[[application]]\nname = \"a\"\n[[application.request]]\nat = \"1s\"\nexecutor = 1\n",
        "[sweep]\nseed = 1\n",
        "[sweep.axes]\nuntil = []\n",
        "[sweep.axes]\nuntil = { from = \"1s\", to = \"9s\" }\n",
    ] {
        let text = SMALLEST.to_owned() + addition;
        assert!(!fits(&schema, &json_of(&text)), "{text}");
        assert!(!wrong(&text).problems().is_empty());
    }
}

/// Every key of every table of a schema.
fn keys_of_schema(schema: &Value, keys: &mut BTreeSet<String>) {
    if let Some(table) = schema.get("properties").and_then(Value::as_object) {
        keys.extend(table.keys().cloned());
    }
    for inner in schema
        .as_object()
        .into_iter()
        .flat_map(|object| object.values())
    {
        keys_of_schema(inner, keys);
    }
    for inner in schema.as_array().into_iter().flatten() {
        keys_of_schema(inner, keys);
    }
}

/// Every key of every table of a document.
fn keys_of_document(value: &Value, keys: &mut BTreeSet<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        keys.insert(key.clone());
        keys_of_document(inner, keys);
    }
    for inner in value.as_array().into_iter().flatten() {
        keys_of_document(inner, keys);
    }
}

#[test]
fn the_file_of_every_key_uses_every_key() {
    let mut schema = schema();
    // Of configuration keys and switches a few are enough.
    schema["properties"]["conf"] = json!({});
    schema["properties"]["behaviour"] = json!({});
    let (mut known, mut used) = (BTreeSet::new(), BTreeSet::new());
    keys_of_schema(&schema, &mut known);
    keys_of_document(&json_of(EVERY_KEY_TEXT), &mut used);
    // Samples in a file have a test of their own.
    let unused: Vec<&String> = known
        .difference(&used)
        .filter(|key| *key != "csv")
        .collect();
    assert_eq!(unused, Vec::<&String>::new());
}

#[test]
fn the_document_tells_of_every_key_and_its_examples_are_taken() {
    let document = include_str!("../../../README.md");
    let mut schema = schema();
    schema["properties"]["conf"] = json!({});
    schema["properties"]["behaviour"] = json!({});
    let mut known = BTreeSet::new();
    keys_of_schema(&schema, &mut known);
    let untold: Vec<&String> = known
        .iter()
        .filter(|key| !document.contains(&format!("| `{key}` |")))
        .collect();
    assert_eq!(untold, Vec::<&String>::new());
    let examples: Vec<&str> = document
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 4);
    for example in examples {
        super::plan(example);
    }
}
