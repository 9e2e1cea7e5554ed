//! A Rust file as the rules see it: paths, functions, attributes and comments, with their lines.
//! Words inside string literals are nowhere among them. Nothing is judged here.

use crate::tree::{File, Offence};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A Rust file, taken apart.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) lines: usize,
    /// The flat tokens; `::` is one token, a literal has no text.
    pub(crate) tokens: Vec<Word>,
    /// Every path as written (`a::b`), and every import in full, braces resolved.
    pub(crate) paths: Vec<PathUse>,
    pub(crate) functions: Vec<Function>,
    /// Attributes except doc comments, as their words.
    pub(crate) attributes: Vec<Attribute>,
    /// Comments and doc comments, line by line.
    pub(crate) comments: Vec<Word>,
}

pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

pub(crate) struct PathUse {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

pub(crate) struct Attribute {
    pub(crate) words: Vec<String>,
    pub(crate) line: usize,
}

pub(crate) struct Function {
    pub(crate) name: String,
    /// The line of `fn`.
    pub(crate) line: usize,
    pub(crate) last_line: usize,
    /// The type whose `impl` it is in.
    pub(crate) owner: Option<String>,
    pub(crate) place: Place,
    /// The parameters of type `bool`.
    pub(crate) bools: Vec<String>,
}

/// Where a function stands, as far as its callers and its name are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Callable from other packages, if its module is.
    Public,
    Private,
    /// In `impl Trait for`: name and parameters are the trait's.
    OfTrait,
    /// A test, whose name is a sentence.
    Test,
}

impl Source {
    /// Takes a file apart. Panics if it is not Rust: then the build has failed as well.
    pub(crate) fn read(file: &File) -> Self {
        let stream: TokenStream = file
            .text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let syntax: syn::File =
            syn::parse2(stream.clone()).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let mut source = Self {
            path: file.path.clone(),
            lines: file.text.lines().count(),
            tokens: Vec::new(),
            paths: Vec::new(),
            functions: Vec::new(),
            attributes: Vec::new(),
            comments: Vec::new(),
        };
        let mut scan = Scan {
            text: &file.text,
            read: 0,
            line: 1,
            source: &mut source,
        };
        scan.stream(stream);
        scan.skip_to(file.text.len());
        source.paths = written_paths(&source.tokens);
        Syntax {
            source: &mut source,
            owner: None,
            trait_place: Place::Private,
        }
        .visit_file(&syntax);
        source
    }

    /// The lines on which these words follow one another.
    pub(crate) fn lines_of<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
        self.tokens
            .windows(words.len())
            .filter(move |window| {
                window
                    .iter()
                    .zip(words)
                    .all(|(token, word)| token.text == *word)
            })
            .map(|window| window[0].line)
    }

    /// The lines with a path in which these segments follow one another.
    pub(crate) fn lines_of_path<'a>(
        &'a self,
        part: &'a [&str],
    ) -> impl Iterator<Item = usize> + 'a {
        self.paths
            .iter()
            .filter(move |path| path.contains(part))
            .map(|path| path.line)
    }

    pub(crate) fn offence(
        &self,
        line: usize,
        rule: &'static str,
        what: impl Into<String>,
    ) -> Offence {
        Offence {
            path: self.path.clone(),
            line,
            rule,
            what: what.into(),
        }
    }
}

impl PathUse {
    fn contains(&self, part: &[&str]) -> bool {
        self.segments
            .windows(part.len())
            .any(|window| window.iter().zip(part).all(|(one, other)| one == other))
    }
}

/// Walks over the tokens; what lies between two of them and is not blank is a comment.
struct Scan<'a> {
    text: &'a str,
    /// Bytes read.
    read: usize,
    line: usize,
    source: &'a mut Source,
}

impl Scan<'_> {
    fn stream(&mut self, stream: TokenStream) {
        let mut trees = stream.into_iter().peekable();
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.token(open, group.span_open());
                    self.stream(group.stream());
                    self.token(close, group.span_close());
                }
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let is_doc = self.text[punct.span().byte_range()].starts_with('/');
                    if is_doc {
                        self.skip_to(punct.span().byte_range().end);
                    } else {
                        self.token("#", punct.span());
                    }
                    while let Some(TokenTree::Punct(inner)) = trees.peek()
                        && inner.as_char() == '!'
                    {
                        if !is_doc {
                            self.token("!", inner.span());
                        }
                        trees.next();
                    }
                    if let Some(TokenTree::Group(group)) = trees.peek()
                        && group.delimiter() == Delimiter::Bracket
                    {
                        if is_doc {
                            trees.next();
                        } else {
                            let attribute = Attribute {
                                words: words_of(group.stream()),
                                line: punct.span().start().line,
                            };
                            self.source.attributes.push(attribute);
                        }
                    }
                }
                TokenTree::Punct(punct) => self.token(&punct.as_char().to_string(), punct.span()),
                TokenTree::Ident(ident) => self.token(&ident.to_string(), ident.span()),
                TokenTree::Literal(literal) => self.token("", literal.span()),
            }
        }
    }

    fn token(&mut self, text: &str, span: Span) {
        let bytes = span.byte_range();
        self.skip_to(bytes.start);
        let is_second_colon = text == ":"
            && self.text[..bytes.start].ends_with(':')
            && self
                .source
                .tokens
                .last()
                .is_some_and(|last| last.text == ":");
        if is_second_colon {
            self.source
                .tokens
                .last_mut()
                .expect("a first colon was seen")
                .text
                .push(':');
        } else {
            self.source.tokens.push(Word {
                text: text.to_owned(),
                line: span.start().line,
            });
        }
        self.advance(bytes.end);
    }

    /// Takes what lies before `end` for comments.
    fn skip_to(&mut self, end: usize) {
        for (index, line) in self.text[self.read..end].split('\n').enumerate() {
            if !line.trim().is_empty() {
                let comment = Word {
                    text: line.trim().to_owned(),
                    line: self.line + index,
                };
                self.source.comments.push(comment);
            }
        }
        self.advance(end);
    }

    fn advance(&mut self, end: usize) {
        self.line += self.text[self.read..end].matches('\n').count();
        self.read = end;
    }
}

