//! What can be said of live processes without starting one: properties files, master URLs, and
//! what is run for an order. Whole processes are started by the tests of the binary.

use super::cleanup::clean;
use super::folder::Folder;
use super::limits::{ChildLimit, child_limits};
use super::program::{Prepared, Site, prepare};
use super::{LiveError, Properties, masters_in};
use crate::process::{DriverProgram, ExecutorProgram, Program};
use crate::store::{Disk, DiskFailure};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{
    ApplicationDescription, Command, DriverDescription, ExecutorOrder, ResourceProfile,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId};
use deploysim_protocol::resource::Resources;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

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

/// What is prepared at a worker whose work directory is `work`.
fn prepared(program: &Program, work: &Path) -> Result<Prepared, String> {
    let site = Site {
        work: work.to_owned(),
        ..Site::default()
    };
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().unwrap();
    runtime.block_on(prepare(program, &site))
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
    match prepared(&program, &work) {
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
        ("https://a/b.jar", "https://a/b.jar cannot be fetched"),
        ("http:b.jar", "http:b.jar"),
        ("http://a/", "http://a/ names no file"),
        ("/not-there.jar", "/not-there.jar: No such file"),
        ("relative.jar", "relative.jar cannot be fetched"),
    ] {
        let refused = prepared(&driver(resource, &[]), ground.path()).unwrap_err();
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

#[test]
fn a_python_program_finds_its_own_files_and_sparks() {
    let ground = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = ground.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        path.display().to_string()
    };
    let (app, module, archive) = (file("app.py"), file("module.py"), file("more.zip"));
    let bridge = file("spark/python/lib/py4j-0.10-src.zip");
    let files = format!("-Dspark.submit.pyFiles=file:{module},{archive}");
    let Program::Driver(mut order) = driver(&app, &[&files]) else {
        panic!("it is a driver");
    };
    let description = Arc::make_mut(&mut order.description);
    let home = ground.path().join("spark").display().to_string();
    let environment = &mut description.command.environment;
    environment.insert("SPARK_HOME".to_owned(), home.clone());
    environment.insert("PYTHONPATH".to_owned(), "/before".to_owned());

    let work = ground.path().join("work");
    let made = prepared(&Program::Driver(order), &work).unwrap();
    let own = work.join("driver-1").display().to_string();
    assert!(work.join("driver-1/module.py").exists());
    assert_eq!(
        made.environment["PYTHONPATH"],
        format!("{own}:{own}/more.zip:{home}/python/lib/pyspark.zip:{bridge}:/before")
    );
    assert_eq!(made.environment["PYTHONUNBUFFERED"], "YES");
}

fn executor(command: Command) -> Program {
    let description = ApplicationDescription {
        name: "app".to_owned(),
        cores_max: None,
        command,
        app_ui_url: String::new(),
        default_profile: ResourceProfile::default(),
        event_log_dir: None,
        event_log_codec: None,
        initial_executor_limit: None,
        user: "somebody".to_owned(),
    };
    let application = ApplicationId::new("app-1");
    let number = 7;
    Program::Executor(Box::new(ExecutorProgram {
        order: ExecutorOrder {
            executor: ExecutorId {
                application,
                number,
            },
            profile: ProfileId::default(),
            description: Arc::new(description),
            cores: 3,
            memory_mib: 256,
            resources: Resources::NONE,
        },
        worker: Address::new("here", 7078),
    }))
}

#[test]
fn an_executor_runs_what_its_application_says() {
    let ground = tempfile::tempdir().unwrap();
    let owned = |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.into()).collect() };
    let command = Command {
        main_class: "a.Backend".to_owned(),
        arguments: owned(&[
            "--id",
            "{{EXECUTOR_ID}}",
            "--on",
            "{{WORKER_URL}}",
            "{{CORES}}",
        ]),
        class_path_entries: owned(&["/a.jar", "/b"]),
        java_options: owned(&["-Dapp={{APP_ID}}"]),
        ..Command::default()
    };
    let made = prepared(&executor(command.clone()), ground.path()).unwrap();
    assert_eq!(made.directory, ground.path().join("app-1/7"));
    let java = [
        "java",
        "-Xmx256M",
        "-Dapp=app-1",
        "-cp",
        "/a.jar:/b",
        "a.Backend",
    ];
    let arguments = ["--id", "7", "--on", "spark://Worker@here:7078", "3"];
    assert_eq!(made.line, owned(&[&java[..], &arguments[..]].concat()));

    let program = Command {
        main_class: "/bin/program".to_owned(),
        ..command
    };
    let made = prepared(&executor(program), ground.path()).unwrap();
    assert_eq!(
        made.line,
        owned(&[&["/bin/program"][..], &arguments[..]].concat())
    );

    let refused = prepared(&executor(Command::default()), ground.path());
    assert!(refused.unwrap_err().contains("no program"));
}

