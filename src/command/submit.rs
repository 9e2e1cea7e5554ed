//! `deploysim submit`: hands a driver to a live master, as spark-submit's cluster mode does.

use super::live::{pair, properties};
use super::rest::{REST_SERVER, client, protocol_client, said, show};
use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_nodes::live::{
    LiveError, Patience, Properties, Submission, TOKEN, Token, is_confidential,
};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Submit a driver to a live master.
///
/// Writes the driver's id to stdout. Exits with 1 if the master refuses it, or, with --wait, if
/// the driver ends in another state than FINISHED.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim submit --master spark://127.0.0.1:6066 --wait ./job.sh 10
  deploysim submit --master spark://127.0.0.1:6066 --class Main --supervise app.jar

The port is the REST server's; where that is off, the master's own, as with spark-submit. A
driver that a master relaunches under another id counts as not finished. A resource without a
scheme is a file of this machine, and has to be there on the worker's machine too.

A REST server that wants a token finds it, the first that is there: `--conf
deploysim.rest.token=TOKEN` (for everybody of this machine to read), the variable
DEPLOYSIM_REST_TOKEN, the properties file. A master that wants a secret finds it in the variable
_SPARK_AUTH_SECRET, or as spark.authenticate.secret in the properties file.")]
pub(crate) struct Submit {
    /// The REST servers, or masters without one: spark://host:port, or several as
    /// spark://a:6066,b:6066.
    #[arg(long, default_value = REST_SERVER)]
    master: String,
    /// Only `cluster`: the driver runs on a worker.
    #[arg(long, value_enum, default_value_t = DeployMode::Cluster)]
    deploy_mode: DeployMode,
    /// The class whose main runs; needed for a .jar.
    #[arg(long)]
    class: Option<String>,
    /// The application's name [default: the class or the file's name].
    #[arg(long)]
    name: Option<String>,
    /// A key of Spark's configuration (repeatable); wins over the properties file.
    #[arg(long = "conf", short, value_name = "KEY=VALUE", value_parser = pair)]
    conf: Vec<(String, String)>,
    /// Spark's configuration, in Spark's format.
    #[arg(long, value_name = "FILE")]
    properties_file: Option<PathBuf>,
    /// Cores of the driver.
    #[arg(long, value_name = "N")]
    driver_cores: Option<u32>,
    /// Memory of the driver, for example 512m.
    #[arg(long, value_name = "SIZE")]
    driver_memory: Option<String>,
    /// Start the driver again when it fails.
    #[arg(long)]
    supervise: bool,
    /// Wait for the driver's end.
    #[arg(long)]
    wait: bool,
    /// The program: a .jar, a .py, or an executable file.
    resource: String,
    /// Its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DeployMode {
    Cluster,
}

impl Submit {
    /// Submits it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let properties = properties(self.properties_file.as_ref())?;
        let mut client = client(&self.master, &properties)?;
        if let Some((_, token)) = self.conf.iter().rev().find(|(key, _)| key == TOKEN) {
            client.token = Some(Token::new(token.clone())?);
        }
        let submission = self.submission(&properties)?;
        let reply = match client.submit(&submission) {
            Err(LiveError::Unreachable(_)) => return self.by_protocol(&properties, &submission),
            reply => reply?,
        };
        let Some(id) = reply.submission_id.clone().filter(|_| reply.success) else {
            crate::terminal::complain(&said(&reply));
            return Ok(Verdict::Violated);
        };
        let mut out = results();
        writeln!(out, "{id}")?;
        out.flush()?;
        if !self.wait {
            return Ok(Verdict::Held);
        }
        let last = client.follow(&id)?;
        show(&id, &last)?;
        Ok(Verdict::from(
            last.driver_state.as_deref() == Some("FINISHED"),
        ))
    }

    /// Without a REST server the port may be the master's own.
    fn by_protocol(
        &self,
        properties: &Properties,
        submission: &Submission,
    ) -> Result<Verdict, Failure> {
        let client = protocol_client(&self.master, properties)?;
        let patience = if self.wait {
            Patience::UntilTheEnd
        } else {
            Patience::OneStatus
        };
        let outcome = client.submit(submission, patience, |id| {
            let mut out = results();
            // Whoever has closed the output does not want to know the id.
            let _ = writeln!(out, "{id}").and_then(|()| out.flush());
        })?;
        if let (true, Some(id), Some(state)) = (self.wait, &outcome.driver, outcome.state) {
            writeln!(results(), "{id} {state}")?;
        }
        if outcome.driver.is_none() {
            crate::terminal::complain("error: the master refuses the driver");
        }
        let has_finished = !self.wait || outcome.state == Some("FINISHED");
        Ok(Verdict::from(outcome.success && has_finished))
    }

    fn submission(&self, file: &Properties) -> Result<Submission, Failure> {
        let DeployMode::Cluster = self.deploy_mode;
        let resource = resource(&self.resource)?;
        let name = self.resource.rsplit('/').next().unwrap_or_default();
        let is_jar = Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "jar");
        let main_class = match &self.class {
            Some(class) => class.clone(),
            None if is_jar => {
                let what = "error: a .jar needs --class: the class whose main runs";
                return Err(Failure::BadInput(what.to_owned()));
            }
            None => name.to_owned(),
        };
        let mut properties = BTreeMap::new();
        let mut set = |key: &str, value: &str| {
            properties.insert(key.to_owned(), value.to_owned());
        };
        set("spark.app.name", &main_class);
        file.of_users().for_each(|(key, value)| set(key, value));
        let conf = self.conf.iter().filter(|(key, _)| !is_confidential(key));
        conf.for_each(|(key, value)| set(key, value));
        set("spark.master", &self.master);
        set("spark.submit.deployMode", "cluster");
        set("spark.jars", &resource);
        let driver_cores = self.driver_cores.map(|cores| cores.to_string());
        let flags = [
            ("spark.app.name", self.name.as_ref()),
            ("spark.driver.cores", driver_cores.as_ref()),
            ("spark.driver.memory", self.driver_memory.as_ref()),
        ];
        for (key, value) in flags {
            if let Some(value) = value {
                set(key, value);
            }
        }
        if self.supervise {
            set("spark.driver.supervise", "true");
        }
        Ok(Submission {
            resource,
            main_class,
            arguments: self.arguments.clone(),
            properties,
        })
    }
}

/// The resource as a worker is told of it: a file of this machine by its whole path.
fn resource(resource: &str) -> Result<String, Failure> {
    let has_scheme = resource.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if has_scheme {
        return Ok(resource.to_owned());
    }
    let path = std::fs::canonicalize(resource)
        .map_err(|error| Failure::BadInput(format!("error: {resource}: {error}")))?;
    Ok(format!("file:{}", path.display()))
}
