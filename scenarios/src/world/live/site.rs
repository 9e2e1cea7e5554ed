//! The folder of a run: what its processes are started with, and where they keep their files. Its
//! parts are named after the nodes; it goes with the run.

use crate::scenario::plan::{Plan, WorkerPlan};
use deploysim_protocol::conf::{Conf, ConfValue, RecoveryMode};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use tempfile::TempDir;

/// Keys that the world decides on itself: where processes listen, and where they keep their files.
const OWN_KEYS: [&str; 6] = [
    "spark.deploy.recoveryDirectory",
    "spark.master.rest.host",
    "spark.master.rest.port",
    "spark.master.ui.port",
    "spark.port.maxRetries",
    "spark.worker.ui.port",
];

/// The folder, and the program whose processes use it.
#[derive(Debug)]
pub(super) struct Site {
    folder: TempDir,
    /// The folder, without links on the way.
    path: PathBuf,
    program: PathBuf,
}

impl Site {
    /// A new folder for processes of `program`.
    ///
    /// # Errors
    /// What the machine says.
    pub(super) fn new(program: &Path) -> io::Result<Self> {
        let folder = TempDir::with_prefix("deploysim-")?;
        let path = fs::canonicalize(folder.path())?;
        let site = Self {
            folder,
            path,
            program: program.to_owned(),
        };
        // A driver has to name a file, which its worker copies.
        fs::write(site.path.join("driver"), "")?;
        Ok(site)
    }

    /// The program.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Where the programs of drivers find the run.
    pub(super) fn socket(&self) -> PathBuf {
        self.path.join("programs")
    }

    /// The file that a driver names.
    pub(super) fn resource(&self) -> String {
        format!("file:{}", self.path.join("driver").display())
    }

    /// What a worker runs for a driver.
    pub(super) fn driver_command(&self) -> String {
        let quoted = |path: &Path| {
            let path = path.display().to_string();
            format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
        };
        let (program, socket) = (quoted(&self.program), quoted(&self.socket()));
        format!("{program} program {socket} {{{{MAIN_CLASS}}}}")
    }

    /// The arguments of a master.
    ///
    /// # Errors
    /// If its properties file cannot be written.
    pub(super) fn master(&self, name: &str, port: u16, plan: &Plan) -> io::Result<Vec<OsString>> {
        let mut arguments = vec!["master".into()];
        arguments.extend(self.shared_arguments(name, port, &plan.conf)?);
        Ok(arguments)
    }

    /// The arguments of a worker of these masters.
    ///
    /// # Errors
    /// If its properties file cannot be written.
    pub(super) fn worker(
        &self,
        worker: &WorkerPlan,
        port: u16,
        masters: &str,
        conf: &Conf,
    ) -> io::Result<Vec<OsString>> {
        let mut arguments: Vec<OsString> = vec!["worker".into(), masters.into()];
        arguments.extend(self.shared_arguments(&worker.name, port, conf)?);
        let (cores, memory) = (worker.cores.to_string(), format!("{}m", worker.memory_mib));
        arguments.extend(["--cores", &cores, "--memory", &memory].map(OsString::from));
        arguments.extend(["--work-dir".into(), self.files(&worker.name).into()]);
        Ok(arguments)
    }

    fn shared_arguments(&self, name: &str, port: u16, conf: &Conf) -> io::Result<Vec<OsString>> {
        let file = self.path.join(format!("{name}.conf"));
        fs::write(&file, properties(conf, &self.files(name)))?;
        let port = port.to_string();
        let words = ["--port", &port, "--webui-port", "0", "--log-format", "json"];
        let mut arguments: Vec<OsString> = words.map(OsString::from).into();
        arguments.extend(["--properties-file".into(), file.into()]);
        Ok(arguments)
    }

    /// Where a master or worker keeps its files.
    fn files(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes its files from a master or worker.
    ///
    /// # Errors
    /// What the machine says.
    pub(super) fn wipe(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.files(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The worker among whose files a directory is.
    pub(super) fn worker_of(&self, directory: &Path) -> Option<String> {
        let mut below = directory.strip_prefix(&self.path).ok()?.components();
        let Some(Component::Normal(name)) = below.next() else {
            return None;
        };
        Some(name.to_string_lossy().into_owned())
    }

    /// Takes the folder away.
    pub(super) fn remove(self) {
        // What cannot be removed is left to the system, which empties such folders.
        drop(self.folder.close());
    }
}

/// A properties file in Spark's format, for a process that keeps its files in a folder.
fn properties(conf: &Conf, files: &Path) -> String {
    let mut lines = vec![
        line("spark.master.rest.port", "0"),
        line("spark.port.maxRetries", "0"),
    ];
    if conf.recovery_mode == RecoveryMode::Filesystem {
        let files = files.display().to_string();
        lines.push(line("spark.deploy.recoveryDirectory", &files));
    }
    let changed = conf.changed().into_iter();
    let theirs = changed.filter(|(key, _)| !OWN_KEYS.contains(&key.as_str()));
    lines.extend(theirs.map(|(key, value)| {
        let value = match value {
            ConfValue::Text(text) => text,
            ConfValue::Bool(flag) => flag.to_string(),
            ConfValue::Integer(number) => number.to_string(),
        };
        line(&key, &value)
    }));
    lines.concat()
}

/// A key and its value, as a line in Java's format.
fn line(key: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('\n', "\\n");
    format!("{key}={value}\n")
}

#[cfg(test)]
mod tests {
    use super::properties;
    use deploysim_protocol::conf::{Conf, ConfValue};
    use std::path::Path;

    #[test]
    fn what_the_world_decides_on_is_not_the_scenarios() {
        let mut conf = Conf::default();
        let text = |text: &str| ConfValue::Text(text.to_owned());
        for (key, value) in [
            ("spark.worker.timeout", text("5s")),
            ("spark.master.ui.port", ConfValue::Integer(4000)),
            ("spark.deploy.recoveryMode", text("FILESYSTEM")),
            ("spark.deploy.recoveryDirectory", text("/elsewhere")),
            ("spark.deploy.driverIdPattern", text("d\\%s-%d")),
        ] {
            conf.set(key, &value).unwrap();
        }
        let file = properties(&conf, Path::new("/run/master-1"));
        let mut lines: Vec<&str> = file.lines().collect();
        lines.sort_unstable();
        let expected = [
            "spark.deploy.driverIdPattern=d\\\\%s-%d",
            "spark.deploy.recoveryDirectory=/run/master-1",
            "spark.deploy.recoveryMode=FILESYSTEM",
            "spark.master.rest.port=0",
            "spark.port.maxRetries=0",
            "spark.worker.timeout=5s",
        ];
        assert_eq!(lines, expected);
    }
}
