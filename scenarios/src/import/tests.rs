//! Small traces of each format, written for this project after the documented formats: what
//! becomes of them, and what is refused.

use super::{Format, ImportError, Lenience, Options, Source, import};
use expect_test::{Expect, expect};

const OPTIONS: Options = Options {
    lenience: Lenience::Strict,
    cores_max: None,
    memory_max_mib: None,
    machine_cores: 32,
    machine_memory_mib: 65_536,
};

/// The table, and what is told of it.
fn imported(format: Format, files: &[&str], options: &Options) -> Result<String, ImportError> {
    let mut table = Vec::new();
    let sources = files.iter().enumerate().map(|(number, text)| Source {
        name: format!("file-{}", number + 1),
        lines: text.as_bytes(),
    });
    let summary = import(format, sources.collect(), options, &mut table)?;
    let told = summary.to_string();
    let told: Vec<&str> = (told.lines())
        .filter(|line| !line.starts_with("kept: ") && !line.starts_with("dropped: "))
        .collect();
    Ok(format!(
        "{}{}",
        String::from_utf8(table).unwrap(),
        told.join("\n")
    ))
}

fn check(format: Format, files: &[&str], expected: &Expect) {
    expected.assert_eq(&imported(format, files, &OPTIONS).unwrap());
}

