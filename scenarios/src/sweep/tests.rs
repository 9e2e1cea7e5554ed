//! Which runs a sweep has, how they are numbered and shared out, and what its table is headed by.

use super::{Course, Run, Shard, Table, Until, until};
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
        .map(|place| table.wave(Shard::WHOLE).run(place))
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
            .map(|shard| table.wave(shard))
            .flat_map(|wave| (0..wave.runs()).map(move |place| wave.run(place).number))
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
    let run = table.wave(Shard::WHOLE).run(3);
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

/// A row of the table of [`SWEPT`] with this makespan.
fn row(table: &Table, number: u64, makespan: &str) -> String {
    let place = table
        .header()
        .split(',')
        .position(|column| column == "makespan_ns");
    let columns = table.header().split(',').count();
    let fields = (3..columns).map(|at| if Some(at) == place { makespan } else { "" });
    let fields = fields.collect::<Vec<&str>>().join(",");
    format!("{}{fields}\n", table.beginning(number))
}

/// The interval of ten times 99 and 101 is 100 ± 0.75; that of twenty such numbers is ± 0.48.
#[test]
fn cells_go_on_by_tens_until_they_are_known_closely_enough() {
    let until = "ci=0.5%:makespan_ns".parse::<Until>().unwrap();
    let table = table(SWEPT, None)
        .until(until, Some(Seeds(7..=34)))
        .unwrap();
    let mut course = Course::new(&table, Shard::WHOLE);
    let mut waves = Vec::new();
    let mut number = 0;
    while let Some(run) = course.next() {
        let (wave, place) = course.wave().unwrap();
        if place == 0 {
            let first = wave.run(0);
            waves.push((wave.runs(), first.cell, first.seed));
        }
        number += 1;
        assert_eq!(run.number, number);
        // The first cell is known at once, the second after two waves, the third has no number,
        // the fourth is never known, and the fifth is known at once as it is always zero.
        let is_even = run.seed.is_multiple_of(2);
        let makespan = match run.cell {
            0 => "100",
            1 if is_even => "99",
            1 => "101",
            2 => "",
            3 if is_even => "1",
            3 => "100",
            _ => "0",
        };
        course.see(&row(&table, number, makespan));
    }
    assert_eq!(waves, [(50, 0, 7), (20, 1, 17), (8, 3, 27)]);
    assert_eq!(course.runs(), 78);
    let order: Vec<u64> = course.order().unwrap().collect();
    // The second cell is played in places 10 to 19 and 50 to 59.
    assert_eq!(order[..10], (0..10).collect::<Vec<u64>>());
    assert_eq!(order[10..30], [10..20, 50..60].map(Vec::from_iter).concat());
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..78).collect::<Vec<u64>>());
    let remarks = course.remarks();
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert_eq!(remarks[0], "cell 3: makespan_ns has no number in any run");
    assert!(
        remarks[1].starts_with("cell 4: makespan_ns is known to ±"),
        "{remarks:?}"
    );
    assert!(
        remarks[1].ends_with(" % only, with 28 numbers"),
        "{remarks:?}"
    );
}

#[test]
fn an_end_is_read_as_it_is_written() {
    let until: Until = "ci=2.5%".parse().unwrap();
    assert_eq!(until.columns(), until::DEFAULT_COLUMNS);
    assert_eq!(until.to_string().parse(), Ok(until));
    let until: Until = "ci=10%:a,b".parse().unwrap();
    assert_eq!(until.columns(), ["a", "b"]);
    for text in [
        "", "ci", "ci=2", "ci=-1%", "ci=0%", "ci=x%", "ci=NaN%", "ci=inf%", "2%",
    ] {
        assert!(text.parse::<Until>().is_err(), "{text}");
    }
    let error = table(SWEPT, None).until("ci=1%:makespan".parse().unwrap(), None);
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        "the table has no column `makespan`; did you mean `makespan_ns`?"
    );
}

#[test]
fn what_ends_a_cell_is_in_the_digest() {
    let id = |rule: &str, seeds: Option<Seeds>| {
        let table = table(SWEPT, None).until(rule.parse().unwrap(), seeds);
        table.unwrap().beginning(1)
    };
    let first = id("ci=2%", None);
    assert_eq!(id("ci=2.0%", None), first);
    assert_ne!(id("ci=3%", None), first);
    assert_ne!(id("ci=2%:makespan_ns", None), first);
    assert_ne!(id("ci=2%", Some(Seeds(9..=99))), first);
}
