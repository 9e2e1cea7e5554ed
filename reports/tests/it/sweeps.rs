//! Small sweeps, played for the tests.

use deploysim_scenarios::scenario;
use deploysim_scenarios::sweep::{Shard, Table};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Two ways to place work of two sizes, two seeds each; a worker dies.
pub(crate) const SCENARIO: &str = r#"
title = "Three applications on a small cluster that loses a worker"
until = "120s"

[cluster]
worker = { count = 2, cores = 8, memory = "16g" }

[conf]
"spark.executor.cores" = 2

[[application]]
name = "pi"
at = "2s"
cores_max = 12
work = "240s"

[[application]]
name = "tau"
at = "4s"
cores_max = 12
work = "240s"

[[fault]]
at = "30s"
for = "20s"
crash = "worker-2"

[sweep]
seeds = "1..2"

[sweep.axes]
"conf.spark.deploy.spreadOutApps" = [true, false]
"application.pi.cores_max" = [8, 12]
"#;

/// The table of that sweep.
pub(crate) static TABLE: LazyLock<String> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.toml");
    fs::write(&path, SCENARIO).unwrap();
    let table = open(&path);
    let mut text = table.header().to_owned();
    for place in 0..table.runs() {
        text += &line(&table, place);
    }
    text
});

/// The sweep of a scenario file.
pub(crate) fn open(path: &Path) -> Table {
    Table::new(scenario::read_sweep(path).unwrap(), None).unwrap()
}

/// The line of a run of a table, by its place from 0.
pub(crate) fn line(table: &Table, place: u64) -> String {
    let run = table.wave(Shard::WHOLE).run(place);
    let plan = table.plan(run.cell).unwrap();
    table.play(run, &plan).unwrap().line
}
