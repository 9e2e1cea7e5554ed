//! What is run for an order: the directory, the program with its arguments, and its environment.
//! Spark: `DriverRunner.prepareAndRunDriver`, `ExecutorRunner.fetchAndRunExecutor`.

use super::python;
use super::resources::Fetching;
use super::secrets::Secret;
use crate::gateway::words;
use crate::process::{DriverProgram, ExecutorProgram, Program};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::Command;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// The driver's property that says what is run for it, as a line with `{{NAMES}}`.
const DRIVER_COMMAND: &str = "-Ddeploysim.driver.command=";
/// The driver's property with files beside a Python program.
const PYTHON_FILES: &str = "-Dspark.submit.pyFiles=";

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) directory: PathBuf,
    /// The program, then its arguments.
    pub(super) line: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
}

/// What a worker knows beside an order.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    /// The folder below which each child has its own.
    pub(super) work: PathBuf,
    /// What is run for an executor, instead of its application's command.
    pub(super) executor_command: Option<String>,
    /// How resources are fetched.
    pub(super) fetching: Fetching,
    /// What children need to know to speak to masters and workers, if there is a secret.
    pub(super) secret: Option<Secret>,
}

/// Prepares a child's directory, what it consists of, and its command line.
///
/// # Errors
/// Why there is nothing that could be started, in words.
pub(super) async fn prepare(program: &Program, site: &Site) -> Result<Prepared, String> {
    match program {
        Program::Driver(driver) => prepare_driver(driver, site).await,
        Program::Executor(executor) => prepare_executor(executor, site),
    }
}

async fn prepare_driver(driver: &DriverProgram, site: &Site) -> Result<Prepared, String> {
    let directory = make_directory(&site.work, &[&driver.driver.to_string()])?;
    let description = &driver.description;
    let jar = site
        .fetching
        .fetch(&description.jar_url, &directory)
        .await?;
    let user_jar = jar.display().to_string();
    let worker_url = endpoint_url("Worker", driver.worker);
    let filled = |word: &String| {
        word.replace("{{WORKER_URL}}", &worker_url)
            .replace("{{USER_JAR}}", &user_jar)
    };
    // The wrapper's arguments: worker, jar, the user's class, the user's arguments.
    let command = &description.command;
    let mut environment = command.environment.clone();
    let mut arguments = command.arguments.iter().skip(2).map(filled);
    let main_class = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    let line = if let Some(template) = option(&command.java_options, DRIVER_COMMAND) {
        let names = [
            ("{{MAIN_CLASS}}", main_class.as_str()),
            ("{{USER_JAR}}", &user_jar),
            ("{{WORKER_URL}}", &worker_url),
        ];
        from_template(template, &names, &arguments)?
    } else {
        let mut line = interpreter(
            &jar,
            &main_class,
            description.memory_mib,
            &command.java_options,
        )?;
        line.extend(arguments);
        line
    };
    if is_python(&jar) {
        let files = option(&command.java_options, PYTHON_FILES).unwrap_or_default();
        let mut path = Vec::new();
        for file in files.split(',').filter(|file| !file.is_empty()) {
            let file = site.fetching.fetch(file, &directory).await?;
            path.push(if is_python(&file) {
                directory.clone()
            } else {
                file
            });
        }
        python::complete(&mut environment, path)?;
    }
    Ok(Prepared {
        directory,
        line,
        environment,
    })
}

/// The value of an option `-Dkey=value`.
fn option<'a>(options: &'a [String], begin: &str) -> Option<&'a str> {
    options.iter().find_map(|option| option.strip_prefix(begin))
}

fn prepare_executor(executor: &ExecutorProgram, site: &Site) -> Result<Prepared, String> {
    let order = &executor.order;
    let (application, number) = (
        order.application().to_string(),
        order.executor.number.to_string(),
    );
    let driver_url = order.driver_address();
    let driver_url =
        driver_url.map_or_else(String::new, |at| endpoint_url("CoarseGrainedScheduler", at));
    let names = [
        ("{{WORKER_URL}}", endpoint_url("Worker", executor.worker)),
        ("{{EXECUTOR_ID}}", number.clone()),
        ("{{HOSTNAME}}", executor.worker.host.to_string()),
        ("{{CORES}}", order.cores.to_string()),
        ("{{APP_ID}}", application.clone()),
        ("{{DRIVER_URL}}", driver_url),
    ];
    let names = names
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let command = &order.description.command;
    let line = match &site.executor_command {
        Some(template) => from_template(template, &names, &[])?,
        None => own_command(command, order.memory_mib, &names)?,
    };
    Ok(Prepared {
        directory: make_directory(&site.work, &[&application, &number])?,
        line,
        environment: command.environment.clone(),
    })
}

