//! Tables of jobs: what is written is read back, and what is wrong is told with its line.

use super::{Job, JobReader, JobWriter, Length, TableError};
use expect_test::expect;
use std::time::Duration;

fn read(text: &str) -> Result<Vec<(u64, Job)>, TableError> {
    JobReader::new(text.as_bytes())?.collect()
}

fn refused(text: &str) -> String {
    read(text).expect_err("the table is wrong").to_string()
}

#[test]
fn what_is_written_is_read() {
    let large = Job {
        at: Duration::from_millis(1_500),
        class: "large".to_owned(),
        cores: Some(16),
        cores_per_executor: Some(4),
        memory_per_executor_mib: Some(2_048),
        length: Length::Work(Duration::from_secs(3_600)),
    };
    let plain = Job {
        at: Duration::from_nanos(2_000_000_001),
        class: String::new(),
        cores: None,
        cores_per_executor: None,
        memory_per_executor_mib: None,
        length: Length::Service(Duration::from_millis(20)),
    };
    let mut bytes = Vec::new();
    let mut writer = JobWriter::new(&mut bytes).unwrap();
    writer.write(&large).unwrap();
    writer.write(&plain).unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    expect![[r#"
        at_s,class,cores,cores_per_executor,memory_per_executor_mib,work_core_s,service_s
        1.5,large,16,4,2048,3600,
        2.000000001,,,,,,0.02
    "#]]
    .assert_eq(&text);
    assert_eq!(read(&text).unwrap(), [(2, large), (3, plain)]);
}

#[test]
fn columns_may_be_left_out_and_come_in_any_order() {
    let jobs = read("service_s, at_s\n10, 0\n").unwrap();
    assert_eq!(jobs[0].1.length, Length::Service(Duration::from_secs(10)));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let all = [
        "",
        "at_s,class\n",
        "work_core_s\n1\n",
        "at_s,work_core_s,priority\n",
        "at_s,at_s,work_core_s\n",
        "at_s,work_core_s\n1,2\n3\n",
        "at_s,work_core_s\n1,2\n-3,2\n",
        "at_s,work_core_s\nsoon,2\n",
        "at_s,work_core_s,service_s\n1,2,3\n",
        "at_s,work_core_s\n1,\n",
        "at_s,cores,work_core_s\n1,0,5\n",
        "at_s,cores,work_core_s\n1,2.5,5\n",
    ];
    let all: Vec<String> = all.map(refused).into();
    expect![[r#"
        line 1: the column `at_s` is missing; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        line 1: the columns `work_core_s` and `service_s` are missing: one is needed; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        line 1: the column `at_s` is missing; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        line 1: unknown column `priority`; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        line 1: the column `at_s` is there twice; the columns are at_s, class, cores, cores_per_executor, memory_per_executor_mib, work_core_s, service_s
        line 3: 1 fields, and the heading has 2: is the file cut off?
        line 3: `at_s` is -3: it is negative
        line 2: `at_s` is soon: it is no number of seconds
        line 2: `work_core_s` and `service_s` exclude each other
        line 2: neither `work_core_s` nor `service_s` is given
        line 2: `cores` is 0: allowed is a whole number from 1 to 2147483647
        line 2: `cores` is 2.5: allowed is a whole number from 1 to 2147483647"#]].assert_eq(&all.join("\n"));
}
