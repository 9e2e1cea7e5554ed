//! Rules about names and signatures: of functions, types, files and parameters.

use crate::source::Place;
use crate::tree::{Offence, Tree, finds, is_test, obeyed};

/// Beginnings of function names that say nothing.
const EMPTY_VERBS: [&str; 3] = ["get_", "process_", "do_"];

/// File and folder names that say nothing.
const EMPTY_FILES: [&str; 10] = [
    "common",
    "helper",
    "helpers",
    "manager",
    "misc",
    "shared_types",
    "types",
    "util",
    "utils",
    "utilities",
];

/// Ends of type names that say nothing.
const EMPTY_TYPES: [&str; 4] = ["Helper", "Manager", "Util", "Utils"];

/// Public functions that may take a `bool`: path, function, reason.
const BOOLS: [(&str, &str, &str); 0] = [];

fn functions_say_what_they_do(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in &tree.sources {
        let ours = source
            .functions
            .iter()
            .filter(|one| matches!(one.place, Place::Public | Place::Private));
        for function in ours {
            if let Some(verb) = EMPTY_VERBS
                .iter()
                .find(|verb| function.name.starts_with(**verb))
            {
                let what = format!("{} begins with {verb}", function.name);
                offences.push(source.offence(function.line, "functions-say-what-they-do", what));
            }
        }
    }
    offences
}

fn files_say_what_they_hold(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".rs")) {
        let path = file.path.trim_end_matches(".rs");
        if let Some(part) = path.split('/').find(|part| EMPTY_FILES.contains(part)) {
            let what = format!("\"{part}\" does not say what is in it");
            offences.push(file.offence(1, "files-say-what-they-hold", what));
        }
    }
    offences
}

fn types_say_what_they_are(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in &tree.sources {
        for pair in source.tokens.windows(2) {
            let is_type = ["struct", "enum", "trait", "type"].contains(&pair[0].text.as_str());
            if is_type && EMPTY_TYPES.iter().any(|end| pair[1].text.ends_with(end)) {
                let what = format!("{} does not say what it is", pair[1].text);
                offences.push(source.offence(pair[1].line, "types-say-what-they-are", what));
            }
        }
    }
    offences
}

fn parameters_speak(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in tree.sources.iter().filter(|source| !is_test(&source.path)) {
        for function in source
            .functions
            .iter()
            .filter(|one| one.place == Place::Public)
        {
            let is_allowed = BOOLS
                .iter()
                .any(|(path, name, _)| source.path == *path && function.name == *name);
            for parameter in function.bools.iter().filter(|_| !is_allowed) {
                let what = format!("{} takes a bool, {parameter}; use an enum", function.name);
                offences.push(source.offence(function.line, "parameters-speak", what));
            }
        }
    }
    offences
}

#[test]
fn functions_begin_with_a_verb_that_says_something() {
    obeyed(functions_say_what_they_do);
}

#[test]
fn a_function_with_an_empty_verb_is_found() {
    let text = "fn get_it() {}\nfn getter() {}\nimpl A {\npub fn process_all() {}\n}\ntrait B {\nfn do_it();\n}\nimpl B for A {\nfn do_it() {}\n}\n#[test]\nfn process_names_are_short() {}";
    finds(
        functions_say_what_they_do,
        &[("a.rs", text)],
        &["a.rs:1", "a.rs:4", "a.rs:7"],
    );
}

#[test]
fn file_names_say_something() {
    obeyed(files_say_what_they_hold);
}

#[test]
fn a_file_with_an_empty_name_is_found() {
    finds(
        files_say_what_they_hold,
        &[
            ("a/util.rs", ""),
            ("a/common/mod.rs", ""),
            ("a/commonly.rs", ""),
        ],
        &["a/common/mod.rs:1", "a/util.rs:1"],
    );
}

#[test]
fn type_names_say_something() {
    obeyed(types_say_what_they_are);
}

#[test]
fn a_type_with_an_empty_name_is_found() {
    let text = "struct LinkManager;\nenum Utility { A }\ntrait TimeHelper {}";
    finds(
        types_say_what_they_are,
        &[("a.rs", text)],
        &["a.rs:1", "a.rs:3"],
    );
}

#[test]
fn public_functions_take_no_bool() {
    obeyed(parameters_speak);
}

#[test]
fn a_bool_parameter_is_found() {
    let text = "pub fn f(a: u8, b: bool) {}\nfn g(a: bool) {}\npub trait T {\nfn h(&self, a: &bool);\n}\nimpl T for A {\nfn h(&self, a: &bool) {}\n}\nimpl A {\npub fn i(&self) -> bool { true }\n}";
    finds(
        parameters_speak,
        &[("a.rs", text), ("a/tests.rs", text)],
        &["a.rs:1", "a.rs:4"],
    );
}
