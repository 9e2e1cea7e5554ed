//! `--set key.path=value`: changes to a scenario from the command line, made in its tree before
//! it is checked, so that they are checked alike.

use super::error::{Problem, Problems, Source};
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file and each override as sources of problems. The place of a problem counts through
/// all their texts.
pub(super) fn sources(name: &str, text: String, overrides: &[String]) -> Vec<Source> {
    let mut offset = text.len() + 1;
    let mut sources = vec![Source {
        name: name.to_owned(),
        text,
        offset: 0,
    }];
    for text in overrides {
        sources.push(Source {
            name: "--set".to_owned(),
            text: text.clone(),
            offset,
        });
        offset += text.len() + 1;
    }
    sources
}

/// Puts one override into the tree.
pub(super) fn apply<'a>(
    root: &mut DeTable<'a>,
    source: &Source,
    text: &'a str,
    problems: &Problems,
) {
    let whole = source.offset..source.offset + text.len();
    let Some((path, value)) = text.split_once('=') else {
        let problem = Problem::new(whole, format!("`{text}` sets nothing"));
        problems.push(problem.allowed("key.path=value, for instance cluster.worker.count=5"));
        return;
    };
    let value_span = whole.start + path.len() + 1..whole.end;
    let (path, path_span) = (path.trim(), whole.start..whole.start + path.len());
    if segments(path)[0] == "sweep" {
        problems.push(Problem::new(path_span, "`sweep` is changed in its file"));
        return;
    }
    put(root, (path, &path_span), (value, &value_span), problems);
}

/// Puts a value, given as TOML or as a bare text, under a path of keys. Both come with their
/// places.
pub(super) fn put<'a>(
    root: &mut DeTable<'a>,
    (path, path_span): (&'a str, &Range<usize>),
    (value, value_span): (&'a str, &Range<usize>),
    problems: &Problems,
) {
    let segments = segments(path);
    if segments.iter().any(|segment| segment.is_empty()) {
        problems.push(Problem::new(
            path_span.clone(),
            format!("`{path}` is not a path of keys"),
        ));
        return;
    }
    let value = shifted(parse_value(value.trim()), value_span);
    insert(root, &segments, value, path_span, problems);
}

/// The keys of a path. A configuration key is one key, though it has dots.
pub(super) fn segments(path: &str) -> Vec<&str> {
    match path.strip_prefix("conf.") {
        Some(key) => vec!["conf", key.trim_matches('"')],
        None => path
            .split('.')
            .map(|segment| segment.trim_matches('"'))
            .collect(),
    }
}

/// A TOML value, or the text itself, so that quotes may be left out.
fn parse_value(text: &str) -> DeValue<'_> {
    DeValue::parse(text).map_or_else(
        |_| DeValue::String(Cow::Borrowed(text)),
        Spanned::into_inner,
    )
}

/// The value with `span` as its place and as that of everything in it.
fn shifted<'a>(value: DeValue<'a>, span: &Range<usize>) -> Spanned<DeValue<'a>> {
    let inner = match value {
        DeValue::Array(array) => DeValue::Array(
            array
                .into_iter()
                .map(|element| shifted(element.into_inner(), span))
                .collect(),
        ),
        DeValue::Table(table) => DeValue::Table(
            table
                .into_iter()
                .map(|(key, element)| {
                    (
                        Spanned::new(span.clone(), key.into_inner()),
                        shifted(element.into_inner(), span),
                    )
                })
                .collect(),
        ),
        plain @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)) => plain,
    };
    Spanned::new(span.clone(), inner)
}

fn insert<'a>(
    table: &mut DeTable<'a>,
    segments: &[&'a str],
    value: Spanned<DeValue<'a>>,
    span: &Range<usize>,
    problems: &Problems,
) {
    let [first, rest @ ..] = segments else { return };
    if rest.is_empty() {
        table.remove(*first);
        table.insert(Spanned::new(span.clone(), Cow::Borrowed(*first)), value);
        return;
    }
    if !table.contains_key(*first) {
        let empty = Spanned::new(span.clone(), DeValue::Table(DeTable::new()));
        table.insert(Spanned::new(span.clone(), Cow::Borrowed(*first)), empty);
    }
    let Some(node) = table.get_mut(*first) else {
        return;
    };
    descend(node, first, rest, value, span, problems);
}

fn descend<'a>(
    node: &mut Spanned<DeValue<'a>>,
    name: &str,
    segments: &[&'a str],
    value: Spanned<DeValue<'a>>,
    span: &Range<usize>,
    problems: &Problems,
) {
    match node.get_mut() {
        DeValue::Table(table) => insert(table, segments, value, span, problems),
        DeValue::Array(array) => {
            // An element is called by its number from 0, or by its name.
            let count = array.len();
            let wanted = segments[0];
            let position = wanted
                .parse()
                .ok()
                .filter(|index| *index < count)
                .or_else(|| {
                    (0..count).find(|index| {
                        let name = array
                            .get(*index)
                            .and_then(|element| element.get_ref().get("name"));
                        name.and_then(|name| name.get_ref().as_str()) == Some(wanted)
                    })
                });
            match position.and_then(|index| array.get_mut(index)) {
                Some(element) if segments.len() == 1 => *element = value,
                Some(element) => descend(element, wanted, &segments[1..], value, span, problems),
                None => {
                    let message = format!("`{name}` has no element `{wanted}`");
                    let allowed = format!("a number below {count}, or the name of an element");
                    problems.push(Problem::new(span.clone(), message).allowed(allowed));
                }
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {
            let message = format!("`{name}` has no keys inside");
            problems.push(Problem::new(span.clone(), message));
        }
    }
}
