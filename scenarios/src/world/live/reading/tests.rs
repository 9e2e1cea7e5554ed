//! What follows from state documents, one after the other.

use super::{Reading, Told};
use crate::world::live::documents::Document;
use deploysim_protocol::event::{Event, Field};
use deploysim_protocol::text::scope;
use std::collections::BTreeSet;

/// A document as a master shows it, with the fields that are read.
fn document(status: &str, workers: &[(&str, &str)], drivers: &[(&str, &str, &str)]) -> Document {
    let workers: Vec<String> = workers
        .iter()
        .map(|(id, state)| {
            format!(
                r#"{{"id":"{id}","host":"h","port":1,"cores":4,"memory":512,"state":"{state}","coresused":0}}"#
            )
        })
        .collect();
    let rows = |is_wanted: fn(&str) -> bool| {
        let rows = drivers.iter().filter(|(_, state, _)| is_wanted(state));
        let rows: Vec<String> = rows
            .map(|(id, state, worker)| {
                format!(
                    r#"{{"id":"{id}","state":"{state}","cores":1,"memory":64,"worker":"{worker}","mainclass":"etl"}}"#
                )
            })
            .collect();
        rows.join(",")
    };
    let is_active = |state: &str| state == "SUBMITTED" || state == "RUNNING";
    let is_completed = |state: &str| state != "SUBMITTED" && state != "RUNNING";
    let text = format!(
        r#"{{"url":"spark://h:2","workers":[{}],"activedrivers":[{}],"completeddrivers":[{}],"status":"{status}"}}"#,
        workers.join(","),
        rows(is_active),
        rows(is_completed),
    );
    serde_json::from_str(&text).unwrap()
}

/// What a reading is told by a document, a line each.
fn told(reading: &mut Reading, ids: &mut BTreeSet<String>, document: &Document) -> Vec<String> {
    let told = reading.read(document, ids).unwrap();
    let lines = told.into_iter().map(|told| match told {
        Told::Submitted(name) => format!("asked to run {name}"),
        Told::Named { name, id } => format!("{name} is {id}"),
        Told::Changed(event) => {
            let event = Event::Master(event);
            let mut line = event.kind().to_owned();
            event.fields(&mut |name, field| match field {
                Field::Worker(slot) => line += &format!(" {name}={}", slot.0),
                Field::Driver(slot) => line += &format!(" {name}={}", slot.0),
                Field::Word(word) if name == "state" => line += &format!(" {word}"),
                Field::Text(text) if name == "id" => line += &format!(" {text}"),
                Field::Word(_)
                | Field::Text(_)
                | Field::Application(_)
                | Field::Executor(_)
                | Field::Address(_)
                | Field::Record(_)
                | Field::Number(_)
                | Field::Wall(_)
                | Field::Thrown(_) => {}
            });
            line
        }
    });
    lines.collect()
}

#[test]
fn a_driver_is_placed_lost_and_relaunched() {
    scope(|| {
        let (mut reading, mut ids) = (Reading::default(), BTreeSet::new());
        let mut see = |workers: &[(&str, &str)], drivers: &[(&str, &str, &str)]| {
            told(&mut reading, &mut ids, &document("ALIVE", workers, drivers))
        };
        let first = see(&[("w1", "ALIVE")], &[("d1", "RUNNING", "w1")]);
        assert_eq!(
            first,
            [
                "MasterStateChanged ALIVE",
                "WorkerAdded worker=0 w1",
                "asked to run etl",
                "DriverAdded driver=0 d1",
                "etl is d1",
                "DriverPlaced driver=0 worker=0",
                "DriverStateChanged driver=0 RUNNING",
            ]
        );
        assert!(see(&[("w1", "ALIVE")], &[("d1", "RUNNING", "w1")]).is_empty());
        let workers = [("w1", "DEAD"), ("w2", "ALIVE")];
        let drivers = [("d1", "RELAUNCHING", "w1"), ("d2", "SUBMITTED", "None")];
        assert_eq!(
            see(&workers, &drivers),
            [
                "WorkerStateChanged worker=0 DEAD",
                "WorkerAdded worker=1 w2",
                "DriverLeftWorker driver=0 worker=0",
                "DriverRemoved driver=0 RELAUNCHING",
                "DriverStateChanged driver=0 RELAUNCHING",
                "DriverAdded driver=1 d2",
                "DriverRelaunched old=0 new=1",
                "etl is d2",
            ]
        );
        // Both the dead worker and the first id are forgotten; the driver ends well.
        assert_eq!(
            see(&[("w2", "ALIVE")], &[("d2", "FINISHED", "w2")]),
            [
                "WorkerForgotten worker=0",
                "DriverForgotten driver=0",
                "DriverRemoved driver=1 FINISHED",
                "DriverStateChanged driver=1 FINISHED",
            ]
        );
    });
}

/// Ids that another master, or this one before it started again, has shown are no new submissions.
#[test]
fn what_was_read_from_a_store_is_not_submitted_again() {
    scope(|| {
        let mut ids = BTreeSet::from(["d1".to_owned()]);
        let recovering = document(
            "RECOVERING",
            &[("w1", "UNKNOWN")],
            &[("d1", "RUNNING", "w1")],
        );
        assert_eq!(
            told(&mut Reading::default(), &mut ids, &recovering),
            [
                "MasterStateChanged RECOVERING",
                "WorkerAdded worker=0 w1",
                "WorkerStateChanged worker=0 UNKNOWN",
                "DriverAdded driver=0 d1",
                "etl is d1",
                "DriverPlaced driver=0 worker=0",
                "DriverStateChanged driver=0 RUNNING",
            ]
        );
    });
}

#[test]
fn a_state_that_there_is_not_is_named() {
    scope(|| {
        let odd = document("ASLEEP", &[], &[]);
        let error = Reading::default().read(&odd, &mut BTreeSet::new());
        assert_eq!(error.unwrap_err().found, "ASLEEP");
    });
}
