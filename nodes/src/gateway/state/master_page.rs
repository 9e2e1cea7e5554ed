//! The page of a master: its workers, applications and drivers. Spark: `MasterPage.render`.
//! What can be done from it is in `actions.rs`.

use super::MasterPages;
use super::page::{
    About, Fact, Row, cell, duration, instant, link, memory, page, requirements, resources,
    state as state_of, table,
};
use deploysim_protocol::message::to_client::{
    ApplicationReport, DriverReport, MasterStateResponse, WorkerReport,
};
use deploysim_protocol::state::{ApplicationState, DriverState, WorkerState};
use deploysim_protocol::time::WallTime;
use maud::{Markup, html};
use std::cmp::Reverse;

/// The page of a state; `now` is where the time of a running application ends, and `pages` says
/// what is offered.
pub(super) fn show(state: &MasterStateResponse, now: WallTime, pages: MasterPages) -> Markup {
    let url = state.address.to_spark_url();
    let title = format!("Spark Master at {url}");
    let mut tables = vec![
        workers(&state.workers),
        applications(
            "Running Applications",
            &latest(&state.active_applications),
            now,
            pages,
        ),
    ];
    // Those without a driver of this kind do not want to read of it.
    if !state.active_drivers.is_empty() || !state.completed_drivers.is_empty() {
        let mut active: Vec<_> = state.active_drivers.iter().collect();
        active.sort_by_key(|driver| Reverse((driver.start_time, driver.driver)));
        tables.push(drivers("Running Drivers", &active, pages));
    }
    let completed = latest(&state.completed_applications);
    tables.push(applications(
        "Completed Applications",
        &completed,
        now,
        pages,
    ));
    if !state.completed_drivers.is_empty() {
        let mut completed: Vec<_> = state.completed_drivers.iter().collect();
        completed.sort_by_key(|driver| Reverse((driver.start_time, driver.driver)));
        tables.push(drivers("Completed Drivers", &completed, pages));
    }
    let about = About {
        title: &title,
        role: "master",
        made: now,
    };
    page(&about, &facts(state), &tables)
}

/// The latest first. Spark: `sortBy(_.startTime).reverse`.
fn latest(applications: &[ApplicationReport]) -> Vec<&ApplicationReport> {
    let mut sorted: Vec<_> = applications.iter().collect();
    sorted.sort_by_key(|application| Reverse((application.start_time, application.application)));
    sorted
}

fn facts(state: &MasterStateResponse) -> Vec<Fact> {
    let alive: Vec<_> = state
        .workers
        .iter()
        .filter(|worker| worker.state == WorkerState::Alive)
        .collect();
    let sum = |number: fn(&WorkerReport) -> i32| {
        let numbers = alive.iter().map(|worker| number(worker));
        numbers.fold(0_i32, i32::wrapping_add)
    };
    let waiting = |driver: &&DriverReport| driver.state == DriverState::Submitted;
    let waiting = state.active_drivers.iter().filter(waiting).count();
    let mut facts = vec![
        Fact::new("Status", state_of(state.status)),
        Fact::new("URL", cell(state.address.to_spark_url())),
    ];
    if let Some(port) = state.rest_port {
        let rest = format!("spark://{}:{port} (cluster mode)", state.address.host);
        facts.push(Fact::new("REST URL", cell(rest)));
    }
    let (cores, used) = (sum(|worker| worker.cores), sum(|worker| worker.cores_used));
    let (total, taken) = (
        sum(|worker| worker.memory_mib),
        sum(|worker| worker.memory_used_mib),
    );
    let of_cores = format!("{cores} Total, {used} Used");
    let of_memory = format!("{} Total, {} Used", memory(total), memory(taken));
    let applications = format!(
        "{} Running, {} Completed",
        state.active_applications.len(),
        state.completed_applications.len()
    );
    let drivers = format!(
        "{} Running ({waiting} Waiting), {} Completed",
        state.active_drivers.len(),
        state.completed_drivers.len()
    );
    facts.extend([
        Fact::new("Alive Workers", cell(alive.len())),
        Fact::of_share("Cores in use", of_cores, used, cores),
        Fact::of_share("Memory in use", of_memory, taken, total),
        Fact::new("Applications", cell(applications)),
        Fact::new("Drivers", cell(drivers)),
    ]);
    facts
}