fn words_of(stream: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Group(group) => words.extend(words_of(group.stream())),
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    words
}

fn written_paths(tokens: &[Word]) -> Vec<PathUse> {
    let is_name = |word: &Word| {
        word.text
            .starts_with(|first: char| first.is_alphabetic() || first == '_')
    };
    let mut paths = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if !is_name(first) {
            continue;
        }
        let mut segments = vec![first.text.clone()];
        while let [colons, next, after @ ..] = rest
            && colons.text == "::"
            && is_name(next)
        {
            segments.push(next.text.clone());
            rest = after;
        }
        paths.push(PathUse {
            segments,
            line: first.line,
        });
    }
    paths
}

struct Syntax<'a> {
    source: &'a mut Source,
    owner: Option<String>,
    /// The place of the methods of the trait that is being read.
    trait_place: Place,
}

impl Syntax<'_> {
    fn function(&mut self, signature: &syn::Signature, place: Place, block: Option<&syn::Block>) {
        let line = signature.fn_token.span.start().line;
        let bools = signature.inputs.iter().filter_map(bool_parameter).collect();
        self.source.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            last_line: block.map_or(line, |block| block.brace_token.span.close().end().line),
            owner: self.owner.clone(),
            place,
            bools,
        });
    }

    fn import(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let with = |ident: &syn::Ident| [prefix, &[ident.to_string()]].concat();
        let (segments, line) = match tree {
            syn::UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => {
                return group
                    .items
                    .iter()
                    .for_each(|item| self.import(item, prefix));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                (prefix.to_vec(), name.ident.span())
            }
            syn::UseTree::Name(name) => (with(&name.ident), name.ident.span()),
            syn::UseTree::Rename(rename) => (with(&rename.ident), rename.ident.span()),
            syn::UseTree::Glob(glob) => (
                [prefix, &["*".to_owned()]].concat(),
                glob.star_token.spans[0],
            ),
        };
        self.source.paths.push(PathUse {
            segments,
            line: line.start().line,
        });
    }
}

impl<'ast> Visit<'ast> for Syntax<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_test = item.attrs.iter().any(|one| one.path().is_ident("test"));
        let place = if is_test {
            Place::Test
        } else {
            place_of(&item.vis)
        };
        self.function(&item.sig, place, Some(&item.block));
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let name = if let syn::Type::Path(path) = &*item.self_ty {
            path.path.segments.last().map(|last| last.ident.to_string())
        } else {
            None
        };
        let outer = std::mem::replace(&mut self.owner, name);
        for inner in &item.items {
            if let syn::ImplItem::Fn(function) = inner {
                let place = if item.trait_.is_some() {
                    Place::OfTrait
                } else {
                    place_of(&function.vis)
                };
                self.function(&function.sig, place, Some(&function.block));
            }
        }
        visit::visit_item_impl(self, item);
        self.owner = outer;
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.trait_place = place_of(&item.vis);
        visit::visit_item_trait(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig, self.trait_place, item.default.as_ref());
        visit::visit_trait_item_fn(self, item);
    }
}

fn place_of(visibility: &syn::Visibility) -> Place {
    match visibility {
        syn::Visibility::Public(_) => Place::Public,
        syn::Visibility::Restricted(_) | syn::Visibility::Inherited => Place::Private,
    }
}

fn bool_parameter(argument: &syn::FnArg) -> Option<String> {
    let syn::FnArg::Typed(typed) = argument else {
        return None;
    };
    let mut kind = &*typed.ty;
    while let syn::Type::Reference(reference) = kind {
        kind = &reference.elem;
    }
    let is_bool = matches!(kind, syn::Type::Path(path) if path.path.is_ident("bool"));
    let name = if let syn::Pat::Ident(ident) = &*typed.pat {
        ident.ident.to_string()
    } else {
        "_".to_owned()
    };
    is_bool.then_some(name)
}

#[test]
fn takes_a_file_apart() {
    let text = "//! Front.\n\nuse a::{self, b::C};\n/* long\n   one */\n#[expect(dead_code, reason = \"x\")]\nfn f() { g::h(\"// no\") } // tail\n";
    let source = Source::read(&File {
        path: "a.rs".to_owned(),
        text: text.to_owned(),
    });
    let comments: Vec<_> = source
        .comments
        .iter()
        .map(|one| (one.line, one.text.as_str()))
        .collect();
    assert_eq!(
        comments,
        [
            (1, "//! Front."),
            (4, "/* long"),
            (5, "one */"),
            (7, "// tail")
        ]
    );
    assert_eq!(
        source.lines_of_path(&["a", "b", "C"]).collect::<Vec<_>>(),
        [3]
    );
    assert_eq!(source.lines_of_path(&["g", "h"]).collect::<Vec<_>>(), [7]);
    assert_eq!(
        source.attributes[0].words,
        ["expect", "dead_code", "reason"]
    );
    assert_eq!(
        (source.functions[0].line, source.functions[0].last_line),
        (7, 7)
    );
}