/// What an application says itself is run for an executor. Spark: `CommandUtils.buildCommandSeq`.
/// **Differs:** a main class with a `/` in it is the path of a program, which is run as it is; the
/// class path is the application's alone, as there is no Spark here to be put before it.
fn own_command(
    command: &Command,
    memory_mib: i32,
    names: &[(&str, &str)],
) -> Result<Vec<String>, String> {
    if command.main_class.is_empty() {
        return Err("the application says no program for its executors".to_owned());
    }
    let mut line = Vec::new();
    if !command.main_class.contains('/') {
        line.extend(["java".to_owned(), format!("-Xmx{memory_mib}M")]);
        line.extend(command.java_options.iter().cloned());
        if !command.library_path_entries.is_empty() {
            let entries = command.library_path_entries.join(":");
            line.push(format!("-Djava.library.path={entries}"));
        }
        if !command.class_path_entries.is_empty() {
            line.extend(["-cp".to_owned(), command.class_path_entries.join(":")]);
        }
    }
    line.push(command.main_class.clone());
    line.extend(command.arguments.iter().cloned());
    Ok(line.into_iter().map(|word| fill(word, names)).collect())
}

/// A word with names replaced by what they stand for.
fn fill(word: String, names: &[(&str, &str)]) -> String {
    let replace = |word: String, (name, value): &(&str, &str)| word.replace(name, value);
    names.iter().fold(word, replace)
}

fn is_python(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "py")
}

/// What runs a resource, up to the user's arguments.
fn interpreter(
    jar: &Path,
    main_class: &str,
    memory_mib: i32,
    java_options: &[String],
) -> Result<Vec<String>, String> {
    let path = jar.display().to_string();
    let extension = jar.extension().and_then(|extension| extension.to_str());
    let words: Vec<String> = match extension {
        Some("jar") => {
            let mut words = vec!["java".to_owned(), format!("-Xmx{memory_mib}M")];
            words.extend(java_options.iter().cloned());
            words.extend(["-cp".to_owned(), path, main_class.to_owned()]);
            words
        }
        Some("py") => vec!["python3".to_owned(), "-u".to_owned(), path],
        Some(_) | None => {
            let metadata = fs::metadata(jar).map_err(|error| format!("{path}: {error}"))?;
            if metadata.permissions().mode() & 0o111 == 0 {
                return Err(format!(
                    "{path} is not executable, and no .jar or .py: set deploysim.driver.command"
                ));
            }
            vec![path]
        }
    };
    Ok(words)
}

/// The words of a template, with names replaced; a word `{{ARGS}}` stands for all arguments.
fn from_template(
    template: &str,
    names: &[(&str, &str)],
    arguments: &[String],
) -> Result<Vec<String>, String> {
    let mut line = Vec::new();
    for word in words(template) {
        if word == "{{ARGS}}" {
            line.extend(arguments.iter().cloned());
        } else {
            line.push(fill(word, names));
        }
    }
    if line.is_empty() {
        return Err("the command to run has no words".to_owned());
    }
    Ok(line)
}

/// The directory of a child below the work directory, made if it is not there.
fn make_directory(work: &Path, names: &[&str]) -> Result<PathBuf, String> {
    let mut directory = work.to_owned();
    for name in names {
        let mut parts = Path::new(name).components();
        let is_plain = matches!(parts.next(), Some(Component::Normal(part)) if part == *name);
        if !is_plain {
            return Err(format!("`{name}` is not the name of a directory"));
        }
        directory.push(name);
    }
    fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    Ok(directory)
}

fn endpoint_url(endpoint: &str, at: Address) -> String {
    format!("spark://{endpoint}@{at}")
}