fn workers(reports: &[WorkerReport]) -> Markup {
    let columns = [
        "Worker Id",
        "Address",
        "State",
        "Cores",
        "Memory",
        "Resources",
    ];
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let id = report.worker_id.to_string();
            let memory_used = memory(report.memory_used_mib);
            let resources = format!(
                "{} ({} Used)",
                resources(&report.resources),
                resources(&report.resources_used)
            );
            let has_resources = !report.resources.is_empty();
            let cells = vec![
                link(&id, &report.web_ui_url.as_str()),
                cell(report.address),
                state_of(report.state),
                cell(format!("{} ({} Used)", report.cores, report.cores_used)),
                cell(format!(
                    "{} ({memory_used} Used)",
                    memory(report.memory_mib)
                )),
                cell(if has_resources {
                    resources.as_str()
                } else {
                    ""
                }),
            ];
            Row { id, cells }
        })
        .collect();
    table("Workers", &columns, &rows)
}

/// An id, and a form that kills what it stands for if there is an address for that. Works without
/// JavaScript. Spark: `killLink` in `MasterPage.appRow` and `driverRow`.
fn killable(id: impl ToString, action: Option<&str>) -> Markup {
    let id = id.to_string();
    html! {
        (id)
        @if let Some(action) = action {
            form method="post" action=(action) {
                input type="hidden" name="id" value=(id);
                input type="hidden" name="terminate" value="true";
                button { "kill" }
            }
        }
    }
}

fn applications(
    caption: &str,
    reports: &[&ApplicationReport],
    now: WallTime,
    pages: MasterPages,
) -> Markup {
    let columns = [
        "Application ID",
        "Name",
        "Cores",
        "Memory per Executor",
        "Resources Per Executor",
        "Submitted Time",
        "User",
        "State",
        "Duration",
    ];
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let description = &report.description;
            let end = report.end_time.unwrap_or(now).as_millis();
            let runs = matches!(
                report.state,
                ApplicationState::Running | ApplicationState::Waiting
            );
            let kill = (pages.offers_kill && runs).then_some("app/kill/");
            let cells = vec![
                killable(report.application, kill),
                link(&description.name, &description.app_ui_url),
                cell(report.cores_granted),
                cell(memory(description.memory_per_executor_mib())),
                cell(requirements(&description.default_profile.custom_resources)),
                cell(instant(report.start_time)),
                cell(&description.user),
                state_of(report.state),
                cell(duration(end.wrapping_sub(report.start_time.as_millis()))),
            ];
            let id = report.application.to_string();
            Row { id, cells }
        })
        .collect();
    table(caption, &columns, &rows)
}

fn drivers(caption: &str, reports: &[&DriverReport], pages: MasterPages) -> Markup {
    let columns = [
        "Submission ID",
        "Submitted Time",
        "Worker",
        "State",
        "Cores",
        "Memory",
        "Resources",
        "Main Class",
    ];
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let worker = report.worker_id.map(|id| id.to_string());
            let main_class = report.main_class.map(|class| class.to_string());
            let runs = matches!(
                report.state,
                DriverState::Running | DriverState::Submitted | DriverState::Relaunching
            );
            let kill = (pages.offers_kill && runs).then_some("driver/kill/");
            let cells = vec![
                killable(report.driver, kill),
                cell(instant(report.start_time)),
                cell(worker.as_deref().unwrap_or("None")),
                state_of(report.state),
                cell(report.cores),
                cell(memory(report.memory_mib)),
                cell(resources(&report.resources)),
                cell(main_class.unwrap_or_default()),
            ];
            let id = report.driver.to_string();
            Row { id, cells }
        })
        .collect();
    table(caption, &columns, &rows)
}
