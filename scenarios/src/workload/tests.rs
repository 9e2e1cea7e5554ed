//! Drawn jobs are pinned: another derivation would change every run ever published. What one
//! class draws does not depend on the others.

use super::drawn;
use crate::measure::{Measures, Value};
use crate::network::{Latency, Shape};
use crate::run;
use crate::scenario::parse;
use crate::scenario::plan::{ApplicationEnd, ApplicationWork, Plan};
use crate::stream::Seeds;
use crate::world::World;
use deploysim_protocol::time::Time;
use expect_test::{Expect, expect};
use std::path::Path;
use std::time::Duration;

fn read(text: &str) -> Plan {
    match parse("file.toml", text.as_bytes(), Path::new(""), &[]) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    }
}

/// A plan with these workloads.
fn plan(workloads: &str) -> Plan {
    read(&format!(
        "title = \"t\"\nuntil = \"1h\"\n[cluster]\nworker = {{ count = 4, cores = 8 }}\n\
         [[application]]\nname = \"own\"\n{workloads}"
    ))
}

const SMALL: &str = "[[workload.class]]\nname = \"small\"\nweight = 3\ncores_max = 2\n\
    work = { distribution = \"exponential\", mean = \"20s\" }\n";
const LARGE: &str = "[[workload.class]]\nname = \"large\"\n\
    cores_max = { distribution = \"uniform\", low = 4, high = 8 }\ncores_per_executor = 2\n\
    memory_per_executor = { distribution = \"uniform\", low = \"1g\", high = \"4g\" }\n\
    service = { distribution = \"weibull\", scale = \"40s\", shape = 0.7 }\n\
    submit = true\ndriver_memory = \"2g\"\nsupervise = true\n";

/// A workload whose arrivals are given by these keys.
fn workload(arrivals: &str, classes: &str) -> String {
    format!("[[workload]]\nname = \"w\"\n{arrivals}\n{classes}")
}

fn poisson(classes: &str) -> String {
    workload(
        "arrivals = \"poisson\"\nevery = \"30s\"\njobs = 12",
        classes,
    )
}

fn said(at: Time, work: &ApplicationWork) -> String {
    let end = match &work.end {
        ApplicationEnd::Never => "never ends".to_owned(),
        ApplicationEnd::After(time) => format!("run {time:?}"),
        ApplicationEnd::Service(time) => format!("service {time:?}"),
        ApplicationEnd::Work(time) => format!("work {time:?}"),
        ApplicationEnd::Tasks { work, tasks } => {
            format!(
                "work {work:?} in {:?}, stays {:?}",
                tasks.each.shape, tasks.stay
            )
        }
    };
    let count =
        |cores: Option<u32>| cores.map_or_else(|| "-".to_owned(), |cores| cores.to_string());
    format!(
        "{at} {}: {} cores, {} each, {} MiB, {end}",
        work.name,
        count(work.cores_max),
        count(work.cores_per_executor),
        work.memory_per_executor_mib,
    )
}

/// The jobs of a run, applications before drivers.
fn jobs(plan: &Plan, seed: u64) -> Vec<String> {
    let whole = drawn(plan, seed);
    let own = whole.applications.iter().skip(plan.applications.len());
    let drivers = whole.drivers.iter().filter_map(|driver| {
        let (_, work) = driver.application.as_ref()?;
        let (cores, memory) = (driver.cores, driver.memory_mib);
        let line = said(driver.at, work);
        Some(format!("{line}; driver {cores} cores, {memory} MiB"))
    });
    own.map(|own| said(own.at, &own.work))
        .chain(drivers)
        .collect()
}

fn check(workloads: &str, expected: &Expect) {
    expected.assert_eq(&jobs(&plan(workloads), 7).join("\n"));
}

