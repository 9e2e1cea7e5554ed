//! The page of a worker: its executors and drivers. Spark: `WorkerPage.render`.

use super::page::{
    About, Fact, Row, cell, link, memory, page, resources, state as state_of, table,
};
use deploysim_protocol::message::to_client::{DriverReport, ExecutorReport, WorkerStateResponse};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::WallTime;
use maud::Markup;

/// The page of a state, made at `now`.
pub(super) fn show(state: &WorkerStateResponse, now: WallTime) -> Markup {
    let title = format!("Spark Worker at {}", state.address);
    let mut tables = vec![executors("Running Executors", &state.executors)];
    if !state.drivers.is_empty() {
        tables.push(drivers("Running Drivers", &state.drivers));
    }
    if !state.finished_executors.is_empty() {
        tables.push(executors("Finished Executors", &state.finished_executors));
    }
    if !state.finished_drivers.is_empty() {
        tables.push(drivers("Finished Drivers", &state.finished_drivers));
    }
    let about = About {
        title: &title,
        role: "worker",
        made: now,
    };
    page(&about, &facts(state), &tables)
}

fn facts(state: &WorkerStateResponse) -> Vec<Fact> {
    let master = state.master_url.map(|address| address.to_spark_url());
    let master = master.unwrap_or_else(|| "none yet".to_owned());
    let web_ui = state.master_web_ui_url.map(Text::as_str);
    let (cores, used) = (state.cores, state.cores_used);
    let (total, taken) = (state.memory_mib, state.memory_used_mib);
    let of_cores = format!("{cores} ({used} Used)");
    let of_memory = format!("{} ({} Used)", memory(total), memory(taken));
    let mut facts = vec![
        Fact::new("ID", cell(state.worker_id)),
        Fact::new(
            "Master URL",
            link(&master, web_ui.as_deref().unwrap_or_default()),
        ),
        Fact::of_share("Cores", of_cores, used, cores),
        Fact::of_share("Memory", of_memory, taken, total),
    ];
    if !state.resources.is_empty() {
        let used = resources(&state.resources_used);
        let all = format!("{} ({used} Used)", resources(&state.resources));
        facts.push(Fact::new("Resources", cell(all)));
    }
    facts
}

fn executors(caption: &str, reports: &[ExecutorReport]) -> Markup {
    let columns = [
        "ExecutorID",
        "State",
        "Cores",
        "Memory",
        "Resources",
        "Application ID",
        "Name",
        "User",
    ];
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let cells = vec![
                cell(report.executor.number),
                state_of(report.state),
                cell(report.cores),
                cell(memory(report.memory_mib)),
                cell(resources(&report.resources)),
                cell(report.executor.application),
                link(&report.description.name, &report.description.app_ui_url),
                cell(&report.description.user),
            ];
            let id = report.executor.to_string();
            Row { id, cells }
        })
        .collect();
    table(caption, &columns, &rows)
}

fn drivers(caption: &str, reports: &[DriverReport]) -> Markup {
    let columns = [
        "DriverID",
        "Main Class",
        "State",
        "Cores",
        "Memory",
        "Resources",
    ];
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let main_class = report.main_class.map(|class| class.to_string());
            let cells = vec![
                cell(report.driver),
                cell(main_class.unwrap_or_default()),
                state_of(report.state),
                cell(report.cores),
                cell(memory(report.memory_mib)),
                cell(resources(&report.resources)),
            ];
            let id = report.driver.to_string();
            Row { id, cells }
        })
        .collect();
    table(caption, &columns, &rows)
}
