//! What a Python program finds: the environment that Spark's runner of Python programs makes.
//! Spark: `PythonRunner.main`, `PythonUtils.sparkPythonPath`.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable with the folders and archives in which modules are looked for.
const PATH: &str = "PYTHONPATH";

/// Adds to a driver's environment: its own files first, then Spark's libraries, if the driver or
/// the worker knows where Spark is, then what was there. Output is not held back.
///
/// # Errors
/// If a path has the separator in it, in words.
pub(super) fn complete(
    environment: &mut BTreeMap<String, String>,
    files: Vec<PathBuf>,
) -> Result<(), String> {
    let own_or_workers = |name: &str| {
        let own = environment.get(name).map(OsString::from);
        own.or_else(|| env::var_os(name))
    };
    let mut path = files;
    path.extend(
        own_or_workers("SPARK_HOME").map_or_else(Vec::new, |home| libraries(home.as_ref())),
    );
    if let Some(former) = own_or_workers(PATH) {
        path.extend(env::split_paths(&former).filter(|entry| !entry.as_os_str().is_empty()));
    }
    let path = env::join_paths(path).map_err(|error| format!("{PATH}: {error}"))?;
    let path = path.into_string();
    let path = path.map_err(|path| format!("{PATH}: {} is no text", path.display()))?;
    environment.insert(PATH.to_owned(), path);
    environment.insert("PYTHONUNBUFFERED".to_owned(), "YES".to_owned());
    Ok(())
}

/// What a Spark brings for Python: its own archive, and the one through which that speaks to Java.
fn libraries(home: &Path) -> Vec<PathBuf> {
    let folder = home.join("python/lib");
    let mut libraries = vec![folder.join("pyspark.zip")];
    let bridge = |name: &str| name.starts_with("py4j-") && name.ends_with(".zip");
    // A Spark without it has nothing to offer.
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut bridges: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(bridge)
        })
        .collect();
    bridges.sort();
    libraries.extend(bridges);
    libraries
}
