//! What gungraun says is read; the counting itself needs valgrind, and is done by
//! `deploysim report --measure=instructions`.

use super::read;

const WIRE: &str = r#"{"function_name":"wire","profiles":[{"tool":"Callgrind","data":{"total":{"metrics":{"Ir":{"values":{"new":304000}},"Dr":{"values":{"new":7}}}}}}]}"#;

#[test]
fn counts_are_read_by_name_and_other_lines_are_left_alone() {
    let queue = WIRE.replace("wire", "event_queue").replace("304000", "258");
    let said = format!("running\n{WIRE}\n{queue}\nGungraun result: Ok\n");
    let wanted = [
        ("event_queue".to_owned(), 258),
        ("wire".to_owned(), 304_000),
    ];
    assert_eq!(read(&said).unwrap(), wanted);
}

#[test]
fn a_subject_without_a_count_and_no_subject_are_refused() {
    let without = WIRE.replace("Ir", "Dw");
    assert_eq!(
        read(&without).unwrap_err(),
        "it counted no instructions of wire"
    );
    assert_eq!(read("running\n").unwrap_err(), "it counted nothing");
    assert!(read("{\"function_name\":1}\n").is_err());
}