#[test]
fn a_command_line_wins_over_the_file_and_is_no_place_for_secrets() {
    let pair = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    let file = || properties("spark.worker.timeout 60\n").unwrap();
    let both = file().and(&pair("spark.worker.timeout", "9")).unwrap();
    assert_eq!(both.value("spark.worker.timeout"), Some("9"));
    let error = file().and(&pair("spark.worker.timeout", "soon")).unwrap();
    let error = error.conf().unwrap_err().to_string();
    assert!(error.starts_with("error: --conf: "), "{error}");
    for key in ["spark.authenticate.secret", "deploysim.rest.token"] {
        let error = file().and(&pair(key, "hidden")).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("error: --conf {key}: ")),
            "{error}"
        );
        assert!(!error.contains("hidden"), "{error}");
    }
}

#[test]
fn limits_of_children_are_read_from_properties() {
    let text = "deploysim.child.cpuTimeMax 2min\ndeploysim.child.memoryMax 1g\n\
                deploysim.child.fileSizeMax 10\ndeploysim.child.coreSizeMax 0\n\
                deploysim.child.openFilesMax 64\ndeploysim.child.memoryMax 2g\n";
    let limits = child_limits(&properties(text).unwrap()).unwrap();
    let words: Vec<_> = limits.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "cpuTimeMax=120",
            "fileSizeMax=10",
            "coreSizeMax=0",
            "openFilesMax=64",
            "memoryMax=2147483648",
        ]
    );
    for (word, limit) in words.iter().zip(&limits) {
        assert_eq!(word.parse::<ChildLimit>().as_ref(), Ok(limit));
    }
    for wrong in ["memoryMax", "memoryMax=", "memory=1"] {
        assert!(wrong.parse::<ChildLimit>().is_err(), "{wrong}");
    }

    let text = "deploysim.child.memory 1g\ndeploysim.child.cpuTimeMax 0\n\
                deploysim.child.openFilesMax many\n";
    let error = child_limits(&properties(text).unwrap()).unwrap_err();
    let error = error.to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines[0].contains("deploysim.child.memoryMax"), "{error}");
    assert!(lines[1].starts_with("error: spark.conf:2: "), "{error}");
    assert!(lines[2].contains("from 16 on"), "{error}");
}

/// Makes a file, and gives it and the folders around it, up to the ground, this age.
fn aged(ground: &Path, name: &str, age: Duration) {
    let path = ground.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    for path in path.ancestors().take_while(|path| *path != ground) {
        let file = fs::File::open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_hours(1) - age)
            .unwrap();
    }
}

#[test]
fn only_what_is_old_unprotected_and_inside_is_deleted() {
    let ground = tempfile::tempdir().unwrap();
    let (work, elsewhere) = (ground.path().join("work"), ground.path().join("elsewhere"));
    let (old, new) = (Duration::from_mins(30), Duration::from_mins(1));
    aged(&elsewhere, "kept/file", old);
    aged(&work, "driver-old/a/b/file", old);
    aged(&work, "driver-running/file", old);
    aged(&work, "driver-busy/a/b/other", old);
    aged(&work, "driver-busy/a/b/file", new);
    aged(&work, "driver-busy/a/last", old);
    aged(&work, "file", old);
    std::os::unix::fs::symlink(&elsewhere, work.join("link")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, work.join("driver-old/link")).unwrap();
    let long_ago = fs::File::open(work.join("driver-old")).unwrap();
    long_ago.set_modified(UNIX_EPOCH).unwrap();

    let protected = BTreeSet::from(["driver-running".to_owned()]);
    let limit = UNIX_EPOCH + Duration::from_hours(1) - Duration::from_mins(10);
    // The link is as new as this test, and so is what it is in.
    assert!(clean(&work, &protected, limit).unwrap().is_empty());
    fs::remove_file(work.join("driver-old/link")).unwrap();
    long_ago.set_modified(UNIX_EPOCH).unwrap();

    let deletions = clean(&work, &protected, limit).unwrap();
    let deleted: Vec<_> = deletions.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(deleted, [work.join("driver-old")]);
    assert!(deletions.iter().all(|(_, outcome)| outcome.is_ok()));
    for kept in [
        "driver-running/file",
        "driver-busy/a/b/file",
        "file",
        "link",
    ] {
        assert!(work.join(kept).exists(), "{kept}");
    }
    assert!(!work.join("driver-old").exists());
    assert!(elsewhere.join("kept/file").exists());
}

#[test]
fn a_folder_that_is_had_alone_is_had_once() {
    let ground = tempfile::tempdir().unwrap();
    let path = ground.path().join("records");
    let first = Folder::open_alone(&path).unwrap();
    let second = Folder::open_alone(&path).unwrap_err().to_string();
    assert_eq!(second, "another process has its records open");
    drop(first);
    assert!(Folder::open_alone(&path).is_ok());
}
