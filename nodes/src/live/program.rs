//! What is run for an order: the directory, the program with its arguments, and its environment.
//! Spark: `DriverRunner.prepareAndRunDriver`, `ExecutorRunner.fetchAndRunExecutor`.

use crate::gateway::words;
use crate::process::{DriverProgram, ExecutorProgram, Program};
use deploysim_protocol::address::Address;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// The driver's property that says what is run for it, as a line with `{{NAMES}}`.
const DRIVER_COMMAND: &str = "-Ddeploysim.driver.command=";

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) directory: PathBuf,
    /// The program, then its arguments.
    pub(super) line: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
}

/// Prepares a child's directory and its command line.
///
/// # Errors
/// Why there is nothing that could be started, in words.
pub(super) fn prepare(
    program: &Program,
    work: &Path,
    executor_command: Option<&str>,
) -> Result<Prepared, String> {
    match program {
        Program::Driver(driver) => prepare_driver(driver, work),
        Program::Executor(executor) => prepare_executor(executor, work, executor_command),
    }
}

fn prepare_driver(driver: &DriverProgram, work: &Path) -> Result<Prepared, String> {
    let directory = make_directory(work, &[&driver.driver.to_string()])?;
    let description = &driver.description;
    let jar = fetch(&description.jar_url, &directory)?;
    let user_jar = jar.display().to_string();
    let worker_url = endpoint_url("Worker", driver.worker);
    let filled = |word: &String| {
        word.replace("{{WORKER_URL}}", &worker_url)
            .replace("{{USER_JAR}}", &user_jar)
    };
    // The wrapper's arguments: worker, jar, the user's class, the user's arguments.
    let command = &description.command;
    let mut arguments = command.arguments.iter().skip(2).map(filled);
    let main_class = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    let mut options = command.java_options.iter();
    let template = options.find_map(|option| option.strip_prefix(DRIVER_COMMAND));
    let line = if let Some(template) = template {
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
    Ok(Prepared {
        directory,
        line,
        environment: command.environment.clone(),
    })
}

fn prepare_executor(
    executor: &ExecutorProgram,
    work: &Path,
    template: Option<&str>,
) -> Result<Prepared, String> {
    let template = template.ok_or(
        "there is no program for executors: deploysim.executor.command is not set at this worker",
    )?;
    let order = &executor.order;
    let (application, number) = (
        order.application().to_string(),
        order.executor.number.to_string(),
    );
    let directory = make_directory(work, &[&application, &number])?;
    let driver_url = order.driver_address();
    let driver_url =
        driver_url.map_or_else(String::new, |at| endpoint_url("CoarseGrainedScheduler", at));
    let names = [
        ("{{WORKER_URL}}", endpoint_url("Worker", executor.worker)),
        ("{{EXECUTOR_ID}}", number),
        ("{{HOSTNAME}}", executor.worker.host.to_string()),
        ("{{CORES}}", order.cores.to_string()),
        ("{{APP_ID}}", application),
        ("{{DRIVER_URL}}", driver_url),
    ];
    let names = names
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Ok(Prepared {
        directory,
        line: from_template(template, &names, &[])?,
        environment: order.description.command.environment.clone(),
    })
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
            let fill = |word: String, (name, value): &(&str, &str)| word.replace(name, value);
            line.push(names.iter().fold(word, fill));
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

/// Copies a resource into a directory, unless it is there. Spark: `DriverRunner.downloadUserJar`.
/// **Differs:** only files of this machine are fetched.
fn fetch(url: &str, directory: &Path) -> Result<PathBuf, String> {
    let path = url.strip_prefix("file:").unwrap_or(url);
    let path = match path.strip_prefix("//") {
        Some(rest) => rest,
        None => path,
    };
    if !path.starts_with('/') {
        return Err(format!(
            "{url} cannot be fetched: allowed is file: and an absolute path"
        ));
    }
    let path = Path::new(path);
    let name = path
        .file_name()
        .ok_or_else(|| format!("{url} names no file"))?;
    let own = directory.join(name);
    if !own.exists() {
        fs::copy(path, &own).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(own)
}

fn endpoint_url(endpoint: &str, at: Address) -> String {
    format!("spark://{endpoint}@{at}")
}
