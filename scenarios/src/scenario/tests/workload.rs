//! Jobs that arrive at random: what is refused, and what defaults mean.

use super::{TWO_WORKERS, plan, rendered};
use crate::scenario::parse;
use crate::scenario::plan::{
    AmountPlan, ApplicationEnd, Arrivals, JobHost, LatencyPlan, Pace, Plan, Supervision,
};
use expect_test::{Expect, expect};
use std::time::Duration;

fn check(workload: &str, expected: &Expect) {
    expected.assert_eq(&rendered(&format!("{TWO_WORKERS}{workload}")));
}

const JOB: &str = "class = [{ name = \"job\", cores_max = 1, work = \"10s\" }]\n";

/// A workload with these keys and one class of jobs.
fn workload(keys: &str) -> String {
    format!("[[workload]]\nname = \"w\"\n{keys}\n{JOB}")
}

#[test]
fn what_is_left_out_has_a_default() {
    let text = "[conf]\n\"spark.executor.memory\" = \"2g\"\n\"spark.cores.max\" = 3\n\
        [[workload]]\nname = \"w\"\narrivals = \"diurnal\"\nload = 0.5\n\
        class = [{ name = \"job\", service = \"10s\", submit = true }]\n";
    let plan = plan(&format!("{TWO_WORKERS}{text}"));
    let workload = &plan.workloads[0];
    let day = Duration::from_secs(86_400);
    let arrivals = Arrivals::Diurnal {
        period: day,
        amplitude: 0.5,
        peak: day / 2,
    };
    assert_eq!(workload.arrivals, arrivals);
    // 3 cores for 10 s each, and 16 cores: 8 core-seconds a second.
    let (share, every) = (0.5, Duration::from_millis(3_750));
    assert_eq!(workload.pace, Pace::Load { share, every });
    assert_eq!(workload.grain, Duration::from_millis(10));
    assert_eq!((workload.until, workload.jobs), (None, None));
    let class = &workload.classes[0];
    assert_eq!(class.weight, 1.0);
    assert_eq!(class.cores_max, Some(AmountPlan::constant(3)));
    assert_eq!(class.cores_per_executor, None);
    assert_eq!(class.memory_per_executor_mib, AmountPlan::constant(2_048));
    let ten = LatencyPlan::constant(Duration::from_secs(10));
    assert_eq!(class.length.distribution(), &ten);
    let host = JobHost::Cluster {
        cores: 1,
        memory_mib: 1_024,
        supervision: Supervision::Unsupervised,
    };
    assert_eq!(class.host, host);
}

