//! Values of properties, and JSON as Jackson writes it.

use crate::gateway::json;
use crate::gateway::properties::{boolean, double, integer, memory_mib, path_entries, words};
use serde::Serialize;

#[test]
fn memory_is_read_as_spark_reads_it() {
    let cases = [
        ("512m", Some(512)),
        (" 1G ", Some(1024)),
        ("700", Some(0)),
        ("1073741824b", Some(1024)),
        ("1048575", Some(0)),
        ("2tb", Some(2 << 20)),
        // 2^31 MiB wrap around.
        ("2p", Some(i32::MIN)),
        ("4096p", Some(0)),
        ("8192p", None),
        ("1.5g", None),
        ("-1g", None),
        ("1gib", None),
        ("g", None),
        ("", None),
        ("9223372036854775808", None),
    ];
    for (text, mebibytes) in cases {
        assert_eq!(memory_mib(text), mebibytes, "{text}");
    }
}

#[test]
fn numbers_and_flags_are_read_as_java_reads_them() {
    for text in [
        "1",
        "+1.5",
        "-.5",
        "1.",
        "1e3",
        "1E-3",
        " 2 ",
        "3f",
        "4.0D",
        "NaN",
        "-Infinity",
    ] {
        assert!(double(text).is_some(), "{text}");
    }
    for text in [
        "", "x", "inf", "nan", "1e", "1ff", "f", "1_0", "--1", "+", "1 2",
    ] {
        assert_eq!(double(text), None, "{text}");
    }
    assert_eq!(integer("+7"), Ok(7));
    assert!(integer("7.0").is_err());
    assert_eq!(
        (boolean("TrUe"), boolean("false")),
        (Some(true), Some(false))
    );
    assert_eq!((boolean("1"), boolean("")), (None, None));
}

#[test]
fn options_are_split_as_a_shell_splits_them() {
    let cases: [(&str, &[&str]); 6] = [
        ("", &[]),
        ("  a\t b ", &["a", "b"]),
        ("a' 'b", &["a b"]),
        ("'a\\'", &["a\\"]),
        ("\"a\\\"b\\", &["a\"b"]),
        ("''", &[""]),
    ];
    for (line, split) in cases {
        assert_eq!(words(line), split, "{line}");
    }
    assert_eq!(path_entries("/a::/b::"), ["/a", "", "/b"]);
    assert_eq!(path_entries(""), [""]);
    assert!(path_entries("::").is_empty());
}

#[test]
fn json_is_written_as_jackson_writes_it() {
    #[derive(Serialize)]
    struct Empty {}
    #[derive(Serialize)]
    struct Inner<'a> {
        text: &'a str,
    }
    #[derive(Serialize)]
    struct Outer<'a> {
        numbers: [i32; 2],
        nothing: Vec<i32>,
        empty: Empty,
        objects: Vec<Inner<'a>>,
    }
    let inner = |text| Inner { text };
    let outer = Outer {
        numbers: [1, -2],
        nothing: Vec::new(),
        empty: Empty {},
        objects: vec![inner("\"\\/\n\u{1f}\u{7f}\u{e9}"), inner("")],
    };
    let expected = "{\n  \"numbers\" : [ 1, -2 ],\n  \"nothing\" : [ ],\n  \"empty\" : { },\n  \
                    \"objects\" : [ {\n    \"text\" : \"\\\"\\\\/\\n\\u001F\u{7f}\u{e9}\"\n  }, {\n    \
                    \"text\" : \"\"\n  } ]\n}";
    assert_eq!(json::write(&outer), expected);
}
