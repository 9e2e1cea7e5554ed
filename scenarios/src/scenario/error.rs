//! What is wrong with a scenario file: every problem with its place, what was found, what is
//! allowed, and the nearest valid word. How problems are found is the readers' business.

use super::suggest::{by_distance, nearest};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes of the source.
    pub span: Range<usize>,
    /// What, in one sentence without a full stop.
    pub message: String,
    /// What is allowed, if that can be said.
    pub allowed: Option<String>,
    /// The nearest valid word.
    pub suggestion: Option<String>,
    /// Whether it can be judged without the rest of the file.
    pub(super) reach: Reach,
}

/// How much of a file a problem depends on. After a syntax error only what stands before it, by
/// itself, is worth reporting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// On its own place only.
    Local,
    /// On other parts of the file too.
    File,
}

impl Problem {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            allowed: None,
            suggestion: None,
            reach: Reach::Local,
        }
    }

    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Lists `words` as what is allowed (if they are few), and suggests the one next to `found`.
    pub(super) fn one_of<'w>(
        mut self,
        found: &str,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        self.suggestion = nearest(found, words.iter().copied()).map(str::to_owned);
        self.allowed = Some(match words.len() {
            0 => "nothing: there is none".to_owned(),
            1..=LISTED_MAX => words.join(", "),
            more => {
                let near = by_distance(found, words)
                    .into_iter()
                    .take(NEAR)
                    .collect::<Vec<_>>();
                format!("{} … ({more} in all)", near.join(", "))
            }
        });
        self
    }

    pub(super) fn about_file(mut self) -> Self {
        self.reach = Reach::File;
        self
    }
}

/// More words than this are not listed in a message: only so many of the nearest are.
const LISTED_MAX: usize = 30;
const NEAR: usize = 5;

/// The problems that were found so far.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems.dedup();
        problems
    }
}

/// A source text: the file, or one override of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    /// Where its bytes begin in the spans of problems.
    pub(super) offset: usize,
}

/// Everything that is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

/// Whether a message is for a terminal that shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape codes.
    Plain,
    /// With colours.
    Coloured,
}

impl ScenarioError {
    pub(super) fn new(sources: Vec<Source>, problems: Vec<Problem>) -> Self {
        assert!(
            !sources.is_empty() && !problems.is_empty(),
            "an error has a source and a problem"
        );
        Self { sources, problems }
    }

    /// The problems, in the order of their places.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// `file:line:column` of a problem; lines and columns count from 1, columns in characters.
    pub fn place(&self, problem: &Problem) -> String {
        let source = self.source(problem);
        let start = (problem.span.start - source.offset).min(source.text.len());
        let before = &source.text[..floor(&source.text, start)];
        let line_start = before.rfind('\n').map_or(0, |position| position + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        format!("{}:{line}:{column}", source.name)
    }

    fn source(&self, problem: &Problem) -> &Source {
        self.sources
            .iter()
            .rev()
            .find(|source| source.offset <= problem.span.start)
            .unwrap_or(&self.sources[0])
    }

    /// All problems with their source lines, one block each, and a blank line between.
    pub fn render(&self, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        }
        .decor_style(DecorStyle::Ascii);
        let blocks: Vec<String> = self
            .problems
            .iter()
            .map(|problem| self.block(problem, &renderer))
            .collect();
        blocks.join("\n\n")
    }

    fn block(&self, problem: &Problem, renderer: &Renderer) -> String {
        let source = self.source(problem);
        let start = floor(
            &source.text,
            problem.span.start.saturating_sub(source.offset),
        );
        let end = floor(&source.text, problem.span.end.saturating_sub(source.offset));
        let title = Level::ERROR.primary_title(problem.message.as_str());
        let mut group = if source.text.trim().is_empty() {
            // There is no line to show.
            Group::with_title(title)
                .element(Origin::path(source.name.as_str()).line(1).char_column(1))
        } else {
            // A span over several lines is shown by its first.
            let first_line = source.text[start..]
                .find('\n')
                .map_or(end, |length| start + length);
            let span = start..end.min(first_line).max(start);
            Group::with_title(title).element(
                Snippet::source(source.text.as_str())
                    .path(source.name.as_str())
                    .annotation(AnnotationKind::Primary.span(span)),
            )
        };
        if let Some(suggestion) = &problem.suggestion {
            group = group.element(Level::HELP.message(format!("did you mean `{suggestion}`?")));
        }
        if let Some(allowed) = &problem.allowed {
            group = group.element(Level::NOTE.message(format!("allowed: {allowed}")));
        }
        renderer.render(&[group])
    }
}

/// The last character boundary at or before `position`.
fn floor(text: &str, position: usize) -> usize {
    text.floor_char_boundary(position)
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for ScenarioError {}