#[test]
fn keys_that_are_missing() {
    check(
        "[[workload]]\n",
        &expect![[r#"
        error: [[workload]] needs `name`
         --> file.toml:5:1
          |
        5 | [[workload]]
          | ^^^^^^^^^^^^

        error: [[workload]] needs `arrivals`
         --> file.toml:5:1
          |
        5 | [[workload]]
          | ^^^^^^^^^^^^

        error: [[workload]] needs `class`
         --> file.toml:5:1
          |
        5 | [[workload]]
          | ^^^^^^^^^^^^

        error: [[workload]] needs one of its words
         --> file.toml:5:1
          |
        5 | [[workload]]
          | ^^^^^^^^^^^^
          |
          = note: allowed: every, load"#]],
    );
    check(
        "[[workload]]\nname = \"w\"\narrivals = \"poisson\"\nevery = \"1s\"\nclass = [{}]\n",
        &expect![[r#"
            error: [[workload.class]] needs `name`
             --> file.toml:9:10
              |
            9 | class = [{}]
              |          ^^

            error: [[workload.class]] needs one of its words
             --> file.toml:9:10
              |
            9 | class = [{}]
              |          ^^
              |
              = note: allowed: run, service, work"#]],
    );
}

#[test]
fn a_process_that_nobody_knows() {
    check(
        &workload("arrivals = \"poison\"\nevery = \"1s\""),
        &expect![[r#"
            error: `arrivals` cannot be `poison`
             --> file.toml:7:12
              |
            7 | arrivals = "poison"
              |            ^^^^^^^^
              |
              = help: did you mean `poisson`?
              = note: allowed: poisson, deterministic, bursts, diurnal, trace"#]],
    );
}

#[test]
fn keys_of_another_process() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"\nburst = 3\npeak = \"1s\""),
        &expect![[r#"
            error: `burst` has no meaning for poisson arrivals
             --> file.toml:9:9
              |
            9 | burst = 3
              |         ^

            error: `peak` has no meaning for poisson arrivals
              --> file.toml:10:8
               |
            10 | peak = "1s"
               |        ^^^^"#]],
    );
}

#[test]
fn a_rate_and_a_load() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"\nload = 0.5"),
        &expect![[r#"
            error: `every` and `load` exclude each other in [[workload]]
             --> file.toml:9:8
              |
            9 | load = 0.5
              |        ^^^"#]],
    );
}

#[test]
fn a_load_that_is_none() {
    check(
        &workload("arrivals = \"poisson\"\nload = 0"),
        &expect![[r#"
            error: `load` cannot be the number 0
             --> file.toml:8:8
              |
            8 | load = 0
              |        ^
              |
              = note: allowed: a number above 0, at most 100"#]],
    );
}

#[test]
fn a_load_of_work_that_nobody_knows() {
    check(
        "[[workload]]\nname = \"w\"\narrivals = \"poisson\"\nload = 0.5\n\
         class = [{ name = \"job\", run = \"10s\" }]\n",
        &expect![[r#"
            error: `load` needs `cores_max` of class `job`, which runs for a time
             --> file.toml:8:8
              |
            8 | load = 0.5
              |        ^^^
              |
              = note: allowed: `every`, or a class whose mean work is known"#]],
    );
    check(
        "[[workload]]\nname = \"w\"\narrivals = \"poisson\"\nload = 0.5\n\
         class = [{ name = \"job\", work = { distribution = \"pareto\", scale = \"1s\", shape = 1 } }]\n",
        &expect![[r#"
            error: `load` needs a mean, and the length of class `job` has none
             --> file.toml:8:8
              |
            8 | load = 0.5
              |        ^^^
              |
              = note: allowed: `every`, or a class whose mean work is known"#]],
    );
}

#[test]
fn too_many_jobs() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1us\""),
        &expect![[r#"
            error: `every` makes more than 1000000 jobs
             --> file.toml:8:9
              |
            8 | every = "1us"
              |         ^^^^^"#]],
    );
}

#[test]
fn bursts_without_a_mean() {
    check(
        &workload(
            "arrivals = \"bursts\"\nevery = \"1s\"\n\
             burst = { distribution = \"pareto\", scale = 1, shape = 0.5 }",
        ),
        &expect![[r#"
            error: `burst` has no mean, so bursts would have no rate
             --> file.toml:9:9
              |
            9 | burst = { distribution = "pareto", scale = 1, shape = 0.5 }
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: allowed: give it a `max`"#]],
    );
}

#[test]
fn times_after_the_end() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"\nat = \"30s\"\nuntil = \"20s\""),
        &expect![[r#"
            error: jobs end before they begin, `at = "30s"`
              --> file.toml:10:9
               |
            10 | until = "20s"
               |         ^^^^^
               |
               = note: allowed: a time after 30s"#]],
    );
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"\nuntil = \"61s\""),
        &expect![[r#"
            error: `until` lies after the end, `until = "60s"`
             --> file.toml:9:9
              |
            9 | until = "61s"
              |         ^^^^^
              |
              = note: allowed: a time up to 60s"#]],
    );
}

#[test]
fn names_that_are_taken() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"").replace("\"job\"", "\"worker\""),
        &expect![[r#"
            error: a job of class `worker` could be called `worker-1`, which there is already
             --> file.toml:9:19
              |
            9 | class = [{ name = "worker", cores_max = 1, work = "10s" }]
              |                   ^^^^^^^^
              |
              = note: allowed: a name that no other class has, and no node with a number after it"#]],
    );
    let twice = workload("arrivals = \"poisson\"\nevery = \"1s\"").repeat(2);
    check(
        &twice,
        &expect![[r#"
        error: there is a workload `w` already
          --> file.toml:11:8
           |
        11 | name = "w"
           |        ^^^

        error: there is a class `job` already
          --> file.toml:14:19
           |
        14 | class = [{ name = "job", cores_max = 1, work = "10s" }]
           |                   ^^^^^
           |
           = note: allowed: a name that no other class has, and no node with a number after it"#]],
    );
}

#[test]
fn amounts_that_cannot_be() {
    let class = |keys: &str| {
        workload("arrivals = \"poisson\"\nevery = \"1s\"")
            .replace("cores_max = 1", &format!("cores_max = {keys}"))
    };
    check(
        &class("0"),
        &expect![[r#"
        error: `cores_max` cannot be the number 0
         --> file.toml:9:38
          |
        9 | class = [{ name = "job", cores_max = 0, work = "10s" }]
          |                                      ^
          |
          = note: allowed: a whole number from 1 to 2147483647"#]],
    );
    check(
        &class("\"2g\""),
        &expect![[r#"
        error: `cores_max` cannot be "2g"
         --> file.toml:9:38
          |
        9 | class = [{ name = "job", cores_max = "2g", work = "10s" }]
          |                                      ^^^^
          |
          = note: allowed: a whole number from 1 to 2147483647"#]],
    );
    check(
        &class("{ distribution = \"uniform\", low = 1.5, high = 3 }"),
        &expect![[r#"
            error: `low` cannot be the number 1.5
             --> file.toml:9:72
              |
            9 | class = [{ name = "job", cores_max = { distribution = "uniform", low = 1.5, high = 3 }, work = "10s" }]
              |                                                                        ^^^
              |
              = note: allowed: a whole number from 1 to 2147483647"#]],
    );
    check(
        &class("{ distribution = \"exponential\", mean = 4, max = 1 }"),
        &expect![[r#"
            error: `max` is below the median, so more than half of all draws would be clipped
             --> file.toml:9:86
              |
            9 | class = [{ name = "job", cores_max = { distribution = "exponential", mean = 4, max = 1 }, work = "10s" }]
              |                                                                                      ^"#]],
    );
    check(
        &class("{ distribution = \"weibull\", scale = 4 }"),
        &expect![[r#"
            error: a distribution of counts needs `shape`
             --> file.toml:9:38
              |
            9 | class = [{ name = "job", cores_max = { distribution = "weibull", scale = 4 }, work = "10s" }]
              |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn a_driver_that_is_not_submitted() {
    check(
        &workload("arrivals = \"poisson\"\nevery = \"1s\"")
            .replace("cores_max = 1", "driver_cores = 1"),
        &expect![[r#"
            error: `driver_cores` needs `submit = true`
             --> file.toml:9:41
              |
            9 | class = [{ name = "job", driver_cores = 1, work = "10s" }]
              |                                         ^"#]],
    );
}

/// Two workers of 8 cores and 16 GiB, and the jobs of a table.
fn traced(table: &str, keys: &str) -> Result<Plan, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("jobs.csv"), table).unwrap();
    let text = format!(
        "{TWO_WORKERS}[[workload]]\nname = \"w\"\narrivals = \"trace\"\ncsv = \"jobs.csv\"\n{keys}"
    );
    let read = parse("file.toml", text.as_bytes(), folder.path(), &[]);
    read.map_err(|error| {
        let problems = error.problems().iter();
        problems
            .map(|it| it.message.clone())
            .collect::<Vec<_>>()
            .join("\n")
    })
}

#[test]
fn the_jobs_of_a_table_are_ordinary_applications() {
    let table = "at_s,class,cores,work_core_s,service_s\n1.234,big,8,600,\n2,,,,5\n90,,,,5\n";
    let expected = "[[expect]]\nby = \"50s\"\napplication = \"big-*\"\nstate = \"RUNNING\"\n";
    let plan = traced(table, &format!("at = \"10s\"\n{expected}")).unwrap();
    let told: Vec<_> = (plan.applications.iter())
        .map(|own| {
            (
                own.at.to_string(),
                own.work.name.as_str(),
                own.work.cores_max,
                own.work.end.clone(),
            )
        })
        .collect();
    let (work, service) = (Duration::from_secs(600), Duration::from_secs(5));
    assert_eq!(
        told,
        [
            (
                "11.240s".to_owned(),
                "big-1",
                Some(8),
                ApplicationEnd::Work(work)
            ),
            (
                "12.000s".to_owned(),
                "w-2",
                None,
                ApplicationEnd::Service(service)
            ),
        ],
    );
    assert_eq!(super::plan(&plan.to_toml()), plan);
}

#[test]
fn a_wrong_table_of_jobs_is_refused_with_its_line() {
    let refused = |table: &str| traced(table, "").unwrap_err();
    let all = [
        refused("at_s\n"),
        refused("at_s,work_core_s\n1,5\n-2,5\n"),
        refused("at_s,cores,work_core_s\n1,16,5\n1,17,5\n"),
        refused("at_s,cores_per_executor,work_core_s\n1,9,5\n"),
        refused("at_s,memory_per_executor_mib,work_core_s\n1,16385,5\n"),
        refused("at_s,class,work_core_s\n1,worker,5\n"),
        traced("at_s,work_core_s\n1,5\n", "load = 0.5\n").unwrap_err(),
    ];
    expect![[r#"
        `jobs.csv`: line 1: the columns `work_core_s` and `service_s` are missing: one is needed; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        `jobs.csv`: line 3: `at_s` is -2: it is negative
        `jobs.csv`: line 3: the job wants 17 cores, and the cluster has 16
        `jobs.csv`: line 2: an executor wants 9 cores, and no worker has as many
        `jobs.csv`: line 2: an executor wants 16385 MiB, and no worker has as much
        the name `worker-1` is taken
        `jobs.csv`: line 2: no job can be called `worker-1`
        `load` has no meaning for a trace"#]].assert_eq(&all.join("\n"));
}
