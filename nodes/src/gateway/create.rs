//! The body of `/create`: which message it is, whether it is valid, and the driver that it asks
//! for. What the properties' values mean is in `properties.rs`.

use super::properties;
use super::received::{self, Malformed, Members};
use super::rest::RestSettings;
use deploysim_protocol::description::{Command, DriverDescription};
use std::collections::BTreeMap;

/// Memory of a driver that says nothing, in MiB. Spark: `ClientArguments.DEFAULT_MEMORY`.
const DEFAULT_MEMORY_MIB: i32 = 1024;
/// Cores of a driver that says nothing. Spark: `ClientArguments.DEFAULT_CORES`.
const DEFAULT_CORES: i32 = 1;
/// What is asked of a worker: to run the user's class beside its own watcher.
const DRIVER_WRAPPER: &str = "org.apache.spark.deploy.worker.DriverWrapper";

/// The fields of a request that Spark knows.
const KNOWN_FIELDS: [&str; 8] = [
    "action",
    "appArgs",
    "appResource",
    "clientSparkVersion",
    "environmentVariables",
    "mainClass",
    "message",
    "sparkProperties",
];

/// Why a body is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not what it should be: an answer with status 400.
    Malformed(Malformed),
    /// It is a valid message, of another kind: an answer with status 400.
    Unexpected(&'static str),
    /// Spark's code throws what nobody catches: the container's page with status 500.
    Thrown(String),
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// A valid request.
#[derive(Debug)]
pub(super) struct Submission {
    /// The driver that it asks for.
    pub(super) description: DriverDescription,
    /// Fields that Spark does not know, in the order in which they came.
    pub(super) unknown_fields: Vec<String>,
}

/// Reads a body. Spark: `SubmitRequestServlet.doPost` and `handleSubmit`.
///
/// # Errors
/// Why it is not carried out.
pub(super) fn submission(body: &[u8], settings: &RestSettings) -> Result<Submission, Refusal> {
    let Ok(text) = std::str::from_utf8(body) else {
        let exception = "java.nio.charset.MalformedInputException: Input length = 1";
        return Err(Refusal::Thrown(exception.to_owned()));
    };
    // Spark: `SubmitRestProtocolMessage.parseAction`.
    let members = received::read(text)?;
    let action = members.as_ref().and_then(|members| members.first("action"));
    let action = action.and_then(serde_json::Value::as_str);
    let (Some(members), Some(action)) = (&members, action) else {
        let what = format!("Action field not found in JSON:\n{text}");
        return Err(Malformed::missing(&what).into());
    };
    if action != "CreateSubmissionRequest" {
        return Err(other_message(action, members));
    }
    let request = CreateRequest::read(members)?;
    request.validate()?;
    Ok(Submission {
        description: request.describe(settings)?,
        unknown_fields: unknown_fields(members),
    })
}

/// The fields that the message as Spark understood it does not have; null is no field of it.
/// Spark: `RestServlet.findUnknownFields`.
fn unknown_fields(members: &Members) -> Vec<String> {
    let unknown = members
        .iter()
        .filter(|(name, value)| value.is_null() || !KNOWN_FIELDS.contains(name));
    unknown.map(|(name, _)| name.to_owned()).collect()
}

/// What is said of a message of another kind.
fn other_message(action: &str, members: &Members) -> Refusal {
    // Spark: the classes of the package and the fields that their `doValidate` looks for.
    const KINDS: [(&str, &[&str]); 7] = [
        ("ClearResponse", &["serverSparkVersion", "success"]),
        (
            "CreateSubmissionResponse",
            &["serverSparkVersion", "success"],
        ),
        ("ErrorResponse", &["serverSparkVersion", "message"]),
        (
            "KillAllSubmissionResponse",
            &["serverSparkVersion", "success"],
        ),
        (
            "KillSubmissionResponse",
            &["serverSparkVersion", "submissionId", "success"],
        ),
        ("ReadyzResponse", &["serverSparkVersion", "success"]),
        (
            "SubmissionStatusResponse",
            &["serverSparkVersion", "submissionId", "success"],
        ),
    ];
    let Some((kind, required)) = KINDS.iter().find(|(kind, _)| *kind == action) else {
        // **Differs:** names of other classes of that package throw something else in Spark.
        return Refusal::Thrown(format!(
            "java.lang.ClassNotFoundException: org.apache.spark.deploy.rest.{action}"
        ));
    };
    for name in *required {
        match members.text(name) {
            Ok(Some(_)) => {}
            Ok(None) => return invalid(kind).into(),
            Err(malformed) => return malformed.into(),
        }
    }
    Refusal::Unexpected(kind)
}

/// Spark: `SubmitRestProtocolMessage.validate`, which does not say why.
fn invalid(kind: &str) -> Malformed {
    let class = "org.apache.spark.deploy.rest.SubmitRestProtocolException";
    Malformed(format!("{class}: Validation of message {kind} failed!"))
}

/// Spark: `CreateSubmissionRequest`.
struct CreateRequest {
    client_spark_version: Option<String>,
    app_resource: Option<String>,
    main_class: Option<String>,
    app_args: Option<Vec<String>>,
    spark_properties: Option<BTreeMap<String, String>>,
    environment_variables: Option<BTreeMap<String, String>>,
}

impl CreateRequest {
    fn read(members: &Members) -> Result<Self, Malformed> {
        members.text("message")?;
        Ok(Self {
            client_spark_version: members.text("clientSparkVersion")?,
            app_resource: members.text("appResource")?,
            main_class: members.text("mainClass")?,
            app_args: members.texts("appArgs")?,
            spark_properties: members.map("sparkProperties")?,
            environment_variables: members.map("environmentVariables")?,
        })
    }

    /// Spark: `CreateSubmissionRequest.doValidate`. The name of the application is not asked for.
    fn validate(&self) -> Result<(), Malformed> {
        let properties = self.spark_properties.as_ref();
        let holds = |key: &str, is_valid: &dyn Fn(&str) -> bool| {
            let value = properties.and_then(|properties| properties.get(key));
            value.is_none_or(|value| is_valid(value))
        };
        let is_valid = self.client_spark_version.is_some()
            && self.app_resource.is_some()
            && properties.is_some()
            && holds("spark.driver.supervise", &|value| {
                properties::boolean(value).is_some()
            })
            && ["spark.driver.cores", "spark.cores.max"]
                .iter()
                .all(|key| holds(key, &|value| properties::double(value).is_some()))
            && ["spark.driver.memory", "spark.executor.memory"]
                .iter()
                .all(|key| holds(key, &|value| properties::memory_mib(value).is_some()));
        if is_valid {
            Ok(())
        } else {
            Err(invalid("CreateSubmissionRequest"))
        }
    }

    /// Spark: `StandaloneSubmitRequestServlet.buildDriverDescription`.
    fn describe(self, settings: &RestSettings) -> Result<DriverDescription, Refusal> {
        let missing = |what| Refusal::Malformed(Malformed::missing(what));
        let jar_url = self.app_resource;
        let jar_url = jar_url.ok_or_else(|| missing("Application jar is missing."))?;
        let main_class = self.main_class;
        let main_class = main_class.ok_or_else(|| missing("Main class is missing."))?;
        let filled = |map: Option<BTreeMap<String, String>>| {
            let map = map.unwrap_or_default().into_iter();
            map.map(|(name, value)| (name, settings.fill(value)))
                .collect::<BTreeMap<_, _>>()
        };
        let mut properties = filled(self.spark_properties);
        let mut environment = filled(self.environment_variables);
        environment.retain(|name, _| name != "SPARK_LOCAL_IP" && name != "SPARK_LOCAL_HOSTNAME");
        let mut arguments = vec![
            "{{WORKER_URL}}".to_owned(),
            "{{USER_JAR}}".to_owned(),
            main_class,
        ];
        arguments.extend(self.app_args.unwrap_or_default());
        let masters = settings.masters(properties.get("spark.master"));
        properties.insert("spark.master".to_owned(), masters);
        let value = |key: &str| properties.get(key).map(String::as_str);
        let entries = |key: &str| value(key).map_or_else(Vec::new, properties::path_entries);
        let options = |key: &str| value(key).map_or_else(Vec::new, properties::words);
        // Spark writes them in the arbitrary order of a hash map; here they are by key.
        let all = properties.iter();
        let mut java_options: Vec<_> = all.map(|(key, value)| format!("-D{key}={value}")).collect();
        java_options.extend(options("spark.driver.defaultJavaOptions"));
        java_options.extend(options("spark.driver.extraJavaOptions"));
        java_options.retain(|option| !properties::is_confidential_option(option));
        let memory_mib = value("spark.driver.memory").and_then(properties::memory_mib);
        let cores = value("spark.driver.cores").map_or(Ok(DEFAULT_CORES), properties::integer);
        let supervise = value("spark.driver.supervise").and_then(properties::boolean);
        Ok(DriverDescription {
            memory_mib: memory_mib.unwrap_or(DEFAULT_MEMORY_MIB),
            cores: cores.map_err(Refusal::Thrown)?,
            supervise: supervise.unwrap_or(false),
            resource_requirements: properties::resource_requirements(&properties)
                .map_err(Refusal::Thrown)?,
            command: Command {
                main_class: DRIVER_WRAPPER.to_owned(),
                arguments,
                environment,
                class_path_entries: entries("spark.driver.extraClassPath"),
                library_path_entries: entries("spark.driver.extraLibraryPath"),
                java_options,
            },
            jar_url,
        })
    }
}
