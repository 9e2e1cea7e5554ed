//! The house rules as a test: each rule is a function from the source tree to its offences.
//! Every rule has two tests: the tree obeys it, and it rejects a sample that breaks it.
//! What clippy and the compiler can check by themselves is left to them.

#[path = "tidy/attributes.rs"]
mod attributes;
#[path = "tidy/concerns.rs"]
mod concerns;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/manifests.rs"]
mod manifests;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/size.rs"]
mod size;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;
