//! Unit tests of interned texts.

use super::{Text, attempt, scope};
use std::panic::catch_unwind;

#[test]
fn order_is_by_text_and_not_by_first_use() {
    scope(|| {
        let (later, earlier) = (Text::new("worker-2"), Text::new("worker-10"));
        assert!(later.number() < earlier.number());
        assert!(earlier < later);
        assert_eq!(Text::new("worker-2"), later);
    });
}

#[test]
fn numbers_are_dense_in_the_order_of_first_use() {
    scope(|| {
        let numbers = ["b", "a", "b", "", "a"].map(|text| Text::new(text).number());
        assert_eq!(numbers, [0, 1, 0, 2, 1]);
    });
}

#[test]
fn to_look_for_a_text_makes_none() {
    scope(|| {
        let known = Text::new("known");
        assert_eq!(Text::find("known"), Some(known));
        assert_eq!(Text::find("unknown"), None);
        assert_eq!(Text::new("next").number(), 1);
    });
}

#[test]
fn a_scope_begins_empty_and_restores_the_former_table() {
    let outside = Text::new("outside");
    let first_inside = scope(|| Text::new("inside").number());
    assert_eq!(first_inside, 0);
    assert_eq!(&*outside.as_str(), "outside");
}

#[test]
fn a_scope_that_panics_restores_the_former_table() {
    scope(|| {
        let outside = Text::new("outside");
        let result = catch_unwind(|| {
            scope(|| {
                Text::new("inside");
                panic!("on purpose");
            })
        });
        assert!(result.is_err());
        assert_eq!(&*outside.as_str(), "outside");
        assert_eq!(Text::new("inside").number(), 1);
    });
}

#[test]
fn a_text_is_printed_with_the_width_that_is_asked_for() {
    let text = Text::new("w1");
    assert_eq!(
        format!("[{text:>4}|{text:<4}|{text:?}]"),
        "[  w1|w1  |\"w1\"]"
    );
}

#[test]
fn a_failed_attempt_leaves_no_texts() {
    scope(|| {
        let known = Text::new("known");
        let failed: Result<(), &str> = attempt(|| {
            Text::new("made");
            Text::new("known");
            Err("refused")
        });
        assert_eq!(failed, Err("refused"));
        assert_eq!(Text::find("made"), None);
        assert_eq!(Text::find("known"), Some(known));
        let kept: Result<Text, &str> = attempt(|| Ok(Text::new("kept")));
        assert_eq!(kept.map(Text::number), Ok(1));
    });
}