#[test]
fn the_jobs_of_a_seed_never_change() {
    check(
        &poisson(&format!("{SMALL}{LARGE}")),
        &expect![[r#"
        36.280s small-2: 2 cores, - each, 1024 MiB, work 905.538486ms
        42.090s small-3: 2 cores, - each, 1024 MiB, work 14.415569627s
        98.920s small-5: 2 cores, - each, 1024 MiB, work 5.088224523s
        106.200s small-6: 2 cores, - each, 1024 MiB, work 26.302929167s
        114.150s small-7: 2 cores, - each, 1024 MiB, work 36.022640224s
        132.570s small-8: 2 cores, - each, 1024 MiB, work 6.156195955s
        147.720s small-9: 2 cores, - each, 1024 MiB, work 6.236760323s
        243.470s small-12: 2 cores, - each, 1024 MiB, work 63.542468479s
        36.250s large-1: 5 cores, 2 each, 3538 MiB, service 743.720303ms; driver 1 cores, 2048 MiB
        62.020s large-4: 5 cores, 2 each, 1667 MiB, service 80.498743036s; driver 1 cores, 2048 MiB
        163.670s large-10: 5 cores, 2 each, 1248 MiB, service 3.821310008s; driver 1 cores, 2048 MiB
        190.900s large-11: 8 cores, 2 each, 3121 MiB, service 103.474822869s; driver 1 cores, 2048 MiB"#]],
    );
}

/// When the jobs of a workload arrive.
fn instants(arrivals: &str) -> String {
    let text = workload(arrivals, SMALL);
    let whole = plan(&text);
    let whole = drawn(&whole, 7);
    let own = whole.applications.iter().skip(1);
    own.map(|own| own.at.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_instants_of_every_arrival_process_never_change() {
    expect!["25.000s 45.000s 65.000s 85.000s"].assert_eq(&instants(
        "arrivals = \"deterministic\"\nevery = \"20s\"\nat = \"5s\"\njobs = 4",
    ));
    expect!["24.161263s 24.180745s 28.059233s 41.342869s 65.944836s 70.798317s"].assert_eq(
        &instants("arrivals = \"poisson\"\nevery = \"20s\"\njobs = 6\ngrain = \"1us\""),
    );
    expect!["72.490s 72.550s 84.180s 102.550s 124.030s 132.550s 154.030s 162.550s 184.030s"]
        .assert_eq(&instants(
            "arrivals = \"bursts\"\nevery = \"20s\"\njobs = 9\nwithin = \"30s\"\n\
         burst = { distribution = \"empirical\", samples = [1, 5] }",
        ));
    expect!["270.700s 420.500s 539.040s 571.130s 619.980s 627.920s 656.680s 697.310s 725.390s 791.770s 841.060s 850.910s 894.820s 915.770s 961.380s 1023.390s 1052.660s 1154.480s 1187.800s 1545.330s 2067.820s 2204.050s 2283.180s 2340.360s 2348.980s 2385.520s 2453.290s 2500.290s 2543.720s 2545.370s 2563.580s 2598.870s 2654.380s 2671.800s 2693.550s 2706.370s 2715.130s 2721.320s 2741.500s 2805.540s 2825.490s 2842.900s 2918.460s 2922.520s 2953.380s"].assert_eq(&instants(
        "arrivals = \"diurnal\"\nevery = \"1min\"\namplitude = 1\nperiod = \"30min\"\n\
         peak = \"15min\"\nuntil = \"50min\"",
    ));
}

#[test]
fn every_process_has_the_rate_that_it_is_given() {
    for own in [
        "arrivals = \"poisson\"",
        "arrivals = \"deterministic\"",
        "arrivals = \"bursts\"\nburst = { distribution = \"uniform\", low = 1, high = 7 }",
        "arrivals = \"diurnal\"\nperiod = \"10min\"\namplitude = 0.8",
    ] {
        let text = workload(&format!("{own}\nevery = \"500ms\""), SMALL);
        let count = jobs(&plan(&text), 7).len();
        // 7,200 are meant; bursts vary most, by a standard deviation of 190.
        assert!((6_700..7_700).contains(&count), "{own}: {count}");
    }
}

#[test]
fn a_load_is_the_rate_that_asks_for_that_share() {
    // Mean work: (3 × 20 s + 6 cores × 40 s Γ(1 + 1/0.7)) / 4; load 0.5 of 32 cores.
    let text = workload(
        "arrivals = \"poisson\"\nload = 0.5",
        &format!("{SMALL}{LARGE}"),
    );
    let every = plan(&text).workloads[0].pace.every();
    let work = (60.0 + 6.0 * 40.0 * libm::tgamma(1.0 + 1.0 / 0.7)) / 4.0;
    let wanted = work / (0.5 * 32.0);
    assert!((every.as_secs_f64() - wanted).abs() < 1e-8, "{every:?}");
}

#[test]
fn a_class_that_is_taken_away_changes_only_its_own_arrivals() {
    let both = jobs(&plan(&poisson(&format!("{SMALL}{LARGE}"))), 7);
    let small: Vec<&String> = both.iter().filter(|job| job.contains("small")).collect();
    assert!(!small.is_empty() && small.len() < both.len());
    let alone = jobs(&plan(&poisson(SMALL)), 7);
    assert_eq!(alone.len(), both.len(), "the arrivals stay");
    for job in small {
        assert!(alone.contains(job), "{job}");
    }
}

#[test]
fn a_workload_that_is_taken_away_changes_no_other() {
    let first = poisson(SMALL);
    let second = poisson(LARGE).replace("\"w\"", "\"v\"");
    let mut both = jobs(&plan(&format!("{first}{second}")), 7);
    both.retain(|job| job.contains("large"));
    assert_eq!(both, jobs(&plan(&second), 7));
}

#[test]
fn a_longer_run_begins_with_the_same_jobs() {
    let short = jobs(&plan(&poisson(SMALL)), 7);
    let long = poisson(SMALL).replace("jobs = 12", "jobs = 30");
    assert_eq!(jobs(&plan(&long), 7)[..12], short);
}

#[test]
fn drawn_jobs_come_after_those_of_the_file_and_replay_alone() {
    let random = plan(&poisson(&format!("{SMALL}{LARGE}")));
    let played = drawn(&random, 7).into_owned();
    assert_eq!(played.applications[0], random.applications[0]);
    let written = played.to_toml();
    assert!(!written.contains("workload"), "{written}");
    let again = read(&written);
    assert_eq!(again, played);
    // There is nothing left to draw, whatever the seed.
    assert_eq!(*drawn(&again, 8), again);
}

/// The mean wait of an M/M/c queue: A. K. Erlang's probability that all servers are busy, over
/// the rate at which the queue would shrink.
fn erlang_wait(servers: u32, load: f64, service: f64) -> f64 {
    let offered = load * f64::from(servers);
    let (mut term, mut free) = (1.0, 0.0);
    for busy in 0..servers {
        free += term;
        term *= offered / f64::from(busy + 1);
    }
    let full = term / (1.0 - load);
    full / (free + full) * service / (f64::from(servers) * (1.0 - load))
}

#[test]
fn jobs_of_one_core_wait_as_in_queueing_theory() {
    let plan = read(
        "title = \"M/M/4\"\nuntil = \"12h\"\nsettle = \"0s\"\n\
         [cluster]\nworker = { count = 4, cores = 1 }\n\
         [network]\nlatency = \"0s\"\n[process]\nstart = \"0s\"\nstop = \"0s\"\n\
         [[workload]]\nname = \"queue\"\narrivals = \"poisson\"\nload = 0.7\njobs = 8000\n\
         [[workload.class]]\nname = \"job\"\ncores_max = 1\n\
         work = { distribution = \"exponential\", mean = \"10s\" }\n",
    );
    let whole = run::drawn(&plan, 7);
    let mut measures = Measures::new(&whole);
    let outcome = run::play(World::Queue, &whole, 7, &mut [&mut measures]).unwrap();
    assert!(outcome.holds(), "{:?}", outcome.violations);
    let measured = measures.finish(outcome.end).unwrap();
    let total = |name: &str| {
        let total = measured.totals.iter().find(|total| total.name == name);
        total.and_then(|total| total.value)
    };
    assert_eq!(total("applications_finished"), Some(Value::Integer(8_000)));
    let Some(Value::Integer(wait)) = total("application_wait_mean") else {
        panic!("a time")
    };
    let wait = Duration::from_nanos(u64::try_from(wait).unwrap()).as_secs_f64();
    let wanted = erlang_wait(4, 0.7, 10.0);
    assert!(
        (wait / wanted - 1.0).abs() < 0.15,
        "{wait} s, not {wanted} s"
    );
}

/// How long the only job of a workload takes: 100 s of work in drawn tasks, on four cores.
fn makespan(worker: &str, policy: &str) -> Duration {
    let plan = read(&format!(
        "title = \"Tasks\"\nuntil = \"1h\"\nsettle = \"0s\"\n\
         [cluster]\nworker = {worker}\n[conf]\n{policy}\n\
         [network]\nlatency = \"0s\"\n[process]\nstart = \"0s\"\nstop = \"0s\"\n\
         [[workload]]\nname = \"w\"\narrivals = \"poisson\"\nevery = \"1s\"\njobs = 1\n\
         [[workload.class]]\nname = \"job\"\ncores_max = 4\nwork = \"100s\"\n\
         task = {{ distribution = \"log_normal\", median = \"3s\", sigma = 1 }}\n",
    ));
    let whole = run::drawn(&plan, 7);
    let mut measures = Measures::new(&whole);
    let outcome = run::play(World::Queue, &whole, 7, &mut [&mut measures]).unwrap();
    let measured = measures.finish(outcome.end).unwrap();
    let mut totals = measured.totals.iter();
    let total = totals.find(|total| total.name == "makespan").unwrap();
    let Some(Value::Integer(nanos)) = total.value else {
        panic!("the job has ended")
    };
    Duration::from_nanos(u64::try_from(nanos).unwrap())
}

#[test]
fn drawn_tasks_are_the_same_wherever_they_are_placed() {
    // Each task, in the order of the draws, goes to the core that is free first.
    let median = Duration::from_secs(3);
    let shape = Shape::LogNormal { median, sigma: 1.0 };
    let lengths = Latency::new(shape, Some(Duration::from_nanos(u64::MAX))).unwrap();
    let mut stream = Seeds::new(7).chacha("application job-1 tasks");
    let mut left = Duration::from_secs(100);
    let mut cores = [Duration::ZERO; 4];
    while !left.is_zero() {
        let length = lengths.draw(&mut stream).min(left);
        left -= length;
        *cores.iter_mut().min().unwrap() += length;
    }
    let wanted = *cores.iter().max().unwrap();
    assert_ne!(wanted, Duration::from_secs(25), "tasks are uneven");
    for worker in ["{ count = 4, cores = 2 }", "{ count = 9, cores = 4 }"] {
        for policy in ["true", "false"] {
            let policy = format!("\"spark.deploy.spreadOut\" = {policy}");
            assert_eq!(makespan(worker, &policy), wanted, "{worker}, {policy}");
        }
    }
}
