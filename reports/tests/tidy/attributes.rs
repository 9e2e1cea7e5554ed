//! The rule about exceptions to lints: expected, with a reason, and never allowed.

use crate::tree::{Offence, Tree, finds, obeyed};

fn exceptions_have_reasons(tree: &Tree) -> Vec<Offence> {
    let rule = "exceptions-have-reasons";
    let mut offences = Vec::new();
    for source in &tree.sources {
        for attribute in &source.attributes {
            // Under `cfg_attr` the lint attribute comes after the condition.
            let is = |word: &str| {
                let mut words = attribute.words.iter();
                match attribute.words.first().map(String::as_str) {
                    Some("cfg_attr") => words.any(|one| one == word),
                    first => first == Some(word),
                }
            };
            if is("allow") {
                offences.push(source.offence(
                    attribute.line,
                    rule,
                    "write #[expect(…, reason = \"…\")]",
                ));
            } else if is("expect") && !attribute.words.iter().any(|word| word == "reason") {
                offences.push(source.offence(attribute.line, rule, "#[expect] needs a reason"));
            }
        }
    }
    offences
}

#[test]
fn every_exception_to_a_lint_has_a_reason() {
    obeyed(exceptions_have_reasons);
}

#[test]
fn an_exception_without_reason_is_found() {
    let text = "#![allow(dead_code)]\n#[expect(unused)]\nfn f() {}\n#[expect(unused, reason = \"why\")]\nfn g() {}\n#[cfg_attr(unix, allow(unused))]\nfn h() {}\nconst A: &str = \"#[allow(x)]\";";
    finds(
        exceptions_have_reasons,
        &[("a.rs", text)],
        &["a.rs:1", "a.rs:2", "a.rs:6"],
    );
}