fn refused(format: Format, files: &[&str]) -> String {
    match imported(format, files, &OPTIONS) {
        Err(error @ ImportError::Wrong { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

const SWF: &str = "; Version: 2.2\n; Computer: one of ours\n\
    1 0 5 100 4 95.5 2048 4 120 -1 1 3 1 7 1 -1 -1 -1\n\
    2 10 0 -1 -1 -1 -1 8 60 -1 5 3 1 7 1 -1 -1 -1\n\
    3 20 1 30.5 -1 -1 -1 2 60 1024000 1 4 1 8 2 -1 -1 -1\n\
    4 25 1 0 1 -1 -1 1 60 -1 0 4 1 8 2 -1 -1 -1\n";

#[test]
fn the_standard_workload_format() {
    check(
        Format::Swf,
        &[SWF],
        &expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        0,queue-1,4,1,2,400,
        20,queue-2,2,1,1000,61,
        2 jobs of 6 lines
        left out: 2 jobs without a run time: cancelled, or not known"#]],
    );
}

#[test]
fn wrong_lines_of_the_standard_workload_format() {
    let all = [
        refused(Format::Swf, &["; Version: 3\n"]),
        refused(Format::Swf, &["1 0 5 100 4\n"]),
        refused(
            Format::Swf,
            &["1 0 5 -7 4 -1 -1 4 120 -1 1 3 1 7 1 -1 -1 -1\n"],
        ),
        refused(
            Format::Swf,
            &["1 0 5 ten 4 -1 -1 4 120 -1 1 3 1 7 1 -1 -1 -1\n"],
        ),
    ];
    expect![[r#"
        file-1:1: version 3 is newer than 2.2, the newest that is known
        file-1:1: 5 numbers, and a job has 18: is the file cut off?
        file-1:1: the run time is -7: it is negative
        file-1:1: the run time is `ten`: it is no number"#]]
    .assert_eq(&all.join("\n"));
}

#[test]
fn what_is_wrong_can_be_skipped_and_is_counted() {
    let options = Options {
        lenience: Lenience::Lenient,
        cores_max: Some(3),
        ..OPTIONS
    };
    let cut = &format!("{SWF}5 30 1 10");
    let told = imported(Format::Swf, &[cut], &options).unwrap();
    expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        20,queue-2,2,1,1000,61,
        1 jobs of 7 lines
        left out: 2 jobs without a run time: cancelled, or not known
        skipped as wrong: 2
          file-1:3: the job wants 4 cores: at most 3 are allowed
          file-1:7: 4 numbers, and a job has 18: is the file cut off?"#]]
    .assert_eq(&told);
}

#[test]
fn a_job_that_is_too_large() {
    let options = Options {
        cores_max: Some(3),
        ..OPTIONS
    };
    let error = imported(Format::Swf, &[SWF], &options).unwrap_err();
    expect!["file-1:3: the job wants 4 cores: at most 3 are allowed"].assert_eq(&error.to_string());
    let options = Options {
        memory_max_mib: Some(1),
        ..OPTIONS
    };
    let error = imported(Format::Swf, &[SWF], &options).unwrap_err();
    expect!["file-1:3: an executor wants 2 MiB: at most 1 are allowed"]
        .assert_eq(&error.to_string());
}

const START: &str = "{\"Event\":\"SparkListenerLogStart\",\"Spark Version\":\"3.5.1\"}\n";

/// A log of an application that starts and ends at these milliseconds.
fn log(name: &str, start: u64, end: u64, tasks: &str) -> String {
    format!(
        "{START}\
         {{\"Event\":\"SparkListenerEnvironmentUpdate\",\"Spark Properties\":{{\
         \"spark.executor.memory\":\"2g\",\"spark.task.cpus\":\"2\"}}}}\n\
         {{\"Event\":\"SparkListenerApplicationStart\",\"App Name\":\"{name}\",\"Timestamp\":{start}}}\n\
         {{\"Event\":\"SparkListenerExecutorAdded\",\"Timestamp\":{},\"Executor ID\":\"0\",\
         \"Executor Info\":{{\"Host\":\"a\",\"Total Cores\":4}}}}\n\
         {{\"Event\":\"SparkListenerExecutorAdded\",\"Timestamp\":{},\"Executor ID\":\"1\",\
         \"Executor Info\":{{\"Host\":\"b\",\"Total Cores\":4}}}}\n\
         {tasks}\
         {{\"Event\":\"SparkListenerExecutorRemoved\",\"Timestamp\":{end},\"Executor ID\":\"1\"}}\n\
         {{\"Event\":\"SparkListenerApplicationEnd\",\"Timestamp\":{end}}}\n",
        start + 1_000,
        start + 1_500,
    )
}

const TASK: &str = "{\"Event\":\"SparkListenerTaskEnd\",\"Task Info\":{\"Launch Time\":5000,\
    \"Finish Time\":7500}}\n";

#[test]
fn event_logs_of_spark() {
    let later = log("Word Count", 20_000, 60_000, &TASK.repeat(3));
    let first = log("pi", 10_000, 15_000, "");
    check(
        Format::SparkEvents,
        &[&later, &first],
        &expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        0,pi,8,4,2048,,4
        10,Word-Count,8,4,2048,15,
        2 jobs of 17 lines"#]],
    );
}

#[test]
fn wrong_event_logs_of_spark() {
    let whole = log("pi", 10_000, 15_000, TASK);
    let all = [
        refused(
            Format::SparkEvents,
            &["{\"Event\":\"SparkListenerJobStart\"}\n"],
        ),
        refused(Format::SparkEvents, &[&whole.replace("3.5.1", "5.0.0")]),
        refused(Format::SparkEvents, &[&whole[..whole.len() - 20]]),
        refused(
            Format::SparkEvents,
            &[&whole.replace("\"Finish Time\":7500", "\"Finish Time\":1")],
        ),
        refused(Format::SparkEvents, &[&log("pi", 10_000, 9_000, "")]),
        refused(
            Format::SparkEvents,
            &[&whole.lines().take(4).collect::<Vec<_>>().join("\n")],
        ),
    ];
    expect![[r#"
        file-1:1: this is no event log of Spark: the first event has to be SparkListenerLogStart
        file-1:1: Spark 5.0.0 is newer than Spark 4, the newest that is known
        file-1:8: this is no JSON: EOF while parsing an object at line 1 column 38; is the file cut off?
        file-1:6: SparkListenerTaskEnd: the task ends before it began
        file-1: the application ends 1000 ms before it begins
        file-1: there is no SparkListenerApplicationEnd: the application still runs, or the file is cut off"#]].assert_eq(&all.join("\n"));
}

const GOOGLE_JOBS: &str = "600000000,,42,0,u,2,name,logical\n";
const GOOGLE_TASKS: &str = "600000000,,42,0,,0,u,2,9,0.0625,0.01,0,0\n\
    600000000,,42,1,,0,u,2,9,0.0625,0.01,0,0\n\
    610000000,,42,0,7,1,u,2,9,0.0625,0.01,0,0\n\
    611000000,,42,1,8,1,u,2,9,0.0625,0.01,0,0\n\
    620000000,,42,0,7,4,u,2,9,0.0625,0.01,0,0\n\
    621000000,,42,1,8,2,u,2,9,0.0625,0.01,0,0\n\
    700000000,,43,0,7,0,u,0,9,,,,\n\
    701000000,,43,0,7,1,u,0,9,,,,\n";

#[test]
fn googles_trace_of_2011() {
    check(
        Format::Google2011,
        &[GOOGLE_JOBS, GOOGLE_TASKS],
        &expect![[r#"
            at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
            0,class-2,4,2,656,40,
            1 jobs of 9 lines
            left out: 1 jobs that did no work
            left out: 1 tasks that still ran at the end, whose last run is not counted"#]],
    );
}

#[test]
fn wrong_lines_of_googles_trace() {
    let all = [
        refused(Format::Google2011, &["600000000,,42,0,,0,u,2\n1,2,3\n"]),
        refused(Format::Google2011, &["600000000,,42,9,u,2,name,logical\n"]),
        refused(Format::Google2011, &["-5,,42,0,u,2,name,logical\n"]),
        refused(
            Format::Google2011,
            &["600000000,,42,x,,0,u,2,9,0.06,0.01,0,0\n"],
        ),
        refused(Format::Google2011, &["600000000,,,0,u,2,name,logical\n"]),
    ];
    expect![[r#"
        file-1:2: 3 columns: job_events has 8 and task_events 13; is the file cut off?
        file-1:1: the event type is `9`: allowed are 0 to 8
        file-1:1: the time is -5: it is negative
        file-1:1: the task index is `x`: it is no number
        file-1:1: the job has no id"#]]
    .assert_eq(&all.join("\n"));
}

const ALIBABA: &str = "M1,3,j_1,1,Terminated,100,160,100,0.5\n\
    R2_1,2,j_1,1,Terminated,160,170,150,0.25\n\
    M1,1,j_2,1,Running,90,0,50,0.1\n\
    task_a,1,j_3,1,Terminated,95,96,50,0.1\n";

#[test]
fn alibabas_trace_of_2018() {
    check(
        Format::Alibaba2018,
        &[ALIBABA],
        &expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        95,,1,1,66,1,
        100,,4,2,328,220,
        2 jobs of 4 lines
        left out: 1 tasks or instances that did not end"#]],
    );
    let instances = "i1,M1,j_1,1,Terminated,100,150,m_1,1,3,80,100,0.1,0.5\n\
        i2,M1,j_1,1,Terminated,100,160,m_2,2,3,80,120,0.1,0.4\n";
    check(
        Format::Alibaba2018,
        &[instances],
        &expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        100,,6,2,328,170,
        1 jobs of 2 lines"#]],
    );
}

#[test]
fn wrong_lines_of_alibabas_trace() {
    let all = [
        refused(Format::Alibaba2018, &["M1,3,j_1,1,Terminated,100\n"]),
        refused(
            Format::Alibaba2018,
            &["M1,3,j_1,1,Terminated,100,60,100,0.5\n"],
        ),
        refused(
            Format::Alibaba2018,
            &["M1,3,j_1,1,Terminated,-1,60,100,0.5\n"],
        ),
        refused(
            Format::Alibaba2018,
            &[
                ALIBABA,
                "i1,M1,j_1,1,Terminated,100,150,m_1,1,3,80,100,0.1,0.5\n",
            ],
        ),
    ];
    expect![[r#"
        file-1:1: 6 columns: batch_task has 9 and batch_instance 14; is the file cut off?
        file-1:1: it ends 60s after the beginning, before its start
        file-1:1: the start time is -1: it is negative
        file-2:1: 14 columns, and 9 before: batch_task and batch_instance tell of the same work, or the file is cut off"#]].assert_eq(&all.join("\n"));
}
