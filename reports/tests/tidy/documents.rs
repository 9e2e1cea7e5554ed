//! Rules about what is read first: the head of a file, the heading of a page, the title of a
//! scenario, and the list of commands that contributors and CI share.

use crate::tree::{File, Offence, Tree, finds, obeyed};

/// A scenario has fewer lines than this.
const SCENARIO_LINES: usize = 40;

fn sources_begin_with_a_sentence(tree: &Tree) -> Vec<Offence> {
    let bare = tree
        .ending(".rs")
        .filter(|file| !file.text.starts_with("//! "));
    bare.map(|file| file.offence(1, "sources-begin-with-a-sentence", "begin with `//! `"))
        .collect()
}

fn pages_begin_with_a_heading(tree: &Tree) -> Vec<Offence> {
    let bare = tree
        .ending(".md")
        .filter(|file| !file.text.trim_start().starts_with("# "));
    bare.map(|file| file.offence(1, "pages-begin-with-a-heading", "begin with `# `"))
        .collect()
}

fn scenarios_are_short_and_titled(tree: &Tree) -> Vec<Offence> {
    let rule = "scenarios-are-short-and-titled";
    let mut offences = Vec::new();
    for file in tree
        .ending(".toml")
        .filter(|file| file.path.starts_with("scenarios/files/"))
    {
        let lines = file.lines().count();
        if lines >= SCENARIO_LINES {
            let what = format!("{lines} lines; fewer than {SCENARIO_LINES}");
            offences.push(file.offence(lines, rule, what));
        }
        let is_said = |(_, text): &(usize, &str)| !text.trim().is_empty() && !text.starts_with('#');
        let (line, first) = file.lines().find(is_said).unwrap_or((1, ""));
        let title = first
            .parse::<toml::Table>()
            .ok()
            .and_then(|table| Some(table.get("title")?.as_str()?.to_owned()));
        match title {
            None => offences.push(file.offence(line, rule, "the title comes first")),
            Some(title) if !is_sentence(&title) => {
                offences.push(file.offence(line, rule, format!("\"{title}\" is not a sentence")));
            }
            Some(_) => {}
        }
    }
    offences
}

fn is_sentence(title: &str) -> bool {
    title.starts_with(char::is_uppercase) && title.split_whitespace().count() >= 3
}

fn commands_are_listed_once(tree: &Tree) -> Vec<Offence> {
    let rule = "commands-are-listed-once";
    let (Some(ci), Some(page)) = (tree.file(".ci/run"), tree.file("CONTRIBUTING.md")) else {
        return Vec::new();
    };
    let (run, listed) = (commands(ci), commands(page));
    let missing = |one: &[(usize, String)], other: &[(usize, String)]| -> Vec<(usize, String)> {
        one.iter()
            .filter(|(_, command)| !other.iter().any(|(_, known)| known == command))
            .cloned()
            .collect()
    };
    let unlisted = missing(&run, &listed).into_iter().map(|(line, command)| {
        ci.offence(line, rule, format!("`{command}` is not in CONTRIBUTING.md"))
    });
    let unrun = missing(&listed, &run)
        .into_iter()
        .map(|(line, command)| page.offence(line, rule, format!("`{command}` is not in .ci/run")));
    unlisted.chain(unrun).collect()
}

/// The lines that call cargo, without what only a script adds to them; of a page, those under
/// the heading "Commands".
fn commands(file: &File) -> Vec<(usize, String)> {
    let mut is_listed = !file.path.ends_with(".md");
    let mut found = Vec::new();
    for (line, text) in file.lines() {
        if file.path.ends_with(".md") && text.starts_with("## ") {
            is_listed = text == "## Commands";
        }
        let is_call = text.starts_with("cargo ") || text.starts_with("RUSTDOCFLAGS=");
        if is_listed && is_call {
            found.push((
                line,
                text.split(" 2>&1").next().unwrap_or(text).trim().to_owned(),
            ));
        }
    }
    found
}

#[test]
fn every_source_begins_with_a_sentence_about_itself() {
    obeyed(sources_begin_with_a_sentence);
}

#[test]
fn a_source_without_a_head_is_found() {
    finds(
        sources_begin_with_a_sentence,
        &[("a.rs", "//! A.\n"), ("b.rs", "fn f() {}")],
        &["b.rs:1"],
    );
}

#[test]
fn every_page_begins_with_a_heading() {
    obeyed(pages_begin_with_a_heading);
}

#[test]
fn a_page_without_a_heading_is_found() {
    finds(
        pages_begin_with_a_heading,
        &[("a.md", "\n# A\n"), ("b.md", "Text.\n\n## B")],
        &["b.md:1"],
    );
}

#[test]
fn scenarios_have_a_sentence_for_title_and_fewer_than_40_lines() {
    obeyed(scenarios_are_short_and_titled);
}

#[test]
fn a_long_or_untitled_scenario_is_found() {
    let good = "# Why.\n\ntitle = \"A worker comes back\"\nseed = 7\n";
    let long = format!("{good}{}", "\n".repeat(36));
    finds(
        scenarios_are_short_and_titled,
        &[
            ("scenarios/files/a/good.toml", good),
            (
                "scenarios/files/a/late.toml",
                "seed = 7\ntitle = \"A worker comes back\"",
            ),
            ("scenarios/files/a/long.toml", &long),
            (
                "scenarios/files/a/lower.toml",
                "title = \"worker comes back\"",
            ),
            ("scenarios/Cargo.toml", "[package]"),
        ],
        &[
            "scenarios/files/a/late.toml:1",
            "scenarios/files/a/long.toml:40",
            "scenarios/files/a/lower.toml:1",
        ],
    );
}

#[test]
fn contributors_and_ci_run_the_same_commands() {
    obeyed(commands_are_listed_once);
}

#[test]
fn a_command_that_only_one_of_them_runs_is_found() {
    finds(
        commands_are_listed_once,
        &[
            (
                ".ci/run",
                "cargo fmt --check\ncargo test --workspace 2>&1 | tee log\n",
            ),
            (
                "CONTRIBUTING.md",
                "# C\n\n## Commands\n\ncargo fmt --check\ncargo clippy\n\n## More\n\ncargo doc\n",
            ),
        ],
        &[".ci/run:2", "CONTRIBUTING.md:6"],
    );
}
