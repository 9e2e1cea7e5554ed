//! Which runs a sweep has, how they are numbered and shared out, and what its table is headed by.

use super::{Run, Shard, Table};
use crate::scenario;
use crate::seeds::Seeds;
use std::fs;

/// Two axes of two and three values, with one combination left out.
const SWEPT: &str = r#"title = "Swept"
seed = 9
until = "10s"

[cluster]
worker = { count = 2 }

[sweep]
skip = [{ "cluster.worker.count" = 2, "process.stop" = "200ms" }]

[sweep.axes]
"cluster.worker.count" = [2, 1]
"process.stop" = { from = "100ms", to = "350ms", step = "100ms" }
"#;

fn table(text: &str, seeds: Option<Seeds>) -> Table {
    let ground = tempfile::tempdir().unwrap();
    let path = ground.path().join("swept.toml");
    fs::write(&path, text).unwrap();
    Table::new(scenario::read_sweep(&path).unwrap(), seeds).unwrap()
}

#[test]
fn cells_are_in_the_order_of_the_file_and_the_last_axis_changes_fastest() {
    let table = table(SWEPT, None);
    let sweep = table.sweep();
    assert_eq!(sweep.columns, ["cluster.worker.count", "process.stop"]);
    let shown = sweep.cells.iter().map(|cell| {
        let settings = cell.settings.iter().map(|setting| setting.shown.as_str());
        settings.collect::<Vec<&str>>().join(" ")
    });
    assert_eq!(
        shown.collect::<Vec<String>>(),
        ["2 100ms", "2 300ms", "1 100ms", "1 200ms", "1 300ms"]
    );
    assert_eq!(sweep.skipped, 1);
    assert_eq!(table.plan(2).unwrap().cluster.workers.len(), 1);
}

#[test]
fn every_cell_has_the_same_seeds() {
    let own = table(SWEPT, None);
    assert_eq!((own.runs(), own.seeds().to_string().as_str()), (5, "9..9"));
    let table = table(SWEPT, Some(Seeds(4..=6)));
    let runs: Vec<Run> = (0..table.runs())
        .map(|place| table.run(Shard::WHOLE, place))
        .collect();
    assert_eq!(runs.len(), 15);
    let run = |number, cell, seed| Run { number, cell, seed };
    assert_eq!(
        runs[..4],
        [run(1, 0, 4), run(2, 0, 5), run(3, 0, 6), run(4, 1, 4)]
    );
    assert_eq!(runs[14], run(15, 4, 6));
}

#[test]
fn shards_share_out_every_run_once() {
    let table = table(SWEPT, Some(Seeds(1..=2)));
    for of in 1..=12 {
        let mut numbers: Vec<u64> = (1..=of)
            .map(|number| Shard { number, of })
            .flat_map(|shard| (0..table.runs_of(shard)).map(move |place| (shard, place)))
            .map(|(shard, place)| table.run(shard, place).number)
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=10).collect::<Vec<u64>>(), "{of}");
    }
}

#[test]
fn a_shard_is_read_as_it_is_written() {
    let shard = Shard { number: 2, of: 3 };
    assert_eq!(shard.to_string().parse(), Ok(shard));
    for text in ["", "0/3", "4/3", "1", "1/0", "a/b", "-1/2"] {
        assert!(text.parse::<Shard>().is_err(), "{text}");
    }
}

#[test]
fn the_header_names_axes_and_numbers_with_their_units() {
    let table = table(SWEPT, None);
    let header = table.header();
    let start = "sweep,runs,run,cluster.worker.count,process.stop,seed,held,violations,\
                 expectations_failed,simulated_ns,inputs,makespan_ns,";
    assert!(header.starts_with(start), "{header}");
    assert!(header.contains(",cores_utilisation,"), "{header}");
    assert!(header.ends_with('\n'), "{header}");
}

#[test]
fn a_row_has_a_field_for_every_column() {
    let table = table(SWEPT, None);
    let run = table.run(Shard::WHOLE, 3);
    let row = table.play(run, &table.plan(run.cell).unwrap()).unwrap();
    let fields = row.line.trim_end().split(',');
    assert_eq!(fields.clone().count(), table.header().split(',').count());
    assert_eq!(
        fields.skip(1).take(6).collect::<Vec<_>>(),
        ["5", "4", "1", "200ms", "9", "true"]
    );
    assert!(row.holds && table.holds(&row.line));
}

#[test]
fn whatever_rows_depend_on_is_in_the_digest() {
    let id = |text: &str, seeds| table(text, seeds).beginning(1);
    let first = id(SWEPT, None);
    assert_eq!(id(SWEPT, Some(Seeds(9..=9))), first);
    assert_eq!(
        id(&SWEPT.replace("[sweep]", "# nothing\n[sweep]"), None),
        first
    );
    for (from, to) in [("10s", "11s"), ("[2, 1]", "[1, 2]"), ("350ms", "450ms")] {
        assert_ne!(id(&SWEPT.replace(from, to), None), first, "{from}");
    }
    assert_ne!(id(SWEPT, Some(Seeds(8..=8))), first);
}
