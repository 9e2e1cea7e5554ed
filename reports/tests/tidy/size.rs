//! Rules about size: one idea per file, and a function that fits on a screen.

use crate::tree::{Offence, Tree, finds, is_test, obeyed};

/// Lines of a file, tests not counted.
const FILE_LINES_MAX: usize = 500;

/// Lines of a function, from `fn` to its last brace.
const FUNCTION_LINES_MAX: usize = 70;

fn files_are_short(tree: &Tree) -> Vec<Offence> {
    let code = tree
        .sources
        .iter()
        .filter(|source| !is_test(&source.path) || source.path.starts_with("reports/tests/tidy"));
    code.filter(|source| source.lines > FILE_LINES_MAX)
        .map(|source| {
            let what = format!("{} lines; at most {FILE_LINES_MAX}", source.lines);
            source.offence(source.lines, "files-are-short", what)
        })
        .collect()
}

fn functions_fit_on_a_screen(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in &tree.sources {
        for function in &source.functions {
            let lines = function.last_line - function.line + 1;
            if lines > FUNCTION_LINES_MAX {
                let what = format!(
                    "{} has {lines} lines; at most {FUNCTION_LINES_MAX}",
                    function.name
                );
                offences.push(source.offence(function.line, "functions-fit-on-a-screen", what));
            }
        }
    }
    offences
}

#[test]
fn files_have_at_most_500_lines() {
    obeyed(files_are_short);
}

#[test]
fn a_file_of_501_lines_is_found() {
    let (limit, over) = ("\n".repeat(500), "\n".repeat(501));
    finds(
        files_are_short,
        &[
            ("a.rs", &limit),
            ("b.rs", &over),
            ("c/tests.rs", &over),
            ("c/tests/it/main.rs", &over),
        ],
        &["b.rs:501"],
    );
}

#[test]
fn functions_have_at_most_70_lines() {
    obeyed(functions_fit_on_a_screen);
}

#[test]
fn a_function_of_71_lines_is_found() {
    let limit = format!("fn f() {{{}}}", "\n".repeat(69));
    let over = format!("\nimpl A {{\n/// Long.\nfn f() {{{}}}\n}}", "\n".repeat(70));
    finds(
        functions_fit_on_a_screen,
        &[("a.rs", &limit), ("b.rs", &over)],
        &["b.rs:4"],
    );
}
