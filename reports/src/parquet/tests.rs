//! What is written is read back with the library's own reader.

use super::write_copy;
use expect_test::{Expect, expect};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::{self, File};
use std::path::Path;

/// A table of a sweep: a digest with digits only, a number that is missing, one that is not
/// always whole, and a column without anything.
const TABLE: &str = "sweep,run,policy,held,wait,share,none\n\
    1234567890123456,1,\"a, b\",true,-5,1,\n\
    1234567890123456,2,007,false,,0.25,\n";

fn copy(folder: &Path, table: &str) -> Result<Vec<u8>, String> {
    let (csv, target) = (folder.join("table.csv"), folder.join("table.parquet"));
    fs::write(&csv, table).unwrap();
    write_copy(&csv, &target).map_err(|error| {
        let text = error.to_string();
        text.replace(&folder.display().to_string(), "FOLDER")
    })?;
    Ok(fs::read(target).unwrap())
}

/// The types of a file and its rows, as the reader tells them.
fn check(table: &str, expected: &Expect) {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path(), table).unwrap();
    let file = File::open(folder.path().join("table.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr().columns();
    let types = schema.iter().map(|column| {
        let physical = column.physical_type();
        format!("{}: {physical}\n", column.name())
    });
    let rows = reader.get_row_iter(None).unwrap();
    let rows = rows.map(|row| format!("{}\n", row.unwrap()));
    let told: String = types.chain(rows).collect();
    expected.assert_eq(&told);
}

#[test]
fn every_column_has_the_type_of_its_fields_and_empty_ones_are_null() {
    check(
        TABLE,
        &expect![[r#"
            sweep: BYTE_ARRAY
            run: INT64
            policy: BYTE_ARRAY
            held: BOOLEAN
            wait: INT64
            share: DOUBLE
            none: BYTE_ARRAY
            {sweep: "1234567890123456", run: 1, policy: "a, b", held: true, wait: -5, share: 1.0, none: null}
            {sweep: "1234567890123456", run: 2, policy: "007", held: false, wait: null, share: 0.25, none: null}
        "#]],
    );
}

#[test]
fn numbers_that_do_not_fit_and_mixed_columns_are_text() {
    check(
        "large,mixed,word\n9223372036854775808,1,1e5\n1,true,1.5\n",
        &expect![[r#"
            large: BYTE_ARRAY
            mixed: BYTE_ARRAY
            word: BYTE_ARRAY
            {large: "9223372036854775808", mixed: "1", word: "1e5"}
            {large: "1", mixed: "true", word: "1.5"}
        "#]],
    );
}

#[test]
fn a_table_without_rows_has_its_columns() {
    check(
        "a,b\n",
        &expect![[r#"
            a: BYTE_ARRAY
            b: BYTE_ARRAY
        "#]],
    );
}

#[test]
fn more_rows_than_a_group_come_in_their_order() {
    let count = super::GROUP_ROWS + 1;
    let rows = (1..=count).map(|row| format!("{row}\n"));
    let table: String = std::iter::once("run\n".to_owned()).chain(rows).collect();
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path(), &table).unwrap();
    let file = File::open(folder.path().join("table.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    assert_eq!(reader.num_row_groups(), 2);
    let rows = reader.get_row_iter(None).unwrap();
    let rows: Vec<String> = rows.map(|row| row.unwrap().to_string()).collect();
    let expected: Vec<String> = (1..=count).map(|row| format!("{{run: {row}}}")).collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders.map(|folder| copy(folder.path(), TABLE).unwrap());
    assert!(one == other);
}

#[test]
fn a_row_of_another_length_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let error = copy(folder.path(), "a,b\n1,2\n3\n").unwrap_err();
    expect!["FOLDER/table.csv:3: CSV error: record 2 (line: 3, byte: 8): found record with 1 fields, but the previous record has 2 fields"]
    .assert_eq(&error);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
