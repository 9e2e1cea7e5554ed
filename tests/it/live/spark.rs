//! Real Spark's client against the live master: `spark-submit --deploy-mode cluster` submits, asks
//! about and kills a driver that is a plain class of Java. Skipped where Spark is not installed.

use super::cluster::{Master, Worker, lives, numbers, wait_for};
use crate::ground::{Ground, Ran};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// The variable that names the folder in which Spark's `bin/spark-submit` is.
const SPARK_HOME: &str = "DEPLOYSIM_SPARK_HOME";

/// The program that is submitted.
const SLEEPER: &str = include_str!("Sleeper.java");

/// What Spark's client logs: all that the deploy code says. Unless it is told so, it keeps the answer
/// to a question about a driver to itself.
const LOGGING: &str = "\
rootLogger.level = warn
rootLogger.appenderRef.all.ref = console
logger.deploy.name = org.apache.spark.deploy
logger.deploy.level = info
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %m%n
";

/// Options of a Java machine that lives for a moment.
const BRIEF: &str = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/// Spark's client, its configuration, and a class in a jar for it to submit.
struct Spark {
    home: PathBuf,
    conf: PathBuf,
    jar: PathBuf,
}

impl Spark {
    /// Nothing, and a line that says so, if Spark is not installed.
    fn find(test: &str, ground: &Ground) -> Option<Self> {
        let home = std::env::var_os(SPARK_HOME).map(PathBuf::from);
        let Some(home) = home.filter(|home| home.join("bin/spark-submit").exists()) else {
            // The runner would keep what is printed to itself.
            let line = format!("skipped: live::spark::{test}: no Spark found ({SPARK_HOME})\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return None;
        };
        ground.file("spark/log4j2.properties", LOGGING);
        let (conf, jar) = (ground.path("spark"), jar(ground));
        Some(Self { home, conf, jar })
    }

    /// Runs `spark-submit` against a master's REST server.
    fn run(&self, master: &Master, words: &[&str]) -> Ran {
        let mut command = Command::new(self.home.join("bin/spark-submit"));
        command
            .env("SPARK_HOME", &self.home)
            .env("SPARK_CONF_DIR", &self.conf)
            .env("SPARK_LOCAL_IP", "127.0.0.1")
            .env("SPARK_SUBMIT_OPTS", BRIEF)
            .args(["--master", &master.rest])
            .args(["--conf", "spark.master.rest.enabled=true"])
            .args(words);
        command.output().unwrap().into()
    }

    /// Submits a sleeper; returns the driver's id.
    #[track_caller]
    fn submit(&self, master: &Master, flags: &[&str], seconds: u32, code: i32) -> String {
        let (seconds, code) = (seconds.to_string(), code.to_string());
        let mut words = vec!["--deploy-mode", "cluster", "--class", "Sleeper"];
        words.extend(["--driver-memory", "64m"]);
        words.extend(flags);
        let jar = format!("file://{}", self.jar.display());
        words.extend([&jar, &seconds, &code].map(String::as_str));
        let ran = self.run(master, &words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let answer = response(&ran, "CreateSubmissionResponse");
        answer["submissionId"].as_str().unwrap().to_owned()
    }

    /// The state of a driver, as Spark's client is told it.
    #[track_caller]
    fn state(&self, master: &Master, driver: &str) -> String {
        let ran = self.run(master, &["--status", driver]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let answer = response(&ran, "SubmissionStatusResponse");
        assert_eq!(answer["success"], true, "{answer}");
        answer["driverState"].as_str().unwrap().to_owned()
    }
}

/// The answer that Spark's client shows in its log.
#[track_caller]
fn response(ran: &Ran, action: &str) -> serde_json::Value {
    let (_, answer) = ran
        .stderr
        .split_once(&format!("Server responded with {action}:"))
        .unwrap_or_else(|| panic!("no {action}: {ran:?}"));
    let mut values = serde_json::Deserializer::from_str(answer).into_iter();
    let value: serde_json::Value = values.next().unwrap().unwrap();
    assert_eq!(value["action"], action);
    value
}

/// The program, compiled.
fn jar(ground: &Ground) -> PathBuf {
    let source = ground.file("Sleeper.java", SLEEPER);
    let (classes, jar) = (ground.path("classes"), ground.path("sleeper.jar"));
    let mut compiler = Command::new("javac");
    compiler.arg("-d").arg(&classes).arg(source);
    let mut archiver = Command::new("jar");
    archiver
        .arg("cf")
        .arg(&jar)
        .arg("-C")
        .arg(&classes)
        .arg(".");
    for mut tool in [compiler, archiver] {
        let ran: Ran = tool.output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{tool:?}: {ran:?}");
    }
    jar
}

#[test]
fn spark_submits_a_driver_and_is_told_how_it_ended() {
    let ground = Ground::new();
    let Some(spark) = Spark::find("spark_submits_a_driver_and_is_told_how_it_ended", &ground)
    else {
        return;
    };
    let master = Master::start(&ground, "");
    let _worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);

    let succeeds = spark.submit(&master, &[], 1, 0);
    let fails = spark.submit(&master, &[], 1, 3);
    master.wait_for_state(&succeeds, "FINISHED");
    master.wait_for_state(&fails, "FAILED");
    assert_eq!(spark.state(&master, &succeeds), "FINISHED");
    assert_eq!(spark.state(&master, &fails), "FAILED");
}

#[test]
fn spark_kills_a_supervised_driver_that_runs_again() {
    let ground = Ground::new();
    let Some(spark) = Spark::find("spark_kills_a_supervised_driver_that_runs_again", &ground)
    else {
        return;
    };
    let master = Master::start(&ground, "");
    let worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);

    let fails = spark.submit(&master, &["--supervise"], 1, 3);
    let second = worker.wrote(&fails, |text| numbers(text).get(1).copied());
    assert_eq!(spark.state(&master, &fails), "RUNNING");

    let stays = spark.submit(&master, &["--supervise"], 600, 0);
    let process = worker.wrote(&stays, |text| numbers(text).first().copied());
    for driver in [&fails, &stays] {
        let ran = spark.run(&master, &["--kill", driver]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let answer = response(&ran, "KillSubmissionResponse");
        assert_eq!(answer["success"], true, "{answer}");
        master.wait_for_state(driver, "KILLED");
    }
    wait_for("the drivers' processes end", || {
        (!lives(process) && !lives(second)).then_some(())
    });
}
