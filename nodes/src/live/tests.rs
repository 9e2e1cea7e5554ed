//! What can be said of live processes without starting one: properties files, master URLs, and
//! what is run for an order. Whole processes are started by the tests of the binary.

use super::folder::Folder;
use super::program::prepare;
use super::{LiveError, Properties, masters_in};
use crate::process::{DriverProgram, Program};
use crate::store::{Disk, DiskFailure};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{Command, DriverDescription};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::resource::Resources;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn properties(text: &str) -> Result<Properties, LiveError> {
    Properties::parse(Path::new("spark.conf"), text)
}

#[test]
fn a_properties_file_is_read_as_java_reads_it() {
    let text = "# a comment\n! another\n\nspark.worker.timeout   90\nspark.a = 1:2\n\
                spark.b:x\\\n    y\nspark.c\\ d \\u0041\\tz  \nspark.worker.timeout 91\nspark.e\n";
    let read = properties(text).unwrap();
    for (key, value) in [
        ("spark.worker.timeout", Some("91")),
        ("spark.a", Some("1:2")),
        ("spark.b", Some("xy")),
        ("spark.c d", Some("A\tz")),
        ("spark.e", Some("")),
        ("spark.f", None),
    ] {
        assert_eq!(read.value(key), value, "{key}");
    }
    assert_eq!(read.conf().unwrap().worker_timeout, Duration::from_secs(91));
}

#[test]
fn every_wrong_value_is_told_with_its_line() {
    let text =
        "spark.worker.timeout soon\nspark.eventLog.enabled true\n\nspark.master.rest.port 70000\n";
    let error = properties(text).unwrap().conf().unwrap_err().to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    assert!(lines[0].starts_with("error: spark.conf:1: `spark.worker.timeout`"));
    assert!(lines[1].starts_with("error: spark.conf:4: `spark.master.rest.port`"));
    let error = properties("a b\nc \\u00zz").unwrap_err().to_string();
    assert_eq!(error, "error: spark.conf:2: malformed \\uxxxx encoding");
}

#[test]
fn a_master_url_may_name_several_masters() {
    let two = masters_in("spark://a:7077,b:7078").unwrap();
    assert_eq!(two, [Address::new("a", 7077), Address::new("b", 7078)]);
    for wrong in [
        "",
        "a:7077",
        "spark://",
        "spark://a",
        "spark://a:7077,",
        "http://a:1",
    ] {
        assert!(masters_in(wrong).is_err(), "{wrong}");
    }
}

fn driver(resource: &str, options: &[&str]) -> Program {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    Program::Driver(Box::new(DriverProgram {
        driver: DriverId::new("driver-1"),
        description: Arc::new(DriverDescription {
            jar_url: resource.to_owned(),
            memory_mib: 512,
            cores: 1,
            supervise: false,
            command: Command {
                arguments: words(&[
                    "{{WORKER_URL}}",
                    "{{USER_JAR}}",
                    "Main",
                    "{{USER_JAR}}",
                    "b c",
                ]),
                java_options: words(options),
                ..Command::default()
            },
            resource_requirements: Vec::new(),
        }),
        resources: Resources::NONE,
        worker: Address::new("here", 7078),
        attempt: 1,
    }))
}

/// What is run for a resource of this name, with the work directory left out.
#[track_caller]
fn line(name: &str, mode: u32, options: &[&str]) -> Result<Vec<String>, String> {
    let ground = tempfile::tempdir().unwrap();
    let resource = ground.path().join(name);
    fs::write(&resource, "").unwrap();
    fs::set_permissions(&resource, fs::Permissions::from_mode(mode)).unwrap();
    let work = ground.path().join("work");
    let program = driver(&format!("file:{}", resource.display()), options);
    let without = |text: String| text.replace(&format!("{}/", work.display()), "");
    match prepare(&program, &work, None) {
        Ok(prepared) => {
            assert_eq!(prepared.directory, work.join("driver-1"));
            Ok(prepared.line.into_iter().map(without).collect())
        }
        Err(reason) => Err(without(reason)),
    }
}

#[test]
fn a_resource_is_copied_and_run_by_what_it_is() {
    let jar = line("app.jar", 0o644, &["-Da=1"]).unwrap();
    let own = "driver-1/app.jar";
    assert_eq!(
        jar,
        ["java", "-Xmx512M", "-Da=1", "-cp", own, "Main", own, "b c"]
    );
    let own = "driver-1/app.py";
    assert_eq!(
        line("app.py", 0o644, &[]).unwrap(),
        ["python3", "-u", own, own, "b c"]
    );
    let own = "driver-1/app.sh";
    assert_eq!(line("app.sh", 0o755, &[]).unwrap(), [own, own, "b c"]);
    let refused = line("app.sh", 0o644, &[]).unwrap_err();
    assert!(
        refused.starts_with("driver-1/app.sh is not executable"),
        "{refused}"
    );
}

#[test]
fn a_driver_may_say_itself_what_is_run() {
    let options = ["-Ddeploysim.driver.command=run '{{MAIN_CLASS}} x' {{WORKER_URL}} {{ARGS}}"];
    let words = line("app.jar", 0o644, &options).unwrap();
    let own = "driver-1/app.jar";
    assert_eq!(
        words,
        ["run", "Main x", "spark://Worker@here:7078", own, "b c"]
    );
}

#[test]
fn what_cannot_be_fetched_is_not_run() {
    let ground = tempfile::tempdir().unwrap();
    for (resource, reason) in [
        ("http://a/b.jar", "http://a/b.jar cannot be fetched"),
        ("/not-there.jar", "/not-there.jar: No such file"),
        ("relative.jar", "relative.jar cannot be fetched"),
    ] {
        let refused = prepare(&driver(resource, &[]), ground.path(), None).unwrap_err();
        assert!(refused.starts_with(reason), "{refused}");
    }
}

#[test]
fn a_folder_keeps_what_is_written_and_says_what_is_missing() {
    let ground = tempfile::tempdir().unwrap();
    let path = ground.path().join("records");
    let mut folder = Folder::open(&path).unwrap();
    folder.create("a").outcome.unwrap();
    folder.write("a", 0, b"hello").outcome.unwrap();
    folder.write("a", 4, b"!").outcome.unwrap();
    folder.sync_file("a").outcome.unwrap();
    folder.rename("a", "b").outcome.unwrap();
    folder.sync_directory().outcome.unwrap();
    folder.resize("b", 6).outcome.unwrap();
    assert_eq!(folder.list().outcome.unwrap(), ["b"]);
    assert_eq!(
        Folder::open(&path).unwrap().read("b").outcome.unwrap(),
        b"hell!\0"
    );
    assert_eq!(folder.exists("a").outcome, Ok(false));
    folder.remove("b").outcome.unwrap();
    assert_eq!(folder.remove("b").outcome, Err(DiskFailure::Missing));
    assert_eq!(folder.write("b", 0, b"").outcome, Err(DiskFailure::Missing));
    let above_is_missing = Folder::open(&path.join("x/y"));
    assert!(above_is_missing.is_err());
}
