//! The page of a worker: its executors and drivers. Spark: `WorkerPage.render`.

use super::page::{cell, link, memory, page, resources, table};
use deploysim_protocol::message::to_client::{DriverReport, ExecutorReport, WorkerStateResponse};
use deploysim_protocol::text::Text;
use maud::{Markup, html};

/// The page of a state.
pub(super) fn show(state: &WorkerStateResponse) -> Markup {
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
    page(
        &title,
        &facts(state),
        &html! { @for table in &tables { (table) } },
    )
}

fn facts(state: &WorkerStateResponse) -> Vec<(&'static str, Markup)> {
    let master = state.master_url.map(|address| address.to_spark_url());
    let master = master.unwrap_or_else(|| "none yet".to_owned());
    let web_ui = state.master_web_ui_url.map(Text::as_str);
    let memory_used = memory(state.memory_used_mib);
    let mut facts = vec![
        ("ID", cell(state.worker_id)),
        (
            "Master URL",
            link(&master, web_ui.as_deref().unwrap_or_default()),
        ),
        (
            "Cores",
            cell(format!("{} ({} Used)", state.cores, state.cores_used)),
        ),
        (
            "Memory",
            cell(format!("{} ({memory_used} Used)", memory(state.memory_mib))),
        ),
    ];
    if !state.resources.is_empty() {
        let used = resources(&state.resources_used);
        let all = format!("{} ({used} Used)", resources(&state.resources));
        facts.push(("Resources", cell(all)));
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
            vec![
                cell(report.executor.number),
                cell(report.state),
                cell(report.cores),
                cell(memory(report.memory_mib)),
                cell(resources(&report.resources)),
                cell(report.executor.application),
                link(&report.description.name, &report.description.app_ui_url),
                cell(&report.description.user),
            ]
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
            vec![
                cell(report.driver),
                cell(main_class.unwrap_or_default()),
                cell(report.state),
                cell(report.cores),
                cell(memory(report.memory_mib)),
                cell(resources(&report.resources)),
            ]
        })
        .collect();
    table(caption, &columns, &rows)
}
